//! TCP connections to the first of several addresses that accepts one.
//!
//! An address that does not answer must not use up the time of the others: each gets a head start, whatever its
//! family (RFC 8305, "Happy Eyeballs").
//!
//! Connections have `TCP_NODELAY`, since requests are small, and TCP keepalive, which detects a dead peer within two
//! minutes and keeps firewalls from dropping a connection whose response takes long.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};

use crate::base::out_of_descriptors;

/// The head start of an address (RFC 8305 recommends it).
const HEAD_START: Duration = Duration::from_millis(250);
/// The idle time before the first keepalive probe. It is below the idle timeouts of cloud gateways (Azure: 4 min,
/// AWS: 350 s).
const KEEPALIVE: Duration = Duration::from_secs(60);
/// The interval of probes, and how many may stay unanswered.
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(15);
const KEEPALIVE_RETRIES: u32 = 4;

type Connecting = Pin<Box<dyn Future<Output = io::Result<TcpStream>> + Send>>;

/// Connects to one of the addresses. `limit` is the time that the caller has for it.
pub(super) async fn dial(addresses: &[SocketAddr], limit: Option<Duration>) -> io::Result<TcpStream> {
    // Each of the addresses gets its part of a short limit.
    let share = limit.and_then(|limit| limit.checked_div(u32::try_from(addresses.len()).unwrap_or(u32::MAX) + 1));
    let head_start = share.map_or(HEAD_START, |share| share.min(HEAD_START));
    let mut rest = addresses.iter().copied();
    let mut running: Vec<Connecting> = Vec::new();
    let mut failure: Option<io::Error> = None;
    let mut timer = pin!(sleep(head_start));
    let stream = poll_fn(|cx| {
        loop {
            let mut failed = false;
            let mut at = 0;
            while let Some(connecting) = running.get_mut(at) {
                match connecting.as_mut().poll(cx) {
                    Poll::Pending => at += 1,
                    Poll::Ready(Ok(stream)) => return Poll::Ready(Ok(stream)),
                    Poll::Ready(Err(error)) => {
                        drop(running.remove(at));
                        failed = true;
                        failure = Some(telling(failure.take(), error));
                    }
                }
            }
            if !failed && !running.is_empty() && timer.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            match rest.next() {
                Some(address) => {
                    running.push(Box::pin(TcpStream::connect(address)));
                    timer.as_mut().reset(Instant::now() + head_start);
                }
                None if running.is_empty() => {
                    let failure = failure.take();
                    return Poll::Ready(Err(failure.unwrap_or_else(|| io::ErrorKind::AddrNotAvailable.into())));
                }
                None => return Poll::Pending,
            }
        }
    })
    .await?;
    set_options(&stream);
    Ok(stream)
}

/// Returns the error that tells more: that a family of addresses is not usable here says little.
fn telling(first: Option<io::Error>, second: io::Error) -> io::Error {
    use io::ErrorKind::{AddrNotAvailable, HostUnreachable, NetworkUnreachable};
    match first {
        Some(first)
            if !matches!(first.kind(), AddrNotAvailable | HostUnreachable | NetworkUnreachable)
                && !out_of_descriptors(&second) =>
        {
            first
        }
        _ => second,
    }
}

/// A connection works without them.
fn set_options(stream: &TcpStream) {
    let keepalive = TcpKeepalive::new().with_time(KEEPALIVE);
    #[cfg(any(
        target_os = "android",
        target_os = "freebsd",
        target_os = "ios",
        target_os = "linux",
        target_os = "macos"
    ))]
    let keepalive = keepalive.with_interval(KEEPALIVE_INTERVAL).with_retries(KEEPALIVE_RETRIES);
    #[cfg(windows)]
    let keepalive = keepalive.with_interval(KEEPALIVE_INTERVAL);
    if let Err(error) = stream.set_nodelay(true).and_then(|()| SockRef::from(stream).set_tcp_keepalive(&keepalive)) {
        tracing::debug!(%error, "options of a connection were not set");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_that_tell_more() {
        use io::ErrorKind::{ConnectionRefused, NetworkUnreachable, TimedOut};
        for (first, second, expected) in [
            (None, NetworkUnreachable, NetworkUnreachable),
            (Some(NetworkUnreachable), ConnectionRefused, ConnectionRefused),
            (Some(ConnectionRefused), NetworkUnreachable, ConnectionRefused),
            (Some(ConnectionRefused), TimedOut, ConnectionRefused),
        ] {
            assert_eq!(telling(first.map(io::Error::from), second.into()).kind(), expected);
        }
    }

    #[tokio::test]
    async fn the_first_that_accepts() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let open = listener.local_addr().expect("an address");
        let refusing = SocketAddr::from(([127, 0, 0, 1], 1));
        let stream = dial(&[refusing, open], None).await.expect("the second");
        assert_eq!(stream.peer_addr().expect("connected"), open);
        assert!(stream.nodelay().expect("a socket") && SockRef::from(&stream).keepalive().expect("a socket"));
        let error = dial(&[refusing, refusing], None).await.expect_err("none");
        assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
        assert_eq!(dial(&[], None).await.expect_err("none").kind(), io::ErrorKind::AddrNotAvailable);
    }
}
