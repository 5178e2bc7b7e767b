//! Finds the rows of a table that concern a record.

use super::near::Shape;
use super::tree::{Key, Node};
use super::{Found, Group, Table, text_at};
use crate::columns::Word;
use crate::fold;
use crate::host::Fault;
use crate::limits;
use crate::order::sort_by;
use crate::places::{PlaceId, Places, Unplaced};
use crate::problem::Code;
use crate::time::{Elapsed, Instant};
use crate::value::{Evidence, Got, Record, Value};
use crate::when::Span;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How many rows of another time are passed over in one step.
const PASSED: usize = 8;
/// What putting a found row in order costs: it is copied and compared.
const SORTED: usize = 16;

/// Where a place is sought.
struct Sought<'n> {
    /// The keys of its names, coarse to fine.
    keys: Vec<Key<'n>>,
    /// How many of them are names that the table of places may know.
    coarse: usize,
    /// Why it is not certain which place it is.
    doubt: Option<Doubt>,
}

#[derive(Debug, Clone)]
struct Doubt {
    fault: Fault,
    /// How many keys are certain.
    certain: usize,
    /// Whether the reason is a name that the table of places does not have.
    unheard: bool,
}

/// A county that another may be, and what is listed in it.
type Kin<'t> = (&'t Node, PlaceId);

/// The rows that were found, and what finding them cost.
type Sight = (Vec<Found>, usize);

/// The coarse names of a place, as far as they are known.
#[derive(Debug, Clone)]
struct Coarse {
    keys: Vec<Key<'static>>,
    /// The places that are certain.
    way: Vec<PlaceId>,
    /// A town of a city without counties, which belongs to the finer text: 长安镇, of 东莞市.
    town: String,
    doubt: Option<Doubt>,
}

impl Coarse {
    fn of(places: &Places, names: &[Option<&str>]) -> Self {
        let depth = names.len();
        let given = names.iter().flatten().copied();
        let keys = |way: &[PlaceId]| way.iter().take(depth).copied().map(Key::Place).collect();
        let unplaced = match places.find(given.clone()) {
            Ok(way) => {
                let name = way.last().map_or("", |place| places.name(*place));
                let doubt = Doubt {
                    fault: Fault::new(Code::PlaceUnfinished).with("name", name),
                    certain: way.len(),
                    unheard: false,
                };
                return Self {
                    keys: keys(&way),
                    doubt: (way.len() < depth).then_some(doubt),
                    way,
                    town: String::new(),
                };
            }
            Err(unplaced) => unplaced,
        };
        // The names before the one that is none are certain.
        let before = given.clone().position(|name| name == unplaced.name);
        let before = before.unwrap_or(0);
        let rest = given.skip(before);
        let way = unplaced.within.clone();
        if !unplaced.several && way.len() == depth {
            return Self {
                keys: keys(&way),
                way,
                town: rest.map(fold).collect(),
                doubt: None,
            };
        }
        let mut keys: Vec<Key<'static>> = keys(way.get(..before.min(way.len())).unwrap_or(&way));
        let doubt = Doubt {
            certain: keys.len(),
            unheard: !unplaced.several,
            fault: unknown(&unplaced),
        };
        keys.extend(rest.map(|name| Key::Text(fold(name).into_owned().into())));
        Self {
            keys,
            way,
            town: String::new(),
            doubt: Some(doubt),
        }
    }
}

/// The coarse names of rows, each sought once: a list repeats them thousands of times.
#[derive(Debug, Default)]
pub(super) struct Heard {
    /// Where each stands, as words stand in a map of texts.
    places: BTreeMap<Arc<str>, Word>,
    coarse: Vec<Coarse>,
}

impl Heard {
    fn of(&mut self, places: &Places, names: &[Option<&str>]) -> Coarse {
        let parts: Vec<&str> = names.iter().map(|name| name.unwrap_or_default()).collect();
        let text: Arc<str> = parts.join("\n").into();
        let known = self.places.get(&text);
        let known = known.and_then(|at| self.coarse.get(usize::try_from(*at).ok()?));
        if let Some(known) = known {
            return known.clone();
        }
        let coarse = Coarse::of(places, names);
        let at = Word::try_from(self.coarse.len()).unwrap_or(Word::MAX);
        self.places.insert(text, at);
        self.coarse.push(coarse.clone());
        coarse
    }
}

