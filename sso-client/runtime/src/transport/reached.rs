//! How far a request got.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::failure::{ConnectorError, Peer, Stage, TimeLimit};
use crate::time::TimeoutKind;

/// How far a request got: the transport records it, and whoever gives the request up reads it.
#[derive(Clone, Debug)]
pub struct Reached {
    point: Arc<Mutex<Point>>,
    /// How long a request may wait for a connection while no other request of the client ends.
    queue_limit: Option<Duration>,
}

#[derive(Debug)]
struct Point {
    stage: Stage,
    peer: Peer,
    /// Host and port of the proxy that the request takes.
    proxy: Option<Arc<str>>,
}

impl Reached {
    /// Nothing is known; a transport of another kind leaves it so.
    pub(crate) fn new(queue_limit: Option<Duration>) -> Self {
        let point = Point { stage: Stage::Unknown, peer: Peer::Server, proxy: None };
        Self { point: Arc::new(Mutex::new(point)), queue_limit }
    }

    pub(super) fn queue_limit(&self) -> Option<Duration> {
        self.queue_limit
    }

    fn point<T>(&self, read: impl FnOnce(&mut Point) -> T) -> T {
        read(&mut self.point.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn stage(&self, stage: Stage, peer: Peer) {
        self.point(|point| (point.stage, point.peer) = (stage, peer));
    }

    pub(super) fn by_proxy(&self, proxy: Arc<str>) {
        self.point(|point| point.proxy = Some(proxy));
    }

    /// Returns whether it waits for other requests of the same client to end.
    pub(crate) fn is_queued(&self) -> bool {
        self.point(|point| point.stage == Stage::Queue)
    }

    /// Creates the error for a timeout that elapsed at this point.
    pub(crate) fn timed_out(&self, kind: TimeoutKind, limit: Duration) -> ConnectorError {
        self.point(|point| {
            let what = missing(point);
            let note = match (kind, point.stage) {
                (TimeoutKind::Read, Stage::Exchange | Stage::Unknown) | (_, Stage::NameLookup) => "",
                (TimeoutKind::Read, _) => "read timeout",
                _ => "connect timeout",
            };
            let limit = TimeLimit { kind, what, limit, note };
            let stage = if point.stage == Stage::Unknown { Stage::Exchange } else { point.stage };
            ConnectorError::timed_out(stage, limit).of_peer(point.peer)
        })
    }
}

/// Describes what did not happen in time.
fn missing(point: &Point) -> Cow<'static, str> {
    let proxy = point.proxy.as_deref().unwrap_or_default();
    match (point.stage, point.peer) {
        (Stage::Queue, _) => "no connection was free".into(),
        (Stage::Roots, _) => "the certificates to trust were not read".into(),
        (Stage::NameLookup, Peer::Server) => "the name was not looked up".into(),
        (Stage::NameLookup, Peer::Proxy) => format!("the name of the proxy {proxy} was not looked up").into(),
        (Stage::ProxyConnect, _) => format!("no connection to the proxy {proxy}").into(),
        (Stage::ProxyTunnel, _) => format!("the proxy {proxy} did not answer").into(),
        (Stage::TlsHandshake, Peer::Server) => "the TLS handshake did not end".into(),
        (Stage::TlsHandshake, Peer::Proxy) => format!("the TLS handshake with the proxy {proxy} did not end").into(),
        (Stage::Connect, _) => "no connection".into(),
        (_, Peer::Proxy) => format!("no response came from the proxy {proxy}").into(),
        _ => "no response came".into(),
    }
}
