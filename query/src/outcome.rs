//! `longma_outcome(question, facts)`: the scalar function that decides.
//!
//! It comes under two names. `longma_outcome` is what people write: the same call twice in
//! a query is worked out once. The optimiser also copies it down into filters, and what is
//! decided there is decided again above. The views of [`view`](crate::view) must not pay
//! that, so they call [`ONCE`], which claims to be volatile: the optimiser neither copies
//! nor moves such a call.

use crate::code::Code;
use crate::error::Error;
use crate::packs::{Packs, Ready};
use crate::part;
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, RecordBatch, RecordBatchOptions, StructArray,
};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Fields, Schema};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
    Volatility,
};
use longma_population::batch::{Mismatch, Wrong};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// The name of the function.
pub const OUTCOME: &str = "longma_outcome";

/// The name under which it is called once for each row, wherever its result is used.
pub const ONCE: &str = "longma_outcome_once";

/// Every function that a plan may name, over these packs.
#[must_use]
pub fn functions(packs: &Arc<Packs>) -> [ScalarUDF; 3] {
    let made = |name, volatility| {
        ScalarUDF::from(Outcome {
            name,
            signature: Signature::any(2, volatility),
            packs: Arc::clone(packs),
        })
    };
    [
        made(OUTCOME, Volatility::Immutable),
        made(ONCE, Volatility::Volatile),
        part::function(),
    ]
}

#[derive(Debug)]
struct Outcome {
    name: &'static str,
    signature: Signature,
    packs: Arc<Packs>,
}

impl PartialEq for Outcome {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && Arc::ptr_eq(&self.packs, &other.packs)
    }
}

impl Eq for Outcome {}

impl Hash for Outcome {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl Outcome {
    fn ready(&self, question: Option<&ScalarValue>) -> Result<Ready> {
        let text = question.and_then(|it| it.try_as_str().flatten());
        let text = text.ok_or_else(|| {
            Error::new(Code::QuestionLiteral)
                .with("function", OUTCOME)
                .into_engine()
        })?;
        self.packs.ready(text).map_err(Error::into_engine)
    }
}

impl ScalarUDFImpl for Outcome {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Err(Error::new(Code::QuestionLiteral)
            .with("function", OUTCOME)
            .into_engine())
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let ready = self.ready(args.scalar_arguments.first().copied().flatten())?;
        if let Some(facts) = args.arg_fields.get(1) {
            check(&ready, facts.data_type())?;
        }
        let fields = ready.decider.outcome_schema().fields().clone();
        let field = Field::new(self.name, DataType::Struct(fields), true);
        Ok(Arc::new(field))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let (question, facts) = match args.args.as_slice() {
            [ColumnarValue::Scalar(question), facts] => (Some(question), facts),
            _ => (None, &ColumnarValue::Scalar(ScalarValue::Null)),
        };
        let ready = self.ready(question)?;
        let facts = facts.to_array(args.number_rows)?;
        self.packs.count(facts.len());
        decide(&ready, &facts).map(ColumnarValue::Array)
    }
}

/// Whether facts of this type can be decided. Told when the query is planned, before any
/// row is read.
fn check(ready: &Ready, kind: &DataType) -> Result<()> {
    let DataType::Struct(fields) = kind else {
        return Err(no_struct(kind));
    };
    let schema = ready.catalogue.schema(&ready.asked.subject);
    if let Some(root) = schema.map(longma_core::Schema::root) {
        let strange = fields
            .iter()
            .filter(|it| root.position(it.name()).is_none());
        let strange =
            strange.map(|it| unknown(it.name(), longma_core::nearest(it.name(), root.names())));
        if let Some(error) = Error::all(strange) {
            return Err(error.into_engine());
        }
    }
    let empty = RecordBatch::new_empty(Arc::new(Schema::new(fields.clone())));
    let checked = ready.decider.decide(&empty);
    checked.map(|_| ()).map_err(|wrong| mismatch(&wrong))
}

/// The outcomes of facts. A row that is null has none.
fn decide(ready: &Ready, facts: &ArrayRef) -> Result<ArrayRef> {
    let of = facts.as_struct_opt();
    let of = of.ok_or_else(|| no_struct(facts.data_type()))?;
    let rows = RecordBatchOptions::new().with_row_count(Some(of.len()));
    let schema = Arc::new(Schema::new(of.fields().clone()));
    let batch = RecordBatch::try_new_with_options(schema, of.columns().to_vec(), &rows)?;
    let decided = ready.decider.decide(&batch);
    let outcomes = decided.map_err(|wrong| mismatch(&wrong))?.outcomes;
    let fields: Fields = outcomes.schema().fields().clone();
    let columns = outcomes.columns().to_vec();
    let outcomes = StructArray::try_new(fields, columns, of.nulls().cloned())?;
    Ok(Arc::new(outcomes))
}

fn no_struct(found: &DataType) -> datafusion::error::DataFusionError {
    Error::new(Code::FactsStruct)
        .with("function", OUTCOME)
        .with("found", found)
        .into_engine()
}

fn unknown(column: &str, near: Option<&str>) -> Error {
    let error = match near {
        Some(near) => Error::new(Code::ColumnUnknownNear).with("near", near),
        None => Error::new(Code::ColumnUnknown),
    };
    error.with("column", column)
}

/// Every column that does not fit.
fn mismatch(wrong: &[Mismatch]) -> datafusion::error::DataFusionError {
    let errors = wrong.iter().map(|Mismatch { column, what }| match what {
        Wrong::Type { expected, found } => Error::new(Code::ColumnType)
            .with("column", column)
            .with("expected", expected)
            .with("found", found),
        Wrong::Unknown { near } => unknown(column, near.as_deref()),
    });
    let error = Error::all(errors).unwrap_or_else(|| Error::new(Code::Engine).with("why", OUTCOME));
    error.into_engine()
}
