//! `longma laws`: counterexamples to the laws that packs declare.
//!
//! The desk searches; this module picks the packs and reports what was found.

use crate::answer::{Answer, Exit, Refusal};
use crate::arguments::{AsJson, Only, Packs};
use crate::messages::{Key, Words};
use crate::read::packs::{catalogue, chosen, ids, loaded};
use crate::show::example::{facts, stretches};
use crate::show::page::{self, Page};
use crate::show::sources::Sources;
use longma_core::{Args, PackId, Stamp};
use longma_desk::laws::{Counterexample, LawReport, search};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    only: Only,
    #[command(flatten)]
    packs: Packs,
    #[arg(
        long = "generate",
        id = "generate",
        value_name = "N",
        default_value_t = 1_000
    )]
    persons: u64,
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    json: AsJson,
}

/// Searches, and reports on each law.
pub(crate) fn run(arguments: &Arguments, words: Words) -> Result<Answer, Refusal> {
    let packs = loaded(&arguments.packs.path, words)?;
    let only = chosen(
        &arguments.only.names,
        &arguments.packs.path,
        ids(&packs.bundle),
        words,
    )?;
    let sources = Sources {
        files: packs.files,
        ..Sources::default()
    };
    let catalogue = catalogue(&packs.bundle, &sources, words)?;
    let known = ids(&packs.bundle).map(str::to_owned);
    let meant = |id: &String| {
        only.is_empty()
            || only
                .iter()
                .any(|name| PackId::read(id.as_str()).is_named(name))
    };
    let held: Vec<String> = known.filter(meant).collect();
    let found = search(
        &packs.bundle,
        &catalogue,
        &held,
        arguments.persons,
        arguments.seed,
    );
    let exit = if found.iter().all(|law| law.holds) {
        Exit::Done
    } else {
        Exit::CaseFailed
    };
    if arguments.json.wanted {
        let json = serde_json::to_string(&found).unwrap_or_default();
        return Ok(Answer {
            exit,
            ..Answer::exact(format!("{json}\n"))
        });
    }
    let mut page = Page::new(page::columns(None));
    let mut pack = "";
    for law in &found {
        if law.pack != pack {
            page.heading(&law.pack);
            pack = &law.pack;
        }
        tell(&mut page, law, words);
    }
    page.gap();
    let failed = found.iter().filter(|law| !law.holds).count();
    let held = found.len() - failed;
    page.line(&words.fill(
        Key::LawsTotal,
        &Args::of("held", held).with("failed", failed),
    ));
    Ok(Answer {
        exit,
        ..Answer::page(page.finish())
    })
}

fn tell(page: &mut Page, law: &LawReport, words: Words) {
    let sign = if law.holds { "✓" } else { "✗" };
    page.field(
        0,
        sign,
        2,
        &format!("{}: {}", law.law, words.of(&law.words)),
    );
    let key = if law.uncertain == 0 {
        Key::LawsTried
    } else {
        Key::LawsUncertain
    };
    let args = Args::of("persons", law.persons).with("n", law.uncertain);
    let tried = words.fill(key, &args);
    page.field(2, "", 0, &tried);
    if law.declared != law.pack {
        let from = words.fill(Key::LawsDeclared, &Args::of("pack", &law.declared));
        page.field(2, "", 0, &from);
    }
    if let Some(fault) = &law.fault {
        page.field(2, "", 0, words.of(fault));
    }
    for breach in &law.breaches {
        let ground = words.of(&breach.ground);
        let key = if breach.persons == 0 {
            Key::LawsBreachGone
        } else {
            Key::LawsBreach
        };
        page.field(
            2,
            "·",
            2,
            &words.fill(
                key,
                &Args::of("rule", &breach.rule)
                    .with("persons", breach.persons)
                    .with("ground", ground),
            ),
        );
    }
    if let Some(found) = &law.counterexample {
        counterexample(page, found, words);
    }
}

fn counterexample(page: &mut Page, found: &Counterexample, words: Words) {
    let open = |time: Option<Stamp>| time.map_or_else(|| "…".to_owned(), Stamp::words);
    let (from, until) = (open(found.from), open(found.until));
    let rules = words.list(&found.rules);
    page.field(
        2,
        "",
        0,
        &words.fill(
            Key::LawsBroken,
            &Args::of("from", &from)
                .with("until", &until)
                .with("rules", &rules),
        ),
    );
    facts(page, &found.facts, &found.tables, words);
    if let Some(added) = &found.added {
        let added = added.to_string();
        page.field(
            4,
            "",
            0,
            &words.fill(Key::LawsAdded, &Args::of("record", &added)),
        );
    }
    for (key, side) in [Key::LawsBefore, Key::LawsAfter]
        .into_iter()
        .zip(&found.sides)
    {
        page.line(&format!("  {}", words.say(key)));
        stretches(page, side, words);
    }
}
