//! Lowers the model as read to the IR; the only module that knows both.
//!
//! Everything that cannot be generated is reported by shape id; nothing is guessed. Unknown traits are ignored, since
//! models gain new ones all the time.

mod auth;
mod binding;
mod closure;
mod context_params;
mod customizations;
mod default;
mod deprecated;
mod endpoint;
mod enums;
mod events;
mod members;
mod operation;
mod pagination;
mod protocol;
mod protocol_tests;
mod query;
mod recursion;
mod runtime_parts;
mod secrets;
mod selection;
mod types;
mod waiters;

use std::collections::{BTreeSet, HashSet};

use proc_macro2::Ident;
use serde::Deserialize;

use crate::Options;
use crate::docs;
use crate::ir::Service;
use crate::model::{Model, Shape, ShapeId, ShapeKind, Traits};
use crate::report::Report;

use closure::Closure;
use customizations::Customization;
pub use customizations::Customizations;
use deprecated::deprecated;
use protocol::Protocol;
use selection::Selection;

/// The structure that stands for no structure.
const UNIT: &str = "smithy.api#Unit";

/// Unsupported traits that change what is sent or received. Traits that are neither here nor read anywhere are ignored.
const UNSUPPORTED_TRAITS: &[&str] = &["aws.protocols#httpChecksum"];

/// Lowers one service of the model: the one named, or the only one.
///
/// # Errors
///
/// Returns a report of everything in the service's closure that cannot be generated.
pub fn lower(model: &Model, options: &Options) -> Result<Service, Report> {
    let selection::Outcome { service, operations } = selection::lower(model, options, Selection::All);
    if service.is_err() && options.skip_unsupported {
        return selection::without_unsupported(model, options, &operations);
    }
    service
}

/// The state of lowering.
struct Lowering<'a> {
    model: &'a Model,
    options: &'a Options,
    protocol: &'static dyn Protocol,
    /// The operations to lower.
    selection: Selection<'a>,
    /// The operations that are lowered.
    operations: Vec<&'a ShapeId>,
    report: Report,
    closure: Closure,
    /// What no trait says about the service.
    customization: Customization,
    /// The auth schemes that endpoints accept, by their names in rules, if every endpoint lists some.
    endpoint_schemes: Option<BTreeSet<String>>,
    /// What is left out, and why.
    left_out: Vec<String>,
}

/// The relevant parts of `aws.api#service`.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct AwsService {
    sdk_id: Option<String>,
    endpoint_prefix: Option<String>,
}

impl<'a> Lowering<'a> {
    fn service(&mut self) -> Option<Service> {
        let (id, shape) = self.find_service()?;
        let ShapeKind::Service(service) = &shape.kind else { return None };
        let Some(protocol) = protocol::of(&shape.traits) else {
            // What else there is to say depends on the protocol.
            self.report.shape(id, protocol::unsupported(&shape.traits));
            return None;
        };
        self.protocol = protocol;
        self.refuse_traits(id, shape);
        let aws: AwsService = self.read_trait(id, shape, "aws.api#service").unwrap_or_default();
        let sdk_id = aws.sdk_id.unwrap_or_else(|| id.name().to_owned());
        self.customization = self.options.customizations.of(&sdk_id);
        let (endpoint, endpoint_tests) = self.endpoint(id, shape, aws.endpoint_prefix.as_deref());
        self.endpoint_schemes = endpoint.auth_schemes();
        let mut operation_ids = self.operation_ids(service);
        operation_ids.retain(|operation| !self.leave_out_customized(operation));
        operation_ids.retain(|operation| self.selection.takes(operation));
        self.operations.clone_from(&operation_ids);
        protocol.check_operations(self, id, &operation_ids);
        self.closure = Closure::new(self.model, &operation_ids, &service.errors);
        self.closure.name_all(self.model, &service.rename);

        let mut types = self.types();
        let scope =
            operation::Scope { id, service: shape, common: &service.errors, types: &types, endpoint: &endpoint };
        let mut operations = self.operations(&operation_ids, &scope);
        secrets::mark(&mut operations, &mut types);
        let protocol_tests = self.protocol_tests(&operations);
        // Error structures that are only data, or only end an event stream, are not errors of a call.
        let call_errors: BTreeSet<Ident> =
            operations.iter().flat_map(|operation| &operation.errors).map(|error| error.name.clone()).collect();
        let title = docs::name(shape.traits.string("smithy.api#title").unwrap_or_default());
        let title = if title.is_empty() { docs::name(&sdk_id) } else { title };
        Some(Service {
            id: id.as_str().to_owned(),
            sdk_id,
            title,
            version: service.version.clone(),
            docs: docs::to_markdown(shape.traits.documentation()),
            protocol: protocol.id(),
            error_code_header: protocol.error_code_header(&shape.traits),
            error_message: self.customization.error_message.clone(),
            signing_name: self.signing_name(id, shape, &operations, aws.endpoint_prefix),
            runtime_parts: runtime_parts::runtime_parts(&operations, &types),
            deprecated: deprecated::any(&operations, &types),
            call_errors: call_errors.into_iter().collect(),
            binds_endpoint_params: operations.iter().any(|operation| !operation.endpoint_params.is_empty()),
            operations,
            structures: types.structures,
            errors: types.errors,
            unions: types.unions,
            enums: types.enums,
            event_streams: types.event_streams,
            endpoint,
            endpoint_tests,
            partitions: self.options.partitions.clone(),
            left_out: std::mem::take(&mut self.left_out),
            protocol_tests,
        })
    }

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

    fn find_service(&mut self) -> Option<(&'a ShapeId, &'a Shape)> {
        let services: Vec<_> =
            self.model.shapes.iter().filter(|(_, shape)| matches!(shape.kind, ShapeKind::Service(_))).collect();
        let there = || services.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>();
        match (self.options.service.as_deref(), services.as_slice()) {
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

    fn refuse_traits(&mut self, id: &ShapeId, shape: &Shape) {
        for name in unsupported(&shape.traits) {
            self.report.shape(id, format!("trait {name} is not supported"));
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

    /// Returns `true` if the customizations leave an operation out, and notes it as left out.
    fn leave_out_customized(&mut self, id: &ShapeId) -> bool {
        let reason = self.customization.left_out.get(id.name());
        self.left_out.extend(reason.map(|reason| format!("{id}: {reason}")));
        reason.is_some()
    }
}

fn unsupported(traits: &Traits) -> impl Iterator<Item = &str> {
    traits.ids().filter(|name| UNSUPPORTED_TRAITS.contains(name))
}
