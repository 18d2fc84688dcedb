//! Proxies that are none, or do not want us.

use std::time::Duration;

use sso_client::config::http::{HyperClient, ProxyConfig};
use sso_client::config::timeout::TimeoutKind;
use test_support::servers::{
    Authority, Certificate, ProxyBehavior, ProxyServer, ScriptedServer, Step, TlsAcceptor, refused_address, send,
    silent_listener,
};

use super::{Kind, Row, check};

const SCHEMES: &str = "a proxy on this computer that signs in";
const NO_PROXY: &str = "what answers there is no HTTP proxy";
const SILENT: &str = "check host and port of the proxy's URL";

/// A call to a server behind a proxy, by a tunnel or forwarded.
fn row(name: &'static str, scheme: &str, proxy: &str) -> Row {
    let authority = Authority::new("any");
    let http = HyperClient::builder().trust_only_pem(authority.pem()).proxy(ProxyConfig::all(proxy).expect("a URL"));
    let mut row = Row::new(name, format!("{scheme}://portal.test")).by(http);
    row.proxy = true;
    row
}

/// A proxy that answers with these bytes, and keeps the connection open.
fn answering(bytes: &str) -> ScriptedServer {
    ScriptedServer::start([send(bytes), Step::Hold])
}

/// One that speaks first.
fn banner(bytes: &str) -> ScriptedServer {
    ScriptedServer::start([Step::LeaveUnread, send(bytes), Step::Hold])
}

