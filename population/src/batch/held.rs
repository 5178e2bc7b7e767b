//! Columns as words.

use super::{Mismatch, Wrong};
use crate::mapping::data_type;
use arrow::array::{Array, ArrayRef, AsArray, PrimitiveArray, StringArray, StructArray};
use arrow::buffer::NullBuffer;
use arrow::compute::cast;
use arrow::datatypes::{
    ArrowPrimitiveType, DataType, Date32Type, Date64Type, Decimal32Type, Decimal64Type,
    Decimal128Type, Int8Type, Int16Type, Int32Type, Int64Type, TimeUnit, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use longma_core::columns::{ABSENT, Column, Given, Shape, Word};
use longma_core::nearest;
use longma_core::schema::Type;
use std::sync::Arc;

/// The word of a value that only the decoder that explains can read. No value has it.
pub(super) const ODD: Word = Word::MIN;

/// How the values of a field are held.
#[derive(Debug, Default)]
pub(super) enum Held {
    /// There is no such column.
    #[default]
    Nothing,
    /// As words, and where they come from.
    Words(Vec<Word>, ArrayRef),
    Texts(StringArray),
    Dictionary(Dictionary),
    /// The members are held at the same rows.
    Object(Option<NullBuffer>),
    List {
        offsets: Vec<usize>,
        lists: Option<NullBuffer>,
        /// Which items are null, if they are objects.
        nulls: Option<NullBuffer>,
        /// The items, if they are no objects.
        items: Box<Held>,
    },
}

/// Texts by number.
#[derive(Debug)]
pub(super) struct Dictionary {
    /// Positions in the others; negative for null.
    keys: Vec<i32>,
    texts: StringArray,
    /// The words of those that are known.
    words: Vec<Option<Word>>,
}

impl Dictionary {
    fn key(&self, row: usize) -> Option<usize> {
        let key = usize::try_from(*self.keys.get(row)?).ok()?;
        (key < self.texts.len() && self.texts.is_valid(key)).then_some(key)
    }

    fn text(&self, row: usize) -> Option<&str> {
        self.key(row).map(|key| self.texts.value(key))
    }
}

impl Held {
    pub(super) fn value(&self, row: usize) -> Given<'_> {
        match self {
            Self::Words(words, _) => match words.get(row) {
                None | Some(&ABSENT) => Given::Absent,
                Some(&ODD) => Given::Odd,
                Some(word) => Given::Word(*word),
            },
            Self::Texts(texts) if texts.is_valid(row) => Given::Text(texts.value(row)),
            Self::Dictionary(it) => match it.key(row) {
                None => Given::Absent,
                Some(key) => match it.words.get(key) {
                    Some(Some(word)) => Given::Known(*word),
                    _ => Given::Text(it.texts.value(key)),
                },
            },
            Self::List { items, .. } => items.value(row),
            _ => Given::Absent,
        }
    }

    pub(super) fn text(&self, row: usize) -> Option<&str> {
        match self {
            Self::Texts(texts) => texts.is_valid(row).then(|| texts.value(row)),
            Self::Dictionary(it) => it.text(row),
            Self::List { items, .. } => items.text(row),
            _ => None,
        }
    }

    pub(super) fn odd(&self, row: usize) -> Option<&ArrayRef> {
        match self {
            Self::Words(words, array) if words.get(row) == Some(&ODD) => Some(array),
            Self::List { items, .. } => items.odd(row),
            _ => None,
        }
    }
}

/// A field of a table.
#[derive(Clone, Copy)]
struct Place {
    table: u32,
    field: usize,
}

/// Columns in the making.
pub(super) struct Holder<'s> {
    shape: &'s Arc<Shape>,
    tables: Vec<Vec<Held>>,
    wrong: Vec<Mismatch>,
}

impl<'s> Holder<'s> {
    pub(super) fn new(shape: &'s Arc<Shape>) -> Self {
        let nothing = |columns: &[Column]| columns.iter().map(|_| Held::Nothing).collect();
        Self {
            shape,
            tables: shape
                .tables()
                .iter()
                .map(|it| nothing(&it.columns))
                .collect(),
            wrong: Vec::new(),
        }
    }

    pub(super) fn done(self) -> Result<Vec<Vec<Held>>, Vec<Mismatch>> {
        if self.wrong.is_empty() {
            Ok(self.tables)
        } else {
            Err(self.wrong)
        }
    }

