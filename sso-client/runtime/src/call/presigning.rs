//! Presigned requests: requests with a signature in their URL, which anybody may send until it expires.
//!
//! # Invariants
//!
//! - Nothing is sent.
//! - A URL that was signed is in no text made here.

use std::fmt;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HeaderName, USER_AGENT};

use crate::auth::sigv4::{Payload, UNSIGNED, Validity, presign};
use crate::call::caller_headers::AMZ_USER_AGENT;
use crate::call::client::{Handle, Overrides, Plan, nothing_sent};
use crate::call::operation::{CustomizableOperation, Operation};
use crate::error::{BuildError, SdkError};
use crate::http::RequestBody;
use crate::http_bindings::{self, Wiped};
use crate::secret::redacted;

/// An operation whose requests can be presigned: those signed with Signature Version 4.
pub trait Presignable: Operation {
    /// Whether the body is not signed.
    const UNSIGNED_PAYLOAD: bool = false;
}

/// The maximum validity, a week.
const MAX: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// How long a presigned request is valid.
///
/// ```
/// # use std::time::Duration;
/// # use smithy_client_runtime::call::presigning::PresigningConfig;
/// let config = PresigningConfig::expires_in(Duration::from_secs(15 * 60))?;
/// assert_eq!(config.expires().as_secs(), 900);
/// PresigningConfig::expires_in(Duration::from_secs(8 * 24 * 60 * 60)).expect_err("more than a week");
/// # Ok::<(), smithy_client_runtime::call::presigning::PresigningConfigError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresigningConfig {
    expires_in: Duration,
    start_time: Option<SystemTime>,
}

impl PresigningConfig {
    /// Makes requests valid for a duration from now, in whole seconds. They become invalid earlier if the credentials
    /// that they are signed with expire.
    ///
    /// # Errors
    ///
    /// If it is shorter than a second or longer than a week.
    pub fn expires_in(expires_in: Duration) -> Result<Self, PresigningConfigError> {
        Self::builder().expires_in(expires_in).build()
    }

    /// Returns a builder.
    pub fn builder() -> PresigningConfigBuilder {
        PresigningConfigBuilder::default()
    }

    /// Returns how long requests are valid.
    pub fn expires(&self) -> Duration {
        self.expires_in
    }

    /// Returns when the validity starts, if it does not start now.
    pub fn start_time(&self) -> Option<SystemTime> {
        self.start_time
    }
}

/// A builder for [`PresigningConfig`].
#[derive(Clone, Debug, Default)]
pub struct PresigningConfigBuilder {
    expires_in: Option<Duration>,
    start_time: Option<SystemTime>,
}

impl PresigningConfigBuilder {
    /// Sets how long requests are valid.
    pub fn expires_in(mut self, expires_in: Duration) -> Self {
        self.expires_in = Some(expires_in);
        self
    }

    /// Sets when the validity starts; the default is now.
    pub fn start_time(mut self, start_time: SystemTime) -> Self {
        self.start_time = Some(start_time);
        self
    }

    /// Builds the configuration.
    ///
    /// # Errors
    ///
    /// If no duration is set, or it is shorter than a second or longer than a week.
    pub fn build(self) -> Result<PresigningConfig, PresigningConfigError> {
        let expires_in = self.expires_in.ok_or(PresigningConfigError("expires_in is not set"))?;
        if expires_in > MAX {
            return Err(PresigningConfigError("a presigned request is valid for a week at most"));
        }
        if expires_in.as_secs() == 0 {
            return Err(PresigningConfigError("a presigned request is valid for a second at least"));
        }
        Ok(PresigningConfig { expires_in, start_time: self.start_time })
    }
}

/// The error of an invalid [`PresigningConfig`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PresigningConfigError(&'static str);

impl fmt::Display for PresigningConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for PresigningConfigError {}

