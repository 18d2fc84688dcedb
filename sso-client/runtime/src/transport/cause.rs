//! From the errors of hyper to the typed cause.

use std::error::Error;
use std::io;

use super::MAX_HEADERS;
use super::http2::is_protocol_error;
use super::tls::tls_reason;
use crate::base::{BoxError, find_cause, io_error_kind};
use crate::failure::{CertificateProblem, ConnectorError, Peer, Reason, Stage};
use crate::time::TimeoutKind;

/// Returns the cause of an error of hyper, hyper-util or a `tower` service. `host` is the host of the request.
pub(super) fn cause(error: BoxError, host: &str) -> ConnectorError {
    let chain: &(dyn Error + 'static) = &*error;
    let connecting = find_cause(chain).is_some_and(hyper_util::client::legacy::Error::is_connect);
    let (stage, peer, reason) = match find_cause::<ConnectorError>(chain) {
        Some(cause) => (cause.stage(), cause.peer(), cause.reason()),
        None => (if connecting { Stage::Connect } else { Stage::Exchange }, Peer::Server, reason(chain, connecting)),
    };
    let limit = MAX_HEADERS / 1024;
    let doing =
        if connecting { format!("could not connect to {host}") } else { format!("the exchange with {host} failed") };
    let context = match reason {
        Reason::Certificate(problem) => match certificate_text(problem) {
            Some(text) => format!("{doing}: {text}"),
            None => doing,
        },
        Reason::HeadTooLarge => {
            format!("the response of {host} was not read: its headers are larger than {limit} KiB, or more than 100")
        }
        Reason::Http2Protocol => format!(
            "the response of {host} was not read: it is no valid HTTP/2, or its headers are larger than {limit} KiB"
        ),
        _ => doing,
    };
    ConnectorError::new(stage, reason).of_peer(peer).with_source(error).with_message(context)
}

/// Returns the reason of an error that the connector did not make.
fn reason(error: &(dyn Error + 'static), connecting: bool) -> Reason {
    if let Some(reason) = tls_reason(error) {
        return reason;
    }
    let hyper = find_cause::<hyper::Error>(error);
    match hyper {
        Some(hyper) if hyper.is_parse() => return parse_reason(hyper),
        _ if is_protocol_error(error) => return Reason::Http2Protocol,
        Some(hyper) if hyper.is_timeout() => return Reason::TimedOut(TimeoutKind::Connect),
        _ => {}
    }
    match io_error_kind(error) {
        Some(io::ErrorKind::TimedOut) if hyper.is_none() => Reason::TimedOut(TimeoutKind::Connect),
        Some(kind) => Reason::Io(kind),
        // Among them: the runtime that drove the connection is gone.
        None if hyper.is_some() || connecting => Reason::Io(io::ErrorKind::Other),
        None => Reason::Other,
    }
}

/// Tells hyper's parse errors apart. It has no predicates for that in clients, only texts; a test pins them.
fn parse_reason(error: &hyper::Error) -> Reason {
    let text = error.to_string();
    if text == "message head is too large" {
        Reason::HeadTooLarge
    } else if text.starts_with("invalid HTTP") {
        Reason::NotHttp
    } else {
        Reason::MalformedHead
    }
}

/// What is wrong with a certificate, where the error of rustls does not say it well.
fn certificate_text(problem: CertificateProblem) -> Option<&'static str> {
    Some(match problem {
        CertificateProblem::Expired => "the certificate has expired, or the clock of this machine is wrong",
        CertificateProblem::NotValidYet => "the certificate is not valid yet, or the clock of this machine is wrong",
        CertificateProblem::OtherName => "the certificate is that of another host",
        CertificateProblem::UnknownIssuer => "the certificate is of an authority that is not trusted here",
        CertificateProblem::Revoked => "the certificate was revoked",
        CertificateProblem::Other => return None,
    })
}
