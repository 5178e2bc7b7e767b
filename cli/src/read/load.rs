//! Reads folders of packs into texts by path, with each one's place on disk.
//!
//! An unreadable file does not stop reading: [`read`] returns what there is, and
//! [`load`] fails unless everything is sound. [`longma_compile::texts`] reads what the
//! texts say.

use crate::read::bounded::{self, Within};
use crate::read::file::{Files, LoadError, SourceFile, texts};
use crate::read::text::{Decoded, decode};
use longma_compile::texts::{House, Mended, PLACES};
use longma_compile::{Bundle, Code};
use longma_core::limits::{BUNDLE_BYTES, REFERENCE_BYTES, SCRIPT_BYTES, TEXT_FILE_BYTES};
use longma_core::{PackId, Place, Problem, packed};
use longma_desk::approve;
use longma_lang::finding::Finding;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A bundle and the files it was made from; for a bundle file, only its scripts.
#[derive(Debug)]
pub struct Loaded {
    /// The packs and schemas.
    pub bundle: Bundle,
    /// Their files.
    pub files: Files,
}

/// A folder of packs as far as it can be read.
#[derive(Debug)]
pub struct Folder {
    /// What its texts say, without what `errors` reports.
    pub house: House,
    /// The files that could be read.
    pub files: Files,
    /// The files and folders that could not.
    pub errors: Vec<LoadError>,
}

/// Reads `packs`, a folder such as `rules/packs` or a bundle file.
///
/// # Errors
/// Every file that cannot be read or has the wrong shape.
pub fn load(packs: &Path) -> Result<Loaded, Vec<LoadError>> {
    let Folder {
        house,
        files,
        mut errors,
    } = read(packs)?;
    errors.extend(in_files(house.findings, &files));
    if errors.is_empty() {
        let bundle = house.bundle;
        Ok(Loaded { bundle, files })
    } else {
        Err(errors)
    }
}

/// Findings with the files they are about.
pub(crate) fn in_files(findings: Vec<Finding>, files: &Files) -> Vec<LoadError> {
    let found = findings.into_iter().filter_map(|finding| {
        let file = files.get(finding.spot.file()?)?;
        Some(LoadError::Found(file.clone(), Box::new(finding)))
    });
    found.collect()
}

/// Like [`load`], for a folder that may have no packs yet or may not be there at all.
///
/// # Errors
/// As [`load`], except for what is missing.
pub(crate) fn begin(packs: &Path) -> Result<Loaded, Vec<LoadError>> {
    if packs.exists() && !packs.is_dir() {
        return load(packs);
    }
    let reader = gather(packs)?;
    let house = reader.house();
    let mut errors = reader.errors;
    errors.extend(in_files(house.findings, &reader.files));
    if errors.is_empty() {
        Ok(Loaded {
            bundle: house.bundle,
            files: reader.files,
        })
    } else {
        Err(errors)
    }
}

/// Reads `packs`, a folder such as `rules/packs` or a bundle file, as far as possible.
///
/// # Errors
/// If there is nothing to read.
pub fn read(packs: &Path) -> Result<Folder, Vec<LoadError>> {
    if !packs.is_dir() {
        return bundle(packs).map(|Loaded { bundle, files }| Folder {
            house: House::sound(bundle),
            files,
            errors: Vec::new(),
        });
    }
    let mut reader = gather(packs)?;
    let house = reader.house();
    if house.bundle.packs.is_empty() && house.unread.is_empty() {
        if reader.errors.is_empty() {
            reader.errors.push(LoadError::Empty(packs.to_owned()));
        }
        return Err(reader.errors);
    }
    let mut files = reader.files;
    for pack in &house.bundle.packs {
        let id = PackId::read(&*pack.id);
        for (decision, text) in &pack.scripts {
            if let Some(file) = files.get_mut(&id.script(decision)) {
                let copies = text.get(file.text.len()..).unwrap_or_default();
                copies.clone_into(&mut file.copies);
            }
        }
    }
    Ok(Folder {
        house,
        files,
        errors: reader.errors,
    })
}

/// The folder that holds the folder of packs, schemas and tables.
pub(crate) fn house_of(packs: &Path) -> PathBuf {
    // `.` and `..` have no file name, and their parent is reached through `..`.
    match packs.file_name() {
        Some(_) => packs.parent().unwrap_or(Path::new("")).to_owned(),
        None => packs.join(".."),
    }
}

/// Collects the files of a folder of packs and those beside it.
fn gather(packs: &Path) -> Result<Reader, Vec<LoadError>> {
    let rules = house_of(packs);
    let within = |folder: &Path| {
        Within::new(folder).map_err(|error| vec![LoadError::Io(folder.to_owned(), error)])
    };
    let here = Path::new(".");
    let mut reader = Reader {
        within: within(if packs.exists() { packs } else { here })?,
        files: Files::new(),
        lost: BTreeSet::new(),
        errors: Vec::new(),
    };
    if packs.exists() {
        for region in reader.folders(packs) {
            for date in reader.folders(&region) {
                reader.pack(&region, &date);
            }
        }
    }
    let schemas = rules.join("schema");
    if !reader.files.is_empty() && !schemas.is_dir() {
        // Without it nothing fits, and that would be told of every pack.
        return Err(vec![LoadError::NoSchemas(schemas)]);
    }
    // Packs that read no table need no folder of them.
    for kind in ["schema", "reference"] {
        let folder = rules.join(kind);
        if folder.exists() {
            reader.within = within(&rules)?;
            match reader.within.holds(&folder) {
                Ok(()) => reader.schemas(&folder, kind),
                Err(error) => reader.errors.push(LoadError::Io(folder, error)),
            }
        }
    }
    Ok(reader)
}

