//! Which HTTP client a call takes.

use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use crate::config::{Builder, Config};
use crate::error::BuildError;
use crate::transport::{HttpClient as _, SharedHttpClient, TransportSettings};

/// Why a call is refused whose client has an HTTP client.
const OTHER_HTTP_CLIENT: &str = "proxy, ca_bundle and connect_timeout cannot be overridden for a call of this client, which has an \
                                 HTTP client of its own: set them on that, or override http_client in place of them";

/// Why a call is refused that overrides the HTTP client and its settings as well.
const SETTINGS_OF_ANOTHER: &str = "proxy, ca_bundle and connect_timeout of config_override do not apply to the HTTP client that it \
                                   sets, too: set them on that HTTP client instead";

/// The settings of the default HTTP client: those of the transport, and the connect timeout.
type Settings = (TransportSettings, Option<Duration>);

fn settings(config: &Config) -> Settings {
    (config.transport().clone(), config.timeouts().connect_timeout())
}

/// The HTTP clients that are made for a client whose configuration has none.
#[derive(Default)]
pub(super) struct HttpClients {
    /// The default one, created on first use.
    default: OnceLock<SharedHttpClient>,
    /// That of the last call that overrode settings of the default one, and these. Calls with the same settings share
    /// connections; most programs have one other way.
    overridden: Mutex<Option<(Settings, SharedHttpClient)>>,
}

impl HttpClients {
    /// Returns the HTTP client of a call, whose configuration is the client's but for what it overrides.
    ///
    /// # Errors
    ///
    /// If the call would go another way than the one that it asks for.
    pub(super) fn of_call(
        &self,
        client: &Config,
        call: &Config,
        overrides: Option<&Builder>,
    ) -> Result<SharedHttpClient, BuildError> {
        let is_same = overrides.is_none() || settings(call) == settings(client);
        match call.http_client() {
            Some(http) => {
                let is_own = overrides.is_some_and(Builder::has_http_client);
                let limit = call.timeouts().connect_timeout();
                let limited = is_own.then(|| http.with_connect_timeout(limit)).flatten();
                match limited {
                    _ if is_own && call.transport() != client.transport() => Err(SETTINGS_OF_ANOTHER),
                    Some(limited) => Ok(limited),
                    None if is_same => Ok(http),
                    None if is_own => Err(SETTINGS_OF_ANOTHER),
                    None => Err(OTHER_HTTP_CLIENT),
                }
                .map_err(BuildError::other)
            }
            None if is_same => self.default(client),
            None => self.overridden(call),
        }
    }

    fn default(&self, client: &Config) -> Result<SharedHttpClient, BuildError> {
        if let Some(http) = self.default.get() {
            return Ok(http.clone());
        }
        let http = made_by(&settings(client))?;
        Ok(self.default.get_or_init(|| http).clone())
    }

    fn overridden(&self, call: &Config) -> Result<SharedHttpClient, BuildError> {
        let wanted = settings(call);
        let mut last = self.overridden.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, http)) = last.as_ref().filter(|(settings, _)| *settings == wanted) {
            return Ok(http.clone());
        }
        let http = made_by(&wanted)?;
        *last = Some((wanted, http.clone()));
        Ok(http)
    }
}

fn made_by((transport, connect_timeout): &Settings) -> Result<SharedHttpClient, BuildError> {
    transport.client(*connect_timeout).map(SharedHttpClient::new).map_err(BuildError::other)
}
