//! Operations: request line, errors, pagination.

use std::collections::HashSet;

use proc_macro2::Ident;
use serde_json::Value;

use super::members::Position;
use super::protocol::{OperationShape, RequestLine};
use super::types::Types;
use super::{Lowering, deprecated, waiters};
use crate::docs;
use crate::endpoint::ir::RuleSet;
use crate::ir::{
    Auth, Binding, Member, Operation, OperationErrorKind, OperationTypes, PathPart, PayloadKind, Step, Type,
};
use crate::model::{Shape, ShapeId, ShapeKind};
use crate::naming;
use crate::uri::{self, Segment};

/// The service of an operation, as far as it matters to the operation.
pub(super) struct Scope<'s> {
    pub(super) id: &'s ShapeId,
    pub(super) service: &'s Shape,
    /// The errors common to all operations of the service.
    pub(super) common: &'s [ShapeId],
    pub(super) types: &'s Types,
    /// The rule set whose parameters operations may bind.
    pub(super) endpoint: &'s RuleSet,
}

impl Lowering<'_> {
    pub(super) fn operations(&mut self, ids: &[&ShapeId], scope: &Scope<'_>) -> Vec<Operation> {
        let mut ids: Vec<&ShapeId> = ids.to_vec();
        // Operations whose name needs no change come first, so that they keep it.
        ids.sort_by_key(|id| (naming::type_name(id.name()) != id.name(), id.as_str().to_owned()));
        let (mut used, mut numbering) = (HashSet::new(), naming::Numbering::default());
        let mut name = |id: &ShapeId| {
            // Neither modules nor imported types may collide.
            numbering.unique_type(id.name(), |candidate| {
                let names = [naming::function_name(candidate), naming::type_name(candidate)];
                let free = names.iter().all(|name| !used.contains(name));
                if free {
                    used.extend(names);
                }
                free
            })
        };
        let mut named: Vec<(&ShapeId, String)> = ids.into_iter().map(|id| (id, name(id))).collect();
        named.sort_by(|(a, _), (b, _)| a.name().cmp(b.name()));
        let mut waiters = HashSet::new();
        named.iter().filter_map(|(id, name)| self.operation(id, name, scope, &mut waiters)).collect()
    }

    /// Lowers an operation with the Rust name `name`. `waiters` has the modules of waiters so far.
    fn operation(
        &mut self,
        id: &ShapeId,
        name: &str,
        scope: &Scope<'_>,
        waiters: &mut HashSet<String>,
    ) -> Option<Operation> {
        let model = self.model;
        let shape = model.shape(id)?;
        let ShapeKind::Operation(operation) = &shape.kind else {
            self.report.shape(id, "is listed as an operation and is none");
            return None;
        };
        self.refuse_traits(id, shape);
        let auth = self.auth(shape, scope.service).unwrap_or_else(|message| {
            self.report.shape(id, message);
            Auth::None
        });
        let mut input = self.side(id, operation.input.as_ref(), Position::Input);
        let output = self.side(id, operation.output.as_ref(), Position::Output);
        let errors = self.errors(id, operation.errors.iter().chain(scope.common));
        let pagination = self.pagination(id, shape, scope.service, &input, &output);
        let input_id = operation.input.as_ref().unwrap_or(id);
        let protocol = self.protocol;
        let bound = OperationShape { id, shape, input_id, service_id: scope.id, service: scope.service };
        let RequestLine { method: http_method, path, literal_query, headers } =
            protocol.request(self, &bound, &mut input)?;
        let host_prefix = self.host_prefix(id, shape, &input);
        let input_defaults = self.input_defaults(&input);
        let (steps, auth) = (self.steps(shape, scope, &input), with_events(auth, &input));
        let endpoint_params = self.endpoint_params(id, shape, &input, scope);
        let ty = |suffix: &str| naming::type_with_suffix(name, suffix);
        let error = ty("Error");
        let looked_at = waiters::Looked { input: &input, output: &output, error: &error, types: scope.types };
        let waiters = self.waiters(id, shape, &looked_at, waiters);
        Some(Operation {
            method: naming::function_name(name),
            id: id.as_str().to_owned(),
            input_id: input_id.as_str().to_owned(),
            output_id: operation.output.as_ref().unwrap_or(id).as_str().to_owned(),
            types: OperationTypes {
                operation: ty(""),
                input: ty("Input"),
                input_builder: ty("InputBuilder"),
                fluent_builder: ty("FluentBuilder"),
                output: ty("Output"),
                output_builder: ty("OutputBuilder"),
                error,
                paginator: ty("Paginator"),
                paginator_items: ty("PaginatorItems"),
            },
            docs: docs::to_markdown(shape.traits.documentation()),
            deprecated: deprecated(&shape.traits),
            http_method,
            headers,
            json_body: protocol.json_body(&input),
            initial_response: has_initial_response(&output),
            endpoint_member: self.endpoint_member(id, &input),
            wire_name: id.name().to_owned(),
            host_prefix,
            path,
            literal_query,
            input,
            output,
            errors,
            pagination,
            auth,
            optional_auth: Self::optional_auth(shape, auth),
            steps,
            input_defaults,
            endpoint_params,
            waiters,
            secret_output: false,
        })
    }

    fn side(&mut self, operation: &ShapeId, target: Option<&ShapeId>, position: Position) -> Vec<Member> {
        let Some(target) = target else { return Vec::new() };
        let model = self.model;
        let Some(shape) = model.shape(target) else { return Vec::new() };
        match &shape.kind {
            ShapeKind::Structure(members) => {
                self.refuse_traits(target, shape);
                self.members(target, shape, members, position)
            }
            _ => {
                self.report.shape(operation, format!("its input or output {target} is no structure"));
                Vec::new()
            }
        }
    }

    fn errors<'e>(&mut self, operation: &ShapeId, ids: impl Iterator<Item = &'e ShapeId>) -> Vec<OperationErrorKind> {
        // Errors may be listed twice.
        let mut seen = HashSet::new();
        let found = ids.filter_map(|id| Some((id, self.error(operation, id)?)));
        let found: Vec<_> = found.filter(|(id, _)| seen.insert(*id)).collect();
        let names: Vec<Ident> = found.iter().map(|(id, _)| self.closure.name(id)).collect();
        let accessors = naming::variant_accessors(&names);
        let errors = found.into_iter().zip(names).zip(accessors);
        errors
            .map(|(((id, (docs, retryable)), name), (predicate, _))| OperationErrorKind {
                name,
                predicate,
                wire_name: id.name().to_owned(),
                docs,
                retryable,
            })
            .collect()
    }

    /// Returns an error's documentation, whether it is retryable, and if so, whether it is throttling.
    fn error(&mut self, operation: &ShapeId, error: &ShapeId) -> Option<(String, Option<bool>)> {
        let model = self.model;
        let shape = model.shape(error)?;
        if !matches!(shape.kind, ShapeKind::Structure(_)) {
            self.report.shape(operation, format!("its error {error} is no structure"));
            return None;
        }
        if !self.is_error(error) {
            self.report.shape(error, format!("is an error of {operation}, but has no trait smithy.api#error"));
        }
        let retryable = shape.traits.get("smithy.api#retryable");
        let throttling = retryable.map(|retryable| retryable["throttling"].as_bool().unwrap_or_default());
        Some((docs::to_markdown(shape.traits.documentation()), throttling))
    }

    /// Lowers the host prefix: the trait `smithy.api#endpoint`.
    fn host_prefix(&mut self, id: &ShapeId, shape: &Shape, input: &[Member]) -> Vec<PathPart> {
        let Some(value) = shape.traits.get("smithy.api#endpoint") else { return Vec::new() };
        let pieces = value["hostPrefix"].as_str().ok_or("needs a hostPrefix".to_owned()).and_then(uri::parse_host);
        let pieces = match pieces {
            Ok(pieces) => pieces,
            Err(message) => {
                self.report.shape(id, format!("trait smithy.api#endpoint: {message}"));
                return Vec::new();
            }
        };
        let mut parts = Vec::new();
        for piece in pieces {
            match piece {
                Segment::Literal(text) => parts.push(PathPart::Literal(text)),
                Segment::Label { name, .. } => {
                    let found = input
                        .iter()
                        .position(|member| member.wire_name == name && is_text(&member.ty) && member.required);
                    match found {
                        Some(found) => parts.push(PathPart::Label(found)),
                        None => self.report.shape(
                            id,
                            format!(
                                "trait smithy.api#endpoint: label {name} needs a member {name} of the input that is a \
                                 required string or enum"
                            ),
                        ),
                    }
                }
            }
        }
        parts
    }

    fn steps(&self, shape: &Shape, scope: &Scope<'_>, input: &[Member]) -> Vec<Step> {
        let mut steps = Vec::new();
        let version = match &scope.service.kind {
            ShapeKind::Service(service) => service.version.as_str(),
            _ => "",
        };
        let headers = self.customization.headers.iter();
        steps.extend(headers.map(|(name, value)| Step::Header(name.clone(), value.replace("{version}", version))));
        let streams = input.iter().any(|member| member.ty == Type::ByteStream);
        if self.customization.tree_hash && streams {
            steps.push(Step::GlacierTreeHash);
        }
        let gzip = |value: &Value| {
            value["encodings"].as_array().is_some_and(|encodings| encodings.iter().any(|encoding| encoding == "gzip"))
        };
        if shape.traits.get("smithy.api#requestCompression").is_some_and(gzip) {
            steps.push(Step::Gzip);
        }
        if shape.traits.has("smithy.api#httpChecksumRequired") {
            steps.push(Step::ContentMd5);
        }
        steps
    }

    /// Returns the input member that holds the endpoint of an operation.
    fn endpoint_member(&mut self, id: &ShapeId, input: &[Member]) -> Option<Ident> {
        let wanted = self.customization.endpoint_members.get(id.name())?;
        let found = input.iter().find(|member| member.wire_name == *wanted && member.ty == Type::String);
        if found.is_none() {
            self.report.shape(id, format!("has no member {wanted} that is a string, which has to hold its endpoint"));
        }
        found.map(|member| member.name.clone())
    }

    fn input_defaults(&self, input: &[Member]) -> Vec<(Ident, String)> {
        let default = |member: &Member| {
            let value = self.customization.input_defaults.get(&member.wire_name)?;
            (member.ty == Type::String).then(|| (member.name.clone(), value.clone()))
        };
        input.iter().filter_map(default).collect()
    }
}

fn is_text(ty: &Type) -> bool {
    matches!(ty, Type::String | Type::Enum(_))
}

/// Returns `true` if members of an output travel in a message before its events.
fn has_initial_response(output: &[Member]) -> bool {
    let streams = output.iter().any(|member| matches!(member.ty, Type::EventStream(_)));
    streams && output.iter().any(|member| matches!(member.binding, Binding::Json(_)))
}

/// With an event stream as the body, each event is signed, too.
fn with_events(auth: Auth, input: &[Member]) -> Auth {
    let events = input
        .iter()
        .any(|member| matches!(&member.binding, Binding::Payload(payload) if payload.kind == PayloadKind::Events));
    match auth {
        Auth::SigV4 { unsigned_payload, .. } => Auth::SigV4 { unsigned_payload, events },
        other => other,
    }
}
