//! Rows as JSON.

use arrow::array::{Array, ArrayRef, AsArray, ListArray, RecordBatch};
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Int32Type, Int64Type, TimestampMillisecondType,
};
use longma_core::{Date, Instant, Offset};
use serde_json::{Map, Value as Json, json};

pub(crate) fn lists<'a>(batch: &'a RecordBatch, section: &str) -> &'a ListArray {
    batch.column_by_name(section).unwrap().as_list::<i32>()
}

/// A row as a facts document.
pub(crate) fn row(batch: &RecordBatch, at: usize) -> Json {
    let fields = batch.schema_ref().fields().iter().zip(batch.columns());
    object(
        fields.map(|(field, array)| (field.name().as_str(), array)),
        at,
    )
}

fn object<'a>(members: impl Iterator<Item = (&'a str, &'a ArrayRef)>, at: usize) -> Json {
    let known = members.filter(|(_, array)| array.is_valid(at));
    let known = known.map(|(name, array)| (name.to_owned(), value(array, at)));
    Json::Object(known.collect::<Map<String, Json>>())
}

fn value(array: &ArrayRef, at: usize) -> Json {
    match array.data_type() {
        DataType::Boolean => json!(array.as_boolean().value(at)),
        DataType::Int64 => json!(array.as_primitive::<Int64Type>().value(at)),
        DataType::Utf8 => json!(array.as_string::<i32>().value(at)),
        DataType::Dictionary(_, _) => {
            let array = array.as_dictionary::<Int32Type>();
            let key = usize::try_from(array.keys().value(at)).unwrap();
            json!(array.values().as_string::<i32>().value(key))
        }
        DataType::Timestamp(_, _) => {
            let at = array.as_primitive::<TimestampMillisecondType>().value(at);
            let at = Instant::from_unix(at / 1_000).unwrap();
            json!(at.to_rfc3339(Offset::parse("+08:00").unwrap()))
        }
        DataType::Date32 => {
            let day = array.as_primitive::<Date32Type>().value(at);
            json!(Date::of_number(day.into()).unwrap().to_string())
        }
        DataType::Decimal128(_, _) => {
            let tenths = array.as_primitive::<Decimal128Type>().value(at);
            serde_json::from_str(&format!("{}.{}", tenths / 10, tenths % 10)).unwrap()
        }
        DataType::List(_) => {
            let items = array.as_list::<i32>().value(at);
            Json::Array((0..items.len()).map(|at| value(&items, at)).collect())
        }
        DataType::Struct(fields) => {
            let members = array.as_struct().columns();
            object(fields.iter().map(|it| it.name().as_str()).zip(members), at)
        }
        other => panic!("no column of facts is of type {other}"),
    }
}
