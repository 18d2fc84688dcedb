//! The OIDC service of the fake service: registration, device authorization, PKCE and refreshes.

use std::collections::HashMap;
use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::exchange::{CannedResponse, RecordedRequest};
use super::responses::parse_query;
use crate::runtime::secret::REDACTED;

/// What becomes of a sign-in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignIn {
    /// The user confirms it.
    #[default]
    Approved,
    /// The user declines it.
    Denied,
    /// Nobody does anything until it expires.
    Expired,
}

/// Which refresh tokens are accepted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rotation {
    /// The previous one too, until the new one is used first.
    #[default]
    Lenient,
    /// The newest alone.
    Strict,
    /// There is none: answers leave the refresh token out, and the first stays valid.
    Off,
}

/// How the OIDC service of a fake service behaves.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OidcBehavior {
    /// How many polls are answered by `AuthorizationPendingException`, before anything else.
    pub pending: u32,
    /// How many polls after those are answered by `SlowDownException`.
    pub slow_down: u32,
    /// What becomes of sign-ins.
    pub sign_in: SignIn,
    /// Which refresh tokens are accepted.
    pub rotation: Rotation,
    /// How long access tokens are valid.
    pub token_lifetime: Duration,
    /// How many seconds clients are to wait between two polls.
    pub interval: u32,
}

impl Default for OidcBehavior {
    fn default() -> Self {
        Self {
            pending: 1,
            slow_down: 0,
            sign_in: SignIn::Approved,
            rotation: Rotation::Lenient,
            token_lifetime: Duration::from_secs(3600),
            interval: 1,
        }
    }
}

/// What a login leaves behind. `Debug` leaves it out.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct IssuedToken {
    /// The access token.
    pub access_token: String,
    /// The refresh token.
    pub refresh_token: String,
    /// The id of the registered client.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
}

impl fmt::Debug for IssuedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("IssuedToken").field(&REDACTED).finish()
    }
}

/// A refresh token, and the one before.
struct Session {
    current: String,
    previous: Option<String>,
}

/// An authorization code: the challenge, and where it was sent to.
struct Code {
    challenge: String,
    redirect_uri: String,
}

pub(super) struct Oidc {
    behavior: OidcBehavior,
    count: u64,
    clients: HashMap<String, String>,
    /// Polls of each device code.
    devices: HashMap<String, u32>,
    codes: HashMap<String, Code>,
    sessions: Vec<Session>,
    tokens: HashMap<String, SystemTime>,
    signed_out: bool,
}

impl Oidc {
    pub(super) fn new(behavior: OidcBehavior) -> Self {
        Self {
            behavior,
            count: 0,
            clients: HashMap::new(),
            devices: HashMap::new(),
            codes: HashMap::new(),
            sessions: Vec::new(),
            tokens: HashMap::new(),
            signed_out: false,
        }
    }

    /// A text that nothing else is like.
    fn unique(&mut self, what: &str) -> String {
        self.count += 1;
        format!("{what}-{}-{:016x}", self.count, fastrand::u64(..))
    }

    pub(super) fn accepts(&self, token: &str) -> bool {
        self.tokens.get(token).is_some_and(|expires| *expires > SystemTime::now())
    }

    pub(super) fn sign_out(&mut self, token: &str) {
        self.signed_out = self.tokens.remove(token).is_some();
    }

    pub(super) fn signed_out(&mut self) -> bool {
        std::mem::take(&mut self.signed_out)
    }

    pub(super) fn end_sessions(&mut self) {
        self.sessions.clear();
    }

    pub(super) fn issue(&mut self) -> IssuedToken {
        let (client_id, client_secret) = self.register();
        let refresh_token = self.unique("refresh-token");
        self.sessions.push(Session { current: refresh_token.clone(), previous: None });
        IssuedToken { access_token: self.access_token(), refresh_token, client_id, client_secret }
    }

    fn register(&mut self) -> (String, String) {
        let (id, secret) = (self.unique("client-id"), self.unique("client-secret"));
        self.clients.insert(id.clone(), secret.clone());
        (id, secret)
    }

    fn access_token(&mut self) -> String {
        let token = self.unique("access-token");
        self.tokens.insert(token.clone(), SystemTime::now() + self.behavior.token_lifetime);
        token
    }

    /// Answers a request of the OIDC service; `None` for one of the portal.
    pub(super) fn answer(&mut self, request: &RecordedRequest, body: &[u8]) -> Option<CannedResponse> {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        Some(match (request.method.as_str(), request.path.as_str()) {
            ("POST", "/client/register") => self.register_client(&body),
            ("POST", "/device_authorization") => self.device_authorization(&body),
            ("POST", "/token") => self.token(&body),
            ("GET", "/authorize") => self.authorize(&request.query),
            _ => return None,
        })
    }

    fn register_client(&mut self, body: &Value) -> CannedResponse {
        if body["clientType"] != "public" {
            return error(400, "InvalidClientMetadataException", "invalid_client_metadata", "only public clients");
        }
        let (id, secret) = self.register();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        success(&json!({
            "clientId": id, "clientSecret": secret, "clientIdIssuedAt": now, "clientSecretExpiresAt": now + 90 * 86_400,
        }))
    }

    fn is_client(&self, body: &Value) -> bool {
        let secret = body["clientId"].as_str().and_then(|id| self.clients.get(id));
        secret.is_some_and(|secret| body["clientSecret"] == secret.as_str())
    }

