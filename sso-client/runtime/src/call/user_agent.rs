//! Who sends: the user agent, in the form 2.1 that AWS SDKs share.
//!
//! Its product is this crate's own. The rest is what AWS reads out of it: the API, the platform,
//! which features a call uses (`m/`), by the letters that all AWS SDKs use for them, and the
//! application's name. Nothing in it comes from a call's input.
//!
//! What must stay true: it can always be sent: names that could not stand in it are refused where they
//! are set.

use crate::config::{Config, Service};

/// How a call is made that is one of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Feature {
    /// A page of several. (Waiters are an optional part.)
    Paginator,
    /// One of a waiter's calls.
    #[cfg(feature = "waiter")]
    Waiter,
}

/// The text of the header:
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
    let api = service.sdk_id.to_ascii_lowercase().replace(' ', "-");
    let mut text = format!(
        "{}/{} ua/2.1 api/{api}#{} os/{os} lang/rust m/",
        service.client.name, service.client.version, service.api_version
    );
    match feature {
        #[cfg(feature = "waiter")]
        Some(Feature::Waiter) => text.push_str("B,"),
        Some(Feature::Paginator) => text.push_str("C,"),
        None => {}
    }
    // Retries in standard mode: there is no other.
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
