//! Why TLS failed, by the types of rustls and webpki.

use std::error::Error;

use rustls::pki_types::InvalidDnsNameError;
use rustls::{AlertDescription, CertificateError, PeerIncompatible};

use crate::base::find_cause;
use crate::failure::{CertificateProblem, Reason};

/// Returns the reason if TLS failed.
pub(in super::super) fn tls_reason(error: &(dyn Error + 'static)) -> Option<Reason> {
    use rustls::Error as Tls;
    if find_cause::<InvalidDnsNameError>(error).is_some() {
        return Some(Reason::TlsOther);
    }
    Some(match find_cause::<Tls>(error)? {
        Tls::InvalidCertificate(problem) => Reason::Certificate(certificate_problem(problem)),
        Tls::InvalidMessage(_) => Reason::NotTls,
        Tls::PeerIncompatible(problem) if is_of_versions(problem) => Reason::TlsVersions,
        Tls::AlertReceived(alert) => match alert {
            AlertDescription::ProtocolVersion | AlertDescription::InsufficientSecurity => Reason::TlsVersions,
            AlertDescription::HandshakeFailure => Reason::TlsRefused,
            AlertDescription::CertificateRequired
            | AlertDescription::NoCertificate
            | AlertDescription::BadCertificate => Reason::TlsClientCertificate,
            AlertDescription::UnrecognisedName => Reason::TlsUnknownName,
            _ => Reason::TlsProtocol,
        },
        Tls::PeerIncompatible(_) | Tls::PeerMisbehaved(_) => Reason::TlsProtocol,
        _ => Reason::TlsOther,
    })
}

fn is_of_versions(problem: &PeerIncompatible) -> bool {
    use PeerIncompatible as Problem;
    matches!(
        problem,
        Problem::ServerDoesNotSupportTls12Or13
            | Problem::ServerTlsVersionIsDisabledByOurConfig
            | Problem::NoCipherSuitesInCommon
            | Problem::NoKxGroupsInCommon
            | Problem::NoSignatureSchemesInCommon
            | Problem::ExtendedMasterSecretExtensionRequired
    )
}

fn certificate_problem(error: &CertificateError) -> CertificateProblem {
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => CertificateProblem::Expired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => CertificateProblem::NotValidYet,
        CertificateError::NotValidForNameContext { presented, .. } if presented.is_empty() => {
            CertificateProblem::NoName
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            CertificateProblem::OtherName
        }
        CertificateError::UnknownIssuer => CertificateProblem::UnknownIssuer,
        CertificateError::Revoked => CertificateProblem::Revoked,
        CertificateError::UnhandledCriticalExtension => CertificateProblem::CriticalExtension,
        CertificateError::BadSignature => CertificateProblem::Signature,
        CertificateError::BadEncoding => CertificateProblem::Malformed,
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            CertificateProblem::Purpose
        }
        CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => CertificateProblem::Algorithm,
        CertificateError::Other(other) => other.0.downcast_ref().map_or(CertificateProblem::Other, problem_of_webpki),
        _ => CertificateProblem::Other,
    }
}

/// Of what rustls passes on as it is.
fn problem_of_webpki(error: &webpki::Error) -> CertificateProblem {
    use webpki::Error as Webpki;
    match error {
        Webpki::CaUsedAsEndEntity => CertificateProblem::Authority,
        Webpki::UnsupportedCertVersion => CertificateProblem::Version,
        Webpki::UnsupportedCriticalExtension => CertificateProblem::CriticalExtension,
        Webpki::SignatureAlgorithmMismatch => CertificateProblem::Algorithm,
        Webpki::EmptyEkuExtension => CertificateProblem::Purpose,
        Webpki::EndEntityUsedAsCa
        | Webpki::NameConstraintViolation
        | Webpki::PathLenConstraintViolated
        | Webpki::MaximumPathDepthExceeded => CertificateProblem::Issuer,
        Webpki::ExtensionValueInvalid
        | Webpki::InvalidSerialNumber
        | Webpki::MalformedDnsIdentifier
        | Webpki::MalformedExtensions
        | Webpki::MalformedNameConstraint => CertificateProblem::Malformed,
        _ => CertificateProblem::Other,
    }
}

/// Returns whether the text of an error is a list of numbers, which nobody can read.
pub(crate) fn is_unreadable(error: &(dyn Error + 'static)) -> bool {
    let reason = find_cause::<rustls::Error>(error).and_then(|error| tls_reason(error));
    reason == Some(Reason::Certificate(CertificateProblem::Algorithm))
}
