//! Operations: the request line, the errors, the pages.

use std::collections::HashSet;

use proc_macro2::Ident;
use serde_json::Value;

use super::members::Position;
use super::types::Types;
use super::{Lowering, deprecated, waiters};
use crate::docs;
use crate::endpoint::ir::RuleSet;
use crate::ir::{
    Auth, Binding, Member, Operation, OperationErrorKind, OperationTypes, PathPart, PayloadKind, Step, Type,
};
use crate::model::{HttpTrait, Shape, ShapeId, ShapeKind};
use crate::naming;
use crate::uri::{self, Segment};

/// What an operation has to know of its service.
pub(super) struct Scope<'s> {
    pub(super) service: &'s Shape,
    /// The errors that every operation of the service can give.
    pub(super) common: &'s [ShapeId],
    pub(super) types: &'s Types,
    /// The rules whose parameters operations may decide.
    pub(super) endpoint: &'s RuleSet,
}

impl Lowering<'_> {
    /// Lowers all operations, in order of their names.
    pub(super) fn operations(&mut self, ids: &[&ShapeId], scope: &Scope<'_>) -> Vec<Operation> {
        let mut ids: Vec<&ShapeId> = ids.to_vec();
        // Names that need no change come first, so that they stay as they are.
        ids.sort_by_key(|id| (naming::type_name(id.name()) != id.name(), id.as_str().to_owned()));
        let mut used = HashSet::new();
        let mut name = |id: &ShapeId| {
            // Their modules stand side by side, and so do, where they are imported, their types.
            naming::unique(id.name(), |candidate| {
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

    /// Lowers an operation, which goes by `name` in Rust. `waiters` are the modules of waiters so far.
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
        if !shape.traits.has("smithy.api#http") {
            self.report.shape(id, "has no trait smithy.api#http, which restJson1 needs");
        }
        let pagination = self.pagination(id, shape, scope.service, &input, &output);
        let http: HttpTrait = self.read_trait(id, shape, "smithy.api#http")?;
        if http.method.is_empty() || !http.method.bytes().all(|byte| byte.is_ascii_uppercase()) {
            self.report.shape(id, format!("trait smithy.api#http: {:?} is no method", http.method));
        }
        let input_id = operation.input.as_ref().unwrap_or(id);
        let (path, literal_query) = self.path(id, input_id, &http.uri, &mut input)?;
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
            http_method: http.method,
            wire_name: id.name().to_owned(),
            host_prefix,
            path,
            literal_query,
            input,
            output,
            errors,
            pagination,
            auth,
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

    /// The errors that an operation can give.
    fn errors<'e>(&mut self, operation: &ShapeId, ids: impl Iterator<Item = &'e ShapeId>) -> Vec<OperationErrorKind> {
        // Listed twice, an error is still one.
        let mut seen = HashSet::new();
        let found = ids.filter_map(|id| Some((id, self.error(operation, id)?)));
        let found: Vec<_> = found.filter(|(id, _)| seen.insert(*id)).collect();
        let names: Vec<Ident> = found.iter().map(|(id, _)| self.closure.name(id)).collect();
        let accessors = naming::variant_accessors(&names);
        let errors = found.into_iter().zip(names).zip(accessors);
        errors
            .map(|(((id, retryable), name), (predicate, _))| OperationErrorKind {
                name,
                predicate,
                wire_name: id.name().to_owned(),
                retryable,
            })
            .collect()
    }

    /// Whether trying again after an error may help, and whether that is throttling.
    fn error(&mut self, operation: &ShapeId, error: &ShapeId) -> Option<Option<bool>> {
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
        Some(retryable.map(|retryable| retryable["throttling"].as_bool().unwrap_or_default()))
    }

    /// Matches the URI pattern's labels with the input's members, and puts those first, in path order.
    fn path(
        &mut self,
        id: &ShapeId,
        input_id: &ShapeId,
        pattern: &str,
        input: &mut Vec<Member>,
    ) -> Option<(Vec<PathPart>, Option<String>)> {
        let pattern = match uri::parse(pattern) {
            Ok(pattern) => pattern,
            Err(message) => {
                self.report.shape(id, format!("trait smithy.api#http: {message}"));
                return None;
            }
        };
        let mut labels = Vec::new();
        let mut parts = Vec::new();
        for segment in pattern.segments {
            match segment {
                Segment::Literal(text) => parts.push(PathPart::Literal(text)),
                Segment::Label { name, greedy } => {
                    let found = input
                        .iter()
                        .position(|member| member.wire_name == name && matches!(member.binding, Binding::Label { .. }));
                    let Some(found) = found else {
                        self.report.shape(id, format!(
                            "the URI has a label {{{name}}}, but {input_id} has no member {name} with smithy.api#httpLabel"
                        ));
                        continue;
                    };
                    let mut member = input.remove(found);
                    member.binding = Binding::Label { greedy };
                    parts.push(PathPart::Label(labels.len()));
                    labels.push(member);
                }
            }
        }
        let literal_names: Vec<&str> = pattern
            .query
            .iter()
            .flat_map(|query| query.split('&'))
            .map(|pair| pair.split('=').next().unwrap_or(pair))
            .collect();
        for member in input.iter() {
            if matches!(&member.binding, Binding::Query(name) if literal_names.contains(&name.as_str())) {
                let message = format!("travels under a name that the URI of {id} already has in its query");
                self.report.member(input_id, &member.wire_name, message);
            }
        }
        for member in input.iter().filter(|member| matches!(member.binding, Binding::Label { .. })) {
            self.report.member(
                input_id,
                &member.wire_name,
                format!("has smithy.api#httpLabel, but the URI of {id} has no label of that name"),
            );
        }
        labels.append(input);
        *input = labels;
        Some((parts, pattern.query))
    }

    /// What stands in front of the endpoint's host: the trait `smithy.api#endpoint`.
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
                        .position(|member| member.wire_name == name && member.ty == Type::String && member.required);
                    match found {
                        Some(found) => parts.push(PathPart::Label(found)),
                        None => self.report.shape(
                            id,
                            format!(
                                "trait smithy.api#endpoint: label {name} needs a member {name} of the input that is a \
                                 required string"
                            ),
                        ),
                    }
                }
            }
        }
        parts
    }

    /// What is done to requests when all of them is there.
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

    /// What members are where the caller does not say it.
    fn input_defaults(&self, input: &[Member]) -> Vec<(Ident, String)> {
        let default = |member: &Member| {
            let value = self.customization.input_defaults.get(&member.wire_name)?;
            (member.ty == Type::String).then(|| (member.name.clone(), value.clone()))
        };
        input.iter().filter_map(default).collect()
    }
}

/// Signatures of requests whose body is a stream of events go on in the events.
fn with_events(auth: Auth, input: &[Member]) -> Auth {
    let events = input
        .iter()
        .any(|member| matches!(&member.binding, Binding::Payload(payload) if payload.kind == PayloadKind::Events));
    match auth {
        Auth::SigV4 { unsigned_payload, .. } => Auth::SigV4 { unsigned_payload, events },
        other => other,
    }
}
