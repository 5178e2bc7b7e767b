//! Longma's core: facts in, timeline out.
//!
//! ```text
//! facts ──rules──▶ causes ──scale, highest wins──▶ timeline ──at(now)──▶ status
//! ```
//!
//! A [`Catalogue`] holds plans that are ready to evaluate. Its
//! [`evaluate`](Catalogue::evaluate) answers for all instants at once; the
//! resulting [`Outcome`] is then looked up [`at`](Outcome::at) any instant.
//!
//! Core does not know how packs are stored or in which language rules are written:
//! a rule is a callable [`Body`](body::Body). There is no clock, file access,
//! environment, randomness or thread. Everything comes in as an argument, so the
//! same arguments give the same bytes on every target. `clippy.toml` enforces this.

pub mod body;
mod catalogue;
pub mod cause;
pub mod columns;
mod evaluate;
mod facts;
mod fold;
mod functions;
mod hex;
mod history;
pub mod host;
mod id;
mod json;
pub mod limits;
pub mod machine;
pub mod number;
pub mod observe;
pub mod order;
mod outcome;
pub mod packed;
mod places;
pub mod plan;
mod policy;
mod problem;
pub mod program;
mod reading;
mod reference;
mod role;
pub mod schema;
mod series;
mod text;
mod time;
mod timeline;
pub mod value;
mod when;

pub use catalogue::{
    CORRECTIONS, Catalogue, Contents, Corrections, Pack, PackInfo, RECORDS, Signers,
};
#[cfg(feature = "extract")]
pub use evaluate::Extract;
#[cfg(not(target_family = "wasm"))]
pub use evaluate::Ready;
pub use evaluate::Request;
pub use facts::Facts;
pub use fold::fold;
pub use hex::hex;
pub use history::History;
pub use id::{NATIONAL, PackId, covers, is_region};
pub use json::{Json, Members, push_pointer, quote};
pub use outcome::wire::{CauseView, Named, NextView, Stamp, StatusView, UNKNOWN};
pub use outcome::{DecisionOutcome, Outcome, Status, Stretch};
pub use places::{PlaceId, Places, Unplaced};
pub use policy::{Descent, Part, Policy};
pub use problem::{Code, CodeName, Family, Place, Problem, Problems, Severity, nearest};
pub use reading::{GREY, Reading, Reason};
pub use reference::{References, Table};
pub use role::{Role, Roles};
pub use schema::Schema;
pub use series::{Series, square_root};
pub use text::{Args, IntoLocalized, Lang, Localized, Messages, fill, is_language, placeholders};
pub use time::{Date, Days, Elapsed, Instant, Offset, Summer, TimeError, Turn};
pub use timeline::{Cause, Citation, EVIDENCE, Segment, Timeline, Verdict};
pub use when::{Span, When};
