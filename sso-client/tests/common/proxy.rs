//! A proxy that writes down what it was asked.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// How a proxy behaves.
#[derive(Clone)]
pub(crate) enum Manners {
    /// It does what it is asked to.
    Forward,
    /// It wants this in `Proxy-Authorization`.
    Ask(&'static str),
    /// It answers everything with this.
    Answer(&'static str),
}

/// A proxy on loopback, which ends when it is dropped.
pub(crate) struct TestProxy {
    address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl TestProxy {
    pub(crate) async fn start(manners: Manners) -> Self {
        Self::serve(manners, None).await
    }

    pub(crate) async fn start_tls(manners: Manners, acceptor: TlsAcceptor) -> Self {
        Self::serve(manners, Some(acceptor)).await
    }

    async fn serve(manners: Manners, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let heads = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&heads);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (manners, tls, heads) = (manners.clone(), tls.clone(), Arc::clone(&seen));
                tokio::spawn(async move {
                    match tls {
                        None => converse(stream, &manners, &heads).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                converse(stream, &manners, &heads).await;
                            }
                        }
                    }
                });
            }
        });
        Self { address, heads, task }
    }

    /// Host and port.
    pub(crate) fn address(&self) -> String {
        self.address.to_string()
    }

    /// The heads of what it was asked, one for each connection.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.heads.lock().expect("no panic").clone()
    }
}

impl Drop for TestProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn converse(mut client: impl AsyncRead + AsyncWrite + Unpin, manners: &Manners, heads: &Mutex<Vec<String>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match client.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    let text = String::from_utf8(head).expect("ASCII");
    heads.lock().expect("no panic").push(text.clone());
    let answer = match manners {
        Manners::Answer(answer) => Some(*answer),
        Manners::Ask(expected)
            if !text.to_lowercase().contains(&format!("proxy-authorization: {expected}").to_lowercase()) =>
        {
            Some("HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\ncontent-length: 0\r\n\r\n")
        }
        _ => None,
    };
    if let Some(answer) = answer {
        let _ = client.write_all(answer.as_bytes()).await;
        let _ = client.shutdown().await;
        return;
    }
    let mut words = text.split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let front = if method == "CONNECT" { target } else { target.trim_start_matches("http://") };
    let address = front.split('/').next().unwrap_or_default();
    // Names that only this proxy knows are loopback.
    let port = address.rsplit(':').next().unwrap_or_default();
    let Ok(mut server) = TcpStream::connect(format!("127.0.0.1:{port}")).await else { return };
    let first = if method == "CONNECT" {
        client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await
    } else {
        server.write_all(text.as_bytes()).await
    };
    if first.is_ok() {
        let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
    }
}
