//! Sessions: what they are made of, and the clients that they use.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::environment::Environment;
use super::loader::{Options, SessionLoader, SsoSessionBuilder};
use super::login::start_url;
use super::observe::Observed;
use super::profile::Settings;
use super::roles::RateLimiter;
use super::store::{Entry, EntryKind, FileTokenStore, TokenStore, names};
use super::token::AccessToken;
use super::unsaved::UnsavedToken;
use super::{IdentityError, IdentityErrorKind as Kind, date};
use crate::config::http::{HyperClient, SharedHttpClient};
use crate::config::timeout::TimeoutConfig;
use crate::config::{Config, Region};
use crate::runtime::time::Clock;

/// How long before its expiry role credentials from the cache are fetched anew.
const ROLE_MARGIN: Duration = Duration::from_secs(15 * 60);

/// A sign-in session of IAM Identity Center: one start URL, one token, every account and role of one user.
///
/// Making one reads configuration files at most; nothing is sent, and no token is read. Clones are the same session.
///
/// ```no_run
/// use sso_client::identity::{IdentityError, SsoSession};
///
/// # fn main() -> Result<(), IdentityError> {
/// // Of the profile that the environment names, of another one, or of an `[sso-session]`.
/// for session in [SsoSession::from_env()?, SsoSession::from_profile("dev")?, SsoSession::named("corp")?] {
///     println!("{:?} of profile {:?}", session.name(), session.profile());
///     println!("{} in {} for {:?}", session.start_url(), session.region(), session.scopes());
///     println!("role {:?} of account {:?}", session.role_name(), session.account_id());
///     println!("FIPS {:?}; the token lies in {}", session.config().use_fips(), session.token_location());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct SsoSession {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) settings: Settings,
    pub(crate) environment: Environment,
    pub(crate) store: Arc<dyn TokenStore>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) config: Config,
    pub(crate) http: Observed,
    pub(crate) portal: crate::Client,
    pub(crate) oidc: crate::oidc::Client,
    pub(crate) role_margin: Duration,
    pub(crate) limiter: Arc<RateLimiter>,
    pub(crate) unsaved: UnsavedToken,
}

impl fmt::Debug for SsoSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Settings { profile, session, start_url, region, account_id, role_name, .. } = &self.inner.settings;
        f.debug_struct("SsoSession")
            .field("name", session)
            .field("profile", profile)
            .field("start_url", start_url)
            .field("region", region)
            .field("account_id", account_id)
            .field("role_name", role_name)
            .finish_non_exhaustive()
    }
}

impl SsoSession {
    /// The session of a profile.
    ///
    /// # Errors
    ///
    /// When a file cannot be read, the profile is not there or of another kind, or a setting is missing or wrong.
    pub fn from_profile(name: impl Into<String>) -> Result<Self, IdentityError> {
        Self::loader().profile_name(name).load()
    }

    /// The session of the profile that `AWS_DEFAULT_PROFILE` or `AWS_PROFILE` names, or of `default`.
    ///
    /// # Errors
    ///
    /// Those of [`from_profile`](Self::from_profile).
    pub fn from_env() -> Result<Self, IdentityError> {
        Self::loader().load()
    }

    /// The session of an `[sso-session NAME]` section, without any profile.
    ///
    /// # Errors
    ///
    /// When a file cannot be read, the section is not there, or a setting is missing or wrong.
    pub fn named(name: impl Into<String>) -> Result<Self, IdentityError> {
        Self::loader().session_name(name).load()
    }

    /// Reads a session from another environment or other files.
    pub fn loader() -> SessionLoader {
        SessionLoader::default()
    }

    /// A session of a start URL and a region, without any file.
    ///
    /// ```no_run
    /// use sso_client::identity::{IdentityError, SsoSession};
    ///
    /// # fn session() -> Result<SsoSession, IdentityError> {
    /// SsoSession::builder().start_url("https://d-abc123.awsapps.com/start").region("eu-west-1").build()
    /// # }
    /// ```
    pub fn builder() -> SsoSessionBuilder {
        SsoSessionBuilder::default()
    }

    /// The name of its `[sso-session]` section; `None` for a legacy profile.
    pub fn name(&self) -> Option<&str> {
        self.inner.settings.session.as_deref()
    }

    /// The profile that it was read from.
    pub fn profile(&self) -> Option<&str> {
        self.inner.settings.profile.as_deref()
    }

    /// The start URL, as it is configured.
    pub fn start_url(&self) -> &str {
        &self.inner.settings.start_url
    }

    /// The region of portal and OIDC service: `sso_region`.
    pub fn region(&self) -> &str {
        &self.inner.settings.region
    }

    /// The account of the profile.
    pub fn account_id(&self) -> Option<&str> {
        self.inner.settings.account_id.as_deref()
    }

    /// The role of the profile.
    pub fn role_name(&self) -> Option<&str> {
        self.inner.settings.role_name.as_deref()
    }

    /// The scopes that a login registers for: those of the configuration, or `sso:account:access`.
    pub fn scopes(&self) -> Vec<String> {
        match &self.inner.settings.scopes {
            Some(scopes) if !scopes.is_empty() => scopes.clone(),
            _ => vec!["sso:account:access".to_owned()],
        }
    }

    /// The settings of its clients.
    pub fn config(&self) -> &Config {
        &self.inner.config
    }

