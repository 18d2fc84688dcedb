//! From the model as read to the Rust to be written. The only place that knows both.
//!
//! Everything that cannot be generated goes into one report, by shape id; nothing is guessed.
//! Traits that the generator does not know are ignored: models gain new ones all the time.

mod members;
mod operation;
mod recursion;

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Deserialize;

use crate::docs;
use crate::endpoint::{self, ir::Partition};
use crate::ir::{Binding, Enum, Service, Structure, Variant};
use crate::model::{Model, Shape, ShapeId, ShapeKind};
use crate::naming;
use crate::report::Report;

/// Traits that change what goes over the wire or what the API offers, and are not supported yet.
/// Whatever is neither here nor read anywhere is ignored.
const UNSUPPORTED_TRAITS: &[&str] = &[
    "aws.protocols#httpChecksum",
    "smithy.api#endpoint",
    "smithy.api#eventHeader",
    "smithy.api#eventPayload",
    "smithy.api#hostLabel",
    "smithy.api#httpChecksumRequired",
    "smithy.api#httpPayload",
    "smithy.api#httpPrefixHeaders",
    "smithy.api#httpQueryParams",
    "smithy.api#httpResponseCode",
    "smithy.api#idempotencyToken",
    "smithy.api#mediaType",
    "smithy.api#requestCompression",
    "smithy.api#retryable",
    "smithy.api#sparse",
    "smithy.api#streaming",
    "smithy.api#timestampFormat",
    "smithy.rules#clientContextParams",
    "smithy.rules#contextParam",
    "smithy.rules#operationContextParams",
    "smithy.rules#staticContextParams",
    "smithy.waiters#waitable",
];

/// Builds the IR of one service of the model: the one named, or the only one.
///
/// # Errors
///
/// The report of everything in the service's closure that cannot be generated.
pub fn lower(model: &Model, service: Option<&str>, partitions: &[Partition]) -> Result<Service, Report> {
    let mut lowering = Lowering {
        model,
        report: Report::new(&model.file),
        reached: HashSet::new(),
        pending: Vec::new(),
        structures: Vec::new(),
        enums: BTreeMap::new(),
    };
    let service = lowering.service(service, partitions);
    match service {
        Some(service) => lowering.report.into_result(service),
        None => Err(lowering.report),
    }
}

/// The work in progress.
struct Lowering<'a> {
    model: &'a Model,
    report: Report,
    /// Structures and errors that something refers to.
    reached: HashSet<ShapeId>,
    /// Those of them that are still to be built. A queue, since models may nest as deep as they like.
    pending: Vec<ShapeId>,
    structures: Vec<(ShapeId, Structure)>,
    enums: BTreeMap<ShapeId, Enum>,
}

/// `aws.api#service`, as far as it counts here.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct AwsService {
    sdk_id: Option<String>,
    endpoint_prefix: Option<String>,
}

