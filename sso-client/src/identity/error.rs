//! What goes wrong with sessions, tokens, login and role credentials.

use std::error::Error;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::error::{BoxError, ProvideErrorMetadata as _, SdkError};
use crate::runtime::base::Escaped;
use crate::runtime::error::{MAX_SHOWN_CHARS, OneLine, OperationError, Truncated};

/// What kind of thing is wrong.
///
/// ```
/// use sso_client::identity::{IdentityErrorKind, SsoSession};
///
/// let error = SsoSession::builder().region("eu-west-1").build().expect_err("there is no start URL");
/// assert_eq!(error.kind(), IdentityErrorKind::MissingSetting);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IdentityErrorKind {
    /// The environment or a file cannot be read, or has a setting that cannot be used.
    Configuration,
    /// There is no such profile.
    ProfileNotFound,
    /// The profile is there, and is of another kind: it has no setting of SSO.
    NotSsoProfile,
    /// There is no such `[sso-session]` section.
    SessionNotFound,
    /// A setting is missing.
    MissingSetting,
    /// A setting has a value that it cannot have.
    InvalidSetting,
    /// Profile and session disagree.
    Conflict,
    /// The profile names neither account nor role: it has a token, and no role credentials.
    TokenOnly,
    /// Nobody has signed in.
    NotSignedIn,
    /// The token has expired and cannot be refreshed, or the service does not accept it any more.
    SignInAgain,
    /// The token has expired, and refreshing it failed for a reason that may pass.
    RefreshFailed,
    /// A file of the cache is torn, foreign or cannot be read.
    CacheFile,
    /// A file of the cache cannot be written, or its folder not be made.
    CacheWrite,
    /// Another process holds the lock for too long.
    Locked,
    /// The role is not assigned to the user.
    Forbidden,
    /// A call to the service failed.
    Service,
    /// A response lacks a part that it has to have.
    IncompleteResponse,
    /// The user declined the sign-in, or the browser came back with an error.
    LoginDenied,
    /// Nobody finished the sign-in in time.
    LoginTimeout,
    /// The listener for the browser's answer cannot be opened.
    Listener,
    /// The start URL leads nowhere.
    StartUrl,
}

/// What went wrong. Printed, it is one line: what is wrong, the cause, and the command that mends it.
///
/// It holds no secret.
///
/// ```
/// use sso_client::identity::{IdentityErrorKind, SsoSession};
///
/// let config = "[profile dev]\nsso_start_url = https://d-abc123.awsapps.com/start\nsso_region = eu-west-1\n\
///               sso_account_id = 111122223333\n";
/// let loader = SsoSession::loader().profile_name("dev").env([("HOME", "/home/me")]).fs(move |path| {
///     if path.ends_with("config") { Ok(config.into()) } else { Err(std::io::ErrorKind::NotFound.into()) }
/// });
/// let error = loader.load().expect_err("there is no role");
/// assert_eq!(
///     error.to_string(),
///     "/home/me/.aws/config:4: the profile \"dev\" has sso_account_id and no sso_role_name: set both or neither"
/// );
/// assert_eq!((error.kind(), error.key()), (IdentityErrorKind::MissingSetting, Some("sso_role_name")));
/// assert_eq!((error.file().and_then(|file| file.to_str()), error.line()), (Some("/home/me/.aws/config"), Some(4)));
/// assert!(error.to_string().ends_with(error.message()) && error.command().is_none());
/// // Of calls of the service:
/// assert!(error.code().is_none() && error.roles().is_empty() && !error.is_sign_in_needed());
/// ```
pub struct IdentityError(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: IdentityErrorKind,
    message: String,
    file: Option<PathBuf>,
    line: Option<usize>,
    key: Option<String>,
    command: Option<String>,
    code: Option<String>,
    roles: Vec<String>,
    source: Option<BoxError>,
}

