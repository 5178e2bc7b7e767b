//! The rule book of the project's packs: it leaves nothing out, it is valid HTML, and no
//! text of a pack is taken for markup.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use longma_cli::cases;
use longma_compile::{Bundle, PackSource};
use longma_core::{Lang, Localized};
use longma_desk::book::{Book, book, markdown, page};
use longma_desk::case::Case;
use longma_tests::{loaded, rules};
use scraper::{Html, Selector};
use std::collections::BTreeSet;
use std::sync::OnceLock;

const LANGS: [Lang; 2] = [Lang::ZhCn, Lang::En];

fn all_cases() -> Vec<Case> {
    cases::read(&rules().join("packs"), &[], &mut loaded().files).unwrap()
}

/// The book of all packs, made once.
fn whole() -> &'static (Bundle, Book) {
    static WHOLE: OnceLock<(Bundle, Book)> = OnceLock::new();
    WHOLE.get_or_init(|| {
        let bundle = loaded().bundle;
        let book = book(&bundle, &all_cases(), &[]).unwrap();
        (bundle, book)
    })
}

fn document(html: &str) -> Html {
    let document = Html::parse_document(html);
    assert!(document.errors.is_empty(), "{:?}", document.errors);
    document
}

/// The text that a reader of the page sees, with one space between words.
fn seen(html: &str) -> String {
    let document = document(html);
    let main = Selector::parse("main").unwrap();
    let texts = document.select(&main).flat_map(|main| main.text());
    plain(&texts.collect::<String>())
}

fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<&str>>().join(" ")
}

/// The text of a Markdown file, without its backslashes and with single spaces.
fn shown(markdown: &str) -> String {
    plain(&markdown.replace('\\', ""))
}

/// The literal parts of a template.
fn literals(template: &str) -> Vec<&str> {
    let parts = template.split('{').map(|part| match part.split_once('}') {
        Some((_, rest)) => rest,
        None => part,
    });
    parts
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect()
}

/// Every text that a book in `lang` must contain, each with what it describes.
fn told(bundle: &Bundle, lang: Lang) -> Vec<(String, String)> {
    let mut texts: Vec<(String, String)> = Vec::new();
    let mut add = |of: String, text: &Localized| {
        let parts = literals(text.get(lang)).into_iter();
        texts.extend(parts.map(|part| (of.clone(), plain(part))));
    };
    for pack in &bundle.packs {
        let manifest = &pack.manifest;
        add(format!("{} title", pack.id), &manifest.title);
        add(format!("{} authority", pack.id), &manifest.authority);
        for (name, source) in &manifest.sources {
            add(format!("{} source {name}", pack.id), &source.title);
        }
        for (name, param) in &manifest.params {
            if let Some(note) = &param.note {
                add(format!("{} param {name}", pack.id), note);
            }
        }
        for (decision, captions) in &pack.captions {
            for (name, rule) in &captions.rules {
                add(
                    format!("{} {decision}.{name} caption", pack.id),
                    &rule.caption,
                );
                add(
                    format!("{} {decision}.{name} release", pack.id),
                    &rule.release,
                );
            }
            for level in captions.levels.values() {
                add(format!("{} {decision} level", pack.id), level);
            }
        }
        for (name, reason) in manifest.overrides.iter().chain(&manifest.drops) {
            // Packs write a reason as a Chinese sentence, a space and an English one.
            let (zh_cn, en) = reason.split_once("。 ").unwrap();
            let reason = Localized::new(zh_cn.to_owned(), en.to_owned());
            add(format!("{} reason {name}", pack.id), &reason);
        }
        // A rule's texts are the two comments before its `source:` line.
        for (decision, script) in &pack.scripts {
            let lines: Vec<&str> = script.lines().collect();
            for window in lines.windows(3) {
                if let [zh_cn, en, source] = window
                    && source.starts_with("/// source:")
                {
                    let words = [zh_cn, en].map(|line| line.trim_start_matches("///").trim());
                    let words = Localized::new(words[0].to_owned(), words[1].to_owned());
                    add(format!("{} {decision} words", pack.id), &words);
                }
            }
        }
    }
    texts
}

