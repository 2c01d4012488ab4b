//! `field_state(column)` and `is_known(column)`.
//!
//! Null alone would make one thing of five. The state of a field is in a column of its own, such as `mfa_enabled_state`, and these functions
//! are a way to write it. They are replaced before the query is optimized, so that a filter on a state is one on a column.

use std::sync::Arc;

use datafusion::{
    arrow::datatypes::DataType,
    common::{Column, DFSchema, Result, config::ConfigOptions, exec_err, plan_err, tree_node::Transformed},
    execution::FunctionRegistry,
    logical_expr::{
        ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility, cast,
        expr_rewriter::FunctionRewrite, lit,
    },
};

/// The name of the function that returns the state of a field.
pub const FIELD_STATE: &str = "field_state";
/// The name of the function that returns whether a field has a value.
pub const IS_KNOWN: &str = "is_known";

/// Adds the functions to a session.
///
/// - `field_state(column)` returns why a field has the value that it has: `value`, `null` (the service says that there is none), `absent`
///   (it does not say), `unsupported` (it has no such field) or `withheld` (this credential may not see it).
/// - `is_known(column)` returns whether a field has a value.
///
/// # Errors
/// If the registry does not take functions.
pub fn register(registry: &mut dyn FunctionRegistry) -> Result<()> {
    registry.register_udf(Arc::new(ScalarUDF::from(OfColumn::new(FIELD_STATE, DataType::Utf8))))?;
    registry.register_udf(Arc::new(ScalarUDF::from(OfColumn::new(IS_KNOWN, DataType::Boolean))))?;
    registry.register_function_rewrite(Arc::new(OfState))
}

/// A function of a column, which is replaced before it could run.
#[derive(Debug, PartialEq, Eq, Hash)]
struct OfColumn {
    name: &'static str,
    returns: DataType,
    signature: Signature,
}

impl OfColumn {
    fn new(name: &'static str, returns: DataType) -> Self {
        Self { name, returns, signature: Signature::any(1, Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for OfColumn {
    fn name(&self) -> &'static str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.returns.clone())
    }

    fn invoke_with_args(&self, _: ScalarFunctionArgs) -> Result<ColumnarValue> {
        exec_err!("{}: the session does not replace functions; use `register`", self.name)
    }
}

/// Replaces the functions.
#[derive(Debug)]
struct OfState;

impl FunctionRewrite for OfState {
    fn name(&self) -> &'static str {
        "state_of_a_field"
    }

    fn rewrite(&self, expr: Expr, schema: &DFSchema, _: &ConfigOptions) -> Result<Transformed<Expr>> {
        let Expr::ScalarFunction(call) = &expr else { return Ok(Transformed::no(expr)) };
        let name = call.func.name();
        if name != FIELD_STATE && name != IS_KNOWN {
            return Ok(Transformed::no(expr));
        }
        let [Expr::Column(column)] = call.args.as_slice() else {
            return plan_err!("{name} takes one column of a table of profiles, such as {name}(mfa_enabled)");
        };
        let state = Column { name: format!("{}_state", column.name), ..column.clone() };
        let has_state = schema.has_column(&state);
        Ok(Transformed::yes(match (name, has_state) {
            (FIELD_STATE, true) => cast(Expr::Column(state), DataType::Utf8),
            (FIELD_STATE, false) => return no_state(column, schema),
            // Never null, also where an outer join has no partner.
            (_, true) => cast(Expr::Column(state), DataType::Utf8).eq(lit("value")).is_true(),
            (_, false) => Expr::Column(column.clone()).is_not_null(),
        }))
    }
}

fn no_state<T>(column: &Column, schema: &DFSchema) -> Result<T> {
    let states = schema.fields().iter().filter_map(|field| field.name().strip_suffix("_state"));
    let states: Vec<_> = states.collect();
    if states.is_empty() {
        return plan_err!(
            "field_state({0}): the column `{0}_state` is not selected here; select it together with `{0}`",
            column.name
        );
    }
    plan_err!(
        "field_state({}): there is no column for its state; {IS_KNOWN} says whether it has a value. Columns with a state: {}",
        column.name,
        states.join(", ")
    )
}
