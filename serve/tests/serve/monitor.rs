//! The monitor's feed, followed while it grows.
use crate::common::{Service, on_sqlite};
use axum::body::Body;
use http_body_util::BodyExt as _;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::time::Duration;

const MONITOR: &str = "[monitor]\nfeed = \"feed.ndjson\"\nscreens = 1";

/// The longest that an event is waited for. It is reached only when something is broken.
const DEADLINE: Duration = Duration::from_mins(1);

/// The lines of the events that come next, without the pulse between them.
async fn next(body: &mut Body) -> Option<String> {
    loop {
        let frame = tokio::time::timeout(DEADLINE, body.frame())
            .await
            .unwrap()?;
        let bytes = frame.unwrap().into_data().unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        if let Some(line) = text.strip_prefix("data: ") {
            return Some(line.trim_end().to_owned());
        }
    }
}

fn add(service: &Service, text: &str) {
    let file = service.folder.0.join("feed.ndjson");
    let file = OpenOptions::new().append(true).create(true).open(file);
    file.unwrap().write_all(text.as_bytes()).unwrap();
}

#[test]
fn a_screen_hears_what_is_there_and_what_is_added() {
    on_sqlite(MONITOR, |service| async move {
        add(&service, "{\"kind\":\"head\"}\r\n{\"kind\":\"pla");
        let said = service.open("/v1/monitor/feed").await;
        assert_eq!(said.headers()["content-type"], "text/event-stream");
        assert_eq!(said.headers()["cache-control"], "no-cache");
        let mut body = said.into_body();
        assert_eq!(next(&mut body).await.unwrap(), r#"{"kind":"head"}"#);
        // A line counts when it is whole.
        add(&service, "ce\"}\n");
        assert_eq!(next(&mut body).await.unwrap(), r#"{"kind":"place"}"#);
        // There is one screen.
        let other = service.get("/v1/monitor/feed").await;
        other.refuses(503, "serve-busy");
        // Another file in its place ends the events, and the next screen reads it anew.
        service.folder.write("feed.ndjson", "{}\n");
        assert_eq!(next(&mut body).await, None);
        drop(body);
        let mut body = service.open("/v1/monitor/feed").await.into_body();
        assert_eq!(next(&mut body).await.unwrap(), "{}");
    });
}

#[test]
fn a_line_without_an_end_is_not_kept() {
    on_sqlite(MONITOR, |service| async move {
        service.folder.write("feed.ndjson", "x".repeat(100_000));
        let mut body = service.open("/v1/monitor/feed").await.into_body();
        assert_eq!(next(&mut body).await, None);
    });
}

#[test]
fn there_is_no_feed_where_none_is_configured_or_written() {
    on_sqlite("", |service| async move {
        let said = service.get("/v1/monitor/feed").await;
        said.refuses(404, "serve-unknown");
    });
    on_sqlite(MONITOR, |service| async move {
        let said = service.get("/v1/monitor/feed").await;
        said.refuses(404, "serve-unknown");
    });
}
