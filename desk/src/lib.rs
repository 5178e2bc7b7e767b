//! The policy desk: tools for policy staff to check, compare and explain packs before
//! they publish them.
//!
//! Everything here is a function of packs as text. It reads no file, clock or
//! environment, so the command line and a web page can both call it. The core decides;
//! the desk inspects rules and never runs them in any other way than the core does.

pub mod approve;
pub mod band;
pub mod book;
pub mod bring;
pub mod case;
pub mod changes;
pub mod check;
mod code;
pub mod compare;
mod countries;
pub mod counts;
pub mod coverage;
pub mod dice;
pub mod difference;
pub mod editor;
pub mod explain;
pub mod generate;
pub mod guide;
pub mod held;
pub mod html;
pub mod laws;
pub mod mutate;
mod notice;
pub mod probes;
pub mod rule;
pub mod server;
pub mod shrink;
#[cfg(test)]
mod small;
pub mod tables;
pub mod template;
pub mod text;
pub mod trial;

pub use code::Code;
