//! Numbers, texts and lists as bytes, each text and each repeated thing once.
//!
//! What occurs more than once stands in a pool, and where it is used stands its number.
//! A name is the numbers of its parts between slashes: ids and paths share most of
//! theirs. Texts of one language stand side by side, which is how compression likes them.
//! Chinese is written with few characters: each stands once, and texts are their numbers,
//! the frequent ones in a byte.

use crate::limits;
use crate::order::Gather;
use crate::order::sort_by;
use crate::text::Localized;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a pool holds. Things only use pools that stand before their own.
#[derive(Clone, Copy)]
pub(super) enum Pool {
    Part,
    Chinese,
    English,
    Name,
    Object,
    Citation,
    Rule,
    Decision,
}

/// The characters of Chinese texts whose number takes one byte.
const FREQUENT: usize = 128;
/// The number of pools.
const POOLS: usize = 8;
/// What all uses of pooled things may have in bytes together: a small file must not
/// unfold into a huge catalogue.
const UNFOLDED: usize = 4 * limits::BUNDLE_BYTES;
/// How deeply pooled things may hold one another. Objects of schemas are the deepest.
const NESTED: u32 = 32;

#[derive(Default)]
pub(super) struct Writer {
    bytes: Vec<u8>,
    pools: [Entries; POOLS],
}

/// The things of a pool in the order of their first use, and their numbers.
#[derive(Default)]
struct Entries {
    all: Vec<Vec<u8>>,
    numbers: BTreeMap<Vec<u8>, usize>,
}

impl Writer {
    /// All that was written, after its pools.
    pub(super) fn finish(self) -> Vec<u8> {
        let mut out = Self::default();
        let [parts, mut chinese, rest @ ..] = self.pools;
        let texts = chinese.all.iter();
        let texts: Vec<String> = texts.map(|it| String::from_utf8_lossy(it).into()).collect();
        let letters = letters(texts.iter().flat_map(|text| text.chars()));
        let mut before = 0;
        out.list(&letters, |out, letter| {
            let letter = i64::from(u32::from(*letter));
            out.int(letter - before);
            before = letter;
        });
        let numbers: BTreeMap<char, usize> = letters.into_iter().zip(0..).into_map();
        for (entry, text) in chinese.all.iter_mut().zip(texts) {
            let mut to = Self::default();
            let letters = text.chars().filter_map(|c| numbers.get(&c));
            letters.for_each(|number| to.size(*number));
            *entry = to.bytes;
        }
        for pool in [parts, chinese].into_iter().chain(rest) {
            out.list(&pool.all, |out, entry| out.block(entry));
        }
        out.bytes.extend(self.bytes);
        out.bytes
    }

    pub(super) fn uint(&mut self, mut number: u64) {
        while number > 0x7f {
            self.bytes.push(number.to_le_bytes()[0] | 0x80);
            number >>= 7;
        }
        self.bytes.push(number.to_le_bytes()[0]);
    }

    pub(super) fn size(&mut self, size: usize) {
        self.uint(size as u64);
    }

    /// A bound on a length. What is beyond 32 bits is as good as none, on every target.
    pub(super) fn bound(&mut self, bound: usize) {
        self.uint(u32::try_from(bound).unwrap_or(u32::MAX).into());
    }

    pub(super) fn int(&mut self, number: i64) {
        self.uint(((number << 1) ^ (number >> 63)).cast_unsigned());
    }

    pub(super) fn flag(&mut self, flag: bool) {
        self.bytes.push(u8::from(flag));
    }

    pub(super) fn block(&mut self, bytes: &[u8]) {
        self.size(bytes.len());
        self.bytes.extend_from_slice(bytes);
    }

    pub(super) fn list<T>(
        &mut self,
        items: impl IntoIterator<Item = T, IntoIter: ExactSizeIterator>,
        mut write: impl FnMut(&mut Self, T),
    ) {
        let items = items.into_iter();
        self.size(items.len());
        items.for_each(|item| write(self, item));
    }

    pub(super) fn some<T>(&mut self, item: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.flag(item.is_some());
        if let Some(item) = item {
            write(self, item);
        }
    }

    /// What `write` writes, in a pool.
    pub(super) fn pooled(&mut self, pool: Pool, write: impl FnOnce(&mut Self)) {
        let before = std::mem::take(&mut self.bytes);
        write(self);
        let entry = std::mem::replace(&mut self.bytes, before);
        let mut number = 0;
        if let Some(pool) = self.pools.get_mut(pool as usize) {
            let next = pool.all.len();
            number = *pool.numbers.entry(entry.clone()).or_insert(next);
            if number == next {
                pool.all.push(entry);
            }
        }
        self.size(number);
    }

    fn text(&mut self, pool: Pool, text: &str) {
        self.pooled(pool, |to| to.bytes.extend_from_slice(text.as_bytes()));
    }

    pub(super) fn name(&mut self, name: &str) {
        let parts: Vec<&str> = name.split('/').collect();
        self.pooled(Pool::Name, |to| {
            to.list(parts, |to, part| to.text(Pool::Part, part));
        });
    }

    pub(super) fn words(&mut self, words: &Localized) {
        self.chinese(&words.zh_cn);
        self.text(Pool::English, &words.en);
        self.list(&words.others, |to, (tag, text)| {
            to.name(tag);
            to.text(Pool::English, text);
        });
    }

    pub(super) fn chinese(&mut self, text: &str) {
        self.text(Pool::Chinese, text);
    }
}

