//! Optional part: calls that hold up the thread that makes them, for programs without a runtime.
//!
//! A blocking client has a thread of its own with a runtime that has I/O and timers, made by its
//! first call; its connections live there. It ends with the last clone of the client. Calls of many
//! threads go on side by side.
//!
//! What it does not do: run inside of an asynchronous runtime, whose thread a blocking call would
//! take away from everything else that runs there. Such a call ends with an error that says so,
//! on the threads of `spawn_blocking` too: there, `Handle::current().block_on` waits for an
//! asynchronous call.
//!
//! What must stay true: nothing here panics but with the panic of a caller's own code, which is
//! passed on.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;

use tokio::runtime::{Builder, Handle as Tokio};
use tokio::sync::oneshot;

use crate::call::client::{ClientHandle, Handle, nothing_sent};
use crate::call::customize::CustomizableOperation;
use crate::call::operation::{Operation, PagedItems, Paginated};
use crate::call::paginate::{PaginationStream, Paginator, PaginatorItems};
use crate::config::Config;
use crate::error::{BuildError, SdkError};

/// What is said inside of a runtime.
const INSIDE: &str = "a blocking call cannot be made inside of an asynchronous runtime, where it would hold up everything \
                      else: call the client itself and await that, or make the call on a thread of your own; on one of \
                      spawn_blocking, Handle::current().block_on waits for an asynchronous call";

/// What marks a client, and what it makes, as blocking; see `Client::blocking`.
#[derive(Clone)]
pub struct Blocking {
    handle: Handle,
    worker: Arc<Mutex<Option<Worker>>>,
}

impl Blocking {
    /// The blocking client of a client, always the same. Nothing is started yet.
    ///
    /// It has connections of its own: others are of no use while nobody drives their runtime. A transport of
    /// the program's own is shared, and has to see to that itself.
    pub fn of(handle: &Handle) -> Self {
        handle.blocking(|| Self { handle: handle.with_own_connections(), worker: Arc::default() })
    }

    /// The runtime, started when there is none yet.
    fn runtime(&self) -> Result<Tokio, BuildError> {
        if Tokio::try_current().is_ok() {
            return Err(BuildError::other(INSIDE));
        }
        // Nothing that is done under the lock can leave it half done.
        let mut worker = self.worker.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(worker) = &*worker {
            return Ok(worker.runtime.clone());
        }
        let started = Worker::start().map_err(|error| {
            BuildError::other(format!("no thread could be started for the calls of a blocking client: {error}"))
        })?;
        Ok(worker.insert(started).runtime.clone())
    }

    /// Waits for a future.
    fn wait<F>(&self, future: F) -> Result<F::Output, BuildError>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let runtime = self.runtime()?;
        let (sender, receiver) = mpsc::sync_channel(1);
        let running = runtime.spawn(future);
        runtime.spawn(async move {
            // Without a receiver there is nobody to tell.
            let _ = sender.send(running.await);
        });
        match receiver.recv() {
            Ok(Ok(output)) => Ok(output),
            Ok(Err(failed)) if failed.is_panic() => std::panic::resume_unwind(failed.into_panic()),
            // The worker ends no earlier than `self`.
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

/// A thread with a runtime, which ends when this is dropped.
struct Worker {
    runtime: Tokio,
    _stop: oneshot::Sender<()>,
}

impl Worker {
    fn start() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel::<()>();
        thread::Builder::new().name("sso-client-calls".to_owned()).spawn(move || {
            // It ends with the sender, which sends nothing.
            let _ = runtime.block_on(stopped);
        })?;
        Ok(Self { runtime: handle, _stop: stop })
    }
}

impl<O: Operation> CustomizableOperation<O, Blocking> {
    /// Sends the request, again where that may help, and waits for the result.
    ///
    /// # Errors
    ///
    /// An [`SdkError`] that says how far the call got.
    pub fn send(self) -> Result<O::Output, SdkError<O::Error>> {
        let (blocking, call) = self.map_handle(|blocking| (blocking.clone(), blocking.handle));
        blocking.wait(call.send()).unwrap_or_else(|error| Err(nothing_sent::<O>(error)))
    }
}

impl<O: Paginated> Paginator<O, Blocking> {
    /// The pages. Nothing is sent until the first is asked for.
    pub fn send(self) -> BlockingIter<O, O::Output> {
        let (blocking, pages) = self.map_handle(|blocking| (blocking.clone(), blocking.handle));
        BlockingIter { blocking, rest: Some(pages.send()) }
    }
}

impl<O: PagedItems> PaginatorItems<O, Blocking> {
    /// The items. Nothing is sent until the first is asked for; a page is fetched when the one
    /// before is used up.
    pub fn send(self) -> BlockingIter<O, O::Item> {
        let (blocking, items) = self.map_handle(|blocking| (blocking.clone(), blocking.handle));
        BlockingIter { blocking, rest: Some(items.send()) }
    }
}

/// Pages or items one after the other, each waited for. After an error it ends.
#[must_use = "an iterator does nothing until it is asked for what comes next"]
pub struct BlockingIter<O: Operation, T> {
    blocking: Blocking,
    rest: Option<PaginationStream<Result<T, SdkError<O::Error>>>>,
}

impl<O: Operation, T: Send + 'static> Iterator for BlockingIter<O, T> {
    type Item = Result<T, SdkError<O::Error>>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut rest = self.rest.take()?;
        // What is there already is not waited for by way of another thread.
        if let Some(ready) = rest.next_if_there() {
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
