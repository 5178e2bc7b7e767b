//! Texts that are known before any facts are read.

use super::{Word, scan, word_of};
use crate::schema::{Schema, Type};
use std::sync::Arc;

/// Texts that are known before any facts are read: the members of enums and the texts
/// in rules. Sorted, so that their positions are ordered as the texts are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Texts {
    sorted: Vec<Arc<str>>,
    /// A hash table with open addresses, a power of two long and at most half full: the
    /// upper half of a slot is the hash, the lower the position plus one; 0 is free.
    slots: Vec<u64>,
    /// The length of the longest, in bytes.
    longest: usize,
}

impl Texts {
    /// Sorts the texts and drops duplicates.
    #[must_use]
    pub fn new(mut texts: Vec<Arc<str>>) -> Self {
        crate::order::sort(&mut texts);
        texts.dedup();
        let size = (texts.len() * 2).next_power_of_two();
        let mut slots = vec![0; size];
        for (position, text) in (1..).zip(&texts) {
            let hash = scan::hash(text.as_bytes(), 0, text.len());
            let mut at = first(hash);
            while let Some(slot) = slots.get_mut(at & (size - 1)) {
                if *slot == 0 {
                    *slot = hash << 32 | position;
                    break;
                }
                at += 1;
            }
        }
        let longest = texts.iter().map(|text| text.len()).max();
        Self {
            sorted: texts,
            slots,
            longest: longest.unwrap_or(0),
        }
    }

    /// Adds the members of every enum in `schema`.
    pub fn add_enums(into: &mut Vec<Arc<str>>, schema: &Schema) {
        fn walk(into: &mut Vec<Arc<str>>, kind: &Type) {
            match kind {
                Type::Enum(names) => into.extend(names.iter().cloned()),
                Type::List { item, .. } => walk(into, item),
                Type::Object(object) => object.fields.iter().for_each(|f| walk(into, &f.kind)),
                _ => {}
            }
        }
        walk(into, &Type::Object(Arc::clone(schema.root())));
    }

    /// The number of texts.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sorted.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// The texts, sorted.
    #[must_use]
    pub fn as_slice(&self) -> &[Arc<str>] {
        &self.sorted
    }

    /// The word of a text; `None` if it is not known.
    #[must_use]
    pub fn word(&self, text: &str) -> Option<Word> {
        self.word_at(text.as_bytes(), 0, text.len())
    }

    /// The word of the text that is `len` bytes from `start` in `bytes`.
    pub(super) fn word_at(&self, bytes: &[u8], start: usize, len: usize) -> Option<Word> {
        if len > self.longest {
            return None;
        }
        let hash = scan::hash(bytes, start, len);
        let mask = self.slots.len().checked_sub(1)?;
        let mut at = first(hash);
        loop {
            let slot = *self.slots.get(at & mask)?;
            if slot == 0 {
                return None;
            }
            if slot >> 32 == hash {
                let position = usize::try_from((slot & 0xffff_ffff) - 1).ok()?;
                let known = self.sorted.get(position)?.as_bytes();
                if bytes.get(start..start + len) == Some(known) {
                    return Some(word_of(position));
                }
            }
            at += 1;
        }
    }

    /// The text at a position.
    #[must_use]
    pub fn get(&self, position: usize) -> Option<&Arc<str>> {
        self.sorted.get(position)
    }
}

/// Where the search for a hash begins; a hash has 32 bits.
fn first(hash: u64) -> usize {
    usize::try_from(hash).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_found_at_its_position() {
        assert_eq!(Texts::default().word("a"), None);
        assert_eq!(Texts::new(Vec::new()).word(""), None);
        let mut texts: Vec<Arc<str>> = (0..500).map(|n| "x".repeat(n % 50).into()).collect();
        texts.extend((0..500).map(|n| Arc::from(format!("{n:015}-{n}"))));
        let texts = Texts::new(texts);
        assert_eq!(texts.len(), 550);
        for (position, text) in texts.as_slice().iter().enumerate() {
            assert_eq!(texts.word(text), Some(word_of(position)), "{text}");
            assert_eq!(texts.word(&format!("{text}y")), None);
        }
        assert!(texts.as_slice().is_sorted());
    }
}
