//! TOML files as typed values.
//!
//! Reading goes on behind a key that does not fit: it is told, something empty
//! stands in for it, and the rest is read, so that every mistake is told at once.

use crate::read::file::{LoadError, Misfit, SourceFile};
use crate::toml::Toml;
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};

/// Reads a TOML file as a value of type `T`, and tells every key that does not
/// fit; the value then holds something empty there. None where the text is not
/// TOML, or cannot be mended.
pub(crate) fn shape<T: DeserializeOwned>(file: &SourceFile) -> (Option<T>, Vec<LoadError>) {
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
        // Ignore follow-on errors inside a stand-in.
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
            "scale" | "colours" | "roles" | "case" => json!([]),
            "value" => json!(0),
            _ => json!(""),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use longma_compile::{Effective, Param};
    use std::path::PathBuf;

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
