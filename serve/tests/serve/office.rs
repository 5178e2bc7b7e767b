//! Whoever signs: officers, sources, and the issuer of tokens. Anybody can guess their keys.
use crate::files::{Folder, project};
use base64ct::{Base64UrlUnpadded, Encoding};
use longma_compile::texts::{Texts, read};
use longma_core::Instant;
use longma_seal::statement::{Kind, Statement};
use longma_seal::trust::{Release, Role, Root, Timestamp, digest};
use longma_seal::{Algorithm, Keys, PrivateKey, Purpose};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

/// When the service is asked.
pub(crate) const READ_AT: &str = "2022-07-10T09:00:00+08:00";
/// The number of the citizen's document, that of the sample `green-gold.json`.
pub(crate) const NUMBER: &str = "999999199001010016";
/// An officer's service number.
pub(crate) const OFFICER: &str = "A-17";

pub(crate) struct Office {
    pub(crate) root: PrivateKey,
    pub(crate) packs: PrivateKey,
    pub(crate) stamps: PrivateKey,
    pub(crate) codes: PrivateKey,
    pub(crate) facts: PrivateKey,
    pub(crate) receipts: PrivateKey,
    pub(crate) laboratory: PrivateKey,
    pub(crate) hospital: PrivateKey,
    pub(crate) stranger: PrivateKey,
    pub(crate) issuer: PrivateKey,
}

fn key(byte: u8) -> PrivateKey {
    PrivateKey::from_bytes(Algorithm::Ed25519, [byte; 32]).unwrap()
}

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn text_of(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

/// The project's packs, compiled once.
pub(crate) fn packs() -> &'static [u8] {
    static PACKS: OnceLock<Vec<u8>> = OnceLock::new();
    PACKS.get_or_init(|| {
        let mut texts = Texts::new();
        for part in ["schema", "reference", "packs"] {
            collect(&project().join("rules").join(part), part, &mut texts);
        }
        let house = read(&texts);
        assert!(house.findings.is_empty(), "{:?}", house.findings);
        longma_compile::packed(&house.bundle, false).unwrap()
    })
}

fn collect(folder: &Path, name: &str, texts: &mut Texts) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let inside = format!("{name}/{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() {
            collect(&path, &inside, texts);
        } else if ["json", "csv", "toml", "rhai"]
            .iter()
            .any(|it| inside.ends_with(it))
        {
            texts.insert(inside, text_of(&path));
        }
    }
}

fn areas() -> Vec<u8> {
    fs::read(project().join("rules/reference/risk_areas.sample.csv")).unwrap()
}

impl Office {
    pub(crate) fn new() -> Self {
        Self {
            root: key(1),
            packs: key(2),
            stamps: key(3),
            codes: key(5),
            facts: key(6),
            receipts: key(7),
            laboratory: key(8),
            hospital: key(9),
            stranger: key(10),
            issuer: key(11),
        }
    }

    /// Everything that the service reads.
    pub(crate) fn write(&self, folder: &Folder) {
        for (name, key) in [
            ("codes.key", &self.codes),
            ("facts.key", &self.facts),
            ("receipts.key", &self.receipts),
        ] {
            folder.write(name, key.to_jwk());
        }
        folder.write("subjects.secret", "5a".repeat(32));
        folder.write("jwks.json", self.jwks().to_string());
        for (name, bytes) in self.documents(1) {
            folder.write(&format!("documents/{name}"), bytes);
        }
    }

    /// The issuer's public keys.
    pub(crate) fn jwks(&self) -> Json {
        let mut key: Json = serde_json::from_str(&self.issuer.public().to_jwk()).unwrap();
        key["kid"] = "first".into();
        key["alg"] = "EdDSA".into();
        json!({ "keys": [key] })
    }

    /// The list of sources.
    pub(crate) fn sources(&self) -> Json {
        let keys = |key: &PrivateKey| -> Json {
            let jwk: Json = serde_json::from_str(&key.public().to_jwk()).unwrap();
            json!([jwk])
        };
        json!({
            "laboratory": keys(&self.laboratory),
            "hospital": keys(&self.hospital),
            "here": keys(&self.facts),
        })
    }

