//! Compares traits: the rule and the severity of adding, removing and changing each.

use serde_json::Value;

use super::shapes::{Comparison, printable};
use super::{Finding, Severity};
use crate::model::{ShapeKind, Traits};

/// When a change of a trait is an error in Smithy's diff.
#[derive(Clone, Copy, PartialEq)]
enum Breaks {
    Never,
    /// When it is removed.
    Remove,
    /// When it is added, removed or changed.
    Always,
}

use Breaks::{Always, Never, Remove};

/// The rules of traits.
const TRAITS: &[(&str, &str, Breaks)] = &[
    ("aws.api#service", "service-trait", Never),
    ("aws.auth#sigv4", "auth", Remove),
    ("aws.auth#sigv4a", "auth", Remove),
    ("aws.auth#unsignedPayload", "auth", Never),
    ("aws.protocols#awsQueryCompatible", "query-compatible", Never),
    ("aws.protocols#awsQueryError", "other-trait", Never),
    ("aws.protocols#awsJson1_0", "protocol", Remove),
    ("aws.protocols#awsJson1_1", "protocol", Remove),
    ("aws.protocols#restJson1", "protocol", Remove),
    ("smithy.api#addedDefault", "other-trait", Never),
    ("smithy.api#auth", "auth", Never),
    ("smithy.api#cors", "other-trait", Remove),
    ("smithy.api#deprecated", "deprecated", Never),
    ("smithy.api#documentation", "documentation", Never),
    ("smithy.api#endpoint", "host-prefix", Always),
    ("smithy.api#error", "error", Always),
    ("smithy.api#eventHeader", "event-header", Always),
    ("smithy.api#eventPayload", "event-payload", Always),
    ("smithy.api#examples", "examples", Never),
    ("smithy.api#externalDocumentation", "examples", Never),
    ("smithy.api#hostLabel", "host-label", Always),
    ("smithy.api#httpApiKeyAuth", "auth", Remove),
    ("smithy.api#httpBasicAuth", "auth", Remove),
    ("smithy.api#httpBearerAuth", "auth", Remove),
    ("smithy.api#httpChecksumRequired", "http-checksum-required", Never),
    ("smithy.api#httpDigestAuth", "auth", Remove),
    ("smithy.api#httpError", "http-error", Always),
    ("smithy.api#httpHeader", "http-header", Always),
    ("smithy.api#httpLabel", "http-label", Always),
    ("smithy.api#httpPayload", "http-payload", Always),
    ("smithy.api#httpPrefixHeaders", "http-prefix-headers", Always),
    ("smithy.api#httpQuery", "http-query", Always),
    ("smithy.api#httpQueryParams", "http-query-params", Always),
    ("smithy.api#httpResponseCode", "http-response-code", Always),
    ("smithy.api#idempotencyToken", "idempotency-token", Remove),
    ("smithy.api#idempotent", "other-trait", Remove),
    ("smithy.api#input", "input-output", Always),
    ("smithy.api#internal", "other-trait", Never),
    ("smithy.api#jsonName", "json-name", Always),
    ("smithy.api#length", "length", Never),
    ("smithy.api#mediaType", "media-type", Remove),
    ("smithy.api#optionalAuth", "auth", Never),
    ("smithy.api#output", "input-output", Always),
    ("smithy.api#paginated", "pagination", Remove),
    ("smithy.api#pattern", "pattern", Never),
    ("smithy.api#private", "other-trait", Never),
    ("smithy.api#range", "range", Never),
    ("smithy.api#readonly", "other-trait", Never),
    ("smithy.api#references", "other-trait", Never),
    ("smithy.api#requestCompression", "request-compression", Never),
    ("smithy.api#requiresLength", "requires-length", Always),
    ("smithy.api#resourceIdentifier", "other-trait", Remove),
    ("smithy.api#retryable", "retryable", Never),
    ("smithy.api#sensitive", "sensitive", Never),
    ("smithy.api#since", "other-trait", Never),
    ("smithy.api#sparse", "sparse", Always),
    ("smithy.api#streaming", "streaming", Always),
    ("smithy.api#suppress", "other-trait", Never),
    ("smithy.api#tags", "other-trait", Never),
    ("smithy.api#timestampFormat", "timestamp-format", Always),
    ("smithy.api#title", "title", Never),
    ("smithy.api#uniqueItems", "unique-items", Never),
    ("smithy.api#unstable", "other-trait", Never),
    ("smithy.api#xmlAttribute", "other-trait", Always),
    ("smithy.api#xmlFlattened", "other-trait", Always),
    ("smithy.api#xmlName", "other-trait", Always),
    ("smithy.api#xmlNamespace", "other-trait", Always),
    ("smithy.rules#clientContextParams", "client-context-params", Never),
    ("smithy.rules#contextParam", "endpoint-params", Never),
    ("smithy.rules#endpointBdd", "endpoint-rules", Never),
    ("smithy.rules#endpointRuleSet", "endpoint-rules", Never),
    ("smithy.rules#endpointTests", "endpoint-tests", Never),
    ("smithy.rules#operationContextParams", "endpoint-params", Never),
    ("smithy.rules#staticContextParams", "endpoint-params", Never),
    ("smithy.test#eventStreamTests", "model-tests", Never),
    ("smithy.test#httpRequestTests", "model-tests", Never),
    ("smithy.test#httpResponseTests", "model-tests", Never),
    ("smithy.test#smokeTests", "model-tests", Never),
    ("smithy.waiters#waitable", "waiters", Never),
];

