//! Invented persons, the same in every run.
//!
//! All sections are given, so that nothing is unknown: the hand-written rules have no
//! unknown level. Times lie in and around the span of the Gansu pack. Half of the stays
//! are at places on a list of risk areas, near the time at which they are listed.

use longma_core::{Instant, Offset};
use serde_json::{Value, json};

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;
/// 2022-02-20T00:00:00+08:00; most times fall in the 300 days after it.
const FIRST: i64 = 1_645_286_400;
const DAYS: u64 = 300;

/// How many records a person has in each section.
#[derive(Debug, Clone, Copy, Default)]
#[allow(missing_docs, reason = "named as the sections are")]
pub struct Size {
    pub issuance: u64,
    pub diagnoses: u64,
    pub contacts: u64,
    pub stays: u64,
    pub entries: u64,
    pub tests: u64,
    pub vaccinations: u64,
    pub symptoms: u64,
    pub isolation: u64,
    pub flags: u64,
    pub overrides: u64,
    pub visits: u64,
    pub arrivals: u64,
    pub check_ins: u64,
    pub dependants: u64,
    /// How many of a hundred tests are positive.
    pub positive: u64,
}

/// Every section is known to be empty.
pub const EMPTY: Size = Size {
    issuance: 0,
    diagnoses: 0,
    contacts: 0,
    stays: 0,
    entries: 0,
    tests: 0,
    vaccinations: 0,
    symptoms: 0,
    isolation: 0,
    flags: 0,
    overrides: 0,
    visits: 0,
    arrivals: 0,
    check_ins: 0,
    dependants: 0,
    positive: 0,
};

/// Half a year of an ordinary life.
pub const TYPICAL: Size = Size {
    issuance: 2,
    contacts: 2,
    stays: 6,
    tests: 12,
    vaccinations: 3,
    symptoms: 1,
    isolation: 1,
    visits: 20,
    arrivals: 1,
    check_ins: 14,
    dependants: 1,
    ..EMPTY
};

/// Ten times as much of everything, and tests on most days.
pub const HEAVY: Size = Size {
    issuance: 20,
    diagnoses: 2,
    contacts: 20,
    stays: 60,
    entries: 2,
    tests: 200,
    vaccinations: 30,
    symptoms: 10,
    isolation: 10,
    flags: 5,
    overrides: 1,
    visits: 200,
    arrivals: 10,
    check_ins: 140,
    dependants: 3,
    positive: 2,
};

/// A place on a list of risk areas, and the second from which it is listed.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Province, city, county, community. The last is empty if the whole county is listed.
    pub place: [String; 4],
    /// Seconds since the Unix epoch.
    pub from: i64,
}

/// Reads the places of a list in CSV.
///
/// # Errors
/// If the text is not such a list.
pub fn listed(csv: &str) -> Result<Vec<Listed>, csv::Error> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let row = |row: Result<csv::StringRecord, csv::Error>| {
        let row = row?;
        let cell = |column: usize| row.get(column).unwrap_or_default().to_owned();
        Ok(Listed {
            place: [cell(0), cell(1), cell(2), cell(3)],
            from: Instant::parse_to_the_minute(&cell(5)).map_or(FIRST, Instant::unix),
        })
    };
    reader.records().map(row).collect()
}

/// A generator of persons.
#[derive(Debug)]
pub struct People<'a> {
    seed: u64,
    /// Times used so far for the current person, so that some of them coincide.
    met: Vec<i64>,
    listed: &'a [Listed],
}

impl<'a> People<'a> {
    /// A generator with this seed. Some stays are at `listed` places.
    #[must_use]
    pub fn new(seed: u64, listed: &'a [Listed]) -> Self {
        let met = Vec::new();
        Self { seed, met, listed }
    }