impl<'a> Lowering<'a> {
    fn service(&mut self, wanted: Option<&str>, partitions: &[Partition]) -> Option<Service> {
        let (id, shape) = self.find_service(wanted)?;
        let ShapeKind::Service(service) = &shape.kind else { return None };
        if !shape.traits.has("aws.protocols#restJson1") {
            let spoken: Vec<&str> = shape.traits.ids().filter(|id| id.starts_with("aws.protocols#")).collect();
            self.report.shape(
                id,
                format!(
                    "does not speak aws.protocols#restJson1, the only protocol supported (its protocols: {spoken:?})"
                ),
            );
        }
        self.refuse_traits(id, shape);
        let mut operations = Vec::new();
        for operation in self.operation_ids(service) {
            operations.extend(self.operation(operation, shape, &service.errors));
        }
        operations.sort_by(|a, b| a.wire_name.cmp(&b.wire_name));
        self.build_pending();
        let methods = operations.iter().map(|operation| (operation.method.to_string(), operation.wire_name.clone()));
        self.refuse_collisions(id, methods);

        let aws: AwsService = self.read_trait(id, shape, "aws.api#service").unwrap_or_default();
        let (endpoint, endpoint_tests) = self.endpoint(id, shape, aws.endpoint_prefix.as_deref());
        let sdk_id = aws.sdk_id.unwrap_or_else(|| id.name().to_owned());
        let title = shape.traits.string("smithy.api#title").unwrap_or(&sdk_id).to_owned();

        let (errors, structures): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.structures).into_iter().partition(|(id, _)| self.is_error(id));
        self.refuse_recursion(&structures);
        let enums: Vec<Enum> = std::mem::take(&mut self.enums).into_values().collect();
        self.refuse_type_collisions(id, &operations, &structures, &errors, &enums);
        let plain = |found: Vec<(ShapeId, Structure)>| -> Vec<Structure> {
            let mut structures: Vec<Structure> = found.into_iter().map(|(_, structure)| structure).collect();
            structures.sort_by(|a, b| a.name.cmp(&b.name));
            structures
        };
        Some(Service {
            sdk_id,
            title,
            version: service.version.clone(),
            docs: docs::to_markdown(shape.traits.documentation()),
            operations,
            structures: plain(structures),
            errors: plain(errors),
            enums,
            endpoint,
            endpoint_tests,
            partitions: partitions.to_vec(),
        })
    }

    /// The service's endpoint rules, or those of regional services where the model has none.
    fn endpoint(
        &mut self,
        id: &ShapeId,
        shape: &Shape,
        prefix: Option<&str>,
    ) -> (endpoint::ir::RuleSet, Vec<endpoint::ir::EndpointTest>) {
        let client: endpoint::ClientParams =
            self.read_trait(id, shape, "smithy.rules#clientContextParams").unwrap_or_default();
        let report = &mut self.report;
        let (rule_set, bdd) = ("smithy.rules#endpointRuleSet", "smithy.rules#endpointBdd");
        let rules = if let Some(rules) = shape.traits.get(rule_set) {
            endpoint::read_rule_set(rules, &client, &mut |message| report.shape(id, format!("{rule_set}: {message}")))
        } else if let Some(diagram) = shape.traits.get(bdd) {
            endpoint::read_bdd(diagram, &client, &mut |message| report.shape(id, format!("{bdd}: {message}")))
        } else if let Some(prefix) = prefix {
            let regional = endpoint::regional_rule_set(prefix);
            endpoint::read_rule_set(&regional, &client, &mut |message| {
                report.shape(id, format!("the rules of regional services: {message}"));
            })
        } else {
            report.shape(id, format!("has neither {rule_set} nor an endpointPrefix in aws.api#service: there is no way to tell where requests go"));
            return Default::default();
        };
        let tests = match shape.traits.get("smithy.rules#endpointTests") {
            None => Vec::new(),
            Some(tests) => endpoint::read_tests(tests, &rules, &mut |message| {
                report.shape(id, format!("smithy.rules#endpointTests: {message}"));
            }),
        };
        (rules, tests)
    }

    /// The operations of a service: its own, and those of its resources at any depth.
    fn operation_ids(&self, service: &'a crate::model::Service) -> Vec<&'a ShapeId> {
        let mut operations: Vec<&ShapeId> = service.operations.iter().collect();
        let mut seen: HashSet<&ShapeId> = service.resources.iter().collect();
        let mut pending: Vec<&ShapeId> = service.resources.iter().collect();
        while let Some(id) = pending.pop() {
            let Some(ShapeKind::Resource(resource)) = self.model.shape(id).map(|shape| &shape.kind) else { continue };
            operations.extend(&resource.operations);
            pending.extend(resource.resources.iter().filter(|inner| seen.insert(inner)));
        }
        // An operation may be bound in more than one place.
        let mut once = HashSet::new();
        operations.retain(|id| once.insert(*id));
        operations
    }

    fn find_service(&mut self, wanted: Option<&str>) -> Option<(&'a ShapeId, &'a Shape)> {
        let services: Vec<_> =
            self.model.shapes.iter().filter(|(_, shape)| matches!(shape.kind, ShapeKind::Service(_))).collect();
        let there = || services.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>();
        match (wanted, services.as_slice()) {
            (Some(wanted), _) => {
                let found = services.iter().find(|(id, _)| id.as_str() == wanted);
                if found.is_none() {
                    self.report.shape(wanted, format!("is no service of this model; it has {:?}", there()));
                }
                found.copied()
            }
            (None, [service]) => Some(*service),
            (None, []) => {
                self.report.file("the model has no service to generate a client for");
                None
            }
            (None, many) => {
                self.report.file(format!("the model has {} services: name one of {:?}", many.len(), there()));
                None
            }
        }
    }

    /// Lists every trait of the shape that would have to be obeyed and cannot be yet.
    fn refuse_traits(&mut self, id: &ShapeId, shape: &Shape) {
        for name in shape.traits.ids().filter(|name| UNSUPPORTED_TRAITS.contains(name)) {
            self.report.shape(id, format!("trait {name} is not supported yet"));
        }
    }

    /// Names, each with what it was made of: no two may be the same.
    fn refuse_collisions(&mut self, id: &ShapeId, names: impl Iterator<Item = (String, String)>) {
        let mut seen = HashMap::new();
        for (rust, origin) in names {
            if let Some(other) = seen.insert(rust.clone(), origin.clone()) {
                let message = format!("{other} and {origin} both become {rust} in Rust, which is not supported yet");
                self.report.shape(id, message);
            }
        }
    }

    /// Types that would stand in one module under one name.
    fn refuse_type_collisions(
        &mut self,
        id: &ShapeId,
        operations: &[crate::ir::Operation],
        structures: &[(ShapeId, Structure)],
        errors: &[(ShapeId, Structure)],
        enums: &[Enum],
    ) {
        let of_structures = |found: &[(ShapeId, Structure)]| -> Vec<(String, String)> {
            found
                .iter()
                .flat_map(|(id, s)| [&s.name, &s.builder].map(|rust| (rust.to_string(), id.to_string())))
                .collect()
        };
        let enums = enums.iter().map(|found| (found.name.to_string(), format!("enum {}", found.name)));
        let types: Vec<(String, String)> = of_structures(structures).into_iter().chain(enums).collect();
        let errors = of_structures(errors);
        self.refuse_collisions(id, types.iter().cloned());
        self.refuse_collisions(id, errors.iter().cloned());
        // What an operation's module defines or may import stands there side by side.
        let imported: Vec<(String, String)> = types.into_iter().chain(errors).collect();
        for operation in operations {
            let types = &operation.types;
            let own = [
                &types.operation,
                &types.input,
                &types.input_builder,
                &types.fluent_builder,
                &types.output,
                &types.output_builder,
                &types.error,
                &types.paginator,
                &types.paginator_items,
            ];
            let own = own.map(|rust| (rust.to_string(), format!("operation {}", operation.wire_name)));
            self.refuse_collisions(id, own.into_iter().chain(imported.iter().cloned()));
        }
    }

    fn read_trait<T: for<'de> Deserialize<'de>>(&mut self, id: &ShapeId, shape: &Shape, name: &str) -> Option<T> {
        match shape.traits.read(name) {
            Ok(value) => value,
            Err(message) => {
                self.report.shape(id, message);
                None
            }
        }
    }

    fn is_error(&self, id: &ShapeId) -> bool {
        self.model.shape(id).is_some_and(|shape| shape.traits.has("smithy.api#error"))
    }

    /// Makes sure that a structure and all it holds is going to be generated.
    fn reach(&mut self, id: &ShapeId) {
        if self.reached.insert(id.clone()) {
            self.pending.push(id.clone());
        }
    }

    fn build_pending(&mut self) {
        let model = self.model;
        while let Some(id) = self.pending.pop() {
            let Some(shape) = model.shape(&id) else { continue };
            let ShapeKind::Structure(members) = &shape.kind else { continue };
            self.refuse_traits(&id, shape);
            let members = self.members(&id, shape, members, members::Position::Body);
            if self.is_error(&id) {
                for member in members.iter().filter(|member| member.sensitive && is_printed_of_errors(member)) {
                    let message = "is sensitive, in a place that errors are printed from; that is not supported yet";
                    self.report.member(&id, &member.wire_name, message);
                }
            }
            let structure = Structure {
                wire_name: id.name().to_owned(),
                name: naming::type_name(id.name()),
                builder: naming::type_with_suffix(id.name(), "Builder"),
                docs: docs::to_markdown(shape.traits.documentation()),
                members,
            };
            self.structures.push((id, structure));
        }
    }

    fn enumeration(&mut self, id: &ShapeId, shape: &Shape, members: &crate::model::Members) {
        if self.enums.contains_key(id) {
            return;
        }
        self.refuse_traits(id, shape);
        let names = naming::variant_names(members.keys().map(String::as_str));
        let mut values = HashMap::new();
        let mut variants = Vec::new();
        for ((name, member), variant) in members.iter().zip(names) {
            let value = member.traits.string("smithy.api#enumValue").unwrap_or(name).to_owned();
            if let Some(other) = values.insert(value.clone(), name) {
                self.report.member(id, name, format!("has the value {value:?}, as {other} has"));
            }
            variants.push(Variant { name: variant, value, docs: docs::to_markdown(member.traits.documentation()) });
        }
        let found = Enum {
            name: naming::type_name(id.name()),
            docs: docs::to_markdown(shape.traits.documentation()),
            sensitive: shape.traits.has("smithy.api#sensitive"),
            variants,
        };
        self.enums.insert(id.clone(), found);
    }
}

/// Whether a client prints what an error has under this name, whatever the model says of it.
fn is_printed_of_errors(member: &crate::ir::Member) -> bool {
    let printed = ["message", "Message", "errorMessage", "code", "__type"];
    matches!(&member.binding, Binding::Json(wire) if printed.contains(&wire.as_str()))
}