/// The characters of texts: the frequent ones, most frequent first, then the others in
/// their own order, in which neighbours lie near each other.
fn letters(text: impl Iterator<Item = char>) -> Vec<char> {
    let mut counts: BTreeMap<char, usize> = BTreeMap::new();
    text.for_each(|c| *counts.entry(c).or_default() += 1);
    let mut counted: Vec<(char, usize)> = counts.into_iter().collect();
    sort_by(&mut counted, |(_, a), (_, b)| b.cmp(a));
    if let Some(rest) = counted.get_mut(FREQUENT..) {
        sort_by(rest, |(a, _), (b, _)| a.cmp(b));
    }
    counted.into_iter().map(|(c, _)| c).collect()
}

/// Reads what [`Writer`] has written. Everything is `None` where the bytes make no sense.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    letters: Vec<char>,
    pools: [Vec<&'a [u8]>; POOLS],
    left: usize,
    depth: u32,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Option<Self> {
        let mut reader = Self {
            bytes,
            letters: Vec::new(),
            pools: Default::default(),
            left: UNFOLDED,
            depth: 0,
        };
        let mut before = 0_i64;
        reader.letters = reader.list(|from| {
            before = before.checked_add(from.int()?)?;
            char::from_u32(before.try_into().ok()?)
        })?;
        for pool in 0..POOLS {
            let entries = reader.list(Self::block)?;
            *reader.pools.get_mut(pool)? = entries;
        }
        Some(reader)
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.bytes.is_empty()
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*first)
    }

    pub(super) fn uint(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    pub(super) fn size(&mut self) -> Option<usize> {
        self.uint()?.try_into().ok()
    }

    pub(super) fn number(&mut self) -> Option<u32> {
        self.uint()?.try_into().ok()
    }

    pub(super) fn bound(&mut self) -> Option<usize> {
        let bound = self.number()?;
        Some(if bound == u32::MAX {
            usize::MAX
        } else {
            bound as usize
        })
    }

    pub(super) fn int(&mut self) -> Option<i64> {
        let number = self.uint()?;
        Some((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }

    pub(super) fn flag(&mut self) -> Option<bool> {
        match self.byte()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    pub(super) fn block(&mut self) -> Option<&'a [u8]> {
        let size = self.size()?;
        let (block, rest) = self.bytes.split_at_checked(size)?;
        self.bytes = rest;
        Some(block)
    }

    pub(super) fn list<T>(
        &mut self,
        mut read: impl FnMut(&mut Self) -> Option<T>,
    ) -> Option<Vec<T>> {
        let len = self.size()?;
        // Each item has a byte at least.
        let mut items = Vec::with_capacity(len.min(self.bytes.len()).min(10_000));
        for _ in 0..len {
            items.push(read(self)?);
        }
        Some(items)
    }

    #[allow(
        clippy::option_option,
        reason = "the outer one is for bytes that make no sense"
    )]
    pub(super) fn some<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<Option<T>> {
        if self.flag()? {
            read(self).map(Some)
        } else {
            Some(None)
        }
    }

    /// What `read` reads from a pool.
    pub(super) fn pooled<T>(
        &mut self,
        pool: Pool,
        read: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<T> {
        let number = self.size()?;
        self.at(pool, number, read)
    }

    /// What `read` reads from the entry of a pool with this number.
    pub(super) fn at<T>(
        &mut self,
        pool: Pool,
        number: usize,
        read: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<T> {
        let entry = *self.pools.get(pool as usize)?.get(number)?;
        self.left = self.left.checked_sub(entry.len() + 1)?;
        (self.depth < NESTED).then_some(())?;
        self.depth += 1;
        let after = std::mem::replace(&mut self.bytes, entry);
        let found = read(self)?;
        self.depth -= 1;
        let whole = self.is_at_end();
        self.bytes = after;
        whole.then_some(found)
    }

    /// The number of a pool's entries.
    pub(super) fn len(&self, pool: Pool) -> usize {
        self.pools.get(pool as usize).map_or(0, Vec::len)
    }

    fn text(&mut self, pool: Pool) -> Option<&'a str> {
        self.pooled(pool, |from| {
            std::str::from_utf8(std::mem::take(&mut from.bytes)).ok()
        })
    }

    pub(super) fn name(&mut self) -> Option<String> {
        self.pooled(Pool::Name, |from| {
            let mut name = String::new();
            for at in 0..from.size()? {
                if at > 0 {
                    name.push('/');
                }
                name.push_str(from.text(Pool::Part)?);
            }
            Some(name)
        })
    }

    pub(super) fn shared_name(&mut self) -> Option<Arc<str>> {
        self.name().map(Into::into)
    }

    pub(super) fn words(&mut self) -> Option<Localized> {
        let words = Localized {
            zh_cn: self.chinese()?,
            en: self.text(Pool::English)?.to_owned(),
            others: self.list(|from| {
                let tag = from.shared_name()?;
                Some((tag, from.text(Pool::English)?.to_owned()))
            })?,
        };
        (words.longest() <= limits::TEXT_BYTES).then_some(words)
    }

    pub(super) fn chinese(&mut self) -> Option<String> {
        self.pooled(Pool::Chinese, |from| {
            let mut text = String::new();
            while !from.is_at_end() {
                let number = from.size()?;
                text.push(*from.letters.get(number)?);
            }
            from.left = from.left.checked_sub(text.len())?;
            Some(text)
        })
    }
}
