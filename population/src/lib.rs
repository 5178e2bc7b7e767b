//! Whole populations: facts in columns in, outcomes in columns out.

mod apart;
pub mod batch;
pub mod convert;
pub mod count;
pub mod decide;
mod document;
mod feed;
pub mod files;
pub mod invent;
pub mod mapping;
pub mod outcome;
pub mod run;