#[test]
fn the_book_tells_everything_that_packs_say_in_both_languages() {
    let (bundle, book) = whole();
    for lang in LANGS {
        let (html, markdown) = (seen(&page(book, lang)), shown(&markdown(book, lang)));
        let texts = told(bundle, lang);
        assert!(texts.len() > 250, "only {}", texts.len());
        for (of, text) in texts {
            assert!(html.contains(&text), "no {text:?} of {of} in the page");
            let written = text.replace('\\', "");
            assert!(
                markdown.contains(&written),
                "no {text:?} of {of} in the Markdown"
            );
        }
    }
}

#[test]
fn every_assumed_number_carries_its_mark() {
    let (bundle, book) = whole();
    let params = bundle
        .packs
        .iter()
        .flat_map(|pack| pack.manifest.params.values());
    let assumed = params.filter(|param| param.assumed).count();
    let mark = Selector::parse("td p.assumed").unwrap();
    for lang in LANGS {
        let document = document(&page(book, lang));
        // The book repeats an inherited number where it is inherited.
        assert!(document.select(&mark).count() >= assumed);
    }
    for region in &book.regions {
        for chapter in &region.chapters {
            let pack = bundle
                .packs
                .iter()
                .find(|pack| pack.id == chapter.id)
                .unwrap();
            for (name, param) in &pack.manifest.params {
                let mut own = chapter.params.iter().filter(|p| p.pack == pack.id);
                let view = own.find(|view| view.name == *name).unwrap();
                assert_eq!(view.assumed, param.assumed, "{} {name}", pack.id);
            }
        }
    }
}

#[test]
fn identifiers_are_unique_and_links_lead_somewhere() {
    let (_, book) = whole();
    let (any, link) = (
        Selector::parse("[id]").unwrap(),
        Selector::parse("a").unwrap(),
    );
    for lang in LANGS {
        let document = document(&page(book, lang));
        let mut ids = BTreeSet::new();
        for element in document.select(&any) {
            let id = element.attr("id").unwrap();
            assert!(ids.insert(id), "{id} twice");
        }
        let mut links = 0;
        for element in document.select(&link) {
            let target = element.attr("href").unwrap().strip_prefix('#').unwrap();
            assert!(ids.contains(target), "{target}");
            links += 1;
        }
        assert!(links > 100, "only {links} links");
    }
}

#[test]
fn the_same_packs_give_the_same_bytes() {
    let (bundle, first) = whole();
    let mut turned = bundle.clone();
    turned.packs.reverse();
    let second = book(&turned, &all_cases(), &[]).unwrap();
    for lang in LANGS {
        assert!(page(first, lang) == page(&second, lang), "other bytes");
        assert!(
            markdown(first, lang) == markdown(&second, lang),
            "other bytes"
        );
    }
}

#[test]
fn every_rule_of_a_pack_has_a_case_beside_some_pack() {
    let (_, book) = whole();
    let chapters = || book.regions.iter().flat_map(|region| &region.chapters);
    let seen: BTreeSet<&String> = chapters()
        .flat_map(|chapter| &chapter.cases)
        .flat_map(|case| &case.rules)
        .collect();
    for chapter in chapters() {
        for decision in &chapter.decisions {
            for rule in &decision.rules {
                let path = format!("{}/{}/{}", chapter.id, decision.name, rule.name);
                assert!(seen.contains(&path), "{path}");
            }
        }
    }
}

#[test]
fn a_change_of_the_national_plan_shows_under_the_province() {
    let (_, book) = whole();
    let gansu = book
        .regions
        .iter()
        .find(|region| region.region == "62")
        .unwrap();
    // v8 to v9 on 2022-06-28: quarantine drops from 14 to 7 days; Gansu's pack stays.
    let start = 1_656_345_600;
    let reign = gansu
        .history
        .iter()
        .find(|reign| reign.span.from == Some(start))
        .unwrap();
    let ids: Vec<&String> = reign.parts.iter().flatten().collect();
    assert!(ids.iter().any(|id| *id == "62/2022-03-07"), "{ids:?}");
    assert!(ids.iter().any(|id| *id == "cn/2022-06-28"), "{ids:?}");
    let changes = reign.changes.as_ref().unwrap();
    let param = changes
        .params
        .iter()
        .find(|param| param.name == "quarantine")
        .unwrap();
    assert_eq!(param.before.as_ref().unwrap().value.en, "14 days");
    assert_eq!(param.after.as_ref().unwrap().value.en, "7 days");
    let rule = changes
        .rules
        .iter()
        .find(|rule| rule.rule == "secondary_contact")
        .unwrap();
    assert!(rule.before.is_none(), "judged from the 9th edition on");
}

