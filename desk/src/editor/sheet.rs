//! The files of a pack that are no scripts: manifest, captions and cases.
//!
//! What is there is read from the whole file. What could be written is asked while the file
//! is no TOML yet, so it is read from the line and from the heading above it.

use super::names::{Name, Named, Sheet};
use super::view::View;
use super::{Card, Completion, Editor, Hover, Proposal, What, card, words};
use longma_compile::texts::LAW_KINDS;
use longma_compile::toml::Toml;
use longma_compile::world::Scope;
use longma_compile::{COLOURS, UNITS};
use longma_core::order::Gather;
use longma_core::schema::{Object, Type};
use longma_core::{PackId, Role};
use longma_lang::finding::{Position, Spot};
use longma_lang::syntax::{Bytes, Lines};
use std::collections::BTreeSet;

/// How well something is known.
const GRADES: [&str; 3] = ["V", "W", "A"];

/// The tables of each file and their keys, as the catalogue names them.
const PACK: &[&str] = &[
    "subject",
    "version",
    "title",
    "authority",
    "inherits",
    "zone",
    "offset",
    "languages",
    "corrections",
];
const TABLES: [(&str, &[&str]); 13] = [
    ("effective", &["from", "until", "note"]),
    ("sources", &["title", "date", "grade", "background"]),
    ("params", &["value", "unit", "source", "assumed", "note"]),
    ("decisions", &["scale", "colours", "roles", "place"]),
    ("facts", &["requires", "by", "corrected_by"]),
    (
        "laws",
        &[
            "kind", "words", "decision", "section", "record", "overlay", "from", "breaches",
        ],
    ),
    (
        "coverage",
        &["rules", "functions", "branches", "releases", "captions"],
    ),
    ("pack", PACK),
    ("captions", &["name", "levels"]),
    ("rule", &["caption", "release"]),
    ("cases", &["base", "base_reference"]),
    (
        "case",
        &[
            "name",
            "facts",
            "absent",
            "reference",
            "absent_reference",
            "at",
            "problems",
            "shuffle",
        ],
    ),
    (
        "at",
        &["time", "rules", "because", "sources", "says", "at_least"],
    ),
];
/// Tables of a manifest under one heading, and those with a name of their own.
const HEADINGS: [&str; 10] = [
    "effective",
    "coverage",
    "overrides",
    "drops",
    "unread",
    "sources.",
    "params.",
    "decisions.",
    "facts.",
    "laws.",
];

/// Where in a file something is about to be written.
struct Here {
    /// The heading above, in parts.
    heading: Vec<String>,
    part: Part,
    /// What is replaced.
    replaced: Bytes,
}

enum Part {
    /// A heading.
    Heading,
    /// A key, inside braces or at the beginning of a line.
    Key { inner: bool },
    /// A text, of this key.
    Text(String),
    /// Behind a brace in a text, which is closed or not.
    Braces { closed: bool },
}

