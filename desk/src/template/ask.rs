//! Reads a request and checks each of its fields.

use super::{Request, fresh, objection};
use crate::check::packs::inhabited;
use crate::code::Code;
use crate::countries::is_known;
use longma_compile::{Bundle, PackSource};
use longma_core::{Args, Date, Instant, Offset, PackId, nearest};
use longma_lang::finding::Finding;

/// GB/T 2260 codes of provinces, autonomous regions and municipalities.
pub(super) const PROVINCES: [&str; 34] = [
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41",
    "42", "43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71",
    "81", "82",
];

/// The region code of the country.
pub(super) const COUNTRY: &str = "cn";

/// A request that was read and checked.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) id: String,
    pub(super) region: String,
    /// The series of packs; empty for the plan itself.
    pub(super) series: String,
    pub(super) from: Instant,
    pub(super) until: Option<Instant>,
    pub(super) offset: Offset,
    /// The zone that the offset is that of, if its neighbour says so.
    pub(super) zone: Option<String>,
    pub(super) inherits: Inherits,
    pub(super) like: Option<PackSource>,
    /// The kind of subject, unless a pack is carried on.
    pub(super) subject: String,
    /// The decision, if one is named.
    pub(super) decision: Option<String>,
    /// Titles in Chinese and in English.
    pub(super) titles: [Option<String>; 2],
    pub(super) close_previous: bool,
}

/// What the new pack inherits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Inherits {
    /// Not specified: the same as the pack carried on, or the nearest wider region in force.
    Fitting,
    /// Nothing.
    Nothing,
    /// The plan in force of a region.
    Region(String),
    /// One pack.
    Pack(String),
}

impl Asked {
    pub(super) fn read(request: &Request, bundle: &Bundle) -> Result<Self, Vec<Finding>> {
        let mut wrong = Vec::new();
        let like = read_like(request, bundle).unwrap_or_else(|finding| {
            wrong.push(finding);
            None
        });
        let place = read_region(request, like.as_ref()).unwrap_or_else(|finding| {
            wrong.push(finding);
            Default::default()
        });
        let (region, mut series) = place;
        let named = read_names(request).unwrap_or_else(|findings| {
            wrong.extend(findings);
            None
        });
        if let Some(subject) = &named {
            // Packs about other subjects stand beside a region's plan, never in its place.
            series.clone_from(subject);
        }
        let inherits = read_parent(request, &region, bundle).unwrap_or_else(|finding| {
            wrong.push(finding);
            Inherits::Fitting
        });
        let inherits = match inherits {
            Inherits::Region(_) | Inherits::Pack(_) if named.is_some() => {
                wrong.push(objection("inherits", Code::NewSubjectInherits, &Args::NONE));
                Inherits::Nothing
            }
            Inherits::Fitting if named.is_some() => Inherits::Nothing,
            given => given,
        };
        let neighbour = neighbour(like.as_ref(), &region, &inherits, bundle);
        let offset = neighbour.map_or(Offset::CHINA, PackSource::offset);
        let zone = neighbour.and_then(|pack| pack.manifest.zone.clone());
        let mut time = |field, text: &str| match instant(text, offset) {
            Some(instant) => Some(instant),
            None => {
                wrong.push(objection(field, Code::NewTime, &Args::of("found", text)));
                None
            }
        };
        let from = time("from", &request.from);
        let until = request.until.as_deref().map(|text| time("until", text));
        if let (Some(from), Some(Some(until))) = (from, until)
            && until <= from
        {
            let (from, until) = (from.to_rfc3339(offset), until.to_rfc3339(offset));
            wrong.push(objection(
                "until",
                Code::NewOrder,
                &Args::of("from", &from).with("until", &until),
            ));
        }
        let (Some(from), true) = (from, wrong.is_empty()) else {
            return Err(wrong);
        };
        let joint = if series.is_empty() { "" } else { "-" };
        Ok(Self {
            id: format!("{region}/{series}{joint}{}", from.date(offset)),
            region,
            series,
            from,
            until: until.flatten(),
            offset,
            zone,
            inherits,
            like,
            subject: named.unwrap_or_else(|| fresh::SUBJECT.to_owned()),
            decision: request.decision.clone(),
            titles: [request.title.clone(), request.title_en.clone()],
            close_previous: request.close_previous,
        })
    }

    /// The first instant, as manifests write it.
    pub(super) fn begins(&self) -> String {
        self.from.to_rfc3339(self.offset)
    }
}

fn read_like(request: &Request, bundle: &Bundle) -> Result<Option<PackSource>, Finding> {
    let Some(id) = &request.like else {
        return Ok(None);
    };
    match bundle.packs.iter().find(|pack| pack.id == *id) {
        Some(pack) => Ok(Some(pack.clone())),
        None => {
            let known: Vec<&str> = bundle.packs.iter().map(|pack| pack.id.as_str()).collect();
            let code = if known.is_empty() {
                Code::NewLikeNone
            } else {
                Code::NewLike
            };
            Err(objection(
                "like",
                code,
                &Args::of("found", id).with("known", near(id, &known)),
            ))
        }
    }
}

