//! Making sessions: of configuration files, or of a start URL and a region.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::environment::Environment;
use super::profile::Settings;
use super::session::{session, store};
use super::store::TokenStore;
use super::{IdentityError, IdentityErrorKind as Kind, SsoSession};
use crate::config::{Builder, Config};
use crate::runtime::config::profile::SectionKind;
use crate::runtime::time::Clock;

/// Reads an [`SsoSession`] from configuration files.
///
/// ```
/// use sso_client::identity::{IdentityError, SsoSession};
///
/// # fn load() -> Result<(), IdentityError> {
/// let loader = SsoSession::loader().profile_name("dev").env([("HOME", "/home/me")]).fs(|path| {
///     match path.to_str() {
///         Some("/home/me/.aws/config") => Ok(b"[profile dev]\nsso_session = corp\n\n[sso-session corp]\n\
///             sso_start_url = https://d-abc123.awsapps.com/start\nsso_region = eu-west-1\n".to_vec()),
///         _ => Err(std::io::ErrorKind::NotFound.into()),
///     }
/// });
/// let session = loader.load()?;
/// assert_eq!((session.name(), session.region()), (Some("corp"), "eu-west-1"));
/// # Ok(())
/// # }
/// # load().expect("a session");
/// ```
#[derive(Clone, Default)]
#[must_use = "a loader does nothing until it loads"]
pub struct SessionLoader {
    profile: Option<String>,
    session: Option<String>,
    environment: Environment,
    options: Options,
}

/// Changes settings.
pub(super) type Configure = dyn Fn(Builder) -> Builder + Send + Sync;

/// What both ways of making a session take.
#[derive(Clone, Default)]
pub(super) struct Options {
    pub(super) store: Option<Arc<dyn TokenStore>>,
    pub(super) clock: Option<Arc<dyn Clock>>,
    pub(super) role_margin: Option<Duration>,
    pub(super) configure: Option<Arc<Configure>>,
}

macro_rules! options {
    () => {
        /// Takes these variables in place of the process's environment.
        pub fn env<K, V>(mut self, variables: impl IntoIterator<Item = (K, V)>) -> Self
        where
            K: Into<OsString>,
            V: Into<OsString>,
        {
            let variables = variables.into_iter().map(|(name, value)| (name.into(), value.into()));
            self.environment.set_variables(variables.collect::<BTreeMap<_, _>>());
            self
        }

        /// Keeps token, registration and role credentials in this store, in place of the folders below `~/.aws`.
        ///
        /// ```
        /// use sso_client::identity::{FileTokenStore, IdentityError, SsoSession};
        ///
        /// # fn main() -> Result<(), IdentityError> {
        /// let store = FileTokenStore::new("/var/lib/reports/tokens", "/var/lib/reports/roles");
        /// let session = SsoSession::builder()
        ///     .start_url("https://d-abc123.awsapps.com/start")
        ///     .region("eu-west-1")
        ///     .token_store(store)
        ///     .build()?;
        /// assert!(session.token_location().starts_with("/var/lib/reports/tokens"));
        /// # Ok(())
        /// # }
        /// ```
        pub fn token_store(mut self, store: impl TokenStore + 'static) -> Self {
            self.options.store = Some(Arc::new(store));
            self
        }

        /// Fetches role credentials anew when less than this is left of those in the cache; 15 minutes by default.
        pub fn min_remaining(mut self, margin: Duration) -> Self {
            self.options.role_margin = Some(margin);
            self
        }

        /// Changes the settings of the clients, which are those of [`Config::from_env`]. The region stays that of
        /// the session.
        ///
        /// ```
        /// use std::time::Duration;
        ///
        /// use sso_client::identity::SsoSession;
        ///
        /// let builder = SsoSession::builder().start_url("https://d-abc123.awsapps.com/start").region("eu-west-1");
        /// let builder = builder.min_remaining(Duration::from_secs(3600));
        /// let session = builder.configure(|config| config.use_dual_stack(true)).build()?;
        /// assert_eq!(session.config().use_dual_stack(), Some(true));
        /// # Ok::<(), sso_client::identity::IdentityError>(())
        /// ```
        pub fn configure(mut self, change: impl Fn(Builder) -> Builder + Send + Sync + 'static) -> Self {
            self.options.configure = Some(Arc::new(change));
            self
        }

        /// Sets the clock, for tests.
        #[doc(hidden)]
        pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
            self.options.clock = Some(clock);
            self
        }
    };
}

impl SessionLoader {
    /// Takes this profile, whatever the environment says.
    pub fn profile_name(mut self, name: impl Into<String>) -> Self {
        self.profile = Some(name.into());
        self
    }

    /// Takes this `[sso-session]` section, and no profile.
    pub fn session_name(mut self, name: impl Into<String>) -> Self {
        self.session = Some(name.into());
        self
    }

    /// Reads the configuration files with this function in place of the system's. Tokens are the store's.
    pub fn fs(mut self, read: impl Fn(&Path) -> io::Result<Vec<u8>> + Send + Sync + 'static) -> Self {
        self.environment.set_fs(Arc::new(read));
        self
    }

    options!();

    /// Reads the files and makes the session.
    ///
    /// # Errors
    ///
    /// Those of [`SsoSession::from_profile`] and [`SsoSession::named`].
    pub fn load(self) -> Result<SsoSession, IdentityError> {
        let profiles = self.environment.profiles()?;
        let (settings, profile) = match self.session {
            Some(name) => (profiles.of_session(&name)?, self.profile),
            None => {
                let variable = ["AWS_DEFAULT_PROFILE", "AWS_PROFILE"];
                let named = variable.into_iter().find_map(|name| Some((name, self.environment.text(name)?)));
                let (by, name) = match (self.profile, named) {
                    (Some(name), _) => (None, name),
                    (None, Some((variable, name))) => (Some(variable), name),
                    (None, None) => (None, "default".to_owned()),
                };
                (profiles.of_profile(&name, by)?, Some(name))
            }
        };
        let config = self.environment.config(profile.as_deref())?;
        session(settings, self.environment, config, self.options)
    }