#[test]
fn a_dropped_rule_is_told_with_its_reason() {
    let (_, book) = whole();
    let country = book
        .regions
        .iter()
        .find(|region| region.region == "cn")
        .unwrap();
    let last = country
        .chapters
        .iter()
        .find(|c| c.id == "cn/2022-11-11")
        .unwrap();
    let changes = last.lines[0].changes.as_ref().unwrap();
    let dropped = changes
        .rules
        .iter()
        .find(|rule| rule.rule == "secondary_contact")
        .unwrap();
    assert!(dropped.after.is_none());
    let reason = dropped.reason.as_ref().unwrap();
    assert!(reason.contains("不再判定密接的密接"), "{reason}");
}

#[test]
fn no_text_of_a_pack_becomes_a_part_of_the_page() {
    let hostile = "</p><script>x</script>\"'`|\n# *a* \u{202E}b";
    let mut bundle = loaded().bundle;
    for pack in &mut bundle.packs {
        pack.manifest.title = Localized::same(hostile);
        pack.manifest.authority = Localized::same(hostile);
        for reason in pack.manifest.overrides.values_mut() {
            hostile.clone_into(reason);
        }
        for captions in pack.captions.values_mut() {
            for rule in captions.rules.values_mut() {
                rule.caption = Localized::same(hostile);
                rule.release = Localized::same(hostile);
            }
        }
    }
    let mut found = all_cases();
    for case in &mut found {
        hostile.clone_into(&mut case.name);
    }
    let book = book(&bundle, &found, &[]).unwrap();
    for lang in LANGS {
        let html = page(&book, lang);
        let script = Selector::parse("script").unwrap();
        assert_eq!(document(&html).select(&script).count(), 0);
        assert!(!html.contains('\u{202E}'));
        let text = markdown(&book, lang);
        assert!(!text.contains('\u{202E}'));
        let tags = text.replace("\\<", "");
        assert!(!tags.contains("<script"), "a tag in the Markdown");
        assert!(!text.lines().any(|line| line.starts_with("# *a*")));
        // No cell breaks a table row.
        for row in text.lines().filter(|line| line.starts_with("| ")) {
            assert!(row.ends_with(" |"), "{row}");
        }
    }
}

#[test]
fn a_book_of_one_pack_holds_that_pack_alone_and_names_what_it_inherits() {
    let bundle = loaded().bundle;
    let book = book(&bundle, &all_cases(), &["62/2022-03-07".to_owned()]).unwrap();
    let chapters: Vec<&String> = book
        .regions
        .iter()
        .flat_map(|region| &region.chapters)
        .map(|chapter| &chapter.id)
        .collect();
    assert_eq!(chapters, ["62/2022-03-07"]);
    let editions: Vec<&str> = book.editions.iter().map(|e| e.id.as_str()).collect();
    assert!(editions.contains(&"cn/2022-11-11"), "{editions:?}");
}

#[test]
fn a_pack_tells_its_times_at_its_own_offset() {
    let mut bundle = loaded().bundle;
    let ends = Some("2023-01-08T00:00:00+08:00");
    let packs = bundle.packs.iter();
    let of_gold = |pack: &&PackSource| pack.id == "62/gold-2021-05-01";
    let gold = packs.clone().find(of_gold).unwrap();
    assert_eq!(gold.manifest.effective.until.as_deref(), ends);
    for pack in &mut bundle.packs {
        pack.manifest.offset = Some("+06:00".to_owned());
    }
    let book = book(&bundle, &[], &["62/gold-2021-05-01".to_owned()]).unwrap();
    for (lang, told) in [
        (Lang::En, "all at UTC+06:00"),
        (Lang::ZhCn, "均为 UTC+06:00 的时间"),
    ] {
        for text in [seen(&page(&book, lang)), shown(&markdown(&book, lang))] {
            // The same instant as before, at an offset further west.
            assert!(
                text.contains("2023-01-07 22:00") && text.contains(told),
                "{text}"
            );
        }
    }
}
