//! Files of every kind in the caches: as this crate writes them, and as botocore and the AWS CLI v2 do. Where there is
//! a botocore, it reads what this crate writes, and this crate what it writes.

use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use sso_client::identity::{Flow, LoginOptions};
use sso_client::runtime::test_util::FakeClock;
use sso_client::test_util::{OidcBehavior, Portal};

use super::common::{Home, Script, at, block_on, scripted};
use super::login::{get, parameter, sign_in};

const CONFIG: &str = "\
[profile dev]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Admin
region = eu-west-1
[sso-session corp]
sso_start_url = https://d-abc123.awsapps.com/start
sso_region = eu-west-1
";

/// What a program of Python prints as JSON, or none where there is no botocore.
fn python(home: &Home, portal: &Portal, program: &str) -> Option<Value> {
    let installed = Command::new("python3").args(["-c", "import botocore"]).output().ok()?;
    if !installed.status.success() {
        println!("skipped: there is no botocore");
        return None;
    }
    let output = Command::new("python3")
        .args(["-c", program])
        .env("HOME", home.dir.path())
        .env("AWS_PROFILE", "dev")
        .env("AWS_ENDPOINT_URL", portal.endpoint_url())
        .output()
        .expect("a process");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).expect("JSON"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn logins_and_refreshes_serve_each_other() {
    let home = Home::new(CONFIG);
    let mut behavior = OidcBehavior::default();
    behavior.pending = 0;
    behavior.token_lifetime = Duration::from_secs(1200);
    let portal = Portal::builder().account("111122223333", "dev", "d@example.com", ["Admin", "Reader"]).oidc(behavior);
    let portal = portal.start().await.expect("started");
    let endpoint = portal.endpoint_url();
    let loader = home.loader().profile_name("dev");
    let session = loader.configure(move |config| config.endpoint_url(endpoint.clone())).load().expect("a session");
    session.login(&LoginOptions::new().flow(Flow::DeviceCode), |_| {}).await.expect("signed in");

    // botocore takes our token, and gets credentials by it.
    let keys = "import json, botocore.session\nc = botocore.session.Session().get_credentials().get_frozen_credentials()\n\
                print(json.dumps([c.access_key, c.secret_key, c.token]))";
    let Some(found) = tokio::task::block_in_place(|| python(&home, &portal, keys)) else { return };
    assert_eq!(found, json!(["ASIAEXAMPLE", "secret-of-Admin", "session-of-111122223333"]));

    // It refreshes our token, and this crate takes what it wrote.
    let location = session.token_location();
    let mut token: Value = serde_json::from_slice(&std::fs::read(&location).expect("a file")).expect("JSON");
    let old = token["accessToken"].take();
    token["accessToken"] = old.clone();
    token["expiresAt"] = "2020-01-01T00:00:00Z".into();
    std::fs::write(&location, token.to_string()).expect("written");
    let refresh = "import json, botocore.session\nfrom botocore.tokens import SSOTokenProvider\n\
                   t = SSOTokenProvider(botocore.session.Session()).load_token().get_frozen_token()\n\
                   print(json.dumps(t.token))";
    let theirs = tokio::task::block_in_place(|| python(&home, &portal, refresh)).expect("a token");
    assert_ne!(theirs, old);
    assert_eq!(theirs, session.token().await.expect("their token").secret());

    // It reads the role credentials and the registration that we cached, under the names that it forms.
    session.credentials().await.expect("credentials");
    let caches = r#"
import json, os
from botocore.credentials import SSOCredentialFetcher, JSONFileCache
home = os.path.expanduser('~/.aws')
roles = JSONFileCache(os.path.join(home, 'cli', 'cache'))
f = SSOCredentialFetcher('https://d-abc123.awsapps.com/start', 'eu-west-1', 'Admin', '111122223333', None,
                         cache=roles, sso_session_name='corp')
cached = f._load_from_cache()
tokens = JSONFileCache(os.path.join(home, 'sso', 'cache'))
names = sorted(n for n in os.listdir(os.path.join(home, 'sso', 'cache')) if n.endswith('.json'))
print(json.dumps([cached['ProviderType'], cached['Credentials']['AccessKeyId'], len(names)]))
"#;
    let found = tokio::task::block_in_place(|| python(&home, &portal, caches)).expect("caches");
    assert_eq!(found, json!(["sso", "ASIAEXAMPLE", 2]));

    // This crate reads the role credentials that it caches.
    let write = r#"
import json, os, botocore.session
from botocore.credentials import SSOCredentialFetcher, JSONFileCache
from botocore.tokens import SSOTokenProvider
s = botocore.session.Session()
f = SSOCredentialFetcher('https://d-abc123.awsapps.com/start', 'eu-west-1', 'Reader', '111122223333',
                         s.create_client, cache=JSONFileCache(os.path.expanduser('~/.aws/cli/cache')),
                         token_provider=SSOTokenProvider(s), sso_session_name='corp')
f.fetch_credentials()
print(json.dumps(1))
"#;
    tokio::task::block_in_place(|| python(&home, &portal, write)).expect("cached");
    let before = portal.requests().len();
    let found = session.role_credentials("111122223333", "Reader").await.expect("credentials");
    assert_eq!((found.secret_access_key(), portal.requests().len()), ("secret-of-Reader", before));
}

/// Below the SHA-1 of the session's name, of what the AWS CLI v2 hashes for a registration of either flow, and of
/// account and role.
const TOKEN: &str = ".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json";
const REGISTRATION: &str = ".aws/sso/cache/f8727dbc9c0adb602abd3ca2dd489435f1f45ec5.json";
const ROLE: &str = ".aws/cli/cache/0cdbf32b99792a73981dd3f142bc63ab50240b44.json";

const NOW: &str = "2026-01-01T00:00:00Z";

fn answers() -> [Value; 5] {
    let registered =
        json!({ "clientId": "CLIENT", "clientSecret": "CLIENT-SECRET", "clientSecretExpiresAt": 1_774_483_200 });
    let started = json!({
        "deviceCode": "DEVICE", "userCode": "AB-CD", "verificationUri": "https://v", "expiresIn": 600, "interval": 1,
    });
    let token = json!({ "accessToken": "TOKEN", "refreshToken": "REFRESH", "expiresIn": 3600, "tokenType": "Bearer" });
    let role = json!({ "roleCredentials": {
        "accessKeyId": "ASIA", "secretAccessKey": "SECRET", "sessionToken": "SESSION", "expiration": 1_767_229_200_123_u64,
    } });
    [registered, started, token, role, json!({})].map(|response| json!({ "response": response }))
}

#[test]
fn what_a_session_leaves_is_as_other_tools_write_it() {
    let home = Home::new(CONFIG);
    let clock = FakeClock::at(at(NOW));
    let script = Script::new(answers());
    let session = scripted(home.loader().profile_name("dev"), &script, &clock).load().expect("a session");
    block_on(session.login(&LoginOptions::new().flow(Flow::DeviceCode), |_| {})).expect("signed in");
    block_on(session.credentials()).expect("credentials");
    for (path, wanted) in [
        (
            TOKEN,
            json!({
                "startUrl": "https://d-abc123.awsapps.com/start", "region": "eu-west-1", "accessToken": "TOKEN",
                "expiresAt": "2026-01-01T01:00:01Z", "clientId": "CLIENT", "clientSecret": "CLIENT-SECRET",
                "registrationExpiresAt": "2026-03-26T00:00:00Z", "refreshToken": "REFRESH",
            }),
        ),
        (
            REGISTRATION,
            json!({
                "clientId": "CLIENT", "clientSecret": "CLIENT-SECRET", "expiresAt": "2026-03-26T00:00:00Z",
                "scopes": ["sso:account:access"],
            }),
        ),
        (
            ROLE,
            json!({ "ProviderType": "sso", "Credentials": {
                "AccessKeyId": "ASIA", "SecretAccessKey": "SECRET", "SessionToken": "SESSION",
                "Expiration": "2026-01-01T01:00:00Z", "AccountId": "111122223333",
            } }),
        ),
    ] {
        assert_eq!(home.json(path), Some(wanted), "{path}");
        if cfg!(unix) {
            assert_eq!(super::common::mode(&home.path(path)), Some(0o600), "{path}");
        }
    }
}

#[test]
fn what_other_tools_wrote_is_read() {
    let home = Home::new(CONFIG);
    let clock = FakeClock::at(at(NOW));
    // A login of the AWS CLI v2 by REGISTRATION, after which an older botocore cached the credentials.
    home.put(
        REGISTRATION,
        "{\"clientId\": \"THEIR-CLIENT\", \"clientSecret\": \"THEIR-SECRET\", \"expiresAt\": \"2026-03-01T00:00:00Z\", \
         \"scopes\": [\"sso:account:access\"], \"grantTypes\": [\"authorization_code\", \"refresh_token\"]}",
    );
    home.put(
        TOKEN,
        "{\"startUrl\": \"https://d-abc123.awsapps.com/start\", \"region\": \"eu-west-1\", \"accessToken\": \"THEIR-TOKEN\", \
         \"expiresAt\": \"2026-01-01T00:04:00Z\", \"clientId\": \"THEIR-CLIENT\", \"clientSecret\": \"THEIR-SECRET\", \
         \"registrationExpiresAt\": \"2026-03-01T00:00:00Z\", \"refreshToken\": \"THEIR-REFRESH\"}",
    );
    home.put(
        ROLE,
        "{\"Credentials\": {\"AccessKeyId\": \"AKID\", \"SecretAccessKey\": \"S\", \"SessionToken\": \"T\", \
         \"Expiration\": \"2026-01-01T06:00:00UTC\"}}",
    );
    let script = Script::new([json!({ "response": { "accessToken": "NEW", "expiresIn": 3600 } })]);
    let session = scripted(home.loader().profile_name("dev"), &script, &clock).load().expect("a session");
    let found = block_on(session.credentials()).expect("credentials");
    assert_eq!((found.access_key_id(), found.expiration(), script.count()), ("AKID", at("2026-01-01T06:00:00Z"), 0));
    assert_eq!(block_on(session.token()).expect("refreshed").secret(), "NEW");
    assert_eq!(script.requests()[0].body["refreshToken"], "THEIR-REFRESH");
    assert_eq!(home.json(TOKEN).expect("a token")["refreshToken"], "THEIR-REFRESH", "an answer without one keeps it");

    // The registration serves our login by the same flow.
    let script = Script::new([json!({ "response": { "accessToken": "BY-US", "expiresIn": 3600 } })]);
    let session = scripted(home.loader().profile_name("dev"), &script, &clock).load().expect("a session");
    let (login, ()) = block_on(sign_in(&session, LoginOptions::new().force(true), |url, port| async move {
        assert!(url.contains("client_id=THEIR-CLIENT"), "{url}");
        let target = format!("/oauth/callback?code=C&state={}", parameter(&url, "state"));
        get(port, &target, &format!("127.0.0.1:{port}")).await;
    }));
    login.expect("signed in");
    assert_eq!((script.count(), &script.requests()[0].body["clientSecret"]), (1, &json!("THEIR-SECRET")));
}
