//! Which passes and records no longer count, in two bytes and a quarter for each: a filter
//! that never misses one, and of 65,536 others takes one for it.

use crate::cbor::{self, Limits, Value};
use crate::cose::Purpose;
use crate::trust::{Form, Root, Seen, payload, unexpired};
use longma_core::{Instant, Problem};
use xorf::{BinaryFuse16, Descriptor, Filter as _};

/// A dated list of what no longer counts.
#[derive(Debug, Clone)]
pub struct Revoked {
    /// Its version.
    pub version: i64,
    /// When it was made.
    pub issued: Instant,
    /// From when on it no longer counts.
    pub expires: Instant,
    filter: BinaryFuse16,
}

impl Revoked {
    /// A list of these ids. Without any it is a list that nothing is on.
    ///
    /// ```
    /// use longma_core::Instant;
    /// use longma_seal::revoked::Revoked;
    /// let at = |text| Instant::parse(text).unwrap();
    /// let span = (at("2022-07-08T00:00:00+08:00"), at("2022-07-09T00:00:00+08:00"));
    /// let list = Revoked::new(1, span, &[[1; 8], [2; 8], [1; 8]]).unwrap();
    /// assert!(list.has([2; 8]));
    /// assert!(!list.has([3; 8]));
    /// ```
    #[must_use]
    pub fn new(version: i64, span: (Instant, Instant), ids: &[[u8; 8]]) -> Option<Self> {
        let mut keys: Vec<u64> = ids.iter().map(|id| u64::from_be_bytes(*id)).collect();
        longma_core::order::sort(&mut keys);
        keys.dedup();
        Some(Self {
            version,
            issued: span.0,
            expires: span.1,
            filter: BinaryFuse16::try_from(keys).ok()?,
        })
    }

    /// Whether something of this id no longer counts.
    #[must_use]
    pub fn has(&self, id: [u8; 8]) -> bool {
        self.filter.contains(&u64::from_be_bytes(id))
    }

    /// As it is signed.
    #[must_use]
    pub fn to_payload(&self) -> Vec<u8> {
        let of = &self.filter.descriptor;
        let prints = self.filter.fingerprints.iter();
        let prints: Vec<u8> = prints.flat_map(|print| print.to_be_bytes()).collect();
        let members = [
            ("issued", Value::Int(self.issued.unix())),
            ("seed", Value::Int(of.seed.cast_signed())),
            ("segment", Value::Int(of.segment_length.into())),
            ("prints", Value::Bytes(&prints)),
        ];
        payload(self.version, self.expires, members)
    }

    fn read(payload: &[u8]) -> Result<Self, Problem> {
        let form = Form(Purpose::Revocations);
        let document = cbor::read(payload, Limits::LARGE)?;
        let names = ["issued", "seed", "segment", "prints", "version", "expires"];
        let [issued, seed, segment, prints, version, expires] = form.members(&document, names)?;
        let filter = filter(seed, segment, prints).ok_or_else(|| form.wrong())?;
        Ok(Self {
            version: form.version(version)?,
            issued: form.instant(issued)?,
            expires: form.instant(expires)?,
            filter,
        })
    }
}

/// A filter whose every look-up stays inside of it.
fn filter(seed: &Value<'_>, segment: &Value<'_>, prints: &Value<'_>) -> Option<BinaryFuse16> {
    let (Value::Int(seed), Value::Int(segment), Value::Bytes(prints)) = (seed, segment, prints)
    else {
        return None;
    };
    let segment_length = u32::try_from(*segment).ok()?;
    let (pairs, rest) = prints.as_chunks::<2>();
    let length = u32::try_from(pairs.len()).ok()?;
    // Three segments that follow one another are looked into, the first of them anywhere.
    let segment_count_length = length.checked_sub(segment_length.checked_mul(2)?)?;
    let fits = rest.is_empty()
        && segment_length.is_power_of_two()
        && segment_count_length > 0
        && segment_count_length.is_multiple_of(segment_length);
    fits.then(|| BinaryFuse16 {
        descriptor: Descriptor {
            seed: seed.cast_unsigned(),
            segment_length,
            segment_length_mask: segment_length - 1,
            segment_count_length,
        },
        fingerprints: pairs.iter().map(|pair| u16::from_be_bytes(*pair)).collect(),
    })
}

impl Root {
    /// Opens a list of what no longer counts, if it counts `now` and is no older than one that
    /// was seen. `seen` is brought up to it only then.
    ///
    /// # Errors
    /// If it is signed by too few, has expired, or is older than what was seen.
    pub fn revoked(
        &self,
        document: &[u8],
        seen: &mut Seen,
        now: Instant,
    ) -> Result<Revoked, Problem> {
        let purpose = Purpose::Revocations;
        let list = Revoked::read(self.opened(document, purpose)?)?;
        unexpired(purpose, list.expires, now)?;
        let counted = self.counted(purpose, list.version, seen)?;
        seen.0.insert(counted, list.version);
        Ok(list)
    }
}
