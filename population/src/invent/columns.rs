//! Columns that grow row by row, without anything of its own for a row.

use arrow::array::{
    Array, ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Int32Array,
    Int64Array, ListArray, NullBufferBuilder, StringArray, StructArray, TimestampMillisecondArray,
    new_null_array,
};
use arrow::buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow::datatypes::{DataType, Fields, Int32Type};
use arrow::error::ArrowError;
use std::sync::Arc;

/// An array, or why there is none.
pub(super) type Made = Result<ArrayRef, ArrowError>;

/// Which values of a column are there.
#[derive(Debug)]
pub(super) struct Known(NullBufferBuilder);

impl Default for Known {
    fn default() -> Self {
        Self(NullBufferBuilder::new(0))
    }
}

impl Known {
    pub(super) fn push(&mut self, is_known: bool) {
        self.0.append(is_known);
    }

    fn finish(mut self) -> Option<NullBuffer> {
        self.0.finish()
    }
}

/// Values of a fixed width that are always there.
#[derive(Debug, Default)]
pub(super) struct Values<T>(Vec<T>);

impl<T> Values<T> {
    pub(super) fn reserve(&mut self, more: usize) {
        self.0.reserve(more);
    }

    pub(super) fn push(&mut self, value: T) {
        self.0.push(value);
    }
}

/// Values of a fixed width that may be left out.
#[derive(Debug, Default)]
pub(super) struct Optional<T> {
    values: Vec<T>,
    known: Known,
}

impl<T: Default> Optional<T> {
    pub(super) fn push(&mut self, value: Option<T>) {
        self.known.push(value.is_some());
        self.values.push(value.unwrap_or_default());
    }
}

/// Instants are kept as Unix seconds and written as milliseconds.
pub(super) fn times(times: Values<i64>) -> ArrayRef {
    instants(times.0, None)
}

/// Instants that may be left out.
pub(super) fn optional_times(times: Optional<i64>) -> ArrayRef {
    instants(times.values, times.known.finish())
}

fn instants(mut seconds: Vec<i64>, known: Option<NullBuffer>) -> ArrayRef {
    for second in &mut seconds {
        *second *= 1_000;
    }
    let times = TimestampMillisecondArray::new(seconds.into(), known);
    Arc::new(times.with_timezone("UTC"))
}

pub(super) fn days(days: Values<i32>) -> ArrayRef {
    Arc::new(Date32Array::new(days.0.into(), None))
}

pub(super) fn numbers(numbers: Values<i64>) -> ArrayRef {
    Arc::new(Int64Array::new(numbers.0.into(), None))
}

pub(super) fn optional_bools(bools: Optional<bool>) -> ArrayRef {
    Arc::new(BooleanArray::new(bools.values.into(), bools.known.finish()))
}

/// Tenths of a degree.
pub(super) fn temperatures(tenths: Values<i128>) -> Made {
    let (precision, scale) = crate::mapping::DEGREES;
    let tenths = Decimal128Array::new(tenths.0.into(), None);
    Ok(Arc::new(tenths.with_precision_and_scale(precision, scale)?))
}

/// Members of an enum, by their numbers in `words`.
pub(super) fn keys(keys: Values<i32>, words: &[&str]) -> Made {
    let keys = Int32Array::new(keys.0.into(), None);
    dictionary(keys, words)
}

fn dictionary(keys: Int32Array, words: &[&str]) -> Made {
    let words = Arc::new(StringArray::from(words.to_vec()));
    Ok(Arc::new(DictionaryArray::<Int32Type>::try_new(
        keys, words,
    )?))
}

/// Texts, one after the other in one buffer.
#[derive(Debug, Default)]
pub(super) struct Texts {
    bytes: Vec<u8>,
    ends: Ends,
    known: Known,
}

impl Texts {
    /// Makes room for texts of so many bytes each.
    pub(super) fn reserve(&mut self, more: usize, bytes: usize) {
        self.bytes.reserve(more * bytes);
        self.ends.reserve(more);
    }

    /// Adds to the text that is being written.
    pub(super) fn write(&mut self, part: &str) {
        self.bytes.extend_from_slice(part.as_bytes());
    }

    /// Adds a number of at least `width` digits.
    pub(super) fn write_number(&mut self, number: u64, width: usize) {
        let mut digits = [b'0'; 20];
        let mut rest = number;
        let mut used = 0;
        for digit in digits.iter_mut().rev() {
            if rest == 0 && used >= width.max(1) {
                break;
            }
            *digit = b'0' + u8::try_from(rest % 10).unwrap_or_default();
            rest /= 10;
            used += 1;
        }
        let from = digits.len() - used;
        self.bytes
            .extend_from_slice(digits.get(from..).unwrap_or_default());
    }

