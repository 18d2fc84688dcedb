//! What the AWS SDK asks a session for: credentials of a role, and bearer tokens.

use std::error::Error;
use std::time::Duration;

use aws_credential_types::attributes::AccountId;
use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::{CredentialsError, TokenError};
use aws_credential_types::provider::token::ProvideToken;
use aws_types::SdkConfig;
use aws_types::region::Region;
use serde_json::json;
use sso_client::identity::{IdentityError, IdentityErrorKind, SsoSession};
use sso_client::test_util::Portal;

use super::common::Home;

const CONFIG: &str = "\
[profile dev]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Admin
[profile token]
sso_session = corp
[sso-session corp]
sso_start_url = https://d-abc123.awsapps.com/start
sso_region = eu-west-1
";

async fn portal() -> Portal {
    let portal = Portal::builder().account("111122223333", "dev", "d@example.com", ["Admin", "Reader"]);
    portal.start().await.expect("started")
}

fn session(home: &Home, portal: &Portal, profile: &str) -> SsoSession {
    let endpoint = portal.endpoint_url();
    let loader = home.loader().profile_name(profile);
    loader.configure(move |config| config.endpoint_url(endpoint.clone())).load().expect("a session")
}

fn sign_in(home: &Home, portal: &Portal, session: &SsoSession, expires: &str) -> String {
    let issued = portal.issue_token();
    home.put(".aws/sso/cache/x", "");
    let token = json!({ "accessToken": issued.access_token, "expiresAt": expires });
    std::fs::write(session.token_location(), token.to_string()).expect("written");
    issued.access_token
}

/// What a provider's error was made of.
fn cause<'e>(error: &'e (dyn Error + 'static)) -> &'e IdentityError {
    error.source().and_then(|source| source.downcast_ref()).expect("an error of the session")
}

#[tokio::test]
async fn credentials_of_a_profile_and_of_any_role() {
    let (home, portal) = (Home::new(CONFIG), portal().await);
    let session = session(&home, &portal, "dev");
    let token = sign_in(&home, &portal, &session, "2099-01-01T00:00:00Z");
    for (provider, secret) in [
        (&session as &dyn ProvideCredentials, "secret-of-Admin"),
        (&session.credentials_provider("111122223333", "Reader"), "secret-of-Reader"),
    ] {
        let found = provider.provide_credentials().await.expect("credentials");
        assert_eq!((found.access_key_id(), found.secret_access_key()), ("ASIAEXAMPLE", secret));
        assert_eq!(found.session_token(), Some("session-of-111122223333"));
        assert_eq!(found.account_id().map(AccountId::as_str), Some("111122223333"));
        assert!(found.expiry().is_some_and(|at| at > std::time::SystemTime::now() + Duration::from_secs(60)));
        assert!(!format!("{provider:?} {found:?}").contains("secret-of"));
    }
    let found = session.provide_token().await.expect("a token");
    assert_eq!(found.token(), token);
    assert_eq!(found.expiration(), Some(super::common::at("2099-01-01T00:00:00Z")));
    assert!(!format!("{found:?}").contains(&token));
    let calls = portal.requests().len();
    session.provide_credentials().await.expect("from the cache");
    assert_eq!(portal.requests().len(), calls);
}

/// A chain goes on to its next provider where nobody has signed in, and stops at what is wrong.
#[tokio::test]
async fn failures_tell_a_chain_what_to_do() {
    let (home, portal) = (Home::new(CONFIG), portal().await);
    let dev = session(&home, &portal, "dev");
    let error = dev.provide_credentials().await.expect_err("nobody has signed in");
    assert!(matches!(error, CredentialsError::CredentialsNotLoaded(_)), "{error:?}");
    assert_eq!(cause(&error).kind(), IdentityErrorKind::NotSignedIn);
    assert!(matches!(dev.provide_token().await, Err(TokenError::TokenNotLoaded(_))));

    sign_in(&home, &portal, &dev, "2020-01-01T00:00:00Z");
    let error = dev.provide_token().await.expect_err("it has expired");
    assert!(matches!(error, TokenError::TokenNotLoaded(_)), "{error:?}");
    assert_eq!(cause(&error).command(), Some("sso login --sso-session corp"));

    sign_in(&home, &portal, &dev, "2099-01-01T00:00:00Z");
    let error = dev.credentials_provider("111122223333", "Nobody").provide_credentials().await.expect_err("no role");
    assert!(matches!(error, CredentialsError::ProviderError(_)), "{error:?}");
    assert_eq!(cause(&error).roles(), ["Admin", "Reader"]);
    let error = session(&home, &portal, "token").provide_credentials().await.expect_err("no role is named");
    assert_eq!(cause(&error).kind(), IdentityErrorKind::TokenOnly);
}

#[tokio::test]
async fn a_session_with_the_settings_of_the_sdk() {
    let (home, portal) = (Home::new(""), portal().await);
    let sdk = SdkConfig::builder().region(Region::new("us-east-1")).endpoint_url(portal.endpoint_url()).build();
    let builder = SsoSession::builder().start_url("https://d-abc123.awsapps.com/start").region("eu-west-1");
    let session = builder.sdk_config(&sdk).env(home.variables.clone()).build().expect("a session");
    assert_eq!(session.config().region().map(AsRef::as_ref), Some("eu-west-1"), "the session's own region");
    sign_in(&home, &portal, &session, "2099-01-01T00:00:00Z");
    let found = session.role_credentials("111122223333", "Admin").await.expect("credentials");
    assert_eq!(found.secret_access_key(), "secret-of-Admin");
}
