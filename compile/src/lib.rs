//! Turns packs given as texts into plans that are ready to evaluate.
//!
//! [`texts::read`] reads texts into a [`Bundle`]. [`load`] checks each pack on its own
//! (`pack.rs`), finds what it inherits and when (`lineage.rs`), links each line of
//! descent into a plan (`link.rs`), and compares the plans of a region with one another
//! (`joined.rs`). [`world`] offers the same packs and lines of descent with scripts as
//! trees, for tools that inspect rules. Every mistake is reported, not only the first.
//! An [`Interpreter`] supplies what runs when a rule is called; this crate contains
//! none.

mod code;
pub mod compiled;
mod compiler;
pub mod cost;
mod free;
mod joined;
mod lineage;
mod link;
pub mod listing;
mod lower;
mod manifest;
mod optimise;
mod pack;
mod script;
pub mod shape;
pub mod shared;
pub mod texts;
#[cfg(test)]
mod tiny;
pub mod toml;
pub mod world;
pub mod zone;

pub use code::{Code, refusals};
pub use lineage::Lineage;
pub use manifest::{
    BUNDLE_FORMAT, Bundle, COLOURS, Captions, DecisionCaptions, Effective, Law, LawKind, Manifest,
    Minimum, PackSource, Param, ParamValue, RuleCaptions, Scalar, Scale, Source, UNITS,
    usual_languages,
};
pub use pack::Pack;
pub use script::{Function, Interpreter, Meaning, Script};

use lineage::{drifts, lineages};
use link::{Linker, Stock};
use longma_core::order;
use longma_core::order::Gather;
use longma_core::plan::Plan;
use longma_core::program::Program;
use longma_core::{
    Catalogue, Contents, Descent, PackId, Part, Place, Places, Problem, Problems, Schema, Span,
    limits, nearest,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

/// The plan of each line of descent. `None` if it could not be linked.
type Plans = BTreeMap<Vec<usize>, Option<Arc<Plan>>>;

/// Checks, compiles and links every pack of a bundle.
///
/// ```
/// use longma_compile::texts::{Texts, read};
/// use longma_compile::{Interpreter, Script, load};
/// use longma_core::Problems;
/// use std::rc::Rc;
///
/// /// Refuses every script.
/// struct NoScripts;
///
/// impl<'a> Interpreter<'a> for NoScripts {
///     fn read(&self, _: &'a str, _: &str) -> Result<Rc<dyn Script + 'a>, Problems> {
///         Err(Problems::default())
///     }
/// }
///
/// let text = |file: &str, text: &str| (format!("packs/62/2022-03-07/{file}"), text.to_owned());
/// let house = read(&Texts::from([
///     ("schema/area.schema.json".to_owned(), SCHEMA.to_owned()),
///     text("pack.toml", MANIFEST),
///     text("captions.toml", ""),
/// ]));
/// let catalogue = load(&house.bundle, &NoScripts).unwrap();
/// assert_eq!(catalogue.packs()[0].id, "62/2022-03-07");
/// # const SCHEMA: &str = include_str!("../../rules/schema/area.schema.json");
/// # const MANIFEST: &str = r#"
/// # subject = "area"
/// # version = "1"
/// # title = { zh-CN = "方案", en = "A plan" }
/// # authority = { zh-CN = "省", en = "Province" }
/// # effective.from = 2022-03-07T00:00:00+08:00
/// # "#;
/// ```
///
/// # Errors
/// All problems of all packs.
pub fn load<'a>(
    bundle: &'a Bundle,
    interpreter: &dyn Interpreter<'a>,
) -> Result<Catalogue, Problems> {
    let mut problems = Problems::default();
    let Bundle {
        schemas,
        references,
        places,
        packs: sources,
        ..
    } = bundle;
    if sources.len() > limits::PACKS {
        return Err(Problem::new(Code::BundleSize, Place::None)
            .with("limit", limits::PACKS)
            .into());
    }
    let schemas = read_schemas(schemas, "schema", &mut problems);
    let tables = read_schemas(references, "reference", &mut problems);
    let places = read_places(places.as_deref(), &tables, &mut problems);
    let mut packs: Vec<link::Pack<'_>> = Vec::new();
    for source in sources {
        if packs.iter().any(|pack| pack.id.as_str() == source.id) {
            let place = Place::file(&PackId::read(&*source.id).file("pack.toml"), 0, 0);
            problems.push(Problem::new(Code::PackDuplicate, place).with("id", &source.id));
            continue;
        }
        let script = |text: &'a str, file: String| interpreter.read(text, &file);
        packs.push(Pack::read(source, &schemas, script, &mut problems));
    }
    for pack in &packs {
        check_signers(pack, &schemas, &mut problems);
    }
    overlaps(&mut packs, &mut problems);
    descend(&mut packs, &mut problems);
    let stock = Stock {
        packs: &packs,
        schemas: &schemas,
        tables: &tables,
    };
    let descents = link(stock, &mut problems);
    if !problems.is_empty() {
        return Err(problems);
    }
    let kept = packs.into_iter().zip(descents);
    let catalogue = Catalogue::new(Contents {
        packs: kept
            .map(|(pack, descents)| linked(&pack, descents))
            .collect(),
        schemas,
        tables,
        places,
        texts: interpreter.texts(),
    });
    // Every policy on a cycle reports it; keep one.
    for problem in joined::problems(&catalogue) {
        if !problems.as_slice().contains(&problem) {
            problems.push(problem);
        }
    }
    problems.or(catalogue)
}