fn bundle(path: &Path) -> Result<Loaded, Vec<LoadError>> {
    let unread = |error: io::Error| vec![LoadError::Io(path.to_owned(), error)];
    let bytes = bounded::bytes(path, BUNDLE_BYTES).map_err(unread)?;
    if bytes.starts_with(packed::MAGIC) {
        let file = SourceFile::new(path.to_owned(), String::new());
        let problem = Problem::new(Code::BundleCompiled, Place::None);
        return Err(vec![LoadError::Bundle(file, Box::new(problem))]);
    }
    let Decoded { text, .. } = decode(&bytes).map_err(unread)?;
    let bundle = Bundle::read(&text).map_err(|problem| {
        let file = SourceFile::new(path.to_owned(), text.clone());
        vec![LoadError::Bundle(file, Box::new(problem))]
    })?;
    let files = scripts(&bundle);
    Ok(Loaded { bundle, files })
}

/// The scripts of a bundle, by the names that problems use.
fn scripts(bundle: &Bundle) -> Files {
    let packs = bundle.packs.iter();
    packs
        .flat_map(|pack| {
            pack.scripts.iter().map(|(decision, text)| {
                let name = PackId::read(&*pack.id).script(decision);
                let file = SourceFile::new(PathBuf::from(&name), text.clone());
                (name, file)
            })
        })
        .collect()
}

/// Collects files and errors.
#[derive(Debug)]
struct Reader {
    /// The folder that its files stand in.
    within: Within,
    files: Files,
    /// The paths of files that exist or should exist, and cannot be read.
    lost: BTreeSet<String>,
    errors: Vec<LoadError>,
}

impl Reader {
    /// What the files say. A file that cannot be read is not reported as missing too.
    fn house(&self) -> House {
        let mut house = longma_compile::texts::read(&texts(&self.files));
        house.findings.retain(|finding| match &finding.spot {
            longma_lang::finding::Spot::Place(Place::File { file, .. }) => {
                !self.lost.contains(file)
            }
            _ => true,
        });
        for file in &self.lost {
            if let Some((id, "pack.toml")) = PackId::split(file) {
                house.unread.insert(id.to_owned());
            }
            house.mended.push(Mended {
                file: file.clone(),
                key: Vec::new(),
            });
        }
        house
    }

    /// The folders and files in `folder`, sorted, so that the disk's order has no effect.
    fn entries(&mut self, folder: &Path) -> Vec<PathBuf> {
        let read = fs::read_dir(folder).and_then(|entries| {
            entries
                .map(|entry| entry.map(|entry| entry.path()))
                .collect::<io::Result<Vec<PathBuf>>>()
        });
        match read {
            Ok(mut entries) => {
                entries.sort();
                entries
            }
            Err(error) => {
                self.errors.push(LoadError::Io(folder.to_owned(), error));
                Vec::new()
            }
        }
    }

    fn folders(&mut self, folder: &Path) -> Vec<PathBuf> {
        let mut entries = self.entries(folder);
        // Editors and file managers leave hidden folders behind.
        entries.retain(|entry| entry.is_dir() && !file_name(entry).starts_with('.'));
        entries.retain(|entry| match self.within.holds(entry) {
            Ok(()) => true,
            Err(error) => {
                self.errors.push(LoadError::Io(entry.clone(), error));
                false
            }
        });
        entries
    }

    fn read(&mut self, path: &Path, name: String, limit: usize) {
        match self.within.read(path, limit) {
            Ok(file) => {
                self.files.insert(name, file);
            }
            Err(error) => {
                self.errors.push(LoadError::Io(path.to_owned(), error));
                self.lost.insert(name);
            }
        }
    }

    fn schemas(&mut self, folder: &Path, kind: &str) {
        for path in self.entries(folder) {
            let file = file_name(&path);
            let path_in_packs = format!("{kind}/{file}");
            if path_in_packs == PLACES {
                self.read(&path, path_in_packs, REFERENCE_BYTES);
            } else if file.ends_with(".schema.json") {
                self.read(&path, path_in_packs, TEXT_FILE_BYTES);
            }
        }
    }

    fn pack(&mut self, region: &Path, date: &Path) {
        let id = PackId::read(format!("{}/{}", file_name(region), file_name(date)));
        for name in ["pack.toml", "captions.toml"] {
            self.read(&date.join(name), id.file(name), TEXT_FILE_BYTES);
        }
        for path in self.entries(date) {
            let file = file_name(&path);
            if file.strip_suffix(".rhai").is_some() {
                self.read(&path, id.file(&file), SCRIPT_BYTES);
            } else if file == approve::FILE {
                self.read(&path, id.file(&file), TEXT_FILE_BYTES);
            }
        }
        let notices = date.join("sources");
        if !notices.is_dir() {
            return;
        }
        for path in self.entries(&notices) {
            let file = file_name(&path);
            if file.strip_suffix(".txt").is_some() {
                self.read(&path, id.file(&format!("sources/{file}")), TEXT_FILE_BYTES);
            }
        }
    }
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
