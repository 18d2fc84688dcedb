//! Functions in place of those of `jpx-core`, where Python's differ.

use jpx_core::functions::{ArgumentType, CustomFunction, Signature};
use jpx_core::{Context, JmespathError, Runtime};
use serde_json::{Number, Value};

use crate::python;

type Evaluated = Result<Value, JmespathError>;

pub(super) fn register(runtime: &mut Runtime) {
    let numbers = ArgumentType::TypedArray(Box::new(ArgumentType::Number));
    runtime.register_function("sum", Box::new(function(numbers, sum)));
    for (name, evaluate) in [("abs", f64::abs as fn(f64) -> f64), ("ceil", f64::ceil), ("floor", f64::floor)] {
        runtime.register_function(name, Box::new(whole(evaluate, name == "abs")));
    }
    runtime.register_function("to_number", Box::new(function(ArgumentType::Any, to_number)));
}

fn function(takes: ArgumentType, evaluate: fn(&Value) -> Value) -> CustomFunction {
    let evaluate =
        move |values: &[Value], _: &mut Context<'_>| -> Evaluated { Ok(values.first().map_or(Value::Null, evaluate)) };
    CustomFunction::new(Signature::new(vec![takes], None), Box::new(evaluate))
}

/// A function of one number. Whole numbers stay whole; of others, only `abs` keeps the fraction.
fn whole(evaluate: fn(f64) -> f64, keeps_fraction: bool) -> CustomFunction {
    let evaluate = move |values: &[Value], _: &mut Context<'_>| -> Evaluated {
        let Some(Value::Number(number)) = values.first() else { return Ok(Value::Null) };
        if let Some(whole) = number.as_i64() {
            return Ok(Value::from(if keeps_fraction { whole.saturating_abs() } else { whole }));
        }
        let float = evaluate(number.as_f64().unwrap_or_default());
        #[expect(clippy::cast_possible_truncation, reason = "larger ones stay floats")]
        let whole = (!keeps_fraction && float.abs() < 9.0e18).then(|| Value::from(float as i64));
        Ok(whole.or_else(|| Number::from_f64(float).map(Value::Number)).unwrap_or_default())
    };
    CustomFunction::new(Signature::new(vec![ArgumentType::Number], None), Box::new(evaluate))
}

/// Whole numbers stay whole.
fn sum(value: &Value) -> Value {
    let numbers: Vec<&Value> = value.as_array().into_iter().flatten().collect();
    let whole = numbers.iter().try_fold(0_i64, |sum, number| sum.checked_add(number.as_i64()?));
    let sum = || Number::from_f64(numbers.iter().filter_map(|number| number.as_f64()).sum()).map(Value::Number);
    whole.map(Value::from).or_else(sum).unwrap_or_default()
}

/// Leading zeros, signs and blanks are read over.
fn to_number(value: &Value) -> Value {
    match value {
        Value::Number(_) => value.clone(),
        Value::String(text) => {
            let float = || Number::from_f64(text.trim().parse().ok()?).map(Value::Number);
            python::int(text).map(Value::from).or_else(float).unwrap_or_default()
        }
        _ => Value::Null,
    }
}
