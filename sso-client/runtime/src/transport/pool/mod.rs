//! The connection pool.
//!
//! hyper-util's pools are not used: they bound no connections, go on connecting for calls that were given up, and
//! open a connection for every call that starts before the first one is known to be HTTP/2.
//!
//! # Invariants
//!
//! - An origin has no more connections than the limit; calls beyond it wait for their turn, in order.
//! - While an origin's protocol may be HTTP/2, one call at a time connects; its failure is that of the calls that wait.
//! - No connection is opened but for a call that waits for it, and nothing outlives pool and calls by more than a
//!   second.

mod connection;
mod origin;

use std::error::Error;
use std::fmt;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::Uri;
use http::header::HeaderValue;
use http::uri::{Authority, Scheme};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::connector::{Connector, Opened};
use super::reached::Reached;
use crate::failure::{ConnectorError, Peer, Reason, Stage};
use crate::time::limited;
use connection::{Terms, start_http1};
use origin::{Connection, Origin, Protocol};

pub(super) use origin::Lease;

/// How many origins are remembered although they have no connection.
const ORIGINS: usize = 64;

/// How long a call without a file descriptor waits for one at a time.
const PRESSURE: Duration = Duration::from_millis(50);

/// Connections to any number of origins.
pub(super) struct Pool {
    connector: Connector,
    /// The most connections an origin has.
    limit: usize,
    idle_limit: Option<Duration>,
    /// Few, so that comparing them takes less time than hashing. With whether the scheme is `https`.
    origins: Mutex<Vec<(bool, Authority, Arc<Origin>)>>,
}

impl Pool {
    pub(super) fn new(connector: Connector, limit: usize, idle_limit: Option<Duration>) -> Self {
        let limit = limit.clamp(1, Semaphore::MAX_PERMITS);
        Self { connector, limit, idle_limit, origins: Mutex::default() }
    }

