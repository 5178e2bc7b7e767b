//! Calls: what rules can call, on words.

use super::{Computed, Held, Made, Run, Stop, Wrong, index, length, position, too_long};
use crate::columns::{ABSENT, Word};
use crate::host::{self, Fault, Kind};
use crate::limits;
use crate::problem::Code;
use crate::program::{Function, Id, NONE};
use crate::series::Series;
use crate::time::{Date, Days, Elapsed, Instant, Offset};
use crate::when::{Span, When};

impl Run<'_> {
    #[inline(never)]
    #[allow(clippy::too_many_lines, reason = "one arm for each function")]
    pub(super) fn call(&mut self, id: Id, function: Function, start: u32) -> Computed {
        let mut words = [0; 4];
        let arity = function.arity();
        for (at, word) in words.iter_mut().enumerate().take(arity) {
            let operand = self.inputs.program.operands.get(start as usize + at);
            *word = self.word(operand.copied().unwrap_or(NONE))?;
        }
        let optional = function.optional().unwrap_or(4);
        let given = words.iter().take(arity).enumerate();
        if given
            .into_iter()
            .any(|(at, word)| *word == ABSENT && at != optional)
        {
            return self.stop(id, Wrong::Absent(words));
        }
        let [a, b, c, d] = words;
        // What rules call is written once, in `host`, for both bodies.
        let result = match function {
            Function::Not => Ok(Word::from(a == 0)),
            Function::Differ => Ok(Word::from(a != b)),
            Function::IntAdd => host::add(a, b),
            Function::IntSub => host::sub(a, b),
            Function::IntTimes => host::times(a, b),
            Function::IntDivide => host::divide(a, b),
            Function::IntRemainder => host::remainder(a, b),
            Function::IntNegative => host::negative(a),
            Function::Hours => host::hours(a).map(Elapsed::as_seconds),
            Function::Minutes => host::minutes(a).map(Elapsed::as_seconds),
            Function::ElapsedAdd => {
                host::add_elapsed(Elapsed::seconds(a), Elapsed::seconds(b)).map(Elapsed::as_seconds)
            }
            Function::ElapsedSub => {
                host::sub_elapsed(Elapsed::seconds(a), Elapsed::seconds(b)).map(Elapsed::as_seconds)
            }
            Function::ElapsedTimes => {
                host::times_elapsed(Elapsed::seconds(a), b).map(Elapsed::as_seconds)
            }
            Function::DaysAdd => host::add_days(Days::new(a), Days::new(b)).map(Days::count),
            Function::DaysSub => host::sub_days(Days::new(a), Days::new(b)).map(Days::count),
            Function::DaysTimes => host::times_days(Days::new(a), b).map(Days::count),
            Function::LaterBy => on_instant(a, |t| host::later_by(t, Elapsed::seconds(b))),
            Function::EarlierBy => on_instant(a, |t| host::earlier_by(t, Elapsed::seconds(b))),
            Function::DaysLater => on_instant(a, |t| host::days_later(t, Days::new(b))),
            Function::DaysEarlier => on_instant(a, |t| host::days_earlier(t, Days::new(b))),
            Function::Including => on_instant(a, host::including),
            Function::DateLater => on_date(a, |d| host::date_later(d, Days::new(b))),
            Function::DateEarlier => on_date(a, |d| host::date_earlier(d, Days::new(b))),
            Function::Birthday => on_date(a, |d| host::birthday(d, b)),
            Function::Apart => Ok(a.saturating_sub(b)),
            Function::Least => Ok(a.min(b)),
            Function::Greatest => Ok(a.max(b)),
            Function::DateOf => instant(a).map(|t| t.date(offset(b)).number()),
            Function::DayStart => date(a)
                .and_then(|d| host::day_start(d, offset(b)))
                .map(Instant::unix),
            Function::DayEnd => date(a)
                .and_then(|d| host::day_end(d, offset(b)))
                .map(Instant::unix),
            Function::Weekday => date(a).map(Date::weekday),
            Function::Always => return self.made_set(id, Ok(When::always())),
            Function::Never => return self.made_set(id, Ok(When::never())),
            Function::Since => return self.made_set(id, Ok(between(a, ABSENT))),
            Function::Before => {
                let when = When::between(None, Instant::from_unix(a));
                return self.made_set(id, Ok(when));
            }
            Function::Between => return self.made_set(id, Ok(between(a, b))),
            Function::From => {
                let first = self.set(a).spans().first().and_then(|span| span.from());
                Ok(first.map_or(ABSENT, Instant::unix))
            }
            Function::IsNever => Ok(Word::from(self.set(a).is_empty())),
            Function::Complement => {
                self.spend(self.set(a).spans().len())?;
                let set = host::bounded(self.set(a).complement());
                return self.made_set(id, set);
            }
            Function::Both | Function::Either | Function::Without => {
                let (left, right) = (self.set(a), self.set(b));
                let spans = left.spans().len() + right.spans().len();
                let set = match function {
                    Function::Both => left.intersection(right),
                    Function::Either => left.union(right),
                    _ => left.difference(right),
                };
                self.spend(spans)?;
                return self.made_set(id, host::bounded(set));
            }
            Function::Len => Ok(position(length(a))),
            Function::First | Function::Last => {
                let len = length(a);
                let at = if function == Function::First {
                    0
                } else {
                    len.saturating_sub(1)
                };
                Ok(if len == 0 { ABSENT } else { self.item(a, at) })
            }
            Function::One => {
                let mut out = self.state.spare.pop().unwrap_or_default();
                out.clear();
                out.extend((a != ABSENT).then_some(a));
                Ok(self.keep(out))
            }
            Function::Concat => return self.concat(id, a, b, limits::LIST_LENGTH),
            Function::Join => return self.concat(id, a, b, usize::MAX),
            Function::Cause => Ok(self.put(Made {
                level: a,
                when: Held::Set(b),
                evidence: ABSENT,
            })),
            Function::CauseBetween => Ok(self.put(Made {
                level: a,
                when: Held::Span(span(b, c)),
                evidence: ABSENT,
            })),
            Function::Because => return self.because(id, a, b),
            Function::During => return self.during(id, a, b),
            Function::Around => return self.looked(id, [a, b, c]),
            Function::When | Function::WhenAtLeast => {
                let Some(earlier) = index(a).and_then(|at| self.inputs.earlier.get(at)) else {
                    return Err(Stop);
                };
                let set = match function {
                    Function::When => earlier.when(self.text_of(b)),
                    _ => earlier.when_at_least(self.text_of(b)),
                };
                let spans = set.as_ref().map_or(0, |set| set.spans().len());
                self.spend(spans)?;
                return self.made_set(id, set);
            }
            Function::Daily => return self.daily(id, a, b),
            Function::On => {
                let day = Date::of_number(b);
                let count = self
                    .series(a)
                    .zip(day)
                    .and_then(|(series, day)| series.on(day));
                Ok(count.unwrap_or(ABSENT))
            }
            Function::Departure => {
                self.spend(usize::try_from(c).unwrap_or_default())?;
                let day = Date::of_number(b);
                let series = self.series(a).zip(day);
                let departure = series
                    .and_then(|(series, day)| series.departure(day, Days::new(c), Days::new(d)));
                Ok(departure.unwrap_or(ABSENT))
            }
        };
        result.or_else(|fault| self.stop(id, Wrong::Fault(fault)))
    }

    fn concat(&mut self, id: Id, a: Word, b: Word, most: usize) -> Computed {
        let mut out = self.state.spare.pop().unwrap_or_default();
        out.clear();
        for list in [a, b] {
            if list != ABSENT {
                let len = length(list);
                self.spend(len)?;
                out.extend((0..len).map(|at| self.item(list, at)));
            }
        }
        if out.len() > most {
            return self.stop(id, Wrong::Fault(too_long()));
        }
        Ok(self.keep(out))
    }

    fn because(&mut self, id: Id, cause: Word, list: Word) -> Computed {
        let made = index(cause)
            .and_then(|at| self.state.causes.get(at))
            .copied();
        let Some(made) = made else {
            return self.stop(id, Wrong::Absent([ABSENT; 4]));
        };
        let evidence = match (made.evidence, list) {
            (ABSENT, list) => list,
            (evidence, ABSENT) => evidence,
            (evidence, list) => self.concat(id, evidence, list, usize::MAX)?,
        };
        Ok(self.put(Made { evidence, ..made }))
    }

    fn series(&self, word: Word) -> Option<&Series> {
        index(word).and_then(|at| self.state.series.get(at))
    }

    fn daily(&mut self, id: Id, days: Word, counts: Word) -> Computed {
        self.spend(length(days) + length(counts))?;
        let all = |list: Word| (0..length(list)).map(|at| self.item(list, at)).collect();
        let (all_days, all_counts): (Vec<Word>, Vec<Word>) = (all(days), all(counts));
        for (list, kind) in [(&all_days, 1), (&all_counts, 2)] {
            if list.contains(&ABSENT) {
                let wanted = if kind == 1 { Kind::Date } else { Kind::Int };
                let fault = host::unlike("daily", [wanted, Kind::Absent]);
                return self.stop(id, Wrong::Fault(fault));
            }
        }
        let all_days: Vec<Date> = all_days.into_iter().filter_map(Date::of_number).collect();
        match host::daily(&all_days, &all_counts) {
            Ok(series) => {
                self.state.series.push(series);
                Ok(position(self.state.series.len() - 1))
            }
            Err(fault) => self.stop(id, Wrong::Fault(fault)),
        }
    }
}

fn instant(word: Word) -> Result<Instant, Fault> {
    Instant::from_unix(word).ok_or_else(|| Fault::new(Code::RuleTime))
}

fn date(word: Word) -> Result<Date, Fault> {
    Date::of_number(word).ok_or_else(|| Fault::new(Code::RuleTime))
}

/// The pack's offset, in minutes.
fn offset(minutes: Word) -> Offset {
    let minutes = i32::try_from(minutes).ok();
    minutes
        .and_then(Offset::of_minutes)
        .unwrap_or(Offset::CHINA)
}

fn on_instant(
    word: Word,
    of: impl FnOnce(Instant) -> Result<Instant, Fault>,
) -> Result<Word, Fault> {
    instant(word).and_then(of).map(Instant::unix)
}

fn on_date(word: Word, of: impl FnOnce(Date) -> Result<Date, Fault>) -> Result<Word, Fault> {
    date(word).and_then(of).map(Date::number)
}

fn span(from: Word, until: Word) -> Option<Span> {
    let until = if until == ABSENT {
        None
    } else {
        Instant::from_unix(until)
    };
    Span::new(Instant::from_unix(from), until)
}

fn between(from: Word, until: Word) -> When {
    When::of(span(from, until))
}
