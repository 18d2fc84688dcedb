//! The connections to one origin.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
#[cfg(feature = "http2")]
use std::task::Poll;
use std::time::{Duration, Instant};
#[cfg(feature = "http2")]
use std::{future::poll_fn, pin::pin};

use http::{HeaderValue, Request, Response};
use hyper::body::Incoming;
#[cfg(feature = "http2")]
use hyper::client::conn::http2;
use hyper::client::conn::{TrySendError, http1};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use super::connection::{Alive, Counted};
#[cfg(feature = "http2")]
use super::opening;
#[cfg(feature = "http2")]
use crate::base::{Ended, Running};
#[cfg(feature = "http2")]
use crate::failure::ConnectorError;
use crate::http::{Hold, RequestBody};
use crate::time::limited;

/// How long to wait for a connection that has just answered to be ready for the next request. One that still sends a
/// body that the server did not wait for takes longer.
const SETTLING: Duration = Duration::from_millis(50);

/// What is known of the protocol of an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    Http1,
    /// The server has refused a request over HTTP/2.
    #[cfg(feature = "http2")]
    Http1Required,
    /// HTTP/2, or not known yet.
    MaybeHttp2,
}

/// A connection with HTTP/1.1, for one exchange at a time.
pub(super) struct Connection {
    pub(super) id: u64,
    pub(super) sender: http1::SendRequest<RequestBody>,
    pub(super) alive: Alive,
}

struct Idle {
    connection: Connection,
    since: Instant,
}

/// A connection with HTTP/2, which exchanges share.
#[cfg(feature = "http2")]
struct Multiplexed {
    id: u64,
    sender: http2::SendRequest<RequestBody>,
    /// As many more as there are exchanges.
    alive: Arc<Alive>,
    /// When the last exchange ended.
    since: Instant,
}

/// The connections to one origin.
pub(super) struct Origin {
    /// Host and port, as requests name them.
    host: HeaderValue,
    /// One for each exchange over HTTP/1.1, for each connection with HTTP/2, and for each that is being opened. Since
    /// none is opened while there are idle ones, there are no more connections than turns.
    pub(super) turns: Arc<Semaphore>,
    /// The connection that is being opened while the protocol may be HTTP/2.
    #[cfg(feature = "http2")]
    opening: Running<opening::Outcome>,
    /// How many exchanges have ended.
    ended: AtomicU64,
    /// Notified of a connection that can be shared.
    #[cfg(feature = "http2")]
    shared: Notify,
    /// Notified of connections that have become idle.
    pub(super) returned: Notify,
    /// How many connections there are, or are being opened.
    pub(super) count: Arc<AtomicUsize>,
    idle_limit: Option<Duration>,
    state: Mutex<State>,
}

struct State {
    protocol: Protocol,
    idle: Vec<Idle>,
    #[cfg(feature = "http2")]
    multiplexed: Option<Multiplexed>,
    next_id: u64,
    /// Whether the process ran out of file descriptors. From then on there are no more idle connections than those in
    /// use: the rest of the program needs descriptors, too.
    is_scarce: bool,
}

