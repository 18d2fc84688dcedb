//! Reading root certificates.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::TlsError;

/// The largest file of certificates that is read, in bytes. Those of operating systems have a quarter of a MiB.
const MAX_BUNDLE: u64 = 16 * 1024 * 1024;

/// Reads a file of certificates.
pub(super) fn read_bundle(path: &Path) -> io::Result<Vec<u8>> {
    check(path)?;
    let mut text = Vec::new();
    // The file may have grown.
    File::open(path)?.take(MAX_BUNDLE + 1).read_to_end(&mut text)?;
    if text.len() as u64 > MAX_BUNDLE { Err(too_large()) } else { Ok(text) }
}

/// Refuses what cannot be read to an end in a short time: pipes, devices, and files of any size.
fn check(path: &Path) -> io::Result<()> {
    let metadata = std::fs::metadata(path)?;
    if metadata.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a directory"));
    }
    if !metadata.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"));
    }
    if metadata.len() > MAX_BUNDLE { Err(too_large()) } else { Ok(()) }
}

fn too_large() -> io::Error {
    let text = format!("it is larger than {} MiB, the most that is read", MAX_BUNDLE / 1024 / 1024);
    io::Error::new(io::ErrorKind::FileTooLarge, text)
}

/// Reads the system's root certificates.
#[cfg(feature = "native-roots")]
pub(super) fn load_default_roots() -> Result<rustls::RootCertStore, TlsError> {
    use crate::base::{Escaped, find_cause, out_of_descriptors};

    const UNREADABLE: &str = "the system's root certificates cannot be read";
    // These are read to their end, whatever they are.
    if let Some(path) = std::env::var_os("SSL_CERT_FILE") {
        match check(Path::new(&path)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                let path = Escaped(Path::new(&path).display());
                return Err(TlsError::caused(format!("SSL_CERT_FILE, {path}, cannot be read"), error));
            }
            _ => {}
        }
    }
    let mut roots = rustls::RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    // Stores of operating systems contain certificates that rustls cannot use; they do no harm.
    roots.add_parsable_certificates(found.certs);
    let exhausted = |error: &rustls_native_certs::Error| find_cause::<io::Error>(error).is_some_and(out_of_descriptors);
    // Without descriptors only a part was read, which must not be taken for all of them.
    let (exhausted, mut others): (Vec<_>, Vec<_>) = found.errors.into_iter().partition(exhausted);
    match exhausted.into_iter().next() {
        Some(error) => Err(TlsError::caused(UNREADABLE, error)),
        None if !roots.is_empty() => Ok(roots),
        None if !others.is_empty() => Err(TlsError::caused(UNREADABLE, others.swap_remove(0))),
        None => Err(TlsError::new(
            "the system has no root certificates: install them (Debian: ca-certificates), or name a bundle of them",
        )),
    }
}

#[cfg(all(feature = "webpki-roots", not(feature = "native-roots")))]
pub(super) fn load_default_roots() -> Result<rustls::RootCertStore, TlsError> {
    Ok(rustls::RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()))
}

#[cfg(not(any(feature = "native-roots", feature = "webpki-roots")))]
pub(super) fn load_default_roots() -> Result<rustls::RootCertStore, TlsError> {
    Err(TlsError::new(
        "there are no certificates to trust: turn on feature native-roots or webpki-roots, or give some to the HTTP client",
    ))
}
