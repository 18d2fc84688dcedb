//! `configure`: a profile for each account and role, under one `sso-session`.
//!
//! Profiles that this wrote are marked by a comment. Everything else in the file stays byte for byte; a profile
//! of the same name that is not marked is an error. Names of accounts come from a server: what stands in a
//! header is made of letters, digits and a few signs, and is read back before anything is written.
//!
//! The file is written under a lock, whole or not at all, where a symbolic link leads, with its mode kept, and
//! not if it has changed since it was read.

mod edit;
mod write;

use std::collections::BTreeMap;

use sso_client::identity::{LoginOptions, Role, SsoSession};

use super::{Call, TOKEN, login, session};
use crate::args::{Opt, Takes};
use crate::config;
use crate::errors::{Failed, printable_line};
use crate::output::{self, note};
use edit::{Edit, Profile, Section};

pub(super) const OPTIONS: &[(Opt, &str)] = &[
    (Opt::own("name", Takes::Text), "What profiles are called, of {account_name}, {account_id}, {role} and {session}."),
    (Opt::own("role", Takes::Text), "Only roles of this name."),
    (Opt::own("start-url", Takes::Text), "Adds --sso-session to the file, with this start URL and --region."),
    (Opt::own("prune", Takes::Nothing), "Removes profiles that this command wrote and that are no longer granted."),
    (Opt::own("dry-run", Takes::Nothing), "Writes nothing; shows a diff."),
    TOKEN,
];

/// What profiles are called.
const NAME: &str = "{account_name}.{role}";

pub(super) fn run(call: &Call<'_>) -> Result<(), Failed> {
    let (session, section) = session_of(call)?;
    let Some(session_name) = session.name().map(str::to_owned) else {
        return Err(Failed::failure("the profile has a start URL of its own, and no sso_session")
            .hint("sso configure --sso-session NAME --start-url URL --region REGION makes a session"));
    };
    let roles: Vec<Role> = call.block_on(async {
        if call.parsed.has("login") {
            login::sign_in(&session, &LoginOptions::new(), true).await?;
        }
        let roles = session.roles().sorted().try_collect().await;
        roles.map_err(|error| match (&section, error.command()) {
            // No file has the session yet that `sso login` would be for.
            (Some(_), Some(_)) if !call.parsed.has("login") => {
                Failed::from(&error).hint("the same command with --login signs in first")
            }
            _ => Failed::from(&error),
        })
    })?;
    let granted = roles.iter().map(|role| (role.account_id.clone(), role.role_name.clone())).collect();
    let only = call.parsed.value("role");
    let roles: Vec<Role> = roles.into_iter().filter(|role| only.is_none_or(|only| role.role_name == only)).collect();
    let profiles = profiles(&roles, &session_name, call.parsed.value("name").unwrap_or(NAME))?;
    let path = config::config_file();
    let file = write::File::open(&path)?;
    let prune = call.parsed.has("prune").then_some((session_name.as_str(), &granted));
    let edit = Edit { profiles: &profiles, section: section.as_ref(), prune };
    let edited = edit.apply(&file.text)?;
    for name in &edited.removed {
        note(&format!("removed: {}", printable_line(name)));
    }
    if call.parsed.has("dry-run") {
        return output::write_foreign(&edited.diff());
    }
    let changed = edited.is_changed();
    if changed {
        file.replace(&edited.text())?;
    }
    let state = if changed { "written to" } else { "unchanged in" };
    let done = format!("{} profiles of {session_name}: {state} {}", profiles.len(), path.display());
    note(&printable_line(&done));
    Ok(())
}

