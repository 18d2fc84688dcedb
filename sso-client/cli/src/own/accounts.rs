//! Accounts by id or name, roles, and the credentials of both.

use std::time::SystemTime;

use serde_json::{Map, Value};
use sso_client::identity::{LoginOptions, Role, SsoSession};
use zeroize::Zeroizing;

use super::known::Known;
use super::{Call, login, pick, session, time};
use crate::errors::{Failed, exit};
use crate::help::{distance, is_near};

/// How many roles are named where a choice is needed.
const MAX_NAMED: usize = 8;

/// Credentials of a role, with what it is called.
pub(super) struct Credentials {
    pub(super) account_id: String,
    pub(super) role_name: String,
    pub(super) access_key_id: String,
    pub(super) secret_access_key: Zeroizing<String>,
    pub(super) session_token: Option<Zeroizing<String>>,
    /// Until when they are valid.
    pub(super) expiration: Option<String>,
}

impl Credentials {
    /// The names and values of variables, in the order in which AWS's tools print them.
    pub(super) fn variables(&self) -> Vec<(&'static str, &str)> {
        let mut variables = vec![
            ("AWS_ACCESS_KEY_ID", self.access_key_id.as_str()),
            ("AWS_SECRET_ACCESS_KEY", self.secret_access_key.as_str()),
        ];
        variables.extend(self.session_token.as_ref().map(|token| ("AWS_SESSION_TOKEN", token.as_str())));
        variables.extend(self.expiration.as_ref().map(|expiration| ("AWS_CREDENTIAL_EXPIRATION", expiration.as_str())));
        variables
    }

    /// The members of the document that `credential_process` is read as, but its version.
    pub(super) fn members(&self) -> Map<String, Value> {
        let names = ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"];
        let text = |name: &str| match name {
            "AccessKeyId" => Some(self.access_key_id.as_str()),
            "SecretAccessKey" => Some(self.secret_access_key.as_str()),
            "SessionToken" => self.session_token.as_ref().map(|token| token.as_str()),
            _ => self.expiration.as_deref(),
        };
        names.iter().filter_map(|name| Some(((*name).to_owned(), Value::from(text(name)?)))).collect()
    }
}

/// The roles that a command is about, by `--account`, `--role` and `--all-accounts`, or by the profile.
pub(super) async fn targets(
    call: &Call<'_>,
    session: &SsoSession,
    may_ask: bool,
) -> Result<Vec<(String, String)>, Failed> {
    let parsed = &call.parsed;
    let role = parsed.value("role").or(session.role_name());
    if parsed.has("all-accounts") {
        let role = role.ok_or_else(|| Failed::usage("--all-accounts needs --role"))?;
        let roles = roles(session).await?;
        let found: Vec<_> = roles.into_iter().filter(|found| found.role_name == role).collect();
        if found.is_empty() {
            return Err(Failed::failure(format!("no account has a role {role}")).hint("sso roles lists all roles"));
        }
        return Ok(found.into_iter().map(|found| (found.account_id, found.role_name)).collect());
    }
    let mut accounts: Vec<String> = parsed.values("account").map(str::to_owned).collect();
    if accounts.is_empty() {
        accounts.extend(session.account_id().map(str::to_owned));
    }
    if let Some(role) = role
        && !accounts.is_empty()
        && accounts.iter().all(|account| is_id(account))
    {
        return Ok(accounts.into_iter().map(|account| (account, role.to_owned())).collect());
    }
    // Something has to be looked up, or is missing.
    let known = roles(session).await?;
    if accounts.is_empty() {
        let found = known.into_iter().filter(|found| role.is_none_or(|role| found.role_name == role));
        return Ok(vec![only(found.collect(), "--account and --role", session, may_ask)?]);
    }
    let mut targets = Vec::new();
    for account in accounts {
        let id = resolve(&account, &known)?;
        match role {
            Some(role) => targets.push((id, role.to_owned())),
            None => {
                let found = known.iter().filter(|found| found.account_id == id).cloned();
                targets.push(only(found.collect(), "--role", session, may_ask)?);
            }
        }
    }
    Ok(targets)
}

fn is_id(account: &str) -> bool {
    account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit())
}

async fn roles(session: &SsoSession) -> Result<Vec<Role>, Failed> {
    let roles = session.roles().sorted().try_collect().await?;
    Known::of(session).list(&roles);
    Ok(roles)
}

