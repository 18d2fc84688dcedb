//! Servers between a client and its server.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy_bidirectional};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::background::Background;
use super::scripted::{lock, read_head};

/// What a [`ProxyServer`] does with requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyBehavior {
    /// Forwards requests and opens tunnels.
    Forward,
    /// Forwards as well, but only requests with this value in `proxy-authorization`; it answers others with 407.
    Authenticate(&'static str),
    /// Answers every request with these bytes and closes the connection.
    Answer(&'static str),
}

/// A proxy for HTTP, over TCP or TLS, that records requests. Any host is `127.0.0.1` to it. It stops when it is
/// dropped.
#[derive(Debug)]
pub struct ProxyServer {
    server: Background,
    heads: Arc<Mutex<Vec<String>>>,
}

impl ProxyServer {
    /// Starts a proxy over TCP.
    pub fn start(behavior: ProxyBehavior) -> Self {
        Self::serve(behavior, None)
    }

    /// Starts a proxy over TLS.
    pub fn start_tls(acceptor: TlsAcceptor, behavior: ProxyBehavior) -> Self {
        Self::serve(behavior, Some(acceptor))
    }

    fn serve(behavior: ProxyBehavior, tls: Option<TlsAcceptor>) -> Self {
        let heads = Arc::<Mutex<Vec<String>>>::default();
        let recorded = Arc::clone(&heads);
        let server = Background::start(move |stream| {
            let (heads, tls) = (Arc::clone(&recorded), tls.clone());
            async move {
                // A client or server that goes away is not an error of the proxy.
                let _ = match tls {
                    None => converse(stream, behavior, &heads).await,
                    Some(tls) => match tls.accept(stream).await {
                        Ok(stream) => converse(stream, behavior, &heads).await,
                        Err(error) => Err(error),
                    },
                };
            }
        });
        Self { server, heads }
    }

    /// Returns the address.
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Returns the request heads so far, one a connection.
    pub fn heads(&self) -> Vec<String> {
        lock(&self.heads).clone()
    }
}

async fn converse(
    mut client: impl AsyncRead + AsyncWrite + Unpin,
    behavior: ProxyBehavior,
    heads: &Mutex<Vec<String>>,
) -> io::Result<()> {
    let head = read_head(&mut client).await?;
    lock(heads).push(head.clone());
    let answer = match behavior {
        ProxyBehavior::Answer(answer) => Some(answer),
        ProxyBehavior::Authenticate(expected)
            if !head.to_lowercase().contains(&format!("proxy-authorization: {expected}").to_lowercase()) =>
        {
            Some("HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\ncontent-length: 0\r\n\r\n")
        }
        _ => None,
    };
    if let Some(answer) = answer {
        client.write_all(answer.as_bytes()).await?;
        return client.shutdown().await;
    }
    let mut words = head.split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let authority = target.trim_start_matches("http://").split('/').next().unwrap_or_default();
    let port = authority.rsplit(':').next().unwrap_or_default();
    let mut server = TcpStream::connect(format!("127.0.0.1:{port}")).await?;
    if method == "CONNECT" {
        client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
    } else {
        server.write_all(head.as_bytes()).await?;
    }
    copy_bidirectional(&mut client, &mut server).await.map(drop)
}

/// Forwards connections to a server, byte for byte, until it is silenced. It stops when it is dropped.
#[derive(Debug)]
pub struct Relay {
    server: Background,
    silenced: Arc<AtomicBool>,
}

impl Relay {
    /// Starts a relay to the server at this address.
    pub fn start(to: SocketAddr) -> Self {
        let silenced = Arc::new(AtomicBool::new(false));
        let of_relay = Arc::clone(&silenced);
        let server = Background::start(move |client| {
            // A connection that is accepted later is not silenced.
            let silenced = if of_relay.load(Ordering::SeqCst) { Arc::default() } else { Arc::clone(&of_relay) };
            async move {
                let Ok(server) = TcpStream::connect(to).await else { return };
                let ((client_read, client_write), (server_read, server_write)) =
                    (client.into_split(), server.into_split());
                let back = tokio::spawn(forward(server_read, client_write, Arc::clone(&silenced)));
                let _ = forward(client_read, server_write, silenced).await;
                let _ = back.await;
            }
        });
        Self { server, silenced }
    }

    /// Returns the address.
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Discards from now on what comes by the connections that are open, without closing them.
    pub fn silence(&self) {
        self.silenced.store(true, Ordering::SeqCst);
    }
}

async fn forward(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    silenced: Arc<AtomicBool>,
) -> io::Result<()> {
    let mut buffer = vec![0; 4096];
    loop {
        let count = from.read(&mut buffer).await?;
        if count == 0 {
            return Ok(());
        }
        if !silenced.load(Ordering::SeqCst) {
            to.write_all(&buffer[..count]).await?;
        }
    }
}
