//! `token-files.json` and `token-refresh.json`.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use sso_client::identity::{
    Document, Entry, EntryKind, FileTokenStore, IdentityErrorKind, SsoSession, TokenStore, TryLock,
};
use sso_client::runtime::test_util::FakeClock;

use super::common::{Home, Script, at, block_on, epoch, means, mode, run, scripted};

/// A session whose token lies where the case says, and the path of that.
fn session(home: &Home, case: &Value, script: &Script, clock: &FakeClock) -> Result<SsoSession, String> {
    let given = &case["given"];
    let mut loader = match given["profile"].as_str() {
        Some(profile) => home.loader().profile_name(profile),
        None => home.loader().session_name("own"),
    };
    let file = &given["token_file"];
    let path = file["path"].as_str().unwrap_or("any");
    let text = file["text"].as_str().map(str::to_owned);
    let content = text.or_else(|| file.get("content").map(Value::to_string));
    if path.starts_with('~') {
        content.iter().for_each(|content| home.put(path, content));
    } else {
        content.iter().for_each(|content| home.put("own-token.json", content));
        let store = FileTokenStore::new(home.path(".aws/sso/cache"), home.path(".aws/cli/cache"));
        loader = loader.token_store(store.token_file(home.path("own-token.json")));
    }
    scripted(loader, script, clock).load().map_err(|error| error.to_string())
}

const OWN: &str = "[sso-session own]\nsso_start_url = https://d-123.awsapps.com/start\nsso_region = us-west-2\n";

fn check_refresh(case: &Value) -> Result<(), String> {
    let (given, want) = (&case["given"], &case["want"]);
    let home = Home::new(given["config"].as_str().unwrap_or(OWN));
    let answers = given["calls"].as_array().or(given["answers"].as_array()).cloned().unwrap_or_default();
    let script = Script::new(answers);
    let clock = FakeClock::at(at(given["clock"].as_str().unwrap_or("2023-01-01T00:00:00Z")));
    let session = session(&home, case, &script, &clock)?;
    let file = given["token_file"]["path"].as_str().filter(|path| path.starts_with('~')).unwrap_or("own-token.json");
    if let Some(steps) = want["steps"].as_array() {
        for step in steps {
            clock.set(at(step["clock"].as_str().expect("a clock")));
            let token = block_on(session.token()).map_err(|error| error.to_string())?;
            if step["token"] != token.secret() || step["calls_so_far"] != script.count() {
                return Err(format!("{step}: {} after {} calls", token.secret(), script.count()));
            }
        }
        return Ok(());
    }
    let outcome = block_on(session.token());
    let suggests_error = case["suggest"].as_str().is_some_and(|suggest| suggest.starts_with("error with the cause"));
    match (&outcome, want["error"].as_str()) {
        (Err(error), _) if suggests_error => means(error, "refresh failed")?,
        (Err(error), Some(wanted)) => means(error, wanted)?,
        (Ok(token), None) if !suggests_error => {
            if want["token"]["token"] != token.secret() {
                return Err(format!("the token is {}", token.secret()));
            }
            let expires = want["token"]["expiration"].as_str().expect("a date");
            if token.expires_at() != at(expires) {
                return Err(format!("it expires at {:?}", token.expires_at()));
            }
        }
        (outcome, wanted) => return Err(format!("{outcome:?} in place of {wanted:?}")),
    }
    let requests = script.requests();
    let calls = given["calls"].as_array().map_or(&[] as &[Value], Vec::as_slice);
    if requests.len() != calls.len() {
        return Err(format!("{} calls in place of {}", requests.len(), calls.len()));
    }
    for (request, call) in requests.iter().zip(calls) {
        if request.body != call["request"] || request.method != "POST" {
            return Err(format!("the request is {}", request.body));
        }
    }
    if let Some(wanted) = want.get("file") {
        let found = home.json(file).ok_or("there is no file")?;
        let mut wanted = wanted.clone();
        if case["suggest"].as_str().is_some_and(|suggest| suggest.starts_with("keep the old one")) {
            wanted["refreshToken"] = given["token_file"]["content"]["refreshToken"].clone();
        }
        if found != wanted {
            return Err(format!("the file is {found}"));
        }
    }
    Ok(())
}

#[test]
fn cases_of_refreshes() {
    run("token-refresh", &[], check_refresh);
}

