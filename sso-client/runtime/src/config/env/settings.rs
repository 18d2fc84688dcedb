//! The settings in the environment and a profile.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};

use super::{EnvError, EnvErrorKind, Origin};
use crate::base::Escaped;
use crate::config::endpoint_url::{EndpointUrl, FoundUrl, FoundUrls, service_key};
use crate::config::profile::{Locations, ProfileSet, Section, SectionKind};
use crate::config::retry::RetryConfig;
use crate::config::{AppName, Config, Region};
use crate::transport::ProxyConfig;

/// Returns whether a property is a setting. No other property is copied.
pub(super) fn is_setting(kind: SectionKind, key: &str) -> bool {
    match kind {
        SectionKind::Profile => matches!(
            key,
            "ca_bundle"
                | "endpoint_url"
                | "ignore_configured_endpoint_urls"
                | "max_attempts"
                | "region"
                | "retry_mode"
                | "sdk_ua_app_id"
                | "services"
                | "use_dualstack_endpoint"
                | "use_fips_endpoint"
        ),
        // Service keys, with nested settings.
        SectionKind::Services => true,
        SectionKind::SsoSession => false,
    }
}

/// The sources of settings.
pub(super) struct Sources<'a> {
    pub(super) variables: &'a Variables,
    pub(super) profiles: &'a ProfileSet,
    pub(super) profile: Option<&'a Section>,
    pub(super) locations: &'a Locations,
}

/// A value that is not empty, with its origin.
struct Found<'a> {
    value: &'a str,
    origin: Origin,
}

impl Sources<'_> {
    pub(super) fn config(&self) -> Result<Config, EnvError> {
        let mut builder = Config::builder();
        builder.endpoint_url = EndpointUrl::found(self.endpoint_urls()?);
        builder
            .set_region(self.region()?)
            .set_use_fips(self.boolean("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint")?)
            .set_use_dual_stack(self.boolean("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint")?)
            .set_retry_config(self.retry_config()?)
            .set_app_name(self.app_name()?)
            .set_ca_bundle(self.ca_bundle()?)
            .set_proxy(self.proxy()?);
        Ok(builder.build())
    }

    /// Proxies have variables only.
    fn proxy(&self) -> Result<Option<ProxyConfig>, EnvError> {
        let variable = |name: &str| self.variables.get(name).map(|value| value.to_string_lossy().into_owned());
        let proxy = ProxyConfig::from_env(variable)?;
        // Without proxies, too: a client must not read the environment of the process beside the one that was given.
        Ok(Some(proxy))
    }

    fn region(&self) -> Result<Option<Region>, EnvError> {
        let Some(Found { value, origin }) = self.find(&["AWS_REGION", "AWS_DEFAULT_REGION"], "region")? else {
            return Ok(None);
        };
        let region = Region::new(value.to_owned());
        region.check().map_err(|error| EnvError::invalid(origin, error))?;
        Ok(Some(region))
    }

    /// The order is: the service's variable, the variable, the service's property, the property. So the variable of all
    /// services hides the profile.
    fn endpoint_urls(&self) -> Result<FoundUrls, EnvError> {
        let mut found = FoundUrls::default();
        let ignored = self.boolean("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls")?;
        if ignored == Some(true) {
            return Ok(found);
        }
        found.fallback = self.variable("AWS_ENDPOINT_URL")?.map(Found::url);
        let mut missing = None;
        if found.fallback.is_none() {
            found.fallback = self.property("endpoint_url").map(Found::url);
            if let Some(name) = self.property("services") {
                missing = self.add_services(name, &mut found).err();
            }
        }
        for (name, service) in self.variables.endpoint_urls() {
            if let Some(url) = self.variable(name)? {
                found.by_service.push((service.to_owned(), url.url()));
            }
        }
        match missing {
            // A variable may take precedence, depending on the service.
            Some(error) if !found.by_service.is_empty() => found.missing = Some(error.to_string().into()),
            Some(error) => return Err(error),
            None => {}
        }
        Ok(found)
    }

    fn add_services(&self, name: Found<'_>, found: &mut FoundUrls) -> Result<(), EnvError> {
        let Some(section) = self.profiles.services(name.value) else {
            let Found { value, origin } = name;
            let told = self.profiles.told(SectionKind::Services, value);
            let name = Escaped(value);
            let message = format!("{origin}: there is no section [services {name}] in the config file; {told}");
            return Err(EnvError::new(EnvErrorKind::NotFound, message).with_origin(origin));
        };
        for (service, property) in section.properties() {
            let urls = property.nested().filter(|(key, url)| key == "endpoint_url" && !url.value().is_empty());
            if let Some((key, url)) = urls.last() {
                let url = FoundUrl::new(url.value(), Origin::property(&key, &url));
                found.by_service.push((service_key(service), url));
            }
        }
        Ok(())
    }

    fn retry_config(&self) -> Result<Option<RetryConfig>, EnvError> {
        let mode = self.find(&["AWS_RETRY_MODE"], "retry_mode")?;
        if let Some(Found { value, origin }) = &mode {
            if !["standard", "legacy", "adaptive"].iter().any(|mode| value.eq_ignore_ascii_case(mode)) {
                let message = format!("{value:?} is no way of retrying; write standard, legacy or adaptive");
                return Err(EnvError::invalid(origin.clone(), message));
            }
        }
        match self.find(&["AWS_MAX_ATTEMPTS"], "max_attempts")? {
            None => Ok(mode.map(|_| RetryConfig::standard())),
            Some(Found { value, origin }) => match value.parse() {
                Ok(attempts @ 1_u32..) => Ok(Some(RetryConfig::standard().with_max_attempts(attempts))),
                _ => Err(EnvError::invalid(origin, format!("{value:?} is no number of attempts; write 1 or more"))),
            },
        }
    }

    fn app_name(&self) -> Result<Option<AppName>, EnvError> {
        // AWS's command line and boto3 replace what cannot be sent.
        Ok(self.find(&["AWS_SDK_UA_APP_ID"], "sdk_ua_app_id")?.and_then(|found| AppName::sanitized(found.value)))
    }

    fn ca_bundle(&self) -> Result<Option<PathBuf>, EnvError> {
        // A path need not be UTF-8.
        let (path, origin) = match (self.variables.get("AWS_CA_BUNDLE"), self.property("ca_bundle")) {
            (Some(path), _) => (Path::new(path), Origin::variable("AWS_CA_BUNDLE")),
            (None, Some(Found { value, origin })) => (Path::new(value), origin),
            (None, None) => return Ok(None),
        };
        self.locations.expand(path).map(Some).map_err(|error| EnvError::invalid(origin, error))
    }

    fn boolean(&self, variable: &str, key: &str) -> Result<Option<bool>, EnvError> {
        match self.find(&[variable], key)? {
            None => Ok(None),
            Some(Found { value, .. }) if value.eq_ignore_ascii_case("true") => Ok(Some(true)),
            Some(Found { value, .. }) if value.eq_ignore_ascii_case("false") => Ok(Some(false)),
            Some(Found { value, origin }) => {
                Err(EnvError::invalid(origin, format!("{value:?} is neither true nor false")))
            }
        }
    }

    /// Returns the first of the variables that is set, or else the property.
    fn find(&self, variables: &[&str], key: &str) -> Result<Option<Found<'_>>, EnvError> {
        for name in variables {
            if let Some(found) = self.variable(name)? {
                return Ok(Some(found));
            }
        }
        Ok(self.property(key))
    }

    fn variable(&self, name: &str) -> Result<Option<Found<'_>>, EnvError> {
        let value = self.variables.text(name)?;
        Ok(value.map(|value| Found { value, origin: Origin::variable(name) }))
    }

    fn property(&self, key: &str) -> Option<Found<'_>> {
        let property = self.profile?.get(key)?;
        Some(Found { value: property.value(), origin: Origin::property(key, property) })
            .filter(|found| !found.value.is_empty())
    }
}

