//! Registers everything a rule can call with the engine. The plain functions come from
//! the table; the special ones, and what only this engine needs, are here. A function
//! that walks a value costs its length.

use super::faults::raise;
use super::values::{List, dynamic, items, kind};
use super::{Outcome, Session, plain};
use crate::Code as Own;
use longma_core::Code;
use longma_core::Table;
use longma_core::When;
use longma_core::cause::Draft;
use longma_core::host::{self, Earlier, Fault, Kind};
use longma_core::limits;
use longma_core::value::{Evidence, Got, Record, Temperature};
use longma_core::{Date, Days, Elapsed, Instant, Offset, Span};
use rhai::{Array, Dynamic, FnPtr, ImmutableString, Module, NativeCallContext};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Everything a rule can call, with a constructor of causes for each of `levels`.
pub(super) fn module(levels: &BTreeSet<Arc<str>>, offset: Offset) -> Module {
    let mut module = Module::new();
    compare(&mut module);
    in_place(&mut module);
    without(&mut module);
    plain::register(&mut module, offset);
    super::own::register(&mut module);
    module.set_native_fn("days", |n: i64| Outcome::Ok(Days::new(n)));
    if offset.has_summer() {
        by_the_clock(&mut module, offset);
    }
    lists(&mut module);
    series(&mut module);
    texts(&mut module);
    weekdays::<List>(&mut module, offset);
    weekdays::<Array>(&mut module, offset);
    records(&mut module, offset);
    causes(&mut module, levels);
    module.build_index();
    module
}

/// Calendar days later or earlier, where not every day has 24 hours.
fn by_the_clock(module: &mut Module, offset: Offset) {
    let later = move |t: Instant, by: Days| host::clock_later(t, by, offset);
    module.set_native_fn("+", move |t: Instant, by: Days| later(t, by).map_err(raise));
    module.set_native_fn("-", move |t: Instant, by: Days| {
        let back = host::times_days(by, -1);
        back.and_then(|by| later(t, by)).map_err(raise)
    });
}

pub(super) fn charge(context: &NativeCallContext, steps: usize) -> Outcome<()> {
    let tag = context.tag();
    let session = tag.and_then(Dynamic::read_lock::<Session>);
    match session {
        Some(session) => session
            .meter
            .charge(u64::try_from(steps).unwrap_or(u64::MAX))
            .map_err(raise),
        None => Ok(()),
    }
}

/// Comparison operators. Values of one kind compare, `==` and `!=` also accept absence,
/// and every other pair is an error instead of the engine's silent `false`.
fn compare(module: &mut Module) {
    for operator in ["==", "!=", "<", "<=", ">", ">="] {
        let general = move |left: Dynamic, right: Dynamic| compared(operator, &left, &right);
        module.set_native_fn(operator, general);
        // The engine would compare these pairs itself, so each gets an explicit function.
        macro_rules! mixed {
            ($($left:ty, $right:ty;)*) => {$(
                module.set_native_fn(operator, move |l: $left, r: $right| {
                    compared(operator, &Dynamic::from(l), &Dynamic::from(r))
                });
                module.set_native_fn(operator, move |r: $right, l: $left| {
                    compared(operator, &Dynamic::from(r), &Dynamic::from(l))
                });
            )*};
        }
        mixed! {
            i64, bool;
            i64, ImmutableString;
            bool, ImmutableString;
            (), i64;
            (), bool;
            (), ImmutableString;
        }
    }
}

fn compared(operator: &str, left: &Dynamic, right: &Dynamic) -> Outcome<bool> {
    let pair = [kind(left), kind(right)];
    let equality = matches!(operator, "==" | "!=");
    if equality && pair.contains(&Kind::Absent) {
        return Ok((pair == [Kind::Absent; 2]) == (operator == "=="));
    }
    let order = order(left, right).filter(|_| {
        // Booleans, names and records have no useful order.
        equality || !matches!(pair, [Kind::Bool | Kind::Text | Kind::Record, _])
    });
    let Some(order) = order else {
        return Err(raise(host::unlike(operator, pair)));
    };
    Ok(match operator {
        "==" => order.is_eq(),
        "!=" => order.is_ne(),
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        ">" => order.is_gt(),
        _ => order.is_ge(),
    })
}

