//! `aws.protocols#restJson1`: members travel where their HTTP binding traits say, the rest in a JSON object.

use super::super::Lowering;
use super::super::members::Position;
use super::{OperationShape, Protocol, RequestLine, TopLevel};
use crate::ir::{Binding, Member, PathPart};
use crate::model::{HttpTrait, ShapeId, Traits};
use crate::uri::{self, Segment};

/// `aws.protocols#restJson1`.
pub(super) struct RestJson1;

/// The traits that take a member out of the body, of which it may have one.
const PLACES: &[&str] = &[
    "smithy.api#httpLabel",
    "smithy.api#httpQuery",
    "smithy.api#httpQueryParams",
    "smithy.api#httpHeader",
    "smithy.api#httpPrefixHeaders",
    "smithy.api#httpPayload",
    "smithy.api#httpResponseCode",
];

const HTTP: &str = "smithy.api#http";

impl Protocol for RestJson1 {
    fn id(&self) -> &'static str {
        "aws.protocols#restJson1"
    }

    fn check_operations(&self, lowering: &mut Lowering<'_>, service: &ShapeId, operations: &[&ShapeId]) {
        let model = lowering.model;
        let lacks = |id: &ShapeId| model.shape(id).is_some_and(|shape| !shape.traits.has(HTTP));
        let lacking: Vec<&ShapeId> = operations.iter().copied().filter(|id| lacks(id)).collect();
        match lacking.as_slice() {
            [] => {}
            [one] => lowering.report.shape(one, format!("has no trait {HTTP}, which restJson1 needs")),
            many => {
                const SHOWN: usize = 3;
                let names: Vec<&str> = many.iter().take(SHOWN).map(|id| id.name()).collect();
                let more = if many.len() > SHOWN { ", …" } else { "" };
                lowering.report.shape(
                    service,
                    format!(
                        "{} of its operations have no trait {HTTP}, which restJson1 needs: {}{more}",
                        many.len(),
                        names.join(", ")
                    ),
                );
            }
        }
    }

    fn json_name<'m>(&self, name: &'m str, traits: &'m Traits) -> &'m str {
        traits.string("smithy.api#jsonName").unwrap_or(name)
    }

    fn binding(&self, lowering: &mut Lowering<'_>, top: &TopLevel<'_>) -> Option<Binding> {
        let TopLevel { id, name, member, position, ty } = *top;
        let traits = &member.traits;
        let places: Vec<&str> = PLACES.iter().copied().filter(|place| traits.has(place)).collect();
        if places.len() > 1 {
            lowering.report.member(id, name, "is bound to more than one of path, query, headers, status and body");
            return None;
        }
        let binding = match (places.first().copied().unwrap_or_default(), position) {
            ("smithy.api#httpLabel", Position::Input) => {
                if !traits.has("smithy.api#required") {
                    lowering.report.member(id, name, "is bound to the path by httpLabel, so it has to be required");
                }
                // The URI pattern decides whether the label is greedy.
                Binding::Label { greedy: false }
            }
            ("smithy.api#httpQuery", Position::Input) => {
                let query = traits.string("smithy.api#httpQuery").unwrap_or_default();
                if query.is_empty() {
                    lowering.report.member(id, name, "trait smithy.api#httpQuery needs a name");
                }
                Binding::Query(query.to_owned())
            }
            ("smithy.api#httpQueryParams", Position::Input) => Binding::QueryMap,
            ("smithy.api#httpHeader", _) => Binding::Header(header_name(lowering, top, "smithy.api#httpHeader")),
            ("smithy.api#httpPrefixHeaders", _) => {
                let prefix = traits.string("smithy.api#httpPrefixHeaders").unwrap_or_default();
                // An empty prefix matches all headers.
                if prefix.is_empty() {
                    Binding::HeaderMap(String::new())
                } else {
                    Binding::HeaderMap(header_name(lowering, top, "smithy.api#httpPrefixHeaders"))
                }
            }
            ("smithy.api#httpPayload", _) => Binding::Payload(lowering.payload(member, ty)),
            ("smithy.api#httpResponseCode", Position::Output | Position::Error) => Binding::StatusCode,
            // Request bindings do not apply to responses, nor the reverse.
            _ => Binding::Json(self.json_name(name, traits).to_owned()),
        };
        lowering.refuse_odd_place(id, name, &binding, ty)?;
        if top.streams() && !matches!(binding, Binding::Payload(_)) {
            lowering.report.member(
                id,
                name,
                "is a stream, which has to be the body: trait smithy.api#httpPayload is missing",
            );
            return None;
        }
        Some(binding)
    }

    fn has_place(&self, traits: &Traits) -> bool {
        PLACES.iter().any(|place| traits.has(place))
    }

    fn has_initial_messages(&self) -> bool {
        false
    }

    fn request(
        &self,
        lowering: &mut Lowering<'_>,
        operation: &OperationShape<'_>,
        input: &mut Vec<Member>,
    ) -> Option<RequestLine> {
        let OperationShape { id, shape, input_id, .. } = *operation;
        let http: HttpTrait = lowering.read_trait(id, shape, HTTP)?;
        if http.method.is_empty() || !http.method.bytes().all(|byte| byte.is_ascii_uppercase()) {
            lowering.report.shape(id, format!("trait smithy.api#http: {:?} is no method", http.method));
        }
        let (path, literal_query) = lower_path(lowering, id, input_id, &http.uri, input)?;
        Some(RequestLine { method: http.method, path, literal_query, headers: Vec::new() })
    }

    fn json_body(&self, input: &[Member]) -> Option<&'static str> {
        input.iter().any(|member| matches!(member.binding, Binding::Json(_))).then_some("application/json")
    }
}

fn header_name(lowering: &mut Lowering<'_>, top: &TopLevel<'_>, by: &str) -> String {
    let header = top.member.traits.string(by).unwrap_or_default();
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if header.is_empty() || !header.bytes().all(token) {
        lowering.report.member(top.id, top.name, format!("trait {by}: {header:?} is no name for a header"));
    }
    header.to_owned()
}

/// Matches the labels of the URI pattern with input members, and moves those to the front, in path order.
fn lower_path(
    lowering: &mut Lowering<'_>,
    id: &ShapeId,
    input_id: &ShapeId,
    pattern: &str,
    input: &mut Vec<Member>,
) -> Option<(Vec<PathPart>, Option<String>)> {
    let pattern = match uri::parse(pattern) {
        Ok(pattern) => pattern,
        Err(message) => {
            lowering.report.shape(id, format!("trait smithy.api#http: {message}"));
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
                    lowering.report.shape(id, format!(
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
            lowering.report.member(input_id, &member.wire_name, message);
        }
    }
    for member in input.iter().filter(|member| matches!(member.binding, Binding::Label { .. })) {
        lowering.report.member(
            input_id,
            &member.wire_name,
            format!("has smithy.api#httpLabel, but the URI of {id} has no label of that name"),
        );
    }
    labels.append(input);
    *input = labels;
    Some((parts, pattern.query))
}
