//! Every account and role of a session, as one stream.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use tokio::task::JoinSet;

use super::credentials::is_unauthorized;
use crate::error::{ProvideErrorMetadata, SdkError};
use crate::identity::token::AccessToken;
use crate::identity::{IdentityError, IdentityErrorKind as Kind, SsoSession};
use crate::runtime::config::retry::RetryConfig;
use crate::runtime::error::OperationError;
use crate::types::AccountInfo;

/// How many calls are on the way at once.
const CONCURRENCY: usize = 16;

/// How often a call is made that is throttled each time.
const MAX_THROTTLED: u32 = 10;

/// A role in an account. Roles are ordered by account, then name.
///
/// ```
/// use std::collections::BTreeMap;
///
/// use sso_client::identity::Role;
///
/// /// How many roles there are in each account.
/// fn count(roles: &[Role]) -> BTreeMap<&str, usize> {
///     let mut counts = BTreeMap::new();
///     for role in roles {
///         *counts.entry(role.account_id.as_str()).or_default() += 1;
///     }
///     counts
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Role {
    /// The account's id.
    pub account_id: String,
    /// The role's name.
    pub role_name: String,
    /// The account's name.
    pub account_name: Option<String>,
    /// The e-mail address of the account.
    pub email_address: Option<String>,
}

/// Every role of every account that is assigned to the user, as a stream; see [`SsoSession::roles`].
///
/// Dropped, it makes no further call.
///
/// ```
/// use sso_client::identity::{IdentityError, SsoSession};
///
/// # async fn run(session: SsoSession) -> Result<(), IdentityError> {
/// // In order, at most four calls at once; the first failure ends it.
/// let all = session.roles().sorted().concurrency(4).try_collect().await?;
/// println!("{} roles", all.len());
///
/// // As they come; an account that fails is told, and the others go on.
/// let mut roles = session.roles();
/// while let Some(role) = roles.next().await {
///     match role {
///         Ok(role) => println!("{} {}", role.account_id, role.role_name),
///         Err(error) => eprintln!("{error}"),
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "a stream does nothing until it is polled"]
pub struct Roles {
    session: SsoSession,
    concurrency: usize,
    sorted: bool,
    state: State,
    ready: VecDeque<Result<Role, IdentityError>>,
    tasks: JoinSet<Done>,
    accounts: VecDeque<AccountInfo>,
    /// What waits for its turn, where the order counts.
    held: Vec<Result<Role, IdentityError>>,
}

#[derive(PartialEq)]
enum State {
    Idle,
    Running,
    Ended,
}

/// What a task ended with.
enum Done {
    Accounts(Vec<AccountInfo>, Option<Box<(Arc<AccessToken>, String)>>),
    Roles(Vec<Role>),
    Failed(IdentityError),
}

impl SsoSession {
    /// All roles of all accounts that are assigned to the user.
    ///
    /// Calls are made side by side, as fast as the portal allows: its limits are learned from what it throttles. An
    /// account whose roles cannot be listed is one error in the stream, which goes on.
    ///
    /// ```
    /// use sso_client::identity::SsoSession;
    ///
    /// # async fn list(session: SsoSession) -> Result<(), sso_client::identity::IdentityError> {
    /// let mut roles = session.roles();
    /// while let Some(role) = roles.try_next().await? {
    ///     println!("{} {}", role.account_id, role.role_name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn roles(&self) -> Roles {
        Roles {
            session: self.clone(),
            concurrency: CONCURRENCY,
            sorted: false,
            state: State::Idle,
            ready: VecDeque::new(),
            tasks: JoinSet::new(),
            accounts: VecDeque::new(),
            held: Vec::new(),
        }
    }
}

impl Roles {
    /// Orders them by account, then role: nothing comes before all of it is known.
    pub fn sorted(mut self) -> Self {
        self.sorted = true;
        self
    }

    /// Makes at most so many calls at once; 16 by default.
    pub fn concurrency(mut self, calls: usize) -> Self {
        self.concurrency = calls.max(1);
        self
    }

    /// The next role, or why the roles of an account, or the accounts, cannot be listed.
    pub async fn next(&mut self) -> Option<Result<Role, IdentityError>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// The next role.
    ///
    /// # Errors
    ///
    /// What [`next`](Self::next) gives; the stream can be asked further.
    pub async fn try_next(&mut self) -> Result<Option<Role>, IdentityError> {
        self.next().await.transpose()
    }

    /// All that is left, or the first error.
    ///
    /// # Errors
    ///
    /// The first that comes.
    pub async fn try_collect(mut self) -> Result<Vec<Role>, IdentityError> {
        let mut all = Vec::new();
        while let Some(role) = self.try_next().await? {
            all.push(role);
        }
        Ok(all)
    }

    fn add(&mut self, item: Result<Role, IdentityError>) {
        if self.sorted { self.held.push(item) } else { self.ready.push_back(item) }
    }

    fn done(&mut self, done: Done) {
        match done {
            Done::Accounts(accounts, next) => {
                self.accounts.extend(accounts);
                if let Some(next) = next {
                    let session = self.session.clone();
                    self.tasks.spawn(async move { session.accounts_page(Some(next.1)).await });
                }
            }
            Done::Roles(roles) => roles.into_iter().for_each(|role| self.add(Ok(role))),
            Done::Failed(error) => self.add(Err(error)),
        }
        while self.tasks.len() < self.concurrency {
            let Some(account) = self.accounts.pop_front() else { break };
            let session = self.session.clone();
            self.tasks.spawn(async move { session.roles_of(account).await });
        }
    }
}

