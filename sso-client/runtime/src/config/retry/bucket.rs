//! The quota of retries that all calls of a client share, so that retries cannot make an outage
//! worse than it is.
//!
//! What must stay true: the number of tokens is never above the capacity, and a retry that was
//! paid for costs nothing when its call ends during the wait before it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::error::RetryKind;

/// The tokens of a client.
#[derive(Debug)]
pub struct TokenBucket {
    tokens: Mutex<u32>,
}

impl TokenBucket {
    /// What it holds when full.
    pub const CAPACITY: u32 = 500;

    /// A full one.
    pub fn full() -> Self {
        Self::holding(Self::CAPACITY)
    }

    /// One that holds so many tokens, and no more than fit in.
    pub fn holding(tokens: u32) -> Self {
        Self { tokens: Mutex::new(tokens.min(Self::CAPACITY)) }
    }

    /// What is left.
    pub fn tokens(&self) -> u32 {
        *self.lock()
    }

    /// Pays for a retry. `None`, and nothing taken, when there is not enough left.
    pub fn take(&self, kind: RetryKind) -> Option<Paid<'_>> {
        let mut tokens = self.lock();
        *tokens = tokens.checked_sub(cost(kind))?;
        Some(Paid { bucket: self, cost: cost(kind) })
    }

    /// A call succeeded: what its last retry had cost comes back, or 1 when it needed none.
    pub fn refund(&self, last: Option<Spent>) {
        self.put(last.map_or(1, |spent| spent.0));
    }

    fn put(&self, count: u32) {
        let mut tokens = self.lock();
        *tokens = tokens.saturating_add(count).min(Self::CAPACITY);
    }

    fn lock(&self) -> MutexGuard<'_, u32> {
        // A number cannot be left half-changed by a panic elsewhere.
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A retry that is paid for and still to be made. Dropped before that, because its call was given
/// up during the wait, it goes back where it came from.
#[derive(Debug)]
#[must_use = "dropped, it takes the payment back"]
pub struct Paid<'b> {
    bucket: &'b TokenBucket,
    cost: u32,
}

impl Paid<'_> {
    /// The retry is being made.
    pub fn spend(mut self) -> Spent {
        Spent(std::mem::take(&mut self.cost))
    }
}

impl Drop for Paid<'_> {
    fn drop(&mut self) {
        if self.cost > 0 {
            self.bucket.put(self.cost);
        }
    }
}

/// What a retry of a failure of this kind takes out of the bucket.
fn cost(kind: RetryKind) -> u32 {
    match kind {
        RetryKind::Transient => 14,
        RetryKind::Throttling => 5,
    }
}

/// What a retry has cost that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spent(u32);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quota() {
        let bucket = TokenBucket::holding(20);
        let spent = bucket.take(RetryKind::Transient).expect("enough").spend();
        assert_eq!(bucket.tokens(), 6);
        assert!(bucket.take(RetryKind::Transient).is_none());
        assert_eq!(bucket.tokens(), 6, "nothing is taken that does not do");
        let throttled = bucket.take(RetryKind::Throttling).expect("enough").spend();
        assert_eq!(bucket.tokens(), 1);
        bucket.refund(Some(spent));
        assert_eq!(bucket.tokens(), 15);
        bucket.refund(Some(throttled));
        assert_eq!(bucket.tokens(), 20);
        bucket.refund(None);
        assert_eq!(bucket.tokens(), 21);
        let full = TokenBucket::holding(u32::MAX);
        full.refund(None);
        assert_eq!(full.tokens(), TokenBucket::CAPACITY);
    }

    #[test]
    fn a_retry_that_is_not_made_costs_nothing() {
        let bucket = TokenBucket::full();
        let paid = bucket.take(RetryKind::Transient).expect("enough");
        assert_eq!(bucket.tokens(), 486);
        drop(paid);
        assert_eq!(bucket.tokens(), 500);
    }

    #[test]
    fn threads_share_it() {
        let bucket = TokenBucket::full();
        let worker = |kind: RetryKind| {
            let bucket = &bucket;
            move || {
                let mut spent = 0;
                for round in 0..10_000 {
                    let Some(paid) = bucket.take(kind) else { continue };
                    match round % 3 {
                        0 => drop(paid),
                        1 => bucket.refund(Some(paid.spend())),
                        // Every thread keeps a few for good.
                        _ if spent < 5 => {
                            let _ = paid.spend();
                            spent += 1;
                        }
                        _ => drop(paid),
                    }
                    assert!(bucket.tokens() <= TokenBucket::CAPACITY);
                }
                spent * cost(kind)
            }
        };
        let spent: u32 = std::thread::scope(|scope| {
            let kinds = [RetryKind::Transient, RetryKind::Throttling, RetryKind::Transient, RetryKind::Throttling];
            let threads = kinds.map(|kind| scope.spawn(worker(kind)));
            threads.into_iter().map(|thread| thread.join().expect("no panic")).sum()
        });
        assert_eq!(bucket.tokens() + spent, TokenBucket::CAPACITY, "none appears and none is lost");
    }
}
