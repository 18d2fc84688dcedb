//! The connection pool.
//!
//! hyper-util's pools are not used: they bound no connections, go on connecting for calls that were given up, and
//! open a connection for every call that starts before the first one is known to be HTTP/2.
//!
//! # Invariants
//!
//! - An origin has no more connections than the limit; calls beyond it wait for their turn, in order, as long as other
//!   calls end.
//! - While an origin's protocol may be HTTP/2, one connection at a time is opened, for all calls that wait; its failure
//!   is theirs.
//! - No connection is opened but for a call that waits for it, and no connection outlives pool and calls by more than a
//!   second.
//! - A call that is not polled keeps its connection and its turn, and nothing else that others wait for.

mod connection;
#[cfg(feature = "http2")]
mod opening;
mod origin;

#[cfg(feature = "http2")]
use std::error::Error;
#[cfg(feature = "http2")]
use std::fmt;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use http::Uri;
use http::header::HeaderValue;
use http::uri::{Authority, Scheme};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::connector::{Connector, Opened};
use super::reached::Reached;
#[cfg(feature = "http2")]
use crate::base::Ended;
use crate::failure::{ConnectorError, Peer, Reason, Stage};
use crate::time::{TimeoutKind, limited};
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
    pub(super) async fn lease(self: &Arc<Self>, uri: &Uri, reached: &Reached) -> Result<Box<Lease>, ConnectorError> {
        let origin = self.origin(uri)?;
        loop {
            #[cfg(feature = "http2")]
            if let Some(lease) = origin.multiplexed() {
                return Ok(lease);
            }
            let turn = match Arc::clone(&origin.turns).try_acquire_owned() {
                Ok(turn) => turn,
                Err(_) => match Box::pin(self.turn(&origin, reached)).await? {
                    Some(turn) => turn,
                    None => continue,
                },
            };
            #[cfg(feature = "http2")]
            if origin.may_be_http2() {
                match Box::pin(self.join(&origin, uri, reached, turn)).await? {
                    Some(lease) => return Ok(lease),
                    None => continue,
                }
            }
            if let Some(connection) = origin.idle().await {
                return Ok(Lease::of_http1(&origin, connection, turn, true));
            }
            // Boxed, since the state of connecting is large, and most calls need none of it.
            return Box::pin(self.open(&origin, uri, reached, turn)).await;
        }
    }

    /// Waits for a turn at an origin; `None` if there is a connection meanwhile that can be shared.
    ///
    /// If in all the time that a server may be silent no other call ends, none may ever: those that have the connections
    /// may not be polled while this one is.
    async fn turn(
        &self,
        origin: &Arc<Origin>,
        reached: &Reached,
    ) -> Result<Option<OwnedSemaphorePermit>, ConnectorError> {
        reached.stage(Stage::Queue, Peer::Server);
        let limit = reached.queue_limit();
        let mut turn = pin!(origin.turn());
        loop {
            let ended = origin.ended();
            match (limited(limit, turn.as_mut()).await, limit) {
                (Some(turn), _) => return Ok(turn),
                (None, Some(limit)) if origin.ended() == ended => {
                    return Err(reached.timed_out(TimeoutKind::Read, limit));
                }
                (None, _) => {}
            }
        }
    }

    /// Waits for the connection that is being opened to an origin that may have HTTP/2, or opens it; `None` if another
    /// call has got it.
    #[cfg(feature = "http2")]
    async fn join(
        self: &Arc<Self>,
        origin: &Arc<Origin>,
        uri: &Uri,
        reached: &Reached,
        turn: OwnedSemaphorePermit,
    ) -> Result<Option<Box<Lease>>, ConnectorError> {
        reached.stage(Stage::Connect, Peer::Server);
        // The task that opens takes the turn along; one that waits for it keeps its own.
        let mut turn = Some(turn);
        let opening = origin.opening(|| {
            let (pool, origin, uri, reached) = (Arc::clone(self), Arc::clone(origin), uri.clone(), reached.clone());
            let turn = turn.take()?;
            Some(async move { pool.open(&origin, &uri, &reached, turn).await })
        });
        match opening.await {
            Ended::With(Ok(unclaimed)) => Ok(unclaimed.claim()),
            Ended::With(Err(failure)) => Err(shared(failure)),
            Ended::Again => Ok(None),
            Ended::Broken => Err(ConnectorError::io("the runtime that connected has ended".into())),
        }
    }

    /// Opens a connection. Without file descriptors it waits for those of other calls.
    async fn open(
        &self,
        origin: &Arc<Origin>,
        uri: &Uri,
        reached: &Reached,
        turn: OwnedSemaphorePermit,
    ) -> Result<Box<Lease>, ConnectorError> {
        let (mut ended, mut since) = (origin.ended(), Instant::now());
        loop {
            let opening = origin.count_opening();
            let opened = self.connector.open(uri, origin.requires_http1(), reached).await;
            drop(opening);
            match opened {
                Ok(opened) => return self.start(origin, opened, turn).await,
                Err(error) if error.reason() == Reason::TooManyFiles => {
                    origin.run_out();
                    if origin.ended() != ended {
                        (ended, since) = (origin.ended(), Instant::now());
                    }
                    let is_late = reached.queue_limit().is_some_and(|limit| since.elapsed() >= limit);
                    if is_late || (!self.let_go() && origin.connections() == 0) {
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
        let (of_origin, of_ended) = (Arc::downgrade(origin), Arc::downgrade(origin));
        let terms = Terms {
            count: Arc::clone(&origin.count),
            idle_limit: self.idle_limit.filter(|limit| !limit.is_zero()),
            expire: move || of_origin.upgrade()?.expire(id),
            ended: move || {
                if let Some(origin) = of_ended.upgrade() {
                    origin.forget(id);
                }
            },
        };
        let failed = |error: hyper::Error| {
            ConnectorError::new(Stage::Connect, Reason::of_connecting(&error)).with_source(error.into())
        };
        #[cfg(feature = "http2")]
        if opened.http2 {
            let (sender, alive) = connection::start_http2(opened.stream, terms, turn).await.map_err(failed)?;
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
#[cfg(feature = "http2")]
fn shared(failure: Arc<ConnectorError>) -> ConnectorError {
    ConnectorError::new(failure.stage(), failure.reason())
        .of_peer(failure.peer())
        .with_source(Box::new(Shared(failure)))
}

/// The failure of a connection that several calls waited for.
#[cfg(feature = "http2")]
#[derive(Debug)]
struct Shared(Arc<ConnectorError>);

#[cfg(feature = "http2")]
impl fmt::Display for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(feature = "http2")]
impl Error for Shared {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::super::proxy::ProxyConfig;
    use super::super::tls::{LazyTls, Trust};
    use super::*;
    use crate::http::{Hold, RequestBody};

    /// What is remembered of an origin ends with its connections, even if no call comes that would notice.
    #[tokio::test]
    async fn connections_that_the_server_closes_are_forgotten() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let uri: Uri = format!("http://{}/", listener.local_addr().expect("an address")).parse().expect("a URL");
        let connector = Connector {
            tls: LazyTls::new(Trust::default()),
            proxies: ProxyConfig::none(),
            connect_timeout: None,
            lookup_timeout: None,
        };
        let (pool, reached) = (Arc::new(Pool::new(connector, 2, None)), Reached::new(None));
        let (lease, accepted) = tokio::join!(pool.lease(&uri, &reached), listener.accept());
        let (mut lease, mut stream) = (lease.expect("a connection"), accepted.expect("a connection").0);
        let serve = async {
            let mut request = [0; 1000];
            let _ = stream.read(&mut request).await.expect("a request");
            stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.expect("sent");
        };
        let (response, ()) = tokio::join!(lease.send(http::Request::new(RequestBody::default())), serve);
        response.map_err(|error| (*error).into_error()).expect("a response");
        let origin = Arc::clone(&pool.origins.lock().expect("origins")[0].2);
        lease.complete();
        assert_eq!((origin.connections(), origin.idle_connections()), (1, 1));
        drop(stream);
        let ended = async {
            while (origin.connections(), origin.idle_connections()) != (0, 0) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), ended).await.expect("it is forgotten");
    }
}
