//! Codes at a gate: what an issuer puts into a code, and what a gate decides from it without
//! a network.
//!
//! [`issue`] makes a pass of an outcome, or of the least facts that decide it. [`Gate`] holds
//! signed packs, tables and a list of what was revoked; it verifies a code, decides anew from
//! its facts, asks the venue's rules and says *admit*, *check* or *deny*, with reasons.
//!
//! [`held`] reads a pass for the phone that shows it.
//!
//! Whatever cannot be told is for staff to check. Nothing unknown is admitted.

mod code;
mod gate;
mod held;
pub mod issue;

pub use code::Code;
pub use gate::{Answer, Face, Gate, Holder, PACKS, State, Why, Word};
pub use held::{Held, Phone, held};
