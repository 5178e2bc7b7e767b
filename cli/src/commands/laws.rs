//! `longma laws`: counterexamples to the laws that packs declare.
//!
//! The desk searches; this module picks the packs and reports what was found.

use crate::answer::{Answer, Exit, Refusal};
use crate::arguments::{AsJson, Only, Packs};
use crate::messages::{Key, Words};
use crate::read::packs::{catalogue, chosen, ids, is_meant, loaded};
use crate::show::diagnostic::Diagnostic;
use crate::show::example::{facts, stretches};
use crate::show::page::{self, Page};
use crate::show::sources::Sources;
use longma_core::{Args, Stamp};
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
    let known = ids(&packs.bundle).filter(|id| is_meant(id, &only));
    let held: Vec<String> = known.map(str::to_owned).collect();
    let found = search(
        &packs.bundle,
        &catalogue,
        &held,
        arguments.persons,
        arguments.seed,
    );
    if found.is_empty() {
        let shown = Diagnostic::error(words.say(Key::LawsNone));
        let shown = shown.help(words.say(Key::LawsNoneHelp));
        return Err(Refusal::new(Exit::CaseFailed, shown));
    }
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
    let held = found.iter().filter(|law| law.holds).count();
    let blind = found.iter().filter(|law| law.blind).count();
    let failed = found.len() - held - blind;
    let total = Args::of("held", held).with("failed", failed);
    let key = if blind == 0 {
        Key::LawsTotal
    } else {
        Key::LawsTotalBlind
    };
    page.line(&words.fill(key, &total.with("blind", blind)));
    Ok(Answer {
        exit,
        ..Answer::page(page.finish())
    })
}

/// A rule without its pack, as laws name it.
fn short(rule: &str) -> String {
    let mut parts = rule.rsplit('/');
    let (function, decision) = (parts.next(), parts.next());
    format!(
        "{}.{}",
        decision.unwrap_or_default(),
        function.unwrap_or_default()
    )
}

fn tell(page: &mut Page, law: &LawReport, words: Words) {
    let sign = match (law.holds, law.blind) {
        (true, _) => "✓",
        (false, true) => "?",
        (false, false) => "✗",
    };
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
    if law.blind {
        page.field(2, "", 0, words.say(Key::LawsBlind));
    } else {
        let (blind, seen): (Vec<_>, Vec<_>) = law.fired.iter().partition(|it| it.is_blind());
        let seen = seen
            .iter()
            .map(|it| format!("{} {}", short(&it.rule), it.persons));
        let blind = blind.iter().map(|it| short(&it.rule));
        for (key, rules) in [
            (Key::LawsFired, words.list(seen)),
            (Key::LawsSilent, words.list(blind)),
        ] {
            if !rules.is_empty() {
                let text = words.fill(key, &Args::of("rules", &rules));
                page.field(2, "", 0, &text);
            }
        }
    }
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
