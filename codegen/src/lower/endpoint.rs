//! The service's endpoint rule set and its tests.

use serde_json::json;

use super::Lowering;
use crate::endpoint::{
    self,
    ir::{EndpointTest, RuleSet},
};
use crate::model::{Shape, ShapeId};

impl Lowering<'_> {
    /// Lowers the endpoint rule set, or uses that of regional services if the model has none.
    pub(super) fn endpoint(
        &mut self,
        id: &ShapeId,
        shape: &Shape,
        prefix: Option<&str>,
    ) -> (RuleSet, Vec<EndpointTest>) {
        let client: endpoint::ClientParams =
            self.read_trait(id, shape, "smithy.rules#clientContextParams").unwrap_or_default();
        let report = &mut self.report;
        let (rule_set, bdd) = ("smithy.rules#endpointRuleSet", "smithy.rules#endpointBdd");
        let rules = if let Some(rules) = shape.traits.get(rule_set) {
            endpoint::read_rule_set(rules, &client, &mut |message| report.shape(id, format!("{rule_set}: {message}")))
        } else if let Some(diagram) = shape.traits.get(bdd) {
            endpoint::read_bdd(diagram, &client, &mut |message| report.shape(id, format!("{bdd}: {message}")))
        } else {
            // Without an endpoint prefix, the caller has to set the endpoint.
            let rules = prefix.map_or_else(custom_rule_set, endpoint::regional_rule_set);
            endpoint::read_rule_set(&rules, &client, &mut |message| {
                report.shape(id, format!("the rules of services without their own: {message}"));
            })
        };
        let tests = match shape.traits.get("smithy.rules#endpointTests") {
            None => Vec::new(),
            Some(tests) => endpoint::read_tests(tests, &rules, &mut |message| {
                report.shape(id, format!("smithy.rules#endpointTests: {message}"));
            }),
        };
        (rules, tests)
    }
}

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
