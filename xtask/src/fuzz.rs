//! `cargo xtask fuzz TARGET`: one target of `tests/src/fuzz.rs` under libFuzzer.
//!
//! A stable toolchain and a C++ compiler are enough. What a run adds to the corpus stays in
//! `target/fuzz/corpus`; `--keep` chooses what of it goes to `tests/corpus`, which the tests
//! replay.

use std::cmp::Reverse;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::report::{self, Failure};
use crate::{project, run};

/// The folders of all targets, below the target folder.
const WORK: &str = "target/fuzz";
/// The kept corpora.
const KEPT: &str = "tests/corpus";
/// Most files that `--keep` leaves in one kept corpus, and most bytes of one that it adds:
/// small enough for the repository and for a short replay.
const KEPT_FILES: usize = 120;
const KEPT_BYTES: u64 = 800;
/// Minutes of a run, if none are given.
const MINUTES: u64 = 10;
/// Seconds that one input may take, and memory in megabytes: more is a finding.
const SECONDS: u64 = 20;
const MEGABYTES: u64 = 2_048;
/// How long finding a smaller input may take, in seconds.
const SHRINKING: u64 = 60;

/// What libFuzzer needs to know about the code that it drives.
const COVERAGE: [&str; 6] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cllvm-args=-simplifycfg-branch-fold-threshold=0",
];

/// A target: its name, and the greatest length of its inputs in bytes.
const TARGETS: [(&str, u64); 8] = [
    ("facts", 8_192),
    ("house", 16_384),
    ("packed", 8_192),
    ("people", 8_192),
    ("records", 8_192),
    ("rules", 4_096),
    ("sealed", 4_096),
    ("tables", 8_192),
];

/// What to do with a target.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wish {
    target: &'static str,
    longest: u64,
    work: Work,
}

#[derive(Debug, PartialEq, Eq)]
enum Work {
    /// Look for findings, for so many minutes.
    Search(u64),
    /// Choose what the tests replay.
    Keep,
}

impl Wish {
    /// Reads the words after `cargo xtask fuzz`.
    ///
    /// # Errors
    /// A sentence that names what is wrong.
    pub(crate) fn parse(words: &[&str]) -> Result<Self, String> {
        let (name, options) = words.split_first().unwrap_or((&"", &[]));
        let Some((target, longest)) = TARGETS.into_iter().find(|known| known.0 == *name) else {
            let names = TARGETS.map(|known| known.0).join(", ");
            return Err(format!("`fuzz {name}` names no target; there are {names}"));
        };
        let work = match options {
            [] => Work::Search(MINUTES),
            ["--keep"] => Work::Keep,
            ["--minutes", count] => match count.parse() {
                Ok(minutes) if minutes > 0 => Work::Search(minutes),
                _ => return Err(format!("`--minutes {count}` is no whole number above 0")),
            },
            other => return Err(format!("`{}` is not an option of `fuzz`", other.join(" "))),
        };
        Ok(Self {
            target,
            longest,
            work,
        })
    }
}

/// Builds the target and does what is wished.
///
/// # Errors
/// If it cannot be built, or has found something.
pub(crate) fn fuzz(wish: &Wish) -> Result<(), Failure> {
    let fuzzer = Fuzzer::build(wish)?;
    match wish.work {
        Work::Search(minutes) => fuzzer.search(minutes),
        Work::Keep => fuzzer.keep(),
    }
}

/// A built target with its folders.
struct Fuzzer {
    name: &'static str,
    longest: u64,
    program: PathBuf,
    /// What runs have found worth keeping on this machine.
    corpus: PathBuf,
    seeds: PathBuf,
    findings: PathBuf,
    kept: PathBuf,
}

