//! A mapping as written in TOML, checked against its subject's schema.

use super::{Column, Mapping, Reading, SUBJECT, Target};
use crate::messages::{Key, Words};
use crate::read::file::SourceFile;
use crate::show::diagnostic::Diagnostic;
use crate::show::unreadable::found;
use chrono::format::{Item, StrftimeItems};
use longma_compile::Bundle;
use longma_compile::shape::{self, Kind, Value};
use longma_compile::toml::Toml;
use longma_core::schema::{IDENTITY, Object, Type};
use longma_core::{Args, Offset, Schema, nearest};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug)]
struct Written {
    subject: String,
    key: Vec<String>,
    grouped: bool,
    delimiter: Option<String>,
    offset: Option<String>,
    instants: Vec<String>,
    dates: Vec<String>,
    blank: Vec<String>,
    empty: Vec<String>,
    column: Vec<WrittenColumn>,
    constant: Vec<WrittenConstant>,
}

#[derive(Debug)]
struct WrittenColumn {
    name: String,
    to: String,
    formats: Vec<String>,
    values: BTreeMap<String, Json>,
}

#[derive(Debug)]
struct WrittenConstant {
    to: String,
    value: Json,
}

fn written(top: Value<'_>) -> Written {
    top.table(|keys| Written {
        subject: keys.need("subject").text(),
        key: keys.or_default("key", Value::texts),
        grouped: keys.or_default("grouped", Value::truth),
        delimiter: keys.may("delimiter").map(Value::text),
        offset: keys.may("offset").map(Value::text),
        instants: keys.or_default("instants", Value::texts),
        dates: keys.or_default("dates", Value::texts),
        blank: keys.or_default("blank", Value::texts),
        empty: keys.or_default("empty", Value::texts),
        column: keys.or_default("column", |it| it.list(column)),
        constant: keys.or_default("constant", |it| it.list(constant)),
    })
}

fn column(value: Value<'_>) -> WrittenColumn {
    value.table(|keys| WrittenColumn {
        name: keys.need("name").text(),
        to: keys.need("to").text(),
        formats: keys.or_default("formats", Value::texts),
        values: keys.or_default("values", |it| it.map(Value::json)),
    })
}

fn constant(value: Value<'_>) -> WrittenConstant {
    value.table(|keys| WrittenConstant {
        to: keys.need("to").text(),
        value: keys.need("value").json(),
    })
}

impl Mapping {
    /// Reads a mapping and checks it against the schemas of `bundle`.
    pub(crate) fn read(
        file: &SourceFile,
        bundle: &Bundle,
        words: Words,
    ) -> Result<Self, Vec<Diagnostic>> {
        let read = shape::read(&file.path.display().to_string(), &file.text, written);
        let (Some(written), []) = (read.value, read.findings.as_slice()) else {
            let findings = read.findings.iter();
            return Err(findings.map(|it| found(it, Some(file), words)).collect());
        };
        let mut reader = Reader {
            file,
            toml: Toml::parse(&file.text).ok(),
            words,
            found: Vec::new(),
            taken: BTreeSet::new(),
        };
        let mapping = reader.mapping(written, bundle);
        match mapping {
            Some(mapping) if reader.found.is_empty() => Ok(mapping),
            _ => Err(reader.found),
        }
    }
}

/// Reads a mapping and collects everything that is wrong with it.
struct Reader<'a> {
    file: &'a SourceFile,
    toml: Option<Toml>,
    words: Words,
    found: Vec<Diagnostic>,
    taken: BTreeSet<Target>,
}

