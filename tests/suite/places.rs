//! The table of places, `rules/reference/places.csv`: what must be true of it, and places that
//! anybody can look up in GB/T 2260 or in the ministry's yearly lists of changes.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use longma_tests::rules;
use std::collections::{BTreeMap, BTreeSet};

const COLUMNS: &str = "code,name,level,within,also,since,until,now";

#[derive(Debug)]
struct Place {
    code: String,
    name: String,
    level: String,
    within: String,
    also: Vec<String>,
    since: String,
    until: String,
    now: Vec<String>,
}

impl Place {
    fn read(line: &str) -> Self {
        let fields: Vec<&str> = line.split(',').collect();
        let [code, name, level, within, also, since, until, now] = fields[..] else {
            panic!("not eight fields: {line}");
        };
        let parts = |text: &str| -> Vec<String> {
            let parts = text.split('|').filter(|part| !part.is_empty());
            parts.map(str::to_owned).collect()
        };
        Self {
            code: code.to_owned(),
            name: name.to_owned(),
            level: level.to_owned(),
            within: within.to_owned(),
            also: parts(also),
            since: since.to_owned(),
            until: until.to_owned(),
            now: parts(now),
        }
    }

    fn current(&self) -> bool {
        self.until.is_empty()
    }

    /// Coarser is less. A collecting code stands beside cities.
    fn rank(&self) -> usize {
        let ranks = ["province", "city group", "county"];
        let rank = ranks
            .iter()
            .position(|it| it.split(' ').any(|it| it == self.level));
        rank.unwrap_or_else(|| panic!("{} {} is of no level", self.code, self.name))
    }
}

struct Table {
    places: Vec<Place>,
}

impl Table {
    fn read() -> Self {
        let text = std::fs::read_to_string(rules().join("reference/places.csv")).unwrap();
        let (header, rows) = text.split_once('\n').unwrap();
        assert_eq!(header, COLUMNS);
        let places = rows.lines().map(Place::read).collect();
        Self { places }
    }

    fn by_code(&self) -> BTreeMap<&str, &Place> {
        let coded = self.places.iter().filter(|place| !place.code.is_empty());
        coded.map(|place| (place.code.as_str(), place)).collect()
    }

    fn current(&self) -> impl Iterator<Item = &Place> {
        self.places.iter().filter(|place| place.current())
    }
}

fn is_time(text: &str) -> bool {
    let (year, month) = text.split_once('-').unwrap_or((text, "01"));
    let number = |text: &str| text.parse::<u16>().unwrap_or_default();
    year.len() == 4
        && month.len() == 2
        && (1980..2100).contains(&number(year))
        && (1..=12).contains(&number(month))
}

#[test]
fn codes_are_of_six_digits_and_stand_once_in_order() {
    let table = Table::read();
    let mut before: Option<(bool, &str, &str)> = None;
    for place in &table.places {
        let digits = place.code.bytes().filter(u8::is_ascii_digit).count();
        assert!(
            matches!(digits, 0 | 6) && place.code.len() == digits,
            "{place:?}"
        );
        let key = (
            place.code.is_empty(),
            place.code.as_str(),
            place.name.as_str(),
        );
        assert!(before < Some(key), "{place:?} is out of order");
        before = Some(key);
    }
    let coded = table.places.iter().filter(|place| !place.code.is_empty());
    assert_eq!(coded.count(), table.by_code().len());
}

#[test]
fn a_place_lies_in_a_coarser_one() {
    let table = Table::read();
    let by_code = table.by_code();
    for place in &table.places {
        if place.level == "province" {
            assert_eq!(place.within, "", "{place:?}");
            continue;
        }
        let around = by_code.get(place.within.as_str());
        let around = around.unwrap_or_else(|| panic!("{place:?} lies in nothing"));
        assert!(around.rank() < place.rank(), "{place:?} lies in {around:?}");
        assert!(
            around.current() || !place.current(),
            "{place:?} lies in {around:?}"
        );
        let province = |code: &str| code.get(..2).map(str::to_owned);
        if !place.code.is_empty() {
            assert_eq!(province(&place.code), province(&around.code), "{place:?}");
        }
    }
}

