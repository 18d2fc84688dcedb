//! What the environment and a profile say, each setting by its rules.

use std::path::{Path, PathBuf};

use super::variables::Variables;
use super::{EnvError, Origin, names};
use crate::config::endpoint_url::{EndpointUrl, FoundUrl, FoundUrls, service_key};
use crate::config::profile::{Locations, ProfileSet, Section, SectionKind};
use crate::config::retry::RetryConfig;
use crate::config::{AppName, Config, Region};
use crate::transport::ProxyConfig;

/// Whether a property is a setting. Nothing else of the files is copied.
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
        // Ids of services, with settings of each below them.
        SectionKind::Services => true,
        SectionKind::SsoSession => false,
    }
}

/// Where settings are looked for.
pub(super) struct Sources<'a> {
    pub(super) variables: &'a Variables,
    pub(super) profiles: &'a ProfileSet,
    pub(super) profile: Option<&'a Section>,
    pub(super) locations: &'a Locations,
}

/// A value that is not empty, and where it stands.
struct Found<'a> {
    value: &'a str,
    origin: Origin,
}

impl Sources<'_> {
    /// All settings.
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

    /// Proxies are named by variables alone. What is no text is no URL either.
    fn proxy(&self) -> Result<Option<ProxyConfig>, EnvError> {
        let variable = |name: &str| self.variables.get(name).map(|value| value.to_string_lossy().into_owned());
        let proxy = ProxyConfig::from_env(variable).map_err(EnvError::proxy)?;
        Ok(Some(proxy).filter(|proxy| !proxy.is_none()))
    }

    fn region(&self) -> Result<Option<Region>, EnvError> {
        let Some(Found { value, origin }) = self.find(&["AWS_REGION", "AWS_DEFAULT_REGION"], "region")? else {
            return Ok(None);
        };
        let region = Region::new(value.to_owned());
        region.check().map_err(|error| EnvError::invalid(origin, error))?;
        Ok(Some(region))
    }

    /// The order is: service's variable, variable, service's property, property. So a variable for all
    /// services hides whatever the profile says.
    fn endpoint_urls(&self) -> Result<FoundUrls, EnvError> {
        let mut found = FoundUrls::default();
        let ignored = self.boolean("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls")?;
        if ignored == Some(true) {
            return Ok(found);
        }
        found.of_others = self.variable("AWS_ENDPOINT_URL")?.map(Found::url);
        if found.of_others.is_none() {
            found.of_others = self.property("endpoint_url").map(Found::url);
            if let Some(name) = self.property("services") {
                self.add_services(name, &mut found)?;
            }
        }
        for (name, service) in self.variables.endpoint_urls() {
            if let Some(url) = self.variable(name)? {
                found.by_service.insert(service.to_owned(), url.url());
            }
        }
        Ok(found)
    }

    fn add_services(&self, name: Found<'_>, found: &mut FoundUrls) -> Result<(), EnvError> {
        let Some(section) = self.profiles.services(name.value) else {
            let there_are = names(self.profiles.services_names());
            let message = format!("there is no section [services {}] in the config file; {there_are}", name.value);
            return Err(EnvError::not_found(Some(name.origin), message));
        };
        for (service, property) in section.properties() {
            let urls = property.nested().filter(|(key, url)| key == "endpoint_url" && !url.value().is_empty());
            if let Some((key, url)) = urls.last() {
                let url = FoundUrl::new(url.value(), Origin::property(&key, &url));
                found.by_service.insert(service_key(service), url);
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
        let Some(Found { value, origin }) = self.find(&["AWS_SDK_UA_APP_ID"], "sdk_ua_app_id")? else {
            return Ok(None);
        };
        let invalid = |error| EnvError::invalid(origin, format!("{value:?} cannot be used: {error}"));
        AppName::new(value.to_owned()).map(Some).map_err(invalid)
    }

    fn ca_bundle(&self) -> Result<Option<PathBuf>, EnvError> {
        // As any path, it need not be text.
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

    /// The first of these variables that is there, or else the property.
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
