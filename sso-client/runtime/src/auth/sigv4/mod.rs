//! AWS Signature Version 4, `aws.auth#sigv4`.
//!
//! Headers that change on the way are not signed: the user agent, traces, and hop-by-hop headers. Clock skew is not
//! corrected.
//!
//! # Invariants
//!
//! - Nothing in a request changes after it was signed.
//! - Keys are in no text made here.

use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::time::{Duration, SystemTime};

use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation, SigningParams,
    SigningSettings, UriPathNormalizationMode, sign as sign_http,
};
use aws_sigv4::sign::v4;
use http::Uri;
use http::header::{HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::auth::AuthContext;
use crate::base::{BoxError, BoxFuture};
use crate::config::credentials::{Credentials, now, provider_failed};
use crate::endpoint::{Endpoint, Property};
use crate::http::RequestBody;

/// Headers that are not signed, besides those that `aws-sigv4` excludes itself.
const HOP_BY_HOP: [&str; 7] =
    ["connection", "expect", "keep-alive", "proxy-authorization", "proxy-connection", "te", "upgrade"];

/// All but the unreserved characters of RFC 3986 are escaped.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

const NO_CREDENTIALS: &str = "there are no credentials to sign with: set some, or what gives them, with \
                              Config::builder().credentials_provider(…)";
const NO_REGION: &str = "there is no region to sign for: set one with Config::builder().region(…)";
const NO_NAME: &str = "the service has no name to sign for";

/// Signs a request with its body, unless that is streamed.
pub fn sign<'a>(
    request: &'a mut http::Request<RequestBody>,
    context: AuthContext<'a>,
) -> BoxFuture<'a, Result<(), BoxError>> {
    Box::pin(async move {
        if is_anonymous(&context) {
            return Ok(());
        }
        let body = match request.body().bytes() {
            Some(_) => Payload::Whole,
            None => Payload::Constant(UNSIGNED),
        };
        sign_with(request, context, body).await.map(drop)
    })
}

/// Signs a request without its body, `aws.auth#unsignedPayload`.
pub fn sign_unsigned_payload<'a>(
    request: &'a mut http::Request<RequestBody>,
    context: AuthContext<'a>,
) -> BoxFuture<'a, Result<(), BoxError>> {
    Box::pin(async move {
        if is_anonymous(&context) {
            return Ok(());
        }
        sign_with(request, context, Payload::Constant(UNSIGNED)).await.map(drop)
    })
}

/// Returns `true` if a request is sent without a signature: the operation allows it, and there are no credentials.
pub(crate) fn is_anonymous(context: &AuthContext<'_>) -> bool {
    context.optional && context.config.cached_credentials_provider().is_none()
}

/// Replaces the hash of an unsigned body.
pub(crate) const UNSIGNED: &str = "UNSIGNED-PAYLOAD";

/// The signed payload of a request.
#[derive(Clone, Copy, Debug)]
pub enum Payload {
    /// The body, which is in memory.
    Whole,
    /// A constant in place of the hash of the body, which a header repeats.
    Constant(&'static str),
}

/// A signature with its credentials and scope.
pub struct Signed {
    /// The signature, in hexadecimal.
    pub signature: String,
    /// The credentials.
    pub credentials: Credentials,
    /// The credential scope.
    pub scope: Scope,
}

/// The credential scope of a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The signing name.
    pub name: String,
    /// The region.
    pub region: String,
}

/// The auth scheme of an endpoint, which takes precedence over service and configuration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Scheme<'e> {
    name: Option<&'e str>,
    region: Option<&'e str>,
    disable_double_encoding: bool,
}

/// Returns the first `sigv4` scheme of the endpoint.
fn scheme(endpoint: &Endpoint) -> Result<Scheme<'_>, BoxError> {
    let Some(found) = endpoint.auth_scheme("sigv4")? else { return Ok(Scheme::default()) };
    Ok(Scheme {
        name: found.get("signingName").and_then(Property::as_text),
        region: found.get("signingRegion").and_then(Property::as_text),
        disable_double_encoding: matches!(found.get("disableDoubleEncoding"), Some(Property::Boolean(true))),
    })
}

/// Signs a request.
pub async fn sign_with(
    request: &mut http::Request<RequestBody>,
    context: AuthContext<'_>,
    payload: Payload,
) -> Result<Signed, BoxError> {
    sign_as(request, context, payload, scheme(context.endpoint)?, None).await
}