impl Fuzzer {
    fn build(wish: &Wish) -> Result<Self, Failure> {
        let name = wish.target;
        let host = host()?;
        let mut build = run::command("cargo");
        build
            .args(["build", "--package", "longma-fuzz", "--features"])
            .args(["libfuzzer", "--profile", "fuzz", "--bin", name])
            // With a target named, build scripts are not instrumented.
            .args(["--target", &host, "--target-dir", WORK])
            .env("RUSTFLAGS", COVERAGE.join(" "))
            .env_remove("CARGO_ENCODED_RUSTFLAGS");
        let step = format!("fuzz-{name}");
        report::line(&step, &run::words(&build), || {
            run::logged(&step, &mut build)?;
            Ok(String::new())
        })
        .1
        .map_err(|failure| {
            failure.advise(
                "libFuzzer needs a C++ compiler and Linux or macOS; where both are there, \
                 correct what the output names",
            )
        })?;
        let work = project::root().join(WORK);
        let fuzzer = Self {
            name,
            longest: wish.longest,
            program: work.join(&host).join("fuzz").join(name),
            corpus: work.join("corpus").join(name),
            seeds: work.join("seeds").join(name),
            findings: work.join("findings").join(name),
            kept: project::root().join(KEPT).join(name),
        };
        for folder in [&fuzzer.corpus, &fuzzer.seeds, &fuzzer.findings] {
            fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
        }
        Ok(fuzzer)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .current_dir(project::root())
            .env("LONGMA_FUZZ_SEEDS", &self.seeds)
            // Weighing inputs by what is rare in them took three quarters of the time of
            // `rules`, and reached no more.
            .arg("-entropic=0")
            .arg(format!("-timeout={SECONDS}"))
            .arg(format!("-rss_limit_mb={MEGABYTES}"));
        command
    }

    fn search(&self, minutes: u64) -> Result<(), Failure> {
        let (corpus, findings) = (shown(&self.corpus), shown(&self.findings));
        let (name, kept) = (self.name, shown(&self.kept));
        println!(
            "\nLooks for findings in `{name}` for {minutes} minutes, then ends; Ctrl-C ends it sooner.\n\
             It starts from {kept}/ and from seeds. New inputs: {corpus}/. Findings: {findings}/.\n\
             `cov` and `ft` count the code that was reached, `exec/s` the inputs a second.\n"
        );
        let before = files(&self.findings);
        let mut search = self.command();
        search
            .arg(format!("-max_len={}", self.longest))
            .arg(format!("-max_total_time={}", minutes * 60))
            .arg(format!("-artifact_prefix={findings}/"))
            .arg("-print_final_stats=1")
            .args([&self.corpus, &self.seeds, &self.kept]);
        let ended = run::shown(&mut search);
        let found = files(&self.findings).into_iter();
        let found: Vec<PathBuf> = found.filter(|file| !before.contains(file)).collect();
        match (found.first(), ended) {
            (Some(file), _) => Err(self.found(file)),
            (None, Err(failure)) => Err(failure),
            (None, Ok(())) => {
                println!(
                    "\nNothing was found. `cargo xtask fuzz {name} --keep` puts the inputs that \
                     reach most into {kept}/."
                );
                Ok(())
            }
        }
    }

    /// What to do with a finding, after an attempt to make it smaller.
    fn found(&self, file: &Path) -> Failure {
        let (name, kept) = (self.name, shown(&self.kept));
        let small = file.with_extension("small");
        let mut shrink = self.command();
        shrink
            .arg("-minimize_crash=1")
            .arg(format!("-max_total_time={SHRINKING}"))
            .arg(format!("-exact_artifact_path={}", small.display()))
            .arg(file);
        println!("\nLooks for a smaller input that shows the same, for {SHRINKING} seconds.\n");
        let step = format!("fuzz-{name}-small");
        // It ends with a failure as soon as it finds nothing smaller.
        let _ = run::logged(&step, &mut shrink);
        let shows = small.is_file() && run::logged(&step, self.command().arg(&small)).is_err();
        let file = if shows { small.as_path() } else { file };
        Failure::new(
            format!(
                "the fuzzer has found something in `{name}`: {}",
                shown(file)
            ),
            format!(
                "copy that file into {kept}/ under a name that says what it shows; \
                 `cargo test --package longma-tests fuzz::` then fails with the same words; \
                 mend the cause and leave the file there"
            ),
        )
    }

