//! What packs and places are called: `62/gold-2021-05-01`, `620102`.
//!
//! Reading an id is lenient: a text that is no id still has what stands before
//! its slash as its region, so that everything else about the pack can be
//! checked. [`PackId::is_sound`] says whether it is one.

use crate::time::Date;
use std::fmt;

/// The region that stands for the whole country.
pub const NATIONAL: &str = "cn";

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
    /// Takes `text` for an id, whatever it says.
    #[must_use]
    pub fn read(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The region: `cn`, or two, four or six digits by GB/T 2260. Of an id that
    /// is not sound, what stands before the slash.
    #[must_use]
    pub fn region(&self) -> &str {
        Self::region_of(&self.0)
    }

    /// The series of packs that it belongs to, a lower-case word; empty for the
    /// plan itself.
    #[must_use]
    pub fn series(&self) -> &str {
        Self::series_of(&self.0)
    }

    /// As [`region`](Self::region), of an id as text.
    #[must_use]
    pub fn region_of(id: &str) -> &str {
        id.split('/').next().unwrap_or_default()
    }

    /// As [`series`](Self::series), of an id as text.
    #[must_use]
    pub fn series_of(id: &str) -> &str {
        parts(id).0
    }

    /// The day from which it holds, `YYYY-MM-DD`; whatever stands there, of an id
    /// that is not sound.
    #[must_use]
    pub fn day(&self) -> &str {
        parts(&self.0).1
    }

    /// Whether the id has a region, a date, and between them a series or nothing.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let region = self.region();
        let digits = region.bytes().all(|b| b.is_ascii_digit());
        let placed = region == NATIONAL || (digits && matches!(region.len(), 2 | 4 | 6));
        let (series, date) = parts(&self.0);
        let named = series.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        let dashed =
            name(&self.0).len() == date.len() + series.len() + usize::from(!series.is_empty());
        placed && named && dashed && Date::parse(date).is_ok()
    }

    /// The path of one of its files inside a bundle.
    #[must_use]
    pub fn file(&self, name: &str) -> String {
        format!("{}{}/{name}", Self::FOLDER, self.0)
    }

    /// The path of the script of one of its decisions.
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

    /// Whether `name` means this pack: its id, or its region.
    #[must_use]
    pub fn is_named(&self, name: &str) -> bool {
        name == self.0 || (name == self.region() && name.len() < self.0.len())
    }

    /// The pack's id and the file's name in a path that [`file`](Self::file) gave;
    /// the name of a file of cases is `cases/code.toml`.
    #[must_use]
    pub fn split(path: &str) -> Option<(&str, &str)> {
        let inside = path.strip_prefix(Self::FOLDER)?;
        let (region, rest) = inside.split_once('/')?;
        match rest.find('/') {
            Some(at) => Some((inside.get(..region.len() + 1 + at)?, rest.get(at + 1..)?)),
            // Of an id that is not sound.
            None => Some((region, rest)),
        }
    }

    /// The folder of all packs inside a bundle.
    const FOLDER: &str = "packs/";
}

/// What stands behind the slash.
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

/// Whether packs of the region `wide` rule in `narrow`.
#[must_use]
pub fn covers(wide: &str, narrow: &str) -> bool {
    wide == NATIONAL || narrow.starts_with(wide)
}

/// How narrow a region is: the longer its code, the narrower; the country is widest.
pub(crate) fn breadth(region: &str) -> usize {
    if region == NATIONAL { 0 } else { region.len() }
}

/// Whether a text is the six-digit code of a place where somebody can be.
#[must_use]
pub fn is_region(text: &str) -> bool {
    text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit())
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
            "gs/2022-03-07",
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
