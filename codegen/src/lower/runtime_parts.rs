//! Determines which optional parts of the runtime a service needs, and which of its shapes need them.

use std::collections::{BTreeMap, BTreeSet};

use super::types::Types;
use crate::ir::{Auth, Element, Member, Operation, Step, Type};

/// Returns the optional parts of the runtime that a service needs, each with the shapes or, after `$`, members that
/// need it.
pub(super) fn runtime_parts(operations: &[Operation], types: &Types) -> BTreeMap<&'static str, Vec<String>> {
    let mut found: Vec<(String, BTreeSet<&'static str>)> = Vec::new();
    let mut members = |id: &str, members: &[Member]| {
        for member in members {
            let mut parts = BTreeSet::new();
            member_parts(member, &mut parts);
            found.push((format!("{id}${}", member.wire_name), parts));
        }
    };
    for structure in types.structures.iter().chain(&types.errors) {
        members(&structure.id, &structure.members);
    }
    for union in &types.unions {
        union.variants.iter().for_each(|variant| members(&union.id, std::slice::from_ref(&variant.member)));
    }
    for operation in operations {
        members(&operation.input_id, &operation.input);
        members(&operation.output_id, &operation.output);
    }
    for operation in operations {
        let mut parts = BTreeSet::new();
        operation_parts(operation, &mut parts);
        found.push((operation.id.clone(), parts));
    }
    let mut causes: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    for (id, parts) in found {
        for part in parts {
            causes.entry(part).or_default().push(id.clone());
        }
    }
    causes
}

fn member_parts(member: &Member, parts: &mut BTreeSet<&'static str>) {
    type_parts(&member.ty, parts);
    if member.media_type {
        parts.insert("blob");
    }
    if member.idempotency_token {
        parts.insert("idempotency");
    }
}

fn type_parts(ty: &Type, parts: &mut BTreeSet<&'static str>) {
    let mut element = |element: &Element| type_parts(&element.ty, parts);
    match ty {
        Type::List(inner) | Type::Map(_, inner) => element(inner),
        Type::Blob => drop(parts.insert("blob")),
        Type::Timestamp => drop(parts.insert("timestamp")),
        Type::Document => drop(parts.insert("document")),
        Type::BigInteger | Type::BigDecimal => drop(parts.insert("number")),
        Type::ByteStream => drop(parts.insert("byte-stream")),
        // Event headers may have these types.
        Type::EventStream(_) | Type::EventSender(_) => parts.extend(["event-stream", "blob", "timestamp"]),
        _ => {}
    }
}

fn operation_parts(operation: &Operation, parts: &mut BTreeSet<&'static str>) {
    match operation.auth {
        Auth::None => {}
        Auth::Bearer => drop(parts.insert("bearer")),
        Auth::SigV4 { events, .. } => {
            parts.insert("sigv4");
            if events {
                parts.insert("sigv4-event-stream");
            }
        }
    }
    for step in &operation.steps {
        match step {
            Step::Header(..) => {}
            Step::Gzip => drop(parts.insert("compression")),
            Step::ContentMd5 => drop(parts.insert("checksum")),
            Step::GlacierTreeHash => drop(parts.insert("tree-hash")),
        }
    }
    if !operation.waiters.is_empty() {
        parts.insert("waiter");
    }
}
