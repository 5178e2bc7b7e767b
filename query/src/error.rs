//! What went wrong, as data: a stable name, what fills its words, and short English.
//!
//! Whoever speaks another language words it by [`Error::code`] and [`Error::args`].

use datafusion::error::DataFusionError;
use std::error::Error as StdError;
use std::fmt;

/// What went wrong.
///
/// ```
/// use longma_query::{Asked, Code};
/// let error = Asked::read(r#"{"decisions": ["code"], "at": ["noon"]}"#).unwrap_err();
/// assert_eq!(error.code(), Code::QuestionInstant);
/// assert_eq!(
///     error.to_string(),
///     "question: `at` is `noon`; write an instant with its offset, such as \
///      `2022-07-15T12:00:00+08:00`"
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    code: Code,
    args: Vec<(&'static str, String)>,
    also: Vec<Error>,
}

/// The kinds of [`Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Code {
    /// The question is not JSON of the right form.
    QuestionForm,
    /// The question names no decision.
    QuestionEmpty,
    /// A decision is asked for twice.
    QuestionTwice,
    /// An instant cannot be read.
    QuestionInstant,
    /// Neither an instant nor a window is given.
    QuestionTime,
    /// The window ends before it begins.
    QuestionWindow,
    /// The question is not a literal.
    QuestionLiteral,
    /// No set of packs has this name.
    PacksUnknown,
    /// Several sets of packs, and none is named.
    PacksUnnamed,
    /// The packs have problems with the question.
    Packs,
    /// The facts are not a struct.
    FactsStruct,
    /// A column has another type.
    ColumnType,
    /// A member that no schema has.
    ColumnUnknown,
    /// A column that looks like a section with a slip in its name.
    ColumnNear,
    /// A column has the name of a result.
    ColumnTaken,
    /// None of the sections that are needed is there.
    ColumnsMissing,
    /// An argument of a table function is not what it has to be.
    Argument,
    /// No table has this name.
    TableUnknown,
    /// A path that does not exist.
    PathMissing,
    /// A folder without files.
    FolderEmpty,
    /// Files lie at different depths, or partitions have other names.
    FolderMixed,
    /// A file that cannot be read.
    FileUnread,
    /// A file whose columns are of other types than those of the first.
    FileOther,
    /// The engine says so.
    Engine,
    /// Reading or writing.
    Io,
}

