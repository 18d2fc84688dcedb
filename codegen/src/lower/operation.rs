//! Operations: the request line, the errors, the pages.

use super::Lowering;
use super::members::Position;
use crate::docs;
use crate::ir::{Binding, Member, Operation, OperationTypes, Pagination, PathPart, Type};
use crate::model::{HttpTrait, Members, Model, PaginatedTrait, Shape, ShapeId, ShapeKind};
use crate::naming;
use crate::uri::{self, Segment};

impl Lowering<'_> {
    /// Builds an operation. `common` are the errors that every operation of the service can give.
    pub(super) fn operation(&mut self, id: &ShapeId, service: &Shape, common: &[ShapeId]) -> Option<Operation> {
        let model = self.model;
        let shape = model.shape(id)?;
        let ShapeKind::Operation(operation) = &shape.kind else {
            self.report.shape(id, "is listed as an operation and is none");
            return None;
        };
        self.refuse_traits(id, shape);
        self.refuse_auth(id, shape, service);

        let mut input = self.side(id, operation.input.as_ref(), Position::Input);
        let output = self.side(id, operation.output.as_ref(), Position::Body);
        let mut errors: Vec<proc_macro2::Ident> = Vec::new();
        for error in operation.errors.iter().chain(common).filter_map(|error| self.error(id, error)) {
            // Listed twice, an error is still one.
            if !errors.contains(&error) {
                errors.push(error);
            }
        }
        if !shape.traits.has("smithy.api#http") {
            self.report.shape(id, "has no trait smithy.api#http, which restJson1 needs");
        }
        let pagination = self.pagination(id, shape, service, &input, &output);
        let http: HttpTrait = self.read_trait(id, shape, "smithy.api#http")?;
        if http.method.is_empty() || !http.method.bytes().all(|byte| byte.is_ascii_uppercase()) {
            self.report.shape(id, format!("trait smithy.api#http: {:?} is no method", http.method));
        }
        let input_id = operation.input.as_ref().unwrap_or(id);
        let (path, literal_query) = self.path(id, input_id, &http.uri, &mut input)?;
        let wire_name = id.name().to_owned();
        let ty = |suffix: &str| naming::type_with_suffix(id.name(), suffix);
        Some(Operation {
            method: naming::function_name(&wire_name),
            types: OperationTypes {
                operation: ty(""),
                input: ty("Input"),
                input_builder: ty("InputBuilder"),
                fluent_builder: ty("FluentBuilder"),
                output: ty("Output"),
                output_builder: ty("OutputBuilder"),
                error: ty("Error"),
                paginator: ty("Paginator"),
                paginator_items: ty("PaginatorItems"),
            },
            docs: docs::to_markdown(shape.traits.documentation()),
            http_method: http.method,
            wire_name,
            path,
            literal_query,
            input,
            output,
            errors,
            pagination,
        })
    }

    /// Only operations that may be sent unsigned can be generated yet.
    fn refuse_auth(&mut self, id: &ShapeId, shape: &Shape, service: &Shape) {
        let no_scheme = |value: &serde_json::Value| value.as_array().is_some_and(Vec::is_empty);
        let service_signs = service.traits.ids().any(|id| {
            matches!(
                id,
                "aws.auth#sigv4"
                    | "aws.auth#sigv4a"
                    | "smithy.api#httpBearerAuth"
                    | "smithy.api#httpBasicAuth"
                    | "smithy.api#httpApiKeyAuth"
                    | "smithy.api#httpDigestAuth"
            )
        });
        let unsigned = shape.traits.has("smithy.api#optionalAuth")
            || shape.traits.get("smithy.api#auth").is_some_and(no_scheme)
            || (!shape.traits.has("smithy.api#auth") && service.traits.get("smithy.api#auth").is_some_and(no_scheme));
        if service_signs && !unsigned {
            self.report.shape(id, "needs authentication, which is not supported yet (no smithy.api#optionalAuth)");
        }
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

    fn error(&mut self, operation: &ShapeId, error: &ShapeId) -> Option<proc_macro2::Ident> {
        let model = self.model;
        let shape = model.shape(error)?;
        if !matches!(shape.kind, ShapeKind::Structure(_)) {
            self.report.shape(operation, format!("its error {error} is no structure"));
            return None;
        }
        if !self.is_error(error) {
            self.report.shape(error, format!("is an error of {operation}, but has no trait smithy.api#error"));
        }
        self.reach(error);
        Some(naming::type_name(error.name()))
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

    fn pagination(
        &mut self,
        id: &ShapeId,
        shape: &Shape,
        service: &Shape,
        input: &[Member],
        output: &[Member],
    ) -> Option<Pagination> {
        let own: PaginatedTrait = self.read_trait(id, shape, "smithy.api#paginated")?;
        let defaults: PaginatedTrait = self.read_trait(id, service, "smithy.api#paginated").unwrap_or_default();
        let [input_members, output_members] = model_members(self.model, id)?;

        let problems_before = self.report.problems().len();
        let mut find = |what: &str, name: Option<String>, side: &str, model: Option<&Members>, members: &[Member]| {
            let name = name?;
            if name.contains('.') {
                self.report.shape(
                    id,
                    format!("paginated.{what} {name:?} is a path; only members of the {side} itself are supported yet"),
                );
                return None;
            }
            if model.is_none_or(|model| !model.contains_key(&name)) {
                self.report.shape(id, format!("paginated.{what} names {name:?}, which is no member of the {side}"));
                return None;
            }
            members.iter().find(|member| member.wire_name == name).cloned()
        };
        let input_token = find("inputToken", own.input_token.or(defaults.input_token), "input", input_members, input);
        let output_token =
            find("outputToken", own.output_token.or(defaults.output_token), "output", output_members, output);
        let items = find("items", own.items.or(defaults.items), "output", output_members, output);
        let page_size = find("pageSize", own.page_size.or(defaults.page_size), "input", input_members, input);

        let (Some(input_token), Some(output_token)) = (input_token, output_token) else {
            if self.report.problems().len() == problems_before {
                self.report.shape(id, "paginated needs both an inputToken and an outputToken, here or on the service");
            }
            return None;
        };
        for token in [&input_token, &output_token] {
            if token.ty != Type::String || token.default.is_some() {
                self.report.shape(
                    id,
                    format!("paginated token {} is no optional string; no other is supported yet", token.wire_name),
                );
            }
        }
        let items = items.and_then(|member| match member.ty {
            Type::List(element) => Some((member.name, *element)),
            _ => {
                self.report
                    .shape(id, format!("paginated items {} is no list; no other is supported yet", member.wire_name));
                None
            }
        });
        if let Some(size) = page_size.as_ref().filter(|size| size.ty != Type::Integer) {
            self.report
                .shape(id, format!("paginated pageSize {} is no integer; no other is supported yet", size.wire_name));
        }
        Some(Pagination {
            input_token: input_token.name,
            output_token: output_token.name,
            items,
            page_size: page_size.map(|member| member.name),
        })
    }
}

/// The members of an operation's input and output as the model names them.
fn model_members<'m>(model: &'m Model, id: &ShapeId) -> Option<[Option<&'m Members>; 2]> {
    let ShapeKind::Operation(operation) = &model.shape(id)?.kind else { return None };
    let members = |side: &Option<ShapeId>| match &model.shape(side.as_ref()?)?.kind {
        ShapeKind::Structure(members) => Some(members),
        _ => None,
    };
    Some([members(&operation.input), members(&operation.output)])
}
