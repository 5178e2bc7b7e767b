//! Signatures for packs, facts and codes: what was signed, by whom and for what, read
//! strictly and checked without a network.
//!
//! A signed document is a `COSE_Sign1` message (RFC 9052) in deterministic CBOR (RFC 8949,
//! section 4.2.1) of one form: whatever could be written in two ways is refused by name. The
//! algorithm belongs to the key and is never taken from the message, and a message says what
//! it was signed for, so that a signature under facts never passes for one under packs.
//!
//! Nothing here decides whom to trust: a caller brings the [`Keys`] that count.

pub mod cbor;
mod code;
pub mod compact;
mod cose;
mod key;
#[cfg(feature = "sign")]
mod outside;
pub mod pass;
pub mod receipt;
pub mod revoked;
#[cfg(feature = "sign")]
mod sign;
pub mod statement;
pub mod text;
pub mod trust;

pub use code::Code;
pub use cose::{Opened, OpenedBy, Purpose, open, open_by};
pub use key::{Algorithm, KeyId, Keys, PublicKey};
#[cfg(feature = "sign")]
pub use outside::seal_outside;
#[cfg(feature = "sign")]
pub use sign::PrivateKey;
