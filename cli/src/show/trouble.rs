//! What is wrong with files of a population, in words.

use crate::messages::{Key, Words};
use crate::show::diagnostic::Diagnostic;
use longma_core::Args;
use longma_population::batch::{Mismatch, Wrong};
use longma_population::files::Trouble;

/// What keeps a file from being read or written.
pub(crate) fn trouble(trouble: &Trouble, words: Words) -> Diagnostic {
    let path = trouble.path();
    let shown = match trouble {
        Trouble::Io { why, .. } => Diagnostic::error(&said(Key::PopulationIo, "why", why, words)),
        Trouble::NotParquet { why, .. } => {
            let shown = Diagnostic::error(words.say(Key::PopulationNotParquet));
            let shown = shown.note(why);
            shown.help(words.say(Key::PopulationNotParquetHelp))
        }
        Trouble::Empty { .. } => {
            let shown = Diagnostic::error(words.say(Key::PopulationEmpty));
            shown.help(words.say(Key::PopulationEmptyHelp))
        }
        Trouble::Columns { wrong, .. } => {
            let shown = Diagnostic::error(words.say(Key::PopulationColumns));
            let shown = wrong
                .iter()
                .fold(shown, |shown, it| shown.note(&mismatch(it, words)));
            shown.help(words.say(Key::PopulationColumnsHelp))
        }
        Trouble::NoLabel { name, known, .. } => {
            let shown = Diagnostic::error(&said(Key::PopulationNoLabel, "name", name, words));
            let known = words.list(known);
            shown.help(&said(Key::PopulationNoLabelHelp, "known", &known, words))
        }
        Trouble::OtherQuestion { .. } => {
            let shown = Diagnostic::error(words.say(Key::PopulationOther));
            shown.help(words.say(Key::PopulationOtherHelp))
        }
    };
    shown.at(path)
}

fn mismatch(wrong: &Mismatch, words: Words) -> String {
    let of = Args::of("column", &wrong.column);
    match &wrong.what {
        Wrong::Type { expected, found } => {
            let args = of
                .with("expected", expected.to_string())
                .with("found", found.to_string());
            words.fill(Key::PopulationType, &args)
        }
        Wrong::Unknown { near: Some(near) } => {
            words.fill(Key::PopulationUnknownNear, &of.with("near", near))
        }
        Wrong::Unknown { near: None } => words.fill(Key::PopulationUnknown, &of),
    }
}

fn said(key: Key, name: &'static str, value: &str, words: Words) -> String {
    words.fill(key, &Args::of(name, value))
}
