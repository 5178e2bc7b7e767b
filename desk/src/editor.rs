//! What an editor asks about a place of a script: what is there, what could be
//! written there, and where what is there is defined.
//!
//! An [`Editor`] answers for the packs of a bundle as they are at that moment,
//! also where scripts are half-written. At each key stroke a page has it
//! [`rewritten`](Editor::rewritten) with the new text; BENCHMARKS.md says what
//! that takes. Answers name things by their path inside the bundle, in both
//! languages.
//!
//! Positions count characters. An editor that counts UTF-16 units, as most do,
//! converts them.

mod card;
mod complete;
mod define;
mod hover;
mod spot;
mod view;
mod words;

use longma_compile::Bundle;
use longma_compile::world::{Pack, World};
use longma_core::Localized;
use longma_lang::analysis::Analysis;
use longma_lang::finding::{Position, Range, Spot};
use longma_lang::script::Script;
use serde::Serialize;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use view::View;

/// Answers an editor's questions about the scripts of a bundle.
#[derive(Debug)]
pub struct Editor<'a> {
    world: World<'a>,
    /// Each script's analysis, worked out when it is first asked for.
    analyses: BTreeMap<(usize, &'a str), OnceCell<Analysis>>,
}

/// What an editor shows of one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Card {
    /// What sort of thing it is.
    pub what: What,
    /// As it is written, with its parameters where it is called.
    pub label: String,
    /// Its type in words; none where it has none or nothing is known.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<Localized>,
    /// What there is to say about it, in lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub documentation: Option<Localized>,
}

/// What sort of thing is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "each is named for its sort")]
pub enum What {
    Section,
    Table,
    Decision,
    Params,
    Param,
    Field,
    /// One of a field's names, or another text that is expected.
    Name,
    Level,
    /// A key column of a table.
    Column,
    Rule,
    /// A function that rules share.
    Function,
    Helper,
    /// A parameter of a function or closure, or a `let`.
    Local,
    /// A cited document.
    Source,
    Keyword,
    /// A value without a name.
    Value,
}

/// What is at a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hover {
    /// The word or sign that it is about.
    pub range: Range,
    /// What is there; several where a name has several meanings.
    pub cards: Vec<Card>,
}

/// What could be written at a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Completion {
    /// What is replaced; empty where something is inserted.
    pub range: Range,
    /// Everything that can stand there, likely ones first, whatever is written
    /// there already: an editor narrows it by that.
    pub proposals: Vec<Proposal>,
}

/// One thing that could be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// What it is.
    #[serde(flatten)]
    pub card: Card,
    /// What is written.
    pub insert: String,
    /// Where in it the cursor then stands, in characters.
    pub caret: usize,
}

impl<'a> Editor<'a> {
    /// Reads a bundle.
    #[must_use]
    pub fn new(bundle: &'a Bundle) -> Self {
        Self::of(World::new(bundle))
    }

    /// The same packs with another text of one script, as after a key stroke: all
    /// that does not hang on it is kept.
    #[must_use]
    pub fn rewritten<'b>(&self, file: &str, text: &'b str) -> Editor<'b>
    where
        'a: 'b,
    {
        Editor::of(match self.world.script(file) {
            Some((pack, decision, _)) => self.world.rewritten(pack, decision, text),
            None => self.world.clone(),
        })
    }

    fn of(world: World<'a>) -> Self {
        let scripts = world.packs.iter().enumerate().flat_map(|(index, pack)| {
            let names = pack.scripts.keys();
            names.map(move |decision| ((index, *decision), OnceCell::new()))
        });
        let analyses = scripts.collect();
        Self { world, analyses }
    }

    /// What is at a place of a script; `file` is its path inside the bundle.
    #[must_use]
    pub fn hover(&self, file: &str, at: Position) -> Option<Hover> {
        let view = self.view(file)?.known();
        hover::hover(&view, view.script.lines.byte(at))
    }

    /// Where what is at a place is defined: stretches of scripts, and keys of
    /// manifests and schemas. Several where it differs by line of descent.
    #[must_use]
    pub fn definition(&self, file: &str, at: Position) -> Vec<Spot> {
        let Some(view) = self.view(file).map(Unknown::known) else {
            return Vec::new();
        };
        define::definition(&view, view.script.lines.byte(at))
    }

    /// What could be written at a place of a script.
    #[must_use]
    pub fn completion(&self, file: &str, at: Position) -> Option<Completion> {
        complete::completion(self.view(file)?, at)
    }

    fn view(&self, file: &str) -> Option<Unknown<'_, 'a>> {
        let (index, decision, script) = self.world.script(file)?;
        let pack = self.world.packs.get(index)?;
        let (_, analysis) = self
            .analyses
            .range((index, decision)..)
            .next()
            .filter(|((at, name), _)| (*at, *name) == (index, decision))?;
        Some(Unknown {
            world: &self.world,
            index,
            pack,
            decision,
            script,
            analysis,
        })
    }
}

/// A script of which nothing need be known yet.
struct Unknown<'v, 'a> {
    world: &'v World<'a>,
    index: usize,
    pack: &'v Pack<'a>,
    decision: &'v str,
    script: &'v Script<'a>,
    analysis: &'v OnceCell<Analysis>,
}

impl<'v, 'a> Unknown<'v, 'a> {
    /// With what the checker learns of it.
    fn known(self) -> View<'v, 'a> {
        let learn = || self.world.analyse(self.index, self.decision);
        let analysis = self.analysis.get_or_init(learn);
        self.with(analysis)
    }

    fn with(&self, analysis: &'v Analysis) -> View<'v, 'a> {
        View {
            world: self.world,
            pack: self.pack,
            decision: self.decision,
            script: self.script,
            analysis,
        }
    }
}