impl Table {
    /// Where a row belongs.
    ///
    /// # Errors
    /// If that can be several places.
    pub(super) fn belongs(
        &self,
        heard: &mut Heard,
        names: &[Option<&str>],
    ) -> Result<Vec<Key<'static>>, Fault> {
        let sought = self.sought(names, |places, coarse| heard.of(places, coarse));
        match sought.doubt {
            // A name that only this table has is a place of its own: lists name
            // development zones.
            Some(doubt) if !doubt.unheard && sought.keys.len() > sought.coarse => Err(doubt.fault),
            _ => Ok(sought.keys.into_iter().map(Key::owned).collect()),
        }
    }

    /// The keys of a row that are certain: a row there covers whatever it may mean.
    pub(super) fn certain(&self, heard: &mut Heard, names: &[Option<&str>]) -> Vec<Key<'static>> {
        let mut sought = self.sought(names, |places, coarse| heard.of(places, coarse));
        if let Some(doubt) = sought.doubt.filter(|doubt| !doubt.unheard) {
            sought.keys.truncate(doubt.certain);
        }
        sought.keys.into_iter().map(Key::owned).collect()
    }

    /// The keys of a place's names, coarse to fine: of places that the table of places
    /// knows, what they are; of others, the folded names.
    fn sought<'n>(
        &self,
        names: &[Option<&'n str>],
        seek: impl FnOnce(&Places, &[Option<&str>]) -> Coarse,
    ) -> Sought<'n> {
        let (coarse, fine) = names.split_at(self.object.places.min(names.len()));
        let places = self.places.as_ref().filter(|_| !coarse.is_empty());
        let Some(places) = places else {
            let names = names.iter().map_while(|name| *name);
            return Sought {
                keys: names.map(|name| Key::Text(fold(name))).collect(),
                coarse: 0,
                doubt: None,
            };
        };
        let known = seek(places, coarse);
        let mut fine = fine.iter().map_while(|name| *name);
        let mut keys: Vec<Key<'n>> = known.keys;
        let coarse = keys.len();
        if !known.town.is_empty() {
            let street = fine.next().map(fold).unwrap_or_default();
            keys.push(Key::Text((known.town + &street).into()));
        }
        keys.extend(fine.map(|name| Key::Text(places.without(&known.way, name))));
        Sought {
            keys,
            coarse,
            doubt: known.doubt,
        }
    }

    /// The rows whose place covers the one with these names, cut to a span, in the order of
    /// what they say.
    ///
    /// # Errors
    /// If it is not certain which place that is, and a row may concern it.
    pub(crate) fn covering(&self, stay: Span, names: &[Option<&str>]) -> Result<Sight, Fault> {
        let sought = self.sought(names, Coarse::of);
        let way: Vec<usize> = self.tree.way(&sought.keys).collect();
        let (met, whole) = (way.len(), sought.keys.len());
        if let Some(doubt) = sought.doubt
            && !(doubt.unheard && met >= sought.coarse)
        {
            let clear = self.clear(&sought.keys, doubt, stay);
            return clear.map(|()| (Vec::new(), 1));
        }
        let mut cost = 16;
        let county = sought.coarse.checked_sub(1);
        if let Some(county) = county.and_then(|at| sought.keys.get(at)) {
            let kin = self.kin(county);
            self.parted(stay, county, &kin)?;
            let fine = met < whole && whole > sought.coarse;
            let near = fine.then(|| self.near(stay, &sought.keys, &kin, &mut cost));
            if let Some(listed) = near.flatten() {
                let name = names.last().copied().flatten().unwrap_or_default();
                let fault = Fault::new(Code::PlaceNear).with("name", name);
                return Err(fault.with("like", listed));
            }
        }
        let mut found: Vec<Found> = Vec::new();
        for place in way.iter().filter_map(|at| self.tree.get(*at)) {
            let (rows, looked) = place.meeting(stay, &self.spans);
            cost += looked;
            found.extend(rows.map(|(number, span)| Found {
                cells: number * self.object.fields.len(),
                span,
                row: Some(number),
            }));
        }
        if found.len() > limits::LIST_LENGTH {
            return Err(Fault::new(Code::RuleSize).with("limit", limits::LIST_LENGTH));
        }
        if found.len() > 1 {
            cost += found.len() * SORTED;
            let cut = |found: &Found| {
                let row = found.row.and_then(|number| self.rows.get(number));
                let mut row = row.cloned().unwrap_or_default();
                self.set_span(&mut row, Some(found.span));
                (row, found.row)
            };
            let mut keyed: Vec<_> = found.iter().map(|found| (cut(found), *found)).collect();
            sort_by(&mut keyed, |(a, _), (b, _)| a.cmp(b));
            found = keyed.into_iter().map(|(_, found)| found).collect();
        }
        cost += found.len();
        Ok((found, cost))
    }

    /// The groups of rows of every place that agrees with these names, cut to a span, and
    /// what finding them cost.
    ///
    /// # Errors
    /// If it is not certain which place that is, and a row may concern it.
    pub(crate) fn surrounding(&self, stay: Span, names: &[Option<&str>]) -> Result<Sight, Fault> {
        let groups = self.groups(stay, names)?;
        let found = groups.iter().flat_map(|group| {
            group.within(stay).map(|span| Found {
                cells: group.cells,
                span,
                row: None,
            })
        });
        let found: Vec<Found> = found.take(limits::LIST_LENGTH + 1).collect();
        let cost = groups.len() + found.len();
        Ok((found, cost))
    }

    /// The groups of rows of every place that agrees with these names.
    fn groups(&self, stay: Span, names: &[Option<&str>]) -> Result<&[Group], Fault> {
        let sought = self.sought(names, Coarse::of);
        let mut way = self.tree.way(&sought.keys);
        let place = way.nth(names.len().saturating_sub(1));
        match (place.and_then(|at| self.tree.get(at)), sought.doubt) {
            (Some(place), _) => Ok(&place.groups),
            (None, Some(doubt)) => {
                let clear = self.clear(&sought.keys, doubt, stay);
                clear.map(|()| &[][..])
            }
            (None, None) => Ok(&[]),
        }
    }

    /// What else a county can be that was divided, or that has a part of one.
    fn kin(&self, county: &Key<'_>) -> Vec<Kin<'_>> {
        let (Some(places), Key::Place(place)) = (&self.places, county) else {
            return Vec::new();
        };
        let kin = places.kin(*place);
        let node = |way: Vec<PlaceId>| {
            let last = *way.last()?;
            let keys: Vec<Key<'_>> = way.into_iter().map(Key::Place).collect();
            Some((self.tree.at(&keys)?, last))
        };
        kin.filter_map(node).collect()
    }

    /// Refuses a county if all of another is listed that it may be.
    fn parted(&self, stay: Span, county: &Key<'_>, kin: &[Kin<'_>]) -> Result<(), Fault> {
        let listed = kin.iter().find(|(node, _)| self.is_now(node, stay));
        match (&self.places, listed, county) {
            (Some(places), Some((_, listed)), Key::Place(place)) => {
                let fault = Fault::new(Code::PlaceSeveral).with("name", places.name(*place));
                Err(fault.with("like", places.name(*listed)))
            }
            _ => Ok(()),
        }
    }

    /// Whether a row of just this place meets a span.
    fn is_now(&self, node: &Node, stay: Span) -> bool {
        node.meeting(stay, &self.spans).0.next().is_some()
    }

    /// Where no row in what is certain of a place meets a span, the rest need not be known.
    fn clear(&self, keys: &[Key<'_>], doubt: Doubt, stay: Span) -> Result<(), Fault> {
        let certain = keys.get(..doubt.certain).unwrap_or_default();
        let groups = self.tree.at(certain).map_or(&[][..], |place| &place.groups);
        let mut met = groups.iter().flat_map(|group| group.within(stay));
        met.next().map_or(Ok(()), |_| Err(doubt.fault))
    }

    /// A listed place, at a time that meets a span, whose text is nearly that of the last
    /// key. It is sought in the same county and in areas that only the table knows: these
    /// lie across counties.
    fn near<'t>(
        &'t self,
        stay: Span,
        keys: &[Key<'_>],
        kin: &[Kin<'t>],
        cost: &mut usize,
    ) -> Option<&'t str> {
        let (Key::Text(text), coarse) = keys.split_last()? else {
            return None;
        };
        let (county, around) = coarse.split_last()?;
        let crosses = |key: &Key<'_>| match key {
            Key::Place(place) => self.places.as_ref().is_some_and(|it| it.is_area(*place)),
            Key::Text(_) => true,
        };
        let anywhere = crosses(county);
        let counties = self.tree.at(around)?.finer.iter();
        let counties = counties.filter(|(key, _)| anywhere || *key == county || crosses(key));
        let counties = counties.filter_map(|(_, at)| self.tree.get(*at));
        let kin = kin.iter().map(|(node, _)| *node);
        let mut listed = counties.chain(kin).flat_map(|county| county.finer.values());
        let shape = Shape::of(text);
        let mut passed = 0;
        let found = listed.find_map(|at| {
            passed += 1;
            let node = self.tree.get(*at).filter(|node| self.is_now(node, stay))?;
            *cost += 1;
            let row = self.rows.get(node.row()?)?;
            shape.is_near(node.shape()).then(|| self.finest(row))?
        });
        *cost += passed / PASSED;
        found
    }

    /// The text of a row's finest key.
    fn finest<'r>(&self, row: &'r [Option<Value>]) -> Option<&'r str> {
        text_at(row, *self.object.key.last()?)
    }
    /// The rows whose place covers that of `record`, each with its span cut to the
    /// record's and both as evidence, and what finding them cost. Rows with no time in
    /// common are left out.
    ///
    /// # Errors
    /// If the record has no span, if one of the key's columns is missing in it, or if its
    /// place is not certain and a row may concern it.
    pub fn during(&self, record: &Record) -> Result<(Vec<Record>, usize), Fault> {
        let stay = span_of(record)?;
        self.at(record, stay)
    }

    /// The rows whose place covers that of `record` on the day that begins at `start`, each
    /// with its span cut to that day, and what finding them cost. The record needs no span
    /// of its own.
    ///
    /// # Errors
    /// If one of the key's columns is missing in the record, or if its place is not
    /// certain and a row may concern it.
    pub fn on_day(&self, record: &Record, start: Instant) -> Result<(Vec<Record>, usize), Fault> {
        self.at(record, day(start))
    }

    fn at(&self, record: &Record, span: Span) -> Result<(Vec<Record>, usize), Fault> {
        let parts = self.parts(record, self.object.key.len())?;
        let (found, cost) = self.covering(span, &parts)?;
        let cut = found.into_iter().filter_map(|found| {
            let number = found.row?;
            let mut evidence = record.evidence().to_vec();
            evidence.push(Evidence {
                table: self.number,
                row: u32::try_from(number).unwrap_or(u32::MAX),
            });
            Some(self.with_span(self.rows.get(number)?.clone(), found.span, evidence))
        });
        Ok((cut.collect(), cost))
    }

    /// The rows of every place that agrees with `record` down to the key column
    /// `column`, cut to the record's span. The spans of rows that otherwise say the same
    /// are joined. Also what finding them cost.
    ///
    /// # Errors
    /// If `column` is not part of the key, the record has no span, or one of the key's
    /// columns down to `column` is missing in it.
    pub fn around(&self, record: &Record, column: &str) -> Result<(Vec<Record>, usize), Fault> {
        let mut names = self.key_names();
        let depth = names.position(|name| name == column);
        let depth = depth.ok_or_else(|| Fault::new(Code::RuleColumn).with("name", column))?;
        let parts = self.parts(record, depth + 1)?;
        let stay = span_of(record)?;
        let groups = self.groups(stay, &parts)?;
        let cut = groups.iter().flat_map(|group| {
            group.within(stay).map(|span| {
                let evidence = record.evidence().to_vec();
                self.with_span(group.row.clone(), span, evidence)
            })
        });
        let cut: Vec<Record> = cut.take(limits::LIST_LENGTH + 1).collect();
        let cost = groups.len() + cut.len();
        Ok((cut, cost))
    }

    /// A record's place, coarsest part first, `depth` parts long. Names of places may be
    /// left out; what is finer may not.
    fn parts<'r>(&self, record: &'r Record, depth: usize) -> Result<Vec<Option<&'r str>>, Fault> {
        let part = |(at, name): (usize, &str)| match record.text(name) {
            Some(part) => Ok(Some(&**part)),
            None if at < self.object.places && record.object().position(name).is_some() => Ok(None),
            None => Err(Fault::new(Code::RuleColumn).with("name", name)),
        };
        self.key_names().take(depth).enumerate().map(part).collect()
    }
}

