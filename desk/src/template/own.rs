//! A new pack about any kind of subject: one small example of everything, with rules that
//! read the sections that the subject's schema has.
//!
//! Without a schema a small one is written first, to be made the officer's own. The
//! national and provincial plans about persons are the business of [`fresh`](super::fresh).

use super::ask::{Asked, parts};
use super::fresh::{EXAMPLE_DAYS, aligned, filled, head, home, line, quoted, tables};
use super::sample::Sample;
use super::span::Stretch;
use super::{NewPack, objection};
use crate::code::Code;
use longma_compile::{Bundle, PackSource};
use longma_core::order;
use longma_core::schema::{Field, IDENTITY, INCOMPLETE, OVERRIDES, Object, SUBJECT, Type};
use longma_core::{Args, Days, Elapsed, Instant, PackId, Schema, covers};
use longma_lang::finding::Finding;
use std::fmt::Write as _;
use std::sync::Arc;

const SCHEMA: &str = include_str!("../../templates/own/subject.schema.json");
const PACK: &str = include_str!("../../templates/own/pack.toml");
const UNREAD: &str = include_str!("../../templates/own/unread.toml");
const CAPTIONS: &str = include_str!("../../templates/own/captions.toml");
const SCRIPT: &str = include_str!("../../templates/own/decision.rhai");
const CASES: &str = include_str!("../../templates/own/cases.toml");
const CASE: &str = include_str!("../../templates/own/case.toml");
/// A rule for some days from a time, and one for a span: script and captions.
const WITHIN: [&str; 2] = [
    include_str!("../../templates/own/within.rhai"),
    include_str!("../../templates/own/within.toml"),
];
const SPAN: [&str; 2] = [
    include_str!("../../templates/own/span.rhai"),
    include_str!("../../templates/own/span.toml"),
];

/// The decision of the example, if none is named.
const DECISION: &str = "status";
/// The levels of the example above the lowest, one for each rule.
const RAISED: [&str; 2] = ["pending", "stopped"];
/// The lowest level of the example.
pub(super) const LOWEST: &str = "clear";

/// One rule of the example.
struct Rule<'a> {
    section: &'a str,
    level: &'static str,
    record: &'a Object,
    /// The time that the rule begins with.
    from: &'a Field,
    /// The optional time that it ends with; otherwise it ends after some days.
    until: Option<&'a str>,
}

/// The path of a subject's schema.
pub(super) fn schema_file(subject: &str) -> String {
    format!("schema/{subject}.schema.json")
}

/// A small schema for a subject that has none.
pub(super) fn schema(subject: &str) -> String {
    let words = subject.split('_').map(|word| {
        let mut signs = word.chars();
        let first = signs.next().map(|sign| sign.to_ascii_uppercase());
        first.into_iter().chain(signs).collect::<String>()
    });
    let title: String = words.collect();
    filled(SCHEMA, &[("SUBJECT", subject), ("TITLE", &title)])
}

/// Writes the files of a pack that holds only the example. `bundle` has the schema.
pub(super) fn write(
    new: &mut NewPack,
    asked: &Asked,
    stretch: &Stretch,
    bundle: &Bundle,
) -> Result<(), Vec<Finding>> {
    let file = schema_file(&asked.subject);
    let text = bundle.schemas.get(&asked.subject);
    let text = text.map_or("", String::as_str);
    // What is wrong with the schema is told there, and not as what the example lacks.
    let read = Schema::read(text, &file).map_err(|problems| -> Vec<Finding> {
        problems.into_iter().map(Finding::from).collect()
    })?;
    let root = read.root();
    let rules = rules(root);
    if rules.is_empty() {
        let args = Args::of("found", &asked.subject).with("file", &file);
        return Err(vec![objection("subject", Code::NewSubjectSections, &args)]);
    }
    let decision = asked.decision.as_deref().unwrap_or(DECISION);
    declared(decision, asked, bundle)?;
    let [script, captions] = [0, 1]
        .map(|part| -> String { rules.iter().map(|rule| rule.text(part, decision)).collect() });
    let script = filled(SCRIPT, &[("LOWEST", LOWEST), ("RULES", &script)]);
    let captions = filled(CAPTIONS, &[("DECISION", decision), ("RULES", &captions)]);
    let example = Example {
        asked,
        stretch,
        bundle,
        root,
        rules: &rules,
        decision,
    };
    let id = PackId::read(&*new.id);
    for (name, text) in [
        ("pack.toml", example.manifest()),
        ("captions.toml", captions),
        (&*format!("{decision}.rhai"), script),
        (&*format!("cases/{decision}.toml"), example.cases()),
    ] {
        new.files.insert(id.file(name), text);
    }
    Ok(())
}

