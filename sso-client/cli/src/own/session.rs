//! Which session a command is about, and its errors.

use sso_client::config::Builder;
use sso_client::identity::{IdentityError, IdentityErrorKind, SessionLoader, SsoSession, SsoSessionBuilder};
use sso_client::runtime::error::OneLine;

use crate::call::Prepared;
use crate::config::{self, Profile};
use crate::errors::{Failed, printable};
use crate::output::note;

/// The session of `--sso-session`, `--profile`, or of the profile that the environment names.
pub(crate) fn load(prepared: &Prepared) -> Result<SsoSession, IdentityError> {
    loader(prepared).load()
}

/// What reads sessions, with the transport and the time limits that the options ask for.
pub(super) fn loader(prepared: &Prepared) -> SessionLoader {
    let globals = &prepared.globals;
    let mut loader = SsoSession::loader();
    if let Some(profile) = &globals.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(session) = &globals.sso_session {
        loader = loader.session_name(session);
    }
    match changes(prepared) {
        Some(change) => loader.configure(change),
        None => loader,
    }
}

/// A session that no file has, with the same.
pub(super) fn builder(prepared: &Prepared) -> SsoSessionBuilder {
    match changes(prepared) {
        Some(change) => SsoSession::builder().configure(change),
        None => SsoSession::builder(),
    }
}

/// What the options change in the settings of the clients, if they change anything.
fn changes(prepared: &Prepared) -> Option<impl Fn(Builder) -> Builder + Send + Sync + 'static> {
    let (globals, timeouts) = (&prepared.globals, prepared.timeouts);
    let is_limited = globals.read_timeout.is_some() || globals.connect_timeout.is_some();
    if !(is_limited || globals.no_verify_ssl || globals.ca_bundle.is_some() || globals.debug) {
        return None;
    }
    // A profile that cannot be read is told of by the loader, and so is a proxy that cannot be used.
    let profile = Profile::load(globals.profile.as_deref()).unwrap_or_default();
    let transport = config::transport(globals, &profile, timeouts).ok()?;
    let transport = crate::call::recorder(transport, globals.debug);
    Some(move |builder: Builder| {
        let builder = builder.http_client(transport.clone());
        if is_limited { builder.timeout_config(timeouts.config()) } else { builder }
    })
}

/// Whether somebody asked for a session, or there only happens to be none.
pub(crate) fn is_asked_for(prepared: &Prepared) -> bool {
    prepared.globals.profile.is_some() || prepared.globals.sso_session.is_some()
}

/// Warns of a refreshed token that could not be stored: the next command may have to sign in.
pub(crate) fn warn_unsaved(session: &SsoSession) {
    if let Some(error) = session.unsaved_token() {
        let text = Failed::from(&*error).message;
        note(&format!("warning: the refreshed token is lost with this command: {}", printable(&text)));
    }
}

impl From<IdentityError> for Failed {
    fn from(error: IdentityError) -> Self {
        Self::from(&error)
    }
}

impl From<&IdentityError> for Failed {
    fn from(error: &IdentityError) -> Self {
        let mut message = String::new();
        if let Some(file) = error.file() {
            message.push_str(&format!("{}", file.display()));
            message.extend(error.line().map(|line| format!(":{line}")));
            message.push_str(": ");
        }
        if let Some(key) = error.key().filter(|key| !error.message().contains(*key)) {
            message.push_str(&format!("{key}: "));
        }
        // It says its cause too.
        message.push_str(error.message());
        let failed = Self::failure(message);
        let roles = error.roles();
        match (error.kind(), error.command()) {
            (IdentityErrorKind::Forbidden, _) if !roles.is_empty() => {
                failed.hint(format!("the roles of that account are: {}", OneLine(roles.join(", "))))
            }
            (_, Some(command)) => failed.hint(format!("run: {}", command.replacen("aws sso ", "sso ", 1))),
            (IdentityErrorKind::NotSsoProfile | IdentityErrorKind::ProfileNotFound, None) => {
                failed.hint("--sso-session NAME or --profile NAME names another; sso status lists the sessions")
            }
            _ => failed,
        }
    }
}
