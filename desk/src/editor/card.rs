//! The card shown for each kind of thing: its type and what is known about it.

use super::spot::{Binder, Local};
use super::view::{Subject, View, Wanted};
use super::words::{self, lines, listed};
use super::{Card, What};
use crate::text::say;
use longma_compile::Param;
use longma_compile::world::World;
use longma_core::schema::Object;
use longma_core::{Args, Localized};
use longma_lang::helpers::{self, Signature};
use longma_lang::scope::Source;
use longma_lang::syntax::{Function, StatementKind};
use longma_lang::types::{Fields, Item, Kind, Type};

impl Card {
    fn new(what: What, label: impl Into<String>) -> Self {
        Self {
            what,
            label: label.into(),
            kind: None,
            documentation: None,
        }
    }

    /// A card with words and no type.
    pub(super) fn told(what: What, label: &str, said: Option<Localized>) -> Self {
        Self::new(what, label).saying(said)
    }

    fn typed(mut self, kinds: &Type) -> Self {
        self.kind = words::of_type(kinds);
        self
    }

    fn saying(mut self, texts: impl IntoIterator<Item = Localized>) -> Self {
        self.documentation = lines(texts);
        self
    }
}

/// The card for a subject; `None` if nothing is known about it.
pub(super) fn of_subject(
    view: &View<'_, '_>,
    subject: &Subject<'_>,
    written: &str,
) -> Option<Card> {
    Some(match subject {
        Subject::Function(function) => of_function(view, function),
        Subject::Local(local, kinds) => of_local(view, local, kinds),
        Subject::Field(item, name) => of_field(item, name)?,
        Subject::Param(name) => of_param(view, name),
        Subject::Helper(ways) => of_helper(ways)?,
        Subject::Constructor(level) => of_constructor(view, level),
        Subject::Name(wanted, text) => of_name(view, wanted, text)?,
        Subject::Source(key) => of_source(view, key)?,
        Subject::Value(kinds) => {
            let card = Card::new(What::Value, written).typed(kinds);
            card.kind.is_some().then_some(card)?
        }
    })
}

/// A card for a function of the script.
pub(super) fn of_function(view: &View<'_, '_>, function: &Function) -> Card {
    let name = &function.name.text;
    let what = if function.private {
        What::Function
    } else {
        What::Rule
    };
    let mut said = comments(view, function);
    if !function.private {
        said.extend(captions(view, name));
    }
    let gives = function
        .body
        .statements
        .last()
        .map(|last| match &last.kind {
            StatementKind::Expr(expr) | StatementKind::Return(Some(expr)) => view.type_of(expr),
            _ => Type::unknown(),
        });
    Card::new(what, label(function))
        .typed(&gives.unwrap_or_else(Type::unknown))
        .saying(said)
}

/// A card for a function that packs share and this script does not call yet.
pub(super) fn of_shared(function: &Function) -> Card {
    let docs = function.docs.iter().map(|line| Localized::same(&line.text));
    let docs: Vec<Localized> = docs.collect();
    Card::new(What::Function, label(function)).saying(docs)
}

/// A function's name with its parameters.
fn label(function: &Function) -> String {
    let names = function.parameters.iter().map(|it| it.text.as_str());
    let names: Vec<&str> = names.collect();
    format!("{}({})", function.name.text, names.join(", "))
}

/// The comment directly above a function, with its source's title.
fn comments(view: &View<'_, '_>, function: &Function) -> Vec<Localized> {
    let mut found = Vec::new();
    let start = function.bytes.start;
    let mut below = start;
    let comments = &view.script.parsed.script.comments;
    for comment in comments.iter().rev().filter(|it| it.bytes.end <= start) {
        let between = view.script.text.get(comment.bytes.end..below);
        let between = between.unwrap_or_default();
        if !between.trim().is_empty() || between.matches('\n').count() > 1 {
            break;
        }
        below = comment.bytes.start;
        found.push(match comment.text.strip_prefix("source:") {
            Some(key) => cited(view, key.trim(), None).unwrap_or_default(),
            None => Localized::same(&comment.text),
        });
    }
    found.reverse();
    found
}

/// A card for a rule of which only the name is known.
pub(super) fn of_rule(view: &View<'_, '_>, name: &str) -> Card {
    Card::new(What::Rule, name).saying(captions(view, name))
}

/// What a citizen reads about a rule, from this pack or the nearest one that has it.
fn captions(view: &View<'_, '_>, rule: &str) -> Vec<Localized> {
    let packs = view.scopes().flat_map(|scope| scope.packs.iter());
    let mut packs = packs.filter_map(|index| view.world.packs.get(*index));
    let captions = packs.find_map(|pack| {
        let captions = pack.source.captions.get(view.decision)?;
        captions.rules.get(rule)
    });
    let texts = captions.into_iter().flat_map(|captions| {
        let said = |key, text: &Localized| say(key, &Args::of("text", text.clone()));
        [
            said("editor.caption", &captions.caption),
            said("editor.release", &captions.release),
        ]
    });
    texts.collect()
}