impl Origin {
    pub(super) fn new(host: HeaderValue, protocol: Protocol, limit: usize, idle_limit: Option<Duration>) -> Self {
        Self {
            host,
            turns: Arc::new(Semaphore::new(limit)),
            #[cfg(feature = "http2")]
            opening: Running::default(),
            #[cfg(feature = "http2")]
            shared: Notify::new(),
            ended: AtomicU64::new(0),
            returned: Notify::new(),
            count: Arc::default(),
            idle_limit,
            state: Mutex::new(State {
                protocol,
                idle: Vec::new(),
                #[cfg(feature = "http2")]
                multiplexed: None,
                next_id: 0,
                is_scarce: false,
            }),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(feature = "http2")]
    pub(super) fn may_be_http2(&self) -> bool {
        self.state().protocol == Protocol::MaybeHttp2
    }

    /// Records that a connection has HTTP/1.1.
    pub(super) fn has_http1(&self) {
        let mut state = self.state();
        if state.protocol == Protocol::MaybeHttp2 {
            state.protocol = Protocol::Http1;
        }
    }

    /// Returns whether HTTP/2 must not be offered.
    pub(super) fn requires_http1(&self) -> bool {
        #[cfg(feature = "http2")]
        return self.state().protocol == Protocol::Http1Required;
        #[cfg(not(feature = "http2"))]
        false
    }

    pub(super) fn next_id(&self) -> u64 {
        let mut state = self.state();
        state.next_id += 1;
        state.next_id
    }

    /// Returns how many exchanges have ended.
    pub(super) fn ended(&self) -> u64 {
        self.ended.load(Ordering::Relaxed)
    }

    /// Waits for a turn; `None` if there is a connection meanwhile that can be shared.
    pub(super) async fn turn(self: &Arc<Self>) -> Option<OwnedSemaphorePermit> {
        // It is never closed.
        let turn = async { Arc::clone(&self.turns).acquire_owned().await.ok() };
        #[cfg(feature = "http2")]
        {
            let (mut turn, mut shared) = (pin!(turn), pin!(self.shared.notified()));
            // Before looking, so that none is missed.
            shared.as_mut().enable();
            if self.state().multiplexed.is_some() {
                return None;
            }
            poll_fn(|cx| match turn.as_mut().poll(cx) {
                Poll::Pending => shared.as_mut().poll(cx).map(|()| None),
                ready => ready,
            })
            .await
        }
        #[cfg(not(feature = "http2"))]
        turn.await
    }

    /// Waits for the connection that is being opened, or starts that, unless there is one that can be shared.
    #[cfg(feature = "http2")]
    pub(super) async fn opening<F>(&self, open: impl FnOnce() -> Option<F>) -> Ended<opening::Outcome>
    where
        F: Future<Output = Result<Box<Lease>, ConnectorError>> + Send + 'static,
    {
        let is_needed = || self.may_be_http2() && self.state().multiplexed.is_none();
        self.opening.or_start(|| if is_needed() { open().map(opening::start) } else { None }).await
    }

    /// Counts a connection that is being opened, until the guard is dropped.
    pub(super) fn count_opening(&self) -> Counted {
        Counted::new(&self.count)
    }

    /// Returns how many connections there are, or are being opened.
    pub(super) fn connections(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    #[cfg(test)]
    pub(super) fn idle_connections(&self) -> usize {
        self.state().idle.len()
    }

    /// Records that the process has run out of file descriptors.
    pub(super) fn run_out(&self) {
        self.state().is_scarce = true;
    }

    /// Keeps a connection for the next call, if it may.
    fn put_back(&self, connection: Connection) {
        let mut state = self.state();
        let is_surplus = state.is_scarce && state.idle.len() * 2 >= self.connections();
        if is_surplus || connection.sender.is_closed() {
            drop(state);
            return;
        }
        state.idle.push(Idle { connection, since: Instant::now() });
        drop(state);
        self.returned.notify_one();
    }

    /// Removes a connection that has ended.
    pub(super) fn forget(&self, id: u64) {
        let mut state = self.state();
        let position = state.idle.iter().position(|idle| idle.connection.id == id);
        let idle = position.map(|at| state.idle.remove(at));
        #[cfg(feature = "http2")]
        let _shared = state.multiplexed.take_if(|shared| shared.id == id);
        drop(state);
        drop(idle);
    }

    /// Returns an idle connection, the last one used.
    pub(super) async fn idle(&self) -> Option<Connection> {
        loop {
            let Idle { mut connection, since } = self.state().idle.pop()?;
            if connection.sender.is_closed() || self.is_late(since) {
                continue;
            }
            if connection.sender.is_ready() {
                return Some(connection);
            }
            let ready = limited(Some(SETTLING), std::pin::pin!(connection.sender.ready())).await;
            match ready {
                Some(Ok(())) => return Some(connection),
                Some(Err(_)) => {}
                None => connection.alive.kill(),
            }
        }
    }

    fn is_late(&self, since: Instant) -> bool {
        self.idle_limit.is_some_and(|limit| since.elapsed() >= limit)
    }

    /// Drops a connection if it has been idle for too long; returns after which time to ask again.
    pub(super) fn expire(&self, id: u64) -> Option<Duration> {
        let limit = self.idle_limit?;
        let mut state = self.state();
        let left = |since: Instant| limit.saturating_sub(since.elapsed());
        #[cfg(feature = "http2")]
        if let Some(shared) = state.multiplexed.as_ref().filter(|shared| shared.id == id) {
            let left = if Arc::strong_count(&shared.alive) > 1 { limit } else { left(shared.since) };
            if left.is_zero() {
                state.multiplexed = None;
                return None;
            }
            return Some(left);
        }
        let Some(at) = state.idle.iter().position(|idle| idle.connection.id == id) else { return Some(limit) };
        let left = left(state.idle[at].since);
        if left.is_zero() {
            let expired = state.idle.remove(at);
            drop(state);
            drop(expired);
            return None;
        }
        Some(left)
    }

    /// Drops the connections that are idle; returns whether there were any.
    pub(super) fn let_go(&self) -> bool {
        let mut state = self.state();
        let idle = std::mem::take(&mut state.idle);
        #[cfg(feature = "http2")]
        if state.multiplexed.as_ref().is_some_and(|shared| Arc::strong_count(&shared.alive) == 1) {
            state.multiplexed = None;
            return true;
        }
        drop(state);
        !idle.is_empty()
    }

    /// Returns a lease of the shared connection, if there is one.
    #[cfg(feature = "http2")]
    pub(super) fn multiplexed(self: &Arc<Self>) -> Option<Box<Lease>> {
        let mut state = self.state();
        let shared = state.multiplexed.as_ref()?;
        let unused = Arc::strong_count(&shared.alive) == 1;
        if shared.sender.is_closed() || (unused && self.is_late(shared.since)) {
            state.multiplexed = None;
            return None;
        }
        let held = Held::Http2 { sender: shared.sender.clone(), alive: Arc::clone(&shared.alive) };
        Some(Lease::new(Arc::clone(self), held, true))
    }

    /// Shares a new connection; returns the first lease of it.
    #[cfg(feature = "http2")]
    pub(super) fn share(
        self: &Arc<Self>,
        id: u64,
        sender: http2::SendRequest<RequestBody>,
        alive: Alive,
    ) -> Box<Lease> {
        let alive = Arc::new(alive);
        let held = Held::Http2 { sender: sender.clone(), alive: Arc::clone(&alive) };
        let mut state = self.state();
        if state.protocol == Protocol::Http1 {
            state.protocol = Protocol::MaybeHttp2;
        }
        state.multiplexed = Some(Multiplexed { id, sender, alive, since: Instant::now() });
        drop(state);
        self.shared.notify_waiters();
        Lease::new(Arc::clone(self), held, false)
    }
}

/// A connection for one exchange. If it is dropped before the exchange is complete, the connection is not used again:
/// the network may have swallowed it, and every later call would time out on it.
pub(in super::super) struct Lease {
    origin: Arc<Origin>,
    held: Option<Held>,
    /// Whether it was not opened for this exchange.
    reused: bool,
}

enum Held {
    Http1 {
        connection: Connection,
        _turn: OwnedSemaphorePermit,
    },
    #[cfg(feature = "http2")]
    Http2 {
        sender: http2::SendRequest<RequestBody>,
        alive: Arc<Alive>,
    },
}

impl Lease {
    fn new(origin: Arc<Origin>, held: Held, reused: bool) -> Box<Self> {
        Box::new(Self { origin, held: Some(held), reused })
    }

    pub(super) fn of_http1(
        origin: &Arc<Origin>,
        connection: Connection,
        turn: OwnedSemaphorePermit,
        reused: bool,
    ) -> Box<Self> {
        Self::new(Arc::clone(origin), Held::Http1 { connection, _turn: turn }, reused)
    }

    /// Returns whether the connection was not opened for this exchange: it may have been closed meanwhile.
    pub(in super::super) fn is_reused(&self) -> bool {
        self.reused
    }

    /// Returns the header `Host` of requests.
    pub(in super::super) fn host(&self) -> &HeaderValue {
        &self.origin.host
    }

    pub(in super::super) fn is_http1(&self) -> bool {
        matches!(self.held, Some(Held::Http1 { .. }))
    }

    /// Offers no HTTP/2 to the origin any more.
    pub(in super::super) fn require_http1(&self) {
        #[cfg(feature = "http2")]
        {
            let mut state = self.origin.state();
            state.protocol = Protocol::Http1Required;
            state.multiplexed = None;
        }
    }

    /// Sends a request. The error has the request if nothing of it was sent.
    pub(in super::super) async fn send(
        &mut self,
        request: Request<RequestBody>,
    ) -> Result<Response<Incoming>, Box<TrySendError<Request<RequestBody>>>> {
        match &mut self.held {
            Some(Held::Http1 { connection, .. }) => connection.sender.try_send_request(request).await,
            #[cfg(feature = "http2")]
            Some(Held::Http2 { sender, .. }) => sender.try_send_request(request).await,
            None => unreachable!("it is held until the end"),
        }
        .map_err(Box::new)
    }
}

impl Hold for Lease {
    fn complete(mut self: Box<Self>) {
        match self.held.take() {
            Some(Held::Http1 { connection, .. }) if self.origin.idle_limit != Some(Duration::ZERO) => {
                self.origin.put_back(connection);
            }
            #[cfg(feature = "http2")]
            Some(Held::Http2 { alive, .. }) => {
                let mut state = self.origin.state();
                if let Some(shared) = state.multiplexed.as_mut().filter(|shared| Arc::ptr_eq(&shared.alive, &alive)) {
                    shared.since = Instant::now();
                }
            }
            _ => {}
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.origin.ended.fetch_add(1, Ordering::Relaxed);
        match self.held.take() {
            Some(Held::Http1 { connection, .. }) => connection.alive.kill(),
            #[cfg(feature = "http2")]
            Some(Held::Http2 { alive, .. }) => {
                // Others that use it go on.
                let mut state = self.origin.state();
                if state.multiplexed.as_ref().is_some_and(|shared| Arc::ptr_eq(&shared.alive, &alive)) {
                    state.multiplexed = None;
                }
            }
            None => {}
        }
    }
}
