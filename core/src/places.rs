//! The published table of places: what a place is called, what it was called before, and
//! which place it is in.
//!
//! Facts and tables name places as somebody wrote them down. They are compared by the
//! place that they name: with or without 省, 市, 县 and other endings, by a short form,
//! or by a name or in a place of former times. A text that names no place, or several,
//! is not taken for one.
//!
//! The table is a CSV with the columns `code`, `name`, `level` (`province`, `city`,
//! `county`, or `group` for a heading that is no place), `within` (the code of the place
//! that it is in), `also` (further names, separated by `|`), `since` and `until` (when
//! the code was in use) and `now` (the codes of what a former place is today).

use crate::fold;
use crate::limits;
use crate::problem::{Code, Place as At, Problem, Problems, nearest};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// The levels, coarse to fine.
const LEVELS: [&str; 3] = ["province", "city", "county"];
/// The level of a heading, such as 省直辖县级行政区划: names skip it.
const GROUP: usize = LEVELS.len();
/// The columns of the table, in order.
const COLUMNS: [&str; 8] = [
    "code", "name", "level", "within", "also", "since", "until", "now",
];
/// What a name may be written without, longer ones first.
const ENDINGS: [&str; 16] = [
    "特别行政区",
    "自治区",
    "自治州",
    "自治县",
    "自治旗",
    "新区",
    "林区",
    "特区",
    "地区",
    "省",
    "市",
    "区",
    "县",
    "旗",
    "盟",
    "州",
];
/// The most characters in a name.
const NAME: usize = 40;

/// The table of places. It is read on first use.
#[derive(Debug, Clone)]
pub struct Places {
    text: Arc<str>,
    index: Arc<OnceLock<Index>>,
}

impl PartialEq for Places {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.text, &other.text) || self.text == other.text
    }
}

/// A place, numbered by its table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PlaceId(u32);

/// Why a text names no place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unplaced {
    /// The place in which it was sought, coarse to fine; empty for the whole country.
    pub within: Vec<PlaceId>,
    /// The name that is none.
    pub name: String,
    /// The names that it may mean: several that it fits, else the nearest.
    pub like: Vec<String>,
    /// Whether it fits several places.
    pub several: bool,
}

#[derive(Debug, Default)]
struct Index {
    places: Vec<Place>,
    codes: BTreeMap<Box<str>, PlaceId>,
    /// Every name of every place, sorted.
    names: Vec<Name>,
}

#[derive(Debug)]
struct Place {
    code: Box<str>,
    name: Box<str>,
    level: usize,
    within: Option<PlaceId>,
    /// Whether it is one of today.
    current: bool,
    /// What a former place is today.
    now: Vec<PlaceId>,
    /// Whether another is in it.
    parted: bool,
}

/// A name under which a place is found in another.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Name {
    within: Option<PlaceId>,
    /// Folded.
    text: Box<str>,
    rank: Rank,
    place: PlaceId,
}

/// How well a name fits. Where a better one fits, others are not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Name,
    Other,
    Short,
    FormerShort,
}

/// What a name leads to.
enum Step {
    To(PlaceId),
    /// It names the place itself, or a heading.
    Stay,
    Several(Vec<PlaceId>),
    Nowhere,
}

impl Places {
    /// Reads the table; problems name `file`.
    ///
    /// ```
    /// # use longma_core::{Places, Problems};
    /// let places = Places::read(
    ///     "code,name,level,within,also,since,until,now\n\
    ///      620000,甘肃省,province,,,,,\n\
    ///      620800,平凉市,city,620000,,,,\n\
    ///      620824,华亭县,county,620800,,,2018,620881\n\
    ///      620881,华亭市,county,620800,,2018,,\n",
    ///     "places",
    /// )?;
    /// let today = places.find(["甘肃省", "平凉市", "华亭市"]).unwrap();
    /// assert_eq!(places.find(["甘肃", "平凉", "华亭县"]).unwrap(), today);
    /// assert_eq!(places.name(today[2]), "华亭市");
    /// assert_eq!(places.find(["甘肃省", "平凉市", "华停市"]).unwrap_err().like, ["华亭市"]);
    /// # Ok::<(), Problems>(())
    /// ```
    ///
    /// # Errors
    /// Every line that is no row of such a table.
    pub fn read(csv: &str, file: &str) -> Result<Self, Problems> {
        let (index, problems) = Index::read(csv, file);
        problems.or(Self {
            text: csv.into(),
            index: Arc::new(OnceLock::from(index)),
        })
    }