/// A config file with a profile of the session `corp` for each name, for the role `Audit` of the account.
pub(crate) fn configured(text: &str, accounts: &[(&str, &str)], prune: bool) -> Result<String, Failed> {
    let profile = |account: &str| Profile {
        session: "corp".to_owned(),
        account_id: account.to_owned(),
        role_name: "Audit".to_owned(),
    };
    let profiles: BTreeMap<_, _> =
        accounts.iter().map(|(name, account)| ((*name).to_owned(), profile(account))).collect();
    let granted = profiles.values().map(|profile| (profile.account_id.clone(), profile.role_name.clone())).collect();
    let prune = prune.then_some(("corp", &granted));
    Ok(Edit { profiles: &profiles, section: None, prune }.apply(text)?.text())
}

/// The session, and its section where that is to be added.
fn session_of(call: &Call<'_>) -> Result<(SsoSession, Option<Section>), Failed> {
    let Some(url) = call.parsed.value("start-url") else { return Ok((session::load(call.prepared)?, None)) };
    let globals = &call.prepared.globals;
    let (Some(name), Some(region)) = (&globals.sso_session, &globals.region) else {
        return Err(Failed::usage("--start-url needs --sso-session, the name to give it, and --region"));
    };
    if clean(name) != *name {
        return Err(Failed::usage(format!("--sso-session {name:?}: letters, digits and ._-@+ only")));
    }
    let is_word =
        |text: &str| !text.is_empty() && !text.contains(|char: char| char.is_control() || char.is_whitespace());
    if !is_word(url) || !is_word(region) {
        return Err(Failed::usage("--start-url and --region: no blanks and no control characters"));
    }
    let section = Section { name: name.clone(), start_url: url.to_owned(), region: region.clone() };
    let session = session::builder(call.prepared).name(name).start_url(url).region(region).build()?;
    Ok((session, Some(section)))
}

/// A name that every parser of the file reads as it is written.
fn clean(name: &str) -> String {
    let mut cleaned = String::with_capacity(name.len());
    for char in name.chars() {
        // Some of AWS's SDKs pass over profiles with other letters.
        if char.is_ascii_alphanumeric() || "._-@+".contains(char) {
            cleaned.push(char);
        } else if !cleaned.ends_with('-') {
            cleaned.push('-');
        }
    }
    cleaned.trim_matches('-').to_owned()
}

/// The profiles of roles, by their names.
fn profiles(roles: &[Role], session: &str, template: &str) -> Result<BTreeMap<String, Profile>, Failed> {
    let account_name = |role: &Role| {
        let name = clean(role.account_name.as_deref().unwrap_or_default());
        if name.is_empty() { role.account_id.clone() } else { name }
    };
    let mut ids: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for role in roles {
        let ids = ids.entry(account_name(role)).or_default();
        if !ids.contains(&role.account_id.as_str()) {
            ids.push(&role.account_id);
        }
    }
    let mut profiles = BTreeMap::new();
    for role in roles {
        let mut account = account_name(role);
        if ids.get(&account).is_some_and(|ids| ids.len() > 1) {
            account = format!("{account}-{}", role.account_id);
        }
        let filled = template
            .replace("{account_name}", &account)
            .replace("{account_id}", &role.account_id)
            .replace("{session}", session)
            .replace("{role}", &clean(&role.role_name));
        let name = clean(&filled);
        let plain = |text: &str| !text.contains(|char: char| char.is_control() || char.is_whitespace());
        if name.is_empty()
            || name.starts_with("default") && name.len() == 7
            || !plain(&role.account_id)
            || !plain(&role.role_name)
        {
            let message =
                format!("the account {:?} with the role {:?} makes no profile", role.account_id, role.role_name);
            return Err(Failed::failure(message).hint("--name says what profiles are called"));
        }
        let profile = Profile {
            session: session.to_owned(),
            account_id: role.account_id.clone(),
            role_name: role.role_name.clone(),
        };
        if let Some(other) = profiles.insert(name.clone(), profile) {
            let message = format!("two roles would be called {name:?}: {} and {}", other.account_id, role.account_id);
            return Err(Failed::failure(message).hint("--name '{account_id}.{role}' tells them apart"));
        }
    }
    Ok(profiles)
}
