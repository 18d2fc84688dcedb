//! The header by which AWS notices functions that call themselves without end: inside a Lambda
//! function, every request passes on the trace id of the invocation that it is made in.
//!
//! This is the one place where a call looks at the environment, whatever its configuration: the id
//! changes from one invocation to the next, so that no configuration could hold it.
//!
//! What must stay true: nothing in the variable can start another header.

use std::ffi::OsString;

use http::header::{HeaderName, HeaderValue};
use percent_encoding::{CONTROLS, percent_encode};

/// The header's name.
pub(crate) const TRACE_ID: HeaderName = HeaderName::from_static("x-amzn-trace-id");

/// Whether this process is a Lambda function, which it is for as long as it runs.
pub(crate) fn is_lambda() -> bool {
    is_lambda_by(std::env::var_os)
}

fn is_lambda_by(env: impl Fn(&'static str) -> Option<OsString>) -> bool {
    env("AWS_LAMBDA_FUNCTION_NAME").is_some_and(|name| !name.is_empty())
}

/// The header's value in a Lambda function, by the invocation that runs now.
pub(crate) fn trace_id() -> Option<HeaderValue> {
    from_env(std::env::var_os)
}

fn from_env(env: impl Fn(&'static str) -> Option<OsString>) -> Option<HeaderValue> {
    let id = env("_X_AMZN_TRACE_ID").filter(|id| !id.is_empty())?;
    // What is no plain ASCII is escaped, byte for byte.
    let id = percent_encode(id.as_encoded_bytes(), CONTROLS).to_string();
    HeaderValue::try_from(id).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(name: Option<&str>, id: Option<&str>) -> Option<String> {
        let env = |asked: &'static str| match asked {
            "AWS_LAMBDA_FUNCTION_NAME" => name.map(Into::into),
            "_X_AMZN_TRACE_ID" => id.map(Into::into),
            other => panic!("{other} is not ours to read"),
        };
        let value = is_lambda_by(env).then(|| from_env(env))??;
        Some(value.to_str().expect("ASCII").to_owned())
    }

    #[test]
    fn both_variables_or_nothing() {
        for (name, id, expected) in [
            (None, None, None),
            (Some("f"), None, None),
            (None, Some("Root=1"), None),
            (Some(""), Some("Root=1"), None),
            (Some("f"), Some(""), None),
            (
                Some("f"),
                Some("Root=1-5;Parent=5;Sampled=1;lineage=a:0,b:5"),
                Some("Root=1-5;Parent=5;Sampled=1;lineage=a:0,b:5"),
            ),
            (Some("f"), Some("a\r\nx-evil: 1"), Some("a%0D%0Ax-evil: 1")),
            (Some("f"), Some("\u{7f}é"), Some("%7F%C3%A9")),
        ] {
            assert_eq!(value(name, id).as_deref(), expected, "{name:?} {id:?}");
        }
    }
}
