//! Who sends: the user agent, in the form that AWS SDKs share.

use super::client::Service;
use super::config::AppName;

/// The text of the header: `sso-client/0.1.0 ua/2.1 api/sso#2019-06-10 os/linux lang/rust app/name`.
pub(super) fn user_agent(service: &Service, app_name: Option<&AppName>) -> String {
    let os = match std::env::consts::OS {
        "linux" => "linux",
        "macos" => "macos",
        "windows" => "windows",
        _ => "other",
    };
    let api = service.sdk_id.to_ascii_lowercase().replace(' ', "-");
    let mut text = format!(
        concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"), " ua/2.1 api/{}#{} os/{} lang/rust"),
        api, service.api_version, os
    );
    if let Some(name) = app_name {
        text.push_str(" app/");
        text.push_str(name.as_ref());
    }
    text
}
