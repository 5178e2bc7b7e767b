//! One step: a command line that a user could type, with its conditions.
//!
//! A step passes if its program exits with status 0. It fails if its files are
//! missing. Only the step's own program can skip something: it prints a line
//! `skipped: <what and why>`, and each such line is counted.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::report::{self, Failure};
use crate::setup::{self, Part};
use crate::wasm::Wasm;
use crate::{project, run};

/// Prefix of a line in which a step's program says that it skipped something.
pub(crate) const SKIPPED: &str = "skipped: ";

/// Time limit for tests in a browser, in seconds. The default of 20 is too short for a
/// small machine.
const BROWSER_SECONDS: &str = "300";

/// Resources that only one step may hold at a time.
pub(crate) mod held {
    /// The target folder for native code. Cargo locks it while building.
    pub(crate) const TARGET: &str = "target";
    /// The target folder for WebAssembly. A test build overwrites the file that a package
    /// is made from.
    pub(crate) const WASM_TARGET: &str = "target/wasm";
    /// The browser: it needs memory and has time limits, so only one runs at a time,
    /// beside that of the pages.
    pub(crate) const BROWSER: &str = "browser";
    /// The browser of the pages, whose tests take longest.
    pub(crate) const PAGES: &str = "browser of the pages";
}

/// A step. [`crate::steps`] has the table of them.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// Its name for `--only`.
    pub(crate) name: String,
    /// The command line that a user would type. Words are separated by spaces; no word
    /// contains one.
    line: String,
    /// The working folder, relative to the workspace's.
    folder: String,
    /// The steps that make its inputs.
    pub(crate) after: Vec<String>,
    /// Resources that it holds exclusively while it runs: names from [`held`].
    pub(crate) uses: Vec<&'static str>,
    /// Files and folders that must exist, relative to the workspace's folder; without them
    /// the step would have nothing to do.
    wants: Vec<String>,
    /// Files that it must make. Leftovers from an earlier run are removed first, so that
    /// they cannot pass for new.
    makes: Vec<String>,
    /// Parts that it needs beside those that its program tells.
    needs: Vec<Part>,
    /// Whether it only compiles, which is quick when nothing has changed. `--only` also runs
    /// the compiling steps that a step needs, so that no stale build is tested.
    pub(crate) compiles: bool,
    /// Whether it runs Rust tests. Such a step must run at least one, since a wrong setting
    /// can silently leave tests out.
    rust_tests: bool,
    /// What to do when it fails.
    advice: String,
}

/// How a step ended, and how long it took.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) name: String,
    pub(crate) took: Duration,
    pub(crate) failed: bool,
    /// What its program skipped, and why.
    pub(crate) skipped: Vec<String>,
}

/// Owned copies of `words`.
fn owned(words: &[&str]) -> Vec<String> {
    words.iter().copied().map(str::to_owned).collect()
}

impl Step {
    /// A step `name` that runs `line` in the workspace's folder.
    pub(crate) fn new(name: impl Into<String>, line: impl Into<String>) -> Self {
        let name = name.into();
        let advice = format!(
            "correct what the output names, then run this step alone with `cargo xtask test --only {name}`"
        );
        Self {
            name,
            line: line.into(),
            folder: String::new(),
            after: Vec::new(),
            uses: Vec::new(),
            wants: Vec::new(),
            makes: Vec::new(),
            needs: Vec::new(),
            compiles: false,
            rust_tests: false,
            advice,
        }
    }

    pub(crate) fn in_folder(mut self, folder: &str) -> Self {
        folder.clone_into(&mut self.folder);
        self
    }

    pub(crate) fn after(mut self, names: &[&str]) -> Self {
        self.after.extend(owned(names));
        self
    }

