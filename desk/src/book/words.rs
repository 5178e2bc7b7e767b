//! Wording shared by the page and the Markdown: spans, lists, and differences as lines.

use super::{Book, CaseView, Ends, Picture, Region};
use crate::difference::{Difference, ParamChange, ParamSide, RuleChange, RuleSide};
use crate::html::{Band, Level, Mark, Piece, Row, Tone, Window, stamp};
use crate::text::say;
use longma_core::order::Gather;
use longma_core::{Args, Lang, Localized, Offset, PackId};
use std::collections::BTreeSet;

/// A part of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Inline {
    /// Plain words.
    Text(String),
    /// A name as packs write it.
    Code(String),
    /// Emphasis.
    Strong(String),
    /// Something that no longer holds.
    Gone(String),
}

/// One line of a list.
pub(super) type Line = Vec<Inline>;

/// The book's words in one language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words {
    pub(super) lang: Lang,
    /// The offset that times are written at.
    offset: Offset,
}

impl Words {
    pub(super) fn new(lang: Lang) -> Self {
        Self {
            lang,
            offset: Offset::CHINA,
        }
    }

    /// The same words, with times written at `offset`.
    pub(super) fn at(self, offset: Offset) -> Self {
        Self { offset, ..self }
    }

    /// Writes an instant given in seconds since the Unix epoch.
    pub(super) fn stamp(self, second: i64) -> String {
        stamp(second, self.offset)
    }

    /// A note on the offset of the times, unless it is China's, which the book uses otherwise.
    pub(super) fn offset(self) -> Option<String> {
        let offset = Some(self.offset).filter(|offset| *offset != Offset::CHINA);
        offset.map(|offset| self.fill("times-at", &Args::of("offset", offset)))
    }

    pub(super) fn say(self, key: &str) -> String {
        self.fill(key, &Args::NONE)
    }

    pub(super) fn fill(self, key: &str, args: &Args) -> String {
        say(&format!("book.{key}"), args).get(self.lang).to_owned()
    }

    pub(super) fn of(self, text: &Localized) -> &str {
        text.get(self.lang)
    }

    pub(super) fn list<T: AsRef<str>>(self, items: impl IntoIterator<Item = T>) -> String {
        let items: Vec<T> = items.into_iter().collect();
        let texts: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
        texts.join(&self.comma())
    }

    /// The separator of list items.
    pub(super) fn comma(self) -> String {
        match self.lang {
            Lang::ZhCn => "、",
            Lang::En => ", ",
        }
        .to_owned()
    }

    /// `:` or `;`, with the blank that follows it in English.
    pub(super) fn sign(self, key: &str) -> String {
        let blank = match self.lang {
            Lang::ZhCn => "",
            Lang::En => " ",
        };
        format!("{}{blank}", self.say(key))
    }

    /// A span in words.
    pub(super) fn span(self, span: Ends) -> String {
        let at = |second| self.stamp(second);
        match (span.from.map(at), span.until.map(at)) {
            (Some(from), Some(until)) => self.fill(
                "span-from-until",
                &Args::of("from", &from).with("until", &until),
            ),
            (Some(from), None) => self.fill("span-from", &Args::of("from", &from)),
            (None, Some(until)) => self.fill("span-until", &Args::of("until", &until)),
            (None, None) => self.say("span-always"),
        }
    }

    /// Spans in words; adjacent ones are merged.
    pub(super) fn spans(self, spans: &[Ends]) -> String {
        let mut joined: Vec<Ends> = Vec::new();
        for span in spans {
            match joined.last_mut() {
                Some(last) if last.until.is_some() && last.until == span.from => {
                    last.until = span.until;
                }
                _ => joined.push(*span),
            }
        }
        self.list(joined.into_iter().map(|span| self.span(span)))
    }

    pub(super) fn region(self, region: &str) -> String {
        match region {
            "cn" => self.say("region-country"),
            code => self.fill("region", &Args::of("code", code)),
        }
    }

    /// Packs in force: the region's own, then those it inherits.
    pub(super) fn packs(self, packs: &[String]) -> String {
        match packs {
            [] => self.say("no-pack"),
            packs => packs.join(" ← "),
        }
    }

    /// The packs in force of every series.
    pub(super) fn parts(self, parts: &[Vec<String>]) -> String {
        let parts: Vec<String> = parts.iter().map(|packs| self.packs(packs)).collect();
        match parts.as_slice() {
            [] => self.say("no-pack"),
            parts => parts.join(&self.sign("semicolon")),
        }
    }

