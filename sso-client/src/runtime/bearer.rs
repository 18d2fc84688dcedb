//! Requests that carry a bearer token (RFC 6750), as `smithy.api#httpBearerAuth` asks for.
//!
//! As with other AWS SDKs the token goes wherever the endpoint says, over plain HTTP too: whoever
//! sets an endpoint URL decides that. Nothing here looks for a token; it has to be set.
//!
//! What must stay true: the token is in no text that this makes, and only in a header that is marked
//! sensitive.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use http::header::{AUTHORIZATION, HeaderValue};

use super::auth::AuthContext;
use super::config::{Builder, Config};
use super::error::BoxError;
use super::identity::{Identity, Kept, not_given, now};
use super::secret::{SecretText, secret_header};
use super::transport::{BoxFuture, RequestBody};

/// A bearer token. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    token: SecretText,
    expiration: Option<SystemTime>,
}

impl Token {
    /// A token, and when it expires, if that is known.
    pub fn new(token: impl Into<String>, expiration: Option<SystemTime>) -> Self {
        Self { token: SecretText::new(token.into()), expiration }
    }

    /// The token.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// When it expires.
    pub fn expiration(&self) -> Option<SystemTime> {
        self.expiration
    }
}

impl From<&str> for Token {
    fn from(token: &str) -> Self {
        Self::new(token, None)
    }
}

impl From<String> for Token {
    fn from(token: String) -> Self {
        Self::new(token, None)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("token", &super::secret::Redacted).field("expiration", &self.expiration).finish()
    }
}

impl Identity for Token {
    fn expiration(&self) -> Option<SystemTime> {
        self.expiration
    }
}

/// Gives bearer tokens. What it gave is kept until shortly before it expires, for 15 minutes when
/// it does not say.
pub trait ProvideToken: fmt::Debug + Send + Sync {
    /// A token that is good now.
    fn provide_token(&self) -> BoxFuture<'_, Result<Token, BoxError>>;
}

impl ProvideToken for Token {
    fn provide_token(&self) -> BoxFuture<'_, Result<Token, BoxError>> {
        Box::pin(std::future::ready(Ok(self.clone())))
    }
}

/// A provider that clients share, with what it gave last.
#[derive(Clone, Debug)]
pub struct SharedTokenProvider {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    provider: Box<dyn ProvideToken>,
    kept: Kept<Token>,
}

impl SharedTokenProvider {
    /// Makes a provider shareable.
    pub fn new(provider: impl ProvideToken + 'static) -> Self {
        Self { shared: Arc::new(Shared { provider: Box::new(provider), kept: Kept::default() }) }
    }
}

/// What was set; `None` where the provider was taken away again.
struct Setting(Option<SharedTokenProvider>);

impl Builder {
    /// Sets the bearer token that requests carry.
    pub fn bearer_token(self, token: impl Into<Token>) -> Self {
        self.token_provider(token.into())
    }

    /// Sets what gives bearer tokens.
    pub fn token_provider(mut self, provider: impl ProvideToken + 'static) -> Self {
        self.set_token_provider(Some(SharedTokenProvider::new(provider)));
        self
    }

    /// Sets what gives bearer tokens, or takes it away with `None`.
    pub fn set_token_provider(&mut self, provider: Option<SharedTokenProvider>) -> &mut Self {
        self.set_extension(Some(Setting(provider)))
    }
}

impl Config {
    /// What gives bearer tokens.
    pub fn token_provider(&self) -> Option<SharedTokenProvider> {
        self.extension::<Setting>()?.0.clone()
    }
}

const NO_TOKEN: &str = "there is no bearer token: set one with Config::builder().bearer_token(…), or what gives them \
                        with token_provider(…)";

/// Sets `authorization: Bearer <token>`, marked sensitive.
pub fn authorize<'a>(
    request: &'a mut http::Request<RequestBody>,
    context: AuthContext<'a>,
) -> BoxFuture<'a, Result<(), BoxError>> {
    Box::pin(async move {
        let shared = context.config.token_provider().ok_or(NO_TOKEN)?.shared;
        let token = shared
            .kept
            .get(now(context.config), shared.provider.provide_token())
            .await
            .map_err(|error| not_given("a bearer token", &*error))?;
        let value = header(token.token())?;
        request.headers_mut().insert(AUTHORIZATION, value);
        Ok(())
    })
}

/// The header's value. What is wrong with a token is said without it.
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

    #[test]
    fn debug_keeps_the_token() {
        let config = Config::builder().bearer_token("SECRET").build();
        let text = format!("{config:?} {:?} {:?}", config.token_provider(), Token::from("SECRET"));
        assert!(!text.contains("SECRET"), "{text}");
    }
}