    /// A release with all that it names.
    pub(crate) fn documents(&self, version: i64) -> BTreeMap<String, Vec<u8>> {
        self.documents_with(version, self.sources().to_string().as_bytes())
    }

    pub(crate) fn documents_with(&self, version: i64, sources: &[u8]) -> BTreeMap<String, Vec<u8>> {
        let role = |key: &PrivateKey| Role {
            keys: Keys::new([key.public().clone()]),
            threshold: 1,
        };
        let root = Root {
            version: 1,
            expires: at("2023-07-01T00:00:00+08:00"),
            roles: [
                (Purpose::Root, role(&self.root)),
                (Purpose::Packs, role(&self.packs)),
                (Purpose::Timestamp, role(&self.stamps)),
                (Purpose::Outcome, role(&self.codes)),
                (Purpose::Extract, role(&self.codes)),
            ]
            .into(),
        };
        let named = [
            ("packs.longma", packs().to_vec()),
            ("tables/risk_areas.csv", areas()),
            ("sources.json", sources.to_vec()),
        ];
        let release = Release {
            version,
            expires: at("2022-12-01T00:00:00+08:00"),
            files: named
                .iter()
                .map(|(name, bytes)| ((*name).to_owned(), digest(bytes)))
                .collect(),
        };
        let release = by(&release.to_payload(), Purpose::Packs, &self.packs);
        let stamp = Timestamp {
            version,
            expires: at("2022-07-13T00:00:00+08:00"),
            release: version,
            digest: digest(&release),
        };
        // The day is a Sunday, on which the sample is closed.
        let venue = text_of(&project().join("rules/samples/venues/office.json"));
        let venue = venue.replace(
            r#""weekday": 5, "opens": 540"#,
            r#""weekday": 7, "opens": 480"#,
        );
        let signed = [
            (
                "root.cbor",
                by(&root.to_payload(), Purpose::Root, &self.root),
            ),
            (
                "timestamp.cbor",
                by(&stamp.to_payload(), Purpose::Timestamp, &self.stamps),
            ),
            ("release.cbor", release),
            ("venue.json", venue.into_bytes()),
        ];
        let all = signed.into_iter().chain(named);
        all.map(|(name, bytes)| (name.to_owned(), bytes)).collect()
    }

    /// A token of the issuer.
    pub(crate) fn token(&self, claims: &Json) -> String {
        token(
            &json!({"alg": "EdDSA", "typ": "JWT", "kid": "first"}),
            claims,
            &self.issuer,
        )
    }

    /// Whose facts are those of `green-gold.json`.
    pub(crate) fn citizen(&self, now: i64) -> String {
        self.token(&claims(now))
    }

    pub(crate) fn officer(&self, now: i64) -> String {
        let mut claims = claims(now);
        claims["sub"] = "officer".into();
        claims["document_number"] = Json::Null;
        claims["officer_number"] = OFFICER.into();
        claims["roles"] = json!(["officer", "verifier", "lists"]);
        self.token(&claims)
    }
}

/// The claims of a citizen's token.
pub(crate) fn claims(now: i64) -> Json {
    json!({
        "iss": "https://id.example",
        "aud": "longma",
        "sub": "citizen",
        "iat": now,
        "exp": now + 600,
        "document_number": NUMBER,
    })
}

/// A token, signed by any key.
pub(crate) fn token(header: &Json, claims: &Json, key: &PrivateKey) -> String {
    let part = |json: &Json| Base64UrlUnpadded::encode_string(json.to_string().as_bytes());
    let signed = format!("{}.{}", part(header), part(claims));
    let signature = key.sign(signed.as_bytes());
    format!("{signed}.{}", Base64UrlUnpadded::encode_string(&signature))
}

/// A statement of facts, signed when the service is asked.
pub(crate) fn stated(facts: &Json, key: &PrivateKey) -> Vec<u8> {
    let stated = Statement {
        made: at("2022-07-10T08:59:00+08:00"),
        kind: Kind::Facts,
        document: facts.to_string(),
    };
    stated.sealed(key)
}

fn by(payload: &[u8], purpose: Purpose, key: &PrivateKey) -> Vec<u8> {
    PrivateKey::seal_by(payload, purpose, [key]).unwrap()
}
