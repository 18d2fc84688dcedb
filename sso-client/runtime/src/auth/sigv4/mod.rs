//! Requests signed with AWS Signature Version 4, as `aws.auth#sigv4` asks for.
//!
//! Nothing here looks for credentials: a provider has to be set, and those of `aws-config` can be.
//! Every attempt is signed anew. Headers that change on the way are not signed: the user agent,
//! traces, and what belongs to a single connection.
//!
//! What it does not do: correct for a clock that is wrong, or sign URLs.
//!
//! What must stay true: nothing in the request changes after it was signed; keys are in no text that
//! this makes.

use std::borrow::Cow;
use std::fmt;

use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningParams, SigningSettings,
    UriPathNormalizationMode, sign as sign_http,
};
use aws_sigv4::sign::v4;
use http::header::{HeaderName, HeaderValue};

use crate::auth::AuthContext;
use crate::base::{BoxError, BoxFuture};
use crate::config::credentials::{Credentials, now, provider_failed};
use crate::endpoint::{Endpoint, Property};
use crate::http::RequestBody;

/// Signs nothing but what every hop leaves as it is, besides what `aws-sigv4` leaves out itself.
const HOP_BY_HOP: [&str; 7] =
    ["connection", "expect", "keep-alive", "proxy-authorization", "proxy-connection", "te", "upgrade"];

const NO_CREDENTIALS: &str = "there are no credentials to sign with: set some, or what gives them, with \
                              Config::builder().credentials_provider(…)";
const NO_REGION: &str = "there is no region to sign for: set one with Config::builder().region(…)";
const NO_NAME: &str = "the service has no name to sign for";

/// Signs a request and its body, or all but the body when that comes piece by piece.
pub fn sign<'a>(
    request: &'a mut http::Request<RequestBody>,
    context: AuthContext<'a>,
) -> BoxFuture<'a, Result<(), BoxError>> {
    Box::pin(async move {
        let body = match request.body().bytes() {
            Some(_) => Payload::Whole,
            None => Payload::Said(UNSIGNED),
        };
        sign_with(request, context, body).await.map(drop)
    })
}

/// Signs all of a request but its body, as `aws.auth#unsignedPayload` asks for.
pub fn sign_unsigned_payload<'a>(
    request: &'a mut http::Request<RequestBody>,
    context: AuthContext<'a>,
) -> BoxFuture<'a, Result<(), BoxError>> {
    Box::pin(async move { sign_with(request, context, Payload::Said(UNSIGNED)).await.map(drop) })
}

/// What stands in place of the hash of a body that is not signed.
const UNSIGNED: &str = "UNSIGNED-PAYLOAD";

/// What of a body is signed.
#[derive(Clone, Copy, Debug)]
pub enum Payload {
    /// All of it, which is in memory.
    Whole,
    /// A word in place of its hash. The service is told so in a header.
    Said(&'static str),
}

/// A signature, and what it was made with.
pub struct Signed {
    /// The signature, in hexadecimal.
    pub signature: String,
    /// The credentials.
    pub credentials: Credentials,
    /// What it is good for.
    pub scope: Scope,
}

/// What a signature is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The service's name for signatures.
    pub name: String,
    /// The region.
    pub region: String,
}

/// What an endpoint says of signatures, which counts more than what service and client say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Scheme<'e> {
    name: Option<&'e str>,
    region: Option<&'e str>,
    disable_double_encoding: bool,
}

/// Reads what an endpoint says in its property `authSchemes`: the first scheme of this kind.
fn scheme(endpoint: &Endpoint) -> Scheme<'_> {
    let Some(Property::List(schemes)) = endpoint.property("authSchemes") else { return Scheme::default() };
    let is_sigv4 = |scheme: &&Property| scheme.get("name").and_then(Property::as_text) == Some("sigv4");
    let Some(found) = schemes.iter().find(is_sigv4) else {
        return Scheme::default();
    };
    Scheme {
        name: found.get("signingName").and_then(Property::as_text),
        region: found.get("signingRegion").and_then(Property::as_text),
        disable_double_encoding: matches!(found.get("disableDoubleEncoding"), Some(Property::Boolean(true))),
    }
}

/// Signs a request.
///
/// # Errors
///
/// When something is not set, there are no credentials to be had, or the request is such that it
/// cannot be signed.
pub async fn sign_with(
    request: &mut http::Request<RequestBody>,
    context: AuthContext<'_>,
    payload: Payload,
) -> Result<Signed, BoxError> {
    sign_as(request, context, payload, scheme(context.endpoint)).await
}

async fn sign_as(
    request: &mut http::Request<RequestBody>,
    context: AuthContext<'_>,
    payload: Payload,
    scheme: Scheme<'_>,
) -> Result<Signed, BoxError> {
    let provider = context.config.cached_credentials_provider().ok_or(NO_CREDENTIALS)?;
    let name = scheme.name.or(Some(context.service.signing_name)).filter(|name| !name.is_empty()).ok_or(NO_NAME)?;
    let region = scheme.region.or_else(|| context.config.region().map(AsRef::as_ref)).ok_or(NO_REGION)?;
    let time = now(context.config);
    let credentials = provider.credentials(time).await;
    let credentials = credentials.map_err(|error| provider_failed("credentials to sign with", &error))?;

    let mut settings = SigningSettings::default();
    settings.excluded_headers.get_or_insert_default().extend(HOP_BY_HOP.map(Cow::Borrowed));
    if scheme.disable_double_encoding {
        // Such a service takes the path as it is, dots and double slashes included.
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    }
    // It wants to know the hash as well.
    if scheme.disable_double_encoding || matches!(payload, Payload::Said(_)) {
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    }
    let body = match (payload, request.body().bytes()) {
        (Payload::Said(word), _) => SignableBody::Precomputed(word.to_owned()),
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
    for header in instructions.into_parts().0 {
        let mut value = HeaderValue::from_str(header.value()).map_err(cannot_sign)?;
        value.set_sensitive(header.sensitive() || matches!(header.name(), "authorization" | "x-amz-security-token"));
        request.headers_mut().insert(HeaderName::from_static(header.name()), value);
    }
    Ok(Signed { signature, credentials, scope: Scope { name: name.to_owned(), region: region.to_owned() } })
}

fn cannot_sign(error: impl std::error::Error + 'static) -> BoxError {
    format!("the request cannot be signed: {}", crate::base::with_causes(&error)).into()
}

/// The headers as text, which signing needs.
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
