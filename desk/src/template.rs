//! Creates a new pack from a template, or by carrying on an earlier pack.
//!
//! The result is texts by path; the caller writes them to disk. The new pack is loaded
//! and its cases are run here, together with the existing packs, so it is known to
//! pass. It does not contain the notice's actual rules; whoever reads the notice writes
//! those.

mod ask;
mod carried;
mod fresh;
mod own;
mod sample;
mod span;

use crate::case::{self, Case, Columns};
use crate::code::Code;
use crate::text::say;
use ask::Asked;
use longma_compile::{Bundle, PackSource};
use longma_core::schema::{IDENTITY, Type};
use longma_core::{Args, Catalogue, Family, Localized, PackId, Place, Schema, Severity};
use longma_lang::finding::{Finding, Spot};
use serde::{Deserialize, Serialize};
use span::Stretch;

/// The file name in findings about the request itself; the key is a field of
/// [`Request`].
pub const REQUEST: &str = "request";

/// The facts about a person, for a house that has no schema of them yet.
const PERSON: &str = include_str!("../../rules/schema/person.schema.json");

pub use longma_compile::texts::Texts;

/// A request for a new pack.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Request {
    /// `cn`, or two, four or six digits by GB/T 2260; by default the region of `like`.
    pub region: Option<String>,
    /// A day, meaning 00:00 at the pack's offset, or an instant.
    pub from: String,
    /// In the same form: the first instant at which the pack is no longer in force.
    pub until: Option<String>,
    /// What it inherits: a region, a pack's id, or `none`.
    pub inherits: Option<String>,
    /// The pack to carry on.
    pub like: Option<String>,
    /// The decision it is about; by default `code` for a person, else `status`.
    pub decision: Option<String>,
    /// The kind of subject it is about; `person` by default.
    pub subject: Option<String>,
    /// Its title in Chinese.
    pub title: Option<String>,
    /// Its title in English.
    pub title_en: Option<String>,
    /// Whether the pack in force before may be changed to end where this one begins.
    pub close_previous: bool,
}

/// A new pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewPack {
    /// `<region>/<date>`.
    pub id: String,
    /// Its files.
    pub files: Texts,
    /// The new texts of other packs' files that change with it.
    pub changed: Texts,
    /// Choices that were made by default, and points to review.
    pub remarks: Vec<Localized>,
}

/// Makes a new pack next to those of `bundle`, whose texts are `texts`.
///
/// ```
/// use longma_desk::template::{Request, pack as new_pack};
/// # use longma_compile::texts::{Texts, read};
/// # let rules = std::path::Path::new("../rules");
/// # let on_disk = |file: &str| std::fs::read_to_string(rules.join(file)).unwrap();
/// # let text = |file: &str| (file.to_owned(), on_disk(file));
/// # let pack = |file: &str| text(&format!("packs/62/validity-2020-02-21/{file}"));
/// // A code is valid for 24 hours from its issue.
/// let texts = Texts::from([
///     text("schema/person.schema.json"),
///     pack("pack.toml"),
///     pack("captions.toml"),
///     pack("validity.rhai"),
/// ]);
/// let bundle = read(&texts).bundle;
/// let request = Request {
///     region: Some("62".to_owned()),
///     from: "2023-01-01".to_owned(),
///     inherits: Some("none".to_owned()),
///     ..Request::default()
/// };
/// let new = new_pack(&request, &bundle, &texts).unwrap();
/// assert_eq!(new.id, "62/2023-01-01");
/// assert!(new.files.contains_key("packs/62/2023-01-01/code.rhai"));
/// ```
///
/// # Errors
/// Everything that is wrong with the request, or what keeps the new pack from loading.
pub fn pack(request: &Request, bundle: &Bundle, texts: &Texts) -> Result<NewPack, Vec<Finding>> {
    let asked = Asked::read(request, bundle)?;
    let plan = asked.subject == fresh::SUBJECT;
    if asked.like.is_none() && plan {
        exampled(request, bundle)?;
    }
    let stretch = Stretch::find(&asked, bundle)?;
    let mut new = NewPack {
        id: asked.id.clone(),
        files: Texts::new(),
        changed: Texts::new(),
        remarks: stretch.remarks.clone(),
    };
    if let Some(previous) = &stretch.closes {
        new.changed = span::closed(previous, &asked.begins(), texts)?;
    }
    let with_schema = schema(&mut new, &asked, bundle);
    let bundle = with_schema.as_ref().unwrap_or(bundle);
    if asked.like.is_none() {
        placed(&asked, bundle)?;
    }
    match &asked.like {
        Some(like) => carried::write(&mut new, like, &asked, &stretch, texts)?,
        None if plan => fresh::write(&mut new, &asked, &stretch, bundle)?,
        None => own::write(&mut new, &asked, &stretch, bundle)?,
    }
    let catalogue = tried(&new, bundle, texts)?;
    if let Some(like) = &asked.like {
        carried::cases(&mut new, like, &asked, &stretch, texts, &catalogue);
    }
    span::lost_cases(&mut new, &stretch, texts, &catalogue);
    others(&mut new, &stretch, bundle, texts, &catalogue);
    if failing(&new.id, &new.files, &catalogue).is_empty() {
        Ok(new)
    } else {
        Err(vec![objection("inherits", Code::NewExample, &Args::NONE)])
    }
}

/// Writes the schema of a subject that has none; the bundle with it.
fn schema(new: &mut NewPack, asked: &Asked, bundle: &Bundle) -> Option<Bundle> {
    let subject = &asked.subject;
    if asked.like.is_some() || bundle.schemas.contains_key(subject) {
        return None;
    }
    let (text, remark) = if subject == fresh::SUBJECT {
        (PERSON.to_owned(), "new-schema-person")
    } else {
        (own::schema(subject), "new-schema")
    };
    let file = own::schema_file(subject);
    new.remarks.push(say(remark, &Args::of("file", &file)));
    new.files.insert(file, text.clone());
    let mut bundle = bundle.clone();
    bundle.schemas.insert(subject.clone(), text);
    Some(bundle)
}

