//! The policy desk: what policy staff ask of packs before they publish them.
//!
//! Everything here is a function of packs as text: it reads no file, no clock
//! and no environment, so that the command line and a page can both call it.
//! Deciding is the core's; the desk looks at rules, it does not run them in any
//! other way than the core does.

pub mod band;
pub mod book;
pub mod case;
pub mod check;
mod code;
pub mod compare;
pub mod coverage;
pub mod dice;
pub mod difference;
pub mod editor;
pub mod explain;
pub mod generate;
pub mod guide;
pub mod html;
pub mod laws;
pub mod probes;
pub mod rule;
pub mod shrink;
#[cfg(test)]
mod small;
pub mod tables;
pub mod template;
pub mod text;

pub use code::Code;
