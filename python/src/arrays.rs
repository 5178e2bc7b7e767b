//! Arrays from the parts that the C Data Interface hands over.
//!
//! Arrow's own conversion counts the offset of a sliced struct twice if it holds a struct or
//! is held by a list of fixed size, and panics: apache/arrow-rs#7595, mended in arrow 60.
//! `PyArrow` slices structs in this way. So structs, and lists of them, are put together here
//! from arrays that have been sliced already. Once the workspace has arrow 60, this file goes
//! and `ArrowArrayStreamReader` comes back.

use arrow::array::{
    Array, ArrayData, ArrayRef, FixedSizeListArray, GenericListArray, OffsetSizeTrait, RecordBatch,
    RecordBatchOptions, StructArray, make_array,
};
use arrow::buffer::{OffsetBuffer, ScalarBuffer};
use arrow::datatypes::{DataType, FieldRef, Fields, SchemaRef};
use arrow::error::ArrowError;
use std::sync::Arc;

/// The batch whose columns are the members of a struct.
pub(crate) fn batch(data: &ArrayData, schema: &SchemaRef) -> Result<RecordBatch, ArrowError> {
    let DataType::Struct(_) = data.data_type() else {
        let what = format!("expected a struct of columns, found {}", data.data_type());
        return Err(ArrowError::SchemaError(what));
    };
    if data.null_count() > 0 {
        let what = "a row of the table itself is null; a table has null values, not null rows";
        return Err(ArrowError::InvalidArgumentError(what.to_owned()));
    }
    let columns = members(data)?;
    let options = RecordBatchOptions::new().with_row_count(Some(data.len()));
    RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options)
}

fn array(data: &ArrayData) -> Result<ArrayRef, ArrowError> {
    match data.data_type() {
        DataType::Struct(fields) => structs(data, fields),
        DataType::FixedSizeList(item, size) if has_struct(item.data_type()) => {
            fixed(data, item, *size)
        }
        DataType::List(item) if has_struct(item.data_type()) => list::<i32>(data, item),
        DataType::LargeList(item) if has_struct(item.data_type()) => list::<i64>(data, item),
        _ => {
            // Whoever hands over the parts may be wrong about them: texts that are not UTF-8,
            // keys that no dictionary has. To take them as they are would be unsound.
            data.validate_full()?;
            Ok(make_array(data.clone()))
        }
    }
}

fn has_struct(kind: &DataType) -> bool {
    match kind {
        DataType::Struct(_) => true,
        DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
            has_struct(item.data_type())
        }
        _ => false,
    }
}

fn members(data: &ArrayData) -> Result<Vec<ArrayRef>, ArrowError> {
    let members = data.child_data().iter();
    members
        .map(|member| cut(&array(member)?, data.offset(), data.len()))
        .collect()
}

fn structs(data: &ArrayData, fields: &Fields) -> Result<ArrayRef, ArrowError> {
    let (members, nulls) = (members(data)?, data.nulls().cloned());
    let array = StructArray::try_new_with_length(fields.clone(), members, nulls, data.len())?;
    Ok(Arc::new(array))
}

fn fixed(data: &ArrayData, item: &FieldRef, size: i32) -> Result<ArrayRef, ArrowError> {
    let each = usize::try_from(size).map_err(|_| broken())?;
    let times = |count: usize| count.checked_mul(each).ok_or_else(broken);
    let items = data.child_data().first().ok_or_else(broken)?;
    let items = cut(&array(items)?, times(data.offset())?, times(data.len())?)?;
    let nulls = data.nulls().cloned();
    let item = Arc::clone(item);
    let array = FixedSizeListArray::try_new_with_length(item, size, items, nulls, data.len())?;
    Ok(Arc::new(array))
}

fn list<O: OffsetSizeTrait>(data: &ArrayData, item: &FieldRef) -> Result<ArrayRef, ArrowError> {
    let items = array(data.child_data().first().ok_or_else(broken)?)?;
    let offsets = match data.buffers().first() {
        Some(buffer) if !data.is_empty() => {
            let needed = data.offset().checked_add(data.len());
            let needed = needed.and_then(|it| it.checked_add(1)).ok_or_else(broken)?;
            if buffer.len() / size_of::<O>() < needed {
                return Err(broken());
            }
            let offsets = ScalarBuffer::<O>::new(buffer.clone(), data.offset(), data.len() + 1);
            let begins = offsets.first().is_some_and(|it| *it >= O::zero());
            if !begins || !offsets.is_sorted() {
                return Err(broken());
            }
            OffsetBuffer::new(offsets)
        }
        _ => OffsetBuffer::new_empty(),
    };
    let (item, nulls) = (Arc::clone(item), data.nulls().cloned());
    let array = GenericListArray::<O>::try_new(item, offsets, items, nulls)?;
    Ok(Arc::new(array))
}

fn cut(array: &ArrayRef, offset: usize, len: usize) -> Result<ArrayRef, ArrowError> {
    match offset.checked_add(len) {
        Some(end) if end <= array.len() => Ok(array.slice(offset, len)),
        _ => Err(broken()),
    }
}

fn broken() -> ArrowError {
    let what = "the lengths of an array and of its parts do not belong together";
    ArrowError::CDataInterface(what.to_owned())
}
