//! What was decided before a correction, and what after it.
//!
//! A correction changes the facts, and with them the whole timeline. Whether it also
//! changes the past is for the policy to say, with `corrections` in the pack's manifest:
//! either the record counts as if it had always been so, or the correction counts only
//! from when it was made, and what was decided on the old record stands. At each instant,
//! the pack then in force chooses.
//!
//! Left out: when a *statement* became known. Statements carry no time of arrival; a
//! document that must not count before some instant has to be joined later.

use crate::code::Code;
use crate::merge::{Correction, Dossier, Merged};
use longma_core::{
    Catalogue, CauseView, Corrections, DecisionOutcome, Instant, Localized, Offset, Outcome,
    Problem, Problems, Request, Span, Stamp, Status,
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Version of the history format.
const FORMAT: u32 = 1;
/// Maximum number of distinct correction instants; each is evaluated once.
const STAGES: usize = 100;

/// The outcomes of a dossier, one for each state of its corrections.
///
/// ```
/// use longma_core::{Instant, Request};
/// use longma_records::history::History;
/// use longma_records::merge::Dossier;
/// # let text = |file: &str, text: &str| (format!("packs/62/2022-01-01/{file}"), text.to_owned());
/// # let house = longma_compile::texts::read(&longma_compile::texts::Texts::from([
/// #     ("schema/person.schema.json".to_owned(), PERSON.to_owned()),
/// #     text("pack.toml", PACK),
/// #     text("captions.toml", CAPTIONS),
/// #     text("code.rhai", RULE),
/// # ]));
/// # let catalogue = longma_oracle::load(&house.bundle).unwrap();
/// // The pack's rule: a positive test is red from its report on. Its manifest says
/// // `corrections = "correction"`: corrections do not change the past.
/// let dossier = Dossier::of(&catalogue, "laboratory", FACTS).unwrap();
/// let dossier = dossier.corrected(&catalogue, r#"[{
///     "section": "tests", "at": "2022-07-12T09:00:00+08:00",
///     "record": {"method": "nucleic_acid", "sampled_at": "2022-07-10T08:00:00+08:00"},
///     "becomes": null,
///     "by": {"name": "经办甲", "office": "虚构区疾控中心", "number": "0001"},
///     "reason": "样本贴错"
/// }]"#).unwrap();
/// let history = History::of(&catalogue, &dossier, Request::default()).unwrap();
/// let level = |time: &str| {
///     let status = history.at("code", Instant::parse(time).unwrap()).unwrap();
///     status.level_name().to_owned()
/// };
/// assert_eq!(level("2022-07-10T19:59:59+08:00"), "green");
/// assert_eq!(level("2022-07-12T08:59:59+08:00"), "red");
/// assert_eq!(level("2022-07-12T09:00:00+08:00"), "green");
/// # const PERSON: &str = include_str!("../../rules/schema/person.schema.json");
/// # const PACK: &str = r#"
/// # subject = "person"
/// # version = "1"
/// # title = { zh-CN = "方案", en = "A plan" }
/// # authority = { zh-CN = "省", en = "Province" }
/// # corrections = "correction"
/// # effective.from = 2022-01-01T00:00:00+08:00
/// # [sources.s]
/// # title = { zh-CN = "来源", en = "the source" }
/// # date = 2022-01-01
/// # grade = "A"
/// # [decisions.code]
/// # scale = ["green", "red"]
/// # colours = ["green", "red"]
/// # "#;
/// # const CAPTIONS: &str = r#"
/// # [code]
/// # name = { zh-CN = "码", en = "code" }
/// # [code.levels]
/// # green = { zh-CN = "绿码", en = "green" }
/// # red = { zh-CN = "红码", en = "red" }
/// # [code.rules.positive]
/// # caption = { zh-CN = "检测阳性", en = "a positive test" }
/// # release = { zh-CN = "治愈", en = "recovery" }
/// # "#;
/// # const RULE: &str = r#"
/// # /// source: s
/// # fn positive(tests) {
/// #     tests.filter(|t| t.result == "positive").map(|t| red(t.reported_at, ()).because(t))
/// # }
/// # "#;
/// # const FACTS: &str = r#"{
/// #     "subject": "person",
/// #     "identity": {
/// #         "name": "样例", "region": "620102",
/// #         "document": {"type": "resident_id", "number": "999999199001010016"}
/// #     },
/// #     "tests": [{
/// #         "method": "nucleic_acid", "result": "positive", "pool_size": 1,
/// #         "sampled_at": "2022-07-10T08:00:00+08:00",
/// #         "reported_at": "2022-07-10T20:00:00+08:00"
/// #     }]
/// # }"#;
/// ```
#[derive(Debug)]
pub struct History {
    stages: Vec<Stage>,
    corrections: Vec<Correction>,
    /// From when corrections count, by pack id.
    modes: BTreeMap<String, Corrections>,
    offset: Offset,
}

/// The decisions made with one state of the corrections.
#[derive(Debug)]
pub struct Stage {
    /// The instant from which these corrections are known; `None` before the first.
    pub since: Option<Instant>,
    /// The merged facts.
    pub merged: Merged,
    /// The outcome for these facts, over all time.
    pub outcome: Outcome,
}

/// The history as written to JSON.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HistoryView {
    /// The format's version.
    pub longma_history: u32,
    /// The corrections, sorted.
    pub corrections: Vec<Correction>,
    /// Decisions by name.
    pub decisions: BTreeMap<String, DecisionHistory>,
}

