//! Functions that the decisions of a pack share.
//!
//! A pack's `shared.rhai` holds private functions for its own scripts and for those of packs
//! that inherit from it. Reading copies into each script the ones that it calls, each behind
//! a line that names the file and line it comes from, so that everything else sees one text
//! for each decision. [`Lines`] turns places in a copy into places in the file.
//!
//! A name means one function wherever it can be called: in a line of descent it is shared
//! once, and a script that would get different functions at different times is refused.

use crate::code::Code;
use crate::lineage::lineages;
use crate::manifest::PackSource;
use crate::pack::Pack;
use crate::texts::{House, Mended, Texts};
use longma_core::order::Gather;
use longma_core::{PackId, Place, Problem, Problems, Severity};
use longma_lang::check::alone;
use longma_lang::finding::{Finding, Spot};
use longma_lang::script::Script;
use longma_lang::syntax::{COPY, Function, Lines, Name, parse, print};
use std::collections::{BTreeMap, BTreeSet};

/// The name of the file, without its ending. No decision can have it.
pub const SHARED: &str = "shared";

/// A function's name and number of parameters.
type Key = (String, usize);

/// A function that packs share.
#[derive(Debug, Clone)]
struct Piece {
    key: Key,
    /// The function as a script gets it: the line that names its place, and its text.
    text: String,
    /// The function in a canonical form.
    printed: String,
    /// Where its name stands.
    spot: Spot,
}

/// Adds the shared functions to the packs of a house.
pub(crate) fn share(house: &mut House, texts: &Texts) {
    let mut lost = BTreeSet::new();
    let sheets: Vec<Vec<Piece>> = house
        .bundle
        .packs
        .iter()
        .map(|pack| sheet(&pack.id, texts, &mut lost, &mut house.findings))
        .collect();
    if sheets.iter().all(Vec::is_empty) && lost.is_empty() {
        return;
    }
    let lines = lines_of_descent(&house.bundle.packs);
    for (index, pack) in house.bundle.packs.iter_mut().enumerate() {
        let lines = lines.get(index).map_or(&[][..], Vec::as_slice);
        let seen = Seen::of(lines, &sheets, &mut house.findings);
        pack.shared = seen.same.iter().map(|piece| piece.text.clone()).collect();
        for (decision, text) in &mut pack.scripts {
            text.push_str(&copies_for(text, &pack.shared));
            let file = PackId::read(&*pack.id).script(decision);
            let script = Script::read(file, text.as_str());
            seen.check(&script, &mut house.findings);
            if missing(&script).any(|(key, _)| lost.contains(&key)) {
                house.mended.push(Mended {
                    file: script.file,
                    key: Vec::new(),
                });
            }
        }
    }
}

/// What a script needs behind it: those of the `shared` functions that it calls.
pub(crate) fn copies_for(script: &str, shared: &[String]) -> String {
    if shared.is_empty() {
        return String::new();
    }
    let pieces: Vec<(Key, &str, Vec<Function>)> = shared
        .iter()
        .filter_map(|text| {
            let functions = parse(text).script.functions;
            Some((key(functions.first()?), text.as_str(), functions))
        })
        .collect();
    let own = parse(script).script.functions;
    let mut known: BTreeSet<Key> = own.iter().map(key).into_set();
    let mut open: Vec<Key> = own.iter().flat_map(called).map(|(key, _)| key).collect();
    let mut taken = BTreeSet::new();
    while let Some(next) = open.pop() {
        let found = pieces.iter().position(|(key, ..)| *key == next);
        if let Some((index, (.., functions))) = found.and_then(|at| Some((at, pieces.get(at)?)))
            && known.insert(next)
        {
            taken.insert(index);
            open.extend(functions.iter().flat_map(called).map(|(key, _)| key));
        }
    }
    let mut copies = String::new();
    if !script.ends_with('\n') && !taken.is_empty() {
        copies.push('\n');
    }
    let taken = taken.iter().filter_map(|index| pieces.get(*index));
    copies.extend(taken.map(|(_, text, _)| *text));
    copies
}

