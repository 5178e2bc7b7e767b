//! Peers that are Rust libraries, each with a program of its own, so that its size can be
//! told. Answers `../asked.mjs`: a request for each line of standard input, an answer for
//! each of standard output.

pub mod facts;

use serde_json::{Value, json};
use std::collections::HashMap;
use std::error::Error;
use std::io::{BufRead, Write};
use std::time::Instant;

pub type Result<T> = std::result::Result<T, Box<dyn Error>>;
/// The levels of code, validity and gold.
pub type Answer = [String; 3];

/// Answers requests with `decide` until standard input ends.
pub fn serve(mut decide: impl FnMut(&str, i64) -> Result<Answer>) -> Result<()> {
    let mut kept: HashMap<String, Vec<String>> = HashMap::new();
    for line in std::io::stdin().lock().lines() {
        let mut request: Value = serde_json::from_str(&line?)?;
        let answer = if let Some(name) = request["keep"].as_str() {
            kept.insert(name.to_owned(), texts(&request["persons"]));
            json!({})
        } else if let Some(rounds) = request["rounds"].as_u64() {
            let now = request["now"].as_i64().ok_or("no now")?;
            let persons = kept
                .get(request["of"].as_str().unwrap_or_default())
                .ok_or("nobody is kept")?;
            let begun = Instant::now();
            for _ in 0..rounds {
                for person in persons {
                    std::hint::black_box(decide(person, now)?);
                }
            }
            json!({ "seconds": begun.elapsed().as_secs_f64() })
        } else {
            let persons = texts(&request["persons"].take());
            let nows = request["nows"].as_array().ok_or("no nows")?;
            let answers: Result<Vec<Answer>> = persons
                .iter()
                .zip(nows)
                .map(|(person, now)| decide(person, now.as_i64().ok_or("no now")?))
                .collect();
            json!({ "answers": answers? })
        };
        let mut out = std::io::stdout().lock();
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn texts(list: &Value) -> Vec<String> {
    list.as_array()
        .into_iter()
        .flatten()
        .filter_map(|text| text.as_str().map(str::to_owned))
        .collect()
}
