//! A gate, as JavaScript sees it.
#![cfg(target_arch = "wasm32")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use js_sys::{Reflect, Uint8Array};
use longma_core::Instant;
use longma_core::order::Gather;
use longma_gate_web::Gate;
use longma_seal::trust::{Release, Role, Root, Timestamp, digest};
use longma_seal::{Algorithm, Keys, PrivateKey, Purpose};
use wasm_bindgen::JsValue;
use wasm_bindgen::convert::TryFromJsValue;
use wasm_bindgen_test::wasm_bindgen_test;

/// 2022-07-08T12:00:00+08:00.
const NOON: f64 = 1_657_252_800.0;

fn get(value: &JsValue, path: &[&str]) -> JsValue {
    path.iter().fold(value.clone(), |value, key| {
        Reflect::get(&value, &JsValue::from_str(key)).unwrap()
    })
}

fn text(value: &JsValue, path: &[&str]) -> String {
    let found = get(value, path);
    found
        .as_string()
        .unwrap_or_else(|| panic!("{path:?} of {value:?}"))
}

/// Root, timestamp, release and packs, all signed by one key.
struct Documents {
    root: Vec<u8>,
    timestamp: Vec<u8>,
    release: Vec<u8>,
    packs: Vec<u8>,
}

fn documents() -> Documents {
    let bundle = include_str!("../../device/tests/two_decisions.json");
    let bundle = longma_compile::Bundle::read(bundle).unwrap();
    let packs = longma_compile::packed(&bundle, true).unwrap();
    let key = PrivateKey::from_bytes(Algorithm::Ed25519, [1; 32]).unwrap();
    let by = |payload: &[u8], purpose| PrivateKey::seal_by(payload, purpose, [&key]).unwrap();
    let expires = Instant::parse("2022-12-01T00:00:00+08:00").unwrap();
    let role = || Role {
        keys: Keys::new([key.public().clone()]),
        threshold: 1,
    };
    let purposes = [Purpose::Root, Purpose::Packs, Purpose::Timestamp];
    let root = Root {
        version: 1,
        expires,
        roles: purposes.map(|it| (it, role())).into_iter().into_map(),
    };
    let files = [("packs.longma".to_owned(), digest(&packs))];
    let release = Release {
        version: 1,
        expires,
        files: files.into_iter().into_map(),
    };
    let release = by(&release.to_payload(), Purpose::Packs);
    let timestamp = Timestamp {
        version: 1,
        expires,
        release: 1,
        digest: digest(&release),
    };
    Documents {
        root: by(&root.to_payload(), Purpose::Root),
        timestamp: by(&timestamp.to_payload(), Purpose::Timestamp),
        release,
        packs,
    }
}

fn load(documents: &Documents, seen: &str) -> JsValue {
    let Documents {
        root,
        timestamp,
        release,
        packs,
    } = documents;
    let roots = vec![Uint8Array::from(&**root)];
    Gate::load(roots, timestamp, release, packs, seen, NOON, false)
}

#[wasm_bindgen_test]
fn documents_that_are_wrong_are_refused_by_name() {
    let refused = |change: &dyn Fn(&mut Documents)| {
        let mut documents = documents();
        change(&mut documents);
        text(&load(&documents, ""), &["problems", "0", "code"])
    };
    let release_as_time = refused(&|it| it.timestamp = it.release.clone());
    assert_eq!(release_as_time, "seal-purpose");
    assert_eq!(refused(&|it| it.packs.push(0)), "trust-digest");
    assert_eq!(refused(&|it| it.root.push(0)), "cbor-trailing");
    let broken = load(&documents(), "[{}]");
    assert_eq!(text(&broken, &["problems", "0", "code"]), "trust-seen");
}

#[wasm_bindgen_test]
fn a_text_that_is_no_code_is_denied() {
    let loaded = load(&documents(), "");
    let gate = Gate::try_from_js_value(get(&loaded, &["gate"])).unwrap();
    assert!(gate.seen().contains("longma/packs"), "{}", gate.seen());
    let answer = gate.decide("https://example.com", None, NOON);
    assert_eq!(text(&answer, &["answer", "word"]), "deny");
    assert_eq!(text(&answer, &["answer", "why", "0", "code"]), "text-other");
    assert_eq!(get(&answer, &["answer", "holder"]), JsValue::NULL);
    let far = gate.decide("", None, f64::NAN);
    assert_eq!(get(&far, &["ok"]), JsValue::FALSE);
}
