//! Role credentials as the AWS CLI v2 caches them.

use serde_json::{Map, Value, json};

use super::RoleCredentials;
use crate::identity::store::{Document, Entry, EntryKind, names};
use crate::identity::token::JsonObject;
use crate::identity::{IdentityError, SsoSession, date};
use crate::runtime::tracing::debug;

impl SsoSession {
    pub(crate) fn role_entry(&self, account_id: &str, role_name: &str) -> Entry {
        let name = names::role(account_id, role_name, self.name(), self.start_url());
        Entry::new(EntryKind::RoleCredentials, name)
    }

    /// What the cache has; a file that is torn counts as none, and is replaced.
    pub(super) async fn cached(&self, entry: &Entry, account_id: &str, role_name: &str) -> Option<RoleCredentials> {
        let document = match self.read(entry).await {
            Ok(document) => document?,
            Err(error) => {
                debug!(%error, "cached role credentials are passed over");
                return None;
            }
        };
        let credentials = read(&document, account_id, role_name)?;
        let left = date::seconds_until(self.now(), credentials.expires);
        let margin = i64::try_from(self.inner.role_margin.as_secs()).unwrap_or(i64::MAX);
        (left > margin).then_some(credentials)
    }

    pub(super) async fn cache(&self, entry: &Entry, credentials: &RoleCredentials) -> Result<(), IdentityError> {
        // First whose they are: a logout has to find them.
        let owner = Entry::new(EntryKind::RoleOwner, entry.name.clone());
        let mut found = Map::new();
        found.insert("session".to_owned(), self.token_key().into());
        self.write(&owner, Document::new(Value::Object(found).to_string().into_bytes())).await?;
        self.write(entry, write(credentials)).await
    }
}

fn read(document: &Document, account_id: &str, role_name: &str) -> Option<RoleCredentials> {
    let mut file = JsonObject::parse(document)?;
    let Some(Value::Object(members)) = file.0.get_mut("Credentials").map(std::mem::take) else { return None };
    let members = JsonObject(members);
    Some(RoleCredentials::new(
        members.text("AccessKeyId")?.to_owned(),
        members.text("SecretAccessKey")?.to_owned(),
        members.text("SessionToken")?.to_owned(),
        members.time("Expiration")?,
        members.text("AccountId").unwrap_or(account_id),
        role_name,
    ))
}

fn write(credentials: &RoleCredentials) -> Document {
    let Value::Object(members) = json!({
        "ProviderType": "sso",
        "Credentials": {
            "AccessKeyId": credentials.access_key_id(),
            "SecretAccessKey": credentials.secret_access_key(),
            "SessionToken": credentials.session_token(),
            "Expiration": date::format(credentials.expires),
            "AccountId": credentials.account_id(),
        },
    }) else {
        return Document::new(Vec::new());
    };
    JsonObject(members).to_document()
}
