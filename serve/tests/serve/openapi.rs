//! The document that describes the interfaces, and answers held to it.
use crate::common::{Said, on_sqlite};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use std::sync::OnceLock;

fn described() -> &'static Json {
    static DESCRIBED: OnceLock<Json> = OnceLock::new();
    DESCRIBED.get_or_init(|| {
        let (_, openapi) = longma_serve::described();
        serde_json::from_str(&openapi.to_json().unwrap()).unwrap()
    })
}

/// Whether a path is one that a template means.
fn means(template: &str, path: &str) -> bool {
    let parts = |of: &str| of.split('/').map(str::to_owned).collect::<Vec<_>>();
    let (template, path) = (parts(template), parts(path));
    let fits = |(of, part): (&String, &String)| of.starts_with('{') || of == part;
    template.len() == path.len() && template.iter().zip(&path).all(fits)
}

/// Checks that an answer is one of those that the document says, and its body of the type
/// that stands there.
#[track_caller]
pub(crate) fn holds(method: &str, path: &str, said: &Said) {
    let paths = described()["paths"].as_object().unwrap();
    let found = paths.iter().find(|(template, _)| means(template, path));
    let Some((template, operations)) = found else {
        return;
    };
    let Some(operation) = operations.get(method.to_lowercase()) else {
        assert_eq!(said.status, 405, "{method} {template}");
        return;
    };
    let status = said.status.as_u16();
    let classes = [status.to_string(), format!("{}XX", status / 100)];
    let responses = &operation["responses"];
    let response = classes.iter().find_map(|it| responses.get(it));
    let response =
        response.unwrap_or_else(|| panic!("{method} {template} says nothing of {status}"));
    let Some(content) = response.get("content") else {
        assert!(said.bytes.is_empty(), "{method} {template} {status}");
        return;
    };
    let kind = said.header("content-type");
    let schema = content
        .get(kind)
        .unwrap_or_else(|| panic!("{method} {template}: {kind}"));
    if kind.ends_with("json") {
        let mut schema = schema["schema"].clone();
        schema["components"] = described()["components"].clone();
        let schema = jsonschema::validator_for(&schema).unwrap();
        let body = said.json();
        let wrong: Vec<String> = schema.iter_errors(&body).map(|it| it.to_string()).collect();
        assert!(
            wrong.is_empty(),
            "{method} {template} {status}: {wrong:?}\n{body:#}"
        );
    }
}

#[test]
fn the_seven_interfaces_and_all_others_are_described() {
    let paths: BTreeSet<&str> = described()["paths"]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let expected = [
        "/livez",
        "/readyz",
        "/v1/applications",
        "/v1/codes",
        "/v1/corrections",
        "/v1/declarations",
        "/v1/documents",
        "/v1/documents/tables/{file}",
        "/v1/documents/{file}",
        "/v1/health-queries",
        "/v1/keys",
        "/v1/monitor/feed",
        "/v1/revocations",
        "/v1/statements",
        "/v1/travel",
        "/v1/verifications",
    ];
    assert_eq!(paths, BTreeSet::from(expected));
    let tagged = described()["paths"].as_object().unwrap().values();
    let tagged = tagged.filter(|it| it["post"]["tags"] == json!(["GB/T 38963"]));
    assert_eq!(tagged.count(), 7);
}

#[test]
fn every_described_path_is_answered_and_the_description_is_given_out() {
    on_sqlite("", |service| async move {
        let given = service.get("/v1/openapi.json").await;
        assert_eq!(given.json(), *described());
        for (path, operations) in described()["paths"].as_object().unwrap() {
            let path = path.replace("{file}", "none");
            for method in operations.as_object().unwrap().keys() {
                let request = axum::http::Request::builder()
                    .method(method.to_uppercase().as_str())
                    .uri(&path);
                let said = service
                    .ask(request.body(axum::body::Body::empty()).unwrap())
                    .await;
                let body = said.json();
                // What is not routed at all is told by another code.
                assert_ne!(body["code"], "serve-path", "{method} {path}");
                assert_ne!(said.status, 405, "{method} {path}");
            }
        }
    });
}

#[test]
fn what_is_not_there_is_refused_in_the_language_of_whoever_asks() {
    on_sqlite("", |service| async move {
        let said = service.get("/v2").await;
        assert_eq!(said.header("content-language"), "zh-CN");
        assert_eq!(said.refuses(404, "serve-path")["title"], "这里没有内容");
        let request = axum::http::Request::delete("/v1/codes").header("accept-language", "en");
        let said = service
            .ask(request.body(axum::body::Body::empty()).unwrap())
            .await;
        assert_eq!(said.header("content-language"), "en");
        assert!(said.header("allow").contains("POST"));
        said.refuses(405, "serve-method");
    });
}