    /// The table with a text that [`read`](Self::read) has accepted. In one that is
    /// damaged no place is found.
    pub(crate) fn accepted(text: Arc<str>) -> Self {
        Self {
            text,
            index: Arc::default(),
        }
    }

    /// The text of the table.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::read(&self.text, "").0)
    }

    /// The place with these names, coarse to fine, and those that it is in, at all levels
    /// down to its own. A city without counties is also its own county.
    ///
    /// # Errors
    /// The first name that is no place in the one before it.
    pub fn find<'n>(
        &self,
        names: impl IntoIterator<Item = &'n str>,
    ) -> Result<Vec<PlaceId>, Unplaced> {
        let index = self.index();
        let mut here = None;
        for name in names {
            here = match index.step(here, &fold(name)) {
                Step::To(place) => Some(place),
                Step::Stay => here,
                Step::Several(places) => return Err(index.several(here, name, &places)),
                Step::Nowhere => return Err(index.nowhere(here, name)),
            };
        }
        match here.and_then(|here| index.place(here)) {
            Some(former) if !former.current => {
                Err(index.several(former.within, &former.name, &former.now))
            }
            _ => Ok(index.way(here)),
        }
    }

    /// The place whose names a text begins with, coarse to fine as [`find`](Self::find)
    /// returns it, and the rest of the text, folded. `None` if it begins with none. The
    /// province may be left out if that leaves no doubt.
    ///
    /// ```
    /// # use longma_core::{Places, Problems};
    /// let places = Places::read(
    ///     "code,name,level,within,also,since,until,now\n\
    ///      440000,广东省,province,,,,,\n441900,东莞市,city,440000,,,,\n",
    ///     "places",
    /// )?;
    /// let (way, rest) = places.begin("广东 东莞市长安镇").unwrap();
    /// assert_eq!((places.name(way[1]), rest.as_str()), ("东莞市", "长安镇"));
    /// assert_eq!(places.begin("长安镇"), None);
    /// # Ok::<(), Problems>(())
    /// ```
    #[must_use]
    pub fn begin(&self, text: &str) -> Option<(Vec<PlaceId>, String)> {
        let index = self.index();
        let text: String = fold(text).chars().filter(|c| c.is_alphanumeric()).collect();
        let (mut here, mut rest) = (None, text.as_str());
        while let Some((place, further)) = index.begin(here, rest) {
            (here, rest) = (place, further);
        }
        let found = index.place(here?)?;
        found.current.then(|| (index.way(here), rest.to_owned()))
    }

    /// Every place of today that has no finer one in it, as [`find`](Self::find) returns it.
    pub fn finest(&self) -> impl Iterator<Item = Vec<PlaceId>> + '_ {
        let index = self.index();
        let all = (0..).map(PlaceId).zip(&index.places);
        let finest = all.filter(|(_, it)| it.current && !it.parted && it.level < GROUP);
        finest.map(|(id, _)| index.way(Some(id)))
    }

    /// The full name of a place.
    #[must_use]
    pub fn name(&self, place: PlaceId) -> &str {
        self.index().place(place).map_or("", |place| &place.name)
    }

    /// The six-digit code in use today for the place that had `code` at any time; `None`
    /// if no place had it, or if the place was divided.
    ///
    /// ```
    /// # use longma_core::{Places, Problems};
    /// # let places = Places::read(
    /// #     "code,name,level,within,also,since,until,now\n\
    /// #      620000,甘肃省,province,,,,,\n\
    /// #      620800,平凉市,city,620000,,,,\n\
    /// #      620824,华亭县,county,620800,,,2018,620881\n\
    /// #      620881,华亭市,county,620800,,2018,,\n",
    /// #     "places",
    /// # )?;
    /// assert_eq!(places.code_today("620824"), Some("620881"));
    /// assert_eq!(places.code_today("621100"), None);
    /// # Ok::<(), Problems>(())
    /// ```
    #[must_use]
    pub fn code_today(&self, code: &str) -> Option<&str> {
        let index = self.index();
        let place = index.place(*index.codes.get(code)?)?;
        let today = match *place.now.as_slice() {
            [now] => index.place(now)?,
            [] if place.current => place,
            _ => return None,
        };
        Some(&today.code)
    }

    /// Whether a place had this code at any time.
    #[must_use]
    pub fn has_code(&self, code: &str) -> bool {
        self.index().codes.contains_key(code)
    }

    /// The text of a finer place without the names of the places that it is in, which
    /// some write before it; folded.
    pub(crate) fn without<'t>(&self, way: &[PlaceId], text: &'t str) -> Cow<'t, str> {
        let folded = fold(text);
        let names = way.iter().map(|place| self.name(*place));
        let mut rest = folded.as_ref();
        for name in names {
            match rest.strip_prefix(name) {
                Some(further) if !further.is_empty() => rest = further,
                _ => {}
            }
        }
        if rest.len() == folded.len() {
            folded
        } else {
            Cow::Owned(rest.to_owned())
        }
    }
}

