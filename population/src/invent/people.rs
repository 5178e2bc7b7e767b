//! Writes the records of persons, household by household.
//!
//! A person's records are drawn from the person's own stream; what a household shares, from
//! the household's. Nothing is written that was not known at the end of the last day,
//! except the planned end of an isolation.

mod health;
mod movement;
mod testing;

use super::Plan;
use super::areas::Listed;
use super::draw::{Draw, mix};
use super::fate::{DAY, Fate, Traced, fates};
use super::homes::{Block, Household, place};
use super::like::HOUSEHOLD;
use super::odds::{Chances, Rounds};
use super::sections::Sections;
use movement::Journey;

pub(super) use movement::community;
use std::ops::Range;

/// Surnames of nobody and given names of nobody: 测试甲子 and the like.
const STEMS: [&str; 10] = ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"];
const BRANCHES: [&str; 12] = [
    "子", "丑", "寅", "卯", "辰", "巳", "午", "未", "申", "酉", "戌", "亥",
];

/// How old somebody is, as far as records differ by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Age {
    Infant,
    Child,
    Adult,
    Elder,
}

/// One person who is being written.
struct Person<'a> {
    draw: Draw,
    age: Age,
    fate: &'a Fate,
    home: &'a Home<'a>,
    /// The journey, if this member of the household went along.
    journey: Option<&'a Journey>,
    /// Which of the rare things happened; one number for all of them.
    sparse: usize,
    /// When they entered the country, if they did.
    entered: i64,
}

/// A household that is being written.
struct Home<'a> {
    county: usize,
    code: &'a str,
    community: u64,
    rounds: &'a Rounds,
    /// Its community on the list of risk areas, once it was on it.
    listed: Option<&'a Listed>,
    fates: &'a [Fate; HOUSEHOLD],
    journey: Option<Journey>,
}

/// The fates of a household in a community without cases.
static SPARED: [Fate; HOUSEHOLD] = [Fate::Clear; HOUSEHOLD];

/// Which of [`Chances::sparse`] happened.
mod rare {
    pub(super) const ENTRY: usize = 0;
    pub(super) const VISITS: usize = 1;
    pub(super) const CHECK_IN: usize = 2;
    pub(super) const SYMPTOM: usize = 3;
    pub(super) const SUSPECTED: usize = 4;
}

/// Writes persons into columns.
pub(super) struct Writer<'p> {
    plan: &'p Plan,
    chances: &'p Chances,
    as_of: i64,
    sections: Sections,
}

impl<'p> Writer<'p> {
    pub(super) fn new(plan: &'p Plan) -> Self {
        Self {
            plan,
            chances: &plan.chances,
            as_of: plan.chances.rates.as_of,
            sections: Sections::default(),
        }
    }

    /// Writes the persons of a range.
    pub(super) fn write(mut self, range: &Range<u64>) -> Sections {
        let plan = self.plan;
        let rows = range.end.saturating_sub(range.start);
        self.sections
            .reserve(usize::try_from(rows).unwrap_or_default());
        for block in plan.homes.blocks(plan.seed(), range.clone()) {
            self.block(&block, range);
        }
        self.sections
    }

    fn block(&mut self, block: &Block, range: &Range<u64>) {
        let plan = self.plan;
        let Some(county) = plan.homes.counties.get(block.county) else {
            return;
        };
        let Some(rounds) = self.chances.rounds.get(block.county) else {
            return;
        };
        let at = (block.county, block.community);
        let hot = plan.areas.hot.get(&at);
        let listed = plan.areas.listed.get(&at);
        let key = mix(plan.seed() ^ mix(place(county)));
        for household in &block.households {
            let end = household.first + household.size as u64;
            if end <= range.start || household.first >= range.end {
                continue;
            }
            let mut draw = Draw::new(key, household.number);
            let met = hot.map(|hot| fates(&self.chances.rates, hot, household.size, &mut draw));
            let journey = self.journey(county, &mut draw);
            let home = Home {
                county: block.county,
                code: &county.code,
                community: block.community,
                rounds,
                listed: listed.filter(|listed| listed.from < self.as_of),
                fates: met.as_ref().unwrap_or(&SPARED),
                journey,
            };
            self.household(&home, household, draw.word(), range);
        }
    }

