//! Ids of packs and regions: `62/gold-2021-05-01`, `620102`.
//!
//! Reading an id is lenient: even a malformed id has a region, the part before its
//! slash, so that everything else about the pack can be checked.
//! [`PackId::is_sound`] says whether an id is well formed.

use crate::time::Date;
use std::fmt;

/// The region for the whole country.
pub const NATIONAL: &str = "cn";

/// What the name of a scheme that has no region begins with: `org-college`.
const ORGANISATION: &str = "org-";

/// A pack's id: `<region>/<date>` or `<region>/<series>-<date>`.
///
/// ```
/// use longma_core::PackId;
/// let id = PackId::read("62/gold-2021-05-01");
/// assert!(id.is_sound());
/// assert_eq!((id.region(), id.series()), ("62", "gold"));
/// assert_eq!(id.file("pack.toml"), "packs/62/gold-2021-05-01/pack.toml");
/// assert_eq!(PackId::split("packs/62/2022-03-07/code.rhai"), Some(("62/2022-03-07", "code.rhai")));
/// assert_eq!(PackId::script_of("62/2022-03-07/code/close").as_deref(), Some("packs/62/2022-03-07/code.rhai"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PackId(String);

impl PackId {
    /// Takes any text as an id, without checking it.
    #[must_use]
    pub fn read(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The region: `cn`, two, four or six digits of GB/T 2260, or what [`is_region`] names
    /// outside of China. In an id that is not sound, whatever is before the slash.
    #[must_use]
    pub fn region(&self) -> &str {
        Self::region_of(&self.0)
    }

    /// The pack's series, a lower-case word; empty for the main plan.
    #[must_use]
    pub fn series(&self) -> &str {
        Self::series_of(&self.0)
    }

    /// Like [`region`](Self::region), for an id given as text.
    #[must_use]
    pub fn region_of(id: &str) -> &str {
        id.split('/').next().unwrap_or_default()
    }

    /// Like [`series`](Self::series), for an id given as text.
    #[must_use]
    pub fn series_of(id: &str) -> &str {
        parts(id).0
    }

    /// The date in the id, `YYYY-MM-DD`. In an id that is not sound, whatever is in
    /// its place.
    #[must_use]
    pub fn day(&self) -> &str {
        parts(&self.0).1
    }

    /// Whether the id is a valid region and date, with an optional series between them.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let region = self.region();
        let digits = region.bytes().all(|b| b.is_ascii_digit());
        let placed = match region {
            NATIONAL => true,
            _ if digits => matches!(region.len(), 2 | 4 | 6),
            _ => is_elsewhere(region),
        };
        let (series, date) = parts(&self.0);
        let named = series.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        let dashed =
            name(&self.0).len() == date.len() + series.len() + usize::from(!series.is_empty());
        placed && named && dashed && Date::parse(date).is_ok()
    }

    /// The path of one of the pack's files inside a bundle.
    #[must_use]
    pub fn file(&self, name: &str) -> String {
        format!("{}{}/{name}", Self::FOLDER, self.0)
    }

    /// The path of the script for one of the pack's decisions.
    #[must_use]
    pub fn script(&self, decision: &str) -> String {
        self.file(&format!("{decision}.rhai"))
    }

    /// The path of the script that holds a rule, given as `pack/decision/function`.
    #[must_use]
    pub fn script_of(rule: &str) -> Option<String> {
        let (path, _) = rule.rsplit_once('/')?;
        let (pack, decision) = path.rsplit_once('/')?;
        Some(Self::read(pack).script(decision))
    }

    /// Whether `name` is this pack's id or its region.
    #[must_use]
    pub fn is_named(&self, name: &str) -> bool {
        name == self.0 || (name == self.region() && name.len() < self.0.len())
    }

    /// Splits a path made by [`file`](Self::file) into the pack's id and the file's
    /// name, such as `pack.toml` or `cases/code.toml`.
    #[must_use]
    pub fn split(path: &str) -> Option<(&str, &str)> {
        let inside = path.strip_prefix(Self::FOLDER)?;
        let (region, rest) = inside.split_once('/')?;
        match rest.find('/') {
            Some(at) => Some((inside.get(..region.len() + 1 + at)?, rest.get(at + 1..)?)),
            // An id that is not sound: it has no slash.
            None => Some((region, rest)),
        }
    }

    /// The folder of all packs inside a bundle.
    const FOLDER: &str = "packs/";
}

/// The part after the slash.
fn name(id: &str) -> &str {
    id.split_once('/').map_or("", |(_, name)| name)
}

/// The series and the date.
fn parts(id: &str) -> (&str, &str) {
    let name = name(id);
    let at = name.len().checked_sub("YYYY-MM-DD".len());
    let split = at.and_then(|at| Some((name.get(..at)?, name.get(at..)?)));
    let (series, date) = split.unwrap_or(("", name));
    (series.strip_suffix('-').unwrap_or(series), date)
}

