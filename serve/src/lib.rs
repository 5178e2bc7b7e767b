//! The issuing service: takes signed facts, and gives out signed codes, packs and lists.
//!
//! It decides nothing that a phone could not. Codes are made by [`longma_gate::issue`] from
//! facts that [`longma_records::merge`] joins; both are pure, and whoever has the same
//! statements and packs gets the same. What is kept is kept as its source signed it, with a
//! row of a log whose digests are a chain.
//!
//! Left out: TLS, which a proxy or the network does; whoever signs does not rely on it.
//! Accounts, which the issuer of tokens has. Publishing packs and lists, which officers sign
//! offline: they are put into the folder that is given out.

mod answer;
mod api;
mod app;
mod auth;
mod clock;
mod code;
mod config;
mod documents;
mod keys;
mod limits;
mod people;
mod run;
mod store;

pub use answer::{PROBLEM_TYPE, ProblemBody, ProblemEntry};
pub use api::{described, router};
pub use app::App;
pub use auth::{Bearer, Tokens};
pub use clock::Clock;
pub use code::Code;
pub use config::Config;
pub use documents::SOURCES;
pub use documents::{File, Loaded, Shelf};
pub use keys::{Keys, Secret, Signer};
pub use run::{Listening, listen, run, verify};
pub use store::{Chain, Entry, Logged, Receipt, Stated, Store, Writing};
