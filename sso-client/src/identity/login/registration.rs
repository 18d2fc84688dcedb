//! Client registrations, cached under the names of the AWS CLI v2.

use jiff::Timestamp;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::{Context, service_failed};
use crate::identity::store::{Entry, EntryKind, names};
use crate::identity::token::JsonObject;
use crate::identity::{IdentityError, IdentityErrorKind as Kind, date};
use crate::runtime::tracing::debug;

/// A registration is used while as many seconds are left of it.
const MARGIN: i64 = 15 * 60;

/// Where the browser is sent to; the service takes any port.
pub(super) const REDIRECT_URI: &str = "http://127.0.0.1/oauth/callback";

const PKCE_GRANTS: [&str; 2] = ["authorization_code", "refresh_token"];

/// A registered client.
#[derive(Clone)]
pub(super) struct Registration {
    pub(super) client_id: String,
    pub(super) client_secret: Zeroizing<String>,
    pub(super) expires_at: Timestamp,
    /// Whether it was in the cache.
    pub(super) is_cached: bool,
}

/// The registration for a flow: the cached one, or a new one.
pub(super) async fn registration(
    context: &Context<'_>,
    pkce: bool,
    fresh: bool,
) -> Result<Registration, IdentityError> {
    let session = context.session;
    let scopes = session.scopes();
    let entry = entry(context);
    if !fresh {
        let document = session.read(&entry).await.ok().flatten();
        let found = document.and_then(|document| cached(&JsonObject::parse(&document)?, &scopes, pkce));
        let is_valid = |found: &Registration| date::seconds_until(session.now(), found.expires_at) >= MARGIN;
        if let Some(found) = found.filter(is_valid) {
            return Ok(found);
        }
    }
    let call = context.client.register_client().client_name(format!("sso-client-{}", session.now().as_second()));
    let mut call = call.client_type("public").set_scopes(Some(scopes.clone()));
    if pkce {
        let grants = PKCE_GRANTS.map(str::to_owned).to_vec();
        call = call.set_grant_types(Some(grants)).redirect_uris(REDIRECT_URI).issuer_url(&context.url);
    }
    let output = call.send().await.map_err(|error| service_failed(context, error))?;
    let lacks = |member: &str| {
        let message = format!("RegisterClient: the response has no {member}");
        IdentityError::new(Kind::IncompleteResponse, message).with_key(member)
    };
    let registration = Registration {
        client_id: output.client_id.ok_or_else(|| lacks("clientId"))?,
        client_secret: Zeroizing::new(output.client_secret.ok_or_else(|| lacks("clientSecret"))?),
        expires_at: Timestamp::from_second(output.client_secret_expires_at).unwrap_or(Timestamp::MAX),
        is_cached: false,
    };
    let mut members = JsonObject(Map::new());
    members.set("clientId", &registration.client_id);
    members.set("clientSecret", &registration.client_secret);
    members.set("expiresAt", &date::format(registration.expires_at));
    members.0.insert("scopes".to_owned(), scopes.into());
    if pkce {
        members.0.insert("grantTypes".to_owned(), PKCE_GRANTS.map(Value::from).to_vec().into());
    }
    if let Err(error) = session.write(&entry, members.to_document()).await {
        debug!(%error, "the client registration is not cached");
    }
    Ok(registration)
}

fn entry(context: &Context<'_>) -> Entry {
    let session = context.session;
    // The AWS CLI names its file by the scopes that are configured, whichever it sends.
    let configured = session.inner.settings.scopes.as_deref().filter(|scopes| !scopes.is_empty());
    let name = names::registration(&context.region, configured, session.name(), session.start_url());
    Entry::new(EntryKind::Registration, name)
}

/// Removes the cached registration, so that the next sign-in registers anew.
pub(super) async fn forget(context: &Context<'_>) {
    let entry = entry(context);
    if let Err(error) = context.session.remove(&entry).await {
        debug!(%error, "the client registration stays in the cache");
    }
}

/// What the cache has, if it serves this flow and gives refresh tokens.
fn cached(members: &JsonObject, scopes: &[String], pkce: bool) -> Option<Registration> {
    let list = |name: &str| -> Option<Vec<&str>> {
        members.0.get(name)?.as_array()?.iter().map(Value::as_str).collect::<Option<Vec<_>>>()
    };
    let grants = list("grantTypes");
    let serves = if pkce { grants.as_deref() == Some(&PKCE_GRANTS) } else { grants.is_none() };
    // The AWS CLI leaves the default scopes of PKCE out of the file's members in some versions.
    let has_scopes = list("scopes").map_or(pkce, |found| found == scopes);
    (serves && has_scopes).then_some(())?;
    Some(Registration {
        client_id: members.text("clientId")?.to_owned(),
        client_secret: Zeroizing::new(members.text("clientSecret")?.to_owned()),
        expires_at: members.time("expiresAt")?,
        is_cached: true,
    })
}
