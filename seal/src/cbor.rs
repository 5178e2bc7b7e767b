//! Deterministic CBOR (RFC 8949, section 4.2.1), read strictly: one value has one form, and
//! every other form is refused by its name.
//!
//! The kinds of value are those that signed documents need: whole numbers, bytes, texts,
//! lists, maps, booleans and null. There are no tags, floats or open lengths.
//!
//! ```
//! use longma_seal::cbor::{Limits, Value, read};
//! let value = Value::Map(vec![(Value::Int(1), Value::Text("green"))]);
//! let bytes = value.to_bytes();
//! assert_eq!(bytes, b"\xa1\x01\x65green");
//! assert_eq!(read(&bytes, Limits::SMALL)?, value);
//! // The same map with its number in two bytes.
//! let problem = read(b"\xa1\x18\x01\x65green", Limits::SMALL).unwrap_err();
//! assert_eq!(problem.code.as_str(), "cbor-long");
//! # Ok::<(), longma_core::Problem>(())
//! ```

use crate::code::{Code, problem};
use longma_core::Problem;
use minicbor::data::Type;
use minicbor::decode::{Decoder, Error};
use std::cmp::Ordering;
use std::error::Error as _;
use std::str::Utf8Error;

/// A value that borrows its bytes and texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// A whole number.
    Int(i64),
    /// Bytes.
    Bytes(&'a [u8]),
    /// A text.
    Text(&'a str),
    /// Values in order.
    List(Vec<Value<'a>>),
    /// Members by whole numbers or texts. As read, they are in the order of their keys' bytes.
    Map(Vec<(Value<'a>, Value<'a>)>),
    /// A boolean.
    Bool(bool),
    /// Nothing.
    Null,
}

/// How large a document may be. A breach is a problem with a name.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of the whole.
    pub bytes: usize,
    /// Lists and maps inside of one another.
    pub depth: usize,
    /// Values, with those inside of others and keys.
    pub items: usize,
}

impl Limits {
    /// For what fits into a QR code, and for headers.
    pub const SMALL: Self = Self {
        bytes: 4096,
        depth: 8,
        items: 1024,
    };
    /// For packs and lists.
    pub const LARGE: Self = Self {
        bytes: 8 << 20,
        depth: 16,
        items: 1 << 20,
    };
}

impl Value<'_> {
    /// The one form of this value. Of members with one key the first counts.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.write(&mut bytes);
        bytes
    }

    fn write(&self, to: &mut Vec<u8>) {
        match self {
            Value::Int(number) => match u64::try_from(*number) {
                Ok(number) => head(to, 0, number),
                // Of -1 - n the n is written, which is all bits turned.
                Err(_) => head(to, 1, number.cast_unsigned() ^ u64::MAX),
            },
            Value::Bytes(bytes) => {
                head(to, 2, bytes.len() as u64);
                to.extend_from_slice(bytes);
            }
            Value::Text(text) => {
                head(to, 3, text.len() as u64);
                to.extend_from_slice(text.as_bytes());
            }
            Value::List(items) => {
                head(to, 4, items.len() as u64);
                for item in items {
                    item.write(to);
                }
            }
            Value::Map(members) => {
                let members = members.iter();
                let mut members: Vec<(Vec<u8>, &Value<'_>)> = members
                    .map(|(key, value)| (key.to_bytes(), value))
                    .collect();
                longma_core::order::sort_by(&mut members, |(a, _), (b, _)| a.cmp(b));
                members.dedup_by(|(later, _), (first, _)| later == first);
                head(to, 5, members.len() as u64);
                for (key, value) in members {
                    to.extend_from_slice(&key);
                    value.write(to);
                }
            }
            Value::Bool(truth) => to.push(if *truth { 0xf5 } else { 0xf4 }),
            Value::Null => to.push(0xf6),
        }
    }
}

/// A major type with its number in the shortest form.
fn head(to: &mut Vec<u8>, major: u8, number: u64) {
    let bytes = number.to_be_bytes();
    let major = major << 5;
    match head_of(number) {
        1 => to.push(major | bytes[7]),
        2 => to.extend([major | 0x18, bytes[7]]),
        3 => to.extend([major | 0x19, bytes[6], bytes[7]]),
        5 => {
            to.push(major | 0x1a);
            to.extend(&bytes[4..]);
        }
        _ => {
            to.push(major | 0x1b);
            to.extend(bytes);
        }
    }
}

/// How many bytes the shortest form of a number takes, with its major type.
fn head_of(number: u64) -> usize {
    match number {
        0..24 => 1,
        24..0x100 => 2,
        0x100..0x1_0000 => 3,
        0x1_0000..0x1_0000_0000 => 5,
        _ => 9,
    }
}

/// Reads a whole document.
///
/// # Errors
/// If it is not CBOR, not in its one form, of other kinds of value, or past a limit.
pub fn read(bytes: &[u8], limits: Limits) -> Result<Value<'_>, Problem> {
    if bytes.len() > limits.bytes {
        let found = problem(Code::CborSize).with("found", bytes.len());
        return Err(found.with("limit", limits.bytes));
    }
    let mut reader = Reader {
        decoder: Decoder::new(bytes),
        limits,
        items: 0,
    };
    let value = reader.value(0)?;
    let end = reader.decoder.position();
    if end < bytes.len() {
        return Err(at(Code::CborTrailing, end));
    }
    Ok(value)
}