/// The record's span, by the `x-span` of its schema.
fn span_of(record: &Record) -> Result<Span, Fault> {
    let no_span = || Fault::new(Code::RuleColumn).with("name", "x-span");
    let (from, until) = record.object().span.as_ref().ok_or_else(no_span)?;
    let end = match record.get(until) {
        Got::Value(Value::Instant(instant)) => Some(*instant),
        _ => None,
    };
    let start: Instant = record.instant(from).ok_or_else(no_span)?;
    stay(start, end).ok_or_else(no_span)
}

/// The day that begins at an instant.
pub(crate) fn day(start: Instant) -> Span {
    let end = start.plus(Elapsed::seconds(24 * 60 * 60));
    Span::new(Some(start), end).unwrap_or(Span::ALWAYS)
}

/// The span of a record. A stay that ends when it begins covers that one second.
pub(crate) fn stay(start: Instant, end: Option<Instant>) -> Option<Span> {
    let end = end.map(|end| end.max(start));
    Span::new(Some(start), end).or_else(|| Span::new(Some(start), start.plus(Elapsed::seconds(1))))
}

/// The fault of a name that is no place, or can be several.
fn unknown(unplaced: &Unplaced) -> Fault {
    let code = if unplaced.several {
        Code::PlaceSeveral
    } else {
        Code::PlaceUnknown
    };
    let like = match unplaced.like.as_slice() {
        [] => "—".to_owned(),
        like => like.join(", "),
    };
    let fault = Fault::new(code).with("name", &unplaced.name);
    fault.with("like", like)
}
