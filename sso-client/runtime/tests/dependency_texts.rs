//! Texts of errors that the runtime depends on, since the crates that make them offer no predicate.
//!
//! If one of these tests fails after an update, `transport/connector.rs` has to follow. Two more texts are covered by tests of
//! sso-client: `client error (Canceled)` of hyper-util 0.1 by `tests/many.rs`, which cancels calls while they share an
//! HTTP/2 connection, and `A Tokio 1.x context was found` by `tests/runtimes.rs`.

use bytes::Bytes;
use http_body_util::Empty;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Returns the error of a request that is answered with these bytes.
async fn parse_error(response: Vec<u8>) -> hyper::Error {
    let (client, mut server) = tokio::io::duplex(1 << 20);
    tokio::spawn(async move {
        let mut head = [0; 1024];
        let _ = server.read(&mut head).await;
        let _ = server.write_all(&response).await;
    });
    let mut builder = http1::Builder::new();
    let (mut sender, connection) =
        builder.max_buf_size(64 * 1024).handshake(TokioIo::new(client)).await.expect("a connection");
    tokio::spawn(connection);
    let request = http::Request::new(Empty::<Bytes>::new());
    sender.send_request(request).await.expect_err("no HTTP")
}

#[tokio::test]
async fn parse_errors_of_hyper_1() {
    let large = format!("HTTP/1.1 200 OK\r\n{}\r\n", "x: 1\r\n".repeat(101)).into_bytes();
    for (response, text) in [
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n".to_vec(), "invalid HTTP version parsed"),
        (b"HTTP/1.1 OK\r\n\r\n".to_vec(), "invalid HTTP status-code parsed"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n".to_vec(), "invalid content-length parsed"),
        (large, "message head is too large"),
    ] {
        let error = parse_error(response).await;
        assert!(error.is_parse(), "{error:?}");
        assert_eq!(error.to_string(), text);
    }
}
