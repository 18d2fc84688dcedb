//! From the trait `smithy.rules#endpointTests` to rows of a test table.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;

use super::ir::{EndpointTest, ParamType, RuleSet, TestValue};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    test_cases: Vec<Raw>,
}

#[derive(Deserialize)]
struct Raw {
    #[serde(default)]
    documentation: String,
    #[serde(default)]
    params: IndexMap<String, Value>,
    expect: Expect,
}

#[derive(Deserialize)]
struct Expect {
    error: Option<String>,
    endpoint: Option<ExpectEndpoint>,
}

#[derive(Deserialize)]
struct ExpectEndpoint {
    url: String,
    #[serde(default)]
    headers: serde_json::Map<String, Value>,
    #[serde(default)]
    properties: serde_json::Map<String, Value>,
}

/// Reads the tests that belong to `rules`. Problems go to `complain`.
pub(crate) fn read_tests(value: &Value, rules: &RuleSet, complain: &mut dyn FnMut(String)) -> Vec<EndpointTest> {
    let file = match File::deserialize(value) {
        Ok(file) => file,
        Err(error) => {
            complain(format!("malformed: {error}"));
            return Vec::new();
        }
    };
    let mut tests = Vec::new();
    for (index, raw) in file.test_cases.into_iter().enumerate() {
        match read_test(raw, rules) {
            Ok(test) => tests.push(test),
            Err(message) => complain(format!("testCases[{index}]: {message}")),
        }
    }
    tests
}

fn read_test(raw: Raw, rules: &RuleSet) -> Result<EndpointTest, String> {
    let mut params = Vec::new();
    for (name, value) in raw.params {
        let param = rules
            .params
            .iter()
            .find(|param| param.wire_name == name)
            .ok_or_else(|| format!("the rule set has no parameter {name:?}"))?;
        let value = match (&param.ty, value) {
            // A row says only what differs from the defaults.
            (ParamType::BooleanOr(default), Value::Bool(value)) if value == *default => continue,
            (ParamType::BooleanOr(_), Value::Bool(value)) => TestValue::Boolean(value),
            (ParamType::Boolean, Value::Bool(value)) => TestValue::OptionalBoolean(value),
            (ParamType::String, Value::String(value)) => TestValue::String(value),
            (_, value) => return Err(format!("{value} does not fit parameter {name:?}")),
        };
        params.push((param.name.clone(), value));
    }
    let expect = match (raw.expect.endpoint, raw.expect.error) {
        (Some(endpoint), None) if !endpoint.headers.is_empty() || !endpoint.properties.is_empty() => {
            return Err("expects headers or properties of the endpoint, which are not supported yet".to_owned());
        }
        (Some(endpoint), None) => Ok(endpoint.url),
        (None, Some(error)) => Err(error),
        _ => return Err("\"expect\" needs either an endpoint or an error".to_owned()),
    };
    Ok(EndpointTest { name: raw.documentation, params, expect })
}