impl Editor<'_> {
    fn sheet(&self, file: &str) -> Option<(usize, Sheet, &str)> {
        let name = PackId::split(file)?.1;
        let text = self.text(file)?;
        Some((self.pack_of(file)?, Sheet::of(name)?, text))
    }

    pub(super) fn sheet_hover(&self, file: &str, at: Position) -> Option<Hover> {
        let (pack, sheet, text) = self.sheet(file)?;
        if let Some((range, Named::Shared(name))) = self.named(file, at) {
            let cards = self.card(pack, &name).into_iter().collect();
            return Some(Hover { range, cards });
        }
        // The key itself, where it has words.
        let lines = Lines::new(text);
        let byte = lines.byte(at);
        let entries = Toml::parse(text).ok()?.entries();
        let mut keys = entries.iter().filter_map(|it| Some((it, it.key.clone()?)));
        let (entry, key) = keys.find(|(_, key)| key.start <= byte && byte <= key.end)?;
        let steps: Vec<&str> = entry.path.iter().map(String::as_str).collect();
        let (name, above) = steps.split_last()?;
        let card = of_key(table_of(sheet, above)?, name)?;
        Some(Hover {
            range: lines.range(file, &key),
            cards: vec![card],
        })
    }

    pub(super) fn sheet_definition(&self, file: &str, at: Position) -> Option<Vec<Spot>> {
        self.sheet(file)?;
        if !matches!(self.named(file, at), Some((_, Named::Shared(_)))) {
            return Some(Vec::new());
        }
        let all = self.references(file, at).into_iter();
        Some(
            all.filter(|it| it.defines)
                .map(|it| Spot::Range(it.range))
                .collect(),
        )
    }

    pub(super) fn sheet_completion(&self, file: &str, at: Position) -> Option<Completion> {
        let (pack, sheet, text) = self.sheet(file)?;
        let lines = Lines::new(text);
        let here = here(text, lines.byte(at))?;
        let proposals = self.proposals(pack, sheet, &here);
        Some(Completion {
            range: lines.range(file, &here.replaced),
            proposals,
        })
    }

    /// A script of the pack or of one above it, to read the pack's names through.
    fn through(&self, pack: usize, decision: Option<&str>) -> Option<View<'_, '_>> {
        let own = self.world.packs.get(pack)?;
        let line = own.lineages.iter().flat_map(|it| &it.packs);
        let mut scripts = line.filter_map(|it| {
            let scripts = &self.world.packs.get(*it)?.scripts;
            match decision {
                Some(decision) => scripts.get(decision),
                None => scripts.values().next(),
            }
        });
        let script = scripts.next()?;
        let view = self.view(&script.file)?.known();
        Some(View { pack: own, ..view })
    }

    fn card(&self, pack: usize, name: &Name) -> Option<Card> {
        match name {
            Name::Param(name) => Some(card::of_param(&self.through(pack, None)?, name)),
            Name::Source(name) => card::of_source(&self.through(pack, None)?, name),
            Name::Decision(name) => Some(card::of_decision(&self.through(pack, Some(name))?, name)),
            Name::Level(decision, level) => Some(card::of_level(
                &self.through(pack, Some(decision))?,
                decision,
                level,
            )),
            Name::Rule(decision, rule) => {
                let view = self.through(pack, Some(decision))?;
                let scope = view.scopes().next()?;
                let given = scope.rules.get(&(decision.as_str(), rule.as_str()));
                let file = given.and_then(|given| {
                    let script = self.world.packs.get(given.pack)?.scripts.get(&**decision)?;
                    Some(script.file.as_str())
                });
                let Some(view) = file.and_then(|file| self.view(file)) else {
                    return Some(card::of_rule(&view, rule));
                };
                let view = view.known();
                let function = view.script.function(rule)?;
                Some(card::of_function(&view, function))
            }
        }
    }

    fn proposals(&self, pack: usize, sheet: Sheet, here: &Here) -> Vec<Proposal> {
        let own = self.world.packs.get(pack);
        let scope = own.and_then(|it| it.lineages.first());
        let Some(scope) = scope.and_then(|it| self.world.scope(it)) else {
            return Vec::new();
        };
        let heading: Vec<&str> = here.heading.iter().map(String::as_str).collect();
        match &here.part {
            Part::Heading => self.headings(pack, sheet),
            Part::Braces { closed } => self.placeholders(pack, scope, *closed),
            Part::Text(key) => self.texts_of(pack, sheet, scope, key),
            Part::Key { inner } => {
                if let ["overrides" | "drops"] = heading[..] {
                    return self.inherited(pack, scope);
                }
                let table = if *inner && sheet == Sheet::Cases {
                    Some("at")
                } else {
                    table_of(sheet, &heading)
                };
                let mut all: Vec<Proposal> = Vec::new();
                if table == Some("at") {
                    let names = scope.decisions.keys();
                    all.extend(
                        self.of_names(pack, names.map(|it| Name::Decision((*it).to_owned()))),
                    );
                }
                let keys = TABLES.iter().find(|it| Some(it.0) == table);
                for (table, key) in keys
                    .into_iter()
                    .flat_map(|(table, keys)| keys.iter().map(|it| (*table, *it)))
                {
                    let card = of_key(table, key);
                    all.extend(card.map(|it| Proposal::inserting(it, key.to_owned())));
                }
                for proposal in &mut all {
                    proposal.insert.push_str(" = ");
                    proposal.caret = proposal.insert.chars().count();
                }
                all
            }
        }
    }

    fn of_names(&self, pack: usize, names: impl Iterator<Item = Name>) -> Vec<Proposal> {
        let written = names.filter_map(|name| {
            let mut card = self.card(pack, &name)?;
            let word = name.word().to_owned();
            card.label.clone_from(&word);
            Some(Proposal::inserting(card, word))
        });
        written.collect()
    }

    fn headings(&self, pack: usize, sheet: Sheet) -> Vec<Proposal> {
        match sheet {
            Sheet::Manifest => HEADINGS.iter().map(|it| named(What::Keyword, it)).collect(),
            Sheet::Cases => vec![named(What::Keyword, "base"), named(What::Keyword, "[case]")],
            Sheet::Captions => {
                let Some(own) = self.world.packs.get(pack) else {
                    return Vec::new();
                };
                let scripts = own.scripts.iter().flat_map(|(decision, script)| {
                    let told = own.source.captions.get(*decision);
                    let functions = script.parsed.script.functions.iter();
                    let rules = functions.filter(|it| !it.private).map(|it| &it.name.text);
                    let silent =
                        move |it: &&String| told.is_none_or(|told| !told.rules.contains_key(*it));
                    let rules = rules.filter(silent);
                    let rules = rules
                        .map(move |rule| named(What::Rule, &format!("{decision}.rules.{rule}")));
                    rules.chain([named(What::Decision, decision)])
                });
                scripts.collect()
            }
        }
    }

    /// The params that a text can show, and the facts of the evidence.
    fn placeholders(&self, pack: usize, scope: &Scope<'_>, closed: bool) -> Vec<Proposal> {
        let params = scope.params.keys().map(|it| Name::Param((*it).to_owned()));
        let mut all = self.of_names(pack, params);
        let subject = self
            .world
            .packs
            .get(pack)
            .map(|it| &it.source.manifest.subject);
        let schema = subject.and_then(|it| self.world.schemas.get(it));
        let mut facts = BTreeSet::new();
        for field in schema.into_iter().flat_map(|it| &it.fields) {
            if let Type::List { item, .. } = &field.kind
                && let Type::Object(record) = &**item
            {
                shown(record, &mut facts);
            }
        }
        all.extend(
            facts
                .iter()
                .map(|it| named(What::Field, &format!("evidence.{it}"))),
        );
        if !closed {
            for proposal in &mut all {
                proposal.insert.push('}');
                proposal.caret += 1;
            }
        }
        all
    }

    /// What a text of this key can be.
    fn texts_of(&self, pack: usize, sheet: Sheet, scope: &Scope<'_>, key: &str) -> Vec<Proposal> {
        let of = |what, names: &[&str]| names.iter().map(|it| named(what, it)).collect();
        let owned = |it: &&str| (*it).to_owned();
        match (sheet, key) {
            (Sheet::Manifest, "source") | (Sheet::Cases, "sources") => {
                let packs = scope
                    .packs
                    .iter()
                    .filter_map(|it| self.world.packs.get(*it));
                let names: BTreeSet<&String> = packs
                    .flat_map(|it| it.source.manifest.sources.keys())
                    .into_set();
                self.of_names(pack, names.into_iter().cloned().map(Name::Source))
            }
            (Sheet::Manifest, "unit") => of(What::Value, UNITS),
            (Sheet::Manifest, "grade") => GRADES
                .iter()
                .map(|it| {
                    let said = words::known(&format!("editor.grade-{}", it.to_lowercase()));
                    Proposal::inserting(Card::told(What::Value, it, said), (*it).to_owned())
                })
                .collect(),
            (Sheet::Manifest, "colours") => of(What::Value, COLOURS),
            (Sheet::Manifest, "roles") => Role::ALL
                .iter()
                .map(|it| named(What::Value, it.name()))
                .collect(),
            (Sheet::Manifest, "kind") => LAW_KINDS
                .iter()
                .map(|it| named(What::Keyword, it.0))
                .collect(),
            (Sheet::Manifest, "subject") => self
                .world
                .schemas
                .keys()
                .map(|it| named(What::Section, it))
                .collect(),
            (Sheet::Manifest, "section") => {
                let own = self.world.packs.get(pack);
                let schema = own.and_then(|it| self.world.schemas.get(&it.source.manifest.subject));
                let lists = schema.into_iter().flat_map(|it| &it.fields);
                let lists = lists.filter(|it| matches!(it.kind, Type::List { .. }));
                lists.map(|it| named(What::Section, &it.name)).collect()
            }
            (Sheet::Manifest, "decision") => {
                let names = scope.decisions.keys().map(owned).map(Name::Decision);
                self.of_names(pack, names)
            }
            (Sheet::Cases, "rules") => {
                let rules = scope.rules.keys();
                let rules =
                    rules.map(|(of, rule)| Name::Rule((*of).to_owned(), (*rule).to_owned()));
                self.of_names(pack, rules)
            }
            (Sheet::Cases, decision) => {
                let given = scope.decisions.get(decision);
                let levels = given.into_iter().flat_map(|it| &it.what.scale);
                let levels = levels.map(|it| Name::Level(decision.to_owned(), it.clone()));
                self.of_names(pack, levels)
            }
            _ => Vec::new(),
        }
    }

    /// What an heir can override or drop.
    fn inherited(&self, pack: usize, scope: &Scope<'_>) -> Vec<Proposal> {
        let above = scope.packs.iter().filter(|it| **it != pack);
        let above: Vec<_> = above.filter_map(|it| self.world.packs.get(*it)).collect();
        let params = above.iter().flat_map(|it| it.source.manifest.params.keys());
        let params = params.map(|it| (format!("params.{it}"), Name::Param(it.clone())));
        let rules = above
            .iter()
            .flat_map(|it| &it.scripts)
            .flat_map(|(decision, script)| {
                let functions = script
                    .parsed
                    .script
                    .functions
                    .iter()
                    .filter(|it| !it.private);
                functions.map(move |it| {
                    let name = Name::Rule((*decision).to_owned(), it.name.text.clone());
                    (format!("{decision}.{}", it.name.text), name)
                })
            });
        let all: BTreeSet<(String, Name)> = rules.chain(params).into_set();
        let written = all.into_iter().filter_map(|(word, name)| {
            let mut card = self.card(pack, &name)?;
            card.label.clone_from(&word);
            Some(Proposal::inserting(card, format!("\"{word}\" = ")))
        });
        written.collect()
    }
}

