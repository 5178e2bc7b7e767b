//! The slips themselves, by kind: of a script by its tree, of manifests and captions by their
//! lines. None needs to know what the pack is about.

use super::{Edit, Slips};
use longma_compile::{Bundle, PackSource};
use longma_core::Schema;
use longma_core::order::Gather;
use longma_core::schema::{Object, Type};
use longma_lang::syntax::{Binary, Expr, ExprKind, Function, parse};
use std::collections::BTreeSet;
use std::mem::discriminant;
use std::ops::Range;
use std::sync::Arc;

/// Functions that are taken for one another.
const HELPERS: &[(&str, &str)] = &[
    ("earlier", "later"),
    ("earliest", "latest"),
    ("first", "last"),
    ("any", "all"),
    ("min", "max"),
    ("days", "hours"),
    ("hours", "minutes"),
    ("start", "end"),
    ("since", "before"),
    ("when", "when_at_least"),
];
/// Units that are taken for one another.
const UNITS: &[(&str, &str)] = &[
    ("days", "hours"),
    ("hours", "days"),
    ("count", "days"),
    ("day_number", "days"),
    ("minutes", "hours"),
];
/// Colours that are taken for one another, in either language.
const COLOURS: &[(&str, &str)] = &[
    ("绿码", "黄码"),
    ("黄码", "红码"),
    ("红码", "黄码"),
    ("Green", "Yellow"),
    ("Yellow", "Red"),
    ("Red ", "Yellow "),
];

/// The slips of one file of the pack `id`.
pub(super) fn of(bundle: &Bundle, id: &str, file: &str, text: &str) -> Slips {
    let Some(pack) = bundle.packs.iter().find(|pack| pack.id == id) else {
        return Slips::new();
    };
    let name = file.rsplit('/').next().unwrap_or_default();
    match name {
        "pack.toml" => manifest(pack, text),
        "captions.toml" => captions(pack, text),
        _ => match name.strip_suffix(".rhai") {
            Some(decision) => script(bundle, pack, decision, text),
            None => Slips::new(),
        },
    }
}

/// Gathers edits by kind, in the order in which kinds are met.
#[derive(Default)]
struct Gathered(Slips);

impl Gathered {
    fn add(&mut self, kind: &'static str, at: Range<usize>, new: impl Into<String>) {
        let edit: Edit = (at, new.into());
        match self.0.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, edits)) => edits.push(edit),
            None => self.0.push((kind, vec![edit])),
        }
    }
}

fn script(bundle: &Bundle, pack: &PackSource, decision: &str, text: &str) -> Slips {
    let mut out = Gathered::default();
    let scales = bundle
        .packs
        .iter()
        .filter_map(|it| it.manifest.decisions.get(decision));
    let levels: Vec<&String> = scales
        .map(|it| &it.scale)
        .max_by_key(|it| it.len())
        .into_iter()
        .flatten()
        .collect();
    let objects = objects(bundle, &pack.manifest.subject);
    let parsed = parse(text);
    let texts: BTreeSet<&str> = parsed
        .script
        .functions
        .iter()
        .flat_map(|it| {
            let mut texts = Vec::new();
            it.body.walk(&mut |expr| {
                if let ExprKind::Text(text) = &expr.kind {
                    texts.push(text.as_str());
                }
            });
            texts
        })
        .into_set();
    for function in &parsed.script.functions {
        let records = records(function);
        function.body.walk(&mut |expr| {
            of_expr(expr, text, &mut out);
            let at = &expr.bytes;
            match &expr.kind {
                ExprKind::Text(found) => {
                    let others: Vec<&&str> = texts.iter().filter(|it| **it != *found && levels.iter().all(|level| *level != **it)).collect();
                    let next = others.iter().find(|it| ***it > found.as_str()).or(others.first());
                    if let Some(next) = next.filter(|_| levels.iter().all(|level| *level != found)) {
                        out.add("text-exchanged", at.clone(), format!("\"{next}\""));
                    }
                }
                ExprKind::Call { name, .. } => {
                    if let Some(place) = levels.iter().position(|it| **it == name.text) {
                        let next = levels.get(place + 1).or(levels.get(place.wrapping_sub(1)));
                        let next = next.map_or("", |it| it.as_str());
                        out.add("level-exchanged", name.bytes.clone(), next);
                    }
                }
                ExprKind::Field { of, name } if matches!(&of.kind, ExprKind::Name(it) if it == "params") => {
                    if let Some(other) = alike(pack, &name.text) {
                        out.add("param-exchanged", name.bytes.clone(), other);
                    }
                }
                ExprKind::Field { name, .. } => {
                    if let Some(other) = sibling(&objects, &name.text) {
                        out.add("field-exchanged", name.bytes.clone(), other);
                    }
                }
                ExprKind::Method { name, arguments, .. } if name.text == "because" => {
                    let dot = text.get(..name.bytes.start).and_then(|it| it.rfind('.'));
                    if let Some(dot) = dot {
                        out.add("evidence-dropped", dot..at.end, "");
                    }
                    if let Some(argument) = arguments.first()
                        && let ExprKind::Name(given) = &argument.kind
                        && let Some(other) = records.iter().find(|it| *it != given)
                    {
                        out.add("evidence-exchanged", argument.bytes.clone(), *other);
                    }
                }
                ExprKind::Method { of, name, .. } if name.text == "filter" => {
                    out.add("condition-forgotten", of.bytes.end..at.end, "");
                }
                _ => {}
            }
        });
        for doc in &function.docs {
            if let Some(cited) = doc
                .text
                .trim_start_matches('/')
                .trim()
                .strip_prefix("source:")
                && let Some(other) = pack.manifest.sources.keys().find(|it| **it != cited.trim())
            {
                out.add(
                    "source-exchanged",
                    doc.bytes.clone(),
                    format!("/// source: {other}"),
                );
            }
        }
    }
    out.0
}

