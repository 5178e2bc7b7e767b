//! `bench/counts.toml`: what was counted when somebody last looked.

use crate::valgrind;
use crate::workload::{PERSONS, Workload};
use crate::{Result, root};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::process::Command;

const FILE: &str = "bench/counts.toml";
/// How far from what was kept a count may be, in percent.
const TOLERANCE: u64 = 5;

/// What the file says.
#[derive(Debug)]
pub(crate) struct Kept {
    counts: BTreeMap<String, u64>,
    /// Processor and system.
    pub(crate) target: String,
    compiler: String,
}

impl Kept {
    /// Reads the file.
    pub(crate) fn read() -> Result<Self> {
        let text = fs::read_to_string(root().join(FILE))
            .map_err(|error| format!("{FILE} cannot be read: {error}; {RECORD}"))?;
        Self::of(&text).ok_or_else(|| format!("{FILE} is not in its form; {RECORD}"))
    }

    /// The lines `name = value`: a name has letters and `_`, a value is a number without
    /// signs but `_`, or a text without escapes.
    fn of(text: &str) -> Option<Self> {
        let mut kept = Self {
            counts: BTreeMap::new(),
            target: String::new(),
            compiler: String::new(),
        };
        for line in text
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            let (name, value) = line.split_once(" = ")?;
            let quoted = || {
                value
                    .strip_prefix('"')?
                    .strip_suffix('"')
                    .map(str::to_owned)
            };
            match name {
                "target" => kept.target = quoted()?,
                "compiler" => kept.compiler = quoted()?,
                name => {
                    let count = value.replace('_', "").parse().ok()?;
                    kept.counts.insert(name.to_owned(), count);
                }
            }
        }
        Some(kept)
    }

    /// What was kept of a workload.
    pub(crate) fn of_workload(&self, workload: &Workload) -> Option<u64> {
        self.counts.get(workload.name).copied()
    }

    /// A sentence that compares a count with what was kept.
    ///
    /// # Errors
    /// The sentence, with what to do, if they are further apart than the tolerance.
    pub(crate) fn compare(&self, workload: &Workload, count: u64) -> Result<String> {
        let name = workload.name;
        let kept = self
            .of_workload(workload)
            .ok_or_else(|| format!("{FILE} has no count of `{name}`; {RECORD}"))?;
        let apart = count.abs_diff(kept);
        let more = match count.cmp(&kept) {
            Ordering::Greater => "more",
            Ordering::Equal => "apart",
            Ordering::Less => "less",
        };
        let permille = (apart * 1_000).checked_div(kept).unwrap_or(1_000);
        let told = format!(
            "{name}: {} instructions a person, {} were kept: {}.{} % {more}",
            spaced(count),
            spaced(kept),
            permille / 10,
            permille % 10
        );
        if apart * 100 <= kept * TOLERANCE {
            return Ok(told);
        }
        let advice = if count > kept {
            format!(
                "it has become slower: find out why (target/counts/{name}.callgrind, \
                 callgrind_annotate shows it); if it has to be, {RECORD} and say why in the commit"
            )
        } else {
            format!("it has become faster: {RECORD}")
        };
        let mut told = format!("{told}, and {TOLERANCE} % are allowed.\n  {advice}");
        let compiler = compiler();
        if compiler != self.compiler {
            let _ = write!(
                told,
                "\n  another compiler can also be the reason: kept with {}, counted with {compiler}",
                self.compiler
            );
        }
        Err(told)
    }

    /// Writes the file.
    pub(crate) fn write(counts: &[(&Workload, u64)]) -> Result<()> {
        let mut text = format!(
            "# Instructions for one person, the mean of {PERSONS}: what callgrind counts in a release\n\
             # build with the sample list of risk areas. `cargo xtask test` holds each count to\n\
             # these, {TOLERANCE} % more or less; `cargo xtask counts --keep` writes this file.\n\n\
             target = \"{}\"\ncompiler = \"{}\"\n",
            valgrind::target(),
            compiler()
        );
        for (workload, count) in counts {
            let (name, count) = (workload.name, spaced(*count).replace(',', "_"));
            let _ = write!(text, "\n# {}\n{name} = {count}\n", wrapped(workload.does));
        }
        fs::write(root().join(FILE), text)
            .map_err(|error| format!("{FILE} cannot be written: {error}"))
    }
}

const RECORD: &str = "record the new count with `cargo xtask counts --keep`";

/// The compiler's name and version.
fn compiler() -> String {
    let output = Command::new("rustc").arg("--version").output();
    let told = output.map(|output| output.stdout).unwrap_or_default();
    let told = String::from_utf8_lossy(&told);
    let words: Vec<&str> = told.split_whitespace().take(2).collect();
    words.join(" ")
}

/// A number in groups of three digits.
fn spaced(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A comment over several lines.
fn wrapped(text: &str) -> String {
    let mut lines = String::new();
    let mut width = 0;
    for word in text.split(' ') {
        if width + word.len() > 90 {
            lines.push_str("\n#");
            width = 0;
        }
        if !lines.is_empty() {
            lines.push(' ');
        }
        lines.push_str(word);
        width += word.len() + 1;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{Kept, spaced};
    use crate::workload::WORKLOADS;

    fn compared(kept: u64, count: u64) -> Result<String, String> {
        let [workload, ..] = &WORKLOADS;
        let text = format!("# of what\n\ntarget = \"a\"\n{} = {kept}\n", workload.name);
        let kept = Kept::of(&text).ok_or("it is not in its form")?;
        kept.compare(workload, count)
    }

    #[test]
    fn a_count_may_be_five_percent_away() {
        let told = |told: &str| Ok(format!("read_typical: {told}"));
        assert_eq!(
            compared(2_000, 2_100),
            told("2,100 instructions a person, 2,000 were kept: 5.0 % more")
        );
        assert_eq!(
            compared(2_000, 1_900),
            told("1,900 instructions a person, 2,000 were kept: 5.0 % less")
        );
    }

    #[test]
    fn further_away_it_says_what_to_do() {
        let slower = compared(2_000, 2_101).err().unwrap_or_default();
        assert!(slower.contains("find out why"), "{slower}");
        let faster = compared(2_000, 1_899).err().unwrap_or_default();
        assert!(faster.contains("it has become faster: record"), "{faster}");
    }

    #[test]
    fn a_workload_that_was_never_counted_is_named() {
        let [_, other, _] = &WORKLOADS;
        let kept = Kept::of("target = \"a\"\n");
        let told = kept.and_then(|kept| kept.compare(other, 1).err());
        assert!(told.is_some_and(|told| told.contains("no count of `decide_typical`")));
    }

    #[test]
    fn numbers_are_read_as_they_are_written() {
        assert_eq!(spaced(1_234_567), "1,234,567");
        let kept = Kept::of("a = 1_234_567\n");
        assert_eq!(
            kept.and_then(|it| it.counts.get("a").copied()),
            Some(1_234_567)
        );
        assert!(Kept::of("a: 1\n").is_none());
    }
}