/// Refuses a decision that the region's packs about the subject have already.
fn declared(decision: &str, asked: &Asked, bundle: &Bundle) -> Result<(), Vec<Finding>> {
    let having = about(asked, bundle).filter(|pack| pack.manifest.decisions.contains_key(decision));
    let having: Vec<&str> = having.map(|pack| pack.id.as_str()).collect();
    if having.is_empty() {
        return Ok(());
    }
    let args = Args::of("found", decision).with("known", having.join(", "));
    Err(vec![objection("decision", Code::NewDecisionTaken, &args)])
}

/// The packs about the same subject that rule in the same places.
fn about<'a>(asked: &'a Asked, bundle: &'a Bundle) -> impl Iterator<Item = &'a PackSource> {
    bundle.packs.iter().filter(|pack| {
        let region = parts(&pack.id).0;
        pack.manifest.subject == asked.subject
            && (covers(region, &asked.region) || covers(&asked.region, region))
    })
}

/// A rule for each of the first sections whose records have a time that is always known.
fn rules(root: &Object) -> Vec<Rule<'_>> {
    let mut found: Vec<Rule> = root.fields.iter().filter_map(rule).collect();
    // The rule with a number comes first, so that an example with one rule has it.
    order::sort_by_key(&mut found, |rule| rule.until.is_some());
    // Two spans would leave the number unused; of two rules one is for some days.
    if let Some(first) = found.first_mut() {
        first.until = None;
    }
    let spans = found.iter().position(|rule| rule.until.is_some());
    if let Some(at) = spans.filter(|at| *at > 1) {
        found.swap(1, at);
    }
    let levels = RAISED.iter().zip(found);
    levels.map(|(level, rule)| Rule { level, ..rule }).collect()
}

/// What a rule could read of a section.
fn rule(section: &Field) -> Option<Rule<'_>> {
    let Type::List { item, .. } = &section.kind else {
        return None;
    };
    let own = [OVERRIDES, INCOMPLETE].contains(&&*section.name);
    let record: &Arc<Object> = item.object().filter(|_| !own)?;
    let timed = |field: &&Field| {
        let time = matches!(field.kind, Type::Instant | Type::Date);
        time && field.required && field.order.is_none()
    };
    let span = record.span.as_ref();
    let begins = span.and_then(|(from, _)| record.field(from));
    let begins = begins.filter(timed);
    let from = begins.or_else(|| record.fields.iter().find(timed))?;
    let until = span.filter(|_| begins.is_some_and(|from| from.kind == Type::Instant));
    let until = until.and_then(|(_, until)| record.field(until));
    let until = until.filter(|field| !field.required && field.kind == Type::Instant);
    Some(Rule {
        section: &section.name,
        level: "",
        record,
        from,
        until: until.map(|field| &*field.name),
    })
}

impl Rule<'_> {
    fn name(&self) -> String {
        format!("example_{}", self.section)
    }

    /// The rule in the script (part 0) or its captions (part 1).
    fn text(&self, part: usize, decision: &str) -> String {
        let from = match self.from.kind {
            Type::Date => format!("{}.start()", self.from.name),
            _ => self.from.name.to_string(),
        };
        let texts = if self.until.is_some() { SPAN } else { WITHIN };
        let words = [
            ("SECTION", self.section),
            ("RULE", &self.name()),
            ("LEVEL", self.level),
            ("FROM", &from),
            ("UNTIL", self.until.unwrap_or_default()),
            ("DECISION", decision),
        ];
        texts
            .get(part)
            .map_or_else(String::new, |text| filled(text, &words))
    }
}

/// What the files of the example are about.
struct Example<'a> {
    asked: &'a Asked,
    stretch: &'a Stretch,
    bundle: &'a Bundle,
    root: &'a Object,
    rules: &'a [Rule<'a>],
    decision: &'a str,
}

