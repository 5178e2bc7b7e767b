//! What reading a document's bytes needs to know about each object, worked out once.

use super::scan::{self, Range};
use super::{ABSENT, Column, Shape};
use crate::limits;
use crate::number;
use crate::schema::{Class, Field, Object, Pattern, TextType, Type};

/// Most members of an object: one bit each.
const MEMBERS: usize = 64;

/// The objects of a schema, by table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Plan {
    /// None if the schema has anything that only the explaining decoder reads: an object
    /// with too many members, a name that JSON writes with an escape, a list of lists.
    pub(super) objects: Vec<Members>,
    /// The number of members that are texts or lists of them, in all objects.
    pub(super) slots: usize,
    /// For each object, and each of its members, the member that most likely follows: at
    /// first the next of its fields.
    pub(super) next: Vec<u8>,
}

/// One object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Members {
    /// The names of the members, in the order of its fields.
    names: Vec<Name>,
    /// What their values must be.
    pub(super) kinds: Vec<Kind>,
    /// The members that are required, one bit each.
    pub(super) required: u64,
    /// Two members that are times, and by how much at least the first is after the second.
    pub(super) orders: Vec<(usize, usize, i64)>,
    /// Where in [`Plan::next`] its first member is; what follows each comes after it.
    pub(super) next: usize,
}

/// A member's name in quotation marks, and a colon.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Name {
    /// The first 16 bytes, 0 after the end.
    start: [u64; 2],
    /// Which of these bytes there are.
    mask: [u64; 2],
    /// The whole.
    bytes: Box<[u8]>,
}

/// What a value must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Bool,
    Int {
        least: i64,
        most: i64,
    },
    Temperature {
        least: i64,
        most: i64,
    },
    Text(Text),
    Enum {
        slot: usize,
    },
    Instant,
    Date,
    Object,
    List {
        item: Box<Kind>,
        least: usize,
        most: usize,
    },
}

/// What a text must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) slot: usize,
    pub(super) least: usize,
    pub(super) most: usize,
    /// The characters it may have, if these are plain ASCII. Then nothing else is asked.
    pub(super) ranges: Vec<Range>,
    pub(super) pattern: Option<Pattern>,
    /// Whether it is read only if [`number::fold`](crate::number::fold) leaves it as it is.
    pub(super) number: bool,
}

impl Text {
    /// Whether a text has the length and the characters that it must have.
    pub(super) fn is_such(&self, given: &str) -> bool {
        // A character is one to four bytes.
        let (few, many) = (given.len().div_ceil(4), given.len());
        if few < self.least || many > self.most {
            let length = given.chars().count();
            if !(self.least..=self.most).contains(&length) {
                return false;
            }
        }
        match &self.pattern {
            None => true,
            // No blank begins with such a byte: the last one is U+3000.
            Some(pattern) if pattern.is_not_blank() && starts_visibly(given) => true,
            Some(pattern) => pattern.matches(given),
        }
    }

    /// Whether a text is such, and read as it is.
    pub(super) fn fits(&self, given: &str) -> bool {
        self.is_such(given) && (!self.number || number::is_folded(given.as_bytes()))
    }
}

fn starts_visibly(text: &str) -> bool {
    matches!(text.as_bytes().first(), Some(b'!'..=b'~' | 0xe4..))
}

impl Plan {
    pub(super) fn of(shape: &Shape) -> Self {
        let (mut slots, mut next) = (0, Vec::new());
        let objects = shape.tables.iter().map(|table| {
            let first = next.len();
            next.extend((0..=255_u8).take(table.columns.len() + 1));
            members(&table.object, &table.columns, first, &mut slots)
        });
        let objects: Option<Vec<Members>> = objects.collect();
        let shallow = |object: &Object| depth(object) <= limits::JSON_DEPTH;
        let root = shape.tables.first().map(|table| &*table.object);
        Self {
            objects: objects
                .filter(|_| root.is_some_and(shallow))
                .unwrap_or_default(),
            slots,
            next,
        }
    }
}

impl Members {
    /// Where the colon after the name of the member `index` ends, if that name is at `at`.
    /// `start` is what [`scan::load_two`] gives there.
    #[inline]
    pub(super) fn is_at(
        &self,
        start: [u64; 2],
        bytes: &[u8],
        at: usize,
        index: usize,
    ) -> Option<usize> {
        self.names.get(index)?.end(start, bytes, at)
    }

    /// The member whose name is at `at`, and where the colon after it ends. Those from
    /// `guess` on are tried first.
    #[inline(never)]
    pub(super) fn find(&self, bytes: &[u8], at: usize, guess: usize) -> Option<(usize, usize)> {
        let start = scan::load_two(bytes, at);
        let mut index = guess;
        for _ in &self.names {
            if index >= self.names.len() {
                index = 0;
            }
            if let Some(end) = self.is_at(start, bytes, at, index) {
                return Some((index, end));
            }
            index += 1;
        }
        self.find_spaced(bytes, at)
    }

