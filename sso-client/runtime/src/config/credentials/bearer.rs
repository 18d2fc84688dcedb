//! Bearer tokens and their providers.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use super::{Cached, Identity};
use crate::base::{BoxError, BoxFuture};
use crate::config::{Builder, Config};
use crate::secret::{Redacted, Zeroizing};

/// A bearer token, which `Debug` redacts and which is zeroized when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    token: Zeroizing<String>,
    expiration: Option<SystemTime>,
}

impl Token {
    /// Creates a token with its expiration, if known.
    pub fn new(token: impl Into<String>, expiration: Option<SystemTime>) -> Self {
        Self { token: Zeroizing::new(token.into()), expiration }
    }

    /// Returns the token.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Returns the expiration, if known.
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
        f.debug_struct("Token").field("token", &Redacted).field("expiration", &self.expiration).finish()
    }
}

impl Identity for Token {
    fn expiration(&self) -> Option<SystemTime> {
        self.expiration
    }
}

/// A provider of bearer tokens.
///
/// Clients cache a token until 10 seconds before its expiration, or for 15 minutes if it has none.
pub trait ProvideToken: fmt::Debug + Send + Sync {
    /// Returns a token that is valid now.
    ///
    /// # Errors
    ///
    /// Any error; the call that needs the token fails with it.
    fn provide_token(&self) -> BoxFuture<'_, Result<Token, BoxError>>;
}

impl ProvideToken for Token {
    fn provide_token(&self) -> BoxFuture<'_, Result<Token, BoxError>> {
        Box::pin(std::future::ready(Ok(self.clone())))
    }
}

/// A token provider that clients share, with a cache of its last token.
#[derive(Clone, Debug)]
pub struct SharedTokenProvider {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    provider: Box<dyn ProvideToken>,
    cache: Cached<Token>,
}

impl SharedTokenProvider {
    /// Wraps a provider.
    pub fn new(provider: impl ProvideToken + 'static) -> Self {
        Self { shared: Arc::new(Shared { provider: Box::new(provider), cache: Cached::default() }) }
    }

    /// Returns the cached token, or a new one from the provider if there is none that is valid at `now`.
    pub(crate) async fn token(&self, now: SystemTime) -> Result<Token, Arc<BoxError>> {
        let provide = |shared: Arc<Shared>| async move { shared.provider.provide_token().await };
        self.shared.cache.get(now, || provide(Arc::clone(&self.shared))).await
    }
}

impl Builder {
    /// Sets the bearer token that requests are authorized with.
    pub fn bearer_token(self, token: impl Into<Token>) -> Self {
        self.token_provider(token.into())
    }

    /// Sets the provider of bearer tokens.
    pub fn token_provider(mut self, provider: impl ProvideToken + 'static) -> Self {
        self.set_token_provider(Some(SharedTokenProvider::new(provider)));
        self
    }

    /// Sets or removes the provider of bearer tokens.
    pub fn set_token_provider(&mut self, provider: Option<SharedTokenProvider>) -> &mut Self {
        self.token_provider = Some(provider);
        self
    }
}

impl Config {
    /// Returns the provider of bearer tokens, if set.
    pub fn token_provider(&self) -> Option<SharedTokenProvider> {
        self.settings.token_provider.clone()?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_redacts_the_token() {
        let config = Config::builder().bearer_token("SECRET").build();
        let text = format!("{config:?} {:?} {:?}", config.token_provider(), Token::from("SECRET"));
        assert!(!text.contains("SECRET"), "{text}");
    }
}
