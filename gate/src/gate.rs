//! What a gate holds, and what it decides about a code.

use crate::code::{Code, words};
use longma_core::{
    Catalogue, GREY, Instant, Json, Localized, Members, Offset, Outcome, Place, Problem, Problems,
    Reading, References, Request, Role, Span, Stamp, Verdict, packed,
};
use longma_identity::mask;
use longma_passes::door::{Presence, present, present_levels, verdict};
use longma_seal::pass::{Levels, Pass, Presented, Shown};
use longma_seal::revoked::Revoked;
use longma_seal::trust::{Current, Root, Seen, unexpired};
use longma_seal::{Purpose, text};
use serde::Serialize;

/// The packs' name in a release.
pub const PACKS: &str = "packs.longma";
/// What whoever stands at a gate is called in the venue's facts.
const VISITOR: &str = "visitor";
/// From how long before an instant on a decision from facts is looked at.
const DAYS: (i64, i64) = (-1, 2);

/// Signed packs, tables and a list of what was revoked, with a venue's rules: all that a gate
/// decides from.
#[derive(Debug)]
pub struct Gate {
    root: Root,
    current: Current,
    catalogue: Catalogue,
    references: References,
    revoked: Option<Revoked>,
    venue: Option<Members>,
    /// Whether its codes are samples, which admit nobody.
    is_sample: bool,
}

/// What a gate says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// The venue's rules let whoever shows the code in.
    Admit,
    /// Staff has to look.
    Check,
    /// The code counts for nothing, or the rules let nobody in with it.
    Deny,
}

/// What a gate says about a code. A page shows this and decides nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// When.
    pub at: Stamp,
    /// What to do.
    pub word: Word,
    /// The same for readers.
    pub words: Localized,
    /// Why, the first reason first.
    pub why: Vec<Why>,
    /// Who holds the code, masked: compare it with a document.
    pub holder: Option<Holder>,
    /// What the code shows.
    pub face: Option<Face>,
    /// Whether the holder's phone signed it a moment ago. A code that it did not sign may be
    /// a copy.
    pub signed_now: bool,
    /// Whether it is a sample, which admits nobody.
    pub sample: bool,
}

/// One reason of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Why {
    /// The name of the problem; empty for a reason of the rules.
    pub code: String,
    /// The reason.
    pub words: Localized,
    /// What to do about it.
    pub help: Option<Localized>,
}

/// Who holds a code, masked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Holder {
    /// The name.
    pub name: String,
    /// The document's number.
    pub document: String,
}

/// The level that a code shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Face {
    /// Its name, such as `green`; `unknown` if it is not known.
    pub level: String,
    /// Its name for readers.
    pub words: Localized,
    /// The tone that it is drawn in.
    pub tone: String,
}

/// What staff sees of a gate itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct State {
    /// The version of the release of packs.
    pub release: i64,
    /// From when on the packs no longer count.
    pub until: Stamp,
    /// Whether they count at the asked instant.
    pub counts: bool,
    /// When the list of what was revoked was made; `None` without a list.
    pub list_issued: Option<Stamp>,
    /// From when on that list no longer counts.
    pub list_until: Option<Stamp>,
    /// Whether a list is needed and none counts.
    pub list_missing: bool,
    /// Whether codes are samples, which admit nobody.
    pub sample: bool,
}

impl Gate {
    /// A gate with the packs of a release. `documents` are timestamp and release; the packs
    /// are the compiled ones that the release names as [`PACKS`].
    ///
    /// # Errors
    /// If the release does not count now, or the packs are not the ones that it names.
    pub fn load(
        root: Root,
        documents: (&[u8], &[u8]),
        packs: &[u8],
        seen: &mut Seen,
        now: Instant,
    ) -> Result<Self, Problems> {
        let mut newly = seen.clone();
        let current = root.release(documents, &mut newly, now)?;
        current.release.takes(PACKS, packs)?;
        let catalogue = packed::read(packs)?;
        *seen = newly;
        Ok(Self {
            root,
            current,
            catalogue,
            references: References::none(),
            revoked: None,
            venue: None,
            is_sample: false,
        })
    }

    /// The same gate for trying out: whatever it would admit is a sample, to be looked at.
    #[must_use]
    pub fn for_samples(self) -> Self {
        Self {
            is_sample: true,
            ..self
        }
    }

    /// Adds a table of the release, `tables/NAME.csv`, and says how many rows it has.
    ///
    /// # Errors
    /// If the release names no such table or another, or the table is wrong.
    pub fn add_reference(&mut self, name: &str, csv: &str) -> Result<usize, Problems> {
        let file = format!("tables/{name}.csv");
        self.current.release.takes(&file, csv.as_bytes())?;
        let table = self.catalogue.read_reference(name, csv)?;
        let rows = table.len();
        self.references.insert(table);
        Ok(rows)
    }

    /// Takes a list of what was revoked.
    ///
    /// # Errors
    /// If the list does not count now, or is older than one that was seen.
    pub fn set_revoked(
        &mut self,
        document: &[u8],
        seen: &mut Seen,
        now: Instant,
    ) -> Result<(), Problem> {
        self.revoked = Some(self.root.revoked(document, seen, now)?);
        Ok(())
    }

