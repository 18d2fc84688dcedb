//! The access token, and the document that it is kept in.

use std::fmt;
use std::io;
use std::time::SystemTime;

use jiff::Timestamp;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

use super::store::Document;
use super::{IdentityError, IdentityErrorKind as Kind, date};
use crate::runtime::secret::REDACTED;

/// An access token of a session, which has not expired when it is handed out.
///
/// It is overwritten when it is dropped, and `Debug` does not show it.
///
/// ```
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// use sso_client::Client;
/// use sso_client::identity::SsoSession;
///
/// let session = SsoSession::from_profile("dev")?;
/// let token = session.token().await?;
/// let client = Client::from_conf(session.config().clone());
/// client.list_accounts().access_token(token.secret()).send().await?;
/// println!("the token is valid until {:?}", token.expires_at());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct AccessToken {
    secret: Zeroizing<String>,
    expires_at: Timestamp,
    /// The region that its file names.
    pub(crate) region: Option<String>,
}

impl AccessToken {
    /// The token itself.
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// Until when it is valid, by the clock of this computer.
    pub fn expires_at(&self) -> SystemTime {
        date::system(self.expires_at)
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken")
            .field("secret", &format_args!("{REDACTED}"))
            .field("expires_at", &date::format(self.expires_at))
            .finish()
    }
}

/// What is known of a session's token without asking the service. It holds no secret.
///
/// ```no_run
/// use sso_client::identity::{IdentityError, SsoSession};
///
/// # async fn run() -> Result<(), IdentityError> {
/// match SsoSession::named("corp")?.status().await? {
///     None => println!("nobody has signed in"),
///     Some(status) if !status.is_expired => println!("signed in until {:?}", status.expires_at),
///     Some(status) if status.is_refreshable => println!("the next call refreshes the token"),
///     Some(_) => println!("sign in again"),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenStatus {
    /// Until when the token is valid.
    pub expires_at: SystemTime,
    /// Whether that has passed.
    pub is_expired: bool,
    /// Whether there is what a refresh needs.
    pub is_refreshable: bool,
    /// Until when the client registration is valid, where the file says it.
    pub registration_expires_at: Option<SystemTime>,
    /// The start URL that the file names.
    pub start_url: Option<String>,
    /// The region that the file names.
    pub region: Option<String>,
}

/// A JSON object whose members may be secrets: it is overwritten when it is dropped. Members that this crate does
/// not know are kept.
#[derive(Clone, Default)]
pub(crate) struct JsonObject(pub(crate) Map<String, Value>);

impl JsonObject {
    /// Reads a document.
    pub(crate) fn parse(document: &Document) -> Option<Self> {
        match serde_json::from_slice(document.as_bytes()) {
            Ok(Value::Object(members)) => Some(Self(members)),
            _ => None,
        }
    }

    pub(crate) fn to_document(&self) -> Document {
        // Measured first: a buffer that grows would leave copies behind. A map of strings can always be written.
        let mut size = Size(0);
        let _ = serde_json::to_writer_pretty(&mut size, &self.0);
        let mut text = Vec::with_capacity(size.0);
        let _ = serde_json::to_writer_pretty(&mut text, &self.0);
        Document::new(text)
    }

    /// A member that is a string, by its name in any case: tools differ in `startUrl`.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        let exact = self.0.get(name);
        let any_case = || self.0.iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value);
        exact.or_else(any_case)?.as_str().filter(|text| !text.is_empty())
    }

    /// Sets a member, in place of one whose name differs in case.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        let other: Vec<String> =
            self.0.keys().filter(|found| *found != name && found.eq_ignore_ascii_case(name)).cloned().collect();
        for name in other {
            if let Some(mut old) = self.0.remove(&name) {
                wipe(&mut old);
            }
        }
        if let Some(mut old) = self.0.insert(name.to_owned(), value.into()) {
            wipe(&mut old);
        }
    }

    pub(crate) fn unset(&mut self, name: &str) {
        self.set(name, "");
        self.0.remove(name);
    }

    pub(crate) fn time(&self, name: &str) -> Option<Timestamp> {
        self.text(name).and_then(date::parse)
    }
}

