//! Shared code for the benchmarks: Longma compared with the same rules written by hand.
//!
//! `benches/longma.rs` measures native code and writes the persons it used to
//! `target/bench/`, where `wasm/run.mjs` finds them, so that both use the same persons.
//! No figure passes or fails; a run fails only if the hand-written rules and Longma
//! disagree. `benches/editor.rs` measures how long an editor waits. `peers/run.mjs` holds one
//! simplified policy in Longma beside the same in other engines; `bin/persons.rs` writes the
//! persons for it.

pub mod agree;
pub mod by_hand;
pub mod people;
pub mod setup;
pub mod turns;
