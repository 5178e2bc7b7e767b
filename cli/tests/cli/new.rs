//! `longma new pack`, as an officer uses it.
use crate::common::{Said, command, copy_of_rules, edit, project, run};
use longma_cli::load::load;
use longma_desk::template::{Request, Texts, pack};
use std::fs;
use std::path::{Path, PathBuf};

fn longma_in(folder: &Path, args: &[&str]) -> Said {
    let mut command = command(args);
    command.current_dir(folder);
    run(command, "")
}

fn new_in(folder: &Path, args: &[&str]) -> Said {
    longma_in(folder, &[&["new", "pack"], args].concat())
}

fn pack_toml(folder: &Path, id: &str) -> String {
    fs::read_to_string(folder.join("rules/packs").join(id).join("pack.toml")).unwrap()
}

/// Checks that the new pack has no error or warning, and that its cases hold.
#[track_caller]
fn green(folder: &Path, id: &str) {
    longma_in(folder, &["check", id, "--deny-warnings"]).ends(0);
    longma_in(folder, &["test", id])
        .ends(0)
        .tells(&[&format!("{id}: "), ", 0 failed\n"]);
}

#[test]
fn a_new_pack_checks_and_tests_green_at_once_whatever_it_inherits() {
    let folder = copy_of_rules("new-green");
    let packs = [
        (
            "63/2022-04-01",
            &["--until", "2022-07-01", "--inherits", "cn"][..],
        ),
        ("6201/2022-04-01", &[]),
        ("620102/2021-06-01", &["--inherits", "62/2020-03-19"]),
        ("64/2023-01-01", &[]),
        (
            "65/2022-07-01",
            &["--inherits", "none", "--until", "2022-07-02"],
        ),
        ("cn/2020-01-01", &["--until", "2020-03-01T12:00:00+08:00"]),
    ];
    for (id, more) in packs {
        let (region, from) = id.split_once('/').unwrap();
        let args = [&["--region", region, "--from", from], more].concat();
        let said = new_in(&folder, &args).ends(0);
        for file in ["pack.toml", "captions.toml", "code.rhai", "cases/code.toml"] {
            assert!(
                said.out.contains(&format!("rules/packs/{id}/{file}\n")),
                "{}",
                said.out
            );
        }
        green(&folder, id);
    }
}

#[test]
fn what_is_not_asked_for_is_settled_and_told() {
    let folder = copy_of_rules("new-told");
    new_in(&folder, &["--region", "63", "--from", "2022-04-01"])
        .ends(0)
        .tells(&[
            "It inherits the plan of cn in force",
            "It ends at 2023-01-08T00:00:00+08:00",
            "`--inherits`",
        ]);
    let text = pack_toml(&folder, "63/2022-04-01");
    assert!(
        text.contains("inherits = \"cn\"\n")
            && text.contains("\nuntil = 2023-01-08T00:00:00+08:00\n")
    );
    // Before the next pack of the region.
    new_in(&folder, &["--region", "63", "--from", "2022-01-01"])
        .ends(0)
        .tells(&["It ends at 2022-04-01T00:00:00+08:00, where 63/2022-04-01 begins"]);
    // After all plans.
    new_in(
        &folder,
        &["--region", "64", "--from", "2023-02-01", "--lang", "zh-CN"],
    )
    .ends(0)
    .tells(&["没有规则提到的人一律为绿码"]);
    assert!(!pack_toml(&folder, "64/2023-02-01").contains("until ="));
}

#[test]
fn cases_that_a_new_pack_answers_otherwise_are_counted() {
    // The persons in the province's cases live in its capital.
    let folder = copy_of_rules("new-answers");
    let city = ["--region", "6201", "--from", "2022-03-10"];
    let alone = new_in(&folder, &[&city[..], &["--inherits", "none"]].concat()).ends(0);
    let province = longma_in(&folder, &["test", "62/2022-03-07"]).ends(1).out;
    let (_, failed) = province.trim_end().rsplit_once(", ").unwrap();
    let failed = failed.strip_suffix(" failed").unwrap();
    alone.tells(&[&format!(
        "{failed} cases of 62/2022-03-07 come out otherwise"
    )]);
    // A pack that inherits the province's rules answers as they do.
    let folder = copy_of_rules("new-answers-alike");
    let beside = new_in(&folder, &city).ends(0).out;
    assert!(!beside.contains("come out otherwise"), "{beside}");
    longma_in(&folder, &["test"]).ends(0);
}

