//! The certificates that are trusted.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::{Roots, TlsError, Trust, load_default_roots};

/// Reads what there is to read.
pub(super) fn load(trust: &Trust) -> Result<Arc<RootCertStore>, TlsError> {
    let mut roots = match &trust.roots {
        Roots::Default => default_roots()?,
        Roots::Pem(pem) => {
            let mut roots = RootCertStore::empty();
            add(&mut roots, pem, "the PEM text of certificates to trust")?;
            Arc::new(roots)
        }
        Roots::File(path) => Arc::new(file(path)?),
    };
    for pem in &trust.more {
        add(Arc::make_mut(&mut roots), pem, "the PEM text of more certificates to trust")?;
    }
    Ok(roots)
}

/// Read once per process, unless that failed: what was missing may be there the next time. Clients
/// whose first calls are made at the same instant may each read them, which does no harm.
fn default_roots() -> Result<Arc<RootCertStore>, TlsError> {
    static ROOTS: OnceLock<Arc<RootCertStore>> = OnceLock::new();
    if let Some(roots) = ROOTS.get() {
        return Ok(Arc::clone(roots));
    }
    let roots = load_default_roots()?;
    Ok(Arc::clone(ROOTS.get_or_init(|| Arc::new(roots))))
}

fn file(path: &Path) -> Result<RootCertStore, TlsError> {
    let what = format!("the CA bundle {}", path.display());
    let pem = std::fs::read(path).map_err(|error| TlsError::caused(format!("{what} cannot be read"), error))?;
    let mut roots = RootCertStore::empty();
    add(&mut roots, &pem, &what)?;
    Ok(roots)
}

/// Adds the certificates of a PEM text, which has to hold one at least.
fn add(roots: &mut RootCertStore, pem: &[u8], what: &str) -> Result<(), TlsError> {
    let mut number = 0;
    for certificate in CertificateDer::pem_slice_iter(without_byte_order_mark(pem)) {
        number += 1;
        let broken = || format!("certificate number {number} in {what} is broken");
        let certificate = certificate.map_err(|error| TlsError::caused(broken(), error))?;
        roots.add(certificate).map_err(|error| TlsError::caused(broken(), error))?;
    }
    if number > 0 {
        return Ok(());
    }
    let empty = pem.trim_ascii().is_empty();
    Err(TlsError::new(if empty {
        format!("{what} is empty")
    } else {
        format!("{what} holds no certificate: it has to be PEM, with lines that say BEGIN CERTIFICATE")
    }))
}

/// Editors on Windows write one, and the line behind it would not be read.
fn without_byte_order_mark(pem: &[u8]) -> &[u8] {
    pem.strip_prefix("\u{feff}".as_bytes()).unwrap_or(pem)
}
