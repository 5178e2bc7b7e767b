//! How facts stand in columns.
//!
//! A document's members are columns of the same names; a list is a list, an object a
//! struct. What a value is follows from the schema alone:
//!
//! | schema | column as it is written | also read |
//! |---|---|---|
//! | `boolean` | `Boolean` | |
//! | `integer` | `Int64` | any integer type |
//! | `string` | `Utf8` | `LargeUtf8`, `Utf8View`, dictionaries of these |
//! | `enum` | dictionary of `Int32` to `Utf8` | the same |
//! | `date-time` | `Timestamp(Millisecond, "UTC")` | any unit and any time zone, but not without one |
//! | `date` | `Date32` | `Date64` |
//! | a temperature | `Decimal128(5, 1)` | any decimal of no more than 38 digits |
//! | `array` | `List` | `LargeList`, `FixedSizeList` |
//! | `object` | `Struct` | |
//!
//! Null is what is left out of a document: a section that is null is not known, an empty
//! list is known to be empty. An instant is a point in time; the offset at which it was
//! written is not kept, and no rule sees it.

use arrow::datatypes::{DataType, Field, Fields, Schema, TimeUnit};
use longma_core::schema::{Object, Type};
use std::sync::Arc;

/// The precision of a temperature in tenths of a degree.
pub(crate) const DEGREES: (u8, i8) = (5, 1);

/// The columns of facts that follow a schema: those of its members that `is_asked` takes.
#[must_use]
pub fn columns(schema: &longma_core::Schema, is_asked: impl Fn(&str) -> bool) -> Schema {
    let fields = schema.root().fields.iter();
    let fields = fields.filter(|field| is_asked(&field.name)).map(column);
    Schema::new(fields.collect::<Fields>())
}

fn column(field: &longma_core::schema::Field) -> Field {
    // What is required may still be missing in a file, and is told then.
    Field::new(&*field.name, data_type(&field.kind), true)
}

/// The type of the column of values of a type.
#[must_use]
pub fn data_type(kind: &Type) -> DataType {
    match kind {
        Type::Bool => DataType::Boolean,
        Type::Int { .. } => DataType::Int64,
        Type::Text(_) => DataType::Utf8,
        Type::Enum(_) => DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
        Type::Instant => DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into())),
        Type::Date => DataType::Date32,
        Type::Temperature { .. } => DataType::Decimal128(DEGREES.0, DEGREES.1),
        Type::List { item, .. } => {
            DataType::List(Arc::new(Field::new_list_field(data_type(item), true)))
        }
        Type::Object(object) => DataType::Struct(members(object)),
    }
}

fn members(object: &Object) -> Fields {
    object.fields.iter().map(column).collect()
}
