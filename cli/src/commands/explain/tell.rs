//! An explanation as a tree: levels, then rules with what they found.

use crate::messages::{Key, Words};
use crate::show::moment::duration;
use crate::show::page::{self, HEADING, Page, QUIET, plain, tone};
use crate::show::sources::Sources;
use anstyle::Style;
use longma_core::{Args, CauseView, Instant, Stamp, UNKNOWN};
use longma_desk::explain::{
    Changed, Decision, Explanation, Fact, Level, Reason, Rule, RuleVerdict, Standing, Value,
};

/// Indent of a decision's rules, in columns.
const RULE: usize = 2;
/// Indent of a rule's details.
const TOLD: usize = 6;
/// Extra indent of each further level of detail.
const STEP: usize = 2;

/// The explanation in lines of at most `columns`.
pub(super) fn page(
    explanation: &Explanation,
    sources: &Sources,
    at: Instant,
    columns: usize,
    words: Words,
) -> String {
    let mut teller = Teller {
        page: Page::new(columns),
        sources,
        at,
        words,
    };
    teller.explanation(explanation);
    teller.page.finish()
}

struct Teller<'a> {
    page: Page,
    sources: &'a Sources,
    at: Instant,
    words: Words,
}

impl Teller<'_> {
    fn line(&mut self, indent: usize, text: &str) {
        self.page.field(indent, "", 0, text);
    }

    fn explanation(&mut self, explanation: &Explanation) {
        let words = self.words;
        let offset = explanation.at.offset;
        let time = explanation.at.words();
        self.page.heading(&words.fill(
            Key::ExplainHeading,
            &Args::of("time", &time).with("offset", offset),
        ));
        let packs = match explanation.packs.as_slice() {
            [] => words.say(Key::HeaderRulesNone).to_owned(),
            packs => words.list(packs),
        };
        let margin = 2 + [Key::HeaderRegion, Key::HeaderRules]
            .map(|key| page::width(words.say(key)))
            .into_iter()
            .max()
            .unwrap_or_default();
        let region = &explanation.region;
        self.page
            .field(0, words.say(Key::HeaderRegion), margin, region);
        self.page
            .field(0, words.say(Key::HeaderRules), margin, &packs);
        let span = self.span(explanation.from, explanation.until);
        self.page.field(0, "", margin, &span);
        for decision in &explanation.decisions {
            self.decision(decision);
        }
    }

    /// A span in words.
    fn span(&self, from: Option<Stamp>, until: Option<Stamp>) -> String {
        let (from, until) = (from.map(Stamp::words), until.map(Stamp::words));
        let words = self.words;
        match (from, until) {
            (Some(from), Some(until)) => words.fill(
                Key::SpanFromUntil,
                &Args::of("from", &from).with("until", &until),
            ),
            (Some(from), None) => words.fill(Key::SpanFrom, &Args::of("from", &from)),
            (None, Some(until)) => words.fill(Key::SpanUntil, &Args::of("until", &until)),
            (None, None) => words.say(Key::SpanAlways).to_owned(),
        }
    }

    fn decision(&mut self, decision: &Decision) {
        let words = self.words;
        let status = &decision.status;
        let here = decision.levels.iter().find(|l| l.level == status.level);
        let said = match (here, &status.at_least) {
            (Some(level), _) => plain(words.of(&level.caption)),
            (None, None) => words.say(Key::Unknown).to_owned(),
            (None, Some(least)) => {
                let least = self.level(decision, least);
                words.fill(Key::UnknownAtLeast, &Args::of("level", &least))
            }
        };
        let colour = here.map_or(UNKNOWN, |level| level.colour.as_str());
        self.page.gap();
        self.page.parts(&[
            (words.of(&decision.caption), HEADING),
            (" ", Style::new()),
            (&format!(" {said} "), tone(colour).bold()),
            (" ", Style::new()),
            (&decision.decision, QUIET),
        ]);
        let since = self.span(status.since, status.until);
        self.line(RULE, &since);
        for level in &decision.levels {
            self.standing(decision, level);
        }
        for rule in &decision.rules {
            self.rule(decision, rule);
        }
        for cause in status
            .causes
            .iter()
            .filter(|c| c.rule.starts_with("manual/"))
        {
            self.manual(decision, cause);
        }
        for changed in &decision.changed {
            self.changed(changed);
        }
    }

    fn level(&self, decision: &Decision, level: &str) -> String {
        let known = decision.levels.iter().find(|known| known.level == level);
        known.map_or_else(
            || level.to_owned(),
            |known| plain(self.words.of(&known.caption)),
        )
    }

    /// Says why a level does or does not hold.
    fn standing(&mut self, decision: &Decision, level: &Level) {
        let words = self.words;
        let name = self.level(decision, &level.level);
        let told = match (level.standing, &level.nearest) {
            (Standing::Here, _) if decision.status.causes.is_empty() => {
                words.say(Key::ReasonsNone).to_owned()
            }
            (Standing::Here, _) => return,
            (Standing::Possible, _) => {
                let open = decision.rules.iter().filter(|rule| {
                    let open = matches!(rule.verdict, RuleVerdict::Unknown | RuleVerdict::Failed);
                    open && level.rules.contains(&rule.rule)
                });
                match words.list(open.map(|rule| short(&rule.rule))).as_str() {
                    "" => words.say(Key::ExplainCertain).to_owned(),
                    rules => words.fill(Key::ExplainPossible, &Args::of("rules", rules)),
                }
            }
            (Standing::Below, _) => {
                let causes = level.held_up_by.iter();
                let causes = words.list(causes.map(|cause| self.held(cause)));
                words.fill(Key::ExplainHeldUp, &Args::of("causes", &causes))
            }
            (Standing::Above, Some(nearest)) => {
                let rule = short(&nearest.rule);
                let (edge, key) = if nearest.to_come {
                    (nearest.from, Key::ExplainNearestToCome)
                } else {
                    (nearest.until, Key::ExplainNearestOver)
                };
                let time = edge.map(Stamp::words).unwrap_or_default();
                let away = edge.map(|edge| {
                    let (first, last) = if nearest.to_come {
                        (self.at, edge.instant)
                    } else {
                        (edge.instant, self.at)
                    };
                    duration(last.minus(first), words)
                });
                let away = away.unwrap_or_default();
                words.fill(
                    key,
                    &Args::of("rule", rule)
                        .with("time", &time)
                        .with("duration", &away),
                )
            }
            (Standing::Above, None) if level.rules.is_empty() => {
                words.say(Key::ExplainNoRule).to_owned()
            }
            (Standing::Above, None) => words.fill(
                Key::ExplainNone,
                &Args::of(
                    "rules",
                    words.list(level.rules.iter().map(|rule| short(rule))),
                ),
            ),
        };
        let key = match level.standing {
            Standing::Here => Key::ExplainWhy,
            Standing::Possible => Key::ExplainMaybe,
            _ => Key::ExplainWhyNot,
        };
        let label = words.fill(key, &Args::of("level", &name));
        let margin = page::width(&label) + 2;
        let told = match level.next {
            Some(next) if level.standing != Standing::Here => {
                let args = Args::of("told", &told).with("time", next.words());
                words.fill(Key::ExplainNext, &args)
            }
            _ => told,
        };
        self.page.field(RULE, &label, margin, &told);
    }

    fn held(&self, cause: &CauseView) -> String {
        let words = self.words;
        let rule = short(&cause.rule);
        match &cause.until {
            Some(until) => {
                let until = until.words();
                words.fill(
                    Key::ExplainHeldUntil,
                    &Args::of("rule", rule).with("until", &until),
                )
            }
            None => words.fill(Key::ExplainHeldOpen, &Args::of("rule", rule)),
        }
    }

    fn rule(&mut self, decision: &Decision, rule: &Rule) {
        let words = self.words;
        let (sign, key) = match rule.verdict {
            RuleVerdict::Holds => ("+", Key::ExplainHolds),
            RuleVerdict::ToCome => (">", Key::ExplainToCome),
            RuleVerdict::Over => ("<", Key::ExplainOver),
            RuleVerdict::Elsewhen => ("~", Key::ExplainElsewhen),
            RuleVerdict::Never => ("-", Key::ExplainNever),
            RuleVerdict::Unknown => ("?", Key::ExplainUnknown),
            RuleVerdict::Failed => ("!", Key::ExplainFailed),
        };
        let style = match rule.verdict {
            RuleVerdict::Holds => HEADING,
            _ => anstyle::Style::new(),
        };
        let caption = plain(words.of(&rule.caption));
        let title = format!("{}: {}", words.say(key), caption);
        self.page.styled_field(RULE, sign, 2, &title, style);
        self.page.styled_field(RULE + 2, "", 0, &rule.rule, QUIET);
        for cause in &rule.causes {
            let level = self.level(decision, &cause.level);
            let end = |time: Option<Stamp>, open: Key| match time {
                Some(time) => time.words(),
                None => words.say(open).to_owned(),
            };
            let from = end(cause.from, Key::SpanOpenFrom);
            let until = end(cause.until, Key::SpanOpenUntil);
            let told = words.fill(
                Key::ReasonSpan,
                &Args::of("level", &level)
                    .with("from", &from)
                    .with("until", &until),
            );
            self.page
                .field(TOLD - 2, if cause.holds { "=" } else { "" }, 2, &told);
            for fact in &cause.facts {
                let fact = self.fact(fact);
                self.line(TOLD + STEP, &fact);
            }
        }
        if rule.verdict == RuleVerdict::Holds {
            let label = words.say(Key::ReasonRelease);
            let release = plain(words.of(&rule.release));
            self.page
                .field(TOLD, label, page::width(label) + 2, &release);
        }
        for problem in &rule.problems {
            self.line(TOLD, &plain(words.of(&problem.message())));
        }
        for reason in &rule.reasons {
            self.reason(reason, TOLD);
        }
        if rule.more_reasons > 0 {
            let more = words.fill(Key::ExplainMore, &Args::of("n", rule.more_reasons));
            self.line(TOLD, &more);
        }
    }

    fn fact(&self, fact: &Fact) -> String {
        let text = plain(&fact.text);
        let place = match self.sources.evidence(&fact.pointer) {
            Some((file, line)) => {
                let file = file.display();
                self.words.fill(
                    Key::EvidenceAt,
                    &Args::of("pointer", &fact.pointer)
                        .with("file", &file)
                        .with("line", line),
                )
            }
            None => fact.pointer.clone(),
        };
        format!("{place}  {text}")
    }

    fn reason(&mut self, reason: &Reason, indent: usize) {
        let words = self.words;
        match reason {
            Reason::Empty { section } => {
                self.line(
                    indent,
                    &words.fill(Key::ExplainEmpty, &Args::of("section", section)),
                );
            }
            Reason::Condition {
                about,
                condition,
                was,
                values,
                within,
                ..
            } => {
                let key = if *was {
                    Key::ExplainTrue
                } else {
                    Key::ExplainFalse
                };
                let told = words.fill(key, &Args::of("condition", condition));
                self.told(about.as_ref(), &told, values, indent);
                for inner in within {
                    self.reason(inner, indent + STEP);
                }
            }
            Reason::NoRows { about, call, .. } => {
                let told = words.fill(Key::ExplainNoRows, &Args::of("call", call));
                self.told(about.as_ref(), &told, &[], indent);
            }
            Reason::NeverBegins {
                about,
                cause,
                values,
                ..
            } => {
                let told = words.fill(Key::ExplainNeverBegins, &Args::of("cause", cause));
                self.told(about.as_ref(), &told, values, indent);
            }
        }
    }

    fn told(&mut self, about: Option<&Fact>, told: &str, values: &[Value], indent: usize) {
        let words = self.words;
        let values = values.iter().map(|value| {
            words.fill(
                Key::ExplainValue,
                &Args::of("text", &value.text).with("value", &value.value),
            )
        });
        let values = words.list(values);
        let told = match values.as_str() {
            "" => told.to_owned(),
            values => words.fill(
                Key::ExplainValues,
                &Args::of("told", told).with("values", values),
            ),
        };
        match about {
            Some(fact) => {
                let label = fact.pointer.clone();
                let margin = page::width(&label) + 2;
                self.page.field(indent, &label, margin, &plain(&told));
            }
            None => self.line(indent, &plain(&told)),
        }
    }

    fn manual(&mut self, decision: &Decision, cause: &CauseView) {
        let level = self.level(decision, &cause.level);
        let caption = plain(self.words.of(&cause.caption));
        let title = format!("{}: {caption}", self.words.say(Key::ExplainHolds));
        self.page.styled_field(RULE, "+", 2, &title, HEADING);
        let span = self.span(cause.from, cause.until);
        self.line(TOLD, &format!("{level}, {span}"));
    }

    fn changed(&mut self, changed: &Changed) {
        let key = if changed.dropped {
            Key::ExplainDropped
        } else {
            Key::ExplainReplaced
        };
        let reason = plain(&changed.reason);
        let told = self.words.fill(
            key,
            &Args::of("name", &changed.name)
                .with("by", &changed.by)
                .with("reason", &reason),
        );
        self.page.field(RULE, "·", 2, &told);
    }
}

/// A rule's function name, without its pack and decision.
fn short(rule: &str) -> &str {
    rule.rsplit('/').next().unwrap_or(rule)
}
