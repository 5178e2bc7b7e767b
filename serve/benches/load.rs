//! Load on loopback: what the service answers on one core, beside a bare handler of the same
//! framework in the same process and the same run.
//!
//! `autocannon` asks, from another core. Run with `cargo bench -p longma-serve`; the program
//! is looked for in the project's `node_modules`, or named by `AUTOCANNON`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a figure that cannot be had is no figure"
)]
#![allow(dead_code, reason = "tests use more of the office")]

#[path = "../tests/serve/files.rs"]
mod files;
#[path = "../tests/serve/office.rs"]
mod office;

use axum::Router;
use axum::routing::get;
use files::{Folder, configuration, sample};
use longma_core::Instant;
use longma_serve::{App, Clock, router};
use office::{Office, READ_AT, packs, stated};
use serde_json::{Value as Json, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// What tells the program that it is the service.
const CHILD: &str = "LONGMA_SERVE_LOADED";
const MISSING: &str = "this needs `autocannon` (`npm install autocannon`), Node and `taskset` \
     (util-linux)";
/// No limit that this would meet.
const MORE: &str = "[limits]\nper_bearer = 1000000000\nper_address = 1000000000";

fn main() {
    match std::env::var_os(CHILD) {
        Some(folder) => serve(Path::new(&folder)),
        None => load(),
    }
}

/// The service and the bare handlers.
fn serve(folder: &Path) {
    let folder = Folder(folder.to_owned());
    let config = configuration(&folder, None, MORE);
    // The folder is the other process's.
    std::mem::forget(folder);
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let clock = Clock::new(|| Instant::parse(READ_AT).ok());
        let app = App::open(config, clock).await.unwrap();
        let bytes = axum::body::Bytes::from_static(packs());
        let bare = Router::new()
            .route("/bare", get(async || "{}").post(async |_: String| "{}"))
            .route("/bare-packs", get(async move || bytes.clone()));
        let all = router(app).merge(bare);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut out = std::io::stdout();
        writeln!(out, "{}", listener.local_addr().unwrap()).unwrap();
        out.flush().unwrap();
        axum::serve(listener, all).await.unwrap();
    });
}

/// One thing to ask for.
struct Asked<'a> {
    name: &'a str,
    method: &'a str,
    path: &'a str,
    body: String,
    /// The status of every answer.
    status: &'a str,
    header: Option<String>,
    /// What it is held beside.
    beside: &'a str,
}

