//! The environment, as far as it counts.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;

use super::{EnvError, Origin};

/// What the names of variables begin with that say the URL of one service.
const ENDPOINT_URL: &str = "AWS_ENDPOINT_URL_";

/// The variables that count. No other is kept, least of all one that holds credentials.
const NAMES: &[&str] = &[
    "AWS_CA_BUNDLE",
    "AWS_CONFIG_FILE",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_MAX_ATTEMPTS",
    "AWS_PROFILE",
    "AWS_REGION",
    "AWS_RETRY_MODE",
    "AWS_SDK_UA_APP_ID",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_USE_FIPS_ENDPOINT",
    // Where the home directory is.
    "HOME",
    "HOMEDRIVE",
    "HOMEPATH",
    "USERPROFILE",
    // Proxies, and what says that HTTP_PROXY comes from a request to a CGI script.
    "ALL_PROXY",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NO_PROXY",
    "REQUEST_METHOD",
    "all_proxy",
    "http_proxy",
    "https_proxy",
    "no_proxy",
];

/// The variables that count, and their values.
#[derive(Clone)]
pub(super) struct Variables {
    values: BTreeMap<String, OsString>,
    windows: bool,
}

impl Variables {
    /// Of all variables there are. On Windows, their names have no case.
    pub(super) fn new(all: impl IntoIterator<Item = (OsString, OsString)>, windows: bool) -> Self {
        let kept = all.into_iter().filter_map(|(name, value)| {
            let name = name.to_str()?;
            let name = if windows { name.to_ascii_uppercase() } else { name.to_owned() };
            (name.starts_with(ENDPOINT_URL) || NAMES.contains(&name.as_str())).then_some((name, value))
        });
        Self { values: kept.collect(), windows }
    }

    pub(super) fn windows(&self) -> bool {
        self.windows
    }

    /// The value of a variable that is there and not empty.
    pub(super) fn get(&self, name: &str) -> Option<&OsStr> {
        let value = if self.windows { self.values.get(&name.to_ascii_uppercase()) } else { self.values.get(name) };
        value.map(OsString::as_os_str).filter(|value| !value.is_empty())
    }

    /// The same as text, without the blanks around it.
    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, EnvError> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let not_text = || EnvError::invalid(Origin::variable(name), "its value is no UTF-8 text");
        Ok(Some(value.to_str().ok_or_else(not_text)?.trim()).filter(|value| !value.is_empty()))
    }

    /// The names of those that say the URL of one service, with the key of that service.
    pub(super) fn endpoint_urls(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.keys().filter_map(|name| Some((name.as_str(), name.strip_prefix(ENDPOINT_URL)?)))
    }
}

/// Says how many there are: a proxy's URL may hold a password.
impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Variables({})", self.values.len())
    }
}
