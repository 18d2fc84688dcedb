//! Signing in: by device code, or by authorization code with PKCE.

mod device;
mod flow;
mod listener;
mod pkce;
mod registration;
pub mod start_url;

use std::time::{Duration, SystemTime};

use serde_json::Map;
use tokio::time::Instant;
use zeroize::Zeroizing;

use super::documents::Waited;
use super::store::EntryKind;
use super::token::{JsonObject, NewToken};
use super::{IdentityError, IdentityErrorKind as Kind, SsoSession, date};
use crate::runtime::tracing::debug;
use registration::Registration;

pub use flow::Flow;

/// How long a sign-in may take in all.
const LIMIT: Duration = Duration::from_secs(600);

/// How a sign-in is done.
///
/// ```
/// use std::time::Duration;
///
/// use sso_client::identity::{Flow, LoginOptions};
///
/// // The browser of this computer, on a port that a firewall or an ssh tunnel lets through, within two minutes.
/// let options = LoginOptions::new().flow(Flow::Pkce).redirect_port(8400).limit(Duration::from_secs(120));
/// let again = options.clone().force(true);
/// assert_ne!(options, again);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "options do nothing until they are passed to a login"]
pub struct LoginOptions {
    flow: Option<Flow>,
    force: bool,
    redirect_port: Option<u16>,
    limit: Option<Duration>,
}

impl LoginOptions {
    /// Signs in only if the session is not valid, and chooses the flow by where the program runs.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes this flow.
    pub fn flow(mut self, flow: Flow) -> Self {
        self.flow = Some(flow);
        self
    }

    /// Signs in although the session is valid.
    pub fn force(mut self, force: bool) -> Self {
        self.force = force;
        self
    }

    /// Listens on this port of 127.0.0.1 for the browser, in place of one that the system chooses.
    pub fn redirect_port(mut self, port: u16) -> Self {
        self.redirect_port = Some(port);
        self
    }

    /// How long the sign-in may take in all; 10 minutes by default. A device code may expire before.
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = Some(limit);
        self
    }
}

/// What the user has to be shown, or may be told, during a sign-in.
///
/// URLs and codes are for the user's eyes: `Debug` leaves out what is worth something to others.
///
/// ```
/// use sso_client::identity::LoginEvent;
///
/// fn show(event: LoginEvent) {
///     match event {
///         LoginEvent::DeviceCode { user_code, verification_uri, .. } => {
///             eprintln!("Open {verification_uri} and enter {user_code}");
///         }
///         LoginEvent::AuthorizationUrl { url, .. } => eprintln!("Open {url} in a browser of this computer"),
///         LoginEvent::CallbackIgnored { reason } => eprintln!("Ignored a request: {reason}"),
///         LoginEvent::FallbackToDeviceCode { reason } => eprintln!("{reason}"),
///         other => eprintln!("{other:?}"),
///     }
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoginEvent {
    /// The user has to open a page, on any device, and to confirm the code there. Always show the code.
    DeviceCode {
        /// The code.
        user_code: String,
        /// The page.
        verification_uri: String,
        /// The page with the code in it, where there is such a one.
        verification_uri_complete: Option<String>,
        /// Until when the code is valid.
        expires_at: SystemTime,
        /// How many seconds pass between two polls.
        interval: u64,
    },
    /// The user has to open a page in a browser of this computer. The listener is there already.
    AuthorizationUrl {
        /// The page.
        url: String,
        /// The port of 127.0.0.1 that the browser will be sent to.
        redirect_port: u16,
        /// Until when the listener waits.
        expires_at: SystemTime,
    },
    /// A request to the listener was ignored: it did not come from the page that was opened.
    CallbackIgnored {
        /// Why.
        reason: &'static str,
    },
    /// A browser could not come back to this program, so the sign-in goes on by device code.
    FallbackToDeviceCode {
        /// Why.
        reason: String,
    },
}

impl std::fmt::Debug for LoginEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::DeviceCode { .. } => "DeviceCode { .. }",
            Self::AuthorizationUrl { .. } => "AuthorizationUrl { .. }",
            Self::CallbackIgnored { .. } => "CallbackIgnored { .. }",
            Self::FallbackToDeviceCode { .. } => "FallbackToDeviceCode { .. }",
        })
    }
}

