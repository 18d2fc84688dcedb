//! The same for programs without an asynchronous runtime.

use serde_json::json;
use sso_client::blocking::BlockingCall as _;
use sso_client::identity::{Flow, IdentityErrorKind, LoginOptions};
use sso_client::test_util::{OidcBehavior, Portal};

use super::common::{Home, block_on};

const CONFIG: &str = "\
[profile dev]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Admin
[sso-session corp]
sso_start_url = https://d-abc123.awsapps.com/start
sso_region = eu-west-1
";

#[test]
fn a_whole_session_without_a_runtime() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    let mut behavior = OidcBehavior::default();
    behavior.pending = 0;
    let portal = Portal::builder().account("111122223333", "dev", "d@example.com", ["Admin", "Reader"]).oidc(behavior);
    let portal = runtime.block_on(portal.start()).expect("started");
    let home = Home::new(CONFIG);
    let endpoint = portal.endpoint_url();
    let loader = home.loader().profile_name("dev");
    let session = loader.configure(move |config| config.endpoint_url(endpoint.clone())).load().expect("a session");
    let blocking = session.blocking();
    assert!(blocking.status().expect("no file is no error").is_none());
    let login = blocking.login(&LoginOptions::new().flow(Flow::DeviceCode), |_| {}).expect("signed in");
    assert_eq!(login.flow, Some(Flow::DeviceCode));
    let before = blocking.token().expect("a token");
    assert_ne!(blocking.refresh().expect("refreshed").secret(), before.secret());
    assert_eq!(blocking.credentials().expect("credentials").role_name(), "Admin");
    assert_eq!(blocking.role_credentials("111122223333", "Reader").expect("credentials").role_name(), "Reader");
    let roles: Vec<_> = blocking.roles().expect("roles").into_iter().map(|role| role.role_name).collect();
    assert_eq!(roles, ["Admin", "Reader"]);

    // The token is refused once: the client refreshes it, and sends the request again.
    let client = blocking.client().expect("a client");
    let token = json!({ "accessToken": "gone", "expiresAt": "2099-01-01T00:00:00Z" });
    let stored = home.json(&session.token_location().replace(&home.dir.path().display().to_string(), "/home"));
    let mut stored = stored.expect("a token");
    stored["accessToken"] = token["accessToken"].clone();
    std::fs::write(session.token_location(), stored.to_string()).expect("written");
    for _ in 0..2 {
        assert_eq!(client.list_accounts().send().expect("accounts").account_list().len(), 1);
    }
    assert!(blocking.logout().expect("signed out").was_signed_in);
    assert!(blocking.status().expect("no file is no error").is_none());

    let error = block_on(async { session.blocking().token().expect_err("inside of a runtime") });
    assert_eq!(error.kind(), IdentityErrorKind::Service);
    assert!(error.to_string().contains("inside of an asynchronous runtime"), "{error}");
}
