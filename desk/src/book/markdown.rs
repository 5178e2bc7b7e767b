//! The book as Markdown, for a repository, an e-mail or a text editor. Pictures are bands
//! drawn with characters.

use super::page::starts_strong;
use super::rules::{Citation, DecisionView, ParamView, RuleView};
use super::words::{Inline, Line, Words};
use super::{Book, CaseView, Chapter, Region};
use crate::band;
use crate::html::visible;
use longma_core::{Args, Lang, Localized};
use std::fmt::Write as _;

/// The book as Markdown in one language.
///
/// ```
/// use longma_compile::texts::{Texts, read};
/// use longma_core::Lang;
/// let text = |file: &str, text: &str| (format!("packs/62/2022-03-07/{file}"), text.to_owned());
/// let house = read(&Texts::from([
///     ("schema/area.schema.json".to_owned(), SCHEMA.to_owned()),
///     text("pack.toml", MANIFEST),
///     text("captions.toml", ""),
/// ]));
/// let book = longma_desk::book::book(&house.bundle, &[], &[]).unwrap();
/// let text = longma_desk::book::markdown(&book, Lang::En);
/// assert!(text.contains("62/2022-03-07"));
/// assert!(text.contains("A plan"));
/// # const SCHEMA: &str = include_str!("../../../rules/schema/area.schema.json");
/// # const MANIFEST: &str = r#"
/// # subject = "area"
/// # version = "1"
/// # title = { zh-CN = "方案", en = "A plan" }
/// # authority = { zh-CN = "省", en = "Province" }
/// # effective.from = 2022-03-07T00:00:00+08:00
/// # "#;
/// ```
#[must_use]
pub fn markdown(book: &Book, lang: Lang) -> String {
    let words = Words::new(lang);
    let mut out = Text::new(words);
    out.heading(1, &words.say("title"));
    out.paragraph(&words.fill("of", &Args::of("editions", words.editions(book))));
    out.heading(2, &words.say("how-to-read"));
    for key in [
        "how-spans",
        "how-levels",
        "how-grades",
        "how-assumed",
        "how-cases",
    ] {
        out.item(0, &escaped(&words.say(key)));
    }
    out.gap();
    out.heading(2, &words.say("contents"));
    for region in &book.regions {
        out.item(0, &escaped(&words.region(&region.region)));
        for chapter in &region.chapters {
            let title = escaped(words.of(&chapter.title));
            out.item(
                1,
                &format!(
                    "{} · {title} {}",
                    escaped(&words.at(chapter.offset).span(chapter.span)),
                    code(&chapter.id)
                ),
            );
        }
    }
    out.gap();
    for region in &book.regions {
        out.words = words.at(region.offset);
        out.region(region);
    }
    let mut text = visible(out.text.trim_end());
    text.push('\n');
    text
}

/// A Markdown text under construction.
struct Text {
    text: String,
    words: Words,
}

