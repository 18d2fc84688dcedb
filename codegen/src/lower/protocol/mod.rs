//! Protocols: what each decides about requests, responses and errors.
//!
//! A protocol is one module that turns traits into bindings and the request line. Everything after it (emitters and
//! runtime) sees bindings, headers and media types, and no protocol.

mod aws_json;
mod rest_json;

use super::Lowering;
use super::members::Position;
use crate::ir::{Binding, Member, PathPart, Type};
use crate::model::{Shape, ShapeId, Traits};

/// What a protocol decides.
pub(super) trait Protocol: Sync {
    /// Returns the shape id of its trait.
    fn id(&self) -> &'static str;

    /// Reports, in one line, operations that it cannot speak because they lack its traits.
    fn check_operations(&self, _lowering: &mut Lowering<'_>, _service: &ShapeId, _operations: &[&ShapeId]) {}

    /// Returns the name of a member in a JSON object.
    fn json_name<'m>(&self, name: &'m str, traits: &'m Traits) -> &'m str;

    /// Returns the binding of a member of an input, output or error; `None` if it is reported.
    fn binding(&self, lowering: &mut Lowering<'_>, member: &TopLevel<'_>) -> Option<Binding>;

    /// Returns `true` if any of its traits binds a member of an input or output, in whichever direction it applies.
    fn has_place(&self, traits: &Traits) -> bool;

    /// Returns `true` if members beside an event stream travel in a message of their own, before the events.
    fn has_initial_messages(&self) -> bool;

    /// Returns the request line of an operation and the headers of all its requests. Members of the path come first
    /// in `input` afterwards. `None` if it is reported.
    fn request(
        &self,
        lowering: &mut Lowering<'_>,
        operation: &OperationShape<'_>,
        input: &mut Vec<Member>,
    ) -> Option<RequestLine>;

    /// Returns the media type of the JSON object that members of the input form; `None` if there is none.
    fn json_body(&self, input: &[Member]) -> Option<&'static str>;

    /// Returns the header of error responses that contains a code for programs, besides that of the modeled error.
    fn error_code_header(&self, _service: &Traits) -> Option<&'static str> {
        None
    }
}

/// A member of an input, output or error.
pub(super) struct TopLevel<'m> {
    pub(super) id: &'m ShapeId,
    pub(super) name: &'m str,
    pub(super) member: &'m crate::model::Member,
    pub(super) position: Position,
    pub(super) ty: &'m Type,
}

impl TopLevel<'_> {
    /// Returns `true` if it is a stream of bytes or events.
    fn streams(&self) -> bool {
        matches!(self.ty, Type::ByteStream | Type::EventStream(_) | Type::EventSender(_))
    }
}

/// An operation as the model has it.
pub(super) struct OperationShape<'o> {
    pub(super) id: &'o ShapeId,
    pub(super) shape: &'o Shape,
    /// The shape id of its input, or its own without one.
    pub(super) input_id: &'o ShapeId,
    pub(super) service_id: &'o ShapeId,
    pub(super) service: &'o Shape,
}

/// The request line of an operation, and the headers of all its requests.
pub(super) struct RequestLine {
    pub(super) method: String,
    pub(super) path: Vec<PathPart>,
    pub(super) literal_query: Option<String>,
    pub(super) headers: Vec<(String, String)>,
}

/// The trait of services that have moved from awsQuery, whose codes of errors programs still know.
const QUERY_COMPATIBLE: &str = "aws.protocols#awsQueryCompatible";

/// The protocols that are supported.
const PROTOCOLS: [&dyn Protocol; 3] = [&rest_json::RestJson1, &aws_json::AWS_JSON_1_0, &aws_json::AWS_JSON_1_1];

/// The protocol while no service has been found.
pub(super) const NONE: &dyn Protocol = &rest_json::RestJson1;

/// Returns the first protocol of a service, in the model's order, that is supported.
pub(super) fn of(service: &Traits) -> Option<&'static dyn Protocol> {
    service.ids().find_map(|id| PROTOCOLS.into_iter().find(|protocol| protocol.id() == id))
}

/// Returns the message about a service without a protocol that is supported.
pub(super) fn unsupported(service: &Traits) -> String {
    // Traits such as awsQueryCompatible say more about a protocol that is listed as well.
    let spoken: Vec<&str> = service
        .ids()
        .filter(|id| id.starts_with("aws.protocols#") || id.starts_with("smithy.protocols#"))
        .filter(|id| *id != QUERY_COMPATIBLE)
        .collect();
    let ours: Vec<&str> = PROTOCOLS.iter().map(|protocol| protocol.id()).collect();
    let ours = ours.join(", ");
    match spoken.as_slice() {
        [] => format!("has no trait of a protocol; supported are {ours}"),
        spoken => format!("speaks {}, which is not supported; supported are {ours}", spoken.join(" and ")),
    }
}
