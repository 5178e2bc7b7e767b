//! Reads TOML texts as values of our types, and reports what does not fit.
//!
//! Reading continues after a mistake: it becomes a finding, an empty value stands in,
//! and its place is recorded, so that later checks can skip follow-on errors. The
//! functions that ask for keys are the only definition of which keys exist; a key that
//! nobody asks for is a mistake.

use crate::code::{Code, messages};
use crate::toml::{Mistake, Node, Toml};
use longma_core::order::Gather;
use longma_core::{Args, Family, Lang, Localized, Severity, is_language, limits};
use longma_lang::finding::{Finding, Spot};
use longma_lang::syntax::Lines;
use serde_json::{Map, Value as Json};
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// A value read from a text, and the text's mistakes.
#[derive(Debug, Clone)]
pub struct Read<T> {
    /// The value, with empty parts where the text does not fit. `None` if the text is
    /// not TOML.
    pub value: Option<T>,
    /// The mistakes, in the order in which the values were asked for.
    pub findings: Vec<Finding>,
    /// Places where the value differs from the text.
    pub mended: Vec<Mended>,
}

impl<T> Read<T> {
    /// The value, if there are no findings.
    #[must_use]
    pub fn sound(self) -> Option<T> {
        self.value.filter(|_| self.findings.is_empty())
    }
}

/// A place in a file where an empty value replaces a wrong one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mended {
    /// The file, by the path that problems name.
    pub file: String,
    /// Keys from the top. Empty for the whole file.
    pub key: Vec<String>,
}

/// The kinds of values that a text can hold or a caller can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A text; a date or time counts as one.
    Text,
    /// A whole number.
    Whole,
    /// A number with a fraction.
    Fraction,
    /// `true` or `false`.
    Truth,
    /// A date or time.
    Time,
    /// A list.
    List,
    /// A table.
    Table,
    /// A table with one text per language.
    Localized,
    /// A text, a whole number or a boolean.
    Scalar,
}

impl Kind {
    /// The kind for readers: "a whole number".
    #[must_use]
    pub fn words(self) -> Localized {
        let name = match self {
            Self::Text => "kind-text",
            Self::Whole => "kind-whole-number",
            Self::Fraction => "kind-fraction",
            Self::Truth => "kind-truth",
            Self::Time => "kind-time",
            Self::List => "kind-list",
            Self::Table => "kind-table",
            Self::Localized => "kind-localized",
            Self::Scalar => "kind-scalar",
        };
        messages().say(name, &Args::NONE)
    }
}

/// The languages of texts for readers where a pack names none.
pub const USUAL: [&str; 2] = [Lang::ZH_CN, Lang::EN];

/// Reads the text of `file`. `shape` asks for the expected values.
///
/// ```
/// use longma_compile::shape::read;
/// let text = "subject = \"person\"\nversion = 1\n";
/// let read = read("packs/62/2022-03-07/pack.toml", text, |top| {
///     top.table(|keys| (keys.need("subject").text(), keys.need("version").text()))
/// });
/// assert_eq!(read.value, Some(("person".to_owned(), String::new())));
/// assert_eq!(read.findings[0].code.as_str(), "shape-type");
/// assert_eq!(read.mended[0].key, ["version"]);
/// ```
pub fn read<T>(file: &str, text: &str, shape: impl FnOnce(Value<'_>) -> T) -> Read<T> {
    let report = Report {
        file,
        text,
        lines: Lines::new(text),
        findings: RefCell::default(),
        mended: RefCell::default(),
        languages: OnceCell::new(),
    };
    let value = match Toml::parse(text) {
        Ok(toml) => Some(shape(Value {
            report: &report,
            node: Some(toml.root()),
            key: Vec::new(),
            span: None,
        })),
        Err(mistakes) => {
            for mistake in mistakes {
                report.syntax(&mistake);
            }
            None
        }
    };
    Read {
        value,
        findings: report.findings.into_inner(),
        mended: report.mended.into_inner(),
    }
}

/// What has been found in one text so far.
#[derive(Debug)]
struct Report<'t> {
    file: &'t str,
    text: &'t str,
    lines: Lines<'t>,
    findings: RefCell<Vec<Finding>>,
    mended: RefCell<Vec<Mended>>,
    /// The tags of the languages that texts for readers stand in, if not the usual ones.
    languages: OnceCell<Vec<String>>,
}

