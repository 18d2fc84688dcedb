//! Proxies: which one a request takes, if any, and the way through it.
//!
//! Requests by plain HTTP are sent to the proxy, which forwards them; for `https` the proxy is
//! asked for a tunnel (`CONNECT`), through which it sees no more than the host's name. The proxy
//! itself may be spoken to by TLS, with the same trust as everything else. Credentials come from
//! the proxy's URL and are sent to the proxy alone, by the scheme `Basic`.
//!
//! Not here: SOCKS, automatic configuration (PAC), the proxy settings of operating systems, and
//! other ways to authenticate (NTLM, Kerberos).
//!
//! hyper-util's matcher and tunnel are not used: the matcher takes a broken URL for no proxy, so
//! that requests would go directly, and knows no ports in `NO_PROXY`; the tunnel does not tell
//! what a proxy answered.

mod no_proxy;
mod tunnel;
mod url;

use std::fmt;
use std::sync::Arc;

use http::Uri;
use http::header::HeaderValue;

use crate::secret::REDACTED;
use no_proxy::NoProxy;

pub(super) use tunnel::{credentials, tunnel, unreachable};
pub use url::InvalidProxy;

/// Which proxies requests take.
#[derive(Clone, Default)]
pub struct ProxyConfig {
    http: Option<Arc<Proxy>>,
    https: Option<Arc<Proxy>>,
    no_proxy: Arc<NoProxy>,
}

impl ProxyConfig {
    /// No proxy at all.
    pub fn none() -> Self {
        Self::default()
    }

    /// Whether everything is reached directly.
    pub(crate) fn is_none(&self) -> bool {
        self.http.is_none() && self.https.is_none()
    }

    /// One for everything: `http://[user:password@]host[:port]`, or the same with `https` when the
    /// proxy itself is spoken to by TLS. What is special in user and password is percent-encoded.
    ///
    /// # Errors
    ///
    /// When the URL has another form. The error does not repeat it.
    pub fn all(url: &str) -> Result<Self, InvalidProxy> {
        let proxy = Some(Arc::new(url::parse(url)?));
        Ok(Self { http: proxy.clone(), https: proxy, no_proxy: Arc::default() })
    }

    /// The same, with this one for requests to `http` URLs.
    ///
    /// # Errors
    ///
    /// As with [`all`](Self::all).
    pub fn with_http(self, url: &str) -> Result<Self, InvalidProxy> {
        Ok(Self { http: Some(Arc::new(url::parse(url)?)), ..self })
    }

    /// The same, with this one for requests to `https` URLs.
    ///
    /// # Errors
    ///
    /// As with [`all`](Self::all).
    pub fn with_https(self, url: &str) -> Result<Self, InvalidProxy> {
        Ok(Self { https: Some(Arc::new(url::parse(url)?)), ..self })
    }

    /// The same, with a list of hosts that are reached directly, as `NO_PROXY` has it: names, which
    /// stand for what is below them too (`example.com`, `.example.com`), addresses (`10.1.2.3`,
    /// `[::1]`), networks (`10.0.0.0/8`), each with a port where it is meant for that only
    /// (`example.com:8443`), or `*` for all; between them commas or blanks. What is none of these
    /// matches nothing.
    pub fn with_no_proxy(self, list: &str) -> Self {
        Self { no_proxy: Arc::new(NoProxy::parse(list)), ..self }
    }

    /// What the environment says, which `lookup` knows: `HTTPS_PROXY` and `HTTP_PROXY` for URLs of
    /// these schemes, `ALL_PROXY` for those that have none of their own, `NO_PROXY` for what is
    /// reached directly. Each may be in lower case instead; upper case counts when both are set.
    /// What is empty counts as not set.
    ///
    /// Where `REQUEST_METHOD` is set, a web server runs this program and puts what clients send
    /// into its environment: a header named `Proxy` becomes `HTTP_PROXY`, which is therefore
    /// ignored (on Windows, which does not tell the case of names, in lower case too).
    ///
    /// # Errors
    ///
    /// When a URL cannot be used; the error names the variable and does not repeat the URL.
    pub fn from_env(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, InvalidProxy> {
        let set = |name: &'static str| lookup(name).filter(|value| !value.trim().is_empty()).map(|value| (name, value));
        let served = lookup("REQUEST_METHOD").is_some();
        let parse = |found: Option<(&'static str, String)>| match found {
            Some((name, url)) => url::parse(&url).map(|proxy| Some(Arc::new(proxy))).map_err(|error| error.of(name)),
            None => Ok(None),
        };
        let all = parse(set("ALL_PROXY").or_else(|| set("all_proxy")))?;
        let https = parse(set("HTTPS_PROXY").or_else(|| set("https_proxy")))?;
        let http = set("HTTP_PROXY").filter(|_| !served);
        let http = parse(http.or_else(|| set("http_proxy").filter(|_| !(served && cfg!(windows)))))?;
        let no_proxy = set("NO_PROXY").or_else(|| set("no_proxy")).map(|(_, list)| NoProxy::parse(&list));
        Ok(Self {
            http: http.or_else(|| all.clone()),
            https: https.or(all),
            no_proxy: Arc::new(no_proxy.unwrap_or_default()),
        })
    }

    /// The proxy that a request to this URL takes.
    pub(super) fn of(&self, uri: &Uri) -> Option<&Proxy> {
        let (proxy, port) = match uri.scheme_str() {
            Some("http") => (self.http.as_deref()?, 80),
            Some("https") => (self.https.as_deref()?, 443),
            _ => return None,
        };
        let direct = self.no_proxy.matches(uri.host()?, uri.port_u16().unwrap_or(port));
        (!direct).then_some(proxy)
    }
}

impl fmt::Debug for ProxyConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProxyConfig")
            .field("http", &self.http)
            .field("https", &self.https)
            .field("no_proxy", &self.no_proxy)
            .finish()
    }
}

/// One proxy.
pub(super) struct Proxy {
    /// Scheme, host and port.
    uri: Uri,
    credentials: Option<HeaderValue>,
}

impl Proxy {
    /// Where it is: scheme, host, port.
    pub(super) fn uri(&self) -> &Uri {
        &self.uri
    }

    /// What it is sent to know who asks: the value of `Proxy-Authorization`, marked sensitive.
    pub(super) fn credentials(&self) -> Option<&HeaderValue> {
        self.credentials.as_ref()
    }

    /// Whether it is itself spoken to by TLS.
    pub(super) fn is_secure(&self) -> bool {
        self.uri.scheme_str() == Some("https")
    }

    /// Its host and port, for errors.
    pub(super) fn name(&self) -> String {
        self.uri.authority().map(ToString::to_string).unwrap_or_default()
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.uri.scheme_str().unwrap_or_default();
        let credentials = self.credentials.as_ref().map(|_| format!("{REDACTED} @ ")).unwrap_or_default();
        write!(f, "{scheme}://{credentials}{}", self.name())
    }
}

#[cfg(test)]
mod tests;
