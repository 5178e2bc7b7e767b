//! Resuming interrupted runs.
//!
//! Next to the results is a journal. Its first line says what the run is made of;
//! each later line, one about every `STRIDE` bytes of input, says how far the run has
//! come: the positions in the input and the outputs, with hashes. Results are forced
//! to disk before the journal names them, so whatever it names is there, even after a
//! power failure. Resuming means finding the last entry that the files still match,
//! cutting everything after it, and reading on from there. A finished run keeps its
//! journal, so that resuming it does nothing and is no error.

use crate::read::people::lines::{Mark, hex};
use longma_desk::html::visible;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, IsTerminal as _, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Bytes of input between entries: about a second of work.
pub(crate) const STRIDE: u64 = 512 * 1024;
/// The most bytes in a line of a journal; a longer line is not ours.
const ENTRY_BYTES: u64 = 1024 * 1024;

/// What a run is made of, by option name. Runs with equal values and equal input
/// write equal bytes.
pub(crate) type Making = BTreeMap<String, String>;

/// The number of persons at each level, by decision.
pub(crate) type Levels = BTreeMap<String, BTreeMap<String, u64>>;

/// The counts so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tally {
    pub(crate) decided: u64,
    pub(crate) refused: u64,
    pub(crate) levels: Levels,
}

/// A position in a file, with the hash of all bytes before it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reached {
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
}

/// An entry of the journal: how far a run has come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub(crate) input: Reached,
    /// Whether that position in the input is at the end of a line.
    pub(crate) whole: bool,
    /// The position in the input to read again from.
    pub(crate) replay: u64,
    pub(crate) out: Reached,
    pub(crate) rejects: Option<Reached>,
    pub(crate) tally: Tally,
    pub(crate) finished: bool,
}