impl Code {
    /// The stable name, such as `query-column-type`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::QuestionForm => "query-question-form",
            Self::QuestionEmpty => "query-question-empty",
            Self::QuestionTwice => "query-question-twice",
            Self::QuestionInstant => "query-question-instant",
            Self::QuestionTime => "query-question-time",
            Self::QuestionWindow => "query-question-window",
            Self::QuestionLiteral => "query-question-literal",
            Self::PacksUnknown => "query-packs-unknown",
            Self::PacksUnnamed => "query-packs-unnamed",
            Self::Packs => "query-packs",
            Self::FactsStruct => "query-facts-struct",
            Self::ColumnType => "query-column-type",
            Self::ColumnUnknown => "query-column-unknown",
            Self::ColumnNear => "query-column-near",
            Self::ColumnTaken => "query-column-taken",
            Self::ColumnsMissing => "query-columns-missing",
            Self::Argument => "query-argument",
            Self::TableUnknown => "query-table-unknown",
            Self::PathMissing => "query-path-missing",
            Self::FolderEmpty => "query-folder-empty",
            Self::FolderMixed => "query-folder-mixed",
            Self::FileUnread => "query-file-unread",
            Self::FileOther => "query-file-other",
            Self::Engine => "query-engine",
            Self::Io => "query-io",
        }
    }

    /// Its words, with `{name}`s for the arguments.
    fn words(self) -> &'static str {
        match self {
            Self::QuestionForm => {
                "question: {why}; write it like `{\"decisions\": [\"code\"], \"at\": \
                 [\"2022-07-15T12:00:00+08:00\"]}`"
            }
            Self::QuestionEmpty => "question: `decisions` is empty; name at least one",
            Self::QuestionTwice => "question: `{decision}` is asked for twice; name it once",
            Self::QuestionInstant => {
                "question: `{member}` is `{found}`; write an instant with its offset, such as \
                 `2022-07-15T12:00:00+08:00`"
            }
            Self::QuestionTime => {
                "question: no time is asked for; give `at`, or `from` and `until`"
            }
            Self::QuestionWindow => "question: `from` `{from}` is not before `until` `{until}`",
            Self::QuestionLiteral => {
                "`{function}`: the question must be a literal text, not a column or a null"
            }
            Self::PacksUnknown => "there are no packs called `{name}`; there are: {known}",
            Self::PacksUnnamed => "several sets of packs are loaded; name one of them: {known}",
            Self::FactsStruct => {
                "`{function}`: the facts must be a struct of sections, found {found}; write \
                 `named_struct('tests', tests, …)`"
            }
            Self::ColumnType => {
                "column `{column}`: expected {expected}, found {found}; cast it, or write the \
                 file with `longma convert`"
            }
            Self::ColumnUnknown => {
                "column `{column}` is not in the schema of facts{near}; rename it or leave it out"
            }
            Self::ColumnNear => {
                "table `{table}` has no column `{section}`, which is needed, but a column \
                 `{column}`; rename it"
            }
            Self::ColumnTaken => {
                "column `{column}` of table `{table}` has the name of a result; give it another \
                 one in a view"
            }
            Self::ColumnsMissing => {
                "table `{table}` has none of the columns that are needed: {needed}"
            }
            Self::Argument => {
                "`{function}`, argument {at}: expected {expected}, found `{found}`; call it as \
                 {usage}"
            }
            Self::TableUnknown => {
                "there is no table `{table}`; register it first; there are: {known}"
            }
            Self::PathMissing => "`{path}`: there is no such file or folder",
            Self::FolderEmpty => {
                "`{path}`: no Parquet file (`*.parquet`) is in this folder; complete it, or \
                 remove the folder"
            }
            Self::FolderMixed => {
                "`{path}`: expected a folder `{expected}`, as in the first one; every file must \
                 lie in the same kinds of folders"
            }
            Self::FileUnread => {
                "`{path}` cannot be read as Parquet: {why}; was it cut off? write it again"
            }
            Self::FileOther => {
                "`{path}`, column `{column}`: expected {expected}, as in `{first}`, found \
                 {found}; write both files alike"
            }
            Self::Packs | Self::Engine => "{why}",
            Self::Io => "`{path}`: {why}",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Error {
    pub(crate) fn new(code: Code) -> Self {
        Self {
            code,
            args: Vec::new(),
            also: Vec::new(),
        }
    }

    /// All of them in one; `None` if there are none.
    pub(crate) fn all(errors: impl IntoIterator<Item = Self>) -> Option<Self> {
        let mut errors = errors.into_iter();
        let mut first = errors.next()?;
        first.also.extend(errors);
        Some(first)
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.args.push((name, value.to_string()));
        self
    }

    /// What kind of error it is.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    /// What fills the `{name}`s of its words.
    pub fn args(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.args
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
    }

    /// What else is wrong.
    #[must_use]
    pub fn also(&self) -> &[Self] {
        &self.also
    }

    /// As the engine carries it.
    pub(crate) fn into_engine(self) -> DataFusionError {
        DataFusionError::External(Box::new(self))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words = self.code.words();
        // A brace that belongs to no argument is a brace.
        while let Some((before, rest)) = words.split_once('{') {
            f.write_str(before)?;
            let arg = rest.split_once('}').and_then(|(name, after)| {
                let found = self.args.iter().find(|(of, _)| *of == name)?;
                Some((found, after))
            });
            match arg {
                Some(((_, value), after)) => {
                    f.write_str(value)?;
                    words = after;
                }
                None => {
                    f.write_str("{")?;
                    words = rest;
                }
            }
        }
        f.write_str(words)?;
        self.also
            .iter()
            .try_for_each(|error| write!(f, " | {error}"))
    }
}

impl StdError for Error {}

impl From<DataFusionError> for Error {
    /// Our own error, if the engine only carries one; else the engine's words, in one line.
    fn from(error: DataFusionError) -> Self {
        let mut at: Option<&(dyn StdError + 'static)> = Some(&error);
        while let Some(found) = at {
            if let Some(own) = found.downcast_ref::<Self>() {
                return own.clone();
            }
            at = found.source();
        }
        let words = error.find_root().strip_backtrace();
        Self::new(Code::Engine).with("why", words.trim().replace('\n', " "))
    }
}

/// The result of what can fail here.
pub type Result<T> = std::result::Result<T, Error>;
