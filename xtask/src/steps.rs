//! The steps of `cargo xtask test`, and running them.
//!
//! Each step is a row of [`STEPS`]: a command line that a user could type, in
//! the folder where it is typed. A step passes if its program ends with status
//! 0 and fails otherwise; a step whose files are not there fails. Only a step's
//! own program can skip something: it prints a line `skipped: <what and why>`,
//! and each such line counts.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

use crate::report::{self, Failure, seconds};
use crate::setup::{self, Part};
use crate::wasm::Wasm;
use crate::{project, run};

/// How a line begins by which a step's program says that it left something out.
const SKIPPED: &str = "skipped: ";

/// How long the tests in a browser may take, in seconds; by default it is 20, little for a small machine.
const BROWSER_SECONDS: &str = "300";

/// One row of the table.
#[derive(Debug)]
pub(crate) struct Step {
    /// What `--only` calls it.
    name: &'static str,
    /// What a user would type; words are separated by spaces and none holds one.
    line: &'static str,
    /// The folder where it is typed, from the workspace's.
    folder: &'static str,
    /// Files and folders, from the workspace's, without which it would have nothing to do.
    wants: &'static [&'static str],
    /// Files it must have made; one of an earlier run is removed first, so that it cannot pass for new.
    makes: &'static [&'static str],
    /// Whether it starts a browser.
    browser: bool,
    /// Whether it runs Rust tests and so must have run one: a test can be left out by a mere setting.
    rust_tests: bool,
    /// What to do when it fails.
    advice: &'static str,
}

/// What most rows have in common.
const PLAIN: Step = Step {
    name: "",
    line: "",
    folder: "",
    wants: &[],
    makes: &[],
    browser: false,
    rust_tests: false,
    advice: "correct what the output names, then run this step alone with `cargo xtask test --only <its name>`",
};

const DIFFERENT: &str =
    "native code and WebAssembly decide differently: look for an unordered map, a float or a clock";

/// All steps, each after those whose files it reads.
const STEPS: &[Step] = &[
    Step {
        name: "format",
        line: "cargo fmt --all --check",
        advice: "run `cargo fmt --all`",
        ..PLAIN
    },
    Step {
        name: "clippy",
        line: "cargo clippy --workspace --all-targets -- -D warnings",
        ..PLAIN
    },
    Step {
        name: "rust-tests",
        line: "cargo test --workspace",
        rust_tests: true,
        ..PLAIN
    },
    Step {
        name: "check",
        line: "cargo run --quiet --package longma-cli -- check --deny-warnings --packs rules/packs",
        wants: &["rules/packs"],
        advice: "each code has a section in rules/findings.md",
        ..PLAIN
    },
    Step {
        name: "cases",
        line: "cargo run --quiet --package longma-cli -- test --coverage --packs rules/packs",
        wants: &["rules/packs"],
        advice: "a rule and one of its cases disagree, or no case exercises it: see what the source's words support",
        ..PLAIN
    },
    BUNDLE,
    WASM_WEB,
    WASM_NODE,
    Step {
        name: "wasm-types",
        line: "node wasm/scripts/types.mjs --check",
        wants: &["wasm/scripts/types.mjs"],
        advice: "run `node wasm/scripts/types.mjs`: it writes the types from the schemas",
        ..PLAIN
    },
    Step {
        name: "wasm-tsc",
        line: "node node_modules/typescript/bin/tsc --noEmit --strict --target es2022 --module esnext \
               --moduleResolution bundler --lib es2022,dom,esnext.disposable \
               wasm/types/usage.ts wasm/pkg-node/longma_wasm.d.ts",
        wants: &["wasm/pkg-web", "wasm/pkg-node"],
        ..PLAIN
    },
    Step {
        name: "wasm-test-node",
        line: "wasm-pack test --release --node",
        folder: "wasm",
        wants: &["wasm/tests"],
        rust_tests: true,
        ..PLAIN
    },
    Step {
        name: "wasm-test-browser",
        line: "wasm-pack test --release --headless --chrome",
        folder: "wasm",
        wants: &["wasm/tests", "wasm/webdriver.json"],
        browser: true,
        rust_tests: true,
        ..PLAIN
    },
    Step {
        name: "parity-native",
        line: "cargo run --quiet --release --package longma-tests --bin parity-inputs",
        ..PLAIN
    },
    Step {
        name: "parity-node",
        line: "node tests/parity/node.mjs",
        wants: &["tests/parity/node.mjs"],
        advice: DIFFERENT,
        ..PLAIN
    },
    Step {
        name: "parity-browser",
        line: "node tests/parity/browser.mjs",
        wants: &["tests/parity/browser.mjs"],
        browser: true,
        advice: DIFFERENT,
        ..PLAIN
    },
    PAGE,
    Step {
        name: "page-test",
        line: "npm test",
        folder: "web-demo",
        wants: &["web-demo/package.json", "web-demo/dist"],
        browser: true,
        ..PLAIN
    },
];

