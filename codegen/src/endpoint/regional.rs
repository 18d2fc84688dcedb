//! The rule set of services whose models predate rule sets.

use serde_json::{Value, json};

/// The rules that all regional services followed before models carried rule sets.
pub(crate) fn regional_rule_set(prefix: &str) -> Value {
    let on = |name: &str| json!({ "fn": "booleanEquals", "argv": [{ "ref": name }, true] });
    let supports = |what: &str| json!({ "fn": "booleanEquals", "argv": [{ "fn": "getAttr", "argv": [{ "ref": "partition" }, what] }, true] });
    let url = |host: &str, suffix: &str| {
        json!({
            "type": "endpoint",
            "endpoint": { "url": format!("https://{prefix}{host}.{{Region}}.{{partition#{suffix}}}") },
        })
    };
    let error = |text: &str| json!({ "type": "error", "error": text });
    let when = |condition: Value, mut rule: Value| {
        rule["conditions"] = json!([condition]);
        rule
    };
    let tree = |conditions: Value, rules: Value| json!({ "type": "tree", "conditions": conditions, "rules": rules });
    json!({
        "version": "1.0",
        "parameters": {
            "Region": { "type": "string", "builtIn": "AWS::Region", "documentation": "The region." },
            "UseDualStack": { "type": "boolean", "builtIn": "AWS::UseDualStack", "required": true, "default": false,
                "documentation": "Use the host that answers over IPv6 as well as IPv4." },
            "UseFIPS": { "type": "boolean", "builtIn": "AWS::UseFIPS", "required": true, "default": false,
                "documentation": "Use the host whose cryptography is FIPS 140 validated." },
            "Endpoint": { "type": "string", "builtIn": "SDK::Endpoint",
                "documentation": "A base URL to send requests to, in place of the one derived from the region." },
        },
        "rules": [
            tree(json!([{ "fn": "isSet", "argv": [{ "ref": "Endpoint" }] }]), json!([
                when(on("UseFIPS"), error("Invalid Configuration: FIPS and custom endpoint are not supported")),
                when(on("UseDualStack"), error("Invalid Configuration: Dualstack and custom endpoint are not supported")),
                { "type": "endpoint", "endpoint": { "url": { "ref": "Endpoint" } } },
            ])),
            tree(
                json!([
                    { "fn": "isSet", "argv": [{ "ref": "Region" }] },
                    { "fn": "aws.partition", "argv": [{ "ref": "Region" }], "assign": "partition" },
                ]),
                json!([
                    tree(json!([on("UseFIPS"), on("UseDualStack")]), json!([
                        tree(json!([supports("supportsFIPS"), supports("supportsDualStack")]),
                            json!([url("-fips", "dualStackDnsSuffix")])),
                        error("FIPS and DualStack are enabled, but this partition does not support one or both"),
                    ])),
                    tree(json!([on("UseFIPS")]), json!([
                        when(supports("supportsFIPS"), url("-fips", "dnsSuffix")),
                        error("FIPS is enabled but this partition does not support FIPS"),
                    ])),
                    tree(json!([on("UseDualStack")]), json!([
                        when(supports("supportsDualStack"), url("", "dualStackDnsSuffix")),
                        error("DualStack is enabled but this partition does not support DualStack"),
                    ])),
                    url("", "dnsSuffix"),
                ]),
            ),
            error("Invalid Configuration: Missing Region"),
        ],
    })
}
