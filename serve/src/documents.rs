//! The folder of signed documents: what is given out from it, and what is decided by it.
//!
//! The folder is the one that a gate reads: `root.cbor` and its successors, `timestamp.cbor`,
//! `release.cbor`, `packs.longma`, `tables/*.csv`, `sources.json`, `revoked.cbor`, and
//! `venue.json`, which is not given out. All of it is read together and swapped at once. If
//! something new does not count, what was there before stays.

use crate::code::{Code, problem};
use longma_core::{Catalogue, Instant, Problem, Problems, References, hex, packed};
use longma_gate::{Gate, PACKS};
use longma_seal::statement::Sources;
use longma_seal::trust::{Root, Seen, digest};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::SystemTime;

/// The sources' keys, by their name in a release.
pub const SOURCES: &str = "sources.json";
/// The most bytes of all files.
const BYTES: u64 = 256 << 20;
/// The most files.
const FILES: usize = 1_000;
/// How many seconds lie between two looks at the folder.
const LOOK_AGAIN: u64 = 5;

/// A folder, with what was read of it last.
#[derive(Debug)]
pub struct Shelf {
    folder: PathBuf,
    loaded: RwLock<Arc<Loaded>>,
    /// Why the folder's newest state does not count, if it does not.
    newer: RwLock<Option<Problems>>,
    looked: Mutex<Looked>,
    /// When somebody looked last, in seconds since the Unix epoch.
    looked_at: AtomicI64,
}

/// What was found at the last look, and what the newest versions are.
#[derive(Debug)]
struct Looked {
    mark: Mark,
    seen: Seen,
}

/// The names of files with their times and sizes.
type Mark = Vec<(String, Option<SystemTime>, u64)>;

/// What was read of a folder.
#[derive(Debug)]
pub struct Loaded {
    /// What is given out, by name.
    pub files: BTreeMap<String, File>,
    /// What decides.
    pub catalogue: Catalogue,
    /// The tables that rules read.
    pub references: References,
    /// Whose statements count.
    pub sources: Sources,
    /// What verifies codes.
    pub gate: Gate,
    /// The version of the release.
    pub release: i64,
    /// From when on it no longer counts.
    pub until: Instant,
}

/// A file that is given out.
#[derive(Debug, Clone)]
pub struct File {
    /// What it holds.
    pub bytes: axum::body::Bytes,
    /// Its digest (SHA-256), in hexadecimal.
    pub digest: String,
}

impl Shelf {
    /// Reads a folder.
    ///
    /// # Errors
    /// If it cannot be read, or nothing in it counts now.
    pub fn open(folder: &Path, now: Instant) -> Result<Self, Problems> {
        let mut seen = Seen::default();
        let mark = mark(folder)?;
        let loaded = load(folder, &mark, &mut seen, now)?;
        Ok(Self {
            folder: folder.to_owned(),
            loaded: RwLock::new(Arc::new(loaded)),
            newer: RwLock::new(None),
            looked: Mutex::new(Looked { mark, seen }),
            looked_at: AtomicI64::new(now.unix()),
        })
    }

    /// Whether it is time to look at the folder again.
    #[must_use]
    pub fn due(&self, now: Instant) -> bool {
        let at = self.looked_at.load(Ordering::Relaxed);
        now.unix().abs_diff(at) >= LOOK_AGAIN
    }

    /// What the folder holds. It looks there again every few seconds, and may therefore block.
    #[must_use]
    pub fn current(&self, now: Instant) -> Arc<Loaded> {
        // Whoever finds somebody else looking takes what is there.
        if self.due(now)
            && let Ok(mut looked) = self.looked.try_lock()
        {
            self.looked_at.store(now.unix(), Ordering::Relaxed);
            self.look(&mut looked, now);
        }
        self.loaded()
    }

