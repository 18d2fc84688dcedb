//! Connections that speak HTTP: their tasks, and how these end.
//!
//! A connection ends in one of three ways: the peer closes it; nothing refers to it any more, which gives it a moment
//! to say goodbye; or its exchange was abandoned, which ends it at once, since a peer that does not read would keep its
//! tasks and buffers for ever.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use hyper::client::conn::http1;
#[cfg(feature = "http2")]
use hyper::client::conn::http2;
#[cfg(feature = "http2")]
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::oneshot;
use tokio::task::AbortHandle;
use tokio::time::sleep;

use super::super::MAX_HEADERS;
use super::super::tls::Stream;
use crate::http::RequestBody;
use crate::time::limited;

/// How long a connection that is not needed any more may take to end.
const GOODBYE: Duration = Duration::from_secs(1);

/// The tasks of a connection.
#[derive(Clone, Default)]
struct Tasks(Arc<Mutex<Vec<AbortHandle>>>);

impl Tasks {
    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tasks.len() == tasks.capacity() {
            tasks.retain(|task| !task.is_finished());
        }
        tasks.push(tokio::spawn(task).abort_handle());
    }

    /// Returns how many are running.
    #[cfg(feature = "http2")]
    fn running(&self) -> usize {
        let tasks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tasks.iter().filter(|task| !task.is_finished()).count()
    }

    fn abort(&self) {
        let tasks = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        tasks.iter().for_each(AbortHandle::abort);
    }
}

/// hyper spawns the tasks of HTTP/2 by it.
#[cfg(feature = "http2")]
impl<F: Future<Output = ()> + Send + 'static> hyper::rt::Executor<F> for Tasks {
    fn execute(&self, task: F) {
        self.spawn(task);
    }
}

/// Keeps a connection alive.
pub(super) struct Alive {
    tasks: Tasks,
    /// The connection's task ends soon after it is dropped.
    _signal: oneshot::Sender<Infallible>,
    _counted: Counted,
    /// Of a connection that exchanges share.
    #[cfg(feature = "http2")]
    _turn: Option<OwnedSemaphorePermit>,
}

impl Alive {
    /// Ends the connection at once.
    pub(super) fn kill(&self) {
        self.tasks.abort();
    }
}

/// Counts until it is dropped.
pub(super) struct Counted(Arc<AtomicUsize>);

impl Counted {
    pub(super) fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(count))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What a connection needs to know of its pool.
pub(super) struct Terms<E, G> {
    /// How many connections there are.
    pub(super) count: Arc<AtomicUsize>,
    /// When to ask for the first time whether it has been idle for too long.
    pub(super) idle_limit: Option<Duration>,
    /// Gives it up if it has been idle for too long; returns when to ask again.
    pub(super) expire: E,
    /// Removes it from the pool when it has ended.
    pub(super) ended: G,
}

/// Starts HTTP/1.1 on a connection.
pub(super) async fn start_http1(
    stream: Stream,
    terms: Terms<impl FnMut() -> Option<Duration> + Send + 'static, impl FnOnce() + Send + 'static>,
) -> hyper::Result<(http1::SendRequest<RequestBody>, Alive)> {
    let (sender, connection) = http1::Builder::new().max_buf_size(MAX_HEADERS).handshake(stream).await?;
    let tasks = Tasks::default();
    let (signal, gone) = oneshot::channel();
    let alive = Alive {
        tasks: tasks.clone(),
        _signal: signal,
        _counted: Counted::new(&terms.count),
        #[cfg(feature = "http2")]
        _turn: None,
    };
    tasks.spawn(drive(connection, gone, terms.idle_limit, terms.expire, terms.ended));
    Ok((sender, alive))
}

/// Starts HTTP/2 on a connection.
#[cfg(feature = "http2")]
pub(super) async fn start_http2(
    stream: Stream,
    terms: Terms<impl FnMut() -> Option<Duration> + Send + 'static, impl FnOnce() + Send + 'static>,
    turn: OwnedSemaphorePermit,
) -> hyper::Result<(http2::SendRequest<RequestBody>, Alive)> {
    let tasks = Tasks::default();
    let (signal, gone) = oneshot::channel();
    // First, so that a handshake that is given up is ended.
    let alive =
        Alive { tasks: tasks.clone(), _signal: signal, _counted: Counted::new(&terms.count), _turn: Some(turn) };
    let mut builder = http2::Builder::new(tasks.clone());
    builder.timer(hyper_util::rt::TokioTimer::new());
    builder.max_header_list_size(u32::try_from(MAX_HEADERS).unwrap_or(u32::MAX));
    let (sender, connection) = builder.handshake(stream).await?;
    // Erased, since the compiler cannot prove hyper's type to be `Send` within the other future.
    let connection: Pin<Box<dyn Future<Output = hyper::Result<()>> + Send>> = Box::pin(connection);
    let others = tasks.clone();
    tasks.spawn(async move {
        drive(connection, gone, terms.idle_limit, terms.expire, terms.ended).await;
        // Another task has the socket, and says goodbye.
        let mut left = GOODBYE;
        let step = Duration::from_millis(10);
        while others.running() > 1 && !left.is_zero() {
            sleep(step).await;
            left = left.saturating_sub(step);
        }
        others.abort();
    });
    Ok((sender, alive))
}

/// Drives a connection until it ends.
#[expect(clippy::manual_async_fn, reason = "the future of an `async fn` would have room for the connection twice")]
fn drive(
    mut connection: impl Future<Output = hyper::Result<()>> + Unpin,
    mut gone: oneshot::Receiver<Infallible>,
    idle_limit: Option<Duration>,
    mut expire: impl FnMut() -> Option<Duration>,
    forget: impl FnOnce(),
) -> impl Future<Output = ()> {
    async move {
        let mut timer = pin!(idle_limit.map(sleep));
        let ended = poll_fn(|cx| {
            // Requests that wait for it get its errors.
            if Pin::new(&mut connection).poll(cx).is_ready() {
                return Poll::Ready(true);
            }
            if Pin::new(&mut gone).poll(cx).is_ready() {
                return Poll::Ready(false);
            }
            while let Some(elapsing) = timer.as_mut().as_pin_mut() {
                if elapsing.poll(cx).is_pending() {
                    break;
                }
                timer.set(expire().map(sleep));
            }
            Poll::Pending
        });
        if !ended.await {
            limited(Some(GOODBYE), Pin::new(&mut connection)).await;
        }
        // First, so that whoever puts it back sees that it has ended, or is seen here.
        drop(connection);
        forget();
    }
}
