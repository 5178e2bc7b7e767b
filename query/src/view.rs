//! `longma_decide` and `longma_compare`: tables of decisions over registered tables.
//!
//! A call becomes a view: a plan over the table that calls the scalar function with the
//! sections that its decisions read, and no others. So the engine sees which columns are
//! needed, and Parquet reads only these. The view is inlined when a query is planned; what
//! is sent to a cluster knows nothing of it.

use crate::code::{self, Code};
use crate::error::{Error, Result};
use crate::packs::{Packs, Ready};
use crate::question::{Asked, Tell};
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::catalog::{
    CatalogProviderList, TableFunctionArgs, TableFunctionImpl, TableProvider,
};
use datafusion::common::{Column, ScalarValue, TableReference};
use datafusion::datasource::{ViewTable, provider_as_source};
use datafusion::error::Result as EngineResult;
use datafusion::functions::core::{get_field, named_struct};
use datafusion::logical_expr::{BinaryExpr, Expr, LogicalPlanBuilder, Operator, ScalarUDF, lit};
use futures::FutureExt;
use longma_core::schema::IDENTITY;
use longma_population::outcome::REFUSED;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// The name of the table of decisions.
pub const DECIDE: &str = "longma_decide";

/// The name of the table that compares two sets of packs.
pub const COMPARE: &str = "longma_compare";

/// The outcome at the instant, and in the window if there is one.
const NOW: &str = "now";

/// The outcome at all times, for whoever asks since when and gives no window.
const COURSE: &str = "course";

/// All times that facts are about. A level that begins or ends outside has no such end.
const ALWAYS: (&str, &str) = ("1900-01-01T00:00:00Z", "2200-01-01T00:00:00Z");

/// The member of [`IDENTITY`] by which a person's rules are found.
const REGION: &str = "region";

/// What every table function needs.
#[derive(Clone)]
pub(crate) struct Office {
    pub(crate) packs: Arc<Packs>,
    /// [`ONCE`](crate::outcome::ONCE).
    pub(crate) outcome: ScalarUDF,
    /// [`PART`](crate::part::PART).
    pub(crate) part: ScalarUDF,
    pub(crate) catalogs: Arc<dyn CatalogProviderList>,
    /// Where a table without a catalogue or schema in its name is.
    pub(crate) home: (String, String),
}

impl fmt::Debug for Office {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Office({:?})", self.packs)
    }
}

impl Office {
    /// The table that was registered under a name.
    fn table(&self, name: &str) -> Result<Arc<dyn TableProvider>> {
        let of = TableReference::parse_str(name).resolve(&self.home.0, &self.home.1);
        let schema = self.catalogs.catalog(&of.catalog);
        let schema = schema.and_then(|it| it.schema(&of.schema));
        let found = schema.as_ref().and_then(|schema| {
            // Tables are kept in memory: nothing is waited for.
            schema.table(&of.table).now_or_never()?.ok()?
        });
        found.ok_or_else(|| {
            let known = schema.map(|it| it.table_names()).unwrap_or_default();
            let names: BTreeSet<&str> = known.iter().map(String::as_str).collect();
            Error::new(Code::TableUnknown)
                .with("table", name)
                .with("known", code::known(names))
        })
    }
}

/// `longma_decide(table, decisions, at[, region[, tell[, from, until]]])`.
#[derive(Debug)]
pub(crate) struct Decide(pub(crate) Office);

/// `longma_compare(table, decisions, at, before, after[, region])`.
#[derive(Debug)]
pub(crate) struct Compare(pub(crate) Office);

impl TableFunctionImpl for Decide {
    fn call_with_args(
        &self,
        args: TableFunctionArgs<'_, '_>,
    ) -> EngineResult<Arc<dyn TableProvider>> {
        let args = Arguments::of(args.exprs(), &DECIDE_CALL);
        decide(&self.0, &args).map_err(Error::into_engine)
    }
}

impl TableFunctionImpl for Compare {
    fn call_with_args(
        &self,
        args: TableFunctionArgs<'_, '_>,
    ) -> EngineResult<Arc<dyn TableProvider>> {
        let args = Arguments::of(args.exprs(), &COMPARE_CALL);
        compare(&self.0, &args).map_err(Error::into_engine)
    }
}