    /// What was read last.
    #[must_use]
    pub fn loaded(&self) -> Arc<Loaded> {
        Arc::clone(&self.loaded.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn look(&self, looked: &mut Looked, now: Instant) {
        let Ok(mark) = mark(&self.folder) else {
            return;
        };
        if mark == looked.mark {
            return;
        }
        let newer = match load(&self.folder, &mark, &mut looked.seen, now) {
            Ok(next) => {
                looked.mark = mark;
                *self.loaded.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
                None
            }
            // A folder that is being written to is read again at the next look.
            Err(problems) => Some(problems),
        };
        *self.newer.write().unwrap_or_else(PoisonError::into_inner) = newer;
    }

    /// Why the folder's newest state does not count; `None` if it does.
    #[must_use]
    pub fn newer(&self) -> Option<Problems> {
        let newer = self.newer.read().unwrap_or_else(PoisonError::into_inner);
        newer.clone()
    }
}

impl Loaded {
    /// Refuses to decide by what no longer counts.
    ///
    /// # Errors
    /// If release, timestamp or root have expired.
    pub fn counts(&self, now: Instant) -> Result<(), Problem> {
        if now < self.until {
            return Ok(());
        }
        Err(problem(Code::Packs))
    }
}

/// The files of a folder that are read, in order.
fn mark(folder: &Path) -> Result<Mark, Problem> {
    let mut mark = Mark::new();
    let mut bytes = 0;
    for (inside, ending) in [("", ""), ("tables/", ".csv")] {
        let at = folder.join(inside);
        let Ok(entries) = fs::read_dir(&at) else {
            continue;
        };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let Ok(about) = fs::metadata(entry.path()) else {
                continue;
            };
            let known = !inside.is_empty() || is_known(&name);
            if !about.is_file() || !known || !name.ends_with(ending) {
                continue;
            }
            bytes += about.len();
            let file = format!("{inside}{name}");
            if bytes > BYTES || mark.len() == FILES {
                return Err(problem(Code::File).with("file", file));
            }
            mark.push((file, about.modified().ok(), about.len()));
        }
    }
    longma_core::order::sort(&mut mark);
    Ok(mark)
}

/// The files of a folder that mean something.
fn is_known(name: &str) -> bool {
    let named = [
        "timestamp.cbor",
        "release.cbor",
        "revoked.cbor",
        "venue.json",
        PACKS,
        SOURCES,
    ];
    named.contains(&name) || number_of_root(name).is_some()
}

/// The number of a root by its file: `root.cbor` is the first, `root.2.cbor` the next.
pub(crate) fn number_of_root(name: &str) -> Option<u32> {
    let between = name.strip_prefix("root.")?;
    match between.strip_suffix(".cbor") {
        None => (between == "cbor").then_some(1),
        Some(number) => {
            let read = number.parse::<u32>().ok()?;
            (read >= 2 && read.to_string() == number).then_some(read)
        }
    }
}

fn load(folder: &Path, mark: &Mark, seen: &mut Seen, now: Instant) -> Result<Loaded, Problems> {
    let mut files = BTreeMap::new();
    for (name, _, _) in mark {
        let missing = || problem(Code::File).with("file", folder.join(name).display());
        let bytes = fs::read(folder.join(name)).map_err(|_| missing())?;
        files.insert(name.clone(), bytes);
    }
    let file = |name: &str| {
        let missing = || problem(Code::File).with("file", folder.join(name).display());
        files.get(name).map(Vec::as_slice).ok_or_else(missing)
    };
    let mut roots: Vec<(u32, &[u8])> = files
        .iter()
        .filter_map(|(name, bytes)| Some((number_of_root(name)?, bytes.as_slice())))
        .collect();
    longma_core::order::sort(&mut roots);
    let root = Root::latest(roots.into_iter().map(|(_, bytes)| bytes))?;
    let documents = (file("timestamp.cbor")?, file("release.cbor")?);
    let packs = file(PACKS)?;
    let mut newly = seen.clone();
    let current = root.release(documents, &mut newly, now)?;
    // Nothing is looked into before its signatures count.
    current.release.takes(PACKS, packs)?;
    let catalogue = packed::read(packs)?;
    let mut gate = Gate::load(root, documents, packs, &mut newly, now)?;
    let mut references = References::none();
    for (name, bytes) in &files {
        let table = name
            .strip_prefix("tables/")
            .and_then(|it| it.strip_suffix(".csv"));
        if let Some(table) = table {
            current.release.takes(name, bytes)?;
            let csv = String::from_utf8_lossy(bytes);
            gate.add_reference(table, &csv)?;
            references.insert(catalogue.read_reference(table, &csv)?);
        }
    }
    let sources = file(SOURCES)?;
    current.release.takes(SOURCES, sources)?;
    let sources = Sources::read(&String::from_utf8_lossy(sources))?;
    if let Some(list) = files.get("revoked.cbor") {
        gate.set_revoked(list, &mut newly, now)?;
    }
    if let Some(venue) = files.get("venue.json") {
        gate.set_venue(&String::from_utf8_lossy(venue))?;
    }
    *seen = newly;
    files.remove("venue.json");
    let files = files.into_iter().map(|(name, bytes)| {
        let digest = hex(&digest(&bytes));
        let bytes = bytes.into();
        (name, File { bytes, digest })
    });
    Ok(Loaded {
        files: files.collect(),
        catalogue,
        references,
        sources,
        gate,
        release: current.release.version,
        until: current.until,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_numbered_by_their_names() {
        assert_eq!(number_of_root("root.cbor"), Some(1));
        assert_eq!(number_of_root("root.2.cbor"), Some(2));
        for name in [
            "root.1.cbor",
            "root.02.cbor",
            "root.x.cbor",
            "root",
            "aroot.cbor",
        ] {
            assert_eq!(number_of_root(name), None, "{name}");
        }
    }
}
