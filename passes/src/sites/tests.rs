#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use super::*;
use proptest::prelude::*;

const HEAD: &str = "id,name,address,latitude,longitude,hours,queue_minutes\n";
/// Five invented sites around the centre of Lanzhou.
const ROWS: &str = "\
a,样例点甲,样例路 1 号,36.061000,103.834000,1-5 08:00-12:00 14:00-17:30; 6 09:00-12:00; 8 closed,15
b,样例点乙,样例路 2 号,36.061000,103.844000,1-7 00:00-24:00,
c,样例点丙,样例路 3 号,36.071000,103.834000,1-5 08:00-20:00,5
d,样例点丁,样例路 4 号,36.161000,103.834000,6-7 08:00-20:00,
e,样例点戊,样例路 5 号,35.061000,103.834000,1-7 08:00-20:00,
";

fn sites() -> Sites {
    Sites::read(&format!("{HEAD}{ROWS}")).unwrap()
}

fn near(at: &str, open: bool, holidays: &[Date]) -> Vec<Found> {
    sites().nearest(Near {
        point: Point::parse("36.061", "103.834").unwrap(),
        at: Instant::parse(at).unwrap(),
        holidays,
        open,
        count: 10,
    })
}

fn ids(found: &[Found]) -> Vec<&str> {
    found.iter().map(|site| site.id.as_str()).collect()
}

#[test]
fn distances_are_those_of_a_sphere() {
    let metres = |a: (&str, &str), b: (&str, &str)| {
        let point = |(latitude, longitude)| Point::parse(latitude, longitude).unwrap();
        point(a).metres_to(point(b))
    };
    // A thousandth of a degree northwards: 111195 m / 1000.
    assert_eq!(metres(("36.000", "103"), ("36.001", "103")), 111);
    // A degree eastwards at 60 degrees north is half of one at the equator: 55597.5 m.
    let east = metres(("60", "10"), ("60", "11"));
    assert!((55_590..=55_600).contains(&east), "{east}");
    // Lanzhou to Tianshui by the great circle: 237.7 km (haversine, R = 6371009 m).
    let far = metres(("36.061089", "103.834304"), ("34.580863", "105.724979"));
    assert!((236_000..=238_500).contains(&far), "{far}");
    // Across the date line, not around the Earth.
    assert_eq!(metres(("0", "179.999"), ("0", "-179.999")), 222);
}

#[test]
fn the_nearest_come_first_and_closed_ones_can_be_left_out() {
    // 2022-07-11 was a Monday.
    let none = [];
    let all = near("2022-07-11T13:00:00+08:00", false, &none);
    assert_eq!(ids(&all), ["a", "b", "c", "d", "e"]);
    // 0.01 degrees eastwards at 36.061: 1111.95 m * cos = 899 m, northwards 1111 m.
    let metres: Vec<i64> = all.iter().map(|site| site.metres).collect();
    assert_eq!(metres.first(), Some(&0));
    assert!((897..=900).contains(metres.get(1).unwrap()), "{metres:?}");
    assert_eq!(metres.get(2), Some(&1_111));
    // At 13:00 `a` is at lunch; `d` opens only at weekends.
    let open = near("2022-07-11T13:00:00+08:00", true, &none);
    assert_eq!(ids(&open), ["b", "c", "e"]);
    assert_eq!(open.first().unwrap().queue_minutes, None);
    assert_eq!(open.get(1).unwrap().queue_minutes, Some(5));
}

#[test]
fn hours_are_half_open_and_say_when_they_change() {
    let none = [];
    let a = |at: &str, holidays: &[Date]| {
        let found = near(at, false, holidays);
        let site = found.into_iter().find(|site| site.id == "a").unwrap();
        (
            site.open,
            site.changes_at.map(|at| at.to_string()).unwrap_or_default(),
        )
    };
    let told = |open: bool, at: &str| (open, at.to_owned());
    for (at, expected) in [
        (
            "2022-07-11T07:59:59+08:00",
            told(false, "2022-07-11T08:00:00+08:00"),
        ),
        (
            "2022-07-11T08:00:00+08:00",
            told(true, "2022-07-11T12:00:00+08:00"),
        ),
        (
            "2022-07-11T12:00:00+08:00",
            told(false, "2022-07-11T14:00:00+08:00"),
        ),
        // After Saturday noon, until Monday.
        (
            "2022-07-16T12:00:00+08:00",
            told(false, "2022-07-18T08:00:00+08:00"),
        ),
    ] {
        assert_eq!(a(at, &none), expected, "{at}");
    }
    // The list says closed on public holidays, so also on this Monday.
    let holiday = [Date::parse("2022-07-11").unwrap()];
    let closed = told(false, "2022-07-12T08:00:00+08:00");
    assert_eq!(a("2022-07-11T09:00:00+08:00", &holiday), closed);
    // `b` is always open: nothing changes, not even at midnight.
    let found = near("2022-07-11T23:59:59+08:00", true, &holiday);
    assert_eq!(ids(&found), ["b"]);
    assert_eq!(found.first().unwrap().changes_at, None);
}