/// What a sign-in came to.
///
/// ```no_run
/// use sso_client::identity::{IdentityError, LoginOptions, SsoSession};
///
/// # async fn run() -> Result<(), IdentityError> {
/// let login = SsoSession::named("corp")?.login(&LoginOptions::new(), |_| {}).await?;
/// match login.flow {
///     Some(flow) => println!("signed in by {flow} until {:?}", login.expires_at),
///     None => println!("signed in already, until {:?}", login.expires_at),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Login {
    /// Until when the token is valid.
    pub expires_at: SystemTime,
    /// The flow that was gone through; `None` where the session was valid, was refreshed, or another process signed
    /// in meanwhile.
    pub flow: Option<Flow>,
}

/// What both flows need.
struct Context<'c> {
    session: &'c SsoSession,
    client: crate::oidc::Client,
    /// Where the start URL leads.
    url: String,
    region: String,
    /// When the time for the sign-in is over, whatever the clock of the day does meanwhile.
    deadline: Instant,
    events: &'c (dyn Fn(LoginEvent) + Send + Sync),
}

/// What a flow ends with.
struct SignedIn {
    registration: Registration,
    token: NewToken,
}

impl SsoSession {
    /// Signs in, unless the session is valid or can be refreshed.
    ///
    /// It draws nothing: `events` is told what the user has to be shown. When several processes sign in to one
    /// session at once, one of them does, and the others wait for it.
    ///
    /// ```no_run
    /// use sso_client::identity::{IdentityError, LoginEvent, LoginOptions, SsoSession};
    ///
    /// # async fn sign_in() -> Result<(), IdentityError> {
    /// let session = SsoSession::named("corp")?;
    /// let options = LoginOptions::new();
    /// let login = session.login(&options, |event| match event {
    ///     LoginEvent::DeviceCode { user_code, verification_uri, .. } => println!("{verification_uri}: {user_code}"),
    ///     LoginEvent::AuthorizationUrl { url, .. } => println!("{url}"),
    ///     other => eprintln!("{other:?}"),
    /// });
    /// println!("signed in until {:?}", login.await?.expires_at);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// When the user declines, nobody finishes the sign-in in time, the service refuses start URL or region, the
    /// listener cannot be opened, or the token cannot be stored.
    pub async fn login(
        &self,
        options: &LoginOptions,
        events: impl Fn(LoginEvent) + Send + Sync,
    ) -> Result<Login, IdentityError> {
        if !options.force {
            match self.token().await {
                Ok(token) => return Ok(Login { expires_at: token.expires_at(), flow: None }),
                Err(error) => debug!(session = self.token_key(), %error, "a sign-in is needed"),
            }
        }
        let limit = options.limit.unwrap_or(LIMIT);
        let deadline = Instant::now() + limit;
        let before = self.current_secret().await;
        // Somebody else's login is as good, even where a new one was asked for.
        let elsewhere = || async {
            let Ok(Some(stored)) = self.stored_token().await else { return Ok(None) };
            let token = stored.access_token();
            let is_new = before.as_deref().is_none_or(|before| before != token.secret());
            Ok((is_new && !stored.is_expired(self.now())).then(|| token.expires_at()))
        };
        let _lock = match self.lock_or(&self.entry(EntryKind::Login), limit, elsewhere).await? {
            Waited::Locked(lock) => lock,
            Waited::Instead(expires_at) => return Ok(Login { expires_at, flow: None }),
        };
        if let Some(expires_at) = elsewhere().await? {
            return Ok(Login { expires_at, flow: None });
        }
        let (signed_in, flow, region) = self.sign_in(options, deadline, &events).await?;
        let expires_at = date::system(signed_in.token.expires_at);
        self.store_login(&signed_in, &region).await?;
        Ok(Login { expires_at, flow: Some(flow) })
    }

    async fn current_secret(&self) -> Option<Zeroizing<String>> {
        let stored = self.stored_token().await.ok()??;
        Some(Zeroizing::new(stored.access_token().secret().to_owned()))
    }

