//! Carries on an earlier pack: its rules, captions and params unchanged, under new dates.
//!
//! Its cases come along, moved by as many days as the pack. A case that fails there,
//! because it is about the earlier change or because the inherited plan is a different one
//! by then, is left out and named. It is never changed to fit the result.

use super::ask::Asked;
use super::span::{Stretch, datetime, put};
use super::{NewPack, Texts, failing, finding};
use crate::case::{Columns, FOLDER};
use crate::code::Code;
use crate::text::say;
use longma_compile::shared::SHARED;
use longma_compile::{Minimum, PackSource};
use longma_core::order::Gather;
use longma_core::{Args, Catalogue, Date, Days, Instant, PackId, Place};
use longma_lang::finding::Finding;
use std::collections::{BTreeMap, BTreeSet};
use toml_edit::{DocumentMut, InlineTable, Item, TableLike, Value};

/// Writes the files of `like` under the new dates; [`cases`] adds its cases later.
pub(super) fn write(
    new: &mut NewPack,
    like: &PackSource,
    asked: &Asked,
    stretch: &Stretch,
    texts: &Texts,
) -> Result<(), Vec<Finding>> {
    let old = PackId::read(&*like.id);
    let text = |name: &str| texts.get(&old.file(name));
    let edited = text("pack.toml").and_then(|text| manifest(text, like, asked, stretch));
    let (Some(manifest), Some(captions)) = (edited, text("captions.toml")) else {
        let place = Place::file(&old.file("pack.toml"), 0, 0);
        return Err(vec![finding(
            place,
            Code::NewLikeUnread,
            &Args::of("id", &like.id),
        )]);
    };
    let id = PackId::read(&*new.id);
    let scripts = like.scripts.keys().map(String::as_str);
    let scripts = scripts.chain([SHARED]).filter_map(|name| {
        let text = texts.get(&old.script(name))?;
        Some((id.script(name), text.clone()))
    });
    let files = [
        (id.file("pack.toml"), manifest),
        (id.file("captions.toml"), captions.clone()),
    ];
    new.files.extend(files.into_iter().chain(scripts));
    Ok(())
}

/// The manifest with its new dates; everything else stays as written.
fn manifest(text: &str, like: &PackSource, asked: &Asked, stretch: &Stretch) -> Option<String> {
    let mut manifest: DocumentMut = text.parse().ok()?;
    let root = manifest.as_table_mut();
    put(root, "version", "1".into());
    let titles = titles(like, asked);
    let title = root.get_mut("title")?.as_table_like_mut()?;
    for (lang, text) in ["zh-CN", "en"].into_iter().zip(titles) {
        put(title, lang, text.into());
    }
    match &stretch.parent {
        Some(parent) => put(root, "inherits", parent.as_str().into()),
        None => drop(root.remove("inherits")),
    }
    let effective = root.get_mut("effective")?.as_table_like_mut()?;
    put(effective, "from", datetime(&asked.begins())?);
    match stretch.until.map(|until| until.to_rfc3339(asked.offset)) {
        Some(until) => put(effective, "until", datetime(&until)?),
        None => drop(effective.remove("until")),
    }
    // The note is about the old dates.
    effective.remove("note");
    let head = say("new-carried-head", &Args::of("id", &like.id));
    Some(format!("# {}\n# {}\n{manifest}", head.zh_cn, head.en))
}

/// The requested titles, or else the old ones with the new day in place of the old one, or
/// appended if the old day is not in them.
fn titles(like: &PackSource, asked: &Asked) -> [String; 2] {
    let day = asked.from.date(asked.offset).to_string();
    let old = like
        .id
        .get(like.id.len().saturating_sub(day.len())..)
        .unwrap_or_default();
    let title = &like.manifest.title;
    let texts = [
        (&title.zh_cn, format!("（{day}）")),
        (&title.en, format!(" ({day})")),
    ];
    let mut given = asked.titles.iter();
    texts.map(|(text, behind)| match given.next() {
        Some(Some(given)) => given.clone(),
        _ if text.contains(old) => text.replace(old, &day),
        _ => format!("{text}{behind}"),
    })
}

