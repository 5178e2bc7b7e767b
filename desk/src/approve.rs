//! Who approved a pack: records beside it, each for the texts that were approved.
//!
//! `approvals.toml` of a pack lists them. An approval names the edition: a digest of the
//! pack's files without the approvals. When a text changes, the edition is another one, and
//! what was approved before no longer counts; the record stays. A pack is approved if
//! [`NEEDED`] different persons approved the edition that it has now.

use crate::check::finding;
use crate::code::Code;
use longma_compile::shape::{self, Value};
use longma_compile::texts::Texts;
use longma_core::order::Gather;
use longma_core::{Args, Instant, PackId, Place, Problem};
use longma_lang::finding::{Finding, Spot};
use serde::Serialize;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The file of approvals within a pack.
pub const FILE: &str = "approvals.toml";
/// How many different persons must approve an edition.
pub const NEEDED: usize = 2;
/// The longest text of a record, in characters.
const LONGEST: usize = 500;

/// What is known of the approvals of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Approvals {
    /// The pack's id.
    pub pack: String,
    /// The edition that it has now.
    pub edition: String,
    /// How many different persons approved it.
    pub count: usize,
    /// How many are needed.
    pub needed: usize,
    /// Every record, in the order of the file.
    pub records: Vec<Approval>,
}

/// One approval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Approval {
    /// The version that the pack had.
    pub version: String,
    /// The edition that was approved.
    pub edition: String,
    /// Who approved it.
    pub name: String,
    /// Their office.
    pub office: String,
    /// When, as written.
    pub at: String,
    /// What they noted.
    pub note: String,
    /// Whether the pack still has this edition.
    pub current: bool,
}

/// What somebody says who approves a pack.
#[derive(Debug, Clone, Copy)]
pub struct Approver<'a> {
    /// Their name.
    pub name: &'a str,
    /// Their office.
    pub office: &'a str,
    /// A note; may be empty.
    pub note: &'a str,
    /// When, as in a manifest.
    pub at: &'a str,
}

/// The approvals of every pack, by id.
///
/// ```
/// use longma_desk::approve::{Approver, approvals, approve};
/// # use longma_compile::texts::Texts;
/// let manifest = ("packs/62/2022-03-07/pack.toml".to_owned(), "version = \"3\"\n".to_owned());
/// let mut texts = Texts::from([manifest]);
/// let who = Approver { name: "王某", office: "省疾控", note: "", at: "2022-03-06T10:00:00+08:00" };
/// let text = approve(&texts, "62/2022-03-07", who).unwrap();
/// texts.insert("packs/62/2022-03-07/approvals.toml".to_owned(), text);
/// let known = approvals(&texts);
/// assert_eq!((known[0].count, known[0].records[0].version.as_str()), (1, "3"));
/// // One person is one approval.
/// assert!(approve(&texts, "62/2022-03-07", who).is_err());
/// ```
#[must_use]
pub fn approvals(texts: &Texts) -> Vec<Approvals> {
    let ids = texts.keys().filter_map(|path| Some(PackId::split(path)?.0));
    let ids: BTreeSet<&str> = ids.into_set();
    ids.into_iter().map(|id| of_pack(texts, id).0).collect()
}

