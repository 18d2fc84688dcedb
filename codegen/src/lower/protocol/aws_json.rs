//! `aws.protocols#awsJson1_0` and `aws.protocols#awsJson1_1`: all members travel in one JSON object, and a header says
//! which operation it is for. HTTP binding traits and `smithy.api#jsonName` are ignored.

use super::super::Lowering;
use super::{OperationShape, Protocol, RequestLine, TopLevel};
use crate::ir::{Binding, Member, PathPart, Type};
use crate::model::Traits;

/// One version of the protocol; they differ in the media type.
pub(super) struct AwsJson {
    id: &'static str,
    media_type: &'static str,
}

pub(super) const AWS_JSON_1_0: AwsJson =
    AwsJson { id: "aws.protocols#awsJson1_0", media_type: "application/x-amz-json-1.0" };
pub(super) const AWS_JSON_1_1: AwsJson =
    AwsJson { id: "aws.protocols#awsJson1_1", media_type: "application/x-amz-json-1.1" };

impl Protocol for AwsJson {
    fn id(&self) -> &'static str {
        self.id
    }

    fn json_name<'m>(&self, name: &'m str, _traits: &'m Traits) -> &'m str {
        name
    }

    fn binding(&self, lowering: &mut Lowering<'_>, top: &TopLevel<'_>) -> Option<Binding> {
        match top.ty {
            Type::ByteStream => {
                let message = format!("is a stream of bytes, which {} does not have", self.id);
                lowering.report.member(top.id, top.name, message);
                None
            }
            Type::EventStream(_) | Type::EventSender(_) => Some(Binding::Payload(lowering.payload(top.member, top.ty))),
            _ => Some(Binding::Json(self.json_name(top.name, &top.member.traits).to_owned())),
        }
    }

    fn has_place(&self, _traits: &Traits) -> bool {
        false
    }

    fn has_initial_messages(&self) -> bool {
        true
    }

    fn request(
        &self,
        _lowering: &mut Lowering<'_>,
        operation: &OperationShape<'_>,
        _input: &mut Vec<Member>,
    ) -> Option<RequestLine> {
        let target = format!("{}.{}", operation.service_id.name(), operation.id.name());
        let mut headers = vec![("x-amz-target".to_owned(), target)];
        if operation.service.traits.has(super::QUERY_COMPATIBLE) {
            // Asks for the codes that errors had with the service's protocol before.
            headers.push(("x-amzn-query-mode".to_owned(), "true".to_owned()));
        }
        Some(RequestLine {
            method: "POST".to_owned(),
            path: vec![PathPart::Literal("/".to_owned())],
            literal_query: None,
            headers,
        })
    }

    fn json_body(&self, _input: &[Member]) -> Option<&'static str> {
        Some(self.media_type)
    }

    fn error_code_header(&self, service: &Traits) -> Option<&'static str> {
        service.has(super::QUERY_COMPATIBLE).then_some("x-amzn-query-error")
    }
}
