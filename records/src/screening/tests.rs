//! Lists, and what becomes of their rows.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::indexing_slicing, reason = "a test fails by panicking")]

use super::*;
use crate::fixture::{pack, packs};
use longma_compile::PackSource;
use longma_core::{Catalogue, Instant, Lang};
use serde_json::json;

/// Rules: fever means a clinic, any other symptom means a test.
fn triage() -> PackSource {
    let text = |words: &str| json!({ "zh-CN": words, "en": words });
    let rule = |why: &str| json!({"caption": text(why), "release": text("until when")});
    let source = json!({
        "id": "62/triage-2020-01-01",
        "manifest": {
            "subject": "person", "version": "1", "title": text("t"), "authority": text("test"),
            "effective": {},
            "sources": { "s": { "title": text("the source"), "grade": "A" } },
            "decisions": { "triage": { "scale": ["none", "test", "clinic"],
                "colours": ["green", "yellow", "red"], "roles": ["urgency"] } },
        },
        "captions": { "triage": { "name": text("triage"),
            "levels": {"none": text("none"), "test": text("test"), "clinic": text("clinic")},
            "rules": { "fever": rule("a fever"), "symptom": rule("a symptom") } } },
        "scripts": { "triage": "/// source: s\nfn fever(check_ins) {
                check_ins.filter(|c| \"fever\" in (c.symptoms ?? []))
                         .map(|c| clinic(c.at, c.at + days(2)).because(c))
            }
            /// source: s\nfn symptom(check_ins) {
                check_ins.filter(|c| (c.symptoms ?? []).len() > 0)
                         .map(|c| test(c.at, c.at + days(3)).because(c))
            }\n" },
    });
    serde_json::from_value(source).unwrap()
}

pub(super) fn catalogue() -> Catalogue {
    packs(vec![pack("62/2020-01-01", None, None, "record"), triage()])
}

/// An invented number with an unused region code; the check character is computed.
pub(super) fn number(order: usize) -> String {
    const WEIGHTS: [usize; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let body = format!("99999919900101{order:03}");
    let digits = body.bytes().map(|b| usize::from(b - b'0'));
    let sum: usize = digits
        .zip(WEIGHTS)
        .map(|(digit, weight)| digit * weight)
        .sum();
    format!(
        "{body}{}",
        ["1", "0", "X", "9", "8", "7", "6", "5", "4", "3", "2"][sum % 11]
    )
}

pub(super) fn asked() -> Asked<'static> {
    Asked {
        received: Instant::parse("2022-07-10T09:00:00+08:00").unwrap(),
        region: Some("620102"),
        references: None,
    }
}

fn screened(csv: &str) -> Screened {
    let screened = screen(&catalogue(), csv, asked()).unwrap();
    assert_eq!(
        screened.rows.used + screened.rows.reported,
        screened.rows.given
    );
    screened
}

/// Codes of the findings of the only row.
#[track_caller]
fn wrong(csv: &str) -> Vec<String> {
    let screened = screened(csv);
    assert_eq!(screened.people.len(), 0, "{csv}");
    codes(&screened.reported[0].findings)
}

/// The only person, with the codes of the notes.
#[track_caller]
fn noted(csv: &str) -> (Followed, Vec<String>) {
    let mut screened = screened(csv);
    assert_eq!(screened.reported, [], "{csv}");
    let person = screened.people.remove(0);
    let codes = codes(&person.notes);
    (person, codes)
}

fn codes(found: &[Finding]) -> Vec<String> {
    found.iter().map(|it| it.problem.code.to_string()).collect()
}

fn refused(csv: &str) -> Vec<String> {
    let problems = screen(&catalogue(), csv, asked()).unwrap_err();
    problems
        .as_slice()
        .iter()
        .map(|it| it.code.to_string())
        .collect()
}

/// A list of one person with one extra column.
fn with(header: &str, cell: &str) -> String {
    format!("姓名,证件号码,{header}\n样甲,{},{cell}\n", number(1))
}

