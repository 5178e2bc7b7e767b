//! Draws the values of one person from its dice, its rule, and the times it has so far.

use super::constants::{DAY, HOUR, RuleWords};
use super::{Generator, sorted};
use crate::dice::Dice;
use longma_core::schema::{Class, Field, Object, Pattern, TextType, Type};
use longma_core::{Date, Instant, Offset};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Seconds in a year, nearly.
const YEAR: i64 = 365 * DAY;
/// Signs for invented names: the ten heavenly stems, in order.
const SIGNS: [&str; 10] = ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"];

/// The invented name number `number` (from 0): 测试甲, 测试乙 and so on.
pub(crate) fn invented_name(number: usize) -> String {
    let sign = SIGNS.get(number % SIGNS.len()).unwrap_or(&"");
    match number / SIGNS.len() {
        0 => format!("测试{sign}"),
        round => format!("测试{sign}{round}"),
    }
}

/// A text that matches a pattern's class. The same `name` gives the same text.
pub(crate) fn formed(class: &Class, name: &str) -> String {
    let seed = name.chars().fold(0, |seed: u64, sign| {
        seed.wrapping_mul(31)
            .wrapping_add(u64::from(u32::from(sign)))
    });
    of_class(&mut Dice::new(seed), class)
}

/// A random text of a class, of its least length.
fn of_class(dice: &mut Dice, class: &Class) -> String {
    let signs = 0..class.least;
    signs.map(|_| sign(dice, &class.ranges)).collect()
}

/// A random character from one of the ranges.
fn sign(dice: &mut Dice, ranges: &[(char, char)]) -> char {
    let Some((first, last)) = dice.choose(ranges).copied() else {
        return '0';
    };
    let drawn = dice.between(i64::from(u32::from(first)), i64::from(u32::from(last)));
    let drawn = u32::try_from(drawn).ok().and_then(char::from_u32);
    drawn.unwrap_or(first)
}

/// Draws the values of one person.
pub(super) struct Draw<'a> {
    generator: &'a Generator,
    pub(super) dice: Dice,
    focus: &'a RuleWords,
    /// Times so far, in Unix seconds; never empty.
    pool: Vec<i64>,
    /// Times of the place in the current record.
    lead: Vec<i64>,
    /// Texts so far in records, each after its pattern.
    said: Vec<(String, String)>,
    /// The place of each table that the last record with one has.
    placed: BTreeMap<usize, usize>,
    /// How many names have been invented so far.
    names: usize,
    /// How deep the current record is nested; 1 for a record of a section.
    depth: usize,
}

impl<'a> Draw<'a> {
    pub(super) fn new(
        generator: &'a Generator,
        dice: Dice,
        focus: &'a RuleWords,
        pool: Vec<i64>,
    ) -> Self {
        Self {
            generator,
            dice,
            focus,
            pool,
            lead: Vec::new(),
            said: Vec::new(),
            placed: BTreeMap::new(),
            names: 0,
            depth: 0,
        }
    }

    /// Whether the current rule reads `section`.
    pub(super) fn reads(&self, section: &str) -> bool {
        self.focus.reads.iter().any(|name| name == section)
    }

