//! The endpoint URL setting, and where settings were read from.
//!
//! A program sets one URL. The environment and the profile may have one per service: a loaded configuration is not
//! tied to a service, so it keeps them all, and a client selects its own by the SDK id of its service.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use super::profile::Property;
use super::{Builder, Opaque};
use crate::base::Escaped;
use crate::http_bindings::ShownUrl;

/// Where a setting was read from: an environment variable, or a property in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Variable(String),
    Property { file: Arc<Path>, line: usize, key: String },
}

impl Origin {
    pub(super) fn variable(name: &str) -> Self {
        Self::Variable(name.to_owned())
    }

    pub(super) fn property(key: &str, property: &Property) -> Self {
        Self::Property { file: Arc::clone(property.file()), line: property.line(), key: key.to_owned() }
    }

    pub(super) fn key(&self) -> &str {
        match self {
            Self::Variable(name) => name,
            Self::Property { key, .. } => key,
        }
    }
}

/// Formats as `AWS_REGION` or `/home/me/.aws/config:3: region`.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => f.write_str(name),
            Self::Property { file, line, key } => write!(f, "{}:{line}: {key}", Escaped(file.display())),
        }
    }
}

/// A URL, of which `Debug` shows what [`ShownUrl`] does.
#[derive(Clone)]
pub(super) struct Url(String);

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        ShownUrl(&self.0).fmt(f)
    }
}

/// A URL from the environment or a profile.
#[derive(Clone, Debug)]
pub(super) struct FoundUrl {
    pub(super) url: Url,
    pub(super) origin: Origin,
}

impl FoundUrl {
    pub(super) fn new(url: &str, origin: Origin) -> Self {
        Self { url: Url(url.to_owned()), origin }
    }
}

/// The URLs from the environment and a profile.
#[derive(Clone, Debug, Default)]
pub(super) struct FoundUrls {
    /// The URLs of single services, with service keys. Of several, the last one counts.
    pub(super) by_service: Vec<(String, FoundUrl)>,
    /// Looks up the URL of a service that is not in `by_service`.
    pub(super) lookup: Option<Lookup>,
    /// The URL of all other services.
    pub(super) fallback: Option<FoundUrl>,
    /// Why the URLs of services in the profile are unknown, which fails the calls of services not in `by_service`.
    pub(super) missing: Option<Arc<str>>,
}

impl FoundUrls {
    fn of_service(&self, sdk_id: &str) -> Option<FoundUrl> {
        let key = service_key(sdk_id);
        let known = self.by_service.iter().rev().find(|(of, _)| *of == key).map(|(_, url)| url.clone());
        let lookup = || self.lookup.as_ref().and_then(|lookup| lookup.of_service(sdk_id));
        known.or_else(lookup).or_else(|| self.fallback.clone().filter(|_| self.missing.is_none()))
    }
}

/// Returns the URL of a service by its SDK id.
pub(crate) type LookupFn = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// A lookup of the URL of a service.
#[derive(Clone, Debug)]
pub(super) struct Lookup {
    lookup: Opaque<LookupFn>,
    origin: Origin,
}

impl Lookup {
    fn of_service(&self, sdk_id: &str) -> Option<FoundUrl> {
        (self.lookup.0)(sdk_id).map(|url| FoundUrl { url: Url(url), origin: self.origin.clone() })
    }
}

impl Builder {
    /// Sets the endpoint URL to the one that `lookup` returns for the client's service, or else to `fallback`.
    #[cfg(feature = "aws-types")]
    pub(crate) fn set_endpoint_url_by_service(&mut self, origin: &str, lookup: LookupFn, fallback: Option<&str>) {
        let origin = Origin::variable(origin);
        let fallback = fallback.map(|url| FoundUrl::new(url, origin.clone()));
        let all =
            FoundUrls { lookup: Some(Lookup { lookup: Opaque(lookup), origin }), fallback, ..FoundUrls::default() };
        self.endpoint_url = EndpointUrl::found(all);
    }
}

/// Returns the key of a service: the suffix of its `AWS_ENDPOINT_URL_…`, and in lower case the key of its `services`
/// section.
pub(super) fn service_key(sdk_id: &str) -> String {
    sdk_id.to_ascii_uppercase().replace([' ', '-'], "_")
}

/// The endpoint URL setting.
#[derive(Clone, Debug)]
pub(super) enum EndpointUrl {
    /// Set by the program.
    Explicit(Url),
    /// Loaded, with the one selected for the client's service.
    Found { all: Arc<FoundUrls>, selected: Option<FoundUrl> },
}

impl EndpointUrl {
    pub(super) fn explicit(url: String) -> Self {
        Self::Explicit(Url(url))
    }

    /// Returns `None` if there are no URLs.
    pub(super) fn found(all: FoundUrls) -> Option<Self> {
        let is_empty = all.by_service.is_empty() && all.lookup.is_none() && all.fallback.is_none();
        (!is_empty).then(|| Self::Found { all: Arc::new(all), selected: None })
    }

    /// Selects the URL of a service.
    pub(super) fn for_service(self, sdk_id: &str) -> Self {
        match self {
            Self::Explicit(url) => Self::Explicit(url),
            Self::Found { all, .. } => {
                let selected = all.of_service(sdk_id);
                Self::Found { all, selected }
            }
        }
    }

    pub(super) fn url(&self) -> Option<&str> {
        match self {
            Self::Explicit(url) => Some(&url.0),
            Self::Found { selected, .. } => selected.as_ref().map(|found| found.url.0.as_str()),
        }
    }

    /// Returns why the URL of the selected service is unknown, if one may have been meant.
    pub(super) fn problem(&self) -> Option<&str> {
        match self {
            Self::Found { all, selected: None } => all.missing.as_deref(),
            _ => None,
        }
    }

    /// Returns where the URL was read from, unless the program set it.
    pub(super) fn origin(&self) -> Option<&Origin> {
        match self {
            Self::Explicit(_) => None,
            Self::Found { selected, .. } => selected.as_ref().map(|found| &found.origin),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Url;

    #[test]
    fn debug_shows_no_secret() {
        for (url, expected) in [
            ("https://h:8443/path?key=SECRET", "\"https://h:8443/path\""),
            ("https://user:SECRET@h", "\"*** Sensitive Data Redacted ***\""),
        ] {
            assert_eq!(format!("{:?}", Url(url.to_owned())), expected);
        }
    }
}
