//! The file that directs an invention, as it is written.
//!
//! Every key is required and no other is taken, so that no figure is assumed out of sight.
//! What a figure may be is checked while it is read, with its line; how figures relate is
//! checked in [`Like::read`], all of it.

use super::mistake::{Gathered, Mistakes};
use longma_core::{Date, Localized};
use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The whole of a distribution, in millionths.
const WHOLE: u64 = 1_000_000;
/// The most people of one household.
pub(super) const HOUSEHOLD: usize = 8;
/// Households whose sizes follow the distribution exactly.
pub(super) const BLOCK: usize = 100;
/// The most days that an outbreak or a look-back takes.
const DAYS: i64 = 60;

/// A whole number from `MIN` to `MAX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Whole<const MIN: u64, const MAX: u64>(u64);

/// A share, in millionths.
pub(super) type Share = Whole<0, WHOLE>;

impl<const MIN: u64, const MAX: u64> Whole<MIN, MAX> {
    pub(super) fn get(self) -> u64 {
        self.0
    }

    /// The same number with a sign: hours, days.
    pub(super) fn signed(self) -> i64 {
        i64::try_from(self.0).unwrap_or(i64::MAX)
    }
}

impl<'de, const MIN: u64, const MAX: u64> Deserialize<'de> for Whole<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Numbers<const MIN: u64, const MAX: u64>;

        impl<const MIN: u64, const MAX: u64> Visitor<'_> for Numbers<MIN, MAX> {
            type Value = u64;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a whole number from {MIN} to {MAX}")
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<u64, E> {
                match u64::try_from(number) {
                    Ok(whole) if (MIN..=MAX).contains(&whole) => Ok(whole),
                    _ => Err(E::invalid_value(de::Unexpected::Signed(number), &self)),
                }
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<u64, E> {
                if (MIN..=MAX).contains(&number) {
                    Ok(number)
                } else {
                    Err(E::invalid_value(de::Unexpected::Unsigned(number), &self))
                }
            }
        }

        from.deserialize_any(Numbers::<MIN, MAX>).map(Self)
    }
}

/// A local day, counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Day(pub(super) i64);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let day = toml::value::Date::deserialize(from)?.to_string();
        let day =
            Date::parse(&day).map_err(|_| de::Error::custom(format!("no such day: {day}")))?;
        Ok(Self(day.number()))
    }
}

/// A name in Chinese and in English.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Name {
    #[serde(rename = "zh-CN")]
    pub(super) zh_cn: String,
    pub(super) en: Option<String>,
}

