//! What a session gives where options do not: the token, and account and role of the profile.

use serde_json::{Map, Value};
use sso_client::identity::{IdentityErrorKind, SsoSession};

use super::Prepared;
use crate::errors::Failed;
use crate::own::session::{is_asked_for, load, warn_unsaved};
use crate::table::Command;
use crate::table::session::{Source, source};

/// The members that a session fills in, and the session.
#[derive(Default)]
pub(super) struct Filled {
    session: Option<SsoSession>,
    members: Vec<(&'static str, Source)>,
}

/// Whether there is a session, or one was asked for.
pub(super) fn has_session(prepared: &Prepared) -> bool {
    is_asked_for(prepared) || load(prepared).is_ok()
}

impl Filled {
    /// Finds a session for the options that are missing, if it can have values for all of them.
    pub(super) fn of(command: &Command, prepared: &Prepared, missing: &[&'static str]) -> Result<Self, Failed> {
        if missing.is_empty() {
            return Ok(Self::default());
        }
        let required = |missing: &[&str]| {
            let missing: Vec<_> = missing.iter().map(|name| format!("--{name}")).collect();
            Failed::usage(format!("the following arguments are required: {}", missing.join(", ")))
        };
        let help = format!("sso help {} shows what they are", command.name);
        let members = command.input.iter().filter(|member| missing.contains(&member.option));
        let members: Vec<_> = members.filter_map(|member| Some((member, source(member.name)?))).collect();
        if members.len() < missing.len() {
            return Err(required(missing).hint(help));
        }
        let session = match load(prepared) {
            Ok(session) => session,
            // Nobody spoke of a session, so it is the options that are missing.
            Err(error) if !is_asked_for(prepared) && is_absent(error.kind()) => {
                let hint = "or name a session with --profile or --sso-session, and run: sso login";
                return Err(required(missing).hint(hint));
            }
            // A profile that has nothing to do with sessions gives what it always gave.
            Err(error)
                if prepared.globals.sso_session.is_none() && error.kind() == IdentityErrorKind::NotSsoProfile =>
            {
                return Err(required(missing).hint(error.message()));
            }
            Err(error) => return Err(error.into()),
        };
        let lacks = |source: Source| match source {
            Source::Token => false,
            Source::Account => session.account_id().is_none(),
            Source::Role => session.role_name().is_none(),
        };
        let lacking: Vec<_> =
            members.iter().filter(|(_, source)| lacks(*source)).map(|(member, _)| member.option).collect();
        if !lacking.is_empty() {
            return Err(required(&lacking).hint("the profile names none; sso roles lists accounts and roles"));
        }
        let members = members.into_iter().map(|(member, source)| (member.name, source)).collect();
        Ok(Self { session: Some(session), members })
    }

    /// Puts the values in, and returns the region of the session.
    pub(super) async fn fill(&self, members: &mut Map<String, Value>) -> Result<Option<String>, Failed> {
        let Some(session) = &self.session else { return Ok(None) };
        for (name, source) in &self.members {
            let value = match source {
                Source::Token => session.token().await?.secret().to_owned(),
                Source::Account => session.account_id().unwrap_or_default().to_owned(),
                Source::Role => session.role_name().unwrap_or_default().to_owned(),
            };
            members.entry(*name).or_insert(Value::String(value));
        }
        warn_unsaved(session);
        Ok(Some(session.region().to_owned()))
    }
}

/// Whether there is no session, in place of a broken one.
fn is_absent(kind: IdentityErrorKind) -> bool {
    matches!(
        kind,
        IdentityErrorKind::ProfileNotFound | IdentityErrorKind::NotSsoProfile | IdentityErrorKind::SessionNotFound
    )
}