fn decide(office: &Office, args: &Arguments<'_>) -> Result<Arc<dyn TableProvider>> {
    args.count()?;
    let table = Table::of(office, args.text(0)?)?;
    let tell = args.tell(4)?;
    let (now, course) = args.questions(&tell)?;
    let ready = office.packs.ready(&now.json())?;
    let course = course
        .map(|it| office.packs.ready(&it.json()))
        .transpose()?;
    // Without a window the course is a question of its own, which is not answered where
    // none of its columns is used.
    let wide = if course.is_some() { COURSE } else { NOW };
    let mut columns = vec![Table::region(&ready)];
    for name in &now.decisions {
        let add = |of: &str, from| table.part(from, &[name, of]).alias(format!("{name}_{of}"));
        columns.push(table.part(NOW, &[name, "level"]).alias(name));
        columns.push(add("at_least", NOW));
        columns.push(add("since", wide));
        columns.push(add("until", wide));
        for of in &tell {
            let from = if *of == Tell::Causes { NOW } else { wide };
            columns.push(add(of.name(), from));
        }
    }
    columns.push(table.part(NOW, &[REFUSED]).alias(REFUSED));
    let mut questions = vec![(NOW, &ready)];
    questions.extend(course.as_ref().map(|it| (COURSE, it)));
    let asked: Vec<&Ready> = questions.iter().map(|(_, ready)| *ready).collect();
    let labels = table.labels(&asked)?;
    table.view(&questions, labels, columns)
}

fn compare(office: &Office, args: &Arguments<'_>) -> Result<Arc<dyn TableProvider>> {
    args.count()?;
    let asked = args.asked(5)?;
    let table = Table::of(office, args.text(0)?)?;
    let with = |at| {
        let name = args.text(at)?;
        let packs = (!name.is_empty()).then(|| name.to_owned());
        let asked = Asked {
            packs,
            ..asked.clone()
        };
        office.packs.ready(&asked.json())
    };
    let (before, after) = (with(3)?, with(4)?);
    let labels = table.labels(&[&before, &after])?;
    let mut columns = vec![Table::region(&after)];
    for name in &asked.decisions {
        let level = |of| table.part(of, &[name, "level"]);
        let changed = Expr::BinaryExpr(BinaryExpr::new(
            Box::new(level("before")),
            Operator::IsDistinctFrom,
            Box::new(level("after")),
        ));
        columns.push(level("before").alias(format!("{name}_before")));
        columns.push(level("after").alias(format!("{name}_after")));
        columns.push(changed.alias(format!("{name}_changed")));
    }
    for of in ["before", "after"] {
        columns.push(table.part(of, &[REFUSED]).alias(format!("{REFUSED}_{of}")));
    }
    table.view(&[("before", &before), ("after", &after)], labels, columns)
}

/// A name that no column of a table has.
fn hidden(name: &str) -> String {
    format!("__longma_{name}")
}

/// A registered table whose persons are decided.
struct Table<'o> {
    office: &'o Office,
    name: &'o str,
    provider: Arc<dyn TableProvider>,
}

impl<'o> Table<'o> {
    fn of(office: &'o Office, name: &'o str) -> Result<Self> {
        Ok(Self {
            provider: office.table(name)?,
            office,
            name,
        })
    }

    /// A part of the outcome in a column, by its names from the top.
    fn part(&self, column: &str, path: &[&str]) -> Expr {
        let outcome = Expr::Column(Column::from_name(hidden(column)));
        let names = path.iter().map(|name| lit(*name));
        self.office
            .part
            .call([outcome].into_iter().chain(names).collect())
    }

    fn has(&self, column: &str) -> bool {
        self.provider.schema().column_with_name(column).is_some()
    }

    /// The columns that are no sections of the schema, such as those of partitions.
    fn labels(&self, asked: &[&Ready]) -> Result<Vec<Expr>> {
        let schema = self.provider.schema();
        let is_section = |name: &str| {
            asked.iter().any(|ready| {
                let schema = ready.catalogue.schema(&ready.asked.subject);
                schema.is_some_and(|it| it.root().position(name).is_some())
            })
        };
        let labels = schema.fields().iter().map(|it| it.name());
        let labels: Vec<&String> = labels.filter(|name| !is_section(name)).collect();
        let needed: BTreeSet<&str> = asked.iter().flat_map(|it| it.decider.sections()).collect();
        // The subject is given by the question too, and says nothing about a person.
        let needed = needed
            .into_iter()
            .filter(|it| *it != longma_core::schema::SUBJECT);
        let (there, missing): (Vec<&str>, Vec<&str>) = needed.partition(|it| self.has(it));
        let slips = missing.iter().filter_map(|section| {
            let labels = labels.iter().map(|it| it.as_str());
            let near = longma_core::nearest(section, labels)?;
            let error = Error::new(Code::ColumnNear).with("table", self.name);
            Some(error.with("section", section).with("column", near))
        });
        if let Some(error) = Error::all(slips) {
            return Err(error);
        }
        if there.is_empty() && !missing.is_empty() {
            return Err(Error::new(Code::ColumnsMissing)
                .with("table", self.name)
                .with("needed", code::known(missing)));
        }
        Ok(labels.into_iter().map(|it| self.column(it)).collect())
    }

