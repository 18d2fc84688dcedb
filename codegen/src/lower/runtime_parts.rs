//! The optional parts of the runtime.

use std::collections::{BTreeMap, BTreeSet};

use super::types::Types;
use crate::ir::{Auth, Element, Member, Operation, Step, Type};

/// The optional parts of the runtime that a service needs, each with the shapes, or after `$` the
/// members of them, that need it.
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
        parts.insert("_blob");
    }
    if member.idempotency_token {
        parts.insert("_idempotency");
    }
}

fn type_parts(ty: &Type, parts: &mut BTreeSet<&'static str>) {
    let mut element = |element: &Element| type_parts(&element.ty, parts);
    match ty {
        Type::List(inner) | Type::Map(_, inner) => element(inner),
        Type::Blob => drop(parts.insert("_blob")),
        Type::Timestamp => drop(parts.insert("_timestamp")),
        Type::Document => drop(parts.insert("_document")),
        Type::BigInteger | Type::BigDecimal => drop(parts.insert("_number")),
        Type::ByteStream => drop(parts.insert("_byte-stream")),
        // The headers of events may be of these types.
        Type::EventStream(_) | Type::EventSender(_) => parts.extend(["_event-stream", "_blob", "_timestamp"]),
        _ => {}
    }
}

fn operation_parts(operation: &Operation, parts: &mut BTreeSet<&'static str>) {
    match operation.auth {
        Auth::None => {}
        Auth::Bearer => drop(parts.insert("_bearer")),
        Auth::SigV4 { events, .. } => {
            parts.insert("_sigv4");
            if events {
                parts.insert("_sigv4-event-stream");
            }
        }
    }
    for step in &operation.steps {
        match step {
            Step::Header(..) => {}
            Step::Gzip => drop(parts.insert("_compression")),
            Step::ContentMd5 => drop(parts.insert("_checksum")),
            Step::GlacierTreeHash => drop(parts.insert("_tree-hash")),
        }
    }
    if !operation.waiters.is_empty() {
        parts.insert("_waiter");
    }
}
