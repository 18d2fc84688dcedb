use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::future;

use super::*;
use crate::auth::sigv4::sign;
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
    assert!(text.contains("SignedHeaders=amz-sdk-invocation-id;amz-sdk-request;content-length;host;x-amz-date,"));
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