fn order(left: &Dynamic, right: &Dynamic) -> Option<std::cmp::Ordering> {
    macro_rules! same {
        ($($kind:ty),*) => {$(
            if let (Some(l), Some(r)) = (left.read_lock::<$kind>(), right.read_lock::<$kind>()) {
                return Some(l.cmp(&r));
            }
        )*};
    }
    same!(
        i64,
        Instant,
        Date,
        Elapsed,
        Days,
        Temperature,
        ImmutableString,
        bool,
        Record
    );
    None
}

/// Registers host functions of whole numbers as operators that change the first.
macro_rules! in_place {
    ($module:ident: $($sign:literal => $function:path;)*) => {$(
        $module.set_native_fn($sign, |l: &mut i64, r: i64| -> Outcome<()> {
            *l = $function(*l, r).map_err(raise)?;
            Ok(())
        });
    )*};
}

/// The engine would change whole numbers in place itself, beyond their range.
fn in_place(module: &mut Module) {
    in_place! { module:
        "+=" => host::add;
        "-=" => host::sub;
        "*=" => host::times;
        "/=" => host::divide;
        "%=" => host::remainder;
    }
}

/// What the engine could do by itself, and rules do without.
fn without(module: &mut Module) {
    macro_rules! none {
        ($($sign:literal: $left:ty, $right:ty;)*) => {$(
            module.set_native_fn($sign, |l: $left, r: $right| -> Outcome<()> {
                let given = [kind(&Dynamic::from(l)), kind(&Dynamic::from(r))];
                Err(raise(host::no_function($sign, &given)))
            });
        )*};
    }
    none! {
        "**": i64, i64;
        "<<": i64, i64;
        ">>": i64, i64;
        "&": i64, i64;
        "|": i64, i64;
        "^": i64, i64;
        "+": ImmutableString, ImmutableString;
        "+": ImmutableString, ();
        "+": (), ImmutableString;
        "-": ImmutableString, ImmutableString;
    }
}

/// Both forms of lists in a script.
trait Items {
    fn items(&self) -> &[Dynamic];
}

impl Items for List {
    fn items(&self) -> &[Dynamic] {
        &self.0
    }
}

impl Items for Array {
    fn items(&self) -> &[Dynamic] {
        self
    }
}

fn lists(module: &mut Module) {
    list_fns::<List>(module);
    list_fns::<Array>(module);
}

fn list(items: Vec<Dynamic>) -> Outcome<List> {
    if items.len() > limits::LIST_LENGTH {
        return Err(raise(too_long()));
    }
    Ok(List(items.into()))
}

fn too_long() -> Fault {
    Fault::new(Code::RuleSize).with("limit", limits::LIST_LENGTH)
}

/// Calls a closure with one item. A call costs about as much as four steps.
fn ask(function: &FnPtr, context: &NativeCallContext, item: &Dynamic) -> Outcome<Dynamic> {
    charge(context, 4)?;
    function.call_within_context(context, (item.clone(),))
}

fn truth(function: &FnPtr, context: &NativeCallContext, item: &Dynamic) -> Outcome<bool> {
    let answer = ask(function, context, item)?;
    answer
        .as_bool()
        .map_err(|_| raise(host::wanted(Kind::Bool, kind(&answer))))
}