    fn column(&self, name: &str) -> Expr {
        Expr::Column(Column::new(Some(self.reference()), name))
    }

    fn reference(&self) -> TableReference {
        TableReference::parse_str(self.name)
    }

    /// Each person's region, or the one that is asked for.
    fn region(ready: &Ready) -> Expr {
        match &ready.asked.region {
            Some(region) => lit(region.as_str()).alias(REGION),
            None => Expr::Column(Column::from_name(hidden(REGION))).alias(REGION),
        }
    }

    fn own_region(&self) -> Expr {
        if self.has_region() {
            get_field().call(vec![self.column(IDENTITY), lit(REGION)])
        } else {
            lit(ScalarValue::Utf8(None))
        }
    }

    fn has_region(&self) -> bool {
        let schema = self.provider.schema();
        match schema.field_with_name(IDENTITY).map(Field::data_type) {
            Ok(DataType::Struct(members)) => members.iter().any(|it| it.name() == REGION),
            _ => false,
        }
    }

    /// The sections that a question needs as a struct. Of an identity that no rule reads,
    /// only the region: Parquet then reads nobody's name.
    fn facts(&self, ready: &Ready) -> Result<Expr> {
        let asked = &ready.asked;
        let decisions: Vec<&str> = asked.decisions.iter().map(String::as_str).collect();
        let read = ready.catalogue.sections_read(
            &asked.subject,
            asked.region.as_deref(),
            Some(&decisions),
            ready.decider.question().window(),
        );
        let read = read.map_err(Error::from)?;
        let sections = ready.decider.sections();
        let there = sections.into_iter().filter(|name| self.has(name));
        let members = there.flat_map(|name| {
            let value = if name == IDENTITY && self.has_region() && !read.contains(name) {
                named_struct().call(vec![lit(REGION), self.own_region()])
            } else {
                self.column(name)
            };
            [lit(name), value]
        });
        let members: Vec<Expr> = members.collect();
        if members.is_empty() {
            // A struct has to have a member; that of a subject is known.
            let subject = lit(asked.subject.as_str());
            return Ok(named_struct().call(vec![lit(longma_core::schema::SUBJECT), subject]));
        }
        Ok(named_struct().call(members))
    }

    /// The labels, then the results over the outcomes of the questions.
    fn view(
        &self,
        questions: &[(&str, &Ready)],
        labels: Vec<Expr>,
        results: Vec<Expr>,
    ) -> Result<Arc<dyn TableProvider>> {
        let name = |it: &Expr| it.qualified_name().1;
        let names: BTreeSet<String> = results.iter().map(name).collect();
        let taken = labels.iter().map(name).filter(|it| names.contains(it));
        let taken = taken.map(|it| {
            let error = Error::new(Code::ColumnTaken).with("column", it);
            error.with("table", self.name)
        });
        if let Some(error) = Error::all(taken) {
            return Err(error);
        }
        let mut inner = labels.clone();
        inner.push(self.own_region().alias(hidden(REGION)));
        for (member, ready) in questions {
            let question = lit(ready.asked.json());
            let call = self.office.outcome.call(vec![question, self.facts(ready)?]);
            inner.push(call.alias(hidden(member)));
        }
        let outer = labels.into_iter().chain(results);
        let source = provider_as_source(Arc::clone(&self.provider));
        let plan = LogicalPlanBuilder::scan(self.reference(), source, None)
            .and_then(|plan| plan.project(inner))
            .and_then(|plan| plan.project(outer))
            .and_then(LogicalPlanBuilder::build)?;
        Ok(Arc::new(ViewTable::new(plan, None)))
    }
}

/// How a table function is called.
struct Call {
    name: &'static str,
    usage: &'static str,
    least: usize,
    most: usize,
}

