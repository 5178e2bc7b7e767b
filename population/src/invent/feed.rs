//! Demo data for the monitor, one JSON document a line (`longma-monitor/1`).
//!
//! Clinics' counts follow the outbreak's curve over a steady base; duties are how many
//! tests are due by occupations, rounds and contacts as the file's figures say, and how many
//! of them are done. They are expectations with some noise, not counted from the persons:
//! a screen can be tried without inventing anybody. Colours are not among them, since they
//! come from deciding ([`Tally::levels`](crate::count::Tally::levels)).

use super::Plan;
use super::areas::hour;
use super::curve::PERSON;
use super::draw::{Draw, odds};
use super::homes::{County, place};
use super::like::Name;
use crate::feed::{line, written};
use longma_core::{Instant, Localized, Offset};
use serde_json::{Value as Json, json};
use std::io::{self, Write};

/// The name of the format.
const FORMAT: &str = "longma-monitor/1";
/// Share of those with symptoms who go to a fever clinic, in percent (assumed).
const SEEN: u128 = 60;
/// Days after a close contact is found, and the tests that are due on each: those of the
/// contact (days 1, 2, 3, 5, 7, and 3 of monitoring) and those of two people of the household
/// (days 1, 4, 7; that there are two is assumed).
const OWED: [(i64, u128); 7] = [(0, 3), (1, 1), (2, 1), (3, 2), (4, 1), (6, 3), (9, 1)];

/// Lines of the feed.
struct Feed<'a, W: Write> {
    plan: &'a Plan,
    out: &'a mut W,
}

impl Plan {
    /// Writes the feed: the head, places, clinics and their reports, duties, sampling sites
    /// and their queues.
    ///
    /// ```
    /// use longma_population::invent::Plan;
    /// let plan = Plan::read(include_str!("../../like/gansu.toml"))?;
    /// let mut feed = Vec::new();
    /// plan.feed(&mut feed)?;
    /// let feed = String::from_utf8(feed)?;
    /// assert!(feed.starts_with(r#"{"kind":"head","feed":"longma-monitor/1""#));
    /// assert!(feed.contains(r#"{"kind":"place","code":"620102","name":"#));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn feed(&self, out: &mut impl Write) -> io::Result<()> {
        let mut feed = Feed { plan: self, out };
        feed.head()?;
        feed.places()?;
        for (at, county) in self.homes.counties.iter().enumerate() {
            feed.clinics(at, county)?;
        }
        for (at, county) in self.homes.counties.iter().enumerate() {
            feed.duties(at, county)?;
        }
        for (at, county) in self.homes.counties.iter().enumerate() {
            feed.sites(at, county)?;
        }
        Ok(())
    }
}

/// Unix seconds as `2022-07-01T09:00:00+08:00`.
pub(super) fn instant(seconds: i64) -> String {
    let offset = Offset::parse("+08:00");
    let at = Instant::from_unix(seconds).zip(offset);
    at.map(|(at, offset)| at.to_rfc3339(offset))
        .unwrap_or_default()
}

fn words(words: &Localized) -> Json {
    json!({"zh-CN": words.zh_cn, "en": words.en})
}

/// `count` spread by a quarter to both sides.
fn about(count: u64, draw: &mut Draw) -> u64 {
    let quarter = count / 4;
    // Wide enough for any count: `below` takes 32 bits.
    let spread = (2 * quarter + 1).min(u64::from(u32::MAX));
    count - quarter + draw.below(spread)
}

/// A whole number near `millionths` of a person, rounded by chance.
fn whole(millionths: u128, draw: &mut Draw) -> u64 {
    let rest = u64::try_from(millionths % PERSON).unwrap_or_default();
    let more = draw.hits(odds(rest));
    u64::try_from(millionths / PERSON).unwrap_or(u64::MAX) + u64::from(more)
}

