//! Arguments of Python as a question: instants, a window, names.

use crate::errors::{QuestionError, with_problems};
use longma_core::{Catalogue, Instant, Span, TimeError, is_region, nearest};
use longma_population::decide::Question;
use pyo3::PyTypeInfo;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};
use std::collections::BTreeSet;

/// What can be told beside levels.
const TELL: [&str; 3] = ["segments", "causes", "seconds"];

/// What Python was given, as it came.
pub(crate) struct Asked<'a, 'py> {
    pub(crate) decisions: &'a Bound<'py, PyAny>,
    pub(crate) at: Option<&'a Bound<'py, PyAny>>,
    pub(crate) subject: &'a str,
    pub(crate) region: Option<&'a str>,
    pub(crate) window: Option<&'a Bound<'py, PyAny>>,
    pub(crate) tell: Option<&'a Bound<'py, PyAny>>,
}

impl Asked<'_, '_> {
    /// The question, if these packs can answer it.
    pub(crate) fn question(&self, py: Python<'_>, packs: &Catalogue) -> PyResult<Question> {
        let decisions = names(self.decisions, "decisions")?;
        if decisions.is_empty() {
            let what = "decisions: none is asked for; name some, such as [\"code\"]";
            return Err(QuestionError::new_err(what));
        }
        once(&decisions, "decisions")?;
        let at = self.at.map_or_else(|| Ok(Vec::new()), instants)?;
        let window = self.window.map(window).transpose()?;
        if at.is_empty() && window.is_none() {
            let what = "at: no instant is asked for; pass `at`, such as \
                        \"2022-07-15T12:00:00+08:00\", or a `window` of two instants";
            return Err(QuestionError::new_err(what));
        }
        let tell = self
            .tell
            .map_or_else(|| Ok(Vec::new()), |it| names(it, "tell"))?;
        for word in &tell {
            if !TELL.contains(&&**word) {
                let near = nearest(word, TELL).map(|it| format!("; did you mean `{it}`?"));
                let what = format!("tell: `{word}` is none of `segments`, `causes`, `seconds`");
                return Err(QuestionError::new_err(what + &near.unwrap_or_default()));
            }
        }
        let tells = |word: &str| tell.iter().any(|it| it == word);
        if window.is_none() && (tells("segments") || tells("seconds")) {
            let what = "window: segments and seconds are told for a window; pass `window` as two \
                        instants, such as (\"2022-06-01T00:00:00+08:00\", \
                        \"2022-09-01T00:00:00+08:00\")";
            return Err(QuestionError::new_err(what));
        }
        if let Some(region) = self.region.filter(|it| !is_region(it)) {
            let what = format!(
                "region: `{region}` is no code of a region; write six digits by GB/T 2260, such \
                 as \"620102\", or an organisation's name, such as \"org-campus\""
            );
            return Err(QuestionError::new_err(what));
        }
        let question = Question {
            subject: self.subject.to_owned(),
            region: self.region.map(str::to_owned),
            decisions,
            at,
            window,
            segments: tells("segments"),
            causes: tells("causes"),
            seconds: tells("seconds"),
        };
        has_subject(packs, self.subject)?;
        has_decisions(py, packs, &question)?;
        Ok(question)
    }
}

/// The decisions of all packs, by the kind of subject that they are about.
pub(crate) fn decided(packs: &Catalogue) -> BTreeSet<(String, String)> {
    let policies = packs.regions().flat_map(|(_, policies)| policies);
    let plans = policies.flat_map(longma_core::Policy::parts);
    let plans = plans.map(|part| &part.plan);
    let names = plans.flat_map(|plan| {
        let subject = plan.subject.clone();
        let decisions = plan.decisions.iter();
        decisions.map(move |it| (subject.clone(), it.name.to_string()))
    });
    names.collect()
}

/// Refuses a kind of subject that nothing is decided about.
pub(crate) fn has_subject(packs: &Catalogue, subject: &str) -> PyResult<()> {
    if packs.schema(subject).is_some() {
        return Ok(());
    }
    let known = decided(packs).into_iter().map(|(subject, _)| subject);
    let known: BTreeSet<String> = known.collect();
    let known: Vec<String> = known.into_iter().collect();
    Err(QuestionError::new_err(format!(
        "subject: the packs have no schema for `{subject}`; expected one of {}",
        known.join(", ")
    )))
}

fn has_decisions(py: Python<'_>, packs: &Catalogue, question: &Question) -> PyResult<()> {
    let asked: Vec<&str> = question.decisions.iter().map(String::as_str).collect();
    let region = question.region.as_deref();
    let read = packs.sections_read(&question.subject, region, Some(&asked), question.window());
    read.map(drop).map_err(|problems| {
        let what = match region {
            Some(region) => format!("decisions about `{}` in region {region}", question.subject),
            None => format!("decisions about `{}`", question.subject),
        };
        with_problems(py, QuestionError::new_err, &what, problems.as_slice())
    })
}

