//! Exceptions: one for each thing that a caller can put right.

use longma_core::{Place, Problem};
use pyo3::create_exception;
use pyo3::exceptions::{PyUserWarning, PyValueError};
use pyo3::prelude::*;

create_exception!(
    longma,
    LongmaError,
    PyValueError,
    "What all errors of this module are. `problems` lists what is wrong, as dicts."
);
create_exception!(
    longma,
    PacksError,
    LongmaError,
    "The rule packs cannot be read, or are not sound."
);
create_exception!(
    longma,
    TablesError,
    LongmaError,
    "A reference table cannot be read."
);
create_exception!(
    longma,
    QuestionError,
    LongmaError,
    "What is asked cannot be asked of these packs."
);
create_exception!(
    longma,
    FactsError,
    LongmaError,
    "The facts are not in the columns that the schema asks for."
);
create_exception!(
    longma,
    FactsWarning,
    PyUserWarning,
    "A part of a document was left out and is not known."
);

/// How many problems a message shows; `problems` has all of them.
const SHOWN: usize = 10;

/// What is wrong, in English: where, what was expected and what to do.
pub(crate) fn words(problem: &Problem) -> String {
    let place = match &problem.place {
        Place::None => String::new(),
        place => format!("{place}: "),
    };
    let part = |before: &str, text: Option<&str>| {
        let part = text.map(|text| format!("{before}{text}"));
        part.unwrap_or_default()
    };
    let expected = problem.expected.as_ref().map(|it| it.en.as_str());
    let help = problem.help();
    [
        place,
        problem.message().en,
        part("; expected ", expected),
        part("; found ", problem.found.as_deref()),
        part(". ", help.as_ref().map(|it| it.en.as_str())),
    ]
    .concat()
}

/// What is wrong, one problem a line, after what it is wrong with.
pub(crate) fn listed(what: &str, problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().take(SHOWN).map(words).collect();
    let mut parts = vec![match lines.as_slice() {
        [line] => format!("{what}: {line}"),
        lines => format!("{what}:\n{}", lines.join("\n")),
    }];
    let more = problems.len().saturating_sub(SHOWN);
    if more > 0 {
        parts.push(format!("and {more} more: see `problems` of this exception"));
    }
    parts.join("\n")
}

/// An exception that carries its problems: `make` makes it from their words.
pub(crate) fn with_problems(
    py: Python<'_>,
    make: impl FnOnce(String) -> PyErr,
    what: &str,
    problems: &[Problem],
) -> PyErr {
    let error = make(listed(what, problems));
    let list = serde_json::to_string(problems).unwrap_or_else(|_| "[]".to_owned());
    let set = from_json(py, &list).and_then(|list| error.value(py).setattr("problems", list));
    set.err().unwrap_or(error)
}

/// JSON as Python's own values.
pub(crate) fn from_json<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    py.import("json")?.call_method1("loads", (text,))
}