/// Writes a token as a login would, by members, and reads it again.
fn token_document(token: &Value) -> Value {
    let mut members = Map::new();
    for (name, value) in token.as_object().expect("members") {
        match name.strip_suffix("_epoch") {
            Some(name) => {
                let time = jiff::Timestamp::from_second(value.as_i64().expect("seconds")).expect("a date");
                members.insert(name.to_owned(), time.to_string().into());
            }
            None if name == "unknown" => {
                members.extend(value.as_object().expect("members").iter().map(|(k, v)| (k.clone(), v.clone())));
            }
            None => drop(members.insert(name.clone(), value.clone())),
        }
    }
    members.into()
}

fn check_file(case: &Value) -> Result<(), String> {
    let (given, want) = (&case["given"], &case["want"]);
    let home = Home::new("");
    let key = given["key"].as_str().unwrap_or("own");
    let name = |key: &str| {
        let script = Script::default();
        let builder = SsoSession::builder().name(key).start_url("https://x").region("us-west-2");
        let builder = builder.env(home.variables.clone()).configure(move |config| config.http_client(script.clone()));
        builder.build().expect("a session")
    };
    let session = name(key);
    let file = session.token_location();
    match case["when"].as_str().expect("what is asked") {
        "token-file-path" => {
            let wanted = want["path"].as_str().expect("a path");
            let tail = wanted.split("/.aws/").nth(1).expect("a path");
            file.ends_with(tail).then_some(()).ok_or(file)
        }
        "debug-print" => {
            let mut token = given["token"].clone();
            token["expiresAt"] = "2099-01-01T00:00:00Z".into();
            home.put(".aws/sso/cache/x.json", "");
            std::fs::write(&file, token.to_string()).expect("written");
            let found = block_on(session.token()).map_err(|error| error.to_string())?;
            let shown = format!("{found:?} {:?} {session:?}", block_on(session.status()));
            let hidden = want["not_contains"].as_str().expect("a text");
            (!shown.contains(hidden)).then_some(()).ok_or(shown)
        }
        "read-token-file" => {
            if let Some(text) = given["text"].as_str() {
                home.put(".aws/sso/cache/x.json", "");
                std::fs::write(&file, text).expect("written");
            }
            match (block_on(session.status()), want["error"].as_str()) {
                (Err(error), Some(wanted)) => means(&error, wanted),
                (Ok(None), Some(wanted)) if wanted.starts_with("no cached token") => Ok(()),
                (Ok(Some(status)), None) => {
                    let expires =
                        status.expires_at.duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs();
                    let found: Value = serde_json::from_slice(&std::fs::read(&file).expect("a file")).expect("JSON");
                    let is = |name: &str| want[name].is_null() || want[name] == found[name];
                    let all = ["accessToken", "clientId", "clientSecret", "refreshToken"].into_iter().all(is);
                    (all && want["expiresAt_epoch"] == expires
                        && (want["region"].is_null() || want["region"].as_str() == status.region.as_deref())
                        && (want["startUrl"].is_null() || want["startUrl"].as_str() == status.start_url.as_deref()))
                    .then_some(())
                    .ok_or_else(|| format!("{status:?}"))
                }
                (found, wanted) => Err(format!("{found:?} in place of {wanted:?}")),
            }
        }
        // What is written is what a refresh writes over what was there.
        "write-token-file" | "write-then-read" => {
            let mut token = token_document(&given["token"]);
            if want.get("json_contains").is_some() {
                // It is about the other date, and the registration would have expired first.
                token["registrationExpiresAt"] = "2045-01-01T00:00:00Z".into();
            }
            home.put(".aws/sso/cache/x.json", "");
            std::fs::write(&file, token.to_string()).expect("written");
            let before = block_on(session.status()).map_err(|error| error.to_string())?.ok_or("no token")?;
            let expires = before.expires_at;
            // Refreshed to a token that expires at the same point in time.
            let clock = FakeClock::at(expires - std::time::Duration::from_secs(60));
            let script = Script::new([json!({ "accessToken": token["accessToken"], "expiresIn": 60 })]);
            let loader = SsoSession::builder().name(key).start_url("https://x").region("us-west-2");
            let loader = loader.env(home.variables.clone()).clock(Arc::new(clock));
            let session =
                loader.configure(move |config| config.http_client(script.clone())).build().expect("a session");
            block_on(session.token()).map_err(|error| error.to_string())?;
            let after = block_on(session.status()).map_err(|error| error.to_string())?.ok_or("no token")?;
            if after != before && after.expires_at != expires {
                return Err(format!("{after:?} in place of {before:?}"));
            }
            let found: Value = serde_json::from_slice(&std::fs::read(&file).expect("a file")).expect("JSON");
            if let Some(wanted) = want.get("json") {
                return (found == *wanted).then_some(()).ok_or_else(|| found.to_string());
            }
            let refreshable = token["refreshToken"].is_string();
            if let Some(wanted) = want["json_contains"]["expiresAt"].as_str() {
                return (found["expiresAt"] == wanted).then_some(()).ok_or_else(|| found.to_string());
            }
            if let Some(wanted) = want["file"].as_str() {
                return file.ends_with(wanted).then_some(()).ok_or(file);
            }
            if refreshable && cfg!(unix) && mode(file.as_ref()) != Some(0o600) {
                return Err(format!("the mode is {:o}", mode(file.as_ref()).unwrap_or_default()));
            }
            let kept = token.as_object().expect("members").iter();
            let mut lost = kept.filter(|(name, value)| !name.contains("expiresAt") && found[name.as_str()] != **value);
            lost.next().map_or(Ok(()), |(name, _)| Err(format!("{name} is lost: {found}")))
        }
        "cache-folder" => check_folder(&home, given, want),
        other => Err(format!("{other} is not known")),
    }
}

