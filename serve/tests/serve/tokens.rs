//! Tokens that do not count, each for its own reason; and keys that change.
use crate::common::{Service, on_sqlite};
use crate::office::{claims, token};
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::routing::get;
use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::{Hmac, KeyInit as _, Mac as _};
use longma_core::Instant;
use longma_seal::{Algorithm, PrivateKey};
use longma_serve::{App, Clock, Config};
use serde_json::{Value as Json, json};
use sha2::Sha256;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

fn encoded(json: &Json) -> String {
    Base64UrlUnpadded::encode_string(json.to_string().as_bytes())
}

/// Asks with a token, and gives back why it does not count.
async fn refused(service: &Service, token: &str) -> String {
    let said = service.post("/v1/health-queries", token, &json!({})).await;
    assert_eq!(said.header("www-authenticate"), "Bearer");
    let said = said.refuses(401, "serve-token");
    said["title"]
        .as_str()
        .unwrap()
        .rsplit(": ")
        .next()
        .unwrap()
        .to_owned()
}

#[test]
fn a_token_counts_for_this_service_by_this_issuer_now_and_for_nothing_else() {
    on_sqlite("", |service| async move {
        let now = service.now();
        let with = |name: &str, value: Json| {
            let mut claims = claims(now);
            claims[name] = value;
            service.office.token(&claims)
        };
        for (name, value, why) in [
            // Clocks may differ by 30 seconds.
            ("exp", json!(now - 30), "it has expired"),
            ("exp", Json::Null, "it is no token"),
            ("exp", json!("later"), "it is no token"),
            ("nbf", json!(now + 31), "it does not count yet"),
            (
                "iss",
                json!("https://id.example.com"),
                "it is of another issuer",
            ),
            ("iss", Json::Null, "it is of another issuer"),
            ("aud", json!("another"), "it is for another service"),
            ("aud", json!(["another"]), "it is for another service"),
            ("sub", json!(""), "it says nothing about its bearer"),
        ] {
            let said = refused(&service, &with(name, value.clone())).await;
            let close = said == why || (value.is_null() && said == "it is no token");
            assert!(close, "{name} {value}: {said}");
        }
        for (name, value) in [
            ("exp", json!(now - 29)),
            ("nbf", json!(now + 30)),
            ("aud", json!(["another", "longma"])),
        ] {
            // Nothing is known about the bearer, which is another refusal.
            let said = service
                .post("/v1/health-queries", &with(name, value), &json!({}))
                .await;
            said.refuses(404, "serve-nobody");
        }
    });
}

#[test]
fn a_token_is_signed_by_a_key_of_the_issuer_with_that_keys_algorithm() {
    on_sqlite("", |service| async move {
        let claims = claims(service.now());
        let header = |alg: &str, kid: &str| json!({ "alg": alg, "typ": "JWT", "kid": kid });
        let stranger = &service.office.stranger;
        let issuer = &service.office.issuer;
        let own = header("EdDSA", "first");
        assert_eq!(
            refused(&service, &token(&own, &claims, stranger)).await,
            "its signature is wrong"
        );
        let other = token(&header("EdDSA", "second"), &claims, issuer);
        assert_eq!(refused(&service, &other).await, "its key is unknown");
        // A key of Edwards' curve makes no signature of another kind.
        let other = token(&header("ES256", "first"), &claims, issuer);
        assert_eq!(refused(&service, &other).await, "its key is unknown");
        let critical = json!({ "alg": "EdDSA", "kid": "first", "crit": ["b64"], "b64": false });
        assert_eq!(
            refused(&service, &token(&critical, &claims, issuer)).await,
            "it is no token"
        );
        // Signed by nobody.
        for alg in ["none", "None", "NONE"] {
            let bare = format!("{}.{}.", encoded(&header(alg, "first")), encoded(&claims));
            let why = refused(&service, &bare).await;
            assert_eq!(
                why, "it is signed in a way that does not count here",
                "{alg}"
            );
        }
        // The public key as if it were a secret, in each way that somebody might have it.
        let jwk: Json = serde_json::from_str(&issuer.public().to_jwk()).unwrap();
        let x = Base64UrlUnpadded::decode_vec(jwk["x"].as_str().unwrap()).unwrap();
        for secret in [
            x,
            jwk["x"].as_str().unwrap().into(),
            jwk.to_string().into_bytes(),
        ] {
            let signed = format!(
                "{}.{}",
                encoded(&header("HS256", "first")),
                encoded(&claims)
            );
            let mut mac = Hmac::<Sha256>::new_from_slice(&secret).unwrap();
            mac.update(signed.as_bytes());
            let mac = Base64UrlUnpadded::encode_string(&mac.finalize().into_bytes());
            let why = refused(&service, &format!("{signed}.{mac}")).await;
            assert_eq!(why, "it is signed in a way that does not count here");
        }
        for text in ["", "a", "a.b.c", "..", &"a".repeat(20_000)] {
            assert_eq!(refused(&service, text).await, "it is no token");
        }
    });
}

