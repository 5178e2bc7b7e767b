//! `longma sign`: the documents by which devices take packs, each signed by as many keys as
//! its role needs. Signatures of officers who sit apart are added one after another.

use crate::answer::{Answer, Exit, Refusal};
use crate::arguments::When;
use crate::messages::{Key, Words};
use crate::read::given::{instant, read_text};
use crate::read::sealed::{document, private_key, public_key, wrong};
use crate::show::diagnostic::Diagnostic;
use crate::show::out;
use clap::{ValueEnum, ValueHint};
use longma_core::limits::FACTS_BYTES;
use longma_core::order::Gather;
use longma_core::{Args, Instant};
use longma_seal::revoked::Revoked;
use longma_seal::statement::{Kind, Statement};
use longma_seal::trust::{Release, Role, Root, Timestamp, digest};
use longma_seal::{Keys, PrivateKey, Purpose};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[arg(value_name = "WHAT", value_enum)]
    what: What,
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, required = true)]
    key: Vec<PathBuf>,
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    to: Option<PathBuf>,
    #[arg(long, value_name = "N")]
    number: Option<i64>,
    #[arg(long, value_name = "TIME")]
    expires: Option<String>,
    #[arg(long, value_name = "ROLE=N:FILE,…")]
    role: Vec<String>,
    #[arg(long, value_name = "NAME=FILE")]
    file: Vec<String>,
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    release: Option<PathBuf>,
    #[arg(long, value_name = "ID")]
    id: Vec<String>,
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    document: Option<PathBuf>,
    #[command(flatten)]
    when: When,
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    save: PathBuf,
}

/// What is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    Root,
    Release,
    Timestamp,
    Revoked,
    Facts,
    Corrections,
}

impl What {
    fn purpose(self) -> Purpose {
        match self {
            Self::Root => Purpose::Root,
            Self::Release => Purpose::Packs,
            Self::Timestamp => Purpose::Timestamp,
            Self::Revoked => Purpose::Revocations,
            Self::Facts | Self::Corrections => Purpose::Facts,
        }
    }
}

/// Makes the document, or takes one that others have signed, and signs it.
pub(crate) fn run(arguments: &Arguments, words: Words) -> Result<Answer, Refusal> {
    let keys: Result<Vec<PrivateKey>, Refusal> = arguments
        .key
        .iter()
        .map(|path| private_key(path, words))
        .collect();
    let keys = keys?;
    let purpose = arguments.what.purpose();
    if purpose == Purpose::Facts {
        // One source signs what it states; for several nobody would answer.
        let ([key], None) = (keys.as_slice(), &arguments.to) else {
            return Err(usage(Key::SignOne, &Args::NONE, words));
        };
        let signed = key.seal(&payload(arguments, words)?, purpose);
        out::file(&arguments.save, signed, words)?;
        return Ok(Answer::exact(String::new()));
    }
    let told = |problem: &longma_core::Problem| wrong(&arguments.save, problem, words);
    let begun = match &arguments.to {
        Some(path) => document(path, words)?,
        None => PrivateKey::seal_by(&payload(arguments, words)?, purpose, [])
            .map_err(|problem| told(&problem))?,
    };
    let signed = keys.iter().try_fold(begun, |document, key| {
        key.join(&document, purpose)
            .map_err(|problem| told(&problem))
    })?;
    out::file(&arguments.save, signed, words)?;
    Ok(Answer::exact(String::new()))
}

fn payload(arguments: &Arguments, words: Words) -> Result<Vec<u8>, Refusal> {
    let dated = || {
        let version = arguments.number.ok_or_else(|| missing("--number", words))?;
        let expires = arguments.expires.as_deref();
        let expires = expires.ok_or_else(|| missing("--expires", words))?;
        Ok((version, instant(Some(expires), words)?))
    };
    Ok(match arguments.what {
        What::Facts => statement(arguments, Kind::Facts, words)?.to_payload(),
        What::Corrections => statement(arguments, Kind::Corrections, words)?.to_payload(),
        What::Root => root(arguments, dated()?, words)?.to_payload(),
        What::Release => release(arguments, dated()?, words)?.to_payload(),
        What::Timestamp => {
            let (version, expires) = dated()?;
            let path = arguments.release.as_deref();
            let path = path.ok_or_else(|| missing("--release", words))?;
            let release = document(path, words)?;
            // Whoever stamps a release says which version it is; the release says so too.
            let named = Release::claimed(&release).map_err(|it| wrong(path, &it, words))?;
            Timestamp {
                version,
                expires,
                release: named.version,
                digest: digest(&release),
            }
            .to_payload()
        }
        What::Revoked => {
            let (version, expires) = dated()?;
            let ids = arguments.id.iter().map(|text| id(text, words));
            let ids: Vec<[u8; 8]> = ids.collect::<Result<_, _>>()?;
            let span = (instant(None, words)?, expires);
            let list = Revoked::new(version, span, &ids);
            list.ok_or_else(|| missing("--id", words))?.to_payload()
        }
    })
}

