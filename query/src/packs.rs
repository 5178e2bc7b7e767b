//! The packs that questions are asked of, by name.

use crate::code::{self, Code};
use crate::error::{Error, Result};
use crate::question::Asked;
use longma_core::{Catalogue, References};
use longma_population::decide::Decider;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Questions that are kept ready. A session asks few; one that makes them up as it goes
/// must not fill the memory.
const KEPT: usize = 256;

/// Sets of packs by name, each with its reference data.
///
/// Making a [`Decider`] costs more than deciding about a person, so one is kept for each
/// question.
#[derive(Debug, Default)]
pub struct Packs {
    sets: BTreeMap<String, Set>,
    ready: Mutex<BTreeMap<String, Ready>>,
    decided: AtomicU64,
}

#[derive(Clone)]
struct Set {
    catalogue: Arc<Catalogue>,
    references: Arc<References>,
}

impl fmt::Debug for Set {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} packs", self.catalogue.packs().len())
    }
}

/// A question that is ready to be answered.
#[derive(Debug, Clone)]
pub(crate) struct Ready {
    pub(crate) asked: Arc<Asked>,
    pub(crate) decider: Arc<Decider>,
    pub(crate) catalogue: Arc<Catalogue>,
}

impl Packs {
    /// No packs yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds packs under a name. Those called `""` are meant where no name is given.
    #[must_use]
    pub fn with(
        mut self,
        name: &str,
        catalogue: Arc<Catalogue>,
        references: Arc<References>,
    ) -> Self {
        let set = Set {
            catalogue,
            references,
        };
        self.sets.insert(name.to_owned(), set);
        self
    }

    /// About how many rows anything was decided so far.
    #[must_use]
    pub fn decided(&self) -> u64 {
        self.decided.load(Ordering::Relaxed)
    }

    pub(crate) fn count(&self, rows: usize) {
        let rows = u64::try_from(rows).unwrap_or(u64::MAX);
        self.decided.fetch_add(rows, Ordering::Relaxed);
    }

    /// Gets ready to answer a question, or takes what was made ready before.
    pub(crate) fn ready(&self, json: &str) -> Result<Ready> {
        let kept = |ready: &BTreeMap<String, Ready>| ready.get(json).cloned();
        if let Some(ready) = kept(&self.ready.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(ready);
        }
        let asked = Asked::read(json)?;
        let set = self.set(asked.packs.as_deref())?;
        let catalogue = Arc::clone(&set.catalogue);
        let references = Arc::clone(&set.references);
        let decider = Decider::new(Arc::clone(&catalogue), references, asked.question()?);
        let ready = Ready {
            decider: Arc::new(decider.map_err(Error::from)?),
            asked: Arc::new(asked),
            catalogue,
        };
        let mut all = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= KEPT {
            all.clear();
        }
        all.insert(json.to_owned(), ready.clone());
        Ok(ready)
    }

    fn set(&self, name: Option<&str>) -> Result<&Set> {
        let known = || code::known(self.sets.keys().map(String::as_str));
        match (name, self.sets.get(name.unwrap_or_default())) {
            (_, Some(set)) => Ok(set),
            (None, None) => match (self.sets.values().next(), self.sets.len()) {
                (Some(only), 1) => Ok(only),
                (None, _) => Err(Error::new(Code::PacksUnknown)
                    .with("name", "")
                    .with("known", known())),
                _ => Err(Error::new(Code::PacksUnnamed).with("known", known())),
            },
            (Some(name), None) => Err(Error::new(Code::PacksUnknown)
                .with("name", name)
                .with("known", known())),
        }
    }
}
