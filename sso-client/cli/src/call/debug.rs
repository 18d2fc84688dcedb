//! What `--debug` shows on stderr. No secret is in it: not the token, nor what the model marks as sensitive,
//! nor what the model does not know.

use http::header::HeaderMap;
use serde_json::Value;
use sso_client::Config;
use sso_client::config::http::RequestBody;

use super::redact_members;
use super::transport::Recorded;
use crate::args::Globals;
use crate::config::Profile;
use crate::errors::printable_line;
use crate::output::note;
use crate::table::Command;
use crate::urls;

/// Headers whose values say something and are no secrets.
const SHOWN: &[&str] = &[
    "amz-sdk-invocation-id",
    "amz-sdk-request",
    "connection",
    "content-length",
    "content-type",
    "date",
    "host",
    "retry-after",
    "user-agent",
    "x-amz-request-id",
    "x-amz-retry-after",
    "x-amz-user-agent",
    "x-amzn-errortype",
    "x-amzn-requestid",
];

/// A line.
pub(super) fn line(text: &str) {
    note(&format!("debug: {}", printable_line(text)));
}

/// What was decided before the first call.
pub(super) fn settings(globals: &Globals, profile: &Profile, config: &Config) {
    if !globals.debug {
        return;
    }
    line(&format!("version: {}", crate::VERSION));
    line(&format!("profile: {}", profile.name.as_deref().unwrap_or("(none named)")));
    line(&format!("region: {}", config.region().map_or("", AsRef::as_ref)));
    line(&format!("endpoint: {}", config.endpoint_url().map_or_else(|| "(by region)".to_owned(), urls::shown)));
    let attempts = config.retry_config().map_or(1, sso_client::config::retry::RetryConfig::max_attempts);
    line(&format!("attempts: at most {attempts}"));
}

/// A request, when it is sent, with its URL as it may be shown.
pub(super) fn request(request: &http::Request<RequestBody>, url: &str) {
    line(&format!("> {} {url}", request.method()));
    headers('>', request.headers());
}

fn headers(direction: char, headers: &HeaderMap) {
    for (name, value) in headers {
        let shown = SHOWN.contains(&name.as_str()) && !value.is_sensitive();
        let value = if shown { value.to_str().unwrap_or("<binary>") } else { "<redacted>" };
        line(&format!("{direction} {name}: {value}"));
    }
}

/// A response, when all of it is there.
pub(super) fn response(command: &Command, response: &Recorded) {
    line(&format!("< {}", response.status));
    headers('<', &response.headers);
    let size = response.body.len();
    match serde_json::from_slice(&response.body) {
        Ok(mut value @ Value::Object(_)) if response.status.is_success() => {
            redact_members(command.output, &mut value);
            line(&format!("< {value} ({size} bytes)"));
        }
        Ok(Value::Object(members)) => {
            let known = members
                .into_iter()
                .filter(|(name, _)| ["message", "Message", "__type", "code"].contains(&name.as_str()));
            line(&format!("< {} ({size} bytes)", Value::Object(known.collect())));
        }
        _ => line(&format!("< {size} bytes that are no JSON object")),
    }
}
