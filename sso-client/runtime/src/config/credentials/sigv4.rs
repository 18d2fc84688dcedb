//! AWS credentials and their providers.

use std::sync::Arc;
use std::time::SystemTime;

pub use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
pub use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};

use super::{Identity, Kept};
use crate::config::{Builder, Config};

/// A provider, and what it gave last.
#[derive(Debug)]
pub(crate) struct CachedCredentialsProvider {
    provider: SharedCredentialsProvider,
    kept: Kept<Credentials>,
}

impl Identity for Credentials {
    fn expiration(&self) -> Option<SystemTime> {
        self.expiry()
    }
}

impl Builder {
    /// Sets what gives the credentials that requests are signed with; [`Credentials`] do so
    /// themselves. What it gave is kept until shortly before it expires.
    pub fn credentials_provider(mut self, provider: impl ProvideCredentials + 'static) -> Self {
        self.set_credentials_provider(Some(SharedCredentialsProvider::new(provider)));
        self
    }

    /// Sets what gives credentials, or takes it away with `None`.
    pub fn set_credentials_provider(&mut self, provider: Option<SharedCredentialsProvider>) -> &mut Self {
        self.credentials_provider =
            Some(provider.map(|provider| Arc::new(CachedCredentialsProvider { provider, kept: Kept::default() })));
        self
    }
}

impl Config {
    /// What gives the credentials that requests are signed with.
    pub fn credentials_provider(&self) -> Option<SharedCredentialsProvider> {
        Some(self.cached_credentials_provider()?.provider.clone())
    }

    /// The provider together with its cache.
    pub(crate) fn cached_credentials_provider(&self) -> Option<&Arc<CachedCredentialsProvider>> {
        self.settings.credentials_provider.as_ref()?.as_ref()
    }
}

impl CachedCredentialsProvider {
    /// Returns the cached credentials, or new ones from the provider if there are none that are valid at `now`.
    pub(crate) async fn credentials(&self, now: SystemTime) -> Result<Credentials, CredentialsError> {
        self.kept.get(now, self.provider.provide_credentials()).await
    }
}
