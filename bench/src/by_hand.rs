//! The Gansu rules of 2022-03-07 written by hand in Rust, as the baseline for Longma.
//!
//! Decides `code`, `validity` and `gold` over the span of that pack, with the national
//! plan in force in each part of it. It is what a programmer would write with the rules
//! on paper and no engine: typed facts straight from the JSON text, one function per
//! rule, numbers as constants, and a sweep that overlays the spans. The answer is the
//! level at all times, as segments.
//!
//! Left out (also listed in BENCHMARKS.md): reasons, evidence, captions and sources;
//! unknown levels; all other policies; checks of facts beyond their types; limits.
//! `bench/wasm/by-hand.mjs` is the same in JavaScript. `agree.rs` compares this with
//! Longma before anything is measured.

use chrono::{DateTime, NaiveDate};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;
use std::fmt;

#[allow(
    clippy::disallowed_types,
    reason = "only looked up, so its order shows nowhere; code by hand would use it"
)]
type Map<V> = std::collections::HashMap<String, V>;

/// Seconds in an hour and in a day.
const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
/// The end of an open-ended span.
const OPEN: i64 = i64::MAX;

/// Levels of `code`. `validity` and `gold` use 0 and 1.
const GREEN: u8 = 0;
const YELLOW: u8 = 1;
const RED: u8 = 2;

/// Names of the levels of `code`, `validity` and `gold`, lowest first.
pub const CODE: &[&str] = &["green", "yellow", "red"];
/// See [`CODE`].
pub const VALIDITY: &[&str] = &["invalid", "valid"];
/// See [`CODE`].
pub const GOLD: &[&str] = &["none", "gold"];

/// Whose inflow it is.
const PROVINCE: &str = "甘肃省";

/// Gansu's own numbers, in seconds, or in days if the name says so.
const RECENT_TEST: i64 = 48 * HOUR;
const CLEARING_DAYS: i64 = 3;
const LOOK_BACK: i64 = 14 * DAY;
const CODE_VALID: i64 = 24 * HOUR;
const GOLD_WAIT_DAYS: i64 = 14;
const INACTIVATED_GAP_DAYS: i64 = 21;
const RECOMBINANT_GAP_DAYS: i64 = 28;

/// The first instant, at +08:00, of a day counted from 1970-01-01.
const fn start_of(day: i64) -> i64 {
    day * DAY - 8 * HOUR
}

/// A national plan's numbers, and the part of the Gansu span in which it is in force.
struct Plan {
    from: i64,
    until: i64,
    quarantine: i64,
    /// Time at home after quarantine, and its level.
    home: i64,
    home_level: u8,
    /// Time at home for a contact's contact; 0 if the plan does not cover them.
    secondary: i64,
    high_risk: i64,
    symptoms: bool,
}

const PLANS: [Plan; 3] = [
    // 8th edition, from 2022-03-07 (the Gansu pack's first day)
    Plan {
        from: start_of(19_058),
        until: start_of(19_171),
        quarantine: 14 * DAY,
        home: 7 * DAY,
        home_level: YELLOW,
        secondary: 0,
        high_risk: 14 * DAY,
        symptoms: false,
    },
    // 9th edition, from 2022-06-28
    Plan {
        from: start_of(19_171),
        until: start_of(19_307),
        quarantine: 7 * DAY,
        home: 3 * DAY,
        home_level: YELLOW,
        secondary: 7 * DAY,
        high_risk: 7 * DAY,
        symptoms: true,
    },
    // Twenty measures, from 2022-11-11 until 2022-12-07
    Plan {
        from: start_of(19_307),
        until: start_of(19_333),
        quarantine: 5 * DAY,
        home: 3 * DAY,
        home_level: RED,
        secondary: 0,
        high_risk: 7 * DAY,
        symptoms: true,
    },
];

/// The span of the Gansu pack.
pub const SPAN: (i64, i64) = (start_of(19_058), start_of(19_333));

/// A level over `[from, until)`, in seconds since the Unix epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// First second.
    pub from: i64,
    /// First second after.
    pub until: i64,
    /// Position on the scale.
    pub level: u8,
}

