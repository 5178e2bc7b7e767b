//! Finds when the new pack is in force, next to the other packs of its region and to what
//! it inherits, and what happens to the pack before it.

use super::ask::{Asked, COUNTRY, Inherits, parts};
use super::{NewPack, Texts, failing, finding, fresh, objection, own};
use crate::code::Code;
use crate::text::say;
use longma_compile::{Bundle, PackSource};
use longma_core::order;
use longma_core::{Args, Instant, Localized, Offset, PackId, Place, Span, When};
use longma_lang::finding::Finding;
use toml_edit::{Datetime, DocumentMut, Item, TableLike, Value};

/// The span of a new pack, its parent and its predecessor.
#[derive(Debug)]
pub(super) struct Stretch {
    pub(super) until: Option<Instant>,
    /// What it inherits, as manifests write it.
    pub(super) parent: Option<String>,
    /// The pack that must end where this one begins.
    pub(super) closes: Option<String>,
    pub(super) remarks: Vec<Localized>,
    /// Why it ends there, if the end was not requested.
    ending: Option<Localized>,
}

/// The latest end of the new pack, and the reason.
struct Limit {
    until: Instant,
    refusal: Code,
    remark: &'static str,
    name: String,
}

impl Stretch {
    pub(super) fn find(asked: &Asked, bundle: &Bundle) -> Result<Self, Vec<Finding>> {
        if bundle.packs.iter().any(|pack| pack.id == asked.id) {
            return Err(vec![objection(
                "from",
                Code::NewExists,
                &Args::of("id", &asked.id),
            )]);
        }
        let mut stretch = Self {
            until: asked.until,
            parent: None,
            closes: None,
            remarks: Vec::new(),
            ending: None,
        };
        let mut limits = stretch.neighbours(asked, bundle)?;
        limits.extend(stretch.parent(asked, bundle)?);
        stretch.end(asked, limits)?;
        Ok(stretch)
    }

    /// Checks the region's other packs: those before and the next one after.
    fn neighbours(&mut self, asked: &Asked, bundle: &Bundle) -> Result<Vec<Limit>, Vec<Finding>> {
        let mut limits = Vec::new();
        for (pack, span) in siblings(asked, bundle) {
            let begins = span.from();
            if let Some(begins) = begins.filter(|begins| *begins >= asked.from) {
                limits.push(Limit {
                    until: begins,
                    refusal: Code::NewLater,
                    remark: "new-until-later",
                    name: pack.id.clone(),
                });
            } else if span.until().is_none_or(|until| until > asked.from) {
                if !asked.close_previous {
                    return Err(vec![overlap(pack, span, asked)]);
                }
                self.remarks.push(say(
                    "new-closed",
                    &Args::of("id", &pack.id).with("until", asked.begins()),
                ));
                self.closes = Some(pack.id.clone());
                self.tail(pack, span, asked);
            }
        }
        order::sort_by_key(&mut limits, |limit| limit.until);
        limits.truncate(1);
        Ok(limits)
    }

    /// Takes over the rest of the previous pack's span. If an earlier end was requested, notes
    /// the gap instead.
    fn tail(&mut self, pack: &PackSource, span: Span, asked: &Asked) {
        let text = |instant: Instant| instant.to_rfc3339(asked.offset);
        match (asked.until, span.until()) {
            (None, Some(until)) => {
                self.until = Some(until);
                self.ending = Some(say(
                    "new-until-tail",
                    &Args::of("until", text(until)).with("id", &pack.id),
                ));
            }
            (Some(until), end) if end.is_none_or(|end| end > until) => {
                self.remarks.push(say(
                    "new-gap",
                    &Args::of("until", text(until)).with("region", &asked.region),
                ));
            }
            _ => {}
        }
    }

    /// Finds what the pack inherits, and until when that is in force.
    fn parent(&mut self, asked: &Asked, bundle: &Bundle) -> Result<Option<Limit>, Vec<Finding>> {
        let named = match (&asked.inherits, &asked.like) {
            (Inherits::Fitting, Some(like)) => like.manifest.inherits.clone(),
            (Inherits::Fitting, None) => {
                let found = wider(&asked.region)
                    .into_iter()
                    .find(|region| covered(region, bundle).contains(asked.from));
                self.remarks.push(match &found {
                    Some(region) => say("new-inherits-found", &Args::of("region", region)),
                    None => say("new-inherits-nothing", &Args::of("region", &asked.region)),
                });
                found
            }
            (Inherits::Nothing, None) if asked.subject != fresh::SUBJECT => {
                self.remarks
                    .push(say("new-own", &Args::of("level", own::LOWEST)));
                None
            }
            (Inherits::Nothing, _) => None,
            (Inherits::Region(name) | Inherits::Pack(name), _) => Some(name.clone()),
        };
        self.parent.clone_from(&named);
        // A pack named by id is inherited whether or not it is in force.
        let Some(region) = named.filter(|name| !name.contains('/')) else {
            return Ok(None);
        };
        let whole = covered(&region, bundle);
        let Some(span) = whole.spans().iter().find(|span| span.contains(asked.from)) else {
            let spans = words(whole.spans(), asked.offset);
            return Err(vec![objection(
                "inherits",
                Code::NewInheritsNotInForce,
                &Args::of("region", &region)
                    .with("from", asked.begins())
                    .with("spans", &spans),
            )]);
        };
        Ok(span.until().map(|until| Limit {
            until,
            refusal: Code::NewInheritsEnds,
            remark: "new-until-inherits",
            name: region,
        }))
    }