/// A list of names; one name alone is a list of it.
pub(crate) fn names(of: &Bound<'_, PyAny>, argument: &str) -> PyResult<Vec<String>> {
    if let Ok(one) = of.cast::<PyString>() {
        return Ok(vec![one.extract()?]);
    }
    let all = of.try_iter().and_then(|items| {
        let items = items.map(|item| item?.extract::<String>());
        items.collect::<PyResult<Vec<String>>>()
    });
    all.map_err(|_| {
        let found = kind(of);
        QuestionError::new_err(format!(
            "{argument}: expected a list of texts, found {found}"
        ))
    })
}

/// Refuses a name that stands twice: two columns would be called the same.
pub(crate) fn once(names: &[String], argument: &str) -> PyResult<()> {
    let mut seen = BTreeSet::new();
    match names.iter().find(|name| !seen.insert(*name)) {
        None => Ok(()),
        Some(name) => Err(QuestionError::new_err(format!(
            "{argument}: `{name}` stands there twice; take one of them away"
        ))),
    }
}

/// One instant, or a list of them.
fn instants(of: &Bound<'_, PyAny>) -> PyResult<Vec<Instant>> {
    let is_list = !of.is_instance_of::<PyString>() && of.hasattr("__iter__")?;
    if !is_list {
        return Ok(vec![instant(of, "at")?]);
    }
    of.try_iter()?.map(|item| instant(&item?, "at")).collect()
}

/// Two instants, either of which may be `None` for an open end.
fn window(of: &Bound<'_, PyAny>) -> PyResult<Span> {
    let ends = PyTuple::type_object(of.py()).call1((of,)).ok();
    let ends = ends.and_then(|ends| ends.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>().ok());
    let Some((from, until)) = ends else {
        let found = kind(of);
        return Err(QuestionError::new_err(format!(
            "window: expected two instants (from, until), found {found}"
        )));
    };
    let end = |end: &Bound<'_, PyAny>| {
        let end = Some(end).filter(|it| !it.is_none());
        end.map(|it| instant(it, "window")).transpose()
    };
    Span::new(end(&from)?, end(&until)?).ok_or_else(|| {
        let what = "window: it ends before it begins, or at once; write the earlier instant first";
        QuestionError::new_err(what)
    })
}

/// A text as RFC 3339 has it, or a `datetime` that knows its time zone.
fn instant(of: &Bound<'_, PyAny>, argument: &str) -> PyResult<Instant> {
    let text = if let Ok(text) = of.cast::<PyString>() {
        text.extract::<String>()?
    } else if of.hasattr("utcoffset")? && of.hasattr("isoformat")? {
        if of.call_method0("utcoffset")?.is_none() {
            return Err(QuestionError::new_err(format!(
                "{argument}: {} has no time zone, so it could be anywhere; give it one, such as \
                 value.replace(tzinfo=zoneinfo.ZoneInfo(\"Asia/Shanghai\"))",
                of.repr()?
            )));
        }
        let utc = of
            .py()
            .import("datetime")?
            .getattr("timezone")?
            .getattr("utc")?;
        let there = of.call_method1("astimezone", (utc,))?;
        there.call_method0("isoformat")?.extract::<String>()?
    } else {
        return Err(QuestionError::new_err(format!(
            "{argument}: expected a datetime with a time zone, or a text such as \
             \"2022-07-15T12:00:00+08:00\"; found {}",
            kind(of)
        )));
    };
    Instant::parse_to_the_minute(&text).map_err(|error| {
        let shown = of.repr().map_or_else(|_| text.clone(), |it| it.to_string());
        let what = match error {
            TimeError::NoOffset => {
                "has no time zone, so it could be anywhere; end it with one, such as +08:00"
            }
            TimeError::Fraction => "has a fraction of a second; instants are whole seconds",
            TimeError::OutOfRange => "is not in the years 1 to 9999",
            TimeError::NotAnInstant | TimeError::NotADate => {
                "is not an instant; write it as 2022-07-15T12:00:00+08:00"
            }
        };
        QuestionError::new_err(format!("{argument}: {shown} {what}"))
    })
}

/// What a value is, for messages.
pub(crate) fn kind(of: &Bound<'_, PyAny>) -> String {
    let kind = of.get_type();
    let name = kind.fully_qualified_name().map(|it| it.to_string());
    name.unwrap_or_else(|_| "something else".to_owned())
}
