//! Compares the two IRs: behavior on the wire, printing and required values.

use std::collections::BTreeMap;

use super::{Change, CrateVerdict};
use crate::ir::{
    Auth, Binding, EndpointArgument, Member, Operation, PathPart, Payload, Presence, Service, Step, VariantValue,
};

/// A fact about a shape or member, by its name.
type Facts = BTreeMap<(String, &'static str), String>;

/// Facts that differ.
pub(super) fn compare(before: &Service, after: &Service) -> Vec<Change> {
    let (was, is) = (facts(before), facts(after));
    let mut changes = Vec::new();
    for ((id, name), before) in &was {
        // Added and removed items are listed by the API.
        let Some(now) = is.get(&(id.clone(), *name)) else { continue };
        if before != now {
            let what = format!("{name} of {}: {before} → {now}", short(id));
            let change = Change::new(CrateVerdict::Behaviour, what, std::slice::from_ref(id));
            changes.push(Change { only: rules(name), ..change });
        }
    }
    changes.extend(newly_needed(before, after));
    let (was, is) = (orders(before), orders(after));
    for (id, before) in &was {
        let Some(now) = is.get(id) else { continue };
        let kept = |names: &[String], other: &[String]| -> Vec<String> {
            names.iter().filter(|name| other.contains(name)).cloned().collect()
        };
        let (before, now) = (kept(before, now), kept(now, before));
        if before != now {
            let what = format!("order of {}: {} → {}", short(id), before.join(", "), now.join(", "));
            let change = Change::new(CrateVerdict::Behaviour, what, std::slice::from_ref(id));
            changes.push(Change { only: &["members-reordered", "enum-values-reordered"], ..change });
        }
    }
    changes
}

/// Returns the members that old callers of an operation do not set: they compile, and fail before anything is sent.
fn newly_needed(before: &Service, after: &Service) -> Vec<Change> {
    let needed = |operation: &Operation, name: &str| {
        let is_filled_in = |member: &Member| {
            member.idempotency_token || operation.input_defaults.iter().any(|(field, _)| *field == member.name)
        };
        operation.input.iter().any(|member| member.wire_name == name && member.required && !is_filled_in(member))
    };
    let mut changes = Vec::new();
    for now in &after.operations {
        let Some(was) = before.operations.iter().find(|was| was.id == now.id) else { continue };
        for member in now.input.iter().filter(|member| needed(now, &member.wire_name)) {
            if needed(was, &member.wire_name) {
                continue;
            }
            let place = format!("{}${}", now.input_id, member.wire_name);
            let what = format!("calls of {} without {} fail before they are sent", now.wire_name, member.wire_name);
            let change = Change::new(CrateVerdict::Breaking, what, &[place, now.id.clone()]);
            const ONLY: &[&str] =
                &["required-added", "required-member-added", "operation-input-changed", "idempotency-token"];
            changes.push(Change { only: ONLY, ..change });
        }
    }
    changes
}

/// Returns the order of members and enum values, in which they are written, printed and, for enums, compared. Labels of
/// the path come first.
fn orders(service: &Service) -> BTreeMap<String, Vec<String>> {
    let names = |members: &[Member]| -> Vec<String> {
        let labels = |member: &&Member| !matches!(member.binding, Binding::Label { .. });
        members.iter().filter(labels).map(|member| member.wire_name.clone()).collect()
    };
    let mut orders = BTreeMap::new();
    for found in service.structures.iter().chain(&service.errors) {
        orders.insert(found.id.clone(), names(&found.members));
    }
    for found in &service.enums {
        orders.insert(found.id.clone(), found.variants.iter().map(|variant| variant.member.clone()).collect());
    }
    for found in &service.operations {
        orders.insert(found.input_id.clone(), names(&found.input));
        orders.insert(found.output_id.clone(), names(&found.output));
    }
    orders
}

/// Returns the only rules that can cause a fact; all if none is listed.
fn rules(fact: &str) -> &'static [&'static str] {
    match fact {
        "SDK id" => &["service-trait"],
        // Present if any operation is signed.
        "signing name" => &["service-trait", "auth", "operation-added", "operation-removed"],
        "version" => &["service-version-changed"],
        "protocol" | "media type of the body" => &["protocol"],
        "headers" | "error code" => &["protocol", "query-compatible"],
        "method" => &["http-method-changed", "protocol"],
        "path" | "query" => &["http-uri-changed", "protocol"],
        "host prefix" => &["host-prefix"],
        // Events may be signed, too.
        "authorization" => &["auth", "streaming", "member-added", "member-removed", "operation-input-changed"],
        "steps" => &["request-compression", "http-checksum-required", "service-trait", "service-version-changed"],
        "endpoint parameters" => &["endpoint-params", "endpoint-rules"],
        "idempotency token" => &["idempotency-token", "member-retargeted"],
        "media type" => &["media-type", "member-retargeted"],
        "known length" => &["requires-length", "member-retargeted"],
        "errors to try again after" => &[
            "retryable",
            "operation-error-added",
            "operation-error-removed",
            "service-error-added",
            "service-error-removed",
        ],
        _ => &[],
    }
}

