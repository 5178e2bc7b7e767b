//! Mistakes in the file that directs an invention.

use super::changed;
use longma_population::invent::Plan;

/// What is changed, into what, the key that is told, and what is said of it.
const CASES: [(&str, &str, &str, &str); 17] = [
    (
        "seed   = 20220708",
        "seed = \"x\"",
        "seed = \"x\"",
        "a whole number from 0 to",
    ),
    (
        "look_back = 28",
        "look_back = 61",
        "look_back = 61",
        "a whole number from 1 to 60",
    ),
    (
        "look_back = 28",
        "look_bak = 28",
        "look_bak = 28",
        "unknown field `look_bak`",
    ),
    ("look_back = 28\n", "", "", "missing field `look_back`"),
    (
        "first  = 2022-07-01",
        "first = 2022-07-32",
        "first = 2022-07-32",
        "",
    ),
    (
        "last   = 2022-07-28",
        "last = 2022-06-28",
        "last",
        "a day from `first` on",
    ),
    (
        "sizes         = [220_000",
        "sizes = [220_001",
        "households.sizes",
        "add up to 1000000, found 1000001",
    ),
    (
        "per_community = 800",
        "per_community = 850",
        "households.per_community",
        "a multiple of 100, found 850",
    ),
    (
        "CoronaVac = 420_000",
        "Corona = 420_000",
        "vaccinations.products.Corona",
        "expected one of CoronaVac",
    ),
    (
        "county = \"620102\", day",
        "county = \"620199\", day",
        "outbreak.seeds[0].county",
        "620199",
    ),
    (
        "within = [\"6201\"]",
        "within = [\"6299\"]",
        "tests.rounds[0].within",
        "found 6299",
    ),
    (
        "code = \"620103\", name",
        "code = \"620102\", name",
        "cities.6201.counties.620102",
        "once",
    ),
    (
        "from = 2022-07-10, r",
        "from = 2022-07-20, r",
        "outbreak.phases",
        "in the order of `from`",
    ),
    (
        "risk = \"high\"",
        "risk = \"higher\"",
        "risk = \"higher\"",
        "expected one of",
    ),
    (
        "population = 24_900_000",
        "population = 2_490",
        "outbreak",
        "lower `r` or `seeds`",
    ),
    (
        "report_hours = [4, 12]",
        "report_hours = [13, 12]",
        "tests.report_hours",
        "least",
    ),
    (
        "zh-CN = \"城关区\"",
        "zh-CN = \"城,关区\"",
        "name",
        "without commas",
    ),
];

#[test]
fn a_mistake_names_its_key_and_what_was_expected() {
    for (from, to, key, expected) in CASES {
        let mistakes = Plan::read(&changed(&[(from, to)])).expect_err(to);
        let told = mistakes.to_string();
        assert!(
            told.contains(key) && told.contains(expected),
            "{to}: {told}"
        );
        assert!(!told.contains("u64") && !told.contains("struct "), "{told}");
        for mistake in mistakes.as_slice() {
            assert!(!mistake.words.zh_cn.is_empty(), "{told}");
        }
    }
}

#[test]
fn all_figures_that_do_not_go_together_are_told_at_once() {
    let file = changed(&[
        ("per_community = 800", "per_community = 850"),
        ("within = [\"6230\"]", "within = [\"9\"]"),
    ]);
    let mistakes = Plan::read(&file).unwrap_err();
    assert_eq!(mistakes.as_slice().len(), 2, "{mistakes}");
}
