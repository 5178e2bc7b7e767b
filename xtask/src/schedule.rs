//! Schedules steps: they run in parallel, each after the steps that make its inputs.
//!
//! A step is identified by its position in a list. When several are ready, the first
//! in the list starts first. What a step does is up to the caller.

use std::sync::mpsc;
use std::thread;

/// What the scheduler needs to know about a step.
#[derive(Clone, Debug, Default)]
pub(crate) struct Task {
    /// Positions of the steps that must have passed first.
    pub(crate) after: Vec<usize>,
    /// Names of resources that only one step may hold at a time, such as a locked folder.
    pub(crate) uses: Vec<&'static str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Waiting,
    Running,
    Passed,
    Failed,
}

/// The state of all steps. It says what may start but starts nothing itself.
#[derive(Debug)]
struct Schedule<'a> {
    tasks: &'a [Task],
    states: Vec<State>,
    /// How many may run at the same time.
    places: usize,
    /// Whether steps that do not depend on a failed one still run.
    keep_going: bool,
}

impl<'a> Schedule<'a> {
    fn new(tasks: &'a [Task], places: usize, keep_going: bool) -> Self {
        Self {
            tasks,
            states: vec![State::Waiting; tasks.len()],
            places: places.max(1),
            keep_going,
        }
    }

    /// The next step that may start now. Marks it as running.
    fn next(&mut self) -> Option<usize> {
        let stopped = !self.keep_going && self.states.contains(&State::Failed);
        if stopped || self.running() >= self.places {
            return None;
        }
        let next = (0..self.tasks.len()).find(|index| self.may_start(*index))?;
        self.set(next, State::Running);
        Some(next)
    }

    fn ended(&mut self, index: usize, passed: bool) {
        let state = if passed { State::Passed } else { State::Failed };
        self.set(index, state);
    }

    fn running(&self) -> usize {
        let running = self.states.iter().filter(|state| **state == State::Running);
        running.count()
    }

    fn set(&mut self, index: usize, state: State) {
        if let Some(slot) = self.states.get_mut(index) {
            *slot = state;
        }
    }

    fn may_start(&self, index: usize) -> bool {
        let Some(task) = self.tasks.get(index) else {
            return false;
        };
        let is = |index: usize, state: State| self.states.get(index) == Some(&state);
        let held = |name: &&str| {
            let mut others = self.tasks.iter().enumerate();
            others.any(|(other, task)| is(other, State::Running) && task.uses.contains(name))
        };
        is(index, State::Waiting)
            && task.after.iter().all(|before| is(*before, State::Passed))
            && !task.uses.iter().any(held)
    }
}

/// What happens to a step, reported in order.
#[derive(Debug)]
pub(crate) enum Event<T, E> {
    Started,
    Ended(Result<T, E>),
}

