//! Compares traits: the rule and the severity of adding, removing and changing each.

use serde_json::Value;

use super::members::Of;
use super::shapes::{Comparison, printable};
use super::{Finding, Severity};
use crate::model::{ShapeKind, Traits};

/// The changes of a trait, or of a part of its value, that Smithy has an event for.
#[derive(Clone, Copy, PartialEq)]
enum On {
    Add,
    Remove,
    Update,
    /// When it is added or removed.
    Presence,
    /// When it is added, removed or changed.
    Any,
}

/// Changes with events: of the trait (`""`) or a part of its value.
type Events = &'static [(&'static str, On, Severity)];

/// Traits without events of their own: additions and changes are notes, removals are warnings.
const NEVER: Events = &[];
const REMOVE: Events = &[("", On::Remove, Severity::Error)];
const PRESENCE: Events = &[("", On::Presence, Severity::Error)];
const ALWAYS: Events = &[("", On::Any, Severity::Error)];
const INTERNAL: Events = &[("", On::Remove, Severity::Warning)];
const UNIQUE: Events = &[("", On::Presence, Severity::Warning)];
const PATTERN: Events = &[("", On::Add, Severity::Warning), ("", On::Update, Severity::Note)];
const PAGINATED: Events = &[
    ("", On::Remove, Severity::Error),
    ("inputToken", On::Update, Severity::Error),
    ("outputToken", On::Update, Severity::Error),
    ("items", On::Remove, Severity::Error),
    ("items", On::Add, Severity::Note),
    ("items", On::Update, Severity::Note),
    ("pageSize", On::Update, Severity::Error),
    ("pageSize", On::Remove, Severity::Error),
];
const COMPRESSION: Events = &[("", On::Remove, Severity::Danger), ("encodings", On::Remove, Severity::Error)];