/// The packs as one file, which WebAssembly loads.
pub(crate) const BUNDLE: Step = Step {
    name: "bundle",
    line: "cargo run --quiet --package longma-cli -- bundle --packs rules/packs --out target/bundle.json",
    wants: &["rules/packs"],
    makes: &["target/bundle.json"],
    advice: "correct the packs as the output says",
    ..PLAIN
};

/// The package for pages.
pub(crate) const WASM_WEB: Step = Step {
    name: "wasm-web",
    line: "wasm-pack build --release --target web --out-dir pkg-web",
    folder: "wasm",
    makes: &[
        "wasm/pkg-web/longma_wasm.js",
        "wasm/pkg-web/longma_wasm_bg.wasm",
    ],
    ..PLAIN
};

/// The package for Node.
pub(crate) const WASM_NODE: Step = Step {
    name: "wasm-node",
    line: "wasm-pack build --release --target nodejs --out-dir pkg-node",
    folder: "wasm",
    makes: &[
        "wasm/pkg-node/longma_wasm.js",
        "wasm/pkg-node/longma_wasm_bg.wasm",
    ],
    ..PLAIN
};

/// The web page, with its types checked.
pub(crate) const PAGE: Step = Step {
    name: "page-build",
    line: "npm run build",
    folder: "web-demo",
    wants: &[
        "web-demo/package.json",
        "target/bundle.json",
        "wasm/pkg-web",
    ],
    makes: &["web-demo/dist/index.html"],
    ..PLAIN
};

