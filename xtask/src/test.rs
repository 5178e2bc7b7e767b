//! `cargo xtask test`: chooses the steps, runs them in parallel and prints a summary.

use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use crate::report::{self, Failure, seconds};
use crate::schedule::{self, Event, Task};
use crate::step::{Done, SKIPPED, Step};
use crate::steps;

/// Which steps `cargo xtask test` runs, and whether it goes on after a failure.
#[derive(Debug)]
pub(crate) struct Plan {
    steps: Vec<Step>,
    keep_going: bool,
}

impl Plan {
    /// Reads the words after `cargo xtask test`.
    ///
    /// # Errors
    /// A sentence that names the word it does not understand.
    pub(crate) fn parse(options: &[&str]) -> Result<Self, String> {
        let all = steps::all();
        let known = [all.clone(), steps::apart()].concat();
        let (mut only, mut keep_going, mut fast) = (Vec::new(), false, false);
        let mut options = options.iter();
        while let Some(option) = options.next() {
            match *option {
                "--keep-going" => keep_going = true,
                "--fast" => fast = true,
                "--only" => {
                    let name = options.next().copied().unwrap_or_default();
                    let named = known.iter().find(|step| step.name == name);
                    only.push(named.ok_or_else(|| {
                        format!(
                            "`--only {name}` names no step; `cargo xtask test --list` shows them"
                        )
                    })?);
                }
                other => return Err(format!("`{other}` is not an option of `test`")),
            }
        }
        let steps = match (fast, only.is_empty()) {
            (true, false) => {
                return Err("`--fast` and `--only` each choose the steps; give one".to_owned());
            }
            (true, true) => steps::fast(),
            (false, true) => all,
            (false, false) => with_what_compiles(&known, &only),
        };
        Ok(Self { steps, keep_going })
    }

    /// The steps as the scheduler sees them. Dependencies outside the plan count as passed.
    fn tasks(&self) -> Vec<Task> {
        let position = |name: &String| self.steps.iter().position(|step| step.name == *name);
        let task = |step: &Step| Task {
            after: step.after.iter().filter_map(position).collect(),
            uses: step.uses.clone(),
        };
        self.steps.iter().map(task).collect()
    }

    /// The step at `index`, a position in [`Plan::tasks`].
    fn step(&self, index: usize) -> Option<&Step> {
        self.steps.get(index)
    }
}

/// The steps in `only`, each once, preceded by the steps that compile what they run.
fn with_what_compiles(all: &[Step], only: &[&Step]) -> Vec<Step> {
    let mut chosen: Vec<Step> = Vec::new();
    let mut add = |step: &Step| {
        if chosen.iter().all(|other| other.name != step.name) {
            chosen.push(step.clone());
        }
    };
    for step in only {
        let needed = |other: &&Step| other.compiles && step.after.contains(&other.name);
        all.iter().filter(needed).for_each(&mut add);
        add(step);
    }
    chosen
}

/// Sets up, runs the steps of `plan` and prints a summary, in which the set-up counts
/// as a step.
pub(crate) fn test(plan: &Plan) -> ExitCode {
    let (whole, all) = report::timed(|| {
        let (took, ready) = report::timed(|| steps::set_up(&plan.steps));
        let mut all = vec![Done {
            name: "setup".to_owned(),
            took,
            failed: ready.is_err(),
            skipped: Vec::new(),
        }];
        match ready {
            Ok(()) => all.extend(run(plan)),
            Err(failure) => failure.show(),
        }
        all
    });
    summarise(plan, &all, whole)
}

