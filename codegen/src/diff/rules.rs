//! The table of rules: their names, descriptions and maximum effects.

use super::CrateVerdict;
use CrateVerdict::{Additive, Behaviour, Breaking, Docs, None};

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// Its name.
    pub id: &'static str,
    /// What it finds.
    pub about: &'static str,
    /// The maximum effect on the crate. The actual effect is found by comparing what is generated; a difference with a
    /// greater effect has another cause.
    pub most: CrateVerdict,
}

const fn of(id: &'static str, about: &'static str, most: CrateVerdict) -> Rule {
    Rule { id, about, most }
}

/// All rules.
pub static RULES: &[Rule] = &[
    of("shape-removed", "a shape is gone", Breaking),
    of("shape-added", "there is a new shape", Additive),
    of("shape-renamed", "a shape is gone, and another of the same content has taken its place", Breaking),
    of("shape-type-changed", "a shape is of another type", Breaking),
    of("operation-removed", "the service has an operation no longer", Breaking),
    of("operation-added", "the service has a new operation", Additive),
    of("operation-input-changed", "an operation takes another structure, or one at all, or none any more", Breaking),
    of("operation-output-changed", "an operation gives another structure, or one at all, or none any more", Breaking),
    of("operation-error-removed", "an operation can no longer give an error", Breaking),
    of("operation-error-added", "an operation can give another error", Additive),
    of("service-error-removed", "operations can no longer give an error that all of the service shared", Breaking),
    of("service-error-added", "all operations of the service can give another error", Additive),
    of("service-rename-changed", "a shape goes by another name in the service", Breaking),
    of("service-version-changed", "the service has another API version", Behaviour),
    of("member-removed", "a member is gone", Breaking),
    of("member-added", "there is a new member, which may be left out", Breaking),
    of("required-member-added", "there is a new member, which has to be there", Breaking),
    of("member-retargeted", "a member is of another shape", Breaking),
    of("members-reordered", "members stand in another order", Behaviour),
    of("required-added", "a member has to be there", Breaking),
    of("required-removed", "a member may be left out", Breaking),
    of("default-added", "a member has a default value", Breaking),
    of("default-removed", "a member has no default value any more", Breaking),
    of("default-changed", "a member has another default value", Behaviour),
    of("client-optional", "clients treat a member as one that may be left out, or no longer", Breaking),
    of("nullability-changed", "by Smithy's reckoning a member can be absent, or no longer", None),
    of("enum-value-removed", "an enum does not list a value any more", Breaking),
    of("enum-value-added", "an enum lists another value", Additive),
    of("enum-value-renamed", "a value of an enum goes by another name", Breaking),
    of("enum-value-changed", "a name of an enum stands for another value", Behaviour),
    of("enum-values-reordered", "values of an enum stand in another order", Behaviour),
    of("http-method-changed", "requests have another method", Behaviour),
    of("http-uri-changed", "requests have another path", Behaviour),
    of("http-code-changed", "another status means success", None),
    of("http-label", "a member travels in the path, or no longer", Behaviour),
    of("http-query", "a member travels in the query string, or no longer, or by another name", Behaviour),
    of("http-query-params", "a map travels in the query string, or no longer", Behaviour),
    of("http-header", "a member travels in a header, or no longer, or by another name", Behaviour),
    of("http-prefix-headers", "a map travels in headers, or no longer, or by another prefix", Behaviour),
    of("http-payload", "a member is the body, or no longer", Behaviour),
    of("http-response-code", "a member is the status of the response, or no longer", Behaviour),
    of("http-error", "an error has another status", None),
    of("http-checksum-required", "requests carry a checksum, or no longer", Behaviour),
    of("request-compression", "requests are compressed, or no longer", Behaviour),
    of("host-prefix", "something else stands in front of the endpoint's host", Behaviour),
    of("host-label", "a member is part of the host, or no longer", None),
    of("json-name", "a member has another name in JSON", Behaviour),
    of("timestamp-format", "points in time are written in another way", Behaviour),
    of("media-type", "a text or blob is of another media type", Breaking),
    of("idempotency-token", "the client makes a value that makes retries safe, or no longer", Breaking),
    of("streaming", "a blob or union is a stream, or no longer", Breaking),
    of("requires-length", "the length of a stream has to be known, or no longer", Behaviour),
    of("event-header", "a member travels in a header of an event, or no longer", Behaviour),
    of("event-payload", "a member is the body of an event, or no longer", Behaviour),
    of("sparse", "a list or map may hold nulls, or no longer", Breaking),
    of("error", "a structure is an error, or no longer, or somebody else's fault", Breaking),
    of("retryable", "an error says something else about trying again", Behaviour),
    of("pagination", "the pages of an operation are walked in another way", Breaking),
    of("waiters", "something else can be waited for, or in another way", Breaking),
    of("auth", "requests are authorized in another way", Breaking),
    of("protocol", "the service speaks another protocol, or in another way", Behaviour),
    of("query-compatible", "errors have, or no longer have, the codes of the protocol before", Behaviour),
    of("service-trait", "what the service is called by others has changed", Behaviour),
    of("endpoint-rules", "endpoints are found by other rules", Behaviour),
    of("endpoint-tests", "there are other tests of endpoints", None),
    of("client-context-params", "clients have other settings that endpoints depend on", Breaking),
    of("endpoint-params", "an operation binds a parameter of endpoint rules in another way", Behaviour),
    of("sensitive", "a value must not be printed, or may be", Behaviour),
    of("deprecated", "something should no longer be used, or may be again", Additive),
    of("length", "a text, blob, list or map may have another length", None),
    of("range", "a number may lie in another range", None),
    of("pattern", "a text has to be of another pattern", None),
    of("unique-items", "the items of a list have to differ, or no longer", None),
    of("input-output", "a structure is marked as the input or output of one operation, or no longer", None),
    of("documentation", "something is described differently", Docs),
    of("title", "the service goes by another title", Docs),
    of("examples", "there are other examples or links", None),
    of("model-tests", "the model holds other tests of itself", None),
    of("other-trait", "a trait of no effect on clients of JSON services has changed", None),
    of("unknown-trait", "a trait that nothing is known about has changed", None),
    of(
        "generated-code",
        "what is generated differs because of other shapes, such as those whose names collide",
        Breaking,
    ),
];

/// Returns a rule by its name.
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}

/// Returns a rule by its name, which is one of this crate's own.
pub(super) fn known(id: &'static str) -> &'static Rule {
    // The last one is the fallback; tests check that no other name gets here.
    rule(id).unwrap_or(&RULES[RULES.len() - 1])
}

/// Returns the position of a rule in the table.
pub(super) fn position(rule: &Rule) -> usize {
    RULES.iter().position(|other| other.id == rule.id).unwrap_or(RULES.len())
}
