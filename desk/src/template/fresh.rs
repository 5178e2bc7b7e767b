//! A new pack from the templates in `templates/`: one small example of everything.

use super::ask::{Asked, COUNTRY, PROVINCES, parts};
use super::span::Stretch;
use super::{NewPack, objection};
use crate::code::Code;
use crate::text::say;
use longma_compile::{Bundle, PackSource, Scale};
use longma_core::schema::Type;
use longma_core::{Args, Days, Elapsed, Instant, Offset, PackId, Schema, covers, is_region};
use longma_lang::finding::Finding;
use std::fmt::Write as _;

const PACK: &str = include_str!("../../templates/pack.toml");
const INHERITS: &str = include_str!("../../templates/inherits.toml");
const LAW: &str = include_str!("../../templates/law.toml");
const DECISIONS: &str = include_str!("../../templates/decisions.toml");
const CAPTIONS: &str = include_str!("../../templates/captions.toml");
const LEVELS: &str = include_str!("../../templates/levels.toml");
const BESIDE: &str = include_str!("../../templates/inherits.rhai");
const ALONE: &str = include_str!("../../templates/alone.rhai");
const CASES: &str = include_str!("../../templates/cases.toml");

/// The caption of the level that plans have above those of the example.
const RED: &str = "levels.red    = { zh-CN = \"红码\", en = \"Red\" }\n";

/// The decision that the example adds to.
pub(super) const DECISION: &str = "code";
/// The subject of the example.
pub(super) const SUBJECT: &str = "person";
/// How many days the example lasts, as its param says.
pub(super) const EXAMPLE_DAYS: i64 = 3;

/// Writes the files of a pack that holds only the example.
pub(super) fn write(
    new: &mut NewPack,
    asked: &Asked,
    stretch: &Stretch,
    bundle: &Bundle,
) -> Result<(), Vec<Finding>> {
    let scale = scale(stretch, bundle)?;
    let [lowest, raised] = &scale;
    let alone = stretch.parent.is_none();
    // A pack on its own must raise the level for its cases to test anything. One that adds to a
    // plan must not change the plan before anybody has written a word.
    let level = if alone { raised } else { lowest };
    let script = if alone { ALONE } else { BESIDE };
    let words = [
        ("LOWEST", lowest.as_str()),
        ("RAISED", raised),
        ("LEVEL", level),
    ];
    let captions = if alone { LEVELS } else { "" };
    // Where plans give all three levels, the pack adds to them; else it has those of its rule.
    let red = if covering(asked, bundle).next().is_some() {
        RED
    } else {
        ""
    };
    let captions = filled(captions, &[("RED", red)]);
    let cases = cases(asked, stretch, bundle, lowest, level);
    for (name, text) in [
        ("pack.toml", manifest(asked, stretch, bundle)),
        ("captions.toml", filled(CAPTIONS, &[("LEVELS", &captions)])),
        ("code.rhai", filled(script, &words)),
        ("cases/code.toml", cases),
    ] {
        new.files.insert(PackId::read(&*new.id).file(name), text);
    }
    Ok(())
}

/// The lowest two levels of the decision.
fn scale(stretch: &Stretch, bundle: &Bundle) -> Result<[String; 2], Vec<Finding>> {
    let Some(parent) = &stretch.parent else {
        return Ok(["green".to_owned(), "yellow".to_owned()]);
    };
    let line = line_of(parent, bundle);
    let fits = line.iter().any(|pack| pack.manifest.subject == SUBJECT);
    let scale = line
        .iter()
        .find_map(|pack| pack.manifest.decisions.get(DECISION));
    match scale.map(|scale| scale.scale.as_slice()) {
        Some([lowest, raised, ..]) if fits => Ok([lowest.clone(), raised.clone()]),
        _ => Err(vec![objection(
            "inherits",
            Code::NewNoCode,
            &Args::of("parent", parent),
        )]),
    }
}

