//! Connecting: names, addresses and proxies that fail in many ways. Each row has the exact message, the hint, the kind
//! and the number of attempts.

#[path = "connecting/networks.rs"]
mod networks;
#[path = "connecting/proxies.rs"]
mod proxies;

use std::time::Duration;

use sso_client::config::http::{HyperClient, HyperClientBuilder};
use sso_client::config::retry::RetryConfig;
use sso_client::config::timeout::{TimeoutConfig, TimeoutKind};
use sso_client::error::{ProvideErrorMetadata, SdkError};
use sso_client::{Client, Config};

/// A call that fails, and how.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) url: String,
    pub(crate) http: HyperClientBuilder,
    pub(crate) read_timeout: Duration,
    /// The message, without the number of attempts.
    pub(crate) message: String,
    /// The beginning of the hint; empty if there is none.
    pub(crate) hint: &'static str,
    pub(crate) kind: Kind,
    /// Whether it is the proxy that failed.
    pub(crate) proxy: bool,
    pub(crate) attempts: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Io,
    Timeout(TimeoutKind),
    Other,
}

impl Row {
    pub(crate) fn new(name: &'static str, url: impl Into<String>) -> Self {
        Self {
            name,
            url: url.into(),
            http: HyperClient::builder(),
            read_timeout: Duration::from_secs(30),
            message: String::new(),
            hint: "",
            kind: Kind::Io,
            proxy: false,
            attempts: 3,
        }
    }

    pub(crate) fn says(mut self, message: impl Into<String>, hint: &'static str) -> Self {
        self.message = message.into();
        self.hint = hint;
        self
    }

    pub(crate) fn by(mut self, http: HyperClientBuilder) -> Self {
        self.http = http;
        self
    }

    pub(crate) fn kind(mut self, kind: Kind, attempts: u32) -> Self {
        self.kind = kind;
        self.attempts = attempts;
        self
    }

    /// Makes the call, and returns what is wrong, if anything.
    pub(crate) async fn check(self) -> Result<(), String> {
        let config = Config::builder()
            .endpoint_url(&self.url)
            .http_client(self.http.build())
            .timeout_config(TimeoutConfig::builder().read_timeout(self.read_timeout).build())
            .retry_config(RetryConfig::standard().with_initial_backoff(Duration::from_millis(1)));
        let client = Client::from_conf(config.build());
        let Err(error) = client.list_accounts().access_token("TOKEN").send().await else {
            return Err(format!("{}: a success", self.name));
        };
        let plural = if self.attempts == 1 { "" } else { "s" };
        let expected = format!("ListAccounts: {} ({} attempt{plural})", self.message, self.attempts);
        let hint = error.hint().unwrap_or_default().to_owned();
        let text = error.to_string();
        let SdkError::DispatchFailure(failure) = &error else { return Err(format!("{}: {text}", self.name)) };
        let kind = match error.timeout_kind() {
            Some(kind) => Kind::Timeout(kind),
            None if failure.is_io() => Kind::Io,
            None => Kind::Other,
        };
        let proxy = failure.as_connector_error().is_some_and(sso_client::error::ConnectorError::is_proxy);
        let right = text == expected
            && hint.starts_with(self.hint)
            && hint.is_empty() == self.hint.is_empty()
            && (kind, proxy, error.attempts()) == (self.kind, self.proxy, self.attempts);
        if right {
            return Ok(());
        }
        Err(format!("{}:\n  {text}\n  {expected}\n  hint {hint}\n  {kind:?}, proxy: {proxy}", self.name))
    }
}

/// Checks rows side by side, since most of them wait for something.
pub(crate) async fn check(rows: Vec<Row>) {
    let running: Vec<_> = rows.into_iter().map(|row| tokio::spawn(row.check())).collect();
    let mut wrong = Vec::new();
    for row in running {
        wrong.extend(row.await.expect("no panic").err());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