    async fn sign_in(
        &self,
        options: &LoginOptions,
        deadline: Instant,
        events: &(dyn Fn(LoginEvent) + Send + Sync),
    ) -> Result<(SignedIn, Flow, String), IdentityError> {
        let limit = start_url::limit(&self.inner.config);
        let resolved = start_url::resolve(self.start_url(), Some(self.region()), &self.inner.http, limit).await?;
        let context = Context {
            session: self,
            client: self.oidc_in(&resolved.region),
            url: resolved.url,
            region: resolved.region,
            deadline,
            events,
        };
        let settings = &self.inner.settings;
        let port = options.redirect_port.or(settings.redirect_port);
        let configured = settings.use_device_code.map(|device| if device { Flow::DeviceCode } else { Flow::Pkce });
        let said = options.flow.or(configured).or(port.map(|_| Flow::Pkce));
        let unfit = || {
            let environment = &self.inner.environment;
            Flow::why_no_browser(|name| environment.get(name), |path| environment.content_of(path))
        };
        let flow = match said.map_or_else(unfit, |_| None) {
            Some(reason) => {
                events(LoginEvent::FallbackToDeviceCode { reason: reason.to_owned() });
                Flow::DeviceCode
            }
            None => said.unwrap_or(Flow::Pkce),
        };
        let listener = match flow {
            Flow::DeviceCode => None,
            Flow::Pkce => match listener::Listener::bind(port.unwrap_or(0)).await {
                Ok(listener) => Some(listener),
                Err(error) if said.is_none() => {
                    events(LoginEvent::FallbackToDeviceCode { reason: error.to_string() });
                    None
                }
                Err(error) => return Err(error),
            },
        };
        let (signed_in, flow) = match listener {
            Some(listener) => (pkce::sign_in(&context, listener).await?, Flow::Pkce),
            None => (device::sign_in(&context).await?, Flow::DeviceCode),
        };
        Ok((signed_in, flow, context.region))
    }

    /// Stores the token, with what refreshes it. Members of the file that this crate does not know are kept.
    async fn store_login(&self, signed_in: &SignedIn, region: &str) -> Result<(), IdentityError> {
        let entry = self.token_entry();
        // A refresh that goes on would write the old token back.
        let _lock = self.lock_if_possible(&entry, Duration::from_secs(30)).await;
        let old = self.read(&entry).await.ok().flatten().and_then(|document| JsonObject::parse(&document));
        let mut members = old.unwrap_or(JsonObject(Map::new()));
        let SignedIn { registration, token } = signed_in;
        members.set("startUrl", self.start_url());
        members.set("region", region);
        members.set("accessToken", &token.access_token);
        members.set("expiresAt", &date::format(token.expires_at));
        members.set("clientId", &registration.client_id);
        members.set("clientSecret", &registration.client_secret);
        members.set("registrationExpiresAt", &date::format(registration.expires_at));
        match &token.refresh_token {
            Some(refresh_token) => members.set("refreshToken", refresh_token),
            None => members.unset("refreshToken"),
        }
        self.write(&entry, members.to_document()).await
    }
}

/// A failure of the OIDC service, which tells what to do where start URL or region are wrong.
fn service_failed<E>(context: &Context<'_>, error: crate::error::SdkError<E>) -> IdentityError
where
    E: crate::runtime::error::OperationError,
{
    let code = super::refresh::code(&error).unwrap_or_default();
    let what = match code {
        "InvalidRequestException" => format!(
            "the sign-in was refused: the start URL {:?} or the region {:?} (sso_region) is probably wrong",
            context.session.start_url(),
            context.region
        ),
        "AccessDeniedException" => "the sign-in was declined".to_owned(),
        "ExpiredTokenException" => "nobody finished the sign-in in time".to_owned(),
        _ => "the sign-in failed".to_owned(),
    };
    let kind = match code {
        "AccessDeniedException" => Kind::LoginDenied,
        "ExpiredTokenException" => Kind::LoginTimeout,
        _ => Kind::Service,
    };
    let error = IdentityError::call(kind, &what, error);
    if kind == Kind::Service { error } else { error.with_command(context.session.login_command()) }
}

impl Context<'_> {
    /// How much time is left, in seconds that have begun.
    fn left(&self) -> Duration {
        let left = self.deadline.saturating_duration_since(Instant::now());
        Duration::from_secs(left.as_secs() + u64::from(left.subsec_nanos() > 0))
    }
}

/// Nobody finished the sign-in in time.
fn timed_out(context: &Context<'_>) -> IdentityError {
    let message = "nobody finished the sign-in in time: the authorization has expired";
    IdentityError::new(Kind::LoginTimeout, message).with_command(context.session.login_command())
}
