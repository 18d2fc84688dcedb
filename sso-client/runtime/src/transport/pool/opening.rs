//! A connection that is opened once for all calls that wait for it.

use std::sync::{Arc, Mutex, PoisonError};

use super::origin::Lease;
use crate::base::SharedTask;
use crate::failure::ConnectorError;
use crate::http::Hold;

/// A connection, or why there is none.
pub(super) type Outcome = Result<Arc<Unclaimed>, Arc<ConnectorError>>;

/// A connection that is being opened.
pub(super) type Opening = SharedTask<Outcome>;

/// Starts opening a connection.
pub(super) fn start(open: impl Future<Output = Result<Box<Lease>, ConnectorError>> + Send + 'static) -> Opening {
    SharedTask::start(
        async move { open.await.map(|lease| Arc::new(Unclaimed(Mutex::new(Some(lease))))).map_err(Arc::new) },
    )
}

/// A connection for the first call that asks; if none does, it is kept like one whose exchange has ended.
pub(super) struct Unclaimed(Mutex<Option<Box<Lease>>>);

impl Unclaimed {
    pub(super) fn claim(&self) -> Option<Box<Lease>> {
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
