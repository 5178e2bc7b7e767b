//! `longma key`: makes a key that signs, or shows what others may know of one.

use crate::answer::{Answer, Exit, Refusal};
use crate::messages::{Key, Words};
use crate::read::sealed::{self, private_key};
use crate::show::diagnostic::Diagnostic;
use crate::show::out;
use clap::{ValueEnum, ValueHint};
use longma_core::Args;
use longma_seal::{Algorithm, PrivateKey};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    file: PathBuf,
    /// Make the key; without it, an existing one is shown.
    #[arg(long)]
    new: bool,
    #[arg(
        long,
        value_name = "NAME",
        value_enum,
        default_value = "ed25519",
        requires = "new"
    )]
    algorithm: Kind,
}

/// The kinds of key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    Ed25519,
    P256,
    Sm2,
}

impl From<Kind> for Algorithm {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Ed25519 => Self::Ed25519,
            Kind::P256 => Self::P256,
            Kind::Sm2 => Self::Sm2,
        }
    }
}

/// Writes a new key into a file of its own, and prints its public part.
pub(crate) fn run(arguments: &Arguments, words: Words) -> Result<Answer, Refusal> {
    let path = &arguments.file;
    let key = if arguments.new {
        let key = drawn(arguments.algorithm.into(), words)?;
        out::secret(path, &format!("{}\n", key.to_jwk()), words)?;
        key
    } else {
        private_key(path, words)?
    };
    Ok(Answer::exact(format!("{}\n", key.public().to_jwk())))
}

/// A key that nobody can guess. Few bytes are no key of some algorithms: others are drawn.
fn drawn(algorithm: Algorithm, words: Words) -> Result<PrivateKey, Refusal> {
    for _ in 0..8 {
        if let Ok(key) = PrivateKey::from_bytes(algorithm, sealed::random(words)?) {
            return Ok(key);
        }
    }
    let told = words.fill(Key::NoRandom, &Args::of("detail", ""));
    Err(Refusal::new(Exit::Files, Diagnostic::error(&told)))
}
