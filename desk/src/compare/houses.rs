//! Who is invented for a comparison, and two houses compared a part at a time.

use super::{Begin, Comparison, Report, Side, Surroundings};
use crate::generate::{Changed, Generator, PERSON, Scope, changed, firings};
use crate::tables::{self, Tables, references};
use longma_compile::{Bundle, PackSource};
use longma_core::order;
use longma_core::order::Gather;
use longma_core::{Catalogue, Offset, Policy, Problems, References};
use std::collections::{BTreeMap, BTreeSet};

/// How many kinds of difference of a decision have an example.
const EXAMPLES: usize = 5;

/// The kind of subject to invent: that of the packs with the decisions asked for; if they
/// are about several, persons before others.
#[must_use]
pub fn subject<'a>(packs: &[&'a PackSource], asked: &[String]) -> Option<&'a str> {
    let has = |pack: &&&PackSource| {
        let decisions = &pack.manifest.decisions;
        asked.is_empty() || asked.iter().any(|name| decisions.contains_key(name))
    };
    let subjects = packs.iter().filter(has);
    let subjects = subjects.map(|pack| pack.manifest.subject.as_str());
    subjects.min_by_key(|subject| (*subject != PERSON, *subject))
}

/// The policies that decide for persons of `regions` on one side.
#[must_use]
pub fn policies(side: &Side, regions: &[String]) -> Vec<Policy> {
    match &side.history {
        Some(history) => history.policies().to_vec(),
        None => regions
            .iter()
            .flat_map(|region| side.catalogue.policies(region).iter().cloned())
            .collect(),
    }
}

/// Invents the persons on whom two sides are compared: they meet the rules of both, and every
/// second one what differs. `None` if no rules are left to meet.
#[must_use]
pub fn generator(
    sides: [(&Side, &Bundle); 2],
    asked: &[String],
    given: Tables,
    region: Option<&str>,
    seed: u64,
) -> Option<Generator> {
    let of_sides = sides.map(|(side, bundle)| {
        let regions: Vec<String> = region.map(str::to_owned).into_iter().collect();
        let chosen = policies(side, &regions);
        let ids: BTreeSet<&String> = chosen.iter().flat_map(Policy::packs).into_set();
        let all = side.history.is_none() && region.is_none();
        let meant = |pack: &&PackSource| all || ids.contains(&pack.id);
        bundle.packs.iter().filter(meant).collect::<Vec<_>>()
    });
    // A single pack counts as in force at all times; in a folder each has its own span.
    let changed = if sides.iter().all(|(side, _)| side.history.is_none()) {
        let [one, other] = &of_sides;
        changed(one, other)
    } else {
        Changed::default()
    };
    let mut packs = of_sides.concat();
    order::sort_by(&mut packs, |a, b| a.id.cmp(&b.id));
    let subject = subject(&packs, asked)?.to_owned();
    packs.retain(|pack| pack.manifest.subject == subject);
    let (_, bundle) = sides[0];
    let scope = Scope {
        schema: bundle.schemas.get(&subject)?,
        references: &bundle.references,
        places: bundle.places.as_deref(),
        packs,
        given,
        region,
        gaps: true,
        changed,
    };
    Generator::new(&scope, seed)
}

/// Packs before and after a change, compared on invented persons, a part at a time.
///
/// ```
/// use longma_desk::compare::Houses;
/// # use longma_compile::texts::{Texts, read};
/// # let rules = std::path::Path::new("../rules");
/// # let on_disk = |file: &str| std::fs::read_to_string(rules.join(file)).unwrap();
/// # let text = |file: &str| (file.to_owned(), on_disk(file));
/// # let pack = |file: &str| text(&format!("packs/62/validity-2020-02-21/{file}"));
/// // A code is valid for 24 hours from its issue; what if it were 12?
/// let mut texts = Texts::from([
///     text("schema/person.schema.json"),
///     pack("pack.toml"),
///     pack("captions.toml"),
///     pack("validity.rhai"),
/// ]);
/// let before = read(&texts).bundle;
/// let manifest = texts.get_mut("packs/62/validity-2020-02-21/pack.toml").unwrap();
/// *manifest = manifest.replace("value  = 24", "value  = 12");
/// let after = read(&texts).bundle;
/// let names = ["before".to_owned(), "after".to_owned()];
/// let mut houses = Houses::new(names, [&before, &after], None, 1).unwrap().unwrap();
/// houses.step(40);
/// let report = houses.report();
/// assert_eq!(report.persons + report.refused, 40);
/// assert!(report.decisions[0].changed.persons > 0);
/// ```
#[derive(Debug)]
pub struct Houses {
    sides: [House; 2],
    region: Option<String>,
    begins: Vec<Begin>,
    generator: Generator,
    /// The tables that persons are decided with.
    tables: Tables,
    comparison: Comparison,
    offset: Offset,
    /// `None` if the persons are given.
    seed: Option<u64>,
    done: u64,
}