impl<W: Write> Feed<'_, W> {
    fn days(&self) -> std::ops::RangeInclusive<i64> {
        self.plan.like.first.0..=self.plan.like.last.0
    }

    /// A stream for one thing of one county.
    fn draw(&self, county: &County, of: u64) -> Draw {
        Draw::new(self.plan.seed() ^ place(county).rotate_left(17), of)
    }

    fn line(&mut self, members: &[(&str, Json)]) -> io::Result<()> {
        line(self.out, members)
    }

    fn head(&mut self) -> io::Result<()> {
        let like = &self.plan.like;
        let seed = self.plan.seed();
        let source = format!("虚构 invented, seed {seed}, {} persons", self.plan.persons);
        self.line(&[
            ("kind", json!("head")),
            ("feed", json!(FORMAT)),
            ("title", words(&like.title.words())),
            ("region", json!(like.region.code)),
            ("first", json!(written(like.first.0))),
            ("last", json!(written(like.last.0))),
            ("source", json!(source)),
        ])
    }

    fn places(&mut self) -> io::Result<()> {
        let like = self.plan.like.clone();
        for city in &like.cities {
            self.place(&city.code, &city.name, &like.region.code)?;
            for county in &city.counties {
                self.place(&county.code, &county.name, &city.code)?;
            }
        }
        Ok(())
    }

    fn place(&mut self, code: &str, name: &Name, parent: &str) -> io::Result<()> {
        self.line(&[
            ("kind", json!("place")),
            ("code", json!(code)),
            ("name", words(&name.words())),
            ("parent", json!(parent)),
        ])
    }

    fn named(&self, county: &County, zh_cn: &str, en: &str) -> Json {
        let cities = self.plan.like.cities.iter();
        let mut counties = cities.flat_map(|city| &city.counties);
        let name = counties
            .find(|it| it.code == county.code)
            .map(|it| it.name.words());
        let name = name.unwrap_or_default();
        json!({"zh-CN": format!("{}{zh_cn}", name.zh_cn), "en": format!("{} {en}", name.en)})
    }

    /// The clinics of a county and what they report.
    fn clinics(&mut self, at: usize, county: &County) -> io::Result<()> {
        let plan = self.plan;
        let monitor = &plan.like.monitor;
        let clinics = monitor.clinics.get();
        for number in 0..clinics {
            let mut draw = self.draw(county, number);
            let id = format!("C{}{:02}", county.code, number + 1);
            let shown = number + 1;
            let name = self.named(
                county,
                &format!("虚构第{shown}医院发热门诊"),
                &format!("invented hospital {shown}, fever clinic"),
            );
            self.line(&[
                ("kind", json!("clinic")),
                ("id", json!(id)),
                ("name", name),
                ("county", json!(county.code)),
            ])?;
            // A clinic that goes silent does so after the first third of the days.
            let length = plan.like.last.0 - plan.like.first.0 + 1;
            let is_silent = draw.hits(odds(monitor.silent.get()));
            let silent_from = plan.like.first.0 + length / 3 + draw.between(0, length);
            for day in self.days() {
                let visits = about(monitor.visits.get(), &mut draw);
                let base = about(monitor.fever.get(), &mut draw);
                let ill = self.ill(at, day) / u128::from(clinics);
                let fever = base + whole(ill, &mut draw);
                let is_missing = draw.hits(odds(monitor.missing.get()));
                if is_missing || (is_silent && day >= silent_from) {
                    continue;
                }
                self.line(&[
                    ("kind", json!("report")),
                    ("clinic", json!(id)),
                    ("day", json!(written(day))),
                    ("fever", json!(fever)),
                    ("visits", json!(visits + fever)),
                ])?;
            }
        }
        Ok(())
    }

    /// Those who come to the county's clinics because of the outbreak, in millionths.
    fn ill(&self, at: usize, day: i64) -> u128 {
        let outbreak = &self.plan.like.outbreak;
        let infected = self.plan.curve.infected(at, day - outbreak.latent.signed());
        infected * u128::from(outbreak.confirmed.get()) / 1_000_000 * SEEN / 100
    }

    /// The tests that are due in a county on each day, and how many of them are done.
    fn duties(&mut self, at: usize, county: &County) -> io::Result<()> {
        let plan = self.plan;
        let mut draw = self.draw(county, u64::MAX);
        let mut overdue = 0;
        for day in self.days() {
            let due = whole(self.due(at, county, day), &mut draw);
            let round = plan
                .chances
                .rounds
                .get(at)
                .filter(|rounds| rounds.days & plan.chances.bit(day) != 0);
            let persons = county.persons.end - county.persons.start;
            let (due, taken) = match round {
                Some(_) => (due + persons, self.taken(county, day)),
                None => (due, plan.like.tests.compliance.get()),
            };
            // Half of what is overdue is made up for on the next day (assumed).
            let late = overdue / 2;
            let done = due * taken / 1_000_000;
            overdue = overdue - late + (due - done);
            self.line(&[
                ("kind", json!("duties")),
                ("county", json!(county.code)),
                ("day", json!(written(day))),
                ("due", json!(due)),
                ("done", json!(done)),
                ("overdue", json!(overdue)),
            ])?;
        }
        Ok(())
    }

    /// The share who take part in a round.
    fn taken(&self, county: &County, day: i64) -> u64 {
        let mut rounds = self.plan.like.tests.rounds.iter();
        let round = rounds.find(|round| {
            let is_here = round
                .within
                .iter()
                .any(|it| county.code.starts_with(it.as_str()));
            is_here && round.days.iter().any(|it| it.0 == day)
        });
        round.map_or(0, |round| round.taken.get())
    }

    /// Tests that occupations and contacts owe on a day, in millionths.
    fn due(&self, at: usize, county: &County, day: i64) -> u128 {
        let like = &self.plan.like;
        let persons = u128::from(county.persons.end - county.persons.start);
        let occupations = like.tests.occupations.iter();
        let by_work =
            occupations.map(|it| persons * u128::from(it.share.get()) / u128::from(it.every.get()));
        let close = u128::from(like.outbreak.close.get());
        let traced = OWED.iter().map(|(after, tests)| {
            let day = day - like.outbreak.latent.signed() - after;
            self.plan.curve.infected(at, day) * close * tests
        });
        by_work.sum::<u128>() + traced.sum::<u128>()
    }

    /// The sampling sites of a county and how long their queues are.
    fn sites(&mut self, at: usize, county: &County) -> io::Result<()> {
        let plan = self.plan;
        let monitor = &plan.like.monitor;
        for number in 0..monitor.sites.get() {
            let mut draw = self.draw(county, (1 << 32) + number);
            let id = format!("S{}{:02}", county.code, number + 1);
            let shown = number + 1;
            let name = self.named(
                county,
                &format!("虚构第{shown}采样点"),
                &format!("invented sampling site {shown}"),
            );
            self.line(&[
                ("kind", json!("site")),
                ("id", json!(id)),
                ("name", name),
                ("county", json!(county.code)),
            ])?;
            for day in self.days() {
                let bit = plan.chances.bit(day);
                let rounds = plan.chances.rounds.get(at);
                let is_round = rounds.is_some_and(|rounds| rounds.days & bit != 0);
                for clock in
                    (8..21).step_by(usize::try_from(monitor.queue_hours.get()).unwrap_or(1))
                {
                    // Mornings and evenings are the busiest (assumed).
                    let base = if (11..18).contains(&clock) { 12 } else { 30 };
                    let people = about(if is_round { base * 5 } else { base }, &mut draw);
                    self.line(&[
                        ("kind", json!("queue")),
                        ("site", json!(id)),
                        ("at", json!(instant(hour(day, clock)))),
                        ("people", json!(people)),
                        ("minutes", json!(people * 2 / 3)),
                    ])?;
                }
            }
        }
        Ok(())
    }
}