/// A card for a name bound by a function, a `let` or a closure.
pub(super) fn of_local(view: &View<'_, '_>, local: &Local<'_>, kinds: &Type) -> Card {
    let name = &local.name.text;
    if let Binder::Function(function, _) = local.by
        && !function.private
    {
        return match view.read(name) {
            Some((source, _)) => of_read(view, name, &source, kinds),
            None => Card::new(What::Local, name),
        };
    }
    Card::new(What::Local, name)
        .typed(kinds)
        .saying(record_words(kinds))
}

/// A card for what a rule's parameter reads.
pub(super) fn of_read(view: &View<'_, '_>, name: &str, source: &Source, kinds: &Type) -> Card {
    let (what, said) = match source {
        Source::Params => (What::Params, vec![say("editor.params", &Args::NONE)]),
        Source::Section => (What::Section, section_words(view, name)),
        Source::Table => {
            let words = view
                .world
                .common
                .tables
                .get(name)
                .map(|row| row.words.clone());
            (What::Table, words.into_iter().collect())
        }
        Source::Decision => (What::Decision, decision_words(view, name)),
    };
    Card::new(what, name).typed(kinds).saying(said)
}

fn section_words(view: &View<'_, '_>, name: &str) -> Vec<Localized> {
    let schema = view.scopes().find_map(|scope| scope.names.schema.as_ref());
    let field = schema.and_then(|schema| schema.field(name));
    field.map(|field| field.words.clone()).into_iter().collect()
}

/// The schema's words for a record type, or for the records of a list type.
fn record_words(kinds: &Type) -> Option<Localized> {
    let kind = kinds.only()?;
    match kind {
        Kind::Record(Item {
            fields: Fields::Schema(object),
            ..
        }) => Some(object.words.clone()),
        Kind::List { item, .. } => record_words(item),
        _ => None,
    }
}

/// A card for a decision.
pub(super) fn of_decision(view: &View<'_, '_>, decision: &str) -> Card {
    Card::new(What::Decision, decision).saying(decision_words(view, decision))
}

/// A card for a level of a decision.
pub(super) fn of_level(view: &View<'_, '_>, decision: &str, level: &str) -> Card {
    Card::new(What::Level, level).saying(level_words(view, decision, level))
}

/// A decision's name for readers and its levels.
fn decision_words(view: &View<'_, '_>, decision: &str) -> Vec<Localized> {
    let levels = view.levels(decision);
    let mut said: Vec<Localized> = captions_of(view, decision)
        .and_then(|captions| captions.name.clone())
        .into_iter()
        .collect();
    if !levels.is_empty() {
        said.push(say(
            "editor.levels",
            &Args::of("levels", levels.join(" < ")),
        ));
    }
    said
}

/// The captions of the pack that declares a decision.
fn captions_of<'v>(
    view: &View<'v, '_>,
    decision: &str,
) -> Option<&'v longma_compile::DecisionCaptions> {
    let given = view.declared(decision).next()?;
    let pack = view.world.packs.get(given.pack)?;
    pack.source.captions.get(decision)
}

/// A card for a field of a record.
pub(super) fn of_field(item: &Item, name: &str) -> Option<Card> {
    let kinds = item.field(name)?;
    let words = match &item.fields {
        Fields::Schema(object) => object.field(name).map(|field| field.words.clone()),
        Fields::Params(_) => None,
    };
    let label = if item.title.is_empty() {
        name.to_owned()
    } else {
        format!("{}.{name}", item.title)
    };
    Some(Card::new(What::Field, label).typed(&kinds).saying(words))
}

/// A card for a param, with its value in each pack that gives it along the lines of descent.
pub(super) fn of_param(view: &View<'_, '_>, name: &str) -> Card {
    let mut givers: Vec<usize> = Vec::new();
    let mut said = Vec::new();
    let mut kinds = Type::never();
    for scope in view.scopes() {
        if let Some(kind) = scope.names.params.declared(name) {
            kinds = kinds.join(&kind);
        }
        if let Some(given) = scope.params.get(name)
            && !givers.contains(&given.pack)
        {
            givers.push(given.pack);
            said.extend(param_words(view, given.pack, given.what));
        }
    }
    Card::new(What::Param, format!("params.{name}"))
        .typed(&kinds)
        .saying(said)
}

fn param_words(view: &View<'_, '_>, pack: usize, param: &Param) -> Vec<Localized> {
    let id = view.world.packs.get(pack).map(|pack| &pack.source.id);
    let id = Localized::same(id.map_or("", String::as_str));
    let mut said = vec![say(
        "editor.param",
        &Args::of("value", param.words()).with("pack", id),
    )];
    let cited = |key: &String| cited(view, key, Some(pack));
    said.extend(param.source.as_ref().and_then(cited));
    if param.assumed {
        said.push(say("editor.assumed", &Args::NONE));
    }
    said.extend(param.note.clone());
    said
}

