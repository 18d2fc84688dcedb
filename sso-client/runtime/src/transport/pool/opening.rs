//! A connection that is opened once for all calls that wait for it.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;
use tokio::task::AbortHandle;

use super::origin::Lease;
use crate::failure::ConnectorError;
use crate::http::Hold;

type Outcome = Result<Arc<Unclaimed>, Arc<ConnectorError>>;

/// A connection that is being opened, by a task of its own: each of the calls that wait for it may be polled rarely, or
/// be given up. The task ends with the last of them.
pub(super) struct Opening {
    outcome: watch::Receiver<Option<Outcome>>,
    task: AbortHandle,
}

impl Opening {
    pub(super) fn start(open: impl Future<Output = Result<Box<Lease>, ConnectorError>> + Send + 'static) -> Self {
        let (done, outcome) = watch::channel(None);
        let task = tokio::spawn(async move {
            let opened = open.await.map(|lease| Arc::new(Unclaimed(Mutex::new(Some(lease))))).map_err(Arc::new);
            done.send_replace(Some(opened));
        });
        Self { outcome, task: task.abort_handle() }
    }

    /// Returns whether it has not ended; the runtime that it runs on may have.
    pub(super) fn is_running(&self) -> bool {
        self.outcome.has_changed().is_ok() && self.outcome.borrow().is_none()
    }

    /// Waits for its end; returns the connection to the first that asks.
    pub(super) async fn lease(&self) -> Result<Option<Box<Lease>>, Arc<ConnectorError>> {
        let mut outcome = self.outcome.clone();
        let ended = outcome.wait_for(Option::is_some).await.map(|outcome| outcome.clone());
        match ended {
            Ok(outcome) => outcome.transpose().map(|opened| opened.and_then(|unclaimed| unclaimed.claim())),
            Err(gone) => Err(Arc::new(ConnectorError::io(gone.into()))),
        }
    }
}

impl Drop for Opening {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A connection for the first call that asks; if none does, it is kept like one whose exchange has ended.
struct Unclaimed(Mutex<Option<Box<Lease>>>);

impl Unclaimed {
    fn claim(&self) -> Option<Box<Lease>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Drop for Unclaimed {
    fn drop(&mut self) {
        if let Some(lease) = self.claim() {
            lease.complete();
        }
    }
}
