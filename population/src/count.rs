//! Counts persons by level.

use crate::apart::seconds_apart;
use crate::decide::{Decided, Question};
use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray, StructArray, UInt64Array};
use arrow::datatypes::{Field, Int32Type, Int64Type, Schema};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The level of whoever was refused, in counts.
pub const REFUSED: &str = "refused";

/// Whom a count is of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Group {
    /// The value of the column by which is counted; empty if there is none.
    pub by: String,
    /// The decision.
    pub decision: String,
    /// The level at the first instant; with two sets of rules, of both.
    pub levels: Vec<String>,
}

/// How many, and for how long.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// Persons.
    pub persons: u64,
    /// With two sets of rules: for how many seconds in the window their levels differ.
    pub seconds: u64,
}

/// What came out of a piece, or of all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Persons.
    pub persons: u64,
    /// Whoever was refused.
    pub refused: u64,
    /// Persons by group, in the order of groups.
    pub counts: Vec<(Group, Count)>,
    /// Seconds by the value counted by, decision, side and level.
    pub seconds: Vec<((String, String, usize, String), u64)>,
}

impl Tally {
    /// The counts as columns: `by`, `decision`, `level` or `before` and `after`, `persons`
    /// and `seconds`.
    #[must_use]
    pub fn columns(&self) -> RecordBatch {
        let texts = |text: &dyn Fn(&Group) -> Option<&str>| -> ArrayRef {
            let texts = self.counts.iter().map(|(group, _)| text(group));
            Arc::new(texts.collect::<StringArray>())
        };
        let numbers = |number: &dyn Fn(&Count) -> u64| -> ArrayRef {
            let numbers = self.counts.iter().map(|(_, count)| number(count));
            Arc::new(UInt64Array::from_iter_values(numbers))
        };
        let sides = self
            .counts
            .first()
            .map_or(1, |(group, _)| group.levels.len());
        let names: &[&str] = if sides > 1 {
            &["before", "after"]
        } else {
            &["level"]
        };
        let mut columns = vec![
            ("by", texts(&|group| Some(&group.by))),
            ("decision", texts(&|group| Some(&group.decision))),
        ];
        columns.extend(names.iter().enumerate().map(|(at, name)| {
            let level = texts(&|group| group.levels.get(at).map(String::as_str));
            (*name, level)
        }));
        columns.push(("persons", numbers(&|count| count.persons)));
        columns.push(("seconds", numbers(&|count| count.seconds)));
        let fields = columns.iter();
        let fields = fields.map(|(name, array)| Field::new(*name, array.data_type().clone(), true));
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let empty = RecordBatch::new_empty(Arc::clone(&schema));
        let arrays = columns.into_iter().map(|(_, array)| array).collect();
        RecordBatch::try_new(schema, arrays).unwrap_or(empty)
    }
}

/// What a batch's counts are of.
struct Of<'a> {
    decision: &'a str,
    groups: Option<&'a StringArray>,
    refused: &'a BTreeSet<usize>,
    apart: Option<&'a [u64]>,
}

impl Of<'_> {
    fn group(&self, row: usize) -> &str {
        let groups = self.groups.filter(|it| it.is_valid(row));
        groups.map_or("", |it| it.value(row))
    }
}

/// The levels of a batch at the first instant.
struct Levels<'a> {
    keys: Option<&'a [i32]>,
    names: Option<&'a StringArray>,
}

impl<'a> Levels<'a> {
    fn of(column: &'a StructArray) -> Self {
        let level = column.column_by_name("level");
        let level = level.and_then(|it| it.as_dictionary_opt::<Int32Type>());
        Self {
            keys: level.map(|it| it.keys().values().as_ref()),
            names: level.and_then(|it| it.values().as_string_opt()),
        }
    }

    fn key(&self, row: usize) -> usize {
        let key = self.keys.and_then(|keys| keys.get(row));
        key.and_then(|key| usize::try_from(*key).ok()).unwrap_or(0)
    }

    fn name(&self, key: usize) -> &str {
        let names = self.names.filter(|names| key < names.len());
        names.map_or("", |names| names.value(key))
    }
}

/// Counts in the making.
#[derive(Debug, Default)]
pub(crate) struct Sum {
    persons: u64,
    refused: u64,
    counts: BTreeMap<Group, Count>,
    seconds: BTreeMap<(String, String, usize, String), u64>,
}

