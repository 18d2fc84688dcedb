//! `--query`: JMESPath as Python's library understands it.
//!
//! `jpx-core` parses and interprets. Where Python's library differs, it is mended here:
//! `sum` of nothing is 0, `to_number` reads what Python's `int` and `float` read, and a literal that is
//! no JSON stands for its own text.
//!
//! What stays different: whole numbers of more than 64 bits become floats.

mod depth;
mod functions;

use std::sync::LazyLock;

use jpx_core::{Expression, Runtime};
use serde_json::Value;

use crate::errors::{Failed, exit};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    let mut runtime = Runtime::new();
    runtime.register_builtin_functions();
    functions::register(&mut runtime);
    runtime
});

/// A compiled query.
#[derive(Clone, Debug)]
pub(crate) struct Query(Option<Expression<'static>>);

impl Query {
    /// Compiles an expression. The empty one finds the empty text, as there.
    pub(crate) fn compile(text: &str) -> Result<Self, Failed> {
        if text.is_empty() {
            return Ok(Self(None));
        }
        if depth::of(text) > depth::MAX {
            let message = format!("Bad value for --query: it is nested more than {} levels deep", depth::MAX);
            return Err(Failed::new(exit::FAILURE, message));
        }
        let compiled = RUNTIME.compile(&with_bare_literals(text));
        let compiled = compiled.map_err(|error| {
            let column = error.column();
            let message = format!("Bad value for --query {text}: {} at column {column}", error.reason);
            Failed::new(exit::FAILURE, message).hint("https://jmespath.org/tutorial.html shows what a query can be")
        })?;
        Ok(Self(Some(compiled)))
    }

    /// What the query finds in a result.
    pub(crate) fn search(&self, value: &Value) -> Result<Value, Failed> {
        let Some(expression) = &self.0 else { return Ok(Value::String(String::new())) };
        expression.search(value).map_err(|error| {
            Failed::failure(format!("--query: {}", error.reason)).hint(format!("the query is: {}", expression.as_str()))
        })
    }
}

/// Puts quotes around the text of literals that are no JSON.
fn with_bare_literals(text: &str) -> String {
    let mut mended = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(['`', '\'', '"']) {
        let quote = &rest[start..=start];
        let Some(length) = closing(&rest[start + 1..], quote) else { break };
        let inner = &rest[start + 1..start + 1 + length];
        mended.push_str(&rest[..=start]);
        let json = inner.replace("\\`", "`");
        if quote == "`" && serde_json::from_str::<Value>(&json).is_err() {
            let quoted = format!("\"{}\"", json.trim_start().replace('"', "\\\""));
            let known = serde_json::from_str::<Value>(&quoted).is_ok();
            mended.push_str(&if known { quoted.replace('`', "\\`") } else { inner.to_owned() });
        } else {
            mended.push_str(inner);
        }
        mended.push_str(quote);
        rest = &rest[start + length + 2..];
    }
    mended + rest
}

/// The length of what stands before a quote that is not escaped.
fn closing(text: &str, quote: &str) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(index, char)| {
        let found = !escaped && quote.starts_with(char);
        escaped = !escaped && char == '\\';
        found.then_some(index)
    })
}

#[cfg(test)]
mod tests;