/// Returns an id without its namespace.
fn short(id: &str) -> &str {
    id.rsplit('#').next().unwrap_or(id)
}

fn facts(service: &Service) -> Facts {
    let mut facts = Facts::new();
    let mut add = |id: &str, name: &'static str, value: String| {
        facts.insert((id.to_owned(), name), value);
    };
    add(&service.id, "SDK id", service.sdk_id.clone());
    add(&service.id, "protocol", service.protocol.to_owned());
    add(&service.id, "error code", service.error_code_header.unwrap_or("that of the error").to_owned());
    add(&service.id, "version", service.version.clone());
    add(&service.id, "signing name", service.signing_name.clone().unwrap_or("none".to_owned()));
    for found in &service.operations {
        operation(found, &mut add);
    }
    let structures = service.structures.iter().chain(&service.errors);
    for found in structures {
        add(&found.id, "name on the wire", found.wire_name.clone());
        members(&found.id, &found.members, &mut add);
    }
    for found in &service.unions {
        add(&found.id, "secrecy", secrecy(found.sensitive));
        let variants: Vec<Member> = found.variants.iter().map(|variant| variant.member.clone()).collect();
        members(&found.id, &variants, &mut add);
    }
    for found in &service.enums {
        add(&found.id, "secrecy", secrecy(found.sensitive));
        for variant in &found.variants {
            add(&format!("{}${}", found.id, variant.member), "value", value(&variant.value));
        }
    }
    for found in &service.event_streams {
        let events: Vec<&str> = found.events.iter().map(|event| event.wire_name.as_str()).collect();
        add(&found.id, "events", events.join(", "));
    }
    facts
}

fn secrecy(sensitive: bool) -> String {
    if sensitive { "never printed" } else { "printed" }.to_owned()
}

fn value(value: &VariantValue) -> String {
    match value {
        VariantValue::Text(text) => format!("{text:?}"),
        VariantValue::Number(number) => number.to_string(),
    }
}

fn place(binding: &Binding) -> String {
    let payload = |payload: &Payload| format!("{:?} of {}", payload.kind, payload.content_type);
    match binding {
        Binding::Label { greedy: false } => "path".to_owned(),
        Binding::Label { greedy: true } => "path, slashes included".to_owned(),
        Binding::Query(name) => format!("query {name}"),
        Binding::QueryMap => "query".to_owned(),
        Binding::Header(name) => format!("header {name}"),
        Binding::HeaderMap(prefix) => format!("headers {prefix}…"),
        Binding::StatusCode => "status".to_owned(),
        Binding::Json(name) => format!("JSON {name}"),
        Binding::Payload(found) => format!("body: {}", payload(found)),
        Binding::Nowhere => "nowhere".to_owned(),
        Binding::EventHeader(name) => format!("header {name} of the event"),
        Binding::EventPayload(found) => format!("body of the event: {}", payload(found)),
    }
}