#[test]
fn what_the_template_has_no_example_of_is_refused_with_what_could_be_done() {
    let folder = copy_of_rules("new-gold");
    let pack = ["--region", "63", "--from", "2022-04-01"];
    let new = |more: &[&str]| new_in(&folder, &[&pack[..], more].concat());
    new(&["--decision", "gold"]).ends(2).complains(&[
        "the template has no example of the decision `gold`",
        "that has it with `--like`: 62/gold-2021-05-01",
    ]);
    // Where no pack has it, no list dangles.
    let said = new(&["--decision", "skating"])
        .ends(2)
        .complains(&["[new-decision-none]", "no pack here has it"]);
    assert!(!said.err.contains('—'), "{}", said.err);
    new(&["--decision", "code", "--subject", "person"]).ends(0);
}

/// An empty folder.
fn empty(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn in_an_empty_folder_a_pack_comes_with_the_schema_of_its_subject() {
    let folder = empty("new-empty");
    let begin = ["--region", "62", "--from", "2026-01-01"];
    new_in(&folder, &begin)
        .ends(0)
        .tells(&["  rules/schema/person.schema.json\n"]);
    green(&folder, "62/2026-01-01");
    let shipped = project().join("rules/schema/person.schema.json");
    let written = folder.join("rules/schema/person.schema.json");
    assert_eq!(
        fs::read_to_string(written).unwrap(),
        fs::read_to_string(shipped).unwrap()
    );
    let own = [
        &begin[..],
        &["--subject", "dog_owner", "--decision", "permit"],
    ]
    .concat();
    new_in(&folder, &own)
        .ends(0)
        .tells(&["  rules/schema/dog_owner.schema.json\n", "`clear`"]);
    green(&folder, "62/dog_owner-2026-01-01");
    let said = longma_in(&folder, &["test", "62/dog_owner-2026-01-01", "--coverage"]).ends(0);
    let said = format!("{}{}", said.out, said.err);
    assert!(!said.contains("[coverage]"), "{said}");
    longma_in(&folder, &["check", "--deny-warnings"]).ends(0);
}

/// The example asks for a city that only a param names.
#[test]
fn laws_are_held_against_texts_that_only_a_param_has() {
    let folder = empty("new-laws");
    new_in(&folder, &["--region", "62", "--from", "2026-01-01"]).ends(0);
    let law = "\n[laws.another_stay_never_raises]\nkind = \"never_raises\"\n\
        words = { zh-CN = \"多一次停留，颜色不会变差\", en = \"One more stay never worsens a colour\" }\n\
        decision = \"code\"\nsection = \"stays\"\n";
    let file = folder.join("rules/packs/62/2026-01-01/pack.toml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text + law).unwrap();
    longma_in(&folder, &["laws", "62/2026-01-01"])
        .ends(1)
        .tells(&[
            "another_stay_never_raises",
            "62/2026-01-01/code/example_stay",
        ]);
}

#[test]
fn a_card_says_nothing_of_a_validity_that_no_rule_speaks_of() {
    let folder = empty("new-card");
    let begin = [
        "--region",
        "62",
        "--from",
        "2026-01-01",
        "--subject",
        "boat",
    ];
    new_in(&folder, &begin).ends(0);
    let boat = r#"{"subject":"boat","identity":{"name":"样","document":{"type":"other","number":"B-1"},"region":"620102"},"permits":[],
        "incidents":[{"kind":"serious","happened_at":"2026-02-01T00:00:00+08:00"}]}"#;
    fs::write(folder.join("boat.json"), boat).unwrap();
    let card = |at: &str| {
        let args = ["card", "--facts", "boat.json", "--at", at];
        longma_in(&folder, &args).ends(0)
    };
    let said = card("2026-02-01T00:00:00+08:00").tells(&["Stopped\n"]);
    assert!(!said.out.contains("Valid"), "{}", said.out);
    card("2025-12-31T23:59:59+08:00").tells(&["No rule in force here gives a colour"]);
}

#[test]
fn a_folder_of_another_name_is_a_house_too() {
    let folder = empty("new-elsewhere");
    let place = ["--packs", "mine/packs"];
    let begin = [
        "--region",
        "62",
        "--from",
        "2026-01-01",
        "--subject",
        "boat",
    ];
    new_in(&folder, &[&begin[..], &place].concat())
        .ends(0)
        .tells(&["  mine/schema/boat.schema.json\n"]);
    longma_in(
        &folder,
        &[&["check", "--deny-warnings"][..], &place].concat(),
    )
    .ends(0);
    longma_in(&folder, &[&["test"][..], &place].concat()).ends(0);
    // The folder of a house is no folder of packs.
    new_in(&folder, &[&begin[..], &["--packs", "mine"]].concat())
        .ends(4)
        .complains(&["mine/packs"]);
}

#[test]
fn the_template_reads_the_sections_of_any_schema() {
    let folder = copy_of_rules("new-any");
    for subject in [
        "area",
        "campus_visitor",
        "clinic",
        "forest_visitor",
        "passenger",
        "venue",
    ] {
        let begin = [
            "--region",
            "63",
            "--from",
            "2026-01-01",
            "--subject",
            subject,
        ];
        new_in(&folder, &begin).ends(0);
        green(&folder, &format!("63/{subject}-2026-01-01"));
    }
    // A day is all the room there is.
    let short = "--region 64 --from 2026-01-01 --until 2026-01-02 --subject boat";
    new_in(&folder, &short.split(' ').collect::<Vec<_>>()).ends(0);
    green(&folder, "64/boat-2026-01-01");
}

#[test]
fn the_schema_that_is_there_is_read_and_not_written_over() {
    let folder = empty("new-schema-kept");
    let begin = [
        "--region",
        "62",
        "--from",
        "2026-01-01",
        "--subject",
        "boat",
    ];
    new_in(&folder, &begin).ends(0);
    let schema = folder.join("rules/schema/boat.schema.json");
    edit(&schema, "\"incidents\"", "\"collisions\"");
    let before = fs::read_to_string(&schema).unwrap();
    fs::remove_dir_all(folder.join("rules/packs")).unwrap();
    new_in(&folder, &begin).ends(0);
    assert_eq!(fs::read_to_string(&schema).unwrap(), before);
    let script = folder.join("rules/packs/62/boat-2026-01-01/status.rhai");
    let script = fs::read_to_string(script).unwrap();
    assert!(
        script.contains("fn example_collisions(collisions)"),
        "{script}"
    );
    green(&folder, "62/boat-2026-01-01");
    // The same question cannot be asked twice in one place.
    let city = [
        "--region",
        "6201",
        "--from",
        "2026-01-01",
        "--subject",
        "boat",
    ];
    new_in(&folder, &city)
        .ends(2)
        .complains(&["--> --decision", "62/boat-2026-01-01"]);
    new_in(&folder, &[&city[..], &["--decision", "berth"]].concat()).ends(0);
    green(&folder, "6201/boat-2026-01-01");
}

#[test]
fn where_there_is_no_pack_yet_no_list_of_them_dangles() {
    let folder = empty("new-none");
    new_in(&folder, &["--like", "62/x", "--from", "2026-01-01"])
        .ends(2)
        .complains(&["[new-like-none]", "leave out `--like`"]);
    let begin = ["--region", "62", "--from", "2026-01-01", "--inherits", "cn"];
    new_in(&folder, &begin)
        .ends(2)
        .complains(&["[new-inherits-none]", "leave `--inherits` out"]);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
}

#[test]
fn a_schema_that_cannot_be_read_is_told_where_it_is_wrong() {
    let folder = empty("new-broken");
    let schema = folder.join("rules/schema/boat.schema.json");
    fs::create_dir_all(schema.parent().unwrap()).unwrap();
    fs::write(&schema, "{ broken").unwrap();
    let begin = [
        "--region",
        "62",
        "--from",
        "2026-01-01",
        "--subject",
        "boat",
    ];
    new_in(&folder, &begin)
        .ends(4)
        .complains(&["rules/schema/boat.schema.json:1:"]);
    assert_eq!(fs::read_to_string(&schema).unwrap(), "{ broken");
    assert!(!folder.join("rules/packs").exists());
}

#[test]
fn a_schema_without_records_with_a_time_has_no_example() {
    let folder = copy_of_rules("new-timeless");
    let schema = r#"{ "type": "object", "additionalProperties": false,
        "required": ["subject", "identity"], "properties": {
        "subject": { "type": "string", "enum": ["stone"] },
        "identity": { "type": "object", "additionalProperties": false, "required": ["region"],
            "properties": { "region": { "type": "string" } } },
        "colours": { "type": "array", "items": { "type": "string" } } } }"#;
    fs::write(folder.join("rules/schema/stone.schema.json"), schema).unwrap();
    let begin = [
        "--region",
        "63",
        "--from",
        "2026-01-01",
        "--subject",
        "stone",
    ];
    new_in(&folder, &begin)
        .ends(2)
        .complains(&["[new-subject-sections]", "schema/stone.schema.json"]);
}