fn at(code: Code, byte: usize) -> Problem {
    problem(code).with("byte", byte)
}

struct Reader<'a> {
    decoder: Decoder<'a>,
    limits: Limits,
    items: usize,
}

impl<'a> Reader<'a> {
    fn value(&mut self, depth: usize) -> Result<Value<'a>, Problem> {
        let start = self.decoder.position();
        self.items += 1;
        if self.items > self.limits.items {
            return Err(problem(Code::CborItems).with("limit", self.limits.items));
        }
        let kind = self.decoder.datatype().map_err(|it| fault(&it, start))?;
        match kind {
            Type::U8 | Type::U16 | Type::U32 | Type::U64 => {
                let number = self.decoder.u64().map_err(|it| fault(&it, start))?;
                self.shortest(start, number, 0)?;
                let number = i64::try_from(number).map_err(|_| at(Code::CborNumber, start))?;
                Ok(Value::Int(number))
            }
            Type::I8 | Type::I16 | Type::I32 | Type::I64 | Type::Int => {
                let number = self.decoder.int().map_err(|it| fault(&it, start))?;
                let number = i128::from(number);
                let number = i64::try_from(number).map_err(|_| at(Code::CborNumber, start))?;
                self.shortest(start, number.cast_unsigned() ^ u64::MAX, 0)?;
                Ok(Value::Int(number))
            }
            Type::Bytes => {
                let bytes = self.decoder.bytes().map_err(|it| fault(&it, start))?;
                self.shortest(start, bytes.len() as u64, bytes.len())?;
                Ok(Value::Bytes(bytes))
            }
            Type::String => {
                let text = self.decoder.str().map_err(|it| fault(&it, start))?;
                self.shortest(start, text.len() as u64, text.len())?;
                Ok(Value::Text(text))
            }
            Type::Array => self.list(start, depth),
            Type::Map => self.map(start, depth),
            Type::Bool => {
                let truth = self.decoder.bool().map_err(|it| fault(&it, start))?;
                Ok(Value::Bool(truth))
            }
            Type::Null => {
                self.decoder.null().map_err(|it| fault(&it, start))?;
                Ok(Value::Null)
            }
            Type::BytesIndef | Type::StringIndef | Type::ArrayIndef | Type::MapIndef => {
                Err(at(Code::CborIndefinite, start))
            }
            _ => Err(at(Code::CborKind, start)),
        }
    }

    fn list(&mut self, start: usize, depth: usize) -> Result<Value<'a>, Problem> {
        let count = self.decoder.array().map_err(|it| fault(&it, start))?;
        let count = self.inside(start, count, depth)?;
        let items = (0..count).map(|_| self.value(depth + 1));
        Ok(Value::List(items.collect::<Result<_, _>>()?))
    }

    fn map(&mut self, start: usize, depth: usize) -> Result<Value<'a>, Problem> {
        let count = self.decoder.map().map_err(|it| fault(&it, start))?;
        let count = self.inside(start, count, depth)?;
        let mut members = Vec::new();
        let mut before: &[u8] = &[];
        for _ in 0..count {
            let begin = self.decoder.position();
            let key = self.value(depth + 1)?;
            if !matches!(key, Value::Int(_) | Value::Text(_)) {
                return Err(at(Code::CborKey, begin));
            }
            let written = begin..self.decoder.position();
            let written = self.decoder.input().get(written).unwrap_or_default();
            match before.cmp(written) {
                Ordering::Less => before = written,
                Ordering::Equal => return Err(at(Code::CborTwice, begin)),
                Ordering::Greater => return Err(at(Code::CborOrder, begin)),
            }
            members.push((key, self.value(depth + 1)?));
        }
        Ok(Value::Map(members))
    }

    /// How many values stand in a list or map, once that is seen to be sound.
    fn inside(&self, start: usize, count: Option<u64>, depth: usize) -> Result<u64, Problem> {
        let count = count.ok_or_else(|| at(Code::CborIndefinite, start))?;
        self.shortest(start, count, 0)?;
        if depth >= self.limits.depth {
            return Err(at(Code::CborDepth, start).with("limit", self.limits.depth));
        }
        Ok(count)
    }

    /// Whether the head that began at `start`, with `rest` bytes after it, is as short as
    /// its number allows.
    fn shortest(&self, start: usize, number: u64, rest: usize) -> Result<(), Problem> {
        if self.decoder.position() - start - rest == head_of(number) {
            Ok(())
        } else {
            Err(at(Code::CborLong, start))
        }
    }
}

/// What the decoder stumbled over. All but a text's form means that the end came too early:
/// other kinds of value are told before they are decoded.
fn fault(error: &Error, byte: usize) -> Problem {
    let text = error
        .source()
        .is_some_and(<dyn std::error::Error>::is::<Utf8Error>);
    at(if text { Code::CborText } else { Code::CborCut }, byte)
}
