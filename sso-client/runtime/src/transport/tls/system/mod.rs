//! The root certificates of systems that keep them in files, as OpenSSL does: most that are not of
//! Apple's or Microsoft's.
//!
//! What `SSL_CERT_FILE` and `SSL_CERT_DIR` name is read, all files of such a folder, and nothing else is. Where
//! neither is set, it is the bundle at the usual place and, as OpenSSL does, what has a hash for its name in
//! the usual folders: mostly the same once more, so that it is decoded only where it differs.

use std::collections::HashSet;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use rustls::RootCertStore;

use super::TlsError;
use super::pem::{decode, sections};

/// Reads them.
pub(super) fn load() -> Result<RootCertStore, TlsError> {
    let usual = || {
        let found = openssl_probe::probe();
        (found.cert_file, found.cert_dir)
    };
    load_by(std::env::var_os, usual)
}

fn load_by(
    env: impl Fn(&'static str) -> Option<OsString>,
    usual: impl Fn() -> (Option<PathBuf>, Vec<PathBuf>),
) -> Result<RootCertStore, TlsError> {
    let mut store = Store::default();
    match said(env) {
        Some((file, folders)) => store.read(file.as_deref(), &folders, |_| true),
        None => {
            let (file, folders) = usual();
            store.read(file.as_deref(), &folders, is_hashed);
        }
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
    fn read(&mut self, file: Option<&Path>, folders: &[PathBuf], counts: impl Fn(&Path) -> bool) {
        if let Some(file) = file {
            self.read_file(file);
        }
        for folder in folders {
            match std::fs::read_dir(folder) {
                Ok(entries) => {
                    let paths = entries.flatten().map(|entry| entry.path());
                    // What a link leads to counts, where it leads to anything.
                    paths.filter(|path| counts(path) && path.is_file()).for_each(|path| self.read_file(&path));
                }
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