fn list_fns<L: Items + rhai::Variant + Clone>(module: &mut Module) {
    module.set_native_fn("len", |list: &mut L| -> Outcome<i64> {
        Ok(i64::try_from(list.items().len()).unwrap_or(i64::MAX))
    });
    module.set_native_fn("is_empty", |list: &mut L| -> Outcome<bool> {
        Ok(list.items().is_empty())
    });
    module.set_native_fn("first", |list: &mut L| -> Outcome<Dynamic> {
        Ok(list.items().first().cloned().unwrap_or_default())
    });
    module.set_native_fn("last", |list: &mut L| -> Outcome<Dynamic> {
        Ok(list.items().last().cloned().unwrap_or_default())
    });
    module.set_native_fn(
        "contains",
        |context: NativeCallContext, list: &mut L, sought: Dynamic| -> Outcome<bool> {
            charge(&context, list.items().len())?;
            for item in list.items() {
                if compared("==", item, &sought)? {
                    return Ok(true);
                }
            }
            Ok(false)
        },
    );
    module.set_native_fn(
        "concat",
        |context: NativeCallContext, left: &mut L, right: Dynamic| {
            charge(&context, left.items().len())?;
            let mut joined = left.items().to_vec();
            join(&context, &mut joined, right)?;
            list(joined)
        },
    );
    module.set_native_fn("union", |context: NativeCallContext, list: &mut L| {
        let sets = all_of::<When>("union", Kind::When, list)?;
        let spans = sets.iter().map(|when| when.spans().len()).sum::<usize>();
        charge(&context, spans + sets.len())?;
        host::union(&sets).map_err(raise)
    });
    module.set_native_fn(
        "at_least",
        |context: NativeCallContext, list: &mut L, count: i64| {
            let sets = all_of::<When>("at_least", Kind::When, list)?;
            let spans = sets.iter().map(|when| when.spans().len()).sum::<usize>();
            charge(&context, host::COUNTED * spans + sets.len())?;
            host::at_least(&sets, count).map_err(raise)
        },
    );
    module.set_native_fn(
        "take",
        |context: NativeCallContext, l: &mut L, count: i64| {
            let count = usize::try_from(count.max(0)).unwrap_or(usize::MAX);
            let taken: Vec<Dynamic> = l.items().iter().take(count).cloned().collect();
            charge(&context, taken.len())?;
            list(taken)
        },
    );
    seeking::<L, List>(module);
    seeking::<L, Array>(module);
    module.set_native_fn(
        "next_after",
        |context: NativeCallContext, list: &mut L, t: Instant| -> Outcome<Dynamic> {
            let times = all_of::<Instant>("next_after", Kind::Instant, list)?;
            charge(&context, times.len())?;
            let next = times.into_iter().filter(|time| *time > t).min();
            Ok(next.map_or(Dynamic::UNIT, Dynamic::from))
        },
    );
    extremes::<L>(module);
    choosing::<L>(module);
    mapping::<L>(module);
}

/// The items of a list, if all are of one kind.
fn all_of<T: Clone + 'static>(name: &str, wanted: Kind, list: &impl Items) -> Outcome<Vec<T>> {
    let items = list.items().iter();
    let all = items.map(|item| {
        let held = item.read_lock::<T>().map(|held| held.clone());
        held.ok_or_else(|| raise(host::unlike(name, [wanted, kind(item)])))
    });
    all.collect()
}

/// `earliest_from` and `latest_until`: the best of some times whose partners in a second
/// list are on one side of an instant.
fn seeking<L, K>(module: &mut Module)
where
    L: Items + rhai::Variant + Clone,
    K: Items + rhai::Variant + Clone,
{
    for (name, on) in [("earliest_from", true), ("latest_until", false)] {
        module.set_native_fn(
            name,
            move |context: NativeCallContext,
                  times: &mut L,
                  keys: K,
                  t: Instant|
                  -> Outcome<Dynamic> {
                charge(&context, times.items().len() + keys.items().len())?;
                let times = all_of::<Instant>(name, Kind::Instant, times)?;
                let keys = all_of::<Instant>(name, Kind::Instant, &keys)?;
                host::paired(times.len(), keys.len()).map_err(raise)?;
                let pairs = times.into_iter().zip(keys);
                let best = if on {
                    let later = pairs.filter(|(_, key)| *key >= t);
                    later.map(|(time, _)| time).min()
                } else {
                    let earlier = pairs.filter(|(_, key)| *key <= t);
                    earlier.map(|(time, _)| time).max()
                };
                Ok(best.map_or(Dynamic::UNIT, Dynamic::from))
            },
        );
    }
}