impl Example<'_> {
    fn manifest(&self) -> String {
        let mut scales =
            about(self.asked, self.bundle).flat_map(|pack| pack.manifest.decisions.values());
        let faced = scales.any(|scale| scale.roles.iter().any(|role| role == "face"));
        let face = (!faced).then(|| "[\"face\"]".to_owned());
        let known = [SUBJECT, IDENTITY, OVERRIDES, INCOMPLETE];
        let mut others = self.root.names().filter(|name| !known.contains(name));
        let unread = others.any(|name| self.rules.iter().all(|rule| rule.section != name));
        let unread = if unread { UNREAD.trim_end() } else { "" };
        let mut words = head(self.asked, self.stretch);
        words.extend([
            ("SUBJECT", quoted(&self.asked.subject)),
            ("DECISION", self.decision.to_owned()),
            ("ROLES", line("roles  ", face)),
            ("UNREAD", unread.to_owned()),
        ]);
        filled(PACK, &words)
    }

    fn cases(&self) -> String {
        let rules = self.rules.iter();
        let cases = rules.map(|rule| case(rule, self.asked, self.stretch, self.decision));
        let mut tables = tables(self.bundle);
        if !tables.is_empty() {
            tables = format!("[base_reference]\n{tables}\n");
        }
        let words = [
            ("BASE", base(self.asked, self.bundle, self.root)),
            ("TABLES", tables),
            ("FIRST", self.asked.begins()),
            ("DECISION", self.decision.to_owned()),
            ("CASES", cases.collect()),
        ];
        filled(CASES, &words)
    }
}

/// A case with one record, and both sides of the boundaries of the rule that reads it.
fn case(rule: &Rule, asked: &Asked, stretch: &Stretch, decision: &str) -> String {
    let inside = |instant: &Instant| {
        asked.from <= *instant && stretch.until.is_none_or(|until| *instant < until)
    };
    let later = |instant: Instant, by: i64| instant.plus(Elapsed::seconds(by)).unwrap_or(instant);
    // An ordinary time, if the span has room for it.
    let wanted = match rule.from.kind {
        Type::Date => {
            let next = later(asked.from, 24 * 3_600).date(asked.offset);
            next.start(asked.offset).unwrap_or(asked.from)
        }
        _ => later(asked.from, 10 * 3_600),
    };
    let begins = Some(wanted).filter(inside);
    let begins = begins.unwrap_or_else(|| match rule.from.kind {
        Type::Date => asked
            .from
            .date(asked.offset)
            .start(asked.offset)
            .unwrap_or(asked.from),
        _ => asked.from,
    });
    let sample = Sample {
        at: begins,
        offset: asked.offset,
        region: "",
    };
    let name = rule.name();
    let mut steps = vec![
        (later(begins, -1), LOWEST, ""),
        (begins, rule.level, &*name),
    ];
    let ends = begins.days_later(Days::new(EXAMPLE_DAYS), asked.offset);
    let ends = ends.unwrap_or(begins);
    steps.push((later(ends, -1), rule.level, &name));
    steps.push((ends, LOWEST, ""));
    let mut record = sample.record(rule.record);
    if let (Some(until), Some(open)) = (rule.until, record.strip_suffix(" }")) {
        record = format!("{open}, {until} = {} }}", ends.to_rfc3339(asked.offset));
    }
    let mut lines = String::new();
    for (time, level, active) in steps.iter().filter(|(time, ..)| inside(time)) {
        let time = time.to_rfc3339(asked.offset);
        let active = if active.is_empty() {
            String::new()
        } else {
            quoted(active)
        };
        // Writing to a string cannot fail.
        let _ = writeln!(
            lines,
            "  {{ time = {time}, {decision} = \"{level}\", rules = [{active}] }},"
        );
    }
    let words = [
        ("SECTION", rule.section),
        ("RECORD", &*record),
        ("LINES", &lines),
    ];
    filled(CASE, &words)
}

/// The facts shared by the cases: whose they are, and every list stated as empty.
fn base(asked: &Asked, bundle: &Bundle, root: &Object) -> String {
    let region = home(asked, bundle);
    let sample = Sample {
        at: asked.from,
        offset: asked.offset,
        region: &region,
    };
    let mut out = aligned(SUBJECT, &quoted(&asked.subject));
    let fields = root.fields.iter();
    let others = fields.filter(|field| ![SUBJECT, INCOMPLETE].contains(&&*field.name));
    for field in others {
        let list = matches!(field.kind, Type::List { .. });
        if list || field.required {
            out.push_str(&aligned(
                &field.name,
                &sample.value(&field.name, &field.kind),
            ));
        }
    }
    out
}
