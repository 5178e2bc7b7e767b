//! The packs and what an editor asks of them, kept from one key stroke to the next.

use crate::case;
use crate::editor::Editor;
use elsa::FrozenVec;
use longma_compile::Bundle;
use longma_compile::texts::{Texts, read};
use longma_core::order::Gather;
use longma_core::{PackId, Schema};
use longma_lang::finding::Finding;
use self_cell::self_cell;

/// How many texts of key strokes are kept before everything is read again.
const TYPED: usize = 500;

/// What an [`Editor`] borrows from.
struct Sheets {
    bundle: Bundle,
    /// What they were read from.
    texts: Texts,
    /// The texts of scripts as typed since then.
    typed: FrozenVec<String>,
}

self_cell!(
    struct Kept {
        owner: Sheets,
        #[covariant]
        dependent: Editor,
    }
);

/// The packs as the client has them now.
pub(super) struct Desk(Kept);

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Desk")
    }
}

impl Desk {
    /// Packs are read from what was `sound` last where a text is half-written.
    pub(super) fn new(texts: &Texts, sound: &Texts) -> Self {
        let bundle = if sound.is_empty() {
            read(texts).bundle
        } else {
            let mut texts = texts.clone();
            texts.extend(sound.clone());
            read(&texts).bundle
        };
        let sheets = Sheets {
            bundle,
            texts: texts.clone(),
            typed: FrozenVec::new(),
        };
        Self(Kept::new(sheets, |sheets| {
            Editor::of_house(&sheets.bundle, &sheets.texts)
        }))
    }

    pub(super) fn editor(&self) -> &Editor<'_> {
        self.0.borrow_dependent()
    }

    /// Gives a script a new text; false if that changes more than the script.
    pub(super) fn rewrite(&mut self, path: &str, text: &str) -> bool {
        let full = self.0.borrow_owner().typed.len() >= TYPED;
        if full || !self.editor().has(path) {
            return false;
        }
        self.0.with_dependent_mut(|sheets, editor| {
            sheets.typed.push(text.to_owned());
            let text = sheets.typed.last().map_or("", |it| it);
            *editor = editor.rewritten(path, text);
        });
        true
    }

    /// Gives a file that is no script a new text; false if that is too much to keep.
    pub(super) fn retype(&mut self, path: &str, text: &str) -> bool {
        let full = self.0.borrow_owner().typed.len() >= TYPED;
        if full || !self.editor().is_of_pack(path) {
            return false;
        }
        self.0.with_dependent_mut(|sheets, editor| {
            sheets.typed.push(text.to_owned());
            editor.retype(path, sheets.typed.last().map_or("", |it| it));
        });
        true
    }

    /// What is wrong with a script by itself; `None` if it is none.
    pub(super) fn glance(&self, path: &str) -> Option<Vec<Finding>> {
        self.editor().findings(path)
    }
}

/// What is wrong with the form of a document that is no script: what it says is judged with
/// the others.
pub(super) fn of_text(path: &str, texts: &Texts) -> Vec<Finding> {
    let Some((id, _)) = PackId::split(path) else {
        let text = texts.get(path).filter(|_| path.ends_with(".schema.json"));
        let problems = text.map(|text| Schema::read_partly(text, path).1);
        return problems.into_iter().flatten().map(Finding::from).collect();
    };
    // A pack's texts are read together, for the manifest says in which languages they stand.
    let beside = texts.iter();
    let pack: Texts = beside
        .filter(|(path, _)| PackId::split(path).is_some_and(|(of, _)| of == id))
        .map(|(path, text)| (path.clone(), text.clone()))
        .into_map();
    let found = read(&pack).findings.into_iter();
    let found = found.chain(case::read(&pack).findings);
    found.filter(|it| it.spot.file() == Some(path)).collect()
}
