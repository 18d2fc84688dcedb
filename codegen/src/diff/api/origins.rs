//! The shapes that the items of a generated crate come from.

use std::collections::HashMap;

use crate::ir::{Member, Service};
use crate::naming;

/// Shapes by the paths of the items that come from them.
#[derive(Debug, Default)]
pub(super) struct Origins {
    service: String,
    /// The shapes behind types, functions and modules.
    owners: HashMap<String, Vec<String>>,
    /// The shapes behind their parts: fields, methods, variants.
    parts: HashMap<(String, String), Vec<String>>,
}

/// The root's exports that depend on parts of the runtime.
const EXPORTS: &[(&str, &[&str])] = &[
    ("blob", &["primitives::Blob"]),
    ("timestamp", &["primitives::DateTime", "primitives::DateTimeFormat"]),
    ("document", &["primitives::Document", "primitives::Number"]),
    ("number", &["primitives::BigDecimal", "primitives::BigInteger"]),
    (
        "byte-stream",
        &[
            "primitives::AggregatedBytes",
            "primitives::ByteStream",
            "primitives::ByteStreamError",
            "primitives::FsBuilder",
            "primitives::Length",
        ],
    ),
    ("event-stream", &["primitives::EventReceiver", "primitives::EventStreamSender", "primitives::RawMessage"]),
    ("sigv4", &["config::Credentials", "config::ProvideCredentials", "config::SharedCredentialsProvider"]),
    ("bearer", &["config::ProvideToken", "config::Token"]),
    ("idempotency", &["config::IdempotencyTokenProvider"]),
    ("waiter", &["waiters"]),
];

impl Origins {
    pub(super) fn new(service: &Service) -> Self {
        let mut origins = Self { service: service.id.clone(), ..Self::default() };
        origins.types(service);
        origins.operations(service);
        origins.root(service);
        origins
    }

    /// Returns the shapes that an item, or a part of it, comes from: nearest first, and the service by default.
    pub(super) fn of(&self, owner: &str, part: &str) -> Vec<String> {
        // `Client<Blocking>` has the origins of `Client`.
        let owner = owner.split('<').next().unwrap_or(owner);
        let mut found = Vec::new();
        if !part.is_empty() {
            found.extend(self.parts.get(&(owner.to_owned(), part.to_owned())).into_iter().flatten().cloned());
        }
        if found.is_empty() {
            found.extend(self.owners.get(owner).into_iter().flatten().cloned());
        }
        if found.is_empty() {
            found.push(self.service.clone());
        }
        found
    }

    /// Returns the shapes behind an item, if any are known.
    pub(super) fn known(&self, owner: &str) -> Option<Vec<String>> {
        self.owners.get(owner).cloned()
    }

    /// Returns the shapes behind a conversion, by the converted type.
    pub(super) fn of_conversion(&self, from: &str) -> Vec<String> {
        let last = from.rsplit('<').next().unwrap_or(from);
        let path = last.split([',', ' ']).next().unwrap_or(last);
        self.owners.get(path).cloned().unwrap_or_default()
    }

    fn owner(&mut self, path: String, ids: &[&str]) {
        self.owners.insert(path, ids.iter().map(|id| (*id).to_owned()).collect());
    }

    fn part(&mut self, owner: &str, part: impl ToString, ids: &[&str]) {
        let ids = ids.iter().map(|id| (*id).to_owned()).collect();
        self.parts.insert((owner.to_owned(), part.to_string()), ids);
    }

    /// Adds a structure or builder, with a field, accessors and setters per member.
    fn structure(&mut self, path: String, ids: &[&str], members: &[Member]) {
        for member in members {
            let id = ids.first().map(|id| format!("{id}${}", member.wire_name)).unwrap_or_default();
            for name in [&member.name, &member.setter, &member.getter] {
                self.part(&path, naming::plain(name), &[&id]);
            }
        }
        self.owner(path, ids);
    }

