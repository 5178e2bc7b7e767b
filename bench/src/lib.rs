//! What the benchmarks measure: Longma, beside the same rules written by hand.
//!
//! `benches/longma.rs` measures native code and leaves the persons it measured
//! with in `target/bench/`, where `wasm/run.mjs` finds them, so that both mean
//! the same persons. No figure passes or fails; what does fail is an answer of
//! the rules by hand that is not Longma's. `benches/editor.rs` measures what an
//! editor waits for.

pub mod agree;
pub mod by_hand;
pub mod people;
pub mod setup;
pub mod turns;
