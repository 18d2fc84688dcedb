//! From profiles and `[sso-session]` sections to the settings of a session.
//!
//! # Invariants
//!
//! - A setting that profile and session agree on is no error, in either place.
//! - What is wrong is told with file, line and key.

use super::environment::{OTHER_KINDS, Profiles, SSO_KEYS};
use super::{IdentityError, IdentityErrorKind as Kind};
use crate::runtime::base::Escaped;
use crate::runtime::config::profile::{Property, Section, SectionKind};

/// What a session is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) profile: Option<String>,
    pub(crate) session: Option<String>,
    pub(crate) start_url: String,
    pub(crate) region: String,
    pub(crate) account_id: Option<String>,
    pub(crate) role_name: Option<String>,
    pub(crate) scopes: Option<Vec<String>>,
    pub(crate) use_device_code: Option<bool>,
    pub(crate) redirect_port: Option<u16>,
}

/// Takes `sso_registration_scopes` apart.
pub(crate) fn scopes(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|scope| !scope.is_empty()).map(str::to_owned).collect()
}

/// A property that is there and not empty.
fn property<'s>(section: &'s Section, key: &str) -> Option<&'s Property> {
    section.get(key).filter(|property| !property.value().trim().is_empty())
}

fn value(section: &Section, key: &str) -> Option<String> {
    property(section, key).map(|property| property.value().trim().to_owned())
}

fn at(error: IdentityError, property: &Property, key: &str) -> IdentityError {
    error.at(&**property.file(), Some(property.line()), Some(key))
}

impl Profiles {
    fn in_config_file(&self, error: IdentityError, key: &str) -> IdentityError {
        match &self.config_file {
            Some(file) => error.at(file.clone(), None, Some(key)),
            None => error.with_key(key),
        }
    }

    /// What a profile says; `named_by` is the variable that named it.
    pub(crate) fn of_profile(&self, name: &str, named_by: Option<&str>) -> Result<Settings, IdentityError> {
        let Some(profile) = self.set.profile(name) else {
            let message = format!("there is no profile {name:?}; {}", self.set.told(SectionKind::Profile, name));
            let error = IdentityError::new(Kind::ProfileNotFound, message);
            return Err(match named_by {
                Some(variable) => error.with_key(variable),
                None => error,
            });
        };
        if !SSO_KEYS.iter().any(|key| property(profile, key).is_some()) {
            let other = OTHER_KINDS.iter().find_map(|(key, kind)| Some((*key, *kind, profile.get(key)?)));
            return Err(match other {
                Some((key, kind, found)) => {
                    let message = format!("the profile {name:?} is of another kind: {kind}, and has no setting of SSO");
                    at(IdentityError::new(Kind::NotSsoProfile, message), found, key)
                }
                None => {
                    let message = format!("the profile {name:?} has no setting of SSO, such as sso_session");
                    IdentityError::new(Kind::NotSsoProfile, message)
                }
            });
        }
        let session = property(profile, "sso_session");
        let section = match session {
            None => None,
            Some(found) => Some(self.session(found.value().trim()).map_err(|error| at(error, found, "sso_session"))?),
        };
        let mut settings = Settings {
            profile: Some(name.to_owned()),
            session: session.map(|found| found.value().trim().to_owned()),
            account_id: value(profile, "sso_account_id"),
            role_name: value(profile, "sso_role_name"),
            ..Settings::default()
        };
        settings.start_url = self.agreed(name, "sso_start_url", profile, section, same_url)?;
        settings.region = self.agreed(name, "sso_region", profile, section, str::eq_ignore_ascii_case)?;
        for (key, other) in [("sso_account_id", "sso_role_name"), ("sso_role_name", "sso_account_id")] {
            if let (Some(found), None) = (property(profile, key), property(profile, other)) {
                let message = format!("the profile {name:?} has {key} and no {other}: set both or neither");
                return Err(at(IdentityError::new(Kind::MissingSetting, message), found, other));
            }
        }
        match section {
            Some(section) => settings.take_login(section)?,
            None => settings.take_login(profile)?,
        }
        Ok(settings)
    }