/// Slips that need no more than the expression.
fn of_expr(expr: &Expr, text: &str, out: &mut Gathered) {
    match &expr.kind {
        ExprKind::Int(Some(number)) => {
            out.add(
                "number-up-by-one",
                expr.bytes.clone(),
                number.saturating_add(1).to_string(),
            );
        }
        ExprKind::Bool(value) => out.add("truth-turned", expr.bytes.clone(), (!value).to_string()),
        ExprKind::Call { name, .. } | ExprKind::Method { name, .. } => {
            let pairs = HELPERS.iter().flat_map(|(a, b)| [(a, b), (b, a)]);
            if let Some((_, other)) = pairs.into_iter().find(|(one, _)| **one == name.text) {
                out.add("function-exchanged", name.bytes.clone(), *other);
            }
        }
        ExprKind::Binary {
            operator, at, left, ..
        } => {
            let (moved, turned) = match operator {
                Binary::Less => (Some("<="), Some(">")),
                Binary::LessEqual => (Some("<"), Some(">=")),
                Binary::Greater => (Some(">="), Some("<")),
                Binary::GreaterEqual => (Some(">"), Some("<=")),
                Binary::Equal => (None, Some("!=")),
                Binary::Unequal => (None, Some("==")),
                Binary::And => (None, Some("||")),
                Binary::Or => (None, Some("&&")),
                Binary::Add => (None, Some("-")),
                Binary::Subtract => (None, Some("+")),
                Binary::Both => (None, Some("|")),
                Binary::Union => (None, Some("&")),
                _ => (None, None),
            };
            if let Some(sign) = moved {
                out.add("comparison-moved-by-one", at.clone(), sign);
            }
            if let Some(sign) = turned {
                out.add("operator-turned", at.clone(), sign);
            }
            if matches!(operator, Binary::And | Binary::Default)
                && let Some(kept) = text.get(left.bytes.clone())
            {
                out.add("second-part-forgotten", expr.bytes.clone(), kept);
            }
        }
        _ => {}
    }
}

/// The names of records, one by one or in lists, in a function.
fn records(function: &Function) -> BTreeSet<&str> {
    let mut names: BTreeSet<&str> = function
        .parameters
        .iter()
        .map(|it| it.text.as_str())
        .into_set();
    names.remove("params");
    function.body.walk(&mut |expr| {
        if let ExprKind::Closure { parameters, .. } = &expr.kind {
            names.extend(parameters.iter().map(|it| it.text.as_str()));
        }
    });
    names
}

