//! Who is the same person: numbers, names and documents as life writes them.
use crate::common::{Folder, Said, folder, longma};
use serde_json::{Value as Json, json};
use std::fs;

const AT: &str = "2022-07-10T09:00:00+08:00";
/// Invented numbers: their region is nobody's, their check characters are right.
const HOLDER: &str = "999999199001010016";
const CHILD: &str = "99999920150105009X";

/// A person with nothing to report.
fn person(name: &str, number: &str) -> Json {
    let mut facts = json!({"subject": "person", "identity": {"name": name, "region": "620102",
        "document": {"type": "resident_id", "number": number}},
        "issuance": [{"issued_at": "2022-07-01T08:00:00+08:00"}]});
    for section in [
        "diagnoses",
        "contacts",
        "stays",
        "entries",
        "tests",
        "vaccinations",
        "symptoms",
        "isolation",
        "flags",
        "visits",
        "arrivals",
        "check_ins",
        "dependants",
        "overrides",
    ] {
        facts[section] = json!([]);
    }
    facts
}

fn dependant(number: &str, born: &str, registered: &str) -> Json {
    json!({"relation": "child", "name": "样小甲", "birth_date": born,
        "document": {"type": "resident_id", "number": number},
        "evidence": "household_register", "registered_at": registered})
}

fn written(folder: &Folder, name: &str, text: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path.display().to_string()
}

/// Checks that standard error contains a text beside an answer.
#[track_caller]
fn warned(said: &Said, text: &str) {
    assert!(said.err.contains(text), "no {text:?} in\n{}", said.err);
}

fn over(command: &str, facts: &str, more: &[&str]) -> Said {
    let args = [&[command, "--facts", facts, "--at", AT][..], more].concat();
    longma(&args)
}

#[test]
fn a_childs_card_is_shown_however_its_number_was_registered() {
    let folder = folder("persons-child");
    let mut child = person("样小甲", CHILD);
    child["identity"]["birth_date"] = "2015-01-05".into();
    let child = written(&folder, "child.json", &child.to_string());
    let wallet = |registered: &str, name: &str| {
        let mut holder = person("样例人", HOLDER);
        let mut held = dependant(registered, "2015-01-05", "2022-06-01T09:00:00+08:00");
        held["name"] = name.into();
        holder["dependants"] = json!([held]);
        let holder = written(&folder, "holder.json", &holder.to_string());
        let said = over("card", &holder, &["--dependant", &child, "--json"]).ends(0);
        serde_json::from_str::<Json>(&said.out).unwrap()
    };
    for registered in [
        "99999920150105009x",
        "99999920150105009Ｘ",
        "999999-20150105-009X",
        "\u{200e}99999920150105009X",
        "99999920150105009×",
    ] {
        let wallet = wallet(registered, "样小甲");
        assert_eq!(wallet["refused"], json!([]), "{registered}");
        assert_eq!(
            wallet["dependants"][0]["dependant"], "/dependants/0",
            "{registered}"
        );
    }
    // The number agrees and the name does not: the card stays hidden, and that is told.
    let wallet = wallet(CHILD, "样小乙");
    assert_eq!(wallet["dependants"], json!([]));
    assert_eq!(wallet["refused"][0]["code"], "proxy-refused");
}

#[test]
fn four_children_have_four_places_though_one_is_registered_twice() {
    let folder = folder("persons-four");
    let mut holder = person("样例人", HOLDER);
    let day = |day: u32| format!("2022-01-0{day}T09:00:00+08:00");
    holder["dependants"] = json!([
        dependant("99999920150105009X", "2015-01-05", &day(1)),
        dependant("99999920150105009x", "2015-01-05", &day(2)),
        dependant("99999920150106001X", "2015-01-06", &day(3)),
        dependant("999999201501070015", "2015-01-07", &day(4)),
        dependant("999999201501080010", "2015-01-08", &day(5)),
    ]);
    let holder = written(&folder, "holder.json", &holder.to_string());
    let said = over("decide", &holder, &["--decision", "proxy", "--json"]).ends(0);
    let outcome: Json = serde_json::from_str(&said.out).unwrap();
    let proxy = &outcome["decisions"]["proxy"];
    let active = proxy["status"]["causes"].as_array().unwrap();
    let mut held: Vec<&str> = active
        .iter()
        .map(|at| &proxy["causes"][position(at)]["evidence"])
        .flat_map(|at| proxy["evidence"][position(at)].as_array().unwrap())
        .filter_map(Json::as_str)
        .collect();
    held.sort_unstable();
    let all = [0, 1, 2, 3, 4].map(|at| format!("/dependants/{at}"));
    assert_eq!(held, all);
}

