//! The text of a notice beside a pack, and the passages of it that rules rest on.
//!
//! A pack may keep what a source of its manifest says, in `sources/<name>.txt`. A rule then
//! says in its comment on which words it rests: `/// passage: ` and the words, as they stand
//! in the text of a source that it cites. Spaces and line breaks may differ.

use crate::check::finding;
use crate::code::Code;
use crate::rule::{cited_by, passages_of};
use longma_compile::texts::Texts;
use longma_compile::toml::Toml;
use longma_core::{Args, PackId, Place, covers};
use longma_lang::finding::{Finding, Spot};
use longma_lang::syntax::{Lines, parse};

/// The folder of texts within a pack.
const FOLDER: &str = "sources/";

/// The name of the source whose text a file of a pack is.
pub(crate) fn source_of(name: &str) -> Option<&str> {
    let name = name.strip_prefix(FOLDER)?.strip_suffix(".txt")?;
    Some(name).filter(|name| !name.contains('/'))
}

/// Texts of sources that the manifest does not name, and passages that stand in no text of
/// what their rule cites.
pub(crate) fn findings(texts: &Texts) -> Vec<Finding> {
    let notices = texts.iter().filter_map(|(path, text)| {
        let (pack, name) = PackId::split(path)?;
        Some((pack, source_of(name)?, path, text))
    });
    let notices: Vec<_> = notices.collect();
    let mut found = Vec::new();
    for (pack, source, path, _) in &notices {
        let manifest = texts.get(&PackId::read(*pack).file("pack.toml"));
        // Of a manifest that cannot be read nothing is known.
        let Some(Ok(manifest)) = manifest.map(|text| Toml::parse(text)) else {
            continue;
        };
        let named = manifest.entries();
        let named = named.iter().any(|it| it.path == ["sources", source]);
        if !named {
            let spot = Spot::Place(Place::file(path.as_str(), 1, 1));
            let words = Args::of("name", *source);
            found.push(finding(Code::NoticeUnknown, spot, &words));
        }
    }
    if notices.is_empty() {
        return found;
    }
    for (path, text) in texts {
        let Some((pack, name)) = PackId::split(path) else {
            continue;
        };
        if name.strip_suffix(".rhai").is_none() || !text.contains("passage:") {
            continue;
        }
        let here = PackId::region_of(pack);
        for function in &parse(text).script.functions {
            let Some(cited) = cited_by(function) else {
                continue;
            };
            let said = notices
                .iter()
                .filter(|(of, source, ..)| cited == *source && covers(PackId::region_of(of), here));
            let said: Vec<String> = said.map(|(.., text)| plain(text)).collect();
            if said.is_empty() {
                continue;
            }
            for (line, passage) in passages_of(function) {
                let words = plain(passage);
                if !said.iter().any(|text| text.contains(&words)) {
                    let range = Lines::new(text.as_str()).range(path, &line.bytes);
                    let words = Args::of("passage", passage).with("source", cited);
                    found.push(finding(Code::PassageMissing, Spot::Range(range), &words));
                }
            }
        }
    }
    found
}

/// A text without what differs when it is set in other lines.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[cfg(test)]
mod tests {
    use super::findings;
    use longma_compile::texts::Texts;

    const NOTICE: &str =
        "(1) Companions get\na yellow code.  (2) One negative test turns it green.\n";

    /// What is told of a pack whose rule rests on `passage`, and whose notice is `source`.
    fn told(source: &str, passage: &str) -> Vec<String> {
        let script =
            format!("/// 一\n/// one\n/// source: notice\n/// passage: {passage}\nfn a() {{}}\n");
        let text =
            |file: &str, text: &str| (format!("packs/62/2022-03-07/{file}"), text.to_owned());
        let texts = Texts::from([
            text("pack.toml", "[sources.notice]\ngrade = \"V\"\n"),
            text("code.rhai", &script),
            text(&format!("sources/{source}.txt"), NOTICE),
        ]);
        let found = findings(&texts).into_iter();
        found
            .map(|it| format!("{} {}", it.code, it.spot.file().unwrap_or_default()))
            .collect()
    }

    #[test]
    fn a_passage_stands_in_the_notice_however_its_lines_are_set() {
        assert!(told("notice", "Companions get a yellow code. (2) One").is_empty());
    }

    #[test]
    fn a_passage_that_the_notice_does_not_have_is_told_where_it_is_pinned() {
        let expected = ["passage-missing packs/62/2022-03-07/code.rhai"];
        assert_eq!(told("notice", "Companions get a red code."), expected);
    }

    #[test]
    fn the_text_of_no_source_is_told_and_pins_nothing() {
        let expected = ["notice-unknown packs/62/2022-03-07/sources/other.txt"];
        assert_eq!(told("other", "Companions get a red code."), expected);
    }
}