#[test]
fn only_what_the_list_speaks_of_is_stated() {
    let (person, _) = noted(&with("体温", "36.5"));
    let sections: Vec<&str> = person.facts.keys().map(String::as_str).collect();
    assert_eq!(sections, ["check_ins", "identity", "subject"]);
    // Nobody asked about symptoms, so the record has no such field rather than an empty list.
    let told = json!([{"at": "2022-07-10T09:00:00+08:00", "temperature": 36.5}]);
    assert_eq!(person.facts["check_ins"], told);
    let (person, _) = noted(&with("体温", ""));
    assert!(!person.facts.contains_key("check_ins"));
    assert_eq!(person.code.unwrap().level, "unknown");
}

#[test]
fn headers_cells_and_numbers_are_read_through_their_mess() {
    let csv = format!(
        "\u{feff}虚构社区排查表,,,,,,\r\n 姓 名 *,身份证号（必填）,联系电话,体温(℃),症状,接触史,登记日期\r\n样甲　,{},１３８００００００００,３７，３℃,发烧、 咳嗽,√,2022年7月9日\r\n,,,,,,\r\n",
        number(1)
            .chars()
            .map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap())
            .collect::<String>()
    );
    // The comma in the temperature is full-width and separates nothing.
    let screened = screened(&csv);
    assert_eq!(screened.columns.titles, [1]);
    assert_eq!((screened.rows.given, screened.rows.blank), (1, 1));
    let person = &screened.people[0];
    assert_eq!(
        (person.name.as_str(), person.number.as_str()),
        ("样甲", number(1).as_str())
    );
    assert_eq!(person.phones, ["13800000000"]);
    assert_eq!(person.lines, [3]);
    let told = json!([{"at": "2022-07-09T00:00:00+08:00", "temperature": 37.3,
        "symptoms": ["cough", "fever"], "contact": true}]);
    assert_eq!(person.facts["check_ins"], told);
    assert_eq!(codes(&person.notes), ["screen-day"]);
}

#[test]
fn english_headers_and_tabs_do_as_well() {
    let (person, _) = noted(&format!(
        "Name\tID Number\tSymptoms\nYang Jia\t{}\tfever, cough\n",
        number(1)
    ));
    assert_eq!(
        person.facts["check_ins"][0]["symptoms"],
        json!(["cough", "fever"])
    );
}

#[test]
fn commas_of_chinese_text_separate_cells_where_nothing_else_does() {
    let row = format!("样甲，{}，13800000000，36.5\n", number(1));
    for header in ["姓名，证件号码，手机，体温\n", "姓名,证件号码,手机,体温\n"]
    {
        let (person, _) = noted(&format!("{header}{row}"));
        assert_eq!(person.phones, ["13800000000"], "{header}");
        assert_eq!(person.facts["check_ins"][0]["temperature"], json!(36.5));
    }
    // One in a cell of its own separates nothing.
    let (person, _) = noted(&with("备注", "一、二，三"));
    assert_eq!(person.remarks, ["一、二,三"]);
    assert_eq!(
        wrong("姓名，证件号码，体温\n样甲，1\n"),
        ["screen-cells", "identity-nothing"]
    );
    assert_eq!(refused("姓名，手机\n"), ["screen-headers"]);
}

#[test]
fn columns_that_are_not_known_are_told() {
    assert_eq!(screened(&with("鞋码", "42")).columns.unused, ["鞋码"]);
}

#[test]
fn a_wrong_number_is_reported_and_never_decided() {
    let csv = |number: &str| format!("姓名,证件号码,手机\n样甲,{number},13800000000\n");
    let sound = number(1);
    let typo = sound.replacen("1990", "1991", 1);
    assert_eq!(wrong(&csv(&typo)), ["identity-check-digit"]);
    assert_eq!(wrong(&csv("123")), ["identity-nothing"]);
    assert_eq!(wrong(&csv("无")), ["identity-nothing"]);
    assert_eq!(wrong(&csv("12345678901")), ["identity-length"]);
    assert_eq!(wrong(&csv("")), ["screen-missing"]);
    for rounded in [
        "6.20102E+17",
        "6.20102E17",
        "6.20102e+17",
        "6.20102199001010E+17",
        "６.２０１０２E+１７",
        "999999199001010000",
        "620102199001011000",
    ] {
        assert_eq!(wrong(&csv(rounded)), ["identity-rounded"], "{rounded}");
    }
    let reported = screened(&csv(&typo)).reported;
    assert_eq!(
        (reported[0].line, reported[0].phone.as_str()),
        (2, "13800000000")
    );
    let finding = &reported[0].findings[0];
    assert_eq!(
        (finding.column, finding.header.as_deref()),
        (Some(2), Some("证件号码"))
    );
    // Documents that the list calls another kind have no check digit.
    let passport = "姓名,证件号码,证件类型\n样甲,E00000000,护照\n";
    assert_eq!(screened(passport).people[0].number, "E00000000");
}

