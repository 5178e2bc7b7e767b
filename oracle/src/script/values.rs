//! Converts values to and from the engine's.

use super::Argument;
use crate::Code as Own;
use longma_core::Series;
use longma_core::Table;
use longma_core::When;
use longma_core::cause::{Draft, Drafts};
use longma_core::host::{Earlier, Fault, Kind};
use longma_core::value::{Record, Temperature, Value};
use longma_core::{Date, Days, Elapsed, Instant};
use rhai::{Array, Dynamic, ImmutableString};
use std::sync::Arc;

/// A list in a script: shared, and never nested.
#[derive(Debug, Clone)]
pub(super) struct List(pub(super) Arc<[Dynamic]>);

pub(super) fn argument(argument: Argument) -> Dynamic {
    match argument {
        Argument::Value(value) => dynamic(&value),
        Argument::Table(table) => Dynamic::from(table),
        Argument::Earlier(earlier) => Dynamic::from(earlier),
    }
}

pub(super) fn dynamic(value: &Value) -> Dynamic {
    match value {
        Value::Bool(value) => Dynamic::from(*value),
        Value::Int(value) => Dynamic::from(*value),
        Value::Text(text) => Dynamic::from(ImmutableString::from(&**text)),
        Value::Instant(instant) => Dynamic::from(*instant),
        Value::Date(date) => Dynamic::from(*date),
        Value::Elapsed(elapsed) => Dynamic::from(*elapsed),
        Value::Days(days) => Dynamic::from(*days),
        Value::Temperature(temperature) => Dynamic::from(*temperature),
        Value::List(items) => Dynamic::from(List(items.iter().map(dynamic).collect())),
        Value::Record(record) => Dynamic::from(record.clone()),
    }
}

/// The causes that a rule returned: one, a list of them, or none.
pub(super) fn collect(value: Dynamic, drafts: &mut Drafts) -> Result<(), Fault> {
    let value = value.flatten();
    match kind(&value) {
        Kind::Absent => {}
        Kind::Cause => return value.try_cast().map_or(Ok(()), |draft| drafts.push(draft)),
        Kind::List => {
            for item in items(&value) {
                collect(item, drafts)?;
            }
        }
        other => return Err(Fault::new(Own::RuleResult).with("kind", other.words())),
    }
    Ok(())
}

/// The items of a list or list literal. Empty for any other value.
pub(super) fn items(value: &Dynamic) -> Vec<Dynamic> {
    if let Some(list) = value.read_lock::<List>() {
        return list.0.to_vec();
    }
    value
        .read_lock::<Array>()
        .map(|array| array.clone())
        .unwrap_or_default()
}

pub(super) fn kind(value: &Dynamic) -> Kind {
    if value.is_unit() {
        Kind::Absent
    } else if value.is_bool() {
        Kind::Bool
    } else if value.is_int() {
        Kind::Int
    } else if value.is_string() {
        Kind::Text
    } else if value.is_array() {
        Kind::List
    } else if value.is_fnptr() {
        Kind::Function
    } else {
        kind_of_name(value.type_name())
    }
}

/// The kind for the engine's name of a type.
pub(super) fn kind_of_name(name: &str) -> Kind {
    use std::any::type_name;
    let known = [
        ("()", Kind::Absent),
        ("bool", Kind::Bool),
        ("i64", Kind::Int),
        ("array", Kind::List),
        ("Fn", Kind::Function),
        (type_name::<Instant>(), Kind::Instant),
        (type_name::<Date>(), Kind::Date),
        (type_name::<Elapsed>(), Kind::Elapsed),
        (type_name::<Days>(), Kind::Days),
        (type_name::<Temperature>(), Kind::Temperature),
        (type_name::<Series>(), Kind::Series),
        (type_name::<When>(), Kind::When),
        (type_name::<Draft>(), Kind::Cause),
        (type_name::<Record>(), Kind::Record),
        (type_name::<List>(), Kind::List),
        (type_name::<Arc<Table>>(), Kind::Table),
        (type_name::<Earlier>(), Kind::Timeline),
    ];
    let found = known.iter().find(|(known, _)| *known == name);
    match found {
        Some((_, kind)) => *kind,
        None if name.to_lowercase().contains("string") => Kind::Text,
        None => Kind::Other,
    }
}