/// The packs named by a pack id or region, and those that they inherit.
fn line_of<'a>(parent: &str, bundle: &'a Bundle) -> Vec<&'a PackSource> {
    let mut line: Vec<&PackSource> = Vec::new();
    let mut names = vec![parent.to_owned()];
    while let Some(name) = names.pop() {
        for pack in &bundle.packs {
            let meant = pack.id == name || parts(&pack.id).0 == name;
            if meant && line.iter().all(|known| known.id != pack.id) {
                line.push(pack);
                names.extend(pack.manifest.inherits.clone());
            }
        }
    }
    line
}

fn manifest(asked: &Asked, stretch: &Stretch, bundle: &Bundle) -> String {
    let parent = stretch.parent.as_deref();
    let inherits = parent.map(|parent| filled(INHERITS, &[("PARENT", &quoted(parent))]));
    let decisions = match parent {
        None => {
            let red = covering(asked, bundle).next().map(|_| ", \"red\"");
            let words = [
                ("RED", red.unwrap_or_default()),
                ("ROLES", &roles(asked, bundle)),
            ];
            filled(DECISIONS, &words)
        }
        Some(_) => LAW.trim_end().to_owned(),
    };
    let mut words = head(asked, stretch);
    words.push(("INHERITS", inherits.unwrap_or_default()));
    words.push(("DECISIONS", decisions));
    filled(PACK, &words)
}

/// What every manifest begins with: titles, the clock, and when it is in force.
pub(super) fn head(asked: &Asked, stretch: &Stretch) -> Vec<(&'static str, String)> {
    let date = asked.from.date(asked.offset).to_string();
    let args = Args::of("region", &asked.region).with("date", &date);
    let default = say("new-title", &args);
    let [zh_cn, en] = &asked.titles;
    let title = |given: &Option<String>, default: &str| quoted(given.as_deref().unwrap_or(default));
    let offset = Some(asked.offset).filter(|offset| *offset != Offset::CHINA);
    let clock = match &asked.zone {
        Some(zone) => line("zone     ", Some(quoted(zone))),
        None => line("offset   ", offset.map(|it| quoted(&it.to_string()))),
    };
    let until = stretch.until.map(|until| until.to_rfc3339(asked.offset));
    vec![
        ("TITLE_ZH", title(zh_cn, &default.zh_cn)),
        ("TITLE_EN", title(en, &default.en)),
        ("CLOCK", clock),
        ("FROM", asked.begins()),
        ("UNTIL", line("until", until)),
        ("DATE", date),
    ]
}

/// The decision as packs declare it that rule where the new one does.
fn covering<'a>(asked: &'a Asked, bundle: &'a Bundle) -> impl Iterator<Item = &'a Scale> {
    let packs = bundle.packs.iter().filter(|pack| {
        pack.manifest.subject == SUBJECT && covers(parts(&pack.id).0, &asked.region)
    });
    packs.filter_map(|pack| pack.manifest.decisions.get(DECISION))
}

/// The decision's roles and place as the region's packs declare them, since it keeps them;
/// the card's colour if no pack declares the decision yet.
fn roles(asked: &Asked, bundle: &Bundle) -> String {
    let Some(scale) = covering(asked, bundle).next() else {
        return line("roles  ", Some("[\"face\"]".to_owned()));
    };
    let names: Vec<String> = scale.roles.iter().map(|name| quoted(name)).collect();
    let names = Some(names).filter(|names| !names.is_empty());
    let roles = names.map(|names| format!("[{}]", names.join(", ")));
    let place = scale.place.map(|place| place.to_string());
    [line("roles  ", roles), line("place  ", place)].concat()
}

/// A line for a key that has a value.
pub(super) fn line(key: &str, value: Option<String>) -> String {
    value.map_or_else(String::new, |value| format!("\n{key} = {value}"))
}

