//! A server on loopback that does what it is told, byte for byte, and counts the requests.
//!
//! It runs on threads, each of which ends when its client goes away.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// What is done with a request, one thing after the other; then the next on the connection is waited for.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Does not even read the request: to be said first. Closed later, the connection is reset.
    Ignore,
    /// Sends bytes.
    Send(Vec<u8>),
    /// Sends so many bytes, one at a time, with a pause after each.
    Trickle(usize, Duration),
    /// Waits.
    Pause(Duration),
    /// Says no more until the client goes away.
    Hold,
    /// Closes the connection.
    Close,
}

/// What the server does from the first byte of a connection on.
#[derive(Clone)]
pub(crate) enum Mode {
    /// One list of acts for each request; the last counts for all that follow.
    Plain(Vec<Vec<Act>>),
    /// A TLS handshake with a certificate, and a success after it.
    Tls(Certificate),
}

/// The certificate of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Certificate {
    /// One that is right.
    Good,
    /// Of an authority that the client does not know.
    Unknown,
    Expired,
    NotYetValid,
    OtherHost,
}

pub(crate) struct Server {
    address: SocketAddr,
    requests: Arc<AtomicUsize>,
    /// What clients should trust.
    ca_pem: Option<String>,
}

impl Server {
    pub(crate) fn start(mode: Mode) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let requests = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&requests);
        let (tls, ca_pem) = match &mode {
            Mode::Plain(_) => (None, None),
            Mode::Tls(certificate) => {
                let (config, pem) = tls(*certificate);
                (Some(config), Some(pem))
            }
        };
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (mode, counter, tls) = (mode.clone(), Arc::clone(&counter), tls.clone());
                std::thread::spawn(move || match (mode, tls) {
                    (Mode::Plain(scripts), _) => plain(stream, &scripts, &counter),
                    (Mode::Tls(_), Some(config)) => encrypted(stream, config, &counter),
                    (Mode::Tls(_), None) => {}
                });
            }
        });
        Self { address, requests, ca_pem }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    pub(crate) fn ca_pem(&self) -> Option<&str> {
        self.ca_pem.as_deref()
    }
}

/// A client that goes away is no failure of the server, wherever it happens.
fn plain(mut stream: TcpStream, scripts: &[Vec<Act>], requests: &AtomicUsize) {
    let _ = stream.set_nodelay(true);
    while stream.peek(&mut [0]).is_ok_and(|bytes| bytes > 0) {
        let number = requests.fetch_add(1, Ordering::SeqCst);
        let Some(script) = scripts.get(number).or(scripts.last()) else { return };
        if !matches!(script.first(), Some(Act::Ignore)) && !read_request(&mut stream) {
            return;
        }
        for act in script {
            let done = match act {
                Act::Ignore => Ok(()),
                Act::Send(bytes) => stream.write_all(bytes),
                Act::Trickle(count, pause) => (0..*count).try_for_each(|_| {
                    std::thread::sleep(*pause);
                    stream.write_all(b" ")
                }),
                Act::Pause(pause) => {
                    std::thread::sleep(*pause);
                    Ok(())
                }
                Act::Hold => {
                    while stream.read(&mut [0; 1024]).is_ok_and(|bytes| bytes > 0) {}
                    return;
                }
                Act::Close => return,
            };
            if done.is_err() {
                return;
            }
        }
    }
}

fn encrypted(mut stream: TcpStream, config: Arc<rustls::ServerConfig>, requests: &AtomicUsize) {
    let Ok(mut tls) = rustls::ServerConnection::new(config) else { return };
    if tls.complete_io(&mut stream).is_err() {
        // What it has to say of the failure is still to be sent.
        let _ = tls.complete_io(&mut stream);
        return;
    }
    let mut stream = rustls::Stream::new(&mut tls, &mut stream);
    if read_request(&mut stream) {
        requests.fetch_add(1, Ordering::SeqCst);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
        while stream.read(&mut [0; 1024]).is_ok_and(|bytes| bytes > 0) {}
    }
}

fn read_request(stream: &mut impl Read) -> bool {
    let mut request = Vec::new();
    let mut buffer = [0; 1024];
    while !request.windows(4).any(|window| window == b"\r\n\r\n") {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return false,
            Ok(read) => request.extend_from_slice(&buffer[..read]),
        }
    }
    true
}

/// A server's configuration, and the authority that its client is told to trust.
fn tls(certificate: Certificate) -> (Arc<rustls::ServerConfig>, String) {
    let authority = || {
        let key = rcgen::KeyPair::generate().expect("a key");
        let mut params = rcgen::CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let name = format!("authority {:?}", std::time::Instant::now());
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        let certificate = params.self_signed(&key).expect("a certificate");
        (certificate, key)
    };
    let (ca, ca_key) = authority();
    let trusted = if certificate == Certificate::Unknown { authority().0.pem() } else { ca.pem() };
    let host = if certificate == Certificate::OtherHost { "other.test" } else { "127.0.0.1" };
    let mut params = rcgen::CertificateParams::new(vec![host.to_owned()]).expect("a name");
    match certificate {
        Certificate::Expired => params.not_after = rcgen::date_time_ymd(2020, 1, 1),
        Certificate::NotYetValid => params.not_before = rcgen::date_time_ymd(2120, 1, 1),
        _ => {}
    }
    let key = rcgen::KeyPair::generate().expect("a key");
    let leaf = params.signed_by(&key, &ca, &ca_key).expect("a certificate");
    let chain = vec![CertificateDer::from(leaf.der().to_vec())];
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("a certificate");
    (Arc::new(config), trusted)
}
