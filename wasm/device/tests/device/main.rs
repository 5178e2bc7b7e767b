//! What a phone loads, as JavaScript sees it. One program, so that it is linked once.
#![cfg(target_arch = "wasm32")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;
mod engine;
mod passes;