/// Who is compared.
#[derive(Clone, Copy)]
enum Crowd<'a> {
    /// Persons and tables invented by a seed.
    Invented(u64),
    /// Persons from elsewhere, with these tables as CSV texts by name.
    Given(&'a BTreeMap<String, String>),
}

impl Crowd<'_> {
    fn seed(self) -> Option<u64> {
        match self {
            Self::Invented(seed) => Some(seed),
            Self::Given(_) => None,
        }
    }

    /// The tables that are given.
    fn tables(self) -> Tables {
        match self {
            Self::Invented(_) => Tables::new(),
            Self::Given(texts) => tables::rows(texts),
        }
    }
}

#[derive(Debug)]
struct House {
    name: String,
    catalogue: Catalogue,
    references: References,
}

impl House {
    fn side(&self, region: Option<&str>, begins: &[Begin]) -> Side<'_> {
        Side {
            name: self.name.clone(),
            catalogue: &self.catalogue,
            history: None,
            region: region.map(str::to_owned),
            references: self.references.clone(),
            decisions: None,
            begins: begins.to_vec(),
        }
    }
}

impl Houses {
    /// Loads both houses, for invented persons. `None` if they have no rules for the region,
    /// or none at all.
    ///
    /// # Errors
    /// The problems for which a house cannot be loaded.
    pub fn new(
        names: [String; 2],
        bundles: [&Bundle; 2],
        region: Option<&str>,
        seed: u64,
    ) -> Result<Option<Self>, Problems> {
        Self::load(names, bundles, region, Crowd::Invented(seed))
    }

    /// Loads both houses, for persons that are [added](Self::add) and these tables. `None` as
    /// for [`new`](Self::new).
    ///
    /// # Errors
    /// The problems for which a house cannot be loaded, or a table cannot be read.
    pub fn given(
        names: [String; 2],
        bundles: [&Bundle; 2],
        region: Option<&str>,
        tables: &BTreeMap<String, String>,
    ) -> Result<Option<Self>, Problems> {
        Self::load(names, bundles, region, Crowd::Given(tables))
    }

    fn load(
        names: [String; 2],
        bundles: [&Bundle; 2],
        region: Option<&str>,
        crowd: Crowd<'_>,
    ) -> Result<Option<Self>, Problems> {
        // Persons live in a county: a province or city stands for itself there.
        let digits = |it: &&str| it.bytes().all(|byte| byte.is_ascii_digit());
        let region = region.map(|it| match Some(it).filter(digits) {
            Some(code) => format!("{code:0<6}"),
            None => it.to_owned(),
        });
        let region = region.as_deref();
        let [first, second] = names;
        let load = |name: String, bundle: &Bundle| {
            let (catalogue, _) = longma_compile::compile(bundle)?;
            Ok::<_, Problems>(House {
                name,
                catalogue,
                references: References::none(),
            })
        };
        let mut sides = [load(first, bundles[0])?, load(second, bundles[1])?];
        let had: BTreeSet<&String> = bundles[0].packs.iter().map(|pack| &pack.id).into_set();
        let new = sides[1].catalogue.packs().into_iter();
        let new = new.filter(|pack| !had.contains(&pack.id));
        let begins = new.filter_map(|pack| {
            Some(Begin {
                at: pack.from?.instant,
                pack: pack.id,
            })
        });
        let begins: Vec<Begin> = begins.collect();
        let made = {
            let [one, other] = sides.each_ref().map(|it| it.side(region, &[]));
            let lived: Vec<String> = region.map(str::to_owned).into_iter().collect();
            let ruled = |side| lived.is_empty() || !policies(side, &lived).is_empty();
            if !ruled(&one) && !ruled(&other) {
                return Ok(None);
            }
            let sides = [(&one, bundles[0]), (&other, bundles[1])];
            let seed = crowd.seed().unwrap_or(1);
            generator(sides, &[], crowd.tables(), region, seed)
        };
        let Some(generator) = made else {
            return Ok(None);
        };
        let tables = match crowd {
            Crowd::Invented(_) => generator.tables().clone(),
            Crowd::Given(_) => crowd.tables(),
        };
        for side in &mut sides {
            side.references = match crowd {
                Crowd::Invented(_) => references(&side.catalogue, &tables, generator.columns()),
                // As they were given: a row that cannot be read is told.
                Crowd::Given(texts) => tables::read(&side.catalogue, texts),
            }?;
        }
        let offset = bundles[0]
            .packs
            .first()
            .map_or(Offset::CHINA, PackSource::offset);
        Ok(Some(Self {
            sides,
            region: region.map(str::to_owned),
            begins,
            generator,
            tables,
            comparison: Comparison::new(None),
            offset,
            seed: crowd.seed(),
            done: 0,
        }))
    }