/// Runs the steps of `plan`, as many at a time as there are cores. Returns the steps that
/// ran, in the order in which they ended.
fn run(plan: &Plan) -> Vec<Done> {
    let mut all = Vec::new();
    let mut running: Vec<&str> = Vec::new();
    let places = thread::available_parallelism().map_or(1, usize::from);
    let work = |index: usize| -> Result<Done, (Option<Done>, Failure)> {
        let Some(step) = plan.step(index) else {
            let failure = Failure::new("a step is not in the plan", "run `cargo xtask test` again");
            return Err((None, failure));
        };
        let (done, result) = step.done();
        match result {
            Ok(()) => Ok(done),
            Err(failure) => Err((Some(done), failure)),
        }
    };
    schedule::run(
        &plan.tasks(),
        places,
        plan.keep_going,
        work,
        |index, event| {
            let Some(step) = plan.step(index) else {
                return;
            };
            running.retain(|name| *name != step.name);
            match event {
                Event::Started => {
                    println!("{:<18} {}", step.name, step.words());
                    running.push(&step.name);
                }
                Event::Ended(Ok(done)) => {
                    println!("{:<18} passed, {}", step.name, seconds(done.took));
                    all.push(done);
                }
                Event::Ended(Err((done, failure))) => {
                    let took = done.as_ref().map_or(Duration::ZERO, |done| done.took);
                    println!("{:<18} FAILED, {}", step.name, seconds(took));
                    failure.show();
                    if !plan.keep_going && !running.is_empty() {
                        println!("  still running: {}; Ctrl-C ends them.", running.join(", "));
                    }
                    all.extend(done);
                }
            }
        },
    );
    all
}

/// Prints each step's time, what was skipped, and finally the counts.
fn summarise(plan: &Plan, all: &[Done], whole: Duration) -> ExitCode {
    println!();
    for done in all {
        let end = if done.failed { "FAILED" } else { "passed" };
        println!("{:<18} {end} {:>9}", done.name, seconds(done.took));
        for reason in &done.skipped {
            println!("{:<18} {SKIPPED}{reason}", "");
        }
    }
    for step in &plan.steps {
        if all.iter().all(|done| done.name != step.name) {
            println!("{:<18} not run", step.name);
        }
    }
    println!("{:<18} {:>16}", "all together", seconds(whole));
    let failed = all.iter().filter(|done| done.failed).count();
    let passed = all.len().saturating_sub(failed);
    let skipped: usize = all.iter().map(|done| done.skipped.len()).sum();
    println!("\n{passed} passed, {failed} failed, {skipped} skipped");
    ExitCode::from(u8::from(failed > 0))
}

#[cfg(test)]
mod tests {
    use super::Plan;
    use crate::steps;

    fn names(options: &[&str]) -> Result<Vec<String>, String> {
        let plan = Plan::parse(options)?;
        Ok(plan.steps.into_iter().map(|step| step.name).collect())
    }

    #[test]
    fn without_only_every_step_is_run() {
        let plan = Plan::parse(&["--keep-going"]);
        assert!(plan.is_ok_and(|plan| plan.keep_going && plan.steps.len() == steps::all().len()));
    }

    #[test]
    fn only_runs_the_steps_it_names_in_that_order() {
        let only = ["--only", "clippy", "--only", "format"];
        assert_eq!(
            names(&only),
            Ok(vec!["clippy".to_owned(), "format".to_owned()])
        );
    }

    #[test]
    fn only_compiles_first_what_its_steps_run_and_does_so_once() {
        let only = ["--only", "check", "--only", "cases"];
        let expected = ["build", "check", "cases"].map(str::to_owned);
        assert_eq!(names(&only), Ok(expected.to_vec()));
    }

    #[test]
    fn a_step_that_is_not_in_the_table_is_named() {
        let problem = names(&["--only", "nothing"]);
        assert!(problem.is_err_and(|problem| problem.contains("`--only nothing`")));
    }

    #[test]
    fn fast_chooses_its_own_steps() {
        let fast = names(&["--fast"]);
        assert!(fast.is_ok_and(|names| names.contains(&"unit-tests".to_owned())));
        assert!(names(&["--fast", "--only", "format"]).is_err());
    }

    #[test]
    fn a_plan_waits_only_for_steps_that_are_in_it() {
        let plan = Plan::parse(&[
            "--only",
            "build",
            "--only",
            "parity-node",
            "--only",
            "check",
        ]);
        let after = plan.map(|plan| plan.tasks().into_iter().map(|task| task.after));
        let after = after.map(Iterator::collect::<Vec<_>>);
        // `parity-node` comes after steps other than `build`, none of which are in this plan.
        assert_eq!(after, Ok(vec![vec![], vec![], vec![0]]));
    }
}
