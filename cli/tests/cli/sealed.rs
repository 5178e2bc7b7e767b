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

/// A folder of packs that want tests signed by a laboratory, and corrected by an office: a
/// positive one is red, and whoever has none is yellow.
fn strict(at: &Path) {
    let files = [
        (
            "62/2022-01-01/pack.toml",
            r#"
subject = "person"
version = "1.0.0"
title = { zh-CN = "测试", en = "A test" }
authority = { zh-CN = "测试", en = "A test" }
effective.from = 2022-01-01T00:00:00+08:00
[sources.notice]
title = { zh-CN = "通告", en = "A notice" }
grade = "A"
[facts.tests]
requires = "signed"
by = ["laboratory"]
corrected_by = ["office"]
[decisions.code]
scale = ["green", "yellow", "red"]
colours = ["green", "yellow", "red"]
roles = ["face"]
"#,
        ),
        (
            "62/2022-01-01/code.rhai",
            "/// source: notice\nfn positive(tests) {\n    tests.filter(|t| t.result == \"positive\").map(|t| red(t.reported_at, ()).because(t))\n}\n\
             /// source: notice\nfn untested(tests) {\n    if tests.len() == 0 { yellow(always()) }\n}\n",
        ),
        (
            "62/2022-01-01/captions.toml",
            r#"
[code]
name = { zh-CN = "健康码", en = "Health code" }
levels.green = { zh-CN = "绿码", en = "Green" }
levels.yellow = { zh-CN = "黄码", en = "Yellow" }
levels.red = { zh-CN = "红码", en = "Red" }
rules.positive.caption = { zh-CN = "阳性", en = "A positive test." }
rules.positive.release = { zh-CN = "无", en = "None." }
rules.untested.caption = { zh-CN = "未检测", en = "Never tested." }
rules.untested.release = { zh-CN = "检测", en = "A test." }
"#,
        ),
    ];
    for (name, text) in files {
        let path = at.join("packs").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let schemas = at.join("schema");
    fs::create_dir_all(&schemas).unwrap();
    let person = project().join("rules/schema/person.schema.json");
    fs::copy(person, schemas.join("person.schema.json")).unwrap();
}

const PERSON: &str = r#"{"subject": "person", "identity": {"name": "样例", "region": "620102",
    "document": {"type": "resident_id", "number": "999999199001010016"}}, "tests": [{
    "method": "nucleic_acid", "result": "positive", "pool_size": 1,
    "sampled_at": "2022-07-10T08:00:00+08:00", "reported_at": "2022-07-10T20:00:00+08:00"}]}"#;

const CORRECTION: &str = r#"{"identity": {"document": {"type": "resident_id",
    "number": "999999199001010016"}}, "corrections": [{"section": "tests", "at": "2022-07-12T09:00:00+08:00",
    "record": {"method": "nucleic_acid", "sampled_at": "2022-07-10T08:00:00+08:00"},
    "becomes": {"method": "nucleic_acid", "result": "negative", "pool_size": 1,
        "sampled_at": "2022-07-10T08:00:00+08:00", "reported_at": "2022-07-10T20:00:00+08:00"},
    "by": {"name": "经办甲", "office": "虚构区疾控中心", "number": "0001"}, "reason": "样本贴错"}]}"#;

