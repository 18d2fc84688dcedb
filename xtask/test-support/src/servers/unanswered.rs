//! Addresses at which no server answers.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use tokio::net::{TcpSocket, TcpStream};

/// Returns an address that refuses connections: it was free a moment ago.
pub fn refused_address() -> SocketAddr {
    silent_listener().local_addr().expect("a bound listener has an address")
}

/// Returns a listener that nobody accepts connections of: they are established and stay silent.
pub fn silent_listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").expect("a free port")
}

/// A listener whose queue is full, so that connecting to it does not end.
#[derive(Debug)]
pub struct FullListener {
    address: SocketAddr,
    _listener: tokio::net::TcpListener,
    _queue: Vec<TcpStream>,
}

impl FullListener {
    /// Returns the address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

/// Returns a listener whose queue is full, or `None` where the system does not limit queues.
pub async fn full_listener() -> Option<FullListener> {
    let socket = TcpSocket::new_v4().ok()?;
    socket.bind("127.0.0.1:0".parse().ok()?).ok()?;
    let listener = socket.listen(1).ok()?;
    let address = listener.local_addr().ok()?;
    let mut queue = Vec::new();
    for _ in 0..16 {
        match tokio::time::timeout(Duration::from_millis(300), TcpStream::connect(address)).await {
            Ok(Ok(stream)) => queue.push(stream),
            Ok(Err(_)) => return None,
            Err(_) => return Some(FullListener { address, _listener: listener, _queue: queue }),
        }
    }
    None
}
