//! `longma sites` and `longma rollup`: lists of which a part may be wrong.
use crate::common::{Said, folder, longma};
use std::fs;

const SITES: &str = "\
id,name,address,latitude,longitude,hours,queue_minutes
S-1,样例点甲,样例路 1 号,36.0610,103.8340,1-7 08:00-20:00,15
S-2,样例点乙,样例路 2 号,36.0620,103.8340,1-7 22:00-02:00,soon
S-3,样例点丙,样例路 3 号,36.0630,103.8340,1-7 22:00-02:00,
";

fn sites(list: &str, at: &str, more: &[&str]) -> Said {
    let folder = folder("lists-sites");
    let path = folder.join("sites.csv");
    fs::write(&path, list).unwrap();
    let path = path.to_str().unwrap();
    let near = "36.06108999999999,103.83430412345678";
    let args = ["sites", "--list", path, "--near", near, "--at", at];
    longma(&[&args, more].concat())
}

#[test]
fn a_site_whose_row_is_bad_is_told_and_the_others_are_found() {
    let said = sites(SITES, "2022-07-12T01:30:00+08:00", &[])
        .ends(3)
        .tells(&[
            "样例点甲",
            "closed, opens 2022-07-12 08:00:00",
            "样例点丙",
            "open until 2022-07-12 02:00:00",
        ]);
    assert!(!said.out.contains("样例点乙"), "{}", said.out);
    for text in [
        "[site-queue]",
        "sites.csv:3",
        "waiting time in minutes: soon",
    ] {
        assert!(said.err.contains(text), "no {text:?} in\n{}", said.err);
    }
    assert!(!said.err.contains("columns"), "{}", said.err);
    let good = SITES.replace("soon", "");
    let json = sites(&good, "2022-07-12T03:00:00+08:00", &["--json"]).ends(0);
    assert_eq!(
        json.out.matches(r#""open":false"#).count(),
        3,
        "{}",
        json.out
    );
    // UTF-16 with a byte order mark, as spreadsheets write it.
    let folder = folder("lists-utf16");
    let path = folder.join("sites.csv");
    let units = good.encode_utf16().flat_map(u16::to_le_bytes);
    fs::write(
        &path,
        [0xff, 0xfe].into_iter().chain(units).collect::<Vec<u8>>(),
    )
    .unwrap();
    longma(&[
        "sites",
        "--list",
        path.to_str().unwrap(),
        "--near",
        "36.061,103.834",
    ])
    .ends(0)
    .tells(&["样例点甲"]);
}

#[test]
fn a_list_of_sites_that_says_nothing_is_refused() {
    let at = "2022-07-12T01:30:00+08:00";
    sites("id,name\nS-1,甲\n", at, &[])
        .ends(3)
        .complains(&["[site-columns]", "`latitude`"]);
    let bad = SITES.replace("36.0", "north ");
    sites(&bad, at, &[]).ends(3).complains(&["[site-point]"]);
    for count in ["0", "101", "-1", "many"] {
        let said = sites(SITES, at, &[&format!("--count={count}")]);
        said.ends(2).complains(&["--count"]);
    }
}

fn rollup(facts: &str, from: &str, to: &str, more: &[&str]) -> Said {
    let folder = folder("lists-rollup");
    let path = folder.join("clinics.ndjson");
    fs::write(&path, facts).unwrap();
    let path = path.to_str().unwrap();
    let args = ["rollup", "--facts", path, "--from", from, "--to", to];
    longma(&[&args, more].concat())
}

fn clinic(code: &str, fever: &str) -> String {
    format!(
        r#"{{"subject":"clinic","identity":{{"code":"{code}","name":"样例","region":"620102"}},"counts":[{{"day":"2020-02-01","fever":{fever},"visits":30}}]}}"#
    )
}

#[test]
fn days_that_end_before_they_begin_are_refused_and_so_are_too_many() {
    let facts = clinic("A", "3");
    let (first, second) = ("2020-02-01", "2020-02-02");
    rollup(&facts, second, first, &[])
        .ends(2)
        .complains(&["[rollup-order]", first, second]);
    rollup(&facts, second, first, &["--json"])
        .ends(2)
        .complains(&["[rollup-order]"]);
    rollup(&facts, "0001-01-02", "9999-12-30", &[])
        .ends(2)
        .complains(&["[rollup-days]", "3653"]);
    rollup(&facts, "2020-01-01", "2030-01-01", &[])
        .ends(2)
        .complains(&["3654"]);
    rollup(&facts, first, first, &[])
        .ends(0)
        .tells(&["Clinics: 1\n", "fever 3, visits 30; reports 1 of 1"]);
}

#[test]
fn a_clinic_that_cannot_be_read_is_told_and_the_others_are_added_up() {
    let good = [clinic("A", "3"), clinic("B", "4")];
    let broken = clinic("C", "5").replace("620102", "62");
    let day = "2020-02-01";
    let bad_count = clinic("D", r#""many""#);
    for (wrong, code, more) in [
        ("{", "line 2 was left out", 0),
        ("[]", "line 2 was left out", 0),
        (broken.as_str(), "[rollup-region]", 0),
        (bad_count.as_str(), "[rollup-count]", 1),
        (good[0].as_str(), "[rollup-twice]", 0),
    ] {
        let facts = format!("{}\r\n{wrong}\r\n\r\n{}\r\n", good[0], good[1]);
        let rests = format!("Clinics: {}\n", 2 + more);
        let counts = format!("fever 7, visits 60; reports 2 of {}", 2 + more);
        let said = rollup(&facts, day, day, &[])
            .ends(3)
            .tells(&[&rests, &counts]);
        for text in [code, "clinics.ndjson:2"] {
            assert!(said.err.contains(text), "no {text:?} in\n{}", said.err);
        }
    }
}

#[test]
fn counts_of_no_clinic_are_no_counts() {
    let day = "2020-02-01";
    let broken = clinic("C", "5").replace("620102", "62");
    for facts in ["", "\n\n", "{}", "{", &broken] {
        for more in [&[][..], &["--json"]] {
            rollup(facts, day, day, more)
                .ends(3)
                .complains(&["nothing was added up"]);
        }
    }
}