/// The functions of a pack's `shared.rhai`; `lost` gets those that cannot be read.
fn sheet(
    id: &str,
    texts: &Texts,
    lost: &mut BTreeSet<Key>,
    findings: &mut Vec<Finding>,
) -> Vec<Piece> {
    let file = PackId::read(id).script(SHARED);
    let Some(text) = texts.get(&file) else {
        return Vec::new();
    };
    let script = Script::read(&*file, text.as_str());
    let told = alone(&script).into_iter();
    findings.extend(told.filter(|finding| finding.severity == Severity::Error));
    let mut pieces = Vec::new();
    for function in &script.parsed.script.functions {
        let at = Spot::Range(script.lines.range(&file, &function.name.bytes));
        if !function.private {
            let name = &function.name.text;
            findings.push(finding(Code::SharedRule, at.clone(), name, &file));
            lost.insert(key(function));
            continue;
        }
        let errors = &script.parsed.errors;
        let broken = errors
            .iter()
            .any(|error| function.bytes.contains(&error.bytes.start));
        let start = function
            .docs
            .first()
            .map_or(function.bytes.start, |doc| doc.bytes.start);
        let written = text.get(start..function.bytes.end);
        let Some(written) = written.filter(|_| !broken) else {
            lost.insert(key(function));
            continue;
        };
        let begin = script.lines.position(start);
        let indent = " ".repeat(begin.column - 1);
        pieces.push(Piece {
            key: key(function),
            text: format!("{COPY}{file}:{}\n{indent}{written}\n", begin.line),
            printed: print(&longma_lang::syntax::Script {
                functions: vec![function.clone()],
                ..Default::default()
            }),
            spot: at,
        });
    }
    pieces
}

/// The lines of descent of every pack, as positions, the own pack first.
fn lines_of_descent(sources: &[PackSource]) -> Vec<Vec<Vec<usize>>> {
    let nobody: BTreeMap<String, String> = BTreeMap::new();
    let packs: Vec<Pack<'_, ()>> = sources
        .iter()
        .map(|source| Pack::place_of(source, &nobody, &mut Problems::default()))
        .collect();
    let of = |index| {
        let (found, _) = lineages(&packs, index);
        let mut lines: Vec<Vec<usize>> = found.into_iter().map(|line| line.packs).collect();
        lines.dedup();
        if lines.is_empty() {
            lines.push(vec![index]);
        }
        lines
    };
    (0..packs.len()).map(of).collect()
}

/// The shared functions that the scripts of one pack see.
struct Seen<'s> {
    /// Those that are the same in each of its lines of descent, its own first.
    same: Vec<&'s Piece>,
    /// The names of those that are not.
    differing: BTreeSet<&'s Key>,
}

impl<'s> Seen<'s> {
    fn of(lines: &[Vec<usize>], sheets: &'s [Vec<Piece>], findings: &mut Vec<Finding>) -> Self {
        let mut all: Vec<BTreeMap<&Key, &Piece>> = Vec::new();
        let mut order: Vec<&Piece> = Vec::new();
        let mut told = BTreeSet::new();
        for line in lines {
            let mut line = line.iter().filter_map(|index| sheets.get(*index));
            let sheet = line.next().map_or(&[][..], Vec::as_slice);
            order.extend(sheet);
            let own: BTreeMap<&Key, &Piece> = sheet.iter().map(|it| (&it.key, it)).into_map();
            let mut seen = own.clone();
            for piece in line.flatten() {
                // What ancestors have of one another is told of them.
                if let Some(near) = own.get(&piece.key)
                    && told.insert(&piece.key)
                {
                    let file = piece.spot.file().unwrap_or_default();
                    let at = near.spot.clone();
                    findings.push(finding(Code::SharedAgain, at, &near.key.0, file));
                }
                seen.entry(&piece.key).or_insert(piece);
                order.push(piece);
            }
            all.push(seen);
        }
        let mut same: Vec<&Piece> = Vec::new();
        let mut differing = BTreeSet::new();
        for piece in order {
            let everywhere = all.iter().all(|seen| {
                seen.get(&piece.key)
                    .is_some_and(|it| it.printed == piece.printed)
            });
            if !everywhere {
                differing.insert(&piece.key);
            } else if same.iter().all(|it| it.key != piece.key) {
                same.push(piece);
            }
        }
        Self { same, differing }
    }

