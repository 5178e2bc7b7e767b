//! Signed documents as others would forge them, and the vectors of the standards.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use longma_seal::cbor::{Limits, Value, read};
use longma_seal::{Algorithm, Keys, PrivateKey, PublicKey, Purpose, open};
use proptest::prelude::*;

const PAYLOAD: &[u8] = b"\xa1\x01\x65green";

fn bytes_of(hex: &str) -> Vec<u8> {
    let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    match hex {
        "-" => Vec::new(),
        _ => (0..hex.len()).step_by(2).map(byte).collect(),
    }
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.starts_with('#'))
}

fn key(algorithm: Algorithm, byte: u8) -> PrivateKey {
    PrivateKey::from_bytes(algorithm, [byte; 32]).unwrap()
}

fn keys(of: &PrivateKey) -> Keys {
    Keys::new([of.public().clone()])
}

#[test]
fn documents_have_one_form_and_every_other_is_refused_by_its_name() {
    for line in lines(include_str!("vectors/cbor.txt")) {
        let mut words = line.splitn(3, ' ');
        let (told, hex) = (words.next().unwrap(), words.next().unwrap());
        let bytes = bytes_of(hex);
        match read(&bytes, Limits::SMALL) {
            Ok(value) => {
                assert_eq!(told, "right", "{line}");
                assert_eq!(value.to_bytes(), bytes, "{line}");
            }
            Err(problem) => assert_eq!(told, problem.code.as_str(), "{line}"),
        }
    }
}

#[test]
fn documents_are_refused_past_their_limits() {
    let told = |bytes: &[u8], limits| read(bytes, limits).unwrap_err().code.to_string();
    assert_eq!(told(&[0x40; 4097], Limits::SMALL), "cbor-size");
    let many = [&[0x99, 0x04, 0x00][..], &[0; 1024]].concat();
    assert_eq!(told(&many, Limits::SMALL), "cbor-items");
    assert!(read(&many, Limits::LARGE).is_ok());
    // A list that promises more than there can be takes no room for it.
    let promised = [0x9b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00];
    assert_eq!(told(&promised, Limits::LARGE), "cbor-cut");
}

/// The verifier's answers to the signatures of a file of Project Wycheproof. `counts` says
/// which of the valid ones do here.
fn wycheproof(text: &str, counts: impl Fn(&[u8]) -> bool) -> usize {
    let mut key = Err(String::new());
    let mut seen = 0;
    for line in lines(text) {
        if line.starts_with('{') {
            key = PublicKey::read(line).map_err(|it| it.code.to_string());
            continue;
        }
        let words: Vec<&str> = line.split(' ').collect();
        let (message, signature) = (bytes_of(words[2]), bytes_of(words[3]));
        let valid = words[1] == "valid" && counts(&signature);
        let key = key.as_ref().unwrap();
        assert_eq!(key.verifies(&message, &signature), valid, "{line}");
        // A phone's signature counts whichever of the two it is.
        let lowered = key.verifies(&message, &key.lower(&signature));
        assert_eq!(lowered, words[1] == "valid", "{line}");
        seen += 1;
    }
    seen
}

#[test]
fn ed25519_answers_as_wycheproof_says() {
    assert_eq!(
        wycheproof(include_str!("vectors/ed25519.txt"), |_| true),
        151
    );
}

#[test]
fn p256_answers_as_wycheproof_says_but_for_the_higher_of_two_signatures() {
    // Half of the curve's order (SEC 2, section 2.4.2), rounded down.
    let half = bytes_of("7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8");
    let low = |signature: &[u8]| signature[32..] <= half[..];
    assert_eq!(wycheproof(include_str!("vectors/p256.txt"), low), 262);
}

fn sm2(x: &str, y: &str) -> PublicKey {
    PublicKey::read(&format!(
        r#"{{"kty":"EC","crv":"SM2","x":"{x}","y":"{y}"}}"#
    ))
    .unwrap()
}

