//! The token of a session: as it is stored, or refreshed.
//!
//! # Invariants
//!
//! - A token that has expired is never handed out.
//! - One refresh per session at a time over all processes, and none within 30 s of one that left the same token.
//! - A refresh that has begun is finished and stored, although nobody waits for it any more.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;
use zeroize::Zeroizing;

use super::documents::{LOCK_LIMIT, Waited};
use super::store::{Document, EntryKind, StoreLock};
use super::token::{AccessToken, JsonObject, NewToken, StoredToken, TokenStatus};
use super::{IdentityError, IdentityErrorKind as Kind, SsoSession, date};
use crate::config::timeout::TimeoutConfig;
use crate::error::{ProvideErrorMetadata, SdkError};
use crate::oidc::operation::create_token::{CreateTokenError, CreateTokenOutput};
use crate::runtime::error::OneLine;
use crate::runtime::tracing::debug;

/// How many seconds before its expiry a token is refreshed.
const MARGIN: i64 = 300;

/// How many seconds have to pass between two refreshes.
const INTERVAL: i64 = 30;

/// How long a refresh may take, retries included: others wait for its lock meanwhile, and longer than this.
const CALL_LIMIT: Duration = Duration::from_secs(45);

impl SsoSession {
    /// The access token: the one that is stored, refreshed when less than 5 minutes are left of it.
    ///
    /// The store is asked at each call, so that a login elsewhere counts at once.
    ///
    /// # Errors
    ///
    /// When nobody has signed in, the token's file is torn, or the token has expired and cannot be refreshed.
    pub async fn token(&self) -> Result<AccessToken, IdentityError> {
        let stored = self.stored_token().await?.ok_or_else(|| self.not_signed_in())?;
        if !self.is_due(&stored) {
            return Ok(stored.access_token());
        }
        self.refreshed(stored, None).await
    }

    /// Refreshes the token although it has not expired, unless that was done within the last 30 seconds.
    ///
    /// ```no_run
    /// use sso_client::identity::{IdentityError, SsoSession};
    ///
    /// # async fn run() -> Result<(), IdentityError> {
    /// println!("valid until {:?}", SsoSession::named("corp")?.refresh().await?.expires_at());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`token`](Self::token), and when there is nothing to refresh it with.
    pub async fn refresh(&self) -> Result<AccessToken, IdentityError> {
        let stored = self.stored_token().await?.ok_or_else(|| self.not_signed_in())?;
        let refused = stored.access_token();
        self.refreshed(stored, Some(refused)).await
    }

    /// What is known of the token, without asking the service; `None` where nobody has signed in.
    ///
    /// # Errors
    ///
    /// When the token's file is torn, foreign or cannot be read.
    pub async fn status(&self) -> Result<Option<TokenStatus>, IdentityError> {
        Ok(self.stored_token().await?.map(|stored| stored.status(self.now())))
    }

    /// A token other than one that the service refused: that of a login or refresh elsewhere, or of a refresh.
    pub(crate) async fn token_instead_of(&self, refused: &AccessToken) -> Result<AccessToken, IdentityError> {
        let stored = self.stored_token().await?.ok_or_else(|| self.not_signed_in())?;
        if stored.access_token().secret() != refused.secret() && !self.is_due(&stored) {
            return Ok(stored.access_token());
        }
        self.refreshed(stored, Some(refused.clone())).await
    }

    fn is_due(&self, stored: &StoredToken) -> bool {
        date::seconds_until(self.now(), stored.expires_at) <= MARGIN
    }

    pub(crate) fn not_signed_in(&self) -> IdentityError {
        let message = format!("nobody has signed in to {}: there is no token", self.token_key());
        let place = self.inner.store.describe(&self.token_entry());
        IdentityError::new(Kind::NotSignedIn, message).at(place, None, None).with_command(self.login_command())
    }

    fn expired(&self, why: &str) -> IdentityError {
        let clock = self.inner.http.wrong_clock().map_or_else(String::new, |text| format!("; {text}"));
        let message = format!("the token of {} has expired, and {why}{clock}", self.token_key());
        IdentityError::new(Kind::SignInAgain, message).with_command(self.login_command())
    }

