//! The published table of places: what a place is called, what it was called before, and
//! which place it is in.
//!
//! Facts and tables name places as somebody wrote them down. They are compared by the
//! place that they name: with or without 省, 市, 县 and other endings, by a short form,
//! or by a name or in a place of former times. A text that names no place, or several,
//! is not taken for one.
//!
//! The table is a CSV with the columns `code`, `name`, `level` (`province`, `city`,
//! `county`, or `group` for a heading that is no place), `within` (the code of the place
//! that it is in), `also` (further names, separated by `|`), `since` and `until` (when
//! the code was in use) and `now` (the codes of what a former place is today).

mod index;
mod rows;

pub(crate) use rows::{GROUP, Row, Rows};

use crate::fold;
use crate::problem::Problems;
use index::{Index, Step};
use rows::LEVELS;
use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

/// The table of places.
#[derive(Debug, Clone)]
pub struct Places(Arc<Table>);

#[derive(Debug)]
struct Table {
    rows: Rows,
    /// Made when a place is first sought: many decisions ask for none.
    index: OnceLock<Index>,
}

impl PartialEq for Places {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.rows == other.0.rows
    }
}

/// A place, numbered by its table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PlaceId(u32);

/// Why a text names no place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unplaced {
    /// The place in which it was sought, coarse to fine; empty for the whole country.
    pub within: Vec<PlaceId>,
    /// The name that is none.
    pub name: String,
    /// The names that it may mean: several that it fits, else the nearest.
    pub like: Vec<String>,
    /// Whether it fits several places.
    pub several: bool,
}

impl Places {
    /// Reads the table; problems name `file`.
    ///
    /// ```
    /// # use longma_core::{Places, Problems};
    /// let places = Places::read(
    ///     "code,name,level,within,also,since,until,now\n\
    ///      620000,甘肃省,province,,,,,\n\
    ///      620800,平凉市,city,620000,,,,\n\
    ///      620824,华亭县,county,620800,,,2018,620881\n\
    ///      620881,华亭市,county,620800,,2018,,\n",
    ///     "places",
    /// )?;
    /// let today = places.find(["甘肃省", "平凉市", "华亭市"]).unwrap();
    /// assert_eq!(places.find(["甘肃", "平凉", "华亭县"]).unwrap(), today);
    /// assert_eq!(places.name(today[2]), "华亭市");
    /// assert_eq!(places.find(["甘肃省", "平凉市", "华停市"]).unwrap_err().like, ["华亭市"]);
    /// # Ok::<(), Problems>(())
    /// ```
    ///
    /// # Errors
    /// Every line that is no row of such a table.
    pub fn read(csv: &str, file: &str) -> Result<Self, Problems> {
        let (rows, problems) = Rows::read(csv, file);
        problems.or(Self::of(rows))
    }

    /// The table with these rows.
    pub(crate) fn of(rows: Rows) -> Self {
        let index = OnceLock::new();
        Self(Arc::new(Table { rows, index }))
    }

    pub(crate) fn rows(&self) -> &Rows {
        &self.0.rows
    }

    fn row(&self, PlaceId(at): PlaceId) -> Option<&Row> {
        self.rows().all.get(at as usize)
    }

    fn index(&self) -> &Index {
        self.0.index.get_or_init(|| Index::of(&self.0.rows))
    }

