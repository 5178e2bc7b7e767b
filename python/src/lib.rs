//! Longma from Python.
//!
//! A [`Catalogue`](catalogue::Catalogue) holds rule packs and reference tables and decides
//! about whatever offers Arrow columns: `PyArrow`, Polars, pandas, Daft. Columns cross the
//! border by the Arrow C Data Interface, so nothing is copied on the way in or out.
//!
//! This crate only converts: arguments into a question, columns into batches, problems into
//! exceptions. Everything that is decided is decided by `longma-population`, and `explain`
//! asks the engine that decides one person at a time. Exceptions name the place, what was
//! expected and what to do; no panic is one of them.
//!
//! Left out: compiled packs are read and not written (`longma bundle` writes them), and files
//! of facts are left to the libraries that have the data anyway.

mod arrays;
mod catalogue;
mod errors;
mod facts;
mod files;
mod question;
mod run;

use pyo3::prelude::*;

/// Decides statuses of whole populations by rule packs.
#[pymodule]
fn longma(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    module.add_class::<catalogue::Catalogue>()?;
    module.add("LongmaError", py.get_type::<errors::LongmaError>())?;
    module.add("PacksError", py.get_type::<errors::PacksError>())?;
    module.add("TablesError", py.get_type::<errors::TablesError>())?;
    module.add("QuestionError", py.get_type::<errors::QuestionError>())?;
    module.add("FactsError", py.get_type::<errors::FactsError>())?;
    module.add("FactsWarning", py.get_type::<errors::FactsWarning>())?;
    module.add("__version__", env!("CARGO_PKG_VERSION"))
}
