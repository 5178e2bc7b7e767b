//! Facts from rows that somebody else holds.

use super::{Decoded, Decoder, Doubted, Facts, incomplete, manual_causes};
use crate::columns::{Columns, Shape, Source};
use crate::json::{Json, push_pointer};
use crate::limits;
use crate::problem::{Code, Place, Problem, Problems};
use crate::schema::{Field, IDENTITY, INCOMPLETE, OVERRIDES, SUBJECT};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A kind of subject and the shape of its facts.
type Kind<'a> = (&'a Arc<str>, &'a Arc<Shape>);

impl Facts {
    /// The facts that a source has at its row `of`, as far as they can be trusted. Of the
    /// document only `sections` are read; `written` gives one as JSON.
    ///
    /// # Errors
    /// Every problem of a document that is refused whole.
    pub(crate) fn of_rows<S: Source>(
        kind: Kind<'_>,
        sections: u64,
        (source, of): (&S, usize),
        written: impl Fn(&str) -> Option<Json>,
    ) -> Result<Self, Problems> {
        let (subject, shape) = kind;
        let whole = Columns::of_rows(shape, sections, source, of);
        let (columns, doubted) = match whole.filter(|it| !names_any(it)) {
            Some(columns) => (columns, Doubted::default()),
            None => sound(shape, sections, (source, of), written)?,
        };
        if columns
            .text_at(&[SUBJECT])
            .is_some_and(|it| it != &**subject)
        {
            let found = columns.text_at(&[SUBJECT]).unwrap_or_default();
            let problem = Problem::new(Code::FactsSubject, Place::facts("/subject"));
            let problem = problem.with("known", crate::json::quote(subject));
            return Err(problem.finding(crate::json::quote(found)).into());
        }
        let decoded = Decoded {
            subject: Arc::clone(subject),
            overrides: manual_causes(&columns)?,
            columns,
            doubted,
        };
        Ok(Self::of(None, decoded))
    }
}

/// Whether the document says of a section that only a part of it is known.
fn names_any(columns: &Columns) -> bool {
    let listed = columns.value_of(INCOMPLETE);
    listed.is_some_and(|it| it != crate::value::Value::List([].into()))
}

/// The columns of the sections that are sound, and what is wrong with the others.
#[cold]
fn sound<S: Source>(
    shape: &Arc<Shape>,
    sections: u64,
    (source, of): (&S, usize),
    written: impl Fn(&str) -> Option<Json>,
) -> Result<(Columns, Doubted), Problems> {
    let fields = shape
        .tables()
        .first()
        .map_or(&[][..], |root| &root.object.fields);
    let asked = fields
        .iter()
        .zip(0..)
        .filter(|(_, at)| sections & 1 << at != 0);
    let listed = written(INCOMPLETE).map(|names| (INCOMPLETE.to_owned(), names));
    let mut doubted = incomplete(&Json::Object(BTreeMap::from_iter(listed)));
    let partly = doubted.0.iter().map(|(name, _)| name.as_str());
    let mut kept = sections & !shape.sections(partly);
    for (field, at) in asked {
        if Columns::of_rows(shape, 1 << at, source, of).is_some() {
            continue;
        }
        let problems = problems(field, written(&field.name).as_ref());
        if [SUBJECT, IDENTITY, OVERRIDES, INCOMPLETE].contains(&&*field.name) {
            return Err(problems);
        }
        for problem in problems {
            doubted.tell(field.name.to_string(), problem);
        }
        kept &= !(1 << at);
    }
    let columns = Columns::of_rows(shape, kept, source, of);
    let columns = columns.ok_or_else(|| Problem::facts_too_long(limits::FACTS_BYTES as u64))?;
    Ok((columns, doubted))
}

/// What is wrong with a section.
fn problems(field: &Field, json: Option<&Json>) -> Problems {
    let pointer = push_pointer("", &field.name);
    let Some(json) = json else {
        let problem = Problem::new(Code::FactsMissing, Place::facts(pointer));
        let problem = problem.with("name", &field.name).finding("—");
        return problem.expecting(super::expected(&field.kind)).into();
    };
    let mut decoder = Decoder::default();
    decoder.value(json, &field.kind, &pointer);
    if decoder.problems.as_slice().is_empty() {
        // It is right, and too much of it.
        return Problem::facts_too_long(limits::FACTS_BYTES as u64).into();
    }
    decoder.problems
}