/// The kind of subject, if it is not the one of the plans; names that files and scripts can
/// have.
fn read_names(request: &Request) -> Result<Option<String>, Vec<Finding>> {
    let subject = request.subject.clone();
    let own = subject.filter(|name| name != fresh::SUBJECT && request.like.is_none());
    let decision = request.decision.as_ref().filter(|_| own.is_some());
    let mut wrong = Vec::new();
    for (field, name) in [("subject", own.as_ref()), ("decision", decision)] {
        if let Some(name) = name.filter(|name| !is_name(name)) {
            wrong.push(objection(field, Code::NewName, &Args::of("found", name)));
        }
    }
    if wrong.is_empty() {
        Ok(own)
    } else {
        Err(wrong)
    }
}

/// Whether a text is lower-case words with `_` between them.
fn is_name(text: &str) -> bool {
    let plain = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase());
    text.split('_').all(plain)
}

/// The region and the series.
fn read_region(request: &Request, like: Option<&PackSource>) -> Result<(String, String), Finding> {
    let (old, series) = like.map(|pack| parts(&pack.id)).unwrap_or_default();
    let region = request.region.as_deref().unwrap_or(old);
    if region.is_empty() && request.like.is_none() {
        return Err(objection("region", Code::NewRegionMissing, &Args::NONE));
    }
    if let Some(right) = inhabited(region) {
        let args = Args::of("found", region).with("right", right);
        return Err(objection("region", Code::PackRegion, &args));
    }
    // A problem with `like` is already reported.
    if region.is_empty() || is_region(region) {
        Ok((region.to_owned(), series.to_owned()))
    } else {
        Err(objection(
            "region",
            Code::NewRegion,
            &Args::of("found", region),
        ))
    }
}

/// Whether a text is `cn`, a code within an existing province, or one outside of China.
fn is_region(text: &str) -> bool {
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return matches!(text.len(), 2 | 4 | 6)
            && PROVINCES.iter().any(|code| text.starts_with(code));
    }
    text == COUNTRY || longma_core::is_region(text) && is_known(text)
}

fn read_parent(request: &Request, region: &str, bundle: &Bundle) -> Result<Inherits, Finding> {
    let Some(name) = request.inherits.as_deref() else {
        return Ok(Inherits::Fitting);
    };
    let ids: Vec<&str> = bundle.packs.iter().map(|pack| pack.id.as_str()).collect();
    let regions: Vec<&str> = ids.iter().map(|id| parts(id).0).collect();
    if name == "none" {
        Ok(Inherits::Nothing)
    } else if name == region {
        Err(objection(
            "inherits",
            Code::NewInheritsItself,
            &Args::of("region", region),
        ))
    } else if ids.contains(&name) {
        Ok(Inherits::Pack(name.to_owned()))
    } else if regions.contains(&name) {
        Ok(Inherits::Region(name.to_owned()))
    } else {
        let mut known = [regions, ids].concat();
        known.dedup();
        let code = if known.is_empty() {
            Code::NewInheritsNone
        } else {
            Code::NewInherits
        };
        let known = near(name, &known);
        Err(objection(
            "inherits",
            code,
            &Args::of("found", name).with("known", &known),
        ))
    }
}

/// The nearest known name, or all known names.
fn near(name: &str, known: &[&str]) -> String {
    nearest(name, known.iter().copied()).map_or_else(|| known.join(", "), str::to_owned)
}

/// Region and series of a pack's id.
pub(super) fn parts(id: &str) -> (&str, &str) {
    (PackId::region_of(id), PackId::series_of(id))
}

/// The pack whose clock the new one follows: the one carried on, else one of the region's
/// own, else the parent.
fn neighbour<'a>(
    like: Option<&'a PackSource>,
    region: &str,
    inherits: &Inherits,
    bundle: &'a Bundle,
) -> Option<&'a PackSource> {
    let parent = |id: &str| match inherits {
        Inherits::Pack(name) => id == name,
        Inherits::Region(name) => parts(id).0 == name,
        Inherits::Fitting | Inherits::Nothing => false,
    };
    let others = bundle.packs.iter();
    like.or_else(|| others.clone().find(|pack| parts(&pack.id).0 == region))
        .or_else(|| others.clone().find(|pack| parent(&pack.id)))
}

fn instant(text: &str, offset: Offset) -> Option<Instant> {
    let day = Date::parse(text).ok().and_then(|day| day.start(offset));
    day.or_else(|| Instant::parse(text).ok())
}