    fn household(&mut self, home: &Home, of: &Household, key: u64, range: &Range<u64>) {
        let ages = self.ages(of.size, key);
        for (member, (age, fate)) in (0..).zip(ages.zip(home.fates)).take(of.size) {
            let number = of.first + member;
            if !range.contains(&number) {
                continue;
            }
            let mut draw = Draw::new(key, member);
            let sparse = draw.pick(&self.chances.sparse);
            let kept = self.chances.look_back * DAY;
            let entered = match sparse {
                rare::ENTRY => self.as_of - kept + draw.between(0, kept),
                _ => 0,
            };
            let together = member == 0 || draw.hits(self.chances.together);
            let journey = home.journey.as_ref().filter(|_| together);
            self.identity(home.code, number, age, member, &mut draw);
            self.person(Person {
                draw,
                age,
                fate,
                home,
                journey,
                sparse,
                entered,
            });
        }
    }

    fn person(&mut self, mut person: Person) {
        self.issuance(&mut person);
        self.vaccinations(&mut person);
        self.tests(&mut person);
        self.movement(&mut person);
        self.outbreak(&mut person);
        self.rare(&mut person);
        self.sections.end();
    }

    /// Two adults come first, then two children, then elderly people; a household of one
    /// or two may be elderly.
    fn ages(&self, size: usize, key: u64) -> impl Iterator<Item = Age> + use<> {
        let is_elderly = size < 3 && key >> 32 < self.chances.elderly;
        (0..size).map(move |member| match member {
            0 | 1 if is_elderly => Age::Elder,
            0 | 1 => Age::Adult,
            2 | 3 if (key >> member).is_multiple_of(8) => Age::Infant,
            2 | 3 => Age::Child,
            _ => Age::Elder,
        })
    }

    fn identity(&mut self, code: &str, number: u64, age: Age, member: u64, draw: &mut Draw) {
        let word = draw.word();
        let pick = |names: &[&'static str], bits: u64| {
            let at = usize::try_from(((bits & 0xffff) * names.len() as u64) >> 16);
            at.ok()
                .and_then(|at| names.get(at))
                .copied()
                .unwrap_or("甲")
        };
        let identities = &mut self.sections.identities;
        identities.name.write("测试");
        identities.name.write(pick(&STEMS, word));
        identities.name.push(pick(&BRANCHES, word >> 16));
        identities.number.write("CASE-");
        identities.number.write_number(number, 10);
        identities.number.end();
        identities.region.push(code);
        // The two adults are a couple; the others are as they fall.
        let is_second = if member < 2 { member } else { (word >> 32) & 1 };
        identities.sex.push(i32::from(is_second == 1));
        let (least, most) = match age {
            Age::Infant => (0, 3),
            Age::Child => (3, 18),
            Age::Adult => (20, 60),
            Age::Elder => (60, 95),
        };
        // Three days more, so that nobody is younger for leap years.
        let days = draw.between(least * 365 + 1, most * 365);
        let born = i32::try_from(self.plan.last() - days).unwrap_or_default();
        identities.birth_date.push(born);
    }

    /// The last issues of a code, one in each part of the days that are kept.
    fn issuance(&mut self, person: &mut Person) {
        let count = person.draw.pick(&self.chances.issuance);
        if count == 0 {
            return;
        }
        let span = self.plan.like.issuance.days.signed() * DAY;
        let channel = match person.age {
            Age::Adult => i32::from(person.draw.below(10) < 2),
            _ => 2,
        };
        let issues = &mut self.sections.issues;
        let of = i64::try_from(count).unwrap_or(1);
        for part in 0..of {
            let within = person.draw.between(0, span);
            issues
                .issued_at
                .push(self.as_of - span + (part * span + within) / of);
            issues.channel.push(channel);
        }
        issues.rows += count;
    }

    fn isolation(&mut self, of: (usize, usize), from: i64, until: i64) {
        if from >= self.as_of {
            return;
        }
        let (kind, reason) = of;
        let isolations = &mut self.sections.isolations;
        isolations.rows += 1;
        isolations
            .kind
            .push(i32::try_from(kind).unwrap_or_default());
        isolations
            .reason
            .push(i32::try_from(reason).unwrap_or_default());
        isolations.from.push(from);
        isolations.until.push(until);
        isolations
            .released_at
            .push((until < self.as_of).then_some(until));
    }

    fn contact(&mut self, kind: i32, traced: Traced) {
        let contacts = &mut self.sections.contacts;
        contacts.rows += 1;
        contacts.kind.push(kind);
        contacts.last_contact.push(traced.last);
        contacts.identified_at.push(traced.identified);
    }
}
