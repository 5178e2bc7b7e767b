//! What receipts need: whose facts, the receipt of a decision, and the file that holds both.

use crate::answer::{Exit, Refusal};
use crate::arguments::TableFiles;
use crate::messages::{Key, Words};
use crate::read::dossier::{read_dossier, source_keys, told};
use crate::read::given::{Ready, instant, read_facts, read_text, references, undecided};
use crate::read::sealed::document;
use crate::show::diagnostic::Diagnostic;
use crate::show::terminal::warn;
use base64ct::{Base64UrlUnpadded, Encoding};
use clap::ValueHint;
use longma_core::limits::TEXT_FILE_BYTES;
use longma_core::{Instant, Json, Request};
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
    #[arg(id = "source_keys", long = "source-keys", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) keys: Option<PathBuf>,
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
    let problem =
        || longma_core::Problem::new(longma_seal::Code::ReceiptForm, longma_core::Place::None);
    read().ok_or_else(|| crate::read::sealed::wrong(path, &problem(), words))
}

/// Decides, and says what a receipt says of it, with the facts: of which region, at which
/// instant, and with what was known when.
pub(crate) fn reckon(
    person: &Person,
    ready: &mut Ready,
    (region, at, known): (Option<&str>, Instant, Option<Instant>),
    tables: &TableFiles,
    words: Words,
) -> Result<(Receipt, Json), Refusal> {
    let Ready {
        catalogue,
        tables: read,
        sources,
        ..
    } = ready;
    let made = instant(None, words)?;
    let text = match (&person.dossier, &person.facts, &person.given) {
        (Some(path), ..) => {
            let keys = source_keys(person.keys.as_deref(), words)?;
            let dossier = read_dossier(path, catalogue, sources, words)?;
            sources.facts = None;
            let counted = dossier.counted(catalogue, &keys, (region, at), known);
            let counted = counted.map_err(|problems| told(sources, &problems, words))?;
            warn(&counted.problems, sources, words);
            let merged = counted.dossier.merged(catalogue);
            merged
                .map_err(|problems| told(sources, &problems, words))?
                .facts_json()
        }
        (None, Some(path), _) => read_facts(path, sources, words)?,
        (None, None, Some(text)) => text.clone(),
        (None, None, None) => {
            let shown = Diagnostic::error(words.say(Key::ReceiptOf));
            return Err(Refusal::new(Exit::Usage, shown));
        }
    };
    // What counts as known must not depend on the day on which it is computed anew.
    let received = known.unwrap_or(at);
    let (facts, _) = inspect::read(catalogue, &text, received)
        .map_err(|problems| told(sources, &problems, words))?;
    let request = Request {
        region,
        references: Some(read),
        ..Request::default()
    };
    let outcome = catalogue
        .decide(&facts, request)
        .map_err(|problems| undecided(request, &problems, sources, words))?;
    let digests: Result<BTreeMap<_, _>, Refusal> = references(&tables.given, words)?
        .into_iter()
        .map(|(name, path)| Ok((name.to_owned(), digest(&document(Path::new(&path), words)?))))
        .collect();
    let occasion = Occasion {
        made,
        at,
        known,
        region: region.or(facts.region()).unwrap_or_default().to_owned(),
        tables: digests?,
    };
    let receipt = Receipt::of(&outcome, catalogue, occasion);
    Ok((receipt, facts.document().clone()))
}