    /// What a session says.
    pub(crate) fn of_session(&self, name: &str) -> Result<Settings, IdentityError> {
        let section = self.session(name)?;
        let mut settings = Settings { session: Some(name.to_owned()), ..Settings::default() };
        for (key, to) in [("sso_start_url", &mut settings.start_url), ("sso_region", &mut settings.region)] {
            *to = value(section, key).ok_or_else(|| {
                let message = format!("the section [sso-session {name}] has no {key}");
                self.in_config_file(IdentityError::new(Kind::MissingSetting, message), key)
            })?;
        }
        settings.take_login(section)?;
        Ok(settings)
    }

    fn session(&self, name: &str) -> Result<&Section, IdentityError> {
        self.set.sso_session(name).ok_or_else(|| {
            let told = self.set.told(SectionKind::SsoSession, name);
            let message = format!("there is no section [sso-session {}] in the config file; {told}", Escaped(name));
            self.in_config_file(IdentityError::new(Kind::SessionNotFound, message), "sso_session")
        })
    }

    /// A setting that may stand in the session and in the profile. The session's counts, and is completed from the
    /// profile; where both have it, they have to agree.
    fn agreed(
        &self,
        name: &str,
        key: &str,
        profile: &Section,
        session: Option<&Section>,
        same: fn(&str, &str) -> bool,
    ) -> Result<String, IdentityError> {
        let own = property(profile, key);
        let shared = session.and_then(|session| property(session, key));
        match (shared, own) {
            (Some(shared), Some(own)) if !same(shared.value().trim(), own.value().trim()) => {
                let message = format!(
                    "{key} differs between the profile {name:?} ({:?}) and its sso-session ({:?}, {}:{})",
                    own.value(),
                    shared.value(),
                    Escaped(shared.file().display()),
                    shared.line()
                );
                Err(at(IdentityError::new(Kind::Conflict, message), own, key))
            }
            (Some(found), _) | (None, Some(found)) => Ok(found.value().trim().to_owned()),
            (None, None) => {
                let place = if session.is_some() { "nor its sso-session has" } else { "has no" };
                let message = match session {
                    Some(_) => format!("neither the profile {name:?} {place} {key}"),
                    None => format!("the profile {name:?} {place} {key}"),
                };
                Err(self.in_config_file(IdentityError::new(Kind::MissingSetting, message), key))
            }
        }
    }
}

impl Settings {
    /// The settings that only a login reads.
    fn take_login(&mut self, section: &Section) -> Result<(), IdentityError> {
        self.scopes = section.get("sso_registration_scopes").map(|found| scopes(found.value()));
        if let Some(found) = property(section, "sso_use_device_code") {
            let value = found.value().trim();
            self.use_device_code = match value.to_ascii_lowercase().as_str() {
                "true" => Some(true),
                "false" => Some(false),
                _ => return Err(invalid(found, "sso_use_device_code", "is neither true nor false")),
            };
        }
        if let Some(found) = property(section, "sso_redirect_port") {
            let port = found.value().trim().parse::<u16>();
            self.redirect_port =
                Some(port.map_err(|_| invalid(found, "sso_redirect_port", "is no port; write a number up to 65535"))?);
        }
        Ok(())
    }
}

fn invalid(found: &Property, key: &str, why: &str) -> IdentityError {
    at(IdentityError::new(Kind::InvalidSetting, format!("{key}: {:?} {why}", found.value())), found, key)
}

/// Whether two start URLs are one: the forms with and without a slash or `#/` at the end name the same portal.
fn same_url(a: &str, b: &str) -> bool {
    fn plain(url: &str) -> &str {
        url.trim_end_matches(['/', '#'])
    }
    plain(a).eq_ignore_ascii_case(plain(b))
}