    /// A person of any size and history, for comparing answers.
    pub fn any(&mut self) -> String {
        let size = Size {
            issuance: self.below(3),
            diagnoses: self.below(3),
            contacts: self.below(4),
            stays: self.below(12),
            entries: self.below(2),
            tests: self.below(25),
            vaccinations: self.below(6),
            symptoms: self.below(2),
            isolation: self.below(2),
            flags: self.below(3),
            overrides: self.below(2),
            visits: self.below(4),
            arrivals: self.below(2),
            check_ins: self.below(4),
            dependants: self.below(2),
            positive: self.pick([0, 5, 20, 40]),
        };
        self.person(size)
    }

    /// A person of `size`, as JSON text.
    pub fn person(&mut self, size: Size) -> String {
        self.met.clear();
        let product = self.pick(["CoronaVac", "BBIBP-CorV", "Convidecia", "ZF2001"]);
        let person = json!({
            "subject": "person",
            "identity": {
                "name": "测试甲",
                "document": { "type": "resident_id", "number": "999999199001010016" },
                "region": "620102",
            },
            "issuance": self.several(size.issuance, Self::issuance),
            "diagnoses": self.several(size.diagnoses, Self::diagnosis),
            "contacts": self.several(size.contacts, Self::contact),
            "stays": self.several(size.stays, Self::stay),
            "entries": self.several(size.entries, |p| json!({ "entered_at": p.some_time() })),
            "tests": self.several(size.tests, |p| p.test(size.positive)),
            "vaccinations": self.several(size.vaccinations, |p| p.vaccination(product)),
            "symptoms": self.several(size.symptoms, Self::symptom),
            "isolation": self.several(size.isolation, Self::isolation),
            "flags": self.several(size.flags, Self::flag),
            "overrides": self.several(size.overrides, Self::manual),
            "visits": self.several(size.visits, Self::visit),
            "arrivals": self.several(size.arrivals, Self::arrival),
            "check_ins": self.several(size.check_ins, Self::check_in),
            "dependants": self.several(size.dependants, Self::dependant),
        });
        person.to_string()
    }

    fn several(&mut self, count: u64, one: impl Fn(&mut Self) -> Value) -> Vec<Value> {
        (0..count).map(|_| one(self)).collect()
    }

    fn issuance(&mut self) -> Value {
        json!({ "issued_at": self.some_time(), "channel": "mini_program" })
    }

    fn diagnosis(&mut self) -> Value {
        let at = self.some_second();
        let kind = self.pick(["confirmed", "asymptomatic", "suspected", "re_positive"]);
        let mut record = json!({ "kind": kind, "diagnosed_at": time(at) });
        self.sometimes(&mut record, "resolved_at", at, 30);
        self.sometimes(&mut record, "discharged_at", at, 30);
        record
    }

    fn contact(&mut self) -> Value {
        let last = self.some_second();
        let identified = self.after(last, 4);
        let kind = self.pick(["close", "secondary", "time_space", "time_space"]);
        let mut record = json!({
            "kind": kind, "last_contact": time(last), "identified_at": time(identified),
        });
        if self.chance(30) {
            self.sometimes(&mut record, "released_at", identified, 12);
        }
        record
    }

    fn stay(&mut self) -> Value {
        let listed = self.listed.get(self.index(self.listed.len()));
        let mut place = listed.map_or_else(
            || ["甘肃省", "兰州市", "城关区", ""].map(str::to_owned),
            |listed| listed.place.clone(),
        );
        let arrived = match listed {
            Some(listed) if self.chance(50) => {
                let day = i64::try_from(12 * DAY).unwrap_or_default();
                self.after(listed.from - day, 20)
            }
            _ => self.some_second(),
        };
        if self.chance(10) {
            let [province, city, county, _] = &mut place;
            for (part, name) in [(province, "青海省"), (city, "西宁市"), (county, "城东区")]
            {
                name.clone_into(part);
            }
        }
        let [.., community] = &mut place;
        match self.below(10) {
            0..=5 => {}
            6 => *community = community.chars().map(full_width).collect(),
            _ => "查无此名的小区".clone_into(community),
        }
        if community.is_empty() {
            "查无此名的小区".clone_into(community);
        }
        let [province, city, county, community] = place;
        let mut record = json!({
            "province": province, "city": city, "county": county, "community": community,
            "arrived": time(arrived),
        });
        let days = self.pick([7, 14, 40]);
        self.sometimes(&mut record, "left", arrived, days);
        if self.chance(10) {
            set(&mut record, "key_area", json!(self.chance(80)));
        }
        record
    }

