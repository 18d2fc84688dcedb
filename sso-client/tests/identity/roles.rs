//! `role-credentials.json`, and what role credentials promise.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use sso_client::identity::{FileTokenStore, IdentityErrorKind, RoleCredentials};
use sso_client::runtime::test_util::FakeClock;

use super::common::{Home, Script, at, block_on, means, run, scripted};

fn check(case: &Value) -> Result<(), String> {
    let (given, want) = (&case["given"], &case["want"]);
    let mut home = Home::new(given["config"].as_str().unwrap_or_default());
    for (name, value) in given["env"].as_object().into_iter().flatten().filter(|(name, _)| *name != "HOME") {
        home.variables.insert(name.clone(), value.as_str().expect("text").to_owned());
    }
    for (path, text) in given["files"].as_object().into_iter().flatten() {
        home.put(path, text.as_str().expect("text"));
    }
    for (name, content) in given["role_cache"].as_object().into_iter().flatten() {
        home.put(&format!("~/.aws/cli/cache/{name}.json"), &content.to_string());
    }
    let mut answers = Vec::new();
    for call in given["calls"].as_array().or(given["http"].as_array()).into_iter().flatten() {
        answers.push(call.clone());
    }
    let calls = answers.clone();
    let script = Script::new(answers);
    let now = given["clock"].as_str().map_or_else(SystemTime::now, at);
    let clock = FakeClock::at(now);
    let mut loader = home.loader();
    if let Some(profile) = given["profile"].as_str() {
        loader = loader.profile_name(profile);
    }
    let file = &given["token_file"];
    if let Some(path) = file["path"].as_str() {
        let text = file["text"].as_str().map_or_else(|| file["content"].to_string(), str::to_owned);
        if path.starts_with('~') {
            home.put(path, &text);
        } else {
            home.put("own-token.json", &text);
            let store = FileTokenStore::new(home.path(".aws/sso/cache"), home.path(".aws/cli/cache"));
            loader = loader.token_store(store.token_file(home.path("own-token.json")));
        }
    }
    let session = match scripted(loader, &script, &clock).load() {
        Ok(session) => session,
        Err(error) => return means(&error, want["error"].as_str().unwrap_or("none")),
    };
    if case["when"] == "provide-token" {
        let token = block_on(session.token()).map_err(|error| error.to_string())?;
        let wanted = (&want["token"]["token"], want["token"]["expiration"].as_str().expect("a date"));
        return (*wanted.0 == token.secret() && token.expires_at() == at(wanted.1))
            .then_some(())
            .ok_or_else(|| format!("{token:?}"));
    }
    match (block_on(session.credentials()), want["error"].as_str()) {
        (Err(error), Some(wanted)) => {
            means(&error, wanted)?;
            if wanted.contains("names the expected file")
                && error
                    .file()
                    .is_none_or(|file| !file.ends_with(".aws/sso/cache/dace00cba5f8355ec9d274ceb2bcebdfbeed0e12.json"))
            {
                return Err(format!("{:?}", error.file()));
            }
        }
        (Ok(found), None) => same(&found, &want["credentials"])?,
        (found, wanted) => return Err(format!("{found:?} in place of {wanted:?}")),
    }
    let requests = script.requests();
    if requests.len() != calls.len() {
        return Err(format!("{} calls in place of {}", requests.len(), calls.len()));
    }
    for (request, call) in requests.iter().zip(&calls) {
        let token =
            call["input"]["accessToken"].as_str().or(call["request"]["headers"]["x-amz-sso_bearer_token"].as_str());
        if request.token.as_deref() != token {
            return Err("another token was sent".to_owned());
        }
        let sorted = |uri: &str| {
            let mut parts: Vec<String> = uri.split(['?', '&']).map(str::to_owned).collect();
            parts.sort();
            parts
        };
        if let Some(uri) = call["request"]["uri"].as_str() {
            if sorted(uri) != sorted(&request.uri) {
                return Err(format!("{} in place of {uri}", request.uri));
            }
        }
        for (member, name) in [("accountId", "account_id"), ("roleName", "role_name")] {
            let value = call["input"][member].as_str();
            if value.is_some_and(|value| !sorted(&request.uri).contains(&format!("{name}={value}"))) {
                return Err(format!("{member} is not in {}", request.uri));
            }
        }
    }
    Ok(())
}

fn same(found: &RoleCredentials, wanted: &Value) -> Result<(), String> {
    let expires = found.expiration().duration_since(UNIX_EPOCH).expect("after 1970");
    let shown = json!({
        "access_key_id": found.access_key_id(), "secret_access_key": found.secret_access_key(),
        "session_token": found.session_token(), "account_id": found.account_id(),
        "expiry": expires.as_secs(), "expiry_ms": u64::try_from(expires.as_millis()).expect("small"),
    });
    let mut wanted = wanted.as_object().expect("credentials").iter();
    wanted
        .find(|(key, value)| shown[key.as_str()] != **value)
        .map_or(Ok(()), |(key, value)| Err(format!("{key} is not {value}")))
}

