//! Invents a population, so that everybody can try a province without anybody's data.
//!
//! A short file says what it is like (`population/like/gansu.toml`): counties, households,
//! tests, movement, an outbreak. A [`Plan`] is made of it once and then gives any stretch
//! of persons as columns ([`Plan::batch`]), the list of risk areas that goes with them
//! ([`Plan::risk_areas`]), and demo data for the monitor ([`Plan::feed`]).
//!
//! Invariants:
//!
//! - A person is a function of the file and of the person's number: neither batches nor
//!   threads nor the machine change it. No float takes part.
//! - The members of a household live in one county and community; trips, infections and
//!   contacts are shared as the file says.
//! - Every fact was known at the end of the file's last day; only an isolation's planned
//!   end may lie after it.
//! - Nobody is real: names are 测试甲子 and the like, documents are of type `other` and
//!   numbered `CASE-0000000000`, communities and venues are called 虚构.
//!
//! Left out: health cards and laboratories are absent; dependants, overrides and `incomplete`
//! are empty; visits have no digest, so the contact check of people with visits is unknown.
//! Persons stay in the invented communities of [`Plan::risk_areas`]: decide with a real list
//! of risk areas and almost nobody stayed in one.

mod areas;
mod columns;
mod curve;
mod draw;
mod fate;
mod feed;
mod files;
mod homes;
mod like;
mod mistake;
mod odds;
mod people;
mod sections;

pub use curve::{Curve, State};
pub use mistake::{Mistake, Mistakes};

use areas::Areas;
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use homes::Homes;
use like::Like;
use odds::Chances;
use people::Writer;
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;

/// The most persons of one batch: their records are counted in 31 bits.
const BATCH: u64 = 1 << 22;

/// A population that is ready to be written.
///
/// ```
/// use longma_population::invent::Plan;
///
/// let plan = Plan::read(include_str!("../like/gansu.toml"))?.with_persons(20_000)?;
/// let batch = plan.batch(100..350)?;
/// assert_eq!(batch.num_rows(), 250);
/// assert_eq!(batch, plan.batch(0..1_000)?.slice(100, 250));
/// assert!(plan.risk_areas().starts_with("province,city,county,community,level,from,until\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Plan {
    like: Arc<Like>,
    persons: u64,
    homes: Homes,
    curve: Curve,
    areas: Areas,
    chances: Chances,
    schema: SchemaRef,
}

impl Plan {
    /// Reads a file.
    ///
    /// ```
    /// use longma_population::invent::Plan;
    /// let file = include_str!("../like/gansu.toml").replace("look_back = 28", "look_back = 99");
    /// let mistakes = Plan::read(&file).unwrap_err();
    /// assert!(mistakes.to_string().contains("look_back = 99`"), "{mistakes}");
    /// assert!(mistakes.to_string().contains("a whole number from 1 to 60"), "{mistakes}");
    /// ```
    ///
    /// # Errors
    /// The first thing that cannot be read; if all can, every figure that contradicts another.
    pub fn read(toml: &str) -> Result<Self, Mistakes> {
        let like = Like::read(toml)?;
        let persons = like.persons.get();
        Self::of(Arc::new(like), persons)
    }

    /// The same file for another number of persons. The outbreak is scaled with it, so
    /// that a tenth of the persons has a tenth of the infections.
    ///
    /// # Errors
    /// If the number is none that a file may have.
    pub fn with_persons(&self, persons: u64) -> Result<Self, Mistakes> {
        let most = 2_000_000_000;
        let mut found = mistake::Gathered::default();
        found.expect(
            (1..=most).contains(&persons),
            "persons",
            &format!("须为 1 至 {most}，现为 {persons}"),
            &format!("expected a whole number from 1 to {most}, found {persons}"),
        );
        found.or(())?;
        Self::of(self.like.clone(), persons)
    }

    fn of(like: Arc<Like>, persons: u64) -> Result<Self, Mistakes> {
        let homes = Homes::new(&like, persons);
        let curve = Curve::new(&like, &homes.counties, persons);
        let areas = Areas::new(&like, &homes, &curve)?;
        let chances = Chances::new(&like, &homes);
        Ok(Self {
            persons,
            homes,
            curve,
            areas,
            chances,
            schema: Arc::new(schema()?),
            like,
        })
    }

