//! Compares the hand-written rules with Longma. If the answers differ, a ratio of times
//! means nothing.

use crate::by_hand::{self, RiskAreas, Segment};
use longma_core::{Catalogue, DecisionOutcome, Instant, Offset, References, Request};
use std::fmt;

/// Where the two answers differ.
#[derive(Debug)]
pub struct Difference {
    /// The facts, as JSON text.
    pub facts: String,
    /// The decision; empty if one of the two did not answer at all.
    pub decision: &'static str,
    /// What Longma says.
    pub longma: String,
    /// What the hand-written rules say.
    pub by_hand: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            facts,
            decision,
            longma,
            by_hand,
        } = self;
        write!(
            f,
            "{decision}\n  Longma:  {longma}\n  by hand: {by_hand}\n  facts:   {facts}"
        )
    }
}

/// Compares the levels of all three decisions over the whole of [`by_hand::SPAN`].
///
/// # Errors
/// If the two disagree about a person; reports the first.
pub fn check(
    persons: &[String],
    catalogue: &Catalogue,
    references: &References,
    areas: &RiskAreas,
) -> Result<(), Box<Difference>> {
    persons.iter().try_for_each(|facts| {
        let differ = |decision, longma: String, by_hand: String| {
            let facts = facts.clone();
            Box::new(Difference {
                facts,
                decision,
                longma,
                by_hand,
            })
        };
        let request = Request {
            region: None,
            references: Some(references),
            ..Request::default()
        };
        let outcome = catalogue.evaluate(facts, request);
        let decided = by_hand::decide(facts, areas);
        let (outcome, decided) = match (outcome, decided) {
            (Ok(outcome), Ok(decided)) => (outcome, decided),
            (outcome, decided) => {
                let longma = outcome
                    .err()
                    .map_or_else(String::new, |p| format!("{:?}", p.as_slice()));
                let by_hand = decided.err().map_or_else(String::new, |e| e.to_string());
                return Err(differ("", longma, by_hand));
            }
        };
        let decisions = [
            ("code", by_hand::CODE, &decided.code),
            ("validity", by_hand::VALIDITY, &decided.validity),
            ("gold", by_hand::GOLD, &decided.gold),
        ];
        for (name, scale, segments) in decisions {
            let longma = outcome
                .decisions()
                .get(name)
                .map(of_longma)
                .unwrap_or_default();
            let by_hand = of_hand(segments, scale);
            if longma != by_hand {
                return Err(differ(name, said(&longma), said(&by_hand)));
            }
        }
        Ok(())
    })
}

/// Levels by name over adjacent spans; neighbours differ.
type Levels<'a> = Vec<(i64, i64, &'a str)>;

/// Longma's segments also end when causes change. Here only the level counts.
fn of_longma(decision: &DecisionOutcome) -> Levels<'_> {
    let (first, last) = by_hand::SPAN;
    let mut levels: Levels<'_> = Vec::new();
    for stretch in decision.stretches() {
        let span = stretch.span();
        let from = span.from().map_or(first, |t| t.unix().max(first));
        let until = span.until().map_or(last, |t| t.unix().min(last));
        let level = stretch.level_name();
        match levels.last_mut() {
            _ if from >= until => {}
            Some(open) if open.2 == level => open.1 = until,
            _ => levels.push((from, until, level)),
        }
    }
    levels
}

fn of_hand<'a>(segments: &[Segment], scale: &[&'a str]) -> Levels<'a> {
    let name = |level: u8| scale.get(usize::from(level)).copied().unwrap_or_default();
    segments
        .iter()
        .map(|s| (s.from, s.until, name(s.level)))
        .collect()
}

fn said(levels: &Levels<'_>) -> String {
    let time =
        |at| Instant::from_unix(at).map_or_else(String::new, |t| t.to_rfc3339(Offset::CHINA));
    let words: Vec<String> = levels
        .iter()
        .map(|(from, _, level)| format!("{level} from {}", time(*from)))
        .collect();
    words.join(", ")
}
