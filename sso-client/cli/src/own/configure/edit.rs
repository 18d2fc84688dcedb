//! Changes the text of a config file by whole lines, and leaves all others as they are.

use std::collections::{BTreeMap, BTreeSet};

use sso_client::identity::SsoSession;

use crate::config::{named_header, parse_ini};
use crate::errors::Failed;

/// The comment that marks a profile.
const MARK: &str = "# Written by sso configure; --prune removes it when it is no longer granted.";
/// What the text is called while it is read back.
const CONFIG: &str = "/config";
/// How many lines a diff shows around a change.
const CONTEXT: usize = 2;

/// A profile to be there.
#[derive(Debug)]
pub(super) struct Profile {
    pub(super) session: String,
    pub(super) account_id: String,
    pub(super) role_name: String,
}

impl Profile {
    fn properties(&self) -> [(&'static str, &str); 3] {
        [("sso_session", &self.session), ("sso_account_id", &self.account_id), ("sso_role_name", &self.role_name)]
    }
}

/// An `sso-session` section to be there.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) name: String,
    pub(super) start_url: String,
    pub(super) region: String,
}

/// What to change.
pub(super) struct Edit<'e> {
    pub(super) profiles: &'e BTreeMap<String, Profile>,
    pub(super) section: Option<&'e Section>,
    /// The session of which marked profiles are removed, and the accounts and roles of which they are not.
    pub(super) prune: Option<(&'e str, &'e BTreeSet<(String, String)>)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tag {
    Keep,
    Add,
    Remove,
}

/// The lines of the old and the new text.
#[derive(Debug, Default)]
pub(super) struct Edited {
    lines: Vec<(Tag, String)>,
    /// The names of profiles that are gone.
    pub(super) removed: Vec<String>,
}

impl Edited {
    pub(super) fn is_changed(&self) -> bool {
        self.lines.iter().any(|(tag, _)| *tag != Tag::Keep)
    }

    /// The new text.
    pub(super) fn text(&self) -> String {
        self.lines.iter().filter(|(tag, _)| *tag != Tag::Remove).map(|(_, line)| line.as_str()).collect()
    }

    /// Each changed line behind its sign, with a few lines around.
    pub(super) fn diff(&self) -> String {
        let mut text = String::new();
        let mut last = None;
        for (index, (tag, line)) in self.lines.iter().enumerate() {
            let around = index.saturating_sub(CONTEXT)..(index + CONTEXT + 1).min(self.lines.len());
            if self.lines[around].iter().all(|(tag, _)| *tag == Tag::Keep) {
                continue;
            }
            if last.is_some_and(|last| last + 1 != index) {
                text.push_str("...\n");
            }
            last = Some(index);
            text.push(match tag {
                Tag::Keep => ' ',
                Tag::Add => '+',
                Tag::Remove => '-',
            });
            text.push_str(line.trim_end_matches(['\r', '\n']));
            text.push('\n');
        }
        text
    }
}

/// The lines of a section: its header first.
struct Block<'t> {
    header: Option<&'t str>,
    lines: Vec<&'t str>,
}

impl Block<'_> {
    fn profile(&self) -> Option<String> {
        named_header(self.header?, "profile").map(std::borrow::Cow::into_owned)
    }

    fn is_marked(&self) -> bool {
        self.lines.iter().any(|line| line.trim() == MARK)
    }

    fn value(&self, key: &str) -> Option<&str> {
        self.lines.iter().find_map(|line| property(line).filter(|(found, _)| *found == key).map(|(_, value)| value))
    }
}

fn property(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.trim_end().split_once(['=', ':'])?;
    (!line.starts_with(['#', ';', '[', ' ', '\t'])).then(|| (key.trim_end(), value.trim()))
}

fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks = vec![Block { header: None, lines: Vec::new() }];
    for line in text.split_inclusive('\n') {
        let header = line.starts_with('[').then(|| line.rfind(']')).flatten().map(|end| &line[1..end]);
        if header.is_some() {
            blocks.push(Block { header, lines: Vec::new() });
        }
        if let Some(block) = blocks.last_mut() {
            block.lines.push(line);
        }
    }
    blocks
}

