//! Lowers the trait `smithy.rules#endpointTests` to rows of a test table.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::ir::{Endpoint, EndpointTest, Expr, Literal, ParamType, RuleSet, TestValue};
use super::{outcome, params};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    #[serde(default)]
    test_cases: Vec<Raw>,
}

/// Operation and client inputs are not read: `params` has the resulting parameters.
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
    headers: IndexMap<String, Vec<String>>,
    #[serde(default)]
    properties: Map<String, Value>,
}

/// Lowers the tests of `rules`. Problems go to `complain`.
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
        let param = rules.param(&name).ok_or_else(|| format!("the rule set has no parameter {name:?}"))?;
        let literal = params::literal(&value).map_err(|message| format!("parameter {name:?}: {message}"))?;
        let optional = match (&param.ty, &literal) {
            // A row has only what differs from the defaults.
            (ParamType::BooleanOr(default), Literal::Boolean(value)) if value == default => continue,
            (ParamType::BooleanOr(_), Literal::Boolean(_))
            | (ParamType::StringOr(_), Literal::String(_))
            | (ParamType::StringArrayOr(_), Literal::StringArray(_)) => false,
            (ParamType::Boolean, Literal::Boolean(_))
            | (ParamType::String, Literal::String(_))
            | (ParamType::StringArray, Literal::StringArray(_)) => true,
            _ => return Err(format!("{value} does not fit parameter {name:?}")),
        };
        params.push((param.name.clone(), TestValue { optional, literal }));
    }
    let expect = match (raw.expect.endpoint, raw.expect.error) {
        (Some(endpoint), None) => Ok(read_endpoint(endpoint)?),
        (None, Some(error)) => Err(error),
        _ => return Err("\"expect\" needs either an endpoint or an error".to_owned()),
    };
    Ok(EndpointTest { name: raw.documentation, params, expect })
}

fn read_endpoint(raw: ExpectEndpoint) -> Result<Endpoint, String> {
    let texts = |texts: Vec<String>| texts.into_iter().map(Expr::Text).collect();
    Ok(Endpoint {
        url: Expr::Text(raw.url),
        headers: raw.headers.into_iter().map(|(name, values)| (name, texts(values))).collect(),
        properties: outcome::properties(&raw.properties, &mut |text| Ok(Expr::Text(text.to_owned())))?,
    })
}
