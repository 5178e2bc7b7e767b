//! Compiled packs and reference tables, from the files that a command names.

use crate::code::Code;
use crate::error::{Error, Result};
use crate::packs::Packs;
use longma_core::limits::REFERENCE_BYTES;
use longma_core::{Catalogue, Problems, References, packed};
use std::fs;
use std::sync::Arc;

/// Where a scheduler or an executor has its packs from.
#[derive(Debug, Clone, clap::Args)]
pub struct From {
    /// Compiled packs, as `longma bundle --out rules.longma` writes them: `file`, or `name=file`,
    /// once for each set
    #[arg(long, env = "LONGMA_PACKS", value_delimiter = ',', required = true)]
    packs: Vec<String>,
    /// A reference table, for all packs that read it: `table=file.csv`
    #[arg(long, env = "LONGMA_REFERENCES", value_delimiter = ',')]
    reference: Vec<String>,
}

impl From {
    /// Loads them.
    ///
    /// # Errors
    /// Every file that cannot be read or is not what it should be.
    pub fn load(&self) -> Result<Packs> {
        let mut all = Packs::new();
        let mut read = vec![false; self.reference.len()];
        for text in &self.packs {
            let (name, path) = text.split_once('=').unwrap_or(("", text));
            let bytes = fs::read(path).map_err(|why| unread(path, &why))?;
            let catalogue = packed::read(&bytes);
            let catalogue = catalogue.map_err(|it| within(path, it))?;
            let references = self.references(&catalogue, &mut read)?;
            all = all.with(name, Arc::new(catalogue), Arc::new(references));
        }
        let unknown = self.reference.iter().zip(read).filter(|(_, read)| !read);
        let unknown = unknown.map(|(text, _)| unread(text, &"no pack reads a table of this name"));
        Error::all(unknown).map_or(Ok(all), Err)
    }

    fn references(&self, catalogue: &Catalogue, read: &mut [bool]) -> Result<References> {
        let mut references = References::none();
        let known = catalogue.columns();
        for (text, read) in self.reference.iter().zip(read) {
            let Some((name, path)) = text.split_once('=') else {
                return Err(unread(text, &"expected `table=file.csv`"));
            };
            if !known.contains_key(name) {
                continue;
            }
            *read = true;
            let size = fs::metadata(path).map_err(|why| unread(path, &why))?.len();
            if size > u64::try_from(REFERENCE_BYTES).unwrap_or(u64::MAX) {
                return Err(unread(
                    path,
                    &format!("longer than {REFERENCE_BYTES} bytes"),
                ));
            }
            let csv = fs::read_to_string(path).map_err(|why| unread(path, &why))?;
            let table = catalogue.read_reference(name, &csv);
            references.insert(table.map_err(|it| within(path, it))?);
        }
        Ok(references)
    }
}

/// What is wrong in a file.
fn within(path: &str, problems: Problems) -> Error {
    let why = Error::from(problems);
    unread(path, &why)
}

fn unread(path: &str, why: &dyn std::fmt::Display) -> Error {
    Error::new(Code::Io).with("path", path).with("why", why)
}
