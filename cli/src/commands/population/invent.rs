//! `longma population invent`: a population by a short file, so that everybody can try a
//! province without anybody's data.

use super::{Arguments, bar, threads};
use crate::answer::{Answer, Exit, Refusal};
use crate::messages::{Key, Words};
use crate::read::given::read_text;
use crate::show::diagnostic::Diagnostic;
use crate::show::trouble::trouble;
use longma_core::Args;
use longma_core::limits::TEXT_FILE_BYTES;
use longma_population::invent::{Mistakes, Plan};

/// Writes everybody, and says where.
pub(super) fn run(arguments: &Arguments, words: Words) -> Result<Answer, Refusal> {
    let Some(like) = &arguments.like else {
        let shown = Diagnostic::error(words.say(Key::PopulationLike));
        return Err(Refusal::new(Exit::Usage, shown));
    };
    let wrong = |mistakes: &Mistakes| Refusal {
        exit: Exit::Facts,
        diagnostics: mistakes
            .as_slice()
            .iter()
            .map(|mistake| {
                let args = Args::of("key", &mistake.key).with("what", words.of(&mistake.words));
                Diagnostic::error(&words.fill(Key::PopulationMistake, &args)).at(like)
            })
            .collect(),
    };
    let text = read_text(like, TEXT_FILE_BYTES, words)?;
    let plan = Plan::read(&text).map_err(|it| wrong(&it))?;
    let plan = match arguments.persons {
        Some(persons) => plan.with_persons(persons).map_err(|it| wrong(&it))?,
        None => plan,
    };
    let bar = bar(words);
    bar.set_length(plan.persons());
    let written = plan.write(&arguments.out, threads(arguments), &|count| {
        bar.set_position(count);
    });
    bar.finish_and_clear();
    written.map_err(|it| Refusal::new(Exit::Files, trouble(&it, words)))?;
    let args = Args::of("n", plan.persons()).with("path", arguments.out.display());
    Ok(Answer::page(format!(
        "{}\n",
        words.fill(Key::PopulationInvented, &args)
    )))
}
