//! A rate limit: a token bucket.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::time::Instant;

use super::portal::lock;

/// Calls a second, and calls at once.
#[derive(Clone, Copy, Debug)]
pub(super) struct RateLimit {
    pub(super) rate: f64,
    pub(super) burst: f64,
}

pub(super) struct Limits {
    limit: Option<RateLimit>,
    /// What is left, and when that was so.
    bucket: Mutex<Option<(f64, Instant)>>,
    throttled: AtomicUsize,
}

impl Limits {
    pub(super) fn new(limit: Option<RateLimit>) -> Self {
        Self { limit, bucket: Mutex::default(), throttled: AtomicUsize::default() }
    }

    /// Takes a token; says so where there is none.
    pub(super) fn refuse(&self) -> bool {
        let Some(RateLimit { rate, burst }) = self.limit else { return false };
        let now = Instant::now();
        let mut bucket = lock(&self.bucket);
        let (left, at) = bucket.unwrap_or((burst, now));
        let left = (left + now.duration_since(at).as_secs_f64() * rate).min(burst);
        let refused = left < 1.0;
        *bucket = Some((if refused { left } else { left - 1.0 }, now));
        self.throttled.fetch_add(usize::from(refused), Ordering::SeqCst);
        refused
    }

    pub(super) fn throttled(&self) -> usize {
        self.throttled.load(Ordering::SeqCst)
    }
}