    /// A token that need not be refreshed: it is neither due nor the one that was refused.
    fn usable(&self, stored: &StoredToken, refused: Option<&AccessToken>) -> bool {
        let is_refused = refused.is_some_and(|refused| refused.secret() == stored.access_token().secret());
        !is_refused && !self.is_due(stored)
    }

    /// Refreshes a token that is due, or was refused; a token that is still good is given where that fails.
    async fn refreshed(&self, stored: StoredToken, refused: Option<AccessToken>) -> Result<AccessToken, IdentityError> {
        let now = self.now();
        let good = |stored: &StoredToken, now: Timestamp| refused.is_none() && !stored.is_expired(now);
        if let Err(why) = stored.refresh_parts(now) {
            if good(&stored, now) {
                debug!(session = self.token_key(), why, "the token expires soon and cannot be refreshed");
                return Ok(stored.access_token());
            }
            return Err(if refused.is_some() { self.refused(why) } else { self.expired(why) });
        }
        let entry = self.token_entry();
        let instead = || async {
            let stored = self.stored_token().await?.ok_or_else(|| self.not_signed_in())?;
            // While somebody else refreshes it, a token that is still good does.
            let is_good = self.usable(&stored, refused.as_ref()) || good(&stored, self.now());
            Ok(is_good.then(|| stored.access_token()))
        };
        let lock = match self.lock_or(&entry, LOCK_LIMIT, instead).await {
            Ok(Waited::Locked(lock)) => lock,
            Ok(Waited::Instead(token)) => return Ok(token),
            Err(error) if good(&stored, self.now()) => {
                debug!(session = self.token_key(), %error, "the token is not refreshed");
                return Ok(stored.access_token());
            }
            Err(error) => return Err(error),
        };
        // A task of its own: dropped half-way, the new refresh token would be lost.
        let (session, forced) = (self.clone(), refused.clone());
        let task = tokio::spawn(async move { session.refresh_locked(lock, forced).await });
        match task.await {
            Ok(outcome) => outcome,
            Err(failed) => {
                Err(IdentityError::new(Kind::RefreshFailed, format!("the refresh was not finished: {failed}")))
            }
        }
    }

    async fn refresh_locked(
        &self,
        lock: Box<dyn StoreLock>,
        refused: Option<AccessToken>,
    ) -> Result<AccessToken, IdentityError> {
        // Somebody else may have refreshed it, or signed in, while this waited.
        let mut stored = self.stored_token().await?.ok_or_else(|| self.not_signed_in())?;
        if self.usable(&stored, refused.as_ref()) {
            return Ok(stored.access_token());
        }
        let now = self.now();
        let is_good = refused.is_none() && !stored.is_expired(now);
        if let Some(outcome) = self.last_attempt(&stored, now).await {
            if is_good {
                return Ok(stored.access_token());
            }
            return Err(outcome);
        }
        let outcome = self.ask(&stored, now).await;
        let new = match outcome {
            Ok(new) => new,
            Err(error) => {
                self.note_attempt(&stored, now, Some(&error)).await;
                if is_good {
                    debug!(session = self.token_key(), %error, "the refresh failed; the token is still good");
                    return Ok(stored.access_token());
                }
                return Err(error);
            }
        };
        let replaced = stored.fingerprint();
        stored.renew(&new);
        match self.write(&self.token_entry(), stored.members.to_document()).await {
            Ok(()) => self.inner.unsaved.forget(),
            Err(error) => {
                // The token is good all the same, as long as this session lives.
                debug!(session = self.token_key(), %error, "the refreshed token cannot be stored");
                self.inner.unsaved.keep(replaced, stored.clone(), error);
            }
        }
        self.note_attempt(&stored, now, None).await;
        drop(lock);
        Ok(stored.access_token())
    }

    /// One call of CreateToken.
    async fn ask(&self, stored: &StoredToken, now: Timestamp) -> Result<NewToken, IdentityError> {
        let [id, secret, refresh_token] = stored.refresh_parts(now).map_err(|why| self.expired(why))?;
        debug!(session = self.token_key(), "refreshing the token");
        let client = self.oidc_in(self.region_for(stored.members.text("region")));
        let call = client.create_token().client_id(id).client_secret(secret).refresh_token(refresh_token);
        let own = self.inner.config.timeout_config().and_then(TimeoutConfig::operation_timeout);
        let limit = TimeoutConfig::builder().operation_timeout(own.unwrap_or(CALL_LIMIT).min(CALL_LIMIT)).build();
        let call = call.grant_type("refresh_token").customize();
        let call = call.config_override(crate::oidc::Config::builder().timeout_config(limit));
        let output = call.send().await.map_err(|error| self.refresh_failed(error))?;
        new_token(output, self.now())
    }