/// The three decisions over [`SPAN`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// The health code, by [`CODE`].
    pub code: Vec<Segment>,
    /// Whether an issued code is still valid, by [`VALIDITY`].
    pub validity: Vec<Segment>,
    /// The overlay for vaccinated persons, by [`GOLD`].
    pub gold: Vec<Segment>,
}

/// The level of `segments` at an instant; `None` outside [`SPAN`].
#[must_use]
pub fn at(segments: &[Segment], instant: i64) -> Option<u8> {
    let after = segments.partition_point(|segment| segment.from <= instant);
    let segment = segments.get(after.checked_sub(1)?)?;
    (instant < segment.until).then_some(segment.level)
}

// ---- facts -----------------------------------------------------------------

#[derive(Deserialize)]
struct Person<'a> {
    issuance: Vec<Issuance>,
    diagnoses: Vec<Diagnosis>,
    contacts: Vec<Contact>,
    #[serde(borrow)]
    stays: Vec<Stay<'a>>,
    entries: Vec<Entry>,
    tests: Vec<Test>,
    vaccinations: Vec<Vaccination>,
    symptoms: Vec<Symptom>,
    isolation: Vec<Isolation>,
    overrides: Vec<Override>,
}

#[derive(Deserialize)]
struct Issuance {
    issued_at: Time,
}

#[derive(Deserialize)]
#[allow(clippy::struct_field_names, reason = "the facts name them so")]
struct Diagnosis {
    diagnosed_at: Time,
    resolved_at: Option<Time>,
    discharged_at: Option<Time>,
}

impl Diagnosis {
    fn ended(&self) -> i64 {
        open(self.resolved_at.or(self.discharged_at))
    }
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum ContactKind {
    Close,
    Secondary,
    TimeSpace,
}

#[derive(Deserialize)]
#[allow(clippy::struct_field_names, reason = "the facts name them so")]
struct Contact {
    kind: ContactKind,
    last_contact: Time,
    identified_at: Time,
    released_at: Option<Time>,
}

#[derive(Deserialize)]
struct Stay<'a> {
    #[serde(borrow)]
    province: Cow<'a, str>,
    #[serde(borrow)]
    city: Cow<'a, str>,
    #[serde(borrow)]
    county: Cow<'a, str>,
    #[serde(borrow)]
    community: Cow<'a, str>,
    arrived: Time,
    left: Option<Time>,
    key_area: Option<bool>,
}

impl Stay<'_> {
    /// A stay that ends when it begins counts as one second.
    fn end(&self) -> i64 {
        open(self.left).max(self.arrived.0 + 1)
    }
}

