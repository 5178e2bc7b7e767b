//! The names that several files of a house share, and every place that mentions them.
//!
//! A rule is a function of a script, a heading of the captions, an expectation of the cases
//! and a key of what an heir overrides or drops. It is one rule along a line of descent: a
//! rule of the same name in a province next door is another one.

use super::Editor;
use super::define::definition;
use super::hover::source_of;
use super::view::{Subject, View, Wanted};
use longma_compile::toml::{Entry, Toml};
use longma_compile::world::Pack;
use longma_core::order::Gather;
use longma_core::{PackId, covers, placeholders};
use longma_lang::finding::{Position, Range, Spot};
use longma_lang::syntax::{Bytes, Lines, TokenKind};
use std::collections::{BTreeMap, BTreeSet};

/// What an expectation of a case has beside decisions.
const OF_CASES: [&str; 6] = ["time", "rules", "because", "sources", "says", "at_least"];

/// A name that files share.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Name {
    /// A rule, of a decision.
    Rule(String, String),
    Param(String),
    Source(String),
    Decision(String),
    /// A level, of a decision.
    Level(String, String),
}

/// A place that mentions a name.
#[derive(Debug, Clone)]
pub(super) struct Mention {
    pub(super) range: Range,
    pub(super) name: Name,
    /// Whether the thing is declared there.
    pub(super) defines: bool,
}

/// A place that mentions what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// The name there.
    pub range: Range,
    /// Whether the thing is declared there.
    pub defines: bool,
}

impl Name {
    /// The word that stands in the files.
    pub(super) fn word(&self) -> &str {
        match self {
            Self::Rule(_, name)
            | Self::Level(_, name)
            | Self::Param(name)
            | Self::Source(name)
            | Self::Decision(name) => name,
        }
    }
}

/// What can be given another name.
pub(super) enum Named {
    /// What files share.
    Shared(Name),
    /// A variable, or a function of a script that is no rule, by where it is defined.
    Local(Vec<Spot>),
}