#[test]
fn titles_are_taken_as_they_are_written() {
    let folder = copy_of_rules("new-titles");
    let title = "“甲”办法 \"A\" \\ @FROM@";
    new_in(
        &folder,
        &["--region", "63", "--from", "2022-04-01", "--title", title],
    )
    .ends(0);
    green(&folder, "63/2022-04-01");
    let said = longma_in(&folder, &["bundle"]).ends(0).out;
    let bundle: serde_json::Value = serde_json::from_str(&said).unwrap();
    let packs = bundle["packs"].as_array().unwrap();
    let pack = packs
        .iter()
        .find(|pack| pack["id"] == "63/2022-04-01")
        .unwrap();
    assert_eq!(pack["manifest"]["title"]["zh-CN"], title);
    assert_eq!(
        pack["manifest"]["title"]["en"],
        "Rules of region 63 from 2022-04-01"
    );
}

#[test]
fn until_somebody_writes_into_it_a_new_pack_changes_nobody_s_colour() {
    let folder = copy_of_rules("new-harmless");
    let facts = folder.join("facts.json");
    let person = r#"{"subject":"person","identity":{"name":"样","document":{"type":"other","number":"1"},"region":"630102"},
        "issuance":[],"diagnoses":[],"contacts":[],"entries":[],"vaccinations":[],"symptoms":[],"isolation":[],"overrides":[],"flags":[],"tests":[],
        "stays":[{"province":"样","city":"示例市","county":"样","community":"样","arrived":"2022-04-02T08:00:00+08:00","left":"2022-04-02T10:00:00+08:00"}]}"#;
    fs::write(&facts, person).unwrap();
    let area = "risk_areas=rules/reference/risk_areas.sample.csv";
    let level = || {
        let args = [
            "decide",
            "--facts",
            "facts.json",
            "--at",
            "2022-04-02T12:00:00+08:00",
            "--reference",
            area,
            "--json",
        ];
        let said = longma_in(&folder, &args).ends(0).out;
        let outcome: serde_json::Value = serde_json::from_str(&said).unwrap();
        let segments = outcome["decisions"]["code"]["timeline"]
            .as_array()
            .unwrap()
            .clone();
        let levels: Vec<(String, String)> = segments
            .iter()
            .map(|s| (s["from"].to_string(), s["level"].to_string()))
            .collect();
        let mut runs = levels.clone();
        runs.dedup_by(|next, before| next.1 == before.1);
        runs
    };
    let before = level();
    new_in(&folder, &["--region", "63", "--from", "2022-04-01"]).ends(0);
    assert_eq!(level(), before);
}