impl From<&Mark> for Reached {
    fn from(mark: &Mark) -> Self {
        Self {
            bytes: mark.bytes,
            sha256: mark.sha256(),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Opening {
    longma_batch: u32,
    making: Making,
}

/// The version of the journal's format.
const FORMAT: u32 = 1;

/// The journal of the current run.
#[derive(Debug)]
pub(crate) struct Journal {
    file: File,
}

/// A journal found on disk.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) making: Making,
    pub(crate) finished: bool,
    file: BufReader<File>,
    /// Length of the opening line, in bytes.
    opening: u64,
}

/// What is at the journal's path.
#[derive(Debug)]
pub(crate) enum Search {
    /// Nothing, or a journal cut off within its opening line.
    Nothing,
    Found(Box<Found>),
    /// A file that is not a journal.
    Foreign,
}

/// The journal's path: that of the results with `.resume` added.
pub(crate) fn path_of(out: &Path) -> PathBuf {
    let mut path = out.as_os_str().to_owned();
    path.push(".resume");
    path.into()
}

impl Journal {
    /// Creates the journal and writes its opening line.
    pub(crate) fn begin(path: &Path, making: &Making) -> io::Result<Self> {
        let mut file = File::create(path)?;
        let opening = Opening {
            longma_batch: FORMAT,
            making: making.clone(),
        };
        append(&mut file, &opening)?;
        // The file's name must survive a power cut too, so the folder is synced.
        #[cfg(unix)]
        if let Some(folder) = path.parent() {
            let here = folder.as_os_str().is_empty();
            File::open(if here { Path::new(".") } else { folder })?.sync_all()?;
        }
        Ok(Self { file })
    }

    /// Adds an entry and forces it to disk.
    pub(crate) fn add(&mut self, entry: &Entry) -> io::Result<()> {
        append(&mut self.file, entry)
    }
}

fn append(file: &mut File, value: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    file.write_all(&line)?;
    file.sync_data()
}

/// Looks for a journal.
pub(crate) fn search(path: &Path) -> io::Result<Search> {
    if fs::metadata(path).is_ok_and(|about| !about.is_file()) {
        return Ok(Search::Foreign);
    }
    let file = match OpenOptions::new().read(true).write(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Search::Nothing),
        Err(error) => return Err(error),
    };
    let mut file = BufReader::new(file);
    let line = line(&mut file)?;
    let Some(opening) = line.ended() else {
        let ours = b"{\"longma_batch\":";
        let begun = line.text.starts_with(ours) || ours.starts_with(&line.text);
        return Ok(if begun {
            Search::Nothing
        } else {
            Search::Foreign
        });
    };
    let Ok(opening) = serde_json::from_slice::<Opening>(opening) else {
        return Ok(Search::Foreign);
    };
    if opening.longma_batch != FORMAT {
        return Ok(Search::Foreign);
    }
    let length = line.text.len() as u64;
    let mut finished = false;
    while let Some((entry, _)) = next(&mut file)? {
        finished = entry.finished;
    }
    file.seek(SeekFrom::Start(length))?;
    Ok(Search::Found(Box::new(Found {
        making: opening.making,
        finished,
        file,
        opening: length,
    })))
}

/// One line of the journal, with its line end if it is complete.
struct JournalLine {
    text: Vec<u8>,
}

impl JournalLine {
    fn ended(&self) -> Option<&[u8]> {
        self.text.strip_suffix(b"\n")
    }
}

fn line(file: &mut BufReader<File>) -> io::Result<JournalLine> {
    let mut text = Vec::new();
    file.take(ENTRY_BYTES).read_until(b'\n', &mut text)?;
    Ok(JournalLine { text })
}

/// The next entry and its length in bytes; `None` if there is no complete one.
fn next(file: &mut BufReader<File>) -> io::Result<Option<(Entry, u64)>> {
    let line = line(file)?;
    let entry = line
        .ended()
        .and_then(|text| serde_json::from_slice(text).ok());
    Ok(entry.map(|entry| (entry, line.text.len() as u64)))
}

impl Found {
    /// Finds the last entry that the outputs still match, and cuts the outputs and the
    /// journal after it.
    pub(crate) fn go_on(
        mut self,
        out: &mut Sink,
        mut rejects: Option<&mut Sink>,
    ) -> io::Result<(Entry, Journal)> {
        let mut entry = Entry::default();
        let mut length = self.opening;
        let mut reread = (
            Reread::of(out)?,
            rejects.as_deref().map(Reread::of).transpose()?,
        );
        while let Some((next, bytes)) = next(&mut self.file)? {
            let kept = reread.0.bears_out(&next.out)?
                && match (&mut reread.1, &next.rejects) {
                    (Some(reread), Some(reached)) => reread.bears_out(reached)?,
                    (None, None) => true,
                    _ => false,
                };
            if !kept {
                break;
            }
            entry = next;
            length += bytes;
        }
        let rejected = entry.rejects.clone().unwrap_or_default();
        out.cut(entry.out.bytes)?;
        if let Some(rejects) = &mut rejects {
            rejects.cut(rejected.bytes)?;
        }
        let mut file = self.file.into_inner();
        file.set_len(length)?;
        file.seek(SeekFrom::Start(length))?;
        Ok((entry, Journal { file }))
    }
}

/// An output that is read again, from its beginning.
struct Reread {
    file: BufReader<File>,
    hash: Sha256,
    bytes: u64,
}

impl Reread {
    fn of(sink: &Sink) -> io::Result<Self> {
        let mut file = sink.again()?;
        file.rewind()?;
        Ok(Self {
            file: BufReader::new(file),
            hash: Sha256::new(),
            bytes: 0,
        })
    }