/// Traits with rules of their own, or that reading the model has leveled.
const ELSEWHERE: &[&str] = &[
    "smithy.api#box",
    "smithy.api#clientOptional",
    "smithy.api#default",
    "smithy.api#enum",
    "smithy.api#enumValue",
    "smithy.api#http",
    "smithy.api#mixin",
    "smithy.api#required",
];

/// The maximum length of a trait's text in a finding.
const SHOWN: usize = 120;

/// Compares the traits of a shape, with its kinds, or of a member.
pub(super) fn compare(
    to: &mut Comparison<'_>,
    place: &str,
    before: &Traits,
    now: &Traits,
    kinds: Option<(&ShapeKind, &ShapeKind)>,
) {
    http(to, place, before, now);
    // Members repeat the default of the simple shape that they target.
    if let Some((ShapeKind::Simple(_) | ShapeKind::Enum(_) | ShapeKind::IntEnum(_), _)) = kinds {
        if !before.has("smithy.api#box") && !now.has("smithy.api#box") {
            to.findings.extend(super::members::default(place, before, now));
        }
    }
    let mut ids: Vec<&str> = before.ids().chain(now.ids().filter(|id| !before.has(id))).collect();
    ids.sort_unstable();
    for id in ids.into_iter().filter(|id| !ELSEWHERE.contains(id)) {
        let (was, is) = (before.get(id), now.get(id));
        if was == is {
            continue;
        }
        let (rule, breaks) = entry(id);
        let (severity, event) = verdict(id, breaks, was, is);
        let mut finding = Finding::new(rule, place).model(severity, event);
        // A rule for several traits distinguishes its findings by the trait.
        let shared =
            ["unknown-trait", "other-trait", "auth", "endpoint-params", "model-tests", "examples", "input-output"];
        let name = |value: Option<&Value>| match value {
            // An annotation trait has no value.
            Some(Value::Object(entries)) if entries.is_empty() && (was.is_none() || is.is_none()) => {
                if shared.contains(&rule) { id.to_owned() } else { "there".to_owned() }
            }
            Some(value) if shared.contains(&rule) => format!("{id} {}", shown(value)),
            Some(value) => shown(value),
            None => "none".to_owned(),
        };
        let (was, is) = differing(was, is);
        finding.was = Some(name(was.as_ref()));
        finding.is = Some(name(is.as_ref()));
        to.add(finding);
    }
}

fn entry(id: &str) -> (&'static str, Breaks) {
    match TRAITS.iter().find(|(known, ..)| *known == id) {
        Some((_, rule, breaks)) => (rule, *breaks),
        None => ("unknown-trait", Never),
    }
}

/// Returns the entries of two objects that differ.
fn differing(was: Option<&Value>, is: Option<&Value>) -> (Option<Value>, Option<Value>) {
    let (Some(Value::Object(before)), Some(Value::Object(now))) = (was, is) else {
        return (was.cloned(), is.cloned());
    };
    let only = |own: &serde_json::Map<String, Value>, other: &serde_json::Map<String, Value>| -> Value {
        let entries = own.iter().filter(|(name, value)| other.get(*name) != Some(*value));
        Value::Object(entries.map(|(name, value)| (name.clone(), value.clone())).collect())
    };
    (Some(only(before, now)), Some(only(now, before)))
}

