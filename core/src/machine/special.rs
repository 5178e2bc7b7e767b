//! The special operations of the table of what rules can call: on lists, causes, tables,
//! earlier decisions and series.

use super::call::{Words, offset_of};
use super::scan::{SORT, by_first};
use super::{Computed, Held, Made, Run, Stop, Wrong, index, length, position, too_long};
use crate::columns::{ABSENT, Word};
use crate::host::{self, Fault, Kind};
use crate::limits;
use crate::order::sort_by;
use crate::program::Id;
use crate::time::{Date, Instant};
use crate::when::{Span, When};
use std::sync::Arc;

#[allow(
    clippy::unnecessary_wraps,
    clippy::unused_self,
    reason = "all special operations are called alike"
)]
impl Run<'_> {
    pub(super) fn len(&mut self, _: Id, [list, ..]: Words) -> Computed {
        Ok(position(length(list)))
    }

    pub(super) fn first(&mut self, _: Id, [list, ..]: Words) -> Computed {
        Ok(self.item(list, 0))
    }

    pub(super) fn last(&mut self, _: Id, [list, ..]: Words) -> Computed {
        let end = length(list).checked_sub(1);
        Ok(end.map_or(ABSENT, |at| self.item(list, at)))
    }

    pub(super) fn one(&mut self, _: Id, [item, ..]: Words) -> Computed {
        let mut out = self.state.spare.pop().unwrap_or_default();
        out.clear();
        out.extend((item != ABSENT).then_some(item));
        Ok(self.keep(out))
    }

    pub(super) fn concat(&mut self, id: Id, [a, b, ..]: Words) -> Computed {
        self.joined(id, [a, b], limits::LIST_LENGTH)
    }

    pub(super) fn join(&mut self, id: Id, [a, b, ..]: Words) -> Computed {
        self.joined(id, [a, b], usize::MAX)
    }

    fn joined(&mut self, id: Id, lists: [Word; 2], most: usize) -> Computed {
        let mut out = self.state.spare.pop().unwrap_or_default();
        out.clear();
        for list in lists {
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

    pub(super) fn cause(&mut self, _: Id, [level, when, ..]: Words) -> Computed {
        Ok(self.put(Made {
            level,
            when: Held::Set(when),
            evidence: ABSENT,
        }))
    }

    pub(super) fn cause_between(&mut self, _: Id, [level, from, until, _]: Words) -> Computed {
        Ok(self.put(Made {
            level,
            when: Held::Span(span(from, until)),
            evidence: ABSENT,
        }))
    }

    pub(super) fn because(&mut self, id: Id, [cause, list, ..]: Words) -> Computed {
        let made = index(cause)
            .and_then(|at| self.state.causes.get(at))
            .copied();
        let Some(made) = made else {
            return self.stop(id, Wrong::Absent([ABSENT; 4]));
        };
        if list != ABSENT {
            self.spend(length(list))?;
        }
        let evidence = match (made.evidence, list) {
            (ABSENT, list) => list,
            (evidence, ABSENT) => evidence,
            (evidence, list) => self.joined(id, [evidence, list], usize::MAX)?,
        };
        Ok(self.put(Made { evidence, ..made }))
    }

    pub(super) fn during(&mut self, id: Id, [table, record, ..]: Words) -> Computed {
        self.looked(id, [table, record, ABSENT, ABSENT])
    }

    pub(super) fn on_day(&mut self, id: Id, [table, record, start, _]: Words) -> Computed {
        self.looked(id, [table, record, ABSENT, start])
    }

    pub(super) fn around(&mut self, id: Id, [table, record, depth, _]: Words) -> Computed {
        self.looked(id, [table, record, depth, ABSENT])
    }

    pub(super) fn when(&mut self, id: Id, [decision, level, ..]: Words) -> Computed {
        let Some(earlier) = index(decision).and_then(|at| self.inputs.earlier.get(at)) else {
            return Err(Stop);
        };
        let set = earlier.when(self.text_of(level));
        self.put_when(id, set)
    }

    pub(super) fn when_at_least(&mut self, id: Id, [decision, level, ..]: Words) -> Computed {
        let Some(earlier) = index(decision).and_then(|at| self.inputs.earlier.get(at)) else {
            return Err(Stop);
        };
        let set = earlier.when_at_least(self.text_of(level));
        self.put_when(id, set)
    }

    pub(super) fn spans(&mut self, id: Id, [when, ..]: Words) -> Computed {
        let spans = self.set(when).spans().to_vec();
        self.spend(spans.len())?;
        if spans.len() > limits::LIST_LENGTH {
            return self.stop(id, Wrong::Fault(too_long()));
        }
        let mut out = self.state.spare.pop().unwrap_or_default();
        out.clear();
        for span in spans {
            out.push(self.put_set(When::of([span])));
        }
        Ok(self.keep(out))
    }

    pub(super) fn at_least(&mut self, id: Id, [sets, count, ..]: Words) -> Computed {
        let len = length(sets);
        let mut spans = len;
        for at in 0..len {
            let set = self.item(sets, at);
            if set == ABSENT {
                let fault = host::unlike("at_least", [Kind::When, Kind::Absent]);
                return self.stop(id, Wrong::Fault(fault));
            }
            spans = spans.saturating_add(host::COUNTED * self.set(set).spans().len());
        }
        self.spend(spans)?;
        let sets = self.list(sets).iter().map(|set| self.set(*set));
        let set = host::at_least(sets, count);
        self.made_set(id, set)
    }

    pub(super) fn parts(&mut self, _: Id, [text, separator, ..]: Words) -> Computed {
        let read = host::read(self.text_of(text));
        self.spend(read)?;
        let (text, separator) = (self.text_of(text), self.text_of(separator));
        let parts: Vec<Arc<str>> = host::parts(text, separator).map(Arc::from).collect();
        self.spend(parts.len())?;
        let mut out = self.state.spare.pop().unwrap_or_default();
        out.clear();
        out.extend(parts.into_iter().map(|part| self.put_text(part)));
        Ok(self.keep(out))
    }

    pub(super) fn on_weekdays(&mut self, id: Id, [when, days, offset, _]: Words) -> Computed {
        self.spend(host::days_in(self.set(when)) + length(days))?;
        let days = self.list(days);
        if days.contains(&ABSENT) {
            let fault = host::unlike("on_weekdays", [Kind::Int, Kind::Absent]);
            return self.stop(id, Wrong::Fault(fault));
        }
        let set = host::on_weekdays(self.set(when), days, offset_of(offset));
        self.made_set(id, set)
    }

    pub(super) fn take(&mut self, _: Id, [list, count, ..]: Words) -> Computed {
        let len = length(list).min(index(count.max(0)).unwrap_or(usize::MAX));
        self.spend(len)?;
        let mut out = self.state.spare.pop().unwrap_or_default();
        out.clear();
        out.extend_from_slice(self.list(list).get(..len).unwrap_or_default());
        Ok(self.keep(out))
    }

    pub(super) fn next_after(&mut self, _: Id, [sorted, t, ..]: Words) -> Computed {
        let times = self.list(sorted);
        let next = times.partition_point(|time| *time <= t);
        Ok(times.get(next).copied().unwrap_or(ABSENT))
    }

    pub(super) fn pairs_from(&mut self, id: Id, words: Words) -> Computed {
        self.paired(id, words, "earliest_from", 1)
    }

    pub(super) fn pairs_until(&mut self, id: Id, words: Words) -> Computed {
        self.paired(id, words, "latest_until", -1)
    }

    /// The keys in order, and with each the least time of those from it on. Turned round, all
    /// of it is about the greatest up to it.
    fn paired(&mut self, id: Id, [times, keys, ..]: Words, name: &str, turn: Word) -> Computed {
        let lengths = [length(times), length(keys)];
        self.spend(lengths[0] + lengths[1] * (1 + SORT))?;
        let absent = [times, keys]
            .iter()
            .any(|list| (0..length(*list)).any(|at| self.item(*list, at) == ABSENT));
        let fault = if absent {
            Some(host::unlike(name, [Kind::Instant, Kind::Absent]))
        } else {
            host::paired(lengths[0], lengths[1]).err()
        };
        if let Some(fault) = fault {
            return self.stop(id, Wrong::Fault(fault));
        }
        let mut pairs = Vec::new();
        for at in 0..lengths[0] {
            let turned = |list: Word| self.item(list, at).wrapping_mul(turn);
            pairs.push((turned(keys), turned(times)));
        }
        sort_by(&mut pairs, by_first);
        let mut out = self.state.spare.pop().unwrap_or_default();
        out.clear();
        let mut least = ABSENT;
        // The latest key comes first.
        for (key, time) in pairs.into_iter().rev() {
            least = least.min(time);
            out.push(key);
            out.push(least);
        }
        Ok(self.keep(out))
    }

    pub(super) fn earliest_from(&mut self, _: Id, [pairs, t, ..]: Words) -> Computed {
        Ok(self.sought(pairs, t))
    }

    pub(super) fn latest_until(&mut self, _: Id, [pairs, t, ..]: Words) -> Computed {
        let found = self.sought(pairs, t.wrapping_neg());
        let there = found != ABSENT;
        Ok(if there { found.wrapping_neg() } else { ABSENT })
    }

    /// The least time of a key that is `t` or later.
    fn sought(&self, pairs: Word, t: Word) -> Word {
        let (pairs, _) = self.list(pairs).as_chunks::<2>();
        let later = pairs.partition_point(|[key, _]| *key >= t);
        let last = later.checked_sub(1).and_then(|at| pairs.get(at));
        last.map_or(ABSENT, |[_, time]| *time)
    }

    fn put_when(&mut self, id: Id, set: Result<When, Fault>) -> Computed {
        let spans = set.as_ref().map_or(0, |set| set.spans().len());
        self.spend(spans)?;
        self.made_set(id, set)
    }

    pub(super) fn daily(&mut self, id: Id, [days, counts, ..]: Words) -> Computed {
        self.spend(length(days) + length(counts))?;
        let all = |list: Word| (0..length(list)).map(|at| self.item(list, at)).collect();
        let (all_days, all_counts): (Vec<Word>, Vec<Word>) = (all(days), all(counts));
        for (list, wanted) in [(&all_days, Kind::Date), (&all_counts, Kind::Int)] {
            if list.contains(&ABSENT) {
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

fn span(from: Word, until: Word) -> Option<Span> {
    let until = if until == ABSENT {
        None
    } else {
        Instant::from_unix(until)
    };
    Span::new(Instant::from_unix(from), until)
}
