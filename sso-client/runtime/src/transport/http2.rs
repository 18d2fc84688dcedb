//! HTTP/2, where the feature `http2` is on: what it takes besides hyper's own.
//!
//! It looks at a feature, as `tls` does, which names what a crate links. Without it HTTP/1.1 is
//! all that is offered to a server.
//!
//! What must stay true: a request that was not sent, because the connection that it waited for was closed, is
//! sent by another connection.

use http::Uri;
use http::uri::Scheme;
use hyper_util::client::legacy::Builder;

use super::RequestBody;

#[cfg(feature = "http2")]
pub(super) use with::{is_protocol_error, was_not_sent};
#[cfg(not(feature = "http2"))]
pub(super) use without::{is_protocol_error, was_not_sent};

/// What is offered to servers, what is preferred first.
#[cfg(feature = "tls")]
pub(super) const PROTOCOLS: &[&[u8]] = if cfg!(feature = "http2") { &[b"h2", b"http/1.1"] } else { &[b"http/1.1"] };

/// Sets the largest section of headers that is read, in bytes.
pub(super) fn limit_headers(builder: &mut Builder, limit: usize) {
    #[cfg(feature = "http2")]
    builder.http2_max_header_list_size(u32::try_from(limit).unwrap_or(u32::MAX));
    #[cfg(not(feature = "http2"))]
    let _ = (builder, limit);
}

/// Whether the connection for a URL may be one of HTTP/2, which is agreed upon by TLS only.
pub(super) fn is_possible(uri: &Uri) -> bool {
    cfg!(feature = "http2") && uri.scheme() == Some(&Scheme::HTTPS)
}

/// A request that can be sent once more, by a connection that may be one of HTTP/2.
pub(super) fn again(request: &http::Request<RequestBody>) -> Option<http::Request<RequestBody>> {
    let body = request.body().bytes().filter(|_| is_possible(request.uri()))?;
    let mut again = http::Request::new(RequestBody::from(body.clone()));
    again.method_mut().clone_from(request.method());
    again.uri_mut().clone_from(request.uri());
    again.headers_mut().clone_from(request.headers());
    Some(again)
}

#[cfg(feature = "http2")]
mod with {
    use std::error::Error;

    use crate::base::find_cause;

    /// Whether what came was no valid HTTP/2.
    pub(in super::super) fn is_protocol_error(error: &(dyn Error + 'static)) -> bool {
        find_cause::<h2::Error>(error).is_some_and(h2::Error::is_library)
    }

    /// Whether a request waited for a connection that others had been given, which was closed before
    /// it was its turn. hyper-util has no predicate for it; of the kinds of its errors, this is the
    /// one for what it has not begun.
    pub(in super::super) fn was_not_sent(error: &hyper_util::client::legacy::Error) -> bool {
        error.to_string() == "client error (Canceled)"
    }
}

#[cfg(not(feature = "http2"))]
mod without {
    use std::error::Error;

    pub(in super::super) fn is_protocol_error(_error: &(dyn Error + 'static)) -> bool {
        false
    }

    pub(in super::super) fn was_not_sent(_error: &hyper_util::client::legacy::Error) -> bool {
        false
    }
}