/// Counts what is written.
struct Size(usize);

impl io::Write for Size {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(values) => values.iter_mut().for_each(wipe),
        Value::Object(members) => members.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

impl Drop for JsonObject {
    fn drop(&mut self) {
        self.0.values_mut().for_each(wipe);
    }
}

impl fmt::Debug for JsonObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// A token's document that has what every token has.
#[derive(Clone, Debug)]
pub(crate) struct StoredToken {
    pub(crate) members: JsonObject,
    pub(crate) expires_at: Timestamp,
}

/// A new token, as the service gave it.
#[derive(Clone)]
pub(crate) struct NewToken {
    pub(crate) access_token: Zeroizing<String>,
    pub(crate) expires_at: Timestamp,
    pub(crate) refresh_token: Option<Zeroizing<String>>,
}

impl StoredToken {
    /// Reads a document; `place` is where it lies.
    pub(crate) fn parse(document: &Document, place: &str) -> Result<Self, IdentityError> {
        let broken = |message: &str| IdentityError::new(Kind::CacheFile, message).at(place, None, None);
        let members = JsonObject::parse(document)
            .ok_or_else(|| broken("the file is no JSON object: it is torn, or not a token file"))?;
        if members.text("accessToken").is_none() {
            return Err(broken("the token file has no accessToken").with_key("accessToken"));
        }
        let Some(text) = members.text("expiresAt") else {
            return Err(broken("the token file has no expiresAt").with_key("expiresAt"));
        };
        let expires_at = date::parse(text)
            .ok_or_else(|| broken("expiresAt of the token file is no date with a zone").with_key("expiresAt"))?;
        Ok(Self { members, expires_at })
    }

    pub(crate) fn access_token(&self) -> AccessToken {
        let secret = self.members.text("accessToken").unwrap_or_default();
        AccessToken {
            secret: Zeroizing::new(secret.to_owned()),
            expires_at: self.expires_at,
            region: self.members.text("region").map(str::to_owned),
        }
    }

    pub(crate) fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at <= now
    }

    /// What a refresh needs: client id, client secret and refresh token; or why there is none.
    pub(crate) fn refresh_parts(&self, now: Timestamp) -> Result<[&str; 3], &'static str> {
        let token = self.members.text("refreshToken").ok_or("its file has no refreshToken")?;
        let id = self.members.text("clientId").ok_or("its file has no clientId")?;
        let secret = self.members.text("clientSecret").ok_or("its file has no clientSecret")?;
        // Tools that leave it out refresh all the same.
        match self.members.time("registrationExpiresAt") {
            Some(expires) if expires <= now => Err("the client registration has expired"),
            _ => Ok([id, secret, token]),
        }
    }

    /// What tells this token from another, and tells nothing of it: 64 bits of a hash of what was drawn at random.
    pub(crate) fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(b"sso-client: the token of a refresh\n");
        for name in ["accessToken", "refreshToken", "expiresAt"] {
            hash.update(self.members.text(name).unwrap_or_default());
            hash.update(b"\n");
        }
        hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }

    /// Takes over a new token. The refresh token stays where the answer has none.
    pub(crate) fn renew(&mut self, new: &NewToken) {
        self.members.set("accessToken", &new.access_token);
        self.members.set("expiresAt", &date::format(new.expires_at));
        if let Some(refresh_token) = &new.refresh_token {
            self.members.set("refreshToken", refresh_token);
        }
        self.expires_at = date::parse(&date::format(new.expires_at)).unwrap_or(new.expires_at);
    }

    pub(crate) fn status(&self, now: Timestamp) -> TokenStatus {
        TokenStatus {
            expires_at: date::system(self.expires_at),
            is_expired: self.is_expired(now),
            is_refreshable: self.refresh_parts(now).is_ok(),
            registration_expires_at: self.members.time("registrationExpiresAt").map(date::system),
            start_url: self.members.text("startUrl").map(str::to_owned),
            region: self.members.text("region").map(str::to_owned),
        }
    }
}