/// Checks and links every pack of a bundle; rules are compiled.
///
/// ```
/// use longma_compile::compile;
/// use longma_compile::texts::{Texts, read};
/// let text = |file: &str, text: &str| (format!("packs/62/2022-03-07/{file}"), text.to_owned());
/// let house = read(&Texts::from([
///     ("schema/area.schema.json".to_owned(), SCHEMA.to_owned()),
///     text("pack.toml", MANIFEST),
///     text("captions.toml", ""),
/// ]));
/// let (catalogue, program) = compile(&house.bundle).unwrap();
/// assert_eq!(catalogue.packs()[0].id, "62/2022-03-07");
/// assert!(program.get().unwrap().entries.is_empty());
/// # const SCHEMA: &str = include_str!("../../rules/schema/area.schema.json");
/// # const MANIFEST: &str = r#"
/// # subject = "area"
/// # version = "1"
/// # title = { zh-CN = "方案", en = "A plan" }
/// # authority = { zh-CN = "省", en = "Province" }
/// # effective.from = 2022-03-07T00:00:00+08:00
/// # "#;
/// ```
///
/// # Errors
/// All problems of all packs.
pub fn compile(bundle: &Bundle) -> Result<(Catalogue, Arc<OnceLock<Program>>), Problems> {
    let compiler = compiler::Compiler::new(bundle);
    let catalogue = load(bundle, &compiler)?;
    Ok((catalogue, compiler.finish()))
}

/// Compiles every pack of a bundle into a file that
/// [`packed::read`](longma_core::packed::read) reads. `places` says whether the file
/// holds the places of rules in their scripts, for messages.
///
/// # Errors
/// All problems of all packs.
pub fn packed(bundle: &Bundle, places: bool) -> Result<Vec<u8>, Problems> {
    let (catalogue, program) = compile(bundle)?;
    let program = program.get().cloned().unwrap_or_default();
    Ok(longma_core::packed::write(&catalogue, &program, places)?)
}

/// The pack as the catalogue keeps it.
fn linked(pack: &link::Pack<'_>, descents: Vec<Descent>) -> longma_core::Pack {
    let manifest = &pack.source.manifest;
    longma_core::Pack {
        id: pack.id.clone(),
        version: manifest.version.clone(),
        title: manifest.title.clone(),
        effective: span(pack),
        offset: pack.offset,
        corrections: manifest.corrections,
        signers: manifest.signers(),
        descents,
    }
}

fn span(pack: &link::Pack<'_>) -> Span {
    pack.effective.unwrap_or(Span::ALWAYS)
}

/// Reports sections that must be signed and are none, or that nobody could sign. Passed over,
/// a slip would let unsigned facts count.
fn check_signers(
    pack: &link::Pack<'_>,
    schemas: &BTreeMap<String, Schema>,
    problems: &mut Problems,
) {
    let manifest = &pack.source.manifest;
    let Some(schema) = schemas.get(&manifest.subject) else {
        return;
    };
    for (name, signed) in &manifest.facts {
        let mut sections = schema.sections();
        if !sections.any(|it| it == name) {
            let near = nearest(name, schema.sections()).unwrap_or("—");
            let found = Problem::new(Code::RequiresSection, pack.key(["facts", name]));
            problems.push(found.with("name", name).with("near", near));
        }
        if signed.by.iter().all(|it| it.trim().is_empty()) {
            let place = pack.key(["facts", name, "by"]);
            problems.push(Problem::new(Code::RequiresNobody, place).with("name", name));
        }
    }
}