fn check_folder(home: &Home, given: &Value, want: &Value) -> Result<(), String> {
    let store = FileTokenStore::new(home.path("cache"), home.path("roles"));
    let entry = |name: &Value| Entry::new(EntryKind::Token, name.as_str().expect("a name"));
    for step in given["steps"].as_array().expect("steps") {
        let outcome = match step[0].as_str().expect("a step") {
            "write" => block_on(store.write(&entry(&step[1]), Document::new(step[2].to_string().into_bytes()))),
            "delete" => {
                let was_there = block_on(store.remove(&entry(&step[1]))).map_err(|error| error.to_string())?;
                // Here it is told by the value, and no error: a logout ends with it gone.
                if want["error"].is_string() {
                    return (!was_there).then_some(()).ok_or_else(|| "it was there".to_owned());
                }
                Ok(())
            }
            "folder" => Ok(()),
            "read" => {
                let found = block_on(store.read(&entry(&step[1]))).map_err(|error| error.to_string())?;
                return found.is_none().then_some(()).ok_or_else(|| "it is there".to_owned());
            }
            other => return Err(format!("{other} is not known")),
        };
        outcome.map_err(|error| error.to_string())?;
    }
    let files: Vec<String> = std::fs::read_dir(home.path("cache"))
        .into_iter()
        .flatten()
        .map(|file| file.expect("a file").file_name().to_string_lossy().into_owned())
        .collect();
    if let Some(wanted) = want["mode"].as_str() {
        let found = mode(&home.path("cache").join(&files[0])).map_or(wanted.to_owned(), |mode| format!("{mode:04o}"));
        return (found == wanted).then_some(()).ok_or(found);
    }
    if want["one_rename_from_temporary"] == true {
        return (files.len() == 1).then_some(()).ok_or_else(|| format!("{files:?}"));
    }
    for (name, wanted) in want.as_object().expect("documents") {
        let document = block_on(store.read(&Entry::new(EntryKind::Token, name.as_str())));
        let document = document.map_err(|error| error.to_string())?.ok_or("it is not there")?;
        if serde_json::from_slice::<Value>(document.as_bytes()).ok().as_ref() != Some(wanted) {
            return Err(format!("{name} differs"));
        }
    }
    Ok(())
}

#[test]
fn cases_of_files() {
    run("token-files", &[], check_file);
}

