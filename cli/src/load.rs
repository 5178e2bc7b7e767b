//! Folders into bundles.
//!
//! `rules/packs/<region>/<date>/` becomes a
//! [`PackSource`](longma_core::PackSource); the schemas stand beside `packs`.
//! Every file that was read is kept, so that a problem can show its line.
//!
//! [`read`] goes on where something is wrong: a value of the wrong shape is told
//! and stands as an empty one, so that everything else can be told as well.
//! [`load`] takes only what is sound.

use crate::toml::{Toml, TomlError};
use longma_core::{BUNDLE_FORMAT, Bundle, PackSource};
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// A text that was read, and where from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Its place on disk, as given.
    pub path: PathBuf,
    /// What it holds.
    pub text: String,
}

/// The files of a bundle by the paths that problems name
/// (`packs/62/2022-03-07/pack.toml`).
pub type Files = BTreeMap<String, SourceFile>;

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

/// Why a folder is no set of rules.
#[derive(Debug)]
pub enum LoadError {
    /// A file or folder cannot be read.
    Io(PathBuf, io::Error),
    /// No pack lies under this folder.
    Empty(PathBuf),
    /// A file is not TOML.
    Toml(SourceFile, TomlError),
    /// A file is TOML of another shape: the key concerned, and what is wrong.
    Shape {
        /// The file.
        file: SourceFile,
        /// Where, in bytes.
        span: Range<usize>,
        /// Where, as keys from the top.
        key: Vec<String>,
        /// What is wrong.
        misfit: Misfit,
    },
    /// A bundle that core refuses.
    Bundle(SourceFile, Box<longma_core::Problem>),
}

/// How a value differs from the shape that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misfit {
    /// A key that is required.
    Missing(String),
    /// A key that no one asked for.
    Unknown {
        /// The key.
        name: String,
        /// The keys that may stand there.
        known: Vec<String>,
    },
    /// A value of another kind than this one.
    Kind(String),
    /// A param whose value is neither a whole number nor a text.
    ParamValue,
    /// A number outside what the place can hold.
    Range(String),
    /// A word that is none of these.
    Choice {
        /// The word.
        found: String,
        /// The words that may stand there.
        known: Vec<String>,
    },
    /// Something else, as the deserializer says it.
    Other(String),
    /// A case that could not fail.
    ExpectsNothing,
}