    fn origin(&self, uri: &Uri) -> Result<Arc<Origin>, ConnectorError> {
        let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else {
            return Err(ConnectorError::user("a request needs an absolute URL".into()));
        };
        let https = *scheme == Scheme::HTTPS;
        let mut origins = self.origins.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, _, origin)) = origins.iter().find(|(tls, of, _)| *tls == https && of == authority) {
            return Ok(Arc::clone(origin));
        }
        if origins.len() >= ORIGINS {
            origins.retain(|(_, _, origin)| Arc::strong_count(origin) > 1 || origin.connections() > 0);
        }
        let host = HeaderValue::from_str(host(authority, https)).map_err(|error| ConnectorError::user(error.into()))?;
        // HTTP/2 is negotiated by TLS only.
        let protocol = if https && cfg!(feature = "http2") { Protocol::MaybeHttp2 } else { Protocol::Http1 };
        let origin = Arc::new(Origin::new(host, protocol, self.limit, self.idle_limit));
        origins.push((https, authority.clone(), Arc::clone(&origin)));
        Ok(origin)
    }

    /// Returns a connection to the origin of a URL, once there is one.
    pub(super) async fn lease(&self, uri: &Uri, reached: &Reached) -> Result<Box<Lease>, ConnectorError> {
        let origin = self.origin(uri)?;
        if let Some(lease) = origin.multiplexed() {
            return Ok(lease);
        }
        let turn = match Arc::clone(&origin.turns).try_acquire_owned() {
            Ok(turn) => turn,
            Err(_) => {
                reached.stage(Stage::Queue, Peer::Server);
                let turn = Arc::clone(&origin.turns).acquire_owned().await;
                turn.map_err(|closed| ConnectorError::io(closed.into()))?
            }
        };
        if let Some(lease) = origin.multiplexed() {
            return Ok(lease);
        }
        if let Some(connection) = origin.idle().await {
            return Ok(Lease::of_http1(&origin, connection, turn, true));
        }
        // Boxed, since the state of connecting is large, and most calls need none of it.
        Box::pin(self.connect(&origin, uri, reached, turn)).await
    }

    /// Returns a connection that is opened by this call, or meanwhile by another.
    async fn connect(
        &self,
        origin: &Arc<Origin>,
        uri: &Uri,
        reached: &Reached,
        turn: OwnedSemaphorePermit,
    ) -> Result<Box<Lease>, ConnectorError> {
        if !origin.may_be_http2() {
            return self.open(origin, uri, reached, turn).await;
        }
        let failures = origin.failures();
        reached.stage(Stage::Connect, Peer::Server);
        let opening = origin.opening.lock().await;
        if let Some(lease) = origin.multiplexed() {
            return Ok(lease);
        }
        if !origin.may_be_http2() {
            drop(opening);
            return self.open(origin, uri, reached, turn).await;
        }
        if let Some(failure) = origin.failure_since(failures) {
            return Err(shared(failure));
        }
        let opened = self.open(origin, uri, reached, turn).await;
        opened.map_err(|failure| {
            let failure = Arc::new(failure);
            origin.failed(Arc::clone(&failure));
            shared(failure)
        })
    }

    /// Opens a connection. Without file descriptors it waits for those of other calls.
    async fn open(
        &self,
        origin: &Arc<Origin>,
        uri: &Uri,
        reached: &Reached,
        turn: OwnedSemaphorePermit,
    ) -> Result<Box<Lease>, ConnectorError> {
        loop {
            let opening = origin.count_opening();
            let opened = self.connector.open(uri, origin.requires_http1(), reached).await;
            drop(opening);
            match opened {
                Ok(opened) => return self.start(origin, opened, turn).await,
                Err(error) if error.reason() == Reason::TooManyFiles => {
                    origin.run_out();
                    if !self.let_go() && origin.connections() == 0 {
                        return Err(error);
                    }
                    reached.stage(Stage::Queue, Peer::Server);
                    limited(Some(PRESSURE), pin!(origin.returned.notified())).await;
                    if let Some(connection) = origin.idle().await {
                        return Ok(Lease::of_http1(origin, connection, turn, true));
                    }
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn start(
        &self,
        origin: &Arc<Origin>,
        opened: Opened,
        turn: OwnedSemaphorePermit,
    ) -> Result<Box<Lease>, ConnectorError> {
        let id = origin.next_id();
        let of_origin = Arc::downgrade(origin);
        let terms = Terms {
            count: Arc::clone(&origin.count),
            idle_limit: self.idle_limit.filter(|limit| !limit.is_zero()),
            expire: move || of_origin.upgrade()?.expire(id),
        };
        let failed = |error: hyper::Error| {
            ConnectorError::new(Stage::Connect, Reason::of_connecting(&error)).with_source(error.into())
        };
        #[cfg(feature = "http2")]
        if opened.http2 {
            let (sender, alive) = connection::start_http2(opened.stream, terms).await.map_err(failed)?;
            return Ok(origin.share(id, sender, alive));
        }
        let (sender, alive) = start_http1(opened.stream, terms).await.map_err(failed)?;
        origin.has_http1();
        Ok(Lease::of_http1(origin, Connection { id, sender, alive }, turn, false))
    }

    /// Drops the connections that are idle; returns whether there were any.
    fn let_go(&self) -> bool {
        let origins: Vec<_> =
            self.origins.lock().unwrap_or_else(PoisonError::into_inner).iter().map(|(.., of)| Arc::clone(of)).collect();
        // All of them, without a short circuit.
        origins.into_iter().filter(|origin| origin.let_go()).count() > 0
    }
}

/// Returns host and port as in the header `Host`: without user info and without the default port.
fn host(authority: &Authority, https: bool) -> &str {
    let authority = authority.as_str();
    let authority = authority.rsplit_once('@').map_or(authority, |(_, rest)| rest);
    if authority.ends_with(']') {
        return authority;
    }
    let Some((host, port)) = authority.rsplit_once(':') else { return authority };
    match (port.parse::<u16>(), https) {
        (Ok(80), false) | (Ok(443), true) | (Err(_), _) => host,
        _ => authority,
    }
}

/// Creates the error of each of the calls that waited for one connection.
fn shared(failure: Arc<ConnectorError>) -> ConnectorError {
    ConnectorError::new(failure.stage(), failure.reason())
        .of_peer(failure.peer())
        .with_source(Box::new(Shared(failure)))
}

/// The failure of a connection that several calls waited for.
#[derive(Debug)]
struct Shared(Arc<ConnectorError>);

impl fmt::Display for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for Shared {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}
