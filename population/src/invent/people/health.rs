//! Vaccinations, infections and contacts, symptoms, check-ins and visits.

use super::super::areas::hour;
use super::super::fate::{Case, DAY, Fate, HOUR, Traced, day};
use super::super::like::Risk;
use super::{Age, Person, Writer, rare};

/// 2021-03-01, from when on people were vaccinated (assumed).
const VACCINATED: i64 = 18_687;
/// Days in which first doses were given (assumed).
const FIRST_DOSES: i64 = 240;
/// The numbers of these products in `PRODUCTS`.
const CONVIDECIA: usize = 3;
const ZF2001: usize = 4;

const CONFIRMED: i32 = 0;
const ASYMPTOMATIC: i32 = 1;
const SUSPECTED: i32 = 2;
const CLOSE: i32 = 0;
const SECONDARY: i32 = 1;
const COMPANION: i32 = 2;
/// Numbers of kinds and reasons of isolation.
const CENTRAL: usize = 0;
const AT_HOME: usize = 1;
const MONITORING: usize = 2;
const ENTRY: usize = 0;
const CLOSE_CONTACT: usize = 1;
const SECONDARY_CONTACT: usize = 2;
const HIGH_RISK: i32 = 1;
/// The days for which contacts and arrivals check in.
const CHECKED: i64 = 7;