/// Returns a trait's value on one line.
fn shown(value: &Value) -> String {
    let text = match value {
        Value::String(text) => printable(text.split_whitespace().collect::<Vec<_>>().join(" ")),
        Value::Object(entries) if entries.is_empty() => "{}".to_owned(),
        value => value.to_string(),
    };
    if text.chars().count() <= SHOWN {
        return text;
    }
    let short: String = text.chars().take(SHOWN).collect();
    format!("{short}…")
}

/// Returns the severity of a change of a trait, and its event.
fn verdict(id: &str, breaks: Breaks, was: Option<&Value>, is: Option<&Value>) -> (Severity, String) {
    let change = match (was, is) {
        (None, _) => "Add",
        (_, None) => "Remove",
        _ => "Update",
    };
    if let (Some(was), Some(is)) = (was, is) {
        if matches!(id, "smithy.api#length" | "smithy.api#range") && is_narrower(was, is) {
            let name = if id == "smithy.api#length" { "ChangedLengthTrait" } else { "ChangedRangeTrait" };
            return (Severity::Error, name.to_owned());
        }
        if id == "smithy.api#paginated" && pagination_breaks(was, is) {
            return (Severity::Error, format!("TraitBreakingChange.Update.{id}"));
        }
    }
    match (breaks, change) {
        (Always, _) | (Remove, "Remove") => (Severity::Error, format!("TraitBreakingChange.{change}.{id}")),
        _ if id == "smithy.api#pattern" => (Severity::Note, format!("TraitBreakingChange.{change}.{id}")),
        _ => (Severity::Note, format!("ModifiedTrait.{change}.{id}")),
    }
}

fn is_narrower(was: &Value, is: &Value) -> bool {
    let number = |value: &Value, end: &str| value.get(end).and_then(Value::as_f64);
    let (old_min, new_min) = (number(was, "min").unwrap_or_default(), number(is, "min").unwrap_or_default());
    let lower_max = match (number(was, "max"), number(is, "max")) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(was), Some(is)) => is < was,
    };
    new_min > old_min || lower_max
}

/// A page size may be added; any other change of pagination is breaking.
fn pagination_breaks(was: &Value, is: &Value) -> bool {
    let differs = |part: &str| was.get(part) != is.get(part);
    let page_size = was.get("pageSize").is_some() && differs("pageSize");
    differs("items") || differs("inputToken") || differs("outputToken") || page_size
}

/// Returns the most severe difference between two sets of traits.
pub(super) fn severity(before: &Traits, now: &Traits) -> Severity {
    let ids = before.ids().chain(now.ids()).filter(|id| !ELSEWHERE.contains(id));
    ids.filter(|id| before.get(id) != now.get(id))
        .map(|id| verdict(id, entry(id).1, before.get(id), now.get(id)).0)
        .max()
        .unwrap_or(Severity::Note)
}

/// The parts of `smithy.api#http`, each by a rule of its own.
fn http(to: &mut Comparison<'_>, place: &str, before: &Traits, now: &Traits) {
    const HTTP: &str = "smithy.api#http";
    let (was, is) = (before.get(HTTP), now.get(HTTP));
    if was == is {
        return;
    }
    let change = match (was, is) {
        (None, _) => "Add",
        (_, None) => "Remove",
        _ => "Update",
    };
    let severity = if change == "Add" { Severity::Note } else { Severity::Error };
    for (part, rule) in [("method", "http-method-changed"), ("uri", "http-uri-changed"), ("code", "http-code-changed")]
    {
        let value = |http: Option<&Value>| match http.and_then(|http| http.get(part)) {
            Some(value) => shown(value),
            None if part == "code" && http.is_some() => "200".to_owned(),
            None => "none".to_owned(),
        };
        let (was, is) = (value(was), value(is));
        if was != is {
            let finding = Finding::new(rule, place).was(was).is(is);
            to.add(finding.model(severity, format!("TraitBreakingChange.{change}.{HTTP}")));
        }
    }
}