    /// Adds a given person, a facts document as JSON text, and tells how many there are now.
    pub fn add(&mut self, facts: &str) -> u64 {
        let region = self.region.as_deref();
        let [one, other] = self
            .sides
            .each_ref()
            .map(|it| it.side(region, &self.begins));
        self.done = self.done.saturating_add(1);
        self.comparison.add([&one, &other], self.done, facts);
        self.done
    }

    /// Adds the next invented persons, and tells how many there are now.
    pub fn step(&mut self, persons: u64) -> u64 {
        let region = self.region.as_deref();
        let [one, other] = self
            .sides
            .each_ref()
            .map(|it| it.side(region, &self.begins));
        for number in self.done..self.done.saturating_add(persons) {
            let facts = self.generator.person(number).to_string();
            self.comparison.add([&one, &other], number + 1, &facts);
        }
        self.done = self.done.saturating_add(persons);
        self.done
    }

    /// What came out so far.
    #[must_use]
    pub fn report(&self) -> Report {
        let region = self.region.as_deref();
        let [one, other] = self
            .sides
            .each_ref()
            .map(|it| it.side(region, &self.begins));
        let around = Surroundings {
            offset: self.offset,
            tables: &self.tables,
            columns: self.generator.columns(),
        };
        let sides = [&one, &other];
        let mut report = self.comparison.report(sides, around, EXAMPLES);
        report.seed = self.seed;
        let [before, after] = self.comparison.fired();
        report.fired = [(&one, before), (&other, after)].map(|(side, fired)| {
            let policies = policies(side, self.generator.regions());
            firings(&policies, self.generator.subject(), fired)
        });
        report
    }

    /// The tables as CSV texts by name, which the examples need.
    #[must_use]
    pub fn tables(&self) -> BTreeMap<String, String> {
        let none = BTreeSet::new();
        let columns = self.generator.columns();
        let tables = self.tables.iter();
        tables
            .map(|(name, rows)| (name.clone(), rows.csv(columns.get(name).unwrap_or(&none))))
            .into_map()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::Houses;
    use longma_compile::Bundle;

    const TWO: &str = include_str!("../../../wasm/device/tests/two_decisions.json");

    fn houses(region: Option<&str>) -> Option<Houses> {
        let bundle = Bundle::read(TWO).unwrap();
        let names = ["before", "after"].map(str::to_owned);
        Houses::new(names, [&bundle, &bundle], region, 1).unwrap()
    }

    #[test]
    fn the_same_packs_change_nobody_wherever_they_rule() {
        for region in ["62", "6201", "620102"] {
            let mut houses = houses(Some(region)).unwrap();
            assert_eq!((houses.step(20), houses.step(20)), (20, 40));
            let report = houses.report();
            assert_eq!(report.persons + report.refused, 40, "{region}");
            assert!(report.persons > 0, "{region}: {:?}", report.refusals);
            let changed = report.decisions.iter().map(|it| it.changed.persons);
            assert_eq!(changed.sum::<u64>(), 0);
        }
    }

    #[test]
    fn given_persons_come_out_as_the_same_persons_do_when_they_are_invented() {
        let mut invented = houses(None).unwrap();
        invented.step(20);
        let bundle = Bundle::read(TWO).unwrap();
        let names = ["before", "after"].map(str::to_owned);
        let made = Houses::given(names, [&bundle, &bundle], None, &invented.tables());
        let mut given = made.unwrap().unwrap();
        for index in 0..20 {
            given.add(&invented.generator.person(index).to_string());
        }
        assert_eq!(given.add("{"), 21);
        let [one, two] = [invented.report(), given.report()];
        assert_eq!((one.persons, one.refused + 1), (two.persons, two.refused));
        assert_eq!(one.decisions, two.decisions);
        assert_eq!((one.seed, two.seed), (Some(1), None));
    }

    #[test]
    fn where_no_rules_are_nobody_is_compared() {
        for region in ["de", "org-other", "nowhere"] {
            assert!(houses(Some(region)).is_none(), "{region}");
        }
    }
}