#[test]
fn a_pack_that_is_in_force_then_is_shown_at_the_line_to_change() {
    let folder = copy_of_rules("new-overlap");
    let before = pack_toml(&folder, "62/2022-03-07");
    let args = ["--region", "62", "--from", "2022-08-01"];
    new_in(&folder, &args).ends(4).complains(&[
        "error[new-overlap]: 62/2022-03-07 is in force until 2022-12-07T00:00:00+08:00",
        "rules/packs/62/2022-03-07/pack.toml:",
        "until = 2022-12-07T00:00:00+08:00",
        "`--close-previous`",
    ]);
    assert_eq!(pack_toml(&folder, "62/2022-03-07"), before);
    assert!(!folder.join("rules/packs/62/2022-08-01").exists());
    // The same for a pack without an end.
    let file = folder.join("rules/packs/62/2022-03-07/pack.toml");
    edit(&file, "until = 2022-12-07T00:00:00+08:00\n", "");
    edit(&file, "inherits  = \"cn\"", "inherits  = \"cn/2022-11-11\"");
    edit(&file, "\"code.medium_risk_stay\"", "\"code.close_contact\"");
    new_in(&folder, &args).ends(4).complains(&[
        "error[new-overlap-open]: ",
        "`until = 2022-08-01T00:00:00+08:00`",
    ]);
}