/// Another param of the pack of the same unit.
fn alike<'p>(pack: &'p PackSource, name: &str) -> Option<&'p str> {
    let params = &pack.manifest.params;
    let unit = &params.get(name)?.unit;
    let mut others = params
        .iter()
        .filter(|(other, it)| **other != name && it.unit == *unit);
    Some(others.next()?.0.as_str())
}

/// All kinds of record of a subject.
fn objects(bundle: &Bundle, subject: &str) -> Vec<Arc<Object>> {
    let mut all = Vec::new();
    let text = bundle.schemas.get(subject);
    let root = text.and_then(|text| Some(Arc::clone(Schema::read_partly(text, "").0?.root())));
    let mut open: Vec<Arc<Object>> = root.into_iter().collect();
    while let Some(object) = open.pop() {
        for field in &object.fields {
            match &field.kind {
                Type::Object(inner) => open.push(Arc::clone(inner)),
                Type::List { item, .. } => {
                    if let Type::Object(inner) = &**item {
                        open.push(Arc::clone(inner));
                    }
                }
                _ => {}
            }
        }
        all.push(object);
    }
    all
}

/// Another field of the same kind in a record that has a field of this name.
fn sibling(objects: &[Arc<Object>], name: &str) -> Option<String> {
    objects.iter().find_map(|object| {
        let kind = discriminant(object.kind(name)?);
        let same =
            |it: &&longma_core::schema::Field| *it.name != *name && discriminant(&it.kind) == kind;
        Some(object.fields.iter().find(same)?.name.to_string())
    })
}

/// Each line with the byte on which it begins.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        (start, line)
    })
}

/// The first run of digits of a text, from a byte on.
fn digits(text: &str, from: usize) -> Option<Range<usize>> {
    let rest = text.get(from..)?;
    let start = from + rest.find(|sign: char| sign.is_ascii_digit())?;
    let len = text.get(start..)?.find(|sign: char| !sign.is_ascii_digit());
    Some(start..len.map_or(text.len(), |len| start + len))
}

/// The day of a time after a byte, and the day beside it.
fn day(line: &str, from: usize) -> Option<(Range<usize>, String)> {
    let end = from + line.get(from..)?.find('T')?;
    let range = end.checked_sub(2)?..end;
    let number: u32 = line.get(range.clone())?.parse().ok()?;
    let moved = if number > 1 { number - 1 } else { number + 1 };
    Some((range, format!("{moved:02}")))
}

fn manifest(pack: &PackSource, text: &str) -> Slips {
    let mut out = Gathered::default();
    let levels: Vec<&String> = pack
        .manifest
        .decisions
        .values()
        .flat_map(|it| &it.scale)
        .collect();
    let mut section = "";
    for (start, line) in lines(text) {
        if line.starts_with('[') {
            section = line.trim_end();
        }
        let Some((key, value)) = line.split_once('=') else {
            continue;
        };
        let (key, from) = (key.trim(), line.len() - value.len());
        let at = |range: Range<usize>| start + range.start..start + range.end;
        let whole = start..start + line.len();
        let quoted = value.split('"').nth(1).unwrap_or_default();
        match key {
            "value" => {
                if let Some(range) = digits(line, from)
                    && let Some(number) = line
                        .get(range.clone())
                        .and_then(|it| it.parse::<i64>().ok())
                {
                    out.add(
                        "param-up-by-one",
                        at(range.clone()),
                        number.saturating_add(1).to_string(),
                    );
                    out.add(
                        "param-down-by-one",
                        at(range),
                        number.saturating_sub(1).to_string(),
                    );
                }
                let other = levels.iter().find(|it| {
                    it.as_str() != quoted && levels.iter().any(|it| it.as_str() == quoted)
                });
                if let Some(other) = other {
                    let place = from + value.find('"').unwrap_or(0) + 1;
                    out.add(
                        "level-of-a-param-exchanged",
                        at(place..place + quoted.len()),
                        other.as_str(),
                    );
                }
            }
            "unit" => {
                if let Some((_, other)) = UNITS.iter().find(|(unit, _)| *unit == quoted) {
                    out.add("unit-exchanged", whole, line.replace(quoted, other));
                }
            }
            "from" | "until" if section == "[effective]" => {
                if let Some((range, moved)) = day(line, from) {
                    out.add("day-moved", at(range), moved);
                }
            }
            "date" => {
                if let Some(range) = digits(line, from)
                    && let Some(year) = line
                        .get(range.clone())
                        .and_then(|it| it.parse::<i64>().ok())
                {
                    out.add(
                        "date-a-year-late",
                        at(range),
                        year.saturating_add(1).to_string(),
                    );
                }
            }
            "source" => {
                if let Some(other) = pack.manifest.sources.keys().find(|it| *it != quoted) {
                    out.add("source-exchanged", whole, line.replace(quoted, other));
                }
            }
            "grade" => {
                let other = if quoted == "A" { "V" } else { "A" };
                out.add(
                    "grade-exchanged",
                    whole,
                    line.replacen(&format!("\"{quoted}\""), &format!("\"{other}\""), 1),
                );
            }
            "assumed" => out.add("assumption-not-marked", whole, ""),
            "inherits" => out.add("inheritance-forgotten", whole, ""),
            _ if section == "[overrides]" || section == "[drops]" => {
                out.add("override-forgotten", whole, "");
            }
            _ if line.contains("zh-CN = \"") => languages(start, line, &mut out),
            _ => {}
        }
    }
    out.0
}

