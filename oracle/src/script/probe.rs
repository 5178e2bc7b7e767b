//! The probe: a function that returns its argument and records it.
//!
//! Only scripts that the desk has instrumented call it, and only a watched host
//! provides it. The records are kept with the evaluation, rule by rule.

use super::values::{items, kind};
use super::{Host, Outcome, Runs, Session, library};
use crate::watch::{PROBE, Seen, Sight, Tally};
use longma_core::When;
use longma_core::body::Work;
use longma_core::cause::Draft;
use longma_core::host::Kind;
use longma_core::limits;
use longma_core::value::{Evidence, Record, Temperature};
use longma_core::{Date, Days, Elapsed, Facts, Instant, Offset};
use rhai::{Dynamic, ImmutableString, NativeCallContext};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What probes recorded for one rule.
#[derive(Debug, Default)]
pub(crate) struct Log {
    /// Records in order, up to [`limits::SIGHTS`].
    pub(crate) sights: Vec<Sight>,
    /// Whether there were more.
    pub(crate) cut: bool,
    /// Counts of all visits, by probe.
    pub(crate) tallies: BTreeMap<u32, Tally>,
}

/// The log. Host functions reach the evaluation only through shared values.
#[derive(Debug, Default)]
pub(super) struct Shared(Mutex<Log>);

impl Host {
    /// Like [`new`](Self::new), with the probe, and with larger limits for instrumented
    /// scripts.
    pub(crate) fn watched(levels: &BTreeSet<Arc<str>>, offset: Offset) -> Self {
        let mut module = library::module(levels, offset);
        module.set_native_fn(
            PROBE,
            |context: NativeCallContext, id: i64, value: Dynamic| -> Outcome<Dynamic> {
                note(&context, id, &value);
                Ok(value)
            },
        );
        module.build_index();
        Self {
            module: module.into(),
            room: limits::WATCHED,
        }
    }
}

/// Takes what probes have recorded since the last call.
pub(crate) fn take(work: &mut Work) -> Log {
    work.with(|runs: &mut Runs, _| std::mem::take(&mut *runs.log.lock()))
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Log> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn note(context: &NativeCallContext, id: i64, value: &Dynamic) {
    let tag = context.tag();
    let session = tag.and_then(Dynamic::read_lock::<Session>);
    let id = u32::try_from(id).unwrap_or(u32::MAX);
    if let Some(session) = session {
        let mut log = session.log.lock();
        let seen = seen(value, &session.facts);
        log.tallies.entry(id).or_default().count(&seen);
        if log.sights.len() < limits::SIGHTS {
            log.sights.push(Sight { probe: id, seen });
        } else {
            log.cut = true;
        }
    }
}

fn seen(value: &Dynamic, facts: &Facts) -> Seen {
    macro_rules! plain {
        ($($kind:ty => $seen:expr;)*) => {$(
            if let Some(value) = value.read_lock::<$kind>() {
                return $seen(value.clone());
            }
        )*};
    }
    plain! {
        bool => Seen::Bool;
        i64 => Seen::Int;
        ImmutableString => |text: ImmutableString| Seen::Text(text.to_string());
        Instant => Seen::Instant;
        Date => Seen::Date;
        Elapsed => Seen::Elapsed;
        Days => Seen::Days;
        Temperature => |degrees: Temperature| Seen::Temperature(degrees.to_string());
        When => Seen::When;
        Draft => |draft: Draft| Seen::Cause(draft.when);
        Record => |record: Record| {
            let pointer = |it: &Evidence| facts.columns().pointer(*it);
            Seen::Record(record.evidence().iter().map(pointer).collect())
        };
    }
    match kind(value) {
        Kind::Absent => Seen::Absent,
        Kind::List => Seen::List(items(value).len()),
        _ => Seen::Other,
    }
}
