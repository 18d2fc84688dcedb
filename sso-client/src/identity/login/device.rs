//! Device code (RFC 8628): the user confirms a code in any browser, and the service is polled meanwhile.

use std::time::Duration;

use tokio::time::Instant;
use zeroize::Zeroizing;

use super::registration::{Registration, registration};
use super::{Context, LoginEvent, SignedIn, service_failed, timed_out};
use crate::error::ProvideErrorMetadata;
use crate::identity::refresh::{code, new_token};
use crate::identity::{IdentityError, IdentityErrorKind as Kind, date};
use crate::oidc::operation::start_device_authorization::StartDeviceAuthorizationOutput;
use crate::runtime::tracing::debug;

const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// How many seconds pass between two polls where the service does not say, and how many more when it is too fast.
const INTERVAL: u64 = 5;

/// For how many seconds a code is valid where the service does not say.
const EXPIRES_IN: u64 = 600;

pub(super) async fn sign_in(context: &Context<'_>) -> Result<SignedIn, IdentityError> {
    let (registration, output) = authorize(context).await?;
    let lacks = |member: &str| {
        let message = format!("StartDeviceAuthorization: the response has no {member}");
        IdentityError::new(Kind::IncompleteResponse, message).with_key(member)
    };
    let device_code = Zeroizing::new(output.device_code.ok_or_else(|| lacks("deviceCode"))?);
    let user_code = output.user_code.ok_or_else(|| lacks("userCode"))?;
    let verification_uri = output.verification_uri.ok_or_else(|| lacks("verificationUri"))?;
    let seconds = |given: i32, otherwise| u64::try_from(given).ok().filter(|given| *given > 0).unwrap_or(otherwise);
    let limit = Duration::from_secs(seconds(output.expires_in, EXPIRES_IN)).min(context.left());
    let mut interval = seconds(output.interval, INTERVAL);
    let session = context.session;
    let expires = date::after(session.now(), i64::try_from(limit.as_secs()).unwrap_or(i64::MAX));
    (context.events)(LoginEvent::DeviceCode {
        user_code,
        verification_uri,
        verification_uri_complete: output.verification_uri_complete,
        expires_at: date::system(expires),
        interval,
    });
    // What was waited, whatever the clock of the day does meanwhile; polls take time, too.
    let (mut waited, start) = (Duration::ZERO, Instant::now());
    loop {
        let wait = Duration::from_secs(interval);
        if waited.max(start.elapsed()) + wait > limit {
            return Err(timed_out(context));
        }
        session.sleep(wait).await;
        waited += wait;
        let call = context.client.create_token().client_id(&registration.client_id);
        let call = call.client_secret(&*registration.client_secret).grant_type(GRANT_TYPE).device_code(&*device_code);
        match call.send().await {
            Ok(output) => return Ok(SignedIn { token: new_token(output, session.now())?, registration }),
            Err(error) => match code(&error) {
                Some("AuthorizationPendingException") => {}
                Some("SlowDownException") => interval += INTERVAL,
                // It may pass while the user still types.
                _ if error.is_retryable() => debug!(%error, "a poll failed"),
                _ => return Err(service_failed(context, error)),
            },
        }
    }
}

/// Starts the authorization; with a new registration, where the cached one is not accepted.
async fn authorize(context: &Context<'_>) -> Result<(Registration, StartDeviceAuthorizationOutput), IdentityError> {
    let mut fresh = false;
    loop {
        let registration = registration(context, false, fresh).await?;
        let call = context.client.start_device_authorization().client_id(&registration.client_id);
        let call = call.client_secret(&*registration.client_secret).start_url(&context.url);
        match call.send().await {
            Ok(output) => return Ok((registration, output)),
            Err(error) if registration.is_cached && code(&error) == Some("InvalidClientException") => fresh = true,
            Err(error) => return Err(service_failed(context, error)),
        }
    }
}