    fn device_authorization(&mut self, body: &Value) -> CannedResponse {
        if !self.is_client(body) {
            return error(401, "InvalidClientException", "invalid_client", "the client is not registered");
        }
        let code = self.unique("device-code");
        self.devices.insert(code.clone(), 0);
        let user_code = format!("CODE-{:04}", self.count);
        success(&json!({
            "deviceCode": code, "userCode": user_code, "verificationUri": "https://device.example.com/",
            "verificationUriComplete": format!("https://device.example.com/?user_code={user_code}"),
            "expiresIn": 600, "interval": self.behavior.interval,
        }))
    }

    fn authorize(&mut self, query: &str) -> CannedResponse {
        let query = parse_query(query);
        let get = |name: &str| query.get(name).cloned().unwrap_or_default();
        let redirect_uri = get("redirect_uri");
        if !self.clients.contains_key(&get("client_id")) || !redirect_uri.starts_with("http://127.0.0.1:") {
            return error(400, "InvalidRequestException", "invalid_request", "no such client or redirect");
        }
        let outcome = match self.behavior.sign_in {
            SignIn::Denied => "error=access_denied".to_owned(),
            SignIn::Approved | SignIn::Expired => {
                let code = self.unique("auth-code");
                let redirect_uri = redirect_uri.clone();
                self.codes.insert(code.clone(), Code { challenge: get("code_challenge"), redirect_uri });
                format!("code={}", utf8_percent_encode(&code, NON_ALPHANUMERIC))
            }
        };
        let state = get("state");
        let location = format!("{redirect_uri}?{outcome}&state={}", utf8_percent_encode(&state, NON_ALPHANUMERIC));
        CannedResponse::new(302, "").header("location", location)
    }

    fn token(&mut self, body: &Value) -> CannedResponse {
        if !self.is_client(body) {
            return error(401, "InvalidClientException", "invalid_client", "the client is not registered");
        }
        match body["grantType"].as_str().unwrap_or_default() {
            "refresh_token" => self.refresh(body["refreshToken"].as_str().unwrap_or_default()),
            "authorization_code" => self.exchange(body),
            "urn:ietf:params:oauth:grant-type:device_code" => {
                self.poll(body["deviceCode"].as_str().unwrap_or_default())
            }
            _ => error(400, "UnsupportedGrantTypeException", "unsupported_grant_type", "no such grant type"),
        }
    }

    fn poll(&mut self, code: &str) -> CannedResponse {
        let OidcBehavior { pending, slow_down, sign_in, .. } = self.behavior;
        let Some(polls) = self.devices.get_mut(code) else {
            return error(400, "InvalidGrantException", "invalid_grant", "no such device code");
        };
        *polls += 1;
        if *polls <= pending {
            return error(400, "AuthorizationPendingException", "authorization_pending", "nobody has confirmed it");
        }
        if *polls <= pending + slow_down {
            return error(400, "SlowDownException", "slow_down", "too many polls");
        }
        match sign_in {
            SignIn::Denied => error(400, "AccessDeniedException", "access_denied", "the user declined it"),
            SignIn::Expired => error(400, "ExpiredTokenException", "expired_token", "the code has expired"),
            SignIn::Approved => {
                self.devices.remove(code);
                self.signed_in()
            }
        }
    }

    fn exchange(&mut self, body: &Value) -> CannedResponse {
        let code = body["code"].as_str().and_then(|code| self.codes.remove(code));
        let verifier = body["codeVerifier"].as_str().unwrap_or_default();
        match code {
            Some(Code { challenge, redirect_uri })
                if challenge == super::pkce_challenge(verifier) && body["redirectUri"] == redirect_uri.as_str() =>
            {
                self.signed_in()
            }
            _ => error(400, "InvalidGrantException", "invalid_grant", "code, verifier or redirect are wrong"),
        }
    }

    fn signed_in(&mut self) -> CannedResponse {
        let refresh_token = self.unique("refresh-token");
        self.sessions.push(Session { current: refresh_token.clone(), previous: None });
        self.tokens_answer(Some(refresh_token))
    }

    fn refresh(&mut self, token: &str) -> CannedResponse {
        let rotation = self.behavior.rotation;
        let is_previous =
            |session: &Session| rotation == Rotation::Lenient && session.previous.as_deref() == Some(token);
        let Some(at) = self.sessions.iter().position(|session| session.current == token || is_previous(session)) else {
            return error(400, "InvalidGrantException", "invalid_grant", "Invalid refresh token provided");
        };
        if rotation == Rotation::Off {
            return self.tokens_answer(None);
        }
        let new = self.unique("refresh-token");
        let session = &mut self.sessions[at];
        // Used first, the current one makes the previous one worthless.
        if session.current == token {
            session.previous = Some(token.to_owned());
        }
        session.current.clone_from(&new);
        self.tokens_answer(Some(new))
    }

    fn tokens_answer(&mut self, refresh_token: Option<String>) -> CannedResponse {
        let mut body = json!({
            "accessToken": self.access_token(), "tokenType": "Bearer",
            "expiresIn": self.behavior.token_lifetime.as_secs(),
        });
        if let Some(refresh_token) = refresh_token {
            body["refreshToken"] = refresh_token.into();
        }
        success(&body)
    }
}

fn success(body: &Value) -> CannedResponse {
    CannedResponse::new(200, body.to_string())
        .header("content-type", "application/json")
        .header("x-amzn-requestid", "fake-service")
}

fn error(status: u16, class: &str, code: &str, description: &str) -> CannedResponse {
    let body = json!({ "error": code, "error_description": description });
    CannedResponse::new(status, body.to_string())
        .header("content-type", "application/json")
        .header("x-amzn-errortype", class)
        .header("x-amzn-requestid", "fake-service")
}
