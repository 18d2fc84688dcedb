//! Which roles a session was last seen to have, and when each was used: what completion and choices go by without
//! asking the portal. There is no secret in it.
//!
//! It is a file of lines beside the cached role credentials. Where it cannot be read or written, there is nothing to
//! remember, which is no failure.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sso_client::identity::{FileTokenStore, Role, SsoSession};

use crate::config::expand;

/// Where the files lie, and what their names begin and end with.
const FOLDER: &str = "~/.aws/cli/cache";
const PREFIX: &str = "sso-roles.";
const SUFFIX: &str = ".tsv";

/// A role, as it was listed or used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// In seconds since 1970; 0 where it never was.
    pub(super) used: u64,
    pub(super) account_id: String,
    pub(super) account_name: String,
    pub(super) role_name: String,
}

/// What is known of a session.
#[derive(Debug)]
pub(super) struct Known {
    path: PathBuf,
    rows: Vec<Row>,
}

impl Known {
    pub(super) fn of(session: &SsoSession) -> Self {
        let name = session.name().unwrap_or(session.start_url());
        let mut name = utf8_percent_encode(name, NON_ALPHANUMERIC).to_string();
        // File systems take no longer ones; two sessions of one beginning share what is known.
        name.truncate(200);
        let path = expand(FOLDER).join(format!("{PREFIX}{name}{SUFFIX}"));
        let rows = read(&path);
        Self { path, rows }
    }

    /// What is known of all sessions.
    pub(super) fn everything() -> Vec<Row> {
        let files = fs::read_dir(expand(FOLDER)).into_iter().flatten().flatten();
        let is_one = |name: &str| name.starts_with(PREFIX) && name.ends_with(SUFFIX);
        files.filter(|file| file.file_name().to_str().is_some_and(is_one)).flat_map(|file| read(&file.path())).collect()
    }

    /// When a role was last used; 0 where it never was.
    pub(super) fn used(&self, account_id: &str, role_name: &str) -> u64 {
        let is_it = |row: &&Row| row.account_id == account_id && row.role_name == role_name;
        self.rows.iter().find(is_it).map_or(0, |row| row.used)
    }

    /// Takes a listing in place of what was known.
    pub(super) fn list(mut self, roles: &[Role]) {
        let row = |role: &Role| Row {
            used: self.used(&role.account_id, &role.role_name),
            account_id: role.account_id.clone(),
            account_name: role.account_name.clone().unwrap_or_default(),
            role_name: role.role_name.clone(),
        };
        let rows = roles.iter().map(row).collect();
        if self.rows != rows {
            self.rows = rows;
            self.save();
        }
    }

    /// Notes that a role is used now.
    pub(super) fn note_use(mut self, account_id: &str, role_name: &str) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        match self.rows.iter_mut().find(|row| row.account_id == account_id && row.role_name == role_name) {
            Some(row) => row.used = now,
            None => self.rows.push(Row {
                used: now,
                account_id: account_id.to_owned(),
                account_name: String::new(),
                role_name: role_name.to_owned(),
            }),
        }
        self.save();
    }

    /// Writes it, whole or not at all. Of two at once, one counts.
    fn save(&self) {
        let mut text = String::new();
        for row in &self.rows {
            let fields = [&row.account_id, &row.account_name, &row.role_name].map(|field| plain(field));
            text.push_str(&format!("{}\t{}\n", row.used, fields.join("\t")));
        }
        // Without a home there is no place for it.
        if self.path.starts_with("~") {
            return;
        }
        // Nothing depends on it.
        let _ = FileTokenStore::write_beside(&self.path, text.into_bytes());
    }
}

/// A name as one field of a line.
fn plain(name: &str) -> String {
    name.replace(char::is_control, " ")
}

fn read(path: &Path) -> Vec<Row> {
    let text = fs::read_to_string(path).unwrap_or_default();
    let row = |line: &str| {
        let mut fields = line.split('\t');
        let mut next = || fields.next().map(str::to_owned);
        Some(Row { used: next()?.parse().ok()?, account_id: next()?, account_name: next()?, role_name: next()? })
    };
    text.lines().filter_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_one_field() {
        let dir = tempfile::tempdir().expect("a folder");
        let known =
            || Known { path: dir.path().join("sso-roles.x.tsv"), rows: read(&dir.path().join("sso-roles.x.tsv")) };
        known().note_use("111122223333", "Audit\n9\tx");
        known().note_use("111122223333", "Dev");
        let rows = known().rows;
        assert_eq!(rows.iter().map(|row| row.role_name.as_str()).collect::<Vec<_>>(), ["Audit 9 x", "Dev"]);
        assert!(known().used("111122223333", "Dev") > 0 && known().used("111122223333", "None") == 0);
    }
}