impl Misfit {
    /// Reads what serde says; its wording is the only form in which it says it.
    fn of(message: &str) -> Self {
        let quoted = |text: &str| -> Vec<String> {
            text.split('`')
                .skip(1)
                .step_by(2)
                .map(str::to_owned)
                .collect()
        };
        let mut names = quoted(message).into_iter();
        if message.starts_with("missing field `") {
            Self::Missing(names.next().unwrap_or_default())
        } else if message.starts_with("unknown field `") {
            Self::Unknown {
                name: names.next().unwrap_or_default(),
                known: names.collect(),
            }
        } else if message.starts_with("unknown variant `") {
            Self::Choice {
                found: names.next().unwrap_or_default(),
                known: names.collect(),
            }
        } else if message.starts_with("invalid value: integer `") {
            Self::Range(names.next().unwrap_or_default())
        } else if message.contains("untagged enum ParamValue") {
            Self::ParamValue
        } else if let Some(expected) = message
            .strip_prefix("invalid type: ")
            .and_then(|rest| Some(rest.rsplit_once(", expected ")?.1))
        {
            Self::Kind(expected.to_owned())
        } else {
            Self::Other(message.to_owned())
        }
    }
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

/// Reads a TOML file as a value of type `T`, and tells every key that does not
/// fit; the value then holds something empty there. None where the text is not
/// TOML, or cannot be mended.
pub fn shape<T: DeserializeOwned>(file: &SourceFile) -> (Option<T>, Vec<LoadError>) {
    let toml = match Toml::parse(&file.text) {
        Ok(toml) => toml,
        Err(first) => {
            let mut errors = Toml::errors(&file.text);
            if errors.is_empty() {
                errors.push(first);
            }
            let errors = errors.into_iter();
            return (
                None,
                errors
                    .map(|error| LoadError::Toml(file.clone(), error))
                    .collect(),
            );
        }
    };
    let mut json = toml.json();
    let mut errors = Vec::new();
    let mut seen: Vec<Vec<String>> = Vec::new();
    loop {
        let error = match serde_path_to_error::deserialize(&json) {
            Ok(value) => return (Some(value), errors),
            Err(error) => error,
        };
        let steps = error.path().iter();
        let mut key: Vec<String> = steps
            .map(|step| step.to_string().trim_matches(['[', ']']).to_owned())
            .collect();
        let path: Vec<&str> = key.iter().map(String::as_str).collect();
        let misfit = Misfit::of(&error.into_inner().to_string());
        let span = match misfit {
            Misfit::Missing(_) | Misfit::Unknown { .. } => toml.span(&path),
            _ => toml.value_span(&path),
        };
        if let Misfit::Missing(name) | Misfit::Unknown { name, .. } = &misfit
            && key.last() != Some(name)
        {
            key.push(name.clone());
        }
        let again = seen.contains(&key);
        let mended = mend(&mut json, &key, &misfit);
        // What lacks in a value that stands for another one is no mistake of the file.
        if !seen.iter().any(|before| key.starts_with(before)) {
            errors.push(LoadError::Shape {
                file: file.clone(),
                span: span.unwrap_or(0..0),
                key: key.clone(),
                misfit,
            });
        }
        if again || !mended {
            return (None, errors);
        }
        seen.push(key);
    }
}

/// Puts something empty where a value does not fit; whether that could be done.
fn mend(json: &mut Json, key: &[String], misfit: &Misfit) -> bool {
    let Some((last, above)) = key.split_last() else {
        return false;
    };
    let inside = above.iter().try_fold(json, |here, step| match here {
        Json::Object(members) => members.get_mut(step),
        Json::Array(items) => items.get_mut(step.parse::<usize>().ok()?),
        _ => None,
    });
    match inside {
        Some(Json::Object(members)) => {
            if matches!(misfit, Misfit::Unknown { .. }) {
                members.remove(last);
                // A date may be meant that is spelt wrong: when the pack is in
                // force is not known.
                if above == ["effective"] {
                    members.insert("from".to_owned(), json!(""));
                }
            } else {
                members.insert(last.clone(), stand_in(last, misfit));
            }
            true
        }
        Some(Json::Array(items)) => match last.parse::<usize>() {
            Ok(index) if index < items.len() => {
                if let Some(item) = items.get_mut(index) {
                    *item = stand_in(last, misfit);
                }
                true
            }
            _ => false,
        },
        _ => false,
    }
}

/// Something empty of the kind that is wanted.
fn stand_in(name: &str, misfit: &Misfit) -> Json {
    let texts = || json!({ "zh-CN": "", "en": "" });
    match misfit {
        Misfit::Kind(kind) => match kind.as_str() {
            "a sequence" => json!([]),
            "a boolean" => json!(false),
            "i64" | "u32" | "usize" => json!(0),
            "struct Localized" => texts(),
            text if text == "a map" || text.starts_with("struct ") => json!({}),
            _ => json!(""),
        },
        Misfit::ParamValue | Misfit::Range(_) => json!(0),
        Misfit::Choice { known, .. } => json!(known.first().map_or("", String::as_str)),
        _ => match name {
            "title" | "authority" | "caption" | "release" => texts(),
            "effective" => json!({}),
            "scale" | "colours" | "case" => json!([]),
            "value" => json!(0),
            _ => json!(""),
        },
    }
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use longma_core::{Effective, Param};

    fn misfit<T: DeserializeOwned>(text: &str) -> Option<Misfit> {
        let file = SourceFile {
            path: PathBuf::from("pack.toml"),
            text: text.to_owned(),
        };
        let (_, errors) = shape::<T>(&file);
        match errors.into_iter().next() {
            Some(LoadError::Shape { misfit, .. }) => Some(misfit),
            _ => None,
        }
    }

    #[test]
    fn every_key_that_does_not_fit_is_told_and_the_rest_is_read() {
        let file = SourceFile {
            path: PathBuf::from("pack.toml"),
            text: "value = 1.5\nassumed = \"yes\"\nsourec = \"plan\"\nnote = 7\n".to_owned(),
        };
        let (param, errors) = shape::<Param>(&file);
        let mut keys: Vec<String> = errors
            .iter()
            .map(|error| match error {
                LoadError::Shape { key, .. } => key.join("."),
                other => format!("{other:?}"),
            })
            .collect();
        keys.sort();
        assert_eq!(keys, ["assumed", "note", "sourec", "unit", "value"]);
        assert!(param.is_some());
    }

    // Serde tells a misfit in words only; these hold us to its words.
    #[test]
    fn what_serde_says_is_understood() {
        assert_eq!(
            misfit::<Param>("value = 1"),
            Some(Misfit::Missing("unit".into()))
        );
        let unknown = Misfit::Unknown {
            name: "til".into(),
            known: vec!["from".into(), "until".into(), "note".into()],
        };
        assert_eq!(misfit::<Effective>("til = 1"), Some(unknown));
        assert_eq!(
            misfit::<Effective>("from = 1"),
            Some(Misfit::Kind("a string".into()))
        );
        assert_eq!(
            misfit::<Param>("value = 1.5\nunit = \"days\""),
            Some(Misfit::ParamValue)
        );
    }
}
