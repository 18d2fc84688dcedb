//! What providers of credentials and tokens give, kept until it expires; and what time it is.
//!
//! What it does not do: know what is given, or where providers have it from. What must stay true: of
//! callers who ask at the same time one asks the provider, and nothing that is kept is used when it has expired.

#[cfg(feature = "bearer")]
mod bearer;
#[cfg(feature = "sigv4")]
mod sigv4;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::Mutex;

use super::{Builder, Config, Opaque};
use crate::base::BoxError;

#[cfg(feature = "bearer")]
pub use bearer::{ProvideToken, SharedTokenProvider, Token};
#[cfg(feature = "sigv4")]
pub(crate) use sigv4::CachedCredentialsProvider;
#[cfg(feature = "sigv4")]
pub use sigv4::{Credentials, ProvideCredentials, SharedCredentialsProvider};

/// How long before it expires something is asked for anew: what is on the way should arrive in time.
const EARLY: Duration = Duration::from_secs(10);
/// How long something is kept that does not say when it expires.
const UNSAID: Duration = Duration::from_secs(15 * 60);

/// Something that proves who sends a request.
pub(crate) trait Identity: Clone + Send + Sync {
    /// When it expires, if it says so.
    fn expiration(&self) -> Option<SystemTime>;
}

/// What a provider gave last. Callers who ask at the same time wait for the same answer.
pub(crate) struct Kept<T> {
    last: Mutex<Option<(T, SystemTime)>>,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self { last: Mutex::new(None) }
    }
}

impl<T: Identity> Kept<T> {
    /// What there is, asked for by `load` when there is nothing or it is about to expire. Should
    /// that fail, the old one is good until it has expired.
    pub(crate) async fn get<E>(&self, now: SystemTime, load: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        let mut last = self.last.lock().await;
        if let Some((identity, _)) = last.as_ref().filter(|(_, until)| now + EARLY < *until) {
            return Ok(identity.clone());
        }
        match load.await {
            Ok(identity) => {
                let until = identity.expiration().unwrap_or(now + UNSAID);
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

impl<T> fmt::Debug for Kept<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Kept")
    }
}

/// What time it is, for signatures and expirations.
pub(crate) type TimeSource = Arc<dyn Fn() -> SystemTime + Send + Sync>;

impl Builder {
    /// Sets what tells the time for signatures and expirations, in place of the system's clock.
    pub fn time_source(mut self, now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.time_source = Some(Opaque(Arc::new(now)));
        self
    }
}

/// What time it is.
pub(crate) fn now(config: &Config) -> SystemTime {
    config.settings.time_source.as_ref().map_or_else(SystemTime::now, |source| (source.0)())
}

/// A failure of a provider, which has said itself what is wrong.
pub(crate) fn not_given(what: &str, error: &(dyn std::error::Error + 'static)) -> BoxError {
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
    async fn kept_until_shortly_before_it_expires() {
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let kept = Kept::default();
        let gives = |number, expiration| async move { Ok::<_, &str>(Badge(number, expiration)) };
        let fails = || async { Err::<Badge, _>("down") };
        assert_eq!(kept.get(at(0), fails()).await, Err("down"));
        assert_eq!(kept.get(at(0), gives(1, Some(at(100)))).await.map(|badge| badge.0), Ok(1));
        assert_eq!(kept.get(at(89), gives(2, None)).await.map(|badge| badge.0), Ok(1));
        assert_eq!(kept.get(at(95), fails()).await.map(|badge| badge.0), Ok(1), "still good");
        assert_eq!(kept.get(at(100), fails()).await, Err("down"));
        assert_eq!(kept.get(at(100), gives(2, None)).await.map(|badge| badge.0), Ok(2));
        assert_eq!(kept.get(at(900), gives(3, None)).await.map(|badge| badge.0), Ok(2));
        assert_eq!(kept.get(at(1000), gives(3, None)).await.map(|badge| badge.0), Ok(3));
    }
}
