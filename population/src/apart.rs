//! For how long two timelines differ.

use arrow::array::{Array, AsArray, ListArray, StringArray, StructArray};
use arrow::datatypes::{Int32Type, TimestampSecondType};

/// The segments of a column, by row.
struct Segments<'a> {
    lists: &'a ListArray,
    from: &'a [i64],
    until: &'a [i64],
    levels: &'a [i32],
    names: &'a StringArray,
}

impl<'a> Segments<'a> {
    fn of(column: &'a StructArray) -> Option<Self> {
        let lists: &ListArray = column.column_by_name("segments")?.as_list_opt()?;
        let items = lists.values().as_struct_opt()?;
        let times = |name: &str| {
            let array = items.column_by_name(name)?;
            Some(
                array
                    .as_primitive_opt::<TimestampSecondType>()?
                    .values()
                    .as_ref(),
            )
        };
        let levels = items
            .column_by_name("level")?
            .as_dictionary_opt::<Int32Type>()?;
        Some(Self {
            lists,
            from: times("from")?,
            until: times("until")?,
            levels: levels.keys().values(),
            names: levels.values().as_string_opt()?,
        })
    }

    /// From when until when each level holds.
    fn row(&self, row: usize) -> impl Iterator<Item = (i64, i64, &str)> {
        let bound = |at: usize| self.lists.value_offsets().get(at).copied().unwrap_or(0);
        let place = |at: i32| usize::try_from(at).unwrap_or(0);
        let is_there = self.lists.is_valid(row);
        let rows = place(bound(row))..place(bound(row + 1));
        rows.filter(move |_| is_there).filter_map(|at| {
            let key = usize::try_from(*self.levels.get(at)?).ok()?;
            let name = (key < self.names.len()).then(|| self.names.value(key))?;
            Some((*self.from.get(at)?, *self.until.get(at)?, name))
        })
    }
}

/// For each row, for how many seconds the levels of two columns differ. An end that is open
/// counts for nothing: ask for a window.
pub(crate) fn seconds_apart(columns: &[&StructArray]) -> Vec<u64> {
    let [a, b] = columns else {
        return Vec::new();
    };
    let rows = a.len();
    let Some((a, b)) = Segments::of(a).zip(Segments::of(b)) else {
        return Vec::new();
    };
    let seconds = (0..rows).map(|row| {
        let mut apart = 0_i64;
        for (from, until, level) in a.row(row) {
            for (from_b, until_b, other) in b.row(row) {
                let both = until.min(until_b).saturating_sub(from.max(from_b));
                if level != other && both > 0 {
                    apart = apart.saturating_add(both);
                }
            }
        }
        u64::try_from(apart).unwrap_or(0)
    });
    seconds.collect()
}
