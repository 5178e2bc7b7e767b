//! The code that a rule runs.
//!
//! Each rule of a plan has a [`Body`]. Called with its arguments, it returns causes,
//! or a fault with a position. The script interpreter implements this trait; core
//! knows nothing else of it. [`Work`] counts what one evaluation spends and holds
//! what bodies keep between calls.

use crate::cause::Draft;
use crate::facts::Facts;
use crate::host::{Earlier, Fault};
use crate::limits;
#[cfg(not(target_family = "wasm"))]
use crate::machine::State;
#[cfg(not(target_family = "wasm"))]
use crate::observe::Observer;
use crate::plan::Read;
use crate::problem::Code;
#[cfg(feature = "extract")]
use crate::program::{Id, Program};
use crate::reference::{References, Table};
use crate::value::Value;
use std::any::Any;
use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// One argument of a rule.
#[derive(Debug, Clone)]
pub enum Argument {
    /// The params, or a section of the facts.
    Value(Value),
    /// A reference table.
    Table(Arc<Table>),
    /// An earlier decision.
    Earlier(Earlier),
}

/// What a rule is called with. Everything that the rule reads is there.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// Where its arguments come from, in the order of its parameters.
    pub reads: &'a [Read],
    /// The record of params.
    pub params: &'a Value,
    /// The facts.
    pub facts: &'a Facts,
    /// The reference tables.
    pub references: &'a References,
    /// The earlier decisions that it reads, in the order of its parameters.
    pub earlier: &'a [Earlier],
}

impl Given<'_> {
    /// The arguments as values.
    #[must_use]
    pub fn arguments(&self) -> Vec<Argument> {
        let mut earlier = self.earlier.iter();
        let argument = |read: &Read| match read {
            Read::Params => Some(Argument::Value(self.params.clone())),
            Read::Section(name, _) => self.facts.section(name).map(Argument::Value),
            Read::Table(name) => {
                let table = self.references.get(name).cloned();
                table.map(Argument::Table)
            }
            Read::Earlier(_) => earlier.next().cloned().map(Argument::Earlier),
        };
        self.reads.iter().filter_map(argument).collect()
    }
}

/// A fault and its position in the rule's script.
#[derive(Debug)]
pub struct Failure {
    /// What went wrong.
    pub fault: Fault,
    /// Line, from 1; 0 when it is not known.
    pub line: usize,
    /// Column in characters, from 1; 0 when it is not known.
    pub column: usize,
}

/// Code that can be called as a rule.
///
/// ```
/// use longma_core::body::{Argument, Body, Failure, Given, Work};
/// use longma_core::cause::Draft;
/// use longma_core::value::Value;
/// use longma_core::When;
///
/// /// Red for ever, as soon as there is one record.
/// #[derive(Debug)]
/// struct AnyRecord;
///
/// impl Body for AnyRecord {
///     fn call(&self, given: &Given<'_>, _: &mut Work) -> Result<Vec<Draft>, Failure> {
///         let arguments = given.arguments();
///         let [Argument::Value(Value::List(records))] = arguments.as_slice() else {
///             return Ok(Vec::new());
///         };
///         let red = |record: &Value| match record {
///             Value::Record(record) => {
///                 Some(Draft::new("red".into(), When::always()).because(record.evidence()))
///             }
///             _ => None,
///         };
///         Ok(records.iter().filter_map(red).collect())
///     }
/// }
/// # let rule: std::sync::Arc<dyn Body> = std::sync::Arc::new(AnyRecord);
/// # assert_eq!(format!("{rule:?}"), "AnyRecord");
/// ```
pub trait Body: Debug + Shared {
    /// Rules with the same key compute the same from the same facts and tables. A rule
    /// that computes nothing for others has none.
    fn key(&self) -> Option<usize> {
        None
    }

    /// The program that it runs, and the operation that gives its causes, for whoever asks
    /// what it reads; `None` for a body that is no program.
    #[cfg(feature = "extract")]
    fn program(&self) -> Option<(&Program, Id)> {
        None
    }

