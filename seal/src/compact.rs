//! Facts in few bytes: what their schema already knows is not written.
//!
//! Members stand under their position in the schema, members of an enum under theirs, times
//! as seconds from a given instant, days and temperatures as numbers. Both sides must have
//! the same schema, so a code names it by its [`mark`].

use crate::cbor::Value;
use longma_core::order::Gather;
use longma_core::schema::{Object, Type};
use longma_core::{Date, Instant, Json, Offset, Schema};
use sha2::{Digest, Sha256};

/// What a schema is known by: the first four bytes of a digest of what is used of it here.
#[must_use]
pub fn mark(schema: &Schema) -> [u8; 4] {
    let mut written = String::new();
    write_object(schema.root(), &mut written);
    let digest = Sha256::digest(written);
    let mut mark = [0; 4];
    mark.iter_mut()
        .zip(digest)
        .for_each(|(to, byte)| *to = byte);
    mark
}

fn write_object(object: &Object, to: &mut String) {
    to.push('{');
    for field in &object.fields {
        to.push_str(&field.name);
        to.push(':');
        write_kind(&field.kind, to);
        to.push(',');
    }
    to.push('}');
}

fn write_kind(kind: &Type, to: &mut String) {
    match kind {
        Type::Bool => to.push('b'),
        Type::Int { .. } => to.push('i'),
        Type::Text(_) => to.push('s'),
        Type::Instant => to.push('t'),
        Type::Date => to.push('d'),
        Type::Temperature { .. } => to.push('c'),
        Type::Enum(names) => {
            to.push('(');
            for name in names.iter() {
                to.push_str(name);
                to.push('|');
            }
            to.push(')');
        }
        Type::List { item, .. } => {
            to.push('*');
            write_kind(item, to);
        }
        Type::Object(object) => write_object(object, to),
    }
}

/// A document in few bytes; `None` if it does not follow the schema.
#[must_use]
pub fn fold<'a>(document: &'a Json, schema: &Schema, from: Instant) -> Option<Value<'a>> {
    fold_object(document, schema.root(), from)
}

fn fold_object<'a>(of: &'a Json, object: &Object, from: Instant) -> Option<Value<'a>> {
    let members = of.as_object()?.iter().map(|(name, value)| {
        let at = object.position(name)?;
        let value = fold_value(value, &object.fields.get(at)?.kind, from)?;
        Some((Value::Int(i64::try_from(at).ok()?), value))
    });
    Some(Value::Map(members.collect::<Option<_>>()?))
}

fn fold_value<'a>(of: &'a Json, kind: &Type, from: Instant) -> Option<Value<'a>> {
    Some(match (kind, of) {
        (Type::Bool, Json::Bool(truth)) => Value::Bool(*truth),
        (Type::Int { .. }, Json::Int(number)) => Value::Int(*number),
        (Type::Temperature { .. }, Json::Int(degrees)) => Value::Int(degrees.checked_mul(10)?),
        (Type::Temperature { .. }, Json::Number(degrees)) => Value::Int(tenths(degrees)?),
        (Type::Text(_), Json::Text(text)) => Value::Text(text),
        (Type::Enum(names), Json::Text(text)) => {
            let at = names.iter().position(|name| **name == **text)?;
            Value::Int(i64::try_from(at).ok()?)
        }
        (Type::Instant, Json::Text(text)) => {
            let seconds = Instant::parse(text).ok()?.unix();
            Value::Int(seconds.checked_sub(from.unix())?)
        }
        (Type::Date, Json::Text(text)) => Value::Int(Date::parse(text).ok()?.number()),
        (Type::List { item, .. }, Json::List(items)) => {
            let items = items.iter().map(|of| fold_value(of, item, from));
            Value::List(items.collect::<Option<_>>()?)
        }
        (Type::Object(object), of) => fold_object(of, object, from)?,
        _ => return None,
    })
}

/// The document that was folded; `None` if it is not one of the schema.
#[must_use]
pub fn unfold(of: &Value<'_>, schema: &Schema, from: Instant) -> Option<Json> {
    unfold_object(of, schema.root(), from)
}

fn unfold_object(of: &Value<'_>, object: &Object, from: Instant) -> Option<Json> {
    let Value::Map(members) = of else {
        return None;
    };
    let members = members.iter().map(|(at, value)| {
        let Value::Int(at) = at else {
            return None;
        };
        let field = object.fields.get(usize::try_from(*at).ok()?)?;
        Some((
            field.name.to_string(),
            unfold_value(value, &field.kind, from)?,
        ))
    });
    let members: Vec<(String, Json)> = members.collect::<Option<_>>()?;
    Some(Json::Object(members.into_iter().into_map()))
}

fn unfold_value(of: &Value<'_>, kind: &Type, from: Instant) -> Option<Json> {
    Some(match (kind, of) {
        (Type::Bool, Value::Bool(truth)) => Json::Bool(*truth),
        (Type::Int { .. }, Value::Int(number)) => Json::Int(*number),
        (Type::Temperature { .. }, Value::Int(tenths)) => {
            let (sign, size) = (if *tenths < 0 { "-" } else { "" }, tenths.unsigned_abs());
            match size % 10 {
                0 => Json::Int(tenths / 10),
                tenth => Json::Number(format!("{sign}{}.{tenth}", size / 10)),
            }
        }
        (Type::Text(_), Value::Text(text)) => Json::from(*text),
        (Type::Enum(names), Value::Int(at)) => {
            Json::from(&**names.get(usize::try_from(*at).ok()?)?)
        }
        (Type::Instant, Value::Int(seconds)) => {
            let at = Instant::from_unix(from.unix().checked_add(*seconds)?)?;
            Json::from(at.to_rfc3339(Offset::CHINA))
        }
        (Type::Date, Value::Int(day)) => Json::from(Date::of_number(*day)?.to_string()),
        (Type::List { item, .. }, Value::List(items)) => {
            let items = items.iter().map(|of| unfold_value(of, item, from));
            Json::List(items.collect::<Option<_>>()?)
        }
        (Type::Object(object), of) => unfold_object(of, object, from)?,
        _ => return None,
    })
}

/// Tenths of a degree, of a decimal with one digit after the point.
fn tenths(degrees: &str) -> Option<i64> {
    let (whole, tenth) = degrees.split_once('.')?;
    let tenth = tenth.trim_end_matches('0');
    let tenth = if tenth.is_empty() { "0" } else { tenth };
    (tenth.len() == 1)
        .then(|| format!("{whole}{tenth}").parse().ok())
        .flatten()
}