fn position(at: &Json) -> usize {
    usize::try_from(at.as_u64().unwrap()).unwrap()
}

#[test]
fn a_number_that_no_document_can_have_is_refused_by_every_command() {
    let folder = folder("persons-impossible");
    for (number, code) in [
        ("999999199001010017", "identity-check-digit"),
        ("999999199002300015", "identity-day"),
        ("6.20102E+17", "identity-rounded"),
        ("999999199001010000", "identity-rounded"),
        ("无", "identity-nothing"),
        ("000000000000000000", "identity-nothing"),
        ("99999919900101001", "identity-length"),
        ("9999991990O1010016", "identity-character"),
    ] {
        let facts = written(&folder, "facts.json", &person("样例人", number).to_string());
        for command in ["decide", "explain", "card", "appeal"] {
            over(command, &facts, &[]).ends(3).complains(&[code]);
        }
        let source = format!("a={facts}");
        longma(&["merge", "--source", &source])
            .ends(3)
            .complains(&[code]);
    }
    let mut permit = person("样例人", "A12345678");
    permit["identity"]["document"]["type"] = "hk_macao_permit".into();
    let facts = written(&folder, "facts.json", &permit.to_string());
    over("decide", &facts, &[])
        .ends(3)
        .complains(&["identity-form", "H or M"]);
    // A dependant's impossible number leaves the section unknown, not the person.
    let mut holder = person("样例人", HOLDER);
    let wrong = dependant(
        "999999201501050091",
        "2015-01-05",
        "2022-06-01T09:00:00+08:00",
    );
    holder["dependants"] = json!([wrong]);
    let facts = written(&folder, "facts.json", &holder.to_string());
    over("decide", &facts, &["--decision", "proxy"])
        .ends(0)
        .tells(&["Unknown", "identity-check-digit"]);
}

#[test]
fn doses_before_birth_leave_vaccinations_unknown_in_every_command() {
    let folder = folder("persons-doses");
    let mut facts = person("样例人", "999999202205010012");
    facts["vaccinations"] = json!([{"product": "CoronaVac", "dose": 1, "at": "2021-06-01"}]);
    let told = |facts: &Json| {
        let facts = written(&folder, "facts.json", &facts.to_string());
        let said = over("decide", &facts, &["--decision", "vaccination", "--json"]).ends(0);
        warned(&over("card", &facts, &[]).ends(0), "facts-before-birth");
        let explained = over("explain", &facts, &["--decision", "vaccination"]);
        warned(&explained.ends(0), "facts-before-birth");
        let outcome: Json = serde_json::from_str(&said.out).unwrap();
        outcome["decisions"]["vaccination"]["status"]["level"].clone()
    };
    // The day of birth is the stated one, or the one in the number.
    assert_eq!(told(&facts), "unknown");
    facts["identity"]["birth_date"] = "2022-05-01".into();
    assert_eq!(told(&facts), "unknown");
    facts["identity"]["document"]["number"] = HOLDER.into();
    assert_eq!(told(&facts), "unknown");
}

const MAPPING: &str = r#"
subject = "person"
key = ["证件号码"]
offset = "+08:00"
instants = ["%Y/%m/%d %H:%M"]
empty = ["issuance","diagnoses","contacts","entries","symptoms","isolation","flags","stays"]
[[constant]]
to = "identity.document.type"
value = "resident_id"
[[constant]]
to = "tests[].method"
value = "nucleic_acid"
[[constant]]
to = "identity.region"
value = "620102"
[[column]]
name = "证件号码"
to = "identity.document.number"
[[column]]
name = "姓名"
to = "identity.name"
[[column]]
name = "采样时间"
to = "tests[].sampled_at"
[[column]]
name = "报告时间"
to = "tests[].reported_at"
[[column]]
name = "结果"
to = "tests[].result"
values = { "阴性" = "negative", "阳性" = "positive" }
[[column]]
name = "同管人数"
to = "tests[].pool_size"
"#;

/// Decides the persons of a list with these numbers and names, a positive test first.
fn batch(folder: &Folder, persons: &[(&str, &str)]) -> Said {
    let mapping = written(folder, "map.toml", MAPPING);
    let mut csv = "证件号码,姓名,采样时间,报告时间,结果,同管人数\n".to_owned();
    for (at, (number, name)) in persons.iter().enumerate() {
        let (day, result) = (at + 1, if at == 0 { "阳性" } else { "阴性" });
        let times = format!("2022/7/{day} 7:30,2022/7/{day} 18:05");
        csv.extend([number, ",", name, ",", &times, ",", result, ",1\n"]);
    }
    let csv = written(folder, "list.csv", &csv);
    let more = [
        "--mapping",
        &mapping,
        "--id",
        "/identity/document/number",
        "--decision",
        "code",
    ];
    over("decide", &csv, &more)
}