    /// The store, and the settings of clients in any region.
    pub(super) fn store_and_config(self) -> Result<(Arc<dyn TokenStore>, Config), IdentityError> {
        let config = self.environment.config(self.profile.as_deref())?;
        let config = match &self.options.configure {
            Some(configure) => configure(config.to_builder()).build(),
            None => config,
        };
        Ok((store(&self.environment, self.options.store)?, config))
    }

    /// The names of all profiles, in order, and of all `[sso-session]` sections.
    ///
    /// ```no_run
    /// use sso_client::identity::SsoSession;
    ///
    /// let (profiles, sessions) = SsoSession::loader().names()?;
    /// for name in &sessions {
    ///     let session = SsoSession::loader().session_name(name).load()?;
    ///     println!("{name}: {}", session.start_url());
    /// }
    /// println!("{} profiles", profiles.len());
    /// # Ok::<(), sso_client::identity::IdentityError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When a file cannot be read.
    pub fn names(&self) -> Result<(Vec<String>, Vec<String>), IdentityError> {
        let profiles = self.environment.profiles()?;
        let names = |kind| profiles.set.names(kind).map(str::to_owned).collect();
        Ok((names(SectionKind::Profile), names(SectionKind::SsoSession)))
    }
}

impl fmt::Debug for SessionLoader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionLoader")
            .field("profile", &self.profile)
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}

/// Makes an [`SsoSession`] without any profile.
///
/// ```
/// use sso_client::Config;
/// use sso_client::identity::{IdentityError, SsoSession};
///
/// # fn main() -> Result<(), IdentityError> {
/// let session = SsoSession::builder()
///     .start_url("https://d-abc123.awsapps.com/start")
///     .region("eu-west-1")
///     .name("corp")
///     .scopes(["sso:account:access"])
///     .account_id("111122223333")
///     .role_name("ReadOnlyAccess")
///     .config(Config::builder().use_fips(true).build())
///     .build()?;
/// assert_eq!((session.name(), session.role_name()), (Some("corp"), Some("ReadOnlyAccess")));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
#[must_use = "a builder does nothing until it builds"]
pub struct SsoSessionBuilder {
    settings: Settings,
    environment: Environment,
    config: Option<Config>,
    options: Options,
}

impl SsoSessionBuilder {
    /// Sets the start URL. Required.
    pub fn start_url(mut self, url: impl Into<String>) -> Self {
        self.settings.start_url = url.into();
        self
    }

    /// Sets the region of portal and OIDC service. Required.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.settings.region = region.into();
        self
    }

    /// Sets the name that the token is kept under. Without one it is kept under the start URL.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.settings.session = Some(name.into());
        self
    }

    /// Sets the scopes that a login registers for.
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.settings.scopes = Some(scopes.into_iter().map(Into::into).collect());
        self
    }

    /// Sets the account of [`SsoSession::credentials`].
    pub fn account_id(mut self, id: impl Into<String>) -> Self {
        self.settings.account_id = Some(id.into());
        self
    }

    /// Sets the role of [`SsoSession::credentials`].
    pub fn role_name(mut self, name: impl Into<String>) -> Self {
        self.settings.role_name = Some(name.into());
        self
    }

    /// Sets the settings of the clients, in place of [`Config::from_env`].
    pub fn config(mut self, config: Config) -> Self {
        self.config = Some(config);
        self
    }

    /// Sets the settings of the clients to those of an `SdkConfig` that `aws-config` loaded, as far as
    /// [`Config::new`] converts them. Its region is where credentials are used, and not the session's. Needs feature
    /// `aws-config`.
    ///
    /// ```
    /// use aws_types::SdkConfig;
    /// use aws_types::region::Region;
    /// use sso_client::identity::{IdentityError, SsoSession};
    ///
    /// # fn main() -> Result<(), IdentityError> {
    /// // What `aws_config::load_defaults(…).await` returns.
    /// let loaded = SdkConfig::builder().region(Region::new("us-east-1")).use_fips(true).build();
    /// let session = SsoSession::builder()
    ///     .start_url("https://d-abc123.awsapps.com/start")
    ///     .region("eu-west-1")
    ///     .sdk_config(&loaded)
    ///     .build()?;
    /// assert_eq!((session.region(), session.config().use_fips()), ("eu-west-1", Some(true)));
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "aws-types")]
    pub fn sdk_config(self, config: &aws_types::SdkConfig) -> Self {
        self.config(Config::new(config))
    }

    options!();

    /// The session.
    ///
    /// # Errors
    ///
    /// When start URL or region are missing, no home directory is known, or the environment has a setting that
    /// cannot be used.
    pub fn build(self) -> Result<SsoSession, IdentityError> {
        for (key, value) in [("start_url", &self.settings.start_url), ("region", &self.settings.region)] {
            if value.is_empty() {
                return Err(IdentityError::new(Kind::MissingSetting, format!("{key} is not set")).with_key(key));
            }
        }
        let config = match self.config {
            Some(config) => config,
            None => self.environment.config(None)?,
        };
        session(self.settings, self.environment, config, self.options)
    }
}

impl fmt::Debug for SsoSessionBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SsoSessionBuilder").field("settings", &self.settings).finish_non_exhaustive()
    }
}