    /// Reports functions of a script that are shared already, and calls of shared ones that
    /// are not the same at all times.
    fn check(&self, script: &Script<'_>, findings: &mut Vec<Finding>) {
        let functions = &script.parsed.script.functions;
        let spot = |name: &Name| Spot::Range(script.lines.range(&script.file, &name.bytes));
        for function in functions {
            let shared = self.same.iter().find(|piece| piece.key == key(function));
            let at = spot(&function.name);
            if let Some(shared) = shared
                && at.file() == Some(&script.file)
            {
                let file = shared.spot.file().unwrap_or_default();
                let name = &function.name.text;
                findings.push(finding(Code::SharedAgain, at, name, file));
            }
        }
        for (key, name) in missing(script) {
            if self.differing.contains(&key) {
                let told = finding(Code::SharedDiffers, spot(name), &name.text, &script.file);
                if !findings.contains(&told) {
                    findings.push(told);
                }
            }
        }
    }
}

/// The calls in a script of functions that it does not have.
fn missing<'s>(script: &'s Script<'_>) -> impl Iterator<Item = (Key, &'s Name)> {
    let functions = &script.parsed.script.functions;
    let own: BTreeSet<Key> = functions.iter().map(key).into_set();
    let calls = functions.iter().flat_map(called);
    calls.filter(move |(key, _)| !own.contains(key))
}

/// The private functions that `pack` shares and that no script of these packs calls, each
/// with the place of its name.
#[must_use]
pub fn unused(pack: &PackSource, all: &[PackSource]) -> Vec<(String, Spot)> {
    if pack.shared.is_empty() {
        return Vec::new();
    }
    let own = PackId::read(&*pack.id).script(SHARED);
    let heirs = heirs(pack, all);
    let scripts = || heirs.iter().flat_map(|pack| pack.scripts.values());
    let pieces = pack.shared.iter().filter_map(|text| {
        line_in(text, &own)?;
        let script = parse(text).script;
        let name = &script.functions.first()?.name;
        let call = format!("{}(", name.text);
        if scripts().any(|script| script.contains(&call)) {
            return None;
        }
        let range = Lines::new(text.as_str()).range(&own, &name.bytes);
        Some((name.text.clone(), Spot::Range(range)))
    });
    pieces.collect()
}

/// The pack and all that inherit from it.
fn heirs<'p>(pack: &'p PackSource, all: &'p [PackSource]) -> Vec<&'p PackSource> {
    let mut heirs = vec![pack];
    let mut next = 0;
    while let Some(parent) = heirs.get(next).map(|pack| PackId::read(&*pack.id)) {
        let inherits = |pack: &&PackSource| {
            let named = pack.manifest.inherits.as_deref();
            named.is_some_and(|name| parent.is_named(name))
        };
        for heir in all.iter().filter(inherits) {
            if heirs.iter().all(|known| known.id != heir.id) {
                heirs.push(heir);
            }
        }
        next += 1;
    }
    heirs
}