    pub(crate) fn holding(mut self, names: &[&'static str]) -> Self {
        self.uses.extend(names);
        self
    }

    pub(crate) fn wants(mut self, paths: &[&str]) -> Self {
        self.wants.extend(owned(paths));
        self
    }

    pub(crate) fn makes(mut self, paths: &[&str]) -> Self {
        self.makes.extend(owned(paths));
        self
    }

    pub(crate) fn needs(mut self, parts: &[Part]) -> Self {
        self.needs.extend(parts);
        self
    }

    pub(crate) fn compiles(mut self) -> Self {
        self.compiles = true;
        self
    }

    pub(crate) fn runs_rust_tests(mut self) -> Self {
        self.rust_tests = true;
        self
    }

    pub(crate) fn advice(mut self, advice: &str) -> Self {
        advice.clone_into(&mut self.advice);
        self
    }

    fn program(&self) -> &str {
        self.line.split(' ').next().unwrap_or_default()
    }

    fn starts_browser(&self) -> bool {
        let browsers = [held::BROWSER, held::PAGES];
        self.uses.iter().any(|it| browsers.contains(it))
    }

    /// Whether it builds WebAssembly.
    fn builds_wasm(&self) -> bool {
        self.uses.contains(&held::WASM_TARGET)
    }

    /// The parts that must be set up for it.
    pub(crate) fn parts(&self) -> Vec<Part> {
        let mut parts = match self.program() {
            "cargo" => vec![Part::Components],
            "wasm-pack" => vec![Part::Node, Part::Tools, Part::WasmPack, Part::WasmBindgen],
            "wasm-bindgen" => vec![Part::WasmBindgen],
            // npm runs what it finds in the packages of the folder.
            "npm" => Part::npm(&self.folder)
                .into_iter()
                .chain([Part::Node])
                .collect(),
            "node" => vec![Part::Node, Part::Tools],
            // A program that an earlier step has built.
            _ => Vec::new(),
        };
        parts.extend(&self.needs);
        if self.builds_wasm() {
            parts.push(Part::Target);
        }
        if self.starts_browser() {
            parts.push(Part::Browser);
        }
        parts
    }

    /// Its working folder, relative to the workspace's.
    #[cfg(test)]
    pub(crate) fn folder(&self) -> &str {
        &self.folder
    }

    /// The command line, for display.
    pub(crate) fn words(&self) -> String {
        match self.folder.as_str() {
            "" => self.line.clone(),
            folder => format!("{} (in {folder}/)", self.line),
        }
    }

    /// Runs the step. Its output goes to its log.
    ///
    /// # Errors
    /// If its files are missing or its program fails.
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let run = || self.work().map(|()| String::new());
        report::line(&self.name, &self.words(), run).1
    }

    /// Runs the step without printing anything and returns how it ended.
    pub(crate) fn done(&self) -> (Done, Result<(), Failure>) {
        let (took, result) = report::timed(|| self.work());
        let done = Done {
            name: self.name.clone(),
            took,
            failed: result.is_err(),
            skipped: skipped_in(&project::log(&self.name)),
        };
        (done, result)
    }

    fn work(&self) -> Result<(), Failure> {
        // Lines in an old log would be counted for this run. There may be no log yet.
        let _ = fs::remove_file(project::log(&self.name));
        self.has_what_it_wants()?;
        self.remove_what_it_makes();
        let mut command = self.command()?;
        run::logged(&self.name, &mut command)
            .map_err(|failure| failure.advise(self.advice.as_str()))?;
        self.has_made_all()?;
        self.has_tested()
    }

    fn has_what_it_wants(&self) -> Result<(), Failure> {
        let absent = |path: &&String| !project::root().join(path).exists();
        let first = self.wants.iter().find(absent);
        first.map_or(Ok(()), |path| {
            Err(Failure::new(
                format!("`{}` cannot run because {path} is not there", self.name),
                "run the steps before it, in the order of `cargo xtask test --list`; \
                 if they do not make that path, fetch it from the repository",
            ))
        })
    }

    fn remove_what_it_makes(&self) {
        for path in &self.makes {
            // The file may not exist. If it cannot be removed, writing it fails too.
            let _ = fs::remove_file(project::root().join(path));
        }
    }

    fn has_made_all(&self) -> Result<(), Failure> {
        let absent = |path: &&String| !project::root().join(path).is_file();
        let first = self.makes.iter().find(absent);
        first.map_or(Ok(()), |path| {
            let failure = Failure::new(
                format!("`{}` ended well and did not make {path}", self.line),
                self.advice.as_str(),
            );
            Err(failure.with_log(project::log(&self.name)))
        })
    }

