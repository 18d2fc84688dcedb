//! The transport of a session's clients, which notes by how much the service's clock differs; and the clock.

use std::fmt;
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};

use super::date;
use crate::config::http::{BoxFuture, HttpClient, RequestBody, SharedHttpClient, TransportResult};
use crate::runtime::time::Clock;

/// A clock that is wrong by less is no reason for anything.
const TOLERATED: i64 = 300;

/// Nothing was noted.
const UNKNOWN: i64 = i64::MIN;

/// A transport that notes the `Date` of responses.
#[derive(Clone)]
pub(crate) struct Observed {
    inner: SharedHttpClient,
    /// By how many seconds the service's clock is ahead.
    ahead: Arc<AtomicI64>,
    clock: Option<Arc<dyn Clock>>,
}

impl Observed {
    pub(crate) fn new(inner: SharedHttpClient, clock: Option<Arc<dyn Clock>>) -> Self {
        Self { inner, ahead: Arc::new(AtomicI64::new(UNKNOWN)), clock }
    }

    /// Says so where the clock of this computer is wrong by more than a few minutes, as far as responses told.
    pub(crate) fn wrong_clock(&self) -> Option<String> {
        let ahead = self.ahead.load(Ordering::Relaxed);
        if ahead == UNKNOWN || ahead.abs() <= TOLERATED {
            return None;
        }
        let way = if ahead > 0 { "behind" } else { "ahead of" };
        Some(format!("this computer's clock is {} {way} the service's: set it", date::span(ahead)))
    }
}

impl HttpClient for Observed {
    fn call(&self, request: http::Request<RequestBody>) -> BoxFuture<'static, TransportResult> {
        let (call, ahead) = (self.inner.call(request), Arc::clone(&self.ahead));
        let clock = self.clock.clone();
        Box::pin(async move {
            let response = call.await?;
            let theirs = response.headers().get(http::header::DATE).and_then(|date| date.to_str().ok());
            let theirs = theirs.and_then(|text| jiff::fmt::rfc2822::parse(text).ok());
            if let Some(theirs) = theirs {
                let ours = date::of(clock.map_or_else(SystemTime::now, |clock| clock.now()));
                ahead.store(date::seconds_until(ours, theirs.timestamp()), Ordering::Relaxed);
            }
            Ok(response)
        })
    }

    fn with_own_connections(&self) -> Option<SharedHttpClient> {
        let inner = self.inner.with_own_connections()?;
        Some(SharedHttpClient::new(Self { inner, ..self.clone() }))
    }
}

impl fmt::Debug for Observed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

/// The system's clock and Tokio's timers.
#[derive(Debug)]
pub(crate) struct System;

impl Clock for System {
    fn sleep(&self, delay: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(delay))
    }

    fn jitter(&self) -> f64 {
        let mut bytes = [0; 4];
        // Without randomness, all wait equally long.
        let _ = getrandom::fill(&mut bytes);
        f64::from(u32::from_ne_bytes(bytes)) / f64::from(u32::MAX)
    }

    fn now(&self) -> SystemTime {
        SystemTime::now()
    }
}

/// Makes a boxed future `Sync`: only its owner polls it.
pub(crate) struct Shared<'a, T>(Mutex<BoxFuture<'a, T>>);

impl<'a, T> Shared<'a, T> {
    pub(crate) fn new(future: BoxFuture<'a, T>) -> Self {
        Self(Mutex::new(future))
    }
}

impl<T> Future for Shared<'_, T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner).as_mut().poll(cx)
    }
}