/// The path of a pack's `shared.rhai`, and its text as far as the pack has it: its functions
/// on their lines, and empty lines around them. `None` if it shares nothing of its own.
#[must_use]
pub fn own_text(pack: &PackSource) -> Option<(String, String)> {
    let own = PackId::read(&*pack.id).script(SHARED);
    let mut whole: Vec<&str> = Vec::new();
    for text in &pack.shared {
        let Some(line) = line_in(text, &own) else {
            continue;
        };
        let written: Vec<&str> = text.lines().skip(1).collect();
        // Functions are kept in the order of their lines, and two can share one.
        whole.resize(whole.len().max(line - 1), "");
        let known = whole.len() - (line - 1);
        whole.extend(written.into_iter().skip(known));
    }
    (!whole.is_empty()).then(|| (own, whole.join("\n")))
}

/// The line where a shared function stands in `file`; `None` if it stands in another.
fn line_in(text: &str, file: &str) -> Option<usize> {
    let lines = Lines::new(text);
    let mut copies = lines.copies();
    copies.find(|(of, _)| *of == file).map(|(_, line)| line)
}

fn key(function: &Function) -> Key {
    (function.name.text.clone(), function.parameters.len())
}

fn called(function: &Function) -> impl Iterator<Item = (Key, &Name)> {
    let calls = function.calls().into_iter();
    calls.map(|(name, count)| ((name.text.clone(), count), name))
}