/// One decision over all time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DecisionHistory {
    /// Name for readers.
    pub caption: Localized,
    /// Segments that together cover all time; neighbours differ.
    pub segments: Vec<SegmentView>,
}

/// A stretch of time with one status, as written to JSON.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SegmentView {
    /// First instant; `None` if there is none.
    pub from: Option<Stamp>,
    /// First instant after the segment; `None` if there is none.
    pub until: Option<Stamp>,
    /// The level, or `unknown`.
    pub level: String,
    /// If the level is unknown: the highest level that is certain.
    pub at_least: Option<String>,
    /// The packs in force: the region's own first, then those it inherits.
    pub packs: Vec<String>,
    /// The causes, highest level first.
    pub causes: Vec<CauseView>,
    /// The instant of the latest correction that counts here; `None` if none does.
    pub known: Option<Stamp>,
}

impl History {
    /// Evaluates a dossier before its first correction and after each one.
    ///
    /// # Errors
    /// One of the states cannot be merged or decided, or there are too many corrections.
    pub fn of(
        catalogue: &Catalogue,
        dossier: &Dossier,
        request: Request<'_>,
    ) -> Result<Self, Problems> {
        let made: BTreeSet<Instant> = dossier
            .corrections()
            .iter()
            .filter_map(Correction::made)
            .collect();
        if made.len() > STAGES {
            return Err(Problem::in_facts(Code::HistoryLong, "/corrections")
                .with("limit", STAGES)
                .into());
        }
        let stage = |since: Option<Instant>| {
            let known = match since {
                Some(instant) => dossier.until(instant),
                None => dossier.uncorrected(),
            };
            let merged = known.merged(catalogue)?;
            let outcome = catalogue.evaluate(&merged.facts_json(), request)?;
            Ok(Stage {
                since,
                merged,
                outcome,
            })
        };
        let since = std::iter::once(None).chain(made.into_iter().map(Some));
        let stages: Vec<Stage> = since.map(stage).collect::<Result<_, Problems>>()?;
        let modes = catalogue.packs().into_iter();
        let modes =
            modes.filter_map(|pack| Some((pack.id.clone(), catalogue.corrections_of(&pack.id)?)));
        Ok(Self {
            offset: stages
                .last()
                .map_or(Offset::CHINA, |stage| stage.outcome.offset()),
            modes: modes.collect(),
            corrections: dossier.corrections().iter().cloned().collect(),
            stages,
        })
    }

    /// The states, earliest first: the first has no correction, the last has all.
    #[must_use]
    pub fn stages(&self) -> &[Stage] {
        &self.stages
    }

