//! Reference tables as rows of text, so that rows can be invented, removed and shown.
//! Deciding with them is left to the core.

use longma_core::order::Gather;
use longma_core::{Catalogue, Problems, References};
use std::collections::{BTreeMap, BTreeSet};

/// Tables by name.
pub type Tables = BTreeMap<String, Rows>;

/// The rows of one table. A row has no entry for an empty cell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rows(pub Vec<Row>);

/// One row: texts by column.
pub type Row = BTreeMap<String, String>;

impl Rows {
    /// Reads a CSV, skipping lines that cannot be read; the core refuses those.
    ///
    /// ```
    /// use longma_desk::tables::Rows;
    /// let rows = Rows::read("city,level\n兰州市,high\n西宁市,\n");
    /// assert_eq!(rows.0[1].get("level"), None);
    /// assert_eq!(rows.csv(&rows.columns()), "city,level\n兰州市,high\n西宁市,\n");
    /// ```
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
                .into_map()
        };
        Self(reader.records().filter_map(Result::ok).map(row).collect())
    }

    /// The rows as CSV with these columns.
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

    /// The columns that the rows use.
    #[must_use]
    pub fn columns(&self) -> BTreeSet<String> {
        self.0.iter().flat_map(|row| row.keys().cloned()).into_set()
    }
}

/// CSV texts as rows.
#[must_use]
pub fn rows(texts: &BTreeMap<String, String>) -> Tables {
    let texts = texts.iter();
    texts
        .map(|(name, csv)| (name.clone(), Rows::read(csv)))
        .into_map()
}

/// Reads CSV texts, by the names of their tables, into `catalogue`'s form.
///
/// # Errors
/// The problems for which the core refuses a table.
pub fn read(
    catalogue: &Catalogue,
    texts: &BTreeMap<String, String>,
) -> Result<References, Problems> {
    let mut references = References::none();
    for (name, csv) in texts {
        references.insert(catalogue.read_reference(name, csv)?);
    }
    Ok(references)
}

/// The tables as CSV; `columns` has the columns of each table.
pub(crate) fn texts(
    tables: &Tables,
    columns: &BTreeMap<String, BTreeSet<String>>,
) -> BTreeMap<String, String> {
    let none = BTreeSet::new();
    let texts = tables.iter();
    let texts = texts.map(|(name, rows)| {
        let csv = rows.csv(columns.get(name).unwrap_or(&none));
        (name.clone(), csv)
    });
    texts.into_map()
}

/// Reads tables into `catalogue`'s form; `columns` has the columns of each table.
///
/// # Errors
/// The problems for which the core refuses a table.
pub fn references(
    catalogue: &Catalogue,
    tables: &Tables,
    columns: &BTreeMap<String, BTreeSet<String>>,
) -> Result<References, Problems> {
    read(catalogue, &texts(tables, columns))
}