fn presence(member: &Member) -> String {
    let required = if member.required { "required" } else { "may be left out" };
    match &member.presence {
        Presence::Optional => required.to_owned(),
        Presence::Required => format!("{required}, always there"),
        Presence::Default(default) => format!("{required}, by default {default:?}"),
    }
}

/// Returns a path or host, with labels by the names of the members.
fn parts(parts: &[PathPart], input: &[Member]) -> String {
    parts
        .iter()
        .map(|part| match part {
            PathPart::Literal(text) => text.clone(),
            PathPart::Label(index) => {
                format!("{{{}}}", input.get(*index).map_or("?", |member| member.wire_name.as_str()))
            }
        })
        .collect()
}

fn members(id: &str, members: &[Member], add: &mut dyn FnMut(&str, &'static str, String)) {
    for member in members {
        let id = format!("{id}${}", member.wire_name);
        add(&id, "place", place(&member.binding));
        add(&id, "presence", presence(member));
        add(&id, "secrecy", secrecy(member.sensitive));
        add(&id, "format", member.format.map_or("that of its place".to_owned(), |format| format!("{format:?}")));
        add(&id, "idempotency token", member.idempotency_token.to_string());
        add(&id, "media type", member.media_type.to_string());
        add(&id, "known length", member.requires_length.to_string());
    }
}

fn operation(found: &Operation, add: &mut dyn FnMut(&str, &'static str, String)) {
    let id = found.id.as_str();
    add(id, "method", found.http_method.clone());
    add(id, "path", parts(&found.path, &found.input));
    add(id, "query", found.literal_query.clone().unwrap_or("none".to_owned()));
    let headers = found.headers.iter().map(|(name, value)| format!("{name}: {value}"));
    add(id, "headers", headers.collect::<Vec<_>>().join(", "));
    add(id, "media type of the body", found.json_body.unwrap_or("that of its member").to_owned());
    add(id, "host prefix", parts(&found.host_prefix, &found.input));
    let auth = match found.auth {
        Auth::None => "none".to_owned(),
        Auth::Bearer => "a bearer token".to_owned(),
        Auth::SigV4 { unsigned_payload, events } => {
            format!("Signature Version 4 (body signed: {}, events signed: {events})", !unsigned_payload)
        }
    };
    let optional = if found.optional_auth { ", if there are credentials" } else { "" };
    add(id, "authorization", format!("{auth}{optional}"));
    let steps: Vec<String> = found
        .steps
        .iter()
        .map(|step| match step {
            Step::Header(name, value) => format!("header {name}: {value}"),
            Step::Gzip => "gzip".to_owned(),
            Step::ContentMd5 => "Content-MD5".to_owned(),
            Step::GlacierTreeHash => "tree hash".to_owned(),
        })
        .collect();
    add(id, "steps", steps.join(", "));
    add(id, "defaults", format!("{:?}", found.input_defaults));
    let argument = |argument: &EndpointArgument| match argument {
        EndpointArgument::Value(query) | EndpointArgument::List(query, _) => {
            crate::emit::query::query(&query.expr).to_string()
        }
        other => format!("{other:?}"),
    };
    let params: Vec<String> =
        found.endpoint_params.iter().map(|param| format!("{} = {}", param.name, argument(&param.argument))).collect();
    add(id, "endpoint parameters", params.join(", "));
    let retryable: Vec<String> =
        found.errors.iter().filter_map(|error| error.retryable.map(|it| format!("{} {it}", error.wire_name))).collect();
    add(id, "errors to try again after", retryable.join(", "));
    members(&found.input_id, &found.input, add);
    members(&found.output_id, &found.output, add);
}