    fn refresh_failed(&self, error: SdkError<CreateTokenError>) -> IdentityError {
        let ended = error.as_service_error().is_some_and(|error| {
            error.is_invalid_grant_exception()
                || error.is_invalid_client_exception()
                || error.is_expired_token_exception()
                || error.is_unauthorized_client_exception()
                || error.is_access_denied_exception()
        });
        let kind = if ended { Kind::SignInAgain } else { Kind::RefreshFailed };
        let mut what = format!("the token of {} could not be refreshed", self.token_key());
        if let Some(clock) = self.inner.http.wrong_clock() {
            what = format!("{what} ({clock})");
        }
        IdentityError::call(kind, &what, error).with_command(self.login_command())
    }

    fn refused(&self, why: &str) -> IdentityError {
        let clock = self.inner.http.wrong_clock().map_or_else(String::new, |text| format!("; {text}"));
        let message =
            format!("the service does not accept the token of {} any more, and {why}{clock}", self.token_key());
        IdentityError::new(Kind::SignInAgain, message).with_command(self.login_command())
    }

    /// How the last refresh ended, if it left the token that is there and was less than 30 s ago. A clock that was
    /// set back meanwhile holds nothing up.
    async fn last_attempt(&self, stored: &StoredToken, now: Timestamp) -> Option<IdentityError> {
        let document = self.read(&self.entry(EntryKind::RefreshAttempt)).await.ok()??;
        let note = JsonObject::parse(&document)?;
        let at = note.time("at")?;
        let ago = date::seconds_until(at, now);
        if note.text("token") != Some(&*stored.fingerprint()) || !(0..INTERVAL).contains(&ago) {
            return None;
        }
        let message = note.text("message").map(str::to_owned);
        let message = message.unwrap_or_else(|| {
            let clock = self.inner.http.wrong_clock().map_or_else(String::new, |text| format!("; {text}"));
            let key = self.token_key();
            format!("the token of {key} was refreshed {ago} s ago, and is not accepted all the same{clock}")
        });
        let kind = if note.text("kind") == Some("refreshFailed") { Kind::RefreshFailed } else { Kind::SignInAgain };
        let error = IdentityError::new(kind, message).with_command(self.login_command());
        Some(error.with_code(note.text("code").map(str::to_owned)))
    }

    /// Notes how a refresh ended. It is of no use without, but only to others.
    async fn note_attempt(&self, stored: &StoredToken, at: Timestamp, error: Option<&IdentityError>) {
        let mut note = json!({ "at": date::format(at), "token": stored.fingerprint() });
        if let Some(error) = error {
            note["message"] = error.message().into();
            // A code is a service's text of any length.
            note["code"] = error.code().map(|code| OneLine(code).to_string()).into();
            note["kind"] = if error.kind() == Kind::RefreshFailed { "refreshFailed" } else { "signInAgain" }.into();
        }
        let document = Document::new(note.to_string().into_bytes());
        if let Err(error) = self.write(&self.entry(EntryKind::RefreshAttempt), document).await {
            debug!(session = self.token_key(), %error, "the outcome of the refresh is not noted");
        }
    }
}

/// Takes a token out of an answer.
pub(crate) fn new_token(output: CreateTokenOutput, now: Timestamp) -> Result<NewToken, IdentityError> {
    let expires_in = output.expires_in;
    let CreateTokenOutput { access_token, refresh_token, .. } = output;
    let access_token = access_token.filter(|token| !token.is_empty()).ok_or_else(|| {
        IdentityError::new(Kind::IncompleteResponse, "CreateToken: the response has no accessToken")
            .with_key("accessToken")
    })?;
    Ok(NewToken {
        access_token: Zeroizing::new(access_token),
        expires_at: date::after(now, expires_in.into()),
        refresh_token: refresh_token.filter(|token| !token.is_empty()).map(Zeroizing::new),
    })
}

/// The code that a failed call ended with, such as `ForbiddenException`.
pub(crate) fn code<E: ProvideErrorMetadata>(error: &E) -> Option<&str> {
    error.code()
}
