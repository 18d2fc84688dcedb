//! The listener that the browser comes back to: who may ask it for what.

use sso_client::identity::{IdentityErrorKind, LoginOptions};
use sso_client::runtime::test_util::FakeClock;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::common::{Home, Script, at, block_on, scripted};
use super::login::{SESSION, get, parameter, registered, send};

/// Runs a sign-in that ends by `browser`, which gets URL and port; gives how it ended.
fn sign_in<F: Future<Output = ()>>(browser: impl FnOnce(String, u16) -> F) -> IdentityErrorKind {
    let home = Home::new(SESSION);
    let clock = FakeClock::at(at("2026-01-01T00:00:00Z"));
    let script = Script::new([registered()]);
    let session = scripted(home.loader().session_name("s"), &script, &clock).load().expect("a session");
    let (login, ()) = block_on(super::login::sign_in(&session, LoginOptions::new(), browser));
    login.expect_err("declined").kind()
}

#[test]
fn nothing_but_the_callback_is_answered_by_anything_but_404() {
    let ended = sign_in(|url, port| async move {
        let (state, host) = (parameter(&url, "state"), format!("127.0.0.1:{port}"));
        let good = format!("/oauth/callback?state={state}&code=C");
        let long = format!("/oauth/callback?state={state}&code=C&x={}", "x".repeat(8 * 1024));
        let many = "a: b\r\n".repeat(200);
        for request in [
            format!("POST {good} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n\r\n"),
            format!("HEAD {good} HTTP/1.1\r\nHost: {host}\r\n\r\n"),
            format!("GET {good} HTTP/1.1\r\n\r\n"),
            format!("GET {good} HTTP/1.1\r\nHost: {host}\r\nHost: {host}\r\n\r\n"),
            format!("GET {good} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n"),
            format!("GET {good} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"),
            format!("GET {good} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n", port.wrapping_add(1)),
            format!("GET {good} HTTP/1.1\r\nHost: rebound.example.com:{port}\r\n\r\n"),
            format!("GET http://{host}{good} HTTP/1.1\r\nHost: {host}\r\n\r\n"),
            format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n"),
            format!("GET /oauth/callback/x?state={state}&code=C HTTP/1.1\r\nHost: {host}\r\n\r\n"),
            format!("GET {long} HTTP/1.1\r\nHost: {host}\r\n\r\n"),
            format!("GET {good} HTTP/1.1\r\nHost: {host}\r\n{many}\r\n"),
            "nonsense\r\n\r\n".to_owned(),
            "\u{16}\u{3}\u{1} TLS\r\n\r\n".to_owned(),
        ] {
            let answer = send(port, &request).await;
            let line = request.lines().next().unwrap_or_default();
            assert!(answer.starts_with("HTTP/1.1 404 "), "{line:.80}: {answer}");
            for header in ["Cache-Control: no-store", "Referrer-Policy: no-referrer"] {
                assert!(answer.contains(header), "{answer}");
            }
            assert!(!answer.contains(&state));
        }
        // Said twice, a state is none; and an error counts only with the right one.
        for query in [format!("state={state}&state={state}&code=C"), "error=access_denied&state=x".to_owned()] {
            assert!(get(port, &format!("/oauth/callback?{query}"), &host).await.starts_with("HTTP/1.1 400 "));
        }
        let answer = get(port, &format!("/oauth/callback?error=access_denied&state={state}"), &host).await;
        assert!(answer.contains("The sign-in failed.") && !answer.contains("access_denied"), "{answer}");
    });
    assert_eq!(ended, IdentityErrorKind::LoginDenied);
}

#[test]
fn it_listens_on_the_loopback_address_and_slow_connections_hold_nobody_up() {
    let ended = sign_in(|url, port| async move {
        if let Ok(table) = std::fs::read_to_string("/proc/net/tcp") {
            // Local addresses of sockets that listen, by number.
            let words = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
            let listening: Vec<String> =
                words.filter(|words| words.get(3) == Some(&"0A")).map(|words| words[1].into()).collect();
            let port = format!(":{port:04X}");
            let ours: Vec<&String> = listening.iter().filter(|address| address.ends_with(&port)).collect();
            assert_eq!(ours, [&format!("0100007F{port}")]);
        }
        let mut slow = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("a connection");
            stream.write_all(b"GET /oauth/callb").await.expect("sent");
            slow.spawn(async move { stream.read(&mut [0]).await });
        }
        let target = format!("/oauth/callback?error=access_denied&state={}", parameter(&url, "state"));
        let host = format!("127.0.0.1:{port}");
        tokio::select! {
            biased;
            answer = get(port, &target, &host) => assert!(answer.contains("The sign-in failed."), "{answer}"),
            ended = slow.join_next() => panic!("a slow connection ended first: {ended:?}"),
        }
    });
    assert_eq!(ended, IdentityErrorKind::LoginDenied);
}
