//! Decides a batch of persons.

use crate::batch::{Batch, Mismatch};
use crate::outcome::{Answers, Row, Scale};
use arrow::array::RecordBatch;
use arrow::datatypes::Schema;
use longma_core::body::Arena;
use longma_core::columns::Column;
use longma_core::schema::{IDENTITY, SUBJECT};
use longma_core::{Catalogue, Instant, Outcome, Problems, Ready, References, Request, Span};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What is asked about every person.
#[derive(Debug, Clone)]
pub struct Question {
    /// The kind of subject.
    pub subject: String,
    /// The region whose rules apply; each person's own if `None`.
    pub region: Option<String>,
    /// The decisions.
    pub decisions: Vec<String>,
    /// The instants at which the level is asked for.
    pub at: Vec<Instant>,
    /// The time for which segments, causes and durations are asked for; a second from each
    /// instant on if `None`. All that is told is cut to it.
    pub window: Option<Span>,
    /// Whether to tell the segments of each timeline.
    pub segments: bool,
    /// Whether to tell the causes.
    pub causes: bool,
    /// Whether to tell how long each level holds in the window.
    pub seconds: bool,
}

impl Question {
    /// The time that is decided about.
    #[must_use]
    pub fn window(&self) -> Span {
        let ends = self.at.iter().map(|at| at.unix());
        let first = ends.clone().min().unwrap_or(0);
        let last = ends.max().unwrap_or(0).saturating_add(1);
        let instants = Span::of_bounds(first, last).unwrap_or(Span::ALWAYS);
        let Some(window) = self.window else {
            return instants;
        };
        let (a, b) = (window.bounds(), instants.bounds());
        let is_asked = !self.at.is_empty();
        let both = Span::of_bounds(a.0.min(b.0), a.1.max(b.1)).filter(|_| is_asked);
        both.unwrap_or(window)
    }
}

/// Decides persons for one question.
#[derive(Debug, Clone)]
pub struct Decider {
    catalogue: Arc<Catalogue>,
    references: Arc<References>,
    question: Arc<Question>,
    window: Span,
    scales: Arc<[Scale]>,
    /// The sections that deciding needs, by name.
    sections: Arc<BTreeSet<String>>,
    /// The fields of these.
    fields: Arc<[usize]>,
    /// For each decision, the fields of the sections that it needs, and these as a mask.
    needs: Arc<[(Vec<usize>, u64)]>,
}

/// A person about whom nothing is decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Refused {
    /// The row in the batch.
    pub row: usize,
    /// Why.
    pub problems: Problems,
}

/// What came out for a batch.
#[derive(Debug)]
pub struct Decided {
    /// One row a person, in the order of the batch.
    pub outcomes: RecordBatch,
    /// Whoever was refused. Their row has no level.
    pub refused: Vec<Refused>,
    /// How many persons had their whole outcome from the one before, of whom nothing is
    /// recorded either.
    pub shared: u64,
}

impl Decider {
    /// Gets ready to decide.
    ///
    /// # Errors
    /// A decision that the rules do not have, or a kind of subject without a schema.
    pub fn new(
        catalogue: Arc<Catalogue>,
        references: Arc<References>,
        question: Question,
    ) -> Result<Self, Problems> {
        let window = question.window();
        let subject = question.subject.as_str();
        let mut sections = BTreeSet::new();
        let mut needs = Vec::new();
        for decision in &question.decisions {
            let asked = [decision.as_str()];
            let region = question.region.as_deref();
            let read = catalogue.sections_read(subject, region, Some(&asked), window)?;
            let shape = catalogue.shape(subject);
            let mask = shape.map_or(0, |it| it.sections(read.iter().map(String::as_str)));
            needs.push((fields(&catalogue, subject, &read), mask));
            sections.extend(read);
        }
        let scales = question
            .decisions
            .iter()
            .map(|it| Scale::of(&catalogue, subject, it));
        Ok(Self {
            window,
            fields: fields(&catalogue, subject, &sections).into(),
            scales: scales.collect(),
            sections: Arc::new(sections),
            needs: needs.into(),
            catalogue,
            references,
            question: Arc::new(question),
        })
    }

    /// The question.
    #[must_use]
    pub fn question(&self) -> &Question {
        &self.question
    }

    /// The columns that deciding reads: no others have to be loaded. `identity` is among
    /// them for its region alone, and only if each person's own is asked for.
    #[must_use]
    pub fn sections(&self) -> BTreeSet<&str> {
        let mut sections: BTreeSet<&str> = self.sections.iter().map(String::as_str).collect();
        if self.question.region.is_none() {
            sections.insert(IDENTITY);
        }
        sections
    }

    /// The columns of outcomes.
    #[must_use]
    pub fn outcome_schema(&self) -> Arc<Schema> {
        Answers::schema(&self.question, &self.scales)
    }

    /// Decides everybody in a batch.
    ///
    /// # Errors
    /// Each column that does not stand as the mapping says.
    pub fn decide(&self, batch: &RecordBatch) -> Result<Decided, Vec<Mismatch>> {
        let mut answers = Answers::new(&self.question, &self.scales);
        let Some(shape) = self.catalogue.shape(&self.question.subject) else {
            return Ok(answers.done(0));
        };
        let batch = Batch::read(shape, batch)?;
        let mut alike = Alike::default();
        for row in 0..batch.len() {
            match self.person(&batch, row, &mut alike) {
                Ok(rows) => answers.push(&rows),
                Err(problems) => answers.refuse(Refused { row, problems }),
            }
        }
        Ok(answers.done(alike.shared))
    }