#[test]
fn whoever_brings_no_token_is_asked_for_one() {
    on_sqlite("", |service| async move {
        for header in [None, Some("Basic YTpi")] {
            let mut request = Request::post("/v1/health-queries").header("accept-language", "en");
            if let Some(header) = header {
                request = request.header("authorization", header);
            }
            let said = service.ask(request.body(Body::from("{}")).unwrap()).await;
            said.refuses(401, "serve-token");
        }
        let mut claims = claims(service.now());
        claims["document_number"] = Json::Null;
        let unnamed = service.office.token(&claims);
        let said = service
            .post("/v1/health-queries", &unnamed, &json!({}))
            .await;
        said.refuses(403, "serve-unnamed");
    });
}

#[test]
fn a_secret_among_algorithms_is_refused_before_the_service_starts() {
    for names in [r#"["HS256"]"#, "[]", r#"["none"]"#, r#"["EdDSA", "HS512"]"#] {
        let text = crate::common::configuration_text(None, "");
        let text = format!("{text}algorithms = {names}\n");
        let problem = Config::read(&text, "serve.toml".as_ref(), "/".as_ref()).unwrap_err();
        assert_eq!(problem.code.as_str(), "serve-config-value", "{names}");
    }
}

/// An issuer on the network of this machine, and how often it was asked for its keys.
async fn issuer(keys: Arc<Mutex<Json>>) -> (String, Arc<AtomicUsize>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let name = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let (found, counted) = (name.clone(), Arc::clone(&asked));
    let discovery = json!({ "issuer": found, "jwks_uri": format!("{found}/keys") });
    let router = Router::new()
        .route(
            "/.well-known/openid-configuration",
            get(async move || axum::Json(discovery)),
        )
        .route(
            "/keys",
            get(async move || {
                counted.fetch_add(1, Ordering::Relaxed);
                let keys = keys.lock().unwrap().clone();
                axum::Json(keys)
            }),
        );
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (name, asked)
}

#[test]
fn keys_of_an_issuer_are_asked_for_once_and_again_when_they_change() {
    on_sqlite("", |service| async move {
        let keys = Arc::new(Mutex::new(service.office.jwks()));
        let (name, asked) = issuer(Arc::clone(&keys)).await;
        let text = crate::common::configuration_text(Some("sqlite:other.db"), "");
        let text = text
            .replace("https://id.example", &name)
            .replace("keys_file = \"jwks.json\"", "");
        let config = Config::read(&text, "serve.toml".as_ref(), &service.folder.0).unwrap();
        let now = Arc::new(AtomicI64::new(service.now()));
        let told = Arc::clone(&now);
        let clock = Clock::new(move || Instant::from_unix(told.load(Ordering::Relaxed)));
        let app = App::open(config, clock).await.unwrap();
        let sign = |kid: &str, alg: &str, key: &PrivateKey| {
            let mut claims = claims(service.now());
            claims["iss"] = name.clone().into();
            token(&json!({ "alg": alg, "kid": kid }), &claims, key)
        };
        let bearer = async |token: &str| {
            let at = Instant::from_unix(now.load(Ordering::Relaxed)).unwrap();
            let read = app.tokens.bearer(token, &app.keys.subjects, at).await;
            read.map_err(|problem| problem.args.get("why").unwrap().en.clone())
        };
        let first = sign("first", "EdDSA", &service.office.issuer);
        for _ in 0..3 {
            bearer(&first).await.unwrap();
        }
        assert_eq!(asked.load(Ordering::Relaxed), 1);
        // The issuer changes to a key of another kind.
        let next = PrivateKey::from_bytes(Algorithm::P256, [31; 32]).unwrap();
        let mut jwk: Json = serde_json::from_str(&next.public().to_jwk()).unwrap();
        jwk["kid"] = "second".into();
        *keys.lock().unwrap() = json!({ "keys": [jwk] });
        let second = sign("second", "ES256", &next);
        // Whoever makes up names of keys makes nobody ask more than once a minute.
        for _ in 0..3 {
            assert_eq!(bearer(&second).await.unwrap_err(), "its key is unknown");
        }
        assert_eq!(asked.load(Ordering::Relaxed), 1);
        now.fetch_add(60, Ordering::Relaxed);
        bearer(&second).await.unwrap();
        assert_eq!(asked.load(Ordering::Relaxed), 2);
        assert_eq!(bearer(&first).await.unwrap_err(), "its key is unknown");
    });
}

#[test]
fn an_issuer_without_tls_is_none_unless_it_is_this_machine() {
    let text = crate::common::configuration_text(None, "");
    let text = text.replace("keys_file = \"jwks.json\"", "");
    for (name, sound) in [
        ("https://id.example", true),
        ("http://id.example", false),
        ("http://127.0.0.1.id.example", false),
        ("http://127.0.0.1:9", true),
        ("id.example", false),
    ] {
        let text = text.replace("https://id.example", name);
        let config = Config::read(&text, "serve.toml".as_ref(), "/".as_ref());
        assert_eq!(config.is_ok(), sound, "{name}");
    }
}
