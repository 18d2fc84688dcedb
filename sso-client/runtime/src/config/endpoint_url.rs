//! The base URL in place of the one derived from the region.
//!
//! A program says one URL. The environment and the profile may say several, of which the service
//! decides: a configuration that was read knows no service, so it keeps them all, and a client
//! picks its own by the id of its service.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::Builder;
use super::origin::Origin;
use crate::secret::REDACTED;

/// A URL that may hold a password by mistake, which `Debug` then leaves out.
#[derive(Clone)]
pub(super) struct Url(String);

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.contains('@') { f.write_str(REDACTED) } else { self.0.fmt(f) }
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

/// All URLs from the environment and a profile that may count.
#[derive(Clone, Debug, Default)]
pub(super) struct FoundUrls {
    /// By the keys of services.
    pub(super) by_service: BTreeMap<String, FoundUrl>,
    /// By asking for that of a service, which is not known before.
    pub(super) by_asking: Option<Ask>,
    /// For services that are not among them.
    pub(super) of_others: Option<FoundUrl>,
}

impl FoundUrls {
    fn of_service(&self, sdk_id: &str) -> Option<FoundUrl> {
        let known = self.by_service.get(&service_key(sdk_id)).cloned();
        let asked = || self.by_asking.as_ref().and_then(|ask| ask.of_service(sdk_id));
        known.or_else(asked).or_else(|| self.of_others.clone())
    }
}

/// From the id of a service to its URL.
pub(crate) type AskFn = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// Asks for the URL of a service.
#[derive(Clone)]
pub(super) struct Ask {
    ask: AskFn,
    origin: Origin,
}

impl Ask {
    fn of_service(&self, sdk_id: &str) -> Option<FoundUrl> {
        (self.ask)(sdk_id).map(|url| FoundUrl { url: Url(url), origin: self.origin.clone() })
    }
}

impl fmt::Debug for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ask")
    }
}

impl Builder {
    /// Sets the base URL to that which `ask` has for the client's service, or else to `of_others`.
    #[allow(dead_code, reason = "for an optional part")]
    pub(crate) fn set_endpoint_url_by_service(&mut self, origin: &str, ask: AskFn, of_others: Option<&str>) {
        let origin = Origin::variable(origin);
        let of_others = of_others.map(|url| FoundUrl::new(url, origin.clone()));
        let all = FoundUrls { by_asking: Some(Ask { ask, origin }), of_others, ..FoundUrls::default() };
        self.endpoint_url = EndpointUrl::found(all);
    }
}

/// The id of a service in the form that it has at the end of `AWS_ENDPOINT_URL_…`; a `services`
/// section has the same in lower case.
pub(super) fn service_key(sdk_id: &str) -> String {
    sdk_id.to_ascii_uppercase().replace([' ', '-'], "_")
}

/// What a configuration holds of its base URL.
#[derive(Clone, Debug)]
pub(super) enum EndpointUrl {
    /// Said by the program.
    Said(Url),
    /// Found outside of it, and picked of that what counts for the client's service.
    Found { all: Arc<FoundUrls>, picked: Option<FoundUrl> },
}

impl EndpointUrl {
    pub(super) fn said(url: String) -> Self {
        Self::Said(Url(url))
    }

    /// `None` where nothing was found.
    pub(super) fn found(all: FoundUrls) -> Option<Self> {
        let is_empty = all.by_service.is_empty() && all.by_asking.is_none() && all.of_others.is_none();
        (!is_empty).then(|| Self::Found { all: Arc::new(all), picked: None })
    }

    /// With what counts for a service, whichever was picked before.
    pub(super) fn for_service(self, sdk_id: &str) -> Self {
        match self {
            Self::Said(url) => Self::Said(url),
            Self::Found { all, .. } => {
                let picked = all.of_service(sdk_id);
                Self::Found { all, picked }
            }
        }
    }

    pub(super) fn url(&self) -> Option<&str> {
        match self {
            Self::Said(url) => Some(&url.0),
            Self::Found { picked, .. } => picked.as_ref().map(|found| found.url.0.as_str()),
        }
    }

    /// Where it was found, if it does not come from the program.
    pub(super) fn origin(&self) -> Option<&Origin> {
        match self {
            Self::Said(_) => None,
            Self::Found { picked, .. } => picked.as_ref().map(|found| &found.origin),
        }
    }
}