    /// Says which venue the gate belongs to: its facts, without anybody at the door.
    ///
    /// # Errors
    /// If the facts are wrong.
    pub fn set_venue(&mut self, facts: &str) -> Result<(), Problems> {
        let read = self.catalogue.read_facts(facts)?;
        self.venue = read.document().as_object().cloned();
        Ok(())
    }

    /// What is loaded, and how old it is.
    #[must_use]
    pub fn state(&self, now: Instant) -> State {
        let write = Stamp::at(Offset::CHINA);
        State {
            release: self.current.release.version,
            until: write(self.current.until),
            counts: now < self.current.until,
            list_issued: self.revoked.as_ref().map(|list| write(list.issued)),
            list_until: self.revoked.as_ref().map(|list| write(list.expires)),
            list_missing: self.list(now).is_err(),
            sample: self.is_sample,
        }
    }

    /// What to do about whoever shows a code. `challenge` is what the gate asked phones to
    /// sign, if it did.
    #[must_use]
    pub fn decide(&self, code: &str, challenge: Option<&[u8]>, now: Instant) -> Answer {
        let mut answer = Answer {
            at: Stamp::at(Offset::CHINA)(now),
            word: Word::Deny,
            words: Localized::default(),
            why: Vec::new(),
            holder: None,
            face: None,
            signed_now: false,
            sample: self.is_sample,
        };
        if let Err((word, problem)) = self.read(code, challenge, now, &mut answer) {
            answer.word = word;
            answer.why.insert(0, Why::of(&problem));
        }
        // What is only tried out opens no door.
        if self.is_sample && answer.word == Word::Admit {
            answer.word = Word::Check;
            answer.why.insert(0, Why::said("gate-sample"));
        }
        answer.words = words(match answer.word {
            Word::Admit => "gate-admit",
            Word::Check => "gate-check",
            Word::Deny => "gate-deny",
        });
        answer
    }

    /// Reads a code into an answer; what keeps it from being answered by the venue's rules
    /// ends it.
    fn read(
        &self,
        code: &str,
        challenge: Option<&[u8]>,
        now: Instant,
        answer: &mut Answer,
    ) -> Result<(), (Word, Problem)> {
        let deny = |problem| (Word::Deny, problem);
        let check = |problem| (Word::Check, problem);
        let document = text::read(code).map_err(deny)?;
        let presented = Pass::present(&document, &self.root, challenge, now).map_err(judged)?;
        answer.signed_now = presented.signed_now;
        if let Shown::Outcome(levels) = &presented.pass.shown {
            // Masked by the issuer.
            answer.holder = Some(Holder {
                name: levels.name.clone(),
                document: levels.document.clone(),
            });
        }
        let list = self.list(now);
        if let Ok(Some(list)) = list
            && list.has(presented.pass.id)
        {
            return Err(deny(problem(longma_seal::Code::PassRevoked)));
        }
        // What has expired decides nothing: neither packs nor the list.
        unexpired(Purpose::Packs, self.current.until, now).map_err(check)?;
        list.map_err(check)?;
        let venue = self.venue.clone();
        let venue = venue.ok_or_else(|| check(problem(Code::NoVenue)))?;
        let venue = self
            .shown(&presented, venue, now, answer)
            .map_err(|problems| check(first(&problems)))?;
        let outcome = self
            .outcome(&Json::Object(venue).to_string(), now)
            .map_err(|problems| check(first(&problems)))?;
        let reading = verdict(&outcome, now).ok_or_else(|| check(problem(Code::NoRule)))?;
        answer.word = word(&reading);
        if answer.word == Word::Admit && answer.holder.as_ref().is_some_and(Holder::deceives) {
            return Err(check(problem(Code::Holder)));
        }
        let reasons = reading.reasons.iter().map(|reason| &reason.caption);
        let unknown = reading.unknown_because.iter();
        answer.why = reasons.chain(unknown).map(Why::in_words).collect();
        Ok(())
    }

    /// The venue's facts with the levels of a code at its door.
    fn shown(
        &self,
        presented: &Presented,
        venue: Members,
        now: Instant,
        answer: &mut Answer,
    ) -> Result<Members, Problems> {
        let pass = &presented.pass;
        match &pass.shown {
            Shown::Outcome(levels) => {
                answer.face = face_of(&self.catalogue, levels, now);
                let spans: Vec<_> = spans(levels, pass.issued).collect();
                let at = (now, Offset::CHINA);
                Ok(present_levels(venue, VISITOR, &spans, at, Presence::OnSite))
            }
            Shown::Facts { subject, .. } => {
                let schema = self.catalogue.schema(subject);
                let schema = schema.ok_or_else(|| problem(longma_seal::Code::PassSchema))?;
                let facts = pass.shown.unfolded(schema, pass.issued)?;
                let text = |pointer: &str| facts.text_at(pointer).unwrap_or_default();
                let number = text("/identity/document/number");
                answer.holder = Some(Holder::of(text("/identity/name"), number));
                let outcome = self.outcome(&facts.to_string(), now)?;
                let face = outcome.the_one_in(Role::Face, now);
                let face = face.and_then(|name| outcome.reading(name, now));
                answer.face = face.map(|reading| Face {
                    level: reading.level,
                    words: reading.words,
                    tone: reading.tone,
                });
                Ok(present(venue, VISITOR, &outcome, now, Presence::OnSite))
            }
        }
    }

