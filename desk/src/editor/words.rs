//! Types in words, in more detail than a finding needs.

use crate::text::{find, joined, say};
use longma_core::{Args, Localized};
use longma_lang::types::{Bounds, Fields, Kind, Names, Origin, Type};

/// Maximum number of names listed; the rest is only counted.
const NAMES: usize = 8;

/// A type in words; `None` if nothing is known about it.
pub(super) fn of_type(kinds: &Type) -> Option<Localized> {
    if kinds.is_unknown() {
        return None;
    }
    // Absence comes last: "an instant or nothing".
    let absent = kinds.may_be_absent().then_some(&Kind::Absent);
    let present = kinds.kinds().iter().filter(|kind| **kind != Kind::Absent);
    let words = present.chain(absent).map(of_kind);
    words.reduce(|left, right| say("type.or", &Args::of("left", left).with("right", right)))
}

fn of_kind(kind: &Kind) -> Localized {
    let plain = || kind.words();
    match kind {
        Kind::Int(bounds) => of_bounds(*bounds).unwrap_or_else(plain),
        Kind::Text(Some(names)) => of_names(names).unwrap_or_else(plain),
        Kind::Cause(Some(names), _) => say(
            "type.cause",
            &Args::of("levels", listed(names.values.keys())),
        ),
        Kind::Record(item) => match item.fields {
            Fields::Params(_) => say("type.params", &Args::NONE),
            Fields::Schema(_) if item.title.is_empty() => plain(),
            Fields::Schema(_) => say("type.record", &Args::of("title", &item.title)),
        },
        Kind::List { item, .. } => match (item.only(), of_type(item)) {
            (_, None) => plain(),
            (Some(Kind::Record(record)), _)
                if !item.may_be_absent() && !record.title.is_empty() =>
            {
                say("type.records", &Args::of("title", &record.title))
            }
            (_, Some(words)) => say("type.list", &Args::of("item", words)),
        },
        Kind::Table(name) => say("type.table", &Args::of("name", name)),
        Kind::Timeline(name) => say("type.timeline", &Args::of("name", name)),
        _ => plain(),
    }
}

fn of_bounds(bounds: Bounds) -> Option<Localized> {
    let Bounds { least, most, .. } = bounds;
    if bounds.by_param || least == i64::MIN || most == i64::MAX {
        return None;
    }
    Some(match bounds.value() {
        Some(value) => say("type.int-exactly", &Args::of("value", value)),
        None => say("type.int", &Args::of("least", least).with("most", most)),
    })
}

fn of_names(names: &Names) -> Option<Localized> {
    if matches!(names.of, Origin::Param(_)) {
        return None;
    }
    Some(match names.only() {
        Some(name) => say("type.text-exactly", &Args::of("name", name)),
        None => say(
            "type.one-of",
            &Args::of("names", listed(names.values.keys())),
        ),
    })
}

/// A list of names; long lists are cut short.
pub(super) fn listed<T: AsRef<str>>(names: impl Iterator<Item = T>) -> Localized {
    let names: Vec<T> = names.collect();
    let first = names.iter().take(NAMES);
    let first: Vec<Localized> = first.map(|it| Localized::same(it.as_ref())).collect();
    let row = joined(&first);
    if names.len() <= NAMES {
        return row;
    }
    let count = Localized::same(names.len().to_string());
    say(
        "type.and-more",
        &Args::of("names", row).with("count", count),
    )
}

/// Several texts, one per line; `None` if all are empty.
pub(super) fn lines(texts: impl IntoIterator<Item = Localized>) -> Option<Localized> {
    let texts: Vec<Localized> = texts.into_iter().collect();
    let joined = Localized::build(|lang| {
        let texts = texts.iter().map(|text| text.get(lang).trim());
        let texts: Vec<&str> = texts.filter(|text| !text.is_empty()).collect();
        texts.join("\n")
    });
    (!joined.zh_cn.is_empty() || !joined.en.is_empty()).then_some(joined)
}

/// The desk's text for a key, if there is one.
pub(super) fn known(key: &str) -> Option<Localized> {
    find(key, &Args::NONE)
}