impl Index {
    fn read(csv: &str, file: &str) -> (Self, Problems) {
        let mut index = Self::default();
        let mut problems = Problems::default();
        let text = csv.strip_prefix('\u{feff}').unwrap_or(csv);
        let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
        let wrong = |line: u64, found: &str| {
            let at = At::Reference {
                table: file.to_owned(),
                line,
            };
            Problem::new(Code::PlacesRow, at).with("found", found)
        };
        let headed = reader.headers().is_ok_and(|head| head.iter().eq(COLUMNS));
        if !headed || text.len() > limits::REFERENCE_BYTES {
            problems.push(wrong(1, text.lines().next().unwrap_or_default()));
            return (index, problems);
        }
        // Codes of places that the table names further down are known once all are read.
        let mut links: Vec<(u64, Box<str>, Box<str>)> = Vec::new();
        let mut others: Vec<Box<str>> = Vec::new();
        for (line, record) in (2..).zip(reader.records()) {
            let Ok(record) = record else {
                problems.push(wrong(line, ""));
                continue;
            };
            let cell = |at: usize| record.get(at).unwrap_or_default();
            let level = LEVELS
                .iter()
                .chain(["group"].iter())
                .position(|it| *it == cell(2));
            let number = u32::try_from(index.places.len()).ok().map(PlaceId);
            let (Some(level), Some(number), false) = (level, number, cell(1).is_empty()) else {
                problems.push(wrong(line, cell(1)));
                continue;
            };
            let code: Box<str> = cell(0).into();
            if !code.is_empty() && index.codes.insert(code.clone(), number).is_some() {
                problems.push(wrong(line, cell(0)));
            }
            links.push((line, cell(3).into(), cell(7).into()));
            others.push(cell(4).into());
            index.places.push(Place {
                code,
                name: cell(1).into(),
                level,
                within: None,
                current: cell(6).is_empty() && cell(7).is_empty(),
                now: Vec::new(),
                parted: false,
            });
        }
        for (at, (line, within, now)) in links.iter().enumerate() {
            let found = |code: &str| index.codes.get(code).copied();
            let now: Option<Vec<PlaceId>> = parts(now).map(found).collect();
            let inside = found(within);
            let coarser = inside.and_then(|it| index.place(it)).map(|it| it.level);
            let top = index.places.get(at).is_some_and(|place| place.level == 0);
            let Some((now, place)) = now
                .filter(|_| within.is_empty() == top && inside.is_none() == top)
                .filter(|_| coarser.is_none_or(|level| level < GROUP))
                .zip(index.places.get_mut(at))
            else {
                problems.push(wrong(*line, within));
                continue;
            };
            (place.within, place.now) = (inside, now);
        }
        index.settle();
        index.name(&others);
        (index, problems)
    }

    /// Follows former places to those of today, and says which places have others in them.
    fn settle(&mut self) {
        for at in 0..self.places.len() {
            let mut now = self
                .places
                .get(at)
                .map(|place| place.now.clone())
                .unwrap_or_default();
            // A chain of changes is short; a circle ends too.
            for _ in 0..8 {
                let further = |id: PlaceId| match self.place(id) {
                    Some(place) if !place.now.is_empty() => place.now.clone(),
                    _ => vec![id],
                };
                now = now.into_iter().flat_map(further).collect();
                now.sort_unstable();
                now.dedup();
            }
            let within = self.places.get(at).filter(|place| place.current);
            let within = within.and_then(|place| place.within);
            if let Some(place) = self.places.get_mut(at) {
                place.now = now;
            }
            if let Some(PlaceId(within)) = within
                && let Some(place) = self.places.get_mut(within as usize)
            {
                place.parted = true;
            }
        }
    }

