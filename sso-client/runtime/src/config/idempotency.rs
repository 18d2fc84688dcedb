//! Optional part: tokens by which a service tells a retry from a new request.
//!
//! What must stay true: all attempts of a call carry the same token, and no two calls do, unless it was
//! fixed for a test.

use crate::base::uuid;
use crate::config::{Builder, Config};

/// Where the tokens come from that a caller did not give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyTokenProvider(Kind);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Random,
    Fixed(&'static str),
}

fn random() -> String {
    uuid::random().into_iter().map(char::from).collect()
}

impl IdempotencyTokenProvider {
    /// A random UUID for each call; the default.
    pub fn random() -> Self {
        Self(Kind::Random)
    }

    /// Always the same token, for tests.
    pub fn fixed(token: &'static str) -> Self {
        Self(Kind::Fixed(token))
    }

    /// The next token.
    pub fn make_idempotency_token(&self) -> String {
        match self.0 {
            Kind::Random => random(),
            Kind::Fixed(token) => token.to_owned(),
        }
    }
}

impl Default for IdempotencyTokenProvider {
    fn default() -> Self {
        Self::random()
    }
}

impl From<&'static str> for IdempotencyTokenProvider {
    fn from(token: &'static str) -> Self {
        Self::fixed(token)
    }
}

impl Builder {
    /// Sets where the tokens come from that make a retry safe, when a call is not given its own.
    pub fn idempotency_token_provider(mut self, provider: impl Into<IdempotencyTokenProvider>) -> Self {
        self.idempotency_tokens = Some(provider.into());
        self
    }

    /// Sets where such tokens come from, or goes back to random ones with `None`.
    pub fn set_idempotency_token_provider(&mut self, provider: Option<IdempotencyTokenProvider>) -> &mut Self {
        self.idempotency_tokens = provider;
        self
    }
}

impl Config {
    /// Where the tokens come from that make a retry safe, when a call is not given its own.
    pub fn idempotency_token_provider(&self) -> IdempotencyTokenProvider {
        self.settings.idempotency_tokens.clone().unwrap_or_default()
    }
}

/// A token for a call that was not given one: once for the call, not for each of its attempts.
pub fn token(config: &Config) -> String {
    match &config.settings.idempotency_tokens {
        Some(provider) => provider.make_idempotency_token(),
        None => random(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens() {
        let random = Config::builder().build();
        assert_ne!(token(&random), token(&random));
        assert_eq!(token(&random).len(), 36);
        let fixed = Config::builder().idempotency_token_provider("abc").build();
        assert_eq!((token(&fixed).as_str(), token(&fixed).as_str()), ("abc", "abc"));
        assert_eq!(fixed.idempotency_token_provider(), IdempotencyTokenProvider::fixed("abc"));
        let mut again = fixed.to_builder();
        again.set_idempotency_token_provider(None);
        assert_ne!(token(&again.build()), "abc");
    }

    #[test]
    fn a_call_may_have_its_own() {
        let client = Config::builder().idempotency_token_provider(IdempotencyTokenProvider::random()).build();
        let call = client.overridden(&Config::builder().idempotency_token_provider("abc"));
        assert_eq!(token(&call), "abc");
        assert_eq!(token(&call.overridden(&Config::builder())), "abc", "what is not said stays");
    }
}
