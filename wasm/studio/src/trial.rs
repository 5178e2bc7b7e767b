//! A house to try out: persons, cases, what they exercise, and laws.

use crate::code::{Code, problem};
use crate::desk::texts_of;
use js_sys::{JsString, Object};
use longma_answer::{result, value};
use longma_core::{Instant, Problem, Problems};
use longma_desk::case::Expectation;
use longma_desk::trial::{Person, Trial as House};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use wasm_bindgen::prelude::*;

/// Packs that are loaded once and tried out.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Trial(House);

#[wasm_bindgen]
impl Trial {
    /// Loads packs as texts, by path as in `checkTexts`. `trial` is missing if they cannot be
    /// loaded; the findings say why.
    #[wasm_bindgen(unchecked_return_type = "{ ok: true; trial?: Trial; findings: Finding[] }")]
    #[must_use]
    pub fn of(
        #[wasm_bindgen(unchecked_param_type = "Record<string, string>")] texts: &Object,
    ) -> JsValue {
        let (trial, findings) = match House::of(&texts_of(texts)) {
            Ok(house) => (Self(house).into(), value(&[(); 0])),
            Err(findings) => (JsValue::UNDEFINED, value(&findings)),
        };
        let answer: Result<_, Problem> = Ok([("trial", trial), ("findings", findings)]);
        result(answer)
    }

    /// Decides a person over all time. `tables` are CSV texts by name.
    #[wasm_bindgen(unchecked_return_type = "Result<{ tried: Tried }>")]
    #[must_use]
    #[allow(
        clippy::needless_pass_by_value,
        reason = "JavaScript hands over owned texts"
    )]
    pub fn decide(
        &self,
        facts: &str,
        #[wasm_bindgen(unchecked_param_type = "Record<string, string>")] tables: &Object,
        region: Option<String>,
    ) -> JsValue {
        let tables = texts_of(tables);
        let person = person(facts, &tables, region.as_deref());
        let tried = self.0.decide(person);
        result(tried.map(|it| [("tried", value(&it))]))
    }

    /// Why every decision has its level at an instant, and why not another.
    #[wasm_bindgen(unchecked_return_type = "Result<{ explanation: Explanation }>")]
    #[must_use]
    #[allow(
        clippy::needless_pass_by_value,
        reason = "JavaScript hands over owned texts"
    )]
    pub fn explain(
        &self,
        facts: &str,
        #[wasm_bindgen(unchecked_param_type = "Record<string, string>")] tables: &Object,
        region: Option<String>,
        at: &str,
    ) -> JsValue {
        let tables = texts_of(tables);
        let person = person(facts, &tables, region.as_deref());
        let told = instant(at);
        let told = told.and_then(|at| self.0.explain(person, at));
        result(told.map(|it| [("explanation", value(&it))]))
    }

    /// The records that, one of them added, bring decisions to a level from an instant on.
    #[wasm_bindgen(unchecked_return_type = "Result<{ brought: Brought[] }>")]
    #[must_use]
    #[allow(
        clippy::needless_pass_by_value,
        reason = "JavaScript hands over owned texts"
    )]
    pub fn bring(
        &self,
        facts: &str,
        #[wasm_bindgen(unchecked_param_type = "Record<string, string>")] tables: &Object,
        region: Option<String>,
        at: &str,
        level: &str,
    ) -> JsValue {
        let tables = texts_of(tables);
        let person = person(facts, &tables, region.as_deref());
        let told = instant(at);
        let told = told.and_then(|at| self.0.bring(person, at, level));
        result(told.map(|it| [("brought", value(&it))]))
    }

    /// The cases of a pack as they come out.
    #[wasm_bindgen(unchecked_return_type = "TriedCase[]")]
    #[must_use]
    pub fn cases(&self, pack: &str) -> JsValue {
        value(&self.0.cases(pack))
    }

    /// What the cases exercise of a pack's scripts.
    #[wasm_bindgen(unchecked_return_type = "Result<{ files: FileCoverage[] }>")]
    #[must_use]
    pub fn coverage(&self, pack: &str) -> JsValue {
        let files = self.0.coverage(pack).map(|files| {
            let files = files.iter().map(|file| {
                let places = file.places.iter().map(|place| {
                    json!({
                        "what": place.what,
                        "function": place.function,
                        "range": place.range,
                        "visits": place.visits,
                        "gap": place.gap(),
                    })
                });
                json!({
                    "file": file.file,
                    "counts": file.counts,
                    "places": places.collect::<Json>(),
                })
            });
            files.collect::<Json>()
        });
        result(files.map(|files| [("files", value(&files))]))
    }

    /// A person as a case in TOML, to paste into a pack's cases. `levels` says the expected
    /// level by decision; `rules`, if there, exactly the rules that hold.
    #[wasm_bindgen(js_name = caseText, unchecked_return_type = "Result<{ text: string }>")]
    #[must_use]
    pub fn case_text(
        &self,
        name: &str,
        facts: &str,
        #[wasm_bindgen(unchecked_param_type = "Record<string, string>")] tables: &Object,
        at: &str,
        #[wasm_bindgen(unchecked_param_type = "Record<string, string>")] levels: &Object,
        rules: Option<Vec<String>>,
    ) -> JsValue {
        let tables = texts_of(tables);
        let expected = Expectation {
            time: at.to_owned(),
            levels: texts_of(levels),
            rules: rules.map(BTreeSet::from_iter),
            because: None,
            sources: None,
            says: BTreeSet::new(),
            at_least: None,
        };
        let text = instant(at);
        let text = text.and_then(|_| self.0.case(name, person(facts, &tables, None), &expected));
        result(text.map(|text| [("text", JsString::from(text).into())]))
    }

    /// The laws that apply to a pack, each tried on so many invented persons.
    #[wasm_bindgen(unchecked_return_type = "LawReport[]")]
    #[must_use]
    pub fn laws(&self, pack: &str, persons: u32, seed: u32) -> JsValue {
        value(&self.0.laws(pack, persons.into(), seed.into()))
    }
}

fn instant(text: &str) -> Result<Instant, Problems> {
    Instant::parse(text).map_err(|_| problem(Code::TrialTime).with("given", text).into())
}

fn person<'a>(
    facts: &'a str,
    tables: &'a BTreeMap<String, String>,
    region: Option<&'a str>,
) -> Person<'a> {
    Person {
        facts,
        tables,
        region,
    }
}