#[test]
fn rows_of_one_number_are_one_person_however_it_is_spelled() {
    let folder = folder("persons-batch");
    for spellings in [
        ["11010519491231002X", "11010519491231002x"],
        ["11010519491231002Ｘ", "110105-19491231-002X"],
        ["11010519491231002×", "`11010519491231002X"],
        ["'999999650101001", "999999196501010019"],
        ["身份证999999199001010016", "999999199001010016。"],
    ] {
        let rows = spellings.map(|number| (number, "样伟"));
        let said = batch(&folder, &rows).ends(0);
        assert_eq!(said.out.lines().count(), 1, "{spellings:?}");
        let line: Json = serde_json::from_str(said.out.lines().next().unwrap()).unwrap();
        assert_eq!((&line["line"], &line["through"]), (&json!(2), &json!(3)));
    }
    // One name in two spellings is one, two names are two people.
    let same = [(HOLDER, "阿依·古丽"), (HOLDER, "阿依●古丽")];
    batch(&folder, &same).ends(0);
    let other = [(HOLDER, "样伟"), (HOLDER, "样芳")];
    batch(&folder, &other)
        .ends(3)
        .complains(&["csv-differs", "样芳"]);
}

#[test]
fn numbers_that_identify_nobody_are_refused_in_a_batch() {
    let folder = folder("persons-batch-nobody");
    for (number, code) in [
        ("123", "identity-nothing"),
        ("不详", "identity-nothing"),
        ("000000", "identity-nothing"),
        ("6.20102E+17", "identity-rounded"),
        ("6.20102199001010E+17", "identity-rounded"),
        ("620102199001011000", "identity-rounded"),
        ("999999199001010017", "identity-check-digit"),
    ] {
        let said = batch(&folder, &[(number, "样伟"), (number, "样伟")]);
        said.ends(3).complains(&[code, "list.csv:2:1"]);
    }
}

#[test]
fn two_texts_that_look_alike_are_told_with_their_code_points() {
    let folder = folder("persons-alike");
    let source = |name: &str, laboratory: &str| {
        let mut facts = person("样例人", HOLDER);
        facts["tests"] = json!([{"method": "nucleic_acid", "result": "negative", "pool_size": 1,
            "sampled_at": "2022-07-09T08:00:00+08:00", "reported_at": "2022-07-09T20:00:00+08:00",
            "laboratory": laboratory}]);
        format!(
            "{name}={}",
            written(&folder, &format!("{name}.json"), &facts.to_string())
        )
    };
    let (one, other) = (source("hospital", "A座"), source("laboratory", "А座"));
    let said = longma(&["merge", "--source", &one, "--source", &other]).ends(0);
    warned(&said, "each of the 2 variants");
    warned(&said, "А(U+0410)座");
    // One name, composed and decomposed, contradicts nothing.
    let source = |of: &str, name: &str| {
        let facts = person(name, HOLDER).to_string();
        format!("{of}={}", written(&folder, &format!("{of}.json"), &facts))
    };
    for (name, other) in [
        ("NGUYỄN VĂN AN", "NGUYE\u{302}\u{303}N VA\u{306}N AN"),
        ("张䶮", "张\u{e863}"),
        ("阿依古丽·买买提", "阿依古丽●买买提"),
        ("ＳＭＩＴＨ JOHN", "Smith John"),
        ("样例人", "\u{200f}样例人"),
    ] {
        let said = longma(&[
            "merge",
            "--source",
            &source("a", name),
            "--source",
            &source("b", other),
        ]);
        let said = said.ends(0);
        assert!(
            !said.err.contains("merge-differs"),
            "{name} {other}: {}",
            said.err
        );
    }
}

#[test]
fn a_list_is_counted_in_words_that_fit_any_number() {
    let folder = folder("persons-list");
    let list = format!("姓名,证件号码\n张\u{e863},{HOLDER}\n张䶮,{HOLDER}\n");
    let list = written(&folder, "list.csv", &list);
    let args = [
        "screen",
        "--list",
        &list,
        "--region",
        "620102",
        "--received",
        AT,
    ];
    longma(&args)
        .ends(0)
        .tells(&["Rows: 2 (2 used, 0 to be called back). People to follow up: 1."]);
    let names = format!("姓名,证件号码\n张\u{e000},{HOLDER}\n张三,{HOLDER}\n");
    written(&folder, "list.csv", &names);
    longma(&args)
        .ends(3)
        .tells(&["2 different names", "(U+E000)"]);
}
