//! Bearer tokens and their providers.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use super::{Identity, Kept};
use crate::base::{BoxError, BoxFuture};
use crate::config::{Builder, Config};
use crate::secret::{Redacted, Zeroizing};

/// A bearer token. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    token: Zeroizing<String>,
    expiration: Option<SystemTime>,
}

impl Token {
    /// A token, and when it expires, if that is known.
    pub fn new(token: impl Into<String>, expiration: Option<SystemTime>) -> Self {
        Self { token: Zeroizing::new(token.into()), expiration }
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
        f.debug_struct("Token").field("token", &Redacted).field("expiration", &self.expiration).finish()
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

    /// Returns the cached token, or a new one from the provider if there is none that is valid at `now`.
    pub(crate) async fn token(&self, now: SystemTime) -> Result<Token, BoxError> {
        self.shared.kept.get(now, self.shared.provider.provide_token()).await
    }
}

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
        self.token_provider = Some(provider);
        self
    }
}

impl Config {
    /// What gives bearer tokens.
    pub fn token_provider(&self) -> Option<SharedTokenProvider> {
        self.settings.token_provider.clone()?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_keeps_the_token() {
        let config = Config::builder().bearer_token("SECRET").build();
        let text = format!("{config:?} {:?} {:?}", config.token_provider(), Token::from("SECRET"));
        assert!(!text.contains("SECRET"), "{text}");
    }
}