impl Editor<'_> {
    /// Every place that mentions what is at a position, in order of files.
    #[must_use]
    pub fn references(&self, file: &str, at: Position) -> Vec<Reference> {
        match self.named(file, at) {
            Some((_, Named::Shared(name))) => self.mentions_of(file, &name),
            Some((_, Named::Local(spots))) => self.uses(&spots),
            None => Vec::new(),
        }
    }

    /// The word at a position, if it can be given another name everywhere: that of a rule, a
    /// param, a source, a variable or a function of a script. Levels and decisions have files,
    /// constructors and facts of other systems named after them.
    #[must_use]
    pub fn renamed(&self, file: &str, at: Position) -> Option<Range> {
        let (range, named) = self.named(file, at)?;
        let fits = match named {
            Named::Shared(name) => !matches!(name, Name::Decision(_) | Name::Level(..)),
            Named::Local(spots) => spots.iter().all(|it| matches!(it, Spot::Range(_))),
        };
        fits.then_some(range)
    }

    /// Whether a word has the form that the name of what is at a position has.
    #[must_use]
    pub fn takes(&self, file: &str, at: Position, word: &str) -> bool {
        let source = matches!(
            self.named(file, at),
            Some((_, Named::Shared(Name::Source(_))))
        );
        let mut signs = word.chars();
        let begins = signs
            .next()
            .is_some_and(|it| it.is_ascii_lowercase() || it == '_');
        let fits = |it: char| {
            it.is_ascii_lowercase() || it.is_ascii_digit() || it == if source { '-' } else { '_' }
        };
        begins && signs.all(fits)
    }

    /// What is named at a position, and the word there.
    pub(super) fn named(&self, file: &str, at: Position) -> Option<(Range, Named)> {
        let pack = self.pack_of(file)?;
        let inside = |it: &Range| it.file == file && it.start <= at && at <= it.end;
        let mentions = self.mentions(pack, |of, _| of == file);
        if let Some(found) = mentions.into_iter().find(|it| inside(&it.range)) {
            return Some((found.range, Named::Shared(found.name)));
        }
        let (script, there) = self.place(file, at)?;
        let view = self.view(&script)?.known();
        let byte = view.script.lines.byte(there);
        let (bytes, subjects) = super::hover::subjects(&view, byte)?;
        let local = |it: &Subject<'_>| {
            matches!(
                it,
                Subject::Local(..) | Subject::Function(_) | Subject::Field(..)
            )
        };
        let spots = definition(&view, byte);
        let known = subjects.iter().all(local) && !spots.is_empty();
        let range = view.script.lines.range(&view.script.file, &bytes);
        known.then_some((range, Named::Local(spots)))
    }

    /// The pack that a file belongs to.
    pub(super) fn pack_of(&self, file: &str) -> Option<usize> {
        self.world.position(PackId::split(file)?.0)
    }

    /// Every mention of a name that the files of a pack and of its relatives share.
    fn mentions_of(&self, file: &str, name: &Name) -> Vec<Reference> {
        let Some(own) = self.pack_of(file) else {
            return Vec::new();
        };
        let packs = 0..self.world.packs.len();
        let all: BTreeMap<usize, Vec<Mention>> = packs
            .map(|pack| {
                let mut found = self.mentions(pack, |_, text| text.contains(name.word()));
                found.retain(|it| it.name == *name);
                (pack, found)
            })
            .filter(|(_, found)| !found.is_empty())
            .into_map();
        let mut reached = BTreeSet::from([own]);
        let mut open = vec![own];
        while let Some(pack) = open.pop() {
            for other in all.keys() {
                let near = self.descends(pack, *other) || self.descends(*other, pack);
                if (near || self.reads(name, pack, *other)) && reached.insert(*other) {
                    open.push(*other);
                }
            }
        }
        let found = all.into_iter().filter(|(pack, _)| reached.contains(pack));
        let found: BTreeSet<Reference> = found
            .flat_map(|(_, mentions)| mentions)
            .map(|it| Reference {
                range: it.range,
                defines: it.defines,
            })
            .into_set();
        found.into_iter().collect()
    }

    fn descends(&self, pack: usize, from: usize) -> bool {
        let pack = self.world.packs.get(pack);
        pack.is_some_and(|pack| pack.lineages.iter().any(|it| it.packs.contains(&from)))
    }

    /// Whether packs of two series mean the same by a decision, its levels and its rules: at
    /// most one of them has the decision, and they rule in the same place.
    fn reads(&self, name: &Name, pack: usize, other: usize) -> bool {
        let (Name::Decision(decision) | Name::Level(decision, _) | Name::Rule(decision, _)) = name
        else {
            return false;
        };
        let declares = |pack: usize| {
            let lines = self.world.packs.get(pack).map(|it| &it.lineages);
            let scopes = lines.into_iter().flatten();
            let mut scopes = scopes.filter_map(|it| self.world.scope(it));
            scopes.any(|it| it.decisions.contains_key(decision.as_str()))
        };
        self.near(pack, other) && !(declares(pack) && declares(other))
    }

    /// Whether two packs rule in the same place for the same subject.
    fn near(&self, pack: usize, other: usize) -> bool {
        let packs = [pack, other].map(|it| self.world.packs.get(it));
        let [Some(one), Some(two)] = packs else {
            return false;
        };
        let subject = |it: &Pack<'_>| it.source.manifest.subject.clone();
        let (here, there) = (one.id.region(), two.id.region());
        subject(one) == subject(two) && (covers(here, there) || covers(there, here))
    }

    /// Whether a rule of a decision rules where a pack does.
    fn has_rule(&self, pack: usize, decision: &str, rule: &str) -> bool {
        let packs = self.world.packs.iter().enumerate();
        let mut near = packs.filter(|(other, _)| self.near(pack, *other));
        near.any(|(_, other)| {
            let script = other.scripts.get(decision);
            let function = script.and_then(|script| script.function(rule));
            function.is_some_and(|it| !it.private)
        })
    }

    /// Every use of what is defined at these places.
    fn uses(&self, spots: &[Spot]) -> Vec<Reference> {
        let files: Vec<&str> = spots.iter().filter_map(Spot::file).collect();
        let scripts = self
            .world
            .packs
            .iter()
            .flat_map(|pack| pack.scripts.values());
        let concerned = scripts.filter(|script| {
            let lines = &script.lines;
            let copied = |file: &&str| lines.copies().any(|(of, _)| of == *file);
            let here = |file: &&str| **file == *script.file || copied(file);
            // A field of the facts can be read by any script.
            files
                .iter()
                .any(|file| here(file) || file.ends_with(".schema.json"))
        });
        let mut found = BTreeSet::new();
        for script in concerned {
            let Some(view) = self.view(&script.file).map(super::Unknown::known) else {
                continue;
            };
            for token in &view.script.parsed.tokens {
                let named = token.kind == TokenKind::Word;
                if named
                    && definition(&view, token.bytes.end)
                        .iter()
                        .any(|it| spots.contains(it))
                {
                    let range = view.script.lines.range(&view.script.file, &token.bytes);
                    let defines = spots.contains(&Spot::Range(range.clone()));
                    found.insert(Reference { range, defines });
                }
            }
        }
        found.into_iter().collect()
    }

    /// The mentions in the files of a pack that `wanted` chooses by their path and text.
    pub(super) fn mentions(
        &self,
        index: usize,
        wanted: impl Fn(&str, &str) -> bool,
    ) -> Vec<Mention> {
        let Some(pack) = self.world.packs.get(index) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for script in pack.scripts.values() {
            if wanted(&script.file, &script.text)
                && let Some(view) = self.view(&script.file).map(super::Unknown::known)
            {
                of_script(&view, &mut found);
            }
        }
        let prefix = pack.file("");
        let files = self.texts.range(prefix.clone()..).map(|it| it.0);
        let typed = self.typed.range(prefix.clone()..).map(|it| it.0);
        let inside = |file: &&String| file.starts_with(&prefix);
        let files: BTreeSet<&String> = files
            .take_while(inside)
            .chain(typed.take_while(inside))
            .into_set();
        for file in files {
            let text = self.text(file).unwrap_or_default();
            let name = file.get(prefix.len()..).unwrap_or_default();
            let Some(sheet) = Sheet::of(name).filter(|_| wanted(file, text)) else {
                continue;
            };
            let entries = Toml::parse(text).map(|it| it.entries()).unwrap_or_default();
            let lines = Lines::new(text);
            let mut take = |name: Name, bytes: Option<Bytes>, defines: bool| {
                let at = bytes.and_then(|bytes| word_in(text, bytes, name.word()));
                found.extend(at.map(|at| Mention {
                    range: lines.range(file, &at),
                    name,
                    defines,
                }));
            };
            match sheet {
                Sheet::Manifest => of_manifest(&entries, &mut take),
                Sheet::Captions => of_captions(text, &entries, &mut take),
                Sheet::Cases => of_cases(
                    &entries,
                    &|of, rule| self.has_rule(index, of, rule),
                    &mut take,
                ),
            }
        }
        found
    }
}

