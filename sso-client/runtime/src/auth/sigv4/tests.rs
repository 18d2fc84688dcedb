//! The first signature is of AWS's published test suite; the others were made by botocore.

use std::time::Duration;

use http_body_util::Full;

use std::time::SystemTime;

use super::*;
use crate::config::{Builder, Config, Region, Service};
use crate::endpoint::endpoint_at;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

static SERVICE: Service = Service {
    client: crate::client_crate!(),
    sdk_id: "Service",
    api_version: "1",
    signing_name: "service",
    error_places: crate::error::ErrorPlaces::USUAL,
    resolve_endpoint: |_| endpoint_at(["https://example.amazonaws.com"]),
};

fn credentials(token: Option<&str>) -> Credentials {
    Credentials::new("AKIDEXAMPLE", SECRET, token.map(str::to_owned), None, "test")
}

fn builder() -> Builder {
    // 2015-08-30T12:36:00Z, with a fraction that signatures do not know.
    let time = SystemTime::UNIX_EPOCH + Duration::from_millis(1_440_938_160_789);
    Config::builder().region(Region::new("us-east-1")).time_source(move || time)
}

fn request(method: &str, path: &str, body: impl Into<RequestBody>) -> http::Request<RequestBody> {
    let request = http::Request::builder().method(method).uri(format!("https://example.amazonaws.com{path}"));
    request.body(body.into()).expect("a request")
}

async fn signed(
    mut request: http::Request<RequestBody>,
    config: Builder,
    payload: Payload,
    scheme: Scheme<'_>,
) -> Result<http::HeaderMap, String> {
    let config = config.build();
    let endpoint = endpoint_at(["https://example.amazonaws.com"]).expect("an endpoint");
    let context = AuthContext { config: &config, service: &SERVICE, endpoint: &endpoint, optional: false };
    sign_as(&mut request, context, payload, scheme, None).await.map_err(|error| error.to_string())?;
    Ok(request.into_parts().0.headers)
}

/// Signs with credentials, and compares what is signed and the signature.
async fn check(
    request: http::Request<RequestBody>,
    token: Option<&str>,
    payload: Payload,
    scheme: Scheme<'_>,
    expected: (&str, &str),
) {
    let config = builder().credentials_provider(credentials(token));
    let headers = signed(request, config, payload, scheme).await.expect("signed");
    let (names, signature) = expected;
    assert_eq!(headers["x-amz-date"], "20150830T123600Z");
    assert_eq!(
        headers["authorization"].to_str().expect("text"),
        format!(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
             SignedHeaders={names}, Signature={signature}"
        )
    );
    assert!(headers["authorization"].is_sensitive());
    assert_eq!(headers.get("x-amz-security-token").map(|value| value.to_str().expect("text")), token);
    assert!(headers.get("x-amz-security-token").is_none_or(HeaderValue::is_sensitive));
}

