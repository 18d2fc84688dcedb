//! Bearer authorization (RFC 6750), `smithy.api#httpBearerAuth`.
//!
//! As with other AWS SDKs, the token is sent to any endpoint, over plain HTTP too: whoever sets the endpoint URL decides.
//!
//! # Invariants
//!
//! - The token is in no text made here, and only in a header that is marked sensitive.

use http::header::{AUTHORIZATION, HeaderValue};

use crate::auth::AuthContext;
use crate::base::{BoxError, BoxFuture};
use crate::config::credentials::{now, provider_failed};
use crate::http::RequestBody;
use crate::secret::secret_header;

const NO_TOKEN: &str = "there is no bearer token: set one with Config::builder().bearer_token(…), or what gives them \
                        with token_provider(…)";

/// Sets `authorization: Bearer <token>`, marked sensitive.
pub fn authorize<'a>(
    request: &'a mut http::Request<RequestBody>,
    context: AuthContext<'a>,
) -> BoxFuture<'a, Result<(), BoxError>> {
    Box::pin(async move {
        let provider = match context.config.token_provider() {
            None if context.optional => return Ok(()),
            provider => provider.ok_or(NO_TOKEN)?,
        };
        context.endpoint.auth_scheme("bearer")?;
        let token =
            provider.token(now(context.config)).await.map_err(|error| provider_failed("a bearer token", &**error))?;
        let value = header(token.token())?;
        request.headers_mut().insert(AUTHORIZATION, value);
        Ok(())
    })
}

/// Returns the value of the header. Errors do not contain the token.
fn header(token: &str) -> Result<HeaderValue, &'static str> {
    if token.is_empty() {
        return Err("the bearer token is empty");
    }
    if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("the bearer token has a blank, a line break or another character that tokens never have: \
                    was it read from a file?");
    }
    secret_header(format!("Bearer {token}")).map_err(|_| "the bearer token cannot be sent in a header")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers() {
        let value = header("abc-._~+/=").expect("a token");
        assert_eq!(value, "Bearer abc-._~+/=");
        assert!(value.is_sensitive());
        for bad in ["", "SECRET\n", "SECRET x", "SECRETé"] {
            let reason = header(bad).expect_err(bad);
            assert!(!reason.contains("SECRET"), "{reason}");
        }
    }
}
