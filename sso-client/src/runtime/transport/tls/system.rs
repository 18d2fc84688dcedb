//! The root certificates of systems that keep them in files, as OpenSSL does: most that are not of
//! Apple's or Microsoft's.
//!
//! What `SSL_CERT_FILE` and `SSL_CERT_DIR` name is read, all of it. Where neither is set, it is the bundle at
//! the usual place, and the usual folders only where there is none: they hold the same, a file for each.

use std::collections::HashSet;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use rustls::RootCertStore;

use super::TlsError;
use super::pem::{decode, sections};

/// Reads them.
pub(super) fn load() -> Result<RootCertStore, TlsError> {
    let (files, folders) = said(std::env::var_os).unwrap_or_else(|| {
        let found = openssl_probe::probe();
        if found.cert_file.is_some() { (found.cert_file, Vec::new()) } else { (None, found.cert_dir) }
    });
    let mut store = Store::default();
    store.read(files.as_deref(), &folders);
    if store.texts.is_empty() && store.problem.is_none() {
        // A bundle that is empty is no reason to trust nobody.
        store.read(None, &openssl_probe::probe().cert_dir);
    }
    store.roots()
}

/// What the environment says: a file, and folders. `None` where it says nothing.
fn said(env: impl Fn(&'static str) -> Option<OsString>) -> Option<(Option<PathBuf>, Vec<PathBuf>)> {
    let set = |name| env(name).filter(|value| !value.is_empty());
    let (file, folders) = (set("SSL_CERT_FILE"), set("SSL_CERT_DIR"));
    if file.is_none() && folders.is_none() {
        return None;
    }
    let folders = folders.iter().flat_map(std::env::split_paths).filter(|folder| !folder.as_os_str().is_empty());
    Some((file.map(PathBuf::from), folders.collect()))
}

/// The texts of certificates, and what was in the way of reading more.
#[derive(Default)]
struct Store {
    texts: Vec<String>,
    problem: Option<(PathBuf, io::Error)>,
}

impl Store {
    fn read(&mut self, file: Option<&Path>, folders: &[PathBuf]) {
        if let Some(file) = file {
            self.read_file(file);
        }
        for folder in folders {
            match std::fs::read_dir(folder) {
                Ok(entries) => entries.flatten().filter(|entry| is_hashed(&entry.path())).for_each(|entry| {
                    self.read_file(&entry.path());
                }),
                Err(error) => self.note(folder, error),
            }
        }
    }

    fn read_file(&mut self, path: &Path) {
        match std::fs::read(path) {
            // Comments may be in any encoding.
            Ok(bytes) => self.texts.push(
                String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
            ),
            // A link that leads nowhere is what is left of a certificate that was removed.
            Err(error) if error.kind() == io::ErrorKind::NotFound && is_hashed(path) => {}
            Err(error) => self.note(path, error),
        }
    }

    fn note(&mut self, path: &Path, error: io::Error) {
        self.problem.get_or_insert_with(|| (path.to_owned(), error));
    }

    /// The certificates, each once. Some that are of no use do no harm.
    fn roots(self) -> Result<RootCertStore, TlsError> {
        let mut roots = RootCertStore::empty();
        let sections = self.texts.iter().flat_map(|text| sections(text)).flatten().map(str::trim);
        let mut seen = HashSet::new();
        let fresh = sections.filter(|section| self.texts.len() == 1 || seen.insert(*section));
        roots.add_parsable_certificates(fresh.filter_map(decode));
        match self.problem {
            _ if !roots.is_empty() => Ok(roots),
            Some((path, error)) => {
                let path = path.display();
                Err(TlsError::caused(format!("the system's root certificates cannot be read: {path}"), error))
            }
            None => Err(TlsError::no_roots()),
        }
    }
}

/// Whether a file in a folder has the name that OpenSSL looks for: eight digits of a hash and a number.
fn is_hashed(path: &Path) -> bool {
    let Some((hash, number)) = path.file_name().and_then(|name| name.to_str()?.split_once('.')) else { return false };
    hash.len() == 8
        && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests;
