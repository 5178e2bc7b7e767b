//! The names of places, and where they lead.

use super::rows::{CHANGES, GROUP, LEVELS, Rows, parts};
use super::{PlaceId, Unplaced};
use crate::fold;
use crate::order::{sort, sorted};
use crate::problem::nearest;

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
/// How many places a former one is today at most; further ones would be one too many to
/// choose from all the same.
const PARTED: usize = 32;

#[derive(Debug, Default)]
pub(super) struct Index {
    pub(super) places: Vec<Place>,
    /// A place that was divided and each that has a part of it, both ways round; sorted.
    kin: Vec<(PlaceId, PlaceId)>,
    /// Every name of every place, sorted.
    names: Vec<Name>,
}

#[derive(Debug)]
pub(super) struct Place {
    pub(super) name: Box<str>,
    pub(super) level: usize,
    pub(super) within: Option<PlaceId>,
    /// Whether it is one of today.
    pub(super) current: bool,
    /// What a former place is today.
    pub(super) now: Vec<PlaceId>,
    /// Whether another is in it.
    pub(super) parted: bool,
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
pub(super) enum Step {
    To(PlaceId),
    /// It names the place itself, or a heading.
    Stay,
    Several(Vec<PlaceId>),
    Nowhere,
}

impl Index {
    pub(super) fn of(rows: &Rows) -> Self {
        let mut index = Self::default();
        let names = rows.names.lines().zip(rows.others.split('\n'));
        let mut others = Vec::with_capacity(rows.all.len());
        for (row, (name, other)) in rows.all.iter().zip(names) {
            others.push(other);
            index.places.push(Place {
                name: name.into(),
                level: row.level,
                within: row.within.map(PlaceId),
                current: row.current,
                now: row.now.iter().copied().map(PlaceId).collect(),
                parted: false,
            });
        }
        index.settle();
        let all = (0..).map(PlaceId).zip(&index.places);
        let divided = all.filter(|(_, it)| it.now.len() > 1);
        let pairs = divided.flat_map(|(id, it)| it.now.iter().map(move |now| (id, *now)));
        index.kin = pairs.flat_map(|(a, b)| [(a, b), (b, a)]).collect();
        sort(&mut index.kin);
        index.name(&others);
        index
    }

    /// Follows former places to those of today, and says which places have others in them.
    fn settle(&mut self) {
        for at in 0..self.places.len() {
            let mut now = self
                .places
                .get(at)
                .map(|place| place.now.clone())
                .unwrap_or_default();
            // A circle ends too.
            for _ in 0..CHANGES {
                let further = |id: PlaceId| match self.place(id) {
                    Some(place) if !place.now.is_empty() => place.now.clone(),
                    _ => vec![id],
                };
                now = sorted(now.into_iter().flat_map(further));
                now.truncate(PARTED);
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

    fn name(&mut self, others: &[&str]) {
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
        sort(&mut names);
        names.dedup();
        self.names = names;
    }

    /// What holds a part of a place, or has it as a part, since it or they were divided.
    pub(super) fn kin(&self, place: PlaceId) -> impl Iterator<Item = PlaceId> + '_ {
        let start = self.kin.partition_point(|(of, _)| *of < place);
        let kin = self.kin.iter().skip(start);
        kin.take_while(move |(of, _)| *of == place)
            .map(|(_, kin)| *kin)
    }

    pub(super) fn place(&self, PlaceId(at): PlaceId) -> Option<&Place> {
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
    pub(super) fn step(&self, here: Option<PlaceId>, text: &str) -> Step {
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
        let between = sorted(self.inside(here).map(|name| name.place));
        let named = between.into_iter().flat_map(|it| {
            let names = self.named(Some(it), text).iter();
            names
                .filter(|name| name.rank < Rank::Short)
                .map(|name| name.place)
        });
        sorted(named)
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
    pub(super) fn begin<'t>(
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
    pub(super) fn way(&self, here: Option<PlaceId>) -> Vec<PlaceId> {
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

    pub(super) fn several(
        &self,
        within: Option<PlaceId>,
        name: &str,
        places: &[PlaceId],
    ) -> Unplaced {
        let like = places.iter().filter_map(|id| self.place(*id));
        Unplaced {
            within: self.way(within),
            name: name.to_owned(),
            like: like.map(|place| place.name.to_string()).collect(),
            several: true,
        }
    }

    pub(super) fn nowhere(&self, within: Option<PlaceId>, name: &str) -> Unplaced {
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

/// A folded name without its ending, and the ending. What is left has two characters or
/// more.
fn shortened(name: &str) -> Option<(&str, &str)> {
    ENDINGS.iter().find_map(|ending| {
        let stem = name.strip_suffix(ending)?;
        (stem.chars().count() > 1).then_some((stem, *ending))
    })
}
