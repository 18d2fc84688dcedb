//! botocore reads what this crate writes, and this crate what botocore writes; where there is a botocore.

use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use sso_client::identity::{Flow, LoginOptions};
use sso_client::test_util::{OidcBehavior, Portal};

use super::common::Home;

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
