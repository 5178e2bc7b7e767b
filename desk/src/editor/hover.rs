//! Describes what is at a place.

use super::spot::{comment_at, token_at};
use super::view::{Subject, View};
use super::{Hover, card};
use longma_lang::syntax::{Bytes, Comment};

pub(super) fn hover(view: &View<'_, '_>, byte: usize) -> Option<Hover> {
    let (bytes, subjects) = subjects(view, byte)?;
    let written = view.script.text.get(bytes.clone()).unwrap_or_default();
    let mut cards: Vec<_> = subjects
        .iter()
        .filter_map(|subject| card::of_subject(view, subject, written))
        .collect();
    cards.dedup();
    (!cards.is_empty()).then(|| Hover {
        range: view.script.lines.range(&view.script.file, &bytes),
        cards,
    })
}

/// The subjects at `byte`, and the bytes they cover.
pub(super) fn subjects<'v>(view: &View<'v, '_>, byte: usize) -> Option<(Bytes, Vec<Subject<'v>>)> {
    if let Some(comment) = comment_at(&view.script.parsed.script.comments, byte) {
        let (start, key) = source_of(&view.script.text, comment)?;
        let bytes = start..start + key.len();
        let touches = bytes.start <= byte && byte <= bytes.end;
        return touches.then(|| (bytes, vec![Subject::Source(key.to_owned())]));
    }
    let bytes = token_at(&view.script.parsed.tokens, byte)?.bytes.clone();
    let spot = view.spot(&bytes);
    Some((bytes, view.subjects(&spot)))
}

/// The key of the source named in a rule's comment, and where it begins.
pub(super) fn source_of<'t>(text: &'t str, comment: &Comment) -> Option<(usize, &'t str)> {
    let written = text.get(comment.bytes.clone()).filter(|_| comment.doc)?;
    let said = written.trim_start_matches('/').trim_start();
    let key = said.strip_prefix("source:")?.trim_start();
    Some((comment.bytes.end - key.len(), key.trim_end()))
}
