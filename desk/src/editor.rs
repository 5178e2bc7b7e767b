//! What an editor asks about a place of a script: what is there, what could be
//! written there, and where what is there is defined.
//!
//! An [`Editor`] answers for the packs of a bundle as they are at that moment,
//! also where scripts are half-written. At each key stroke a page puts the new
//! text into its bundle and makes a new one; BENCHMARKS.md says what that takes.
//! Answers name things by their path inside the bundle, in both languages.
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

use crate::check::analysis::{Analysis, analyse};
use crate::check::world::World;
use crate::finding::{Position, Range, Spot};
use longma_core::{Bundle, Localized};
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
        let world = World::new(bundle);
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
        let view = self.view(file)?;
        hover::hover(&view, view.script.lines.byte(at))
    }

    /// Where what is at a place is defined: stretches of scripts, and keys of
    /// manifests and schemas. Several where it differs by line of descent.
    #[must_use]
    pub fn definition(&self, file: &str, at: Position) -> Vec<Spot> {
        let Some(view) = self.view(file) else {
            return Vec::new();
        };
        define::definition(&view, view.script.lines.byte(at))
    }

    /// What could be written at a place of a script.
    #[must_use]
    pub fn completion(&self, file: &str, at: Position) -> Option<Completion> {
        let view = self.view(file)?;
        complete::completion(&view, view.script.lines.byte(at))
    }

    fn view(&self, file: &str) -> Option<View<'_, 'a>> {
        let (index, decision, script) = self.world.script(file)?;
        let pack = self.world.packs.get(index)?;
        let (_, analysis) = self
            .analyses
            .range((index, decision)..)
            .next()
            .filter(|((at, name), _)| (*at, *name) == (index, decision))?;
        Some(View {
            world: &self.world,
            pack,
            decision,
            script,
            analysis: analysis.get_or_init(|| analyse(&self.world, index, decision)),
        })
    }
}