impl Stream for Roles {
    type Item = Result<Role, IdentityError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if this.state == State::Idle {
            if tokio::runtime::Handle::try_current().is_err() {
                this.state = State::Ended;
                let message = "roles have to be asked for inside of a Tokio runtime that has I/O and timers";
                return Poll::Ready(Some(Err(IdentityError::new(Kind::Service, message))));
            }
            this.state = State::Running;
            let session = this.session.clone();
            this.tasks.spawn(async move { session.accounts_page(None).await });
        }
        loop {
            if let Some(item) = this.ready.pop_front() {
                return Poll::Ready(Some(item));
            }
            if this.state == State::Ended {
                return Poll::Ready(None);
            }
            match this.tasks.poll_join_next(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Some(Ok(done))) => this.done(done),
                Poll::Ready(Some(Err(failed))) => {
                    let error = IdentityError::new(Kind::Service, format!("a call was not finished: {failed}"));
                    this.done(Done::Failed(error));
                }
                Poll::Ready(None) => {
                    this.state = State::Ended;
                    // Errors first, which concern accounts as a whole.
                    this.held.sort_by(|a, b| match (a, b) {
                        (Ok(a), Ok(b)) => a.cmp(b),
                        (a, b) => a.is_ok().cmp(&b.is_ok()),
                    });
                    this.ready.extend(std::mem::take(&mut this.held));
                }
            }
        }
    }
}

impl fmt::Debug for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Roles").field("session", &self.session).finish_non_exhaustive()
    }
}

impl SsoSession {
    /// A page of accounts.
    async fn accounts_page(&self, next_token: Option<String>) -> Done {
        let page = self.limited("the accounts cannot be listed", |token| {
            let call = self.portal_for(token).list_accounts().max_results(100).set_next_token(next_token.clone());
            let call = call.access_token(token.secret()).customize().config_override(one_attempt());
            async move { call.send().await }
        });
        match page.await {
            Ok((mut page, token)) => {
                let next = page.next_token.take().filter(|next| !next.is_empty());
                // A token that leads to itself would never end.
                let next = next.filter(|next| Some(next) != next_token.as_ref());
                Done::Accounts(page.account_list.unwrap_or_default(), next.map(|next| Box::new((token, next))))
            }
            Err(error) => Done::Failed(error),
        }
    }

    /// The roles of an account, all pages of them.
    async fn roles_of(&self, account: AccountInfo) -> Done {
        let account_id = account.account_id.unwrap_or_default();
        let what = format!("the roles of account {account_id} cannot be listed");
        let mut roles = Vec::new();
        let mut next_token: Option<String> = None;
        loop {
            let page = self.limited(&what, |token| {
                let call = self.portal_for(token).list_account_roles().account_id(&account_id).max_results(100);
                let call = call.set_next_token(next_token.clone()).access_token(token.secret());
                let call = call.customize().config_override(one_attempt());
                async move { call.send().await }
            });
            let page = match page.await {
                Ok((page, _)) => page,
                Err(error) => return Done::Failed(error),
            };
            roles.extend(page.role_list.unwrap_or_default().into_iter().filter_map(|role| {
                Some(Role {
                    account_id: account_id.clone(),
                    role_name: role.role_name?,
                    account_name: account.account_name.clone(),
                    email_address: account.email_address.clone(),
                })
            }));
            let next = page.next_token.filter(|next| !next.is_empty() && Some(next) != next_token.as_ref());
            match next {
                Some(next) => next_token = Some(next),
                None => return Done::Roles(roles),
            }
        }
    }

    /// Makes a call when the limits allow it, again when it was throttled, and once more with a new token when that
    /// was refused.
    async fn limited<O, E, F>(
        &self,
        what: &str,
        call: impl Fn(&AccessToken) -> F,
    ) -> Result<(O, Arc<AccessToken>), IdentityError>
    where
        E: OperationError,
        F: Future<Output = Result<O, SdkError<E>>>,
    {
        let mut token = Arc::new(self.token().await?);
        let (mut throttled, mut failed, mut refreshed) = (0, 0, false);
        loop {
            self.inner.limiter.acquire().await;
            let error = match call(&token).await {
                Ok(output) => {
                    self.inner.limiter.served();
                    return Ok((output, token));
                }
                Err(error) => error,
            };
            let status = error.status().map_or(0, |status| status.as_u16());
            if (status == 429 || error.code() == Some("TooManyRequestsException")) && throttled < MAX_THROTTLED {
                throttled += 1;
                self.inner.limiter.throttled(retry_after(&error));
            } else if is_unauthorized(&error) {
                if refreshed {
                    return Err(self.unauthorized(error));
                }
                refreshed = true;
                token = Arc::new(self.token_instead_of(&token).await?);
            } else if error.is_retryable() && failed < 2 {
                failed += 1;
                self.sleep(Duration::from_millis(100 << failed)).await;
            } else {
                return Err(self.call_failed(what, error));
            }
        }
    }
}

/// Retries are made here, where the limits are known.
fn one_attempt() -> crate::config::Builder {
    crate::Config::builder().retry_config(RetryConfig::disabled())
}

/// `x-amz-retry-after`, in milliseconds.
fn retry_after<E>(error: &SdkError<E>) -> Option<Duration> {
    let header = error.raw_response()?.headers().get("x-amz-retry-after")?;
    header.trim().parse().ok().map(Duration::from_millis)
}
