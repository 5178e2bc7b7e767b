//! Whole populations: facts in columns in, outcomes in columns out.

pub mod invent;
pub mod mapping;
