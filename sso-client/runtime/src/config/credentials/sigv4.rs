//! AWS credentials and their providers.

use std::sync::Arc;
use std::time::SystemTime;

pub use aws_credential_types::Credentials;
pub use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};

use super::{Cached, Identity};
use crate::base::BoxError;
use crate::config::{Builder, Config};

/// A provider with a cache of its last credentials.
#[derive(Debug)]
pub(crate) struct CachedCredentialsProvider {
    provider: SharedCredentialsProvider,
    cache: Cached<Credentials>,
}

impl Identity for Credentials {
    fn expiration(&self) -> Option<SystemTime> {
        self.expiry()
    }
}

impl Builder {
    /// Sets the provider of the credentials that requests are signed with. [`Credentials`] are a provider themselves.
    ///
    /// Credentials are cached until 10 seconds before their expiration, or for 15 minutes if they have none.
    pub fn credentials_provider(mut self, provider: impl ProvideCredentials + 'static) -> Self {
        self.set_credentials_provider(Some(SharedCredentialsProvider::new(provider)));
        self
    }

    /// Sets or removes the provider of credentials.
    pub fn set_credentials_provider(&mut self, provider: Option<SharedCredentialsProvider>) -> &mut Self {
        self.credentials_provider =
            Some(provider.map(|provider| Arc::new(CachedCredentialsProvider { provider, cache: Cached::default() })));
        self
    }
}

impl Config {
    /// Returns the provider of the credentials that requests are signed with, if set.
    pub fn credentials_provider(&self) -> Option<SharedCredentialsProvider> {
        Some(self.cached_credentials_provider()?.provider.clone())
    }

    pub(crate) fn cached_credentials_provider(&self) -> Option<&Arc<CachedCredentialsProvider>> {
        self.settings.credentials_provider.as_ref()?.as_ref()
    }
}

impl CachedCredentialsProvider {
    /// Returns the cached credentials, or new ones from the provider if there are none that are valid at `now`.
    pub(crate) async fn credentials(&self, now: SystemTime) -> Result<Credentials, Arc<BoxError>> {
        let provide = |provider: SharedCredentialsProvider| async move { provider.provide_credentials().await };
        self.cache.get(now, || provide(self.provider.clone())).await
    }
}