    /// The status of a decision at an instant, with corrections counted as the pack then in
    /// force says; `None` if the rules have no such decision.
    #[must_use]
    pub fn at(&self, decision: &str, instant: Instant) -> Option<Status<'_>> {
        let stage = self.stages.get(self.counting(decision, instant)?)?;
        stage.outcome.at(decision, instant)
    }

    /// Every decision over all time, with corrections counted as the packs say.
    ///
    /// A status from an earlier state also covers the time after later corrections; here each
    /// segment ends where another state takes over.
    #[must_use]
    pub fn view(&self) -> HistoryView {
        let names = self.stages.iter().flat_map(|it| it.outcome.decisions());
        let names: BTreeSet<&String> = names.map(|(name, _)| name).collect();
        let decisions = names.into_iter().filter_map(|name| {
            let last = self.stages.last()?.outcome.decisions().get(name)?;
            let history = DecisionHistory {
                caption: last.caption().clone(),
                segments: self.segments(name),
            };
            Some((name.clone(), history))
        });
        HistoryView {
            longma_history: FORMAT,
            corrections: self.corrections.clone(),
            decisions: decisions.collect(),
        }
    }

    /// Index of the state that counts for a decision at an instant.
    fn counting(&self, decision: &str, instant: Instant) -> Option<usize> {
        let last = self.stages.len().checked_sub(1)?;
        let status = self.stages.get(last)?.outcome.at(decision, instant)?;
        let mode = status.packs().first().and_then(|id| self.modes.get(id));
        Some(match mode.copied().unwrap_or_default() {
            Corrections::Record => last,
            Corrections::Correction => {
                let known = |stage: &Stage| stage.since.is_none_or(|since| since <= instant);
                self.stages.iter().rposition(known)?
            }
        })
    }

    fn segments(&self, decision: &str) -> Vec<SegmentView> {
        let mut starts: BTreeSet<Option<Instant>> = self.stages.iter().map(|it| it.since).collect();
        for stage in &self.stages {
            let found = stage.outcome.decisions().get(decision);
            let stretches = found.into_iter().flat_map(DecisionOutcome::stretches);
            starts.extend(stretches.map(|stretch| stretch.span().from()));
        }
        let ends = starts.iter().skip(1).copied().chain([None]);
        let mut segments: Vec<SegmentView> = Vec::new();
        for (from, until) in starts.iter().zip(ends) {
            let Some(next) = Span::new(*from, until).and_then(|span| self.segment(decision, span))
            else {
                continue;
            };
            match segments.last_mut() {
                Some(last) if says_the_same(last, &next) => last.until = next.until,
                _ => segments.push(next),
            }
        }
        segments
    }

    fn segment(&self, decision: &str, span: Span) -> Option<SegmentView> {
        let instant = span.from().or_else(|| earlier_than(span.until()))?;
        let stage = self.stages.get(self.counting(decision, instant)?)?;
        let stretch = stage.outcome.at(decision, instant)?.stretch();
        let write = Stamp::at(self.offset);
        Some(SegmentView {
            from: span.from().map(write),
            until: span.until().map(write),
            level: stretch.level_name().to_owned(),
            at_least: stretch.at_least_name().map(str::to_owned),
            packs: stretch.packs().to_vec(),
            causes: stretch.cause_views(self.offset),
            known: stage.since.map(write),
        })
    }
}

/// An instant before `end`; any instant if there is no end.
fn earlier_than(end: Option<Instant>) -> Option<Instant> {
    match end {
        Some(end) => Instant::from_unix(end.unix().saturating_sub(1)),
        None => Instant::from_unix(0),
    }
}