impl Reader<'_> {
    fn mapping(&mut self, written: Written, bundle: &Bundle) -> Option<Mapping> {
        let schema = bundle.schemas.get(&written.subject);
        let schema = schema.and_then(|text| Schema::read_partly(text, &written.subject).0);
        let Some(schema) = schema else {
            let known = self.words.list(bundle.schemas.keys());
            self.refuse(
                &["subject"],
                Key::MappingSubject,
                Key::MappingSubjectHelp,
                &Args::of("name", &written.subject).with("known", &known),
            );
            return None;
        };
        let root = schema.root();
        let delimiter = self.delimiter(written.delimiter.as_deref());
        let offset = self.offset(written.offset.as_deref());
        for (name, formats) in [("instants", &written.instants), ("dates", &written.dates)] {
            self.formats(&[name], formats);
        }
        self.sections(&written.empty, root);
        let mut columns = Vec::new();
        for (at, column) in written.column.iter().enumerate() {
            let at = at.to_string();
            if let Some((target, kind)) = self.target(&["column", &at, "to"], &column.to, root) {
                self.formats(&["column", &at, "formats"], &column.formats);
                for (cell, value) in &column.values {
                    self.value(&["column", &at, "values", cell], value, kind);
                }
                let is_name = target.item.is_none() && target.path == [IDENTITY, "name"];
                columns.push(Column {
                    name: column.name.clone(),
                    target,
                    reading: match kind {
                        Type::Text(_) if is_name => Reading::Name,
                        _ => reading(kind, column, &written),
                    },
                    values: column.values.clone(),
                });
            }
        }
        let mut constants = Vec::new();
        for (at, constant) in written.constant.into_iter().enumerate() {
            let at = at.to_string();
            if let Some((target, kind)) = self.target(&["constant", &at, "to"], &constant.to, root)
            {
                self.value(&["constant", &at, "value"], &constant.value, kind);
                constants.push((target, constant.value));
            }
        }
        Some(Mapping {
            subject: written.subject,
            key: written.key,
            grouped: written.grouped,
            delimiter,
            offset,
            blank: written.blank,
            empty: written.empty,
            columns,
            constants,
        })
    }

    fn refuse(&mut self, path: &[&str], key: Key, help: Key, args: &Args) {
        let shown = Diagnostic::error(&self.words.fill(key, args)).coded(key);
        let span = self.toml.as_ref().and_then(|toml| toml.value_span(path));
        let shown = match span {
            Some(span) => shown.showing(self.file, span, None),
            None => shown.at(&self.file.path),
        };
        self.found.push(shown.help(&self.words.fill(help, args)));
    }

    fn delimiter(&mut self, written: Option<&str>) -> u8 {
        match written.map(str::as_bytes) {
            None => b',',
            Some([byte]) if byte.is_ascii() && !b"\"\r\n".contains(byte) => *byte,
            Some(_) => {
                self.refuse(
                    &["delimiter"],
                    Key::MappingDelimiter,
                    Key::MappingDelimiterHelp,
                    &Args::NONE,
                );
                b','
            }
        }
    }

    fn offset(&mut self, written: Option<&str>) -> String {
        let offset = written.unwrap_or("+08:00");
        if Offset::parse(offset).is_none() {
            self.refuse(
                &["offset"],
                Key::MappingOffset,
                Key::MappingOffsetHelp,
                &Args::of("found", offset),
            );
        }
        offset.to_owned()
    }

    fn formats(&mut self, path: &[&str], formats: &[String]) {
        for (at, format) in formats.iter().enumerate() {
            if StrftimeItems::new(format).any(|item| item == Item::Error) {
                let at = at.to_string();
                let path: Vec<&str> = path.iter().copied().chain([at.as_str()]).collect();
                self.refuse(
                    &path,
                    Key::MappingFormat,
                    Key::MappingFormatHelp,
                    &Args::of("found", format),
                );
            }
        }
    }

    fn sections(&mut self, empty: &[String], root: &Object) {
        for (at, name) in empty.iter().enumerate() {
            if !matches!(root.kind(name), Some(Type::List { .. })) {
                let lists = root.fields.iter();
                let lists = lists.filter(|field| matches!(field.kind, Type::List { .. }));
                let known = self.words.list(lists.map(|field| &field.name));
                let path = ["empty", &at.to_string()];
                self.refuse(
                    &path,
                    Key::MappingEmpty,
                    Key::MappingEmptyHelp,
                    &Args::of("name", name).with("known", &known),
                );
            }
        }
    }

    /// The place that `to` names, and its type.
    fn target<'s>(
        &mut self,
        path: &[&str],
        to: &str,
        root: &'s Object,
    ) -> Option<(Target, &'s Type)> {
        let found = follow(to, root);
        let (target, kind) = match found {
            Ok(found) => found,
            Err((step, known)) => {
                let near = nearest(&step, known.iter().map(String::as_str));
                let near = near.map_or_else(|| self.words.list(&known), str::to_owned);
                let (key, help) = if known.is_empty() {
                    (Key::MappingInside, Key::MappingInsideHelp)
                } else {
                    (Key::MappingPlace, Key::MappingPlaceHelp)
                };
                self.refuse(
                    path,
                    key,
                    help,
                    &Args::of("to", to).with("step", &step).with("near", &near),
                );
                return None;
            }
        };
        if !self.taken.insert(target.clone()) || target.path == [SUBJECT] {
            self.refuse(
                path,
                Key::MappingTwice,
                Key::MappingTwiceHelp,
                &Args::of("to", to),
            );
            return None;
        }
        Some((target, kind))
    }

    /// Checks that a value written in the mapping fits its place.
    fn value(&mut self, path: &[&str], value: &Json, kind: &Type) {
        let known = match kind {
            Type::Enum(names) => {
                let is_one = |text: &str| names.iter().any(|name| **name == *text);
                if value.as_str().is_some_and(is_one) {
                    return;
                }
                self.words.list(names.iter())
            }
            Type::Int { .. } if value.is_i64() => return,
            Type::Bool if value.is_boolean() => return,
            Type::Int { .. } => self.words.of(&Kind::Whole.words()).to_owned(),
            Type::Bool => self.words.of(&Kind::Truth.words()).to_owned(),
            _ if value.is_string() => return,
            _ => self.words.of(&Kind::Text.words()).to_owned(),
        };
        self.refuse(
            path,
            Key::MappingValue,
            Key::MappingValueHelp,
            &Args::of("found", value).with("known", &known),
        );
    }
}