/// The two languages of a line exchanged.
fn languages(start: usize, line: &str, out: &mut Gathered) {
    if line.contains("zh-CN = ") && line.contains(", en = ") {
        let new = line
            .replace("zh-CN = ", "\u{0} = ")
            .replace(", en = ", ", zh-CN = ");
        out.add(
            "languages-exchanged",
            start..start + line.len(),
            new.replace('\u{0}', "en"),
        );
    }
}

fn captions(pack: &PackSource, text: &str) -> Slips {
    let mut out = Gathered::default();
    let all: Vec<(usize, &str)> = lines(text).collect();
    let captions: Vec<&str> = all
        .iter()
        .map(|it| it.1)
        .filter(|it| it.starts_with("caption"))
        .collect();
    for (start, line) in all {
        let Some((_, value)) = line.split_once('=') else {
            continue;
        };
        let (whole, from) = (start..start + line.len(), line.len() - value.len());
        languages(start, line, &mut out);
        if let Some(range) = digits(line, from)
            && let Some(number) = line
                .get(range.clone())
                .and_then(|it| it.parse::<i64>().ok())
            && !line
                .get(..range.start)
                .unwrap_or_default()
                .ends_with(|it: char| it.is_ascii_alphabetic() || it == '_')
        {
            out.add(
                "number-of-a-text-up-by-one",
                start + range.start..start + range.end,
                number.saturating_add(1).to_string(),
            );
        }
        if line.starts_with("caption") || line.starts_with("release") {
            for (name, param) in &pack.manifest.params {
                let braced = format!("{{{name}}}");
                if !line.contains(&braced) {
                    continue;
                }
                if let Some(other) = alike(pack, name) {
                    out.add(
                        "param-of-a-text-exchanged",
                        whole.clone(),
                        line.replace(&braced, &format!("{{{other}}}")),
                    );
                }
                if let longma_compile::ParamValue::Int(number) = &param.value {
                    let (zh, en) = match param.unit.as_str() {
                        "days" => (format!("{number} 天"), format!("{number} days")),
                        "hours" => (format!("{number} 小时"), format!("{number} hours")),
                        _ => continue,
                    };
                    let halves = line.split_once(", en = ");
                    let (one, two) = halves.unwrap_or((line, ""));
                    let typed = format!(
                        "{}, en = {}",
                        one.replace(&braced, &zh),
                        two.replace(&braced, &en)
                    );
                    out.add("number-typed-for-a-param", whole.clone(), typed);
                }
            }
            if let Some((old, new)) = COLOURS.iter().find(|(old, _)| line.contains(old)) {
                out.add("colour-exchanged", whole.clone(), line.replace(old, new));
            }
        }
        if line.starts_with("release") {
            out.add("release-forgotten", whole.clone(), "");
        }
        if line.starts_with("caption") {
            let next = captions
                .iter()
                .skip_while(|it| **it != line)
                .nth(1)
                .or(captions.first());
            if let Some(next) = next.filter(|it| **it != line) {
                out.add("caption-copied", whole.clone(), *next);
            }
        }
    }
    out.0
}
