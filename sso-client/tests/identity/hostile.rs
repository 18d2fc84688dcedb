//! What a hostile peer says is no more than a part of an error of a session, on one line, and none of it is said twice.

use std::time::Duration;

use serde_json::json;
use sso_client::config::http::{BoxFuture, HttpClient, HyperClient, RequestBody, SharedHttpClient, TransportResult};
use sso_client::config::retry::RetryConfig;
use sso_client::error::BoxError;
use sso_client::identity::start_url::follow;
use sso_client::identity::{Flow, IdentityError, LoginOptions, SsoSession};
use sso_client::runtime::transport::ConnectorError;
use test_support::servers::{Certificate, ScriptedServer, Step};

use super::common::{Home, block_on};

/// Line breaks, ESC, CSI, a text that runs backwards, NEL and the line separator.
const EVIL: &str = "a\r\nINFO forged\u{1b}[2J\u{9b}31m\u{202e}gp.exe\u{85}next\u{2028}last";
/// The longest line of an error whose cause is one of the connection: what was done, and what is shown of the cause.
const MOST: usize = 512;

const CONFIG: &str = "[sso-session corp]\nsso_start_url = https://d-abc123.awsapps.com/start\nsso_region = eu-west-1\n";

/// A transport that fails as a peer makes it fail: with a long text in a cause.
#[derive(Clone, Debug)]
struct Broken;

impl HttpClient for Broken {
    fn call(&self, _request: http::Request<RequestBody>) -> BoxFuture<'static, TransportResult> {
        let cause = BoxError::from(format!("{EVIL}{}", "x".repeat(64 << 10)));
        Box::pin(async { Err(ConnectorError::io(std::io::Error::other(cause).into())) })
    }
}

