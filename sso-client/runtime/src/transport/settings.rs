//! What a client's configuration says of the default transport.

use std::path::PathBuf;
use std::time::Duration;

use super::{HyperClient, ProxyConfig};

/// Settings of the default transport, without effect on any other.
#[derive(Clone, Debug, Default)]
pub struct TransportSettings {
    /// A file of certificates to trust instead of the system's.
    pub ca_bundle: Option<PathBuf>,
    /// Which proxies requests take.
    pub proxy: Option<ProxyConfig>,
}

impl TransportSettings {
    /// These, and those of `base` where they say nothing.
    pub(crate) fn merged_with(&self, base: &Self) -> Self {
        Self {
            ca_bundle: self.ca_bundle.clone().or_else(|| base.ca_bundle.clone()),
            proxy: self.proxy.clone().or_else(|| base.proxy.clone()),
        }
    }

    /// The transport that they describe. Nothing is read or connected yet.
    pub(crate) fn client(&self, connect_timeout: Option<Duration>) -> HyperClient {
        let mut builder = HyperClient::builder().connect_timeout(connect_timeout);
        if let Some(path) = &self.ca_bundle {
            builder = builder.ca_bundle_path(path);
        }
        if let Some(proxy) = &self.proxy {
            builder = builder.proxy(proxy.clone());
        }
        builder.build()
    }
}
