//! The values that rules see: typed, ordered, cheap to share.
//!
//! A [`Record`] knows where it came from. That is its evidence, and how a cause
//! can name the facts it rests on while the rule's author only names the record.

use crate::schema::Object;
use crate::time::{Date, Days, Elapsed, Instant};
use std::cmp::Ordering;
use std::sync::Arc;

/// A JSON pointer into the facts (`/tests/0`), or a row of a reference table
/// as `table#/row`.
pub type Evidence = Arc<str>;

/// One value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A text, as the facts write it.
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

/// A temperature in tenths of a degree Celsius: exact, and no plain number, so
/// that nothing else is compared with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Temperature(i64);

impl Temperature {
    /// A temperature of so many tenths of a degree Celsius.
    #[must_use]
    pub fn tenths(tenths: i64) -> Self {
        Self(tenths)
    }

    /// It in tenths of a degree Celsius.
    #[must_use]
    pub fn in_tenths(self) -> i64 {
        self.0
    }

    /// Reads `37` or `37.3`; `None` for more decimals and anything else.
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

/// Named values of one object, in the shape its schema gives.
#[derive(Debug, Clone)]
pub struct Record(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    object: Arc<Object>,
    /// One entry a field of `object`, in its order; `None` where it was left out.
    values: Vec<Option<Value>>,
    evidence: Vec<Evidence>,
}

/// What a record has under a name.
pub enum Got<'a> {
    /// A value.
    Value(&'a Value),
    /// The schema has the field, this record left it out.
    Absent,
    /// The schema has no such field.
    NoSuchField,
}

impl Record {
    /// A record with one entry for each field of `object`, in its order, that
    /// rests on `evidence`.
    #[must_use]
    pub fn new(object: Arc<Object>, values: Vec<Option<Value>>, evidence: Vec<Evidence>) -> Self {
        Self(Arc::new(Inner {
            object,
            values,
            evidence,
        }))
    }

    /// What it has under a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Got<'_> {
        match self.0.object.position(name) {
            None => Got::NoSuchField,
            Some(index) => self.at(index).map_or(Got::Absent, Got::Value),
        }
    }

    /// The value at a field's position in its object; `None` where it was left out.
    #[must_use]
    pub fn at(&self, index: usize) -> Option<&Value> {
        self.0.values.get(index).and_then(Option::as_ref)
    }

    /// The text under a name; `None` where there is none.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&Arc<str>> {
        match self.get(name) {
            Got::Value(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The instant under a name; `None` where there is none.
    #[must_use]
    pub fn instant(&self, name: &str) -> Option<Instant> {
        match self.get(name) {
            Got::Value(Value::Instant(instant)) => Some(*instant),
            _ => None,
        }
    }

    /// The items of the list under a name; none where there is no list.
    #[must_use]
    pub fn list(&self, name: &str) -> &[Value] {
        match self.get(name) {
            Got::Value(Value::List(items)) => items,
            _ => &[],
        }
    }

    /// What its schema says of it.
    #[must_use]
    pub fn object(&self) -> &Arc<Object> {
        &self.0.object
    }

    /// Where it comes from, and what it was made from.
    #[must_use]
    pub fn evidence(&self) -> &[Evidence] {
        &self.0.evidence
    }
}

/// Records compare by what they say, not by where they stand: sorted sections
/// are the same whatever order they came in.
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