#[derive(Deserialize)]
struct Entry {
    entered_at: Time,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Method {
    NucleicAcid,
    Antigen,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Finding {
    Negative,
    Positive,
    Inconclusive,
}

#[derive(Deserialize)]
struct Test {
    method: Method,
    sampled_at: Time,
    reported_at: Time,
    result: Finding,
    pool_size: u32,
}

impl Test {
    fn is_pooled(&self) -> bool {
        self.method == Method::NucleicAcid && self.pool_size > 1
    }
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
enum Product {
    CoronaVac,
    #[serde(rename = "BBIBP-CorV")]
    Bbibp,
    #[serde(rename = "WIBP-CorV")]
    Wibp,
    Convidecia,
    #[serde(rename = "ZF2001")]
    Zf2001,
    #[serde(rename = "other")]
    Other,
}

#[derive(Deserialize)]
struct Vaccination {
    product: Product,
    at: Day,
}

#[derive(Deserialize)]
struct Symptom {
    onset: Time,
    ruled_out_at: Option<Time>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum IsolationKind {
    Central,
    Home,
    Monitoring,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum IsolationReason {
    Entry,
    CloseContact,
    SecondaryContact,
    RiskArea,
    Other,
}

#[derive(Deserialize)]
struct Isolation {
    kind: IsolationKind,
    reason: IsolationReason,
    from: Time,
    until: Time,
    released_at: Option<Time>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum ManualLevel {
    Yellow,
    Red,
}

#[derive(Deserialize)]
struct Override {
    level: ManualLevel,
    from: Time,
    until: Time,
}

/// Seconds since the Unix epoch, from RFC 3339.
#[derive(Clone, Copy)]
struct Time(i64);

/// Days since 1970-01-01, from `YYYY-MM-DD`.
#[derive(Clone, Copy)]
struct Day(i64);

fn open(time: Option<Time>) -> i64 {
    time.map_or(OPEN, |time| time.0)
}

/// Reads a string as `T` without storing the string.
struct Text<T>(fn(&str) -> Option<T>);

impl<T> Visitor<'_> for Text<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time or a date")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        (self.0)(text).ok_or_else(|| E::custom("no time or date"))
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Text(|text| {
            let time = DateTime::parse_from_rfc3339(text).ok()?;
            Some(Self(time.timestamp()))
        }))
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Text(|text| {
            let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
            Some(Self(i64::from(date.to_epoch_days())))
        }))
    }
}

// ---- risk areas ------------------------------------------------------------

/// The list of risk areas, indexed by place.
#[derive(Debug, Default)]
pub struct RiskAreas {
    /// By county, and by community within a county.
    places: Map<Vec<Area>>,
    /// When each city had a medium or high area anywhere: sorted, disjoint.
    cities: Map<Vec<(i64, i64)>>,
}

#[derive(Debug, Clone, Copy)]
struct Area {
    level: AreaLevel,
    from: i64,
    until: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AreaLevel {
    Low,
    Medium,
    High,
}

impl RiskAreas {
    /// Reads the list's CSV: province, city, county, community, level, from, until.
    #[must_use]
    pub fn read(csv: &str) -> Option<Self> {
        let mut areas = Self::default();
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record).ok()? {
            let cell = |column: usize| record.get(column);
            let level = match cell(4)? {
                "low" => AreaLevel::Low,
                "medium" => AreaLevel::Medium,
                "high" => AreaLevel::High,
                _ => return None,
            };
            let until = cell(6)?;
            let area = Area {
                level,
                from: minute(cell(5)?)?,
                until: if until.is_empty() {
                    OPEN
                } else {
                    minute(until)?
                },
            };
            let (province, city, county) = (cell(0)?, cell(1)?, cell(2)?);
            let place = match cell(3)? {
                "" => key(&[province, city, county]),
                community => key(&[province, city, county, community]),
            };
            areas.places.entry(place).or_default().push(area);
            if level != AreaLevel::Low {
                let spans = areas.cities.entry(key(&[province, city])).or_default();
                spans.push((area.from, area.until));
            }
        }
        for spans in areas.cities.values_mut() {
            *spans = joined(std::mem::take(spans));
        }
        Some(areas)
    }

    /// The listed areas at the place of the stay, cut to its time.
    fn during(&self, stay: &Stay<'_>) -> impl Iterator<Item = Area> {
        let mut place = key(&[&stay.province, &stay.city, &stay.county]);
        let county = self.places.get(&place);
        push_part(&mut place, &stay.community);
        let community = self.places.get(&place);
        let (arrived, end) = (stay.arrived.0, stay.end());
        [county, community]
            .into_iter()
            .flatten()
            .flatten()
            .map(move |area| Area {
                from: area.from.max(arrived),
                until: area.until.min(end),
                ..*area
            })
            .filter(|area| area.from < area.until)
    }

    /// Whether the stay's city had a medium or high area during the stay, no more than
    /// [`LOOK_BACK`] before `left`.
    fn city_at_risk(&self, stay: &Stay<'_>, left: i64) -> bool {
        let Some(spans) = self.cities.get(&key(&[&stay.province, &stay.city])) else {
            return false;
        };
        let before = spans.partition_point(|(from, _)| *from < stay.end());
        // The spans are disjoint, so the last one that begins before the stay's end ends last.
        before
            .checked_sub(1)
            .and_then(|last| spans.get(last))
            .is_some_and(|(_, until)| {
                *until > stay.arrived.0 && (*until).min(stay.end()) + LOOK_BACK > left
            })
    }
}

/// A time in the list, usually without seconds.
fn minute(text: &str) -> Option<i64> {
    DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M%:z")
        .or_else(|_| DateTime::parse_from_rfc3339(text))
        .ok()
        .map(|time| time.timestamp())
}

/// A key that ignores differences in whitespace, full-width forms and case.
fn key(parts: &[&str]) -> String {
    let mut key = String::with_capacity(64);
    for part in parts {
        push_part(&mut key, part);
    }
    key
}

fn push_part(key: &mut String, part: &str) {
    for c in part.chars().filter(|c| !c.is_whitespace()) {
        let half = match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            _ => c,
        };
        key.extend(half.to_lowercase());
    }
    key.push('\0');
}

fn joined(mut spans: Vec<(i64, i64)>) -> Vec<(i64, i64)> {
    spans.sort_unstable();
    let mut all: Vec<(i64, i64)> = Vec::new();
    for (from, until) in spans {
        match all.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(until),
            _ => all.push((from, until)),
        }
    }
    all
}

