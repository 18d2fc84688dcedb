//! URLs of proxies. Nothing of them is ever repeated in an error: any part may be a password that
//! somebody forgot to encode.

use std::borrow::Cow;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Uri;
use http::header::HeaderValue;
use http::uri::Authority;
use percent_encoding::percent_decode_str;

use super::Proxy;
use crate::secret::{Zeroizing, secret_header};

/// A URL that cannot be that of a proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidProxy {
    /// Where it stood, when that is known.
    variable: Option<&'static str>,
    reason: Cow<'static, str>,
}

impl InvalidProxy {
    fn new(reason: impl Into<Cow<'static, str>>) -> Self {
        Self { variable: None, reason: reason.into() }
    }

    /// The environment variable that it stands in, when it stands in one.
    pub fn variable(&self) -> Option<&str> {
        self.variable
    }

    /// The same, found in an environment variable.
    pub(super) fn of(self, variable: &'static str) -> Self {
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

/// Takes a URL apart. Without a scheme it is one of `http`, as everywhere.
pub(super) fn parse(url: &str) -> Result<Proxy, InvalidProxy> {
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
        // Nobody else looks at ports: a broken one would fall back to that of the scheme.
        Some(text) => match address.port_u16() {
            Some(port) if port > 0 && text == format!(":{port}") => port,
            _ => return Err(InvalidProxy::new("its port is no number from 1 to 65535")),
        },
    };
    let uri = Uri::builder().scheme(scheme).authority(format!("{}:{port}", address.host())).path_and_query("/").build();
    let uri = uri.map_err(|_| InvalidProxy::new("it has no host, or a broken one"))?;
    Ok(Proxy { uri, credentials: credentials(user)? })
}

/// The value of `Proxy-Authorization`.
fn credentials(user_and_password: &str) -> Result<Option<HeaderValue>, InvalidProxy> {
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
