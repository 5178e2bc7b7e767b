//! Finds where the thing at a place is defined.

use super::card::{find_object, schema_file, source, table_file};
use super::hover::subjects;
use super::spot::{Binder, Local};
use super::view::{Subject, View, Wanted};
use longma_core::Place;
use longma_lang::finding::Spot;
use longma_lang::scope::Source;
use longma_lang::syntax::Bytes;

pub(super) fn definition(view: &View<'_, '_>, byte: usize) -> Vec<Spot> {
    let mut spots: Vec<Spot> = Vec::new();
    for subject in subjects(view, byte).into_iter().flat_map(|(_, all)| all) {
        for spot in of_subject(view, &subject) {
            if !spots.contains(&spot) {
                spots.push(spot);
            }
        }
    }
    spots
}

fn of_subject(view: &View<'_, '_>, subject: &Subject<'_>) -> Vec<Spot> {
    match subject {
        Subject::Function(function) => vec![range(view, &function.name.bytes)],
        Subject::Local(local, _) => of_local(view, local),
        Subject::Field(item, name) => of_field(view, &item.title, name),
        Subject::Param(name) => of_param(view, name),
        Subject::Constructor(_) => of_decision(view, view.decision, Some("scale")),
        Subject::Name(wanted, text) => of_name(view, wanted, text),
        Subject::Source(name) => {
            let pack = source(view, name, None).map(|(pack, _)| pack);
            let spot = pack.and_then(|pack| in_manifest(view, pack, &["sources", name]));
            spot.into_iter().collect()
        }
        Subject::Helper(_) | Subject::Value(_) => Vec::new(),
    }
}

fn range(view: &View<'_, '_>, bytes: &Bytes) -> Spot {
    Spot::Range(view.script.lines.range(&view.script.file, bytes))
}

fn key(file: String, keys: &[&str]) -> Spot {
    let key = keys.iter().map(|key| (*key).to_owned()).collect();
    Spot::Place(Place::Key { file, key })
}

fn in_manifest(view: &View<'_, '_>, pack: usize, keys: &[&str]) -> Option<Spot> {
    let pack = view.world.packs.get(pack)?;
    Some(key(pack.file("pack.toml"), keys))
}

/// A rule's parameter is defined where the thing it reads is; any other name where it is
/// bound.
fn of_local(view: &View<'_, '_>, local: &Local<'_>) -> Vec<Spot> {
    let name = local.name.text.as_str();
    let source = match local.by {
        Binder::Function(function, _) if !function.private => view.read(name),
        _ => None,
    };
    match source.map(|(source, _)| source) {
        None => vec![range(view, &local.name.bytes)],
        Some(Source::Params) => vec![key(view.pack.file("pack.toml"), &["params"])],
        Some(Source::Section) => {
            let subject = &view.pack.source.manifest.subject;
            vec![key(schema_file(subject), &["properties", name])]
        }
        Some(Source::Table) => vec![key(table_file(name), &[])],
        Some(Source::Decision) => {
            let line = view.scopes().flat_map(|scope| scope.packs.iter());
            let declaring = view.declared(name).map(|given| &given.pack);
            let scripts = line.chain(declaring).filter_map(|index| {
                let script = view.world.packs.get(*index)?.scripts.get(name)?;
                Some(Spot::Range(script.lines.range(&script.file, &(0..0))))
            });
            scripts.chain(of_decision(view, name, None)).collect()
        }
    }
}

/// Where a decision is declared.
fn of_decision(view: &View<'_, '_>, decision: &str, part: Option<&str>) -> Vec<Spot> {
    let keys: Vec<&str> = ["decisions", decision].into_iter().chain(part).collect();
    view.declared(decision)
        .filter_map(|given| in_manifest(view, given.pack, &keys))
        .collect()
}

fn of_param(view: &View<'_, '_>, name: &str) -> Vec<Spot> {
    let given = view.scopes().filter_map(|scope| scope.params.get(name));
    given
        .filter_map(|given| in_manifest(view, given.pack, &["params", name]))
        .collect()
}

fn of_name(view: &View<'_, '_>, wanted: &Wanted, text: &str) -> Vec<Spot> {
    match wanted {
        Wanted::Member { record, field, all } if all.iter().any(|name| name == text) => {
            of_field(view, record, field)
        }
        Wanted::Level(decision) if view.levels(decision).contains(&text) => {
            of_decision(view, decision, Some("scale"))
        }
        Wanted::Column(table) => match view.world.common.tables.get(table) {
            Some(row) if row.key_names().any(|name| name == text) => {
                vec![key(table_file(table), &["properties", text])]
            }
            _ => Vec::new(),
        },
        Wanted::Member { .. } | Wanted::Level(_) | Wanted::Values(_) => Vec::new(),
    }
}

/// The key of a field in its schema.
fn of_field(view: &View<'_, '_>, record: &str, field: &str) -> Vec<Spot> {
    let found = find_object(view.world, record);
    let Some((file, object)) = found.filter(|(_, object)| object.field(field).is_some()) else {
        return Vec::new();
    };
    let path = object.path.iter().map(String::as_str);
    let keys: Vec<&str> = path.chain(["properties", field]).collect();
    vec![key(file, &keys)]
}
