//! An operation that streams both ways, as generated code of another service would have it.
#![cfg(all(feature = "byte-stream", feature = "checksum", feature = "compression", feature = "idempotency"))]

use std::io::Read as _;

use bytes::Bytes;
use flate2::read::GzDecoder;
use smithy_client_runtime::call::client::Handle;
use smithy_client_runtime::call::customize::CustomizableOperation;
use smithy_client_runtime::call::operation::{Operation, OperationInfo, Output};
use smithy_client_runtime::call::{checksum, compression};
use smithy_client_runtime::config::idempotency;
use smithy_client_runtime::config::{Config, Service};
use smithy_client_runtime::endpoint::{EndpointError, endpoint_at};
use smithy_client_runtime::error::RequestId;
use smithy_client_runtime::error::{BoxError, BuildError, SdkError};
use smithy_client_runtime::http::ResponseBody;
use smithy_client_runtime::http::{HttpRequest, HttpResponse};
use smithy_client_runtime::http_bindings::Wiped;
use smithy_client_runtime::http_bindings::byte_stream::ByteStream;
use smithy_client_runtime::http_bindings::{BindingVisitor, HttpBindings, Member};
use smithy_client_runtime::prelude::{ErrorEnum, ErrorResponse, ErrorWithMetadata, OperationError, Unhandled};
use smithy_client_runtime::test_util::ReplayClient;

static SERVICE: Service = Service {
    client: smithy_client_runtime::client_crate!(),
    sdk_id: "Test",
    api_version: "2020-01-01",
    signing_name: "",
    error_places: smithy_client_runtime::error::ErrorPlaces::USUAL,
    resolve_endpoint: |settings| match settings.endpoint_url {
        Some(url) => endpoint_at([url]),
        None => Err(EndpointError::missing("Endpoint")),
    },
};

#[derive(Debug)]
struct UploadError(Unhandled);

impl std::fmt::Display for UploadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl std::error::Error for UploadError {}

impl ErrorEnum for UploadError {
    fn variant(&self) -> &dyn ErrorWithMetadata {
        &self.0
    }
}

impl OperationError for UploadError {
    const UNHANDLED: fn(Unhandled) -> Self = Self;

    fn from_error_response(response: ErrorResponse<'_>) -> Self {
        response.unhandled()
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Input {
    body: Option<ByteStream>,
    token: Option<String>,
}

impl HttpBindings for Input {
    fn visit(&self, visitor: &mut impl BindingVisitor) {
        visitor.path("/upload");
        visitor.header("x-token", Member::optional("token"), &self.token);
        visitor.streaming_payload("application/octet-stream", Member::optional("body"), &self.body);
    }
}

#[derive(Debug)]
struct Answer {
    body: ByteStream,
}

impl RequestId for Answer {
    fn request_id(&self) -> Option<&str> {
        None
    }
}

impl Output for Answer {
    fn from_response(_response: &HttpResponse) -> Result<Self, BoxError> {
        Ok(Self { body: ByteStream::default() })
    }

    fn from_stream(_response: &HttpResponse, body: ResponseBody) -> Result<Self, BoxError> {
        Ok(Self { body: ByteStream::new(body) })
    }
}

/// What `FINISH` says is done to the request: nothing, compression, a checksum.
struct Upload<const FINISH: u8>;

impl<const FINISH: u8> Operation for Upload<FINISH> {
    const INFO: &'static OperationInfo = &OperationInfo::new("Upload", "PUT").streaming_output();
    type Input = Input;
    type Output = Answer;
    type Error = UploadError;

    fn prepare(input: &Input, config: &Config) -> Option<Input> {
        input.token.is_none().then(|| Input { token: Some(idempotency::token(config)), ..input.clone() })
    }

    fn finish(request: &mut HttpRequest, config: &Config) -> Result<(), BuildError> {
        match FINISH {
            1 => compression::gzip(request, config),
            2 => checksum::content_md5(request, config),
            _ => Ok(()),
        }
    }
}

/// Uploads to a service that answers with these statuses.
async fn upload<const FINISH: u8>(
    statuses: &[u16],
    body: ByteStream,
) -> (Result<Answer, SdkError<UploadError>>, Vec<http::Request<Bytes>>) {
    let answer = |status: &u16| http::Response::builder().status(*status).body("answer").expect("a response");
    let replay = ReplayClient::new(statuses.iter().map(answer));
    let config = Config::builder()
        .endpoint_url("http://test.invalid")
        .idempotency_token_provider("the-token")
        .http_client(replay.clone());
    let input = Input { body: Some(body), token: None };
    let call = CustomizableOperation::<Upload<FINISH>>::new(Handle::new(config.build(), &SERVICE), Wiped::new(input));
    let outcome = call.send().await;
    (outcome, replay.requests())
}

fn header<'r>(request: &'r http::Request<Bytes>, name: &str) -> Option<&'r str> {
    request.headers().get(name).and_then(|value| value.to_str().ok())
}

/// This file, as good as any.
const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/streaming.rs");
const CONTENT: &[u8] = include_bytes!("streaming.rs");

#[tokio::test]
async fn a_file_is_sent_again() {
    let body = ByteStream::from_path(PATH).await.expect("there");
    let (answer, requests) = upload::<0>(&[503, 200], body).await;
    let answer = answer.expect("the second attempt");
    assert_eq!(answer.body.collect().await.expect("whole").into_bytes(), "answer");
    assert_eq!(requests.len(), 2);
    for request in requests {
        assert_eq!(header(&request, "content-length"), Some(CONTENT.len().to_string().as_str()));
        assert_eq!(header(&request, "x-token"), Some("the-token"), "the same for all attempts");
        assert_eq!(request.body(), CONTENT);
    }
}

#[tokio::test]
async fn what_comes_once_is_sent_once() {
    let (answer, requests) = upload::<0>(&[503, 200], ByteStream::new("once".into())).await;
    assert!(answer.expect_err("no second attempt").to_string().contains("1 attempt"));
    assert_eq!((requests.len(), requests[0].body().as_ref()), (1, &b"once"[..]));
}

#[tokio::test]
async fn compressed_on_the_way() {
    let body = ByteStream::read_from().path(PATH).buffer_size(100).build().await.expect("there");
    let (answer, requests) = upload::<1>(&[503, 200], body).await;
    answer.expect("the second attempt");
    assert_eq!(requests.len(), 2);
    for request in requests {
        assert_eq!((header(&request, "content-encoding"), header(&request, "content-length")), (Some("gzip"), None));
        let mut unzipped = Vec::new();
        GzDecoder::new(request.body().as_ref()).read_to_end(&mut unzipped).expect("gzip");
        assert_eq!(unzipped, CONTENT);
    }
}

#[tokio::test]
async fn hashed_only_in_memory() {
    let (answer, requests) = upload::<2>(&[], ByteStream::new("once".into())).await;
    let error = answer.expect_err("a stream").to_string();
    assert!(error.contains("cannot be hashed") && requests.is_empty(), "{error}");
    let (answer, requests) = upload::<2>(&[200], "hello world".into()).await;
    answer.expect("in memory");
    assert_eq!(header(&requests[0], "content-md5"), Some("XrY7u+Ae7tCTyyK7j1rNww=="));
}