impl Step {
    fn program(&self) -> &'static str {
        self.line.split(' ').next().unwrap_or_default()
    }

    /// What must be set up for it.
    fn parts(&self) -> Vec<Part> {
        let mut parts = match self.program() {
            "cargo" => vec![Part::Components],
            "wasm-pack" => vec![
                Part::Node,
                Part::Tools,
                Part::Target,
                Part::WasmPack,
                Part::WasmBindgen,
            ],
            "npm" => vec![Part::Node, Part::Page],
            _ => vec![Part::Node, Part::Tools],
        };
        if self.browser {
            parts.push(Part::Browser);
        }
        parts
    }

    /// The command line for a reader.
    fn words(&self) -> String {
        match self.folder {
            "" => self.line.to_owned(),
            folder => format!("{} (in {folder}/)", self.line),
        }
    }

    fn has_what_it_wants(&self) -> Result<(), Failure> {
        let absent = |path: &&&str| !project::root().join(path).exists();
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
        for path in self.makes {
            // What is not there need not be removed; what cannot be removed cannot be written either.
            let _ = fs::remove_file(project::root().join(path));
        }
    }

    fn has_made_all(&self) -> Result<(), Failure> {
        let absent = |path: &&&str| !project::root().join(path).is_file();
        let first = self.makes.iter().find(absent);
        first.map_or(Ok(()), |path| {
            let failure = Failure::new(
                format!("`{}` ended well and did not make {path}", self.line),
                self.advice,
            );
            Err(failure.with_log(project::log(self.name)))
        })
    }

    fn command(&self) -> Result<Command, Failure> {
        let mut command = run::command(self.program());
        command
            .args(self.line.split(' ').skip(1))
            .current_dir(project::root().join(self.folder));
        if self.program() == "wasm-pack" {
            let wasm = Wasm::find().ok_or_else(|| {
                Failure::new(
                    "there is no compiler for WebAssembly",
                    "run `cargo xtask setup`",
                )
            })?;
            wasm.configure(&mut command);
        }
        if self.browser {
            self.name_browser(&mut command);
        }
        Ok(command)
    }

    /// Tells the step's program which browser to use.
    fn name_browser(&self, command: &mut Command) {
        if let Some(chrome) = setup::chrome() {
            command.env("CHROME_PATH", chrome);
        }
        if self.program() != "wasm-pack" {
            return;
        }
        command
            // Tests that name no place run in Node, or with this in the browser: the same file serves both.
            .env("WASM_BINDGEN_USE_BROWSER", "1")
            .env("WASM_BINDGEN_TEST_TIMEOUT", BROWSER_SECONDS);
        if let Some(driver) = setup::chromedriver() {
            command.arg("--chromedriver").arg(driver);
        }
    }

    /// Checks that a step for Rust tests has run one.
    fn has_tested(&self) -> Result<(), Failure> {
        let log = project::log(self.name);
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

/// Whether `printed`, by cargo's or wasm-bindgen's test runner, tells of a test that passed.
fn has_run_a_test(printed: &str) -> bool {
    printed
        .lines()
        .filter_map(|line| line.strip_prefix("test result: ok. "))
        .any(|counts| !counts.starts_with("0 passed"))
}

/// What the step's program did.
#[derive(Debug)]
struct Done {
    name: &'static str,
    took: Duration,
    failed: bool,
    /// What it said it left out, and why.
    skipped: Vec<String>,
}

/// Runs one step; what it prints is in its log.
///
/// # Errors
/// If its files are not there or its program fails.
pub(crate) fn run(step: &Step) -> Result<(), Failure> {
    done(step).1
}

fn done(step: &Step) -> (Done, Result<(), Failure>) {
    // A line of an earlier run would be counted in this one; where there is no log there is none.
    let _ = fs::remove_file(project::log(step.name));
    let (took, result) = report::line(step.name, &step.words(), || {
        step.has_what_it_wants()?;
        step.remove_what_it_makes();
        let mut command = step.command()?;
        run::logged(step.name, &mut command).map_err(|failure| failure.advise(step.advice))?;
        step.has_made_all()?;
        step.has_tested()?;
        Ok(String::new())
    });
    let done = Done {
        name: step.name,
        took,
        failed: result.is_err(),
        skipped: skipped_in(&project::log(step.name)),
    };
    (done, result)
}

/// What `log` says was left out.
fn skipped_in(log: &Path) -> Vec<String> {
    let printed = fs::read(log).unwrap_or_default();
    let printed = String::from_utf8_lossy(&printed);
    printed
        .lines()
        .filter_map(skipped)
        .map(str::to_owned)
        .collect()
}

/// The reason in a line that says something was skipped.
/// A Rust test may say it after its own name: `test a_name ... skipped: why`.
fn skipped(line: &str) -> Option<&str> {
    let said = line.rsplit_once(" ... ").map_or(line, |(_, after)| after);
    said.trim_start().strip_prefix(SKIPPED)
}

/// Which steps `cargo xtask test` runs, and whether it goes on after a failure.
#[derive(Debug)]
pub(crate) struct Plan {
    steps: Vec<&'static Step>,
    keep_going: bool,
}

impl Plan {
    /// Reads the words after `cargo xtask test`.
    ///
    /// # Errors
    /// A sentence that names the word that is not understood.
    pub(crate) fn parse(options: &[&str]) -> Result<Self, String> {
        let mut steps = Vec::new();
        let mut keep_going = false;
        let mut options = options.iter();
        while let Some(option) = options.next() {
            match *option {
                "--keep-going" => keep_going = true,
                "--only" => {
                    let name = options.next().copied().unwrap_or_default();
                    let named = STEPS.iter().find(|step| step.name == name);
                    steps.push(named.ok_or_else(|| {
                        format!(
                            "`--only {name}` names no step; `cargo xtask test --list` shows them"
                        )
                    })?);
                }
                other => return Err(format!("`{other}` is not an option of `test`")),
            }
        }
        if steps.is_empty() {
            steps = STEPS.iter().collect();
        }
        Ok(Self { steps, keep_going })
    }
}

/// Prints each step's name and command line.
pub(crate) fn list() {
    for step in STEPS {
        println!("{:<18} {}", step.name, step.words());
    }
}

/// Sets up what `steps` need.
///
/// # Errors
/// The first part that cannot be had.
pub(crate) fn set_up<'a>(steps: impl IntoIterator<Item = &'a Step>) -> Result<(), Failure> {
    let parts: Vec<Part> = steps.into_iter().flat_map(Step::parts).collect();
    setup::these(&parts)
}

