//! Looking up reference tables.

use super::{Computed, IMPORTED, ROW, Run, Wrong, index, too_long};
use crate::columns::{ABSENT, Word, number, row_of, row_word};
use crate::host::Fault;
use crate::limits;
use crate::problem::Code;
use crate::program::Id;
use crate::reference::{Found, Table};
use crate::schema::{Object, Type};
use crate::time::Instant;
use crate::value::Evidence;
use crate::when::Span;
use std::sync::Arc;

/// A row of a reference table, cut to a record's span.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) table: Arc<Table>,
    /// Where its cells begin.
    pub(super) cells: usize,
    span: Span,
    /// The positions of the fields of its span.
    ends: (usize, usize),
    /// The record that it was found for, and the row; a group of rows has none.
    pub(super) evidence: (Word, Option<Evidence>),
}

impl Row {
    pub(super) fn cell(&self, field: usize) -> Word {
        if field == self.ends.0 {
            return self.span.from().map_or(ABSENT, Instant::unix);
        }
        if field == self.ends.1 {
            return self.span.until().map_or(ABSENT, Instant::unix);
        }
        self.table
            .cells(self.cells)
            .get(field)
            .copied()
            .unwrap_or(ABSENT)
    }
}

/// Where the fields are that a table is searched by.
#[derive(Debug)]
pub(super) struct Search {
    /// The table of the records, and the reference table.
    of: (u32, Word),
    /// The fields of a record's span.
    span: Option<(usize, usize)>,
    /// The fields of its place, coarse to fine; `None` where it has no such field.
    key: Vec<Option<usize>>,
}

/// A table, what was found in it, and what that cost.
type Looked = (Arc<Table>, Vec<Found>, usize);

impl Run<'_> {
    /// The rows of a table for a record during its span or on a day, or those around it
    /// down to a column of the key.
    pub(super) fn looked(&mut self, id: Id, asked: [Word; 4]) -> Computed {
        if let Some(known) = self.state.looked.get(&asked) {
            return Ok(*known);
        }
        match self.search(asked) {
            Ok((table, found, cost)) => {
                self.spend(cost)?;
                if found.len() > limits::LIST_LENGTH {
                    return self.stop(id, Wrong::Fault(too_long()));
                }
                let list = self.imported(asked, &table, &found);
                self.state.looked.insert(asked, list);
                Ok(list)
            }
            Err(fault) => self.stop(id, Wrong::Fault(fault)),
        }
    }

    fn search(&mut self, [number, record, column, day]: [Word; 4]) -> Result<Looked, Fault> {
        let tables = &self.inputs.program.tables;
        let name = index(number).and_then(|at| tables.get(at));
        let table = name.and_then(|name| self.inputs.references.get(name));
        let table = table.ok_or_else(|| Fault::new(Code::RuleFailed))?;
        let table = &Arc::clone(table);
        let lacks = |name: &str| Fault::new(Code::RuleColumn).with("name", name);
        let search = self.fields(number, record, table);
        let mut names = table.key_names();
        let depth = match column {
            ABSENT => search.key.len(),
            column => {
                let column = self.text_of(column);
                let depth = names.position(|name| name == column);
                depth.ok_or_else(|| lacks(column))? + 1
            }
        };
        let places = table.object().places;
        let place = || -> Result<Vec<Option<&str>>, Fault> {
            let fields = search.key.iter().zip(table.key_names()).take(depth);
            let part = |(at, (field, name)): (usize, (&Option<usize>, &str))| {
                let field = field.ok_or_else(|| lacks(name))?;
                match self.field(record, field) {
                    ABSENT if at < places => Ok(None),
                    ABSENT => Err(lacks(name)),
                    word => Ok(Some(self.text_of(word))),
                }
            };
            fields.enumerate().map(part).collect()
        };
        let span = || {
            let no_span = || lacks("x-span");
            let (from, until) = search.span.ok_or_else(no_span)?;
            let start = Instant::from_unix(self.field(record, from)).ok_or_else(no_span)?;
            let end = Instant::from_unix(self.field(record, until));
            crate::reference::stay(start, end).ok_or_else(no_span)
        };
        let (found, cost) = if column == ABSENT {
            let span = match Instant::from_unix(day).filter(|_| day != ABSENT) {
                Some(start) => crate::reference::day(start),
                None => span()?,
            };
            table.covering(span, &place()?)?
        } else {
            // A table is searched before the span is looked at.
            let place = place()?;
            table.surrounding(span()?, &place)?
        };
        Ok((Arc::clone(table), found, cost))
    }

    /// Where a record has the fields that a table is searched by.
    fn fields(&mut self, number: Word, record: Word, table: &Table) -> Arc<Search> {
        let of = (row_of(record).0, number);
        if let Some(known) = self.state.searches.iter().find(|search| search.of == of) {
            return Arc::clone(known);
        }
        let object = self.object(record);
        let position = |name: &str| object.as_ref().and_then(|object| object.position(name));
        let is_text = |at: &usize| {
            let fields = object.as_ref().map(|object| &object.fields);
            let kind = fields
                .and_then(|fields| fields.get(*at))
                .map(|field| &field.kind);
            matches!(kind, Some(Type::Text(_) | Type::Enum(_)))
        };
        let span = object.as_ref().and_then(|object| object.span.clone());
        let names = table.key_names();
        let search = Arc::new(Search {
            of,
            span: span.and_then(|(from, until)| Some((position(&from)?, position(&until)?))),
            key: names.map(|name| position(name).filter(is_text)).collect(),
        });
        self.state.searches.push(Arc::clone(&search));
        search
    }

    /// The object that a record follows.
    fn object(&self, record: Word) -> Option<Arc<Object>> {
        let (table, row) = row_of(record);
        if table & IMPORTED == 0 {
            let shape = self.inputs.columns.shape().tables().get(table as usize);
            return shape.map(|shape| Arc::clone(&shape.object));
        }
        let row = self.state.rows.get(row as usize);
        row.map(|row| Arc::clone(row.table.object()))
    }

    fn imported(&mut self, asked: [Word; 4], table: &Arc<Table>, found: &[Found]) -> Word {
        let [number_of_table, record, ..] = asked;
        let row_table = IMPORTED | u32::try_from(number_of_table).unwrap_or(0);
        let mut out = self.state.spare.pop().unwrap_or_default();
        out.clear();
        self.hold(found.len().saturating_mul(ROW));
        for found in found {
            let row = found.row.map(|row| Evidence {
                table: table.number(),
                row: number(row),
            });
            self.state.rows.push(Row {
                table: Arc::clone(table),
                cells: found.cells,
                span: found.span,
                ends: table.span_fields().unwrap_or((usize::MAX, usize::MAX)),
                evidence: (record, row),
            });
            out.push(row_word(row_table, number(self.state.rows.len() - 1)));
        }
        self.keep(out)
    }
}