    /// Checks the requested end against the limits, or else ends at the first limit.
    fn end(&mut self, asked: &Asked, limits: Vec<Limit>) -> Result<(), Vec<Finding>> {
        for limit in limits {
            if self.until.is_some_and(|until| until <= limit.until) {
                continue;
            }
            let text = limit.until.to_rfc3339(asked.offset);
            let args = Args::of("until", &text).with("name", &limit.name);
            if asked.until.is_some() {
                return Err(vec![objection("until", limit.refusal, &args)]);
            }
            self.until = Some(limit.until);
            self.ending = Some(say(limit.remark, &args));
        }
        self.remarks.extend(self.ending.take());
        Ok(())
    }
}

/// The packs of the same region and series with their spans, by beginning. Packs whose dates
/// cannot be read are left out.
fn siblings<'a>(asked: &Asked, bundle: &'a Bundle) -> Vec<(&'a PackSource, Span)> {
    let mine = (asked.region.as_str(), asked.series.as_str());
    let packs = bundle.packs.iter().filter(|pack| parts(&pack.id) == mine);
    let mut found: Vec<(&PackSource, Span)> = packs
        .filter_map(|pack| Some((pack, span_of(pack)?)))
        .collect();
    order::sort_by_key(&mut found, |(_, span)| span.from().map(Instant::unix));
    found
}

fn span_of(pack: &PackSource) -> Option<Span> {
    let read = |text: &Option<String>| match text.as_deref().map(Instant::parse) {
        None => Some(None),
        Some(instant) => instant.ok().map(Some),
    };
    let dates = &pack.manifest.effective;
    Span::new(read(&dates.from)?, read(&dates.until)?)
}

/// When a region's plan is in force.
fn covered(region: &str, bundle: &Bundle) -> When {
    let packs = bundle.packs.iter();
    When::of(
        packs
            .filter(|pack| parts(&pack.id) == (region, ""))
            .filter_map(span_of),
    )
}

/// The regions that contain a region, nearest first.
fn wider(region: &str) -> Vec<String> {
    let digits = if region == COUNTRY { "" } else { region };
    let lengths = [4, 2].into_iter().filter(|length| *length < digits.len());
    let mut found: Vec<String> = lengths
        .filter_map(|length| digits.get(..length).map(str::to_owned))
        .collect();
    if !digits.is_empty() {
        found.push(COUNTRY.to_owned());
    }
    found
}

/// Spans in the notation `[from, until)`.
fn words(spans: &[Span], offset: Offset) -> String {
    let text = |instant: Option<Instant>| {
        instant.map_or_else(|| "…".to_owned(), |instant| instant.to_rfc3339(offset))
    };
    let spans: Vec<String> = spans
        .iter()
        .map(|span| format!("[{}, {})", text(span.from()), text(span.until())))
        .collect();
    spans.join(", ")
}

fn overlap(pack: &PackSource, span: Span, asked: &Asked) -> Finding {
    let place = Place::Key {
        file: PackId::read(&*pack.id).file("pack.toml"),
        key: vec!["effective".to_owned(), "until".to_owned()],
    };
    let from = asked.begins();
    match span.until().map(|until| until.to_rfc3339(asked.offset)) {
        Some(until) => finding(
            place,
            Code::NewOverlap,
            &Args::of("id", &pack.id)
                .with("until", &until)
                .with("from", &from),
        ),
        None => finding(
            place,
            Code::NewOverlapOpen,
            &Args::of("id", &pack.id).with("from", &from),
        ),
    }
}

/// The manifest of the pack `id`, ending at `until` and with its version raised; everything
/// else stays as written.
pub(super) fn closed(id: &str, until: &str, texts: &Texts) -> Result<Texts, Vec<Finding>> {
    let file = PackId::read(id).file("pack.toml");
    let place = Place::Key {
        file: file.clone(),
        key: vec!["effective".to_owned(), "until".to_owned()],
    };
    let refuse = || {
        vec![finding(
            place,
            Code::NewUnedited,
            &Args::of("id", id).with("until", until),
        )]
    };
    let edited = texts.get(&file).and_then(|text| {
        let mut manifest: DocumentMut = text.parse().ok()?;
        let raised = raised(&manifest);
        let effective = manifest.get_mut("effective")?.as_table_like_mut()?;
        put(effective, "until", datetime(until)?);
        if let Some(version) = raised {
            put(manifest.as_table_mut(), "version", version.into());
        }
        Some(manifest.to_string())
    });
    Ok(Texts::from([(file, edited.ok_or_else(refuse)?)]))
}

/// The next version, if versions are numbers.
fn raised(manifest: &DocumentMut) -> Option<String> {
    let version: u64 = manifest.get("version")?.as_str()?.parse().ok()?;
    Some(version.checked_add(1)?.to_string())
}

pub(super) fn datetime(text: &str) -> Option<Value> {
    text.parse::<Datetime>().ok().map(Value::from)
}

/// Sets a key and keeps the blanks and comments around it.
pub(super) fn put(table: &mut dyn TableLike, key: &str, value: Value) {
    match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(old) => {
            let decor = old.decor().clone();
            *old = value;
            *old.decor_mut() = decor;
        }
        None => {
            table.insert(key, Item::Value(value));
        }
    }
}

/// Reports how many cases of the closed pack look at times that are no longer its own.
pub(super) fn lost_cases(
    new: &mut NewPack,
    stretch: &Stretch,
    texts: &Texts,
    catalogue: &longma_core::Catalogue,
) {
    let Some(id) = &stretch.closes else {
        return;
    };
    let count = failing(id, texts, catalogue).len();
    if count > 0 {
        new.remarks.push(say(
            "new-closed-cases",
            &Args::of("id", id).with("count", count),
        ));
    }
}
