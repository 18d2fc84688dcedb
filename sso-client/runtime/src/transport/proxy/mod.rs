//! Proxies: selection, credentials and tunnels.
//!
//! Requests to `http` URLs are forwarded by the proxy; for `https` the proxy opens a tunnel (`CONNECT`) and sees
//! only the host. The connection to the proxy may use TLS itself, with the same trust as any other. Credentials are
//! part of the proxy's URL and are sent to the proxy only, by the scheme `Basic`.
//!
//! Not supported: SOCKS, automatic configuration (PAC), the operating system's proxy settings, NTLM and Kerberos.
//!
//! hyper-util's matcher and tunnel are not used: the matcher ignores an invalid URL, so that requests would be sent
//! directly, and has no ports in `NO_PROXY`; the tunnel does not report the proxy's response.

mod no_proxy;
mod tunnel;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Uri;
use http::header::HeaderValue;
use http::uri::Authority;
use percent_encoding::percent_decode_str;

use crate::secret::{REDACTED, Zeroizing, secret_header};
use no_proxy::NoProxy;

pub(super) use tunnel::{credentials, of_proxy, tunnel};

/// The proxies of requests.
#[derive(Clone, Default, PartialEq)]
pub struct ProxyConfig {
    http: Option<Chosen>,
    https: Option<Chosen>,
    no_proxy: Arc<NoProxy>,
}

/// A proxy, or why there is none although one was chosen.
type Chosen = Result<Arc<Proxy>, InvalidProxy>;

impl ProxyConfig {
    /// Returns a configuration without proxies.
    pub fn none() -> Self {
        Self::default()
    }

    /// Returns whether no proxy is set.
    pub(crate) fn is_none(&self) -> bool {
        self.http.is_none() && self.https.is_none()
    }

    /// Uses one proxy for all requests: `http://[user:password@]host[:port]`, or `https://…` to connect to the proxy
    /// by TLS. User and password are percent-encoded.
    ///
    /// # Errors
    ///
    /// If the URL is not of that form. The error does not contain it.
    pub fn all(url: &str) -> Result<Self, InvalidProxy> {
        let proxy = Some(Ok(Arc::new(Proxy::parse(url)?)));
        Ok(Self { http: proxy.clone(), https: proxy, no_proxy: Arc::default() })
    }

    /// Sets the proxy for requests to `http` URLs.
    ///
    /// # Errors
    ///
    /// As with [`all`](Self::all).
    pub fn with_http(self, url: &str) -> Result<Self, InvalidProxy> {
        Ok(Self { http: Some(Ok(Arc::new(Proxy::parse(url)?))), ..self })
    }

    /// Sets the proxy for requests to `https` URLs.
    ///
    /// # Errors
    ///
    /// As with [`all`](Self::all).
    pub fn with_https(self, url: &str) -> Result<Self, InvalidProxy> {
        Ok(Self { https: Some(Ok(Arc::new(Proxy::parse(url)?))), ..self })
    }

    /// Sets the hosts that are connected to directly, in the format of `NO_PROXY`: domains, which include their
    /// subdomains (`example.com`, `.example.com`), addresses (`10.1.2.3`, `[::1]`), networks (`10.0.0.0/8`), each
    /// with an optional port (`example.com:8443`), or `*` for all, separated by commas or whitespace. Invalid
    /// entries are ignored.
    pub fn with_no_proxy(self, list: &str) -> Self {
        Self { no_proxy: Arc::new(NoProxy::parse(list)), ..self }
    }