/// The validity of a signature in the query string.
#[derive(Clone, Copy, Debug)]
pub struct Validity {
    /// How long it is valid.
    pub expires_in: Duration,
    /// When it starts; by default now.
    pub start_time: Option<SystemTime>,
}

/// Signs a request in its query string.
pub async fn presign(
    request: &mut http::Request<RequestBody>,
    context: AuthContext<'_>,
    payload: Payload,
    validity: Validity,
) -> Result<(), BoxError> {
    sign_as(request, context, payload, scheme(context.endpoint)?, Some(validity)).await.map(drop)
}

async fn sign_as(
    request: &mut http::Request<RequestBody>,
    context: AuthContext<'_>,
    payload: Payload,
    scheme: Scheme<'_>,
    validity: Option<Validity>,
) -> Result<Signed, BoxError> {
    let provider = context.config.cached_credentials_provider().ok_or(NO_CREDENTIALS)?;
    let name = scheme.name.or(Some(context.service.signing_name)).filter(|name| !name.is_empty()).ok_or(NO_NAME)?;
    let region = scheme.region.or_else(|| context.config.region().map(AsRef::as_ref)).ok_or(NO_REGION)?;
    let now = now(context.config);
    let time = validity.and_then(|validity| validity.start_time).unwrap_or(now);
    let credentials = provider.credentials(now).await;
    let credentials = credentials.map_err(|error| provider_failed("credentials to sign with", &**error))?;

    let mut settings = SigningSettings::default();
    settings.excluded_headers.get_or_insert_default().extend(HOP_BY_HOP.map(Cow::Borrowed));
    if scheme.disable_double_encoding {
        // Such a service neither encodes nor normalizes paths.
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    }
    if let Some(validity) = validity {
        settings.signature_location = SignatureLocation::QueryParams;
        settings.expires_in = Some(validity.expires_in);
    }
    // The hash is sent in a header as well.
    if scheme.disable_double_encoding || matches!(payload, Payload::Constant(_)) {
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    }
    let body = match (payload, request.body().bytes()) {
        (Payload::Constant(text), _) => SignableBody::Precomputed(text.to_owned()),
        (Payload::Whole, Some(bytes)) => SignableBody::Bytes(bytes),
        (Payload::Whole, None) => SignableBody::UnsignedPayload,
    };
    let identity = credentials.clone().into();
    let params = v4::SigningParams::builder().identity(&identity).region(region).name(name).time(time);
    let params = SigningParams::from(params.settings(settings).build()?);
    let headers = signable(request.headers())?;
    let signable =
        SignableRequest::new(request.method().as_str(), request.uri().to_string(), headers.iter().copied(), body)
            .map_err(cannot_sign)?;
    let (instructions, signature) = sign_http(signable, &params).map_err(cannot_sign)?.into_parts();
    let (headers, query) = instructions.into_parts();
    if !query.is_empty() {
        let uri = with_query(request.uri(), &query)?;
        *request.uri_mut() = uri;
    }
    for header in headers {
        let mut value = HeaderValue::from_str(header.value()).map_err(cannot_sign)?;
        value.set_sensitive(header.sensitive() || matches!(header.name(), "authorization" | "x-amz-security-token"));
        request.headers_mut().insert(HeaderName::from_static(header.name()), value);
    }
    Ok(Signed { signature, credentials, scope: Scope { name: name.to_owned(), region: region.to_owned() } })
}

/// Appends parameters to the query string of a URI.
fn with_query(uri: &Uri, query: &[(&str, Cow<'_, str>)]) -> Result<Uri, BoxError> {
    let mut text = uri.to_string();
    let mut separator = if uri.query().is_some() { '&' } else { '?' };
    for (name, value) in query {
        let value = utf8_percent_encode(value, UNRESERVED);
        write!(text, "{separator}{name}={value}")?;
        separator = '&';
    }
    // The result may hold a session token, which no error may.
    text.parse().map_err(|_| "the request cannot be signed: the URL would be too long".into())
}

fn cannot_sign(error: impl std::error::Error + 'static) -> BoxError {
    format!("the request cannot be signed: {}", crate::base::with_causes(&error)).into()
}

/// Returns the headers as text.
fn signable(headers: &http::HeaderMap) -> Result<Vec<(&str, &str)>, BoxError> {
    headers
        .iter()
        .map(|(name, value)| match value.to_str() {
            Ok(text) => Ok((name.as_str(), text)),
            Err(_) => {
                Err(format!("the request cannot be signed: the header {name} has characters that are not ASCII").into())
            }
        })
        .collect()
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed").field("scope", &self.scope).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