// ---- rules -----------------------------------------------------------------

/// Decides everything for one person over [`SPAN`].
///
/// # Errors
/// If the text is not a person's facts with all sections.
pub fn decide(facts: &str, areas: &RiskAreas) -> Result<Decided, serde_json::Error> {
    let person: Person<'_> = serde_json::from_str(facts)?;
    let code = code(&person, areas);
    Ok(Decided {
        validity: validity(&person.issuance),
        gold: gold(&person.vaccinations, &code),
        code,
    })
}

/// Levels over spans, cut to the span of a plan.
struct Causes {
    found: Vec<Segment>,
    within: (i64, i64),
}

impl Causes {
    fn new() -> Self {
        Self {
            found: Vec::new(),
            within: SPAN,
        }
    }

    fn push(&mut self, level: u8, from: i64, until: i64) {
        let (from, until) = (from.max(self.within.0), until.min(self.within.1));
        if from < until {
            self.found.push(Segment { from, until, level });
        }
    }
}

fn code(person: &Person<'_>, areas: &RiskAreas) -> Vec<Segment> {
    let mut causes = Causes::new();
    let mut negatives: Vec<&Test> = person
        .tests
        .iter()
        .filter(|t| t.method == Method::NucleicAcid && t.result == Finding::Negative)
        .collect();
    negatives.sort_by_key(|t| t.reported_at.0);
    let listed: Vec<Vec<Area>> = person
        .stays
        .iter()
        .map(|stay| areas.during(stay).collect())
        .collect();

    infections(&mut causes, person);
    companions(&mut causes, &person.contacts, &negatives);
    for (stay, listed) in person.stays.iter().zip(&listed) {
        stays_to_clear(&mut causes, stay, listed, &negatives);
        inflow(&mut causes, stay, listed, areas, &person.stays, &negatives);
    }
    for manual in &person.overrides {
        let level = match manual.level {
            ManualLevel::Yellow => YELLOW,
            ManualLevel::Red => RED,
        };
        causes.push(level, manual.from.0, manual.until.0);
    }
    for plan in &PLANS {
        causes.within = (plan.from, plan.until);
        national(&mut causes, plan, person, listed.iter().flatten());
    }
    laid(&causes.found)
}

/// Diagnoses, positive tests and positive pools; the same in all three plans.
fn infections(causes: &mut Causes, person: &Person<'_>) {
    for diagnosis in &person.diagnoses {
        causes.push(RED, diagnosis.diagnosed_at.0, diagnosis.ended());
    }
    let positive = |t: &&Test| t.result == Finding::Positive;
    for test in person.tests.iter().filter(positive) {
        let reported = test.reported_at.0;
        if test.is_pooled() {
            let single = person
                .tests
                .iter()
                .filter(|t| {
                    t.method == Method::NucleicAcid
                        && t.pool_size == 1
                        && t.result != Finding::Inconclusive
                        && t.sampled_at.0 >= test.sampled_at.0
                })
                .map(|t| t.reported_at.0)
                .min();
            causes.push(YELLOW, reported, single.unwrap_or(OPEN));
        } else {
            let diagnosed = person
                .diagnoses
                .iter()
                .filter(|d| d.ended() > reported)
                .map(|d| d.diagnosed_at.0)
                .min();
            causes.push(RED, reported, diagnosed.unwrap_or(OPEN));
        }
    }
}

