//! Idempotency tokens, by which a service recognizes a retry.
//!
//! # Invariants
//!
//! - All attempts of a call have the same token, and no two calls do unless it is fixed.

use crate::base::uuid;
use crate::config::{Builder, Config};

/// Generates the idempotency tokens of calls that were not given one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IdempotencyTokenProvider(Option<&'static str>);

fn random() -> String {
    uuid::random().into_iter().map(char::from).collect()
}

impl IdempotencyTokenProvider {
    /// Returns a provider of random UUIDs, the default.
    pub fn random() -> Self {
        Self(None)
    }

    /// Returns a provider of a single token, for tests.
    pub fn fixed(token: &'static str) -> Self {
        Self(Some(token))
    }

    /// Generates a token.
    pub fn make_idempotency_token(&self) -> String {
        self.0.map_or_else(random, str::to_owned)
    }
}

impl From<&'static str> for IdempotencyTokenProvider {
    fn from(token: &'static str) -> Self {
        Self::fixed(token)
    }
}

impl Builder {
    /// Sets the provider of idempotency tokens; random UUIDs by default.
    pub fn idempotency_token_provider(mut self, provider: impl Into<IdempotencyTokenProvider>) -> Self {
        self.idempotency_tokens = Some(provider.into());
        self
    }

    /// Sets the provider of idempotency tokens, or restores the default.
    pub fn set_idempotency_token_provider(&mut self, provider: Option<IdempotencyTokenProvider>) -> &mut Self {
        self.idempotency_tokens = provider;
        self
    }
}

impl Config {
    /// Returns the provider of idempotency tokens.
    pub fn idempotency_token_provider(&self) -> IdempotencyTokenProvider {
        self.settings.idempotency_tokens.clone().unwrap_or_default()
    }
}

/// Returns a token for a call that was not given one; to be called once per call.
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
    fn overridden_for_a_call() {
        let client = Config::builder().idempotency_token_provider(IdempotencyTokenProvider::random()).build();
        let call = client.overridden(&Config::builder().idempotency_token_provider("abc"));
        assert_eq!(token(&call), "abc");
        assert_eq!(token(&call.overridden(&Config::builder())), "abc", "an unset override changes nothing");
    }
}
