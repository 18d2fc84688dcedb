//! The service's endpoint rules and their tests.

use serde_json::json;

use super::Lowering;
use crate::endpoint::{
    self,
    ir::{EndpointTest, RuleSet},
};
use crate::model::{Shape, ShapeId};

impl Lowering<'_> {
    /// The service's endpoint rules, or those of regional services where the model has none.
    pub(super) fn endpoint(
        &mut self,
        id: &ShapeId,
        shape: &Shape,
        prefix: Option<&str>,
    ) -> (RuleSet, Vec<EndpointTest>) {
        let report = &mut self.report;
        let regional;
        let rules = match (shape.traits.get("smithy.rules#endpointRuleSet"), prefix) {
            (Some(rules), _) => rules,
            (None, _) if shape.traits.has("smithy.rules#endpointBdd") => {
                report
                    .shape(id, "has its endpoint rules as smithy.rules#endpointBdd alone, which is not supported yet");
                return Default::default();
            }
            (None, Some(prefix)) => {
                regional = endpoint::regional_rule_set(prefix);
                &regional
            }
            // Nothing says where its requests go, so the caller has to.
            (None, None) => {
                regional = custom_rule_set();
                &regional
            }
        };
        let rules = endpoint::read_rule_set(rules, &mut |message| {
            report.shape(id, format!("smithy.rules#endpointRuleSet: {message}"));
        });
        let tests = match shape.traits.get("smithy.rules#endpointTests") {
            None => Vec::new(),
            Some(tests) => endpoint::read_tests(tests, &rules, &mut |message| {
                report.shape(id, format!("smithy.rules#endpointTests: {message}"));
            }),
        };
        (rules, tests)
    }
}

/// The rules of a service that is only where its caller says.
fn custom_rule_set() -> serde_json::Value {
    json!({
        "version": "1.0",
        "parameters": {
            "Endpoint": { "type": "string", "builtIn": "SDK::Endpoint", "documentation": "The base URL to send requests to." },
        },
        "rules": [
            {
                "type": "endpoint",
                "conditions": [{ "fn": "isSet", "argv": [{ "ref": "Endpoint" }] }],
                "endpoint": { "url": { "ref": "Endpoint" } },
            },
            { "type": "error", "error": "the service has no endpoint of its own: set an endpoint URL" },
        ],
    })
}
