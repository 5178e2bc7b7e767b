//! What each finding means: the sections of `rules/findings.md`, by code.
//!
//! That document is the only place for these explanations, so the folder, a code host
//! and a web page all show the same text.

use longma_core::Lang;

const EN: &str = include_str!("../../rules/findings.md");
const ZH_CN: &str = include_str!("../../rules/findings.zh-CN.md");

/// The section about one code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The code.
    pub code: String,
    /// What it means: the first paragraph.
    pub meaning: String,
    /// The whole section without its heading, in Markdown.
    pub markdown: String,
}

/// The document's path in the project.
#[must_use]
pub fn file(lang: Lang) -> &'static str {
    match lang {
        Lang::ZhCn => "rules/findings.zh-CN.md",
        Lang::En => "rules/findings.md",
    }
}

/// The whole document.
#[must_use]
pub fn text(lang: Lang) -> &'static str {
    match lang {
        Lang::ZhCn => ZH_CN,
        Lang::En => EN,
    }
}

/// Every section, in the document's order.
#[must_use]
pub fn pages(lang: Lang) -> Vec<Page> {
    let sections = text(lang).split("\n## ").skip(1);
    sections
        .filter_map(|section| {
            let (heading, body) = section.split_once('\n')?;
            let body = body.trim();
            Some(Page {
                code: heading.trim().to_owned(),
                meaning: body.split("\n\n").next()?.replace('\n', " "),
                markdown: body.to_owned(),
            })
        })
        .collect()
}

/// The section about `code`; `None` if there is none.
///
/// ```
/// use longma_core::Lang;
/// let page = longma_desk::guide::page("pack-version", Lang::En).unwrap();
/// assert!(page.meaning.starts_with("The version is not a whole number."));
/// ```
#[must_use]
pub fn page(code: &str, lang: Lang) -> Option<Page> {
    pages(lang).into_iter().find(|page| page.code == code)
}
