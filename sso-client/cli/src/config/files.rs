//! The profile of a call, as the config and the credentials file have it.

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

use super::ini::{self, Section};
use crate::env;
use crate::errors::{Failed, exit};

/// The properties of a profile, those of the credentials file counting first.
#[derive(Debug, Default)]
pub(crate) struct Profile {
    /// Its name, where one was asked for.
    pub(crate) name: Option<String>,
    sections: Vec<Section>,
    services: Option<Result<Section, String>>,
}

impl Profile {
    /// Reads the profile that was asked for, which has to be there, or the default one.
    pub(crate) fn load(option: Option<&str>) -> Result<Self, Failed> {
        let named = option.map(str::to_owned);
        let name = named.or_else(|| env::text("AWS_DEFAULT_PROFILE")).or_else(|| env::text("AWS_PROFILE"));
        let config = read(&config_file())?;
        let credentials = read(&path("AWS_SHARED_CREDENTIALS_FILE", "credentials"))?;
        let wanted = name.as_deref().unwrap_or("default");
        let of_config = |section: &&Section| profile_name(&section.header).is_some_and(|found| found == wanted);
        let sections: Vec<Section> = credentials
            .iter()
            .filter(|section| section.header == wanted)
            .chain(config.iter().filter(of_config))
            .cloned()
            .collect();
        if sections.is_empty() && name.is_some() {
            return Err(unknown(wanted, &config, &credentials));
        }
        let mut profile = Self { name, sections, services: None };
        if let Some(services) = profile.get("services").map(str::to_owned) {
            let section = config
                .iter()
                .find(|section| named_header(&section.header, "services") == Some(Cow::Borrowed(&services)));
            profile.services = Some(section.cloned().ok_or(services));
        }
        Ok(profile)
    }

    /// A property.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.sections.iter().find_map(|section| section.get(key))
    }

    /// The base URL of a service, from the `services` section or from the profile.
    pub(super) fn endpoint_url(&self, service: &str) -> Result<Option<String>, Failed> {
        let of_service = match &self.services {
            None => None,
            Some(Ok(section)) => section.get(service).and_then(|value| ini::nested(value, "endpoint_url")),
            Some(Err(name)) => {
                return Err(Failed::failure(format!(
                    "The profile is configured to use the services section but the \"{name}\" services configuration \
                     does not exist."
                )));
            }
        };
        Ok(of_service.or_else(|| self.get("endpoint_url").map(str::to_owned)))
    }
}

fn unknown(name: &str, config: &[Section], credentials: &[Section]) -> Failed {
    let failed = Failed::failure(format!("The config profile ({name}) could not be found"));
    if config.iter().any(|section| section.header == name) {
        return failed.hint(format!("the config file says [{name}], which has to be [profile {name}]"));
    }
    let names = config.iter().filter_map(|section| profile_name(&section.header));
    let names: Vec<_> = names.chain(credentials.iter().map(|section| Cow::Borrowed(section.header.as_str()))).collect();
    match names.len() {
        0 => failed.hint("there is no profile at all in the config file"),
        1..=8 => failed.hint(format!("there are: {}", names.join(", "))),
        count => failed.hint(format!("there are {count} profiles; the config file lists them")),
    }
}

/// Where the config file lies.
pub(crate) fn config_file() -> PathBuf {
    path("AWS_CONFIG_FILE", "config")
}

/// Where a file lies.
fn path(variable: &str, name: &str) -> PathBuf {
    env::text(variable).map_or_else(|| expand(&format!("~/.aws/{name}")), |path| expand(&path))
}

/// A path with the home folder in place of `~`, and the separators of the system from there on.
pub(crate) fn expand(path: &str) -> PathBuf {
    let home = env::text(if cfg!(windows) { "USERPROFILE" } else { "HOME" });
    match (Path::new(path).strip_prefix("~"), home) {
        (Ok(rest), Some(home)) => [Path::new(&home)].into_iter().chain(rest.iter().map(Path::new)).collect(),
        _ => PathBuf::from(path),
    }
}

/// The sections of a file; there are none where it is not there.
fn read(path: &Path) -> Result<Vec<Section>, Failed> {
    let shown = path.display();
    let failed = |what: String| Failed::new(exit::CONFIG, format!("Unable to parse config file: {shown}: {what}"));
    match std::fs::read_to_string(path) {
        Ok(text) => ini::parse(&text).map_err(|(line, what)| failed(format!("line {line}: {what}"))),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(Vec::new()),
        Err(error) => Err(failed(error.to_string())),
    }
}

/// The name of the profile that a section of the config file is.
fn profile_name(header: &str) -> Option<Cow<'_, str>> {
    if header == "default" { Some(Cow::Borrowed(header)) } else { named_header(header, "profile") }
}

/// The name in `[kind name]`, in quotes or not.
pub(crate) fn named_header<'h>(header: &'h str, kind: &str) -> Option<Cow<'h, str>> {
    let name = header.strip_prefix(kind)?;
    let name = name.strip_prefix([' ', '\t'])?.trim();
    let quoted = |quote: char| name.strip_prefix(quote)?.strip_suffix(quote);
    Some(Cow::Borrowed(quoted('"').or_else(|| quoted('\'')).unwrap_or(name)))
}
