//! A server that follows a script, byte for byte, and records requests.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::background::Background;
use super::certificates::{Authority, Certificate};

/// A step of the answer to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// As the first step: the request is not read before the others, and the connection is closed after them. A plain
    /// TCP connection that is closed while it has unread bytes is reset.
    LeaveUnread,
    /// Reads once, whatever there is, of a request that was left unread.
    ReadOnce,
    /// Sends bytes.
    Send(Vec<u8>),
    /// Sends this many spaces, one at a time, after a pause each.
    Trickle(usize, Duration),
    /// Sends nothing for so long.
    Pause(Duration),
    /// Reads and discards until the client closes the connection.
    Hold,
    /// Closes the connection.
    Close,
    /// Closes the connection without the end that TLS has.
    CloseTcp,
}

/// Returns the step that sends a text.
pub fn send(text: &str) -> Step {
    Step::Send(text.into())
}

/// Returns the step that sends a response of HTTP/1.1 with `content-length`. `status` is code and reason; each of
/// `headers` ends with CRLF.
pub fn respond(status: &str, headers: &str, body: &str) -> Step {
    send(&format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n{body}", body.len()))
}

/// A request as a [`ScriptedServer`] saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// The number of its connection, from 0.
    pub connection: usize,
    /// Request line and headers; empty if the request was left unread.
    pub head: String,
}

/// A server that follows a script for each request, over TCP or TLS. After the last step of a script, it waits for
/// the next request on the connection. It stops when it is dropped.
#[derive(Debug)]
pub struct ScriptedServer {
    server: Background,
    requests: Arc<Mutex<Vec<Request>>>,
    scheme: &'static str,
}

impl ScriptedServer {
    /// Starts a server that answers every request by the same script.
    pub fn start(script: impl Into<Vec<Step>>) -> Self {
        Self::start_each(vec![script.into()])
    }

    /// Starts a server that answers the first request by the first script and so on, and those after the last by the
    /// last.
    pub fn start_each(scripts: Vec<Vec<Step>>) -> Self {
        Self::serve(scripts, None)
    }

    /// Starts a server that speaks TLS and answers every request by the same script.
    pub fn start_tls(acceptor: TlsAcceptor, script: impl Into<Vec<Step>>) -> Self {
        Self::serve(vec![script.into()], Some(acceptor))
    }

    /// Starts a server that speaks TLS as `127.0.0.1`, with a certificate of this kind. Returns it with the
    /// certificate, in PEM, of the authority that a client should trust.
    pub fn start_with(certificate: Certificate, script: impl Into<Vec<Step>>) -> (Self, String) {
        Self::start_each_with(certificate, vec![script.into()])
    }

    /// As [`start_with`](Self::start_with), with a script for each request.
    pub fn start_each_with(certificate: Certificate, scripts: Vec<Vec<Step>>) -> (Self, String) {
        let (acceptor, trusted) = Authority::serve("127.0.0.1", certificate);
        (Self::serve(scripts, Some(acceptor)), trusted)
    }

    fn serve(scripts: Vec<Vec<Step>>, tls: Option<TlsAcceptor>) -> Self {
        let scheme = if tls.is_some() { "https" } else { "http" };
        let requests = Arc::<Mutex<Vec<Request>>>::default();
        let (scripts, recorded) = (Arc::new(scripts), Arc::clone(&requests));
        let connections = Mutex::new(0..);
        let server = Background::start(move |stream| {
            let (scripts, requests, tls) = (Arc::clone(&scripts), Arc::clone(&recorded), tls.clone());
            let number = lock(&connections).next().expect("an endless range");
            async move {
                // A client that goes away is not an error of the server.
                let _ = match tls {
                    None => converse(Connection::Tcp(stream), number, &scripts, &requests).await,
                    Some(tls) => match tls.accept(stream).await {
                        Ok(stream) => {
                            let stream = Connection::Tls(Box::new(BufReader::new(stream)));
                            converse(stream, number, &scripts, &requests).await
                        }
                        Err(error) => Err(error),
                    },
                };
            }
        });
        Self { server, requests, scheme }
    }