    /// Where its token lies.
    pub fn token_location(&self) -> String {
        self.inner.store.describe(&self.token_entry())
    }

    /// What the token is found by: the name of the session, or the start URL as it is configured.
    pub(crate) fn token_key(&self) -> &str {
        self.name().unwrap_or(self.start_url())
    }

    pub(crate) fn token_entry(&self) -> Entry {
        Entry::new(EntryKind::Token, names::sha1_hex(self.token_key()))
    }

    pub(crate) fn entry(&self, kind: EntryKind) -> Entry {
        Entry::new(kind, names::sha1_hex(self.token_key()))
    }

    /// The command that signs in.
    pub(crate) fn login_command(&self) -> String {
        fn quoted(name: &str) -> String {
            let plain = |char: char| char.is_ascii_alphanumeric() || "-_./@:+%".contains(char);
            if name.chars().all(plain) { name.to_owned() } else { format!("'{}'", name.replace('\'', "'\\''")) }
        }
        match (self.name(), self.profile()) {
            (Some(name), _) => format!("sso login --sso-session {}", quoted(name)),
            (None, Some(profile)) => format!("sso login --profile {}", quoted(profile)),
            (None, None) => "sso login".to_owned(),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        date::of(self.inner.clock.now())
    }

    pub(crate) async fn sleep(&self, delay: Duration) {
        super::observe::Shared::new(self.inner.clock.sleep(delay)).await;
    }

    /// The region of a token's calls: the configured one, or, where the start URL is one of an own domain, that which
    /// the login found out and its file names.
    pub(crate) fn region_for<'a>(&'a self, stored: Option<&'a str>) -> &'a str {
        let is_aws = start_url::host(self.start_url()).map_or(true, |host| start_url::is_aws_host(&host));
        stored.filter(|region| !is_aws && is_region(region)).unwrap_or(self.region())
    }

    /// The portal client of a token's region.
    pub(crate) fn portal_for(&self, token: &AccessToken) -> crate::Client {
        let region = self.region_for(token.region.as_deref());
        if region == self.region() {
            return self.inner.portal.clone();
        }
        let config = self.inner.config.to_builder().region(Region::new(region.to_owned())).build();
        crate::Client::from_conf(config)
    }

    /// Clients of another region, which a redirect or a start URL led to.
    pub(crate) fn oidc_in(&self, region: &str) -> crate::oidc::Client {
        if region == self.region() {
            return self.inner.oidc.clone();
        }
        let config = self.inner.config.to_builder().region(Region::new(region.to_owned())).build();
        crate::oidc::Client::from_conf(config)
    }
}

pub(super) fn session(
    settings: Settings,
    environment: Environment,
    config: Config,
    options: Options,
) -> Result<SsoSession, IdentityError> {
    let mut config = config.to_builder();
    if let Some(configure) = &options.configure {
        config = configure(config);
    }
    if !is_region(&settings.region) {
        let message = format!("{:?} is no region: write one such as eu-west-1", settings.region);
        return Err(IdentityError::new(Kind::InvalidSetting, message).with_key("sso_region"));
    }
    config = config.region(Region::new(settings.region.clone()));
    if let Some(clock) = &options.clock {
        config.set_clock(Some(Arc::clone(clock)));
    }
    let built = config.clone().build();
    let http = Observed::new(built.http_client().unwrap_or_else(|| default_http(&built)), options.clock.clone());
    let config = config.http_client(http.clone()).build();
    let store = store(&environment, options.store)?;
    let inner = Inner {
        settings,
        environment,
        store,
        clock: options.clock.unwrap_or_else(|| Arc::new(super::observe::System)),
        portal: crate::Client::from_conf(config.clone()),
        oidc: crate::oidc::Client::from_conf(config.clone()),
        config,
        http,
        role_margin: options.role_margin.unwrap_or(ROLE_MARGIN),
        limiter: Arc::new(RateLimiter::default()),
        unsaved: UnsavedToken::default(),
    };
    Ok(SsoSession { inner: Arc::new(inner) })
}

/// The store that was set, or the folders below the home directory.
pub(super) fn store(
    environment: &Environment,
    own: Option<Arc<dyn TokenStore>>,
) -> Result<Arc<dyn TokenStore>, IdentityError> {
    if let Some(store) = own {
        return Ok(store);
    }
    let (tokens, roles) =
        (environment.below_home(&[".aws", "sso", "cache"])?, environment.below_home(&[".aws", "cli", "cache"])?);
    Ok(Arc::new(FileTokenStore::new(tokens, roles)))
}

/// The transport of all clients of the session, as a client alone would make it.
fn default_http(config: &Config) -> SharedHttpClient {
    let mut http = HyperClient::builder();
    if let Some(proxy) = config.proxy() {
        http = http.proxy(proxy.clone());
    }
    if let Some(bundle) = config.ca_bundle() {
        http = http.ca_bundle_path(bundle);
    }
    if let Some(limit) = config.timeout_config().and_then(TimeoutConfig::connect_timeout) {
        http = http.connect_timeout(Some(limit));
    }
    SharedHttpClient::new(http.build())
}

/// Whether a name can stand in the host of an endpoint.
pub(crate) fn is_region(name: &str) -> bool {
    let label = crate::runtime::endpoint::is_valid_host_label(name);
    label && name.len() <= 63 && !name.bytes().all(|byte| byte.is_ascii_digit())
}
