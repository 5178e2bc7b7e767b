//! `longma mutate`: slips made on purpose in a pack, who notices them, and a person for each
//! that nobody does.
//!
//! The desk makes the slips and seeks the persons; this module picks the pack and reports.

use crate::answer::{Answer, Exit, Refusal};
use crate::arguments::{AsJson, Only, PackFolder};
use crate::messages::{Key, Words};
use crate::read::file::texts;
use crate::read::packs::{cases, catalogue, chosen, ids, is_meant, loaded, unloaded};
use crate::show::page::{self, Page};
use crate::show::sources::Sources;
use longma_core::Args;
use longma_desk::mutate::{Fate, House, Mutant};
use longma_desk::text::say;
use serde_json::json;
use std::collections::BTreeMap;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    only: Only,
    #[command(flatten)]
    packs: PackFolder,
    #[arg(long, value_name = "N", default_value_t = 4)]
    each: usize,
    #[arg(
        long = "generate",
        id = "generate",
        value_name = "N",
        default_value_t = 400
    )]
    persons: u64,
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    json: AsJson,
}

/// Makes the slips and reports who noticed them.
pub(crate) fn run(arguments: &Arguments, words: Words) -> Result<Answer, Refusal> {
    let packs = loaded(&arguments.packs.path, words)?;
    let (path, known) = (&arguments.packs.path, ids(&packs.bundle));
    let only = chosen(&arguments.only.names, path, known, words)?;
    let mut sources = Sources {
        files: packs.files,
        ..Sources::default()
    };
    catalogue(&packs.bundle, &sources, words)?;
    cases(path, &[], &mut sources.files, words).map_err(|errors| unloaded(&errors, path, words))?;
    let house = House::new(texts(&sources.files));
    let mut page = Page::new(page::columns(None));
    let mut all = Vec::new();
    let mut total = [0, 0];
    for id in ids(&packs.bundle).filter(|id| is_meant(id, &only)) {
        let tried = house.slips(id, arguments.each);
        let fates: Vec<(Mutant, Fate)> = tried
            .into_iter()
            .map(|mutant| {
                let fate = house.fate(&mutant);
                (mutant, fate)
            })
            .collect();
        let survived = fates.iter().filter(|(_, fate)| *fate == Fate::Survived);
        let survived: Vec<(&Mutant, Option<String>)> = survived
            .map(|(it, _)| (it, house.shown(it, arguments.persons, arguments.seed)))
            .collect();
        total = [total[0] + fates.len(), total[1] + survived.len()];
        tell(&mut page, id, &fates, &survived, words);
        all.push(json!({
            "pack": id,
            "slips": fates.iter().map(|(mutant, fate)| {
                let case = survived.iter().find(|(it, _)| *it == mutant);
                json!({ "id": mutant.id, "kind": mutant.kind, "file": mutant.file,
                    "line": mutant.line, "fate": fate,
                    "case": case.and_then(|(_, case)| case.as_ref()) })
            }).collect::<Vec<_>>(),
        }));
    }
    let [tried, survived] = total;
    let exit = if survived == 0 && tried > 0 {
        Exit::Done
    } else {
        Exit::CaseFailed
    };
    if arguments.json.wanted {
        let json = serde_json::to_string(&all).unwrap_or_default();
        return Ok(Answer {
            exit,
            ..Answer::exact(format!("{json}\n"))
        });
    }
    page.gap();
    page.line(&words.fill(Key::MutateTotal, &noticed(tried, survived)));
    Ok(Answer {
        exit,
        ..Answer::page(page.finish())
    })
}

/// How many of `tried` slips were noticed, in numbers and in percent.
fn noticed(tried: usize, survived: usize) -> Args {
    let noticed = tried - survived;
    Args::of("tried", tried)
        .with("noticed", noticed)
        .with("percent", 100 * noticed / tried.max(1))
}

/// What became of the slips of one pack.
fn tell(
    page: &mut Page,
    id: &str,
    fates: &[(Mutant, Fate)],
    survived: &[(&Mutant, Option<String>)],
    words: Words,
) {
    page.heading(id);
    let mut kinds: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    for (mutant, fate) in fates {
        let [check, cases, neither] = kinds.entry(mutant.kind).or_default();
        *match fate {
            Fate::Check => check,
            Fate::Cases => cases,
            Fate::Survived => neither,
        } += 1;
    }
    for (kind, [check, cases, neither]) in kinds {
        let kind = say(&format!("slip.{kind}"), &Args::NONE);
        let args = Args::of("kind", words.of(&kind))
            .with("check", check)
            .with("cases", cases)
            .with("neither", neither);
        page.field(2, "", 0, &words.fill(Key::MutateKind, &args));
    }
    let total = words.fill(Key::MutateTotal, &noticed(fates.len(), survived.len()));
    page.field(2, "", 0, &total);
    for (mutant, case) in survived {
        page.gap();
        let kind = say(&format!("slip.{}", mutant.kind), &Args::NONE);
        let [old, new] = &mutant.change;
        let args = Args::of("kind", words.of(&kind))
            .with("file", &mutant.file)
            .with("line", mutant.line)
            .with("old", old)
            .with("new", new);
        page.field(2, "", 0, &words.fill(Key::MutateSurvivor, &args));
        let Some(case) = case else {
            page.field(2, "", 0, words.say(Key::MutateNobody));
            continue;
        };
        page.field(2, "", 0, words.say(Key::MutateCase));
        for line in case.lines() {
            page.line(line);
        }
    }
}