    fn test(&mut self, positive: u64) -> Value {
        let sampled = self.some_second();
        let reported = self.after(sampled, 2);
        let result = if self.chance(positive) {
            "positive"
        } else if self.chance(3) {
            "inconclusive"
        } else {
            "negative"
        };
        let method = if self.chance(90) {
            "nucleic_acid"
        } else {
            "antigen"
        };
        json!({
            "method": method, "sampled_at": time(sampled), "reported_at": time(reported),
            "result": result, "pool_size": self.pick([1, 1, 10, 20]), "laboratory": "样例检验所",
        })
    }

    fn vaccination(&mut self, usual: &str) -> Value {
        let others = ["CoronaVac", "WIBP-CorV", "Convidecia", "ZF2001", "other"];
        let product = if self.chance(80) {
            usual
        } else {
            self.pick(others)
        };
        // Most doses fall in the year before; half are a whole number of weeks apart.
        let days = match self.below(2) {
            0 => 7 * self.below(60),
            _ => self.below(420),
        };
        let at = FIRST.saturating_add_unsigned(120 * DAY);
        let day = Instant::from_unix(at.saturating_sub_unsigned(days * DAY))
            .map(|at| at.date(Offset::CHINA).to_string());
        json!({ "product": product, "dose": 1 + self.below(3), "at": day })
    }

    fn symptom(&mut self) -> Value {
        let onset = self.some_second();
        let mut record = json!({ "kind": self.pick(["fever", "cough"]), "onset": time(onset) });
        self.sometimes(&mut record, "ruled_out_at", onset, 5);
        record
    }

    fn isolation(&mut self) -> Value {
        let from = self.some_second();
        let until = self.after(from, 10) + 1;
        json!({
            "kind": self.pick(["central", "home", "monitoring"]), "reason": "other",
            "from": time(from), "until": time(until),
        })
    }

    fn flag(&mut self) -> Value {
        let raised = self.some_second();
        let kind = self.pick(["mass_testing_missed", "national_high_risk"]);
        let mut record = json!({ "kind": kind, "raised_at": time(raised) });
        self.sometimes(&mut record, "cleared_at", raised, 5);
        record
    }

    fn manual(&mut self) -> Value {
        let from = self.some_second();
        let until = self.after(from, 20) + 1;
        json!({
            "decision": "code", "level": self.pick(["yellow", "red"]),
            "from": time(from), "until": time(until), "reason": "复核",
            "officers": [
                { "name": "甲", "office": "疾控中心", "number": "1" },
                { "name": "乙", "office": "疾控中心", "number": "2" },
            ],
        })
    }

    fn visit(&mut self) -> Value {
        let entered = self.some_second();
        let venue = self.below(50);
        let mut record = json!({
            "venue": format!("V-{venue}"), "digest": format!("{venue:064x}"),
            "entered_at": time(entered), "presence": self.pick(["on_site", "on_site", "forwarded"]),
        });
        self.sometimes(&mut record, "left_at", entered, 1);
        record
    }

    fn arrival(&mut self) -> Value {
        let arrived = self.some_second();
        let mut record = json!({
            "arrived_at": time(arrived), "province": "青海省", "city": "西宁市", "county": "城东区",
            "risk": self.pick(["none", "low", "medium", "high"]),
        });
        self.sometimes(&mut record, "reported_at", arrived, 2);
        record
    }

    fn check_in(&mut self) -> Value {
        json!({
            "at": self.some_time(), "temperature": 36.5,
            "symptoms": [self.pick(["cough", "fatigue"])], "contact": self.chance(5),
        })
    }

