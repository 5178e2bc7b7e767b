//! What reading a document's bytes needs to know about each object, worked out once.

use super::scan::{self, Range};
use super::{ABSENT, Column, Shape};
use crate::limits;
use crate::schema::{Class, Field, Object, Pattern, TextType, Type};

/// Most members of an object: one bit each.
const MEMBERS: usize = 64;

/// The objects of a schema, by table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Plan {
    /// None if the schema has anything that only the explaining decoder reads: an object
    /// with too many members, a name that JSON writes with an escape, a list of lists.
    pub(super) objects: Vec<Members>,
    /// The number of members of all objects.
    pub(super) slots: usize,
}

/// One object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Members {
    /// The members, in the order of its fields.
    pub(super) members: Vec<Member>,
    /// The members that are required, one bit each.
    pub(super) required: u64,
    /// Two members that are times, and by how much at least the first is after the second.
    pub(super) orders: Vec<(usize, usize, i64)>,
    /// The number of members of the objects before this one.
    pub(super) first: usize,
}

/// One member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    name: Name,
    pub(super) kind: Kind,
}

/// A member's name in quotation marks.
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
    Int { least: i64, most: i64 },
    Temperature { least: i64, most: i64 },
    Text(Text),
    Enum,
    Instant,
    Date,
    Object,
    List { item: Box<Kind>, least: usize, most: usize },
}

/// What a text must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) least: usize,
    pub(super) most: usize,
    /// The characters it may have, if these are plain ASCII. Then nothing else is asked.
    pub(super) ranges: Vec<Range>,
    pub(super) pattern: Option<Pattern>,
}

impl Plan {
    pub(super) fn of(shape: &Shape) -> Self {
        let mut slots = 0;
        let objects = shape.tables.iter().map(|table| {
            let first = slots;
            slots += table.columns.len();
            members(&table.object, &table.columns, first)
        });
        let objects: Option<Vec<Members>> = objects.collect();
        let shallow = |object: &Object| depth(object) <= limits::JSON_DEPTH;
        let root = shape.tables.first().map(|table| &*table.object);
        Self {
            objects: objects
                .filter(|_| root.is_some_and(shallow))
                .unwrap_or_default(),
            slots,
        }
    }
}

impl Member {
    /// Where the member's name ends if it begins at `at`, given 16 bytes from there.
    pub(super) fn end(&self, start: [u64; 2], bytes: &[u8], at: usize) -> Option<usize> {
        let name = &self.name;
        let differs = start[0] & name.mask[0] ^ name.start[0]
            | start[1] & name.mask[1] ^ name.start[1];
        let end = at + name.bytes.len();
        let fits = differs == 0 && (name.bytes.len() <= 16 || bytes.get(at..end) == Some(&*name.bytes));
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

fn members(object: &Object, columns: &[Column], first: usize) -> Option<Members> {
    let fields = || object.fields.iter().enumerate();
    if object.fields.len() > MEMBERS {
        return None;
    }
    let members = object.fields.iter().zip(columns);
    let members = members.map(|(field, column)| member(field, column));
    let required = fields().filter(|(_, field)| field.required);
    let orders = fields().filter_map(|(at, field)| {
        let order = field.order.as_ref()?;
        let sibling = object.position(&order.sibling);
        Some(sibling.map(|sibling| (at, sibling, i64::from(order.strict))))
    });
    Some(Members {
        members: members.collect::<Option<_>>()?,
        required: required.fold(0, |required, (at, _)| required | 1 << at),
        orders: orders.collect::<Option<_>>()?,
        first,
    })
}

fn member(field: &Field, column: &Column) -> Option<Member> {
    let plain = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\';
    if !field.name.bytes().all(plain) {
        return None;
    }
    let bytes = format!("\"{}\"", field.name).into_bytes();
    let name = Name {
        start: [scan::load(&bytes, 0), scan::load(&bytes, 8)],
        mask: [
            scan::mask(bytes.len()),
            scan::mask(bytes.len().saturating_sub(8)),
        ],
        bytes: bytes.into(),
    };
    let kind = kind(&field.kind, column)?;
    Some(Member { name, kind })
}

fn kind(kind: &Type, column: &Column) -> Option<Kind> {
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
        (Type::Text(text), _) => Kind::Text(of_text(text)),
        (Type::Enum(_), Column::Enum(words)) if !words.contains(&ABSENT) => Kind::Enum,
        (Type::Instant, _) => Kind::Instant,
        (Type::Date, _) => Kind::Date,
        (Type::Object(_), _) => Kind::Object,
        (Type::List { item, least, most }, Column::List(column)) => match self::kind(item, column)? {
            Kind::List { .. } => return None,
            item => Kind::List {
                item: Box::new(item),
                least: *least,
                most: *most,
            },
        },
        _ => return None,
    })
}

fn of_text(text: &TextType) -> Text {
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
        least,
        most,
        ranges,
        pattern: text.pattern.clone(),
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