#[test]
fn locks_exclude_and_files_are_safe() {
    let home = Home::new("");
    let store = FileTokenStore::new(home.path("a/b"), home.path("a/c"));
    let entry = Entry::new(EntryKind::Token, "x");
    let try_lock = || block_on(store.try_lock(&entry)).expect("a lock file");
    let lock = try_lock();
    assert!(matches!(lock, TryLock::Locked(_)));
    assert!(matches!(try_lock(), TryLock::Busy));
    drop(lock);
    assert!(matches!(try_lock(), TryLock::Locked(_)));
    assert!(home.path("a/b/x.lock").exists(), "lock files stay");
    if cfg!(unix) {
        assert_eq!((mode(&home.path("a/b")), mode(&home.path("a"))), (Some(0o700), Some(0o700)));
        assert_eq!(mode(&home.path("a/b/x.lock")), Some(0o600));
    }
    let old = home.path("a/b/.sso-client-old.tmp");
    std::fs::write(&old, "").expect("written");
    let file = std::fs::File::options().write(true).open(&old).expect("there");
    file.set_modified(std::time::SystemTime::now() - std::time::Duration::from_secs(61)).expect("set");
    block_on(store.write(&entry, Document::new(b"{}".to_vec()))).expect("written");
    assert!(!old.exists(), "what a killed process left is removed");

    // Folders and files that are links stay links.
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        std::fs::create_dir_all(home.path("elsewhere")).expect("made");
        symlink(home.path("a/b"), home.path("link")).expect("linked");
        symlink(home.path("elsewhere/real.json"), home.path("a/b/y.json")).expect("linked");
        std::fs::write(home.path("elsewhere/real.json"), "{}").expect("written");
        let linked = FileTokenStore::new(home.path("link"), home.path("a/c"));
        for (name, at) in [("x", "a/b/x.json"), ("y", "elsewhere/real.json")] {
            let entry = Entry::new(EntryKind::Token, name);
            block_on(linked.write(&entry, Document::new(b"{\"a\":1}".to_vec()))).expect("written");
            assert_eq!(home.json(at), Some(json!({ "a": 1 })), "{name}");
            assert_eq!(mode(&home.path(at)), Some(0o600));
        }
        let is_link = |path: &str| std::fs::symlink_metadata(home.path(path)).expect("there").is_symlink();
        assert!(is_link("link") && is_link("a/b/y.json"));
        // The lock is one and the same by both ways.
        let lock = try_lock();
        assert!(matches!(block_on(linked.try_lock(&entry)).expect("a lock file"), TryLock::Busy));
        drop(lock);
    }
}

#[test]
fn a_torn_file_is_told_and_replaced_and_steps_of_the_clock_are_survived() {
    let home = Home::new(OWN);
    let clock = FakeClock::at(at("2023-01-01T00:00:00Z"));
    let script = Script::new([json!({ "status": 500, "body": "" })]);
    let load = || scripted(home.loader().session_name("own"), &script, &clock).load().expect("a session");
    let session = load();
    let file = session.token_location();
    home.put(".aws/sso/cache/x.json", "");
    for text in ["{\"accessToken\": \"SECRET", "[]", "\u{0}\u{1}", ""] {
        std::fs::write(&file, text).expect("written");
        let error = block_on(session.token()).expect_err("torn");
        assert_eq!(error.kind(), IdentityErrorKind::CacheFile);
        assert!(
            error.to_string().starts_with(&file) && error.to_string().ends_with("run: sso login --sso-session own")
        );
        assert!(!format!("{error} {error:?}").contains("SECRET"));
    }
    std::fs::remove_file(&file).expect("removed");
    std::fs::create_dir(&file).expect("a folder");
    assert_eq!(block_on(session.token()).expect_err("a folder").kind(), IdentityErrorKind::CacheFile);
    std::fs::remove_dir(&file).expect("removed");

    let token = json!({
        "accessToken": "T", "expiresAt": "2023-01-01T00:00:00Z", "clientId": "i", "clientSecret": "s",
        "refreshToken": "r", "registrationExpiresAt": "2024-01-01T00:00:00Z",
    });
    std::fs::write(&file, token.to_string()).expect("written");
    for (time, calls) in [
        ("2023-01-01T00:00:00Z", 1),
        ("2023-01-01T00:00:29Z", 1),
        ("2022-12-31T23:58:00Z", 2),
        ("2022-12-31T23:58:10Z", 2),
        ("2023-06-01T00:00:00Z", 3),
        ("2023-06-01T00:00:01Z", 3),
        ("2022-12-31T00:00:00Z", 3),
    ] {
        clock.set(at(time));
        // As another process each time: what the last attempt came to is known from its file.
        let outcome = block_on(load().token());
        assert_eq!(script.count(), calls, "{time}");
        assert_eq!(outcome.is_ok(), epoch(time) < epoch("2023-01-01T00:00:00Z"), "{time}: {outcome:?}");
    }
}