/// Runs `tasks`, at most `places` at a time. `work` does one of them on its own
/// thread; `tell` is called on this thread when one starts or ends.
///
/// After a failure, steps that depend on it do not start, and without `keep_going`
/// no other step starts either. Running steps are waited for.
pub(crate) fn run<T: Send, E: Send>(
    tasks: &[Task],
    places: usize,
    keep_going: bool,
    work: impl Fn(usize) -> Result<T, E> + Sync,
    mut tell: impl FnMut(usize, Event<T, E>),
) {
    let mut schedule = Schedule::new(tasks, places, keep_going);
    let work = &work;
    let (send, receive) = mpsc::channel();
    thread::scope(|scope| {
        loop {
            while let Some(index) = schedule.next() {
                tell(index, Event::Started);
                let send = send.clone();
                scope.spawn(move || {
                    // The receiver lives until every step has ended.
                    let _ = send.send((index, work(index)));
                });
            }
            if schedule.running() == 0 {
                return;
            }
            let Ok((index, result)) = receive.recv() else {
                return;
            };
            schedule.ended(index, result.is_ok());
            tell(index, Event::Ended(result));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::{Event, Schedule, Task, run};

    fn after(before: &[usize]) -> Task {
        Task {
            after: before.to_vec(),
            ..Task::default()
        }
    }

    fn using(name: &'static str) -> Task {
        Task {
            uses: vec![name],
            ..Task::default()
        }
    }

    /// Everything that may start now.
    fn ready(schedule: &mut Schedule<'_>) -> Vec<usize> {
        std::iter::from_fn(|| schedule.next()).collect()
    }

    #[test]
    fn a_step_starts_when_all_that_it_comes_after_have_passed() {
        let tasks = [after(&[]), after(&[]), after(&[0, 1])];
        let mut schedule = Schedule::new(&tasks, 9, false);
        assert_eq!(ready(&mut schedule), [0, 1]);
        schedule.ended(1, true);
        assert_eq!(ready(&mut schedule), []);
        schedule.ended(0, true);
        assert_eq!(ready(&mut schedule), [2]);
    }

    #[test]
    fn no_more_run_than_there_are_places_and_the_first_in_the_list_goes_first() {
        let tasks = [after(&[]), after(&[]), after(&[])];
        let mut schedule = Schedule::new(&tasks, 2, false);
        assert_eq!(ready(&mut schedule), [0, 1]);
        schedule.ended(0, true);
        assert_eq!(ready(&mut schedule), [2]);
    }

    #[test]
    fn one_place_is_the_least() {
        let tasks = [after(&[])];
        assert_eq!(ready(&mut Schedule::new(&tasks, 0, false)), [0]);
    }

    #[test]
    fn a_failure_stops_everything_that_has_not_started() {
        let tasks = [after(&[]), after(&[0]), after(&[]), after(&[])];
        let mut schedule = Schedule::new(&tasks, 2, false);
        assert_eq!(ready(&mut schedule), [0, 2]);
        schedule.ended(0, false);
        assert_eq!(ready(&mut schedule), []);
        assert_eq!(schedule.running(), 1, "what runs is not forgotten");
    }

    #[test]
    fn with_keep_going_a_failure_stops_only_what_depends_on_it() {
        // 2 depends on 0 through 1.
        let tasks = [after(&[]), after(&[0]), after(&[1]), after(&[])];
        let mut schedule = Schedule::new(&tasks, 1, true);
        assert_eq!(ready(&mut schedule), [0]);
        schedule.ended(0, false);
        assert_eq!(ready(&mut schedule), [3]);
        schedule.ended(3, true);
        assert_eq!(ready(&mut schedule), []);
    }

    #[test]
    fn what_one_step_holds_another_waits_for_and_a_third_overtakes() {
        let tasks = [using("lock"), using("lock"), using("browser")];
        let mut schedule = Schedule::new(&tasks, 9, false);
        assert_eq!(ready(&mut schedule), [0, 2]);
        schedule.ended(0, true);
        assert_eq!(ready(&mut schedule), [1]);
    }

    #[test]
    fn what_failed_lets_go_of_what_it_held() {
        let tasks = [using("lock"), using("lock")];
        let mut schedule = Schedule::new(&tasks, 9, true);
        assert_eq!(ready(&mut schedule), [0]);
        schedule.ended(0, false);
        assert_eq!(ready(&mut schedule), [1]);
    }

    /// Runs the steps and records what happened: `+` started, `.` passed, `!` failed.
    fn story(tasks: &[Task], places: usize, keep_going: bool, fails: usize) -> String {
        let mut story = Vec::new();
        let work = |index: usize| if index == fails { Err(()) } else { Ok(()) };
        run(tasks, places, keep_going, work, |index, event| {
            let sign = match event {
                Event::Started => '+',
                Event::Ended(Ok(())) => '.',
                Event::Ended(Err(())) => '!',
            };
            story.push(format!("{index}{sign}"));
        });
        story.join(" ")
    }

    #[test]
    fn at_one_place_steps_run_one_after_another() {
        let tasks = [after(&[]), after(&[0]), after(&[])];
        assert_eq!(story(&tasks, 1, false, 9), "0+ 0. 1+ 1. 2+ 2.");
        assert_eq!(story(&tasks, 1, false, 0), "0+ 0!");
        assert_eq!(story(&tasks, 1, true, 0), "0+ 0! 2+ 2.");
    }

    #[test]
    fn two_places_are_used_at_the_same_time() {
        let tasks = [after(&[]), after(&[])];
        // Each waits for the other: run one at a time, they would never end.
        let both = std::sync::Barrier::new(2);
        let mut ended = 0;
        let work = |_| {
            both.wait();
            Ok::<(), ()>(())
        };
        run(&tasks, 2, false, work, |_, event| {
            ended += usize::from(matches!(event, Event::Ended(_)));
        });
        assert_eq!(ended, 2);
    }

    #[test]
    fn a_circle_is_left_alone() {
        let tasks = [after(&[1]), after(&[0])];
        assert_eq!(story(&tasks, 2, true, 9), "");
    }
}
