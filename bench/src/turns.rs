//! Times two functions in turns, so that other load on the machine affects both.

use std::time::{Duration, Instant as Clock};

/// The most and the fewest turns, the least time per turn, and the total time after which
/// measuring ends early.
const TURNS: usize = 41;
const FEWEST_TURNS: usize = 7;
const TURN: Duration = Duration::from_millis(10);
const ALL_TURNS: Duration = Duration::from_secs(8);

/// How many times as long `other` takes as `mine`: the median, with quartiles.
#[must_use]
pub fn taken_in_turns(mut mine: impl FnMut(), mut other: impl FnMut()) -> String {
    let (mines, others) = (calls_a_turn(&mut mine), calls_a_turn(&mut other));
    let begun = Clock::now();
    let mut ratios: Vec<f64> = Vec::with_capacity(TURNS);
    while ratios.len() < FEWEST_TURNS || (ratios.len() < TURNS && begun.elapsed() < ALL_TURNS) {
        let by_hand = seconds_a_call(&mut mine, mines);
        ratios.push(seconds_a_call(&mut other, others) / by_hand);
    }
    ratios.sort_by(f64::total_cmp);
    let at = |part: usize| {
        ratios
            .get((ratios.len() - 1) * part / 4)
            .copied()
            .unwrap_or_default()
    };
    format!("{:.1} ({:.1}–{:.1})", at(2), at(1), at(3))
}

fn calls_a_turn(call: &mut impl FnMut()) -> u32 {
    let mut calls = 1;
    while seconds_a_call(call, calls) * f64::from(calls) < TURN.as_secs_f64() {
        calls *= 2;
    }
    calls
}

fn seconds_a_call(call: &mut impl FnMut(), calls: u32) -> f64 {
    let begun = Clock::now();
    for _ in 0..calls {
        call();
    }
    begun.elapsed().as_secs_f64() / f64::from(calls)
}
