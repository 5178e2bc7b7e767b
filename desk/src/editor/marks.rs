//! What the words of a script are, and what its params stand for.

use super::spot::{Binder, What as Role};
use super::view::{Subject, View, Wanted};
use super::{Editor, What};
use longma_core::Localized;
use longma_lang::finding::{Position, Range};
use longma_lang::scope::Source;
use longma_lang::syntax::TokenKind;

/// A word of a script and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The word.
    pub range: Range,
    /// What it is.
    pub what: What,
    /// Whether it is given its meaning there.
    pub defines: bool,
}

impl Editor<'_> {
    /// The words of a script that mean something, in order. What a copy of a shared function
    /// says is marked in the file that it comes from.
    #[must_use]
    pub fn marks(&self, file: &str) -> Vec<Mark> {
        let mut marks = Vec::new();
        self.each(file, |view, token, subject, defines| {
            let range = view.script.lines.range(&view.script.file, token);
            if let Some(what) = what(view, subject) {
                marks.push(Mark {
                    range,
                    what,
                    defines,
                });
            }
        });
        marks
    }

    /// Behind which words of a script a param is read, and what it is in that pack.
    #[must_use]
    pub fn values(&self, file: &str) -> Vec<(Position, Localized)> {
        let mut values = Vec::new();
        self.each(file, |view, token, subject, _| {
            if let Subject::Param(name) = subject
                && let Some(given) = view.scopes().find_map(|it| it.params.get(name.as_str()))
            {
                let range = view.script.lines.range(&view.script.file, token);
                values.push((range.end, given.what.words()));
            }
        });
        values
    }

    /// Shows each word that is written in a script, with what it means.
    fn each(
        &self,
        file: &str,
        mut see: impl FnMut(&View<'_, '_>, &longma_lang::syntax::Bytes, &Subject<'_>, bool),
    ) {
        let Some(view) = self.view(file).map(super::Unknown::known) else {
            return;
        };
        for token in &view.script.parsed.tokens {
            let word = matches!(token.kind, TokenKind::Word | TokenKind::Text(_));
            if !word || token.bytes.end > view.script.written.len() {
                continue;
            }
            let spot = view.spot(&token.bytes);
            let defines = matches!(spot.what, Role::Function(_) | Role::Binding(_));
            if let Some(subject) = view.subjects(&spot).first() {
                see(&view, &token.bytes, subject, defines);
            }
        }
    }
}

/// What a subject is, if it is worth a mark.
fn what(view: &View<'_, '_>, subject: &Subject<'_>) -> Option<What> {
    Some(match subject {
        Subject::Function(function) if function.private => What::Function,
        Subject::Function(_) => What::Rule,
        Subject::Local(local, _) => match local.by {
            Binder::Function(function, _) if !function.private => {
                match view.read(&local.name.text).map(|(source, _)| source) {
                    Some(Source::Section) => What::Section,
                    Some(Source::Table) => What::Table,
                    Some(Source::Decision) => What::Decision,
                    Some(Source::Params) => What::Params,
                    None => What::Local,
                }
            }
            _ => What::Local,
        },
        Subject::Field(..) => What::Field,
        Subject::Param(_) => What::Param,
        Subject::Helper(_) => What::Helper,
        Subject::Constructor(_) | Subject::Name(Wanted::Level(_), _) => What::Level,
        Subject::Name(..) => What::Name,
        Subject::Source(_) | Subject::Value(_) => return None,
    })
}
