//! `longma verify`: computes the decision of a receipt anew, and says whether the same comes
//! out.

use crate::answer::{Answer, Exit, Refusal};
use crate::arguments::{AsJson, Packs, TableFiles};
use crate::messages::{Key, Words};
use crate::read::given::{instant, ready};
use crate::read::record::{Asked, Person, reckon, recorded};
use crate::read::sealed::{public_key, wrong};
use crate::show::page::{self, Page, tone};
use crate::show::terminal::warn;
use clap::ValueHint;
use longma_core::{Args, Offset, Problem};
use longma_seal::Keys;
use longma_seal::receipt::Receipt;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[arg(value_name = "RECEIPT", value_hint = ValueHint::FilePath)]
    receipt: PathBuf,
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, required = true)]
    signer: Vec<PathBuf>,
    #[command(flatten)]
    person: Person,
    #[command(flatten)]
    packs: Packs,
    #[command(flatten)]
    tables: TableFiles,
    #[command(flatten)]
    json: AsJson,
}

/// Opens the receipt, decides anew, and reports.
pub(crate) fn run(arguments: &Arguments, words: Words) -> Result<Answer, Refusal> {
    let signers = arguments.signer.iter();
    let signers = signers.map(|path| public_key(path, words));
    let signers = Keys::new(signers.collect::<Result<Vec<_>, _>>()?);
    let recorded = recorded(&arguments.receipt, words)?;
    let receipt = Receipt::open(&recorded.sealed, &signers)
        .map_err(|problem| wrong(&arguments.receipt, &problem, words))?;
    let mut ready = ready(&arguments.packs.path, &arguments.tables.given, words)?;
    let person = arguments.person.or_else(recorded.facts.as_ref());
    let asked = Asked {
        region: Some(&receipt.region),
        at: receipt.at,
        known: receipt.known,
        made: receipt.made,
    };
    let anew = reckon(&person, &mut ready, asked, &arguments.tables, words)?;
    warn(&anew.left, &ready.sources, words);
    let differences = receipt.differences(&anew.receipt);
    // With a dossier: what would be decided with all that has become known since.
    let since = if person.dossier.is_some() {
        let asked = Asked {
            known: None,
            made: instant(None, words)?,
            ..asked
        };
        let today = reckon(&person, &mut ready, asked, &arguments.tables, words)?;
        changed(&receipt, &today.receipt)
    } else {
        Vec::new()
    };
    let answer = if arguments.json.wanted {
        json(&differences, &since)
    } else {
        Answer::page(page(&receipt, &differences, &since, words))
    };
    let exit = if differences.is_empty() {
        Exit::Done
    } else {
        Exit::CaseFailed
    };
    Ok(Answer { exit, ..answer })
}

/// The decisions that come out differently with what is known today: name, then, now.
type Changed = (String, String, String);

fn changed(receipt: &Receipt, today: &Receipt) -> Vec<Changed> {
    let decided = receipt.decisions.iter();
    let decided = decided.filter_map(|(name, was)| {
        let is = today.decisions.get(name)?;
        (was != is).then(|| (name.clone(), was.words(), is.words()))
    });
    decided.collect()
}

fn json(differences: &[Problem], since: &[Changed]) -> Answer {
    let since = since.iter();
    let since = since.map(
        |(decision, was, is)| serde_json::json!({ "decision": decision, "was": was, "is": is }),
    );
    let json = serde_json::json!({
        "equal": differences.is_empty(),
        "differences": differences,
        "known_since": since.collect::<Vec<_>>(),
    });
    Answer::exact(format!("{json}\n"))
}

fn page(receipt: &Receipt, differences: &[Problem], since: &[Changed], words: Words) -> String {
    let mut page = Page::new(page::columns(None));
    let (said, colour) = match differences {
        [] => (Key::VerifyEqual, "green"),
        _ => (Key::VerifyDiffers, "red"),
    };
    page.parts(&[(words.say(said), tone(colour))]);
    let at = receipt.at.to_words(Offset::CHINA);
    let made = receipt.made.to_words(Offset::CHINA);
    let args = Args::of("region", &receipt.region)
        .with("at", at)
        .with("made", made);
    page.field(2, "", 0, &words.fill(Key::VerifyOf, &args));
    if let Some(known) = receipt.known {
        let args = Args::of("known", known.to_words(Offset::CHINA));
        page.field(2, "", 0, &words.fill(Key::VerifyKnown, &args));
    }
    for (name, decided) in &receipt.decisions {
        page.field(2, "", 0, &format!("{name}: {}", decided.words()));
    }
    for problem in differences {
        page.field(2, "·", 2, words.of(&problem.message()));
        if let Some(help) = problem.help() {
            page.field(4, "", 0, words.of(&help));
        }
    }
    for (decision, was, is) in since {
        let args = Args::of("decision", decision)
            .with("was", was)
            .with("is", is);
        page.field(2, "·", 2, &words.fill(Key::VerifySince, &args));
    }
    page.finish()
}