#[tokio::test]
async fn known_signatures() {
    let plain = Scheme::default();
    let vanilla = ("host;x-amz-date", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
    check(request("GET", "/", ""), None, Payload::Whole, plain, vanilla).await;
    let query = ("host;x-amz-date", "77316526a54fe215ce4a9cb6f3c96a9a6329c3fd04ddb4aa016996f9de15512e");
    let path = "/?Param2=value2&Param1=value1&a=%2F%20%C3%A9";
    check(request("GET", path, ""), None, Payload::Whole, plain, query).await;

    let mut post = request("POST", "/things", r#"{"a":"b"}"#);
    for (name, value) in [
        ("content-type", "application/json"),
        ("content-length", "9"),
        ("user-agent", "changes"),
        ("te", "trailers"),
        ("x-amzn-trace-id", "changes"),
    ] {
        post.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    let json = (
        "content-length;content-type;host;x-amz-date",
        "640eb4a8412780a22e88cc7498ba65e71c23f34490af4762c8c48f432a318c10",
    );
    check(post, None, Payload::Whole, plain, json).await;

    let mut post = request("POST", "/", "{}");
    post.headers_mut().insert("content-type", HeaderValue::from_static("application/json"));
    let token = (
        "content-type;host;x-amz-date;x-amz-security-token",
        "f07badda83aee25efb69f325ea35031d16ffa8318033736aa100c1d032826fca",
    );
    check(post, Some("SESSION/TOKEN=="), Payload::Whole, plain, token).await;

    let unsigned =
        ("host;x-amz-content-sha256;x-amz-date", "05e1b307416f2cbcf15dd86269efd55537182ee4416101af58762e96bba470bb");
    check(request("POST", "/", "{}"), None, Payload::Constant(UNSIGNED), plain, unsigned).await;
}

#[tokio::test]
async fn double_encoding_of_paths() {
    let twice = ("host;x-amz-date", "f5d500aff9982f9d5c94ca61e6c64486f6ed430e53e9c3d18d081448386c90fc");
    let path = "/a%20b/arn%3Aaws%2Fx/c/";
    check(request("GET", path, ""), None, Payload::Whole, Scheme::default(), twice).await;
    let once =
        ("host;x-amz-content-sha256;x-amz-date", "6148c388ea7d2a38aac8a727184bb8d2e09e76209df42e2847d97998b2a354bd");
    let scheme = Scheme { disable_double_encoding: true, ..Scheme::default() };
    check(request("GET", "/a%20b//../c", ""), None, Payload::Whole, scheme, once).await;
}

#[tokio::test]
async fn name_and_region_of_the_endpoint() {
    let scheme = Scheme { name: Some("other"), region: Some("eu-west-1"), ..Scheme::default() };
    let config = builder().credentials_provider(credentials(None)).region(None);
    let headers = signed(request("GET", "/", ""), config, Payload::Whole, scheme).await.expect("signed");
    let text = headers["authorization"].to_str().expect("text");
    assert!(text.contains("/20150830/eu-west-1/other/aws4_request"), "{text}");
}

#[tokio::test]
async fn streamed_bodies_are_not_signed() {
    let config = builder().credentials_provider(credentials(None)).build();
    let endpoint = endpoint_at(["https://example.amazonaws.com"]).expect("an endpoint");
    let context = AuthContext { config: &config, service: &SERVICE, endpoint: &endpoint, optional: false };
    let mut streamed = request("POST", "/", RequestBody::default());
    *streamed.body_mut() = RequestBody::stream(Full::new(bytes::Bytes::from_static(b"{}")));
    sign(&mut streamed, context).await.expect("signed");
    let mut unsigned = request("POST", "/", "{}");
    sign_unsigned_payload(&mut unsigned, context).await.expect("signed");
    assert_eq!(streamed.headers(), unsigned.headers());
    assert_eq!(unsigned.headers()["x-amz-content-sha256"], "UNSIGNED-PAYLOAD");
}

#[tokio::test]
async fn missing_settings() {
    let plain = Scheme::default();
    let given = || builder().credentials_provider(credentials(None));
    let mut taken_away = given();
    taken_away.set_credentials_provider(None);
    for (config, expected) in [
        (builder(), "credentials_provider(…)"),
        (taken_away, "credentials_provider(…)"),
        (given().region(None), "Config::builder().region(…)"),
    ] {
        let error = signed(request("GET", "/", ""), config, Payload::Whole, plain).await.expect_err(expected);
        assert!(error.contains(expected), "{error}");
    }
    let mut odd = request("GET", "/", "");
    odd.headers_mut().insert("x-odd", HeaderValue::from_bytes(b"SECRET\xc3\xa9").expect("a value"));
    let error = signed(odd, given(), Payload::Whole, plain).await.expect_err("not ASCII");
    assert_eq!(error, "the request cannot be signed: the header x-odd has characters that are not ASCII");
}

#[test]
fn debug_redacts_secrets() {
    let config = builder().credentials_provider(credentials(Some("TOKEN"))).build();
    let text = format!("{config:?} {:?}", config.credentials_provider());
    assert!(!text.contains(SECRET) && !text.contains("TOKEN"), "{text}");
}