impl Found<'_> {
    fn url(self) -> FoundUrl {
        FoundUrl::new(self.value, self.origin)
    }
}

/// The prefix of the variables with the endpoint URL of a service.
const ENDPOINT_URL: &str = "AWS_ENDPOINT_URL_";

/// The variables that are read. No other is kept, least of all one with credentials.
const NAMES: &[&str] = &[
    "AWS_CA_BUNDLE",
    "AWS_CONFIG_FILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_MAX_ATTEMPTS",
    "AWS_PROFILE",
    "AWS_REGION",
    "AWS_RETRY_MODE",
    "AWS_SDK_UA_APP_ID",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_USE_FIPS_ENDPOINT",
    // The home directory.
    "HOME",
    "HOMEDRIVE",
    "HOMEPATH",
    "USERPROFILE",
    // Proxies, and the mark of a CGI script, where HTTP_PROXY comes from a request.
    "ALL_PROXY",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NO_PROXY",
    "REQUEST_METHOD",
    "all_proxy",
    "http_proxy",
    "https_proxy",
    "no_proxy",
];

/// The variables that are read, with their values.
#[derive(Clone)]
pub(super) struct Variables {
    values: BTreeMap<String, OsString>,
    windows: bool,
}

impl Variables {
    /// Selects the variables. On Windows, names are case-insensitive.
    pub(super) fn new(all: impl IntoIterator<Item = (OsString, OsString)>, windows: bool) -> Self {
        let values = all.into_iter().filter_map(|(name, value)| {
            let name = name.to_str()?;
            let name = if windows { name.to_ascii_uppercase() } else { name.to_owned() };
            (name.starts_with(ENDPOINT_URL) || NAMES.contains(&name.as_str())).then_some((name, value))
        });
        Self { values: values.collect(), windows }
    }

    pub(super) fn windows(&self) -> bool {
        self.windows
    }

    /// Returns the value of a variable, unless empty.
    pub(super) fn get(&self, name: &str) -> Option<&OsStr> {
        let value = if self.windows { self.values.get(&name.to_ascii_uppercase()) } else { self.values.get(name) };
        value.map(OsString::as_os_str).filter(|value| !value.is_empty())
    }

    /// Returns the trimmed value of a variable, unless empty.
    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, EnvError> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let not_text = || EnvError::invalid(Origin::variable(name), "its value is no UTF-8 text");
        Ok(Some(value.to_str().ok_or_else(not_text)?.trim()).filter(|value| !value.is_empty()))
    }

    /// Returns the variables with the endpoint URL of a service, and the service keys.
    pub(super) fn endpoint_urls(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.keys().filter_map(|name| Some((name.as_str(), name.strip_prefix(ENDPOINT_URL)?)))
    }
}

/// Shows their number only: the URL of a proxy may contain a password.
impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Variables({})", self.values.len())
    }
}