    /// Returns the address.
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Returns the URL, with `127.0.0.1` as its host.
    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address())
    }

    /// Returns the URL with another name of loopback as its host.
    pub fn url_as(&self, host: &str) -> String {
        format!("{}://{host}:{}", self.scheme, self.address().port())
    }

    /// Returns the requests so far, each from its first byte on.
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.requests).clone()
    }
}

/// A connection. Plain TCP has no buffer, since what is left unread has to stay in the socket.
enum Connection {
    Tcp(TcpStream),
    Tls(Box<BufReader<TlsStream<TcpStream>>>),
}

impl Connection {
    /// Waits for the first byte of a request. Returns whether there is one.
    async fn has_request(&mut self) -> io::Result<bool> {
        match self {
            Self::Tcp(stream) => Ok(stream.peek(&mut [0]).await? > 0),
            Self::Tls(stream) => Ok(!stream.fill_buf().await?.is_empty()),
        }
    }

    fn stream(&mut self) -> &mut (dyn ReadWrite + Send) {
        match self {
            Self::Tcp(stream) => stream,
            Self::Tls(stream) => stream.as_mut(),
        }
    }

    async fn close(self) -> io::Result<()> {
        match self {
            // Without a FIN of its own: where bytes are unread, the system sends a reset.
            Self::Tcp(_) => Ok(()),
            Self::Tls(mut stream) => stream.shutdown().await,
        }
    }
}

trait ReadWrite: AsyncRead + AsyncWrite + Unpin {}

impl<T: AsyncRead + AsyncWrite + Unpin> ReadWrite for T {}

async fn converse(
    mut connection: Connection,
    number: usize,
    scripts: &[Vec<Step>],
    requests: &Mutex<Vec<Request>>,
) -> io::Result<()> {
    while connection.has_request().await? {
        let index = {
            let mut requests = lock(requests);
            requests.push(Request { connection: number, head: String::new() });
            requests.len() - 1
        };
        let stream = connection.stream();
        let Some(script) = scripts.get(index).or(scripts.last()) else { break };
        let left_unread = script.first() == Some(&Step::LeaveUnread);
        if !left_unread {
            let head = read_head(stream).await?;
            read_body(stream, &head).await?;
            lock(requests)[index].head = head;
        }
        for step in script {
            match step {
                Step::LeaveUnread => {}
                Step::ReadOnce => drop(stream.read(&mut [0; 4096]).await?),
                Step::Send(bytes) => {
                    stream.write_all(bytes).await?;
                    stream.flush().await?;
                }
                Step::Trickle(count, pause) => {
                    for _ in 0..*count {
                        tokio::time::sleep(*pause).await;
                        stream.write_all(b" ").await?;
                        stream.flush().await?;
                    }
                }
                Step::Pause(pause) => tokio::time::sleep(*pause).await,
                Step::Hold => {
                    while stream.read(&mut [0; 1024]).await? > 0 {}
                    return Ok(());
                }
                Step::Close => return connection.close().await,
                Step::CloseTcp => return Ok(()),
            }
        }
        if left_unread {
            break;
        }
    }
    connection.close().await
}

/// Reads up to the empty line that ends a head, and no further.
pub(super) async fn read_head(stream: &mut (impl AsyncRead + Unpin + ?Sized)) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

/// Reads and discards the body that a head announces by `content-length`.
async fn read_body(stream: &mut (impl AsyncRead + Unpin + ?Sized), head: &str) -> io::Result<()> {
    let headers = head.lines().filter_map(|line| line.split_once(':'));
    let length = headers.filter(|(name, _)| name.eq_ignore_ascii_case("content-length")).map(|(_, value)| value.trim());
    for length in length.filter_map(|length| length.parse::<usize>().ok()).take(1) {
        stream.read_exact(&mut vec![0; length]).await?;
    }
    Ok(())
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
