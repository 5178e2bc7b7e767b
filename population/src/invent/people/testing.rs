//! Tests: rounds of mass testing, occupations, contacts, arrivals, and by choice.
//!
//! The days on which somebody is tested are bits of one word, so that nobody is tested
//! twice for two reasons, and people without a reason cost nothing.

use super::super::areas::hour;
use super::super::fate::{Case, Fate, HOUR, day};
use super::super::like::Risk;
use super::{Age, Person, Writer, rare};

/// Days after the day of the first on which tests are due, from the 9th edition (V: close
/// contacts and entrants on days 1, 2, 3, 5, 7 and day 3 of monitoring, contacts of contacts on
/// days 1, 4, 7); two in three days for others (assumed).
const ISOLATED: [i64; 6] = [0, 1, 2, 4, 6, 9];
const AT_HOME: [i64; 3] = [0, 3, 6];
const TWO_IN_THREE: [i64; 2] = [0, 2];
/// The hours in which samples are taken.
const OPENS: i64 = 6;
const OPEN_HOURS: u64 = 14;
/// When a missed round is told, after the end of its day.
const FLAGGED: i64 = 8 * HOUR;

const NUCLEIC_ACID: i32 = 0;
const ANTIGEN: i32 = 1;
const NEGATIVE: i32 = 0;
const POSITIVE: i32 = 1;
const INCONCLUSIVE: i32 = 2;
const MISSED: i32 = 0;