/// The pack's file of approvals with one more.
///
/// # Errors
/// If something is missing or too long, or the same person approved this edition before. The
/// place's key names what.
pub fn approve(texts: &Texts, pack: &str, who: Approver<'_>) -> Result<String, Problem> {
    let place = |field: &str| Place::Key {
        file: FILE.to_owned(),
        key: vec![field.to_owned()],
    };
    for (field, said) in [
        ("name", who.name),
        ("office", who.office),
        ("note", who.note),
    ] {
        let long = said.chars().count() > LONGEST;
        if long || said.chars().any(char::is_control) || (said.trim().is_empty() && field != "note")
        {
            return Err(Problem::new(Code::ApprovalWords, place(field)).with("limit", LONGEST));
        }
    }
    if Instant::parse(who.at).is_err() {
        return Err(Problem::new(Code::ApprovalTime, place("at")).with("given", who.at));
    }
    let (known, wrong) = of_pack(texts, pack);
    if !wrong.is_empty() {
        return Err(Problem::new(Code::ApprovalFile, place("")));
    }
    let same = |it: &&Approval| it.current && folded(&it.name) == folded(who.name);
    if let Some(twice) = known.records.iter().find(same) {
        let problem = Problem::new(Code::ApprovalTwice, place("name"));
        return Err(problem.with("name", &twice.name).with("at", &twice.at));
    }
    let path = PackId::read(pack).file(FILE);
    let mut text = texts.get(&path).cloned().unwrap_or_default();
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    if !text.is_empty() {
        text.push('\n');
    }
    let _ = writeln!(text, "[[approval]]");
    for (field, said) in [
        ("version", version(texts, pack).as_str()),
        ("edition", &known.edition),
        ("name", who.name.trim()),
        ("office", who.office.trim()),
    ] {
        let _ = writeln!(text, "{field} = {}", Json::from(said));
    }
    let _ = writeln!(text, "at = {}", who.at);
    if !who.note.trim().is_empty() {
        let _ = writeln!(text, "note = {}", Json::from(who.note.trim()));
    }
    Ok(text)
}

/// What is wrong with files of approvals, and packs that changed since they were approved.
pub(crate) fn findings(texts: &Texts) -> Vec<Finding> {
    let mut found = Vec::new();
    for path in texts.keys() {
        let Some((pack, FILE)) = PackId::split(path) else {
            continue;
        };
        let (known, wrong) = of_pack(texts, pack);
        found.extend(wrong);
        if let Some(last) = known.records.iter().rposition(|it| !it.current)
            && known.count == 0
        {
            let key = vec!["approval".to_owned(), last.to_string()];
            let file = path.clone();
            let spot = Spot::Place(Place::Key { file, key });
            found.push(finding(Code::ApprovalOld, spot, &Args::NONE));
        }
    }
    found
}

fn of_pack(texts: &Texts, pack: &str) -> (Approvals, Vec<Finding>) {
    let edition = edition(texts, pack);
    let path = PackId::read(pack).file(FILE);
    let text = texts.get(&path).map_or("", String::as_str);
    let read = shape::read(&path, text, |top| {
        top.table(|keys| keys.or_default("approval", |it| it.list(record)))
    });
    let mut records = read.value.unwrap_or_default();
    for record in &mut records {
        record.current = record.edition == edition;
    }
    let current = records.iter().filter(|it| it.current);
    let names: BTreeSet<String> = current.map(|it| folded(&it.name)).into_set();
    let known = Approvals {
        pack: pack.to_owned(),
        edition,
        count: names.len(),
        needed: NEEDED,
        records,
    };
    (known, read.findings)
}

fn record(value: Value<'_>) -> Approval {
    value.table(|keys| Approval {
        version: keys.need("version").text(),
        edition: keys.need("edition").text(),
        name: keys.need("name").text(),
        office: keys.need("office").text(),
        at: keys.need("at").text(),
        note: keys.or_default("note", Value::text),
        current: false,
    })
}