#[test]
fn no_two_current_places_share_a_name_where_they_lie() {
    let table = Table::read();
    let mut owners: BTreeMap<(&str, &str), &Place> = BTreeMap::new();
    for place in table.current() {
        // 市辖区 says of a city without districts that it is meant itself.
        let also = place.also.iter().filter(|name| *name != "市辖区");
        for name in also.chain([&place.name]) {
            let other = owners.insert((&place.within, name), place);
            assert!(
                other.is_none(),
                "{place:?} and {other:?} are both called {name}"
            );
        }
    }
}

#[test]
fn names_are_written_so_that_they_can_be_found() {
    let table = Table::read();
    for place in &table.places {
        let names: BTreeSet<&String> = place.also.iter().chain([&place.name]).collect();
        assert_eq!(
            names.len(),
            place.also.len() + 1,
            "{place:?} has a name twice"
        );
        for name in names {
            let plain = name.chars().all(|it| !it.is_ascii() && !it.is_whitespace());
            assert!(plain && !name.is_empty(), "{place:?} has the name {name}");
        }
        // 县 stands in old addresses where a municipality's collecting code for counties does.
        let short = place.also.iter().filter(|name| name.chars().count() < 2);
        let allowed = usize::from(place.code == "500100");
        assert_eq!(short.count(), allowed, "{place:?}");
    }
}

#[test]
fn every_former_place_leads_to_current_ones() {
    let table = Table::read();
    let by_code = table.by_code();
    for place in &table.places {
        for time in [&place.since, &place.until] {
            assert!(time.is_empty() || is_time(time), "{place:?}");
        }
        assert_eq!(place.current(), place.now.is_empty(), "{place:?}");
        if place.current() {
            continue;
        }
        assert!(place.since < place.until, "{place:?}");
        assert!("1999" <= place.until.as_str(), "{place:?}");
        for code in &place.now {
            let now = by_code.get(code.as_str());
            let now = now.unwrap_or_else(|| panic!("{place:?} is now {code}, which is not there"));
            assert!(now.current(), "{place:?} is now {now:?}");
            assert!(now.level != "group", "{place:?} is now {now:?}");
            assert_eq!(
                code.get(..2),
                place.code.get(..2),
                "{place:?} is now {now:?}"
            );
        }
    }
}

/// Provinces: 34. Prefectures of the mainland: 333. Counties: 2,843 at the end of 2022, as the
/// ministry's yearbook counts them; 白杨, 和康, 和安, 岑岭 and 草湖 came since, and 江北 and 渝北 became one.
#[test]
fn there_are_as_many_as_the_ministry_counts() {
    let table = Table::read();
    let coded: Vec<&Place> = table.current().filter(|it| !it.code.is_empty()).collect();
    let count = |is: &dyn Fn(&Place) -> bool| coded.iter().filter(|place| is(place)).count();
    let municipal = ["110100", "120100", "310100", "500100"];
    assert_eq!(count(&|it| it.level == "province"), 34);
    let prefecture = |it: &Place| it.level == "city" && it.code.ends_with("00");
    assert_eq!(
        count(&|it| prefecture(it) && !municipal.contains(&it.code.as_str())),
        333
    );
    let county = |it: &Place| matches!(it.level.as_str(), "city" | "county") && !prefecture(it);
    assert_eq!(count(&county), 2843 + 5 - 1);
}