    fn outcome(&self, facts: &str, now: Instant) -> Result<Outcome, Problems> {
        let days = |count| now.plus_days(longma_core::Days::new(count));
        let request = Request {
            references: Some(&self.references),
            window: Span::new(days(DAYS.0), days(DAYS.1)),
            ..Request::default()
        };
        self.catalogue.evaluate(facts, request)
    }

    /// The list that counts; `None` if none is needed.
    fn list(&self, now: Instant) -> Result<Option<&Revoked>, Problem> {
        match &self.revoked {
            Some(list) => unexpired(Purpose::Revocations, list.expires, now).map(|()| Some(list)),
            None if self.root.roles.contains_key(&Purpose::Revocations) => {
                Err(problem(Code::NoList))
            }
            None => Ok(None),
        }
    }
}

/// The level of the face among levels that were decided elsewhere, in the words of these packs.
pub(crate) fn face_of(catalogue: &Catalogue, levels: &Levels, now: Instant) -> Option<Face> {
    let mut policies = catalogue.policies(&levels.region).iter();
    let policy = policies.find(|policy| policy.span().contains(now))?;
    let mut decisions = policy.decisions(&levels.subject);
    let (_, face) = decisions.find(|(_, decision)| decision.roles.has(Role::Face))?;
    let mut shown = levels.decisions.iter();
    let (_, held) = shown.find(|(name, _)| **name == *face.name)?;
    let (held, _) = held.iter().find(|(_, until)| now < *until)?;
    let level = face.levels.iter().find(|level| *level.name == **held);
    Some(Face {
        level: held.clone(),
        words: level.map_or_else(|| words("gate-unknown"), |level| level.caption.clone()),
        tone: level.map_or_else(|| GREY.to_owned(), |level| level.colour.clone()),
    })
}

/// What to do about a code with a problem: what could be the gate's own fault is looked at.
fn judged(problem: Problem) -> (Word, Problem) {
    use longma_seal::Code::{PassEarly, PassMoment, TrustRole};
    let own = [PassEarly, PassMoment, TrustRole];
    let is_own = own.iter().any(|code| problem.code == *code);
    (if is_own { Word::Check } else { Word::Deny }, problem)
}

/// What the venue's decision says: its lowest level admits, its highest denies.
fn word(reading: &Reading) -> Word {
    match reading.verdict {
        Verdict::Known(0) => Word::Admit,
        Verdict::Known(at) if at == reading.top => Word::Deny,
        Verdict::Known(_) | Verdict::Unknown(_) => Word::Check,
    }
}

fn spans(levels: &Levels, issued: Instant) -> impl Iterator<Item = (&str, &str, Span)> {
    levels.decisions.iter().flat_map(move |(name, held)| {
        let mut from = issued;
        held.iter().filter_map(move |(level, until)| {
            let span = Span::new(Some(from), Some(*until));
            from = *until;
            Some((name.as_str(), level.as_str(), span?))
        })
    })
}

fn problem(code: impl Into<longma_core::CodeName>) -> Problem {
    Problem::new(code, Place::None)
}

fn first(problems: &Problems) -> Problem {
    let first = problems.as_slice().first().cloned();
    first.unwrap_or_else(|| problem(Code::NoRule))
}

impl Holder {
    /// What of a code is already masked stays as it is. What a rule reads is not masked in the
    /// code; here it always is.
    pub(crate) fn of(name: &str, document: &str) -> Self {
        let masked = |text: &str, mask: fn(&str) -> String| {
            if text.contains('*') {
                text.to_owned()
            } else {
                mask(text)
            }
        };
        Self {
            name: masked(name, mask::name),
            document: masked(document, mask::number),
        }
    }

    /// Whether a reader could take it for somebody else: signs of no script that documents
    /// are written in, or letters of several scripts in one word.
    fn deceives(&self) -> bool {
        let latin = |c: char| matches!(c, 'A'..='Z' | 'a'..='z' | '\u{c0}'..='\u{24f}');
        let other = |c: char| matches!(c, '\u{370}'..='\u{58f}' | '\u{10a0}'..='\u{10ff}');
        let hidden = |c: char| c != ' ' && mask::number(&c.to_string()).is_empty();
        [&self.name, &self.document].into_iter().any(|text| {
            text.chars().any(hidden) || text.chars().any(latin) && text.chars().any(other)
        }) || self.document.chars().any(other)
    }
}

impl Why {
    fn of(problem: &Problem) -> Self {
        Self {
            code: problem.code.as_str().to_owned(),
            words: problem.message(),
            help: problem.help(),
        }
    }

    fn in_words(words: &Localized) -> Self {
        Self {
            code: String::new(),
            words: words.clone(),
            help: None,
        }
    }

    fn said(key: &str) -> Self {
        Self::in_words(&words(key))
    }
}