    /// How many persons there are. Their numbers begin at 0.
    #[must_use]
    pub fn persons(&self) -> u64 {
        self.persons
    }

    /// The seed.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.like.seed.get()
    }

    /// The last day, counted from 1970-01-01. Facts are as known at its end (+08:00).
    #[must_use]
    pub fn last(&self) -> i64 {
        self.like.last.0
    }

    /// The codes of the counties, in the order of their persons, each with the numbers of
    /// its persons.
    pub fn counties(&self) -> impl Iterator<Item = (&str, Range<u64>)> {
        let counties = self.homes.counties.iter();
        counties.map(|county| (&*county.code, county.persons.clone()))
    }

    /// The numbers of the persons of each household that has a person of `range`.
    pub fn households(&self, range: Range<u64>) -> impl Iterator<Item = Range<u64>> {
        let asked = range.clone();
        let blocks = self.homes.blocks(self.seed(), range);
        let households = blocks.flat_map(|block| block.households);
        let persons = households.map(|it| it.first..it.first + it.size as u64);
        persons.filter(move |it| it.start < asked.end && it.end > asked.start)
    }

    /// The outbreak, by county in the order of [`counties`](Self::counties).
    #[must_use]
    pub fn curve(&self) -> &Curve {
        &self.curve
    }

    /// The columns of [`batch`](Self::batch): all of the person schema, as
    /// [`mapping::columns`](crate::mapping::columns) has them.
    #[must_use]
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The persons of a range of numbers, those beyond the last left out. Batches of some
    /// ten thousand persons are the fastest.
    ///
    /// # Errors
    /// For more than 4,194,304 persons at once, whose records one batch may not hold.
    pub fn batch(&self, range: Range<u64>) -> Result<RecordBatch, ArrowError> {
        let range = range.start..range.end.min(self.persons);
        if range.end.saturating_sub(range.start) > BATCH {
            let told = format!("expected no more than {BATCH} persons in one batch");
            return Err(ArrowError::InvalidArgumentError(told));
        }
        Writer::new(self).write(&range).finish(&self.schema)
    }

    /// The list of risk areas that the outbreak brings, as a table (`risk_areas`), known at
    /// the end of the last day. Persons who live or stayed in these communities have such
    /// stays. A real list can be used in its place, but these persons stayed in none of its
    /// communities.
    #[must_use]
    pub fn risk_areas(&self) -> String {
        let mut csv = String::from("province,city,county,community,level,from,until\n");
        let as_of = self.chances.rates.as_of;
        for ((county, community), area) in &self.areas.listed {
            let spans = [
                ("high", area.from, area.lowered),
                ("medium", area.lowered, area.until),
            ];
            for (level, from, until) in spans {
                if from < until && from < as_of {
                    self.area(&mut csv, (*county, *community), level, (from, until));
                }
            }
        }
        csv
    }

    fn area(&self, csv: &mut String, at: (usize, u64), level: &str, span: (i64, i64)) {
        let Some(county) = self.homes.counties.get(at.0) else {
            return;
        };
        let city = self.like.cities.get(county.city);
        let city = city.map_or("", |city| &city.name.zh_cn);
        let name = if county.is_city { "" } else { &county.name };
        let until = Some(span.1).filter(|until| *until < self.chances.rates.as_of);
        // Writing to a text cannot fail. Names have neither commas nor quotes (checked).
        let _ = writeln!(
            csv,
            "{},{city},{name},{},{level},{},{}",
            self.like.region.name.zh_cn,
            people::community(at.1),
            feed::instant(span.0),
            until.map(feed::instant).unwrap_or_default(),
        );
    }
}

/// The columns of the person schema.
fn schema() -> Result<arrow::datatypes::Schema, Mistakes> {
    let text = include_str!("../../rules/schema/person.schema.json");
    let schema = longma_core::Schema::read(text, "person.schema.json");
    let schema = schema.map_err(|problems| Mistakes::of_schema(&problems))?;
    Ok(crate::mapping::columns(&schema, |_| true))
}