/// Time-space companions (时空伴随者): yellow until one negative test.
fn companions(causes: &mut Causes, contacts: &[Contact], negatives: &[&Test]) {
    for contact in contacts {
        if contact.kind == ContactKind::TimeSpace {
            let from = contact.identified_at.0;
            let until = one_negative(from, negatives).min(open(contact.released_at));
            causes.push(YELLOW, from, until);
        }
    }
}

/// Stays in key areas and medium-risk areas: yellow until two negative tests after leaving.
fn stays_to_clear(causes: &mut Causes, stay: &Stay<'_>, listed: &[Area], negatives: &[&Test]) {
    if stay.key_area == Some(true) {
        let until = two_negatives(open(stay.left), negatives);
        causes.push(YELLOW, stay.arrived.0, until);
    }
    for area in listed.iter().filter(|a| a.level == AreaLevel::Medium) {
        causes.push(YELLOW, area.from, two_negatives(area.until, negatives));
    }
}

/// Arrivals from the low-risk part of a city at risk: yellow until one negative test.
fn inflow(
    causes: &mut Causes,
    stay: &Stay<'_>,
    listed: &[Area],
    areas: &RiskAreas,
    stays: &[Stay<'_>],
    negatives: &[&Test],
) {
    let Some(Time(left)) = stay.left else { return };
    let Some(from) = came(stay, left, stays) else {
        return;
    };
    if listed.iter().all(|area| area.level == AreaLevel::Low) && areas.city_at_risk(stay, left) {
        causes.push(YELLOW, from, one_negative(from, negatives));
    }
}

/// When somebody who left a city came to the province: directly (or without a record of
/// where to) on leaving, by way of another within [`LOOK_BACK`] on arriving.
fn came(stay: &Stay<'_>, left: i64, stays: &[Stay<'_>]) -> Option<i64> {
    let later = || stays.iter().filter(|other| open(other.left) > left);
    let first = |a: &&Stay<'_>, b: &&Stay<'_>| (a.arrived.0, &a.city).cmp(&(b.arrived.0, &b.city));
    let Some(next) = later().min_by(first) else {
        return Some(left);
    };
    let here = later().filter(|it| it.province == PROVINCE).min_by(first)?;
    if next.city == stay.city || here.city == stay.city {
        return None;
    }
    if next.province == PROVINCE {
        return Some(left);
    }
    (here.arrived.0 < left + LOOK_BACK).then_some(here.arrived.0)
}

/// Contacts, entrants, high-risk stays, symptoms and isolation, by one national plan.
fn national<'a>(
    causes: &mut Causes,
    plan: &Plan,
    person: &Person<'_>,
    listed: impl Iterator<Item = &'a Area>,
) {
    for contact in &person.contacts {
        let (last, released) = (contact.last_contact.0, open(contact.released_at));
        match contact.kind {
            ContactKind::Close => {
                let home = last + plan.quarantine;
                causes.push(RED, last, home.min(released));
                causes.push(plan.home_level, home, (home + plan.home).min(released));
            }
            ContactKind::Secondary => {
                causes.push(YELLOW, last, (last + plan.secondary).min(released));
            }
            ContactKind::TimeSpace => {}
        }
    }
    for entry in &person.entries {
        let home = entry.entered_at.0 + plan.quarantine;
        causes.push(RED, entry.entered_at.0, home);
        causes.push(plan.home_level, home, home + plan.home);
    }
    for area in listed.filter(|area| area.level == AreaLevel::High) {
        causes.push(RED, area.from, area.until.saturating_add(plan.high_risk));
    }
    for order in &person.isolation {
        let level = match (order.kind, order.reason) {
            (IsolationKind::Home, IsolationReason::SecondaryContact) if plan.secondary > 0 => {
                YELLOW
            }
            (_, IsolationReason::Other | IsolationReason::SecondaryContact) => continue,
            (IsolationKind::Monitoring, _) => YELLOW,
            _ => RED,
        };
        causes.push(
            level,
            order.from.0,
            order.released_at.unwrap_or(order.until).0,
        );
    }
    if plan.symptoms {
        for symptom in &person.symptoms {
            causes.push(YELLOW, symptom.onset.0, open(symptom.ruled_out_at));
        }
    }
}