#[test]
fn what_nobody_signed_is_not_known_and_an_appeal_asks_both_times() {
    let office = Office::new("sealed-facts");
    strict(&office.0);
    for (name, text) in [("person.json", PERSON), ("correction.json", CORRECTION)] {
        fs::write(office.0.join(name), text).unwrap();
    }
    let keys = [("laboratory", "packs"), ("office", "issuer")].map(|(name, key)| {
        let key = fs::read_to_string(office.at(&format!("{key}.pub"))).unwrap();
        format!("\"{name}\": [{}]", key.trim())
    });
    fs::write(
        office.0.join("sources.json"),
        format!("{{{}}}", keys.join(",")),
    )
    .unwrap();
    let [packs, sources, person] = ["packs", "sources.json", "person.json"].map(|it| office.at(it));
    let state = |what: &str, document: &str, key: &str, at: &str, save: &str| {
        let document = office.at(document);
        let more = ["--document", &document, "--at", at];
        office.sign(what, key, save, &more).ends(0);
    };
    state(
        "facts",
        "person.json",
        "packs.key",
        "2022-07-10T20:00:00+08:00",
        "lab.cbor",
    );
    state(
        "corrections",
        "correction.json",
        "issuer.key",
        "2022-07-12T09:00:00+08:00",
        "c.cbor",
    );

    let at = "2022-07-11T12:00:00+08:00";
    let [lab, corrected, dossier] = ["lab.cbor", "c.cbor", "dossier.json"].map(|it| office.at(it));
    let given = [
        "merge",
        "--packs",
        &packs,
        "--source-keys",
        &sources,
        "--at",
        at,
    ];
    let merge = |more: &[&str]| longma(&[&given[..], more].concat()).ends(0);
    // The same facts, which only say that they are a laboratory's.
    let claimed = format!("laboratory={person}");
    let said = merge(&["--source", &claimed]);
    assert!(said.err.contains("[signed-left]"), "{}", said.err);
    assert!(!said.out.contains("tests"), "{}", said.out);
    merge(&["--signed", &lab, "--dossier", &dossier]).tells(&["positive"]);

    // A receipt of what was known on 11 July, which a correction does not rewrite.
    let (receipt, signer) = (office.at("receipt.json"), office.at("lists.pub"));
    let known = [
        "--dossier",
        &dossier,
        "--source-keys",
        &sources,
        "--packs",
        &packs,
    ];
    let more = [
        "--at",
        at,
        "--known",
        at,
        "--key",
        &office.at("lists.key"),
        "--save",
        &receipt,
    ];
    longma(&[&["receipt"], &known[..], &more].concat()).ends(0);
    let merged = merge(&["--signed", &corrected, "--dossier", &dossier]);
    merged.tells(&["negative"]);
    let verify = ["verify", &receipt, "--signer", &signer];
    let both = longma(&[&verify[..], &known].concat()).ends(0);
    both.tells(&[
        "the same comes out",
        "code comes out as green",
        "then it was red",
    ]);
    // From the facts that stand in it, too; and not from others.
    longma(&[&verify[..], &["--packs", &packs]].concat())
        .ends(0)
        .tells(&["the same comes out"]);
    let other = PERSON.replace("\"positive\"", "\"negative\"");
    fs::write(&person, other).unwrap();
    let facts = ["--packs", &packs, "--facts", &person, "--json"];
    longma(&[&verify[..], &facts].concat()).ends(1).tells(&[
        "\"equal\":false",
        "receipt-facts",
        "receipt-decision",
    ]);
    // Another's key.
    let stranger = office.at("phone.pub");
    longma(&["verify", &receipt, "--signer", &stranger, "--packs", &packs])
        .ends(5)
        .complains(&["[seal-key]"]);
    let two = ["--key", &office.at("root.key"), "--document", &person];
    office
        .sign("facts", "packs.key", "two.cbor", &two)
        .ends(2)
        .complains(&["one source signs"]);
}

#[test]
fn a_receipt_of_a_past_instant_says_what_was_decided_for_it() {
    let office = Office::new("sealed-past");
    strict(&office.0);
    fs::write(office.0.join("person.json"), PERSON).unwrap();
    let [packs, person, receipt] = ["packs", "person.json", "before.json"].map(|it| office.at(it));
    let (key, signer) = (office.at("lists.key"), office.at("lists.pub"));
    // Before the record; it has come, since the receipt is made later.
    let at = "2022-07-09T12:00:00+08:00";
    let given = ["--facts", &person, "--packs", &packs, "--at", at];
    let more = ["--key", &key, "--save", &receipt];
    longma(&[&["receipt"], &given[..], &more].concat()).ends(0);
    longma(&["verify", &receipt, "--signer", &signer, "--packs", &packs])
        .ends(0)
        .tells(&["the same comes out", "code: green → 2022-07-10 20:00"]);
}