    fn dependant(&mut self) -> Value {
        json!({
            "relation": "child", "name": "测试乙", "birth_date": "2010-07-10",
            "document": { "type": "resident_id", "number": self.pick([
                "999999201007100012", "999999201007100020", "99999920100710008X",
            ]) },
            "evidence": "household_register", "registered_at": self.some_time(),
        })
    }

    /// Nine times in ten, sets `name` in `record` to a time up to `days` after `from`.
    fn sometimes(&mut self, record: &mut Value, name: &str, from: i64, days: u64) {
        if self.chance(90) {
            let at = self.after(from, days);
            set(record, name, json!(time(at)));
        }
    }

    fn some_time(&mut self) -> String {
        time(self.some_second())
    }

    fn some_second(&mut self) -> i64 {
        self.after(FIRST, DAYS)
    }

    /// A time up to `days` after `from`. To hit the edges of spans, one time in three tries a
    /// time that the person already has, or one that is about a span of the rules before or
    /// after it. Of the rest, one in four is a whole hour.
    fn after(&mut self, from: i64, days: u64) -> i64 {
        let which = self.index(self.met.len());
        let met = self.met.get(which).copied().unwrap_or_default();
        let apart = i64::try_from(self.pick([0, 0, 1, 2, 2, 3, 7, 14]) * DAY).unwrap_or_default();
        let sign = self.pick([-1, 1]);
        let met = met + sign * apart + self.pick([0, 0, 1, 1_800]);
        let mut seconds = self.below(days * DAY + 1);
        if self.chance(33) && (from..=from.saturating_add_unsigned(days * DAY)).contains(&met) {
            seconds = met.abs_diff(from);
        } else if self.chance(25) {
            seconds -= seconds % HOUR;
        }
        let second = from.saturating_add_unsigned(seconds);
        self.met.push(second);
        second
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn pick<T: Copy + Default, const N: usize>(&mut self, choice: [T; N]) -> T {
        let index = self.index(N);
        choice.get(index).copied().unwrap_or_default()
    }

    fn index(&mut self, count: usize) -> usize {
        usize::try_from(self.below(count as u64)).unwrap_or_default()
    }

    /// A number below `count`; 0 if `count` is 0. Splitmix64: short, and random enough here.
    fn below(&mut self, count: u64) -> u64 {
        self.seed = self.seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.seed;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (bits ^ (bits >> 31)).checked_rem(count).unwrap_or_default()
    }
}

fn time(seconds: i64) -> String {
    Instant::from_unix(seconds).map_or_else(String::new, |at| at.to_rfc3339(Offset::CHINA))
}

fn set(record: &mut Value, name: &str, value: Value) {
    if let Some(members) = record.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}

fn full_width(c: char) -> char {
    match c {
        '!'..='~' => char::from_u32(u32::from(c) + 0xfee0).unwrap_or(c),
        c => c,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn counts(person: &str) -> Vec<(String, usize)> {
        let person: serde_json::Map<String, Value> = serde_json::from_str(person).unwrap();
        let sections = person.iter().filter_map(|(name, value)| {
            let records = value.as_array()?;
            Some((name.clone(), records.len()))
        });
        sections.collect()
    }

    #[test]
    fn an_empty_person_has_every_section_and_nothing_in_it() {
        let counts = counts(&People::new(1, &[]).person(EMPTY));
        assert_eq!(counts.len(), 15);
        assert!(counts.iter().all(|(_, count)| *count == 0), "{counts:?}");
    }

    #[test]
    fn a_heavy_person_has_what_the_figures_say() {
        let counts = counts(&People::new(1, &[]).person(HEAVY));
        assert!(counts.contains(&("tests".to_owned(), 200)), "{counts:?}");
        assert!(counts.contains(&("stays".to_owned(), 60)), "{counts:?}");
    }

    #[test]
    fn the_same_seed_makes_the_same_persons() {
        let (mut one, mut other) = (People::new(7, &[]), People::new(7, &[]));
        assert_eq!(one.any(), other.any());
        assert_ne!(one.any(), People::new(8, &[]).any());
    }
}