    /// Adds to the kept corpus what reaches code that neither it nor the seeds reach, the
    /// longest of the short inputs first: they reach most.
    fn keep(&self) -> Result<(), Failure> {
        let (name, kept) = (self.name, &self.kept);
        let chosen = project::root().join(WORK).join("chosen").join(name);
        // The run before may have left other files; a folder that is not there is as well.
        let _ = fs::remove_dir_all(&chosen);
        fs::create_dir_all(&chosen).map_err(|error| unwritable(&chosen, &error))?;
        let step = format!("fuzz-{name}-keep");
        report::line(&step, "the inputs that reach more", || {
            // Running no input writes the seeds.
            run::logged(&step, self.command().arg("-runs=0"))?;
            for file in files(kept).iter().chain(&files(&self.seeds)) {
                copy(file, &chosen)?;
            }
            let mut merge = self.command();
            merge
                .arg(format!("-max_len={}", self.longest))
                .args(["-set_cover_merge=1", "-use_counters=0"]);
            run::logged(&step, merge.args([&chosen, &self.corpus]))?;
            Ok(String::new())
        })
        .1?;
        let known = [files(kept), files(&self.seeds)].concat();
        let known: Vec<&OsStr> = known.iter().filter_map(|file| file.file_name()).collect();
        let mut new = files(&chosen);
        new.retain(|file| file.file_name().is_none_or(|name| !known.contains(&name)));
        new.retain(|file| length(file) <= KEPT_BYTES);
        new.sort_by_key(|file| Reverse(length(file)));
        let room = KEPT_FILES.saturating_sub(files(kept).len());
        for file in new.iter().take(room) {
            copy(file, kept)?;
        }
        println!(
            "\n{} inputs were added to {}/, which holds at most {KEPT_FILES}; delete files there to \
             make room.",
            new.len().min(room),
            shown(kept)
        );
        Ok(())
    }
}

fn copy(file: &Path, to: &Path) -> Result<(), Failure> {
    let to = to.join(file.file_name().unwrap_or_default());
    fs::copy(file, &to)
        .map(|_| ())
        .map_err(|error| unwritable(&to, &error))
}

/// The target of this machine.
fn host() -> Result<String, Failure> {
    let version = run::text(run::command("rustc").arg("-vV")).unwrap_or_default();
    let mut lines = version.lines();
    let host = lines.find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| {
        Failure::new(
            "`rustc -vV` does not say for which target it compiles",
            "install a Rust toolchain",
        )
    })
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(
        format!("{} cannot be written: {error}", shown(path)),
        "make that folder writable, then run the same command again",
    )
}

fn shown(path: &Path) -> String {
    project::shown(path)
}

/// The files in a folder, in order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.retain(|path| path.is_file());
    files.sort();
    files
}

fn length(file: &Path) -> u64 {
    fs::metadata(file).map_or(0, |found| found.len())
}

#[cfg(test)]
mod tests {
    use super::{KEPT, MINUTES, TARGETS, Wish, Work};
    use crate::project;

    #[test]
    fn a_target_is_searched_for_some_minutes_unless_it_is_asked_otherwise() {
        let work = |words: &[&str]| Wish::parse(words).map(|wish| wish.work);
        assert_eq!(work(&["rules"]), Ok(Work::Search(MINUTES)));
        assert_eq!(work(&["rules", "--minutes", "60"]), Ok(Work::Search(60)));
        assert_eq!(work(&["rules", "--keep"]), Ok(Work::Keep));
    }

    #[test]
    fn what_is_not_understood_is_named() {
        let wrong = |words: &[&str]| Wish::parse(words).err().unwrap_or_default();
        assert!(wrong(&[]).contains("facts, house, packed"));
        assert!(wrong(&["parser"]).contains("`fuzz parser`"));
        assert!(wrong(&["rules", "--minutes", "0"]).contains("`--minutes 0`"));
        assert!(wrong(&["rules", "--hours"]).contains("`--hours`"));
    }

    #[test]
    fn each_target_has_a_kept_corpus() {
        for (name, _) in TARGETS {
            let folder = project::root().join(KEPT).join(name);
            assert!(!super::files(&folder).is_empty(), "{name}");
        }
    }
}
