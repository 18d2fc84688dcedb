//! Caches what providers of credentials and tokens return until it expires; the clock of signatures and expirations.
//!
//! # Invariants
//!
//! - Concurrent callers share one call of the provider.
//! - No cached identity is used after it has expired.

#[cfg(feature = "bearer")]
mod bearer;
#[cfg(any(feature = "aws-types", feature = "sigv4"))]
mod sigv4;

use std::time::{Duration, SystemTime};

use tokio::sync::Mutex;

#[cfg(any(feature = "bearer", feature = "sigv4"))]
use super::Config;
use super::Opaque;
use crate::base::BoxError;

#[cfg(feature = "bearer")]
pub use bearer::{ProvideToken, SharedTokenProvider, Token};
#[cfg(any(feature = "aws-types", feature = "sigv4"))]
pub(crate) use sigv4::CachedCredentialsProvider;
#[cfg(any(feature = "aws-types", feature = "sigv4"))]
pub use sigv4::{Credentials, ProvideCredentials, SharedCredentialsProvider};

/// How long before its expiration an identity is refreshed, so that requests under way arrive in time.
const REFRESH_BEFORE: Duration = Duration::from_secs(10);
/// How long an identity without an expiration is cached.
const DEFAULT_LIFETIME: Duration = Duration::from_secs(15 * 60);

/// Credentials or a token.
pub(crate) trait Identity: Clone + Send + Sync {
    fn expiration(&self) -> Option<SystemTime>;
}

/// A cache of the identity that a provider returned last.
#[derive(Debug)]
pub(crate) struct Cached<T> {
    last: Opaque<Mutex<Option<(T, SystemTime)>>>,
}

impl<T> Default for Cached<T> {
    fn default() -> Self {
        Self { last: Opaque(Mutex::new(None)) }
    }
}

impl<T: Identity> Cached<T> {
    /// Returns the cached identity, or the one that `load` returns if it is missing or about to expire. If `load`
    /// fails, the cached one is used until it expires.
    pub(crate) async fn get<E>(&self, now: SystemTime, load: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        let mut last = self.last.0.lock().await;
        if let Some((identity, _)) = last.as_ref().filter(|(_, until)| now + REFRESH_BEFORE < *until) {
            return Ok(identity.clone());
        }
        match load.await {
            Ok(identity) => {
                let until = identity.expiration().unwrap_or(now + DEFAULT_LIFETIME);
                *last = Some((identity.clone(), until));
                Ok(identity)
            }
            Err(error) => match last.as_ref().filter(|(_, until)| now < *until) {
                Some((identity, _)) => Ok(identity.clone()),
                None => Err(error),
            },
        }
    }
}

/// Returns the time for signatures and expirations.
#[cfg(any(feature = "bearer", feature = "sigv4"))]
pub(crate) fn now(config: &Config) -> SystemTime {
    config.clock().now()
}

/// The error of a provider that failed.
pub(crate) fn provider_failed(what: &str, error: &(dyn std::error::Error + 'static)) -> BoxError {
    format!("{what} could not be had: {}", crate::base::with_causes(error)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug, PartialEq)]
    struct Badge(u32, Option<SystemTime>);

    impl Identity for Badge {
        fn expiration(&self) -> Option<SystemTime> {
            self.1
        }
    }

    #[tokio::test]
    async fn cached_until_shortly_before_expiration() {
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let cache = Cached::default();
        let gives = |number, expiration| async move { Ok::<_, &str>(Badge(number, expiration)) };
        let fails = || async { Err::<Badge, _>("down") };
        assert_eq!(cache.get(at(0), fails()).await, Err("down"));
        assert_eq!(cache.get(at(0), gives(1, Some(at(100)))).await.map(|badge| badge.0), Ok(1));
        assert_eq!(cache.get(at(89), gives(2, None)).await.map(|badge| badge.0), Ok(1));
        assert_eq!(cache.get(at(95), fails()).await.map(|badge| badge.0), Ok(1), "still good");
        assert_eq!(cache.get(at(100), fails()).await, Err("down"));
        assert_eq!(cache.get(at(100), gives(2, None)).await.map(|badge| badge.0), Ok(2));
        assert_eq!(cache.get(at(900), gives(3, None)).await.map(|badge| badge.0), Ok(2));
        assert_eq!(cache.get(at(1000), gives(3, None)).await.map(|badge| badge.0), Ok(3));
    }
}
