//! Editor support for packs: hover, completion, go to definition, references and renaming.
//!
//! An [`Editor`] answers for one state of a bundle, even if scripts are half-written.
//! At each key stroke a page gets a [`rewritten`](Editor::rewritten) one with the new
//! text; BENCHMARKS.md has the cost. Answers name files by their path inside the bundle
//! and give texts in both languages.
//!
//! Positions count characters. Most editors count UTF-16 units and must convert.

mod card;
mod complete;
mod define;
mod hover;
mod marks;
mod names;
mod sheet;
mod spot;
mod view;
mod words;

use longma_compile::Bundle;
use longma_compile::texts::Texts;
use longma_compile::world::{Pack, World};
use longma_core::Localized;
use longma_core::order::Gather;
use longma_lang::analysis::Analysis;
use longma_lang::finding::{Finding, Position, Range, Spot};
use longma_lang::script::Script;
use serde::Serialize;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use view::View;

pub use marks::Mark;
pub use names::Reference;

/// Answers an editor's questions about the scripts of a bundle.
///
/// ```
/// use longma_desk::editor::{Editor, What};
/// use longma_lang::finding::Position;
/// # use longma_compile::texts::{Texts, read};
/// # let rules = std::path::Path::new("../rules");
/// # let on_disk = |file: &str| std::fs::read_to_string(rules.join(file)).unwrap();
/// # let text = |file: &str| (file.to_owned(), on_disk(file));
/// # let pack = |file: &str| text(&format!("packs/62/validity-2020-02-21/{file}"));
/// // A code is valid for 24 hours from its issue.
/// let texts = Texts::from([
///     text("schema/person.schema.json"),
///     pack("pack.toml"),
///     pack("captions.toml"),
///     pack("validity.rhai"),
/// ]);
/// let bundle = read(&texts).bundle;
/// let editor = Editor::new(&bundle);
/// let at = Position { line: 7, column: 64 }; // `validity` in `params.validity`
/// let hover = editor.hover("packs/62/validity-2020-02-21/validity.rhai", at).unwrap();
/// assert_eq!(hover.cards[0].what, What::Param);
/// ```
#[derive(Debug)]
pub struct Editor<'a> {
    world: World<'a>,
    /// The files of the house; empty for packs that come from no files.
    texts: &'a Texts,
    /// What was typed since then in files that are no scripts.
    typed: BTreeMap<String, &'a str>,
    /// Each script's analysis, computed on first use.
    analyses: BTreeMap<(usize, &'a str), OnceCell<Analysis>>,
}

/// What an editor shows about one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Card {
    /// The sort of thing.
    pub what: What,
    /// Its name as written; a function has its parameters.
    pub label: String,
    /// Its type in words; `None` if it has none or the type is unknown.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<Localized>,
    /// Its documentation, in lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub documentation: Option<Localized>,
}

/// The sort of thing that a card shows.
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
    /// A member of an enum field, or another expected text.
    Name,
    Level,
    /// A key column of a table.
    Column,
    Rule,
    /// A private function, shared by rules.
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

/// What is at a position.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hover {
    /// The word or sign at the position.
    pub range: Range,
    /// What is there; several cards if a name has several meanings.
    pub cards: Vec<Card>,
}

/// What could be written at a position.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Completion {
    /// What is replaced; empty for an insertion.
    pub range: Range,
    /// Everything that is possible there, likely ones first. It is not filtered by the
    /// text already typed; the editor does that.
    pub proposals: Vec<Proposal>,
}

/// One thing that could be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// What it is.
    #[serde(flatten)]
    pub card: Card,
    /// The text to insert.
    pub insert: String,
    /// The cursor's offset in `insert` afterwards, in characters.
    pub caret: usize,
}

impl<'a> Editor<'a> {
    /// Reads a bundle.
    #[must_use]
    pub fn new(bundle: &'a Bundle) -> Self {
        static NONE: Texts = Texts::new();
        Self::of_house(bundle, &NONE)
    }

    /// Reads a bundle and the texts that it was read from, so that manifests, captions and
    /// cases are known as well.
    #[must_use]
    pub fn of_house(bundle: &'a Bundle, texts: &'a Texts) -> Self {
        Self::of(World::new(bundle), texts)
    }