/// Adds the cases of `like` that pass for the new pack, moved to its dates.
pub(super) fn cases(
    new: &mut NewPack,
    like: &PackSource,
    asked: &Asked,
    stretch: &Stretch,
    texts: &Texts,
    catalogue: &Catalogue,
) {
    let Some(by) = distance(like, asked) else {
        return;
    };
    let (old, folder) = (PackId::read(&*like.id), PackId::read(&*new.id).file(FOLDER));
    let old = old.file(FOLDER);
    let moved: Texts = texts
        .iter()
        .filter_map(|(path, text)| {
            let name = path.strip_prefix(&old)?;
            Some((format!("{folder}{name}"), moved(text, by)?))
        })
        .into_map();
    let mut left: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    let outside = outside(&new.id, &moved, asked, stretch);
    for (path, index) in failing(&new.id, &moved, catalogue)
        .into_iter()
        .chain(outside)
    {
        left.entry(path).or_default().insert(index);
    }
    let none = BTreeSet::new();
    let mut kept = 0;
    let mut names = Vec::new();
    for (path, text) in moved {
        let out = left.get(&path).unwrap_or(&none);
        let (text, count, gone) = without(&text, out).unwrap_or((String::new(), 0, Vec::new()));
        names.extend(gone);
        kept += count;
        if count > 0 {
            new.files.insert(path, text);
        }
    }
    new.remarks.push(say(
        "new-cases",
        &Args::of("count", kept)
            .with("id", &like.id)
            .with("days", by.count()),
    ));
    let gaps = !names.is_empty() && like.manifest.coverage != Minimum::default();
    if !names.is_empty() {
        new.remarks
            .push(say("new-cases-left", &Args::of("count", names.len())));
    }
    for name in names {
        new.remarks
            .push(say("new-case-left", &Args::of("name", &name)));
    }
    if gaps {
        new.remarks.push(say("new-coverage", &Args::NONE));
    }
}

/// Cases that look at an instant at which the new pack is not in force. Whatever their
/// result, they belong to another pack.
fn outside(id: &str, texts: &Texts, asked: &Asked, stretch: &Stretch) -> Vec<(String, usize)> {
    let inside = |text: &str| {
        let time = Instant::parse(text);
        time.is_ok_and(|time| time >= asked.from && stretch.until.is_none_or(|end| time < end))
    };
    super::cases_of(id, texts, Columns::new())
        .into_iter()
        .flat_map(|(path, cases)| {
            let out = cases
                .into_iter()
                .filter(|case| !case.at.iter().all(|at| inside(&at.time)));
            let out: Vec<(String, usize)> = out.map(|case| (path.clone(), case.index)).collect();
            out
        })
        .collect()
}

/// Days from the beginning of one pack to that of the other, rounded up.
fn distance(like: &PackSource, asked: &Asked) -> Option<Days> {
    let old = Instant::parse(like.manifest.effective.from.as_deref()?).ok()?;
    let seconds = asked.from.minus(old).as_seconds();
    let whole = seconds.div_euclid(86_400);
    Some(Days::new(if seconds.rem_euclid(86_400) == 0 {
        whole
    } else {
        whole + 1
    }))
}

/// A file of cases with every date in it moved.
fn moved(text: &str, by: Days) -> Option<String> {
    let mut document: DocumentMut = text.parse().ok()?;
    move_table(document.as_table_mut(), by);
    Some(document.to_string())
}

fn move_table(table: &mut dyn TableLike, by: Days) {
    for (_, item) in table.iter_mut() {
        match item {
            Item::None => {}
            Item::Value(value) => move_value(value, by),
            Item::Table(inner) => move_table(inner, by),
            Item::ArrayOfTables(tables) => {
                for inner in tables.iter_mut() {
                    move_table(inner, by);
                }
            }
        }
    }
}

fn move_value(value: &mut Value, by: Days) {
    match value {
        Value::Datetime(time) => {
            let mut new = *time.value();
            let date = new
                .date
                .and_then(|date| Date::parse(&date.to_string()).ok());
            let date = date.and_then(|date| date.plus(by));
            if let Some(date) = date.and_then(|date| date.to_string().parse().ok()) {
                let toml_edit::Datetime { date: moved, .. } = date;
                new.date = moved;
                let decor = time.decor().clone();
                *value = new.into();
                *value.decor_mut() = decor;
            }
        }
        Value::Array(values) => {
            for value in values.iter_mut() {
                move_value(value, by);
            }
        }
        Value::InlineTable(inner) => move_table(inner as &mut InlineTable, by),
        _ => {}
    }
}

/// Removes cases from a file. Returns the file, the number of cases left, and the names of
/// those removed.
fn without(text: &str, out: &BTreeSet<usize>) -> Option<(String, usize, Vec<String>)> {
    let mut document: DocumentMut = text.parse().ok()?;
    let cases = document.get_mut("case")?.as_array_of_tables_mut()?;
    let mut index = 0;
    let mut names = Vec::new();
    cases.retain(|case| {
        let stays = !out.contains(&index);
        index += 1;
        if !stays {
            names.extend(case.get("name").and_then(Item::as_str).map(str::to_owned));
        }
        stays
    });
    let kept = cases.len();
    Some((document.to_string(), kept, names))
}