    /// Reads the configuration from environment variables, by `lookup`: `HTTPS_PROXY` and `HTTP_PROXY` for URLs of
    /// these schemes, `ALL_PROXY` as the fallback, and `NO_PROXY`. Each may be in lower case; upper case takes
    /// precedence. Empty variables count as unset.
    ///
    /// If `REQUEST_METHOD` is set, the process is a CGI program, in whose environment a request header named `Proxy`
    /// becomes `HTTP_PROXY`. That variable is ignored then, on Windows in lower case, too.
    ///
    /// # Errors
    ///
    /// If a URL is invalid. The error names the variable and does not contain the URL. That of `ALL_PROXY`, which many
    /// programs do not read, is validated by requests that it would be used for.
    pub fn from_env(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, InvalidProxy> {
        let set = |name: &'static str| lookup(name).filter(|value| !value.trim().is_empty()).map(|value| (name, value));
        let served = lookup("REQUEST_METHOD").is_some();
        let parse = |found: Option<(&'static str, String)>| match found {
            Some((name, url)) => Proxy::parse(&url).map(|proxy| Some(Arc::new(proxy))).map_err(|error| error.of(name)),
            None => Ok(None),
        };
        let all = parse(set("ALL_PROXY").or_else(|| set("all_proxy"))).transpose();
        let https = parse(set("HTTPS_PROXY").or_else(|| set("https_proxy")))?.map(Ok);
        let http = set("HTTP_PROXY").filter(|_| !served);
        let http = parse(http.or_else(|| set("http_proxy").filter(|_| !(served && cfg!(windows)))))?;
        let no_proxy = set("NO_PROXY").or_else(|| set("no_proxy")).map(|(_, list)| NoProxy::parse(&list));
        Ok(Self {
            http: http.map(Ok).or_else(|| all.clone()),
            https: https.or(all),
            no_proxy: Arc::new(no_proxy.unwrap_or_default()),
        })
    }

    /// Returns whether requests to a URL go through a proxy, for fuzzing.
    #[doc(hidden)]
    pub fn is_used_for(&self, uri: &Uri) -> bool {
        matches!(self.of(uri), Ok(Some(_)))
    }

    /// Returns the proxy for requests to a URL.
    ///
    /// # Errors
    ///
    /// If one was chosen that cannot be used.
    pub(super) fn of(&self, uri: &Uri) -> Result<Option<&Proxy>, InvalidProxy> {
        let (proxy, port) = match uri.scheme_str() {
            Some("http") => (&self.http, 80),
            Some("https") => (&self.https, 443),
            _ => return Ok(None),
        };
        let Some(proxy) = proxy else { return Ok(None) };
        let Some(host) = uri.host() else { return Ok(None) };
        if self.no_proxy.matches(host, uri.port_u16().unwrap_or(port)) {
            return Ok(None);
        }
        proxy.as_ref().map(|proxy| Some(&**proxy)).map_err(Clone::clone)
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

#[derive(PartialEq)]
pub(super) struct Proxy {
    /// Scheme, host and port.
    uri: Uri,
    credentials: Option<HeaderValue>,
}

impl Proxy {
    /// Parses a URL. The default scheme is `http`.
    fn parse(url: &str) -> Result<Self, InvalidProxy> {
        let url = url.trim();
        let (scheme, rest) = match url.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => ("http", rest),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => ("https", rest),
            Some((scheme, _)) if scheme.get(..5).is_some_and(|front| front.eq_ignore_ascii_case("socks")) => {
                return Err(InvalidProxy::new("SOCKS is not supported"));
            }
            Some(_) => return Err(InvalidProxy::new("its scheme is neither http nor https")),
            None => ("http", url),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if rest.contains(['/', '?', '#']) {
            return Err(InvalidProxy::new(
                "it has a path, a query or a fragment (encode /, ? and # in passwords as %2F, %3F and %23)",
            ));
        }
        let (user, address) = match rest.rsplit_once('@') {
            Some((user, address)) => (user, address),
            None => ("", rest),
        };
        let address: Authority = address.parse().map_err(|_| InvalidProxy::new("it has no host, or a broken one"))?;
        if address.host().is_empty() {
            return Err(InvalidProxy::new("it has no host"));
        }
        let default = if scheme == "https" { 443 } else { 80 };
        let port = match address.as_str().strip_prefix(address.host()) {
            None | Some("") => default,
            // An invalid port would be ignored.
            Some(text) => match address.port_u16() {
                Some(port) if port > 0 && text == format!(":{port}") => port,
                _ => return Err(InvalidProxy::new("its port is no number from 1 to 65535")),
            },
        };
        let uri =
            Uri::builder().scheme(scheme).authority(format!("{}:{port}", address.host())).path_and_query("/").build();
        let uri = uri.map_err(|_| InvalidProxy::new("it has no host, or a broken one"))?;
        Ok(Self { uri, credentials: basic_credentials(user)? })
    }

    pub(super) fn uri(&self) -> &Uri {
        &self.uri
    }

    /// Returns the value of `Proxy-Authorization`, marked sensitive.
    pub(super) fn credentials(&self) -> Option<&HeaderValue> {
        self.credentials.as_ref()
    }

    /// Returns whether the connection to the proxy uses TLS.
    pub(super) fn is_secure(&self) -> bool {
        self.uri.scheme_str() == Some("https")
    }

    /// Returns scheme, host and port.
    pub(super) fn address(&self) -> String {
        format!("{}://{}", self.uri.scheme_str().unwrap_or_default(), self.name())
    }

    /// Returns host and port, for errors.
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

/// An invalid proxy URL. The error does not contain any part of it, which may be an unencoded password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidProxy {
    /// The environment variable that contains it.
    variable: Option<&'static str>,
    reason: Cow<'static, str>,
}

impl InvalidProxy {
    fn new(reason: impl Into<Cow<'static, str>>) -> Self {
        Self { variable: None, reason: reason.into() }
    }

    /// Returns the environment variable that contains the URL, if it is from one.
    pub fn variable(&self) -> Option<&str> {
        self.variable
    }

    fn of(self, variable: &'static str) -> Self {
        Self { variable: Some(variable), ..self }
    }
}

impl fmt::Display for InvalidProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(variable) = self.variable {
            write!(f, "{variable}: ")?;
        }
        write!(
            f,
            "the proxy's URL cannot be used: {}; it has to have the form http://[user:password@]host[:port]",
            self.reason
        )
    }
}

impl std::error::Error for InvalidProxy {}

/// Returns the value of `Proxy-Authorization`.
fn basic_credentials(user_and_password: &str) -> Result<Option<HeaderValue>, InvalidProxy> {
    let (user, password) = user_and_password.split_once(':').unwrap_or((user_and_password, ""));
    if user.is_empty() && password.is_empty() {
        return Ok(None);
    }
    let mut plain = Zeroizing::new(Vec::with_capacity(user_and_password.len() + 1));
    plain.extend(percent_decode_str(user));
    if plain.contains(&b':') {
        return Err(InvalidProxy::new("its user has a colon, which cannot be sent"));
    }
    plain.push(b':');
    plain.extend(percent_decode_str(password));
    let encoded = Zeroizing::new(STANDARD.encode(&*plain).into_bytes());
    let value = secret_header([b"Basic ", &encoded[..]].concat());
    value.map(Some).map_err(|_| InvalidProxy::new("its user and password cannot be sent"))
}

#[cfg(test)]
mod tests;