    /// A record. Fields in `fixed` keep their values; a null leaves the field out.
    pub(super) fn record(&mut self, object: &Object, fixed: BTreeMap<String, Json>) -> Json {
        let mut members = fixed;
        self.depth += 1;
        self.place(object, &mut members);
        let mut times: BTreeMap<&str, i64> = BTreeMap::new();
        let mut waiting: Vec<&Field> = object
            .fields
            .iter()
            .filter(|field| !members.contains_key(&*field.name))
            .collect();
        while !waiting.is_empty() {
            let open: Vec<&str> = waiting.iter().map(|field| &*field.name).collect();
            // Draw a time after the sibling that it must not precede.
            let (ready, later): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|field| {
                let order = field.order.as_ref();
                order.is_none_or(|order| !open.contains(&order.sibling.as_str()))
            });
            if ready.is_empty() {
                break;
            }
            for field in ready {
                if !field.required && self.dice.once_in(3) {
                    continue;
                }
                let value = match &field.kind {
                    Type::Instant | Type::Date => {
                        let birth = self.birth(field);
                        let time = birth.unwrap_or_else(|| self.time_after(field, &times));
                        let (value, time) = written(&field.kind, time);
                        times.insert(&field.name, time);
                        value
                    }
                    kind => self.value_of(&field.name, kind),
                };
                members.insert(field.name.to_string(), value);
            }
            waiting = later;
        }
        self.depth -= 1;
        self.lead.clear();
        sorted(members)
    }

    /// If the record has all key fields of a table, sets them to one of its places and
    /// draws later times towards the place's.
    fn place(&mut self, object: &Object, members: &mut BTreeMap<String, Json>) {
        for (table, (key, places)) in self.generator.places.iter().enumerate() {
            if key.is_empty() || !key.iter().all(|name| object.field(name).is_some()) {
                continue;
            }
            // Try several: most places of a long list are far from this time.
            let near = self.pool.last().copied().unwrap_or(0);
            let mut chosen = self.dice.choose(places);
            for _ in 0..3 {
                let other = self.dice.choose(places);
                let far = |place: &super::Place| {
                    let gaps = place.times.iter().map(|time| time.abs_diff(near));
                    gaps.min().unwrap_or(u64::MAX)
                };
                if let (Some(one), Some(two)) = (chosen, other)
                    && far(two) < far(one)
                    && !self.dice.once_in(4)
                {
                    chosen = other;
                }
            }
            // Two records of one place, of one section or of two: rules join them by it.
            if let Some(same) = self.placed.get(&table).copied()
                && self.dice.once_in(3)
            {
                chosen = places.get(same);
            }
            let Some(place) = chosen else { continue };
            let position = places.iter().position(|it| std::ptr::eq(it, place));
            self.placed.extend(position.map(|it| (table, it)));
            for name in key {
                let text = match place.parts.get(name) {
                    Some(text) => text.clone(),
                    // A city without counties names none.
                    None if object.field(name).is_some_and(|field| !field.required) => continue,
                    None => invented_name(0),
                };
                members
                    .entry(name.clone())
                    .or_insert_with(|| Json::from(text));
            }
            self.lead.clone_from(&place.times);
        }
    }

    /// A random value of a type.
    pub(super) fn value(&mut self, kind: &Type) -> Json {
        self.value_of("", kind)
    }

    /// A random value of a field.
    fn value_of(&mut self, field: &str, kind: &Type) -> Json {
        match kind {
            Type::Bool => Json::from(self.dice.once_in(2)),
            Type::Int { least, most } => Json::from(self.int(*least, *most)),
            Type::Temperature { least, most } => {
                self.temperature(least.in_tenths(), most.in_tenths())
            }
            Type::Enum(names) => Json::from(self.member(field, names)),
            Type::Text(text) => Json::from(self.text(field, text)),
            Type::Instant | Type::Date => {
                let time = self.time();
                written(kind, time).0
            }
            Type::List { item, least, most } => {
                let more = usize::try_from(self.dice.below(3)).unwrap_or(0);
                let count = least.saturating_add(more).min(*most);
                (0..count).map(|_| self.value(item)).collect()
            }
            Type::Object(object) => self.record(object, BTreeMap::new()),
        }
    }

    fn int(&mut self, least: i64, most: i64) -> i64 {
        let counts = &self.generator.constants.counts;
        let drawn = match self.dice.choose(counts).copied() {
            Some(count) if !self.dice.once_in(4) => count.saturating_add(self.dice.between(-1, 1)),
            _ => least.max(-1_000).saturating_add(self.dice.between(0, 9)),
        };
        drawn.clamp(least, most)
    }

    /// A temperature, preferably near one in the packs.
    fn temperature(&mut self, least: i64, most: i64) -> Json {
        let known = &self.generator.constants.temperatures;
        let drawn = match self.dice.choose(known).copied() {
            Some(tenths) if !self.dice.once_in(4) => {
                tenths.saturating_add(self.dice.between(-1, 1))
            }
            _ => self.dice.between(least, most),
        };
        let tenths = drawn.clamp(least, most);
        let text = format!("{}.{}", tenths / 10, (tenths % 10).abs());
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// A member of an enum, preferably one with which the current rule compares the field, or
    /// one that it mentions.
    fn member(&mut self, field: &str, names: &[Arc<str>]) -> String {
        let compared = self.focus.compared.get(field);
        let favours = |name: &&Arc<str>| {
            let name: &str = name;
            match compared {
                Some(texts) if names.iter().any(|it| texts.contains(&**it)) => texts.contains(name),
                _ => self.focus.names.contains(name) || self.focus.params.contains(name),
            }
        };
        let favoured: Vec<&Arc<str>> = names.iter().filter(favours).collect();
        let drawn = match self.dice.choose(&favoured) {
            Some(name) if !self.dice.once_in(4) => Some(*name),
            _ => self.dice.choose(names),
        };
        drawn.map(ToString::to_string).unwrap_or_default()
    }

    fn text(&mut self, field: &str, kind: &TextType) -> String {
        if let Some(pattern) = &kind.pattern
            && let Some(class) = pattern.class()
        {
            return self.patterned(field, pattern, class);
        }
        let compared = self.focus.compared.get(field);
        let texts: Vec<&String> = match compared {
            Some(texts) => texts.iter().collect(),
            None => self.of_params().chain(&self.generator.texts).collect(),
        };
        // Deeper records hold people, whose names must differ.
        let named = self.dice.choose(&texts).filter(|_| self.depth == 1);
        let named = named.filter(|_| self.dice.once_in(2));
        let text = match named {
            Some(text) => (*text).clone(),
            None => {
                self.names += 1;
                invented_name(self.names - 1)
            }
        };
        let padded = text.chars().chain(std::iter::repeat('甲'));
        padded
            .take(text.chars().count().clamp(kind.least, kind.most))
            .collect()
    }

    /// The texts of params that the current rule compares with free texts: another rule
    /// compares with none.
    fn of_params(&self) -> impl Iterator<Item = &'a String> + use<'a> {
        let known = &self.generator.param_texts;
        let params = self.focus.params.iter();
        params.filter(|text| known.binary_search(text).is_ok())
    }

    /// A text with a pattern. In a record it is mostly one that the current rule
    /// mentions, or one that another record of the person has: a rule that asks for such a
    /// text, or joins records by it, would never see it otherwise.
    fn patterned(&mut self, field: &str, pattern: &Pattern, class: &Class) -> String {
        if self.depth != 1 {
            return of_class(&mut self.dice, class);
        }
        let focus = self.focus;
        let mentioned: Vec<&String> = match focus.compared.get(field) {
            Some(texts) => texts.iter().filter(|it| pattern.matches(it)).collect(),
            None => {
                let mentioned = focus.names.iter().chain(self.of_params());
                mentioned.filter(|it| pattern.matches(it)).collect()
            }
        };
        let said = self.said.iter().filter(|(of, _)| of == pattern.source());
        let said: Vec<&String> = said.map(|(_, text)| text).collect();
        let known = match self.dice.below(4) {
            0..=2 if focus.compared.contains_key(field) => self.dice.choose(&mentioned),
            0..=2 if focus.joined.contains(field) => self.dice.choose(&said),
            0 => self.dice.choose(&mentioned),
            1 => self.dice.choose(&said),
            2 => self.dice.choose(&mentioned).or(self.dice.choose(&said)),
            _ => None,
        };
        let text = match known {
            Some(text) => (*text).clone(),
            None => of_class(&mut self.dice, class),
        };
        self.said.push((pattern.source().to_owned(), text.clone()));
        text
    }

    /// The birth of somebody who reaches an age that the current rule asks for, near one of the
    /// person's times: a date without a sibling that it must not precede. It is no time from
    /// which others are drawn.
    fn birth(&mut self, field: &Field) -> Option<i64> {
        if !matches!(field.kind, Type::Date) || field.order.is_some() {
            return None;
        }
        let years = self.dice.choose(&self.focus.years).copied()?;
        if self.dice.once_in(2) {
            return None;
        }
        let near = self.dice.choose(&self.pool).copied()?;
        let months = years.checked_mul(12)?.checked_neg()?;
        let born = Instant::from_unix(near)?.date(Offset::CHINA);
        let born = born.plus_months(months)?.start(Offset::CHINA)?;
        Some(born.unix() + self.edge() * DAY)
    }

    /// Records on days in a row, their counts near one another and the last one's far above:
    /// what a rule that counts by day looks for. `None` if the records have no day.
    pub(super) fn days_in_a_row(&mut self, object: &Object, most: usize) -> Option<Vec<Json>> {
        let day = object.fields.iter();
        let day = day.into_iter().find(|it| matches!(it.kind, Type::Date))?;
        let days = 10 + self.dice.below(5);
        let last = self.time();
        let (usual, above) = (self.dice.between(1, 9), self.dice.between(10, 40));
        let ago = (0..days).rev().take(most);
        let records = ago.map(|ago| {
            let date = last - i64::try_from(ago).unwrap_or(0) * DAY;
            let mut fixed = BTreeMap::from([(day.name.to_string(), written(&day.kind, date).0)]);
            for field in &object.fields {
                if let Type::Int { least, most } = field.kind {
                    let more = if ago == 0 { above } else { 0 };
                    let count = usual + self.dice.between(0, 2) + more;
                    let count = Json::from(count.clamp(least, most));
                    fixed.insert(field.name.to_string(), count);
                }
            }
            self.record(object, fixed)
        });
        Some(records.collect())
    }

    /// Whether the current rule counts by day.
    pub(super) fn counts_by_day(&self) -> bool {
        self.focus.daily
    }

    /// A span from the packs, sometimes the sum of two.
    fn span(&mut self) -> i64 {
        let spans = &self.generator.constants.spans;
        let one = self.dice.choose(spans).copied().unwrap_or(DAY);
        if self.dice.once_in(4) {
            one + self.dice.choose(spans).copied().unwrap_or(0)
        } else {
            one
        }
    }

    /// An offset from a boundary in seconds: 0 half of the time, else -1 or 1.
    fn edge(&mut self) -> i64 {
        self.dice.choose(&[-1, 0, 0, 1]).copied().unwrap_or(0)
    }

    /// A time near the person's times so far.
    fn time(&mut self) -> i64 {
        let base = match self.dice.choose(&self.lead) {
            Some(time) if !self.dice.once_in(3) => *time,
            _ => self.dice.choose(&self.pool).copied().unwrap_or(0),
        };
        let time = match self.dice.below(8) {
            0..=2 => {
                let span = self.span();
                let span = if self.dice.once_in(2) { span } else { -span };
                base + span + self.edge()
            }
            3 => base + self.edge(),
            4 => match self
                .dice
                .choose(&self.generator.constants.instants)
                .copied()
            {
                Some(date) => date + self.edge(),
                None => base,
            },
            5 => (base + self.dice.between(-10, 10) * DAY).div_euclid(DAY) * DAY - 8 * HOUR,
            _ => base + self.dice.between(-96, 96) * HOUR,
        };
        self.keep(time)
    }

    /// A time for `field` that respects the order with its sibling.
    fn time_after(&mut self, field: &Field, times: &BTreeMap<&str, i64>) -> i64 {
        let sibling = field.order.as_ref().and_then(|order| {
            let time = times.get(order.sibling.as_str())?;
            Some((*time, i64::from(order.strict)))
        });
        let Some((sibling, least)) = sibling else {
            return self.time();
        };
        let least = match field.kind {
            Type::Date => least * DAY,
            _ => least,
        };
        // Whatever follows a birth is drawn by the person's other times.
        let born = self.pool.iter().all(|time| time - sibling > YEAR);
        let gap = match self.dice.below(6) {
            _ if born => self.time() - sibling,
            0 => least,
            1 | 2 => self.span() + self.edge(),
            3 => self.time() - sibling,
            4 => self.dice.between(1, 240) * HOUR,
            _ => self.dice.between(1, 48) * HOUR,
        };
        self.keep(sibling + gap.max(least))
    }

    fn keep(&mut self, time: i64) -> i64 {
        self.pool.push(time);
        time
    }
}

/// A time as facts write it, and the time that the text stands for: a date is its first
/// second.
fn written(kind: &Type, time: i64) -> (Json, i64) {
    let instant = Instant::from_unix(time);
    match kind {
        Type::Date => {
            let date = instant.map(|instant| instant.date(Offset::CHINA));
            let start = date.and_then(|date: Date| date.start(Offset::CHINA));
            let text = date.map(|date| date.to_string()).unwrap_or_default();
            (Json::from(text), start.map_or(time, Instant::unix))
        }
        _ => {
            let text = instant.map(|instant| instant.to_rfc3339(Offset::CHINA));
            (Json::from(text.unwrap_or_default()), time)
        }
    }
}