/// A file of a pack that is no script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sheet {
    Manifest,
    Captions,
    Cases,
}

impl Sheet {
    /// What the file with this name in a pack is.
    pub(super) fn of(name: &str) -> Option<Self> {
        match name {
            "pack.toml" => Some(Self::Manifest),
            "captions.toml" => Some(Self::Captions),
            _ if name.starts_with(crate::case::FOLDER) => Some(Self::Cases),
            _ => None,
        }
    }
}

/// Where a word stands by itself within some bytes of a text.
fn word_in(text: &str, bytes: Bytes, word: &str) -> Option<Bytes> {
    let written = text.get(bytes.clone())?;
    let part = |it: char| it.is_alphanumeric() || it == '_' || it == '-';
    let found = written.match_indices(word).filter(|(at, _)| {
        let before = written.get(..*at).and_then(|it| it.chars().next_back());
        let after = written
            .get(at + word.len()..)
            .and_then(|it| it.chars().next());
        !before.is_some_and(part) && !after.is_some_and(part)
    });
    // Of `"code.close"` the rule is the last part.
    let (at, _) = found.last()?;
    Some(bytes.start + at..bytes.start + at + word.len())
}

fn of_script(view: &View<'_, '_>, out: &mut Vec<Mention>) {
    let script = view.script;
    let mut take = |name: Name, bytes: &Bytes, defines: bool| {
        let range = script.lines.range(&script.file, bytes);
        out.push(Mention {
            range,
            name,
            defines,
        });
    };
    let rule = |name: &str| Name::Rule(view.decision.to_owned(), name.to_owned());
    for comment in &script.parsed.script.comments {
        if let Some((start, key)) = source_of(&script.text, comment) {
            let key = key.trim_end();
            take(
                Name::Source(key.to_owned()),
                &(start..start + key.len()),
                false,
            );
        }
    }
    for token in &script.parsed.tokens {
        if !matches!(token.kind, TokenKind::Word | TokenKind::Text(_)) {
            continue;
        }
        let spot = view.spot(&token.bytes);
        for subject in view.subjects(&spot) {
            let defines = matches!(spot.what, super::spot::What::Function(_));
            let (name, at) = match subject {
                Subject::Function(it) if !it.private => (rule(&it.name.text), token.bytes.clone()),
                Subject::Param(name) => (Name::Param(name), token.bytes.clone()),
                Subject::Constructor(level) => (
                    Name::Level(view.decision.to_owned(), level),
                    token.bytes.clone(),
                ),
                Subject::Name(Wanted::Level(decision), level) => {
                    let inside = token.bytes.start + 1..token.bytes.end.saturating_sub(1);
                    (Name::Level(decision, level), inside)
                }
                Subject::Local(local, _) if view.declared(&local.name.text).next().is_some() => {
                    (Name::Decision(local.name.text.clone()), token.bytes.clone())
                }
                _ => continue,
            };
            take(name, &at, defines);
        }
    }
}