#[test]
fn numbers_are_read_through_what_spreadsheets_and_people_put_around_them() {
    for cell in [
        "\"=\"\"999999199001010016\"\"\"",
        "999999199001010016\t",
        "`999999199001010016",
        "‘999999199001010016",
        "'999999199001010016",
        "999999 19900101 0016",
        "999999-19900101-0016",
        "999999199001010016。",
        "身份证999999199001010016",
        "999999900101001",
    ] {
        let csv = format!("姓名,证件号码\n样甲,{cell}\n");
        let screened = screened(&csv);
        assert_eq!(screened.reported, [], "{cell}");
        assert_eq!(screened.people[0].number, "999999199001010016", "{cell}");
    }
    let cross = "姓名,证件号码\n样甲,11010519491231002×\n样甲,11010519491231002x\n";
    let screened = screened(cross);
    assert_eq!((screened.people.len(), screened.rows.used), (1, 2));
    assert_eq!(screened.people[0].number, "11010519491231002X");
}

#[test]
fn every_kind_of_document_is_known_or_told_from_its_number() {
    let list = "姓名,证件类型,证件号码
样港,港澳台居民居住证,810000198001010014
样永居,外国人永久居留证,USA999900010101
样永居新,外国人永久居留身份证,911111198001010013
样军,军官证,军字第0000001号
样兵,士兵证,0000002
样婴,出生医学证明,U620000001
样户,户口本,999999202206200010
样户错,户口本,999999202206200018
样港二,港澳居民来往内地通行证,H1234567801
样台,台湾居民来往大陆通行证,12345678
样老,身份证,999999650101001
SMITH JOHN,外国护照,A0000001
样护,中国护照,E12345678
样x,身份证,11010519491231002x
样无型,,H12345679
样无型二,,E12345670
样错型,身份证,H12345678
样新型,火星证,H12345670
";
    let screened = screened(list);
    let told: BTreeMap<u64, Vec<String>> = screened
        .reported
        .iter()
        .map(|row| (row.line, codes(&row.findings)))
        .collect();
    let wrong = [
        (9, vec!["identity-check-digit".to_owned()]),
        (18, vec!["identity-length".to_owned()]),
        (19, vec!["screen-word".to_owned()]),
    ];
    assert_eq!(told, BTreeMap::from(wrong));
    let kind = |name: &str| {
        let person = screened.people.iter().find(|person| person.name == name);
        person.unwrap().facts["identity"]["document"]["type"].clone()
    };
    for (name, expected) in [
        ("样港", "hk_macao_taiwan_residence_permit"),
        ("样永居", "foreign_resident_id"),
        ("样军", "military_officer_id"),
        ("样兵", "soldier_id"),
        ("样婴", "birth_certificate"),
        ("样户", "household_register"),
        ("SMITH JOHN", "foreign_passport"),
        ("样无型", "hk_macao_permit"),
        ("样无型二", "passport"),
    ] {
        assert_eq!(kind(name), expected, "{name}");
    }
}

#[test]
fn two_people_who_share_a_rounded_number_are_kept_apart() {
    // The check character of this number is right by chance.
    let list = "姓名,证件号码\n样伟,999999199001011000\n样芳,999999199001011000\n";
    let screened = screened(list);
    assert_eq!(screened.people.len(), 0);
    for row in &screened.reported {
        assert_eq!(codes(&row.findings), ["screen-rounded", "screen-names"]);
    }
    let (_, notes) = noted("姓名,证件号码\n样伟,999999199001011000\n");
    assert_eq!(notes, ["screen-rounded"]);
}

