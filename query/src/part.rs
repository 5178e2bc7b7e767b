//! `longma_part(outcome, name, …)`: a member of an outcome.
//!
//! The engine's own `get_field` says the same. But the optimiser moves that one towards the
//! files, into the projection in which the person is decided, and there it copies the
//! deciding for each column that is asked for: three columns, and everybody is decided three
//! times. It leaves a function that it does not know where it stands.

use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::common::Result;
use datafusion::functions::core::get_field;
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
    Volatility,
};

/// The name of the function.
pub(crate) const PART: &str = "longma_part";

/// The function.
pub(crate) fn function() -> ScalarUDF {
    ScalarUDF::from(Part {
        signature: Signature::variadic_any(Volatility::Immutable),
    })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Part {
    signature: Signature,
}

impl ScalarUDFImpl for Part {
    fn name(&self) -> &str {
        PART
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        get_field().inner().return_type(types)
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        get_field().inner().return_field_from_args(args)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        get_field().inner().invoke_with_args(args)
    }
}
