//! Folders into bundles.
//!
//! `rules/packs/<region>/<date>/` becomes a
//! [`PackSource`](longma_compile::PackSource); the schemas stand beside `packs`.
//! Every file that was read is kept, so that a problem can show its line.
//!
//! [`read`] goes on where something is wrong: a value of the wrong shape is told
//! and stands as an empty one, so that everything else can be told as well.
//! [`load`] takes only what is sound.

use crate::read::file::{Files, LoadError, SourceFile};
use crate::read::shape::shape;
use longma_compile::{BUNDLE_FORMAT, Bundle, PackSource};
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A bundle and the files it was made of; of a bundle read whole, its scripts.
#[derive(Debug)]
pub struct Loaded {
    /// The packs and schemas.
    pub bundle: Bundle,
    /// Their files.
    pub files: Files,
}

/// A folder of packs as far as it can be read, and what is wrong with it.
#[derive(Debug)]
pub struct House {
    /// What could be read.
    pub loaded: Loaded,
    /// What could not.
    pub errors: Vec<LoadError>,
    /// The ids of packs whose manifest cannot be read: they are not in the bundle.
    pub unread: BTreeSet<String>,
    /// Where the bundle says something else than the files, since they are wrong there.
    pub mended: Vec<Mended>,
}

/// A place of a file that is wrong and stands as something empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mended {
    /// The file, by the path that problems name.
    pub file: String,
    /// Keys from the top; none for the whole file.
    pub key: Vec<String>,
}

/// Reads `packs`, a folder such as `rules/packs` or a bundle's file.
///
/// # Errors
/// Every file that cannot be read or has the wrong shape.
pub fn load(packs: &Path) -> Result<Loaded, Vec<LoadError>> {
    let house = read(packs)?;
    if house.errors.is_empty() {
        Ok(house.loaded)
    } else {
        Err(house.errors)
    }
}

/// Reads `packs`, a folder such as `rules/packs` or a bundle's file, as far as
/// that can be done.
///
/// # Errors
/// There is nothing to read.
pub fn read(packs: &Path) -> Result<House, Vec<LoadError>> {
    // A pipe is no file, but can bring a bundle.
    if !packs.is_dir() {
        return bundle(packs).map(|loaded| House {
            loaded,
            errors: Vec::new(),
            unread: BTreeSet::new(),
            mended: Vec::new(),
        });
    }
    // `.` and `..` have no parent by name.
    let rules = match packs.file_name() {
        Some(_) => packs.parent().unwrap_or(Path::new("")).to_owned(),
        None => packs.join(".."),
    };
    let mut loader = Loader::default();
    let schemas = loader.schemas(&rules.join("schema"), "schema", &["outcome"]);
    let references = loader.schemas(&rules.join("reference"), "reference", &[]);
    let mut sources = Vec::new();
    for region in loader.folders(packs) {
        for date in loader.folders(&region) {
            sources.extend(loader.pack(&region, &date));
        }
    }
    if sources.is_empty() && loader.errors.is_empty() {
        loader.errors.push(LoadError::Empty(packs.to_owned()));
    }
    if sources.is_empty() && loader.unread.is_empty() {
        return Err(loader.errors);
    }
    Ok(House {
        loaded: Loaded {
            bundle: Bundle {
                longma_bundle: BUNDLE_FORMAT,
                schemas,
                references,
                packs: sources,
            },
            files: loader.files,
        },
        errors: loader.errors,
        unread: loader.unread,
        mended: loader.mended,
    })
}

fn bundle(path: &Path) -> Result<Loaded, Vec<LoadError>> {
    let text =
        fs::read_to_string(path).map_err(|error| vec![LoadError::Io(path.to_owned(), error)])?;
    let bundle = Bundle::read(&text).map_err(|problem| {
        let file = SourceFile {
            path: path.to_owned(),
            text: text.clone(),
        };
        vec![LoadError::Bundle(file, Box::new(problem))]
    })?;
    let files = scripts(&bundle);
    Ok(Loaded { bundle, files })
}

/// The scripts of a bundle, under the names that problems give them.
fn scripts(bundle: &Bundle) -> Files {
    let packs = bundle.packs.iter();
    packs
        .flat_map(|pack| {
            pack.scripts.iter().map(|(decision, text)| {
                let name = format!("packs/{}/{decision}.rhai", pack.id);
                let file = SourceFile {
                    path: PathBuf::from(&name),
                    text: text.clone(),
                };
                (name, file)
            })
        })
        .collect()
}

#[derive(Default)]
struct Loader {
    files: Files,
    errors: Vec<LoadError>,
    unread: BTreeSet<String>,
    mended: Vec<Mended>,
}

impl Loader {
    /// The folders and files in `folder`, sorted, so that the order of a disk
    /// shows nowhere.
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
        entries
    }

    fn read(&mut self, path: &Path, name: &str) -> Option<String> {
        match fs::read_to_string(path) {
            Ok(text) => {
                let file = SourceFile {
                    path: path.to_owned(),
                    text: text.clone(),
                };
                self.files.insert(name.to_owned(), file);
                Some(text)
            }
            Err(error) => {
                self.errors.push(LoadError::Io(path.to_owned(), error));
                None
            }
        }
    }

    fn schemas(&mut self, folder: &Path, kind: &str, except: &[&str]) -> BTreeMap<String, String> {
        let mut schemas = BTreeMap::new();
        for path in self.entries(folder) {
            let file = file_name(&path);
            let Some(name) = file.strip_suffix(".schema.json") else {
                continue;
            };
            if except.contains(&name) {
                continue;
            }
            if let Some(text) = self.read(&path, &format!("{kind}/{file}")) {
                schemas.insert(name.to_owned(), text);
            }
        }
        schemas
    }

    fn pack(&mut self, region: &Path, date: &Path) -> Option<PackSource> {
        let id = format!("{}/{}", file_name(region), file_name(date));
        let name = |file: &str| format!("packs/{id}/{file}");
        let manifest = self.shaped(&date.join("pack.toml"), &name("pack.toml"));
        let captions = self.shaped(&date.join("captions.toml"), &name("captions.toml"));
        let mut scripts = BTreeMap::new();
        for path in self.entries(date) {
            let file = file_name(&path);
            if let Some(decision) = file.strip_suffix(".rhai")
                && let Some(text) = self.read(&path, &name(&file))
            {
                scripts.insert(decision.to_owned(), text);
            }
        }
        let Some(manifest) = manifest else {
            self.unread.insert(id);
            return None;
        };
        Some(PackSource {
            id,
            manifest,
            captions: captions.unwrap_or_default(),
            scripts,
        })
    }

    /// A TOML file as a value of type `T`.
    fn shaped<T: DeserializeOwned>(&mut self, path: &Path, name: &str) -> Option<T> {
        let Some(text) = self.read(path, name) else {
            self.mend(name, Vec::new());
            return None;
        };
        let file = SourceFile {
            path: path.to_owned(),
            text,
        };
        let (value, errors) = shape(&file);
        for error in errors {
            match &error {
                LoadError::Shape { key, .. } => self.mend(name, key.clone()),
                _ => self.mend(name, Vec::new()),
            }
            self.errors.push(error);
        }
        value
    }

    fn mend(&mut self, file: &str, key: Vec<String>) {
        let file = file.to_owned();
        self.mended.push(Mended { file, key });
    }
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