fn reading(kind: &Type, column: &WrittenColumn, written: &Written) -> Reading {
    let formats = |common: &Vec<String>| {
        let own = &column.formats;
        if own.is_empty() { common } else { own }.clone()
    };
    match kind {
        Type::Int { .. } => Reading::Int,
        Type::Bool => Reading::Bool,
        Type::Instant => Reading::Instant(formats(&written.instants)),
        Type::Date => Reading::Date(formats(&written.dates)),
        Type::Text(text) if text.number => Reading::Number,
        _ => Reading::Text,
    }
}

/// Follows `to` (`identity.name`, `tests[].result`, `tests[1].result`) through the schema
/// to one value. The error is the step that leads nowhere and the steps that would lead
/// on; there are none of these if `to` stops before a value or goes beyond one.
fn follow<'s>(to: &str, root: &'s Object) -> Result<(Target, &'s Type), (String, Vec<String>)> {
    let mut item = None;
    let mut path = Vec::new();
    let mut here = root;
    let mut steps = to.split('.').peekable();
    while let Some(step) = steps.next() {
        let (name, slot) = match step.split_once('[') {
            Some((name, slot)) => (name, slot.strip_suffix(']')),
            None => (step, None),
        };
        let lost = |known| Err((step.to_owned(), known));
        let Some(kind) = here.kind(name) else {
            return lost(here.names().map(str::to_owned).collect());
        };
        let at_top = path.is_empty() && item.is_none();
        let inner = match (kind, slot) {
            (Type::List { item: of, .. }, Some(slot)) if at_top => {
                let slot = if slot.is_empty() { Ok(0) } else { slot.parse() };
                let (Ok(slot), Type::Object(inner)) = (slot, &**of) else {
                    return lost(vec![format!("{name}[]")]);
                };
                item = Some((name.to_owned(), slot));
                inner
            }
            (Type::List { .. }, None) if at_top => return lost(vec![format!("{name}[]")]),
            (_, Some(_)) => return lost(vec![name.to_owned()]),
            (kind, None) => {
                path.push(name.to_owned());
                match (kind, steps.peek()) {
                    (Type::Object(inner), Some(_)) => inner,
                    (Type::Object(_) | Type::List { .. }, None) | (_, Some(_)) => {
                        return lost(Vec::new());
                    }
                    (kind, None) => return Ok((Target { item, path }, kind)),
                }
            }
        };
        here = inner;
    }
    Err((to.to_owned(), here.names().map(str::to_owned).collect()))
}
