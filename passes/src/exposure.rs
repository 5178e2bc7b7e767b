//! 密接自查: venues as digests, so that a list of exposure events names no place.
//!
//! The publisher of a list chooses a salt for it and lists digests. A phone computes
//! the digests of the venues that it visited with the same salt and compares. The salt
//! is public: it prevents joining lists and making one table for all of them. Whether a
//! place can be found by trying all codes depends on the codes, so a venue's code should
//! have a part that nobody can guess.

use crate::code::Code;
use longma_core::{Json, Members, Problem, hex};
use sha2::{Digest, Sha256};

/// Minimum length of a salt, in characters.
const SALT_LENGTH: usize = 16;

/// The digest of a venue's code with the salt of a list: SHA-256 over the salt, a zero
/// byte and the code, in lower-case hexadecimal.
///
/// ```
/// // printf 'list-2021-11-01-x\0TEST-1' | sha256sum
/// let digest = longma_passes::exposure::digest("list-2021-11-01-x", "TEST-1");
/// assert!(digest.starts_with("66e38acaeec05d8f") && digest.len() == 64);
/// ```
#[must_use]
pub fn digest(salt: &str, venue: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(salt.as_bytes());
    hash.update([0]);
    hash.update(venue.as_bytes());
    hex(&hash.finalize())
}

/// The facts with a digest for every visit, replacing any earlier one.
///
/// ```
/// use longma_passes::exposure::{digest, with_digests};
/// # use longma_core::{Json, Problem};
/// let facts = Json::parse(r#"{"visits": [{"venue": "TEST-1"}]}"#, "facts")?;
/// let facts = with_digests(facts.as_object().unwrap().clone(), "list-2021-11-01-x")?;
/// let digest = digest("list-2021-11-01-x", "TEST-1");
/// assert_eq!(facts["visits"].items()[0].text_at("/digest"), Some(digest.as_str()));
/// # Ok::<(), Problem>(())
/// ```
///
/// # Errors
/// A salt that is shorter than 16 characters or contains a zero character.
pub fn with_digests(mut facts: Members, salt: &str) -> Result<Members, Problem> {
    if salt.chars().count() < SALT_LENGTH || salt.contains('\0') {
        return Err(Problem::in_facts(Code::ExposureSalt, "").with("least", SALT_LENGTH));
    }
    let visits = facts.get_mut("visits").map(Json::items_mut);
    for visit in visits.into_iter().flatten().filter_map(Json::as_object_mut) {
        if let Some(venue) = visit.get("venue").and_then(Json::as_text) {
            let digest = digest(salt, venue);
            visit.insert("digest".to_owned(), Json::from(digest));
        }
    }
    Ok(facts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_sha_256_of_salt_zero_and_code() {
        // printf 'list-2021-11-01-x\0TEST-1' | sha256sum
        assert_eq!(
            digest("list-2021-11-01-x", "TEST-1"),
            "66e38acaeec05d8f6654d3ef2517920897d0578073c517f3955bfa18a1b3cb14"
        );
        assert_ne!(
            digest("list-2021-11-01-x", "TEST-1"),
            digest("list-2021-11-01-y", "TEST-1")
        );
        // The zero byte keeps salt and code apart.
        assert_ne!(digest("ab", "c"), digest("a", "bc"));
    }
}
