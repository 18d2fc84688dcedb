use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::future;

use super::*;
use crate::auth::sigv4::sign;
use crate::call::presigning::{Presignable, PresignedRequest, PresigningConfig};
use crate::config::credentials::{Credentials, ProvideCredentials};
use crate::endpoint::{Endpoint, EndpointDetails as _, EndpointError, EndpointSettings, Property};

pub(crate) struct Signed;

impl AuthScheme for Signed {
    const AUTHORIZE: Option<Authorize> = Some(sign);
}

#[tokio::test]
async fn every_attempt_is_signed_anew() {
    let seconds = Arc::new(AtomicU64::new(1_440_938_160));
    let config = Config::builder()
        .credentials_provider(Credentials::new("AKIDEXAMPLE", "SECRET", None, None, "test"))
        .time_source(move || SystemTime::UNIX_EPOCH + Duration::from_secs(seconds.fetch_add(1, Ordering::Relaxed)));
    let (handle, replay) = client(config, &[(503, ""), (200, "{}")]);
    call::<Signed>(&handle).await.expect("the second response");
    let requests = replay.requests();
    let header = |at: usize, name: &str| requests[at].headers()[name].to_str().expect("text").to_owned();
    assert_eq!(header(0, "x-amz-date"), "20150830T123600Z");
    assert_eq!(header(1, "x-amz-date"), "20150830T123601Z");
    assert_ne!(header(0, "authorization"), header(1, "authorization"));
    let text = header(0, "authorization");
    assert!(text.contains("/20150830/us-east-1/things/aws4_request"), "{text}");
    // As other SDKs sign what tells attempts apart.
    assert!(text.contains(
        "SignedHeaders=amz-sdk-invocation-id;amz-sdk-request;content-length;host;x-amz-date;x-amz-user-agent,"
    ));
}

#[tokio::test]
async fn without_credentials_nothing_is_sent() {
    let (handle, replay) = client(Config::builder(), &[(200, "{}")]);
    let error = call::<Signed>(&handle).await.expect_err("no credentials");
    assert_eq!(
        error.to_string(),
        "GetThing: there are no credentials to sign with: set some, or what gives them, with \
         Config::builder().credentials_provider(…) (nothing was sent)"
    );
    assert!(replay.requests().is_empty());
}

#[tokio::test]
async fn an_endpoint_that_wants_another_scheme_gets_no_request() {
    fn endpoint(_: &EndpointSettings<'_>) -> Result<Endpoint, EndpointError> {
        let scheme = |name: &str| Property::Object(vec![("name".to_owned(), Property::Text(name.to_owned()))]);
        let schemes = Property::List(vec![scheme("sigv4a"), scheme("other")]);
        endpoint_at(["https://things.test"]).with_property("authSchemes", schemes)
    }
    static SERVICE: Service = Service::new("Things", "1", endpoint, client_crate!()).signed_as("things");
    let credentials = Credentials::new("AKIDEXAMPLE", "SECRET", None, None, "test");
    let (_, replay) = client(Config::builder(), &[(200, "{}")]);
    let config = Config::builder().credentials_provider(credentials).http_client(replay.clone());
    let handle = Handle::new(config.region(Region::new("us-east-1")).build(), &SERVICE);
    let error = call::<Signed>(&handle).await.expect_err("another scheme");
    assert_eq!(
        error.to_string(),
        "GetThing: the endpoint accepts requests authorized by sigv4a or other only, and this client can authorize by \
         sigv4 (nothing was sent)"
    );
    assert!(replay.requests().is_empty());
}

struct OptionallySigned;

impl AuthScheme for OptionallySigned {
    const AUTHORIZE: Option<Authorize> = Some(sign);
    const OPTIONAL: bool = true;
}

/// Without a provider the request is not signed; with one that fails, it is not sent.
#[tokio::test]
async fn optional_signatures() {
    let credentials = || Credentials::new("AKIDEXAMPLE", "SECRET", None, None, "test");
    for (config, signed) in [(Config::builder(), false), (Config::builder().credentials_provider(credentials()), true)]
    {
        let (handle, replay) = client(config, &[(200, "{}")]);
        call::<OptionallySigned>(&handle).await.expect("an answer");
        assert_eq!(replay.requests()[0].headers().contains_key("authorization"), signed);
    }
    let (handle, replay) = client(Config::builder().credentials_provider(Failing), &[(200, "{}")]);
    let error = call::<OptionallySigned>(&handle).await.expect_err("no credentials");
    assert!(error.to_string().contains("nothing was sent"), "{error}");
    assert!(replay.requests().is_empty());
}

