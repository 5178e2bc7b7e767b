//! The one place where files are opened, and where a file or standard input is read whole.
//!
//! Files come from strangers too. A named file must be a regular one, since a device, a
//! pipe or a socket may never end, and reading stops at the limit of its kind instead of
//! checking it afterwards. Standard input may be a pipe, with the same limit.

use crate::read::file::SourceFile;
use longma_core::limits::HOUSE_BYTES;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Bytes that a file of a folder counts as at least, so that a folder has no more than
/// 262,144 files either.
const LEAST_BYTES: usize = 1_024;

/// Why a file is refused although the system would read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Barred {
    /// It is no regular file.
    Kind(FileKind),
    /// It has more than this number of bytes.
    Size(usize),
    /// The files of its folder together have more than this number of bytes.
    Together(usize),
    /// It leads out of the folder of packs, to this path.
    Outside(PathBuf),
    /// Line `line` of a stream does not end within `limit` bytes.
    Line { line: u64, limit: u64 },
    /// It has more than this number of lines.
    Lines(usize),
}

/// What stands under a name instead of a regular file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileKind {
    Device,
    Pipe,
    Socket,
}

impl fmt::Display for Barred {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // For logs only; users are told in the words of the catalogue.
        write!(out, "{self:?}")
    }
}

impl std::error::Error for Barred {}

impl From<Barred> for io::Error {
    fn from(barred: Barred) -> Self {
        let kind = match barred {
            Barred::Kind(_) | Barred::Outside(_) => io::ErrorKind::InvalidInput,
            _ => io::ErrorKind::FileTooLarge,
        };
        Self::new(kind, barred)
    }
}

impl Barred {
    /// The refusal inside an error, if it is one of these.
    pub(crate) fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }
}

/// Opens a regular file, and says how many bytes it has.
///
/// # Errors
/// If it cannot be opened, or is a folder, a device, a pipe or a socket.
pub(crate) fn open(path: &Path) -> io::Result<(File, u64)> {
    // Opening a pipe waits for a writer, so its kind is asked first, and again once nobody
    // can put another file under the name.
    regular(&fs::metadata(path)?)?;
    let file = File::open(path)?;
    let about = file.metadata()?;
    regular(&about)?;
    Ok((file, about.len()))
}

fn regular(about: &fs::Metadata) -> io::Result<()> {
    if about.is_file() {
        return Ok(());
    }
    if about.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    Err(Barred::Kind(kind(about)).into())
}

#[cfg(unix)]
fn kind(about: &fs::Metadata) -> FileKind {
    use std::os::unix::fs::FileTypeExt as _;
    let found = about.file_type();
    if found.is_fifo() {
        FileKind::Pipe
    } else if found.is_socket() {
        FileKind::Socket
    } else {
        FileKind::Device
    }
}

#[cfg(not(unix))]
fn kind(_: &fs::Metadata) -> FileKind {
    FileKind::Device
}

/// The bytes of a file, at most `limit` of them.
///
/// # Errors
/// If it is no regular file, is longer, or cannot be read.
pub(crate) fn bytes(path: &Path, limit: usize) -> io::Result<Vec<u8>> {
    let (file, length) = open(path)?;
    if length > limit as u64 {
        return Err(Barred::Size(limit).into());
    }
    whole(file, limit)
}

/// The bytes of standard input, at most `limit` of them.
///
/// # Errors
/// If there are more, or it cannot be read.
pub(crate) fn standard(limit: usize) -> io::Result<Vec<u8>> {
    whole(io::stdin().lock(), limit)
}

fn whole(stream: impl Read, limit: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    stream.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > limit {
        return Err(Barred::Size(limit).into());
    }
    Ok(bytes)
}

/// A folder that reading must not leave, and the bytes that may still be read from it.
#[derive(Debug)]
pub(crate) struct Within {
    /// Without links.
    folder: PathBuf,
    left: usize,
}

impl Within {
    /// # Errors
    /// If there is no such folder.
    pub(crate) fn new(folder: &Path) -> io::Result<Self> {
        let named = Some(folder).filter(|folder| !folder.as_os_str().is_empty());
        Ok(Self {
            folder: fs::canonicalize(named.unwrap_or(Path::new(".")))?,
            left: HOUSE_BYTES,
        })
    }

    /// Refuses a path that leads out of the folder, through whatever link.
    ///
    /// # Errors
    /// If it does, or leads nowhere.
    pub(crate) fn holds(&self, path: &Path) -> io::Result<()> {
        let leads_to = fs::canonicalize(path)?;
        if leads_to.starts_with(&self.folder) {
            Ok(())
        } else {
            Err(Barred::Outside(leads_to).into())
        }
    }

    /// Reads a file of at most `limit` bytes.
    ///
    /// # Errors
    /// If it leads out of the folder, is too long, or cannot be read.
    pub(crate) fn read(&mut self, path: &Path, limit: usize) -> io::Result<SourceFile> {
        self.holds(path)?;
        if self.left == 0 {
            return Err(Barred::Together(HOUSE_BYTES).into());
        }
        let file = match bytes(path, limit.min(self.left)) {
            Err(error) if self.left < limit && is_size(&error) => {
                return Err(Barred::Together(HOUSE_BYTES).into());
            }
            read => read?,
        };
        self.left = self.left.saturating_sub(file.len().max(LEAST_BYTES));
        SourceFile::decoded(path, &file)
    }
}

fn is_size(error: &io::Error) -> bool {
    matches!(Barred::of(error), Some(Barred::Size(_)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::{Barred, HOUSE_BYTES, LEAST_BYTES, Within, whole};
    use std::cell::Cell;
    use std::fs;
    use std::io::{self, Read};

    /// A stream without end that counts what was taken from it.
    struct Endless<'a>(&'a Cell<usize>);

    impl Read for Endless<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            buffer.fill(b'x');
            self.0.set(self.0.get() + buffer.len());
            Ok(buffer.len())
        }
    }

    #[test]
    fn empty_files_are_bounded_together_too() {
        let folder = std::env::temp_dir().join(format!("longma-empty-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("captions.toml");
        fs::write(&file, "").unwrap();
        let mut within = Within::new(&folder).unwrap();
        within.left = 2 * LEAST_BYTES;
        for _ in 0..2 {
            within.read(&file, 10).unwrap();
        }
        let error = within.read(&file, 10).unwrap_err();
        assert_eq!(Barred::of(&error), Some(&Barred::Together(HOUSE_BYTES)));
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn reading_stops_one_byte_after_the_limit() {
        let taken = Cell::new(0);
        let error = whole(Endless(&taken), 1_000).unwrap_err();
        assert_eq!(Barred::of(&error), Some(&Barred::Size(1_000)));
        assert_eq!(taken.get(), 1_001);
    }

    #[test]
    fn a_stream_may_have_as_many_bytes_as_the_limit() {
        assert_eq!(whole(&b"four"[..], 4).unwrap(), b"four");
        assert!(whole(&b"four"[..], 3).is_err());
    }
}
