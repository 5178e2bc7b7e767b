//! An outcome: its statuses at an instant, its card, and its presentation at a door.

use crate::answer::{documents, object};
use crate::door::presence_of;
use longma_answer::{parsed, result, value};
use longma_core::order::sorted;
use longma_core::{Instant, Named, Role};
use longma_passes::card::card;
use longma_passes::door;
use wasm_bindgen::prelude::*;

/// What the rules say about one subject, for all instants, with the facts they were
/// applied to.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Outcome {
    inner: longma_core::Outcome,
}

impl Outcome {
    /// Wraps an outcome.
    #[must_use]
    pub fn of(inner: longma_core::Outcome) -> Self {
        Self { inner }
    }

    /// The wrapped outcome.
    #[must_use]
    pub fn inner(&self) -> &longma_core::Outcome {
        &self.inner
    }
}

#[wasm_bindgen]
impl Outcome {
    /// The outcome as JSON text, byte for byte the same as the native engine's.
    #[must_use]
    pub fn json(&self) -> String {
        self.inner.json()
    }

    /// The outcome as a value.
    #[wasm_bindgen(unchecked_return_type = "OutcomeJson")]
    #[must_use]
    pub fn value(&self) -> JsValue {
        parsed(&self.inner.json())
    }

    /// Every decision's status at an instant, in seconds since the Unix epoch
    /// (`Date.now() / 1000`). A fraction is truncated. The npm packages leave it out: they
    /// look up in plain data.
    #[cfg(feature = "statuses")]
    #[wasm_bindgen(unchecked_return_type = "Result<{ statuses: Record<string, Status> }>")]
    #[must_use]
    pub fn at(&self, seconds: f64) -> JsValue {
        let statuses = Instant::from_clock(seconds);
        let statuses = statuses.and_then(|instant| self.inner.views_at(instant));
        result(statuses.map(|statuses| [("statuses", value(&statuses))]))
    }

    /// What a card shows at an instant in seconds.
    #[wasm_bindgen(unchecked_return_type = "Result<{ card: Card }>")]
    #[must_use]
    pub fn card(&self, seconds: f64) -> JsValue {
        let drawn = Instant::from_clock(seconds);
        let drawn = drawn.map(|at| card(&self.inner, at));
        result(drawn.map(|card| [("card", value(&card))]))
    }

    /// The facts of a venue with this person at its door: the scan, and the person's levels
    /// around that time. `person` is a pseudonym; nothing else about the person is passed on.
    #[wasm_bindgen(unchecked_return_type = "Result<{ facts: string }>")]
    #[must_use]
    pub fn present(&self, venue: &str, person: &str, seconds: f64, presence: &str) -> JsValue {
        let facts = object(venue).and_then(|venue| {
            let at = Instant::from_clock(seconds)?;
            let presence = presence_of(presence)?;
            Ok(door::present(venue, person, &self.inner, at, presence))
        });
        documents(facts)
    }

    /// The number of the offset at which instants are written: minutes, if it is fixed.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "it has at most 51 bits")]
    pub fn offset(&self) -> f64 {
        self.inner.offset().number() as f64
    }

    /// The decisions by role, each list in display order.
    #[wasm_bindgen(unchecked_return_type = "Record<Role, string[]>")]
    #[must_use]
    pub fn roles(&self) -> JsValue {
        let roles = Role::ALL.into_iter();
        let roles = roles.map(|role| (role.name(), self.inner.in_role(role)));
        value(&Named(sorted(roles)))
    }

    /// What the venue's rules say about the person at its door, at an instant in seconds.
    /// Call it on the outcome for the facts that `present` returned. `null` if the rules have
    /// no such decision at that time.
    #[wasm_bindgen(unchecked_return_type = "Result<{ verdict: CardPart | null }>")]
    #[must_use]
    pub fn verdict(&self, seconds: f64) -> JsValue {
        let found = Instant::from_clock(seconds);
        result(found.map(|at| [("verdict", value(&door::verdict(&self.inner, at)))]))
    }
}
