//! The probe: a function that gives back what it is given and notes it.
//!
//! It stands only in scripts that the desk wrote it into, and only a watched host
//! has it. What it noted is kept with the evaluation's meter, rule by rule.

use super::values::{items, kind};
use super::{Host, Meter, Outcome, Run, library};
use crate::cause::Draft;
use crate::host::Kind;
use crate::limits;
use crate::time::{Date, Days, Elapsed, Instant, Offset};
use crate::value::{Record, Temperature};
use crate::watch::{PROBE, Seen, Sight, Tally};
use crate::when::When;
use rhai::{Dynamic, ImmutableString, NativeCallContext};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// What probes saw of one rule.
#[derive(Debug, Default)]
pub(crate) struct Log {
    /// In order, up to [`limits::SIGHTS`].
    pub(crate) sights: Vec<Sight>,
    /// Whether there were more.
    pub(crate) cut: bool,
    /// By probe, all of them.
    pub(crate) tallies: BTreeMap<u32, Tally>,
}

/// The log as host functions reach it, which see the engine only through shared values.
#[derive(Debug, Default)]
pub(super) struct Shared(Mutex<Log>);

impl Host {
    /// As [`new`](Self::new), with the probe, and with room for probes in scripts.
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

    pub(super) fn log(&self) -> Option<Shared> {
        (self.room == limits::WATCHED).then(Shared::default)
    }
}

impl Run {
    /// Takes what probes saw since it was last taken.
    pub(crate) fn take(&self) -> Log {
        self.meter.log.as_ref().map_or_else(Log::default, |log| {
            let mut log = log.0.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *log)
        })
    }
}

fn note(context: &NativeCallContext, id: i64, value: &Dynamic) {
    let tag = context.tag();
    let meter = tag.and_then(Dynamic::read_lock::<Arc<Meter>>);
    let id = u32::try_from(id).unwrap_or(u32::MAX);
    if let Some(log) = meter.as_ref().and_then(|meter| meter.log.as_ref()) {
        let mut log = log.0.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = seen(value);
        log.tallies.entry(id).or_default().count(&seen);
        if log.sights.len() < limits::SIGHTS {
            log.sights.push(Sight { probe: id, seen });
        } else {
            log.cut = true;
        }
    }
}

fn seen(value: &Dynamic) -> Seen {
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
            Seen::Record(record.evidence().iter().map(ToString::to_string).collect())
        };
    }
    match kind(value) {
        Kind::Absent => Seen::Absent,
        Kind::List => Seen::List(items(value).len()),
        _ => Seen::Other,
    }
}
