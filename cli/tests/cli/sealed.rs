//! Keys, documents, codes and the gate: the whole way, as an office and a venue go it.
use crate::common::{Folder, Said, folder, longma, project};
use std::fs;
use std::path::Path;

const AT: &str = "2022-07-10T08:30:00+08:00";
const LATER: &str = "2022-07-10T09:00:00+08:00";

/// A folder in which an office has its keys.
struct Office(Folder);

impl Office {
    fn new(name: &str) -> Self {
        let office = Self(folder(name));
        for key in [
            "root", "second", "packs", "times", "issuer", "lists", "phone",
        ] {
            let made = longma(&["key", &office.at(&format!("{key}.key")), "--new"]).ends(0);
            fs::write(office.0.join(format!("{key}.pub")), made.out).unwrap();
        }
        fs::create_dir_all(office.0.join("gate/tables")).unwrap();
        office
    }

    fn at(&self, file: &str) -> String {
        self.0.join(file).to_str().unwrap().to_owned()
    }

    fn public(&self, role: &str, keys: &[&str]) -> String {
        let keys: Vec<String> = keys
            .iter()
            .map(|key| self.at(&format!("{key}.pub")))
            .collect();
        format!("{role}:{}", keys.join(","))
    }

    fn sign(&self, what: &str, key: &str, save: &str, more: &[&str]) -> Said {
        let (key, save) = (self.at(key), self.at(save));
        longma(&[&["sign", what, "--key", &key, "--save", &save], more].concat())
    }

    fn documents(&self) {
        let office = project().join("rules/samples/venues/office.json");
        let areas = project().join("rules/reference/risk_areas.sample.csv");
        // The day is a Sunday, on which the sample is closed.
        let venue = fs::read_to_string(office).unwrap();
        let open = venue.replace(
            r#""weekday": 5, "opens": 540"#,
            r#""weekday": 7, "opens": 480"#,
        );
        assert_ne!(open, venue);
        fs::write(self.0.join("gate/venue.json"), open).unwrap();
        fs::copy(areas, self.0.join("gate/tables/risk_areas.csv")).unwrap();
        longma(&[
            "bundle",
            "--no-lines",
            "--out",
            &self.at("gate/packs.longma"),
        ])
        .ends(0);
        let dated =
            |number: &'static str| ["--number", number, "--expires", "2099-01-01T00:00:00+08:00"];
        let roles = [
            self.public("root=2", &["root", "second"]),
            self.public("packs=1", &["packs"]),
            self.public("timestamp=1", &["times"]),
            self.public("extract=1", &["issuer"]),
            self.public("outcome=1", &["issuer"]),
            self.public("revocations=1", &["lists"]),
        ];
        let roles: Vec<&str> = roles.iter().flat_map(|role| ["--role", role]).collect();
        let root = "gate/root.cbor";
        let more = [&dated("1")[..], &roles].concat();
        self.sign("root", "root.key", root, &more).ends(0);
        self.sign("root", "second.key", root, &["--to", &self.at(root)])
            .ends(0);
        let named = |name: &str| format!("{name}={}", self.at(&format!("gate/{name}")));
        let (packs, table) = (named("packs.longma"), named("tables/risk_areas.csv"));
        let files = ["--file", &packs, "--file", &table];
        let release = "gate/release.cbor";
        self.sign(
            "release",
            "packs.key",
            release,
            &[&dated("7")[..], &files].concat(),
        )
        .ends(0);
        let release = self.at(release);
        let more = [&dated("30")[..], &["--release", &release]].concat();
        self.sign("timestamp", "times.key", "gate/timestamp.cbor", &more)
            .ends(0);
    }

    fn gate(&self, code: &str, more: &[&str]) -> Said {
        let gate = self.at("gate");
        longma(&[&["gate", code, "--documents", &gate, "--at", LATER], more].concat())
    }
}

fn issued(said: &Said) -> (String, String) {
    let read: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    // The phone's key takes 36 more.
    assert!(read["bytes"].as_u64().unwrap() <= 350 + 36, "{read}");
    let text = |name: &str| read[name].as_str().unwrap().to_owned();
    (text("code"), text("id"))
}

