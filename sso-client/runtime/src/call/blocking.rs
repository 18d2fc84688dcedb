//! Blocking calls, for programs without an asynchronous runtime.
//!
//! A blocking client has a thread with a Tokio runtime, started by its first call, which owns its connections and ends
//! with the last clone of the client. Calls of several threads run concurrently.
//!
//! A blocking call inside an asynchronous runtime returns an error, also on threads of `spawn_blocking`: it would block
//! the runtime.
//!
//! # Invariants
//!
//! - A client that was used before a fork refuses calls in the child.
//! - The only panics are those of the caller's own code, which are propagated.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;

use tokio::runtime::{Builder, Handle as Tokio};
use tokio::sync::oneshot;

use crate::call::client::{ClientHandle, Handle, nothing_sent};
use crate::call::operation::{CustomizableOperation, Operation, PagedItems, Paginated};
use crate::call::paginate::{PaginationStream, Paginator, PaginatorItems};
use crate::config::Config;
use crate::error::{BuildError, SdkError};

const INSIDE: &str = "a blocking call cannot be made inside of an asynchronous runtime, where it would hold up everything \
                      else: call the client itself and await that, or make the call on a thread of your own; on one of \
                      spawn_blocking, Handle::current().block_on waits for an asynchronous call";

const FORKED: &str = "the thread of this blocking client is that of the parent process: make the client after the fork, \
                      in the child";

/// The handle of a blocking client; see `Client::blocking`.
#[derive(Clone)]
pub struct Blocking {
    handle: Handle,
    worker: Arc<Mutex<Option<Worker>>>,
}

impl Blocking {
    /// Returns the blocking client of a client, which all its clones share. Nothing is started yet.
    ///
    /// It has its own connections, since those of an asynchronous client depend on its runtime. A custom HTTP client is
    /// shared.
    pub fn of(handle: &Handle) -> Self {
        handle.blocking(|| Self { handle: handle.with_own_connections(), worker: Arc::default() })
    }

    /// Blocks until a future completes on the runtime.
    fn wait<F>(&self, future: F) -> Result<F::Output, BuildError>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let runtime = Worker::of(&self.worker)?;
        let (sender, receiver) = mpsc::sync_channel(1);
        let running = runtime.spawn(future);
        runtime.spawn(async move {
            // The receiver may be gone.
            let _ = sender.send(running.await);
        });
        match receiver.recv() {
            Ok(Ok(output)) => Ok(output),
            Ok(Err(failed)) if failed.is_panic() => std::panic::resume_unwind(failed.into_panic()),
            // Unreachable while `self` owns the worker.
            Ok(Err(_)) | Err(_) => Err(BuildError::other("the thread of the blocking client has ended")),
        }
    }
}

impl ClientHandle for Blocking {
    fn config(&self) -> &Config {
        self.handle.config()
    }
}

impl fmt::Debug for Blocking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Blocking").field(&self.handle).finish()
    }
}

/// A thread with a runtime, which ends when the worker is dropped.
struct Worker {
    runtime: Tokio,
    /// Threads do not survive a fork: calls of the child would wait for ever.
    process: u32,
    _stop: oneshot::Sender<()>,
}

impl Worker {
    /// Returns the runtime of a client, started on first use.
    fn of(worker: &Mutex<Option<Self>>) -> Result<Tokio, BuildError> {
        if Tokio::try_current().is_ok() {
            return Err(BuildError::other(INSIDE));
        }
        // A panic cannot leave the value inconsistent.
        let mut worker = worker.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(worker) = &*worker {
            if worker.process != std::process::id() {
                return Err(BuildError::other(FORKED));
            }
            return Ok(worker.runtime.clone());
        }
        let started = Self::start().map_err(|error| {
            BuildError::other(format!("no thread could be started for the calls of a blocking client: {error}"))
        })?;
        Ok(worker.insert(started).runtime.clone())
    }

    fn start() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel::<()>();
        thread::Builder::new().name("sso-client-calls".to_owned()).spawn(move || {
            // Completes when the sender is dropped.
            let _ = runtime.block_on(stopped);
        })?;
        Ok(Self { runtime: handle, process: std::process::id(), _stop: stop })
    }
}

/// Gives builders and paginators of a blocking client their method `send`.
///
/// A trait, so that `LogoutFluentBuilder::send` keeps naming the one method of the asynchronous client.
pub trait BlockingCall: Sized {
    /// The result of a call, or an iterator over pages or items.
    type Sent;

    /// Sends the request, retrying transient failures, and blocks until the response is read. That of a paginator
    /// returns an iterator, and sends nothing until the first page or item is requested.
    ///
    /// Inside an asynchronous runtime, the result is an error: a construction failure.
    fn send(self) -> Self::Sent;
}

impl<O: Operation> BlockingCall for CustomizableOperation<O, Blocking> {
    type Sent = Result<O::Output, SdkError<O::Error>>;

    fn send(self) -> Self::Sent {
        let (blocking, call) = self.map_handle(|blocking| (blocking.clone(), blocking.handle));
        blocking.wait(call.send()).unwrap_or_else(|error| Err(nothing_sent::<O>(error)))
    }
}

impl<O: Paginated> BlockingCall for Paginator<O, Blocking> {
    type Sent = BlockingIter<O, O::Output>;

    fn send(self) -> Self::Sent {
        let (blocking, pages) = self.map_handle(|blocking| (blocking.clone(), blocking.handle));
        BlockingIter { blocking, rest: Some(pages.send()) }
    }
}

impl<O: PagedItems> BlockingCall for PaginatorItems<O, Blocking> {
    type Sent = BlockingIter<O, O::Item>;

    fn send(self) -> Self::Sent {
        let (blocking, items) = self.map_handle(|blocking| (blocking.clone(), blocking.handle));
        BlockingIter { blocking, rest: Some(items.send()) }
    }
}

/// A blocking iterator over pages or items. It ends after an error.
#[must_use = "an iterator does nothing until it is advanced"]
pub struct BlockingIter<O: Operation, T> {
    blocking: Blocking,
    rest: Option<PaginationStream<Result<T, SdkError<O::Error>>>>,
}

impl<O: Operation, T: Send + 'static> Iterator for BlockingIter<O, T> {
    type Item = Result<T, SdkError<O::Error>>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut rest = self.rest.take()?;
        // Avoids the other thread for items of a page that was fetched.
        if let Some(ready) = rest.next_if_ready() {
            self.rest = Some(rest);
            return Some(ready);
        }
        let waited = self.blocking.wait(async move {
            let next = rest.next().await;
            (next, rest)
        });
        match waited {
            Ok((next, rest)) => {
                self.rest = next.is_some().then_some(rest);
                next
            }
            Err(error) => Some(Err(nothing_sent::<O>(error))),
        }
    }
}

impl<O: Operation, T> fmt::Debug for BlockingIter<O, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlockingIter").field("operation", &O::INFO.name).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forked_child_is_refused() {
        let worker = Mutex::new(None);
        Worker::of(&worker).expect("a runtime");
        Worker::of(&worker).expect("the same");
        if let Some(worker) = &mut *worker.lock().expect("no panic") {
            // As a fork leaves it: the copy of the handle, in a process without the thread.
            worker.process = std::process::id() + 1;
        }
        let error = Worker::of(&worker).expect_err("the parent's");
        assert_eq!(error.to_string(), FORKED);
    }
}