fn says_the_same(left: &SegmentView, right: &SegmentView) -> bool {
    left.level == right.level
        && left.at_least == right.at_least
        && left.packs == right.packs
        && left.causes == right.causes
        && left.known == right.known
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    #![allow(clippy::indexing_slicing, reason = "a test fails by panicking")]

    use super::*;
    use crate::fixture::{corrected, negative, pack, packs, person, positive};

    /// One pack of each kind, one after the other.
    fn two_kinds() -> Catalogue {
        let change = "2022-07-11T00:00:00+08:00";
        let first = pack("62/2022-01-01", None, Some(change), "record");
        let second = pack("62/2022-07-11", Some(change), None, "correction");
        packs(vec![first, second])
    }

    fn level(history: &History, at: &str) -> String {
        let status = history.at("code", Instant::parse(at).unwrap());
        status.unwrap().level_name().to_owned()
    }

    #[test]
    fn each_pack_says_from_when_a_correction_counts() {
        let catalogue = two_kinds();
        // A positive of 10 July becomes a negative on 12 July.
        let dossier = person(
            &catalogue,
            "laboratory",
            &[positive("2022-07-10T20:00:00+08:00")],
        );
        let at = "2022-07-12T09:00:00+08:00";
        let dossier = corrected(
            &catalogue,
            &dossier,
            at,
            &negative("2022-07-10T20:00:00+08:00"),
        );
        let history = History::of(&catalogue, &dossier, Request::default()).unwrap();
        // Under the first pack the positive never happened. Under the second, what was decided
        // stands until the very second of the correction.
        assert_eq!(level(&history, "2022-07-10T23:59:59+08:00"), "green");
        assert_eq!(level(&history, "2022-07-11T00:00:00+08:00"), "red");
        assert_eq!(level(&history, "2022-07-12T08:59:59+08:00"), "red");
        assert_eq!(level(&history, "2022-07-12T09:00:00+08:00"), "green");
        let [before, after] = history.stages() else {
            return assert_eq!(history.stages().len(), 2);
        };
        let then = Instant::parse("2022-07-10T23:59:59+08:00").unwrap();
        assert_eq!(before.outcome.at("code", then).unwrap().level_name(), "red");
        assert_eq!(
            after.outcome.at("code", then).unwrap().level_name(),
            "green"
        );
    }

    #[test]
    fn the_segments_cover_all_time_and_say_what_is_looked_up() {
        let catalogue = two_kinds();
        let dossier = person(
            &catalogue,
            "laboratory",
            &[positive("2022-07-10T20:00:00+08:00")],
        );
        let dossier = corrected(
            &catalogue,
            &dossier,
            "2022-07-12T09:00:00+08:00",
            &negative("2022-07-10T20:00:00+08:00"),
        );
        let history = History::of(&catalogue, &dossier, Request::default()).unwrap();
        let view = history.view();
        let segments = &view.decisions["code"].segments;
        let from = |it: &SegmentView| it.from.map(|at| at.to_string());
        let levels: Vec<(&str, Option<String>)> = segments
            .iter()
            .map(|it| (it.level.as_str(), from(it)))
            .collect();
        assert_eq!(
            levels,
            [
                ("green", None),
                ("red", Some("2022-07-11T00:00:00+08:00".to_owned())),
                ("green", Some("2022-07-12T09:00:00+08:00".to_owned())),
            ]
        );
        for pair in segments.windows(2) {
            assert_eq!(pair[0].until, pair[1].from);
        }
        assert_eq!(segments[2].until, None);
        assert!(
            segments[1].causes[0]
                .evidence
                .contains(&"/tests/0".to_owned())
        );
        assert_eq!(view.corrections.len(), 1);
    }

    #[test]
    fn without_corrections_there_is_one_state() {
        let catalogue = two_kinds();
        let dossier = person(
            &catalogue,
            "laboratory",
            &[positive("2022-07-10T20:00:00+08:00")],
        );
        let history = History::of(&catalogue, &dossier, Request::default()).unwrap();
        assert_eq!(history.stages().len(), 1);
        assert_eq!(level(&history, "2022-07-10T20:00:00+08:00"), "red");
        assert_eq!(level(&history, "2022-07-10T19:59:59+08:00"), "green");
    }

    #[test]
    fn a_pack_that_says_nothing_counts_as_what_it_inherits_or_from_the_record_on() {
        let parent = pack("cn/2022-01-01", None, None, "correction");
        let mut child = pack("62/2022-01-01", None, None, "record");
        child.manifest.corrections = None;
        child.manifest.inherits = Some("cn/2022-01-01".to_owned());
        child.manifest.decisions.clear();
        child.scripts.clear();
        child.captions.clear();
        let mut alone = pack("63/2022-01-01", None, None, "record");
        alone.manifest.corrections = None;
        let catalogue = packs(vec![parent, child, alone]);
        let of = |id: &str| catalogue.corrections_of(id);
        assert_eq!(of("62/2022-01-01"), Some(Corrections::Correction));
        assert_eq!(of("63/2022-01-01"), Some(Corrections::Record));
        assert_eq!(of("64/2022-01-01"), None);
    }
}