impl Writer<'_> {
    pub(super) fn tests(&mut self, person: &mut Person) {
        let (by_work, pool) = self.occupation(person);
        let rounds = Self::rounds(person);
        let due = self.due(person);
        let mut days = by_work | rounds | due;
        let mut antigen = 0;
        let chosen = person.draw.pick(&self.chances.voluntary);
        for _ in 0..chosen {
            let day = 1 << person.draw.below(self.chances.look_back.unsigned_abs());
            if days & day == 0 && person.draw.hits(self.chances.antigen) {
                antigen |= day;
            }
            days |= day;
        }
        let case = match *person.fate {
            Fate::Case(case) => Some(case),
            _ => None,
        };
        if let Some(case) = case {
            // From the day of the positive test on, others decide.
            days &= self.before(day(case.sampled));
        }
        let single = due | antigen;
        let missed = person.home.rounds.days & !days;
        let flag = missed != 0 && case.is_none() && person.draw.hits(self.chances.flagged);
        // The first round missed; all later tests end it.
        let missed = if flag { missed.trailing_zeros() } else { 64 };
        let mut cleared = None;
        while days != 0 {
            let at = days.trailing_zeros();
            let day = days & days.wrapping_neg();
            days ^= day;
            let of_round = person
                .home
                .rounds
                .pools
                .get(at as usize)
                .copied()
                .unwrap_or(0);
            let pool = match () {
                () if single & day != 0 => 1,
                () if rounds & day != 0 => i64::from(of_round),
                () if by_work & day != 0 => pool,
                () => 1,
            };
            let method = if antigen & day == 0 {
                NUCLEIC_ACID
            } else {
                ANTIGEN
            };
            let reported = self.test(person, i64::from(at), method, pool);
            if at > missed {
                cleared = cleared.or(reported);
            }
        }
        if flag {
            self.flag(i64::from(missed), cleared);
        }
        if let Some(case) = case {
            self.found(person, case);
        }
    }

    /// The days before `day`.
    fn before(&self, day: i64) -> u64 {
        match day - self.chances.oldest {
            kept @ 0..64 => (1 << kept) - 1,
            kept if kept < 0 => 0,
            _ => u64::MAX,
        }
    }

    fn occupation(&self, person: &mut Person) -> (u64, i64) {
        if person.age != Age::Adult {
            return (0, 1);
        }
        let at = person.draw.pick(&self.chances.occupations);
        let Some(occupation) = self.plan.like.tests.occupations.get(at) else {
            return (0, 1);
        };
        let every = occupation.every.get();
        let mut at = person.draw.below(every);
        let mut days = 0;
        while at < self.chances.look_back.unsigned_abs() {
            days |= 1_u64 << at;
            at += every;
        }
        (days, occupation.pool.signed())
    }

    fn rounds(person: &mut Person) -> u64 {
        let mut days = 0;
        let mut word = 0;
        for (number, (bit, odds)) in person.home.rounds.each.iter().enumerate() {
            // One word serves four rounds.
            word = if number % 4 == 0 {
                person.draw.word()
            } else {
                word >> 16
            };
            if word & 0xffff < *odds {
                days |= bit;
            }
        }
        days
    }

    /// Tests that somebody owes, as far as they take them.
    fn due(&self, person: &mut Person) -> u64 {
        let (from, days): (i64, &[i64]) = match (*person.fate, person.journey) {
            (
                Fate::Case(Case {
                    traced: Some(it), ..
                })
                | Fate::Close(it),
                _,
            ) => (day(it.identified), &ISOLATED),
            (Fate::Secondary(traced), _) => (day(traced.identified), &AT_HOME),
            (Fate::Companion(traced), _) => (day(traced.identified), &TWO_IN_THREE),
            (_, Some(journey)) if journey.origin.is_some() => {
                let from = day(journey.until);
                match journey.risk {
                    Risk::None => return 0,
                    Risk::Low => (from, &TWO_IN_THREE),
                    Risk::Medium => (from, &AT_HOME),
                    Risk::High => (from, &ISOLATED),
                }
            }
            _ if person.sparse == rare::ENTRY => (day(person.entered), &ISOLATED),
            _ => return 0,
        };
        let taken = |after: &i64| {
            let is_taken = person.draw.hits(self.chances.compliance);
            if is_taken {
                self.chances.bit(from + after)
            } else {
                0
            }
        };
        days.iter().map(taken).fold(0, |all, day| all | day)
    }

    /// Writes one test; when it was reported, if it was by now.
    fn test(&mut self, person: &mut Person, at: i64, method: i32, pool: i64) -> Option<i64> {
        let word = person.draw.word();
        let opens = hour(self.chances.oldest + at, OPENS);
        let second = ((word >> 32) * OPEN_HOURS * 3_600) >> 32;
        let sampled = opens + second.cast_signed();
        let (least, most) = self.plan.like.tests.report_hours;
        let waited = ((word & 0xffff) * (most.get() - least.get()) * 3_600) >> 16;
        let is_antigen = method == ANTIGEN;
        let waited = if is_antigen {
            HOUR / 4
        } else {
            least.signed() * HOUR + waited.cast_signed()
        };
        let reported = sampled + waited;
        if reported >= self.as_of {
            return None;
        }
        let is_clear = (word >> 16) & 0xffff >= self.chances.inconclusive;
        let result = if is_clear { NEGATIVE } else { INCONCLUSIVE };
        self.write_test(method, sampled, reported, result, pool);
        Some(reported)
    }

    fn write_test(&mut self, method: i32, sampled: i64, reported: i64, result: i32, pool: i64) {
        let tests = &mut self.sections.tests;
        tests.rows += 1;
        tests.method.push(method);
        tests.sampled_at.push(sampled);
        tests.reported_at.push(reported);
        tests.result.push(result);
        tests.pool_size.push(pool);
    }

    /// The positive test that found a case, and those before leaving the hospital.
    fn found(&mut self, person: &mut Person, case: Case) {
        self.write_test(NUCLEIC_ACID, case.sampled, case.reported, POSITIVE, 1);
        for before in [2, 1] {
            let sampled = hour(day(case.discharged) - before, 8) + person.draw.between(0, HOUR);
            let reported = sampled + 6 * HOUR;
            if reported < self.as_of {
                self.write_test(NUCLEIC_ACID, sampled, reported, NEGATIVE, 1);
            }
        }
    }

    fn flag(&mut self, missed: i64, cleared: Option<i64>) {
        let raised = hour(self.chances.oldest + missed + 1, 0) + FLAGGED;
        if raised >= self.as_of {
            return;
        }
        // A result of the next morning may come before the flag does.
        let cleared = cleared.map(|cleared| cleared.max(raised));
        let flags = &mut self.sections.flags;
        flags.rows += 1;
        flags.kind.push(MISSED);
        flags.raised_at.push(raised);
        flags.cleared_at.push(cleared);
    }
}
