//! Who changes colour, counted a part at a time so that a page can show how far it is and stop.

use crate::code::{Code, problem};
use crate::desk::texts_of;
use js_sys::{JsString, Object, Reflect};
use longma_answer::{result, value};
use longma_compile::Bundle;
use longma_compile::texts::Texts;
use longma_core::{Lang, Problems};
use longma_desk::compare::{Houses, page};
use wasm_bindgen::prelude::*;

/// Packs before and after a change, compared on invented persons.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Comparing(Houses);

#[wasm_bindgen]
impl Comparing {
    /// Loads two bundles. Persons live in `region`, in those of the packs if it is missing;
    /// `seed` says which persons are invented. With `tables`, CSV texts by name, nobody is
    /// invented: the persons come by `add`.
    #[wasm_bindgen(unchecked_return_type = "Result<{ comparing: Comparing }>")]
    #[must_use]
    #[allow(
        clippy::needless_pass_by_value,
        reason = "JavaScript hands over owned texts"
    )]
    pub fn of(
        #[wasm_bindgen(unchecked_param_type = "[string, string]")] names: Vec<String>,
        #[wasm_bindgen(unchecked_param_type = "[string, string]")] bundles: Vec<String>,
        region: Option<String>,
        seed: Option<u32>,
        #[wasm_bindgen(unchecked_param_type = "Record<string, string> | undefined")] tables: Option<
            Object,
        >,
    ) -> JsValue {
        let made = houses(
            &names,
            &bundles,
            region.as_deref(),
            seed.unwrap_or(1).into(),
            tables.as_ref().map(texts_of),
        );
        result(made.map(|houses| [("comparing", Self(houses).into())]))
    }

    /// Adds a given person, a facts document as JSON text, and gives how many there are now.
    pub fn add(&mut self, facts: &str) -> f64 {
        number(self.0.add(facts))
    }

    /// Adds the next invented persons, and gives how many there are now.
    pub fn step(&mut self, persons: u32) -> f64 {
        number(self.0.step(persons.into()))
    }

    /// What came out so far, as `longma compare --json` prints it.
    #[wasm_bindgen(unchecked_return_type = "Comparison")]
    #[must_use]
    pub fn report(&self) -> JsValue {
        value(&self.0.report())
    }

    /// The invented tables as CSV texts by name: the examples need them.
    #[wasm_bindgen(unchecked_return_type = "Record<string, string>")]
    #[must_use]
    pub fn tables(&self) -> Object {
        let tables = Object::new();
        for (name, csv) in self.0.tables() {
            // Setting a key of a plain object cannot fail.
            let _ = Reflect::set(&tables, &name.into(), &csv.into());
        }
        tables
    }

    /// What came out so far as an HTML page, in Chinese unless `lang` is `en`.
    #[must_use]
    pub fn page(&self, lang: &str) -> JsString {
        let lang = if lang == "en" { Lang::En } else { Lang::ZhCn };
        page(&self.0.report(), lang).into()
    }
}

#[allow(
    clippy::cast_precision_loss,
    reason = "nobody counts up to 2 to the power of 53"
)]
fn number(count: u64) -> f64 {
    count as f64
}

fn houses(
    names: &[String],
    bundles: &[String],
    region: Option<&str>,
    seed: u64,
    tables: Option<Texts>,
) -> Result<Houses, Problems> {
    let ([before, after], [one, other]) = (names, bundles) else {
        return Err(problem(Code::ComparePair).into());
    };
    let (one, other) = (Bundle::read(one)?, Bundle::read(other)?);
    let names = [before.clone(), after.clone()];
    let made = match tables {
        None => Houses::new(names, [&one, &other], region, seed),
        Some(tables) => Houses::given(names, [&one, &other], region, &tables),
    }?;
    made.ok_or_else(|| problem(Code::CompareNoRules).into())
}