#[test]
fn every_cell_that_cannot_be_read_is_told_with_its_column() {
    for (header, cell, code) in [
        ("体温", "373", "screen-temperature"),
        ("症状", "头痛", "screen-symptom"),
        ("接触史", "也许", "screen-truth"),
        ("抵达时间", "7月8日", "screen-time"),
        ("抵达时间", "2022-07-11", "screen-future"),
        ("来自", "火星", "screen-origin"),
        ("来自", "陕西省", "screen-origin"),
        ("来自", "陕西省西安市雁搭区", "screen-origin"),
        ("风险等级", "紫", "screen-word"),
        ("结果", "阳姓", "screen-word"),
        ("同管人数", "0", "screen-pool"),
        ("居住地代码", "6201", "screen-region"),
        ("手机", "=cmd|' /C calc'!A0", "screen-formula"),
        ("备注", "@SUM(1)", "screen-formula"),
    ] {
        assert_eq!(wrong(&with(header, cell)), [code], "{header} {cell}");
    }
    let all = wrong("姓名,证件号码,体温,症状\n,1,x,y\n");
    let told = [
        "identity-nothing",
        "screen-missing",
        "screen-temperature",
        "screen-symptom",
    ];
    assert_eq!(all, told);
}

#[test]
fn every_finding_says_what_to_do_in_both_languages() {
    let csv = "姓名,证件号码,体温,接触史,采样时间,结果,抵达时间,手机\n,1,x,y,z,阳性,w,=1\n\"样,2\n";
    let screened = screened(csv);
    let findings = screened.reported.iter().flat_map(|row| &row.findings);
    for finding in findings {
        let problem = &finding.problem;
        let (message, help) = (problem.message(), problem.help().unwrap());
        for text in [&message.en, &message.zh_cn, &help.en, &help.zh_cn] {
            assert!(
                !text.contains('{') && *text != problem.code.as_str(),
                "{text}"
            );
        }
        assert_ne!(message.en, message.zh_cn);
    }
}

#[test]
fn the_same_row_twice_is_one_person_with_both_lines() {
    let row = format!("样甲,{},37.3\n", number(1));
    let (person, codes) = noted(&format!(
        "姓名,证件号码,体温\n{row}{}",
        row.replace("37.3", "37.3℃")
    ));
    assert_eq!(person.lines, [2, 3]);
    assert_eq!(codes, ["screen-same"]);
    assert_eq!(person.contradictions, []);
}

#[test]
fn rows_that_differ_are_joined_and_contradictions_told() {
    let csv = format!(
        "姓名,证件号码,体温,症状\n样甲,{0},36.5,发热\n样甲,{0},38.2,发热\n",
        number(1)
    );
    let (person, _) = noted(&csv);
    assert_eq!(person.lines, [2, 3]);
    // Both records stay: nothing was chosen.
    assert_eq!(person.facts["check_ins"].as_array().unwrap().len(), 2);
    assert_eq!(person.contradictions.len(), 1);
    assert_eq!(person.contradictions[0].fields, ["temperature"]);
    assert_eq!(person.triage.unwrap().level, "clinic");
}

#[test]
fn two_names_of_one_number_are_decided_as_nobody() {
    let csv = format!(
        "姓名,证件号码,体温\n样甲,{0},36.5\n样乙,{0},36.5\n",
        number(1)
    );
    let screened = screened(&csv);
    assert_eq!(screened.people, []);
    let found: Vec<_> = screened
        .reported
        .iter()
        .flat_map(|row| codes(&row.findings))
        .collect();
    assert_eq!(found, ["screen-names", "screen-names"]);
}

#[test]
fn a_row_waits_for_another_of_its_number() {
    let csv = format!(
        "姓名,证件号码,症状\n样甲,{0},无\n样甲,{0},头痛\n样乙,{1},无\n",
        number(1),
        number(2)
    );
    let screened = screened(&csv);
    assert_eq!(screened.people.len(), 1);
    let lines: Vec<_> = screened
        .reported
        .iter()
        .map(|row| (row.line, codes(&row.findings)))
        .collect();
    let told = |code: &str| vec![code.to_owned()];
    assert_eq!(
        lines,
        [(2, told("screen-held")), (3, told("screen-symptom"))]
    );
}

/// A list with a complete test in which one cell is changed.
fn tested(changed: &str, cell: &str) -> String {
    let columns = [
        ("核酸采样时间", "2022-07-08 07:30"),
        ("报告时间", "2022-07-08"),
        ("结果", "阴性"),
        ("同管人数", "单管"),
    ];
    let cells = columns.map(|(header, usual)| if header == changed { cell } else { usual });
    format!(
        "姓名,证件号码,{}\n样甲,{},{}\n",
        columns.map(|(header, _)| header).join(","),
        number(1),
        cells.join(",")
    )
}

