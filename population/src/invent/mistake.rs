//! What is wrong with a file that directs an invention.

use longma_core::Localized;
use std::fmt;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The key that it is about, such as `households.sizes`; for what could not be read,
    /// the line of the file.
    pub key: String,
    /// What was expected, and what stands there.
    pub words: Localized,
}

/// Everything that is wrong with a file; at least one thing is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistakes(Vec<Mistake>);

impl Mistakes {
    /// Each of them.
    #[must_use]
    pub fn as_slice(&self) -> &[Mistake] {
        &self.0
    }

    /// What a reader of TOML says, with the line that it is about.
    pub(super) fn of_toml(text: &str, error: &toml::de::Error) -> Self {
        let at = error.span().map_or(0, |span| span.start);
        let before = text.get(..at).unwrap_or(text);
        let number = before.matches('\n').count() + 1;
        let line = text.lines().nth(number - 1).unwrap_or_default().trim();
        let said = error.message().replace('\n', "; ");
        Self(vec![Mistake {
            key: format!("{number}: {line}"),
            words: Localized::new(format!("无法读取：{said}"), said),
        }])
    }

    /// The person schema of this crate cannot be read.
    pub(super) fn of_schema(problems: &longma_core::Problems) -> Self {
        let words = Localized::same(problems.to_string());
        let key = "person.schema.json".to_owned();
        Self(vec![Mistake { key, words }])
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, mistake) in self.0.iter().enumerate() {
            let line = if number == 0 { "" } else { "\n" };
            write!(f, "{line}`{}`: {}", mistake.key, mistake.words.en)?;
        }
        Ok(())
    }
}

impl std::error::Error for Mistakes {}

/// Gathers mistakes.
#[derive(Debug, Default)]
pub(super) struct Gathered(Vec<Mistake>);

impl Gathered {
    /// Notes a mistake unless `holds`.
    pub(super) fn expect(&mut self, holds: bool, key: &str, zh_cn: &str, en: &str) {
        if !holds {
            let words = Localized::new(zh_cn, en);
            let key = key.to_owned();
            self.0.push(Mistake { key, words });
        }
    }

    /// `value`, unless something was noted.
    pub(super) fn or<T>(self, value: T) -> Result<T, Mistakes> {
        if self.0.is_empty() {
            Ok(value)
        } else {
            Err(Mistakes(self.0))
        }
    }
}