#[derive(Debug)]
struct Failing;

impl ProvideCredentials for Failing {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::ready(Err(CredentialsError::not_loaded("none today")))
    }
}

impl Presignable for GetThing<Signed> {}

async fn presigned(token: Option<&str>, state: Option<&str>, seconds: u64) -> (PresignedRequest, ReplayClient) {
    let credentials = Credentials::new("AKIDEXAMPLE", "SECRET", token.map(str::to_owned), None, "test");
    let now = || SystemTime::UNIX_EPOCH + Duration::from_secs(1_440_938_160);
    let (handle, replay) = client(Config::builder().credentials_provider(credentials).time_source(now), &[(200, "{}")]);
    let input = Wiped::new(Thing { state: state.map(str::to_owned) });
    let call = CustomizableOperation::<GetThing<Signed>>::new(handle, input);
    let config = PresigningConfig::expires_in(Duration::from_secs(seconds)).expect("a valid time");
    (call.presigned(config).await.expect("presigned"), replay)
}

/// The first two signatures were made by botocore, the third by hand.
#[tokio::test]
async fn presigned_requests() {
    const SCOPE: &str = "X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fthings%2Faws4_request";
    for (token, state, seconds, signature) in [
        (None, None, 900, "17c5cc5a246ce0e4dce101b9ceaa7eaaf922f31bea7f0106323eba2ad3e05975"),
        (Some("TOKEN/+="), None, 900, "ba48de6692cca68b42ebf85628255ae0ec57cabbe561a84bb20efddafec0dd77"),
        (None, Some("a b"), 60, "2b984058448bfba356dcbcf040eb8d26bee966a8248ef7e0af09ed946cf011d2"),
    ] {
        let (request, replay) = presigned(token, state, seconds).await;
        assert!(replay.requests().is_empty(), "nothing is sent");
        let (url, query) = request.uri().split_once('?').expect("a query");
        assert_eq!((request.method(), url), ("POST", "https://things.test/thing"));
        let names = if state.is_some() { "content-type%3Bhost" } else { "host" };
        let mut expected = vec![
            "X-Amz-Algorithm=AWS4-HMAC-SHA256".to_owned(),
            SCOPE.to_owned(),
            "X-Amz-Date=20150830T123600Z".to_owned(),
            format!("X-Amz-Expires={seconds}"),
            format!("X-Amz-SignedHeaders={names}"),
            format!("X-Amz-Signature={signature}"),
        ];
        expected.extend(token.map(|_| "X-Amz-Security-Token=TOKEN%2F%2B%3D".to_owned()));
        assert_eq!(query.split('&').collect::<Vec<_>>(), expected);
        let headers: Vec<(&str, &str)> = request.headers().collect();
        let sent = state.map(|_| ("content-type", "application/json"));
        assert_eq!(headers, sent.into_iter().collect::<Vec<_>>());
        let body = if state.is_some() { r#"{"state":"a b"}"# } else { "" };
        assert_eq!(request.body(), Some(body.as_bytes()));
        let http = request.make_http_1x_request(()).expect("a request");
        assert_eq!(http.uri().to_string(), request.uri());
        assert_eq!(http.headers().len(), headers.len());
        let shown = format!("{request:?}");
        assert!(!shown.contains(signature) && !shown.contains("AKID"), "{shown}");
    }
}

#[tokio::test]
async fn without_credentials_nothing_is_presigned() {
    let (handle, _) = client(Config::builder(), &[]);
    let config = PresigningConfig::expires_in(Duration::from_secs(1)).expect("a valid time");
    let call = CustomizableOperation::<GetThing<Signed>>::new(handle, Wiped::new(Thing::default()));
    let error = call.presigned(config).await.expect_err("no credentials");
    assert!(matches!(error, SdkError::ConstructionFailure(_)), "{error:?}");
    assert!(error.to_string().contains("there are no credentials to sign with"), "{error}");
}

#[test]
fn validity_of_presigned_requests() {
    for (millis, ok) in [(0, false), (999, false), (1000, true), (604_800_000, true), (604_800_001, false)] {
        assert_eq!(PresigningConfig::expires_in(Duration::from_millis(millis)).is_ok(), ok, "{millis}");
    }
    PresigningConfig::builder().build().expect_err("no time");
    let start = SystemTime::UNIX_EPOCH;
    let config = PresigningConfig::builder().start_time(start).expires_in(Duration::from_secs(2)).build();
    let config = config.expect("complete");
    assert_eq!((config.start_time(), config.expires().as_secs()), (Some(start), 2));
}
