//! An invented population as files.

use super::Plan;
use crate::files::Trouble;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Persons of a file, at most.
const FILE: u64 = 500_000;
/// Persons of a batch.
const BATCH: u64 = 16_384;

impl Plan {
    /// Writes everybody as Parquet, county by county, into folders such as
    /// `county=620102`; and beside them `risk_areas.csv`, and `monitor.ndjson` for the
    /// monitor. `told` hears how many persons are written.
    ///
    /// # Errors
    /// The first file that cannot be written.
    pub fn write(
        &self,
        out: &Path,
        threads: usize,
        told: &(dyn Fn(u64) + Sync),
    ) -> Result<(), Trouble> {
        fs::create_dir_all(out).map_err(|error| Trouble::io(out, &error))?;
        let path = out.join("risk_areas.csv");
        fs::write(&path, self.risk_areas()).map_err(|error| Trouble::io(&path, &error))?;
        let path = out.join("monitor.ndjson");
        let written = File::create(&path).and_then(|file| {
            let mut file = BufWriter::new(file);
            self.feed(&mut file)?;
            file.flush()
        });
        written.map_err(|error| Trouble::io(&path, &error))?;
        let mut pieces = VecDeque::new();
        for (county, persons) in self.counties() {
            let folder = out.join(format!("county={county}"));
            fs::create_dir_all(&folder).map_err(|error| Trouble::io(&folder, &error))?;
            let starts = (persons.start..persons.end).step_by(usize::try_from(FILE).unwrap_or(1));
            for (number, start) in starts.enumerate() {
                let path = folder.join(format!("{number:04}.parquet"));
                pieces.push_back((path, start..(start + FILE).min(persons.end)));
            }
        }
        let shared = Mutex::new((pieces, 0_u64, None));
        let lock = || shared.lock().unwrap_or_else(PoisonError::into_inner);
        let work = || {
            loop {
                let Some((path, persons)) = lock().0.pop_front() else {
                    return;
                };
                let heard = |count: u64| {
                    let mut shared = lock();
                    shared.1 += count;
                    let count = shared.1;
                    drop(shared);
                    told(count);
                };
                if let Err(trouble) = self.file(&path, &persons, &heard) {
                    let mut shared = lock();
                    shared.0.clear();
                    shared.2.get_or_insert(trouble);
                }
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..threads.max(1) {
                scope.spawn(work);
            }
        });
        let (_, _, trouble) = shared.into_inner().unwrap_or_else(PoisonError::into_inner);
        trouble.map_or(Ok(()), Err)
    }

    fn file(
        &self,
        path: &PathBuf,
        persons: &Range<u64>,
        heard: &dyn Fn(u64),
    ) -> Result<(), Trouble> {
        let file = File::create(path).map_err(|error| Trouble::io(path, &error))?;
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY);
        let schema = self.schema().clone();
        let failed = |error: &dyn std::fmt::Display| Trouble::parquet(path, error);
        let mut writer = ArrowWriter::try_new(file, schema, Some(properties.build()))
            .map_err(|error| failed(&error))?;
        let mut start = persons.start;
        while start < persons.end {
            let end = (start + BATCH).min(persons.end);
            let batch = self.batch(start..end).map_err(|error| failed(&error))?;
            writer.write(&batch).map_err(|error| failed(&error))?;
            heard(end - start);
            start = end;
        }
        writer.close().map(drop).map_err(|error| failed(&error))
    }
}