/// Escapes every character that means something in Markdown; line breaks become blanks.
///
/// Some mean something only in places. At the beginning they make lists, lines and
/// headings. Within a text many readers make links of addresses and formulas of dollars.
fn escaped(text: &str) -> String {
    let text = text.replace(['\n', '\r', '\t'], " ");
    let text = text.trim_start_matches(' ');
    let first = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let begins = text.len() - first.len();
    let mut out = String::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        let special = match character {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '~' | '&' | '$' | '@' => {
                true
            }
            '-' | '+' | '=' => at == 0,
            ')' => at == begins,
            ':' => after(text, at).starts_with("//"),
            '.' => at == begins || before(text, at).to_ascii_lowercase().ends_with("www"),
            _ => false,
        };
        if special {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

fn before(text: &str, at: usize) -> &str {
    text.get(..at).unwrap_or_default()
}

fn after(text: &str, at: usize) -> &str {
    text.get(at + 1..).unwrap_or_default()
}

/// A name as inline code, with longer fences if it contains back quotes. Code cannot be
/// empty: two back quotes would open one.
fn code(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ").replace('|', "¦");
    let fence = fence(&text, 1);
    if text.contains('`') || text.is_empty() {
        format!("{fence} {text} {fence}")
    } else {
        format!("{fence}{text}{fence}")
    }
}

/// A run of at least `least` back quotes that does not occur in `text`.
fn fence(text: &str, least: usize) -> String {
    let runs = text.split(|c| c != '`').map(str::len);
    "`".repeat(runs.max().map_or(least, |longest| (longest + 1).max(least)))
}

impl Text {
    fn new(words: Words) -> Self {
        Self {
            text: String::new(),
            words,
        }
    }

    fn gap(&mut self) {
        if !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    fn heading(&mut self, level: usize, text: &str) {
        let text = escaped(text);
        // Writing to a string cannot fail.
        let _ = write!(self.text, "{} {text}\n\n", "#".repeat(level));
    }

    fn paragraph(&mut self, text: &str) {
        let _ = write!(self.text, "{}\n\n", escaped(text));
    }

    /// A list item; `markdown` is written unescaped.
    fn item(&mut self, depth: usize, markdown: &str) {
        let _ = writeln!(self.text, "{}- {markdown}", "  ".repeat(depth));
    }

    fn entry(&mut self, key: &str, markdown: &str) {
        let name = self.words.say(key);
        let colon = self.words.sign("colon");
        self.item(0, &format!("**{}**{colon}{markdown}", escaped(&name)));
    }

    fn table(&mut self, keys: &[&str], rows: &[Vec<String>]) {
        let heads: Vec<String> = keys
            .iter()
            .map(|key| escaped(&self.words.say(key)))
            .collect();
        let rule = vec!["---"; keys.len()];
        let _ = writeln!(
            self.text,
            "| {} |\n| {} |",
            heads.join(" | "),
            rule.join(" | ")
        );
        for row in rows {
            let _ = writeln!(self.text, "| {} |", row.join(" | "));
        }
        self.text.push('\n');
    }

    fn block(&mut self, text: &str) {
        let fence = fence(text, 3);
        let _ = write!(self.text, "{fence}text\n{}\n{fence}\n\n", text.trim_end());
    }

    fn region(&mut self, region: &Region) {
        let words = self.words;
        self.heading(2, &words.region(&region.region));
        self.block(&band::draw(&words.history(region)));
        let rows: Vec<Vec<String>> = region
            .history
            .iter()
            .map(|reign| {
                let changes = reign.changes.as_ref().map_or_else(
                    || "—".to_owned(),
                    |changes| {
                        words.fill(
                            "counts",
                            &Args::of("rules", changes.rules.len())
                                .with("params", changes.params.len()),
                        )
                    },
                );
                vec![
                    escaped(&words.span(reign.span)),
                    escaped(&words.parts(&reign.parts)),
                    escaped(&changes),
                ]
            })
            .collect();
        self.table(&["when", "in-force", "against-before"], &rows);
        for chapter in &region.chapters {
            self.words = words.at(chapter.offset);
            self.chapter(chapter, region);
        }
    }

    fn chapter(&mut self, chapter: &Chapter, region: &Region) {
        let words = self.words;
        self.heading(3, words.of(&chapter.title));
        let version = words.fill("version", &Args::of("version", &chapter.version));
        self.entry(
            "pack",
            &format!("{} {}", code(&chapter.id), escaped(&version)),
        );
        let note = chapter
            .note
            .as_ref()
            .map(|note| format!(" — {}", words.of(note)));
        let span = format!("{}{}", words.span(chapter.span), note.unwrap_or_default());
        self.entry("span", &escaped(&span));
        if let Some(offset) = words.offset() {
            self.entry("times", &escaped(&offset));
        }
        self.entry("authority", &escaped(words.of(&chapter.authority)));
        if let Some(parent) = &chapter.inherits {
            self.entry("inherits", &code(parent));
            for line in &chapter.lines {
                self.item(
                    1,
                    &format!(
                        "{}: {}",
                        escaped(&words.span(line.span)),
                        code(&words.packs(&line.packs))
                    ),
                );
            }
        }
        self.gap();
        self.changes(chapter, region);
        self.reasons("overrides", &chapter.overrides);
        self.reasons("drops", &chapter.drops);
        for decision in &chapter.decisions {
            self.decision(chapter, decision);
        }
        self.params(chapter);
        self.sources(&chapter.sources);
        if !chapter.laws.is_empty() {
            self.heading(4, &words.say("laws"));
            for law in &chapter.laws {
                self.item(
                    0,
                    &format!("{} {}", escaped(words.of(&law.words)), code(&law.name)),
                );
                for (rule, ground) in &law.breaches {
                    let ground = escaped(words.of(ground));
                    self.item(
                        1,
                        &format!("{} {}: {ground}", escaped(&words.say("breach")), code(rule)),
                    );
                }
            }
            self.gap();
        }
        if !chapter.cases.is_empty() {
            self.heading(4, &words.say("cases"));
        }
        for case in &chapter.cases {
            self.case(case);
        }
    }

    fn changes(&mut self, chapter: &Chapter, region: &Region) {
        let words = self.words;
        let own = region
            .history
            .iter()
            .filter(|reign| reign.rules(&chapter.id));
        for reign in own {
            if let Some(changes) = &reign.changes {
                let (when, packs) = (words.span(reign.span), words.parts(&reign.parts));
                self.heading(
                    4,
                    &words.fill("changes-at", &Args::of("when", &when).with("packs", &packs)),
                );
                self.lines(&words.difference(changes, false));
            }
        }
        for line in &chapter.lines {
            if let Some(changes) = &line.changes {
                let packs = words.packs(line.packs.get(1..).unwrap_or_default());
                let when = words.span(line.span);
                self.heading(
                    4,
                    &words.fill(
                        "changes-inherited",
                        &Args::of("when", &when).with("packs", &packs),
                    ),
                );
                self.lines(&words.difference(changes, true));
            }
        }
    }

    fn lines(&mut self, lines: &[Line]) {
        if lines.is_empty() {
            let none = self.words.say("no-changes");
            self.paragraph(&none);
        }
        for line in lines {
            let parts: Vec<String> = line
                .iter()
                .map(|part| match part {
                    Inline::Text(text) => escaped(text),
                    Inline::Code(text) => code(text),
                    Inline::Strong(text) => format!("**{}**", escaped(text)),
                    Inline::Gone(text) => format!("~~{}~~", escaped(text)),
                })
                .collect();
            self.item(usize::from(!starts_strong(line)), &parts.join(" "));
        }
        self.gap();
    }

    fn reasons(&mut self, key: &str, reasons: &[(String, Localized)]) {
        if reasons.is_empty() {
            return;
        }
        let words = self.words;
        self.heading(4, &words.say(key));
        let rows: Vec<Vec<String>> = reasons
            .iter()
            .map(|(name, reason)| vec![code(name), escaped(words.of(reason))])
            .collect();
        self.table(&["name", "why"], &rows);
    }

    fn decision(&mut self, chapter: &Chapter, decision: &DecisionView) {
        let words = self.words;
        self.heading(
            4,
            &format!("{} ({})", words.of(&decision.caption), decision.name),
        );
        let levels: Vec<&str> = decision
            .levels
            .iter()
            .map(|level| words.of(&level.caption))
            .collect();
        let declared = if decision.pack == chapter.id {
            String::new()
        } else {
            format!(
                " {}",
                words.fill("declared-by", &Args::of("pack", &decision.pack))
            )
        };
        self.entry(
            "scale",
            &escaped(&format!("{}{declared}", levels.join(" < "))),
        );
        let sections: Vec<String> = decision
            .sections
            .iter()
            .map(|(name, _)| code(name))
            .collect();
        let names = |names: &[String]| words.list(names.iter().map(|name| code(name)));
        for (key, list) in [
            ("reads-sections", words.list(sections)),
            ("reads-tables", names(&decision.tables)),
            ("reads-decisions", names(&decision.earlier)),
        ] {
            if !list.is_empty() {
                self.entry(key, &list);
            }
        }
        self.gap();
        for rule in &decision.rules {
            self.rule(rule);
        }
        if decision.inherited.is_empty() {
            return;
        }
        self.heading(5, &words.say("inherited-rules"));
        let rules = decision.inherited.iter();
        let rows: Vec<Vec<String>> = rules
            .flat_map(|rule| {
                rule.told.iter().map(move |told| {
                    vec![
                        format!("{} {}", code(&rule.pack), code(&rule.name)),
                        escaped(words.of(&told.caption)),
                        escaped(words.of(&told.release)),
                        escaped(&words.spans(&told.spans)),
                    ]
                })
            })
            .collect();
        self.table(&["rule", "caption", "release", "holds"], &rows);
    }

    fn rule(&mut self, rule: &RuleView) {
        let words = self.words;
        let caption = rule.told.last().map(|told| words.of(&told.caption));
        let levels: Vec<&str> = rule
            .levels
            .iter()
            .map(|level| words.of(&level.caption))
            .collect();
        self.heading(
            5,
            &format!(
                "{} · {} ({})",
                caption.unwrap_or_default(),
                levels.join(" / "),
                rule.name
            ),
        );
        let condition = match words.of(&rule.words) {
            "" => words.say("no-words"),
            told => told.to_owned(),
        };
        self.entry("condition", &escaped(&condition));
        match rule.told.as_slice() {
            [only] => self.entry("release", &escaped(words.of(&only.release))),
            several => {
                self.entry("release", "");
                for told in several {
                    let text = format!("{}: {}", words.spans(&told.spans), words.of(&told.release));
                    self.item(1, &escaped(&text));
                }
            }
        }
        if let Some(source) = &rule.source {
            self.entry("source", &citation(source, words));
        }
        if !rule.params.is_empty() {
            let params: Vec<String> = rule
                .params
                .iter()
                .map(|(name, values)| {
                    let values: Vec<&str> = values.iter().map(|value| words.of(value)).collect();
                    format!("{} = {}", code(name), escaped(&values.join(" / ")))
                })
                .collect();
            self.entry("numbers", &params.join(&words.sign("semicolon")));
        }
        if !rule.reads.is_empty() {
            self.entry(
                "reads",
                &words.list(rule.reads.iter().map(|name| code(name))),
            );
        }
        if let Some(reason) = &rule.overrides {
            self.entry("override", &escaped(words.of(reason)));
        }
        let cases = match rule.cases.as_slice() {
            [] => words.say("no-cases"),
            cases => words.list(cases.iter().map(ToString::to_string)),
        };
        self.entry("cases", &cases);
        self.gap();
    }

    fn params(&mut self, chapter: &Chapter) {
        let (own, inherited): (Vec<&ParamView>, Vec<&ParamView>) = chapter
            .params
            .iter()
            .partition(|param| param.pack == chapter.id);
        for (key, params) in [("params", own), ("params-inherited", inherited)] {
            if params.is_empty() {
                continue;
            }
            let heading = self.words.say(key);
            self.heading(4, &heading);
            let rows: Vec<Vec<String>> = params
                .iter()
                .map(|param| self.param(chapter, param))
                .collect();
            self.table(&["name", "value", "unit", "source"], &rows);
        }
    }

    fn param(&self, chapter: &Chapter, param: &ParamView) -> Vec<String> {
        let words = self.words;
        let mut name = code(&param.name);
        if param.pack != chapter.id {
            let _ = write!(
                name,
                " ({}, {})",
                code(&param.pack),
                escaped(&words.spans(&param.spans))
            );
        }
        let mut notes: Vec<String> = param
            .source
            .iter()
            .map(|source| citation(source, words))
            .collect();
        if param.assumed {
            notes.push(format!("**{}**", escaped(&words.say("assumed"))));
        }
        notes.extend(param.note.iter().map(|note| escaped(words.of(note))));
        if let Some(reason) = &param.overrides {
            notes.push(escaped(
                &words.fill("reason", &Args::of("reason", words.of(reason))),
            ));
        }
        vec![
            name,
            escaped(words.of(&param.value)),
            escaped(&words.unit(&param.unit)),
            notes.join(" "),
        ]
    }

    fn sources(&mut self, sources: &[Citation]) {
        if sources.is_empty() {
            return;
        }
        let words = self.words;
        self.heading(4, &words.say("sources"));
        let rows: Vec<Vec<String>> = sources
            .iter()
            .map(|source| {
                let date = source.date.as_deref().unwrap_or("—");
                vec![
                    code(&source.key),
                    escaped(words.of(&source.title)),
                    escaped(date),
                    escaped(&words.grade(&source.grade)),
                ]
            })
            .collect();
        self.table(&["name", "document", "date", "grade"], &rows);
    }

    fn case(&mut self, case: &CaseView) {
        let words = self.words;
        self.heading(5, &format!("{}. {}", case.number, words.of(&case.name)));
        if !case.refused.is_empty() {
            let codes = words.list(case.refused.iter().map(|name| code(name)));
            let _ = write!(self.text, "{} {codes}\n\n", escaped(&words.say("refused")));
        }
        if let Some(picture) = &case.picture {
            self.block(&band::draw(&words.band(case, picture)));
        }
        let rows: Vec<Vec<String>> = case
            .looks
            .iter()
            .zip(1..)
            .map(|(look, number)| {
                let levels: Vec<String> = look
                    .levels
                    .iter()
                    .map(|told| format!("{} {}", words.of(&told.decision), words.of(&told.level)))
                    .collect();
                let causes: Vec<&str> = look.causes.iter().map(|cause| words.of(cause)).collect();
                vec![
                    number.to_string(),
                    words.stamp(look.at),
                    escaped(&words.list(levels)),
                    escaped(&causes.join(&words.sign("semicolon"))),
                ]
            })
            .collect();
        if !rows.is_empty() {
            self.table(&["number", "when", "level", "why"], &rows);
        }
    }
}

fn citation(source: &Citation, words: Words) -> String {
    let date = source
        .date
        .as_ref()
        .map(|date| format!(" ({date})"))
        .unwrap_or_default();
    escaped(&format!(
        "{}{date} {}",
        words.of(&source.title),
        words.grade(&source.grade)
    ))
}

#[cfg(test)]
mod tests {
    use super::{code, escaped, fence};

    #[test]
    fn a_text_means_nothing_in_markdown() {
        for (text, written) in [
            ("plain text, 7 days (1.5)", "plain text, 7 days (1.5)"),
            ("# a", "\\# a"),
            ("- a - b", "\\- a - b"),
            ("+ a", "\\+ a"),
            ("===", "\\==="),
            ("  - a", "\\- a"),
            ("1. a", "1\\. a"),
            ("12) a", "12\\) a"),
            ("a\n# b\r\n- c", "a \\# b  - c"),
            ("`a` **b** ~~c~~", "\\`a\\` \\*\\*b\\*\\* \\~\\~c\\~\\~"),
            ("[a](b) ![a](b)", "\\[a\\](b) !\\[a\\](b)"),
            ("<b onclick=x>&lt;", "\\<b onclick=x\\>\\&lt;"),
            ("see http://a.b", "see http\\://a.b"),
            ("see WWW.a.b", "see WWW\\.a.b"),
            ("a@b.c", "a\\@b.c"),
            ("$x$ | y", "\\$x\\$ \\| y"),
            ("\\# a", "\\\\\\# a"),
            ("09:30 – 10:00", "09:30 – 10:00"),
        ] {
            assert_eq!(escaped(text), written, "{text:?}");
        }
    }

    #[test]
    fn a_name_does_not_end_the_code_that_it_stands_in() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a`b"), "`` a`b ``");
        assert_eq!(code("``` a\n# b|c"), "```` ``` a # b¦c ````");
        assert_eq!(code(""), "`  `");
        assert_eq!(fence("a ```` b", 3), "`````");
        assert_eq!(fence("a", 3), "```");
    }
}