fn told(problems: &[Problem]) -> Vec<(String, u64)> {
    let line = |place: &Place| match place {
        Place::Reference { line, .. } => *line,
        _ => 0,
    };
    let problems = problems.iter();
    problems
        .map(|problem| (problem.code.to_string(), line(&problem.place)))
        .collect()
}

#[test]
fn a_bad_row_is_told_with_its_line_and_the_rest_is_used() {
    let rows = "\
a,甲,,91,103,1 08:00-12:00,
b,乙,,36.06,103.8,1 08:00-08:00,
c,丙,,36.06,103.8,1 08:00-12:00,soon

d,丁,,36.06,103.8,9 08:00-12:00,
e,\"戊
楼\",,36.06,103.8,1 08:00-12:00,
e,己,,36.06,103.8,1 08:00-12:00,
f,庚,,36.06,103.8
g,辛,,36.07,103.8,1 08:00-12:00,-5
";
    let expected = [
        ("site-point", 2),
        ("site-hours", 3),
        ("site-queue", 4),
        ("site-hours", 6),
        ("site-twice", 9),
        ("site-row", 10),
        ("site-queue", 11),
    ];
    let expected = expected.map(|(code, line)| (code.to_owned(), line));
    for end in ["\n", "\r\n"] {
        let list = format!("{HEAD}{rows}").replace('\n', end);
        let sites = Sites::read(&list).unwrap();
        assert_eq!(told(sites.problems()), expected, "{end:?}");
        assert_eq!(sites.len(), 1);
    }
}

#[test]
fn a_list_of_which_nothing_can_be_read_is_refused() {
    let wrong = |csv: &str| told(Sites::read(csv).unwrap_err().as_slice());
    let code = |code: &str, line: u64| vec![(code.to_owned(), line)];
    assert_eq!(wrong("id,name\na,甲\n"), code("site-columns", 1));
    assert_eq!(wrong(""), code("site-columns", 1));
    let bad = "a,甲,,36,103,at night,\n";
    assert_eq!(wrong(&format!("{HEAD}{bad}")), code("site-hours", 2));
    // A list without rows is one of no sites.
    assert!(Sites::read(HEAD).unwrap().is_empty());
}

/// Hours, an instant, whether they are open then, and when that changes. 2022-07-15 was a
/// Friday.
const OVER_MIDNIGHT: &str = "\
1-7 22:00-02:00 | 2022-07-15T21:59+08:00 | closed | 2022-07-15T22:00:00+08:00
1-7 22:00-02:00 | 2022-07-15T23:30+08:00 | open | 2022-07-16T02:00:00+08:00
1-7 22:00-02:00 | 2022-07-15T01:30+08:00 | open | 2022-07-15T02:00:00+08:00
1-7 22:00-02:00 | 2022-07-15T02:00+08:00 | closed | 2022-07-15T22:00:00+08:00
5 22:00-02:00 | 2022-07-15T01:30+08:00 | closed | 2022-07-15T22:00:00+08:00
5 22:00-02:00 | 2022-07-16T01:30+08:00 | open | 2022-07-16T02:00:00+08:00
5 22:00-02:00 | 2022-07-16T22:30+08:00 | closed | 2022-07-22T22:00:00+08:00
7 20:00-06:00 | 2022-07-18T05:59+08:00 | open | 2022-07-18T06:00:00+08:00
1-7 22:00-00:00 | 2022-07-15T23:59+08:00 | open | 2022-07-16T00:00:00+08:00
1-7 22:00-24:00 | 2022-07-15T23:59+08:00 | open | 2022-07-16T00:00:00+08:00
1-7 08:00-12:00 18:00-01:00 | 2022-07-15T00:59+08:00 | open | 2022-07-15T01:00:00+08:00
1-7 08:00-12:00 18:00-01:00 | 2022-07-15T12:00+08:00 | closed | 2022-07-15T18:00:00+08:00
5 22:00-09:00; 6 08:00-12:00 | 2022-07-15T23:00+08:00 | open | 2022-07-16T12:00:00+08:00
1-7 06:00-18:00 18:00-06:00 | 2022-07-15T03:00+08:00 | open | 
";