#[test]
fn sm2_verifies_the_example_of_its_standard() {
    // GB/T 32918.5-2017, A.2: the recommended curve and the usual identity.
    let (x, y) = (
        "CfnfMR5UIaFQ3X0WHkvFxnIXn60YM_wHa7CP81bzUCA",
        "zOpJDOJndaUtxupxjMGqYArtBfvzXghKZjL2By2prRM",
    );
    let public = sm2(x, y);
    let signature = bytes_of(concat!(
        "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3",
        "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
    ));
    assert!(public.verifies(b"message digest", &signature));
    assert!(!public.verifies(b"message digesT", &signature));
    // Its key, made from the standard's private one.
    let bytes = bytes_of("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8");
    let own = PrivateKey::from_bytes(Algorithm::Sm2, bytes.try_into().unwrap()).unwrap();
    assert_eq!(own.public(), &public);
    // RustCrypto's `sm2`, tests/sm2dsa.rs: signed by OpenSSL under another identity.
    let (x, y) = (
        "CNd64EwBzEwRBDYN2K9rb33zNCg9fBpq_VZSQHuHvuU",
        "AU4qV8NsFQ0WMk3GZOMeZDI1lgnE55hHpbFhyMc2TIo",
    );
    let other = sm2(x, y);
    let signature = bytes_of(concat!(
        "d1dcccedd9fb785e0f67c16b7c52901625c0b69de9bca2144acc7be713cad2fc",
        "f7d1eae6e3a157b36c65f672f738ca8b46298bf149a6510072c431b49cd88b1c"
    ));
    assert!(!other.verifies(b"testing", &signature));
}

#[test]
fn sm2_takes_no_number_that_is_none() {
    // The curve's order n (GB/T 32918.5-2017, 3): r and s lie from 1 to n - 1.
    let order = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123";
    let one = "0000000000000000000000000000000000000000000000000000000000000001";
    let zero = "0000000000000000000000000000000000000000000000000000000000000000";
    let public = key(Algorithm::Sm2, 7).public().clone();
    for (r, s) in [
        (order, one),
        (one, order),
        (zero, one),
        (one, zero),
        (zero, zero),
    ] {
        let signature = bytes_of(&[r, s].concat());
        assert!(!public.verifies(b"message digest", &signature), "{r} {s}");
    }
}

#[test]
fn ed25519_signs_as_rfc_8032_says() {
    // RFC 8032, section 7.1, test 1, as RFC 8037 writes its key in appendix A.1.
    let text = r#"{"kty":"OKP","crv":"Ed25519",
        "d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
        "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    let key = PrivateKey::read(text).unwrap();
    let signature = bytes_of(concat!(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155",
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    ));
    assert!(key.public().verifies(b"", &signature));
    assert!(!key.public().verifies(b"\x72", &signature));
    let again = PrivateKey::read(&key.to_jwk()).unwrap();
    assert_eq!(
        again.seal(b"", Purpose::Packs),
        key.seal(b"", Purpose::Packs)
    );
    assert_eq!(
        format!("{key:?}"),
        "PrivateKey(KeyId([144, 250, 202, 254, 169, 177, 85, 102]))"
    );
}

#[test]
fn what_was_sealed_opens_with_its_key_for_its_purpose_alone() {
    for algorithm in Algorithm::ALL {
        let (own, other) = (key(*algorithm, 7), key(*algorithm, 8));
        for purpose in Purpose::ALL {
            let sealed = own.seal(PAYLOAD, purpose);
            let mine = keys(&own);
            let opened = open(&sealed, purpose, &mine).unwrap();
            assert_eq!((opened.payload, opened.key), (PAYLOAD, own.public()));
            let told = open(&sealed, purpose, &keys(&other)).unwrap_err();
            assert_eq!(told.code.as_str(), "seal-key");
            for wrong in Purpose::ALL.into_iter().filter(|it| *it != purpose) {
                let told = open(&sealed, wrong, &mine).unwrap_err();
                assert_eq!(told.code.as_str(), "seal-purpose");
            }
        }
    }
}

#[test]
fn whichever_bit_is_turned_nothing_opens() {
    for algorithm in Algorithm::ALL {
        let own = key(*algorithm, 7);
        let sealed = own.seal(PAYLOAD, Purpose::Outcome);
        for bit in 0..sealed.len() * 8 {
            let mut forged = sealed.clone();
            forged[bit / 8] ^= 1 << (bit % 8);
            assert!(
                open(&forged, Purpose::Outcome, &keys(&own)).is_err(),
                "bit {bit}"
            );
        }
        for end in 0..sealed.len() {
            assert!(
                open(&sealed[..end], Purpose::Outcome, &keys(&own)).is_err(),
                "{end}"
            );
        }
    }
}

/// A part of a message in bytes.
fn part(sealed: &[u8], at: usize) -> Vec<u8> {
    let message = read(&sealed[1..], Limits::SMALL).unwrap();
    let found = match &message {
        Value::List(parts) => parts.get(at),
        _ => None,
    };
    match found {
        Some(Value::Bytes(bytes)) => bytes.to_vec(),
        _ => Vec::new(),
    }
}

