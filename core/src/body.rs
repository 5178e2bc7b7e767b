//! What a rule's call runs.
//!
//! A plan's rule has a [`Body`]: called with its arguments it gives causes, or a
//! fault with a position. The interpreter of scripts is one; core knows no more
//! of it than this trait. What one evaluation spends, and what its bodies keep
//! from one call to the next, is its [`Work`].

use crate::cause::Draft;
use crate::host::{Earlier, Fault};
use crate::limits;
use crate::problem::Code;
use crate::reference::Table;
use crate::value::Value;
use std::any::{Any, TypeId};
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What a rule is called with.
#[derive(Debug, Clone)]
pub enum Argument {
    /// The params, or a section of the facts.
    Value(Value),
    /// A reference table.
    Table(Arc<Table>),
    /// An earlier decision.
    Earlier(Earlier),
}

/// A fault, and where in the rule's script.
#[derive(Debug)]
pub struct Failure {
    /// What went wrong.
    pub fault: Fault,
    /// Line, from 1; 0 when it is not known.
    pub line: usize,
    /// Column in characters, from 1; 0 when it is not known.
    pub column: usize,
}

/// What can be called as a rule.
pub trait Body: Debug + Shared {
    /// Calls the rule; `arguments` stand in the order of its parameters.
    ///
    /// # Errors
    /// The fault that ended it, a limit of `work` included.
    fn call(&self, arguments: Vec<Argument>, work: &mut Work) -> Result<Vec<Draft>, Failure>;
}

/// Natively a catalogue is shared between threads. In WebAssembly there is one
/// thread, and a body need not be fit for more.
#[cfg(not(target_family = "wasm"))]
pub trait Shared: Send + Sync {}
#[cfg(not(target_family = "wasm"))]
impl<T: Send + Sync> Shared for T {}
/// Natively a catalogue is shared between threads. In WebAssembly there is one
/// thread, and a body need not be fit for more.
#[cfg(target_family = "wasm")]
pub trait Shared {}
#[cfg(target_family = "wasm")]
impl<T> Shared for T {}

/// One evaluation as bodies see it: what it has spent, and what they keep.
#[derive(Debug)]
pub struct Work {
    meter: Arc<Meter>,
    kept: BTreeMap<TypeId, Box<dyn Any>>,
}

impl Work {
    /// Nothing spent, nothing kept. `room` is how many times the limits may be spent.
    pub(crate) fn new(room: u64) -> Self {
        let meter = Meter {
            room,
            ..Meter::default()
        };
        Self {
            meter: Arc::new(meter),
            kept: BTreeMap::new(),
        }
    }

    /// Lends what bodies keep of type `T`, made when it is first asked for.
    pub fn with<T: Default + 'static, R>(
        &mut self,
        using: impl FnOnce(&mut T, &Arc<Meter>) -> R,
    ) -> R {
        let kept = self.kept.remove(&TypeId::of::<T>());
        let mut kept: Box<T> = kept
            .and_then(|kept| kept.downcast().ok())
            .unwrap_or_default();
        let result = using(&mut kept, &self.meter);
        self.kept.insert(TypeId::of::<T>(), kept);
        result
    }

    pub(crate) fn begin_rule(&self) {
        self.meter.rule.store(0, Ordering::Relaxed);
    }
}

/// Counts the steps that an evaluation spends.
#[derive(Debug, Default)]
pub struct Meter {
    /// Spent by the present rule.
    rule: AtomicU64,
    /// Spent by all rules so far.
    all: AtomicU64,
    /// How many times the limits may be spent.
    room: u64,
}

impl Meter {
    /// Spends `steps`.
    ///
    /// # Errors
    /// The fault of the limit that this breaks, of the rule or of the evaluation.
    pub fn charge(&self, steps: u64) -> Result<(), Fault> {
        let rule = self.rule.fetch_add(steps, Ordering::Relaxed) + steps;
        let all = self.all.fetch_add(steps, Ordering::Relaxed) + steps;
        if all > limits::EVALUATION_OPERATIONS && all > limits::EVALUATION_OPERATIONS * self.room {
            return Err(
                Fault::new(Code::EvaluationOperations).with("limit", limits::EVALUATION_OPERATIONS)
            );
        }
        if rule > limits::RULE_OPERATIONS && rule > limits::RULE_OPERATIONS * self.room {
            return Err(Fault::new(Code::RuleOperations).with("limit", limits::RULE_OPERATIONS));
        }
        Ok(())
    }
}