    /// The same packs with a new text for one script, as after a key stroke. Whatever
    /// does not depend on that script is reused.
    #[must_use]
    pub fn rewritten<'b>(&self, file: &str, text: &'b str) -> Editor<'b>
    where
        'a: 'b,
    {
        let world = match self.world.script(file) {
            Some((pack, decision, _)) => self.world.rewritten(pack, decision, text),
            None => self.world.clone(),
        };
        let mut editor = Editor::of(world, self.texts);
        editor.typed.clone_from(&self.typed);
        editor
    }

    /// Whether a file is one of a pack of the bundle.
    #[must_use]
    pub fn is_of_pack(&self, file: &str) -> bool {
        self.pack_of(file).is_some()
    }

    /// Takes a new text of a manifest, captions or cases. The packs stay as they were read:
    /// what else it changes is known when they are read again.
    pub fn retype(&mut self, file: &str, text: &'a str) {
        self.typed.insert(file.to_owned(), text);
    }

    /// The text of a file that is no script.
    fn text(&self, file: &str) -> Option<&'a str> {
        let typed = self.typed.get(file).copied();
        typed.or_else(|| self.texts.get(file).map(String::as_str))
    }

    fn of(world: World<'a>, texts: &'a Texts) -> Self {
        let scripts = world.packs.iter().enumerate().flat_map(|(index, pack)| {
            let names = pack.scripts.keys();
            names.map(move |decision| ((index, *decision), OnceCell::new()))
        });
        let analyses = scripts.into_map();
        Self {
            world,
            texts,
            typed: BTreeMap::new(),
            analyses,
        }
    }

    /// Whether a file is a script of the bundle.
    #[must_use]
    pub fn has(&self, file: &str) -> bool {
        self.world.script(file).is_some()
    }

    /// What is wrong with a script by itself; `None` if it is none.
    #[must_use]
    pub fn findings(&self, file: &str) -> Option<Vec<Finding>> {
        let view = self.view(file)?.known();
        let found = view.analysis.findings.iter();
        Some(
            found
                .filter(|it| it.spot.file() == Some(file))
                .cloned()
                .collect(),
        )
    }

    /// The tree of a script, and its text as written; `None` if there is none.
    pub(crate) fn script(&self, file: &str) -> Option<&Script<'a>> {
        self.world.script(file).map(|(.., script)| script)
    }

    /// What is at a position; `file` is a path inside the bundle.
    #[must_use]
    pub fn hover(&self, file: &str, at: Position) -> Option<Hover> {
        if let Some(found) = self.sheet_hover(file, at) {
            return Some(found);
        }
        let (file, at) = self.place(file, at)?;
        let view = self.view(&file)?.known();
        hover::hover(&view, view.script.lines.byte(at))
    }

    /// Where the thing at a position is defined: ranges of scripts, or keys of
    /// manifests and schemas. Several if it differs by line of descent.
    #[must_use]
    pub fn definition(&self, file: &str, at: Position) -> Vec<Spot> {
        if let Some(found) = self.sheet_definition(file, at) {
            return found;
        }
        let place = self.place(file, at);
        let view = place.and_then(|(file, at)| Some((self.view(&file)?.known(), at)));
        let Some((view, at)) = view else {
            return Vec::new();
        };
        define::definition(&view, view.script.lines.byte(at))
    }

    /// What could be written at a position.
    #[must_use]
    pub fn completion(&self, file: &str, at: Position) -> Option<Completion> {
        if let Some(found) = self.sheet_completion(file, at) {
            return Some(found);
        }
        let (file, at) = self.place(file, at).filter(|(of, _)| of == file)?;
        complete::completion(self.view(&file)?, at)
    }

    /// Where a position is in a script: one in a file of shared functions is in a script
    /// that calls the function there. `None` behind the end of what is written.
    fn place(&self, file: &str, at: Position) -> Option<(String, Position)> {
        if let Some((.., script)) = self.world.script(file) {
            let inside = script.lines.byte(at) <= script.written.len();
            return inside.then(|| (file.to_owned(), at));
        }
        let packs = self.world.packs.iter();
        let mut scripts = packs.flat_map(|pack| pack.scripts.values());
        scripts.find_map(|script| {
            let mut lines = 1..=script.text.lines().count();
            let line = lines.find(|line| script.lines.copied(*line) == Some((file, at.line)))?;
            Some((script.file.clone(), Position { line, ..at }))
        })
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

/// A script whose analysis may not have been computed yet.
struct Unknown<'v, 'a> {
    world: &'v World<'a>,
    index: usize,
    pack: &'v Pack<'a>,
    decision: &'v str,
    script: &'v Script<'a>,
    analysis: &'v OnceCell<Analysis>,
}

impl<'v, 'a> Unknown<'v, 'a> {
    /// Computes the analysis if needed.
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
