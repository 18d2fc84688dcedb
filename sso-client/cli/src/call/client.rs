//! One call of an operation, and what is said when it fails.

use serde_json::{Map, Value};
use sso_client::config::http::HttpRequest;
use sso_client::{Client, Config};

use super::transport::{Exchange, Recorded, Recorder};
use super::{debug, input, response};
use crate::errors::{Failed, printable_line};
use crate::output::Secret;
use crate::table::{Cause, Command, Failure, Input};

/// The longest text of an error that is shown.
const MAX_SHOWN: usize = 500;

/// Calls an operation.
pub(super) struct Caller {
    pub(super) command: &'static Command,
    client: Client,
    recorder: Recorder,
    attempts: u32,
}

impl Caller {
    pub(super) fn new(command: &'static Command, config: Config, recorder: Recorder) -> Self {
        let attempts = config.retry_config().map_or(1, sso_client::config::retry::RetryConfig::max_attempts);
        Self { command, client: Client::from_conf(config), recorder, attempts }
    }

    /// Checks an input, sends it and returns the output.
    pub(super) async fn call(&self, input: &Input) -> Result<Secret, Failed> {
        let members = &input.0;
        input::check(self.command, members)?;
        let order: Vec<&'static str> = members.keys().filter_map(|name| self.query_name(name)).collect();
        let change = Box::new(move |request: &mut HttpRequest| reorder(request, &order));
        let called = (self.command.call)(&self.client, input, change).await;
        let Exchange { url, proxy, response } = self.recorder.take();
        if let Some(response) = response.as_ref().filter(|_| self.recorder.is_debug()) {
            debug::response(self.command, response);
        }
        match (called, response) {
            (_, Some(response)) if response.complete && response.status.is_success() => {
                let output = response::output(self.command.output, &response.body);
                output.map(Secret).map_err(|why| unusable(&url, &response, &why))
            }
            (Err(failure), Some(response)) if response.complete => Err(self.refused(&failure, &response)),
            (Err(failure), response) => Err(failed(&failure, &url, proxy, response.is_some())),
            // A call that succeeded has a response.
            (Ok(()), _) => Err(Failed::failure(format!("there is no response of {url}"))),
        }
    }

    fn query_name(&self, member: &str) -> Option<&'static str> {
        self.command.input.iter().find(|found| found.name == member)?.query
    }

    /// What an error response says, by the rules of AWS CLI v1.
    fn refused(&self, failure: &Failure, response: &Recorded) -> Failed {
        let (code, message) = error_of(response);
        let exhausted = failure.attempts >= self.attempts && (failure.retryable || response.status.as_u16() == 509);
        let retries = if exhausted {
            format!(" (reached max retries: {})", failure.attempts.saturating_sub(1))
        } else {
            String::new()
        };
        let operation = self.command.operation;
        let message = format!("An error occurred ({code}) when calling the {operation} operation{retries}: {message}");
        Failed::failure(message).maybe_hint(hint(&code, response.status))
    }
}

fn hint(code: &str, status: http::StatusCode) -> Option<&'static str> {
    match (code, status.as_u16()) {
        ("UnauthorizedException", _) => {
            Some("the access token has expired, was revoked, or is of another region; sign in again")
        }
        ("ForbiddenException", _) => Some(
            "the role is not assigned to the user in that account, or misspelt; sso list-account-roles lists those that are",
        ),
        ("ResourceNotFoundException", _) => {
            Some("there is no such account or role; sso list-accounts lists the accounts")
        }
        ("TooManyRequestsException", _) => Some("wait a little; AWS_MAX_ATTEMPTS says how often to try"),
        (_, 300..=399) => Some("look at the endpoint: redirects are not followed"),
        _ => None,
    }
}