/// What a source states, as it is given: whoever puts it together with what others state
/// holds it against the schema.
fn statement(arguments: &Arguments, kind: Kind, words: Words) -> Result<Statement, Refusal> {
    let path = arguments.document.as_deref();
    let path = path.ok_or_else(|| missing("--document", words))?;
    Ok(Statement {
        made: instant(arguments.when.at.as_deref(), words)?,
        kind,
        document: read_text(path, FACTS_BYTES, words)?,
    })
}

fn release(
    arguments: &Arguments,
    (version, expires): (i64, Instant),
    words: Words,
) -> Result<Release, Refusal> {
    let files = arguments.file.iter().map(|given| {
        let (name, path) = parts(given, "--file", words)?;
        Ok((name.to_owned(), digest(&document(Path::new(path), words)?)))
    });
    let files: Vec<_> = files.collect::<Result<_, Refusal>>()?;
    if files.is_empty() {
        return Err(missing("--file", words));
    }
    Ok(Release {
        version,
        expires,
        files: files.into_iter().into_map(),
    })
}

fn root(
    arguments: &Arguments,
    (version, expires): (i64, Instant),
    words: Words,
) -> Result<Root, Refusal> {
    let role = |given: &String| {
        let wrong = || usage(Key::SignRole, &Args::of("found", given), words);
        let (name, rest) = given.split_once('=').ok_or_else(wrong)?;
        let (threshold, paths) = rest.split_once(':').ok_or_else(wrong)?;
        let mut all = Purpose::ALL.into_iter();
        let purpose = all.find(|it| it.name().strip_prefix("longma/") == Some(name));
        let purpose = purpose.ok_or_else(wrong)?;
        let threshold: usize = threshold.parse().map_err(|_| wrong())?;
        let keys = paths
            .split(',')
            .map(|path| public_key(Path::new(path), words));
        let keys = Keys::new(keys.collect::<Result<Vec<_>, _>>()?);
        if threshold == 0 || threshold > keys.len() {
            let args = Args::of("role", name).with("threshold", threshold);
            let args = args.with("keys", keys.len());
            return Err(usage(Key::SignThreshold, &args, words));
        }
        Ok((purpose, Role { keys, threshold }))
    };
    let roles: Vec<(Purpose, Role)> = arguments
        .role
        .iter()
        .map(role)
        .collect::<Result<_, Refusal>>()?;
    if roles.is_empty() {
        return Err(missing("--role", words));
    }
    Ok(Root {
        version,
        expires,
        roles: roles.into_iter().into_map(),
    })
}

/// An id of eight bytes, as `longma issue` tells it.
fn id(text: &str, words: Words) -> Result<[u8; 8], Refusal> {
    let number = u64::from_str_radix(text, 16).ok();
    let number = number.filter(|_| text.len() == 16);
    let told = || usage(Key::SignId, &Args::of("found", text), words);
    Ok(number.ok_or_else(told)?.to_be_bytes())
}

fn parts<'a>(given: &'a str, option: &str, words: Words) -> Result<(&'a str, &'a str), Refusal> {
    let args = Args::of("found", given).with("option", option);
    given
        .split_once('=')
        .filter(|(name, path)| !name.is_empty() && !path.is_empty())
        .ok_or_else(|| usage(Key::SignPair, &args, words))
}

fn missing(option: &str, words: Words) -> Refusal {
    usage(Key::SignMissing, &Args::of("option", option), words)
}

fn usage(key: Key, args: &Args, words: Words) -> Refusal {
    Refusal::new(Exit::Usage, Diagnostic::error(&words.fill(key, args)))
}
