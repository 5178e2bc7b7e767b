//! Where people were: homes, trips, commuting, arrivals.

use super::super::areas::hour;
use super::super::draw::Draw;
use super::super::fate::{DAY, HOUR};
use super::super::homes::County;
use super::super::like::Risk;
use super::{Age, Person, Writer, rare};
use std::fmt::Write as _;

/// Parts of the names of invented communities.
const GARDENS: [&str; 8] = [
    "望河",
    "梧桐",
    "黄河人家",
    "南山",
    "北苑",
    "雁滩",
    "杏园",
    "丝路",
];
/// Communities of a place outside the region.
const ELSEWHERE: u64 = 500;
/// Days that people were away before they arrived from outside, at most.
const AWAY: i64 = 20;
/// Homes were recorded up to so many days before the first day.
const RECORDED: i64 = 2_000;

/// A trip, or an arrival from outside the region.
#[derive(Debug, Clone)]
pub(super) struct Journey {
    pub(super) from: i64,
    /// When it ended, or will.
    pub(super) until: i64,
    /// The origin's number in the file, for an arrival.
    pub(super) origin: Option<usize>,
    pub(super) risk: Risk,
    /// Where it led, for a trip.
    county: usize,
    community: u64,
}

/// The name of a community: invented, and no other's in its county.
pub(in super::super) fn community(number: u64) -> String {
    let mut name = String::new();
    let (garden, number) = community_parts(number);
    // Writing to a text cannot fail.
    let _ = write!(name, "虚构{garden}{number}号小区");
    name
}

fn community_parts(number: u64) -> (&'static str, u64) {
    let at = usize::try_from(number % GARDENS.len() as u64);
    let garden = at.ok().and_then(|at| GARDENS.get(at)).copied();
    (garden.unwrap_or("望河"), number + 1)
}

