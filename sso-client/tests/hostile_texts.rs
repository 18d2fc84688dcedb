//! What a hostile server says reaches errors and traces only in part, and steers neither terminal nor log.

use sso_client::config::retry::RetryConfig;
use sso_client::error::{DisplayErrorContext, ProvideErrorMetadata as _};
use sso_client::operation::RequestId as _;
use sso_client::operation::list_accounts::ListAccountsError;
use sso_client::test_util::{CannedResponse, Portal};
use sso_client::{Client, Config};
use test_support::Written;
use tracing::instrument::WithSubscriber as _;

/// Line breaks, ESC, CSI, a text that runs backwards, NEL and the line separator.
const EVIL: &str = "a\r\nINFO forged\u{1b}[2J\u{9b}31m\u{202e}gp.exe\u{85}next\u{2028}last";
/// The longest line of an error: code, message, request id, and what is ours.
const LINE: usize = 3 * 1100;

/// What is traced at `TRACE`, without the subscriber's own escaping, which older versions lack.
async fn traced<T>(future: impl Future<Output = T>) -> (String, T) {
    let written = Written::default();
    let writer = written.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .without_time()
        .with_writer(move || writer.clone())
        .finish();
    let output = future.with_subscriber(subscriber).await;
    (written.text(), output)
}

fn is_tame(what: &str, text: &str) {
    let evil = |char: char| {
        (char.is_control() && char != '\n') || matches!(char, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}')
    };
    assert!(!text.contains(evil), "{what}: {:?}", text.chars().take(4000).collect::<String>());
    assert!(!text.lines().any(|line| line.starts_with("INFO forged")), "{what}: a line of a log is forged");
}

#[tokio::test]
async fn hostile_texts_are_escaped_and_cut() {
    let portal = Portal::builder().access_token("TOKEN").start().await.expect("started");
    let client = Client::from_conf(portal.config().retry_config(RetryConfig::disabled()).build());
    let long = format!("{EVIL}{}", "x".repeat(1 << 20));
    // A header's value cannot hold those.
    let id = "i\u{85}\u{2028}\u{202e}".to_owned() + &"d".repeat(5000);
    for (code, message) in [
        (EVIL, EVIL),
        ("UnauthorizedException", EVIL),
        ("UnauthorizedException", &long),
        (&long, "short"),
        (&long, &long),
    ] {
        let body = serde_json::json!({ "__type": code, "code": code, "message": message }).to_string();
        let response = CannedResponse::new(401, body).header("x-amzn-requestid", &id).header("x-amz-id-2", &id);
        portal.respond_next(response);
        let (trace, outcome) = traced(client.list_accounts().access_token("TOKEN").send()).await;
        let error = outcome.expect_err("401");
        is_tame("traces", &trace);
        assert!(trace.contains(": response "), "{trace}");
        for line in trace.lines() {
            assert!(line.chars().count() < LINE, "a trace of {} characters", line.chars().count());
        }
        assert!(error.message() == Some(message) && error.code().is_some(), "accessors return all of it");
        let service = format!("{}", error.as_service_error().expect("an error of the service"));
        for (what, text) in [
            ("Display", error.to_string()),
            ("Display of the operation's error", service),
            ("context", DisplayErrorContext(&error).to_string()),
            ("details", error.details().to_string()),
            ("Debug", format!("{error:?}")),
            ("long Debug", format!("{error:#?}")),
            ("Debug of metadata", format!("{:?}", error.meta())),
        ] {
            is_tame(what, &text);
            let most = if what.contains("Debug") || what == "details" { 12 * 1024 } else { LINE };
            assert!(text.chars().count() < most, "{what} has {} characters", text.chars().count());
        }
        // Without the `SdkError` around them, which has its own limit.
        let bare = error.as_service_error().expect("an error of the service");
        let mut texts = vec![format!("{bare:?}"), format!("{bare:#?}")];
        if let ListAccountsError::UnauthorizedException(exception) = bare {
            texts.extend([format!("{exception:?}"), format!("{exception:#?}")]);
            assert_eq!(exception.message(), Some(message), "accessors return all of it");
        }
        assert_eq!(texts.len() == 4, code == "UnauthorizedException");
        for text in texts {
            is_tame("Debug of the operation's error", &text);
            assert!(text.chars().count() < 12 * 1024, "{} characters", text.chars().count());
        }
        assert_eq!(error.to_string().lines().count(), 1);
        assert!(error.request_id().is_some());
        let error = sso_client::Error::from(error);
        for text in [format!("{error}"), format!("{error:?}")] {
            is_tame("the client's error", &text);
            assert!(text.chars().count() < 12 * 1024, "{} characters", text.chars().count());
        }
    }
}

/// A query may hold a key of a gateway.
#[tokio::test]
async fn queries_of_endpoint_urls_are_not_traced() {
    let portal = Portal::builder().access_token("TOKEN").start().await.expect("started");
    let url = format!("{}?key=KEY-that-must-not-be-seen", portal.endpoint_url());
    let client = Client::from_conf(Config::builder().endpoint_url(url).build());
    let (trace, outcome) = traced(client.list_accounts().access_token("TOKEN").send()).await;
    outcome.expect("a list");
    assert!(trace.contains(": request ") && !trace.contains("url.full="), "the URL is left out: {trace}");
    assert!(!trace.contains("must-not-be-seen"), "{trace}");
}