/// Sets up, runs the steps of `plan` and prints a summary. The set-up counts as a step.
pub(crate) fn test(plan: &Plan) -> ExitCode {
    let (took, ready) = report::timed(|| set_up(plan.steps.iter().copied()));
    let mut all = vec![Done {
        name: "setup",
        took,
        failed: ready.is_err(),
        skipped: Vec::new(),
    }];
    match ready {
        Ok(()) => run_plan(plan, &mut all),
        Err(failure) => failure.show(),
    }
    summarise(plan, &all)
}

fn run_plan(plan: &Plan, all: &mut Vec<Done>) {
    for step in &plan.steps {
        let (done, result) = done(step);
        all.push(done);
        if let Err(failure) = result {
            failure.show();
            if !plan.keep_going {
                return;
            }
        }
    }
}

/// The steps' seconds, what was skipped, and last the counts.
fn summarise(plan: &Plan, all: &[Done]) -> ExitCode {
    println!();
    for done in all {
        let end = if done.failed { "FAILED" } else { "passed" };
        println!("{:<18} {end} {:>9}", done.name, seconds(done.took));
        for reason in &done.skipped {
            println!("{:<18} {SKIPPED}{reason}", "");
        }
    }
    for step in plan.steps.iter().skip(all.len().saturating_sub(1)) {
        println!("{:<18} not run", step.name);
    }
    let failed = all.iter().filter(|done| done.failed).count();
    let passed = all.len().saturating_sub(failed);
    let skipped: usize = all.iter().map(|done| done.skipped.len()).sum();
    println!("\n{passed} passed, {failed} failed, {skipped} skipped");
    ExitCode::from(u8::from(failed > 0))
}

#[cfg(test)]
mod tests {
    use super::{Plan, STEPS, has_run_a_test, skipped};

    #[test]
    fn without_only_every_step_is_run() {
        let plan = Plan::parse(&["--keep-going"]);
        assert!(plan.is_ok_and(|plan| plan.keep_going && plan.steps.len() == STEPS.len()));
    }

    #[test]
    fn only_runs_the_steps_it_names_in_that_order() {
        let plan = Plan::parse(&["--only", "clippy", "--only", "format"]);
        let names = plan.map(|plan| plan.steps.iter().map(|step| step.name).collect::<Vec<_>>());
        assert_eq!(names, Ok(vec!["clippy", "format"]));
    }

    #[test]
    fn a_step_that_is_not_in_the_table_is_named() {
        let problem = Plan::parse(&["--only", "nothing"]).map(|_| ());
        assert!(problem.is_err_and(|problem| problem.contains("`--only nothing`")));
    }

    #[test]
    fn no_two_steps_have_the_same_name() {
        let mut names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), STEPS.len());
    }

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