impl IdentityError {
    /// An error with a message, which may have texts of servers and browsers: it becomes one line of bounded length.
    pub(crate) fn new(kind: IdentityErrorKind, message: impl fmt::Display) -> Self {
        Self(Box::new(Inner {
            kind,
            message: OneLine(message).to_string(),
            file: None,
            line: None,
            key: None,
            command: None,
            code: None,
            roles: Vec::new(),
            source: None,
        }))
    }

    /// A failed call: its message is that of the call.
    pub(crate) fn call<E: OperationError>(kind: IdentityErrorKind, what: &str, error: SdkError<E>) -> Self {
        let code = error.code().map(str::to_owned);
        let mut made = Self::new(kind, what);
        if !what.is_empty() {
            made.0.message.push_str(": ");
        }
        // It tells its causes, in one line with limits of its own. The causes themselves have none.
        made.0.message.push_str(&error.to_string());
        made = made.with_source(error);
        made.0.code = code;
        made
    }

    pub(crate) fn at(mut self, file: impl Into<PathBuf>, line: Option<usize>, key: Option<&str>) -> Self {
        (self.0.file, self.0.line) = (Some(file.into()), line);
        self.0.key = key.map(str::to_owned).or(self.0.key);
        self
    }

    pub(crate) fn with_key(mut self, key: &str) -> Self {
        self.0.key = Some(key.to_owned());
        self
    }

    pub(crate) fn with_command(mut self, command: impl Into<String>) -> Self {
        self.0.command = Some(command.into());
        self
    }

    pub(crate) fn with_code(mut self, code: Option<String>) -> Self {
        self.0.code = code;
        self
    }

    pub(crate) fn with_roles(mut self, roles: Vec<String>) -> Self {
        self.0.roles = roles;
        self
    }

    pub(crate) fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// What kind of thing is wrong.
    pub fn kind(&self) -> IdentityErrorKind {
        self.0.kind
    }

    /// What is wrong, without the file and without the command.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The file that it is about.
    pub fn file(&self) -> Option<&Path> {
        self.0.file.as_deref()
    }

    /// The line in the file, counted from 1.
    pub fn line(&self) -> Option<usize> {
        self.0.line
    }

    /// The setting, environment variable or member that it is about.
    pub fn key(&self) -> Option<&str> {
        self.0.key.as_deref()
    }

    /// The command that mends it.
    pub fn command(&self) -> Option<&str> {
        self.0.command.as_deref()
    }

    /// The error code that the service answered with, such as `InvalidGrantException`.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The roles that the account does have, where the one that was asked for is not assigned.
    pub fn roles(&self) -> &[String] {
        &self.0.roles
    }

    /// Whether signing in mends it.
    pub fn is_sign_in_needed(&self) -> bool {
        matches!(self.0.kind, IdentityErrorKind::NotSignedIn | IdentityErrorKind::SignInAgain)
    }
}

impl fmt::Display for IdentityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { file, line, key, message, command, .. } = &*self.0;
        match (file, line) {
            (Some(file), Some(line)) => write!(f, "{}:{line}: ", Escaped(file.display()))?,
            (Some(file), None) => write!(f, "{}: ", Escaped(file.display()))?,
            (None, _) => {}
        }
        if let Some(key) = key.as_ref().filter(|key| !message.contains(*key)) {
            write!(f, "{key}: ")?;
        }
        f.write_str(message)?;
        match command {
            Some(command) => write!(f, "; run: {command}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for IdentityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { kind, file, line, key, command, code, .. } = &*self.0;
        f.debug_struct("IdentityError")
            .field("kind", kind)
            .field("message", &self.0.message)
            .field("file", file)
            .field("line", line)
            .field("key", key)
            .field("command", command)
            .field("code", &Truncated(code, MAX_SHOWN_CHARS))
            .finish_non_exhaustive()
    }
}

impl Error for IdentityError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source.as_ref().map(|source| &**source as &(dyn Error + 'static))
    }
}
