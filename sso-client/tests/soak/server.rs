//! A server in a process of its own, so that memory, descriptors and tasks of the client's process are the client's.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use super::faults::{Fault, Faults, Step};

/// Says in the environment of the server's process what goes wrong.
const FAULTS: &str = "SOAK_FAULTS";

/// Precedes the URL in what the server's process prints.
const READY: &str = "listening at ";

/// The process of a server, until it is dropped.
pub(crate) struct Server {
    process: Child,
    /// Whoever closes it makes the server fail where it prints.
    _output: BufReader<ChildStdout>,
    url: String,
    /// The certificate to trust, in PEM; empty without TLS.
    trusted: String,
}

impl Server {
    /// Starts this program again, to run the test [`serves`] alone.
    pub(crate) fn start(faults: Faults) -> Self {
        let program = std::env::current_exe().expect("the test's program");
        let mut command = Command::new(program);
        command.args(["server::serves", "--exact", "--ignored", "--nocapture", "--test-threads=1"]);
        command.env(FAULTS, faults.name()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().expect("a process");
        let mut output = BufReader::new(process.stdout.take().expect("a pipe"));
        let mut line = String::new();
        let (url, trusted) = loop {
            line.clear();
            assert!(output.read_line(&mut line).expect("read") > 0, "the server ended");
            if let Some((url, trusted)) =
                line.trim_end_matches('\n').split_once(READY).and_then(|(_, said)| said.split_once(' '))
            {
                break (url.to_owned(), trusted.replace('|', "\n"));
            }
        };
        Self { process, _output: output, url, trusted }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Returns the certificate to trust, if the server has one.
    pub(crate) fn trusted(&self) -> Option<&str> {
        Some(self.trusted.as_str()).filter(|trusted| !trusted.is_empty())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The server's process.
#[test]
#[ignore = "is the server of the other tests, which start it"]
fn serves() {
    let Some(faults) = std::env::var(FAULTS).ok().and_then(|name| Faults::named(&name)) else { return };
    // Whatever becomes of the process that started this one, this one ends with it.
    std::thread::spawn(|| {
        let _ = std::io::stdin().read(&mut [0]);
        std::process::exit(0);
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        #[cfg(feature = "http2")]
        let tls = (faults == Faults::RandomHttp2).then(super::http2::acceptor);
        #[cfg(not(feature = "http2"))]
        let tls: Option<((), String)> = None;
        match &tls {
            Some((_, trusted)) => println!("{READY}https://localhost:{port} {}", trusted.replace('\n', "|")),
            None => println!("{READY}http://127.0.0.1:{port} "),
        }
        // Resets every connection there is.
        let resets = Arc::new(Notify::new());
        while let Ok((stream, _)) = listener.accept().await {
            let resets = Arc::clone(&resets);
            #[cfg(feature = "http2")]
            if let Some((acceptor, _)) = tls.clone() {
                tokio::spawn(async move {
                    let _ = stream.set_nodelay(true);
                    let _ = stream.set_zero_linger();
                    tokio::select! {
                        () = resets.notified() => {}
                        _ = super::http2::converse(stream, acceptor, faults, &resets) => {}
                    }
                });
                continue;
            }
            tokio::spawn(async move {
                let _ = stream.set_nodelay(true);
                let _ = stream.set_zero_linger();
                tokio::select! {
                    () = resets.notified() => {}
                    _ = converse(stream, faults, &resets) => {}
                }
            });
        }
    });
}

/// Answers requests until a fault ends the connection. It is reset where it is dropped without being shut down.
async fn converse(mut stream: TcpStream, faults: Faults, resets: &Notify) -> std::io::Result<()> {
    let mut buffer = Vec::new();
    while let Some(token) = next_request(&mut stream, &mut buffer).await? {
        let fault = faults.draw();
        for step in fault.answer(&token) {
            match step {
                Step::Send(bytes) => stream.write_all(&bytes).await?,
                Step::Pause(pause) => tokio::time::sleep(pause).await,
                Step::Hold => while stream.read(&mut [0; 256]).await? > 0 {},
                Step::Close => {
                    stream.shutdown().await?;
                    // What the client sent in the meantime would make it a reset.
                    while stream.read(&mut [0; 256]).await? > 0 {}
                    return Ok(());
                }
                Step::Reset => return Ok(()),
                Step::ResetAll => resets.notify_waiters(),
            }
        }
        if fault == Fault::Hangup {
            return Ok(());
        }
    }
    Ok(())
}

/// Reads the head of a request without a body. Returns the access token in it.
async fn next_request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> std::io::Result<Option<String>> {
    let end = loop {
        if let Some(at) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    };
    let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
    buffer.drain(..end);
    let fields = head.lines().filter_map(|line| line.split_once(':'));
    let mut token =
        fields.filter(|(name, _)| name.eq_ignore_ascii_case("x-amz-sso_bearer_token")).map(|(_, value)| value);
    Ok(Some(token.next().unwrap_or_default().trim().to_owned()))
}