    /// Holds the column of a table's member.
    pub(super) fn member(&mut self, table: u32, name: &str, array: &ArrayRef, above: &str) {
        let path = format!("{above}{name}");
        let shape: &'s Shape = self.shape;
        let Some(of) = shape.tables().get(table as usize) else {
            return;
        };
        let found = of.object.position(name);
        let found = found.and_then(|at| Some((at, of.object.fields.get(at)?, of.columns.get(at)?)));
        let Some((field, declared, column)) = found else {
            let near = nearest(name, of.object.names()).map(str::to_owned);
            self.wrong.push(Mismatch {
                column: path,
                what: Wrong::Unknown { near },
            });
            return;
        };
        let place = Place { table, field };
        let Some(held) = self.held(place, &declared.kind, column, array, &path) else {
            self.wrong.push(Mismatch {
                column: path,
                what: Wrong::Type {
                    expected: data_type(&declared.kind),
                    found: array.data_type().clone(),
                },
            });
            return;
        };
        let fields = self.tables.get_mut(table as usize);
        if let Some(to) = fields.and_then(|fields| fields.get_mut(field)) {
            *to = held;
        }
    }

    fn held(
        &mut self,
        place: Place,
        kind: &Type,
        column: &Column,
        array: &ArrayRef,
        path: &str,
    ) -> Option<Held> {
        // A column without any value has no type of its own.
        if *array.data_type() == DataType::Null {
            return Some(Held::Nothing);
        }
        match (kind, column) {
            (Type::Object(_), Column::Row(inner)) => {
                let of = array.as_struct_opt()?;
                self.members(*inner, of, path);
                Some(Held::Object(of.nulls().cloned()))
            }
            (Type::List { item, .. }, Column::List(column)) => {
                self.list(place, item, column, array, path)
            }
            (Type::Text(_) | Type::Enum(_), _) => self.texts(place, array),
            _ => Some(Held::Words(words(kind, array)?, Arc::clone(array))),
        }
    }

    fn members(&mut self, table: u32, of: &StructArray, path: &str) {
        let above = format!("{path}.");
        for (field, array) in of.fields().iter().zip(of.columns()) {
            self.member(table, field.name(), array, &above);
        }
    }

    fn list(
        &mut self,
        place: Place,
        kind: &Type,
        column: &Column,
        array: &ArrayRef,
        path: &str,
    ) -> Option<Held> {
        let narrow = |at: &i32| usize::try_from(*at).ok();
        let wide = |at: &i64| usize::try_from(*at).ok();
        let (offsets, values): (Option<Vec<usize>>, _) = match array.data_type() {
            DataType::List(_) => {
                let of = array.as_list_opt::<i32>()?;
                (of.value_offsets().iter().map(narrow).collect(), of.values())
            }
            DataType::LargeList(_) => {
                let of = array.as_list_opt::<i64>()?;
                (of.value_offsets().iter().map(wide).collect(), of.values())
            }
            DataType::FixedSizeList(..) => {
                let of = array.as_fixed_size_list_opt()?;
                let size = usize::try_from(of.value_length()).ok()?;
                let offsets = (0..=of.len()).map(|at| Some(at * size));
                (offsets.collect(), of.values())
            }
            _ => return None,
        };
        let (offsets, values) = trimmed(offsets?, values)?;
        let items = match (kind, column) {
            _ if *values.data_type() == DataType::Null => Held::Nothing,
            (Type::Object(_), Column::Row(inner)) => {
                self.members(*inner, values.as_struct_opt()?, path);
                Held::Nothing
            }
            _ => self.held(place, kind, column, &values, path)?,
        };
        Some(Held::List {
            offsets,
            lists: array.nulls().cloned(),
            nulls: values.logical_nulls(),
            items: Box::new(items),
        })
    }

    fn texts(&self, place: Place, array: &ArrayRef) -> Option<Held> {
        let is_text = |kind: &DataType| {
            matches!(
                kind,
                DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View
            )
        };
        let plain =
            |array: &dyn Array| Some(cast(array, &DataType::Utf8).ok()?.as_string().clone());
        match array.data_type() {
            kind if is_text(kind) => plain(array).map(Held::Texts),
            DataType::Dictionary(_, kind) if is_text(kind) => {
                let of = array.as_any_dictionary_opt()?;
                let texts: StringArray = plain(of.values())?;
                let keys = cast(of.keys(), &DataType::Int32).ok()?;
                let keys = keys.as_primitive_opt::<Int32Type>()?;
                let keys = keys.iter().map(|key| key.unwrap_or(-1)).collect();
                let Place { table, field } = place;
                let word = |text: Option<&str>| self.shape.word(table, field, text?);
                let words = texts.iter().map(word).collect();
                Some(Held::Dictionary(Dictionary { keys, texts, words }))
            }
            _ => None,
        }
    }
}

