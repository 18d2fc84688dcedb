//! The responses of the fake service, which are those of the portal service.

use std::collections::HashMap;

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::exchange::{CannedResponse, RecordedRequest};
use super::portal::{State, lock};

/// The header with the access token.
pub(super) const TOKEN_HEADER: &str = "x-amz-sso_bearer_token";

/// The default page size.
const PAGE: usize = 100;

/// An account that the user has roles in.
#[derive(Clone, Debug)]
pub(super) struct Account {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) roles: Vec<String>,
}

/// Returns the response to a request.
pub(super) fn respond(state: &State, request: &RecordedRequest) -> CannedResponse {
    let query = parse_query(&request.query);
    let path = request.path.as_str();
    let operation = match (request.method.as_str(), path.rsplit_once('/')) {
        ("GET", Some((front, "credentials"))) if front.ends_with("/federation") => get_role_credentials,
        ("GET", Some((front, "roles"))) if front.ends_with("/assignment") => list_account_roles,
        ("GET", Some((front, "accounts"))) if front.ends_with("/assignment") => list_accounts,
        ("POST", Some((_, "logout"))) => logout,
        _ => return error(404, "UnknownOperationException", "there is no such operation"),
    };
    let token = request.header(TOKEN_HEADER).unwrap_or_default();
    let is_known = lock(&state.token).as_deref() == Some(token) || lock(&state.oidc).accepts(token);
    if token.is_empty() || !is_known {
        return error(401, "UnauthorizedException", "Session token not found or invalid");
    }
    if path.ends_with("/logout") {
        lock(&state.oidc).sign_out(token);
    }
    operation(state, &query)
}

pub(super) type Query = HashMap<String, String>;

fn get_role_credentials(state: &State, query: &Query) -> CannedResponse {
    let (Some(account), Some(role)) = (query.get("account_id"), query.get("role_name")) else {
        return error(400, "InvalidRequestException", "role_name and account_id are required");
    };
    let assigned = state.accounts.iter().any(|found| found.id == *account && found.roles.contains(role));
    if !assigned {
        // The unmodeled error of the live service.
        return error(403, "ForbiddenException", "No access");
    }
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    success(&json!({ "roleCredentials": {
        "accessKeyId": "ASIAEXAMPLE",
        "secretAccessKey": format!("secret-of-{role}"),
        "sessionToken": format!("session-of-{account}"),
        "expiration": now.as_millis() as u64 + 3_600_000,
    } }))
}

fn list_accounts(state: &State, query: &Query) -> CannedResponse {
    let accounts = state
        .accounts
        .iter()
        .map(|account| json!({ "accountId": account.id, "accountName": account.name, "emailAddress": account.email }));
    page("accountList", accounts.collect(), query)
}

fn list_account_roles(state: &State, query: &Query) -> CannedResponse {
    let Some(id) = query.get("account_id") else {
        return error(400, "InvalidRequestException", "account_id is required");
    };
    let Some(account) = state.accounts.iter().find(|account| account.id == *id) else {
        return error(403, "ForbiddenException", "No access");
    };
    let roles = account.roles.iter().map(|role| json!({ "roleName": role, "accountId": id }));
    page("roleList", roles.collect(), query)
}

fn logout(state: &State, _query: &Query) -> CannedResponse {
    // That of the builder, unless one that was issued was meant.
    if !lock(&state.oidc).signed_out() {
        *lock(&state.token) = None;
    }
    CannedResponse::new(200, "").header("x-amzn-requestid", "fake-service")
}

/// Cuts a list into pages; a page's token is the index of its first item.
fn page(list: &str, items: Vec<Value>, query: &Query) -> CannedResponse {
    let size = match query.get("max_result").map(|size| size.parse::<usize>()) {
        None => PAGE,
        Some(Ok(size @ 1..=100)) => size,
        Some(_) => return error(400, "InvalidRequestException", "max_result has to be from 1 to 100"),
    };
    let start = match query.get("next_token").map(|token| token.parse::<usize>()) {
        None => 0,
        Some(Ok(start)) if start <= items.len() => start,
        Some(_) => return error(400, "InvalidRequestException", "next_token is not one of this service"),
    };
    let end = (start + size).min(items.len());
    let mut body = json!({ list: items[start..end] });
    if end < items.len() {
        body["nextToken"] = json!(end.to_string());
    }
    success(&body)
}

fn success(body: &Value) -> CannedResponse {
    CannedResponse::new(200, body.to_string())
        .header("content-type", "application/json")
        .header("x-amzn-requestid", "fake-service")
}

/// A call too many.
pub(super) fn throttled() -> CannedResponse {
    error(429, "TooManyRequestsException", "Rate exceeded")
}

fn error(status: u16, code: &str, message: &str) -> CannedResponse {
    CannedResponse::new(status, json!({ "message": message, "__type": code }).to_string())
        .header("content-type", "application/json")
        .header("x-amzn-errortype", code)
        .header("x-amzn-requestid", "fake-service")
}

pub(super) fn parse_query(query: &str) -> Query {
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}
