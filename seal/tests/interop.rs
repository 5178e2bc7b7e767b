//! Signed documents of another COSE library, in another language, and ours as that library
//! has them.
//!
//! `interop/` has both sides' documents: the library's side makes and verifies them in
//! Node (`npm test` there), this one opens what it signed and makes ours anew. Both keys are
//! of bytes that anybody can guess.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use longma_seal::{Algorithm, Keys, PrivateKey, PublicKey, Purpose, open, open_by};
use std::fmt::Write as _;

/// Made by this file.
const OURS: &str = include_str!("interop/ours.txt");
/// Made by `interop/record.mjs`.
const THEIRS: &str = include_str!("interop/theirs.txt");

/// A line of a file: a document with those who signed it.
struct Line<'a> {
    kind: &'a str,
    purpose: Purpose,
    payload: Vec<u8>,
    document: Vec<u8>,
    /// The keys above it, as the file writes them.
    jwks: Vec<&'a str>,
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let mut keys = Vec::new();
    let mut lines = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if line.starts_with('{') {
            keys.push(line);
            continue;
        }
        let words: Vec<&str> = line.split(' ').collect();
        let purpose = Purpose::ALL.into_iter().find(|it| it.name() == words[1]);
        lines.push(Line {
            kind: words[0],
            purpose: purpose.unwrap(),
            payload: bytes_of(words[2]),
            document: bytes_of(words[3]),
            jwks: match words[0] {
                "one" => keys[keys.len() - 1..].to_vec(),
                _ => keys.clone(),
            },
        });
    }
    assert!(!lines.is_empty(), "there is nothing to open");
    lines
}

fn bytes_of(hex: &str) -> Vec<u8> {
    let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    match hex {
        "-" => Vec::new(),
        _ => (0..hex.len()).step_by(2).map(byte).collect(),
    }
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        write!(text, "{byte:02x}").unwrap();
    }
    text
}

impl Line<'_> {
    fn keys(&self) -> Keys {
        Keys::new(self.jwks.iter().map(|jwk| PublicKey::read(jwk).unwrap()))
    }

    /// What of a document counts, if all of its signers do: the payload and how many signed.
    fn opened(&self, document: &[u8]) -> Result<(Vec<u8>, usize), String> {
        let keys = self.keys();
        let opened = match self.kind {
            "one" => open(document, self.purpose, &keys).map(|it| (it.payload.to_vec(), 1)),
            _ => open_by(document, self.purpose, &keys, keys.len())
                .map(|it| (it.payload.to_vec(), it.keys.len())),
        };
        opened.map_err(|it| it.code.to_string())
    }

    /// The document as we make it.
    fn made(&self) -> Vec<u8> {
        let private = self.jwks.iter().map(|jwk| {
            let algorithm = PublicKey::read(jwk).unwrap().algorithm();
            let key = PrivateKey::from_bytes(algorithm, [7; 32]).unwrap();
            assert_eq!(key.public().to_jwk(), *jwk, "the key is of these bytes");
            key
        });
        let private: Vec<PrivateKey> = private.collect();
        match self.kind {
            "one" => private[0].seal(&self.payload, self.purpose),
            _ => PrivateKey::seal_by(&self.payload, self.purpose, &private).unwrap(),
        }
    }
}

#[test]
fn what_the_other_library_signed_is_opened() {
    for line in lines(THEIRS) {
        let (payload, signers) = line.opened(&line.document).unwrap();
        assert_eq!((payload, signers), (line.payload, line.jwks.len()));
    }
}

#[test]
fn what_the_other_library_signed_is_refused_with_any_one_byte_changed() {
    for line in lines(THEIRS) {
        for at in 0..line.document.len() {
            let mut changed = line.document.clone();
            changed[at] ^= 1;
            assert!(line.opened(&changed).is_err(), "{} byte {at}", line.kind);
        }
    }
}

#[test]
fn what_the_other_library_signed_with_ed25519_is_what_we_make() {
    let only = |jwk: &&str| PublicKey::read(jwk).unwrap().algorithm() == Algorithm::Ed25519;
    let mut seen = 0;
    for line in lines(THEIRS) {
        if line.jwks.iter().all(only) {
            assert_eq!(hex(&line.document), hex(&line.made()), "{}", line.kind);
            seen += 1;
        }
    }
    assert!(seen > 0, "there is nothing to compare");
}

#[test]
fn ours_are_what_the_other_library_has_of_us() {
    let mut made = lines(OURS).into_iter().map(|line| line.made());
    let mut text = String::new();
    for line in OURS.lines() {
        match line.rsplit_once(' ') {
            Some((before, _)) if !line.starts_with(['#', '{']) => {
                writeln!(text, "{before} {}", hex(&made.next().unwrap())).unwrap();
            }
            _ => writeln!(text, "{line}").unwrap(),
        }
    }
    assert!(text == OURS, "interop/ours.txt should be:\n{text}");
}
