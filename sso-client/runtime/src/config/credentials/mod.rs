//! Caches what providers of credentials and tokens return until it expires; the clock of signatures and expirations.
//!
//! # Invariants
//!
//! - Concurrent callers share one call of the provider, which goes on as long as one of them waits, polled or not.
//! - No cached identity is used after it has expired.

#[cfg(feature = "bearer")]
mod bearer;
#[cfg(any(feature = "aws-types", feature = "sigv4"))]
mod sigv4;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

#[cfg(any(feature = "bearer", feature = "sigv4"))]
use super::Config;
use super::Opaque;
use crate::base::{BoxError, Ended, Running, SharedTask};

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
pub(crate) trait Identity: Clone + Send + Sync + 'static {
    fn expiration(&self) -> Option<SystemTime>;
}

/// A cache of the identity that a provider returned last.
#[derive(Debug)]
pub(crate) struct Cached<T> {
    last: Arc<Last<T>>,
    loading: Opaque<Running<Result<T, Arc<BoxError>>>>,
}

/// The identity, and until when it is used.
#[derive(Debug)]
struct Last<T>(Opaque<Mutex<Option<(T, SystemTime)>>>);

impl<T: Identity> Last<T> {
    fn until(&self, is_good: impl FnOnce(SystemTime) -> bool) -> Option<T> {
        let last = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().filter(|(_, until)| is_good(*until)).map(|(identity, _)| identity.clone())
    }

    fn keep(&self, identity: &T, now: SystemTime) {
        let until = identity.expiration().unwrap_or(now + DEFAULT_LIFETIME);
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((identity.clone(), until));
    }
}

impl<T> Default for Cached<T> {
    fn default() -> Self {
        Self { last: Arc::new(Last(Opaque(Mutex::new(None)))), loading: Opaque(Running::default()) }
    }
}

impl<T: Identity> Cached<T> {
    /// Returns the cached identity, or the one that `load` returns if it is missing or about to expire. If `load`
    /// fails, the cached one is used until it expires.
    pub(crate) async fn get<E, F>(&self, now: SystemTime, load: impl Fn() -> F) -> Result<T, Arc<BoxError>>
    where
        E: Into<BoxError>,
        F: Future<Output = Result<T, E>> + Send + 'static,
    {
        let fresh = || self.last.until(|until| now + REFRESH_BEFORE < until);
        let start = || {
            let (last, load) = (Arc::clone(&self.last), load());
            async move {
                let loaded = load.await.map_err(|error| Arc::new(error.into()));
                loaded.inspect(|identity| last.keep(identity, now))
            }
        };
        let loaded = loop {
            if let Some(identity) = fresh() {
                return Ok(identity);
            }
            // Requests can be presigned outside of a runtime.
            if tokio::runtime::Handle::try_current().is_err() {
                break start().await;
            }
            match self.loading.0.or_start(|| fresh().is_none().then(|| SharedTask::start(start()))).await {
                Ended::With(loaded) => break loaded,
                Ended::Again => {}
                Ended::Broken => break Err(Arc::new("the provider panicked".into())),
            }
        };
        loaded.or_else(|error| self.last.until(|until| now < until).ok_or(error))
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
    use std::future::poll_fn;
    use std::pin::pin;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::task::Poll;

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
        let gives = |number, expiration| move || async move { Ok::<_, BoxError>(Badge(number, expiration)) };
        let fails = || async { Err::<Badge, _>("down") };
        let get = async |seconds, number: Option<(u32, Option<SystemTime>)>| {
            let got = match number {
                Some((number, expiration)) => cache.get(at(seconds), gives(number, expiration)).await,
                None => cache.get(at(seconds), fails).await,
            };
            got.map(|badge| badge.0).map_err(|error| error.to_string())
        };
        let down = || Err("down".to_owned());
        assert_eq!(get(0, None).await, down());
        assert_eq!(get(0, Some((1, Some(at(100))))).await, Ok(1));
        assert_eq!(get(89, Some((2, None))).await, Ok(1));
        assert_eq!(get(95, None).await, Ok(1), "still good");
        assert_eq!(get(100, None).await, down());
        assert_eq!(get(100, Some((2, None))).await, Ok(2));
        assert_eq!(get(900, Some((3, None))).await, Ok(2));
        assert_eq!(get(1000, Some((3, None))).await, Ok(3));
    }

    #[test]
    fn a_load_that_ends_with_its_runtime_is_begun_again() {
        let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let (now, cache) = (SystemTime::now(), Cached::default());
        let never = || std::future::pending::<Result<Badge, BoxError>>();
        let gives = || std::future::ready(Ok::<_, BoxError>(Badge(1, None)));
        let first = runtime();
        let mut begun = pin!(cache.get(now, never));
        assert!(first.block_on(poll_fn(|cx| Poll::Ready(begun.as_mut().poll(cx).is_pending()))));
        let loaded = runtime().block_on(async {
            let mut joined = pin!(cache.get(now, gives));
            assert!(poll_fn(|cx| Poll::Ready(joined.as_mut().poll(cx).is_pending())).await);
            first.shutdown_background();
            joined.await
        });
        assert_eq!(loaded.map(|badge| badge.0).ok(), Some(1));
    }

    /// A caller that began to load, and is not polled any more, keeps no other one waiting.
    #[tokio::test]
    async fn callers_share_what_one_loads() {
        let (now, loads) = (SystemTime::now(), Arc::new(AtomicU32::new(0)));
        let load = || {
            let loads = Arc::clone(&loads);
            async move {
                tokio::time::sleep(Duration::from_millis(20)).await;
                Ok::<_, BoxError>(Badge(1 + loads.fetch_add(1, Ordering::SeqCst), None))
            }
        };
        let cache = Cached::default();
        let mut first = pin!(cache.get(now, load));
        assert!(poll_fn(|cx| Poll::Ready(first.as_mut().poll(cx).is_pending())).await);
        let second = tokio::time::timeout(Duration::from_secs(20), cache.get(now, load)).await;
        assert_eq!(second.expect("it does not wait for the first").map(|badge| badge.0).ok(), Some(1));
        assert_eq!((first.await.map(|badge| badge.0).ok(), loads.load(Ordering::SeqCst)), (Some(1), 1));
        // Nobody waits any more.
        let cache = Cached::default();
        drop(tokio::time::timeout(Duration::from_millis(1), cache.get(now, load)).await);
        tokio::time::sleep(Duration::from_millis(60)).await;
        assert_eq!(loads.load(Ordering::SeqCst), 1);
        let panics = cache.get(now, || async { panic!("as the test wants it") as Result<Badge, BoxError> }).await;
        assert!(panics.expect_err("a panic").to_string().contains("panicked"));
    }
}
