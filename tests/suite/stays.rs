//! A stay and the list of risk areas, each written as some tool or some person writes it.
//!
//! The right answers follow from what the names mean: whoever was in a listed high-risk
//! place is red, whoever was elsewhere is not, and where it cannot be told it is unknown.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use longma_core::{Catalogue, Instant, Request};
use longma_tests::{catalogue, references};
use serde_json::{Value as Json, json};
use std::sync::LazyLock;

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(catalogue);

const RED: &str = "red";
const GREEN: &str = "green";
const UNKNOWN: &str = "place-unknown";
const SEVERAL: &str = "place-several";
const UNFINISHED: &str = "place-unfinished";
const NEAR: &str = "place-near";

/// What is on the list; communities are invented.
const LISTED: &str = "province,city,county,community,level,from,until
甘肃省,兰州市,城关区,虚构街道金马小区5-7号楼,high,2022-07-08T21:00+08:00,
甘肃省,兰州市,城关区,虚构街道金马小区A座,high,2022-07-08T21:00+08:00,
甘肃省,兰州市,高新区,虚构路梧桐苑,high,2022-07-08T21:00+08:00,
甘肃省,平凉市,华亭市,虚构镇青松小区,high,2022-07-08T21:00+08:00,
甘肃省,嘉峪关市,,虚构街道,high,2022-07-08T21:00+08:00,
广东省,东莞市,长安镇,虚构小区,high,2022-07-08T21:00+08:00,
湖北省,省直辖县级行政单位,仙桃市,虚构小区,high,2022-07-08T21:00+08:00,
北京市,北京市,西城区,虚构胡同,high,2022-07-08T21:00+08:00,
重庆市,重庆市,渝北区,虚构小区,high,2022-07-08T21:00+08:00,
新疆维吾尔自治区,伊犁哈萨克自治州,伊宁市,虚构小区,high,2022-07-08T21:00+08:00,
西藏自治区,那曲市,色尼区,,high,2022-07-08T21:00+08:00,
青海省,西宁市,城东区,虚构小区,high,2021-01-01T00:00+08:00,2021-02-01T00:00+08:00
";

/// The level of the code of somebody who stayed there, or why it is not known.
fn answer(place: &str) -> String {
    let parts: Vec<&str> = place.split('/').collect();
    let names = ["province", "city", "county", "community"];
    let mut stay = json!({ "arrived": "2022-07-01T08:00:00+08:00" });
    for (name, part) in names.iter().zip(parts) {
        if !part.is_empty() {
            stay[*name] = part.into();
        }
    }
    decided(&stay, LISTED)
}

fn decided(stay: &Json, listed: &str) -> String {
    let facts = json!({
        "subject": "person",
        "identity": {
            "name": "测试甲", "document": { "type": "other", "number": "TEST-1" },
            "region": "620102",
        },
        "issuance": [{ "issued_at": "2022-07-01T08:00:00+08:00" }],
        "diagnoses": [], "contacts": [], "stays": [stay], "entries": [], "tests": [],
        "isolation": [], "flags": [], "symptoms": [], "overrides": [],
    });
    let tables = references(&CATALOGUE, listed);
    let request = Request {
        references: Some(&tables),
        ..Request::default()
    };
    let outcome = CATALOGUE.evaluate(&facts.to_string(), request).unwrap();
    let at = Instant::parse("2022-07-10T09:00:00+08:00").unwrap();
    let status = outcome.at("code", at).unwrap();
    match status.level_name() {
        "unknown" => {
            let mut why = outcome.problems_of(status.stretch());
            why.next().unwrap().code.to_string()
        }
        level => level.to_owned(),
    }
}

#[test]
fn a_listed_place_is_found_however_it_is_written() {
    for (place, expected) in [
        // Characters that other tools write.
        ("甘肃省/兰州市/城关区/虚构街道金马小区5-7号楼", RED),
        ("甘肃省/兰州市/城关区/虚构街道⾦⻢⼩区5-7号楼", RED),
        ("甘肃省/兰州市/城关区/虚构街道\u{200b}金马小区5-7号楼", RED),
        (
            "甘肃省/兰州市/城关区/\u{202a}虚构街道金马小区5-7号楼\u{202c}",
            RED,
        ),
        ("甘肃省/兰州市/城关区/虚构街道金马小区５－７号楼", RED),
        ("甘肃省/兰州市/城关区/虚构街道金马小区5–7号楼", RED),
        ("甘肃省/兰州市/城关区/虚构街道金马小区5−7号楼", RED),
        ("甘肃省/兰州市/城关区/虚构街道金马小区5~7号楼", RED),
        ("甘肃省/兰州市/城关区/虚构街道 金马小区\u{3000}5-7号楼", RED),
        ("甘肃省/兰州市/城关区/虚构街道金马\u{fe00}小区5-7号楼", RED),
        ("甘肃省/兰州市/城关区/虚构街道金马小区Ａ座", RED),
        ("甘肃省/兰州市/城关区/虚构街道金马小区а座", RED),
        (
            "甘肃省/兰州市/城关区/甘肃省兰州市城关区虚构街道金马小区A座",
            RED,
        ),
        ("⽢肃省/兰州市/城关区/虚构街道金马小区A座", RED),
        // Names of places.
        ("甘肃/兰州/城关/虚构街道金马小区A座", RED),
        ("甘肃省/兰州市/高新区/虚构路梧桐苑", RED),
        ("甘肃省/平凉市/华亭市/虚构镇青松小区", RED),
        ("甘肃省/平凉市/华亭县/虚构镇青松小区", RED),
        ("甘肃省/平凉/华亭/虚构镇青松小区", RED),
        ("甘肃省/嘉峪关市//虚构街道", RED),
        ("甘肃省/嘉峪关市/嘉峪关市/虚构街道", RED),
        ("甘肃省/嘉峪关市/市辖区/虚构街道", RED),
        ("广东省/东莞市/长安镇/虚构小区", RED),
        ("广东省/东莞市//长安镇虚构小区", RED),
        ("湖北省/仙桃市//虚构小区", RED),
        ("湖北省/仙桃市/仙桃市/虚构小区", RED),
        ("北京市/市辖区/西城区/虚构胡同", RED),
        ("北京/西城区//虚构胡同", RED),
        ("北京市/北京市/宣武区/虚构胡同", RED),
        ("重庆市/市辖区/渝北区/虚构小区", RED),
        ("新疆/伊犁州/伊宁市/虚构小区", RED),
        ("新疆自治区/伊犁/伊宁市/虚构小区", RED),
        ("西藏/那曲地区/那曲县/虚构村", RED),
    ] {
        assert_eq!(answer(place), expected, "{place}");
    }
}