/// The parts of a text.
fn texts(module: &mut Module) {
    module.set_native_fn(
        "parts",
        |context: NativeCallContext, text: ImmutableString, separator: ImmutableString| {
            charge(&context, host::read(&text))?;
            let parts: Vec<Dynamic> = host::parts(&text, &separator)
                .map(|part| Dynamic::from(ImmutableString::from(part)))
                .collect();
            charge(&context, parts.len())?;
            list(parts)
        },
    );
}

/// The parts of a set on some days of the week, given as either form of lists.
fn weekdays<L: Items + rhai::Variant + Clone>(module: &mut Module, offset: Offset) {
    module.set_native_fn(
        "on_weekdays",
        move |context: NativeCallContext, when: When, days: L| {
            charge(&context, host::days_in(&when) + days.items().len())?;
            let days = all_of::<i64>("on_weekdays", Kind::Int, &days)?;
            host::on_weekdays(&when, &days, offset).map_err(raise)
        },
    );
}

/// Counts by day, from both forms of lists.
fn series(module: &mut Module) {
    daily::<List, List>(module);
    daily::<List, Array>(module);
    daily::<Array, List>(module);
    daily::<Array, Array>(module);
}

fn daily<D, C>(module: &mut Module)
where
    D: Items + rhai::Variant + Clone,
    C: Items + rhai::Variant + Clone,
{
    module.set_native_fn("daily", |context: NativeCallContext, days: D, counts: C| {
        charge(&context, days.items().len() + counts.items().len())?;
        let days = all_of::<Date>("daily", Kind::Date, &days)?;
        let counts = all_of::<i64>("daily", Kind::Int, &counts)?;
        host::daily(&days, &counts).map_err(raise)
    });
}

/// `earliest` and `latest` of instants or dates, `min` and `max` of numbers. They skip
/// absent items.
fn extremes<L: Items + rhai::Variant + Clone>(module: &mut Module) {
    const TIMES: [Kind; 2] = [Kind::Instant, Kind::Date];
    const NUMBERS: [Kind; 3] = [Kind::Int, Kind::Elapsed, Kind::Days];
    let ways: [(_, _, &[Kind]); 4] = [
        ("earliest", std::cmp::Ordering::Less, &TIMES),
        ("latest", std::cmp::Ordering::Greater, &TIMES),
        ("min", std::cmp::Ordering::Less, &NUMBERS),
        ("max", std::cmp::Ordering::Greater, &NUMBERS),
    ];
    for (name, wanted, kinds) in ways {
        module.set_native_fn(
            name,
            move |context: NativeCallContext, list: &mut L| -> Outcome<Dynamic> {
                charge(&context, list.items().len())?;
                let mut best = Dynamic::UNIT;
                for item in list.items().iter().filter(|item| !item.is_unit()) {
                    if !kinds.contains(&kind(item)) {
                        let first = kinds.first().copied().unwrap_or(Kind::Absent);
                        return Err(raise(host::unlike(name, [first, kind(item)])));
                    }
                    let better = best.is_unit()
                        || order(item, &best)
                            .ok_or_else(|| raise(host::unlike(name, [kind(&best), kind(item)])))?
                            == wanted;
                    if better {
                        best = item.clone();
                    }
                }
                Ok(best)
            },
        );
    }
}

