//! What went wrong: problems, as everywhere, in a form that the query engine carries.

use crate::code::Code;
use datafusion::error::DataFusionError;
use longma_core::{CodeName, IntoLocalized, Place, Problem, Problems};
use std::error::Error as StdError;
use std::fmt;

/// What went wrong, at least one problem.
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
    first: Box<Problem>,
    also: Vec<Problem>,
}

impl Error {
    pub(crate) fn new(code: Code) -> Self {
        Problem::new(code, Place::None).into()
    }

    /// All of them in one; `None` if there are none.
    pub(crate) fn all(errors: impl IntoIterator<Item = Self>) -> Option<Self> {
        let mut errors = errors.into_iter();
        let mut first = errors.next()?;
        first.also.extend(errors.flat_map(Self::into_iter));
        Some(first)
    }

    /// What stands for `{name}` in the words of the first.
    pub(crate) fn with(mut self, name: &'static str, value: impl IntoLocalized) -> Self {
        self.first.args = std::mem::take(&mut self.first.args).with(name, value);
        self
    }

    /// What kind of problem the first is.
    #[must_use]
    pub fn code(&self) -> CodeName {
        self.first.code
    }

    /// Each problem.
    pub fn problems(&self) -> impl Iterator<Item = &Problem> {
        [&*self.first].into_iter().chain(&self.also)
    }

    fn into_iter(self) -> impl Iterator<Item = Problem> {
        [*self.first].into_iter().chain(self.also)
    }

    /// As the engine carries it.
    pub(crate) fn into_engine(self) -> DataFusionError {
        DataFusionError::External(Box::new(self))
    }
}

/// One line in English: each problem with what to do.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, problem) in self.problems().enumerate() {
            if at > 0 {
                f.write_str(" | ")?;
            }
            if problem.place != Place::None {
                write!(f, "{}: ", problem.place)?;
            }
            f.write_str(&problem.message().en)?;
            if let Some(help) = problem.help() {
                write!(f, "; {}", help.en)?;
            }
        }
        Ok(())
    }
}

impl StdError for Error {}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self {
            first: Box::new(problem),
            also: Vec::new(),
        }
    }
}

impl From<Problems> for Error {
    fn from(problems: Problems) -> Self {
        let errors = problems.into_iter().map(Self::from);
        Self::all(errors).unwrap_or_else(|| Self::new(Code::Engine).with("why", ""))
    }
}

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