    /// Decides about one person: one row for each decision.
    fn person<'b>(
        &'b self,
        batch: &'b Batch,
        row: usize,
        alike: &mut Alike<'b>,
    ) -> Result<Told, Problems> {
        let region = match &self.question.region {
            Some(_) => None,
            None => batch.text(&[IDENTITY, "region"], row),
        };
        let subject = batch.text(&[SUBJECT], row);
        let is_other = subject.is_some_and(|it| it != self.question.subject);
        let nothing = |fields: &[usize]| nothing_known(batch, fields, row).filter(|_| !is_other);
        let key = nothing(&self.fields).map(|known| (region, known));
        if let Some(told) = key.and_then(|key| alike.all(key)) {
            return Ok(told);
        }
        let mut told: Vec<Option<Arc<Row>>> = Vec::with_capacity(self.needs.len());
        let mut asked: Vec<(usize, Option<Key<'b>>)> = Vec::new();
        let mut mask = 0;
        for (at, (fields, needed)) in self.needs.iter().enumerate() {
            let key = nothing(fields).map(|known| (region, at, known));
            let known = key.and_then(|key| alike.each.get(&key).cloned());
            if known.is_none() {
                mask |= needed;
                asked.push((at, key));
            }
            told.push(known);
        }
        if !asked.is_empty() {
            let which = asked.iter().fold(0, |which, (at, _)| which | bit(*at));
            let written = |name: &str| batch.section(name, row);
            let source = (batch, row);
            let facts = self
                .catalogue
                .take_facts(&self.question.subject, mask, source, written)?;
            let ready = alike.ready.entry((region, which));
            let ready = ready.or_insert_with(|| self.ready(region, which));
            let ready = ready.as_ref().map_err(Problems::clone)?;
            let outcome = ready.decide(&facts, &mut alike.arena)?;
            for (at, key) in asked {
                let answer = Arc::new(self.answer(&outcome, at));
                if let Some(key) = key {
                    alike.each.insert(key, Arc::clone(&answer));
                }
                if let Some(told) = told.get_mut(at) {
                    *told = Some(answer);
                }
            }
        }
        let told: Told = told.into();
        alike.last = key.map(|key| (key, Arc::clone(&told)));
        Ok(told)
    }

    /// Gets ready for some of the decisions, one bit each, under the rules of a region. Where
    /// nobody decides something it is not known, and the rest is decided.
    fn ready(&self, region: Option<&str>, which: u64) -> Result<Ready<'_>, Problems> {
        let region = self.question.region.as_deref().or(region);
        let subject = &self.question.subject;
        let is_ruled = |name: &&str| {
            let asked = Some(std::slice::from_ref(name));
            let read = self
                .catalogue
                .sections_read(subject, region, asked, self.window);
            read.is_ok()
        };
        let names = self.question.decisions.iter().enumerate();
        let names = names.filter(|(at, _)| which & bit(*at) != 0);
        let names = names.map(|(_, name)| name.as_str()).filter(is_ruled);
        let names: Vec<&str> = names.collect();
        let request = Request {
            region,
            references: Some(&self.references),
            decisions: Some(&names),
            window: Some(self.window),
        };
        self.catalogue.ready(subject, request)
    }

    /// What is told of a decision.
    fn answer(&self, outcome: &Outcome, at: usize) -> Row {
        let name = self.question.decisions.get(at);
        let found = name.and_then(|name| outcome.decisions().get(name));
        match found.zip(self.scales.get(at)) {
            Some((found, scale)) => Row::of(found, scale, &self.question, self.window),
            None => Row::unknown(self.scales.get(at), &self.question, self.window),
        }
    }
}

/// The fields of sections in the document.
fn fields(catalogue: &Catalogue, subject: &str, sections: &BTreeSet<String>) -> Vec<usize> {
    let shape = catalogue.shape(subject);
    let fields = sections.iter();
    fields
        .filter_map(|name| Some(shape?.section(name)?.0))
        .collect()
}

/// The bit of a decision.
fn bit(at: usize) -> u64 {
    u32::try_from(at).map_or(0, |at| 1_u64.checked_shl(at).unwrap_or(0))
}

/// What is told of each decision.
type Told = Arc<[Option<Arc<Row>>]>;

/// A region, a decision, and which of the sections that it needs are known, if nothing is
/// recorded in any of them.
type Key<'b> = (Option<&'b str>, usize, u64);

/// What came out for persons of whom nothing is recorded. An outcome follows from what its
/// rules read, so it is the same for all of them.
#[derive(Debug, Default)]
struct Alike<'b> {
    /// By decision.
    each: BTreeMap<Key<'b>, Arc<Row>>,
    /// The last person of whom nothing is recorded in any section: neighbours are alike.
    last: Option<((Option<&'b str>, u64), Told)>,
    /// By region and which decisions are asked for, one bit each.
    ready: BTreeMap<(Option<&'b str>, u64), Result<Ready<'b>, Problems>>,
    shared: u64,
    arena: Arena,
}

impl<'b> Alike<'b> {
    fn all(&mut self, key: (Option<&'b str>, u64)) -> Option<Told> {
        let last = self.last.as_ref().filter(|(last, _)| *last == key);
        let told = last.map(|(_, told)| Arc::clone(told));
        self.shared += u64::from(told.is_some());
        told
    }
}

/// Which of these sections are known, if all that are known are empty lists.
fn nothing_known(batch: &Batch, sections: &[usize], row: usize) -> Option<u64> {
    let mut known = 0_u64;
    for (at, field) in sections.iter().enumerate() {
        let column = batch.shape().tables().first()?.columns.get(*field)?;
        match (column, batch.count(*field, row)) {
            (Column::List(_), Some(0)) => known |= 1_u64.checked_shl(u32::try_from(at).ok()?)?,
            // Everybody has the same subject.
            (_, None) | (Column::Enum(_), _) => {}
            _ => return None,
        }
    }
    Some(known)
}
