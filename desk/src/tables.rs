//! Reference tables as rows of text, so that rows can be invented, left out and
//! shown; deciding with them is the core's.

use longma_core::{Catalogue, Problems, References};
use std::collections::{BTreeMap, BTreeSet};

/// Tables by name.
pub type Tables = BTreeMap<String, Rows>;

/// The rows of one table: texts by column, absent ones left out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rows(pub Vec<Row>);

/// One row.
pub type Row = BTreeMap<String, String>;

impl Rows {
    /// Reads a CSV; lines that are none are left to core to refuse.
    #[must_use]
    pub fn read(csv: &str) -> Self {
        let text = csv.strip_prefix('\u{feff}').unwrap_or(csv);
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .from_reader(text.as_bytes());
        let header = reader.headers().cloned().unwrap_or_default();
        let row = |record: csv::StringRecord| {
            let cells = header.iter().zip(record.iter());
            let given = cells.filter(|(_, cell)| !cell.is_empty());
            given
                .map(|(name, cell)| (name.to_owned(), cell.to_owned()))
                .collect()
        };
        Self(reader.records().filter_map(Result::ok).map(row).collect())
    }

    /// The rows as CSV, with the columns of `columns`.
    #[must_use]
    pub fn csv(&self, columns: &BTreeSet<String>) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        // Writing to memory cannot fail.
        let _ = writer.write_record(columns);
        for row in &self.0 {
            let cell = |name| row.get(name).map_or("", String::as_str);
            let _ = writer.write_record(columns.iter().map(cell));
        }
        let bytes = writer.into_inner().unwrap_or_default();
        String::from_utf8(bytes).unwrap_or_default()
    }

    /// The columns that rows fill.
    #[must_use]
    pub fn columns(&self) -> BTreeSet<String> {
        self.0.iter().flat_map(|row| row.keys().cloned()).collect()
    }
}

/// Tables as `catalogue` decides with them; `columns` by table.
///
/// # Errors
/// What core refuses.
pub fn references(
    catalogue: &Catalogue,
    tables: &Tables,
    columns: &BTreeMap<String, BTreeSet<String>>,
) -> Result<References, Problems> {
    let mut references = References::none();
    let none = BTreeSet::new();
    for (name, rows) in tables {
        let csv = rows.csv(columns.get(name).unwrap_or(&none));
        references.insert(catalogue.read_reference(name, &csv)?);
    }
    Ok(references)
}
