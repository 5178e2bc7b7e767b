//! The comparison as a page.
use super::Report;
use longma_core::Lang;
/// page
#[must_use]
pub fn page(_report: &Report, _lang: Lang) -> String {
    String::new()
}