/// What a forger varies of a message.
struct Forged<'a> {
    header: Vec<u8>,
    beside: Value<'a>,
    payload: Value<'a>,
    signature: Vec<u8>,
}

impl Forged<'_> {
    fn of(sealed: &[u8]) -> Self {
        Self {
            header: part(sealed, 0),
            beside: Value::Map(Vec::new()),
            payload: Value::Bytes(PAYLOAD),
            signature: part(sealed, 3),
        }
    }

    fn told(self, own: &PrivateKey) -> String {
        let parts = vec![
            Value::Bytes(&self.header),
            self.beside.clone(),
            self.payload.clone(),
            Value::Bytes(&self.signature),
        ];
        let message = [&[0xd2][..], &Value::List(parts).to_bytes()].concat();
        told(&message, own)
    }
}

fn told(document: &[u8], own: &PrivateKey) -> String {
    match open(document, Purpose::Outcome, &keys(own)) {
        Ok(_) => "opened".to_owned(),
        Err(problem) => problem.code.to_string(),
    }
}

#[test]
fn a_message_of_another_form_is_refused_by_its_name() {
    let own = key(Algorithm::Ed25519, 7);
    let sealed = own.seal(PAYLOAD, Purpose::Outcome);
    assert_eq!(Forged::of(&sealed).told(&own), "opened");
    let after = |begin: &[u8]| told(&[begin, &sealed[1..]].concat(), &own);
    assert_eq!(told(&[], &own), "seal-form");
    assert_eq!(told(PAYLOAD, &own), "seal-form", "a bare payload");
    assert_eq!(after(&[]), "seal-form", "without its tag");
    assert_eq!(after(&[0xd8, 98]), "seal-form", "with the tag of several");
    assert_eq!(
        after(&[0xd8, 18]),
        "seal-form",
        "with its tag written longer"
    );
    assert_eq!(after(&[0xd2, 0xd2]), "cbor-kind", "with its tag twice");
    assert_eq!(told(&[0xd2, 0xa0], &own), "seal-form", "a map");
    assert_eq!(
        told(&[0xd2, 0x83, 0x40, 0xa0, 0x40], &own),
        "seal-form",
        "three parts"
    );
    let parts = [
        (Value::Null, "a payload that is elsewhere"),
        (Value::Map(Vec::new()), "a payload that is a map"),
        (Value::Text("green"), "a payload that is a text"),
    ];
    for (payload, what) in parts {
        let forged = Forged {
            payload,
            ..Forged::of(&sealed)
        };
        assert_eq!(forged.told(&own), "seal-form", "{what}");
    }
    let besides = Value::Map(vec![(Value::Int(1), Value::Int(-8))]);
    let forged = Forged {
        beside: besides,
        ..Forged::of(&sealed)
    };
    assert_eq!(
        forged.told(&own),
        "seal-header",
        "an algorithm that nobody signed"
    );
    for (length, code) in [
        (0, "seal-missing"),
        (32, "seal-signature"),
        (63, "seal-signature"),
    ] {
        let mut forged = Forged::of(&sealed);
        forged.signature.truncate(length);
        assert_eq!(forged.told(&own), code, "{length} bytes of a signature");
    }
    let mut longer = Forged::of(&sealed);
    longer.signature.push(0);
    assert_eq!(longer.told(&own), "seal-signature");
    let payload = Value::Bytes(b"\xa1\x01\x63red");
    let other = Forged {
        payload,
        ..Forged::of(&sealed)
    };
    assert_eq!(other.told(&own), "seal-signature", "another payload");
}

