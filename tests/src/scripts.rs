//! Invents whole packs: well-typed rules drawn from the whole language, with facts and a
//! table for them.
//!
//! Two bodies of rules that should mean the same are held against each other over such
//! packs. Most rules look like the project's own: a section filtered by a few
//! comparisons and mapped to causes. Rarer shapes come up often enough that some hundreds
//! of packs use every helper and every operator.
//!
//! The generator knows the types of what it writes and which optional fields a test has
//! shown present, so that the checker accepts nearly all of its scripts. Times at the
//! ends of the range, large numbers and places that are not known make some of them fail
//! when they run: failing alike is part of meaning the same.

mod causes;
mod choices;
mod code;
mod facts;
mod flow;
mod functions;
mod house;
mod lists;
mod logic;
mod plain;
mod rules;
mod scope;
mod shape;
mod shrink;
mod values;

pub use choices::Choices;
pub use facts::{facts, rows};
pub use shrink::shrink;

use longma_compile::texts::Texts;
use serde_json::Value as Json;

/// The name of the table that generated rules read.
pub const TABLE: &str = "zones";

/// A pack with facts and a table.
#[derive(Debug, Clone)]
pub struct Example {
    /// The pack, with its schemas.
    pub texts: Texts,
    /// The facts.
    pub facts: Json,
    /// The table [`TABLE`], as CSV.
    pub rows: String,
}

impl Example {
    /// The example for these choices.
    #[must_use]
    pub fn draw(choices: &mut Choices<'_>) -> Self {
        let texts = texts(choices);
        Self {
            texts,
            facts: facts(choices),
            rows: rows(choices),
        }
    }

    /// The scripts, by their paths.
    pub fn scripts(&self) -> impl Iterator<Item = (&String, &String)> + Clone {
        let is_script = |path: &str| path.strip_suffix(".rhai").is_some();
        self.texts.iter().filter(move |(path, _)| is_script(path))
    }
}

/// A pack as texts, with its schemas: one or two decisions, the second of which can read
/// the first.
///
/// ```
/// use longma_tests::scripts::{Choices, texts};
/// let texts = texts(&mut Choices::of_bytes(b"any bytes give a pack"));
/// let house = longma_compile::texts::read(&texts);
/// assert!(house.findings.is_empty());
/// ```
#[must_use]
pub fn texts(choices: &mut Choices<'_>) -> Texts {
    let scripts = rules::scripts(choices);
    house::texts(choices, &scripts)
}