/// When the first negative test sampled after 48 hours before `from` is reported.
fn one_negative(from: i64, negatives: &[&Test]) -> i64 {
    negatives
        .iter()
        .find(|t| t.sampled_at.0 + RECENT_TEST > from)
        .map_or(OPEN, |t| t.reported_at.0)
}

/// When two negative tests are both reported that were sampled from `from` on, on
/// different days, at most two days apart.
fn two_negatives(from: i64, negatives: &[&Test]) -> i64 {
    let mut days: Vec<i64> = Vec::new();
    for test in negatives.iter().filter(|t| t.sampled_at.0 >= from) {
        let day = (test.sampled_at.0 + 8 * HOUR).div_euclid(DAY);
        let pairs = |other: &i64| (1..CLEARING_DAYS).contains(&(day - other).abs());
        if days.iter().any(pairs) {
            return test.reported_at.0;
        }
        days.push(day);
    }
    OPEN
}

fn validity(issuance: &[Issuance]) -> Vec<Segment> {
    let mut causes = Causes::new();
    for issue in issuance {
        causes.push(1, issue.issued_at.0, issue.issued_at.0 + CODE_VALID);
    }
    laid(&causes.found)
}

/// Gold from [`GOLD_WAIT_DAYS`] after a complete course, while the code is green.
fn gold(doses: &[Vaccination], code: &[Segment]) -> Vec<Segment> {
    let first = |products: &[Product], since: i64| {
        doses
            .iter()
            .filter(|dose| products.contains(&dose.product) && dose.at.0 >= since)
            .map(|dose| dose.at.0)
            .min()
    };
    let later = |products: &[Product], dose: Option<i64>, gap: i64| {
        dose.and_then(|day| first(products, day + gap))
    };
    let inactivated = [Product::CoronaVac, Product::Bbibp, Product::Wibp];
    let recombinant = [Product::Zf2001];
    let one = first(&inactivated, i64::MIN);
    let two = later(&inactivated, one, INACTIVATED_GAP_DAYS);
    let vector = first(&[Product::Convidecia], i64::MIN);
    let one = first(&recombinant, i64::MIN);
    let second = later(&recombinant, one, RECOMBINANT_GAP_DAYS);
    let third = later(&recombinant, second, RECOMBINANT_GAP_DAYS);
    let complete = [two, vector, third].into_iter().flatten().min();
    let mut causes = Causes::new();
    if let Some(day) = complete {
        let waited = start_of(day + GOLD_WAIT_DAYS);
        for segment in code.iter().filter(|segment| segment.level == GREEN) {
            causes.push(1, segment.from.max(waited), segment.until);
        }
    }
    laid(&causes.found)
}

/// Overlays spans: the highest level wins. The segments cover [`SPAN`].
fn laid(causes: &[Segment]) -> Vec<Segment> {
    let mut events: Vec<(i64, u8, i32)> = Vec::with_capacity(2 * causes.len());
    for cause in causes {
        events.push((cause.from, cause.level, 1));
        events.push((cause.until, cause.level, -1));
    }
    events.sort_unstable();
    let mut active = [0_i32; 3];
    let mut segments: Vec<Segment> = Vec::new();
    let mut open = Segment {
        from: SPAN.0,
        until: SPAN.1,
        level: 0,
    };
    let mut events = events.into_iter().peekable();
    while let Some((at, level, change)) = events.next() {
        if let Some(count) = active.get_mut(usize::from(level)) {
            *count += change;
        }
        if events.peek().is_some_and(|(next, ..)| *next == at) {
            continue;
        }
        let [_, yellow, red] = active;
        let level = match (yellow, red) {
            (_, 1..) => RED,
            (1.., _) => YELLOW,
            _ => GREEN,
        };
        if level != open.level {
            if open.from < at {
                segments.push(Segment { until: at, ..open });
            }
            open = Segment {
                from: at,
                level,
                ..open
            };
        }
    }
    if open.from < open.until {
        segments.push(open);
    }
    segments
}
