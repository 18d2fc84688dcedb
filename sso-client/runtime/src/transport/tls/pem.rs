//! Certificates in PEM texts.
//!
//! The parser that rustls brings keeps secret how long it takes, as private keys ask for. Certificates are
//! public, and a system has so many of them that this was most of what a program's first call cost.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::CertificateDer;

/// The certificates of a text, `None` for one that is broken. What is between them is passed over.
pub(super) fn certificates(text: &str) -> impl Iterator<Item = Option<CertificateDer<'static>>> {
    sections(text).map(|section| decode(section?))
}

/// What stands between the lines that begin and end a certificate; `None` where no line ends it.
pub(super) fn sections(text: &str) -> impl Iterator<Item = Option<&str>> {
    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    const END: &str = "-----END CERTIFICATE-----";
    // A comment may speak of such lines.
    let is_line = |at: usize| matches!(text[..at].chars().next_back(), None | Some('\n' | '\u{feff}'));
    let mut starts = text.match_indices(BEGIN).map(|(at, _)| at).filter(move |at| is_line(*at)).peekable();
    std::iter::from_fn(move || {
        let start = starts.next()? + BEGIN.len();
        let end = starts.peek().copied().unwrap_or(text.len());
        Some(text[start..end].split_once(END).map(|(section, _)| section))
    })
}

/// A certificate, of what stands between these lines.
pub(super) fn decode(section: &str) -> Option<CertificateDer<'static>> {
    let mut base64 = String::with_capacity(section.len());
    section.split_ascii_whitespace().for_each(|line| base64.push_str(line));
    STANDARD.decode(base64).ok().filter(|der| !der.is_empty()).map(CertificateDer::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_with_what_is_around() {
        let one = "-----BEGIN CERTIFICATE-----\nAQID\r\nBAUG\n-----END CERTIFICATE-----\n";
        let der = |found: Option<CertificateDer<'static>>| found.map(|found| found.to_vec());
        for (text, expected) in [
            ("", vec![]),
            ("nothing\n", vec![]),
            (one, vec![Some(vec![1, 2, 3, 4, 5, 6])]),
            (&format!("# A comment\n{one}\n{one}"), vec![Some(vec![1, 2, 3, 4, 5, 6]); 2]),
            ("-----BEGIN CERTIFICATE-----\nAQID\n", vec![None]),
            ("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----", vec![None]),
            (
                &format!("-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----\n{one}"),
                vec![None, Some(vec![1, 2, 3, 4, 5, 6])],
            ),
            (&format!("# from -----BEGIN CERTIFICATE----- on\n{one}"), vec![Some(vec![1, 2, 3, 4, 5, 6])]),
            (&format!("-----BEGIN CERTIFICATE-----\nAQID\n{one}"), vec![None, Some(vec![1, 2, 3, 4, 5, 6])]),
            (&format!("\u{feff}{one}"), vec![Some(vec![1, 2, 3, 4, 5, 6])]),
            ("-----BEGIN PRIVATE KEY-----\nAQID\n-----END PRIVATE KEY-----\n", vec![]),
        ] {
            assert_eq!(certificates(text).map(der).collect::<Vec<_>>(), expected, "{text}");
        }
    }
}
