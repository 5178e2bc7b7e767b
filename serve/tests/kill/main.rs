//! Kills the service in the middle of writing, again and again, and holds what is on the disk
//! afterwards to what was acknowledged.
//!
//! Without a harness: the same program is the service that is killed, if it is told a folder.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]
#![allow(dead_code, reason = "other tests use more of the office")]

#[path = "../serve/files.rs"]
mod files;
#[path = "../serve/office.rs"]
mod office;

use files::{Folder, configuration, sample};
use longma_core::Instant;
use longma_seal::PrivateKey;
use longma_seal::statement::{Kind, Statement};
use longma_serve::{App, Clock, Store, listen};
use office::{Office, READ_AT};
use serde_json::Value as Json;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread;

/// What tells the program that it is the service.
const CHILD: &str = "LONGMA_SERVE_KILLED";
/// How often the service is killed.
const ROUNDS: usize = 8;
/// Who writes at once.
const WRITERS: usize = 6;
/// No limit that this test would meet.
const MORE: &str = "[limits]\nper_bearer = 1000000\nper_address = 1000000\nstatements = 1000000";

fn main() {
    match std::env::var_os(CHILD) {
        Some(folder) => serve(Path::new(&folder)),
        None => kill_again_and_again(),
    }
}

fn runtime() -> tokio::runtime::Runtime {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.worker_threads(2).enable_all().build().unwrap()
}

/// The service, until it is killed.
fn serve(folder: &Path) {
    let folder = Folder(folder.to_owned());
    let config = configuration(&folder, None, MORE);
    // The folder is the other process's.
    std::mem::forget(folder);
    runtime().block_on(async {
        let clock = Clock::new(|| Instant::parse(READ_AT).ok());
        let app = App::open(config, clock).await.unwrap();
        let listening = listen(app).await.unwrap();
        let mut out = std::io::stdout();
        writeln!(out, "{}", listening.address).unwrap();
        out.flush().unwrap();
        listening.answer().await.unwrap();
    });
}

/// What was acknowledged: the statement, and the row of the log.
type Acknowledged = (String, i64, String);
/// What a writer tells: that it has sent a statement, or what was answered.
type Event = Option<Acknowledged>;

fn kill_again_and_again() {
    let folder = Folder::new();
    Office::new().write(&folder);
    let next = AtomicI64::new(0);
    let mut all: Vec<Acknowledged> = Vec::new();
    for round in 0..ROUNDS {
        let (child, address) = start(&folder.0);
        // Another place in the middle each time: after an answer, or after a request.
        let events = 60 + 27 * round;
        let kept = write_and_kill(child, &address, &next, events);
        // Each writer has at most one request that was not answered.
        assert!(2 * kept.len() + WRITERS >= events);
        all.extend(kept);
        let rows = runtime().block_on(holds(&folder.0, &all));
        let mut out = std::io::stdout();
        writeln!(
            out,
            "round {round}: {} acknowledged, {rows} kept",
            all.len()
        )
        .unwrap();
    }
}

fn start(folder: &Path) -> (Child, String) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .env(CHILD, folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut address = String::new();
    let out = child.stdout.take().unwrap();
    BufReader::new(out).read_line(&mut address).unwrap();
    assert!(!address.is_empty(), "the service did not start");
    (child, address.trim().to_owned())
}

/// Writes from many sides, and kills the service once so much has happened.
fn write_and_kill(
    mut child: Child,
    address: &str,
    next: &AtomicI64,
    events: usize,
) -> Vec<Acknowledged> {
    let (told, heard) = channel();
    thread::scope(|scope| {
        for _ in 0..WRITERS {
            let told = told.clone();
            scope.spawn(move || write(address, next, &told));
        }
        drop(told);
        let mut kept: Vec<Acknowledged> = heard.iter().take(events).flatten().collect();
        // SIGKILL: the process gets to do nothing more.
        child.kill().unwrap();
        child.wait().unwrap();
        // What was answered while it was killed was acknowledged too.
        kept.extend(heard.iter().flatten());
        kept
    })
}

/// Sends statements until nobody answers any more.
fn write(address: &str, next: &AtomicI64, told: &Sender<Event>) {
    let key = Office::new().laboratory;
    let facts = sample("green-gold.json").to_string();
    let Ok(mut stream) = TcpStream::connect(address) else {
        return;
    };
    loop {
        let document = statement(&facts, next.fetch_add(1, Ordering::Relaxed), &key);
        if !sent(&mut stream, &document) || told.send(None).is_err() {
            return;
        }
        let Some((status, body)) = answered(&mut stream) else {
            return;
        };
        assert_eq!(status, 201, "{body}");
        let text = |name: &str| body[name].as_str().unwrap().to_owned();
        let row = body["row"].as_i64().unwrap();
        // Whoever listens may have heard enough.
        let event = Some((text("statement"), row, text("row_digest")));
        if told.send(event).is_err() {
            return;
        }
    }
}

/// The same facts, signed a second earlier each time.
fn statement(facts: &str, number: i64, key: &PrivateKey) -> Vec<u8> {
    let at = Instant::parse(READ_AT).unwrap().unix() - number;
    let stated = Statement {
        made: Instant::from_unix(at).unwrap(),
        kind: Kind::Facts,
        document: facts.to_owned(),
    };
    stated.sealed(key)
}

/// Sends a statement; `false` if the service is gone.
fn sent(stream: &mut TcpStream, document: &[u8]) -> bool {
    let head = format!(
        "POST /v1/statements HTTP/1.1\r\nhost: here\r\ncontent-type: application/cose\r\ncontent-length: {}\r\n\r\n",
        document.len()
    );
    stream
        .write_all(&[head.as_bytes(), document].concat())
        .is_ok()
}

/// An answer that came whole; `None` if the service is gone.
fn answered(stream: &mut TcpStream) -> Option<(u16, Json)> {
    let mut reader = BufReader::new(stream);
    let mut status = String::new();
    reader.read_line(&mut status).ok()?;
    let status = status.split(' ').nth(1)?.parse().ok()?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line == "\r\n" {
            break;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((status, serde_json::from_slice(&body).ok()?))
}

/// Checks that all that was acknowledged is there, in the rows that were named, and that the
/// log is whole. Says how many statements there are.
async fn holds(folder: &Path, all: &[Acknowledged]) -> i64 {
    let file: PathBuf = folder.join("longma.db");
    let store = Store::open(&format!("sqlite:{}", file.display()))
        .await
        .unwrap();
    let chain = store.verify().await.unwrap();
    for (statement, row, digest) in all {
        let found = store.receipt(statement).await.unwrap();
        let found = found.unwrap_or_else(|| panic!("{statement} was acknowledged and is lost"));
        assert_eq!((found.row, &found.digest), (*row, digest), "{statement}");
    }
    // Beside those that were acknowledged there may be some whose answer was under way.
    let acknowledged = i64::try_from(all.len()).unwrap();
    assert!(chain.statements >= acknowledged);
    assert_eq!(chain.rows, chain.statements);
    store.close().await;
    chain.statements
}
