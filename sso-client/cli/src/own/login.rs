//! `login` and the session's `logout`.

use sso_client::identity::{Flow, LoginEvent, LoginOptions, Logout, SsoSession};

use super::{Call, browser, session, time};
use crate::args::{Opt, Takes};
use crate::call::Prepared;
use crate::errors::{Failed, printable_line};
use crate::output::note;
use crate::python;

pub(super) const OPTIONS: &[(Opt, &str)] = &[
    (Opt::own("start-url", Takes::Text), "Signs in to this start URL, without a profile; needs --region."),
    (Opt::own("flow", Takes::Choice(&["pkce", "device-code"])), "How to sign in; by default, what fits this computer."),
    (Opt::own("use-device-code", Takes::Nothing), "The same as --flow device-code."),
    (Opt::own("no-browser", Takes::Nothing), "Opens no browser."),
    (Opt::own("redirect-port", Takes::Integer), "Listens for the browser on this port of 127.0.0.1."),
    (Opt::own("force", Takes::Nothing), "Signs in although the session is valid."),
];

pub(super) fn login(call: &Call<'_>) -> Result<(), Failed> {
    let parsed = &call.parsed;
    let session = match parsed.value("start-url") {
        None => session::load(call.prepared)?,
        Some(url) => {
            let region = call.prepared.globals.region.as_deref();
            let region =
                region.ok_or_else(|| Failed::usage("--start-url needs --region, the region of the identity center"))?;
            session::builder(call.prepared).start_url(url).region(region).build()?
        }
    };
    let mut options = LoginOptions::new().force(parsed.has("force"));
    options = match parsed.value("flow") {
        Some("pkce") => options.flow(Flow::Pkce),
        Some(_) => options.flow(Flow::DeviceCode),
        None if parsed.has("use-device-code") => options.flow(Flow::DeviceCode),
        None => options,
    };
    if let Some(text) = parsed.value("redirect-port") {
        let port = python::int(text).and_then(|port| u16::try_from(port).ok());
        options =
            options.redirect_port(port.ok_or_else(|| Failed::usage("--redirect-port: ports are from 0 to 65535"))?);
    }
    call.block_on(sign_in(&session, &options, !parsed.has("no-browser")))
}

/// Signs in, telling on stderr what has to be done.
pub(super) async fn sign_in(session: &SsoSession, options: &LoginOptions, may_open: bool) -> Result<(), Failed> {
    let login = session.login(options, |event| show(&event, may_open)).await?;
    let until = time::minutes(login.expires_at);
    let name = session.name().unwrap_or(session.start_url());
    note(&match login.flow {
        Some(_) => format!("Signed in to {} until {until}.", printable_line(name)),
        None => format!("The session {} is valid until {until}.", printable_line(name)),
    });
    Ok(())
}

fn show(event: &LoginEvent, may_open: bool) {
    match event {
        LoginEvent::DeviceCode { user_code, verification_uri, verification_uri_complete, .. } => {
            note(&format!(
                "Open {} and enter the code:\n\n    {}\n",
                printable_line(verification_uri),
                printable_line(user_code)
            ));
            if let Some(url) = verification_uri_complete {
                note(&format!("Or open {}, and compare the code.", printable_line(url)));
            }
            if may_open {
                browser::open(verification_uri_complete.as_ref().unwrap_or(verification_uri));
            }
        }
        LoginEvent::AuthorizationUrl { url, redirect_port, .. } => {
            note(&format!(
                "Open this in a browser of this computer (it answers to port {redirect_port}):\n\n    {}\n",
                printable_line(url)
            ));
            if may_open {
                browser::open(url);
            }
        }
        LoginEvent::FallbackToDeviceCode { reason } => {
            note(&format!("Signing in by device code, since {}.", printable_line(reason)));
        }
        other => note(&format!("{other:?}")),
    }
}

/// Ends a session: its token at the portal and here, and the role credentials that were got by it.
pub(crate) fn logout(prepared: &Prepared, all: bool) -> Result<(), Failed> {
    if !all {
        return sign_out(&session::load(prepared)?);
    }
    let loader = session::loader(prepared);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    tell(&runtime.block_on(loader.logout_all())?, "all sessions");
    Ok(())
}

fn sign_out(session: &SsoSession) -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let logout = runtime.block_on(session.logout())?;
    tell(&logout, &printable_line(session.name().unwrap_or(session.start_url())));
    Ok(())
}

fn tell(logout: &Logout, name: &str) {
    note(&match (logout.was_signed_in, logout.removed_roles) {
        (false, 0) => format!("Nobody was signed in to {name}."),
        (_, roles) => format!("Signed out of {name}; cached credentials of {roles} roles are removed."),
    });
    if let Some(error) = &logout.portal_error {
        note(&format!("warning: the portal does not know of it: {}", printable_line(error.message())));
    }
}
