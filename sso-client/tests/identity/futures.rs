//! Futures are `Send + Sync`, and so are the types.

use sso_client::identity::{
    AccessToken, IdentityError, LoginEvent, LoginOptions, RoleCredentials, Roles, SessionClient, SsoSession,
};

fn shared<T: Send + Sync>(_: T) {}

#[expect(dead_code, reason = "it compiles")]
fn all(session: &'static SsoSession, options: &'static LoginOptions, roles: &'static mut Roles) {
    shared(session.token());
    shared(session.refresh());
    shared(session.status());
    shared(session.credentials());
    shared(session.role_credentials("a", "r"));
    shared(session.login(options, |_| {}));
    shared(session.logout());
    shared(session.client());
    shared(roles.try_next());
    shared(SsoSession::loader().logout_all());
    fn types<T: Send + Sync + 'static>() {}
    types::<(SsoSession, AccessToken, IdentityError)>();
    types::<(LoginEvent, RoleCredentials, Roles, SessionClient)>();
}