/// Functions that test each item with a closure.
fn choosing<L: Items + rhai::Variant + Clone>(module: &mut Module) {
    module.set_native_fn(
        "filter",
        |context: NativeCallContext, l: &mut L, f: FnPtr| {
            let mut kept = Vec::new();
            for item in l.items() {
                if truth(&f, &context, item)? {
                    kept.push(item.clone());
                }
            }
            list(kept)
        },
    );
    module.set_native_fn("find", |context: NativeCallContext, l: &mut L, f: FnPtr| {
        for item in l.items() {
            if truth(&f, &context, item)? {
                return Ok(item.clone());
            }
        }
        Ok(Dynamic::UNIT)
    });
    module.set_native_fn("any", |context: NativeCallContext, l: &mut L, f: FnPtr| {
        for item in l.items() {
            if truth(&f, &context, item)? {
                return Ok(true);
            }
        }
        Ok(false)
    });
    module.set_native_fn("all", |context: NativeCallContext, l: &mut L, f: FnPtr| {
        for item in l.items() {
            if !truth(&f, &context, item)? {
                return Ok(false);
            }
        }
        Ok(true)
    });
}

/// Functions that map each item with a closure.
fn mapping<L: Items + rhai::Variant + Clone>(module: &mut Module) {
    module.set_native_fn("map", |context: NativeCallContext, l: &mut L, f: FnPtr| {
        let mut mapped = Vec::with_capacity(l.items().len());
        for item in l.items() {
            let value = ask(&f, &context, item)?;
            if kind(&value) == Kind::List {
                return Err(raise(Fault::new(Own::RuleNested)));
            }
            mapped.push(value.flatten());
        }
        list(mapped)
    });
    module.set_native_fn(
        "flat_map",
        |context: NativeCallContext, l: &mut L, f: FnPtr| {
            let mut mapped = Vec::new();
            for item in l.items() {
                let value = ask(&f, &context, item)?;
                join(&context, &mut mapped, value)?;
            }
            list(mapped)
        },
    );
    module.set_native_fn(
        "sort_by",
        |context: NativeCallContext, l: &mut L, f: FnPtr| {
            let mut keyed: Vec<(Dynamic, Dynamic)> = Vec::with_capacity(l.items().len());
            for item in l.items() {
                let key = ask(&f, &context, item)?;
                let first = keyed.first().map_or(&key, |(first, _)| first);
                if order(first, &key).is_none() {
                    return Err(raise(host::unlike("sort_by", [kind(first), kind(&key)])));
                }
                keyed.push((key, item.clone()));
            }
            charge(&context, keyed.len() * 16)?;
            // Not by core's sort, which this one is there to check.
            keyed.sort_by(|(a, _), (b, _)| order(a, b).unwrap_or(std::cmp::Ordering::Equal));
            list(keyed.into_iter().map(|(_, item)| item).collect())
        },
    );
}

/// Appends a value, or the items of a list. Appends nothing for an absent value.
fn join(context: &NativeCallContext, to: &mut Vec<Dynamic>, value: Dynamic) -> Outcome<()> {
    let value = value.flatten();
    match kind(&value) {
        Kind::Absent => {}
        Kind::List => {
            let items = items(&value);
            charge(context, items.len())?;
            if items.iter().any(|item| kind(item) == Kind::List) {
                return Err(raise(Fault::new(Own::RuleNested)));
            }
            to.extend(items);
        }
        _ => to.push(value),
    }
    if to.len() > limits::LIST_LENGTH {
        return Err(raise(too_long()));
    }
    Ok(())
}