impl Report<'_> {
    /// Notes a finding at `span`, and an empty value at `key`.
    fn note(
        &self,
        code: Code,
        message: Localized,
        help: Option<Localized>,
        span: Range<usize>,
        key: Vec<String>,
    ) {
        let inside = self.text.get(span.clone()).unwrap_or_default();
        let span = span.start..span.start + inside.trim_end().len();
        self.findings.borrow_mut().push(Finding {
            instead: None,
            severity: Severity::Error,
            code: code.into(),
            message,
            help,
            spot: Spot::Range(self.lines.range(self.file, &span)),
        });
        let file = self.file.to_owned();
        self.mended.borrow_mut().push(Mended { file, key });
    }

    fn syntax(&self, mistake: &Mistake) {
        let (message, help) = (mistake.message(), mistake.help());
        self.note(
            Code::TomlSyntax,
            message,
            help,
            mistake.span.clone(),
            Vec::new(),
        );
    }
}

/// A value in a text, or the place of a missing one.
#[derive(Debug, Clone)]
pub struct Value<'t> {
    report: &'t Report<'t>,
    /// `None` if the value is missing; that is reported already.
    node: Option<Node<'t>>,
    /// Keys from the top.
    key: Vec<String>,
    /// The bytes of the deepest key.
    span: Option<Range<usize>>,
}

impl<'t> Value<'t> {
    /// The text, or a date or time as a text. Empty if it is neither.
    #[must_use]
    pub fn text(self) -> String {
        self.of(Kind::Text, Node::text)
    }

    /// The whole number. 0 if it is none, or too large for `N`.
    #[must_use]
    pub fn whole<N: TryFrom<i64> + Default>(self) -> N {
        let Some(number) = self.clone().of(Kind::Whole, |node| node.whole().map(Some)) else {
            return N::default();
        };
        N::try_from(number).unwrap_or_else(|_| {
            self.tell(Code::ShapeOther, "shape-range", &Args::of("found", number));
            N::default()
        })
    }

    /// The boolean. False if it is none.
    #[must_use]
    pub fn truth(self) -> bool {
        self.of(Kind::Truth, Node::truth)
    }

    /// The items of a list, each read by `item`. Empty if it is no list.
    #[must_use]
    pub fn list<T>(self, item: impl FnMut(Self) -> T) -> Vec<T> {
        let items = self.clone().of(Kind::List, Node::items);
        let items = (0..).zip(items).map(|(index, (node, span)): (usize, _)| {
            self.below(&index.to_string(), Some(node), span)
        });
        items.map(item).collect()
    }

    /// A list of texts.
    #[must_use]
    pub fn texts<C: FromIterator<String>>(self) -> C {
        self.list(Self::text).into_iter().collect()
    }

    /// The members of a table whose keys the author chooses, each read by `item`.
    #[must_use]
    pub fn map<T>(self, mut item: impl FnMut(Self) -> T) -> BTreeMap<String, T> {
        self.members(Kind::Table)
            .into_iter()
            .map(|(name, member)| (name.to_owned(), item(member)))
            .into_map()
    }