/// Code, name, level, the place it lies in, and for former places what they are now.
const KNOWN: &[(&str, &str, &str, &str, &str)] = &[
    ("110100", "北京市", "city", "110000", ""),
    ("110104", "宣武区", "county", "110100", "110102"),
    ("232701", "漠河市", "county", "232700", ""),
    ("310108", "闸北区", "county", "310100", "310106"),
    ("320586", "吴县市", "county", "320500", "320506|320507"),
    ("341400", "巢湖市", "city", "340000", "340100|340200|340500"),
    ("371200", "莱芜市", "city", "370000", "370116|370117"),
    ("371202", "莱城区", "county", "371200", "370116"),
    ("410881", "济源市", "county", "410800", "419001"),
    ("419001", "济源市", "city", "410000", ""),
    ("429000", "省直辖县级行政区划", "group", "420000", ""),
    ("429004", "仙桃市", "city", "420000", ""),
    ("429021", "神农架林区", "city", "420000", ""),
    ("441900", "东莞市", "city", "440000", ""),
    ("442000", "中山市", "city", "440000", ""),
    ("460302", "西沙区", "county", "460300", ""),
    ("460303", "南沙区", "county", "460300", ""),
    ("460400", "儋州市", "city", "460000", ""),
    ("469003", "儋州市", "city", "460000", "460400"),
    ("469005", "文昌市", "city", "460000", ""),
    ("500112", "渝北区", "county", "500100", "500109|500157"),
    ("500200", "县", "group", "500000", "500100"),
    ("500243", "彭水苗族土家族自治县", "county", "500100", ""),
    ("540202", "桑珠孜区", "county", "540200", ""),
    ("542421", "那曲县", "county", "542400", "540602"),
    ("610403", "杨陵区", "county", "610400", ""),
    ("620200", "嘉峪关市", "city", "620000", ""),
    ("620824", "华亭县", "county", "620800", "620881"),
    ("620881", "华亭市", "county", "620800", ""),
    ("620923", "肃北蒙古族自治县", "county", "620900", ""),
    ("622421", "定西县", "county", "622400", "621102"),
    ("654223", "沙湾县", "county", "654200", "654203"),
    ("659001", "石河子市", "city", "650000", ""),
    ("659012", "白杨市", "city", "650000", ""),
    ("710000", "台湾省", "province", "", ""),
];

#[test]
fn known_places_stand_where_they_lie() {
    let table = Table::read();
    let by_code = table.by_code();
    for (code, name, level, within, now) in KNOWN {
        let place = by_code[code];
        let found = (
            place.name.as_str(),
            place.level.as_str(),
            place.within.as_str(),
        );
        assert_eq!(found, (*name, *level, *within), "{code}");
        assert_eq!(place.now.join("|"), *now, "{code}");
    }
    for lone in ["429004", "441900", "442000", "460400", "620200", "659001"] {
        let below = table.current().find(|place| place.within == lone);
        assert!(
            below.is_none(),
            "{below:?} lies in {lone}, which has no counties"
        );
    }
}

#[test]
fn areas_without_a_code_stand_where_they_are_written() {
    let table = Table::read();
    let areas: Vec<&Place> = table
        .places
        .iter()
        .filter(|it| it.code.is_empty())
        .collect();
    for (name, level, within) in [
        ("甘肃矿区", "city", "620000"),
        ("兰州新区", "county", "620100"),
        ("杨凌示范区", "city", "610000"),
        ("雄安新区", "city", "130000"),
    ] {
        let area = areas.iter().find(|area| area.name == name).unwrap();
        assert_eq!(
            (area.level.as_str(), area.within.as_str()),
            (level, within),
            "{name}"
        );
    }
}

#[test]
fn other_names_are_those_that_people_write() {
    let table = Table::read();
    let by_code = table.by_code();
    for (code, also) in [
        ("110100", "市辖区"),
        ("150000", "内蒙古"),
        ("420600", "襄樊"),
        ("422800", "恩施州|恩施"),
        ("450000", "广西"),
        ("460001", "通什市"),
        ("500100", "市辖区|县"),
        ("620923", "肃北县|肃北"),
        ("622926", "东乡县|东乡"),
        ("622927", "积石山县|积石山"),
        ("632500", "海南州"),
        ("652700", "博州"),
    ] {
        for name in also.split('|') {
            let names = &by_code[code].also;
            assert!(
                names.iter().any(|it| it == name),
                "{code} is not called {name}"
            );
        }
    }
    // A short form that is a province's name would be taken for it.
    assert!(!by_code["632500"].also.contains(&"海南".to_owned()));
    assert!(!by_code["632324"].also.contains(&"河南".to_owned()));
}

/// These codes were dealt out again within the years of the table, so their first meaning is no
/// name of what they are now.
#[test]
fn a_code_that_was_dealt_out_again_keeps_its_present_meaning_alone() {
    let table = Table::read();
    let by_code = table.by_code();
    for (code, name, since, before) in [
        ("320205", "锡山区", "2000", "马山区"),
        ("450107", "西乡塘区", "2004", "市郊区"),
        ("450206", "柳江区", "2016", "市郊区"),
        ("640104", "兴庆区", "2002", "郊区"),
    ] {
        let place = by_code[code];
        assert_eq!((place.name.as_str(), place.since.as_str()), (name, since));
        assert!(!place.also.iter().any(|it| it == before), "{place:?}");
    }
}