#[test]
fn the_pack_before_is_closed_when_asked_and_nothing_else_in_it_changes() {
    let folder = copy_of_rules("new-close");
    let before = pack_toml(&folder, "62/2022-03-07");
    new_in(
        &folder,
        &["--region", "62", "--from", "2022-08-01", "--close-previous"],
    )
    .ends(0)
    .tells(&[
        "62/2022-03-07 now ends at 2022-08-01T00:00:00+08:00",
        "rules/packs/62/2022-03-07/pack.toml\n",
        "cases of 62/2022-03-07 no longer hold",
    ]);
    let after = pack_toml(&folder, "62/2022-03-07");
    let changed: Vec<(&str, &str)> = before
        .lines()
        .zip(after.lines())
        .filter(|(a, b)| a != b)
        .collect();
    assert_eq!(before.lines().count(), after.lines().count());
    let [version, until] = changed.as_slice() else {
        panic!("{changed:#?}");
    };
    assert!(version.0.starts_with("version   = \"") && version.1.starts_with("version   = \""));
    assert_eq!(
        *until,
        (
            "until = 2022-12-07T00:00:00+08:00",
            "until = 2022-08-01T00:00:00+08:00"
        )
    );
    // The new pack takes over the rest of the old one's span.
    assert!(pack_toml(&folder, "62/2022-08-01").contains("\nuntil = 2022-12-07T00:00:00+08:00\n"));
    green(&folder, "62/2022-08-01");
}

#[test]
fn a_pack_in_the_midst_of_another_says_that_it_leaves_a_gap() {
    let folder = copy_of_rules("new-gap");
    new_in(
        &folder,
        &[
            "--region",
            "62",
            "--from",
            "2022-08-01",
            "--until",
            "2022-09-01",
            "--close-previous",
        ],
    )
    .ends(0)
    .tells(&["From 2022-09-01T00:00:00+08:00 on no pack of region 62 is in force"]);
}

#[test]
fn an_earlier_pack_is_carried_on_with_the_cases_that_hold() {
    let folder = copy_of_rules("new-like");
    let said = new_in(
        &folder,
        &[
            "--like",
            "62/2022-03-07",
            "--from",
            "2022-08-01",
            "--close-previous",
        ],
    )
    .ends(0)
    .tells(&[
        "cases of 62/2022-03-07 were carried over, moved by 147 days",
        "Left out, since",
        "Run its cases with --coverage",
    ]);
    // The change in March 2022 has nothing to do with the new pack.
    assert!(
        said.out.contains("one second before 2022-03-07"),
        "{}",
        said.out
    );
    let packs = folder.join("rules/packs/62");
    let read = |id: &str, file: &str| fs::read_to_string(packs.join(id).join(file)).unwrap();
    for file in ["code.rhai", "captions.toml"] {
        assert_eq!(read("2022-03-07", file), read("2022-08-01", file));
    }
    let manifest = read("2022-08-01", "pack.toml");
    assert!(manifest.contains("\nversion   = \"1\"\n") && manifest.contains("（2022-08-01）"));
    assert!(read("2022-08-01", "cases/companions.toml").contains("2022-08-"));
    green(&folder, "62/2022-08-01");
    longma_in(&folder, &["test", "62"]).ends(0);
}

#[test]
fn the_next_pack_of_a_series_stays_in_its_series() {
    let folder = copy_of_rules("new-series");
    let args = [
        "--like",
        "62/gold-2021-05-01",
        "--from",
        "2022-08-01",
        "--close-previous",
    ];
    new_in(&folder, &args)
        .ends(0)
        .tells(&["rules/packs/62/gold-2022-08-01/gold.rhai"]);
    green(&folder, "62/gold-2022-08-01");
}