/// A request with a signature in its URL. Whoever has the URL may send it until it expires, so it is as secret as
/// credentials; `Debug` does not show it.
///
/// It has to be sent with this method, these headers and this body. A streaming body that is not in memory is not signed.
#[derive(Clone)]
pub struct PresignedRequest {
    method: http::Method,
    uri: String,
    headers: Vec<(HeaderName, String)>,
    body: Option<Bytes>,
}

impl PresignedRequest {
    /// Returns the method.
    pub fn method(&self) -> &str {
        self.method.as_str()
    }

    /// Returns the URL.
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// Returns the headers that were signed, besides `host`.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Returns the body that was signed; `None` if it was not.
    pub fn body(&self) -> Option<&[u8]> {
        self.body.as_deref()
    }

    /// Converts the request into that of the `http` crate, with a body of the caller's.
    ///
    /// # Errors
    ///
    /// Never, for a request that was presigned.
    pub fn make_http_1x_request<B>(&self, body: B) -> Result<http::Request<B>, http::Error> {
        let mut request = http::Request::builder().method(self.method.clone()).uri(self.uri.as_str());
        for (name, value) in &self.headers {
            request = request.header(name, value.as_str());
        }
        request.body(body)
    }
}

impl fmt::Debug for PresignedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("PresignedRequest")
            .field("method", &self.method)
            .field("uri", &redacted(&self.uri))
            .field("headers", &names)
            .field("body", &self.body.as_ref().map(Bytes::len))
            .finish()
    }
}

impl<O: Presignable> CustomizableOperation<O> {
    /// Returns the request with a signature in its URL, and sends nothing.
    ///
    /// # Errors
    ///
    /// [`SdkError::ConstructionFailure`] if the input is incomplete, or there are no credentials.
    pub async fn presigned(self, config: PresigningConfig) -> Result<PresignedRequest, SdkError<O::Error>> {
        let (handle, input, overrides) = self.into_parts();
        handle.presign::<O>(&input, &overrides, &config).await
    }
}

impl Handle {
    async fn presign<O: Presignable>(
        &self,
        input: &O::Input,
        overrides: &Overrides,
        presigning: &PresigningConfig,
    ) -> Result<PresignedRequest, SdkError<O::Error>> {
        let mut own = None;
        let config = self.config_of(overrides, &mut own);
        let prepared = O::prepare(input, config).map(Wiped::new);
        let input = prepared.as_deref().unwrap_or(input);
        let bound = http_bindings::build_request(input).map_err(nothing_sent::<O>)?;
        let plan = Plan::of::<O>(input, config);
        let mut own = None;
        let (mut template, derived) =
            self.template(&plan, bound, config, overrides, &mut own).map_err(nothing_sent::<O>)?;
        // Those of whoever sends it.
        for name in [CONTENT_LENGTH, USER_AGENT, AMZ_USER_AGENT] {
            template.headers_mut().remove(name.as_str());
        }
        let body = template.known_body().filter(|_| !O::UNSIGNED_PAYLOAD);
        let payload = if body.is_some() { Payload::Whole } else { Payload::Constant(UNSIGNED) };
        template.set_stream(None);
        *template.body_mut() = body.clone().unwrap_or_default();
        let failed = |error| nothing_sent::<O>(BuildError::other(error));
        let mut request: http::Request<RequestBody> = template.to_http().map_err(failed)?;
        let validity = Validity { expires_in: presigning.expires_in, start_time: presigning.start_time };
        presign(&mut request, self.auth_context(&plan, config, derived), payload, validity).await.map_err(failed)?;
        let (head, _) = request.into_parts();
        // Only headers of text can be signed.
        let text =
            |(name, value): (&HeaderName, &http::HeaderValue)| Some((name.clone(), value.to_str().ok()?.to_owned()));
        let headers = head.headers.iter().filter_map(text).collect();
        Ok(PresignedRequest { method: head.method, uri: head.uri.to_string(), headers, body })
    }
}
