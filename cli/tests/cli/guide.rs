//! Checks the guides for policy staff: runs every command in them and writes every file in
//! them, in order, in a copy of the rules.
use crate::common::{command, copy_of_rules, project, run};
use std::fs;
use std::path::Path;

/// Something that the guide tells its reader to do.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// Writes a file: its path and text.
    Write(String, String),
    /// Runs a command: its arguments, exit code and output.
    Run(Vec<String>, i32, String),
}

impl Step {
    /// The step without its output, which differs by language.
    fn done(&self) -> String {
        match self {
            Self::Write(path, text) => format!("{path}\n{text}"),
            Self::Run(args, exit, _) => format!("{args:?} ends with {exit}"),
        }
    }
}

/// The steps of a guide: fenced blocks with `file=…`, and commands in `console`
/// blocks, which end with 0 unless the block says `exit=…`.
fn steps(guide: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut lines = guide.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else {
            continue;
        };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        let word = |key: &str| info.split(' ').find_map(|word| word.strip_prefix(key));
        if let Some(path) = word("file=") {
            steps.push(Step::Write(path.to_owned(), block.join("\n") + "\n"));
        } else if info.split(' ').next() == Some("console") {
            let exit = word("exit=").map_or(0, |exit| exit.parse().unwrap());
            steps.extend(commands(&block, exit));
        }
    }
    steps
}

/// The commands of a block, each with the lines below it.
fn commands(block: &[&str], exit: i32) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut rest = block;
    while let [first, more @ ..] = rest {
        let line = first
            .strip_prefix("$ longma ")
            .unwrap_or_else(|| panic!("no command: {first}"));
        let args = line.split(' ').map(str::to_owned).collect();
        let end = more
            .iter()
            .position(|line| line.starts_with("$ "))
            .unwrap_or(more.len());
        let (shown, after) = more.split_at(end);
        steps.push(Step::Run(args, exit, shown.join("\n")));
        rest = after;
    }
    steps
}

/// Whether `said` matches what the guide shows. `…` stands for any text, and on a line
/// of its own for any lines. If nothing is shown, anything matches.
fn shows(shown: &str, said: &str) -> bool {
    let squeezed = |text: &str| -> String {
        text.lines()
            .map(str::trim_end)
            .filter(|line| !line.is_empty())
            .collect::<Vec<_>>()
            .join("\n")
    };
    let (shown, said) = (squeezed(shown), squeezed(said));
    if shown.is_empty() {
        return true;
    }
    let parts: Vec<&str> = shown
        .split('…')
        .map(|part| part.trim_matches('\n'))
        .collect();
    let (Some(first), Some(last)) = (parts.first(), parts.last()) else {
        return false;
    };
    if !said.starts_with(first) || !said.ends_with(last) {
        return false;
    }
    let mut rest = said.as_str();
    parts.iter().all(|part| match rest.split_once(part) {
        Some((_, after)) => {
            rest = after;
            true
        }
        None => false,
    })
}

fn read(name: &str) -> Vec<Step> {
    steps(&fs::read_to_string(project().join("docs").join(name)).unwrap())
}

/// Follows a guide as its reader does.
#[track_caller]
fn follow(name: &str, lang: &str) {
    let folder = copy_of_rules(&format!("{name}-{lang}"));
    let steps = read(name);
    assert!(steps.len() > 10, "{steps:#?}");
    for step in steps {
        match step {
            Step::Write(path, text) => write(&folder, &path, &text),
            Step::Run(args, exit, shown) => {
                let args: Vec<&str> = args.iter().map(String::as_str).collect();
                let mut command = command(&args);
                command.current_dir(&folder).env("LANG", lang);
                let said = run(command, "").ends(exit);
                let all = format!("{}{}", said.out, said.err);
                assert!(
                    shows(&shown, &all),
                    "{name}: longma {args:?} says\n{all}\nand not\n{shown}"
                );
            }
        }
    }
}

/// Writes a file, as an editor does that makes the folder too.
fn write(folder: &Path, path: &str, text: &str) {
    let file = folder.join(path);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, text).unwrap_or_else(|error| panic!("{path}: {error}"));
}

#[test]
fn the_english_guide_can_be_followed() {
    follow("policy-guide.md", "en_US.UTF-8");
}

#[test]
fn the_chinese_guide_can_be_followed() {
    follow("policy-guide.zh-CN.md", "zh_CN.UTF-8");
}

#[test]
fn the_english_guide_to_own_subjects_can_be_followed() {
    follow("own-subject.md", "en_US.UTF-8");
}

#[test]
fn the_chinese_guide_to_own_subjects_can_be_followed() {
    follow("own-subject.zh-CN.md", "zh_CN.UTF-8");
}

/// The guides in English; each has the same in Chinese.
const GUIDES: [&str; 2] = ["policy-guide", "own-subject"];

#[test]
fn both_languages_of_a_guide_have_the_same_commands_and_files() {
    let done = |name: &str| -> Vec<String> { read(name).iter().map(Step::done).collect() };
    for guide in GUIDES {
        let english = done(&format!("{guide}.md"));
        assert_eq!(english, done(&format!("{guide}.zh-CN.md")), "{guide}");
    }
}

#[test]
fn every_file_in_the_guides_is_one_that_is_written() {
    let names = GUIDES.map(|guide| [format!("{guide}.md"), format!("{guide}.zh-CN.md")]);
    for name in names.as_flattened() {
        let guide = fs::read_to_string(project().join("docs").join(name)).unwrap();
        let blocks = guide.lines().filter_map(|line| line.strip_prefix("```"));
        for info in blocks.filter(|info| info.starts_with("toml") || info.starts_with("json")) {
            assert!(info.contains(" file="), "{name}: ```{info}");
        }
    }
}

#[test]
fn what_is_left_out_may_be_anything_and_what_is_shown_may_not() {
    assert!(shows("a\n…\nd", "a\nb\nc\nd\n"));
    assert!(shows("a … c", "a b c"));
    assert!(shows("", "anything"));
    assert!(!shows("a\n…\nd", "a\nb\nd\ne"));
    assert!(!shows("a\n…\nd", "b\na\nd"));
    assert!(!shows("a\nc", "a\nb\nc"));
}