/// A card for a helper, with the ways to call it here.
pub(super) fn of_helper(ways: &[&'static Signature]) -> Option<Card> {
    let first = ways.first()?;
    let mut said: Vec<Localized> = helpers::words(first.name).into_iter().collect();
    said.extend(ways.iter().map(|way| way.words(first.name)));
    Some(Card::new(What::Helper, first.written(first.name)).saying(said))
}

/// A card for the constructor of causes named after a level.
pub(super) fn of_constructor(view: &View<'_, '_>, level: &str) -> Card {
    let mut said = vec![helpers::words_of_level(level)];
    said.extend(helpers::CONSTRUCTORS.iter().map(|way| way.words(level)));
    said.extend(level_words(view, view.decision, level));
    let label = helpers::CONSTRUCTORS.first().map(|way| way.written(level));
    Card::new(What::Level, label.unwrap_or_default()).saying(said)
}

fn level_words(view: &View<'_, '_>, decision: &str, level: &str) -> Vec<Localized> {
    let caption = captions_of(view, decision).and_then(|it| it.levels.get(level).cloned());
    let levels = view.levels(decision).join(" < ");
    let scale = say(
        "editor.scale",
        &Args::of("decision", decision).with("levels", &levels),
    );
    caption.into_iter().chain([scale]).collect()
}

/// A card for a text that names something; `None` if it names nothing known.
pub(super) fn of_name(view: &View<'_, '_>, wanted: &Wanted, text: &str) -> Option<Card> {
    match wanted {
        Wanted::Member { record, field, all } => {
            let known = all.iter().any(|name| name == text);
            let (_, object) = find_object(view.world, record)?;
            let words = object.field(field)?.words.clone();
            let names = say("type.one-of", &Args::of("names", listed(all.iter())));
            let mut card = Card::new(What::Name, text).saying([words]);
            card.kind = Some(names);
            known.then_some(card)
        }
        Wanted::Level(decision) => {
            let known = view.levels(decision).contains(&text);
            let card = Card::new(What::Level, text).saying(level_words(view, decision, text));
            known.then_some(card)
        }
        Wanted::Column(table) => {
            let row = view.world.common.tables.get(table)?;
            let known = row.key_names().any(|name| name == text);
            let words = row.field(text)?.words.clone();
            let card = Card::new(What::Column, text).saying([words]);
            known.then_some(card)
        }
        Wanted::Values(values) => {
            let known = values.iter().any(|value| value == text);
            let card = Card::new(What::Name, text);
            known.then_some(card)
        }
    }
}

/// A card for a cited document.
pub(super) fn of_source(view: &View<'_, '_>, key: &str) -> Option<Card> {
    let (_, source) = source(view, key, None)?;
    let mut said = vec![source.title.clone()];
    said.extend(source.date.as_ref().map(Localized::same));
    said.extend(words::known(&format!(
        "editor.grade-{}",
        source.grade.to_lowercase()
    )));
    Some(Card::new(What::Source, key).saying(said))
}

fn cited(view: &View<'_, '_>, key: &str, by: Option<usize>) -> Option<Localized> {
    let (_, source) = source(view, key, by)?;
    Some(say(
        "editor.source",
        &Args::of("title", source.title.clone()),
    ))
}

/// A cited document and the pack that lists it: the citing pack `by` (the script's own if
/// `None`), or the nearest pack that it inherits.
pub(super) fn source<'v>(
    view: &View<'v, '_>,
    key: &str,
    by: Option<usize>,
) -> Option<(usize, &'v longma_compile::Source)> {
    let mut packs = view.scopes().flat_map(|scope| {
        let own = scope.packs.first().copied();
        let packs = scope.packs.iter().copied();
        packs.skip_while(move |pack| by.is_some() && by != own && Some(*pack) != by)
    });
    packs.find_map(|index| {
        let pack = view.world.packs.get(index)?;
        let source = pack.source.manifest.sources.get(key)?;
        Some((index, source))
    })
}

/// A card for a keyword.
pub(super) fn of_keyword(word: &str) -> Card {
    let said = words::known(&format!("keyword.{}", word.trim_end_matches(':')));
    Card::new(What::Keyword, word).saying(said)
}

/// The schema object with this title, in the facts or in a table, and the file that
/// describes it.
pub(super) fn find_object<'v>(world: &'v World<'_>, title: &str) -> Option<(String, &'v Object)> {
    let facts = world.schemas.iter();
    let facts = facts.map(|(name, object)| (schema_file(name), object));
    let tables = world.common.tables.iter();
    let tables = tables.map(|(name, object)| (table_file(name), object));
    let mut schemas = facts.chain(tables);
    schemas.find_map(|(file, object)| Some((file, titled(object, title)?)))
}

/// Path of a subject's schema.
pub(super) fn schema_file(subject: &str) -> String {
    format!("schema/{subject}.schema.json")
}

/// Path of a table's schema.
pub(super) fn table_file(table: &str) -> String {
    format!("reference/{table}.schema.json")
}

fn titled<'v>(object: &'v Object, title: &str) -> Option<&'v Object> {
    if object.title.as_deref() == Some(title) {
        return Some(object);
    }
    let mut inner = object.fields.iter().filter_map(|field| field.kind.object());
    inner.find_map(|inner| titled(inner, title))
}