    /// The packs of a book with their versions.
    pub(super) fn editions(self, book: &Book) -> String {
        let editions = book.editions.iter();
        self.list(editions.map(|edition| {
            self.fill(
                "edition",
                &Args::of("id", &edition.id).with("version", &edition.version),
            )
        }))
    }

    /// How well a document is known.
    pub(super) fn grade(self, grade: &str) -> String {
        match grade {
            "V" | "W" | "A" => self.say(&format!("grade-{grade}")),
            other => other.to_owned(),
        }
    }

    pub(super) fn unit(self, unit: &str) -> String {
        self.say(&format!("unit-{unit}"))
    }

    /// A difference as lines. With `short`, added rules share one line with their number, and
    /// added params are left out.
    pub(super) fn difference(self, difference: &Difference, short: bool) -> Vec<Line> {
        let mut lines: Vec<Line> = Vec::new();
        for change in &difference.decisions {
            let key = match (&change.before, &change.after) {
                (None, _) => "decision-added",
                (_, None) => "decision-dropped",
                _ => "decision-changed",
            };
            let levels = |levels: &Option<Vec<String>>| {
                levels
                    .iter()
                    .flatten()
                    .cloned()
                    .collect::<Vec<_>>()
                    .join(" < ")
            };
            let (before, after) = (levels(&change.before), levels(&change.after));
            lines.push(vec![
                Inline::Strong(self.fill(key, &Args::of("before", &before).with("after", &after))),
                Inline::Code(change.decision.clone()),
            ]);
        }
        let added = difference
            .rules
            .iter()
            .filter(|change| change.before.is_none());
        if short && added.clone().count() > 0 {
            let names: Vec<&str> = added
                .filter_map(|c| Some(self.of(&c.after.as_ref()?.caption)))
                .collect();
            lines.push(vec![
                Inline::Strong(self.fill("rules-added", &Args::of("n", names.len()))),
                Inline::Text(names.join(&self.sign("semicolon"))),
            ]);
        }
        for change in &difference.rules {
            if !(short && change.before.is_none()) {
                lines.extend(self.rule(change));
            }
        }
        for change in &difference.params {
            if !(short && change.before.is_none()) {
                lines.push(self.param(change));
            }
        }
        lines
    }

    fn rule(self, change: &RuleChange) -> Vec<Line> {
        let name = Inline::Code(format!("{}.{}", change.decision, change.rule));
        let one = |key: &str, side: &RuleSide, gone: bool| {
            let caption = self.of(&side.caption).to_owned();
            vec![
                Inline::Strong(self.say(key)),
                if gone {
                    Inline::Gone(caption)
                } else {
                    Inline::Text(caption)
                },
                name.clone(),
            ]
        };
        let mut lines = match (&change.before, &change.after) {
            (None, Some(after)) => vec![one("rule-added", after, false)],
            (Some(before), None) => vec![one("rule-dropped", before, true)],
            (Some(before), Some(after)) => {
                let mut lines = vec![one("rule-changed", after, false)];
                let pairs = [
                    ("caption", self.of(&before.caption), self.of(&after.caption)),
                    ("release", self.of(&before.release), self.of(&after.release)),
                    ("condition", self.of(&before.words), self.of(&after.words)),
                    ("source", self.title(before), self.title(after)),
                ];
                for (key, old, new) in pairs.into_iter().filter(|(_, old, new)| old != new) {
                    lines.push(vec![
                        Inline::Text(format!("{}{}", self.say(key), self.say("colon"))),
                        Inline::Gone(old.to_owned()),
                        Inline::Text("→".to_owned()),
                        Inline::Text(new.to_owned()),
                    ]);
                }
                if change.text {
                    lines.push(vec![Inline::Text(self.say("rule-text-changed"))]);
                }
                if !change.params.is_empty() {
                    let mut line = vec![Inline::Text(self.say("rule-params-changed"))];
                    line.extend(change.params.iter().cloned().map(Inline::Code));
                    lines.push(line);
                }
                lines
            }
            (None, None) => Vec::new(),
        };
        if let (Some(reason), Some(first)) = (&change.reason, lines.first_mut()) {
            first.push(self.reason(reason));
        }
        lines
    }

    fn title(self, side: &RuleSide) -> &str {
        side.source.as_ref().map_or("", |title| self.of(title))
    }

    fn reason(self, reason: &str) -> Inline {
        let reason = crate::text::bilingual(reason);
        Inline::Text(self.fill("reason", &Args::of("reason", self.of(&reason))))
    }

