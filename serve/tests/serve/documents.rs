//! Packs, tables and lists for download.
use crate::common::{Service, on_sqlite};
use axum::body::Body;
use axum::http::Request;
use longma_core::hex;
use longma_seal::trust::digest;

async fn with_tag(service: &Service, path: &str, tag: &str) -> crate::common::Said {
    let request = Request::get(path).header("if-none-match", tag);
    service.ask(request.body(Body::empty()).unwrap()).await
}

#[test]
fn a_file_comes_with_a_tag_and_not_again_to_whoever_has_it() {
    on_sqlite("", |service| async move {
        for (name, bytes) in service.office.documents(1) {
            let path = format!("/v1/documents/{name}");
            if name == "venue.json" {
                service.get(&path).await.refuses(404, "serve-unknown");
                continue;
            }
            let said = service.get(&path).await;
            assert_eq!(said.status, 200, "{name}");
            assert_eq!(said.bytes, bytes, "{name}");
            let tag = format!("\"{}\"", hex(&digest(&bytes)));
            assert_eq!(said.header("etag"), tag);
            let kept = match name.as_str() {
                "root.cbor" => "public, max-age=31536000, immutable",
                _ => "public, no-cache",
            };
            assert_eq!(said.header("cache-control"), kept, "{name}");
            for has in [tag.clone(), format!("\"other\", W/{tag}"), "*".to_owned()] {
                let said = with_tag(&service, &path, &has).await;
                assert_eq!((said.status.as_u16(), said.bytes.len()), (304, 0), "{has}");
                assert_eq!(said.header("etag"), tag);
            }
            assert_eq!(with_tag(&service, &path, "\"other\"").await.status, 200);
        }
    });
}

#[test]
fn the_list_of_files_names_what_is_given_out() {
    on_sqlite("", |service| async move {
        let list = service.get("/v1/documents").await.is(200);
        let names: Vec<&str> = list["files"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["name"].as_str().unwrap())
            .collect();
        assert_eq!(
            names,
            [
                "packs.longma",
                "release.cbor",
                "root.cbor",
                "sources.json",
                "tables/risk_areas.csv",
                "timestamp.cbor"
            ]
        );
        for path in ["none", "tables/none.csv", "..%2Fserve.toml", "codes.key"] {
            let said = service.get(&format!("/v1/documents/{path}")).await;
            said.refuses(404, "serve-unknown");
        }
    });
}

#[test]
fn a_newer_release_is_taken_and_a_wrong_one_changes_nothing() {
    on_sqlite("", |service| async move {
        let put = |version| {
            for (name, bytes) in service.office.documents(version) {
                service.folder.write(&format!("documents/{name}"), bytes);
            }
        };
        assert_eq!(service.get("/readyz").await.is(200)["release"], 1);
        put(2);
        service.pass(5);
        assert_eq!(service.get("/readyz").await.is(200)["release"], 2);
        service.folder.write("documents/packs.longma", b"other");
        service.pass(5);
        let ready = service.get("/readyz").await.is(200);
        assert_eq!(
            (&ready["release"], &ready["newer"]),
            (&2.into(), &"trust-digest".into())
        );
        let said = service.get("/v1/documents/packs.longma").await;
        assert_eq!(said.bytes, crate::office::packs());
        // An older one is not taken either.
        put(1);
        service.pass(5);
        let ready = service.get("/readyz").await.is(200);
        assert_eq!(
            (&ready["release"], &ready["newer"]),
            (&2.into(), &"trust-rollback".into())
        );
    });
}
