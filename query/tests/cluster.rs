//! A scheduler and two executors as processes of their own: what comes out is what the
//! embedded engine says, even if an executor is killed half-way.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[allow(dead_code, reason = "shared with the tests of SQL")]
mod common;

use common::{AT, columns, counties, packs, write};
use datafusion::arrow::array::RecordBatch;
use longma_query::table::{Form, print};
use longma_query::{Session, Settings};
use std::io::{BufRead, BufReader};
use std::num::NonZeroUsize;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

/// The longest that anything is waited for. It is reached only when something is broken.
const DEADLINE: Duration = Duration::from_mins(3);

/// A line, and the number of the process that said it.
type Line = (usize, String);

/// Where the lines of all processes arrive.
type Lines = (Sender<Line>, Receiver<Line>);

/// A process that is killed when the test ends, however it ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a program; each line that it says is sent with its number.
fn start(program: &str, number: usize, args: &[String], lines: &Sender<Line>) -> Running {
    let mut child = Command::new(program)
        .args(args)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let said = BufReader::new(child.stdout.take().unwrap());
    let lines = lines.clone();
    std::thread::spawn(move || {
        for line in said.lines().map_while(Result::ok) {
            // Nobody listens any more once the test is over.
            let _ = lines.send((number, line));
        }
    });
    Running(child)
}

/// The rest of the next line that begins so, and who said it.
fn wait(lines: &Receiver<Line>, beginning: &str) -> (usize, String) {
    let until = Instant::now() + DEADLINE;
    loop {
        match lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok((number, line)) => {
                if let Some(rest) = line.strip_prefix(beginning) {
                    return (number, rest.to_owned());
                }
            }
            Err(RecvTimeoutError::Timeout) => panic!("nobody said `{beginning}` in time"),
            Err(RecvTimeoutError::Disconnected) => panic!("nobody is left to say `{beginning}`"),
        }
    }
}

/// Packs and reference tables as arguments.
fn house(folder: &Path) -> Vec<String> {
    let rules = folder.join("rules.longma");
    let bytes = longma_compile::packed(&longma_tests::loaded().bundle, true).unwrap();
    std::fs::write(&rules, bytes).unwrap();
    let areas = longma_tests::rules().join("reference/risk_areas.sample.csv");
    vec![
        format!("--packs={}", rules.display()),
        format!("--reference=risk_areas={}", areas.display()),
    ]
}

fn scheduler(folder: &Path, lines: &Lines) -> (Running, String) {
    let mut args = house(folder);
    args.extend(["--port=0", "--patience=8"].map(str::to_owned));
    let program = env!("CARGO_BIN_EXE_longma-scheduler");
    let running = start(program, 0, &args, &lines.0);
    let (_, address) = wait(&lines.1, "listening ");
    (running, address)
}

fn executor(folder: &Path, number: usize, scheduler: &str, lines: &Sender<Line>) -> Running {
    let mut args = house(folder);
    let work = folder.join(format!("work-{number}"));
    std::fs::create_dir(&work).unwrap();
    args.push(format!("--scheduler={scheduler}"));
    args.push(format!("--folder={}", work.display()));
    args.extend(["--port=0", "--tasks-port=0", "--cores=1", "--pulse=1"].map(str::to_owned));
    start(env!("CARGO_BIN_EXE_longma-executor"), number, &args, lines)
}

/// Files of persons: for each county four, each person in them several times.
fn facts(folder: &Path) -> String {
    let facts = folder.join("facts");
    for (county, people) in counties(0..300) {
        let batch = columns(&people);
        for part in 0..4 {
            let file = facts.join(format!("county={county}/part-{part}.parquet"));
            write(&file, &vec![batch.clone(); 10]);
        }
    }
    facts.to_str().unwrap().to_owned()
}

fn printed(rows: &[RecordBatch]) -> String {
    let mut out = Vec::new();
    print(rows, Form::Csv, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn query() -> String {
    format!(
        "SELECT county, code, gold, count(*) AS people, min(code_until) AS first
         FROM longma_decide('facts', 'code,gold', '{AT}')
         GROUP BY county, code, gold ORDER BY county, code, gold"
    )
}

#[test]
fn a_job_survives_an_executor_that_is_killed_and_says_what_the_embedded_engine_says() {
    let folder = tempfile::tempdir().unwrap();
    let path = facts(folder.path());
    let settings = Settings {
        partitions: NonZeroUsize::new(20),
        ..Settings::default()
    };
    let embedded = Session::new(packs(), &settings).unwrap();
    embedded.register_blocking("facts", &path).unwrap();
    let expected = printed(&embedded.sql_blocking(&query()).unwrap());
    assert!(expected.lines().count() > 10, "{expected}");

    let lines = channel();
    let (_scheduler, address) = scheduler(folder.path(), &lines);
    let executors = [1, 2].map(|number| executor(folder.path(), number, &address, &lines.0));
    let session = Session::cluster(&format!("df://{address}"), packs(), &settings).unwrap();
    session.register_blocking("facts", &path).unwrap();
    let session = Arc::new(session);
    let asked = std::thread::spawn({
        let session = Arc::clone(&session);
        move || session.sql_blocking(&query()).map(|rows| printed(&rows))
    });
    // Whoever begins first is killed at its first of some twenty tasks.
    let (first, _) = wait(&lines.1, "task ");
    let [mut one, mut two] = executors;
    let victim = if first == 1 { &mut one } else { &mut two };
    victim.0.kill().unwrap();
    victim.0.wait().unwrap();
    assert!(
        !asked.is_finished(),
        "it was killed too late to say anything"
    );
    // The other one goes on.
    let (other, _) = loop {
        let (number, task) = wait(&lines.1, "task ");
        if number != first {
            break (number, task);
        }
    };
    assert_eq!(other, 3 - first);
    let found = asked.join().unwrap().unwrap();
    assert_eq!(found, expected);

    // Whoever is left answers other questions: rows with lists in them, and the scalar.
    for query in others() {
        let expected = printed(&embedded.sql_blocking(&query).unwrap());
        assert!(expected.lines().count() > 10, "{expected}");
        assert_eq!(printed(&session.sql_blocking(&query).unwrap()), expected);
    }
    // A question that is wrong is told before anything is sent.
    let wrong = format!("SELECT * FROM longma_decide('facts', 'colour', '{AT}')");
    let error = session.sql_blocking(&wrong).unwrap_err().to_string();
    assert!(error.contains("colour"), "{error}");
}

fn others() -> [String; 2] {
    let question = format!(r#"{{"region": "62", "decisions": ["code"], "at": ["{AT}"]}}"#);
    [
        format!(
            "SELECT seed, code, code_since, code_causes
             FROM longma_decide('facts', 'code', '{AT}', '', 'causes')
             ORDER BY seed, code LIMIT 400"
        ),
        format!(
            "SELECT seed, longma_outcome('{question}', named_struct(
                 'tests', tests, 'stays', stays, 'contacts', contacts))['code']['level'] AS code
             FROM facts ORDER BY seed LIMIT 400"
        ),
    ]
}