    /// Calls the rule.
    ///
    /// # Errors
    /// The fault that ended the call, including a broken limit of `work`.
    fn call(&self, given: &Given<'_>, work: &mut Work) -> Result<Vec<Draft>, Failure>;
}

/// What a body needs so that a catalogue can be shared between threads: `Send` and
/// `Sync` natively, nothing in WebAssembly, which has one thread.
#[cfg(not(target_family = "wasm"))]
pub trait Shared: Send + Sync {}
#[cfg(not(target_family = "wasm"))]
impl<T: Send + Sync> Shared for T {}
/// What a body needs so that a catalogue can be shared between threads: `Send` and
/// `Sync` natively, nothing in WebAssembly, which has one thread.
#[cfg(target_family = "wasm")]
pub trait Shared {}
#[cfg(target_family = "wasm")]
impl<T> Shared for T {}

/// One evaluation as bodies see it: the steps spent, and what bodies keep.
#[derive(Debug)]
pub struct Work {
    meter: Arc<Meter>,
    kept: Vec<Box<dyn Any>>,
}

impl Work {
    /// Starts with nothing spent and nothing kept. The limits are multiplied by `room`.
    pub(crate) fn new(room: u64) -> Self {
        let meter = Meter {
            room,
            ..Meter::default()
        };
        Self {
            meter: Arc::new(meter),
            kept: Vec::new(),
        }
    }

    /// Lends the value of type `T` that bodies keep; the first call creates it.
    pub fn with<T: Default + 'static, R>(
        &mut self,
        using: impl FnOnce(&mut T, &Arc<Meter>) -> R,
    ) -> R {
        let known = self.kept.iter().position(|kept| kept.is::<T>());
        let at = known.unwrap_or_else(|| {
            self.kept.push(Box::<T>::default());
            self.kept.len() - 1
        });
        match self.kept.get_mut(at).and_then(|kept| kept.downcast_mut()) {
            Some(kept) => using(kept, &self.meter),
            None => using(&mut T::default(), &self.meter),
        }
    }

    /// The same for another evaluation: nothing is spent, and of what is kept only memory.
    #[cfg(not(target_family = "wasm"))]
    fn again(mut self) -> Self {
        let room = self.meter.room;
        self.meter = Arc::new(Meter {
            room,
            ..Meter::default()
        });
        self.kept
            .retain_mut(|kept| match kept.downcast_mut::<State>() {
                Some(state) => {
                    state.end();
                    true
                }
                None => false,
            });
        self
    }

    pub(crate) fn begin_rule(&self) {
        self.meter.rule.store(0, Ordering::Relaxed);
    }
}

/// Memory that evaluations use one after another, with nothing in it that decides.
/// [`Ready`](crate::Ready) has an example.
#[cfg(not(target_family = "wasm"))]
#[derive(Debug, Default)]
pub struct Arena(Option<Work>);

#[cfg(not(target_family = "wasm"))]
impl Observer for Arena {
    const WATCHES: bool = false;

    fn begin(&mut self) -> Work {
        self.0.take().unwrap_or_else(|| Work::new(1))
    }

    fn end(&mut self, work: Work) {
        self.0 = Some(work.again());
    }
}

/// Counts the steps that an evaluation spends.
#[derive(Debug, Default)]
pub struct Meter {
    /// Spent by the current rule.
    rule: AtomicU64,
    /// Spent by all rules so far.
    all: AtomicU64,
    /// The limits are multiplied by this.
    room: u64,
}

impl Meter {
    /// The steps that are left for the current rule.
    #[must_use]
    pub fn left(&self) -> u64 {
        let left = |limit: u64, spent: &AtomicU64| {
            let limit = limit.saturating_mul(self.room);
            limit.saturating_sub(spent.load(Ordering::Relaxed))
        };
        left(limits::RULE_OPERATIONS, &self.rule)
            .min(left(limits::EVALUATION_OPERATIONS, &self.all))
    }

    /// Spends `steps`.
    ///
    /// # Errors
    /// A fault if this breaks the limit of the rule or of the whole evaluation.
    pub fn charge(&self, steps: u64) -> Result<(), Fault> {
        // One call can claim any number; it breaks the rule's limit and no more.
        let limit = limits::RULE_OPERATIONS.saturating_mul(self.room);
        let left = limit.saturating_sub(self.rule.load(Ordering::Relaxed));
        let steps = steps.min(left.saturating_add(1));
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
