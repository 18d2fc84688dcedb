//! Settings of the default transport. A transport that is set by hand knows nothing of them.

use std::path::{Path, PathBuf};

use super::{Builder, Config};
use crate::transport::{ProxyConfig, TransportSettings};

impl Config {
    /// The file of certificates that are trusted instead of the system's, where one was set.
    pub fn ca_bundle(&self) -> Option<&Path> {
        self.settings.transport.ca_bundle.as_deref()
    }

    /// Which proxies requests take, where that was said.
    pub fn proxy(&self) -> Option<&ProxyConfig> {
        self.settings.transport.proxy.as_ref()
    }

    /// What the default transport is made by.
    pub(crate) fn transport(&self) -> &TransportSettings {
        &self.settings.transport
    }
}

impl Builder {
    /// Trusts the certificates in a file of PEM text, and no others, instead of the system's, as
    /// `AWS_CA_BUNDLE` means it. It is read when the first TLS connection is made.
    ///
    /// For a client as a whole, not for a single call; without effect when there is an `http_client`.
    pub fn ca_bundle(mut self, path: impl Into<PathBuf>) -> Self {
        self.transport.ca_bundle = Some(path.into());
        self
    }

    /// Sets a file of certificates to trust, or goes back to the default with `None`.
    pub fn set_ca_bundle(&mut self, path: Option<PathBuf>) -> &mut Self {
        self.transport.ca_bundle = path;
        self
    }

    /// Sends requests through proxies; without this they go directly, whatever the environment says.
    ///
    /// For a client as a whole, not for a single call; without effect when there is an `http_client`.
    pub fn proxy(mut self, proxies: ProxyConfig) -> Self {
        self.transport.proxy = Some(proxies);
        self
    }

    /// Sets proxies, or clears them with `None`.
    pub fn set_proxy(&mut self, proxies: Option<ProxyConfig>) -> &mut Self {
        self.transport.proxy = proxies;
        self
    }
}