/// Puts the parameters of the query string into the order of the members of the input.
fn reorder(request: &mut HttpRequest, order: &[&str]) {
    let uri = request.uri().to_string();
    let Some((path, query)) = uri.split_once('?') else { return };
    let mut parameters: Vec<&str> = query.split('&').collect();
    let rank = |parameter: &&str| {
        let name = parameter.split_once('=').map_or(*parameter, |(name, _)| name);
        order.iter().position(|found| *found == name).map_or(0, |index| index + 1)
    };
    if parameters.is_sorted_by_key(rank) {
        return;
    }
    parameters.sort_by_key(rank);
    // The URI stays as valid as it was; were it not, the order would stay.
    let _ = request.set_uri(format!("{path}?{}", parameters.join("&")));
}

fn unusable(url: &str, response: &Recorded, why: &str) -> Failed {
    let status = response.status.as_u16();
    Failed::failure(format!("The response of \"{url}\" cannot be used (HTTP {status}): {why}"))
        .hint("is that the endpoint, or a proxy or sign-in page on the way? --debug shows the response")
}

/// What is said where there is no response, or not all of one.
fn failed(failure: &Failure, url: &str, proxy: Option<String>, responded: bool) -> Failed {
    let text = &failure.text;
    match failure.cause {
        Cause::ReadTimeout => Failed::failure(format!("Read timeout on endpoint URL: \"{url}\""))
            .hint("--cli-read-timeout SECONDS waits longer"),
        _ if responded => closed(url, text),
        Cause::Input => Failed::failure(text.clone())
            .hint("nothing was sent: a value is empty, or holds what a request cannot carry, such as a line break"),
        Cause::Connect => {
            Failed::failure(format!("Could not connect to the endpoint URL: \"{url}\"")).hint(text.clone())
        }
        Cause::ConnectTimeout => Failed::failure(format!("Connect timeout on endpoint URL: \"{url}\""))
            .hint("--cli-connect-timeout SECONDS waits longer"),
        Cause::Tls => Failed::failure(format!("SSL validation failed for {url} {text}"))
            .hint("--ca-bundle FILE names other certificates to trust"),
        Cause::Ended if url.starts_with("https:") => {
            Failed::failure(format!("SSL validation failed for {url} {text}")).hint("does the endpoint speak TLS?")
        }
        Cause::Proxy => {
            let proxy = proxy.unwrap_or_default();
            Failed::failure(format!("Failed to connect to proxy URL: \"{proxy}\"")).hint(text.clone())
        }
        Cause::Ended | Cause::Closed | Cause::Response => closed(url, text),
    }
}

fn closed(url: &str, text: &str) -> Failed {
    let message = format!("Connection was closed before we received a valid response from endpoint URL: \"{url}\".");
    Failed::failure(message).hint(text)
}

/// Code and message of an error response: the code of the header counts, then those of the body, then the status.
fn error_of(response: &Recorded) -> (String, String) {
    let status = response.status;
    let body = String::from_utf8_lossy(&response.body);
    let of_header =
        response.headers.get("x-amzn-errortype").map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let no_body = body.is_empty() || body.trim_start().to_ascii_lowercase().starts_with("<html>");
    if status.is_server_error() && no_body && status.as_u16() <= 504 {
        return (status.as_u16().to_string(), status.canonical_reason().unwrap_or_default().to_owned());
    }
    let parsed = serde_json::from_str(&body);
    let members = match parsed {
        Ok(Value::Object(members)) => members,
        _ => Map::from_iter([("message".to_owned(), Value::String(shortened(&body)))]),
    };
    let text = |names: &[&str]| names.iter().find_map(|name| members.get(*name)).map(crate::python::str);
    let code = of_header.or_else(|| text(&["code", "Code", "__type"]));
    let code = code.map_or_else(|| status.as_u16().to_string(), |code| sanitized(&code).to_owned());
    // Each is one line, whatever a server writes.
    let message = text(&["message", "Message"]).unwrap_or_default();
    (printable_line(&code), printable_line(&shortened(&message)))
}

/// A code without namespace and URL.
fn sanitized(code: &str) -> &str {
    let code = code.split(':').next().unwrap_or(code);
    code.rsplit('#').next().unwrap_or(code)
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
