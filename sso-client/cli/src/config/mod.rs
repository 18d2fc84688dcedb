//! Settings of a call, by the rules of AWS CLI v1.
//!
//! | module | what it does |
//! | --- | --- |
//! | `ini` | sections and properties of a file, as Python's `configparser` reads them |
//! | `files` | the profiles of the config and the credentials file |
//! | here | each setting, from its option, its variables and its property, in this order |
//!
//! They differ from those of the SDKs, which `sso_client::Config::from_env` has: the region is that of
//! `AWS_DEFAULT_REGION`, then of the profile; `AWS_REGION`, which v1 does not know, counts where there is
//! no other. `AWS_DEFAULT_PROFILE` counts before `AWS_PROFILE`. What does not fit together is passed over,
//! such as FIPS with an endpoint of one's own.

mod files;
mod ini;

use std::path::PathBuf;
use std::time::Duration;

use sso_client::Config;
use sso_client::config::Region;
use sso_client::config::http::{HttpClient, HyperClient, ProxyConfig};
use sso_client::config::retry::RetryConfig;
use sso_client::config::timeout::TimeoutConfig;

use crate::args::Globals;
use crate::env;
use crate::errors::Failed;
use crate::python;
use crate::urls;
pub(crate) use files::{Profile, config_file, expand, named_header};
pub(crate) use ini::parse as parse_ini;

/// The names of the ways of retrying, of which the first is the default.
const RETRY_MODES: &[&str] = &["legacy", "standard", "adaptive"];
/// What v1 waits for, in seconds.
const TIMEOUT: i64 = 60;

/// What options say of time limits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timeouts {
    read: Option<Duration>,
    connect: Option<Duration>,
}

impl Timeouts {
    /// In seconds, where 0 means none.
    pub(crate) fn of(globals: &Globals) -> Result<Self, Failed> {
        let limit = |name: &str, text: &Option<String>| {
            let seconds = match text {
                Some(text) => python::int(text).and_then(|seconds| u64::try_from(seconds).ok()),
                None => u64::try_from(TIMEOUT).ok(),
            };
            let seconds = seconds.ok_or_else(|| {
                let text = python::repr_text(text.as_deref().unwrap_or_default());
                Failed::failure(format!("Bad value for --{name}: {text} is no number of seconds; 0 means no limit"))
            })?;
            Ok::<_, Failed>(Some(Duration::from_secs(seconds)).filter(|limit| !limit.is_zero()))
        };
        Ok(Self {
            read: limit("cli-read-timeout", &globals.read_timeout)?,
            connect: limit("cli-connect-timeout", &globals.connect_timeout)?,
        })
    }

    /// The settings of a client.
    pub(crate) fn config(self) -> TimeoutConfig {
        let mut limits = TimeoutConfig::builder();
        limits.set_connect_timeout(self.connect).set_read_timeout(self.read);
        if self.read.is_none() {
            limits = limits.disable_read_timeout();
        }
        limits.build()
    }
}