/// The items of these lists alone. A slice of a list array still has the items of the whole
/// array, and holding those for each slice of a large one would take the square of its time.
fn trimmed(mut offsets: Vec<usize>, items: &ArrayRef) -> Option<(Vec<usize>, ArrayRef)> {
    let first = *offsets.first()?;
    let count = offsets.last()?.checked_sub(first)?;
    if first.checked_add(count)? > items.len() {
        return None;
    }
    for offset in &mut offsets {
        *offset = offset.checked_sub(first)?;
    }
    Some((offsets, items.slice(first, count)))
}

/// The words of numbers and times; `None` if the column is of another type.
fn words(kind: &Type, array: &ArrayRef) -> Option<Vec<Word>> {
    match kind {
        Type::Bool => {
            let of = array.as_boolean_opt()?;
            Some(of.iter().map(|it| it.map_or(ABSENT, Word::from)).collect())
        }
        Type::Int { .. } => ints(array),
        Type::Instant => instants(array),
        Type::Date => match array.data_type() {
            DataType::Date32 => each::<Date32Type>(array, |day| Some(Word::from(day))),
            DataType::Date64 => each::<Date64Type>(array, |at| whole(at, 86_400_000)),
            _ => None,
        },
        Type::Temperature { .. } => match array.data_type() {
            DataType::Decimal32(_, scale) => {
                each::<Decimal32Type>(array, |it| tenths(it.into(), *scale))
            }
            DataType::Decimal64(_, scale) => {
                each::<Decimal64Type>(array, |it| tenths(it.into(), *scale))
            }
            DataType::Decimal128(_, scale) => {
                each::<Decimal128Type>(array, |it| tenths(it, *scale))
            }
            _ => None,
        },
        _ => None,
    }
}

fn ints(array: &ArrayRef) -> Option<Vec<Word>> {
    match array.data_type() {
        DataType::Int64 => each::<Int64Type>(array, Some),
        DataType::Int32 => each::<Int32Type>(array, |it| Some(it.into())),
        DataType::Int16 => each::<Int16Type>(array, |it| Some(it.into())),
        DataType::Int8 => each::<Int8Type>(array, |it| Some(it.into())),
        DataType::UInt64 => each::<UInt64Type>(array, |it| it.try_into().ok()),
        DataType::UInt32 => each::<UInt32Type>(array, |it| Some(it.into())),
        DataType::UInt16 => each::<UInt16Type>(array, |it| Some(it.into())),
        DataType::UInt8 => each::<UInt8Type>(array, |it| Some(it.into())),
        _ => None,
    }
}

/// Seconds. A time without a zone could be anywhere, so its column is of another type.
fn instants(array: &ArrayRef) -> Option<Vec<Word>> {
    let DataType::Timestamp(unit, Some(_)) = array.data_type() else {
        return None;
    };
    match unit {
        TimeUnit::Second => each::<TimestampSecondType>(array, Some),
        TimeUnit::Millisecond => each::<TimestampMillisecondType>(array, |at| whole(at, 1_000)),
        TimeUnit::Microsecond => each::<TimestampMicrosecondType>(array, |at| whole(at, 1_000_000)),
        TimeUnit::Nanosecond => {
            each::<TimestampNanosecondType>(array, |at| whole(at, 1_000_000_000))
        }
    }
}

/// A number of units that are whole ones of a greater unit.
fn whole(units: i64, of: i64) -> Option<Word> {
    (units % of == 0).then(|| units / of)
}

/// A decimal as tenths.
fn tenths(value: i128, scale: i8) -> Option<Word> {
    let power = |by: i8| 10_i128.checked_pow(u32::from(by.unsigned_abs()));
    let tenths = match scale.checked_sub(1)? {
        more @ 1.. => {
            let by = power(more)?;
            (value % by == 0).then(|| value / by)?
        }
        less => value.checked_mul(power(less)?)?,
    };
    tenths.try_into().ok()
}

/// The word of each value; an odd one where `word` has none, or one that means something
/// else.
fn each<T: ArrowPrimitiveType>(
    array: &ArrayRef,
    word: impl Fn(T::Native) -> Option<Word>,
) -> Option<Vec<Word>> {
    let of: &PrimitiveArray<T> = array.as_primitive_opt()?;
    let word = |value| word(value).filter(|word| *word != ABSENT).unwrap_or(ODD);
    Some(if of.null_count() == 0 {
        of.values().iter().map(|value| word(*value)).collect()
    } else {
        of.iter().map(|value| value.map_or(ABSENT, word)).collect()
    })
}
