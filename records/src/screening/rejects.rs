//! Writes the rows that were not used as a list to correct and submit again.
//!
//! A cell that starts like a formula gets an apostrophe before it, so that no spreadsheet
//! evaluates what somebody wrote into a list. Reading removes it again.

use super::{Finding, Screened};
use crate::code::messages;
use longma_core::{Args, Lang};

/// Characters that start a formula in a spreadsheet, including full-width forms.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// The rows that were not used, as CSV under the list's own headers. Three columns come
/// first: the line, why it was not used, and what to do.
///
/// ```
/// use longma_core::{Instant, Lang};
/// use longma_records::screening::{Asked, rejects, screen};
/// # use longma_compile::{BUNDLE_FORMAT, Bundle};
/// # let schema = include_str!("../../../rules/schema/person.schema.json");
/// # let catalogue = longma_oracle::load(&Bundle {
/// #     longma_bundle: BUNDLE_FORMAT,
/// #     schemas: [("person".to_owned(), schema.to_owned())].into(),
/// #     references: [].into(),
/// #     places: None,
/// #     packs: Vec::new(),
/// # }).unwrap();
/// let asked = Asked {
///     received: Instant::parse("2022-07-10T09:00:00+08:00").unwrap(),
///     region: Some("620102"),
///     references: None,
/// };
/// // Seventeen digits are not a resident's number; `+86…` could be a formula.
/// let list = "姓名,证件号码,手机\n样例,99999919900101001,+8613800000000\n";
/// let screened = screen(&catalogue, list, asked).unwrap();
/// let csv = rejects(&screened, Lang::En);
/// assert!(csv.ends_with("样例,99999919900101001,'+8613800000000\n"));
/// ```
#[must_use]
pub fn rejects(screened: &Screened, lang: Lang) -> String {
    let header = |key: &str| messages().say(key, &Args::NONE).get(lang).to_owned();
    let mut writer = csv::WriterBuilder::new()
        .flexible(true)
        .from_writer(Vec::new());
    let own = ["screen-csv-line", "screen-csv-why", "screen-csv-help"].map(header);
    let headers = screened.columns.headers.iter().map(|it| harmless(it));
    let mut written = writer.write_record(own.into_iter().chain(headers));
    for row in &screened.reported {
        let own = [
            row.line.to_string(),
            told(&row.findings, |it| {
                it.problem.message().get(lang).to_owned()
            }),
            told(&row.findings, |it| {
                let help = it.problem.help();
                help.map(|help| help.get(lang).to_owned())
                    .unwrap_or_default()
            }),
        ];
        let own = own.iter().map(|it| harmless(it));
        let cells = row.cells.iter().map(|it| harmless(it));
        written = written.and_then(|()| writer.write_record(own.chain(cells)));
    }
    // Writing into memory cannot fail, and the cells are valid UTF-8.
    let bytes = written.ok().and_then(|()| writer.into_inner().ok());
    String::from_utf8(bytes.unwrap_or_default()).unwrap_or_default()
}

fn told(findings: &[Finding], of: impl Fn(&Finding) -> String) -> String {
    let mut texts: Vec<String> = findings.iter().map(of).collect();
    texts.dedup();
    texts.join("; ")
}

/// A cell that no spreadsheet evaluates.
fn harmless(cell: &str) -> String {
    if cell.trim_start().starts_with(FORMULA) || cell.starts_with(FORMULA) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}
