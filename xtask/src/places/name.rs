//! What a code says of its place, and what a name is without its ending.

const MUNICIPALITIES: [&str; 4] = ["11", "12", "31", "50"];
/// Hainan's counties had codes of this prefecture until they got those of 469000.
const HAINAN: &str = "4600";

pub(super) fn level(code: &str) -> &'static str {
    match within(code).as_str() {
        "" => "province",
        province if province.ends_with("0000") => "city",
        _ => "county",
    }
}

/// The code of the place that `code` lies in. Places under a collecting code lie in the province.
pub(super) fn within(code: &str) -> String {
    let (Some(province), Some(city)) = (code.get(..2), code.get(..4)) else {
        return String::new();
    };
    if code.ends_with("0000") {
        return String::new();
    }
    if code.ends_with("00") || city.ends_with("90") || city == HAINAN {
        return format!("{province}0000");
    }
    // A municipality's counties lie in its one city, like its districts.
    if MUNICIPALITIES.contains(&province) {
        return format!("{province}0100");
    }
    format!("{city}00")
}

/// Endings that people leave off, the longest first where one ends in another.
const ENDINGS: [&str; 10] = [
    "特别行政区",
    "自治区",
    "地区",
    "林区",
    "特区",
    "省",
    "市",
    "区",
    "县",
    "旗",
];

/// `name` without its ending, as long as two characters stay.
pub(super) fn stem_of(name: &str) -> &str {
    if let Some((stem, _)) = autonomous(name) {
        return stem;
    }
    let ending = ENDINGS.iter().chain(&["盟"]).find(|it| name.ends_with(*it));
    let stem = ending.and_then(|ending| name.strip_suffix(ending));
    stem.filter(|stem| stem.chars().nth(1).is_some())
        .unwrap_or(name)
}

/// Names of peoples as they stand in names of places. Xinjiang leaves 族 off some.
const PEOPLES: [&str; 48] = [
    "蒙古族",
    "蒙古",
    "回族",
    "藏族",
    "维吾尔族",
    "维吾尔",
    "苗族",
    "彝族",
    "壮族",
    "布依族",
    "朝鲜族",
    "满族",
    "侗族",
    "瑶族",
    "白族",
    "土家族",
    "哈尼族",
    "哈萨克族",
    "哈萨克",
    "傣族",
    "黎族",
    "傈僳族",
    "佤族",
    "畲族",
    "拉祜族",
    "水族",
    "纳西族",
    "景颇族",
    "柯尔克孜",
    "达斡尔族",
    "仫佬族",
    "羌族",
    "布朗族",
    "撒拉族",
    "毛南族",
    "仡佬族",
    "锡伯",
    "普米族",
    "塔吉克",
    "怒族",
    "保安族",
    "裕固族",
    "独龙族",
    "东乡族",
    "土族",
    "各族",
    "鄂温克族",
    "鄂伦春族",
];

/// The stem of an autonomous place, without peoples, and its kind: 恩施, 自治州. A place that is
/// called after one people only keeps it, without 族.
pub(super) fn autonomous(name: &str) -> Option<(&str, &'static str)> {
    let kinds = ["自治州", "自治县", "自治旗", "自治区"];
    let kind = kinds.into_iter().find(|kind| name.ends_with(kind));
    let district = name.ends_with("族区").then_some("区");
    let kind = kind.or(district)?;
    let mut stem = name.strip_suffix(kind)?;
    while let Some(shorter) = PEOPLES.iter().find_map(|people| stem.strip_suffix(people)) {
        if shorter.is_empty() {
            return Some((stem.strip_suffix('族').unwrap_or(stem), kind));
        }
        if shorter.chars().nth(1).is_none() {
            break;
        }
        stem = shorter;
    }
    Some((stem, kind))
}

#[cfg(test)]
mod tests {
    use super::{autonomous, level, stem_of, within};

    #[test]
    fn a_code_lies_in_its_prefecture_and_under_a_collecting_code_in_its_province() {
        assert_eq!(
            (level("620000"), within("620000").as_str()),
            ("province", "")
        );
        assert_eq!(
            (level("620100"), within("620100").as_str()),
            ("city", "620000")
        );
        assert_eq!(
            (level("620102"), within("620102").as_str()),
            ("county", "620100")
        );
        assert_eq!(
            (level("429004"), within("429004").as_str()),
            ("city", "420000")
        );
        assert_eq!(
            (level("500243"), within("500243").as_str()),
            ("county", "500100")
        );
        assert_eq!(
            (level("460005"), within("460005").as_str()),
            ("city", "460000")
        );
    }

    #[test]
    fn a_stem_is_the_name_without_its_ending_or_its_peoples() {
        assert_eq!(stem_of("阿勒泰地区"), "阿勒泰");
        assert_eq!(stem_of("滦县"), "滦县");
        assert_eq!(stem_of("兴安盟"), "兴安");
        assert_eq!(autonomous("恩施土家族苗族自治州"), Some(("恩施", "自治州")));
        assert_eq!(autonomous("东乡族自治县"), Some(("东乡", "自治县")));
        assert_eq!(autonomous("内蒙古自治区"), Some(("内蒙古", "自治区")));
        assert_eq!(autonomous("广西壮族自治区"), Some(("广西", "自治区")));
        assert_eq!(autonomous("顺河回族区"), Some(("顺河", "区")));
        assert_eq!(autonomous("城关区"), None);
    }
}