fn records(module: &mut Module, offset: Offset) {
    module.set_indexer_get_fn(|record: &mut Record, name: ImmutableString| {
        match record.get(&name) {
            Got::Value(value) => Ok(dynamic(value)),
            Got::Absent => Ok(Dynamic::UNIT),
            Got::NoSuchField => {
                let known: Vec<&str> = record.object().names().collect();
                let near = longma_core::nearest(&name, record.object().names())
                    .map_or_else(|| known.join(", "), str::to_owned);
                Err(raise(
                    Fault::new(Own::RuleField)
                        .with("name", name.as_str())
                        .with("known", near),
                ))
            }
        }
    });
    module.set_native_fn(
        "during",
        |context: NativeCallContext, table: Arc<Table>, record: Record| {
            let (rows, cost) = table.during(&record).map_err(raise)?;
            charge(&context, cost)?;
            list(rows.into_iter().map(Dynamic::from).collect())
        },
    );
    module.set_native_fn(
        "on_day",
        move |context: NativeCallContext, table: Arc<Table>, record: Record, day: Date| {
            let start = host::day_start(day, offset).map_err(raise)?;
            let (rows, cost) = table.on_day(&record, start).map_err(raise)?;
            charge(&context, cost)?;
            list(rows.into_iter().map(Dynamic::from).collect())
        },
    );
    module.set_native_fn(
        "around",
        |context: NativeCallContext, table: Arc<Table>, record: Record, column: ImmutableString| {
            let (rows, cost) = table.around(&record, &column).map_err(raise)?;
            charge(&context, cost)?;
            list(rows.into_iter().map(Dynamic::from).collect())
        },
    );
    module.set_native_fn("spans", |context: NativeCallContext, when: When| {
        charge(&context, when.spans().len())?;
        let each = |span: &Span| Dynamic::from(When::of([*span]));
        list(when.spans().iter().map(each).collect())
    });
    module.set_native_fn("when", |earlier: Earlier, level: ImmutableString| {
        earlier.when(&level).map_err(raise)
    });
    module.set_native_fn(
        "when_at_least",
        |earlier: Earlier, level: ImmutableString| earlier.when_at_least(&level).map_err(raise),
    );
}

fn causes(module: &mut Module, levels: &BTreeSet<Arc<str>>) {
    for level in levels {
        let (spanning, open, holding) = (Arc::clone(level), Arc::clone(level), Arc::clone(level));
        module.set_native_fn(&**level, move |from: Instant, until: Instant| {
            let when = When::between(Some(from), Some(until));
            Outcome::Ok(Draft::new(Arc::clone(&spanning), when))
        });
        module.set_native_fn(&**level, move |from: Instant, _until: ()| {
            let when = When::between(Some(from), None);
            Outcome::Ok(Draft::new(Arc::clone(&open), when))
        });
        module.set_native_fn(&**level, move |when: When| {
            Outcome::Ok(Draft::new(Arc::clone(&holding), when))
        });
    }
    module.set_native_fn(
        "level",
        |name: ImmutableString, from: Instant, until: Instant| {
            let when = When::between(Some(from), Some(until));
            Outcome::Ok(Draft::new(name.as_str().into(), when))
        },
    );
    module.set_native_fn(
        "level",
        |name: ImmutableString, from: Instant, _until: ()| {
            let when = When::between(Some(from), None);
            Outcome::Ok(Draft::new(name.as_str().into(), when))
        },
    );
    module.set_native_fn("level", |name: ImmutableString, when: When| {
        Outcome::Ok(Draft::new(name.as_str().into(), when))
    });
    module.set_native_fn(
        "because",
        |context: NativeCallContext, draft: Draft, fact: Dynamic| -> Outcome<Draft> {
            let mut evidence: Vec<Evidence> = Vec::new();
            gather(&fact.flatten(), &mut evidence)?;
            charge(&context, evidence.len() + draft.evidence.len())?;
            Ok(draft.because(&evidence))
        },
    );
}

/// The evidence of a record or of a list of records. Absent ones add none.
fn gather(fact: &Dynamic, evidence: &mut Vec<Evidence>) -> Outcome<()> {
    match kind(fact) {
        Kind::Absent => Ok(()),
        Kind::Record => {
            if let Some(record) = fact.read_lock::<Record>() {
                evidence.extend_from_slice(record.evidence());
            }
            Ok(())
        }
        Kind::List => items(fact)
            .iter()
            .try_for_each(|item| gather(item, evidence)),
        other => Err(raise(host::unlike("because", [Kind::Record, other]))),
    }
}
