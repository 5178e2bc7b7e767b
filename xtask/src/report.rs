//! What the user sees: one line for each step, and for a failure a sentence that
//! says what failed, where its output is and what to do.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::project;

/// How many of a failed program's last lines are shown. The log has all of them.
const LINES_SHOWN: usize = 80;

/// Why a step failed.
#[derive(Debug)]
pub(crate) struct Failure {
    what: String,
    log: Option<PathBuf>,
    advice: String,
}

impl Failure {
    /// `what` is a sentence, without its full stop, that says what failed; `advice`
    /// says what the reader can do.
    pub(crate) fn new(what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            log: None,
            advice: advice.into(),
        }
    }

    /// Names the log with the failed program's output.
    pub(crate) fn with_log(mut self, log: PathBuf) -> Self {
        self.log = Some(log);
        self
    }

    /// Replaces the advice; for callers that know why the program was run.
    pub(crate) fn advise(mut self, advice: impl Into<String>) -> Self {
        self.advice = advice.into();
        self
    }

    /// Prints the end of the output and the sentence.
    pub(crate) fn show(&self) {
        if let Some(log) = &self.log {
            show_end_of(log);
        }
        println!("error: {}.", self.what);
        if let Some(log) = &self.log {
            println!("  all it printed: {}", project::shown(log));
        }
        println!("  what to do: {}.", self.advice);
    }
}

fn show_end_of(log: &Path) {
    let output = fs::read(log).unwrap_or_default();
    let output = String::from_utf8_lossy(&output);
    let lines: Vec<&str> = output.lines().collect();
    let hidden = lines.len().saturating_sub(LINES_SHOWN);
    if hidden > 0 {
        println!("  | … {hidden} lines before");
    }
    for line in lines.iter().skip(hidden) {
        println!("  | {line}");
    }
}

/// Does `work` and prints one line: its name, what it does, how it ended and how
/// long it took.
///
/// # Errors
/// Any error from `work`.
pub(crate) fn line(
    name: &str,
    what: &str,
    work: impl FnOnce() -> Result<String, Failure>,
) -> (Duration, Result<(), Failure>) {
    print!("{name:<18} {what} … ");
    // Show the first half of the line while the user waits. A failed flush does no harm.
    let _ = io::stdout().flush();
    let (took, done) = timed(work);
    match &done {
        Ok(note) if note.is_empty() => println!("{}", seconds(took)),
        Ok(note) => println!("{note}, {}", seconds(took)),
        Err(_) => println!("FAILED, {}", seconds(took)),
    }
    (took, done.map(|_| ()))
}

/// Does `work` and returns how long it took.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let done = work();
    (start.elapsed(), done)
}

/// A duration for display: `0.4 s`, `151.0 s`.
pub(crate) fn seconds(took: Duration) -> String {
    format!("{:.1} s", took.as_secs_f64())
}