impl Proposal {
    /// A proposal that inserts `insert` and puts the cursor after it.
    fn inserting(card: Card, insert: String) -> Self {
        Self {
            card,
            caret: insert.chars().count(),
            insert,
        }
    }
}

fn named(what: What, name: &str) -> Proposal {
    Proposal::inserting(Card::told(what, name, None), name.to_owned())
}

/// The card of a key, with the catalogue's words for it.
fn of_key(table: &str, key: &str) -> Option<Card> {
    let said = words::known(&format!("key.{table}.{key}"))?;
    Some(Card::told(What::Keyword, key, Some(said)))
}

/// Which table keys stand in that have these steps above them; steps into lists are numbers.
fn table_of(sheet: Sheet, above: &[&str]) -> Option<&'static str> {
    let is_number = |it: &str| it.bytes().all(|byte| byte.is_ascii_digit());
    let steps: Vec<&str> = above.iter().copied().filter(|it| !is_number(it)).collect();
    let known = |name: &str| Some(TABLES.iter().find(|it| it.0 == name)?.0);
    match (sheet, &steps[..]) {
        (Sheet::Manifest, []) => Some("pack"),
        (
            Sheet::Manifest,
            [one @ ("effective" | "coverage")]
            | [one @ ("sources" | "params" | "decisions" | "laws"), _],
        ) => known(one),
        (Sheet::Captions, [_]) => Some("captions"),
        (Sheet::Captions, [_, "rules", _]) => Some("rule"),
        (Sheet::Cases, []) => Some("cases"),
        (Sheet::Cases, ["case"]) => Some("case"),
        (Sheet::Cases, ["case", "at"]) => Some("at"),
        _ => None,
    }
}