#[test]
fn a_place_that_is_not_listed_is_not_at_risk() {
    for place in [
        "甘肃省/兰州市/城关区/虚构街道金马小区5-8号楼",
        "甘肃省/兰州市/城关区/虚构街道金马小区15-7号楼",
        "甘肃省/兰州市/城关区/虚构街道金马小区B座",
        "甘肃省/兰州市/城关区/虚构街道银狮小区",
        "甘肃省/兰州市/七里河区/虚构街道金马小区A座",
        "甘肃省/平凉市/崆峒区/虚构镇青松小区",
        "新疆维吾尔自治区/伊犁哈萨克自治州/伊宁县/虚构小区",
        "河北省/安新县//虚构村",
        "陕西省/杨凌示范区//虚构小区",
        "香港/香港//虚构道",
        // Nothing was listed there at that time, whatever the county is called.
        "青海省/西宁市/城栋区/虚构小区",
        "四川省/成都市/高兴区/虚构小区",
    ] {
        assert_eq!(answer(place), GREEN, "{place}");
    }
}

#[test]
fn a_place_that_cannot_be_told_is_unknown() {
    for (place, why) in [
        ("甘萧省/兰州市/城关区/虚构街道金马小区A座", UNKNOWN),
        ("甘肃省/兰洲市/城关区/虚构街道金马小区A座", UNKNOWN),
        ("甘肃省/兰州市/城管区/虚构街道金马小区A座", UNKNOWN),
        ("甘肃省/兰州市/未名开发区/虚构街道金马小区A座", UNKNOWN),
        ("火星/火星市/火星区/虚构小区", UNKNOWN),
        ("新疆/伊犁州/伊宁/虚构小区", SEVERAL),
        ("甘肃省/兰州市//虚构街道金马小区A座", UNFINISHED),
        ("甘肃省/兰州市/兰州市/虚构街道金马小区A座", UNFINISHED),
        ("甘肃省/兰州市/城关区/虚构街道金妈小区5-7号楼", NEAR),
        ("甘肃省/兰州市/城关区/虚构街金马小区5-7号楼", NEAR),
        ("甘肃省/兰州市/城关区/虚构街道金马小区五-七号楼", NEAR),
        ("甘肃省/兰州市/城关区/虚构街道金马小区5-7栋", NEAR),
        ("甘肃省/兰州市/城关区/金马小区5-7号楼", NEAR),
        ("甘肃省/兰州市/城关区/虚构街道金马小区", NEAR),
        ("甘肃省/兰州市/城关区/虚构街道金马小区A座3单元", NEAR),
        // The zone lies across counties.
        ("甘肃省/兰州市/城关区/虚构路梧桐苑", NEAR),
        // 渝北区 is partly 北碚区 and partly 两江新区 today.
        ("重庆市/重庆市/两江新区/虚构小区", NEAR),
    ] {
        assert_eq!(answer(place), why, "{place}");
    }
}

#[test]
fn an_empty_list_is_clear_wherever_that_is() {
    let header = LISTED.lines().next().unwrap();
    let stay = json!({
        "province": "火星", "city": "火星市", "county": "火星区", "community": "虚构小区",
        "arrived": "2022-07-01T08:00:00+08:00",
    });
    assert_eq!(decided(&stay, &format!("{header}\n")), GREEN);
}

#[test]
fn a_list_that_names_no_place_for_certain_is_refused() {
    let header = LISTED.lines().next().unwrap();
    let told = |row: &str| {
        let read = CATALOGUE.read_reference("risk_areas", &format!("{header}\n{row}\n"));
        let problems = read.map(|table| table.len()).unwrap_err();
        problems.as_slice()[0].code.to_string()
    };
    let times = "high,2022-07-08T21:00+08:00,";
    assert_eq!(told(&format!("新疆,伊犁州,伊宁,虚构小区,{times}")), SEVERAL);
    assert_eq!(
        told(&format!("甘肃省,兰州市,,虚构小区,{times}")),
        UNFINISHED
    );
}

#[test]
fn a_region_is_one_that_exists_or_existed() {
    let facts = |region: &str| {
        json!({ "subject": "person", "identity": {
            "name": "测试甲", "document": { "type": "other", "number": "TEST-1" },
            "region": region } })
        .to_string()
    };
    let refused = |region: &str| {
        let outcome = CATALOGUE.evaluate(&facts(region), Request::default());
        outcome.err().map(|it| it.as_slice()[0].code.to_string())
    };
    for known in ["620102", "620000", "620200", "620824", "110103"] {
        assert_eq!(refused(known), None, "{known}");
    }
    for none in ["629900", "999999", "620199", "000000"] {
        assert_eq!(refused(none).as_deref(), Some("region-unknown"), "{none}");
    }
    assert_eq!(refused("62010").as_deref(), Some("facts-pattern"));
}
