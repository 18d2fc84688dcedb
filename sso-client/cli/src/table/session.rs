//! What no model says of the operations: which members a signed-in session has values for.

/// Where a session's value for an input member comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The access token in the cache.
    Token,
    /// `sso_account_id` of the profile.
    Account,
    /// `sso_role_name` of the profile.
    Role,
}

/// The members, by their names in the model, in any operation that has them.
pub(crate) const FILLED: &[(&str, Source)] =
    &[("accessToken", Source::Token), ("accountId", Source::Account), ("roleName", Source::Role)];

/// The command that is the session's where no token is given, since a session has more to forget than a token.
pub(crate) const LOGOUT: &str = "logout";

/// Where the value of a member comes from, if a session has one.
pub(crate) fn source(member: &str) -> Option<Source> {
    FILLED.iter().find(|(name, _)| *name == member).map(|(_, source)| *source)
}
