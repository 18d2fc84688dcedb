//! Authorization code with PKCE (RFC 7636): the browser of this computer comes back with a code.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::listener::{Listener, Outcome};
use super::registration::{forget, registration};
use super::{Context, LoginEvent, SignedIn, service_failed, timed_out};
use crate::generated::oidc::endpoint::resolve_endpoint;
use crate::identity::refresh::new_token;
use crate::identity::{IdentityError, IdentityErrorKind as Kind, date};
use crate::runtime::endpoint::{EndpointSettings, Texts, uri_encode};

pub(super) async fn sign_in(context: &Context<'_>, listener: Listener) -> Result<SignedIn, IdentityError> {
    let session = context.session;
    let registration = registration(context, true, false).await?;
    let (state, verifier) = (random()?, random()?);
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
    let port = listener.port();
    let redirect_uri = format!("http://127.0.0.1:{port}/oauth/callback");
    let mut url = format!("{}/authorize?response_type=code", endpoint(context)?);
    for (name, value) in [
        ("client_id", registration.client_id.as_str()),
        ("redirect_uri", &redirect_uri),
        ("state", &state),
        ("code_challenge_method", "S256"),
        ("scopes", &session.scopes().join(" ")),
        ("code_challenge", &challenge),
    ] {
        let _ = write!(url, "&{name}={}", uri_encode(value, &Texts::default()));
    }
    let seconds = i64::try_from(context.left().as_secs()).unwrap_or(i64::MAX);
    let expires_at = date::system(date::after(session.now(), seconds));
    (context.events)(LoginEvent::AuthorizationUrl { url, redirect_port: port, expires_at });
    let ignored = |reason| (context.events)(LoginEvent::CallbackIgnored { reason });
    let exchange = async {
        let callback = listener.wait(&state, &ignored).await?;
        let code = match callback.outcome() {
            Outcome::Code(code) => code.clone(),
            Outcome::Refused(error) => {
                let error = error.clone();
                callback.answer(false).await;
                let message = format!("the sign-in was declined in the browser ({error})");
                let error = IdentityError::new(Kind::LoginDenied, message);
                return Err(error.with_command(session.login_command()));
            }
        };
        let call = context.client.create_token().client_id(&registration.client_id);
        let call = call.client_secret(&*registration.client_secret).grant_type("authorization_code");
        let output = call.redirect_uri(&redirect_uri).code_verifier(&*verifier).code(code.as_str()).send().await;
        let token = output.map_err(|error| service_failed(context, error));
        let token = token.and_then(|output| new_token(output, session.now()));
        callback.answer(token.is_ok()).await;
        token
    };
    let outcome = tokio::time::timeout_at(context.deadline, exchange).await;
    match outcome.unwrap_or_else(|_| Err(timed_out(context))) {
        Ok(token) => Ok(SignedIn { token, registration }),
        Err(error) => {
            // A client that the service has forgotten is told so in the browser, and never comes back from there.
            if registration.is_cached && error.kind() != Kind::LoginDenied {
                forget(context).await;
            }
            Err(error)
        }
    }
}

/// 256 bits of the system's randomness, in characters that a verifier may have.
fn random() -> Result<Zeroizing<String>, IdentityError> {
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *bytes)
        .map_err(|error| IdentityError::new(Kind::Listener, format!("the system gives no random numbers: {error}")))?;
    Ok(Zeroizing::new(URL_SAFE_NO_PAD.encode(*bytes)))
}

/// The endpoint of the OIDC service, by its rules; the page that is opened is in no model.
fn endpoint(context: &Context<'_>) -> Result<String, IdentityError> {
    let config = context.client.config();
    let settings = EndpointSettings {
        region: config.region().map(AsRef::as_ref),
        use_fips: config.use_fips(),
        use_dual_stack: config.use_dual_stack(),
        endpoint_url: config.endpoint_url(),
        client_params: &[],
    };
    let endpoint = resolve_endpoint(&settings)
        .map_err(|error| IdentityError::new(Kind::Configuration, format!("there is no endpoint: {error}")))?;
    Ok(endpoint.url().trim_end_matches('/').to_owned())
}