    fn name(&mut self, others: &[Box<str>]) {
        let mut names = Vec::with_capacity(self.places.len() * 3);
        for ((at, place), other) in (0..).zip(&self.places).zip(others) {
            let target = match *place.now.as_slice() {
                [now] => now,
                _ => PlaceId(at),
            };
            // In the place where it was, and in what that place is today.
            let was = place.within;
            let is = was.and_then(|it| match *self.place(it)?.now.as_slice() {
                [now] => Some(now),
                _ => None,
            });
            let mut add = |text: &str, rank: Rank| {
                for within in [Some(was), is.map(Some)].into_iter().flatten() {
                    names.push(Name {
                        within,
                        text: text.into(),
                        rank,
                        place: target,
                    });
                }
            };
            let full = fold(&place.name);
            let (name, short) = if place.current {
                (Rank::Name, Rank::Short)
            } else {
                (Rank::Other, Rank::FormerShort)
            };
            add(&full, name);
            parts(other).for_each(|other| add(&fold(other), Rank::Other));
            if let Some((stem, _)) = shortened(&full) {
                add(stem, short);
            }
        }
        names.sort_unstable();
        names.dedup();
        self.names = names;
    }

    fn place(&self, PlaceId(at): PlaceId) -> Option<&Place> {
        self.places.get(at as usize)
    }

    /// The names in a place that are a text.
    fn named(&self, within: Option<PlaceId>, text: &str) -> &[Name] {
        let key = |name: &Name| (name.within, &*name.text) < (within, text);
        let start = self.names.partition_point(key);
        let rest = self.names.get(start..).unwrap_or_default();
        let same = rest
            .iter()
            .take_while(|name| name.within == within && *name.text == *text);
        rest.get(..same.count()).unwrap_or_default()
    }

    /// The names in a place, in order.
    fn inside(&self, within: Option<PlaceId>) -> impl Iterator<Item = &Name> {
        let start = self.names.partition_point(|name| name.within < within);
        let rest = self.names.iter().skip(start);
        rest.take_while(move |name| name.within == within)
    }

    /// Where a folded name leads from a place.
    fn step(&self, here: Option<PlaceId>, text: &str) -> Step {
        let found = self.best(here, text);
        if let Some(step) = self.decided(&found) {
            return step;
        }
        if here.is_some_and(|here| self.is_named(here, text)) {
            return Step::Stay;
        }
        // 北京市朝阳区, 河北省安新县: the level between is left out.
        self.decided(&self.below(here, text))
            .or_else(|| self.decided(&self.shorter(here, text)))
            .unwrap_or(Step::Nowhere)
    }

    /// Whether a text is a name of a place.
    fn is_named(&self, place: PlaceId, text: &str) -> bool {
        let within = self.place(place).and_then(|place| place.within);
        self.named(within, text)
            .iter()
            .any(|name| name.place == place)
    }

    fn decided(&self, found: &[PlaceId]) -> Option<Step> {
        let is_group = |id: PlaceId| self.place(id).is_some_and(|place| place.level == GROUP);
        match *found {
            [] => None,
            [place] if is_group(place) => Some(Step::Stay),
            [place] => Some(Step::To(place)),
            _ => Some(Step::Several(found.to_vec())),
        }
    }

    /// The places in another that a name fits best.
    fn best(&self, within: Option<PlaceId>, text: &str) -> Vec<PlaceId> {
        let names = self.named(within, text);
        let rank = names.first().map(|name| name.rank);
        let best = names.iter().take_while(|name| Some(name.rank) == rank);
        let mut places: Vec<PlaceId> = best.map(|name| name.place).collect();
        places.dedup();
        places
    }