fn is_tame(what: &str, text: &str) {
    let evil = |char: char| {
        char.is_control() || matches!(char, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert!(!text.contains(evil), "{what}: {:?}", text.chars().take(MOST).collect::<String>());
    let length = text.chars().count();
    assert!(length < MOST, "{what} has {length} characters: {}", text.chars().take(MOST).collect::<String>());
}

fn check(what: &str, error: &IdentityError) {
    is_tame(what, &error.to_string());
    is_tame(what, error.message());
    let debug = format!("{error:?}");
    assert!(debug.chars().count() < 2 * MOST, "{what}: Debug has {} characters", debug.chars().count());
}

/// A session in a home of its own, with a token that is good, or that has to be refreshed.
fn signed_in(home: &Home, expires: &str, http: SharedHttpClient) -> SsoSession {
    let loader = home.loader().session_name("corp");
    let loader = loader.configure(move |config| config.http_client(http.clone()).retry_config(RetryConfig::disabled()));
    let session = loader.load().expect("a session");
    let token = json!({
        "accessToken": "T", "expiresAt": expires, "region": "eu-west-1", "clientId": "i", "clientSecret": "s",
        "refreshToken": "r", "registrationExpiresAt": "2099-01-01T00:00:00Z",
    });
    home.put(".aws/sso/cache/x.json", "");
    std::fs::write(session.token_location(), token.to_string()).expect("written");
    session
}

const GOOD: &str = "2099-01-01T00:00:00Z";
const EXPIRED: &str = "2020-01-01T00:00:00Z";

#[test]
fn long_causes_are_cut_wherever_a_session_sends_something() {
    let home = Home::new(CONFIG);
    let http = SharedHttpClient::new(Broken);
    let session = signed_in(&home, EXPIRED, http.clone());
    check("a refresh", &block_on(session.token()).expect_err("no answer"));
    let note = std::fs::read_to_string(session.token_location().replace(".json", ".attempt")).expect("a note");
    assert!(note.contains("INFO forged"), "it says why: {note}");
    is_tame("the note of a refresh", &note);
    check("what the note tells others", &block_on(session.token()).expect_err("it was asked just now"));

    let session = signed_in(&home, GOOD, http.clone());
    check("credentials", &block_on(session.role_credentials("111122223333", "Audit")).expect_err("no answer"));
    let mut roles = session.roles();
    check("all roles", &block_on(roles.try_next()).expect_err("no answer"));
    let options = || LoginOptions::new().force(true).flow(Flow::DeviceCode);
    check("a login", &block_on(session.login(&options(), |_| {})).expect_err("no answer"));
    let limit = Duration::from_secs(5);
    check("the start URL", &block_on(follow("https://aws.example.com", &http, limit)).expect_err("no answer"));
    check("a logout", &block_on(session.logout()).expect("the files are gone").portal_error.expect("no answer"));
    signed_in(&home, GOOD, http);
    let loader = home.loader().configure(|config| config.http_client(Broken));
    check(
        "a logout of all",
        &block_on(loader.logout_all()).expect("the files are gone").portal_error.expect("no answer"),
    );
}

/// An error response has limits of its own, which its code keeps, too.
#[test]
fn long_codes_are_cut_in_the_note_of_a_refresh() {
    let home = Home::new(CONFIG);
    let script = super::common::Script::new([json!({ "status": 400, "body": {
        "__type": format!("{EVIL}{}", "x".repeat(64 << 10)), "message": "y".repeat(64 << 10),
    } })]);
    let session = signed_in(&home, EXPIRED, SharedHttpClient::new(script));
    let error = block_on(session.token()).expect_err("refused");
    assert!(error.to_string().chars().count() < 3 * 1100, "{} characters", error.to_string().chars().count());
    let note = std::fs::read_to_string(session.token_location().replace(".json", ".attempt")).expect("a note");
    assert!(note.chars().count() < 6 * 1100, "the note of a refresh has {} characters", note.chars().count());
}

/// Asks a server for credentials that certifies itself by this authority.
async fn asked(url: String, trusted: String) -> IdentityError {
    let mut home = Home::new(CONFIG);
    home.variables.insert("AWS_ENDPOINT_URL_SSO".into(), url);
    let http = HyperClient::builder().trust_only_pem(trusted).build();
    let session = signed_in(&home, GOOD, SharedHttpClient::new(http));
    session.role_credentials("111122223333", "Audit").await.expect_err("it cannot be asked")
}

#[tokio::test]
async fn the_names_of_a_certificate_are_told_once() {
    let (server, trusted) = ScriptedServer::start_with(Certificate::ManyHosts, vec![Step::Hold]);
    let error = asked(server.url(), trusted).await;
    check("a certificate for a hundred hosts", &error);
    assert_eq!(error.to_string().matches("host-0.other.test").count(), 1, "{error}");
}

/// What a server says when it closes an HTTP/2 connection is its own text.
#[cfg(feature = "http2")]
#[tokio::test]
async fn the_debug_data_of_a_goaway_is_cut() {
    use test_support::servers::Authority;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    /// A frame of the connection: length, type, no flags, stream 0.
    fn frame(kind: u8, payload: &[u8]) -> Vec<u8> {
        let length = u32::try_from(payload.len()).expect("a short payload").to_be_bytes();
        [&length[1..], &[kind, 0, 0, 0, 0, 0], payload].concat()
    }
    const HEADERS: u8 = 1;
    const SETTINGS: u8 = 4;
    const GOAWAY: u8 = 7;
    const PREFACE: usize = 24;

    let authority = Authority::new("trusted");
    let acceptor = authority.acceptor("127.0.0.1", Certificate::ValidAndOffersHttp2);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("https://{}", listener.local_addr().expect("an address"));
    let server = async {
        let (stream, _) = listener.accept().await?;
        let mut stream = acceptor.accept(stream).await?;
        stream.read_exact(&mut [0; PREFACE]).await?;
        stream.write_all(&frame(SETTINGS, &[])).await?;
        loop {
            let mut head = [0; 9];
            stream.read_exact(&mut head).await?;
            let length = usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2]);
            stream.read_exact(&mut vec![0; length]).await?;
            if head[3] == HEADERS {
                break;
            }
        }
        // The last stream that was processed, 0, and ENHANCE_YOUR_CALM.
        let text = EVIL.repeat(15 * 1024 / EVIL.len());
        stream.write_all(&frame(GOAWAY, &[&[0, 0, 0, 0, 0, 0, 0, 11], text.as_bytes()].concat())).await?;
        stream.read_to_end(&mut Vec::new()).await
    };
    let error = tokio::select! {
        biased;
        error = asked(url, authority.pem()) => error,
        ended = async { server.await.expect("a client"); std::future::pending().await } => ended,
    };
    check("a GOAWAY with debug data", &error);
    assert!(error.to_string().contains("INFO forged"), "it tells what the server said: {error}");
}
