//! Tests of the optional features (bearer, SigV4, event streams, waiters) with a hand-written operation.
#![cfg_attr(
    not(all(feature = "bearer", feature = "sigv4", feature = "waiter")),
    allow(dead_code, unused_imports, reason = "the tests of each part use some of it")
)]

#[cfg(feature = "bearer")]
mod bearer;
#[cfg(feature = "sigv4-event-stream")]
mod event_stream;
#[cfg(feature = "sigv4")]
mod sigv4;
#[cfg(feature = "waiter")]
mod waiter;

use std::marker::PhantomData;

use crate::auth::Authorize;
use crate::config::retry::RetryConfig;
use crate::config::{Builder, Region};
use crate::endpoint::endpoint_at;
use crate::error::ErrorEnum;
use crate::prelude::*;
use crate::test_util::ReplayClient;

pub(crate) static SERVICE: Service = Service {
    sdk_id: "Things",
    api_version: "1",
    signing_name: "things",
    error_places: crate::error::ErrorPlaces::USUAL,
    resolve_endpoint: |_| endpoint_at(["https://things.test"]),
    client: client_crate!(),
};

/// How requests are authorized.
pub(crate) trait AuthScheme: Send + Sync + 'static {
    const AUTHORIZE: Option<Authorize>;
    const OPTIONAL: bool = false;
}

/// Without authorization.
pub(crate) struct Open;

impl AuthScheme for Open {
    const AUTHORIZE: Option<Authorize> = None;
}

/// `POST /thing`, which answers with a state.
pub(crate) struct GetThing<W>(PhantomData<W>);

#[derive(Clone, Debug, Default)]
pub(crate) struct Thing {
    pub(crate) state: Option<String>,
}

impl HttpBindings for Thing {
    fn visit(&self, visitor: &mut impl BindingVisitor) {
        visitor.path("/thing");
        visitor.json("state", Member::optional("state"), &self.state);
    }
}

impl json::Structure for Thing {
    fn read<M: json::Members>(&mut self, from: &mut M) -> Result<(), M::Error> {
        match from.name() {
            "state" => from.read(&mut self.state),
            _ => from.skip(),
        }
    }
}

impl RequestId for Thing {
    fn request_id(&self) -> Option<&str> {
        None
    }
}

impl Output for Thing {
    fn from_response(response: &Response) -> Result<Self, BoxError> {
        Ok(json::read_body(response.body())?)
    }
}

/// What the service answers instead.
#[derive(Debug)]
pub(crate) struct ThingError(Unhandled);

impl fmt::Display for ThingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl std::error::Error for ThingError {}

impl ErrorEnum for ThingError {
    fn variant(&self) -> &dyn ErrorWithMetadata {
        &self.0
    }
}

impl OperationError for ThingError {
    const UNHANDLED: fn(Unhandled) -> Self = Self;

    fn from_error_response(response: ErrorResponse<'_>) -> Self {
        response.unhandled()
    }
}

impl<W: AuthScheme> Operation for GetThing<W> {
    const INFO: &'static OperationInfo = &OperationInfo {
        authorize: W::AUTHORIZE,
        optional_auth: W::OPTIONAL,
        ..OperationInfo::new("GetThing", "POST")
    };
    type Input = Thing;
    type Output = Thing;
    type Error = ThingError;
}

/// A client that gets these answers, without waits between attempts.
pub(crate) fn client(config: Builder, answers: &[(u16, &'static str)]) -> (Handle, ReplayClient) {
    let answer = |(status, body): &(u16, &'static str)| {
        http::Response::builder().status(*status).body(*body).expect("a response")
    };
    let replay = ReplayClient::new(answers.iter().map(answer));
    let retries = RetryConfig::standard().with_max_backoff(std::time::Duration::ZERO);
    let config = config.region(Region::new("us-east-1")).retry_config(retries).http_client(replay.clone());
    (Handle::new(config.build(), &SERVICE), replay)
}

/// Makes one call.
pub(crate) async fn call<W: AuthScheme>(handle: &Handle) -> Result<Thing, SdkError<ThingError>> {
    CustomizableOperation::<GetThing<W>>::new(handle.clone(), Wiped::new(Thing::default())).send().await
}
