//! Headers that identify the caller: the user agent, in two headers as AWS SDKs send it, and, inside Lambda functions, the
//! trace id.
//!
//! The user agent has the format 2.1 of AWS SDKs: the client's crate, API, platform, the features that a call uses (`m/`,
//! by the letters of AWS SDKs) and the application name. Nothing in it comes from the input of a call.
//!
//! AWS detects functions that call themselves without end by a trace id that every request passes on. It changes with
//! each invocation, so it is the one thing that a call reads from the environment.

use std::ffi::OsString;

use http::header::{HeaderName, HeaderValue};
use percent_encoding::{CONTROLS, percent_encode};

use crate::config::{Config, Service};

/// A feature that makes several calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Feature {
    Paginator,
    #[cfg(feature = "waiter")]
    Waiter,
}

/// Returns the `User-Agent` header, such as
/// `sso-client/0.1.0 ua/2.1 api/sso#2019-06-10 os/linux lang/rust m/C,E,N app/name`.
pub(crate) fn user_agent(service: &Service, config: &Config, feature: Option<Feature>) -> String {
    let os = match std::env::consts::OS {
        "linux" => "linux",
        "macos" => "macos",
        "windows" => "windows",
        "ios" => "ios",
        "android" => "android",
        _ => "other",
    };
    let mut text = format!("{}/{} ua/2.1 api/", service.client.name, service.client.version);
    // Models may have any text, and none for the version.
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!$%&'*+-.^_`|~".contains(c);
    let token = |c: char| if is_token(c) { c } else { '-' };
    text.extend(service.sdk_id.chars().map(|c| token(c.to_ascii_lowercase())));
    if !service.api_version.is_empty() {
        text.push('#');
        text.extend(service.api_version.chars().map(token));
    }
    text.push_str(" os/");
    text.push_str(os);
    text.push_str(" lang/rust m/");
    match feature {
        #[cfg(feature = "waiter")]
        Some(Feature::Waiter) => text.push_str("B,"),
        Some(Feature::Paginator) => text.push_str("C,"),
        None => {}
    }
    // The standard retry mode.
    text.push('E');
    if config.endpoint_url().is_some() {
        text.push_str(",N");
    }
    if let Some(name) = config.app_name() {
        text.push_str(" app/");
        text.push_str(name.as_ref());
    }
    text
}

/// The header that repeats the user agent, for callers whose platform does not let them set that.
pub(crate) const AMZ_USER_AGENT: HeaderName = HeaderName::from_static("x-amz-user-agent");

pub(crate) const TRACE_ID: HeaderName = HeaderName::from_static("x-amzn-trace-id");

/// Returns whether this process is a Lambda function, which never changes.
pub(crate) fn is_lambda() -> bool {
    is_lambda_by(std::env::var_os)
}

fn is_lambda_by(env: impl Fn(&'static str) -> Option<OsString>) -> bool {
    env("AWS_LAMBDA_FUNCTION_NAME").is_some_and(|name| !name.is_empty())
}

/// Returns the trace id of the current invocation of a Lambda function.
pub(crate) fn trace_id() -> Option<HeaderValue> {
    from_env(std::env::var_os)
}

fn from_env(env: impl Fn(&'static str) -> Option<OsString>) -> Option<HeaderValue> {
    let id = env("_X_AMZN_TRACE_ID").filter(|id| !id.is_empty())?;
    // So that the variable cannot inject a header.
    let id = percent_encode(id.as_encoded_bytes(), CONTROLS).to_string();
    HeaderValue::try_from(id).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(name: Option<&str>, id: Option<&str>) -> Option<String> {
        let env = |variable: &'static str| match variable {
            "AWS_LAMBDA_FUNCTION_NAME" => name.map(Into::into),
            "_X_AMZN_TRACE_ID" => id.map(Into::into),
            other => panic!("{other} was read"),
        };
        let value = is_lambda_by(env).then(|| from_env(env))??;
        Some(value.to_str().expect("ASCII").to_owned())
    }

    #[test]
    fn user_agents_are_headers_whatever_the_model_has() {
        use crate::endpoint::endpoint_at;

        for (sdk_id, api_version, api) in [
            ("SSO OIDC", "2019-06-10", "api/sso-oidc#2019-06-10 os/"),
            ("Ünï/x", "1 a\r\nb", "api/-n--x#1-a--b os/"),
            ("SSO", "", "api/sso os/"),
        ] {
            let client = crate::client_crate!();
            let service = Service::new(sdk_id, api_version, |_| endpoint_at(["https://example.com"]), client);
            let text = user_agent(&service, &Config::builder().build(), None);
            assert!(text.contains(&format!(" ua/2.1 {api}")), "{text}");
            HeaderValue::from_str(&text).expect("a header");
        }
    }

    #[test]
    fn trace_ids() {
        for (name, id, expected) in [
            (None, None, None),
            (Some("f"), None, None),
            (None, Some("Root=1"), None),
            (Some(""), Some("Root=1"), None),
            (Some("f"), Some(""), None),
            (
                Some("f"),
                Some("Root=1-5;Parent=5;Sampled=1;lineage=a:0,b:5"),
                Some("Root=1-5;Parent=5;Sampled=1;lineage=a:0,b:5"),
            ),
            (Some("f"), Some("a\r\nx-evil: 1"), Some("a%0D%0Ax-evil: 1")),
            (Some("f"), Some("\u{7f}é"), Some("%7F%C3%A9")),
        ] {
            assert_eq!(value(name, id).as_deref(), expected, "{name:?} {id:?}");
        }
    }
}
