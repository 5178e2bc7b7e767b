//! Sampling sites near a point.

use crate::answer::day;
use crate::code::Code;
use longma_answer::{result, value};
use longma_core::{Date, Instant, Problem, Problems};
use longma_passes::sites::{Near, Point, Sites as List};
use wasm_bindgen::prelude::*;

/// A list of sampling sites that can be searched for the nearest.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Sites {
    list: List,
    holidays: Vec<Date>,
}

#[wasm_bindgen]
impl Sites {
    /// Reads a list in CSV, and the public holidays as days like `2022-07-08`. Rows that
    /// cannot be read are left out and told in `problems`.
    #[wasm_bindgen(unchecked_return_type = "Result<{ sites: Sites; problems: Problem[] }>")]
    #[must_use]
    #[allow(
        clippy::needless_pass_by_value,
        reason = "JavaScript hands over owned texts"
    )]
    pub fn read(csv: &str, holidays: Vec<String>) -> JsValue {
        let mut days = Vec::new();
        let read = holidays.iter().try_for_each(|text| {
            days.push(day(text)?);
            Ok(())
        });
        let read = read.map_err(|problem: Problem| Problems::from(problem));
        let read = read.and_then(|()| {
            let list = List::read(csv)?;
            Ok(Self {
                list,
                holidays: days,
            })
        });
        result(read.map(|sites| {
            let problems = value(&sites.list.problems());
            [("sites", sites.into()), ("problems", problems)]
        }))
    }

    /// The `count` sites nearest to a point in decimal degrees, nearest first, at an instant
    /// in seconds. If `open` is true, only sites that are open then.
    #[wasm_bindgen(unchecked_return_type = "Result<{ found: FoundSite[] }>")]
    #[must_use]
    pub fn nearest(
        &self,
        latitude: &str,
        longitude: &str,
        seconds: f64,
        open: bool,
        count: u32,
    ) -> JsValue {
        let found = Instant::from_clock(seconds).and_then(|at| {
            let text = format!("{latitude}, {longitude}");
            let point = Point::parse(latitude, longitude);
            let point =
                point.ok_or_else(|| Problem::in_facts(Code::SitePoint, "").with("found", &text))?;
            Ok(self.list.nearest(Near {
                point,
                at,
                holidays: &self.holidays,
                open,
                count: usize::try_from(count).unwrap_or(usize::MAX),
            }))
        });
        result(found.map(|found| [("found", value(&found))]))
    }
}
