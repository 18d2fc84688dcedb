//! From the model as read to the Rust to be written. The only place that knows both.
//!
//! Everything that cannot be generated goes into one report, by shape id; nothing is guessed.
//! Traits that the generator does not know are ignored: models gain new ones all the time.

mod members;
mod operation;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::docs;
use crate::endpoint::{self, ir::Partition};
use crate::ir::{Enum, Service, Structure, Variant};
use crate::model::{Model, Shape, ShapeId, ShapeKind};
use crate::naming;
use crate::report::Report;

/// Traits that change what goes over the wire or what the API offers, and are not supported yet.
/// Whatever is neither here nor read anywhere is ignored.
const UNSUPPORTED_TRAITS: &[&str] = &[
    "aws.protocols#httpChecksum",
    "smithy.api#cors",
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
    let mut lowering =
        Lowering { model, report: Report::new(&model.file), structures: BTreeMap::new(), enums: BTreeMap::new() };
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
    /// Structures and errors that were reached, by shape id; `None` while one is being built.
    structures: BTreeMap<ShapeId, Option<Structure>>,
    enums: BTreeMap<ShapeId, Enum>,
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
        for resource in &service.resources {
            self.report.shape(resource, "resources are not supported yet");
        }
        if !service.errors.is_empty() {
            self.report.shape(id, "errors of the service as a whole are not supported yet");
        }

        let mut operations = Vec::new();
        for operation in &service.operations {
            operations.extend(self.operation(operation, shape));
        }
        operations.sort_by(|a, b| a.wire_name.cmp(&b.wire_name));

        let aws: BTreeMap<String, Value> = self.read_trait(id, shape, "aws.api#service").unwrap_or_default();
        let text = |key: &str| aws.get(key).and_then(Value::as_str);
        let sdk_id = text("sdkId").unwrap_or(id.name()).to_owned();
        let title = shape.traits.string("smithy.api#title").unwrap_or(&sdk_id).to_owned();

        let generated_rules;
        let rules = match (shape.traits.get("smithy.rules#endpointRuleSet"), text("endpointPrefix")) {
            (Some(rules), _) => rules,
            (None, Some(prefix)) => {
                generated_rules = endpoint::regional_rule_set(prefix);
                &generated_rules
            }
            (None, None) => {
                self.report.shape(id, "has neither smithy.rules#endpointRuleSet nor an endpointPrefix in aws.api#service: there is no way to tell where requests go");
                &Value::Null
            }
        };
        let report = &mut self.report;
        let mut endpoint = endpoint::ir::RuleSet::default();
        let mut endpoint_tests = Vec::new();
        if !rules.is_null() {
            endpoint = endpoint::read_rule_set(rules, &mut |message| {
                report.shape(id, format!("smithy.rules#endpointRuleSet: {message}"));
            });
            if let Some(tests) = shape.traits.get("smithy.rules#endpointTests") {
                endpoint_tests = endpoint::read_tests(tests, &endpoint, &mut |message| {
                    report.shape(id, format!("smithy.rules#endpointTests: {message}"));
                });
            }
        }

        let (errors, structures) = std::mem::take(&mut self.structures)
            .into_iter()
            .filter_map(|(id, structure)| Some((id, structure?)))
            .partition::<Vec<_>, _>(|(id, _)| self.is_error(id));
        let plain = |found: Vec<(ShapeId, Structure)>| -> Vec<Structure> {
            let mut structures: Vec<Structure> = found.into_iter().map(|(_, structure)| structure).collect();
            structures.sort_by(|a, b| a.name.cmp(&b.name));
            structures
        };
        let (structures, errors) = (plain(structures), plain(errors));
        let enums: Vec<Enum> = std::mem::take(&mut self.enums).into_values().collect();
        self.refuse_collisions(id, structures.iter().map(|s| &s.name).chain(enums.iter().map(|e| &e.name)));
        Some(Service {
            sdk_id,
            title,
            version: service.version.clone(),
            docs: docs::to_markdown(shape.traits.documentation()),
            operations,
            structures,
            errors,
            enums,
            endpoint,
            endpoint_tests,
            partitions: partitions.to_vec(),
        })
    }

    fn find_service(&mut self, wanted: Option<&str>) -> Option<(&'a ShapeId, &'a Shape)> {
        let services: Vec<_> =
            self.model.shapes.iter().filter(|(_, shape)| matches!(shape.kind, ShapeKind::Service(_))).collect();
        if let Some(wanted) = wanted {
            let found = services.iter().find(|(id, _)| id.as_str() == wanted);
            if found.is_none() {
                let there: Vec<&str> = services.iter().map(|(id, _)| id.as_str()).collect();
                self.report.shape(wanted, format!("is no service of this model; it has {there:?}"));
            }
            return found.copied();
        }
        match services.as_slice() {
            [service] => Some(*service),
            [] => {
                self.report.file("the model has no service to generate a client for");
                None
            }
            many => {
                let there: Vec<&str> = many.iter().map(|(id, _)| id.as_str()).collect();
                self.report.file(format!("the model has {} services: name one of {there:?}", many.len()));
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

    fn refuse_collisions<'i>(&mut self, id: &ShapeId, names: impl Iterator<Item = &'i proc_macro2::Ident>) {
        let mut seen = std::collections::BTreeSet::new();
        for name in names {
            if !seen.insert(name.to_string()) {
                self.report
                    .shape(id, format!("two of its names both become {name} in Rust; that is not supported yet"));
            }
        }
    }

    fn read_trait<T: for<'de> serde::Deserialize<'de>>(
        &mut self,
        id: &ShapeId,
        shape: &Shape,
        name: &str,
    ) -> Option<T> {
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
    fn structure(&mut self, id: &ShapeId, shape: &Shape, members: &crate::model::Members) {
        if self.structures.contains_key(id) {
            return;
        }
        self.structures.insert(id.clone(), None);
        self.refuse_traits(id, shape);
        let members = self.members(id, members, members::Position::Body);
        let structure = Structure {
            wire_name: id.name().to_owned(),
            name: naming::type_name(id.name()),
            builder: naming::type_with_suffix(id.name(), "Builder"),
            docs: docs::to_markdown(shape.traits.documentation()),
            members,
        };
        self.structures.insert(id.clone(), Some(structure));
    }

    fn enumeration(&mut self, id: &ShapeId, shape: &Shape, members: &crate::model::Members) {
        if self.enums.contains_key(id) {
            return;
        }
        let names = naming::variant_names(members.keys().map(String::as_str));
        let variants = members
            .iter()
            .zip(names)
            .map(|((name, member), variant)| Variant {
                name: variant,
                value: member.traits.string("smithy.api#enumValue").unwrap_or(name).to_owned(),
                docs: docs::to_markdown(member.traits.documentation()),
            })
            .collect();
        let found = Enum {
            name: naming::type_name(id.name()),
            docs: docs::to_markdown(shape.traits.documentation()),
            sensitive: shape.traits.has("smithy.api#sensitive"),
            variants,
        };
        self.enums.insert(id.clone(), found);
    }
}
