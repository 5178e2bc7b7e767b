//! Corrections: what was said wrongly, what it becomes, and who says so.

use super::said::Said;
use super::shape::{Section, Shape};
use crate::code::Code;
use longma_core::{Instant, Offset, Problem};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// One correction of one record.
///
/// It supersedes every statement of the section that has the record's identity
/// and nowhere differs from it: the record can be given by its identity fields,
/// whole, or as far as is needed to tell variants apart. A correction may itself
/// be corrected, by a later one that names what it made of the record.
///
/// Where two corrections of one record come to different ends, neither holds:
/// the uncorrected record stays and the disagreement is reported. The later one
/// does not win by being later. Whoever wrote it knew of the earlier one and
/// could have named its result, or did not know of it and must be told.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// The section; of an object such as `identity`, one field is corrected.
    pub section: String,
    /// When it was made, in RFC 3339.
    pub at: String,
    /// What was said.
    pub record: Said,
    /// What it becomes; `null` where it is to go.
    pub becomes: Option<Said>,
    /// Who answers for it.
    pub by: Officer,
    /// Why, in words that the person can read.
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
    /// The correction in the one form, or all that is wrong with it; `pointer` is
    /// where it stands.
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

    /// When it was made.
    #[must_use]
    pub fn made(&self) -> Option<Instant> {
        Instant::parse(&self.at).ok()
    }
}

/// The corrections of one section, as far as they lead.
pub(super) struct Corrected<'a> {
    /// All corrections of the dossier.
    all: &'a [Correction],
    /// Positions by what tells the corrected record apart.
    by_key: BTreeMap<Said, Vec<usize>>,
    /// Where each correction leads in the end.
    ends: BTreeMap<usize, End>,
    /// Records whose corrections come to different ends.
    pub(super) contested: BTreeMap<Said, BTreeSet<usize>>,
    /// Corrections that met a record.
    pub(super) met: BTreeSet<usize>,
}

/// What becomes of a record, and the corrections on the way there.
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
        // A correction is corrected only by later ones: the latest lead nowhere else.
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

    /// What becomes of a record that was said: by a source, or by a correction
    /// made at `since`.
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
