//! Parquet files and folders as tables.
//!
//! Whatever a query would stumble over half-way, or count too few people by, is looked for
//! when the table is registered: a file that is cut off, one that holds other types, a
//! partition's folder that is empty or lies at another depth. The engine does not say which
//! file it was, or counts without it.

use crate::code::{self, Code};
use crate::error::{Error, Result};
use datafusion::arrow::datatypes::{DataType, Schema, SchemaRef};
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{
    ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl,
};
use datafusion::parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use datafusion::prelude::SessionContext;
use longma_core::Localized;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How the names of files end.
const EXTENSION: &str = ".parquet";

/// The table of the files at `path`: a file, a folder, or a URL of an object store that the
/// context knows.
pub(crate) async fn table(context: &SessionContext, path: &str) -> Result<ListingTable> {
    let is_local = !path.contains("://");
    let keys = if is_local {
        Some(local(Path::new(path))?)
    } else {
        None
    };
    let is_folder = is_local && Path::new(path).is_dir();
    let slash = if is_folder && !path.ends_with('/') {
        "/"
    } else {
        ""
    };
    let url = ListingTableUrl::parse(format!("{path}{slash}"))?;
    let format = ParquetFormat::default().with_enable_pruning(true);
    // A file that is named itself may be called anything.
    let extension = if is_local && !is_folder {
        ""
    } else {
        EXTENSION
    };
    let mut options = ListingOptions::new(Arc::new(format)).with_file_extension(extension);
    let state = context.state();
    let keys = match keys {
        Some(keys) => keys,
        None => options.infer_partitions(&state, &url).await?,
    };
    let text = || DataType::Dictionary(Box::new(DataType::UInt16), Box::new(DataType::Utf8));
    options =
        options.with_table_partition_cols(keys.into_iter().map(|key| (key, text())).collect());
    let schema = options.infer_schema(&state, &url).await?;
    let config = ListingTableConfig::new(url)
        .with_listing_options(options)
        .with_schema(schema);
    Ok(ListingTable::try_new(config)?)
}

/// Checks the files at a path of this machine; the names of the partitions' columns.
fn local(path: &Path) -> Result<Vec<String>> {
    let shown = || path.display();
    if !path.exists() {
        return Err(Error::new(Code::PathMissing).with("path", shown()));
    }
    let mut found = Found::default();
    if path.is_dir() {
        found.folder(path, &mut Vec::new())?;
    } else {
        found.files.push(path.to_owned());
    }
    found.check()?;
    Ok(found.keys.unwrap_or_default())
}

/// The files of a folder.
#[derive(Default)]
struct Found {
    files: Vec<PathBuf>,
    /// The names of partitions above the first file.
    keys: Option<Vec<String>>,
}

impl Found {
    fn folder(&mut self, path: &Path, above: &mut Vec<String>) -> Result<()> {
        let unread = |error| {
            let error: std::io::Error = error;
            Error::new(Code::Io)
                .with("path", path.display())
                .with("why", error)
        };
        let entries = fs::read_dir(path).map_err(unread)?;
        let mut entries: Vec<PathBuf> = entries
            .map(|it| it.map(|it| it.path()))
            .collect::<std::io::Result<_>>()
            .map_err(unread)?;
        entries.sort();
        let mut is_empty = true;
        for entry in entries {
            let name = entry.file_name().unwrap_or_default().to_string_lossy();
            // What begins so is hidden or another program's: `_temporary`, `.crc`.
            if name.starts_with(['.', '_']) {
                continue;
            }
            if entry.is_dir() {
                let (key, _) = name.split_once('=').unwrap_or((&name, ""));
                above.push(key.to_owned());
                self.folder(&entry, above)?;
                above.pop();
                is_empty = false;
            } else if name.ends_with(EXTENSION) {
                self.level(path, above)?;
                self.files.push(entry);
                is_empty = false;
            }
        }
        if is_empty {
            return Err(Error::new(Code::FolderEmpty).with("path", path.display()));
        }
        Ok(())
    }

    /// Every file lies in folders of the same kinds.
    fn level(&mut self, path: &Path, above: &[String]) -> Result<()> {
        let keys = self.keys.get_or_insert_with(|| above.to_vec());
        if keys == above {
            return Ok(());
        }
        let folders: Vec<String> = keys.iter().map(|it| format!("{it}=…")).collect();
        let expected = if folders.is_empty() {
            code::words("folder-none")
        } else {
            Localized::same(folders.join("/"))
        };
        Err(Error::new(Code::FolderMixed)
            .with("path", path.display())
            .with("expected", expected))
    }

    /// Reads the end of every file, where Parquet says what is in it.
    fn check(&self) -> Result<()> {
        let mut first: Option<(&Path, SchemaRef)> = None;
        let mut wrong = Vec::new();
        for path in &self.files {
            let schema = match schema(path) {
                Ok(schema) => schema,
                Err(error) => {
                    wrong.push(error);
                    continue;
                }
            };
            match &first {
                None => first = Some((path, schema)),
                Some((other, expected)) => wrong.extend(differs(path, &schema, other, expected)),
            }
        }
        Error::all(wrong).map_or(Ok(()), Err)
    }
}

fn schema(path: &Path) -> Result<SchemaRef> {
    let unread = |why: &dyn std::fmt::Display| {
        Error::new(Code::FileUnread)
            .with("path", path.display())
            .with("why", why)
    };
    let file = fs::File::open(path).map_err(|error| {
        Error::new(Code::Io)
            .with("path", path.display())
            .with("why", error)
    })?;
    let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new());
    let metadata = metadata.map_err(|error| unread(&error))?;
    Ok(Arc::clone(metadata.schema()))
}

/// The columns whose types differ from those of the first file.
fn differs(path: &Path, schema: &Schema, first: &Path, expected: &Schema) -> Vec<Error> {
    let fields = schema.fields().iter();
    let wrong = fields.filter_map(|field| {
        let (_, other) = expected.column_with_name(field.name())?;
        (other.data_type() != field.data_type()).then(|| {
            Error::new(Code::FileOther)
                .with("path", path.display())
                .with("column", field.name())
                .with("expected", other.data_type())
                .with("first", first.display())
                .with("found", field.data_type())
        })
    });
    wrong.collect()
}