/// Refused requests: the arguments, the option concerned, and the message in English
/// and in Chinese.
const REFUSED: [[&str; 4]; 25] = [
    [
        "--region 63 --from 2022-04-01 --subject Dog-Owner",
        "--subject",
        "`Dog-Owner` cannot be a name",
        "“Dog-Owner”不能用作名称",
    ],
    [
        "--region 63 --from 2022-04-01 --subject boat --decision ../x",
        "--decision",
        "lower-case letters",
        "小写字母",
    ],
    [
        "--region 63 --from 2022-04-01 --subject boat --inherits cn",
        "--inherits",
        "inherits nothing",
        "不继承任何规则包",
    ],
    [
        "--region 6 --from 2022-04-01",
        "--region",
        "not a region's code",
        "不是地区代码",
    ],
    [
        "--region 622 --from 2022-04-01",
        "--region",
        "not a region's code",
        "不是地区代码",
    ],
    [
        "--region 62010 --from 2022-04-01",
        "--region",
        "not a region's code",
        "不是地区代码",
    ],
    ["--region 99 --from 2022-04-01", "--region", "`99`", "“99”"],
    [
        "--region gansu --from 2022-04-01",
        "--region",
        "by GB/T 2260",
        "按 GB/T 2260",
    ],
    [
        "--region CN --from 2022-04-01",
        "--region",
        "give cn",
        "全国写 cn",
    ],
    [
        "--region 63 --from 2022-4-1",
        "--from",
        "neither a day",
        "不是日期，也不是时刻",
    ],
    [
        "--region 63 --from 2022-02-30",
        "--from",
        "neither a day",
        "不是日期，也不是时刻",
    ],
    [
        "--region 63 --from 20220401",
        "--from",
        "neither a day",
        "不是日期，也不是时刻",
    ],
    [
        "--region 63 --from 2022-04-01T00:00:00",
        "--from",
        "with its offset",
        "带时区的时刻",
    ],
    ["--region 63 --from soon", "--from", "`soon`", "“soon”"],
    [
        "--region 63 --from 2022-04-01 --until 2022-04-01",
        "--until",
        "not after its beginning",
        "并不晚于起点",
    ],
    [
        "--region 630100 --from 2022-04-01",
        "--region",
        "name the folder 6301",
        "请把文件夹改名为 6301",
    ],
    [
        "--region 63 --from 2022-04-01 --inherits c",
        "--inherits",
        "no region and no pack `c`",
        "没有地区或规则包“c”",
    ],
    [
        "--region 63 --from 2022-04-01 --inherits cn/2022-06-29",
        "--inherits",
        "cn/2022-06-28",
        "cn/2022-06-28",
    ],
    [
        "--region 62 --from 2022-08-01 --inherits 62",
        "--inherits",
        "cannot inherit the region 62",
        "不能继承自己所在的地区",
    ],
    [
        "--region 63 --from 2020-01-01 --inherits cn",
        "--inherits",
        "[2021-05-14T00:00:00+08:00, ",
        "[2021-05-14T00:00:00+08:00, ",
    ],
    [
        "--region 63 --from 2022-04-01 --inherits cn --until 2023-02-01",
        "--until",
        "only until 2023-01-08T00:00:00+08:00",
        "只生效到 2023-01-08T00:00:00+08:00",
    ],
    [
        "--region 62 --from 2020-01-01 --inherits none --until 2020-03-01",
        "--until",
        "62/2020-02-21",
        "62/2020-02-21",
    ],
    [
        "--like 62/2022-03-08 --from 2022-04-01",
        "--like",
        "62/2022-03-07",
        "62/2022-03-07",
    ],
    [
        "--region 62 --from 2022-03-07",
        "--from",
        "62/2022-03-07 exists already",
        "62/2022-03-07 已经存在",
    ],
    [
        "--region 63 --from 2022-04-01 --inherits 62/gold-2021-05-01",
        "--inherits",
        "does not decide the code",
        "没有判定个人的健康码",
    ],
];

#[test]
fn what_is_wrong_with_a_request_is_told_at_its_option() {
    let folder = copy_of_rules("new-refused");
    let packs = folder.join("rules/packs");
    let regions = || fs::read_dir(&packs).unwrap().count();
    let before = regions();
    for [line, option, english, chinese] in REFUSED {
        for (lang, said) in [("en", english), ("zh-CN", chinese)] {
            let args: Vec<&str> = line.split(' ').chain(["--lang", lang]).collect();
            let refused = new_in(&folder, &args).ends(2);
            // Ignores line breaks, which depend on the page's width.
            let told: String = refused.err.split_whitespace().collect();
            let wanted: String = said.split_whitespace().collect();
            assert!(told.contains(&wanted), "{line}: {}", refused.err);
            refused.complains(&[&format!("--> {option}\n")]);
        }
    }
    assert_eq!(regions(), before, "nothing is written");
}