    fn command(&self) -> Result<Command, Failure> {
        let program = self.program();
        let built = program.strip_prefix("target/");
        let mut command = match built.and_then(|built| built.split_once('/')) {
            Some((profile, name)) => run::built(profile, name),
            None => run::command(program),
        };
        command
            .args(self.line.split(' ').skip(1))
            .current_dir(project::root().join(&self.folder));
        if self.builds_wasm() {
            let wasm = Wasm::find().ok_or_else(|| {
                Failure::new(
                    "there is no compiler for WebAssembly",
                    "run `cargo xtask setup`",
                )
            })?;
            wasm.configure(&mut command);
        }
        if self.after.iter().any(|step| step == "build") {
            let longma = run::built("debug", "longma");
            command.env("LONGMA", longma.get_program());
        }
        if self.starts_browser() {
            self.name_browser(&mut command);
        }
        Ok(command)
    }

    /// Sets the variables that tell the step's program which browser to use.
    fn name_browser(&self, command: &mut Command) {
        if let Some(chrome) = setup::chrome() {
            command.env("CHROME_PATH", chrome);
        }
        if let Some(firefox) = setup::firefox() {
            command.env("FIREFOX_PATH", firefox);
        }
        if self.program() != "wasm-pack" {
            return;
        }
        command
            // Tests that do not choose an environment run in Node, or in the browser with this
            // variable, so one file serves both.
            .env("WASM_BINDGEN_USE_BROWSER", "1")
            .env("WASM_BINDGEN_TEST_TIMEOUT", BROWSER_SECONDS);
        if let Some(driver) = setup::chromedriver() {
            command.arg("--chromedriver").arg(driver);
        }
    }

    /// Checks that a step for Rust tests has run at least one.
    fn has_tested(&self) -> Result<(), Failure> {
        let log = project::log(&self.name);
        let printed = fs::read(&log).unwrap_or_default();
        if !self.rust_tests || has_run_a_test(&String::from_utf8_lossy(&printed)) {
            return Ok(());
        }
        let failure = Failure::new(
            format!("`{}` ran no test", self.line),
            "write one, or take away the setting that leaves all of them out",
        );
        Err(failure.with_log(log))
    }
}

/// Whether `printed`, from cargo's or wasm-bindgen's test runner, reports a test that
/// passed.
fn has_run_a_test(printed: &str) -> bool {
    printed
        .lines()
        .filter_map(|line| line.strip_prefix("test result: ok. "))
        .any(|counts| !counts.starts_with("0 passed"))
}

/// The reasons for skipping in `log`.
fn skipped_in(log: &Path) -> Vec<String> {
    let printed = fs::read(log).unwrap_or_default();
    let printed = String::from_utf8_lossy(&printed);
    printed
        .lines()
        .filter_map(skipped)
        .map(str::to_owned)
        .collect()
}

/// The reason in a line that says something was skipped. A Rust test may print it after
/// its own name: `test a_name ... skipped: why`.
fn skipped(line: &str) -> Option<&str> {
    let said = line.rsplit_once(" ... ").map_or(line, |(_, after)| after);
    said.trim_start().strip_prefix(SKIPPED)
}

#[cfg(test)]
mod tests {
    use super::{has_run_a_test, skipped};

    #[test]
    fn tests_that_were_all_left_out_are_no_tests() {
        let none = "running 0 tests\ntest result: ok. 0 passed; 0 failed; 0 ignored";
        assert!(!has_run_a_test(none));
        let one = format!("{none}\ntest result: ok. 1 passed; 0 failed; 0 ignored");
        assert!(has_run_a_test(&one));
    }

    #[test]
    fn a_skip_is_told_at_the_start_of_a_line_or_after_a_tests_name() {
        assert_eq!(skipped("skipped: no real file"), Some("no real file"));
        assert_eq!(
            skipped("test real_areas ... skipped: no real file"),
            Some("no real file")
        );
        assert_eq!(skipped("nothing was skipped: all ran"), None);
    }
}
