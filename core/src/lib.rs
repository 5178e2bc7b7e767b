//! Longma's core: facts in, timeline out.
//!
//! ```text
//! facts ──rules──▶ causes ──scale, highest wins──▶ timeline ──at(now)──▶ status
//! ```
//!
//! A [`Catalogue`] is loaded once from a [`Bundle`] of rule packs. Its
//! [`evaluate`](Catalogue::evaluate) answers for all instants at once; the
//! resulting [`Outcome`] is then looked up [`at`](Outcome::at) any instant.
//!
//! What is absent here on purpose: no clock, no file, no environment, no
//! randomness, no thread. Everything comes in as an argument, so the same
//! arguments give the same bytes on every target (see `clippy.toml`, which
//! refuses the rest).

mod catalogue;
mod cause;
mod check;
mod evaluate;
mod facts;
mod host;
mod json;
pub mod limits;
mod link;
mod outcome;
mod pack;
mod plan;
mod problem;
mod reference;
mod schema;
mod script;
mod series;
mod text;
mod time;
mod timeline;
mod value;
#[cfg(feature = "watch")]
pub mod watch;
mod when;

pub use catalogue::{Catalogue, PackInfo, Policy};
pub use evaluate::Request;
pub use facts::Facts;
pub use outcome::{CauseView, DecisionOutcome, Next, Outcome, Status};
pub use pack::{
    BUNDLE_FORMAT, Bundle, Captions, Corrections, DecisionCaptions, Effective, Law, LawKind,
    Manifest, Minimum, PackSource, Param, ParamValue, RuleCaptions, Scalar, Scale, Source,
};
pub use problem::{Place, Problem, Problems, Severity, nearest, pack_codes};
pub use reference::{References, Table};
pub use schema::Schema;
pub use script::callable;
pub use text::{Lang, Localized, Messages};
pub use time::{Date, Days, Elapsed, Instant, Offset, TimeError};
pub use timeline::{Cause, Segment, Timeline};
pub use when::{Span, When};