impl Sum {
    /// Adds the persons of a batch.
    pub(crate) fn batch(
        &mut self,
        question: &Question,
        sides: &[Decided],
        groups: Option<&StringArray>,
    ) {
        let Some(first) = sides.first() else { return };
        let rows = first.outcomes.num_rows();
        self.persons += rows as u64;
        let refused: BTreeSet<usize> = sides
            .iter()
            .flat_map(|side| side.refused.iter().map(|it| it.row))
            .collect();
        self.refused += refused.len() as u64;
        for decision in &question.decisions {
            let columns: Vec<&StructArray> = sides
                .iter()
                .filter_map(|side| side.outcomes.column_by_name(decision)?.as_struct_opt())
                .collect();
            let apart = (columns.len() == 2 && question.segments).then(|| seconds_apart(&columns));
            let levels: Vec<Levels> = columns.iter().map(|it| Levels::of(it)).collect();
            let of = Of {
                decision,
                groups,
                refused: &refused,
                apart: apart.as_deref(),
            };
            self.levels(rows, &levels, &of);
            for (side, column) in columns.iter().enumerate() {
                self.seconds(side, column, &of);
            }
        }
    }

    fn levels(&mut self, rows: usize, levels: &[Levels<'_>], of: &Of<'_>) {
        // Neighbours are in one county: names are made once for many.
        let mut met: BTreeMap<(&str, bool, Vec<usize>), Count> = BTreeMap::new();
        for row in 0..rows {
            let is_refused = of.refused.contains(&row);
            let keys = levels
                .iter()
                .map(|it| if is_refused { 0 } else { it.key(row) });
            let count = met
                .entry((of.group(row), is_refused, keys.collect()))
                .or_default();
            count.persons += 1;
            let apart = of.apart.and_then(|it| it.get(row));
            count.seconds = count.seconds.saturating_add(apart.copied().unwrap_or(0));
        }
        for ((by, is_refused, keys), count) in met {
            let names = levels.iter().zip(keys).map(|(levels, key)| {
                let name = if is_refused {
                    REFUSED
                } else {
                    levels.name(key)
                };
                name.to_owned()
            });
            let group = Group {
                by: by.to_owned(),
                decision: of.decision.to_owned(),
                levels: names.collect(),
            };
            self.counted(group, count);
        }
    }

    fn counted(&mut self, group: Group, count: Count) {
        let sum = self.counts.entry(group).or_default();
        sum.persons += count.persons;
        sum.seconds = sum.seconds.saturating_add(count.seconds);
    }

    fn seconds(&mut self, side: usize, column: &StructArray, of: &Of<'_>) {
        let told = column
            .column_by_name("seconds")
            .and_then(|it| it.as_struct_opt());
        let Some(told) = told else { return };
        for (field, array) in told.fields().iter().zip(told.columns()) {
            let Some(array) = array.as_primitive_opt::<Int64Type>() else {
                continue;
            };
            let mut met: BTreeMap<&str, u64> = BTreeMap::new();
            for (row, seconds) in array.iter().enumerate() {
                let seconds = seconds.and_then(|it| u64::try_from(it).ok()).unwrap_or(0);
                let sum = met.entry(of.group(row)).or_default();
                *sum = sum.saturating_add(seconds);
            }
            for (by, seconds) in met {
                let key = (
                    by.to_owned(),
                    of.decision.to_owned(),
                    side,
                    field.name().clone(),
                );
                let sum = self.seconds.entry(key).or_default();
                *sum = sum.saturating_add(seconds);
            }
        }
    }

    pub(crate) fn add(&mut self, tally: Tally) {
        self.persons += tally.persons;
        self.refused += tally.refused;
        for (group, count) in tally.counts {
            self.counted(group, count);
        }
        for (key, seconds) in tally.seconds {
            let sum = self.seconds.entry(key).or_default();
            *sum = sum.saturating_add(seconds);
        }
    }

    pub(crate) fn tally(self) -> Tally {
        Tally {
            persons: self.persons,
            refused: self.refused,
            counts: self.counts.into_iter().collect(),
            seconds: self.seconds.into_iter().collect(),
        }
    }
}
