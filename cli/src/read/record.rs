//! What receipts need: whose facts, the receipt of a decision, and the file that holds both.

use crate::answer::{Exit, Refusal};
use crate::arguments::{SourceKeys, TableFiles};
use crate::messages::{Key, Words};
use crate::read::dossier::{read_dossier, source_keys, told};
use crate::read::given::{Ready, read_facts, read_text, references, undecided};
use crate::read::sealed::{document, wrong};
use crate::show::diagnostic::Diagnostic;
use base64ct::{Base64UrlUnpadded, Encoding};
use clap::ValueHint;
use longma_core::limits::TEXT_FILE_BYTES;
use longma_core::{Instant, Json, Place, Problem, Request};
use longma_records::inspect;
use longma_seal::receipt::{Occasion, Receipt};
use longma_seal::trust::digest;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// `--facts FILE`, or `--dossier FILE` with the keys of its sources.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Person {
    #[arg(id = "facts", long = "facts", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) facts: Option<PathBuf>,
    #[arg(id = "of_dossier", long = "dossier", value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "facts")]
    pub(crate) dossier: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) keys: SourceKeys,
    /// Facts that are at hand already.
    #[arg(skip)]
    pub(crate) given: Option<String>,
}

impl Person {
    /// The same, with these facts where the command line names none.
    pub(crate) fn or_else(&self, facts: Option<&Json>) -> Self {
        let given = facts.filter(|_| self.facts.is_none() && self.dossier.is_none());
        Self {
            given: given.map(Json::to_string),
            ..self.clone()
        }
    }
}

/// A receipt as a file: what was signed, and beside it the facts, which are known by their
/// digest and can be taken out.
pub(crate) struct Recorded {
    pub(crate) sealed: Vec<u8>,
    pub(crate) facts: Option<Json>,
}

/// The version of the file.
const FORMAT: i64 = 1;

impl fmt::Display for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sealed = Base64UrlUnpadded::encode_string(&self.sealed);
        write!(f, r#"{{"longma_receipt":{FORMAT},"sealed":"{sealed}""#)?;
        if let Some(facts) = &self.facts {
            write!(f, r#","facts":{facts}"#)?;
        }
        f.write_str("}")
    }
}

/// Reads the file of a receipt.
pub(crate) fn recorded(path: &Path, words: Words) -> Result<Recorded, Refusal> {
    let text = read_text(path, TEXT_FILE_BYTES, words)?;
    let read = || {
        let json = Json::parse(&text, "receipt").ok()?;
        let sealed = Base64UrlUnpadded::decode_vec(json.text_at("/sealed")?).ok()?;
        (json.at("/longma_receipt") == Some(&Json::Int(FORMAT))).then(|| Recorded {
            sealed,
            facts: json.at("/facts").cloned(),
        })
    };
    let problem = || Problem::new(longma_seal::Code::ReceiptForm, Place::None);
    read().ok_or_else(|| wrong(path, &problem(), words))
}

/// What is asked about a person.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) region: Option<&'a str>,
    pub(crate) at: Instant,
    /// What was known when.
    pub(crate) known: Option<Instant>,
    /// When the receipt is made.
    pub(crate) made: Instant,
}

/// A decision that was computed for a receipt.
pub(crate) struct Reckoned {
    pub(crate) receipt: Receipt,
    pub(crate) facts: Json,
    /// What of the statements does not count: warnings.
    pub(crate) left: Vec<Problem>,
}

/// Decides, and says what a receipt says of it.
pub(crate) fn reckon(
    person: &Person,
    ready: &mut Ready,
    asked: Asked<'_>,
    tables: &TableFiles,
    words: Words,
) -> Result<Reckoned, Refusal> {
    let (text, left) = facts_of(person, ready, asked, words)?;
    let Ready {
        catalogue,
        tables: read,
        sources,
        ..
    } = ready;
    // Which times had not come must not depend on the day on which it is computed anew.
    let received = asked.known.unwrap_or(asked.made);
    let facts = inspect::trusted(catalogue, &text, Some(received))
        .map_err(|problems| told(sources, &problems, words))?;
    let request = Request {
        region: asked.region,
        references: Some(read),
        ..Request::default()
    };
    let outcome = catalogue
        .decide(&facts, request)
        .map_err(|problems| undecided(request, &problems, sources, words))?;
    let digests: Result<BTreeMap<_, _>, Refusal> = references(&tables.given, words)?
        .into_iter()
        .map(|(name, path)| Ok((name.to_owned(), digest(&document(&path, words)?))))
        .collect();
    let region = asked.region.or(facts.region()).unwrap_or_default();
    let occasion = Occasion {
        made: asked.made,
        at: asked.at,
        known: asked.known,
        region: region.to_owned(),
        tables: digests?,
    };
    Ok(Reckoned {
        receipt: Receipt::of(&outcome, catalogue, occasion),
        facts: facts.document().clone(),
        left,
    })
}

/// The facts of a person, and what of the statements does not count.
fn facts_of(
    person: &Person,
    ready: &mut Ready,
    asked: Asked<'_>,
    words: Words,
) -> Result<(String, Vec<Problem>), Refusal> {
    let (catalogue, sources) = (&ready.catalogue, &mut ready.sources);
    let Some(path) = &person.dossier else {
        let text = match (&person.facts, &person.given) {
            (Some(path), _) => read_facts(path, sources, words)?,
            (None, Some(text)) => text.clone(),
            (None, None) => {
                let shown = Diagnostic::error(words.say(Key::ReceiptOf));
                return Err(Refusal::new(Exit::Usage, shown));
            }
        };
        return Ok((text, Vec::new()));
    };
    let keys = source_keys(&person.keys, words)?;
    let dossier = read_dossier(path, catalogue, sources, words)?;
    // What is wrong with facts that were merged has no line in the dossier.
    sources.facts = None;
    let counted = dossier.counted(catalogue, &keys, (asked.region, asked.at), asked.known);
    let counted = counted.map_err(|problems| told(sources, &problems, words))?;
    let merged = counted.dossier.merged(catalogue);
    let merged = merged.map_err(|problems| told(sources, &problems, words))?;
    Ok((merged.facts_json(), counted.problems))
}