#[test]
fn hours_over_midnight_belong_to_the_evening_on_which_they_began() {
    let at = |hours: &str, at: &str, holidays: &[&str]| {
        let holidays = holidays.iter().map(|day| Date::parse(day).unwrap());
        let at = Instant::parse_to_the_minute(at).unwrap();
        let hours = Hours::parse(hours).unwrap();
        let (open, changes) = hours.at(at, &holidays.collect::<Vec<_>>());
        let changes = changes.map(|at| at.to_rfc3339(Offset::CHINA));
        (open, changes.unwrap_or_default())
    };
    for line in OVER_MIDNIGHT.lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [hours, asked, open, changes] = cells[..] else {
            panic!("{line}");
        };
        let expected = (open == "open", changes.to_owned());
        assert_eq!(at(hours, asked, &[]), expected, "{line}");
    }
    // A holiday's hours begin on it: the evening before runs on, its own evening is closed.
    let hours = "1-7 22:00-02:00; 8 closed";
    let holiday = ["2022-07-15"];
    let open = |asked: &str| at(hours, asked, &holiday).0;
    assert!(open("2022-07-15T01:30+08:00"));
    assert!(!open("2022-07-15T23:30+08:00") && !open("2022-07-16T01:30+08:00"));
}

#[test]
fn hours_that_could_mean_two_things_are_refused() {
    for hours in [
        "1 08:00-08:00",
        "1 00:00-00:00",
        "1 24:00-02:00",
        "1 24:00-24:00",
        "1 22:00-26:00",
        "1 08:00-12:00 11:00-14:00",
        "1 22:00-02:00 08:00-12:00",
        "1 22:00-02:00 23:00-01:00",
        "1 08:00-12:00; 1 14:00-18:00",
        "5-1 08:00-12:00",
        "1 8:0-12:00",
        "",
    ] {
        assert_eq!(Hours::parse(hours), None, "{hours}");
    }
}

#[test]
fn degrees_have_one_spelling_and_bounds() {
    for (latitude, longitude) in [
        ("", "1"),
        ("1", "x"),
        ("90.000001", "0"),
        ("0", "-180.1"),
        ("1.", "1"),
        ("1e1", "1"),
        ("--1", "1"),
        ("90.0000009", "1"),
        ("９", "1"),
    ] {
        assert_eq!(
            Point::parse(latitude, longitude),
            None,
            "{latitude} {longitude}"
        );
    }
}

/// A phone's position has more decimals than the six that are kept.
#[test]
fn further_decimals_are_rounded_away() {
    for (told, kept) in [
        ("36.06108999999999", "36.06109"),
        ("36.0610894", "36.061089"),
        ("36.0610895", "36.06109"),
        ("-36.0610895", "-36.06109"),
        ("89.99999999", "90"),
        ("90.0000004", "90"),
    ] {
        assert_eq!(
            Point::parse(told, "103.83430412345678"),
            Point::parse(kept, "103.834304"),
            "{told}"
        );
    }
}

proptest! {
    /// The index misses nothing: it finds what looking at every site finds.
    #[test]
    fn the_index_answers_as_a_look_at_all(
        places in prop::collection::vec((-90_000_000_i64..=90_000_000, -180_000_000_i64..=180_000_000), 0..60),
        from in (-90_000_000_i64..=90_000_000, -180_000_000_i64..=180_000_000),
        count in 0_usize..8,
    ) {
        let point = |(latitude, longitude)| Point { latitude, longitude };
        let mut sites: Vec<Site> = places
            .into_iter()
            .enumerate()
            .map(|(index, place)| Site {
                point: point(place),
                id: format!("{index:03}"),
                name: String::new(),
                address: String::new(),
                hours: Hours::parse("1-7 00:00-24:00").unwrap(),
                queue_minutes: None,
            })
            .collect();
        sites.sort_by(|a, b| (a.point, &a.id).cmp(&(b.point, &b.id)));
        let mut all: Vec<(i64, String)> = sites
            .iter()
            .map(|site| (site.point.metres_to(point(from)), site.id.clone()))
            .collect();
        all.sort();
        all.truncate(count);
        let near = Near {
            point: point(from),
            at: Instant::from_unix(0).unwrap(),
            holidays: &[],
            open: true,
            count,
        };
        let found = Sites { sites, problems: Problems::default() }.nearest(near);
        let found: Vec<(i64, String)> = found.into_iter().map(|f| (f.metres, f.id)).collect();
        prop_assert_eq!(found, all);
    }
}
