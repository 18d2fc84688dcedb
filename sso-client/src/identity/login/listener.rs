//! The listener that the browser comes back to.
//!
//! # Invariants
//!
//! - It listens on 127.0.0.1 only.
//! - Nothing but `GET /oauth/callback` with the right `Host` is answered by anything but 404.
//! - Nothing of a request counts before its state has been compared, in constant time.
//! - A page names no secret, and nothing of a request.

use std::future::poll_fn;
use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use percent_encoding::percent_decode_str;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use zeroize::Zeroizing;

use crate::identity::{IdentityError, IdentityErrorKind as Kind};

/// The longest request line.
const MAX_LINE: usize = 8 * 1024;

/// The longest head of a request.
const MAX_HEAD: usize = 32 * 1024;

/// No browser sends as many.
const MAX_HEADERS: usize = 128;

/// How long a connection may take to send its request.
const LIMIT: Duration = Duration::from_secs(10);

/// How many connections are served at once.
const CONNECTIONS: usize = 64;

pub(super) struct Listener {
    socket: TcpListener,
    port: u16,
}

/// What the browser came back with.
pub(super) enum Outcome {
    Code(Zeroizing<String>),
    /// The error code of OAuth.
    Refused(String),
}

/// A request that the page led to, which is still to be answered.
pub(super) struct Callback {
    outcome: Outcome,
    stream: TcpStream,
}