type Take<'t> = dyn FnMut(Name, Option<Bytes>, bool) + 't;

fn path(entry: &Entry) -> Vec<&str> {
    entry.path.iter().map(String::as_str).collect()
}

fn of_manifest(entries: &[Entry], take: &mut Take<'_>) {
    for entry in entries {
        let (key, value) = (entry.key.clone(), entry.value.clone());
        let text = || entry.text.clone().unwrap_or_default();
        match path(entry)[..] {
            ["params", name] => take(Name::Param(name.to_owned()), key, true),
            ["params", _, "source"] => take(Name::Source(text()), value, false),
            ["sources", name] => take(Name::Source(name.to_owned()), key, true),
            ["decisions", name] => take(Name::Decision(name.to_owned()), key, true),
            ["decisions", decision, "scale", _] => {
                take(Name::Level(decision.to_owned(), text()), value, true);
            }
            ["laws", _, "decision"] => take(Name::Decision(text()), value, false),
            ["overrides" | "drops", name] | ["laws", _, "breaches", name] => {
                match name.split_once('.') {
                    Some(("params", name)) => take(Name::Param(name.to_owned()), key, false),
                    Some((decision, rule)) => {
                        take(Name::Rule(decision.to_owned(), rule.to_owned()), key, false);
                    }
                    None => {}
                }
            }
            _ => {}
        }
    }
}

fn of_captions(text: &str, entries: &[Entry], take: &mut Take<'_>) {
    for entry in entries {
        let key = entry.key.clone();
        match path(entry)[..] {
            [decision] => take(Name::Decision(decision.to_owned()), key, false),
            [decision, "levels", level] => {
                take(
                    Name::Level(decision.to_owned(), level.to_owned()),
                    key,
                    false,
                );
            }
            [decision, "rules", rule] => {
                take(Name::Rule(decision.to_owned(), rule.to_owned()), key, false);
            }
            [_, "rules", _, _, _] => {
                let bytes = entry.value.clone().unwrap_or_default();
                let written = text.get(bytes.clone()).unwrap_or_default();
                for name in placeholders(entry.text.as_deref().unwrap_or_default()) {
                    let braced = format!("{{{name}}}");
                    for (at, _) in written.match_indices(&braced) {
                        let start = bytes.start + at + 1;
                        let at = start..start + name.len();
                        take(Name::Param(name.clone()), Some(at), false);
                    }
                }
            }
            _ => {}
        }
    }
}

fn of_cases(entries: &[Entry], rules: &dyn Fn(&str, &str) -> bool, take: &mut Take<'_>) {
    // The decisions of each expectation: whose rules they are.
    let mut decisions: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for entry in entries {
        if let ["case", case, "at", at, decision] = path(entry)[..]
            && !OF_CASES.contains(&decision)
        {
            decisions.entry((case, at)).or_default().push(decision);
        }
    }
    for entry in entries {
        let (key, value) = (entry.key.clone(), entry.value.clone());
        let text = || entry.text.clone().unwrap_or_default();
        match path(entry)[..] {
            ["case", case, "at", at, "rules", _] => {
                let rule = text();
                let of = decisions.get(&(case, at)).map_or(&[][..], Vec::as_slice);
                let has = |decision: &&&str| rules(decision, &rule);
                if let Some(decision) = of.iter().find(has).or(of.first()) {
                    take(Name::Rule((*decision).to_owned(), rule), value, false);
                }
            }
            ["case", _, "at", _, "sources", _] => take(Name::Source(text()), value, false),
            ["case", _, "at", _, decision] if !OF_CASES.contains(&decision) => {
                take(Name::Decision(decision.to_owned()), key, false);
                take(Name::Level(decision.to_owned(), text()), value, false);
            }
            _ => {}
        }
    }
}