    /// Ends the text.
    pub(super) fn end(&mut self) {
        self.known.push(true);
        self.ends.push(self.bytes.len());
    }

    pub(super) fn push(&mut self, text: &str) {
        self.write(text);
        self.end();
    }

    pub(super) fn push_absent(&mut self) {
        self.known.push(false);
        self.ends.push(self.bytes.len());
    }

    pub(super) fn finish(self) -> Made {
        let bytes = Buffer::from_vec(self.bytes);
        let texts = StringArray::try_new(self.ends.offsets(), bytes, self.known.finish())?;
        Ok(Arc::new(texts))
    }
}

/// Where each row of a list ends.
#[derive(Debug)]
pub(super) struct Ends(Vec<i32>);

impl Default for Ends {
    fn default() -> Self {
        Self(vec![0])
    }
}

impl Ends {
    pub(super) fn reserve(&mut self, more: usize) {
        self.0.reserve(more);
    }

    /// Ends a row after this many items.
    pub(super) fn push(&mut self, items: usize) {
        // A batch that long is refused by `Plan::batch`.
        self.0.push(i32::try_from(items).unwrap_or(i32::MAX));
    }

    fn offsets(self) -> OffsetBuffer<i32> {
        OffsetBuffer::new(ScalarBuffer::from(self.0))
    }

    /// Lists of these items. Their type is that of the schema's column.
    pub(super) fn lists(self, kind: &DataType, items: ArrayRef, known: Option<Known>) -> Made {
        let DataType::List(item) = kind else {
            return Err(mismatch(kind));
        };
        let known = known.and_then(Known::finish);
        let lists = ListArray::try_new(item.clone(), self.offsets(), items, known)?;
        Ok(Arc::new(lists))
    }

    /// Lists of structs with these members; members that are not given are left out in all.
    pub(super) fn records(self, kind: &DataType, parts: &[(&str, ArrayRef)]) -> Made {
        let DataType::List(item) = kind else {
            return Err(mismatch(kind));
        };
        let items = record(item.data_type(), parts)?;
        self.lists(kind, items, None)
    }
}

/// Structs with these members.
pub(super) fn record(kind: &DataType, parts: &[(&str, ArrayRef)]) -> Made {
    let DataType::Struct(fields) = kind else {
        return Err(mismatch(kind));
    };
    let arrays = in_order(fields, parts);
    Ok(Arc::new(StructArray::try_new(
        fields.clone(),
        arrays,
        None,
    )?))
}

/// The members in the schema's order.
fn in_order(fields: &Fields, parts: &[(&str, ArrayRef)]) -> Vec<ArrayRef> {
    let rows = parts.first().map_or(0, |(_, array)| array.len());
    let arrays = fields.iter().map(|field| {
        let part = parts.iter().find(|(name, _)| name == field.name());
        part.map_or_else(
            || new_null_array(field.data_type(), rows),
            |(_, it)| it.clone(),
        )
    });
    arrays.collect()
}

/// Empty lists of a column's type.
pub(super) fn empty(kind: &DataType, rows: usize) -> Made {
    let DataType::List(item) = kind else {
        return Err(mismatch(kind));
    };
    let items = new_null_array(item.data_type(), 0);
    let offsets = OffsetBuffer::new_zeroed(rows);
    Ok(Arc::new(ListArray::try_new(
        item.clone(),
        offsets,
        items,
        None,
    )?))
}

fn mismatch(kind: &DataType) -> ArrowError {
    ArrowError::SchemaError(format!("a section of the schema cannot be of type {kind}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::Texts;
    use arrow::array::{Array, AsArray};

    #[test]
    fn numbers_are_written_with_leading_noughts() {
        let mut texts = Texts::default();
        for (number, width) in [(0, 0), (0, 3), (7, 2), (1234, 2), (u64::MAX, 4)] {
            texts.write_number(number, width);
            texts.end();
        }
        texts.push_absent();
        let texts = texts.finish().unwrap();
        let texts = texts.as_string::<i32>();
        let read: Vec<&str> = (0..5).map(|at| texts.value(at)).collect();
        assert_eq!(read, ["0", "000", "07", "1234", "18446744073709551615"]);
        assert!(texts.is_null(5));
    }
}