impl Listener {
    /// Binds a port of 127.0.0.1; the system chooses it where it is 0.
    pub(super) async fn bind(port: u16) -> Result<Self, IdentityError> {
        let failed = |error: io::Error| {
            let place = if port == 0 { "any port".to_owned() } else { format!("port {port}") };
            let message = format!(
                "cannot listen on {place} of 127.0.0.1 for the browser: {error}; choose another port, or sign in by \
                 device code"
            );
            IdentityError::new(Kind::Listener, message).with_source(error)
        };
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(failed)?;
        let port = socket.local_addr().map_err(failed)?.port();
        Ok(Self { socket, port })
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Waits for a request with this state. Others are answered, and told to `ignored` if they are callbacks.
    pub(super) async fn wait(
        &self,
        state: &str,
        ignored: &(dyn Fn(&'static str) + Send + Sync),
    ) -> Result<Callback, IdentityError> {
        let (sender, mut receiver) = mpsc::channel(1);
        let state: Arc<Zeroizing<String>> = Arc::new(Zeroizing::new(state.to_owned()));
        let mut connections = JoinSet::new();
        let mut next = |cx: &mut Context<'_>| -> Poll<Found> {
            loop {
                if let Poll::Ready(Some(found)) = receiver.poll_recv(cx) {
                    return Poll::Ready(found);
                }
                while let Poll::Ready(Some(_)) = connections.poll_join_next(cx) {}
                let Poll::Ready(accepted) = self.socket.poll_accept(cx) else { return Poll::Pending };
                match accepted {
                    Ok((stream, _)) if connections.len() < CONNECTIONS => {
                        connections.spawn(serve(stream, self.port, Arc::clone(&state), sender.clone()));
                    }
                    // One more than can be served is closed.
                    Ok(_) => {}
                    // Out of descriptors, for a while.
                    Err(_) => return Poll::Ready(Found::Busy),
                }
            }
        };
        loop {
            match poll_fn(&mut next).await {
                Found::Callback(callback) => return Ok(callback),
                Found::Ignored(reason) => ignored(reason),
                Found::Busy => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }
}

enum Found {
    Callback(Callback),
    Ignored(&'static str),
    Busy,
}

async fn serve(mut stream: TcpStream, port: u16, state: Arc<Zeroizing<String>>, sender: mpsc::Sender<Found>) {
    let head = match tokio::time::timeout(LIMIT, read_head(&mut stream)).await {
        Ok(Ok(Some(head))) => head,
        Ok(Ok(None)) => return respond(&mut stream, "404 Not Found", NOT_FOUND).await,
        Ok(Err(_)) | Err(_) => return,
    };
    let Some(query) = callback_query(&head, port) else {
        return respond(&mut stream, "404 Not Found", NOT_FOUND).await;
    };
    let parameter = |name: &str| -> Option<Zeroizing<String>> {
        let mut found = query.split('&').filter_map(|pair| pair.split_once('=')).filter(|(key, _)| *key == name);
        // Said twice, it says nothing.
        found.next().filter(|_| found.next().is_none()).map(|(_, value)| decoded(value))
    };
    let given = parameter("state").unwrap_or_default();
    if !same(given.as_bytes(), state.as_bytes()) {
        respond(&mut stream, "400 Bad Request", IGNORED).await;
        let _ = sender.send(Found::Ignored("its state is not that of this sign-in")).await;
        return;
    }
    let outcome = match (parameter("error"), parameter("code")) {
        // An error code consists of few characters; whatever else stands there is not repeated.
        (Some(error), _) => Outcome::Refused(
            error.chars().filter(|char| char.is_ascii_alphanumeric() || *char == '_').take(64).collect(),
        ),
        (None, Some(code)) if !code.is_empty() => Outcome::Code(code),
        (None, _) => {
            respond(&mut stream, "400 Bad Request", IGNORED).await;
            let _ = sender.send(Found::Ignored("it has neither a code nor an error")).await;
            return;
        }
    };
    let _ = sender.send(Found::Callback(Callback { outcome, stream })).await;
}

impl Callback {
    pub(super) fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// Shows whether it worked.
    pub(super) async fn answer(mut self, worked: bool) {
        let (status, page) = if worked { ("200 OK", SIGNED_IN) } else { ("400 Bad Request", FAILED) };
        // A browser that has gone away is no reason to wait.
        let _ = tokio::time::timeout(LIMIT, respond(&mut self.stream, status, page)).await;
    }
}

/// The head of a request; `None` when it is too long.
async fn read_head(stream: &mut TcpStream) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let mut head = Zeroizing::new(Vec::with_capacity(MAX_HEAD));
    let mut chunk = Zeroizing::new([0; 2048]);
    loop {
        let count = stream.read(&mut *chunk).await?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if head.len() + count > MAX_HEAD {
            return Ok(None);
        }
        head.extend_from_slice(&chunk[..count]);
        let line_ends = head.iter().position(|byte| *byte == b'\n');
        if line_ends.unwrap_or(head.len()) > MAX_LINE {
            return Ok(None);
        }
        if head.windows(4).any(|bytes| bytes == b"\r\n\r\n") {
            return Ok(Some(head));
        }
    }
}

/// The query of a callback; `None` for any other request.
fn callback_query(head: &[u8], port: u16) -> Option<Zeroizing<String>> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    request.parse(head).ok().filter(httparse::Status::is_complete)?;
    let mut hosts = request.headers.iter().filter(|header| header.name.eq_ignore_ascii_case("host"));
    let host = hosts.next()?.value;
    if request.method? != "GET" || host != format!("127.0.0.1:{port}").as_bytes() || hosts.next().is_some() {
        return None;
    }
    let target = request.path?;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    (path == "/oauth/callback").then(|| Zeroizing::new(query.to_owned()))
}

/// A value of a query, decoded.
fn decoded(value: &str) -> Zeroizing<String> {
    let value = Zeroizing::new(value.replace('+', " "));
    Zeroizing::new(percent_decode_str(&value).decode_utf8_lossy().into_owned())
}

/// Compares without telling, by the time that it takes, where a difference is.
fn same(a: &[u8], b: &[u8]) -> bool {
    let difference = a.iter().zip(b).fold(0, |difference, (a, b)| difference | (a ^ b));
    a.len() == b.len() && std::hint::black_box(difference) == 0
}

const SIGNED_IN: &str = "You are signed in. You can close this window.";
const FAILED: &str = "The sign-in failed. The program that opened this page says why.";
const IGNORED: &str = "This request does not belong to a sign-in that is going on.";
const NOT_FOUND: &str = "There is nothing here.";

async fn respond(stream: &mut TcpStream, status: &str, text: &str) {
    let page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Sign-in</title><p>{text}</p></html>\n"
    );
    let response = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nCache-Control: no-store\r\n\
         Referrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\n\
         Content-Security-Policy: default-src 'none'\r\nConnection: close\r\n\r\n{page}",
        page.len()
    );
    let _ = stream.write_all(response.as_bytes()).await;
    let _ = stream.shutdown().await;
}