#[test]
fn a_test_is_stated_where_all_of_it_stands_there() {
    let (person, _) = noted(&tested("", ""));
    let told = json!([{"method": "nucleic_acid", "sampled_at": "2022-07-08T07:30:00+08:00",
        "reported_at": "2022-07-08T23:59:59+08:00", "result": "negative", "pool_size": 1}]);
    assert_eq!(person.facts["tests"], told);
    // A report dated today came in before the list did.
    let (person, _) = noted(&tested("报告时间", "2022-07-10"));
    assert_eq!(
        person.facts["tests"][0]["reported_at"],
        "2022-07-10T09:00:00+08:00"
    );
    let (person, _) = noted(&tested("结果", "阳性"));
    assert_eq!(person.code.unwrap().level, "red");
}

#[test]
fn a_test_that_is_incomplete_is_noted_and_a_positive_one_called_back() {
    let (person, codes) = noted(&tested("同管人数", ""));
    assert!(!person.facts.contains_key("tests"));
    assert!(codes.contains(&"screen-test".to_owned()));
    let message = &person.notes.last().unwrap().problem.message();
    assert!(
        message.en.contains("how many shared the tube"),
        "{}",
        message.en
    );
    let positive = tested("结果", "阳性").replace("单管", "");
    assert_eq!(wrong(&positive), ["screen-test"]);
    assert_eq!(wrong(&tested("报告时间", "2022-07-07")), ["screen-order"]);
    for (cell, code) in [("待出", "screen-pending"), ("未采样", "screen-none")] {
        let (person, codes) = noted(&tested("结果", cell));
        assert!(!person.facts.contains_key("tests"));
        assert_eq!(codes, [code]);
    }
    // A result without a sample makes no sense.
    assert_eq!(wrong(&tested("核酸采样时间", "未采样")), ["screen-time"]);
}

#[test]
fn an_arrival_is_stated_where_all_of_it_stands_there() {
    let csv = |risk: &str| {
        format!(
            "姓名,证件号码,返回日期,来自,风险等级\n样甲,{},44750.5,陕西省西安市雁塔区,{risk}\n",
            number(1)
        )
    };
    let (person, codes) = noted(&csv("高"));
    let told = json!([{"arrived_at": "2022-07-08T12:00:00+08:00", "province": "陕西省",
        "city": "西安市", "county": "雁塔区", "risk": "high"}]);
    assert_eq!(person.facts["arrivals"], told);
    assert_eq!(codes, ["screen-serial"]);
    let (person, codes) = noted(&with("来自", "无"));
    assert!(!person.facts.contains_key("arrivals"));
    assert_eq!(codes, ["screen-none"]);
    let (person, codes) = noted(&csv(""));
    assert!(!person.facts.contains_key("arrivals"));
    assert_eq!(codes, ["screen-serial", "screen-arrival"]);
}

#[test]
fn the_most_urgent_come_first() {
    let csv = format!(
        "姓名,证件号码,症状,登记时间,采样时间,报告时间,结果,检测方法,同管人数\n\
         样丁,{},无,2022-07-10,,,,,\n\
         样丙,{},咳嗽,2022-07-10,,,,,\n\
         样乙,{},发热,2022-07-10,,,,,\n\
         样甲,{},发热,2022-07-09,,,,,\n\
         样戊,{},发热,2022-07-10,2022-07-08,2022-07-09,阳性,核酸,1\n",
        number(1),
        number(2),
        number(3),
        number(4),
        number(5)
    );
    let screened = screened(&csv);
    let names: Vec<&str> = screened.people.iter().map(|it| it.name.as_str()).collect();
    // Order: fever and red; fever due first; fever; cough; nothing.
    assert_eq!(names, ["样戊", "样甲", "样乙", "样丙", "样丁"]);
    assert_eq!(
        screened.people[1]
            .deadline
            .map(|at| at.to_string())
            .as_deref(),
        Some("2022-07-11T00:00:00+08:00")
    );
    assert_eq!(
        screened.people[0].triage.as_ref().unwrap().reasons[0]
            .caption
            .en,
        "a fever"
    );
}