#[test]
fn cases_of_role_credentials() {
    run("role-credentials", &[], check);
}

const CONFIG: &str = "\
[profile dev]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Admin
[sso-session corp]
sso_start_url = https://d-abc123.awsapps.com/start
sso_region = eu-west-1
[sso-session other]
sso_start_url = https://d-abc123.awsapps.com/start
sso_region = eu-west-1
";

const NOW: &str = "2026-01-01T00:00:00Z";

/// A home with a token of `corp` that is valid and can be refreshed.
fn signed_in(home: &Home, name: &str, clock: &FakeClock) {
    let session = home.loader().session_name(name).load().expect("a session");
    let _ = clock;
    let token = json!({
        "accessToken": format!("token-{name}"), "expiresAt": "2026-01-01T08:00:00Z", "clientId": "i",
        "clientSecret": "s", "refreshToken": "r", "registrationExpiresAt": "2027-01-01T00:00:00Z",
    });
    home.put(".aws/sso/cache/x", "");
    std::fs::write(session.token_location(), token.to_string()).expect("written");
}

fn credentials(minutes: u64) -> Value {
    let expires = at(NOW) + Duration::from_secs(60 * minutes);
    let millis = u64::try_from(expires.duration_since(UNIX_EPOCH).expect("after 1970").as_millis()).expect("small");
    json!({ "roleCredentials": {
        "accessKeyId": "ASIA", "secretAccessKey": "SECRET-KEY", "sessionToken": "SESSION", "expiration": millis,
    } })
}

#[test]
fn credentials_are_cached_while_enough_is_left() {
    let home = Home::new(CONFIG);
    let clock = FakeClock::at(at(NOW));
    signed_in(&home, "corp", &clock);
    let script = Script::new([credentials(60)]);
    let load = || scripted(home.loader().profile_name("dev"), &script, &clock).load().expect("a session");
    for _ in 0..3 {
        let found = block_on(load().credentials()).expect("credentials");
        assert_eq!(found.secret_access_key(), "SECRET-KEY");
    }
    assert_eq!(script.count(), 1, "one call for three processes");
    clock.set(at(NOW) + Duration::from_secs(45 * 60));
    block_on(load().credentials()).expect("credentials");
    assert_eq!(script.count(), 2, "15 minutes are not more than 15 minutes");
}

#[test]
fn refusals_tell_what_can_be_done() {
    let home = Home::new(CONFIG);
    let clock = FakeClock::at(at(NOW));
    signed_in(&home, "corp", &clock);
    let refused =
        json!({ "status": 401, "error": "UnauthorizedException", "body": { "message": "Session token not found" } });
    let forbidden = json!({ "status": 403, "error": "ForbiddenException", "body": { "message": "No access" } });
    let token = json!({ "accessToken": "second", "expiresIn": 3600 });
    let roles = json!({ "roleList": [{ "roleName": "Reader" }, { "roleName": "Auditor" }] });
    let load = |script: &Script| scripted(home.loader().profile_name("dev"), script, &clock).load().expect("a session");

    let script = Script::new([forbidden.clone(), roles]);
    let error = block_on(load(&script).role_credentials("111122223333", "Admn")).expect_err("no access");
    assert_eq!((error.kind(), error.roles()), (IdentityErrorKind::Forbidden, &["Auditor".into(), "Reader".into()][..]));
    let text = error.to_string();
    assert!(text.contains("\"Admn\" of account 111122223333") && text.contains("Auditor, Reader"), "{text}");

    // Names of the service steer no terminal, and many of them hide nothing else.
    let odd = "a\nsso: b\u{1b}[2J\u{202e}c\u{85}d";
    let many: Vec<_> = (0..50_000).map(|number| json!({ "roleName": format!("{odd}{number}") })).collect();
    let script = Script::new([forbidden.clone(), json!({ "roleList": many })]);
    let error = block_on(load(&script).role_credentials("111122223333", "Admn")).expect_err("no access");
    assert_eq!(error.roles().len(), 50_000);
    for text in [error.to_string(), error.message().to_owned(), format!("{error:?}"), format!("{error:#?}")] {
        assert!(text.contains("Admn") && text.contains("ForbiddenException: No access"), "{text:?}");
        assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{85}']) && text.len() < 8000, "{text:?}");
    }
    assert_eq!(error.to_string().lines().count(), 1);

    let script = Script::new([refused.clone(), token, credentials(60)]);
    block_on(load(&script).credentials()).expect("the second time");
    let operations: Vec<&str> = script.requests().iter().map(super::common::Seen::operation).collect();
    assert_eq!(operations, ["GetRoleCredentials", "CreateToken", "GetRoleCredentials"]);
    assert_eq!(script.requests()[2].token.as_deref(), Some("second"));

    clock.set(at(NOW) + Duration::from_secs(50 * 60));
    let script = Script::new([refused.clone(), json!({ "accessToken": "third", "expiresIn": 3600 }), refused]);
    let error = block_on(load(&script).credentials()).expect_err("refused twice");
    assert_eq!((error.kind(), error.command()), (IdentityErrorKind::SignInAgain, Some("sso login --sso-session corp")));
    assert!(error.to_string().contains("the session corp has ended"), "{error}");

    let mut part = credentials(120);
    part["roleCredentials"]["sessionToken"].take();
    let error = block_on(load(&Script::new([part])).credentials()).expect_err("incomplete");
    assert_eq!((error.kind(), error.key()), (IdentityErrorKind::IncompleteResponse, Some("sessionToken")));
}