    /// Like [`find`](Self::find), with white space before the colon.
    #[cold]
    fn find_spaced(&self, bytes: &[u8], at: usize) -> Option<(usize, usize)> {
        let end = scan::text_end(bytes, at + 1)? + 1;
        if *bytes.get(end)? > b' ' {
            return None;
        }
        let given = bytes.get(at..end)?;
        let mut names = self.names.iter();
        let index =
            names.position(|name| name.bytes.split_last().is_some_and(|it| it.1 == given))?;
        let colon = scan::skip(bytes, end);
        (bytes.get(colon) == Some(&b':')).then_some((index, colon + 1))
    }
}

impl Name {
    /// Where the name ends if it is at `at`, where `start` is.
    #[inline]
    fn end(&self, start: [u64; 2], bytes: &[u8], at: usize) -> Option<usize> {
        let [first, second] = start;
        let [first_name, second_name] = self.start;
        let [first_mask, second_mask] = self.mask;
        let differs = first & first_mask ^ first_name | second & second_mask ^ second_name;
        let end = at + self.bytes.len();
        let is_long = self.bytes.len() > 16;
        let fits = differs == 0 && (!is_long || bytes.get(at..end) == Some(&*self.bytes));
        fits.then_some(end)
    }
}

/// How deep the values in an object are, itself included.
fn depth(object: &Object) -> usize {
    fn of(kind: &Type) -> usize {
        match kind {
            Type::Object(object) => depth(object),
            Type::List { item, .. } => 1 + of(item),
            _ => 0,
        }
    }
    let depths = object.fields.iter().map(|field| of(&field.kind));
    1 + depths.max().unwrap_or(0)
}

fn members(object: &Object, columns: &[Column], next: usize, slots: &mut usize) -> Option<Members> {
    let fields = || object.fields.iter().enumerate();
    if object.fields.len() > MEMBERS {
        return None;
    }
    let kinds = object.fields.iter().zip(columns);
    let kinds = kinds.map(|(field, column)| kind(&field.kind, column, slots));
    let kinds = kinds.collect::<Option<_>>()?;
    let required = fields().filter(|(_, field)| field.required);
    let orders = fields().filter_map(|(at, field)| {
        let order = field.order.as_ref()?;
        let sibling = object.position(&order.sibling);
        Some(sibling.map(|sibling| (at, sibling, i64::from(order.strict))))
    });
    Some(Members {
        names: object.fields.iter().map(name).collect::<Option<_>>()?,
        kinds,
        required: required.fold(0, |required, (at, _)| required | 1 << at),
        orders: orders.collect::<Option<_>>()?,
        next,
    })
}

fn name(field: &Field) -> Option<Name> {
    let plain = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\';
    if !field.name.bytes().all(plain) {
        return None;
    }
    let bytes = format!("\"{}\":", field.name).into_bytes();
    Some(Name {
        start: scan::load_two(&bytes, 0),
        mask: [
            scan::mask(bytes.len()),
            scan::mask(bytes.len().saturating_sub(8)),
        ],
        bytes: bytes.into(),
    })
}

fn kind(kind: &Type, column: &Column, slots: &mut usize) -> Option<Kind> {
    Some(match (kind, column) {
        (Type::Bool, _) => Kind::Bool,
        (Type::Int { least, most }, _) => Kind::Int {
            least: *least,
            most: *most,
        },
        (Type::Temperature { least, most }, _) => Kind::Temperature {
            least: least.in_tenths(),
            most: most.in_tenths(),
        },
        (Type::Text(text), _) => Kind::Text(of_text(text, slot(slots))),
        (Type::Enum(_), Column::Enum(words)) if !words.contains(&ABSENT) => {
            Kind::Enum { slot: slot(slots) }
        }
        (Type::Instant, _) => Kind::Instant,
        (Type::Date, _) => Kind::Date,
        (Type::Object(_), _) => Kind::Object,
        (Type::List { item, least, most }, Column::List(column)) => {
            match self::kind(item, column, slots)? {
                Kind::List { .. } => return None,
                item => Kind::List {
                    item: Box::new(item),
                    least: *least,
                    most: *most,
                },
            }
        }
        _ => return None,
    })
}

/// The next slot.
fn slot(slots: &mut usize) -> usize {
    *slots += 1;
    *slots - 1
}

fn of_text(text: &TextType, slot: usize) -> Text {
    let class = text.pattern.as_ref().and_then(Pattern::class);
    let ranges = class.and_then(|class| Some((class, ranges(class)?)));
    let (least, most, ranges) = match ranges {
        // Of such characters, each is one byte.
        Some((class, ranges)) => (
            text.least.max(class.least),
            text.most.min(class.most),
            ranges,
        ),
        None => (text.least, text.most, Vec::new()),
    };
    Text {
        slot,
        least,
        most,
        ranges,
        pattern: text.pattern.clone(),
        number: text.number,
    }
}

/// The ranges of a class of characters that stand for themselves in JSON.
fn ranges(class: &Class) -> Option<Vec<Range>> {
    let ranges = class.ranges.iter().map(|(from, to)| {
        let escaped = |c: &char| (*from..=*to).contains(c);
        let (from, to) = (u8::try_from(*from).ok()?, u8::try_from(*to).ok()?);
        let plain = from >= b' ' && to < 0x80 && !['"', '\\'].iter().any(escaped);
        plain.then(|| Range::new(from, to))
    });
    ranges.collect()
}
