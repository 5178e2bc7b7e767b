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
use longma_population::files::{Part, Trouble, parts};
use std::fs;
use std::path::Path;
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
    if !path.exists() {
        return Err(Error::new(Code::PathMissing).with("path", path.display()));
    }
    let (parts, empty) = parts(path).map_err(|it| told(&it))?;
    if let Some(error) = Error::all(empty.iter().map(told)) {
        return Err(error);
    }
    let keys = keys(&parts)?;
    check(&parts)?;
    Ok(keys)
}

fn told(trouble: &Trouble) -> Error {
    let (code, why) = match trouble {
        Trouble::Io { why, .. } => (Code::Io, why.as_str()),
        Trouble::NotParquet { why, .. } => (Code::FileUnread, why.as_str()),
        _ => (Code::FolderEmpty, ""),
    };
    let path = trouble.path().display();
    Error::new(code).with("path", path).with("why", why)
}

/// The names of partitions above every file, which are the same for all.
fn keys(parts: &[Part]) -> Result<Vec<String>> {
    let keys = |part: &Part| -> Vec<String> {
        let keys = part.labels.iter();
        keys.map(|(key, _)| key.clone()).collect()
    };
    let first = parts.first().map(keys).unwrap_or_default();
    // A folder that is no partition is in a part's name, and in no label.
    let is_other =
        |part: &&Part| keys(part) != first || part.name.matches('/').count() != first.len();
    let Some(other) = parts.iter().find(is_other) else {
        return Ok(first);
    };
    let folders: Vec<String> = first.iter().map(|it| format!("{it}=…")).collect();
    let expected = if folders.is_empty() {
        code::words("folder-none")
    } else {
        Localized::same(folders.join("/"))
    };
    let folder = other.path.parent().unwrap_or(&other.path);
    Err(Error::new(Code::FolderMixed)
        .with("path", folder.display())
        .with("expected", expected))
}

/// Reads the end of every file, where Parquet says what is in it.
fn check(parts: &[Part]) -> Result<()> {
    let mut first: Option<(&Path, SchemaRef)> = None;
    let mut wrong = Vec::new();
    for Part { path, .. } in parts {
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
