//! The interpreter that gives scripts their meaning.
//!
//! Rules are written in a profile of Rhai. This crate reads scripts, gives each rule a
//! body that runs in the interpreter, and can record what rules do ([`watch`]). No
//! other crate that decides knows Rhai.

mod code;
mod script;
pub mod watch;

pub use code::Code;
pub use script::callable;

use longma_compile::Bundle;
use longma_core::{Catalogue, Problems};
use script::{Host, Interpreter};

/// Checks, compiles and links every pack of a bundle; rules run in the interpreter.
///
/// ```
/// use longma_compile::texts::{Texts, read};
/// let text = |file: &str, text: &str| (format!("packs/62/2022-03-07/{file}"), text.to_owned());
/// let house = read(&Texts::from([
///     ("schema/area.schema.json".to_owned(), SCHEMA.to_owned()),
///     text("pack.toml", MANIFEST),
///     text("captions.toml", ""),
/// ]));
/// assert!(house.findings.is_empty());
/// let catalogue = longma_oracle::load(&house.bundle).unwrap();
/// assert_eq!(catalogue.packs()[0].id, "62/2022-03-07");
/// # const SCHEMA: &str = include_str!("../../rules/schema/area.schema.json");
/// # const MANIFEST: &str = r#"
/// # subject = "area"
/// # version = "1"
/// # title = { zh-CN = "方案", en = "A plan" }
/// # authority = { zh-CN = "省", en = "Province" }
/// # effective.from = 2022-03-07T00:00:00+08:00
/// # "#;
/// ```
///
/// # Errors
/// All problems of all packs.
pub fn load(bundle: &Bundle) -> Result<Catalogue, Problems> {
    let interpreter = Interpreter::new(bundle.levels(), Host::new);
    longma_compile::load(bundle, &interpreter)
}