impl fmt::Display for PackId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether packs of the region `wide` apply in `narrow`.
///
/// ```
/// use longma_core::{NATIONAL, covers};
/// assert!(covers("62", "620102") && covers(NATIONAL, "620102") && covers("de", "de-by"));
/// assert!(!covers("6201", "620500") && !covers(NATIONAL, "de") && !covers("de-b", "de-by"));
/// ```
#[must_use]
pub fn covers(wide: &str, narrow: &str) -> bool {
    if wide == NATIONAL {
        return narrow == NATIONAL || is_coded(narrow);
    }
    let coded = is_coded(narrow);
    let rest = narrow.strip_prefix(wide);
    rest.is_some_and(|rest| coded || rest.is_empty() || rest.starts_with('-'))
}

/// How narrow a region is: the longer its code, the narrower; the country is widest.
pub(crate) fn breadth(region: &str) -> usize {
    if region == NATIONAL { 0 } else { region.len() }
}

/// Whether a text is the code of a region, as facts give for where somebody is: in China six
/// digits of GB/T 2260; elsewhere a country of ISO 3166-1 with two letters, or its part by
/// ISO 3166-2, in lower case. Schemes that no region has carry a name of their organisation.
///
/// ```
/// use longma_core::is_region;
/// assert!(is_region("620102"));
/// assert!(is_region("de") && is_region("de-by"));
/// assert!(is_region("org-college") && is_region("org-college-library"));
/// assert!(!is_region("62") && !is_region("cn") && !is_region("DE") && !is_region("org"));
/// ```
#[must_use]
pub fn is_region(text: &str) -> bool {
    if is_coded(text) {
        return text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit());
    }
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-');
    let country = text.len() == 2 || text.get(2..3) == Some("-");
    (country && !text.starts_with(NATIONAL) || text.starts_with(ORGANISATION))
        && text.bytes().all(plain)
}

/// Whether a region is no name of letters: a code of GB/T 2260, which the table of places has.
pub(crate) fn is_coded(region: &str) -> bool {
    !region.starts_with(|c: char| c.is_ascii_lowercase())
}

/// Whether a text is the code of a country other than China or of a part of it, or the name
/// of an organisation's scheme, with each part as long as it can be.
fn is_elsewhere(text: &str) -> bool {
    let mut parts = text.split('-');
    let country = parts.next() != Some("org");
    is_region(text)
        && parts
            .clone()
            .all(|part| !part.is_empty() && (!country || part.len() <= 3))
        && !(country && parts.count() > 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_a_region_a_series_and_a_date() {
        for (text, region, series) in [
            ("cn/2021-05-14", "cn", ""),
            ("6201/2022-07-13", "6201", ""),
            ("62/fever_clinic-2020-01-25", "62", "fever_clinic"),
            ("de/2021-05-14", "de", ""),
            ("de-by/entry-2021-05-14", "de-by", "entry"),
            ("org-college/2026-11-28", "org-college", ""),
        ] {
            let id = PackId::read(text);
            assert!(id.is_sound(), "{text}");
            assert_eq!((id.region(), id.series()), (region, series));
        }
    }

    #[test]
    fn what_is_no_id_still_has_a_region() {
        for text in [
            "62",
            "62/",
            "62/2022-02-30",
            "62/-2022-03-07",
            "62/Gold-2022-03-07",
            "62/gold2022-03-07",
            "62/gold--2022-03-07",
            "621/2022-03-07",
            "gansu/2022-03-07",
            "cn-62/2022-03-07",
            "DE/2022-03-07",
            "de-/2022-03-07",
            "de-bavaria/2022-03-07",
            "de-by-m/2022-03-07",
            "org/2022-03-07",
            "org-/2022-03-07",
            "org-a--b/2022-03-07",
            "62/x/2022-03-07",
        ] {
            assert!(!PackId::read(text).is_sound(), "{text}");
        }
        assert_eq!(PackId::read("62/when").region(), "62");
    }

    #[test]
    fn a_path_is_taken_apart_as_it_was_made() {
        for (id, name) in [
            ("62/2022-03-07", "code.rhai"),
            ("62/2022-03-07", "cases/code.toml"),
            ("62/cases", "pack.toml"),
            ("62", "pack.toml"),
        ] {
            let path = PackId::read(id).file(name);
            assert_eq!(PackId::split(&path), Some((id, name)));
        }
        assert_eq!(PackId::split("schema/person.schema.json"), None);
    }

    #[test]
    fn a_pack_is_named_by_its_id_or_its_region() {
        let id = PackId::read("62/gold-2021-05-01");
        assert!(id.is_named("62/gold-2021-05-01") && id.is_named("62"));
        assert!(!id.is_named("6") && !id.is_named("62/") && !id.is_named("gold"));
    }
}