impl Writer<'_> {
    /// The journey of a household, if it made one.
    pub(super) fn journey(&self, home: &County, draw: &mut Draw) -> Option<Journey> {
        match draw.pick(&self.chances.journeys) {
            0 => Some(self.trip(home, draw)),
            1 => self.arrival(draw),
            _ => None,
        }
    }

    fn trip(&self, home: &County, draw: &mut Draw) -> Journey {
        let city = self.chances.cities.get(home.city);
        let county = match city {
            Some(city) if draw.hits(self.chances.same_city) => draw.pick(city),
            _ => draw.pick(&self.chances.region),
        };
        let community = self.anywhere(county, draw);
        let from = hour(self.recent(draw), 8) + draw.between(0, 10 * HOUR);
        let nights = self.plan.like.movement.nights.signed();
        Journey {
            from,
            until: from + draw.between(1, nights + 1) * DAY + draw.between(0, 8 * HOUR),
            origin: None,
            risk: Risk::None,
            county,
            community,
        }
    }

    fn arrival(&self, draw: &mut Draw) -> Option<Journey> {
        let origin = draw.pick(&self.chances.origins);
        let risk = self.plan.like.arrivals.origins.get(origin)?.risk;
        let until = hour(self.recent(draw), 6) + draw.between(0, 17 * HOUR);
        Some(Journey {
            from: until - draw.between(1, AWAY) * DAY,
            until,
            origin: Some(origin),
            risk,
            county: 0,
            community: draw.below(ELSEWHERE),
        })
    }

    /// One of the days that are kept.
    fn recent(&self, draw: &mut Draw) -> i64 {
        self.chances.oldest + draw.between(0, self.chances.look_back)
    }

    fn anywhere(&self, county: usize, draw: &mut Draw) -> u64 {
        let homes = &self.plan.homes;
        let county = homes.counties.get(county);
        draw.below(county.map_or(1, |county| homes.communities(county)))
    }

    pub(super) fn movement(&mut self, person: &mut Person) {
        let home = (person.home.county, person.home.community);
        let is_recorded =
            person.draw.hits(self.chances.home_recorded) || person.home.listed.is_some();
        let arrived = person.journey.is_some_and(|it| it.origin.is_some());
        let first = self.plan.like.first.0 - 30 - person.draw.between(0, RECORDED);
        let mut since = hour(first, 12);
        if let Some(journey) = person.journey {
            if is_recorded && !arrived {
                self.stay(home, since, Some(journey.from), None);
            }
            self.travelled(journey, &mut person.draw);
            since = journey.until;
        }
        if (is_recorded || arrived) && since < self.as_of {
            self.stay(home, since, None, None);
        }
        if person.age == Age::Adult && person.draw.hits(self.chances.commuters) {
            self.commuting(person);
        }
        if person.sparse == rare::ENTRY {
            let entered = person.entered;
            let entries = &mut self.sections.entries;
            entries.rows += 1;
            entries.entered_at.push(entered);
            let countries = ["KAZ", "MNG", "USA", "KOR"];
            let at = usize::try_from(person.draw.below(4)).unwrap_or_default();
            entries
                .country
                .push(countries.get(at).copied().unwrap_or("KAZ"));
        }
    }

    fn travelled(&mut self, journey: &Journey, draw: &mut Draw) {
        let left = (journey.until < self.as_of).then_some(journey.until);
        match journey.origin {
            None => {
                let key_area = draw.hits(self.chances.key_area).then_some(true);
                let there = (journey.county, journey.community);
                self.stay(there, journey.from, left, key_area);
            }
            Some(_) => self.came(journey, draw),
        }
    }

    fn came(&mut self, journey: &Journey, draw: &mut Draw) {
        let at = journey.origin.unwrap_or_default();
        let plan = self.plan;
        let Some(origin) = plan.like.arrivals.origins.get(at) else {
            return;
        };
        if journey.until >= self.as_of {
            return;
        }
        let stays = &mut self.sections.stays;
        stays.rows += 1;
        stays.province.push(&origin.province);
        stays.city.push(&origin.city);
        match &origin.county {
            Some(county) => stays.county.push(county),
            None => stays.county.push_absent(),
        }
        let (garden, number) = community_parts(journey.community);
        write_community(&mut stays.community, garden, number);
        stays.arrived.push(journey.from);
        stays.left.push(Some(journey.until));
        stays.key_area.push(None);
        let arrivals = &mut self.sections.arrivals;
        arrivals.rows += 1;
        arrivals.arrived_at.push(journey.until);
        arrivals.province.push(&origin.province);
        arrivals.city.push(&origin.city);
        match &origin.county {
            Some(county) => arrivals.county.push(county),
            None => arrivals.county.push_absent(),
        }
        arrivals.risk.push(origin.risk as i32);
        let reported = journey.until + draw.between(-12 * HOUR, 30 * HOUR);
        let is_reported = draw.hits(self.chances.reported) && reported < self.as_of;
        arrivals.reported_at.push(is_reported.then_some(reported));
    }

    fn commuting(&mut self, person: &mut Person) {
        let city = self.plan.homes.counties.get(person.home.county);
        let city = city.and_then(|county| self.chances.cities.get(county.city));
        let Some(city) = city else {
            return;
        };
        let county = person.draw.pick(city);
        let community = self.anywhere(county, &mut person.draw);
        let days = self.plan.like.movement.commuting_days.signed();
        for day in self.plan.last() - days + 1..=self.plan.last() {
            let arrived = hour(day, 8) + person.draw.between(0, HOUR);
            let left = hour(day, 17) + person.draw.between(0, 2 * HOUR);
            self.stay((county, community), arrived, Some(left), None);
        }
    }

    fn stay(&mut self, at: (usize, u64), from: i64, left: Option<i64>, key_area: Option<bool>) {
        let plan = self.plan;
        let Some(county) = plan.homes.counties.get(at.0) else {
            return;
        };
        let city = plan.like.cities.get(county.city);
        let left = left.filter(|left| *left < self.as_of);
        let stays = &mut self.sections.stays;
        stays.rows += 1;
        stays.province.push(&plan.like.region.name.zh_cn);
        stays.city.push(city.map_or("", |city| &city.name.zh_cn));
        if county.is_city {
            stays.county.push_absent();
        } else {
            stays.county.push(&county.name);
        }
        let (garden, number) = community_parts(at.1);
        write_community(&mut stays.community, garden, number);
        stays.arrived.push(from);
        stays.left.push(left);
        stays.key_area.push(key_area);
    }
}

fn write_community(texts: &mut super::super::columns::Texts, garden: &str, number: u64) {
    texts.write("虚构");
    texts.write(garden);
    texts.write_number(number, 1);
    texts.push("号小区");
}
