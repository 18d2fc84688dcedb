//! A whole session on a fake service, by both flows, grepped for its secrets; and TLS.

use std::sync::Mutex;

use serde_json::{Value, json};
use sso_client::identity::{Flow, LoginEvent, LoginOptions, SsoSession};
use sso_client::test_util::{OidcBehavior, Portal, Rotation, SignIn};
use test_support::Written;
use tracing_subscriber::layer::SubscriberExt;

use super::common::Home;
use super::processes::Watch;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const CONFIG: &str = "[sso-session corp]\nsso_start_url = https://d-abc123.awsapps.com/start\nsso_region = eu-west-1\n";

fn session(home: &Home, portal: &Portal) -> SsoSession {
    let config = portal.config().build();
    home.loader()
        .session_name("corp")
        .configure(move |builder| {
            let builder = builder.endpoint_url(config.endpoint_url().unwrap_or_default());
            match config.http_client() {
                Some(client) => builder.http_client(client),
                None => builder,
            }
        })
        .load()
        .expect("a session")
}

/// Opens the page as a browser would, and follows where it leads.
async fn browse(portal: &Portal, url: &str) -> String {
    let transport = portal.transport();
    let request = http::Request::builder().uri(url).body(Default::default()).expect("a request");
    let answer = sso_client::config::http::HttpClient::call(&transport, request).await.expect("an answer");
    let location = answer.headers()["location"].to_str().expect("text").to_owned();
    let (host, target) = location.trim_start_matches("http://").split_once('/').expect("a URL");
    let mut stream = tokio::net::TcpStream::connect(host).await.expect("the listener");
    stream.write_all(format!("GET /{target} HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes()).await.expect("sent");
    let mut page = String::new();
    stream.read_to_string(&mut page).await.expect("a page");
    page
}

/// Opens a page as programs do: by a process that has the URL as its argument, and runs for a while.
#[cfg(unix)]
fn open(url: &str) -> std::process::Child {
    std::process::Command::new("sh").args(["-c", "sleep 0.2; :", "browser", url]).spawn().expect("a browser")
}

/// What a whole session leaves behind, besides its files.
async fn whole_session(home: &Home, portal: &Portal) -> String {
    let session = session(home, portal);
    let mut shown = String::new();
    let mut show = |text: String| {
        shown.push_str(&text);
        shown.push('\n');
    };
    let events = Mutex::new(String::new());
    let options = LoginOptions::new().flow(Flow::DeviceCode);
    let browsers = Mutex::new(Vec::new());
    let open = |url: &str| {
        #[cfg(unix)]
        browsers.lock().expect("a list").push(open(url));
        #[cfg(not(unix))]
        let _ = url;
    };
    let login = session.login(&options, |event| {
        events.lock().expect("a text").push_str(&format!("{event:?}"));
        if let LoginEvent::DeviceCode { verification_uri_complete: Some(url), .. } = event {
            open(&url);
        }
    });
    show(format!("{:?}", login.await.expect("signed in by device code")));
    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
    let options = LoginOptions::new().flow(Flow::Pkce).force(true);
    let login = session.login(&options, |event| {
        events.lock().expect("a text").push_str(&format!("{event:?}"));
        if let LoginEvent::AuthorizationUrl { url, .. } = event {
            open(&url);
            sender.send(url).expect("a browser");
        }
    });
    let (login, page) = tokio::join!(login, async {
        let url = receiver.recv().await.expect("a URL");
        browse(portal, &url).await
    });
    show(format!("{:?} {page}", login.expect("signed in by the browser")));
    show(format!("{:?} {:?}", session.token().await.expect("a token"), session.status().await));
    show(format!("{:?}", session.refresh().await.expect("refreshed")));
    show(format!("{:?}", session.roles().try_collect().await.expect("roles")));
    let credentials = session.role_credentials("111122223333", "Admin").await.expect("credentials");
    show(format!("{credentials:?} {session:?}"));
    let error = session.role_credentials("111122223333", "Nobody").await.expect_err("not assigned");
    show(format!("{error} {error:?}"));
    let client = session.client().await.expect("a client");
    show(format!("{client:?} {:?}", client.list_accounts().send().await.expect("accounts")));
    portal.end_sessions();
    let error = session.refresh().await;
    show(format!("{error:?}"));
    show(format!("{:?}", session.logout().await.expect("signed out")));
    show(events.into_inner().expect("a text"));
    for mut browser in browsers.into_inner().expect("a list") {
        let _: std::io::Result<std::process::ExitStatus> = browser.wait();
    }
    shown
}

/// The texts that fake services give only to those who may have them.
fn secrets(text: &str) -> Vec<&str> {
    const WHAT: [&str; 9] = [
        "access-token-",
        "refresh-token-",
        "client-secret-",
        "device-code-",
        "auth-code-",
        "auth%2Dcode",
        "secret-of-",
        "session-of-",
        "code_verifier",
    ];
    WHAT.into_iter().filter(|what| text.contains(what)).collect()
}

fn grep(tls: bool) {
    let home = Home::new(CONFIG);
    let log = Written::default();
    let writer = log.clone();
    let layer = tracing_subscriber::fmt::layer().with_writer(move || writer.clone());
    let subscriber = tracing_subscriber::registry().with(tracing_subscriber::filter::LevelFilter::TRACE).with(layer);
    let watch = Watch::start();
    let shown = tracing::subscriber::with_default(subscriber, || {
        super::common::block_on(async {
            let mut portal = Portal::builder().account("111122223333", "dev", "d@example.com", ["Admin"]);
            if tls {
                portal = portal.tls();
            }
            let portal = portal.start().await.expect("started");
            whole_session(&home, &portal).await
        })
    });
    let processes = watch.end();
    if cfg!(target_os = "linux") {
        for part in [std::env::args().next().expect("this program"), "/authorize?".to_owned(), "user_code=".to_owned()]
        {
            assert!(processes.iter().any(|text| text.contains(&part)), "{part} is not seen: {processes:?}");
        }
    }
    for text in &processes {
        assert_eq!(secrets(text), [] as [&str; 0], "{text}");
    }
    let log = log.text();
    assert!(log.contains("CreateToken") && log.contains("refreshing the token"), "there is a log: {log}");
    assert_eq!(secrets(&shown), [] as [&str; 0], "{shown}");
    assert_eq!(secrets(&log), [] as [&str; 0], "{log}");
    // After a logout, nothing but registrations is left, which hold a client secret.
    let mut folders = vec![home.path(".aws")];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("a file").path()) {
            if entry.is_dir() {
                folders.push(entry);
                continue;
            }
            files += 1;
            let text = std::fs::read_to_string(&entry).expect("text");
            let json: Value = serde_json::from_str(&text).unwrap_or(json!({}));
            let allowed: &[&str] = if json.get("clientSecret").is_some() { &["client-secret-"] } else { &[] };
            assert_eq!(secrets(&text), allowed, "{}", entry.display());
        }
    }
    assert!(files >= 3);
}

#[test]
fn no_secret_is_where_it_does_not_belong() {
    grep(false);
}

#[test]
fn a_whole_session_over_tls() {
    grep(true);
}

#[tokio::test]
async fn sign_ins_that_end_badly_are_told() {
    for (sign_in, kind) in [
        (SignIn::Denied, sso_client::identity::IdentityErrorKind::LoginDenied),
        (SignIn::Expired, sso_client::identity::IdentityErrorKind::LoginTimeout),
    ] {
        let home = Home::new(CONFIG);
        let mut behavior = OidcBehavior::default();
        (behavior.sign_in, behavior.pending, behavior.rotation) = (sign_in, 0, Rotation::Off);
        let portal = Portal::builder().oidc(behavior).start().await.expect("started");
        let options = LoginOptions::new().flow(Flow::DeviceCode);
        let error = session(&home, &portal).login(&options, |_| {}).await.expect_err("no token");
        assert_eq!((error.kind(), error.command()), (kind, Some("sso login --sso-session corp")));
    }
}