/// Fails when `--endpoint-url` has no scheme, which is looked at before anything else is.
pub(crate) fn check_endpoint_option(globals: &Globals) -> Result<(), Failed> {
    let Some(url) = &globals.endpoint_url else { return Ok(()) };
    let scheme = url.split_once(':').map(|(scheme, _)| scheme).filter(|scheme| {
        scheme.starts_with(|char: char| char.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    });
    if scheme.is_some() {
        return Ok(());
    }
    Err(Failed::failure(format!(
        "Bad value for --endpoint-url \"{}\": scheme is missing.  Must be of the form http://<hostname>/ or \
         https://<hostname>/",
        urls::shown(url)
    )))
}

/// The region, and whether its name asks for FIPS endpoints.
fn region(globals: &Globals, profile: &Profile) -> Result<(String, bool), Failed> {
    let found = globals.region.clone().or_else(|| env::text("AWS_DEFAULT_REGION"));
    let found = found.or_else(|| profile.get("region").map(str::to_owned)).or_else(|| env::text("AWS_REGION"));
    let Some(region) = found.filter(|region| !region.is_empty()) else {
        let message = "You must specify a region. You can also configure your region by running \"aws configure\".";
        return Err(
            Failed::failure(message).hint("give --region, set AWS_DEFAULT_REGION, or name a profile that has one")
        );
    };
    let plain = |region: &str| region.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let digits = region.bytes().all(|byte| byte.is_ascii_digit());
    if digits || !plain(&region) || region.starts_with('-') || region.ends_with('-') || region.len() > 63 {
        let shown = python::repr_text(&region);
        let message = format!("Provided region_name {shown} doesn't match a supported format.");
        return Err(Failed::failure(message).hint("a region is such as eu-west-1"));
    }
    let real = region.strip_prefix("fips-").or_else(|| region.strip_suffix("-fips"));
    Ok(real.map_or((region.clone(), false), |real| (real.to_owned(), true)))
}

/// A base URL in place of that of the region.
fn endpoint(globals: &Globals, profile: &Profile) -> Result<Option<String>, Failed> {
    let url = match &globals.endpoint_url {
        Some(url) => Some(url.clone()),
        None if truth("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", profile, "ignore_configured_endpoint_urls") => None,
        None => env::text("AWS_ENDPOINT_URL_SSO")
            .or_else(|| env::text("AWS_ENDPOINT_URL"))
            .map_or_else(|| profile.endpoint_url("sso"), |url| Ok(Some(url)))?,
    };
    let Some(url) = url else { return Ok(None) };
    let host = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
    if host.is_none_or(|host| host.is_empty() || host.starts_with(['/', '?', ':'])) {
        return Err(Failed::failure(format!("Invalid endpoint: {}", urls::shown(&url)))
            .hint("an endpoint is such as https://host:port/"));
    }
    Ok(Some(url))
}

/// Whether a setting says `true`; anything else means no.
fn truth(variable: &str, profile: &Profile, property: &str) -> bool {
    let found = env::text(variable).or_else(|| profile.get(property).map(str::to_owned));
    found.is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

fn retries(profile: &Profile) -> Result<RetryConfig, Failed> {
    let setting =
        |variable: &str, property: &str| env::text(variable).or_else(|| profile.get(property).map(str::to_owned));
    let mode = setting("AWS_RETRY_MODE", "retry_mode").unwrap_or_else(|| RETRY_MODES[0].to_owned());
    if !RETRY_MODES.contains(&mode.as_str()) {
        let known: Vec<_> = RETRY_MODES.iter().map(|mode| format!("'{mode}'")).collect();
        let message = format!("Invalid value provided to \"mode\": \"{mode}\" must be one of: ({})", known.join(", "));
        return Err(Failed::failure(message).hint("look at AWS_RETRY_MODE and at retry_mode of the profile"));
    }
    let default = if mode == RETRY_MODES[0] { 5 } else { 3 };
    let attempts = match setting("AWS_MAX_ATTEMPTS", "max_attempts") {
        None => default,
        Some(text) => {
            let attempts = python::int(&text).and_then(|attempts| u32::try_from(attempts).ok());
            attempts.filter(|attempts| *attempts > 0).ok_or_else(|| {
                let message = format!(
                    "Value provided to \"max_attempts\": {text} must be an integer greater than or equal to 1."
                );
                Failed::failure(message).hint("look at AWS_MAX_ATTEMPTS and at max_attempts of the profile")
            })?
        }
    };
    // The waits of v1, which begin with up to a second.
    Ok(RetryConfig::standard().with_max_attempts(attempts).with_initial_backoff(Duration::from_secs(1)))
}

/// Whether option values that are URLs stand for what is there.
pub(crate) fn follows_urls(profile: &Profile) -> bool {
    !profile.get("cli_follow_urlparam").is_some_and(|value| value.eq_ignore_ascii_case("false"))
}

/// The name of the form of output.
pub(crate) fn output(globals: &Globals, profile: &Profile) -> String {
    let found = globals.output.clone().or_else(|| env::text("AWS_DEFAULT_OUTPUT"));
    found.or_else(|| profile.get("output").map(str::to_owned)).unwrap_or_else(|| "json".to_owned())
}

/// The transport, with the roots that are trusted and the proxies that are used.
pub(crate) fn transport(globals: &Globals, profile: &Profile, timeouts: Timeouts) -> Result<HyperClient, Failed> {
    let mut builder = HyperClient::builder().connect_timeout(timeouts.connect);
    if globals.no_verify_ssl {
        builder = builder.danger_disable_certificate_verification_for_tests_only();
    } else if let Some(path) = ca_bundle(globals, profile) {
        builder = builder.ca_bundle_path(path);
    }
    let proxy = ProxyConfig::from_env(|name| std::env::var(name).ok());
    let proxy = proxy.map_err(|error| Failed::failure(error.to_string()))?;
    Ok(builder.proxy(proxy).build())
}

fn ca_bundle(globals: &Globals, profile: &Profile) -> Option<PathBuf> {
    let found = globals.ca_bundle.clone().or_else(|| env::text("AWS_CA_BUNDLE"));
    let found = found.or_else(|| profile.get("ca_bundle").map(str::to_owned));
    found.or_else(|| env::text("REQUESTS_CA_BUNDLE")).map(|path| expand(&path))
}

/// Everything that a client needs, with this transport.
pub(crate) fn client_config(
    globals: &Globals,
    profile: &Profile,
    timeouts: Timeouts,
    transport: impl HttpClient + 'static,
) -> Result<Config, Failed> {
    let (region, fips) = region(globals, profile)?;
    let endpoint = endpoint(globals, profile)?;
    let mut config = Config::builder()
        .region(Region::new(region))
        .retry_config(retries(profile)?)
        .timeout_config(timeouts.config())
        .http_client(transport);
    match endpoint {
        Some(url) => config = config.endpoint_url(url),
        None => {
            let fips = fips || truth("AWS_USE_FIPS_ENDPOINT", profile, "use_fips_endpoint");
            let dual_stack = truth("AWS_USE_DUALSTACK_ENDPOINT", profile, "use_dualstack_endpoint");
            config = config.use_fips(fips).use_dual_stack(dual_stack);
        }
    }
    Ok(config.build())
}
