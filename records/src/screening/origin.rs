//! Reads a place of origin from one cell: 陕西省西安市雁塔区, or the three parts with a
//! separator between them.

/// Cities that are also provinces.
const MUNICIPALITIES: [&str; 4] = ["北京市", "天津市", "上海市", "重庆市"];
const PROVINCES: [&str; 3] = ["省", "自治区", "特别行政区"];
const CITIES: [&str; 4] = ["自治州", "地区", "市", "盟"];
const COUNTIES: [&str; 4] = ["县", "区", "市", "旗"];

/// Province, city and county, in full; `None` if the three cannot be separated.
pub(super) fn parts(cell: &str) -> Option<[String; 3]> {
    let apart = |c: char| c.is_whitespace() || "-/|>、,·".contains(c);
    let marked: Vec<&str> = cell.split(apart).filter(|part| !part.is_empty()).collect();
    let (province, city, county) = match *marked.as_slice() {
        [province, city, county] => (province, city, county),
        [whole] => split(whole)?,
        _ => return None,
    };
    let ends =
        |text: &str, with: &[&str]| with.iter().any(|end| text.ends_with(end) && text != *end);
    let whole = (ends(province, &PROVINCES) || MUNICIPALITIES.contains(&province))
        && ends(city, &CITIES)
        && ends(county, &COUNTIES);
    whole.then(|| [province, city, county].map(str::to_owned))
}

fn split(whole: &str) -> Option<(&str, &str, &str)> {
    if let Some(city) = MUNICIPALITIES.iter().find(|city| whole.starts_with(**city)) {
        let rest = whole.strip_prefix(city)?;
        // Some write the city twice, once as the province.
        let county = rest.strip_prefix(city).unwrap_or(rest);
        return Some((city, city, county));
    }
    let (province, rest) = until(whole, &PROVINCES)?;
    let (city, county) = until(rest, &CITIES)?;
    Some((province, city, county))
}

/// Splits after the first of these endings that is not at the start.
fn until<'a>(text: &'a str, endings: &[&str]) -> Option<(&'a str, &'a str)> {
    let ends = endings.iter().filter_map(|ending| {
        let at = text.find(ending).filter(|at| *at > 0)?;
        Some(at + ending.len())
    });
    text.split_at_checked(ends.min()?)
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn three_parts_are_told_apart_or_none_is() {
        let read = |cell: &str| parts(cell).map(|parts| parts.join("|"));
        let told = [
            ("陕西省西安市雁塔区", "陕西省|西安市|雁塔区"),
            ("陕西省 西安市 雁塔区", "陕西省|西安市|雁塔区"),
            ("陕西省-西安市-雁塔区", "陕西省|西安市|雁塔区"),
            ("甘肃省临夏回族自治州临夏市", "甘肃省|临夏回族自治州|临夏市"),
            (
                "新疆维吾尔自治区阿勒泰地区布尔津县",
                "新疆维吾尔自治区|阿勒泰地区|布尔津县",
            ),
            (
                "内蒙古自治区锡林郭勒盟正蓝旗",
                "内蒙古自治区|锡林郭勒盟|正蓝旗",
            ),
            ("北京市朝阳区", "北京市|北京市|朝阳区"),
            ("北京市北京市朝阳区", "北京市|北京市|朝阳区"),
        ];
        for (cell, parts) in told {
            assert_eq!(read(cell).as_deref(), Some(parts), "{cell}");
        }
        for cell in [
            "西安",
            "陕西省",
            "陕西省西安市",
            "陕西 西安 雁塔",
            "北京市",
            "省市区",
            "",
        ] {
            assert_eq!(read(cell), None, "{cell}");
        }
    }
}