impl Edit<'_> {
    /// Changes a text that can be read.
    pub(super) fn apply(&self, text: &str) -> Result<Edited, Failed> {
        parse_ini(text).map_err(|(line, what)| Failed::failure(format!("line {line} of the config file: {what}")))?;
        let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let blocks = blocks(text);
        let names: Vec<String> = blocks.iter().filter_map(Block::profile).collect();
        let unmarked = blocks.iter().filter(|block| !block.is_marked()).filter_map(Block::profile);
        let unmarked: Vec<String> = unmarked.filter(|name| self.profiles.contains_key(name)).collect();
        if !unmarked.is_empty() {
            let message =
                format!("there are profiles of these names that sso configure did not write: {}", unmarked.join(", "));
            return Err(Failed::failure(message).hint("rename or remove them, or choose other names with --name"));
        }
        let mut edited = Edited::default();
        for block in &blocks {
            self.block(block, end, &mut edited);
        }
        if let Some(section) = self.section {
            let is_it = |block: &&Block<'_>| {
                let name = block.header.and_then(|header| named_header(header, "sso-session"));
                name.is_some_and(|name| name == section.name.as_str())
            };
            if let Some(found) = blocks.iter().find(is_it) {
                if found.value("sso_start_url") != Some(&section.start_url)
                    || found.value("sso_region") != Some(&section.region)
                {
                    let message = format!("the session {} is there with another start URL or region", section.name);
                    return Err(Failed::failure(message).hint("choose another name with --sso-session"));
                }
            } else {
                let lines = [
                    format!("[sso-session {}]", section.name),
                    format!("sso_start_url = {}", section.start_url),
                    format!("sso_region = {}", section.region),
                    "sso_registration_scopes = sso:account:access".to_owned(),
                ];
                append(&lines, end, &mut edited);
            }
        }
        for (name, profile) in self.profiles.iter().filter(|(name, _)| !names.contains(name)) {
            let properties = profile.properties().map(|(key, value)| format!("{key} = {value}"));
            append(&[&[format!("[profile {name}]"), MARK.to_owned()][..], &properties].concat(), end, &mut edited);
        }
        self.read_back(&edited.text())?;
        Ok(edited)
    }

    fn block(&self, block: &Block<'_>, end: &str, to: &mut Edited) {
        let name = block.profile().filter(|_| block.is_marked());
        let wanted = name.as_ref().and_then(|name| self.profiles.get(name));
        let text = |key: &str| block.value(key).unwrap_or_default().to_owned();
        let pruned = self.prune.is_some_and(|(session, granted)| {
            let role = (text("sso_account_id"), text("sso_role_name"));
            text("sso_session") == session && !granted.contains(&role)
        });
        match (name, wanted) {
            (Some(name), None) if pruned => {
                // Comments at its end belong to what follows.
                let is_own = |line: &&str| !line.trim().is_empty() && !line.starts_with(['#', ';']);
                let mut own = block.lines.iter().rposition(is_own).map_or(0, |last| last + 1);
                own += usize::from(block.lines.get(own).is_some_and(|line| line.trim().is_empty()));
                for (index, line) in block.lines.iter().enumerate() {
                    to.lines.push((if index < own { Tag::Remove } else { Tag::Keep }, (*line).to_owned()));
                }
                to.removed.push(name);
            }
            (_, Some(profile)) => {
                for (index, line) in block.lines.iter().enumerate() {
                    let key = property(line).map(|(key, _)| key);
                    let new = profile.properties().into_iter().find(|(found, _)| Some(*found) == key);
                    match new.filter(|(key, value)| block.value(key) != Some(*value)) {
                        Some((key, value)) => {
                            to.lines.push((Tag::Remove, (*line).to_owned()));
                            to.lines.push((Tag::Add, format!("{key} = {value}{end}")));
                        }
                        None => to.lines.push((Tag::Keep, (*line).to_owned())),
                    }
                    if index == 0 {
                        let missing = profile.properties().into_iter().filter(|(key, _)| block.value(key).is_none());
                        to.lines.extend(missing.map(|(key, value)| (Tag::Add, format!("{key} = {value}{end}"))));
                    }
                }
            }
            _ => to.lines.extend(block.lines.iter().map(|line| (Tag::Keep, (*line).to_owned()))),
        }
    }

    /// Holds that a parser reads what was meant.
    fn read_back(&self, text: &str) -> Result<(), Failed> {
        let sections = parse_ini(text);
        let holds = sections.is_ok_and(|sections| {
            self.profiles.iter().all(|(name, profile)| {
                let found =
                    sections.iter().find(|section| named_header(&section.header, "profile").as_deref() == Some(name));
                found.is_some_and(|found| profile.properties().iter().all(|(key, value)| found.get(key) == Some(value)))
            })
        });
        // The library reads by the rules of the SDKs, which differ from those of AWS CLI v1.
        let bytes = text.as_bytes().to_vec();
        let loader = SsoSession::loader().fs(move |path| {
            if path.ends_with(CONFIG) { Ok(bytes.clone()) } else { Err(std::io::ErrorKind::NotFound.into()) }
        });
        let loader = loader.env([("AWS_CONFIG_FILE", CONFIG), ("AWS_SHARED_CREDENTIALS_FILE", "/credentials")]);
        let (profiles, _) = loader.names().unwrap_or_default();
        if holds && self.profiles.keys().all(|name| profiles.contains(name)) {
            Ok(())
        } else {
            Err(Failed::failure("the profiles would not be read back as they are; nothing was written"))
        }
    }
}

/// Adds lines behind a blank one.
fn append(lines: &[String], end: &str, to: &mut Edited) {
    let last = to.lines.iter().rposition(|(tag, _)| *tag != Tag::Remove);
    if let Some(index) = last {
        let line = to.lines[index].1.clone();
        if !line.ends_with('\n') {
            to.lines[index].0 = if to.lines[index].0 == Tag::Add { Tag::Add } else { Tag::Remove };
            to.lines.push((Tag::Add, format!("{line}{end}")));
        }
        if !line.trim().is_empty() {
            to.lines.push((Tag::Add, end.to_owned()));
        }
    }
    to.lines.extend(lines.iter().map(|line| (Tag::Add, format!("{line}{end}"))));
}

#[cfg(test)]
mod tests;