    fn types(&mut self, service: &Service) {
        for (module, structures) in [("types", &service.structures), ("types::error", &service.errors)] {
            for found in structures {
                self.structure(format!("{module}::{}", found.name), &[&found.id], &found.members);
                self.structure(format!("{module}::builders::{}", found.builder), &[&found.id], &found.members);
            }
        }
        for found in &service.unions {
            let path = format!("types::{}", found.name);
            for variant in &found.variants {
                let id = format!("{}${}", found.id, variant.member.wire_name);
                for name in [&variant.name, &variant.accessors.0, &variant.accessors.1] {
                    self.part(&path, naming::plain(name), &[&id]);
                }
            }
            self.owner(path, &[&found.id]);
        }
        for found in &service.enums {
            let path = format!("types::{}", found.name);
            for variant in &found.variants {
                self.part(&path, &variant.name, &[&format!("{}${}", found.id, variant.member)]);
            }
            self.owner(path, &[&found.id]);
        }
        for found in &service.event_streams {
            let path = format!("types::{}", found.name);
            for event in &found.events {
                let id = format!("{}${}", found.id, event.wire_name);
                for name in [&event.name, &event.accessors.0, &event.accessors.1] {
                    self.part(&path, naming::plain(name), &[&id]);
                }
            }
            let error = format!("types::error::{}", found.error);
            for exception in &found.exceptions {
                let id = format!("{}${}", found.id, exception.wire_name);
                self.part(&path, &exception.name, &[&id]);
                self.part(&error, &exception.error, &[&id]);
                if let Some((_, is)) = found.errors.iter().find(|(name, _)| *name == exception.error) {
                    self.part(&error, naming::plain(is), &[&id]);
                }
            }
            self.owner(path, &[&found.id]);
            self.owner(error, &[&found.id]);
        }
    }

    fn operations(&mut self, service: &Service) {
        let errors: HashMap<String, &str> =
            service.errors.iter().map(|found| (found.name.to_string(), found.id.as_str())).collect();
        for operation in &service.operations {
            let id = operation.id.as_str();
            let side =
                |side: &'_ str| if side == id { vec![id.to_owned()] } else { vec![side.to_owned(), id.to_owned()] };
            let (input, output) = (side(&operation.input_id), side(&operation.output_id));
            let (input, output): (Vec<&str>, Vec<&str>) =
                (input.iter().map(String::as_str).collect(), output.iter().map(String::as_str).collect());
            let module = format!("operation::{}", naming::plain(&operation.method));
            let types = &operation.types;
            self.owner(module.clone(), &[id]);
            self.structure(format!("{module}::{}", types.input), &input, &operation.input);
            self.structure(format!("{module}::{}", types.output), &output, &operation.output);
            for builder in [&types.input_builder, &types.fluent_builder] {
                self.structure(format!("{module}::builders::{builder}"), &input, &operation.input);
            }
            self.structure(format!("{module}::builders::{}", types.output_builder), &output, &operation.output);
            let fluent = format!("{module}::builders::{}", types.fluent_builder);
            self.part(&fluent, "into_paginator", &[id]);
            for name in [&types.operation, &types.paginator, &types.paginator_items] {
                self.owner(format!("{module}::{name}"), &[id]);
                self.owner(format!("{module}::paginator::{name}"), &[id]);
            }
            self.owner(format!("{module}::paginator"), &[id]);
            let error = format!("{module}::{}", types.error);
            for crate::ir::OperationErrorKind { name, predicate, .. } in &operation.errors {
                let of = errors.get(&name.to_string()).copied().unwrap_or(id);
                self.part(&error, name, &[of, id]);
                self.part(&error, naming::plain(predicate), &[of, id]);
                self.part("Error", name, &[of]);
            }
            self.owner(error, &[id]);
            self.part("client::Client", naming::plain(&operation.method), &[id]);
            for waiter in &operation.waiters {
                let module = format!("waiters::{}", naming::plain(&waiter.module));
                self.part("client::Waiters", naming::plain(&waiter.method), &[id]);
                let builder = format!("{module}::{}", waiter.fluent_builder);
                for member in &operation.input {
                    let member_id = format!("{}${}", input[0], member.wire_name);
                    for name in [&member.name, &member.setter, &member.getter] {
                        self.part(&builder, naming::plain(name), &[&member_id, id]);
                    }
                }
                for name in [&waiter.fluent_builder, &waiter.final_poll, &waiter.error] {
                    self.owner(format!("{module}::{name}"), &[id]);
                }
                self.owner(format!("{module}::accept"), &[id]);
                self.owner(module, &[id]);
                self.owner("waiters".to_owned(), &[id]);
                self.owner("client::Waiters".to_owned(), &[id]);
            }
        }
    }

    fn root(&mut self, service: &Service) {
        let parts = &service.runtime_parts;
        for (part, paths) in EXPORTS {
            let Some(ids) = parts.get(part) else { continue };
            for path in *paths {
                self.owners.insert((*path).to_owned(), ids.clone());
            }
        }
        let all: Vec<String> = ["blob", "timestamp", "document", "number", "byte-stream", "event-stream"]
            .iter()
            .filter_map(|part| parts.get(part))
            .flatten()
            .cloned()
            .collect();
        let unions: Vec<String> = service.unions.iter().map(|found| found.id.clone()).collect();
        let enums: Vec<String> = service.enums.iter().map(|found| found.id.clone()).collect();
        self.owners.insert("primitives".to_owned(), [all, unions.clone(), enums.clone()].concat());
        self.owners.insert("primitives::UnknownVariant".to_owned(), unions);
        self.owners.insert("primitives::UnknownVariantValue".to_owned(), enums);
    }
}