    /// The place with these names, coarse to fine, and those that it is in, at all levels
    /// down to its own. A city without counties is also its own county.
    ///
    /// # Errors
    /// The first name that is no place in the one before it.
    pub fn find<'n>(
        &self,
        names: impl IntoIterator<Item = &'n str>,
    ) -> Result<Vec<PlaceId>, Unplaced> {
        let index = self.index();
        let mut here = None;
        for name in names {
            here = match index.step(here, &fold(name)) {
                Step::To(place) => Some(place),
                Step::Stay => here,
                Step::Several(places) => return Err(index.several(here, name, &places)),
                Step::Nowhere => return Err(index.nowhere(here, name)),
            };
        }
        // A county that was divided is one all the same: old lists and old stays agree. What
        // was in a city that was divided is not.
        match here.and_then(|here| index.place(here)) {
            Some(former) if !former.current && former.level < LEVELS.len() - 1 => {
                Err(index.several(former.within, &former.name, &former.now))
            }
            _ => Ok(index.way(here)),
        }
    }

    /// The place whose names a text begins with, coarse to fine as [`find`](Self::find)
    /// returns it, and the rest of the text, folded. `None` if it begins with none. The
    /// province may be left out if that leaves no doubt.
    ///
    /// ```
    /// # use longma_core::{Places, Problems};
    /// let places = Places::read(
    ///     "code,name,level,within,also,since,until,now\n\
    ///      440000,广东省,province,,,,,\n441900,东莞市,city,440000,,,,\n",
    ///     "places",
    /// )?;
    /// let (way, rest) = places.begin("广东 东莞市长安镇").unwrap();
    /// assert_eq!((places.name(way[1]), rest.as_str()), ("东莞市", "长安镇"));
    /// assert_eq!(places.begin("长安镇"), None);
    /// # Ok::<(), Problems>(())
    /// ```
    #[must_use]
    pub fn begin(&self, text: &str) -> Option<(Vec<PlaceId>, String)> {
        let index = self.index();
        let text: String = fold(text).chars().filter(|c| c.is_alphanumeric()).collect();
        let (mut here, mut rest) = (None, text.as_str());
        while let Some((place, further)) = index.begin(here, rest) {
            (here, rest) = (place, further);
        }
        let found = index.place(here?)?;
        let is_one = found.current || found.level == LEVELS.len() - 1;
        is_one.then(|| (index.way(here), rest.to_owned()))
    }

    /// Every place of today that has no finer one in it, as [`find`](Self::find) returns it.
    pub fn finest(&self) -> impl Iterator<Item = Vec<PlaceId>> + '_ {
        let index = self.index();
        let all = (0..).map(PlaceId).zip(&index.places);
        let finest = all.filter(|(_, it)| it.current && !it.parted && it.level < GROUP);
        finest.map(|(id, _)| index.way(Some(id)))
    }

    /// The full name of a place.
    #[must_use]
    pub fn name(&self, place: PlaceId) -> &str {
        self.index().place(place).map_or("", |place| &place.name)
    }

    /// Whether a place is an area without a code, such as a development zone: it lies
    /// across counties.
    pub(crate) fn is_area(&self, place: PlaceId) -> bool {
        self.row(place).is_some_and(|row| row.code == 0)
    }

    /// The places that hold a part of what another was, or whose part it is, since it or
    /// they were divided; each as [`find`](Self::find) returns it.
    pub(crate) fn kin(&self, place: PlaceId) -> impl Iterator<Item = Vec<PlaceId>> + '_ {
        let index = self.index();
        index.kin(place).map(|place| index.way(Some(place)))
    }

    /// The six-digit code in use today for the place that had `code` at any time; `None`
    /// if no place had it, or if the place was divided.
    ///
    /// ```
    /// # use longma_core::{Places, Problems};
    /// # let places = Places::read(
    /// #     "code,name,level,within,also,since,until,now\n\
    /// #      620000,甘肃省,province,,,,,\n\
    /// #      620800,平凉市,city,620000,,,,\n\
    /// #      620824,华亭县,county,620800,,,2018,620881\n\
    /// #      620881,华亭市,county,620800,,2018,,\n",
    /// #     "places",
    /// # )?;
    /// assert_eq!(places.code_today("620824").as_deref(), Some("620881"));
    /// assert_eq!(places.code_today("621100"), None);
    /// # Ok::<(), Problems>(())
    /// ```
    #[must_use]
    pub fn code_today(&self, code: &str) -> Option<String> {
        let rows = self.rows();
        rows.today(rows.coded(code)?)?.code()
    }

    /// The codes of the place that had `code` at any time and of those that it is in, coarse
    /// to fine, as they are today; a city without counties stands once. Empty if no place
    /// had it.
    ///
    /// ```
    /// # use longma_core::{Places, Problems};
    /// # let places = Places::read(
    /// #     "code,name,level,within,also,since,until,now\n\
    /// #      620000,甘肃省,province,,,,,\n\
    /// #      620800,平凉市,city,620000,,,,\n\
    /// #      620824,华亭县,county,620800,,,2018,620881\n\
    /// #      620881,华亭市,county,620800,,2018,,\n",
    /// #     "places",
    /// # )?;
    /// assert_eq!(places.codes_above("620824"), ["620000", "620800", "620881"]);
    /// # Ok::<(), Problems>(())
    /// ```
    #[must_use]
    pub fn codes_above(&self, code: &str) -> Vec<String> {
        let rows = self.rows();
        let today = self.code_today(code);
        let place = rows.coded(today.as_deref().unwrap_or(code));
        let way = self.index().way(place.map(PlaceId));
        let rows = way.into_iter().filter_map(|place| self.row(place));
        let mut codes: Vec<String> = rows.filter_map(Row::code).collect();
        codes.dedup();
        codes
    }

    /// Whether a place had this code at any time.
    #[must_use]
    pub fn has_code(&self, code: &str) -> bool {
        self.rows().coded(code).is_some()
    }

    /// The text of a finer place without the names of the places that it is in, which
    /// some write before it; folded.
    pub(crate) fn without<'t>(&self, way: &[PlaceId], text: &'t str) -> Cow<'t, str> {
        let folded = fold(text);
        let names = way.iter().map(|place| self.name(*place));
        let mut rest = folded.as_ref();
        for name in names {
            match rest.strip_prefix(name) {
                Some(further) if !further.is_empty() => rest = further,
                _ => {}
            }
        }
        if rest.len() == folded.len() {
            folded
        } else {
            Cow::Owned(rest.to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    /// GB/T 2260, with what became of some of its places.
    const TABLE: &str = "code,name,level,within,also,since,until,now
110000,北京市,province,,,,,
110100,北京市,city,110000,市辖区,,,
110102,西城区,county,110100,,,,
110104,宣武区,county,110100,,,2010,110102
110105,朝阳区,county,110100,,,,
110199,旧区,county,110100,,,2010,110102|110105
130000,河北省,province,,,,,
130600,保定市,city,130000,,,,
130632,安新县,county,130600,,,,
340000,安徽省,province,,,,,
340100,合肥市,city,340000,,,,
340181,巢湖市,county,340100,,2011,,
340200,芜湖市,city,340000,,,,
340225,无为县,county,340200,,2011,,
341400,巢湖市,city,340000,,,2011,340181|340225
341402,居巢区,county,341400,,,2011,340181
420000,湖北省,province,,,,,
422800,恩施土家族苗族自治州,city,420000,恩施州|恩施,,,
422801,恩施市,county,422800,,,,
429000,省直辖县级行政区划,group,420000,省直辖县级行政单位,,,
429004,仙桃市,city,420000,,,,
440000,广东省,province,,,,,
441900,东莞市,city,440000,市辖区,,,
620000,甘肃省,province,,,,,
620100,兰州市,city,620000,,,,
620102,城关区,county,620100,,,,
620200,嘉峪关市,city,620000,,,,
620800,平凉市,city,620000,,,,
620824,华亭县,county,620800,,,2018,620881
620881,华亭市,county,620800,,2018,,
650000,新疆维吾尔自治区,province,,新疆,,,
654000,伊犁哈萨克自治州,city,650000,伊犁州|伊犁,,,
654002,伊宁市,county,654000,,,,
654021,伊宁县,county,654000,,,,
810000,香港特别行政区,province,,香港,,,
,兰州新区,county,620100,,,,
";

    fn places() -> Places {
        Places::read(TABLE, "places").unwrap()
    }

    fn found(names: &str) -> Result<String, Unplaced> {
        let places = places();
        let way = places.find(names.split(' '))?;
        let names: Vec<&str> = way.iter().map(|place| places.name(*place)).collect();
        Ok(names.join(" "))
    }

    #[test]
    fn a_place_is_found_by_any_of_its_names() {
        for (written, place) in [
            ("甘肃省 兰州市 城关区", "甘肃省 兰州市 城关区"),
            ("甘肃 兰州 城关", "甘肃省 兰州市 城关区"),
            ("⽢肃省 兰\u{200b}州市 城关区", "甘肃省 兰州市 城关区"),
            ("甘肃省 平凉市 华亭县", "甘肃省 平凉市 华亭市"),
            ("甘肃省 平凉 华亭", "甘肃省 平凉市 华亭市"),
            // Cities without counties, however often they are named.
            ("甘肃省 嘉峪关市", "甘肃省 嘉峪关市 嘉峪关市"),
            ("甘肃省 嘉峪关市 嘉峪关市", "甘肃省 嘉峪关市 嘉峪关市"),
            ("湖北省 仙桃市", "湖北省 仙桃市 仙桃市"),
            ("湖北省 省直辖县级行政单位 仙桃市", "湖北省 仙桃市 仙桃市"),
            ("湖北省 仙桃市 仙桃", "湖北省 仙桃市 仙桃市"),
            ("香港", "香港特别行政区 香港特别行政区 香港特别行政区"),
            ("北京市 北京市 朝阳区", "北京市 北京市 朝阳区"),
            ("北京市 市辖区 朝阳区", "北京市 北京市 朝阳区"),
            ("北京市 朝阳区", "北京市 北京市 朝阳区"),
            ("北京市 北京市 宣武区", "北京市 北京市 西城区"),
            ("河北省 安新县", "河北省 保定市 安新县"),
            ("湖北省 恩施 恩施", "湖北省 恩施土家族苗族自治州 恩施市"),
            (
                "湖北省 恩施自治州 恩施市",
                "湖北省 恩施土家族苗族自治州 恩施市",
            ),
            (
                "新疆自治区 伊犁州 伊宁县",
                "新疆维吾尔自治区 伊犁哈萨克自治州 伊宁县",
            ),
            ("广东省 东莞市 市辖区", "广东省 东莞市 东莞市"),
            // What became of a place that was divided is known where its part is named.
            ("安徽省 巢湖市 居巢区", "安徽省 合肥市 巢湖市"),
            ("甘肃省 兰州市", "甘肃省 兰州市"),
        ] {
            assert_eq!(found(written).as_deref(), Ok(place), "{written}");
        }
        // A short form is not looked for where a level is left out.
        assert!(found("北京 朝阳").is_err());
    }

    #[test]
    fn what_names_no_place_or_two_is_told() {
        let told = |names: &str| {
            let wrong = found(names).unwrap_err();
            (wrong.name, wrong.like.join("|"), wrong.several)
        };
        let wrong = |name: &str, like: &str| (name.to_owned(), like.to_owned(), false);
        let several = |name: &str, like: &str| (name.to_owned(), like.to_owned(), true);
        assert_eq!(told("甘肃省 平凉市 华停市"), wrong("华停市", "华亭市"));
        assert_eq!(told("甘萧省 兰州市 城关区"), wrong("甘萧省", "甘肃省"));
        assert_eq!(told("甘肃省 兰州市 未名区"), wrong("未名区", ""));
        assert_eq!(told("新疆 伊犁 伊宁"), several("伊宁", "伊宁市|伊宁县"));
        assert_eq!(told("安徽省 巢湖市"), several("巢湖市", "巢湖市|无为县"));
        // A county that was divided is a place of its own.
        let old = found("北京市 北京市 旧区");
        assert_eq!(old.as_deref(), Ok("北京市 北京市 旧区"));
        assert_eq!(told("河南省"), wrong("河南省", "河北省"));
    }

    #[test]
    fn a_text_is_read_into_its_places() {
        let places = places();
        let begun = |text: &str| {
            let (way, rest) = places.begin(text)?;
            let names: Vec<&str> = way.iter().map(|place| places.name(*place)).collect();
            Some(format!("{}/{rest}", names.join(" ")))
        };
        for (text, read) in [
            ("甘肃省兰州市城关区", "甘肃省 兰州市 城关区/"),
            (
                "甘肃省，兰州市，城关区 雁滩路1号",
                "甘肃省 兰州市 城关区/雁滩路1号",
            ),
            ("甘肃兰州城关", "甘肃省 兰州市 城关区/"),
            ("兰州市城关区", "甘肃省 兰州市 城关区/"),
            ("甘肃省兰州新区", "甘肃省 兰州市 兰州新区/"),
            ("北京市朝阳区", "北京市 北京市 朝阳区/"),
            ("北京市北京市朝阳区", "北京市 北京市 朝阳区/"),
            ("北京市市辖区朝阳区", "北京市 北京市 朝阳区/"),
            (
                "湖北省恩施土家族苗族自治州恩施市",
                "湖北省 恩施土家族苗族自治州 恩施市/",
            ),
            ("湖北省仙桃市", "湖北省 仙桃市 仙桃市/"),
            (
                "香港特别行政区",
                "香港特别行政区 香港特别行政区 香港特别行政区/",
            ),
            ("甘肃省嘉峪关市", "甘肃省 嘉峪关市 嘉峪关市/"),
            ("甘肃省兰州市", "甘肃省 兰州市/"),
        ] {
            assert_eq!(begun(text).as_deref(), Some(read), "{text}");
        }
        for none in ["", "火星", "城关区", "省市区"] {
            assert_eq!(begun(none), None, "{none}");
        }
    }

    #[test]
    fn a_code_of_former_times_leads_to_that_of_today() {
        let places = places();
        assert_eq!(places.code_today("620824").as_deref(), Some("620881"));
        assert_eq!(places.code_today("620102").as_deref(), Some("620102"));
        assert_eq!(places.code_today("341400"), None);
        assert!(places.has_code("341400"));
        assert_eq!(places.code_today("621100"), None);
        assert!(!places.has_code("621100"));
    }

    #[test]
    fn a_table_that_is_none_is_told_by_line_and_finds_nothing() {
        let lines = |csv: &str| -> Vec<String> {
            let wrong = Places::read(csv, "places").unwrap_err();
            wrong
                .as_slice()
                .iter()
                .map(|it| it.place.to_string())
                .collect()
        };
        let head = "code,name,level,within,also,since,until,now\n";
        assert_eq!(lines("code,name\n620000,甘肃省\n"), ["places, line 1"]);
        let twice = format!("{head}620000,甘肃省,province,,,,,\n620000,甘肃省,province,,,,,\n");
        assert_eq!(lines(&twice), ["places, line 3"]);
        let lost = format!("{head}620100,兰州市,city,620000,,,,\n");
        assert_eq!(lines(&lost), ["places, line 2"]);
        let level = format!("{head}620000,甘肃省,land,,,,,\n");
        assert_eq!(lines(&level), ["places, line 2"]);
        let now = format!("{head}620000,甘肃省,province,,,,2018,999999\n");
        assert_eq!(lines(&now), ["places, line 2"]);
    }
}