/// The fields of a record, and of those in it, that a text can show.
fn shown<'o>(record: &'o Object, out: &mut BTreeSet<&'o str>) {
    for field in &record.fields {
        match &field.kind {
            Type::Int { .. } | Type::Instant | Type::Date | Type::Temperature { .. } => {
                out.insert(&field.name);
            }
            _ => {}
        }
    }
}

/// Where in a text a byte is.
fn here(text: &str, byte: usize) -> Option<Here> {
    let (above, behind) = text.split_at_checked(byte)?;
    let start = above.rfind('\n').map_or(0, |it| it + 1);
    let before = above.get(start..)?;
    let part_of_word = |it: char| it.is_alphanumeric() || "_-.".contains(it);
    let word = before.len() - before.trim_end_matches(part_of_word).len();
    let rest = behind.len() - behind.trim_start_matches(part_of_word).len();
    let replaced = byte - word..byte + rest;
    let heading = || {
        let mut lines = above.get(..start).unwrap_or_default().lines().rev();
        let heading = lines.find(|line| line.starts_with('[')).unwrap_or_default();
        let inner = heading.trim_start_matches('[').split(']').next();
        let steps = inner
            .unwrap_or_default()
            .split('.')
            .map(|it| it.trim().trim_matches('"'));
        steps
            .filter(|it| !it.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let quotes = before.match_indices('"');
    let quotes: Vec<usize> = quotes
        .map(|(at, _)| at)
        .filter(|at| !before.get(..*at).is_some_and(|it| it.ends_with('\\')))
        .collect();
    let part = match quotes.last() {
        Some(open) if quotes.len() % 2 == 1 => {
            let inside = before.get(open + 1..)?;
            let braces = inside
                .rfind('{')
                .filter(|at| !inside.get(*at..).is_some_and(|it| it.contains('}')));
            match braces {
                Some(_) => Part::Braces {
                    closed: behind.get(rest..).is_some_and(|it| it.starts_with('}')),
                },
                None => Part::Text(key_of(before.get(..*open)?)?),
            }
        }
        _ if before.contains('#') => return None,
        _ if before
            .trim_start_matches('[')
            .bytes()
            .all(|it| it.is_ascii() && part_of_word(it.into()))
            && before.starts_with('[') =>
        {
            Part::Heading
        }
        _ => {
            let outside = before.get(..before.len() - word)?.trim_end();
            match outside.chars().next_back() {
                None => Part::Key { inner: false },
                Some('{' | ',') if outside.contains('{') => Part::Key { inner: true },
                _ => return None,
            }
        }
    };
    Some(Here {
        heading: heading(),
        part,
        replaced,
    })
}

/// The key of the text, or of the list of texts, that is about to begin behind this.
fn key_of(before: &str) -> Option<String> {
    let mut rest = before.trim_end();
    while let Some(listed) = rest.strip_suffix(',') {
        let (more, _) = listed.trim_end().strip_suffix('"')?.rsplit_once('"')?;
        rest = more.trim_end();
    }
    let rest = rest
        .strip_suffix('[')
        .unwrap_or(rest)
        .trim_end()
        .strip_suffix('=')?;
    let key = rest
        .trim_end()
        .rsplit(|it: char| !(it.is_alphanumeric() || it == '_'))
        .next()?;
    (!key.is_empty()).then(|| key.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Part, here};

    /// The part of a text in which `|` stands, in one word, and what is replaced.
    fn at(text: &str) -> String {
        let byte = text.find('|').unwrap_or(text.len());
        let text = text.replacen('|', "", 1);
        let Some(found) = here(&text, byte) else {
            return "nothing".to_owned();
        };
        let part = match found.part {
            Part::Heading => "heading".to_owned(),
            Part::Key { inner } => format!("key {inner}"),
            Part::Text(key) => format!("text of {key}"),
            Part::Braces { closed } => format!("braces {closed}"),
        };
        let replaced = text.get(found.replaced).unwrap_or_default();
        format!("{part} in {:?} for {replaced:?}", found.heading.join("."))
    }

    #[test]
    fn where_something_is_about_to_be_written() {
        for (text, found) in [
            (
                "[params.watch]\nunit = \"da|ys\"",
                r#"text of unit in "params.watch" for "days""#,
            ),
            (
                "[params.watch]\nunit = \"|",
                r#"text of unit in "params.watch" for """#,
            ),
            (
                "[params.watch]\nso|",
                r#"key false in "params.watch" for "so""#,
            ),
            ("[par|", r#"heading in "" for "par""#),
            (
                "a = { zh-CN = \"满 {qu|}\" }",
                r#"braces true in "" for "qu""#,
            ),
            ("a = { zh-CN = \"满 {qu|", r#"braces false in "" for "qu""#),
            ("a = { zh-CN = \"满 {x}，|", "text of CN in \"\" for \"\""),
            (
                "[[case]]\nat = [ { time = 1, rules = [\"a\", \"|",
                r#"text of rules in "case" for """#,
            ),
            (
                "[[case]]\nat = [ { time = 1, co|",
                r#"key true in "case" for "co""#,
            ),
            ("# so|", "nothing"),
            ("value = 7|", "nothing"),
            ("[\"code.x|", "nothing"),
        ] {
            assert_eq!(at(text), found, "{text}");
        }
    }
}