#[test]
fn an_office_signs_and_a_gate_decides() {
    let office = Office::new("sealed-office");
    office.documents();
    let areas = format!("risk_areas={}", office.at("gate/tables/risk_areas.csv"));
    let issue = |more: &[&str]| {
        let key = office.at("issuer.key");
        let facts = "rules/samples/green-gold.json";
        let given = [
            "issue", "--facts", facts, "--key", &key, "--at", AT, "--json",
        ];
        longma(&[&given[..], &["--reference", &areas], more].concat()).ends(0)
    };
    let (code, id) = issued(&issue(&[]));
    office
        .gate(&code, &[])
        .ends(0)
        .tells(&["Check", "list of revoked codes is missing"]);
    let list = |number: &str, id: &str| {
        let more = [
            "--number",
            number,
            "--expires",
            "2099-01-01T00:00:00+08:00",
            "--id",
            id,
        ];
        office
            .sign("revoked", "lists.key", "gate/revoked.cbor", &more)
            .ends(0);
    };
    list("1", "00000000000000ff");
    let seen = office.at("seen.json");
    let said = office.gate(&code, &["--seen", &seen]).ends(0);
    let said = said.tells(&["Admit", "may be a copy", "·"]);
    assert!(!said.out.contains("Check"), "{}", said.out);
    let (outcome, _) = issued(&issue(&["--kind", "outcome"]));
    office.gate(&outcome, &[]).ends(0).tells(&["Admit"]);
    // A code of a phone counts only with that phone.
    let (held, _) = issued(&issue(&["--phone", &office.at("phone.pub")]));
    office
        .gate(&held, &[])
        .ends(0)
        .tells(&["Do not admit", "that phone did not sign it"]);
    list("2", &id);
    office
        .gate(&code, &["--seen", &seen, "--json"])
        .ends(0)
        .tells(&[r#""word":"deny""#, "pass-revoked"]);
    // The older list, now that a newer one was seen.
    list("1", "00000000000000ff");
    office
        .gate(&code, &["--seen", &seen])
        .ends(5)
        .complains(&["[trust-rollback]", "revoked.cbor"]);
}

#[test]
fn a_private_key_is_nobody_elses_and_never_written_over() {
    let folder = folder("sealed-key");
    let path = folder.join("officer.key");
    let file = path.to_str().unwrap();
    let made = longma(&["key", file, "--new"]).ends(0);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(r#""d":"#) && !made.out.contains(r#""d":"#));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
    longma(&["key", file, "--new"])
        .ends(5)
        .complains(&["officer.key"]);
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    assert_eq!(longma(&["key", file]).ends(0).out, made.out);
    let public = folder.join("officer.pub");
    fs::write(&public, &made.out).unwrap();
    longma(&["key", public.to_str().unwrap()])
        .ends(5)
        .complains(&["[key-public]"]);
    let sm2 = folder.join("sm2.key");
    longma(&["key", sm2.to_str().unwrap(), "--new", "--algorithm", "sm2"])
        .ends(0)
        .tells(&[r#""crv":"SM2""#]);
}

#[test]
fn what_is_missing_or_wrong_is_told() {
    let folder = folder("sealed-wrong");
    let key = folder.join("a.key");
    let key = key.to_str().unwrap();
    let public = longma(&["key", key, "--new"]).ends(0).out;
    let other = folder.join("a.pub");
    fs::write(&other, public).unwrap();
    let save = folder.join("out.cbor");
    let save = save.to_str().unwrap();
    let sign = |what: &str, more: &[&str]| {
        longma(&[&["sign", what, "--key", key, "--save", save], more].concat())
    };
    sign("release", &[])
        .ends(2)
        .complains(&["--number is missing"]);
    let dated = ["--number", "1", "--expires", AT];
    sign("release", &dated)
        .ends(2)
        .complains(&["--file is missing"]);
    sign("root", &dated)
        .ends(2)
        .complains(&["--role is missing"]);
    sign("timestamp", &dated)
        .ends(2)
        .complains(&["--release is missing"]);
    let with = |more: &[&'static str]| [&dated[..], more].concat();
    sign("root", &with(&["--role", "king=1:a.pub"]))
        .ends(2)
        .complains(&["does not take `king=1:a.pub`"]);
    sign("release", &with(&["--file", "packs"]))
        .ends(2)
        .complains(&["does not take `packs`"]);
    sign("revoked", &with(&["--id", "12"]))
        .ends(2)
        .complains(&["`12` is no id"]);
    let five = format!("root=5:{}", other.to_str().unwrap());
    sign("root", &[&dated[..], &["--role", &five]].concat())
        .ends(2)
        .complains(&["asks 5 keys to sign and names 1"]);
    // A private key where a public one belongs, and the other way.
    let role = format!("root=1:{key}");
    sign("root", &[&dated[..], &["--role", &role]].concat())
        .ends(5)
        .complains(&["[key-private]"]);
    let public = other.to_str().unwrap();
    longma(&["sign", "root", "--key", public, "--save", save])
        .ends(5)
        .complains(&["[key-public]"]);
    assert!(!Path::new(save).exists());
}
