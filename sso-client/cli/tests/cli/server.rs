//! A server that answers by a script and remembers what it was asked, misbehaving where the script says so.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    secure: bool,
    requests: Arc<Mutex<Vec<String>>>,
}

/// What is shared by all connections.
#[derive(Clone)]
struct Shared {
    script: Arc<Vec<Value>>,
    requests: Arc<Mutex<Vec<String>>>,
    tls: Option<Arc<ServerConfig>>,
}

/// A request in one line.
pub(crate) fn line(method: &str, target: &str, body: &str, token: Option<&str>, authorization: Option<&str>) -> String {
    format!("{method} {target} {body:?} token {token:?} authorization {authorization:?}")
}

impl Server {
    pub(crate) fn start(script: &Value, certificate: Option<&Path>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let unexpected = vec![json!({ "status": 599, "body": "unexpected request" })];
        let script = script.as_array().cloned().unwrap_or(unexpected);
        let requests = Arc::<Mutex<Vec<String>>>::default();
        let tls = certificate.map(|path| {
            let chain =
                CertificateDer::pem_file_iter(path).expect("a file").collect::<Result<_, _>>().expect("a chain");
            let key = PrivateKeyDer::from_pem_file(path).expect("a key");
            // The provider is explicit: with all features of the workspace there are two.
            let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()
                .expect("versions of the provider");
            Arc::new(config.with_no_client_auth().with_single_cert(chain, key).expect("fits"))
        });
        let shared = Shared { script: Arc::new(script), requests: Arc::clone(&requests), tls };
        let secure = shared.tls.is_some();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = shared.clone();
                // A client that goes away is none of the server's business.
                std::thread::spawn(move || shared.serve(stream));
            }
        });
        Self { address, secure, requests }
    }

    pub(crate) fn url(&self) -> String {
        format!("http{}://{}", if self.secure { "s" } else { "" }, self.address)
    }

    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("no panic").clone()
    }
}

impl Shared {
    fn serve(&self, stream: TcpStream) -> io::Result<()> {
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        match &self.tls {
            None => while self.answer(&mut stream.try_clone()?, &stream)? {},
            Some(config) => {
                let connection = ServerConnection::new(Arc::clone(config)).map_err(io::Error::other)?;
                let raw = stream.try_clone()?;
                let mut stream = StreamOwned::new(connection, stream);
                while self.answer(&mut stream, &raw)? {}
            }
        }
        Ok(())
    }

    /// Answers a request, and says whether there may be another.
    fn answer(&self, stream: &mut (impl Read + Write), raw: &TcpStream) -> io::Result<bool> {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            if stream.read(&mut byte)? == 0 {
                return Ok(false);
            }
            if head.is_empty() && byte[0] == 0x16 {
                // A handshake is none of ours to answer; read, it lets the connection end in order.
                let _ = stream.read(&mut [0; 16 * 1024])?;
                return Ok(false);
            }
            head.extend(byte);
            // What is left unread makes the end of the connection a reset.
            if self.step_after(&head)["action"] == "reset" && head.ends_with(b"\r\n\r") {
                self.remember(&head, "");
                raw.set_nonblocking(true)?;
                return Ok(false);
            }
        }
        let text = String::from_utf8_lossy(&head).into_owned();
        let length = header(&text, "content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        stream.read_exact(&mut body)?;
        let step = self.step_after(&head);
        let number = self.remember(&head, &String::from_utf8_lossy(&body));
        reply(stream, &step, number)
    }

    /// The step of the script for the next request.
    fn step_after(&self, head: &[u8]) -> Value {
        let seen = self.requests.lock().expect("no panic").len();
        let step = &self.script[seen.min(self.script.len() - 1)];
        let text = String::from_utf8_lossy(head);
        let path = text.split(' ').nth(1).and_then(|target| target.split('?').next()).unwrap_or_default().to_owned();
        step["route"].get(&path).unwrap_or(step).clone()
    }

    fn remember(&self, head: &[u8], body: &str) -> usize {
        let text: String = head.iter().map(|byte| char::from(*byte)).collect();
        let mut words = text.split(' ');
        let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let (token, authorization) = (header(&text, "x-amz-sso_bearer_token"), header(&text, "authorization"));
        let mut requests = self.requests.lock().expect("no panic");
        requests.push(line(method, target, body, token, authorization));
        requests.len()
    }
}

fn header<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    let fields = head.lines().skip(1).filter_map(|line| line.split_once(':'));
    fields.filter(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).last()
}

fn pause(step: &Value, name: &str) {
    if let Some(seconds) = step[name].as_f64() {
        std::thread::sleep(Duration::from_secs_f64(seconds));
    }
}

fn reply(stream: &mut impl Write, step: &Value, number: usize) -> io::Result<bool> {
    pause(step, "delay");
    match step["action"].as_str() {
        Some("close") => return Ok(false),
        Some("garbage") => {
            stream.write_all(b"this is not http at all\r\n\r\n")?;
            return Ok(false);
        }
        Some("hang") => {
            std::thread::sleep(Duration::from_secs(10));
            return Ok(false);
        }
        _ => {}
    }
    let body = match (step["body_b64"].as_str(), &step["body"]) {
        (Some(encoded), _) => base64::engine::general_purpose::STANDARD.decode(encoded).expect("base64"),
        (None, Value::Null) => Vec::new(),
        (None, Value::String(text)) => text.clone().into_bytes(),
        (None, value) => value.to_string().into_bytes(),
    };
    let mut head =
        format!("HTTP/1.1 {} X\r\nContent-Length: {}\r\n", step["status"].as_u64().unwrap_or(200), body.len());
    if step["headers"].get("Content-Type").is_none() {
        head.push_str("Content-Type: application/json\r\n");
    }
    if step.get("no_request_id").is_none() {
        head.push_str(&format!("x-amzn-RequestId: 00000000-0000-4000-8000-{number:012}\r\n"));
    }
    for (name, value) in step["headers"].as_object().into_iter().flatten() {
        head.push_str(&format!("{name}: {}\r\n", value.as_str().unwrap_or_default()));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes())?;
    stream.flush()?;
    pause(step, "body_delay");
    let truncated = step["action"] == "truncate";
    stream.write_all(if truncated { &body[..body.len() / 2] } else { &body })?;
    stream.flush()?;
    Ok(!truncated)
}
