//! The values that rules see: typed, ordered, cheap to share.
//!
//! A [`Record`] carries evidence: where it came from. A rule's author only names
//! the record, and the cause still names the facts it rests on.

use crate::schema::Object;
use crate::time::{Date, Days, Elapsed, Instant};
use std::cmp::Ordering;
use std::sync::Arc;

/// A record of the facts, or a row of a reference table, by its numbers. Facts come
/// before tables.
///
/// [`Columns`](crate::columns::Columns) turns a record's numbers into its JSON pointer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Evidence {
    /// The number of the record's object in the schema. Those of reference tables begin
    /// at [`TABLES`](Self::TABLES), in the order of their names.
    pub table: u32,
    /// The record's position in the document, or the row's in its table.
    pub row: u32,
}

impl Evidence {
    /// The number of the first reference table.
    pub const TABLES: u32 = 1 << 31;
}

/// One value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Text, as written in the facts.
    Text(Arc<str>),
    /// An instant, in whole seconds.
    Instant(Instant),
    /// A calendar day.
    Date(Date),
    /// An elapsed time, in seconds.
    Elapsed(Elapsed),
    /// A number of calendar days.
    Days(Days),
    /// A temperature.
    Temperature(Temperature),
    /// A list; sections of facts are sorted.
    List(Arc<[Value]>),
    /// A record.
    Record(Record),
}

/// A temperature in tenths of a degree Celsius. It is exact, and a type of its own
/// so that it cannot be compared with other numbers.
///
/// ```
/// use longma_core::value::Temperature;
///
/// // The pack 62/triage-2020-01-29 assumes a fever from 37.3 °C on.
/// let fever = Temperature::parse("37.3").expect("one decimal");
/// assert_eq!(fever, Temperature::tenths(373));
/// assert_eq!(fever.to_string(), "37.3");
/// assert_eq!(Temperature::parse("37.35"), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Temperature(i64);

impl Temperature {
    /// Creates a temperature from tenths of a degree Celsius.
    #[must_use]
    pub fn tenths(tenths: i64) -> Self {
        Self(tenths)
    }

    /// The temperature in tenths of a degree Celsius.
    #[must_use]
    pub fn in_tenths(self) -> i64 {
        self.0
    }

    /// Reads `37` or `37.3`; `None` for more than one decimal and for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, tenth) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let sign = if whole.starts_with('-') { -1 } else { 1 };
        let whole = whole.strip_prefix('-').unwrap_or(whole);
        if !digits(whole) || !digits(tenth) || tenth.len() != 1 {
            return None;
        }
        let whole: i64 = whole.parse().ok()?;
        let tenth: i64 = tenth.parse().ok()?;
        Some(Self(whole.checked_mul(10)?.checked_add(tenth)? * sign))
    }
}

impl std::fmt::Display for Temperature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let tenths = self.0.unsigned_abs();
        write!(f, "{sign}{}.{}", tenths / 10, tenths % 10)
    }
}

/// Named values of one object, shaped by its schema.
#[derive(Debug, Clone)]
pub struct Record(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    object: Arc<Object>,
    /// One entry per field of `object`, in the same order; `None` for an absent field.
    values: Vec<Option<Value>>,
    evidence: Vec<Evidence>,
}

/// The result of looking up a field of a record by name.
pub enum Got<'a> {
    /// A value.
    Value(&'a Value),
    /// The schema has the field, but this record leaves it out.
    Absent,
    /// The schema has no such field.
    NoSuchField,
}

impl Record {
    /// Creates a record from one entry per field of `object`, in the same order, and
    /// the evidence for it.
    #[must_use]
    pub fn new(object: Arc<Object>, values: Vec<Option<Value>>, evidence: Vec<Evidence>) -> Self {
        Self(Arc::new(Inner {
            object,
            values,
            evidence,
        }))
    }

    /// Looks up a field by name.
    #[must_use]
    pub fn get(&self, name: &str) -> Got<'_> {
        match self.0.object.position(name) {
            None => Got::NoSuchField,
            Some(index) => self.at(index).map_or(Got::Absent, Got::Value),
        }
    }

    /// The value at a field's position in its object; `None` if the field is absent.
    #[must_use]
    pub fn at(&self, index: usize) -> Option<&Value> {
        self.0.values.get(index).and_then(Option::as_ref)
    }

    /// The text of a field; `None` if the field is absent or not a text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&Arc<str>> {
        match self.get(name) {
            Got::Value(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The instant of a field; `None` if the field is absent or not an instant.
    #[must_use]
    pub fn instant(&self, name: &str) -> Option<Instant> {
        match self.get(name) {
            Got::Value(Value::Instant(instant)) => Some(*instant),
            _ => None,
        }
    }

    /// The items of a list field; empty if there is no such list.
    #[must_use]
    pub fn list(&self, name: &str) -> &[Value] {
        match self.get(name) {
            Got::Value(Value::List(items)) => items,
            _ => &[],
        }
    }

    /// The object in the schema that this record follows.
    #[must_use]
    pub fn object(&self) -> &Arc<Object> {
        &self.0.object
    }

    /// Where the record comes from: the facts and table rows it was made from.
    #[must_use]
    pub fn evidence(&self) -> &[Evidence] {
        &self.0.evidence
    }
}

/// Records compare by their values, not by their evidence, so a sorted section is
/// the same whatever order its records came in.
impl Ord for Record {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.values.cmp(&other.0.values)
    }
}

impl PartialOrd for Record {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Record {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Record {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_temperature_has_one_decimal_and_is_exact() {
        for (text, tenths) in [("37", 370), ("37.3", 373), ("37.0", 370), ("-0.5", -5)] {
            assert_eq!(Temperature::parse(text), Some(Temperature::tenths(tenths)));
        }
        for wrong in ["", ".", "37.", ".5", "37.35", "3x", "37,3", "--1", "1e3"] {
            assert_eq!(Temperature::parse(wrong), None, "{wrong}");
        }
        assert_eq!(Temperature::tenths(-5).to_string(), "-0.5");
    }
}
