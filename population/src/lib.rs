//! Whole populations: facts in columns in, outcomes in columns out.

pub mod batch;
pub mod convert;
pub mod decide;
mod document;
pub mod invent;
pub mod mapping;
pub mod outcome;