#[test]
fn a_positive_test_is_called_before_what_is_only_unknown() {
    // Rules that also read diagnoses cannot know the colour: a list has none.
    let mut rules = pack("62/2020-01-01", None, None, "record");
    for script in rules.scripts.values_mut() {
        *script = script.replace("positive(tests)", "positive(tests, diagnoses)");
    }
    let catalogue = packs(vec![rules, triage()]);
    let csv = format!(
        "姓名,证件号码,症状,采样时间,报告时间,结果,检测方法,同管人数\n\
         样甲,{},无,2022-07-08,2022-07-09,阴性,核酸,1\n\
         样乙,{},无,2022-07-08,2022-07-09,阳性,核酸,1\n",
        number(1),
        number(2)
    );
    let screened = screen(&catalogue, &csv, asked()).unwrap();
    let first = &screened.people[0];
    assert_eq!(first.name, "样乙");
    assert_eq!(first.code.as_ref().unwrap().level, "unknown");
    assert!(codes(&first.notes).contains(&"screen-positive".to_owned()));
}

#[test]
fn a_list_that_is_none_is_refused_whole() {
    assert_eq!(refused(""), ["screen-headers"]);
    assert_eq!(refused("姓名,体温\n样甲,36.5\n"), ["screen-headers"]);
    assert_eq!(refused("PK\u{3}\u{4}\0\0"), ["screen-binary"]);
    assert_eq!(refused("姓名,证件号码,手机,联系电话\n"), ["screen-twice"]);
    let wide = format!("姓名,证件号码{}\n", ",x".repeat(10_000));
    assert_eq!(refused(&wide), ["screen-columns"]);
    let long = format!("姓名,证件号码\n{}", "样,1\n".repeat(100_100));
    assert_eq!(refused(&long), ["screen-rows"]);
}

#[test]
fn a_quotation_mark_that_is_not_closed_takes_no_other_row() {
    let csv = format!(
        "姓名,证件号码,备注\n\"样甲,{},x\n样乙,{},\"甲,乙\"\n样丙,{}\n",
        number(1),
        number(2),
        number(3)
    );
    let screened = screened(&csv);
    assert_eq!(screened.people.len(), 1);
    assert_eq!(screened.people[0].remarks, ["甲,乙"]);
    let lines: Vec<_> = screened
        .reported
        .iter()
        .map(|row| (row.line, codes(&row.findings)[0].clone()))
        .collect();
    assert_eq!(
        lines,
        [
            (2, "screen-quote".to_owned()),
            (4, "screen-cells".to_owned())
        ]
    );
}

#[test]
fn a_row_of_ten_thousand_cells_and_a_huge_cell_are_bounded() {
    let csv = format!("姓名,证件号码\n样甲,{}{}\n", number(1), ",x".repeat(10_000));
    assert_eq!(wrong(&csv), ["screen-cells"]);
    assert!(screened(&csv).reported[0].cells.len() < 300);
    let csv = with("备注", &"长".repeat(501));
    assert_eq!(wrong(&csv), ["screen-long"]);
}

#[test]
fn rows_written_back_begin_like_no_formula_and_can_be_read_again() {
    let csv = "姓名,证件号码,手机,备注,=附注\n=cmd|' /C calc'!A0,1,+86 13800000000,-1+2,＝1\n";
    let back = rejects(&screened(csv), Lang::ZhCn);
    let mut reader = csv::Reader::from_reader(back.as_bytes());
    let headers = reader.headers().unwrap().clone();
    let row = reader.records().next().unwrap().unwrap();
    for cell in headers.iter().chain(row.iter()) {
        assert!(!cell.starts_with(['=', '+', '-', '@', '＝']), "{cell}");
    }
    assert_eq!(row.get(5), Some("'+86 13800000000"));
    // The headers are still found after the three added columns.
    let again = screened(&back);
    assert_eq!(again.reported[0].phone, "+86 13800000000");
}

#[test]
fn many_rows_of_one_number_are_bounded() {
    let rows = (0..60).map(|n| format!("样甲,{},第{n}次", number(1)));
    let rows: Vec<String> = rows.collect();
    let screened = screened(&format!("姓名,证件号码,备注\n{}\n", rows.join("\n")));
    assert_eq!(screened.people, []);
    assert_eq!(codes(&screened.reported[59].findings), ["screen-many"]);
}