#[test]
fn several_mistakes_are_told_at_once() {
    let folder = copy_of_rules("new-several");
    new_in(
        &folder,
        &[
            "--region",
            "6",
            "--from",
            "soon",
            "--until",
            "later",
            "--inherits",
            "x",
        ],
    )
    .ends(2)
    .complains(&[
        "--> --region",
        "--> --from",
        "--> --until",
        "--> --inherits",
        "4 problems",
    ]);
}

#[test]
fn a_folder_that_is_there_is_never_written_into() {
    let folder = copy_of_rules("new-exists");
    let target = folder.join("rules/packs/63");
    fs::create_dir_all(&target).unwrap();
    // A file, not a pack's folder, so the loader does not see it.
    fs::write(target.join("2022-04-01"), "mine").unwrap();
    new_in(&folder, &["--region", "63", "--from", "2022-04-01"])
        .ends(5)
        .complains(&[
            "rules/packs/63/2022-04-01 exists already",
            "nothing was written",
        ]);
    assert_eq!(
        fs::read_to_string(target.join("2022-04-01")).unwrap(),
        "mine"
    );
}

#[test]
fn a_bundle_is_no_place_for_a_new_pack() {
    let folder = copy_of_rules("new-bundle");
    longma_in(&folder, &["bundle", "--out", "bundle.json"]).ends(0);
    new_in(
        &folder,
        &[
            "--region",
            "63",
            "--from",
            "2022-04-01",
            "--packs",
            "bundle.json",
        ],
    )
    .ends(2)
    .complains(&["bundle.json is a bundle"]);
}

/// The desk works without a disk, and refuses to change a file whose text it does not
/// have.
#[test]
fn the_library_writes_a_pack_from_a_bundle_and_changes_no_text_that_it_does_not_have() {
    let bundle = load(&project().join("rules/packs")).unwrap().bundle;
    let ask = |request: &str| {
        let request: Request = serde_json::from_str(request).unwrap();
        pack(&request, &bundle, &Texts::new())
    };
    let new = ask(r#"{ "region": "63", "from": "2022-04-01" }"#).unwrap();
    assert_eq!(new.id, "63/2022-04-01");
    assert_eq!(new.files.len(), 4);
    assert!(new.changed.is_empty());
    for (request, code) in [
        (
            r#"{ "like": "62/2022-03-07", "from": "2023-02-01", "inherits": "cn/2022-11-11" }"#,
            "new-like-unread",
        ),
        (
            r#"{ "region": "62", "from": "2022-08-01", "close_previous": true }"#,
            "new-unedited",
        ),
        (r#"{ "from": "2022-08-01" }"#, "new-region-missing"),
    ] {
        let found = ask(request).unwrap_err();
        let codes: Vec<&str> = found.iter().map(|finding| finding.code.as_str()).collect();
        assert_eq!(codes, [code], "{found:#?}");
        assert!(found.iter().all(|finding| finding.help.is_some()));
    }
}

#[test]
fn a_pack_can_be_abroad_or_of_an_organisation_and_keeps_its_neighbour_s_zone() {
    let folder = empty("new-abroad");
    let asked = |region: &str, from: &str, more: &[&str]| {
        let begin = ["--region", region, "--from", from, "--subject", "boat"];
        new_in(&folder, &[&begin, more].concat())
    };
    asked("org-college", "2026-01-01", &[]).ends(0);
    green(&folder, "org-college/boat-2026-01-01");
    asked("de", "2026-01-01", &[]).ends(0);
    let manifest = folder.join("rules/packs/de/boat-2026-01-01/pack.toml");
    edit(&manifest, "subject ", "zone = \"Europe/Berlin\"\nsubject ");
    // Clocks are put on the second of the example's three days.
    let next = ["--decision", "permit", "--close-previous"];
    asked("de", "2026-03-28", &next).ends(0);
    green(&folder, "de/boat-2026-03-28");
    assert!(pack_toml(&folder, "de/boat-2026-03-28").contains("\nzone      = \"Europe/Berlin\"\n"));
}

#[test]
fn a_region_that_the_subject_s_facts_cannot_have_is_told() {
    let folder = copy_of_rules("new-elsewhere");
    let said = new_in(&folder, &["--region", "de-by", "--from", "2026-01-01"]);
    said.ends(2).complains(&[
        "new-region-schema",
        "schema/person.schema.json",
        "the region de-by",
    ]);
}
