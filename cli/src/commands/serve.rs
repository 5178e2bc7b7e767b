//! `longma serve`: the issuing service.

use crate::answer::{Answer, Exit, Refusal};
use crate::messages::Words;
use crate::read::given::read_text;
use crate::read::packs::refused;
use crate::read::sealed::wrong;
use crate::show::sources::Sources;
use crate::show::terminal::aside;
use clap::ValueHint;
use longma_core::limits::TEXT_FILE_BYTES;
use longma_serve::Config;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    config: PathBuf,
    /// Look through the log instead of answering.
    #[arg(long)]
    verify_audit: bool,
}

/// Answers until the process is asked to end, or looks through the log.
pub(crate) fn run(arguments: &Arguments, words: Words) -> Result<Answer, Refusal> {
    let path = &arguments.config;
    let text = read_text(path, TEXT_FILE_BYTES, words)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let config = Config::read(&text, path, folder).map_err(|it| wrong(path, &it, words))?;
    if arguments.verify_audit {
        let verified = longma_serve::verify(&config);
        let (_, whole) = verified.map_err(|it| wrong(path, &it, words))?;
        return Ok(Answer::page(format!("{}\n", words.of(&whole))));
    }
    let ended = longma_serve::run(config, |at| aside(&format!("{}\n", words.of(&at))));
    ended.map_err(|problems| {
        refused(Exit::Files, &Sources::default(), problems.as_slice(), words)
    })?;
    Ok(Answer::exact(String::new()))
}