#[test]
fn a_header_that_is_not_longmas_is_refused_by_its_name() {
    let own = key(Algorithm::Ed25519, 7);
    let sealed = own.seal(PAYLOAD, Purpose::Outcome);
    let id = own.public().id();
    let headed = |members: Vec<(Value<'_>, Value<'_>)>| {
        let header = Value::Map(members).to_bytes();
        Forged {
            header,
            ..Forged::of(&sealed)
        }
        .told(&own)
    };
    let algorithm = |number| (Value::Int(1), Value::Int(number));
    let named = || (Value::Int(4), Value::Bytes(&id.0));
    let typed = |purpose| (Value::Int(16), Value::Text(purpose));
    let usual = || typed("longma/outcome");
    assert_eq!(headed(vec![algorithm(-8), named(), usual()]), "opened");
    for (number, what) in [
        (-7, "P-256"),
        (-132_918, "SM2"),
        (-257, "RSA"),
        (0, "none"),
        (5, "a shared secret"),
    ] {
        assert_eq!(
            headed(vec![algorithm(number), named(), usual()]),
            "seal-algorithm",
            "{what}"
        );
    }
    let certificate = (Value::Int(33), Value::Bytes(b"a certificate of its own"));
    let critical = (Value::Int(2), Value::List(vec![Value::Int(1)]));
    for more in [certificate, critical] {
        assert_eq!(
            headed(vec![algorithm(-8), named(), usual(), more]),
            "seal-header"
        );
    }
    assert_eq!(
        headed(vec![algorithm(-8), named()]),
        "seal-header",
        "no purpose"
    );
    assert_eq!(
        headed(vec![algorithm(-8), usual()]),
        "seal-header",
        "no key"
    );
    assert_eq!(
        headed(vec![named(), usual()]),
        "seal-header",
        "no algorithm"
    );
    assert_eq!(headed(Vec::new()), "seal-header");
    let short = (Value::Int(4), Value::Bytes(&id.0[..7]));
    assert_eq!(headed(vec![algorithm(-8), short, usual()]), "seal-header");
    for purpose in ["longma/packs", "longma/Outcome", "", "\u{43b}ongma/outcome"] {
        assert_eq!(
            headed(vec![algorithm(-8), named(), typed(purpose)]),
            "seal-purpose"
        );
    }
    let empty = Forged {
        header: Vec::new(),
        ..Forged::of(&sealed)
    };
    assert_eq!(empty.told(&own), "cbor-cut");
}

#[test]
fn a_key_that_should_not_count_is_refused_by_its_name() {
    let good = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    let okp = |x: &str, more: &str| format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{x}"{more}}}"#);
    let zero = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let wrong: [(String, &str); 12] = [
        (String::new(), "key-form"),
        ("[]".to_owned(), "key-form"),
        (
            format!(r#"{{"kty":"OKP","kty":"OKP","crv":"Ed25519","x":"{good}"}}"#),
            "key-form",
        ),
        (r#"{"kty":"oct","k":"AAAA"}"#.to_owned(), "key-kind"),
        (
            r#"{"kty":"RSA","n":"AAAA","e":"AQAB"}"#.to_owned(),
            "key-kind",
        ),
        (
            format!(r#"{{"kty":"EC","crv":"Ed25519","x":"{good}"}}"#),
            "key-kind",
        ),
        (okp("", ""), "key-value"),
        (okp(&good[1..], ""), "key-value"),
        // The point that all messages verify under.
        (okp(zero, ""), "key-weak"),
        (
            format!(r#"{{"kty":"EC","crv":"P-256","x":"{zero}","y":"{zero}"}}"#),
            "key-value",
        ),
        (okp(good, r#","kid":"mine""#), "key-name"),
        (okp(good, &format!(r#","d":"{good}""#)), "key-private"),
    ];
    for (text, told) in wrong {
        let problem = PublicKey::read(&text).unwrap_err();
        assert_eq!(problem.code.as_str(), told, "{text}");
    }
    let named = okp(
        good,
        r#","kid":"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k""#,
    );
    assert!(PublicKey::read(&named).is_ok());
    let public = PrivateKey::read(&okp(good, "")).unwrap_err();
    assert_eq!(public.code.as_str(), "key-public");
    let torn = PrivateKey::read(&okp(good, &format!(r#","d":"{zero}""#))).unwrap_err();
    assert_eq!(torn.code.as_str(), "key-value");
}

proptest! {
    /// Whatever comes in, it is refused or has the one form.
    #[test]
    fn bytes_are_refused_or_have_the_one_form(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        if let Ok(value) = read(&bytes, Limits::SMALL) {
            prop_assert_eq!(value.to_bytes(), bytes);
        }
    }

    /// Numbers, texts and bytes come back as they were written.
    #[test]
    fn what_is_written_is_read(number: i64, text: String, bytes: Vec<u8>) {
        let value = Value::List(vec![
            Value::Int(number),
            Value::Map(vec![(Value::Int(number), Value::Null), (Value::Text(&text), Value::Bytes(&bytes))]),
        ]);
        let written = value.to_bytes();
        let again = read(&written, Limits::LARGE).unwrap();
        prop_assert_eq!(&again.to_bytes(), &written);
        prop_assert_eq!(again, value);
    }
}