    /// The places two levels down with just this name.
    fn below(&self, here: Option<PlaceId>, text: &str) -> Vec<PlaceId> {
        let mut between: Vec<PlaceId> = self.inside(here).map(|name| name.place).collect();
        between.sort_unstable();
        between.dedup();
        let named = between.into_iter().flat_map(|it| {
            let names = self.named(Some(it), text).iter();
            names
                .filter(|name| name.rank < Rank::Short)
                .map(|name| name.place)
        });
        let mut found: Vec<PlaceId> = named.collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// 新疆自治区, 肃北自治县: the places whose name a text has but for its middle.
    fn shorter(&self, here: Option<PlaceId>, text: &str) -> Vec<PlaceId> {
        let Some((stem, ending)) = shortened(text) else {
            return Vec::new();
        };
        let mut found = self.best(here, stem);
        found.retain(|id| self.place(*id).is_some_and(|it| it.name.ends_with(ending)));
        found
    }

    /// The place that a text goes on with, and what is left of it.
    fn begin<'t>(
        &self,
        here: Option<PlaceId>,
        text: &'t str,
    ) -> Option<(Option<PlaceId>, &'t str)> {
        let ends = text.char_indices().map(|(at, c)| at + c.len_utf8());
        let mut ends: Vec<usize> = ends.take(NAME).skip(1).collect();
        ends.reverse();
        let inside = ends.iter().find_map(|end| {
            let name = text.get(..*end)?;
            let own = here.filter(|here| self.is_named(*here, name));
            let found = self
                .decided(&self.best(here, name))
                .or(own.map(|_| Step::Stay));
            let full = self
                .named(here, name)
                .first()
                .is_none_or(|name| name.rank < Rank::Short);
            Some((*end, found?, full))
        });
        // A short form may be the beginning of a finer place: 兰州, of 兰州新区.
        let least = match inside {
            Some((_, _, true)) => usize::MAX,
            Some((end, ..)) => end,
            None => 0,
        };
        let longer = ends.iter().take_while(|end| **end > least).find_map(|end| {
            let found = self.below(here, text.get(..*end)?);
            Some((*end, self.decided(&found)?))
        });
        let (end, step) = longer.or(inside.map(|(end, step, _)| (end, step)))?;
        let rest = text.get(end..)?;
        match step {
            Step::To(place) => Some((Some(place), rest)),
            Step::Stay => Some((here, rest)),
            Step::Several(_) | Step::Nowhere => None,
        }
    }

    /// The places that a place is in and itself, at all levels down to its own.
    fn way(&self, here: Option<PlaceId>) -> Vec<PlaceId> {
        let mut slots = [None; LEVELS.len()];
        let mut next = here;
        while let Some(id) = next {
            let Some(place) = self.place(id) else { break };
            if let Some(slot) = slots.get_mut(place.level) {
                *slot = slot.or(Some(id));
            }
            // Coarser at each step, so it ends.
            next = place
                .within
                .filter(|within| self.place(*within).is_some_and(|it| it.level < place.level));
        }
        let own = here.and_then(|here| self.place(here));
        if own.is_some_and(|place| !place.parted) {
            let level = own.map_or(0, |place| place.level);
            slots.iter_mut().skip(level).for_each(|slot| *slot = here);
        }
        // A level between that is left out is the finer one: 省直辖县.
        let mut finer = None;
        for slot in slots.iter_mut().rev() {
            finer = slot.or(finer);
            *slot = finer;
        }
        slots.into_iter().flatten().collect()
    }

    fn several(&self, within: Option<PlaceId>, name: &str, places: &[PlaceId]) -> Unplaced {
        let like = places.iter().filter_map(|id| self.place(*id));
        Unplaced {
            within: self.way(within),
            name: name.to_owned(),
            like: like.map(|place| place.name.to_string()).collect(),
            several: true,
        }
    }

    fn nowhere(&self, within: Option<PlaceId>, name: &str) -> Unplaced {
        let text = fold(name);
        let known = self.inside(within).map(|known| &*known.text);
        let like = nearest(&text, known).map(|known| self.best(within, known));
        let like = like.into_iter().flatten().filter_map(|id| self.place(id));
        Unplaced {
            within: self.way(within),
            name: name.to_owned(),
            like: like.map(|place| place.name.to_string()).collect(),
            several: false,
        }
    }
}

/// The parts of a cell that holds several.
fn parts(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('|').filter(|part| !part.is_empty())
}