fn cases(asked: &Asked, stretch: &Stretch, bundle: &Bundle, lowest: &str, level: &str) -> String {
    let text = |instant: Instant| instant.to_rfc3339(asked.offset);
    let inside = |instant: &Instant| stretch.until.is_none_or(|until| *instant < until);
    let later = |instant: Instant, by: i64| instant.plus(Elapsed::seconds(by)).unwrap_or(instant);
    // An ordinary hour, if the span has room for it.
    let left = Some(later(asked.from, 10 * 3_600)).filter(|left| inside(left));
    let left = left.unwrap_or_else(|| later(asked.from, 1));
    let end = left.days_later(Days::new(EXAMPLE_DAYS), asked.offset);
    let end = end.unwrap_or(left);
    let steps = [
        (later(left, -1), lowest, "[]"),
        (left, level, "[\"example_stay\"]"),
        (later(end, -1), level, "[\"example_stay\"]"),
        (end, lowest, "[]"),
    ];
    let mut lines = String::new();
    for (time, level, rules) in steps.iter().filter(|(time, ..)| inside(time)) {
        let (time, level) = (text(*time), quoted(level));
        // Writing to a string cannot fail.
        let _ = writeln!(
            lines,
            "  {{ time = {time}, {DECISION} = {level}, rules = {rules} }},"
        );
    }
    filled(
        CASES,
        &[
            ("BASE", &base(asked, bundle)),
            ("TABLES", &tables(bundle)),
            ("ARRIVED", &text(later(left, -2 * 3_600))),
            ("LEFT", &text(left)),
            ("LINES", &lines),
            ("LOWEST", &quoted(lowest)),
        ],
    )
}

/// The facts shared by the cases: a person of the region, and every list stated as empty.
fn base(asked: &Asked, bundle: &Bundle) -> String {
    let text = bundle.schemas.get(SUBJECT);
    let schema = text.and_then(|text| Schema::read_partly(text, SUBJECT).0);
    let fields = schema.iter().flat_map(|schema| &schema.root().fields);
    let lists = fields.filter(|field| matches!(field.kind, Type::List { .. }));
    let person = format!(
        "{{ name = \"测试甲\", document = {{ type = \"other\", number = \"CASE-0001\" }}, region = \"{}\" }}",
        home(asked, bundle)
    );
    let mut out = [
        aligned("subject", &quoted(SUBJECT)),
        aligned("identity", &person),
    ]
    .concat();
    out.extend(lists.map(|field| aligned(&field.name, "[]")));
    out
}

pub(super) fn tables(bundle: &Bundle) -> String {
    bundle
        .references
        .keys()
        .map(|name| aligned(name, "[]"))
        .collect()
}

pub(super) fn aligned(key: &str, value: &str) -> String {
    format!("{key:<12} = {value}\n")
}

/// A place of residence, in China with six digits; for a pack of the country, in a province
/// without packs of its own.
pub(super) fn home(asked: &Asked, bundle: &Bundle) -> String {
    let own: Vec<&str> = bundle.packs.iter().map(|pack| parts(&pack.id).0).collect();
    let wide = if asked.region == COUNTRY {
        PROVINCES.as_slice()
    } else {
        &[]
    };
    let free = wide
        .iter()
        .find(|code| !own.iter().any(|region| region.starts_with(**code)));
    let code = free.copied().unwrap_or(&asked.region);
    if is_region(code) {
        code.to_owned()
    } else {
        format!("{code:0<6}")
    }
}

/// Fills in the `@NAME@`s of a template; what is filled in is not scanned again.
pub(super) fn filled(template: &str, words: &[(&str, impl AsRef<str>)]) -> String {
    let mut parts = template.split('@');
    let mut out = parts.next().unwrap_or_default().to_owned();
    while let (Some(name), Some(text)) = (parts.next(), parts.next()) {
        let word = words.iter().find(|(known, _)| *known == name);
        out.push_str(word.map_or(name, |(_, value)| value.as_ref()));
        out.push_str(text);
    }
    out
}

/// A text as a TOML string.
pub(super) fn quoted(text: &str) -> String {
    toml_edit::Value::from(text).to_string()
}