/// The id of an account that is named.
fn resolve(account: &str, known: &[Role]) -> Result<String, Failed> {
    if is_id(account) {
        return Ok(account.to_owned());
    }
    let name = |role: &Role| role.account_name.clone().unwrap_or_default();
    let with = |matches: &dyn Fn(&str) -> bool| -> Vec<(String, String)> {
        let mut found: Vec<_> = known
            .iter()
            .filter(|role| matches(&name(role)) || role.account_id == account)
            .map(|role| (role.account_id.clone(), name(role)))
            .collect();
        found.dedup();
        found
    };
    let exact = with(&|name| name == account);
    let found = if exact.is_empty() { with(&|name| name.eq_ignore_ascii_case(account)) } else { exact };
    match found.as_slice() {
        [(id, _)] => Ok(id.clone()),
        [] => {
            let near = known.iter().map(|role| (distance(account, &name(role)), name(role))).min();
            let failed = Failed::failure(format!("there is no account {account:?} among those of the user"));
            Err(match near.filter(|(distance, name)| is_near(*distance, name)) {
                Some((_, near)) => failed.hint(format!("did you mean {near:?}? sso roles lists all accounts")),
                None => failed.hint("sso roles lists all accounts"),
            })
        }
        several => {
            let ids: Vec<_> = several.iter().map(|(id, name)| format!("{id} ({name})")).collect();
            Err(Failed::failure(format!("{} accounts are called {account:?}", several.len()))
                .hint(format!("give the id: {}", ids.join(", "))))
        }
    }
}

/// The one role that there is, or that somebody chooses, the ones used last being offered first.
fn only(mut roles: Vec<Role>, options: &str, session: &SsoSession, may_ask: bool) -> Result<(String, String), Failed> {
    if roles.len() > 1 && may_ask && pick::is_possible() {
        let known = Known::of(session);
        roles.sort_by_key(|role| std::cmp::Reverse(known.used(&role.account_id, &role.role_name)));
    }
    match roles.as_slice() {
        [role] => Ok((role.account_id.clone(), role.role_name.clone())),
        [] => Err(Failed::failure("the user has no such role").hint("sso roles lists all roles")),
        several if may_ask && pick::is_possible() => {
            let name = |role: &Role| {
                let account = role.account_name.as_deref().unwrap_or_default();
                format!("{} {account} {}", role.account_id, role.role_name)
            };
            let index = pick::pick(&several.iter().map(name).collect::<Vec<_>>())?;
            Ok((several[index].account_id.clone(), several[index].role_name.clone()))
        }
        several => {
            let named: Vec<_> =
                several.iter().take(MAX_NAMED).map(|role| format!("{} {}", role.account_id, role.role_name)).collect();
            let more = if several.len() > MAX_NAMED { ", …" } else { "" };
            Err(Failed::usage(format!("{} roles fit; {options} choose one", several.len()))
                .hint(format!("there are: {}{more}", named.join(", "))))
        }
    }
}

/// Credentials of a role of the session.
pub(super) async fn credentials(session: &SsoSession, account: &str, role: &str) -> Result<Credentials, Failed> {
    let found = session.role_credentials(account, role).await?;
    if found.expiration() <= SystemTime::now() {
        return Err(Failed::failure("the portal gave credentials that have expired")
            .hint("is the clock of this computer right?"));
    }
    Ok(Credentials {
        account_id: account.to_owned(),
        role_name: role.to_owned(),
        access_key_id: found.access_key_id().to_owned(),
        secret_access_key: Zeroizing::new(found.secret_access_key().to_owned()),
        session_token: Some(Zeroizing::new(found.session_token().to_owned())),
        expiration: Some(time::iso(found.expiration())),
    })
}

/// The credentials of all roles that a command is about, signing in first with `--login`. `may_ask` says whether
/// somebody at the terminal may be asked to choose.
pub(super) async fn all(call: &Call<'_>, may_ask: bool) -> Result<(SsoSession, Vec<Credentials>), Failed> {
    let session = session::load(call.prepared)?;
    if call.parsed.has("login") {
        login::sign_in(&session, &LoginOptions::new(), true).await?;
    }
    let mut all = Vec::new();
    let targets = targets(call, &session, may_ask).await?;
    if let ([(account, role)], true) = (targets.as_slice(), may_ask) {
        Known::of(&session).note_use(account, role);
    }
    for (account, role) in targets {
        let found = credentials(&session, &account, &role).await;
        if all.is_empty() {
            session::warn_unsaved(&session);
        }
        all.push(found.map_err(|failed| Failed { exit: exit::FAILURE, ..failed })?);
    }
    Ok((session, all))
}