    /// Whether the file has that many bytes, and they have that hash.
    fn bears_out(&mut self, reached: &Reached) -> io::Result<bool> {
        let Some(more) = reached.bytes.checked_sub(self.bytes) else {
            return Ok(false);
        };
        let read = feed(&mut self.hash, (&mut self.file).take(more))?;
        self.bytes += read;
        Ok(read == more && hex(&self.hash.clone().finalize()) == reached.sha256)
    }
}

fn feed(hash: &mut Sha256, stream: impl Read) -> io::Result<u64> {
    let mut stream = BufReader::new(stream);
    let mut bytes = 0;
    loop {
        let chunk = stream.fill_buf()?;
        if chunk.is_empty() {
            return Ok(bytes);
        }
        let length = chunk.len();
        hash.update(chunk);
        bytes += length as u64;
        stream.consume(length);
    }
}

/// An output: a file, or a stream such as standard output. Keeps a hash of what was
/// written.
pub(crate) struct Sink {
    pub(crate) path: PathBuf,
    to: BufWriter<Box<dyn Write>>,
    /// The same file, to force it to disk and to cut it; `None` for a stream.
    file: Option<File>,
    hash: Sha256,
    bytes: u64,
    /// Whether a person reads it, on a terminal that it must not steer.
    seen: bool,
}

impl Sink {
    /// Writes to `to`; `path` names it in messages.
    pub(crate) fn stream(path: &Path, to: Box<dyn Write>) -> Self {
        Self {
            path: path.to_owned(),
            to: BufWriter::new(to),
            file: None,
            hash: Sha256::new(),
            bytes: 0,
            seen: false,
        }
    }

    /// Standard output; `path` names it in messages.
    pub(crate) fn standard(path: &Path) -> Self {
        Self {
            seen: io::stdout().is_terminal(),
            ..Self::stream(path, Box::new(io::stdout()))
        }
    }

    /// Opens a file without changing it, and locks it against a second run.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        let file = options
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        if !file.metadata()?.is_file() {
            return Ok(Self::stream(path, Box::new(file)));
        }
        file.try_lock().map_err(io::Error::from)?;
        let mut sink = Self::stream(path, Box::new(file.try_clone()?));
        sink.file = Some(file);
        Ok(sink)
    }

    /// Whether it is a file, which can be cut and read again.
    pub(crate) fn is_file(&self) -> bool {
        self.file.is_some()
    }

    /// Whether the file is empty; always true for a stream.
    pub(crate) fn is_empty(&self) -> io::Result<bool> {
        match &self.file {
            Some(file) => Ok(file.metadata()?.len() == 0),
            None => Ok(true),
        }
    }

    /// The same file, for reading. Both handles share one position.
    fn again(&self) -> io::Result<File> {
        match &self.file {
            Some(file) => file.try_clone(),
            None => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    /// Cuts the file to its first `bytes` and continues after them. Leaves a stream alone.
    pub(crate) fn cut(&mut self, bytes: u64) -> io::Result<()> {
        if let Some(file) = &mut self.file {
            file.set_len(bytes)?;
            file.rewind()?;
            self.hash = Sha256::new();
            self.bytes = feed(&mut self.hash, &mut *file)?;
            file.seek(SeekFrom::Start(bytes))?;
        }
        Ok(())
    }

    /// Adds a line.
    pub(crate) fn add(&mut self, line: &str) -> io::Result<()> {
        let seen = self.seen.then(|| visible(line));
        let line = seen.as_deref().unwrap_or(line);
        for piece in [line.as_bytes(), b"\n"] {
            self.to.write_all(piece)?;
            self.hash.update(piece);
            self.bytes += piece.len() as u64;
        }
        // The reader of a pipe wants each line at once.
        if self.file.is_none() {
            self.flush()?;
        }
        Ok(())
    }

    /// Flushes what was added so far.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }

    /// Forces what was added so far to disk, and returns the position reached.
    pub(crate) fn reach(&mut self) -> io::Result<Reached> {
        self.flush()?;
        if let Some(file) = &self.file {
            file.sync_data()?;
        }
        Ok(Reached {
            bytes: self.bytes,
            sha256: hex(&self.hash.clone().finalize()),
        })
    }
}
