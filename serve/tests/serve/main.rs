//! Asks the service through its router, on both databases, and holds every answer to the
//! document that describes them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod audit;
mod common;
mod documents;
mod files;
mod interfaces;
mod limits;
mod monitor;
mod office;
mod openapi;
mod postgres;
mod sources;
mod tokens;