/// The digest of a pack's files without its approvals: SHA-256 in hexadecimal.
#[must_use]
pub fn edition(texts: &Texts, pack: &str) -> String {
    let mut digest = Sha256::new();
    for (name, text) in approved(texts, pack) {
        // A length before each, so that nothing can move from one into the next.
        for part in [name, text] {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
    }
    let mut hex = String::new();
    for byte in digest.finalize() {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// What is approved: the texts of a pack without its approvals, by their names in its folder.
pub(crate) fn approved<'t>(texts: &'t Texts, pack: &str) -> BTreeMap<&'t str, &'t str> {
    let own = texts.iter().filter_map(|(path, text)| {
        let (of, name) = PackId::split(path)?;
        (of == pack && name != FILE).then_some((name, text.as_str()))
    });
    own.into_map()
}

/// The version in a pack's manifest.
fn version(texts: &Texts, pack: &str) -> String {
    let path = PackId::read(pack).file("pack.toml");
    let text = texts.get(&path).map_or("", String::as_str);
    let manifest = longma_compile::texts::manifest(&path, text);
    manifest.value.map(|it| it.version).unwrap_or_default()
}

/// A name as it is compared: one person's, as far as writing can tell.
fn folded(name: &str) -> String {
    let kept = name.chars().filter(|c| !c.is_whitespace());
    kept.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]
mod tests {
    use super::{Approver, approvals, approve, findings};
    use longma_compile::texts::Texts;

    const PACK: &str = "62/2022-03-07";

    fn file(name: &str) -> String {
        format!("packs/{PACK}/{name}")
    }

    fn house() -> Texts {
        Texts::from([
            (file("pack.toml"), "version = \"3\"\n".to_owned()),
            (file("code.rhai"), "fn a() {}\n".to_owned()),
        ])
    }

    fn by(name: &str) -> Approver<'_> {
        Approver {
            name,
            office: "疾控中心",
            note: "",
            at: "2022-03-06T10:00:00+08:00",
        }
    }

    fn approved(texts: &mut Texts, name: &str) {
        let text = approve(texts, PACK, by(name)).unwrap();
        texts.insert(file("approvals.toml"), text);
    }

    #[test]
    fn two_persons_approve_and_a_changed_text_is_approved_by_nobody() {
        let mut texts = house();
        approved(&mut texts, "王某");
        approved(&mut texts, "Li Mou");
        assert_eq!(approvals(&texts)[0].count, 2);
        assert!(findings(&texts).is_empty());
        texts.insert(file("code.rhai"), "fn b() {}\n".to_owned());
        let known = approvals(&texts);
        assert_eq!((known[0].count, known[0].records.len()), (0, 2));
        let told: Vec<_> = findings(&texts)
            .iter()
            .map(|it| it.code.to_string())
            .collect();
        assert_eq!(told, ["approval-old"]);
        // Both may approve what it is now.
        approved(&mut texts, "王某");
        assert_eq!(approvals(&texts)[0].count, 1);
        assert!(findings(&texts).is_empty());
    }

    #[test]
    fn one_person_counts_once_however_the_name_is_spaced() {
        let mut texts = house();
        approved(&mut texts, "Li Mou");
        let twice = approve(&texts, PACK, by("li  mou ")).unwrap_err();
        assert_eq!(twice.code.as_str(), "approval-twice");
    }

    #[test]
    fn what_a_record_must_say_is_asked_for() {
        let texts = house();
        let code = |who: Approver<'_>| approve(&texts, PACK, who).unwrap_err().code.to_string();
        assert_eq!(code(by("  ")), "approval-words");
        assert_eq!(code(by("a\nb")), "approval-words");
        assert_eq!(
            code(Approver {
                office: "",
                ..by("王某")
            }),
            "approval-words"
        );
        assert_eq!(
            code(Approver {
                at: "yesterday",
                ..by("王某")
            }),
            "approval-time"
        );
    }

    #[test]
    fn text_of_one_file_cannot_stand_for_that_of_another() {
        let with = |name: &str, text: &str| {
            let mut texts = house();
            texts.insert(file(name), text.to_owned());
            super::edition(&texts, PACK)
        };
        assert_ne!(with("cases/a.toml", "bc"), with("cases/a.tomlb", "c"));
    }

    #[test]
    fn a_file_that_cannot_be_read_is_told_and_not_written_over() {
        let mut texts = house();
        texts.insert(
            file("approvals.toml"),
            "[[approval]]\nname = 7\n".to_owned(),
        );
        assert!(!findings(&texts).is_empty());
        let refused = approve(&texts, PACK, by("王某")).unwrap_err();
        assert_eq!(refused.code.as_str(), "approval-file");
    }
}
