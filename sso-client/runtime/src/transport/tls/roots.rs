//! The certificates that are trusted.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use rustls::RootCertStore;

use super::pem::certificates;
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
    // Comments may be in any encoding.
    for certificate in certificates(&String::from_utf8_lossy(pem)) {
        number += 1;
        let broken = || format!("certificate number {number} in {what} is broken");
        let certificate = certificate.ok_or_else(|| TlsError::new(broken()))?;
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