fn challenge(schemes: &[&str]) -> ScriptedServer {
    let headers: Vec<_> = schemes.iter().map(|scheme| format!("proxy-authenticate: {scheme}\r\n")).collect();
    answering(&format!("HTTP/1.1 407 No\r\n{}content-length: 0\r\n\r\n", headers.concat()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn proxies_are_named_and_hints_are_about_them() {
    let front = "could not connect to portal.test:";
    let mut servers = Vec::new();
    let mut rows = Vec::new();
    for (name, server, scheme, message, hint, attempts) in [
        (
            "a banner of SMTP",
            banner("220 mail ESMTP\r\n"),
            "https",
            "does not speak HTTP: invalid HTTP version parsed",
            NO_PROXY,
            1,
        ),
        (
            "a banner of SSH",
            banner("SSH-2.0-OpenSSH_9.6\r\n"),
            "https",
            "does not speak HTTP: invalid HTTP version parsed",
            NO_PROXY,
            1,
        ),
        (
            "a banner of FTP",
            banner("220 (vsFTPd)\r\n"),
            "https",
            "does not speak HTTP: invalid HTTP version parsed",
            NO_PROXY,
            1,
        ),
        (
            "NTLM and Negotiate",
            challenge(&["Negotiate", "NTLM"]),
            "https",
            "wants credentials by NTLM or Negotiate, and only Basic is supported (HTTP 407)",
            SCHEMES,
            1,
        ),
        (
            "Digest, with parameters",
            challenge(&["Digest realm=\"a, Basic b\", nonce=\"x\", algorithm=MD5"]),
            "https",
            "wants credentials by Digest, and only Basic is supported (HTTP 407)",
            SCHEMES,
            1,
        ),
        (
            "NTLM for forwarded requests",
            challenge(&["ntlm"]),
            "http",
            "wants credentials by NTLM, and only Basic is supported (HTTP 407)",
            SCHEMES,
            1,
        ),
        (
            "an unknown scheme is not shown",
            challenge(&["<b>Evil</b> realm=x, y=\"Basic\""]),
            "https",
            "wants credentials by another scheme, and only Basic is supported (HTTP 407)",
            SCHEMES,
            1,
        ),
        (
            "204",
            answering("HTTP/1.1 204 No Content\r\n\r\n"),
            "https",
            "did not connect to portal.test:443: it answered HTTP 204 No Content",
            "",
            1,
        ),
        (
            "304",
            answering("HTTP/1.1 304 Not Modified\r\n\r\n"),
            "https",
            "did not connect to portal.test:443: it answered HTTP 304 Not Modified",
            "",
            1,
        ),
        (
            "bytes after the head",
            answering("HTTP/1.1 200 OK\r\n\r\nhello"),
            "https",
            "sent more than its response: is it a proxy?",
            NO_PROXY,
            1,
        ),
        (
            "a body after the head",
            answering("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello"),
            "https",
            "sent more than its response: is it a proxy?",
            NO_PROXY,
            1,
        ),
        (
            "an error page",
            answering("HTTP/1.1 403 Forbidden\r\ncontent-length: 3\r\n\r\nno."),
            "https",
            "did not connect to portal.test:443: it answered HTTP 403 Forbidden",
            "",
            1,
        ),
        (
            "its own 502",
            answering("HTTP/1.1 502 Bad\r\ncontent-length: 0\r\n\r\n"),
            "https",
            "did not connect to portal.test:443: it answered HTTP 502 Bad Gateway",
            "",
            3,
        ),
        (
            "a head that is too large",
            answering(&format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "a".repeat(200_000))),
            "https",
            "sent no valid response: message head is too large",
            "",
            1,
        ),
    ] {
        let address = server.address();
        let kind = if attempts == 3 { Kind::Io } else { Kind::Other };
        rows.push(
            row(name, scheme, &format!("http://{address}"))
                .says(format!("{front} the proxy {address} {message}"), hint)
                .kind(kind, attempts),
        );
        servers.push(server);
    }
    let basic = challenge(&["Negotiate", "Basic realm=\"x\""]);
    let url = basic.address();
    rows.push(
        row("Basic among others", "https", &format!("http://{url}"))
            .says(
                format!("{front} the proxy {url} needs credentials: put them into its URL, as http://user:password@{url} (HTTP 407)"),
                "",
            )
            .kind(Kind::Other, 1),
    );
    // A forwarded request says which proxy it took.
    let smtp = banner("220 mail ESMTP\r\n");
    let address = smtp.address();
    rows.push(
        row("a banner instead of a forwarded response", "http", &format!("http://{address}"))
            .says(format!("the proxy {address} does not speak HTTP: invalid HTTP version parsed"), NO_PROXY)
            .kind(Kind::Other, 1),
    );
    // Spoken to by TLS though it is plain.
    let plain = ScriptedServer::start([
        Step::LeaveUnread,
        Step::ReadOnce,
        send("HTTP/1.1 400 Bad Request\r\n\r\n"),
        Step::Hold,
    ]);
    rows.push(
        row("a plain proxy spoken to by TLS", "https", &format!("https://{}", plain.address()))
            .says(
                format!(
                    "{front} the proxy {} does not speak TLS: received corrupt message of type InvalidContentType",
                    plain.address()
                ),
                "check the proxy's URL: with http://",
            )
            .kind(Kind::Other, 1),
    );
    // One that speaks TLS, with a certificate that is not trusted.
    let acceptor: TlsAcceptor = Authority::new("unknown").acceptor("127.0.0.1", Certificate::Valid);
    let untrusted = ProxyServer::start_tls(acceptor, ProxyBehavior::Forward);
    rows.push(
        row("a certificate that is not trusted", "https", &format!("https://{}", untrusted.address()))
            .says(
                format!(
                    "{front} no TLS with the proxy {}: invalid peer certificate: UnknownIssuer",
                    untrusted.address()
                ),
                "the proxy's certificate is not from an authority",
            )
            .kind(Kind::Other, 1),
    );
    // Nobody there.
    let refused = refused_address();
    let error = std::net::TcpStream::connect(refused).expect_err("nobody there");
    for (name, scheme) in [("nobody there, tunnel", "https"), ("nobody there, forwarded", "http")] {
        rows.push(row(name, scheme, &format!("http://{refused}")).says(
            format!("{front} the proxy {refused} cannot be reached: {error}"),
            "nothing listens there: check host and port of the proxy's URL",
        ));
    }
    // It accepts and never answers.
    let silent = silent_listener();
    let address = silent.local_addr().expect("an address");
    for (name, scheme, what) in [
        ("silent", "http", format!("the proxy {address} did not answer")),
        ("silent to TLS", "https", format!("the TLS handshake with the proxy {address} did not end")),
    ] {
        let mut row = row(name, "https", &format!("{scheme}://{address}"))
            .says(format!("{front} {what} within 200ms (connect timeout)"), SILENT)
            .kind(Kind::Timeout(TimeoutKind::Connect), 3);
        row.http = row.http.connect_timeout(Some(Duration::from_millis(200)));
        rows.push(row);
    }
    let mut forwarded = row("silent to a forwarded request", "http", &format!("http://{address}"))
        .says(format!("no response came from the proxy {address} within 200ms"), "the server fell silent")
        .kind(Kind::Timeout(TimeoutKind::Read), 3);
    forwarded.read_timeout = Duration::from_millis(200);
    rows.push(forwarded);
    let mut short = row("a read limit shorter than the connect limit", "https", &format!("http://{address}"))
        .says(format!("{front} the proxy {address} did not answer within 200ms (read timeout)"), "nothing was sent")
        .kind(Kind::Timeout(TimeoutKind::Read), 3);
    short.read_timeout = Duration::from_millis(200);
    rows.push(short);
    check(rows).await;
}

/// Some proxies refuse requests without it.
#[tokio::test]
async fn a_tunnel_is_asked_for_with_a_user_agent() {
    let proxy = ProxyServer::start(ProxyBehavior::Answer("HTTP/1.1 403 Forbidden\r\n\r\n"));
    let url = format!("http://{}", proxy.address());
    let front = "could not connect to portal.test:";
    let refused = format!(
        "{front} the proxy {} did not connect to portal.test:443: it answered HTTP 403 Forbidden",
        proxy.address()
    );
    check(vec![row("refused", "https", &url).says(refused, "").kind(Kind::Other, 1)]).await;
    let head = proxy.heads().concat();
    assert!(head.contains("\r\nuser-agent: smithy-client-runtime/"), "{head}");
}

/// What comes after the head of the response to CONNECT, but later, is not the server's.
#[tokio::test]
async fn bytes_that_come_later_end_the_call() {
    let late = ScriptedServer::start([
        send("HTTP/1.1 200 OK\r\n\r\n"),
        Step::Pause(Duration::from_millis(100)),
        send("HTTP/1.1 200 OK\r\n\r\n"),
        Step::Hold,
    ]);
    let message = "could not connect to portal.test: what answered does not speak TLS: received corrupt message of type InvalidContentType";
    let mut row = row("later", "https", &format!("http://{}", late.address()));
    row.proxy = false;
    check(vec![row.says(message, "TLS could not be agreed on").kind(Kind::Other, 1)]).await;
}