fn finding(code: Code, spot: Spot, name: &str, file: &str) -> Finding {
    let problem = Problem::new(code, Place::None)
        .with("name", name)
        .with("file", file);
    Finding {
        instead: None,
        spot,
        ..Finding::from(problem)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::texts::read;

    /// The packs `cn/2022-01-01`, until 1 March, `cn/2022-03-01`, which inherits it by id, and
    /// `62/2022-02-01`, which inherits from both by region.
    fn house(files: &[(&str, &str)]) -> House {
        let manifest = |from: &str, until: &str, inherits: &str| {
            format!(
                "subject = \"person\"\nversion = \"1\"\n{inherits}\n\
                 title = {{ zh-CN = \"方案\", en = \"A plan\" }}\n\
                 authority = {{ zh-CN = \"省\", en = \"Province\" }}\n\
                 [effective]\nfrom = 2022-{from}T00:00:00+08:00\n{until}\n"
            )
        };
        let end = "until = 2022-03-01T00:00:00+08:00";
        let mut texts: Texts = [
            ("cn/2022-01-01", manifest("01-01", end, "")),
            (
                "cn/2022-03-01",
                manifest("03-01", "", "inherits = \"cn/2022-01-01\""),
            ),
            ("62/2022-02-01", manifest("02-01", "", "inherits = \"cn\"")),
        ]
        .into_iter()
        .flat_map(|(id, manifest)| {
            let file = |name: &str| PackId::read(id).file(name);
            [
                (file("pack.toml"), manifest),
                (file("captions.toml"), String::new()),
            ]
        })
        .collect();
        for (file, text) in files {
            texts.insert(format!("packs/{file}"), (*text).to_owned());
        }
        read(&texts)
    }

    fn script<'h>(house: &'h House, id: &str) -> &'h str {
        let pack = house.bundle.packs.iter().find(|pack| pack.id == id);
        pack.and_then(|pack| pack.scripts.get("code"))
            .map_or("", String::as_str)
    }

    fn told(house: &House) -> Vec<(&str, String)> {
        let findings = house.findings.iter();
        let spot = |finding: &Finding| match &finding.spot {
            Spot::Range(range) => format!("{}:{}", range.file, range.start.line),
            Spot::Place(_) => String::new(),
        };
        findings.map(|it| (it.code.as_str(), spot(it))).collect()
    }

    #[test]
    fn a_script_gets_what_it_calls_and_what_that_calls() {
        let sheet = "// 说明\nprivate fn unused() { 1 }\n\n/// 两步\nprivate fn two(a) {\n    one(a)\n}\nprivate fn one(a) { a }\n";
        let code = "fn rule(tests) { two(tests) }";
        let house = house(&[
            ("cn/2022-01-01/shared.rhai", sheet),
            ("62/2022-02-01/code.rhai", code),
        ]);
        assert_eq!(told(&house), []);
        let file = "packs/cn/2022-01-01/shared.rhai";
        assert_eq!(
            script(&house, "62/2022-02-01"),
            format!(
                "{code}\n//# {file}:4\n/// 两步\nprivate fn two(a) {{\n    one(a)\n}}\n//# {file}:8\nprivate fn one(a) {{ a }}\n"
            )
        );
        let cn = house
            .bundle
            .packs
            .iter()
            .find(|pack| pack.id == "cn/2022-01-01");
        let unused: Vec<String> = unused(cn.unwrap(), &house.bundle.packs)
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(unused, ["unused"]);
        let (path, text) = own_text(cn.unwrap()).unwrap();
        assert_eq!(path, file);
        let lines = |text: &str| text.lines().skip(4).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(lines(&text), lines(sheet));
    }

    #[test]
    fn places_in_a_copy_are_those_of_its_file() {
        let sheet = "private fn one(a) { a } private fn two(a) { a.b }\n";
        let code = "fn rule(tests) { two(tests) }\n";
        let house = house(&[
            ("cn/2022-01-01/shared.rhai", sheet),
            ("cn/2022-01-01/code.rhai", code),
        ]);
        let text = script(&house, "cn/2022-01-01");
        let at = text.find("a.b").unwrap();
        let range = Lines::new(text).range("code.rhai", &(at..at + 3));
        assert_eq!(range.file, "packs/cn/2022-01-01/shared.rhai");
        assert_eq!((range.start.line, range.start.column), (1, 45));
    }

    #[test]
    fn a_name_is_shared_once_along_a_line() {
        let one = "private fn one(a) { a }\n";
        let found = house(&[
            ("cn/2022-01-01/shared.rhai", one),
            ("cn/2022-03-01/shared.rhai", one),
            ("62/2022-02-01/code.rhai", one),
        ]);
        assert_eq!(
            told(&found),
            [
                ("shared-again", "packs/62/2022-02-01/code.rhai:1".to_owned()),
                (
                    "shared-again",
                    "packs/cn/2022-03-01/shared.rhai:1".to_owned()
                ),
            ]
        );
    }

    #[test]
    fn what_differs_from_time_to_time_is_refused_only_where_it_is_called() {
        let late = ("cn/2022-03-01/shared.rhai", "private fn one(a) { a }\n");
        assert_eq!(told(&house(&[late])), []);
        let found = house(&[
            late,
            ("62/2022-02-01/code.rhai", "fn rule(tests) { one(tests) }"),
        ]);
        let expected = (
            "shared-differs",
            "packs/62/2022-02-01/code.rhai:1".to_owned(),
        );
        assert_eq!(told(&found), [expected]);
    }

    #[test]
    fn a_function_of_another_number_of_parameters_is_another() {
        let found = house(&[
            ("cn/2022-01-01/shared.rhai", "private fn one(a) { a }\n"),
            (
                "62/2022-02-01/code.rhai",
                "private fn one() { 1 }\nfn rule(tests) { one(tests) }\n",
            ),
        ]);
        assert_eq!(told(&found), []);
        assert!(script(&found, "62/2022-02-01").contains("//# packs/cn"));
    }

    #[test]
    fn scripts_that_call_what_cannot_be_read_are_not_judged() {
        let found = house(&[
            ("cn/2022-01-01/shared.rhai", "private fn one(a) { a + }\n"),
            ("62/2022-02-01/code.rhai", "fn rule(tests) { one(tests) }\n"),
        ]);
        assert_eq!(
            told(&found),
            [(
                "script-syntax",
                "packs/cn/2022-01-01/shared.rhai:1".to_owned()
            )]
        );
        let mended: Vec<&str> = found.mended.iter().map(|it| it.file.as_str()).collect();
        assert_eq!(mended, ["packs/62/2022-02-01/code.rhai"]);
    }
}