/// Refuses a region that the subject's facts cannot have.
fn placed(asked: &Asked, bundle: &Bundle) -> Result<(), Vec<Finding>> {
    let text = bundle.schemas.get(&asked.subject);
    let schema = text.and_then(|text| Schema::read_partly(text, &asked.subject).0);
    let identity = schema.as_ref().and_then(|it| it.root().field(IDENTITY));
    let identity = identity.and_then(|field| field.kind.object());
    let region = identity.and_then(|it| it.field("region"));
    let home = fresh::home(asked, bundle);
    match region.map(|field| &field.kind) {
        Some(Type::Text(text)) if !text.fits(&home) => {
            let file = own::schema_file(&asked.subject);
            let args = Args::of("found", home).with("file", file);
            Err(vec![objection("region", Code::NewRegionSchema, &args)])
        }
        _ => Ok(()),
    }
}

/// Loads all packs together with the new one.
fn tried(new: &NewPack, bundle: &Bundle, texts: &Texts) -> Result<Catalogue, Vec<Finding>> {
    let mut bundle = bundle.clone();
    for source in &mut bundle.packs {
        let file = PackId::read(&*source.id).file("pack.toml");
        let changed = new.changed.get(&file);
        if let Some(manifest) =
            changed.and_then(|text| longma_compile::texts::manifest(&file, text).sound())
        {
            source.manifest = manifest;
        }
    }
    bundle.packs.extend(source(new, texts));
    longma_oracle::load(&bundle).map_err(|problems| {
        problems
            .as_slice()
            .iter()
            .cloned()
            .map(Finding::from)
            .collect()
    })
}

/// The new pack as the core takes it; `None` if its texts have mistakes.
fn source(new: &NewPack, texts: &Texts) -> Option<PackSource> {
    // It may call functions that other packs share.
    let mut all = texts.clone();
    all.extend(new.files.clone());
    let house = longma_compile::texts::read(&all);
    let own = |finding: &Finding| {
        let pack = finding.spot.file().and_then(PackId::split);
        pack.is_some_and(|(id, _)| id == new.id)
    };
    let sound = !house.findings.iter().any(own);
    let mut packs = house.bundle.packs.into_iter();
    packs.find(|pack| pack.id == new.id).filter(|_| sound)
}

/// The cases of a pack among `texts`, by file.
fn cases_of(id: &str, texts: &Texts, columns: Columns) -> Vec<(String, Vec<Case>)> {
    let folder = PackId::read(id).file(case::FOLDER);
    let known = case::Known::with_columns(texts, columns);
    let files = texts.iter().filter(|(path, _)| path.starts_with(&folder));
    files
        .map(|(path, text)| (path.clone(), case::read_file(path, text, &known).cases))
        .collect()
}

/// The cases that fail, by file and index.
fn failing(id: &str, texts: &Texts, catalogue: &Catalogue) -> Vec<(String, usize)> {
    cases_of(id, texts, catalogue.columns())
        .into_iter()
        .flat_map(|(path, cases)| {
            let failed = cases
                .into_iter()
                .filter(|case| !case.run(catalogue).is_empty());
            let failed: Vec<(String, usize)> =
                failed.map(|case| (path.clone(), case.index)).collect();
            failed
        })
        .collect()
}

/// Refuses a decision about persons that the template has no example for, and names packs
/// to carry on instead.
fn exampled(request: &Request, bundle: &Bundle) -> Result<(), Vec<Finding>> {
    let other = request.decision.as_ref();
    let Some(name) = other.filter(|name| *name != fresh::DECISION) else {
        return Ok(());
    };
    let packs = bundle.packs.iter();
    let having = packs.filter(|pack| pack.manifest.decisions.contains_key(name));
    let known: Vec<&str> = having.map(|pack| pack.id.as_str()).collect();
    let code = if known.is_empty() {
        Code::NewDecisionNone
    } else {
        Code::NewDecision
    };
    let args = Args::of("found", name).with("known", known.join(", "));
    Err(vec![objection("decision", code, &args)])
}

/// Adds a remark for each other pack with cases that pass without the new pack but fail
/// with it, since it now applies to their persons.
fn others(
    new: &mut NewPack,
    stretch: &Stretch,
    bundle: &Bundle,
    texts: &Texts,
    catalogue: &Catalogue,
) {
    let Ok(before) = longma_oracle::load(bundle) else {
        return;
    };
    let closed = stretch.closes.as_ref();
    for pack in bundle.packs.iter().filter(|pack| Some(&pack.id) != closed) {
        let failed = failing(&pack.id, texts, &before);
        let fails = failing(&pack.id, texts, catalogue).into_iter();
        let count = fails.filter(|case| !failed.contains(case)).count();
        if count > 0 {
            new.remarks.push(say(
                "new-cases-otherwise",
                &Args::of("id", &pack.id)
                    .with("count", count)
                    .with("new", &new.id),
            ));
        }
    }
}

/// What is wrong with a field of the request.
fn objection(field: &str, code: Code, args: &Args) -> Finding {
    let place = Place::Key {
        file: REQUEST.to_owned(),
        key: vec![field.to_owned()],
    };
    finding(place, code, args)
}

fn finding(place: Place, code: Code, args: &Args) -> Finding {
    Finding {
        instead: None,
        severity: Severity::Error,
        code: code.into(),
        message: say(code.name(), args),
        help: Some(say(&format!("{code}.help"), args)),
        spot: Spot::Place(place),
    }
}