const DECIDE_CALL: Call = Call {
    name: DECIDE,
    usage: "longma_decide('table', 'code,gold', '2022-07-15T12:00:00+08:00'[, region or ''\
            [, 'causes,segments,seconds'[, from, until]]])",
    least: 3,
    most: 7,
};

const COMPARE_CALL: Call = Call {
    name: COMPARE,
    usage: "longma_compare('table', 'code', '2022-07-15T12:00:00+08:00', 'before', 'after'\
            [, region or ''])",
    least: 5,
    most: 6,
};

/// Arguments, all of them literal texts.
struct Arguments<'e> {
    exprs: &'e [Expr],
    call: &'static Call,
}

impl<'e> Arguments<'e> {
    fn of(exprs: &'e [Expr], call: &'static Call) -> Self {
        Self { exprs, call }
    }

    fn wrong(&self, at: usize, expected: &str, found: impl fmt::Display) -> Error {
        self.about(Code::Argument, at, expected)
            .with("found", found.to_string())
    }

    fn missing(&self, at: usize, expected: &str) -> Error {
        self.about(Code::ArgumentMissing, at, expected)
    }

    fn about(&self, code: Code, at: usize, expected: &str) -> Error {
        Error::new(code)
            .with("function", self.call.name)
            .with("at", at + 1)
            .with("expected", code::words(expected))
            .with("usage", self.call.usage)
    }

    fn count(&self) -> Result<()> {
        let Call { least, most, .. } = *self.call;
        if self.exprs.len() < least {
            return Err(self.missing(self.exprs.len(), "argument-text"));
        }
        match self.exprs.get(most) {
            Some(found) => Err(self.wrong(most, "argument-none", found)),
            None => Ok(()),
        }
    }

    fn text(&self, at: usize) -> Result<&'e str> {
        match self.exprs.get(at) {
            Some(Expr::Literal(value, _)) => {
                let text = value.try_as_str().flatten();
                text.ok_or_else(|| self.wrong(at, "argument-text", value))
            }
            Some(other) => Err(self.wrong(at, "argument-literal", other)),
            None => Ok(""),
        }
    }

    fn names(&self, at: usize) -> Result<Vec<&'e str>> {
        let names = self.text(at)?.split(',').map(str::trim);
        Ok(names.filter(|it| !it.is_empty()).collect())
    }

    fn tell(&self, at: usize) -> Result<BTreeSet<Tell>> {
        let names = self.names(at)?.into_iter();
        let told = names.map(|name| {
            let known = Tell::ALL.into_iter().find(|it| it.name() == name);
            known.ok_or_else(|| self.wrong(at, "argument-tell", name))
        });
        told.collect()
    }

    /// What is asked at the instant, and what at all times.
    fn questions(&self, tell: &BTreeSet<Tell>) -> Result<(Asked, Option<Asked>)> {
        let asked = self.asked(3)?;
        let end = |at| Ok::<_, Error>(Some(self.text(at)?).filter(|it| !it.is_empty()));
        let (from, until) = (end(5)?, end(6)?);
        let only = |told: fn(&Tell) -> bool| tell.iter().copied().filter(told).collect();
        if from.is_none() && until.is_none() {
            if tell.contains(&Tell::Seconds) {
                return Err(self.missing(5, "argument-window"));
            }
            let now = Asked {
                tell: only(|it| *it == Tell::Causes),
                ..asked.clone()
            };
            let course = Asked {
                from: Some(ALWAYS.0.to_owned()),
                until: Some(ALWAYS.1.to_owned()),
                tell: only(|it| *it != Tell::Causes),
                ..asked
            };
            return Ok((now, Some(course)));
        }
        let now = Asked {
            from: from.map(str::to_owned),
            until: until.map(str::to_owned),
            tell: tell.clone(),
            ..asked
        };
        now.question()?;
        Ok((now, None))
    }

    /// The question in the second, third and `region`th argument.
    fn asked(&self, region: usize) -> Result<Asked> {
        let region = self.text(region)?;
        let decisions = self.names(1)?.into_iter().map(str::to_owned);
        let asked = Asked {
            packs: None,
            subject: "person".to_owned(),
            region: (!region.is_empty()).then(|| region.to_owned()),
            decisions: decisions.collect(),
            at: vec![self.text(2)?.to_owned()],
            from: None,
            until: None,
            tell: BTreeSet::new(),
        };
        asked.question()?;
        Ok(asked)
    }
}