/// The rules of traits.
const TRAITS: &[(&str, &str, Events)] = &[
    ("aws.api#service", "service-trait", NEVER),
    ("aws.auth#sigv4", "auth", REMOVE),
    ("aws.auth#sigv4a", "auth", REMOVE),
    ("aws.auth#unsignedPayload", "auth", NEVER),
    ("aws.protocols#awsQueryCompatible", "query-compatible", NEVER),
    ("aws.protocols#awsQueryError", "other-trait", NEVER),
    ("aws.protocols#awsJson1_0", "protocol", NEVER),
    ("aws.protocols#awsJson1_1", "protocol", NEVER),
    ("aws.protocols#restJson1", "protocol", NEVER),
    ("smithy.api#addedDefault", "other-trait", REMOVE),
    ("smithy.api#auth", "auth", NEVER),
    ("smithy.api#cors", "other-trait", REMOVE),
    ("smithy.api#deprecated", "deprecated", NEVER),
    ("smithy.api#documentation", "documentation", NEVER),
    ("smithy.api#endpoint", "host-prefix", ALWAYS),
    ("smithy.api#error", "error", ALWAYS),
    ("smithy.api#eventHeader", "event-header", ALWAYS),
    ("smithy.api#eventPayload", "event-payload", ALWAYS),
    ("smithy.api#examples", "examples", NEVER),
    ("smithy.api#externalDocumentation", "examples", NEVER),
    ("smithy.api#hostLabel", "host-label", ALWAYS),
    ("smithy.api#httpApiKeyAuth", "auth", REMOVE),
    ("smithy.api#httpBasicAuth", "auth", REMOVE),
    ("smithy.api#httpBearerAuth", "auth", REMOVE),
    ("smithy.api#httpChecksumRequired", "http-checksum-required", NEVER),
    ("smithy.api#httpDigestAuth", "auth", REMOVE),
    ("smithy.api#httpError", "http-error", ALWAYS),
    ("smithy.api#httpHeader", "http-header", ALWAYS),
    ("smithy.api#httpLabel", "http-label", PRESENCE),
    ("smithy.api#httpPayload", "http-payload", PRESENCE),
    ("smithy.api#httpPrefixHeaders", "http-prefix-headers", ALWAYS),
    ("smithy.api#httpQuery", "http-query", ALWAYS),
    ("smithy.api#httpQueryParams", "http-query-params", ALWAYS),
    ("smithy.api#httpResponseCode", "http-response-code", ALWAYS),
    ("smithy.api#idempotencyToken", "idempotency-token", REMOVE),
    ("smithy.api#idempotent", "other-trait", REMOVE),
    ("smithy.api#input", "input-output", PRESENCE),
    ("smithy.api#internal", "other-trait", INTERNAL),
    ("smithy.api#jsonName", "json-name", ALWAYS),
    ("smithy.api#length", "length", NEVER),
    ("smithy.api#mediaType", "media-type", REMOVE),
    ("smithy.api#optionalAuth", "auth", REMOVE),
    ("smithy.api#output", "input-output", PRESENCE),
    ("smithy.api#paginated", "pagination", PAGINATED),
    ("smithy.api#pattern", "pattern", PATTERN),
    ("smithy.api#private", "other-trait", NEVER),
    ("smithy.api#range", "range", NEVER),
    ("smithy.api#readonly", "other-trait", REMOVE),
    ("smithy.api#references", "other-trait", NEVER),
    ("smithy.api#requestCompression", "request-compression", COMPRESSION),
    ("smithy.api#requiresLength", "requires-length", PRESENCE),
    ("smithy.api#resourceIdentifier", "other-trait", REMOVE),
    ("smithy.api#retryable", "retryable", REMOVE),
    ("smithy.api#sensitive", "sensitive", NEVER),
    ("smithy.api#since", "other-trait", NEVER),
    ("smithy.api#sparse", "sparse", PRESENCE),
    ("smithy.api#streaming", "streaming", ALWAYS),
    ("smithy.api#suppress", "other-trait", NEVER),
    ("smithy.api#tags", "other-trait", NEVER),
    ("smithy.api#timestampFormat", "timestamp-format", ALWAYS),
    ("smithy.api#title", "title", NEVER),
    ("smithy.api#uniqueItems", "unique-items", UNIQUE),
    ("smithy.api#unstable", "other-trait", NEVER),
    ("smithy.api#xmlAttribute", "other-trait", ALWAYS),
    ("smithy.api#xmlFlattened", "other-trait", ALWAYS),
    ("smithy.api#xmlName", "other-trait", ALWAYS),
    ("smithy.api#xmlNamespace", "other-trait", ALWAYS),
    ("smithy.rules#clientContextParams", "client-context-params", NEVER),
    ("smithy.rules#contextParam", "endpoint-params", NEVER),
    ("smithy.rules#endpointBdd", "endpoint-rules", NEVER),
    ("smithy.rules#endpointRuleSet", "endpoint-rules", NEVER),
    ("smithy.rules#endpointTests", "endpoint-tests", NEVER),
    ("smithy.rules#operationContextParams", "endpoint-params", NEVER),
    ("smithy.rules#staticContextParams", "endpoint-params", NEVER),
    ("smithy.test#eventStreamTests", "model-tests", NEVER),
    ("smithy.test#httpRequestTests", "model-tests", NEVER),
    ("smithy.test#httpResponseTests", "model-tests", NEVER),
    ("smithy.test#smokeTests", "model-tests", NEVER),
    ("smithy.waiters#waitable", "waiters", NEVER),
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
            to.findings.extend(super::members::default(place, before, now, Of::Shape));
        }
    }
    let mut ids: Vec<&str> = before.ids().chain(now.ids().filter(|id| !before.has(id))).collect();
    ids.sort_unstable();
    for id in ids.into_iter().filter(|id| !ELSEWHERE.contains(id)) {
        let (was, is) = (before.get(id), now.get(id));
        if was == is {
            continue;
        }
        let (rule, events) = entry(id);
        let mut finding = Finding::new(rule, place);
        if let Some((severity, event)) = verdict(id, events, was, is) {
            finding = finding.model(severity, event);
        }
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

fn entry(id: &str) -> (&'static str, Events) {
    match TRAITS.iter().find(|(known, ..)| *known == id) {
        Some((_, rule, events)) => (rule, events),
        None => ("unknown-trait", NEVER),
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

/// Returns the severity of a change of a trait, and its most severe event, if it has one.
fn verdict(id: &str, events: Events, was: Option<&Value>, is: Option<&Value>) -> Option<(Severity, String)> {
    if let (Some(was), Some(is)) = (was, is) {
        if matches!(id, "smithy.api#length" | "smithy.api#range") && is_narrower(was, is) {
            let name = if id == "smithy.api#length" { "ChangedLengthTrait" } else { "ChangedRangeTrait" };
            return Some((Severity::Error, name.to_owned()));
        }
    }
    if events.is_empty() {
        let change = change(was, is)?;
        let severity = if change == On::Remove { Severity::Warning } else { Severity::Note };
        return Some((severity, format!("ModifiedTrait.{}.{id}", name(change))));
    }
    let happened = events.iter().filter_map(|(part, on, severity)| {
        // Parts of a trait that is gone are gone with it.
        let change = match *part {
            "" => change(was, is)?,
            part => change(was.and_then(|was| was.get(part)), is?.get(part))?,
        };
        let is_meant = match on {
            On::Any => true,
            On::Presence => change != On::Update,
            on => change == *on,
        };
        is_meant.then(|| (*severity, format!("TraitBreakingChange.{}.{id}", name(change))))
    });
    happened.reduce(|worst, next| if next.0 > worst.0 { next } else { worst })
}

fn change(was: Option<&Value>, is: Option<&Value>) -> Option<On> {
    match (was, is) {
        (None, Some(_)) => Some(On::Add),
        (Some(_), None) => Some(On::Remove),
        (was, is) => (was != is).then_some(On::Update),
    }
}

fn name(change: On) -> &'static str {
    match change {
        On::Add => "Add",
        On::Remove => "Remove",
        _ => "Update",
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

/// Returns the most severe difference between two sets of traits.
pub(super) fn severity(before: &Traits, now: &Traits) -> Severity {
    if super::members::default("", before, now, Of::Shape).is_some_and(|found| found.model.is_some()) {
        return Severity::Error;
    }
    let ids = before.ids().chain(now.ids()).filter(|id| !ELSEWHERE.contains(id));
    ids.filter(|id| before.get(id) != now.get(id))
        .filter_map(|id| Some(verdict(id, entry(id).1, before.get(id), now.get(id))?.0))
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