/// A folded name without its ending, and the ending. What is left has two characters or
/// more.
fn shortened(name: &str) -> Option<(&str, &str)> {
    ENDINGS.iter().find_map(|ending| {
        let stem = name.strip_suffix(ending)?;
        (stem.chars().count() > 1).then_some((stem, *ending))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    /// GB/T 2260, with what became of some of its places.
    const TABLE: &str = "code,name,level,within,also,since,until,now
110000,北京市,province,,,,,
110100,北京市,city,110000,市辖区,,,
110102,西城区,county,110100,,,,
110104,宣武区,county,110100,,,2010,110102
110105,朝阳区,county,110100,,,,
130000,河北省,province,,,,,
130600,保定市,city,130000,,,,
130632,安新县,county,130600,,,,
340000,安徽省,province,,,,,
340100,合肥市,city,340000,,,,
340181,巢湖市,county,340100,,2011,,
340200,芜湖市,city,340000,,,,
340225,无为县,county,340200,,2011,,
341400,巢湖市,city,340000,,,2011,340181|340225
341402,居巢区,county,341400,,,2011,340181
420000,湖北省,province,,,,,
422800,恩施土家族苗族自治州,city,420000,恩施州|恩施,,,
422801,恩施市,county,422800,,,,
429000,省直辖县级行政区划,group,420000,省直辖县级行政单位,,,
429004,仙桃市,city,420000,,,,
620000,甘肃省,province,,,,,
620100,兰州市,city,620000,,,,
620102,城关区,county,620100,,,,
620200,嘉峪关市,city,620000,,,,
620800,平凉市,city,620000,,,,
620824,华亭县,county,620800,,,2018,620881
620881,华亭市,county,620800,,2018,,
650000,新疆维吾尔自治区,province,,新疆,,,
654000,伊犁哈萨克自治州,city,650000,伊犁州|伊犁,,,
654002,伊宁市,county,654000,,,,
654021,伊宁县,county,654000,,,,
810000,香港特别行政区,province,,香港,,,
,兰州新区,county,620100,,,,
";

    fn places() -> Places {
        Places::read(TABLE, "places").unwrap()
    }

    fn found(names: &str) -> Result<String, Unplaced> {
        let places = places();
        let way = places.find(names.split(' '))?;
        let names: Vec<&str> = way.iter().map(|place| places.name(*place)).collect();
        Ok(names.join(" "))
    }

    #[test]
    fn a_place_is_found_by_any_of_its_names() {
        for (written, place) in [
            ("甘肃省 兰州市 城关区", "甘肃省 兰州市 城关区"),
            ("甘肃 兰州 城关", "甘肃省 兰州市 城关区"),
            ("⽢肃省 兰\u{200b}州市 城关区", "甘肃省 兰州市 城关区"),
            ("甘肃省 平凉市 华亭县", "甘肃省 平凉市 华亭市"),
            ("甘肃省 平凉 华亭", "甘肃省 平凉市 华亭市"),
            // Cities without counties, however often they are named.
            ("甘肃省 嘉峪关市", "甘肃省 嘉峪关市 嘉峪关市"),
            ("甘肃省 嘉峪关市 嘉峪关市", "甘肃省 嘉峪关市 嘉峪关市"),
            ("湖北省 仙桃市", "湖北省 仙桃市 仙桃市"),
            ("湖北省 省直辖县级行政单位 仙桃市", "湖北省 仙桃市 仙桃市"),
            ("湖北省 仙桃市 仙桃", "湖北省 仙桃市 仙桃市"),
            ("香港", "香港特别行政区 香港特别行政区 香港特别行政区"),
            ("北京市 北京市 朝阳区", "北京市 北京市 朝阳区"),
            ("北京市 市辖区 朝阳区", "北京市 北京市 朝阳区"),
            ("北京市 朝阳区", "北京市 北京市 朝阳区"),
            ("北京市 北京市 宣武区", "北京市 北京市 西城区"),
            ("河北省 安新县", "河北省 保定市 安新县"),
            ("湖北省 恩施 恩施", "湖北省 恩施土家族苗族自治州 恩施市"),
            (
                "湖北省 恩施自治州 恩施市",
                "湖北省 恩施土家族苗族自治州 恩施市",
            ),
            (
                "新疆自治区 伊犁州 伊宁县",
                "新疆维吾尔自治区 伊犁哈萨克自治州 伊宁县",
            ),
            // What became of a place that was divided is known where its part is named.
            ("安徽省 巢湖市 居巢区", "安徽省 合肥市 巢湖市"),
            ("甘肃省 兰州市", "甘肃省 兰州市"),
        ] {
            assert_eq!(found(written).as_deref(), Ok(place), "{written}");
        }
        // A short form is not looked for where a level is left out.
        assert!(found("北京 朝阳").is_err());
    }

    #[test]
    fn what_names_no_place_or_two_is_told() {
        let told = |names: &str| {
            let wrong = found(names).unwrap_err();
            (wrong.name, wrong.like.join("|"), wrong.several)
        };
        let wrong = |name: &str, like: &str| (name.to_owned(), like.to_owned(), false);
        let several = |name: &str, like: &str| (name.to_owned(), like.to_owned(), true);
        assert_eq!(told("甘肃省 平凉市 华停市"), wrong("华停市", "华亭市"));
        assert_eq!(told("甘萧省 兰州市 城关区"), wrong("甘萧省", "甘肃省"));
        assert_eq!(told("甘肃省 兰州市 未名区"), wrong("未名区", ""));
        assert_eq!(told("新疆 伊犁 伊宁"), several("伊宁", "伊宁市|伊宁县"));
        assert_eq!(told("安徽省 巢湖市"), several("巢湖市", "巢湖市|无为县"));
        assert_eq!(told("河南省"), wrong("河南省", "河北省"));
    }

    #[test]
    fn a_text_is_read_into_its_places() {
        let places = places();
        let begun = |text: &str| {
            let (way, rest) = places.begin(text)?;
            let names: Vec<&str> = way.iter().map(|place| places.name(*place)).collect();
            Some(format!("{}/{rest}", names.join(" ")))
        };
        for (text, read) in [
            ("甘肃省兰州市城关区", "甘肃省 兰州市 城关区/"),
            (
                "甘肃省，兰州市，城关区 雁滩路1号",
                "甘肃省 兰州市 城关区/雁滩路1号",
            ),
            ("甘肃兰州城关", "甘肃省 兰州市 城关区/"),
            ("兰州市城关区", "甘肃省 兰州市 城关区/"),
            ("甘肃省兰州新区", "甘肃省 兰州市 兰州新区/"),
            ("北京市朝阳区", "北京市 北京市 朝阳区/"),
            ("北京市北京市朝阳区", "北京市 北京市 朝阳区/"),
            ("北京市市辖区朝阳区", "北京市 北京市 朝阳区/"),
            (
                "湖北省恩施土家族苗族自治州恩施市",
                "湖北省 恩施土家族苗族自治州 恩施市/",
            ),
            ("湖北省仙桃市", "湖北省 仙桃市 仙桃市/"),
            (
                "香港特别行政区",
                "香港特别行政区 香港特别行政区 香港特别行政区/",
            ),
            ("甘肃省嘉峪关市", "甘肃省 嘉峪关市 嘉峪关市/"),
            ("甘肃省兰州市", "甘肃省 兰州市/"),
        ] {
            assert_eq!(begun(text).as_deref(), Some(read), "{text}");
        }
        for none in ["", "火星", "城关区", "省市区"] {
            assert_eq!(begun(none), None, "{none}");
        }
    }

    #[test]
    fn a_code_of_former_times_leads_to_that_of_today() {
        let places = places();
        assert_eq!(places.code_today("620824"), Some("620881"));
        assert_eq!(places.code_today("620102"), Some("620102"));
        assert_eq!(places.code_today("341400"), None);
        assert!(places.has_code("341400"));
        assert_eq!(places.code_today("621100"), None);
        assert!(!places.has_code("621100"));
    }

    #[test]
    fn a_table_that_is_none_is_told_by_line_and_finds_nothing() {
        let lines = |csv: &str| -> Vec<String> {
            let wrong = Places::read(csv, "places").unwrap_err();
            wrong
                .as_slice()
                .iter()
                .map(|it| it.place.to_string())
                .collect()
        };
        let head = "code,name,level,within,also,since,until,now\n";
        assert_eq!(lines("code,name\n620000,甘肃省\n"), ["places, line 1"]);
        let twice = format!("{head}620000,甘肃省,province,,,,,\n620000,甘肃省,province,,,,,\n");
        assert_eq!(lines(&twice), ["places, line 3"]);
        let lost = format!("{head}620100,兰州市,city,620000,,,,\n");
        assert_eq!(lines(&lost), ["places, line 2"]);
        let level = format!("{head}620000,甘肃省,land,,,,,\n");
        assert_eq!(lines(&level), ["places, line 2"]);
        let now = format!("{head}620000,甘肃省,province,,,,2018,999999\n");
        assert_eq!(lines(&now), ["places, line 2"]);
        assert!(
            Places::accepted("nonsense".into())
                .find(["甘肃省"])
                .is_err()
        );
    }
}