impl Writer<'_> {
    /// Doses that are far enough apart (see the pack 62/vaccination).
    pub(super) fn vaccinations(&mut self, person: &mut Person) {
        if person.age == Age::Infant {
            return;
        }
        let doses = person.draw.pick(&self.chances.doses);
        if doses == 0 {
            return;
        }
        let product = person.draw.pick(&self.chances.products);
        let word = person.draw.word();
        let within =
            |bits: u64, days: i64| (((bits & 0xffff) * days.unsigned_abs()) >> 16).cast_signed();
        let (second, third) = match product {
            CONVIDECIA => (180, 180),
            ZF2001 => (28, 28),
            _ => (21, 180),
        };
        let mut at = VACCINATED + within(word, FIRST_DOSES);
        let vaccinations = &mut self.sections.vaccinations;
        for dose in 0..doses {
            at += match dose {
                0 => 0,
                1 => second + within(word >> 16, 35),
                _ => third + within(word >> 32, 60),
            };
            if at > self.plan.last() {
                break;
            }
            vaccinations.rows += 1;
            vaccinations
                .product
                .push(i32::try_from(product).unwrap_or_default());
            vaccinations.dose.push(i64::try_from(dose + 1).unwrap_or(1));
            vaccinations.at.push(i32::try_from(at).unwrap_or_default());
        }
    }

    pub(super) fn outbreak(&mut self, person: &mut Person) {
        match *person.fate {
            Fate::Clear => {}
            Fate::Case(case) => self.case(person, case),
            Fate::Close(traced) => {
                self.contact(CLOSE, traced);
                let from = traced.identified + 2 * HOUR;
                let until = traced.isolated_until(from);
                self.isolation((CENTRAL, CLOSE_CONTACT), from, until);
                self.isolation((MONITORING, CLOSE_CONTACT), until, until + 3 * DAY);
            }
            Fate::Secondary(traced) => {
                self.contact(SECONDARY, traced);
                let from = traced.identified + HOUR;
                let until = traced.isolated_until(from);
                self.isolation((AT_HOME, SECONDARY_CONTACT), from, until);
                self.checked(person, day(from) + 1, day(until));
            }
            Fate::Companion(traced) => self.contact(COMPANION, traced),
        }
    }

    fn case(&mut self, person: &mut Person, case: Case) {
        if let Some(traced) = case.traced {
            self.contact(CLOSE, traced);
            self.quarantined(traced, case);
        }
        if case.diagnosed < self.as_of {
            let kind = if case.is_confirmed {
                CONFIRMED
            } else {
                ASYMPTOMATIC
            };
            let discharged = Some(case.discharged).filter(|at| *at < self.as_of);
            self.diagnosis(kind, case.diagnosed, None, discharged);
        }
        if case.is_confirmed {
            let onset = case.sampled - person.draw.between(0, 2 * DAY);
            let ended = onset + person.draw.between(3 * DAY, 8 * DAY);
            let kinds = person.draw.below(4);
            self.symptom(0, onset, Some(ended), None);
            for kind in (1..4).filter(|kind| *kind <= kinds) {
                let kind = i32::try_from(kind).unwrap_or_default();
                self.symptom(
                    kind,
                    onset + person.draw.between(0, DAY),
                    Some(ended + DAY),
                    None,
                );
            }
        }
    }

    /// A contact who turned out to be infected is isolated until the diagnosis.
    fn quarantined(&mut self, traced: Traced, case: Case) {
        let from = traced.identified + 2 * HOUR;
        if from < case.diagnosed {
            self.isolation((CENTRAL, CLOSE_CONTACT), from, case.diagnosed);
        }
    }

    fn diagnosis(&mut self, kind: i32, at: i64, resolved: Option<i64>, discharged: Option<i64>) {
        let diagnoses = &mut self.sections.diagnoses;
        diagnoses.rows += 1;
        diagnoses.kind.push(kind);
        diagnoses.diagnosed_at.push(at);
        diagnoses.resolved_at.push(resolved);
        diagnoses.discharged_at.push(discharged);
    }

    fn symptom(&mut self, kind: i32, onset: i64, ended: Option<i64>, ruled_out: Option<i64>) {
        if onset >= self.as_of {
            return;
        }
        let known = |at: Option<i64>| at.filter(|at| *at < self.as_of);
        let (ended, ruled_out) = (known(ended), known(ruled_out));
        let symptoms = &mut self.sections.symptoms;
        symptoms.rows += 1;
        symptoms.kind.push(kind);
        symptoms.onset.push(onset);
        symptoms.ended_at.push(ended);
        symptoms.ruled_out_at.push(ruled_out);
    }

    /// What few people have, and what follows an arrival from an area at risk.
    pub(super) fn rare(&mut self, person: &mut Person) {
        let arrived = person.journey.filter(|journey| journey.origin.is_some());
        if let Some(journey) = arrived.filter(|journey| journey.risk >= Risk::Medium) {
            let from = day(journey.until);
            self.checked(person, from, from + CHECKED);
            let raised = journey.until + 12 * HOUR;
            if journey.risk == Risk::High && raised < self.as_of {
                let cleared = Some(raised + CHECKED * DAY).filter(|at| *at < self.as_of);
                let flags = &mut self.sections.flags;
                flags.rows += 1;
                flags.kind.push(HIGH_RISK);
                flags.raised_at.push(raised);
                flags.cleared_at.push(cleared);
            }
        }
        let recent = self.as_of - 3 * DAY;
        match person.sparse {
            rare::ENTRY => {
                let from = person.entered;
                self.isolation((CENTRAL, ENTRY), from, from + 7 * DAY);
                self.isolation((MONITORING, ENTRY), from + 7 * DAY, from + 10 * DAY);
            }
            rare::VISITS => self.visits(person, recent),
            rare::CHECK_IN => {
                let at = recent + person.draw.between(0, 3 * DAY);
                self.check_in(person, at);
            }
            rare::SYMPTOM => {
                let days = self.chances.look_back * DAY;
                let onset = self.as_of - days + person.draw.between(0, days);
                let kind = i32::try_from(person.draw.below(4)).unwrap_or_default();
                let ended = onset + person.draw.between(DAY, 5 * DAY);
                let is_ruled_out = person.draw.below(10) < 3;
                let ruled_out = is_ruled_out.then_some(onset + DAY);
                self.symptom(kind, onset, Some(ended), ruled_out);
            }
            rare::SUSPECTED => {
                let days = self.chances.look_back * DAY;
                let at = self.as_of - days + person.draw.between(0, days);
                let resolved = at + person.draw.between(6 * HOUR, 2 * DAY);
                let resolved = Some(resolved).filter(|at| *at < self.as_of);
                self.diagnosis(SUSPECTED, at, resolved, None);
            }
            _ => {}
        }
    }

    /// A report on every day from `from` up to, but not including, `until`.
    fn checked(&mut self, person: &mut Person, from: i64, until: i64) {
        for day in from..until.min(self.plan.last() + 1) {
            if person.draw.hits(self.chances.compliance) {
                // People arrive until late: the first report is of that evening.
                let at = hour(day, 23) + person.draw.between(0, HOUR / 2);
                self.check_in(person, at);
            }
        }
    }

    fn check_in(&mut self, person: &mut Person, at: i64) {
        let word = person.draw.word();
        let check_ins = &mut self.sections.check_ins;
        check_ins.rows += 1;
        check_ins.at.push(at);
        check_ins.temperature.push(361 + i128::from(word & 7));
        // Half were asked for symptoms; few of those had one.
        let is_asked = word & 8 != 0;
        if is_asked && (word >> 4).is_multiple_of(32) {
            check_ins.symptoms.push(1);
            check_ins.symptom_rows += 1;
        }
        check_ins.asked.push(is_asked);
        check_ins.symptom_ends.push(check_ins.symptom_rows);
        check_ins.contact.push(is_asked.then_some(false));
    }

    fn visits(&mut self, person: &mut Person, since: i64) {
        let count = 1 + person.draw.below(3);
        for number in 0..count.cast_signed() {
            let entered = since + number * DAY + person.draw.between(0, DAY);
            let left = entered + person.draw.between(10 * 60, 90 * 60);
            let is_left = left < self.as_of && person.draw.below(10) < 7;
            let presence = match person.draw.below(20) {
                0 => 2,
                1 => 1,
                _ => 0,
            };
            let venue = person.draw.below(1_000);
            let visits = &mut self.sections.visits;
            visits.rows += 1;
            visits.venue.write("V-");
            visits.venue.write(person.home.code);
            visits.venue.write("-");
            visits.venue.write_number(venue, 3);
            visits.venue.end();
            visits.entered_at.push(entered);
            visits.left_at.push(is_left.then_some(left));
            visits.presence.push(presence);
        }
    }
}
