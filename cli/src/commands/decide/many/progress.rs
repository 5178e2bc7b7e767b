//! Progress on standard error: a bar on a terminal, and each person that was refused.
//! No result depends on it.

use super::work::Told;
use crate::messages::{Key, Words};
use crate::read::file::SourceFile;
use crate::read::people::Person;
use crate::show::diagnostic::Diagnostic;
use crate::show::sources::Sources;
use crate::show::terminal;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use longma_core::{Args, Place, Problem};
use std::path::Path;

/// The most problems shown for one person; the rejects file has them all.
const TOLD: usize = 3;

/// The progress bar, which may be hidden.
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar for an input of `length` bytes, or a spinner if that is unknown.
    pub(crate) fn new(length: Option<u64>, seen: bool, words: Words) -> Self {
        let target = if seen {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(length, target);
        let template = match length {
            Some(_) => Key::BatchBar,
            None => Key::BatchSpinner,
        };
        if let Ok(style) = ProgressStyle::with_template(words.say(template)) {
            bar.set_style(style.progress_chars("#>-"));
        }
        Self { bar }
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    pub(crate) fn tell(&self, told: &Told, input: &Path, words: Words) {
        match told {
            Told::Refused(person, problems) => {
                let shown = shown(person, problems, input, words);
                self.bar.suspend(|| terminal::remark(&shown, words));
            }
            Told::Done(bytes, tally) if !self.bar.is_hidden() => {
                self.bar.set_message(words.fill(
                    Key::BatchSoFar,
                    &Args::of("decided", tally.decided).with("refused", tally.refused),
                ));
                self.bar.set_position(*bytes);
            }
            Told::Done(..) => {}
        }
    }
}

/// A person's problems, each with the line that shows it.
fn shown(person: &Person, problems: &[Problem], input: &Path, words: Words) -> Vec<Diagnostic> {
    let document = person.text.as_deref().filter(|_| person.origin.is_none());
    let document = document.and_then(|text| str::from_utf8(text).ok());
    let sources = Sources {
        facts: document.map(|text| SourceFile::new(input.to_owned(), text.to_owned())),
        lines_before: usize::try_from(person.first - 1).unwrap_or_default(),
        ..Sources::default()
    };
    let told = problems.iter().enumerate().take(TOLD);
    let mut shown: Vec<Diagnostic> = told
        .map(|(index, problem)| {
            let shown = sources.diagnostic(problem, words);
            placed(shown, (index, problem), person, input)
        })
        .collect();
    let more = problems.len().saturating_sub(TOLD);
    if more > 0
        && let Some(last) = shown.pop()
    {
        shown.push(last.note(&words.fill(Key::BatchMore, &Args::of("n", more))));
    }
    shown
}

/// Places a diagnostic at the cell that shows it, or at least at the person's line.
fn placed(
    shown: Diagnostic,
    (index, problem): (usize, &Problem),
    person: &Person,
    input: &Path,
) -> Diagnostic {
    let pointer = match &problem.place {
        Place::Facts { pointer } => Some(pointer.as_str()),
        _ => None,
    };
    let origin = person.origin.as_ref();
    match origin.and_then(|origin| origin.spot(index, pointer)) {
        Some(spot) => {
            let file = SourceFile::new(input.to_owned(), spot.text.to_owned());
            let before = usize::try_from(spot.line - 1).unwrap_or_default();
            shown.showing(&file, spot.cell, None).below(before)
        }
        None if shown.shows_a_line() => shown,
        None => {
            let place = format!("{}:{}", input.display(), person.first);
            shown.at(Path::new(&place))
        }
    }
}