    /// A table with the keys that `fields` asks for. Any other key is a mistake. A
    /// missing key is reported, unless the whole table is missing or has the wrong
    /// kind.
    pub fn table<T>(self, fields: impl FnOnce(&mut Fields<'t>) -> T) -> T {
        self.table_of(Kind::Table, fields)
    }

    fn table_of<T>(self, kind: Kind, fields: impl FnOnce(&mut Fields<'t>) -> T) -> T {
        let members = self.members(kind);
        let is_table = self.node.is_some_and(|node| node.members().is_some());
        let here = Self {
            node: self.node.filter(|_| is_table),
            ..self
        };
        let mut fields_of = Fields {
            here,
            members,
            asked: Vec::new(),
        };
        let value = fields(&mut fields_of);
        fields_of.finish();
        value
    }

    /// A text in each language of the pack. Where Chinese or English is not among them, its
    /// first language stands there.
    #[must_use]
    pub fn localized(self) -> Localized {
        let report = self.report;
        self.table_of(Kind::Localized, |fields| {
            let Some(languages) = report.languages.get() else {
                let [zh_cn, en] = USUAL.map(|tag| fields.need(tag).text());
                return Localized::new(zh_cn, en);
            };
            let mut texts: Vec<(&str, String)> = Vec::new();
            for tag in languages {
                texts.push((tag, fields.need(tag).text()));
            }
            let usual = USUAL.map(|usual| {
                let own = texts.iter().find(|(tag, _)| *tag == usual);
                let text = own.or(texts.first()).map(|(_, text)| text.clone());
                text.unwrap_or_default()
            });
            let others = texts.into_iter().filter(|(tag, _)| !USUAL.contains(tag));
            let [zh_cn, en] = usual;
            Localized {
                others: others.map(|(tag, text)| (tag.into(), text)).collect(),
                ..Localized::new(zh_cn, en)
            }
        })
    }

    /// The list of the languages that all texts for readers are written in, from here on.
    #[must_use]
    pub fn languages(self) -> Vec<String> {
        let mut languages: Vec<String> = Vec::new();
        let tell = |at: &Self, tag: &str| {
            let args = Args::of("language", tag).with("limit", limits::LANGUAGES);
            at.tell(Code::ShapeLanguage, Code::ShapeLanguage.name(), &args);
        };
        for (tag, item) in self.clone().list(|it| (it.clone().text(), it)) {
            let fits = is_language(&tag) && languages.len() < limits::LANGUAGES;
            if fits && !languages.contains(&tag) {
                languages.push(tag);
            } else if item.node.and_then(Node::text).is_some() {
                tell(&item, &tag);
            }
        }
        if languages.is_empty() {
            if self
                .node
                .and_then(Node::items)
                .is_some_and(|it| it.is_empty())
            {
                tell(&self, "");
            }
            return USUAL.map(str::to_owned).into();
        }
        self.in_languages(&languages);
        languages
    }

    /// Has texts for readers in these languages from here on.
    pub fn in_languages(&self, languages: &[String]) {
        // A second list is a mistake that is told where it stands.
        let _ = self.report.languages.set(languages.to_vec());
    }

    /// One of these words. The first one if it matches none.
    #[must_use]
    pub fn choice<T: Copy + Default>(self, words: &[(&str, T)]) -> T {
        let is_text = self.node.is_some_and(|node| node.text().is_some());
        let found = self.clone().text();
        let chosen = words.iter().find(|(word, _)| *word == found);
        if chosen.is_none() && is_text {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.tell(
                Code::ShapeOther,
                "shape-other",
                &Args::of("found", &found).with("known", listed(&known)),
            );
        }
        let first = || words.first().map(|(_, value)| *value);
        let chosen = chosen.map(|(_, value)| *value);
        chosen.or_else(first).unwrap_or_default()
    }

    /// The value as JSON, whatever its kind.
    #[must_use]
    pub fn json(self) -> Json {
        self.node.map_or(Json::Null, Node::json)
    }

    /// A table as a JSON object.
    #[must_use]
    pub fn object(self) -> Map<String, Json> {
        match self.clone().of(Kind::Table, |node| {
            node.members().map(|_| Some(node.json()))
        }) {
            Some(Json::Object(members)) => members,
            _ => Map::new(),
        }
    }

    /// Says that the value at this place is a mistake of its own kind.
    pub fn refuse(&self, code: impl Family) {
        let problem = longma_core::Problem::new(code, longma_core::Place::None);
        let span = self.point();
        let finding = Finding {
            instead: None,
            spot: Spot::Range(self.report.lines.range(self.report.file, &span)),
            ..Finding::from(problem)
        };
        self.report.findings.borrow_mut().push(finding);
    }

    /// Whether any part of this value has been replaced so far.
    #[must_use]
    pub fn is_mended(&self) -> bool {
        let mended = self.report.mended.borrow();
        mended.iter().any(|place| place.key.starts_with(&self.key))
    }

    /// The line where the value, or its key, starts. Counts from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        let start = self.span.as_ref().map_or(0, |span| span.start);
        self.report.lines.position(start).line
    }

    /// The kind of the value. `None` if it is missing.
    pub(crate) fn kind(&self) -> Option<Kind> {
        self.node.map(Node::kind)
    }

    /// Says that the value does not fit: the message called `name`.
    pub(crate) fn tell(&self, code: Code, name: &str, args: &Args) {
        let message = messages().say(name, args);
        let help = messages().get(&format!("{name}.help"), args);
        self.report
            .note(code, message, help, self.point(), self.key.clone());
    }

    /// The bytes of the value, or else of its key.
    fn point(&self) -> Range<usize> {
        let value = self.node.and_then(Node::value_span);
        value.or_else(|| self.span.clone()).unwrap_or(0..0)
    }

    /// The value that `read` returns. If it returns none: an empty value, and a
    /// finding.
    fn of<T: Default>(self, kind: Kind, read: impl FnOnce(Node<'t>) -> Option<T>) -> T {
        let Some(node) = self.node else {
            return T::default();
        };
        read(node).unwrap_or_else(|| {
            self.misfit(kind);
            T::default()
        })
    }

    /// Reports that the value is not of this kind.
    pub(crate) fn misfit(&self, kind: Kind) {
        let found = self.kind().unwrap_or(Kind::Table).words();
        let args = Args::of("expected", kind.words()).with("found", found);
        self.tell(Code::ShapeType, Code::ShapeType.name(), &args);
    }

    fn members(&self, kind: Kind) -> Vec<(&'t str, Self)> {
        let members = self.clone().of(kind, Node::members);
        let members = members.into_iter();
        members
            .map(|(name, node, span)| (name, self.below(name, Some(node), span)))
            .collect()
    }

    fn below(&self, step: &str, node: Option<Node<'t>>, span: Option<Range<usize>>) -> Self {
        let mut key = self.key.clone();
        key.push(step.to_owned());
        Self {
            report: self.report,
            node,
            key,
            span: span.or_else(|| self.span.clone()),
        }
    }
}

/// A list of names for readers.
fn listed(names: &[&str]) -> Localized {
    Localized::new(names.join("、"), names.join(", "))
}

/// The keys of a table, asked for by name.
#[derive(Debug)]
pub struct Fields<'t> {
    here: Value<'t>,
    members: Vec<(&'t str, Value<'t>)>,
    asked: Vec<&'t str>,
}

impl<'t> Fields<'t> {
    /// The value at a required key.
    pub fn need(&mut self, name: &'t str) -> Value<'t> {
        self.may(name).unwrap_or_else(|| {
            let value = self.here.below(name, None, None);
            if self.here.node.is_some() {
                value.tell(
                    Code::ShapeMissing,
                    Code::ShapeMissing.name(),
                    &Args::of("name", name),
                );
            }
            value
        })
    }

    /// The value at an optional key.
    pub fn may(&mut self, name: &'t str) -> Option<Value<'t>> {
        self.asked.push(name);
        let found = self.members.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.clone())
    }

    /// The value at an optional key, read. The type's default if it is left out.
    pub fn or_default<T: Default>(
        &mut self,
        name: &'t str,
        read: impl FnOnce(Value<'t>) -> T,
    ) -> T {
        self.may(name).map(read).unwrap_or_default()
    }

    /// Whether some keys have not been asked for yet.
    #[must_use]
    pub fn has_others(&self) -> bool {
        let mut members = self.members.iter();
        members.any(|(name, _)| !self.asked.contains(name))
    }

    /// Takes all keys that have not been asked for yet.
    pub fn others(&mut self) -> Vec<(String, Value<'t>)> {
        let asked: BTreeSet<&str> = self.asked.iter().copied().into_set();
        let members = std::mem::take(&mut self.members).into_iter();
        let (others, known): (Vec<_>, Vec<_>) =
            members.partition(|(name, _)| !asked.contains(name));
        self.members = known;
        let others = others.into_iter();
        others
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    /// Reports the keys that nobody asked for.
    fn finish(self) {
        for (name, value) in &self.members {
            if !self.asked.contains(name) {
                let code = Code::ShapeUnknown;
                let at_key = Value {
                    node: None,
                    ..value.clone()
                };
                at_key.tell(
                    code,
                    code.name(),
                    &Args::of("name", name).with("known", listed(&self.asked)),
                );
            }
        }
    }
}