fn load() {
    let folder = Folder::new();
    let office = Office::new();
    office.write(&folder);
    let (mut child, address) = start(&folder.0);
    let mut figures: Vec<(&str, f64)> = Vec::new();
    let mut out = std::io::stdout();
    for asked in &asked(&office, &address) {
        let (rate, middle) = measure(&address, asked);
        figures.push((asked.name, rate));
        let bare = figures.iter().find(|(name, _)| *name == asked.beside);
        let slower = |(_, bare): &(_, f64)| format!(", {:.1} times slower", bare / rate);
        let ratio = bare.map_or_else(String::new, slower);
        let name = asked.name;
        writeln!(
            out,
            "{name}: {rate:.0} in a second, half within {middle} ms{ratio}"
        )
        .unwrap();
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

/// What is asked for, the bare handlers first.
fn asked(office: &Office, address: &str) -> Vec<Asked<'static>> {
    let now = Instant::parse(READ_AT).unwrap().unix();
    let token = format!("authorization: Bearer {}", office.citizen(now));
    let facts = stated(&sample("green-gold.json"), &office.laboratory);
    let kind = "content-type: application/cose";
    post(address, "/v1/statements", kind, &facts);
    let code = |shows: &str| {
        let body = json!({ "shows": shows }).to_string();
        let said = post(address, "/v1/applications", &token, body.as_bytes());
        json!({ "application": said["application"] }).to_string()
    };
    let digest = longma_core::hex(&longma_seal::trust::digest(packs()));
    let get = |name, path, status, header, beside| Asked {
        name,
        method: "GET",
        path,
        body: String::new(),
        status,
        header,
        beside,
    };
    let post = |name, path, body: &str, status, header, beside| Asked {
        name,
        method: "POST",
        path,
        body: body.to_owned(),
        status,
        header,
        beside,
    };
    let packs = "/v1/documents/packs.longma";
    let has = Some(format!("if-none-match: \"{digest}\""));
    let bearer = || Some(token.clone());
    vec![
        get(GET, "/bare", "200", None, ""),
        post(POST, "/bare", "{}", "200", None, ""),
        get(BYTES, "/bare-packs", "200", None, ""),
        get("packs", packs, "200", None, BYTES),
        get("packs that are there already", packs, "304", has, GET),
        post(
            "health query",
            "/v1/health-queries",
            "{}",
            "200",
            bearer(),
            POST,
        ),
        post(
            "code making, facts",
            "/v1/codes",
            &code("facts"),
            "201",
            bearer(),
            POST,
        ),
        post(
            "code making, outcome",
            "/v1/codes",
            &code("outcome"),
            "201",
            bearer(),
            POST,
        ),
    ]
}

const GET: &str = "a bare handler, GET";
const POST: &str = "a bare handler, POST";
const BYTES: &str = "a bare handler, the packs' bytes";

fn start(folder: &Path) -> (Child, String) {
    let mut child = Command::new("taskset")
        .args(["-c", "0"])
        .arg(std::env::current_exe().unwrap())
        .env(CHILD, folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect(MISSING);
    let mut address = String::new();
    let out = child.stdout.take().unwrap();
    BufReader::new(out).read_line(&mut address).unwrap();
    assert!(!address.is_empty(), "the service did not start");
    (child, address.trim().to_owned())
}

fn cannon() -> Command {
    let mut command = Command::new("taskset");
    let own = files::project().join("node_modules/.bin/autocannon");
    let program = std::env::var_os("AUTOCANNON").map_or(own, Into::into);
    command.args(["-c", "1"]).arg(program);
    command.args(["--json", "--no-progress", "--duration", SECONDS]);
    command.args(["--connections", "16"]);
    command
}

/// How long each thing is asked for.
const SECONDS: &str = "8";

/// Requests in a second, and milliseconds within which half of them are answered.
fn measure(address: &str, asked: &Asked<'_>) -> (f64, f64) {
    let mut command = cannon();
    command.args(["--method", asked.method]);
    command.args(["--headers", "content-type=application/json"]);
    if let Some(header) = &asked.header {
        let header = header.replacen(": ", "=", 1);
        command.args(["--headers", &header]);
    }
    if !asked.body.is_empty() {
        command.args(["--body", &asked.body]);
    }
    let url = format!("http://{address}{}", asked.path);
    let said = command.arg(url).output().expect(MISSING);
    let failed = || String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(said.status.success(), "{}", failed());
    let said: Json =
        serde_json::from_slice(&said.stdout).unwrap_or_else(|_| panic!("{}", failed()));
    let name = asked.name;
    assert_eq!(said["errors"], 0, "{name}");
    let statuses = said["statusCodeStats"].as_object().unwrap();
    let statuses: Vec<&String> = statuses.keys().collect();
    assert_eq!(statuses, [asked.status], "{name}");
    let rate = said["requests"]["average"].as_f64().unwrap();
    let middle = said["latency"]["p50"].as_f64().unwrap();
    (rate, middle)
}

/// Sends one body, and gives back the answer.
fn post(address: &str, path: &str, header: &str, body: &[u8]) -> Json {
    use std::io::Read as _;
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let kind = if header.starts_with("content-type") {
        ""
    } else {
        "content-type: application/json\r\n"
    };
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: here\r\nconnection: close\r\n{kind}{header}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(&[head.as_bytes(), body].concat()).unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).unwrap();
    let (_, body) = said.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(body).unwrap_or_else(|_| panic!("{said}"))
}