#[test]
fn a_client_needs_no_token_and_a_logout_ends_one_session() {
    let home = Home::new(CONFIG);
    let clock = FakeClock::at(at(NOW));
    signed_in(&home, "corp", &clock);
    signed_in(&home, "other", &clock);
    let refused = json!({ "status": 401, "error": "UnauthorizedException" });
    let list = json!({ "accountList": [{ "accountId": "1" }] });
    let script = Script::new([refused, json!({ "accessToken": "second", "expiresIn": 3600 }), list]);
    let session = scripted(home.loader().profile_name("dev"), &script, &clock).load().expect("a session");
    let accounts = block_on(async { session.client().await.expect("a client").list_accounts().send().await });
    assert_eq!(accounts.expect("accounts").account_list().len(), 1);
    let tokens: Vec<_> = script.requests().into_iter().map(|request| request.token).collect();
    assert_eq!(tokens, [Some("token-corp".into()), None, Some("second".into())]);

    let script = Script::new([credentials(60), credentials(60), json!({ "fail": "the network is dead" })]);
    let session = scripted(home.loader().profile_name("dev"), &script, &clock).load().expect("a session");
    let other = scripted(home.loader().session_name("other"), &script, &clock).load().expect("a session");
    block_on(session.credentials()).expect("credentials");
    block_on(other.role_credentials("111122223333", "Admin")).expect("credentials");
    let files = |folder: &str| {
        let files = std::fs::read_dir(home.path(folder)).expect("a folder");
        files
            .filter(|file| file.as_ref().is_ok_and(|file| file.path().extension().is_some_and(|end| end == "json")))
            .count()
    };
    assert_eq!((files(".aws/sso/cache"), files(".aws/cli/cache")), (2, 2));
    let logout = block_on(session.logout()).expect("the files are gone");
    assert!(logout.was_signed_in && logout.portal_error.is_some());
    assert_eq!((logout.removed_roles, files(".aws/sso/cache"), files(".aws/cli/cache")), (1, 1, 1));
    assert!(block_on(other.token()).is_ok() && block_on(session.status()).is_ok_and(|status| status.is_none()));
    let again = block_on(session.logout()).expect("nothing to do");
    assert!(!again.was_signed_in && again.portal_error.is_none());
}

fn check_logout(case: &Value) -> Result<(), String> {
    let (given, want) = (&case["given"], &case["want"]);
    let home = Home::new("");
    for (path, content) in given["files"].as_object().expect("files") {
        home.put(path, &content.as_str().map_or_else(|| content.to_string(), str::to_owned));
    }
    let script = Script::new([json!({ "status": 200, "body": "" })]);
    let clock = FakeClock::at(at(NOW));
    block_on(scripted(home.loader(), &script, &clock).logout_all()).map_err(|error| error.to_string())?;
    for (list, there) in [("gone", false), ("kept", true)] {
        for path in want[list].as_array().expect("paths").iter().filter_map(Value::as_str) {
            if home.path(path).exists() != there {
                return Err(format!("{path} is not {list}"));
            }
        }
    }
    let requests = script.requests();
    for call in want["calls"].as_array().into_iter().flatten() {
        let [request] = requests.as_slice() else { return Err(format!("{} calls", requests.len())) };
        let region = call["region"].as_str().expect("a region");
        if call["operation"] != request.operation()
            || call["input"]["accessToken"].as_str() != request.token.as_deref()
            || !request.uri.contains(region)
        {
            return Err(format!("{request:?}"));
        }
    }
    Ok(())
}

/// They are commands, whose work is done here; options of the command line are not looked at.
#[test]
fn cases_of_logout() {
    run("logout", &[], check_logout);
}