/// Sorts the packs, and reports packs of one series whose spans overlap.
fn overlaps(packs: &mut [link::Pack<'_>], problems: &mut Problems) {
    order::sort_by(packs, |a, b| {
        let key =
            |pack: &link::Pack<'_>| (pack.id.region().to_owned(), pack.id.series().to_owned());
        (key(a), span(a).bounds(), &a.id).cmp(&(key(b), span(b).bounds(), &b.id))
    });
    for pair in packs.windows(2) {
        if let [first, second] = pair
            && first.id.region() == second.id.region()
            && first.id.series() == second.id.series()
            && !first.adrift
            && !second.adrift
            && span(first).bounds().1 > span(second).bounds().0
        {
            let place = second.key(["effective"]);
            problems.push(
                Problem::new(Code::PackOverlap, place)
                    .with("first", &first.id)
                    .with("second", &second.id),
            );
        }
    }
}

/// Finds the lines of descent of each pack. A pack has none if any is missing.
fn descend(packs: &mut [link::Pack<'_>], problems: &mut Problems) {
    for index in 0..packs.len() {
        // Further problems of such a pack would only follow from that.
        if drifts(packs, index, &mut BTreeSet::new()) {
            continue;
        }
        let (found, wrong) = lineages(packs, index);
        // The other problems follow from the first.
        match (wrong.into_iter().next(), packs.get_mut(index)) {
            (Some(problem), _) => once(problem, problems),
            (None, Some(pack)) => pack.lineages = found,
            (None, None) => {}
        }
    }
}

/// Adds a problem unless another line of descent has reported it.
fn once(problem: Problem, problems: &mut Problems) {
    if !problems.as_slice().contains(&problem) {
        problems.push(problem);
    }
}

/// Links the plans of each pack, and returns its descents.
fn link(stock: Stock<'_>, problems: &mut Problems) -> Vec<Vec<Descent>> {
    let mut found: Vec<Problem> = Vec::new();
    let mut plans = Plans::new();
    for pack in stock.packs {
        let mut used = BTreeSet::new();
        for line in pack.lineages.iter().map(|line| &line.packs) {
            if !plans.contains_key(line) {
                let linked = Linker::new(stock, line).link(&mut used);
                let plan = linked
                    .map(Arc::new)
                    .map_err(|problems| found.extend(problems));
                plans.insert(line.clone(), plan.ok());
            }
        }
        found.extend(void_entries(stock.packs, pack, &used));
    }
    for problem in found {
        once(problem, problems);
    }
    let part = |line: &[usize]| {
        let packs = line.iter().filter_map(|index| stock.packs.get(*index));
        Some(Part {
            packs: packs.map(|pack| pack.id.to_string()).collect(),
            plan: plans.get(line).cloned().flatten()?,
        })
    };
    let descent = |line: &Lineage| {
        let above = line.packs.get(1..).filter(|above| !above.is_empty());
        Some(Descent {
            span: line.span?,
            own: part(&line.packs)?,
            above: above.and_then(part),
        })
    };
    let of_pack = |pack: &link::Pack<'_>| pack.lineages.iter().filter_map(descent).collect();
    stock.packs.iter().map(of_pack).collect()
}

/// Problems for entries of `[overrides]` and `[drops]` that no line of descent needed.
fn void_entries(
    packs: &[link::Pack<'_>],
    pack: &link::Pack<'_>,
    used: &BTreeSet<String>,
) -> Vec<Problem> {
    if pack.lineages.is_empty() {
        return Vec::new();
    }
    let ancestors = pack.lineages.iter().flat_map(|line| &line.packs);
    let unread: BTreeSet<&str> = ancestors
        .filter_map(|index| packs.get(*index))
        .flat_map(|pack| pack.unread.iter().copied())
        .into_set();
    let judged = |name: &str| {
        let decision = name.split('.').next().unwrap_or(name);
        !unread.contains(decision)
    };
    let tables = [
        ("overrides", &pack.source.manifest.overrides),
        ("drops", &pack.source.manifest.drops),
    ];
    let mut problems = Vec::new();
    for (table, entries) in tables {
        for name in entries.keys().filter(|name| judged(name)) {
            // A param that the pack also writes anew is used, but not dropped.
            let code = if table == "drops" && name.starts_with("params.") {
                Code::DropParam
            } else if used.contains(name) {
                continue;
            } else {
                Code::OverrideVoid
            };
            let place = pack.key([table, name.as_str()]);
            problems.push(Problem::new(code, place).with("name", name));
        }
    }
    problems
}

/// The table of places, which a table whose key begins with places needs.
fn read_places(
    text: Option<&str>,
    tables: &BTreeMap<String, Schema>,
    problems: &mut Problems,
) -> Option<Places> {
    let Some(text) = text else {
        for (name, _) in tables.iter().filter(|(_, table)| table.root().places > 0) {
            let file = format!("reference/{name}.schema.json");
            let place = Place::file(&file, 0, 0);
            problems.push(Problem::new(Code::PlacesMissing, place).with("name", name));
        }
        return None;
    };
    match Places::read(text, "places") {
        Ok(places) => Some(places),
        Err(found) => {
            problems.extend(found);
            None
        }
    }
}

fn read_schemas(
    texts: &BTreeMap<String, String>,
    folder: &str,
    problems: &mut Problems,
) -> BTreeMap<String, Schema> {
    let mut schemas = BTreeMap::new();
    for (name, text) in texts {
        match Schema::read(text, &format!("{folder}/{name}.schema.json")) {
            Ok(schema) => drop(schemas.insert(name.clone(), schema)),
            Err(found) => problems.extend(found),
        }
    }
    schemas
}
