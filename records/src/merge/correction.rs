//! Corrections: the wrong record, what it becomes, and who answers for the change.

use super::said::Said;
use super::shape::{Section, Shape};
use crate::code::Code;
use longma_core::{Instant, Offset, Problem};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A correction of one record.
///
/// It supersedes every statement of the section that has the record's identity and
/// disagrees with it in no field. The record can therefore be given by its identity
/// fields alone, in full, or with just enough fields to pick one variant. A correction
/// can itself be corrected by a later one that names what it made of the record.
///
/// If two corrections of one record lead to different results, neither holds: the
/// uncorrected record stays and the disagreement is reported. The later one does not win.
/// Its author either knew of the earlier one and could have named its result, or did not
/// know of it and must be told.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// The section. In an object such as `identity`, a correction changes one field.
    pub section: String,
    /// When the correction was made, in RFC 3339.
    pub at: String,
    /// The record as it was stated.
    pub record: Said,
    /// What the record becomes; `null` removes it.
    pub becomes: Option<Said>,
    /// Who answers for it.
    pub by: Officer,
    /// The reason, in words that the person can read.
    pub reason: String,
}

/// Who answers for a correction.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Officer {
    /// Name.
    pub name: String,
    /// Office.
    pub office: String,
    /// Service number.
    pub number: String,
}

impl Correction {
    /// Normalizes the correction, or returns everything that is wrong with it. `pointer` is
    /// its place in the input.
    pub(super) fn checked(self, shape: &Shape, pointer: &str) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let at = |name: &str| format!("{pointer}/{name}");
        match shape.section(&self.section) {
            Some(Section::Records { identity }) => {
                let missing = |said: &Said| {
                    let mut names = identity.iter();
                    names.find(|it| !said.fields().contains_key(**it))
                };
                let given = [
                    ("record", Some(&self.record)),
                    ("becomes", self.becomes.as_ref()),
                ];
                for (name, said) in given {
                    if let Some(field) = said.and_then(missing) {
                        problems.push(
                            Problem::in_facts(Code::CorrectionIdentity, at(name))
                                .with("field", field)
                                .with("section", &self.section),
                        );
                    }
                }
            }
            Some(Section::Fields(_)) => {
                let field = self.record.fields().keys().next();
                let one =
                    |said: &Said| said.fields().len() == 1 && said.fields().keys().next() == field;
                if !one(&self.record) || self.becomes.as_ref().is_some_and(|it| !one(it)) {
                    problems.push(Problem::in_facts(Code::CorrectionField, at("record")));
                } else if field.is_some_and(|it| it == super::who::DOCUMENT) {
                    problems.push(Problem::in_facts(Code::CorrectionDocument, at("record")));
                }
            }
            Some(Section::Value) | None => {
                problems.push(
                    Problem::in_facts(Code::CorrectionSection, at("section"))
                        .with("section", &self.section),
                );
            }
        }
        let texts = [
            ("by/name", &self.by.name),
            ("by/office", &self.by.office),
            ("by/number", &self.by.number),
            ("reason", &self.reason),
        ];
        for (name, _) in texts.iter().filter(|(_, text)| text.trim().is_empty()) {
            problems.push(Problem::in_facts(Code::CorrectionBlank, at(name)));
        }
        let made = Instant::parse(&self.at);
        if made.is_err() {
            problems.push(
                Problem::in_facts(Code::CorrectionTime, at("at"))
                    .with("found", self.at.escape_debug()),
            );
        }
        match made {
            Ok(made) if problems.is_empty() => Ok(Self {
                at: made.to_rfc3339(Offset::CHINA),
                record: shape.said(&self.section, self.record.fields()),
                becomes: self
                    .becomes
                    .map(|said| shape.said(&self.section, said.fields())),
                ..self
            }),
            _ => Err(problems),
        }
    }

    /// When the correction was made; `None` if `at` is not a valid instant.
    #[must_use]
    pub fn made(&self) -> Option<Instant> {
        Instant::parse(&self.at).ok()
    }
}

/// The corrections of one section, followed to their results.
pub(super) struct Corrected<'a> {
    /// All corrections of the dossier.
    all: &'a [Correction],
    /// Positions by the identity of the corrected record.
    by_key: BTreeMap<Said, Vec<usize>>,
    /// The final result of each correction.
    ends: BTreeMap<usize, End>,
    /// Records whose corrections lead to different results.
    pub(super) contested: BTreeMap<Said, BTreeSet<usize>>,
    /// Corrections that matched a record.
    pub(super) met: BTreeSet<usize>,
}

/// The final form of a record, and the corrections that led to it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct End {
    pub(super) becomes: Option<Said>,
    pub(super) by: BTreeSet<usize>,
}

impl<'a> Corrected<'a> {
    pub(super) fn of(section: &str, all: &'a [Correction], key: &dyn Fn(&Said) -> Said) -> Self {
        let mut corrected = Self {
            all,
            by_key: BTreeMap::new(),
            ends: BTreeMap::new(),
            contested: BTreeMap::new(),
            met: BTreeSet::new(),
        };
        let mut own: Vec<(usize, &Correction)> = all
            .iter()
            .enumerate()
            .filter(|(_, it)| it.section == section)
            .collect();
        for (index, correction) in &own {
            let places = corrected.by_key.entry(key(&correction.record));
            places.or_default().push(*index);
        }
        // Only later corrections can correct a correction, so the latest ones are final.
        own.sort_by_key(|(_, it)| std::cmp::Reverse(it.made()));
        for (index, correction) in own {
            let mut end = match &correction.becomes {
                None => End::default(),
                Some(said) => corrected.end(said, &key(said), correction.made()),
            };
            end.by.insert(index);
            corrected.ends.insert(index, end);
        }
        corrected
    }

    /// The result for a record stated by a source (`since` is `None`), or produced by a
    /// correction made at `since`.
    pub(super) fn end(&mut self, said: &Said, key: &Said, since: Option<Instant>) -> End {
        let places = self.by_key.get(key).into_iter().flatten().copied();
        let meets = |index: &usize| {
            self.all.get(*index).is_some_and(|it| {
                let later = since.is_none() || it.made() > since;
                later && it.record.agrees_with(said)
            })
        };
        let meeting: BTreeSet<usize> = places.filter(meets).collect();
        self.met.extend(&meeting);
        let ends = meeting.iter().filter_map(|index| self.ends.get(index));
        let results: BTreeSet<&Option<Said>> = ends.clone().map(|end| &end.becomes).collect();
        let stays = End {
            becomes: Some(said.clone()),
            by: BTreeSet::new(),
        };
        match results.len() {
            0 => stays,
            1 => End {
                becomes: results.into_iter().next().cloned().flatten(),
                by: ends.flat_map(|end| end.by.iter().copied()).collect(),
            },
            _ => {
                self.contested.insert(said.clone(), meeting);
                stays
            }
        }
    }
}
