//! What docs/scale.md shows is run, and what docs/kubernetes/ has is whole.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[allow(dead_code, reason = "shared with the tests of SQL")]
mod common;

use common::{CATALOGUE, REFERENCES, counties, write_counties};
use datafusion::arrow::array::RecordBatch;
use longma_core::References;
use longma_query::{Packs, Session, Settings};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs")
}

/// The blocks of SQL on a page.
fn blocks(page: &str) -> Vec<&str> {
    let parts = page.split("\n```sql\n").skip(1);
    parts
        .map(|part| part.split_once("\n```").unwrap().0)
        .collect()
}

#[test]
fn the_sql_in_the_docs_runs() {
    let page = std::fs::read_to_string(docs().join("scale.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = write_counties(folder.path(), &counties(0..400));
    let packs = Packs::new()
        .with("", Arc::clone(&CATALOGUE), Arc::clone(&REFERENCES))
        .with("before", Arc::clone(&CATALOGUE), Arc::clone(&REFERENCES))
        .with(
            "after",
            Arc::clone(&CATALOGUE),
            Arc::new(References::none()),
        );
    let session = Session::new(packs, &Settings::default()).unwrap();
    session.register_blocking("facts", &path).unwrap();
    let blocks = blocks(&page);
    assert!(blocks.len() >= 8, "{}", blocks.len());
    for sql in blocks {
        let rows = session.sql_blocking(sql);
        let rows = rows.map_err(|error| format!("{sql}\n{error}")).unwrap();
        let count: usize = rows.iter().map(RecordBatch::num_rows).sum();
        // Nobody of the invented persons is refused.
        assert_eq!(
            count == 0,
            sql.contains("WHERE refused"),
            "{sql}: {count} rows"
        );
    }
}

fn manifest() -> Vec<Value> {
    let text = std::fs::read_to_string(docs().join("kubernetes/longma.yaml")).unwrap();
    serde_saphyr::from_multiple(&text).unwrap()
}

fn named<'a>(all: &'a [Value], kind: &str, name: &str) -> &'a Value {
    let mut found = all
        .iter()
        .filter(|it| it["kind"] == kind && it["metadata"]["name"] == name);
    let only = found.next().unwrap();
    assert!(found.next().is_none());
    only
}

fn list(of: &Value) -> &[Value] {
    of.as_array().unwrap()
}

/// The arguments of the only container.
fn args(deployment: &Value) -> Vec<String> {
    let container = &deployment["spec"]["template"]["spec"]["containers"][0];
    let all = list(&container["command"])
        .iter()
        .chain(list(&container["args"]));
    all.map(|it| it.as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_manifest_for_kubernetes_is_whole() {
    let all = manifest();
    for object in &all {
        let version = match object["kind"].as_str().unwrap() {
            "Service" => "v1",
            _ => "apps/v1",
        };
        assert_eq!(object["apiVersion"], version);
    }
    for name in ["longma-scheduler", "longma-executor"] {
        let deployment = named(&all, "Deployment", name);
        let pod = &deployment["spec"]["template"];
        assert_eq!(
            deployment["spec"]["selector"]["matchLabels"],
            pod["metadata"]["labels"]
        );
        let container = &pod["spec"]["containers"][0];
        let volumes: Vec<&Value> = list(&pod["spec"]["volumes"])
            .iter()
            .map(|it| &it["name"])
            .collect();
        for mount in list(&container["volumeMounts"]) {
            assert!(volumes.contains(&&mount["name"]), "{mount}");
        }
        let ports: Vec<&Value> = list(&container["ports"])
            .iter()
            .map(|it| &it["containerPort"])
            .collect();
        assert!(ports.contains(&&container["readinessProbe"]["tcpSocket"]["port"]));
        for arg in args(deployment) {
            let Some(port) = arg
                .strip_prefix("--port=")
                .or(arg.strip_prefix("--tasks-port="))
            else {
                continue;
            };
            assert!(
                ports.iter().any(|it| it.as_u64() == port.parse().ok()),
                "{arg}"
            );
        }
    }
    let service = named(&all, "Service", "longma-scheduler");
    let scheduler = named(&all, "Deployment", "longma-scheduler");
    assert_eq!(
        service["spec"]["selector"],
        scheduler["spec"]["template"]["metadata"]["labels"]
    );
    let address = format!("longma-scheduler:{}", service["spec"]["ports"][0]["port"]);
    let executor = args(named(&all, "Deployment", "longma-executor"));
    assert!(executor.contains(&format!("--scheduler={address}")));
}

#[cfg(feature = "cluster")]
#[test]
fn the_commands_take_the_arguments_of_the_manifest() {
    use clap::Parser as _;
    use longma_query::cluster::{Executor, Scheduler};
    let all = manifest();
    let scheduler = Scheduler::try_parse_from(args(named(&all, "Deployment", "longma-scheduler")));
    assert!(scheduler.is_ok(), "{scheduler:?}");
    // Kubernetes fills in the address.
    let executor = args(named(&all, "Deployment", "longma-executor"));
    let executor = executor
        .iter()
        .map(|it| it.replace("$(POD_IP)", "10.0.0.7"));
    let executor = Executor::try_parse_from(executor);
    assert!(executor.is_ok(), "{executor:?}");
}