impl Name {
    pub(super) fn words(&self) -> Localized {
        let en = self.en.as_ref().unwrap_or(&self.zh_cn);
        Localized::new(&*self.zh_cn, &**en)
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Like {
    pub(super) title: Name,
    pub(super) seed: Whole<0, { i64::MAX.unsigned_abs() }>,
    pub(super) persons: Whole<1, 2_000_000_000>,
    pub(super) population: Whole<1, 2_000_000_000>,
    pub(super) first: Day,
    pub(super) last: Day,
    pub(super) look_back: Whole<1, 60>,
    pub(super) region: Region,
    pub(super) households: Households,
    pub(super) issuance: Issuance,
    pub(super) vaccinations: Vaccinations,
    pub(super) tests: Tests,
    pub(super) movement: Movement,
    pub(super) arrivals: Arrivals,
    pub(super) sparse: Sparse,
    pub(super) outbreak: Outbreak,
    pub(super) monitor: Monitor,
    pub(super) cities: Vec<City>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Region {
    pub(super) code: String,
    pub(super) name: Name,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Households {
    pub(super) sizes: Vec<Share>,
    pub(super) per_community: Whole<100, 100_000>,
    pub(super) elderly: Share,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Issuance {
    pub(super) counts: Vec<Share>,
    pub(super) days: Whole<1, 60>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Vaccinations {
    pub(super) doses: Vec<Share>,
    pub(super) products: BTreeMap<String, Share>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tests {
    pub(super) report_hours: (Whole<0, 96>, Whole<0, 96>),
    pub(super) inconclusive: Share,
    pub(super) antigen: Share,
    pub(super) voluntary: Vec<Share>,
    pub(super) compliance: Share,
    pub(super) flagged: Share,
    pub(super) occupations: Vec<Occupation>,
    pub(super) rounds: Vec<Round>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Occupation {
    // Written for readers of the file; no record of a person names an occupation.
    #[allow(dead_code, reason = "a name that only readers of the file need")]
    pub(super) name: Name,
    pub(super) share: Share,
    pub(super) every: Whole<1, 60>,
    pub(super) pool: Whole<1, 100>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Round {
    pub(super) within: Vec<String>,
    pub(super) days: Vec<Day>,
    pub(super) taken: Share,
    pub(super) pool: Whole<1, 100>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Movement {
    pub(super) home_recorded: Share,
    pub(super) trips: Share,
    pub(super) together: Share,
    pub(super) same_city: Share,
    pub(super) nights: Whole<1, 30>,
    pub(super) commuters: Share,
    pub(super) commuting_days: Whole<0, 30>,
    pub(super) key_area: Share,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Arrivals {
    pub(super) share: Share,
    pub(super) reported: Share,
    pub(super) origins: Vec<Origin>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Origin {
    pub(super) province: String,
    pub(super) city: String,
    pub(super) county: Option<String>,
    pub(super) risk: Risk,
    pub(super) weight: Whole<0, 1_000_000>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Risk {
    None,
    Low,
    Medium,
    High,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sparse {
    pub(super) entries: Share,
    pub(super) visits: Share,
    pub(super) check_ins: Share,
    pub(super) symptoms: Share,
    pub(super) suspected: Share,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Outbreak {
    pub(super) latent: Whole<1, 30>,
    pub(super) infectious: Whole<1, 30>,
    pub(super) to_city: Share,
    pub(super) to_region: Share,
    pub(super) confirmed: Share,
    pub(super) household: Share,
    pub(super) per_community: Whole<1, 1_000>,
    pub(super) close: Whole<0, 1_000>,
    pub(super) companions: Whole<0, 10_000>,
    pub(super) seeds: Vec<Seed>,
    pub(super) phases: Vec<Phase>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Seed {
    pub(super) county: String,
    pub(super) day: Day,
    pub(super) persons: Whole<1, 1_000_000>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Phase {
    pub(super) from: Day,
    /// In hundredths.
    pub(super) r: Whole<0, 3_000>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Monitor {
    pub(super) clinics: Whole<0, 50>,
    pub(super) fever: Whole<0, 1_000>,
    pub(super) visits: Whole<0, 100_000>,
    pub(super) missing: Share,
    pub(super) silent: Share,
    pub(super) sites: Whole<0, 50>,
    pub(super) queue_hours: Whole<1, 12>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct City {
    pub(super) code: String,
    pub(super) name: Name,
    pub(super) counties: Vec<County>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct County {
    pub(super) code: String,
    pub(super) name: Name,
    pub(super) weight: Whole<0, 1_000_000>,
}

/// The products of vaccines, as the schema has them.
pub(super) const PRODUCTS: [&str; 6] = [
    "CoronaVac",
    "BBIBP-CorV",
    "WIBP-CorV",
    "Convidecia",
    "ZF2001",
    "other",
];

impl Like {
    /// Reads and checks a file.
    pub(super) fn read(text: &str) -> Result<Self, Mistakes> {
        let like: Self = toml::from_str(text).map_err(|error| Mistakes::of_toml(text, &error))?;
        let mut found = Gathered::default();
        like.distributions(&mut found);
        like.days(&mut found);
        like.places(&mut found);
        found.or(like)
    }

    fn distributions(&self, found: &mut Gathered) {
        let mut whole = |key: &str, parts: &[Share], most: usize| {
            let sum: u64 = parts.iter().map(|part| part.get()).sum();
            found.expect(
                sum == WHOLE,
                key,
                &format!("各项之和须为 {WHOLE}，现为 {sum}"),
                &format!("expected parts that add up to {WHOLE}, found {sum}"),
            );
            let count = parts.len();
            found.expect(
                (1..=most).contains(&count),
                key,
                &format!("须有 1 至 {most} 项，现有 {count} 项"),
                &format!("expected 1 to {most} parts, found {count}"),
            );
        };
        whole("households.sizes", &self.households.sizes, HOUSEHOLD);
        whole("issuance.counts", &self.issuance.counts, 6);
        whole("vaccinations.doses", &self.vaccinations.doses, 4);
        let products: Vec<Share> = self.vaccinations.products.values().copied().collect();
        whole("vaccinations.products", &products, PRODUCTS.len());
        whole("tests.voluntary", &self.tests.voluntary, 11);
        for product in self.vaccinations.products.keys() {
            let known = PRODUCTS.join(", ");
            found.expect(
                PRODUCTS.contains(&product.as_str()),
                &format!("vaccinations.products.{product}"),
                &format!("须为以下之一：{known}"),
                &format!("expected one of {known}"),
            );
        }
        let working: u64 = self.tests.occupations.iter().map(|it| it.share.get()).sum();
        found.expect(
            working <= 500_000,
            "tests.occupations",
            &format!("各职业之和不超过 500000，现为 {working}"),
            &format!("expected shares of 500000 at most together, since only adults work, found {working}"),
        );
        let (least, most) = self.tests.report_hours;
        found.expect(
            least.get() <= most.get(),
            "tests.report_hours",
            "最少须不大于最多",
            "expected the least number of hours before the most",
        );
        let sparse = &self.sparse;
        let sparse = [
            sparse.entries,
            sparse.visits,
            sparse.check_ins,
            sparse.symptoms,
            sparse.suspected,
        ];
        let journeys = [self.movement.trips, self.arrivals.share];
        for (key, parts) in [("sparse", &sparse[..]), ("movement.trips", &journeys[..])] {
            let sum: u64 = parts.iter().map(|part| part.get()).sum();
            found.expect(
                sum <= WHOLE,
                key,
                &format!("各项之和不超过 {WHOLE}，现为 {sum}；行程与来甘合计"),
                &format!("expected no more than {WHOLE} together, trips counted with arrivals, found {sum}"),
            );
        }
        found.expect(
            self.outbreak.to_city.get() + self.outbreak.to_region.get() <= WHOLE,
            "outbreak.to_city",
            &format!("与 to_region 之和不超过 {WHOLE}"),
            &format!("expected no more than {WHOLE} together with to_region"),
        );
    }

    fn days(&self, found: &mut Gathered) {
        let length = self.last.0 - self.first.0 + 1;
        found.expect(
            (1..=DAYS).contains(&length),
            "last",
            &format!("须在 first 当天或之后，不超过 {DAYS} 天"),
            &format!("expected a day from `first` on, {DAYS} days at most"),
        );
        for (number, seed) in self.outbreak.seeds.iter().enumerate() {
            found.expect(
                (self.last.0 - DAYS..=self.last.0).contains(&seed.day.0),
                &format!("outbreak.seeds[{number}].day"),
                &format!("须不晚于 last，且在其前 {DAYS} 天之内"),
                &format!("expected a day no later than `last`, and {DAYS} days before it at most"),
            );
        }
        let phases = &self.outbreak.phases;
        found.expect(
            phases.is_sorted_by(|a, b| a.from < b.from),
            "outbreak.phases",
            "须按 from 从早到晚排列，互不相同",
            "expected phases in the order of `from`, each later than the one before",
        );
        let origins = self.arrivals.origins.iter();
        let weights: u64 = origins.map(|origin| origin.weight.get()).sum();
        found.expect(
            weights > 0 || self.arrivals.share.get() == 0,
            "arrivals.origins",
            "须有权重大于 0 的来源地",
            "expected an origin with a weight above 0",
        );
    }

    /// The names of places that stand in records and tables.
    fn names(&self) -> impl Iterator<Item = &str> {
        let counties = self.cities.iter().flat_map(|city| &city.counties);
        let inside = self.cities.iter().map(|city| &city.name.zh_cn);
        let inside = inside.chain(counties.map(|county| &county.name.zh_cn));
        let outside = self.arrivals.origins.iter();
        let outside = outside.flat_map(|it| [&it.province, &it.city].into_iter().chain(&it.county));
        let all = [&self.region.name.zh_cn]
            .into_iter()
            .chain(inside)
            .chain(outside);
        all.map(String::as_str)
    }

    fn places(&self, found: &mut Gathered) {
        let block = u64::try_from(BLOCK).unwrap_or(u64::MAX);
        let households = self.households.per_community.get();
        found.expect(
            households.is_multiple_of(block),
            "households.per_community",
            &format!("须为 {BLOCK} 的倍数，现为 {households}"),
            &format!("expected a multiple of {BLOCK}, found {households}"),
        );
        for name in self.names() {
            found.expect(
                !name.trim().is_empty()
                    && !name.contains(['"', ',', '\n'])
                    && name.chars().count() <= 40,
                "name",
                &format!("名称须为 1 至 40 字，不含逗号、引号：{name}"),
                &format!(
                    "expected a name of 1 to 40 signs without commas and quotes, found {name}"
                ),
            );
        }
        let digits = |code: &str| code.bytes().all(|byte| byte.is_ascii_digit());
        let mut seen = BTreeSet::new();
        let mut weight = 0;
        found.expect(
            self.region.code.len() == 2 && digits(&self.region.code),
            "region.code",
            "须为两位数字，如 62",
            "expected two digits, such as 62",
        );
        for city in &self.cities {
            let code = &city.code;
            found.expect(
                code.len() == 4 && digits(code) && code.starts_with(&self.region.code),
                &format!("cities.{code}.code"),
                &format!("须为四位数字，以 {} 开头", self.region.code),
                &format!("expected four digits that begin with {}", self.region.code),
            );
            for county in &city.counties {
                let code = &county.code;
                weight += county.weight.get();
                let is_new = seen.insert(code.as_str());
                found.expect(
                    code.len() == 6 && digits(code) && code.starts_with(&city.code) && is_new,
                    &format!("cities.{}.counties.{code}", city.code),
                    &format!("须为六位数字，以 {} 开头，不重复", city.code),
                    &format!("expected six digits that begin with {}, once", city.code),
                );
            }
        }
        found.expect(
            weight > 0,
            "cities",
            "须有权重大于 0 的县",
            "expected a county with a weight above 0",
        );
        for (number, seed) in self.outbreak.seeds.iter().enumerate() {
            found.expect(
                seen.contains(seed.county.as_str()),
                &format!("outbreak.seeds[{number}].county"),
                &format!("{} 不是 cities 中的县", seed.county),
                &format!(
                    "expected the code of a county in `cities`, found {}",
                    seed.county
                ),
            );
        }
        for (number, round) in self.tests.rounds.iter().enumerate() {
            for within in &round.within {
                found.expect(
                    seen.iter().any(|code| code.starts_with(within.as_str())),
                    &format!("tests.rounds[{number}].within"),
                    &format!("没有代码以 {within} 开头的县"),
                    &format!("expected how the code of a county begins, found {within}"),
                );
            }
        }
    }
}