    fn param(self, change: &ParamChange) -> Line {
        let value = |side: &ParamSide| {
            let mut value = self.of(&side.value).to_owned();
            if side.assumed {
                if self.lang == Lang::En {
                    value.push(' ');
                }
                value.push_str(&self.say("assumed-after"));
            }
            value
        };
        let name = Inline::Code(change.name.clone());
        let mut line = match (&change.before, &change.after) {
            (None, Some(after)) => vec![
                Inline::Strong(self.say("param-added")),
                name,
                Inline::Text(value(after)),
            ],
            (Some(before), None) => vec![
                Inline::Strong(self.say("param-dropped")),
                name,
                Inline::Gone(value(before)),
            ],
            (Some(before), Some(after)) => vec![
                Inline::Strong(self.say("param-changed")),
                name,
                Inline::Gone(value(before)),
                Inline::Text("→".to_owned()),
                Inline::Strong(value(after)),
            ],
            (None, None) => Vec::new(),
        };
        line.extend(change.reason.as_deref().map(|reason| self.reason(reason)));
        line
    }

    /// A case's picture.
    pub(super) fn band(self, case: &CaseView, picture: &Picture) -> Band {
        let mut rows: Vec<Row> = picture
            .rows
            .iter()
            .map(|row| Row {
                name: self.of(&row.decision).to_owned(),
                pieces: row
                    .stretches
                    .iter()
                    .map(|stretch| Piece {
                        from: stretch.span.from,
                        until: stretch.span.until,
                        level: Level::new(Tone::named(&stretch.tone), self.of(&stretch.level)),
                    })
                    .collect(),
            })
            .collect();
        if !picture.packs.is_empty() {
            rows.push(
                self.reigns(
                    &self.say("in-force"),
                    picture
                        .packs
                        .iter()
                        .map(|(span, packs)| (*span, packs.as_slice())),
                ),
            );
        }
        let marks = case.looks.iter().zip(1..).map(|(look, number)| Mark {
            at: look.at,
            name: number.to_string(),
        });
        Band {
            rows,
            marks: marks.collect(),
            window: Window::around(picture.around.iter().copied()),
            offset: self.offset,
        }
    }

    /// A region's packs over time: a row for its own packs, and below it one for the packs
    /// they inherit; for each series.
    pub(super) fn history(self, region: &Region) -> Band {
        let series: BTreeSet<&str> = region
            .history
            .iter()
            .flat_map(|reign| &reign.parts)
            .filter_map(|packs| packs.first().map(|id| PackId::series_of(id)))
            .into_set();
        let mut rows = Vec::new();
        for name in series {
            let part = |own: bool| {
                region.history.iter().filter_map(move |reign| {
                    let mut parts = reign.parts.iter();
                    let packs = parts.find(|packs| {
                        packs
                            .first()
                            .is_some_and(|id| PackId::series_of(id) == name)
                    })?;
                    let (first, rest) = packs.split_at_checked(1)?;
                    Some((reign.span, if own { first } else { rest }))
                })
            };
            rows.push(self.reigns(&self.series("own-packs", name), part(true)));
            if part(false).any(|(_, packs)| !packs.is_empty()) {
                rows.push(self.reigns(&self.series("inherited-packs", name), part(false)));
            }
        }
        let ends = region
            .history
            .iter()
            .flat_map(|reign| [reign.span.from, reign.span.until]);
        Band {
            rows,
            marks: Vec::new(),
            window: Window::around(ends.flatten()),
            offset: self.offset,
        }
    }

    fn series(self, key: &str, series: &str) -> String {
        match series {
            "" => self.say(key),
            name => format!("{} ({name})", self.say(key)),
        }
    }

    /// Packs in force as a row; neighbours differ in tone.
    fn reigns<'p>(self, name: &str, reigns: impl Iterator<Item = (Ends, &'p [String])>) -> Row {
        let mut pieces: Vec<Piece> = Vec::new();
        for (span, packs) in reigns.filter(|(_, packs)| !packs.is_empty()) {
            let name = self.packs(packs);
            match pieces.last_mut() {
                Some(last) if last.level.name == name && last.until == span.from => {
                    last.until = span.until;
                }
                last => {
                    let blue = last.is_some_and(|last| last.level.tone == Tone::Blue);
                    let tone = if blue { Tone::Grey } else { Tone::Blue };
                    pieces.push(Piece {
                        from: span.from,
                        until: span.until,
                        level: Level::new(tone, name),
                    });
                }
            }
        }
        Row {
            name: name.to_owned(),
            pieces,
        }
    }
}
