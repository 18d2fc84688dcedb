//! `login.json`, as far as it is not about a command; and both flows.

use std::sync::Mutex;
use std::time::Duration;

use serde_json::{Value, json};
use sso_client::identity::{Flow, IdentityError, IdentityErrorKind, Login, LoginEvent, LoginOptions, SsoSession};
use sso_client::runtime::test_util::FakeClock;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::common::{Home, Script, at, block_on, means, run, scripted};

/// Makes answers of calls in which dates are relative.
fn absolute(mut call: Value, now: u64) -> Value {
    if let Some(text) = call["response"]["clientSecretExpiresAt"].as_str() {
        let after: u64 = text.trim_start_matches("now+").parse().expect("seconds");
        call["response"]["clientSecretExpiresAt"] = (now + after).into();
    }
    call
}

fn check(case: &Value) -> Result<(), String> {
    let (given, want) = (&case["given"], &case["want"]);
    match case["when"].as_str().expect("what is asked") {
        "device-flow" => device_flow(case["id"].as_str().unwrap_or_default(), given, want),
        "parse-scopes" => {
            let text = given["text"].as_str().expect("a text");
            let config = format!(
                "[sso-session s]\nsso_start_url = x\nsso_region = us-west-2\nsso_registration_scopes = {text}\n"
            );
            let session = Home::new(&config).loader().session_name("s").load().map_err(|error| error.to_string())?;
            let wanted: Vec<&str> =
                want["scopes"].as_array().expect("scopes").iter().filter_map(Value::as_str).collect();
            // Without any, the default counts.
            let wanted = if wanted.is_empty() { vec!["sso:account:access"] } else { wanted };
            (session.scopes() == wanted).then_some(()).ok_or_else(|| format!("{:?}", session.scopes()))
        }
        "loopback-server" => {
            let home = Home::new(SESSION);
            let script = Script::new([registered()]);
            let clock = FakeClock::at(at("2026-01-01T00:00:00Z"));
            let session = scripted(home.loader().session_name("s"), &script, &clock).load().expect("a session");
            let limit = Duration::from_secs_f64(given["timeout_s"].as_f64().expect("seconds"));
            let options = LoginOptions::new().flow(Flow::Pkce).limit(limit);
            let error = block_on(session.login(&options, |_| {})).expect_err("nobody comes");
            means(&error, want["error"].as_str().expect("an error"))
        }
        other => Err(format!("{other} is not known")),
    }
}

fn device_flow(id: &str, given: &Value, want: &Value) -> Result<(), String> {
    let home = Home::new("");
    let clock = FakeClock::at(at(given["clock"].as_str().unwrap_or("2026-01-01T00:00:00Z")));
    let now = sso_client::runtime::time::Clock::now(&clock).duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    let calls: Vec<Value> = given["calls"].as_array().expect("calls").clone();
    let script = Script::new(calls.iter().cloned().map(|call| absolute(call, now.as_secs())));
    for (name, content) in given["files"].as_object().into_iter().flatten() {
        home.put(&format!(".aws/sso/cache/{name}"), &content.to_string());
    }
    let builder = SsoSession::builder().env(home.variables.clone());
    let builder = builder.start_url(given["start_url"].as_str().expect("a URL"));
    let transport = script.clone();
    let builder = builder.region(given["sso_region"].as_str().expect("a region")).configure(move |config| {
        config.http_client(transport.clone()).retry_config(sso_client::config::retry::RetryConfig::disabled())
    });
    let session = builder.clock(std::sync::Arc::new(clock.clone())).build().map_err(|error| error.to_string())?;
    let shown = Mutex::new(Vec::new());
    let force = given["force"] == true;
    let options = LoginOptions::new().flow(Flow::DeviceCode).force(force);
    let outcome = block_on(session.login(&options, |event| shown.lock().expect("a list").push(event)));
    let shown = shown.into_inner().expect("a list");
    // An own domain is asked where it leads before the first call.
    let requests: Vec<_> = script.requests().into_iter().filter(|request| request.method == "POST").collect();
    if let Some(wanted) = want["error"].as_str() {
        return means(&outcome.err().ok_or("it worked")?, wanted);
    }
    outcome.map_err(|error| error.to_string())?;
    let token = block_on(session.token()).map_err(|error| error.to_string())?;
    if want["token"] != token.secret() {
        return Err(format!("the token is {}", token.secret()));
    }
    for (request, call) in requests.iter().zip(&calls) {
        if call["operation"] != request.operation() {
            return Err(format!("{} in place of {}", request.operation(), call["operation"]));
        }
        for (name, value) in call["request"].as_object().into_iter().flatten().filter(|(name, _)| *name != "clientName")
        {
            if request.body[name.as_str()] != *value {
                return Err(format!("{name} of {} is {}", request.operation(), request.body[name.as_str()]));
            }
        }
    }
    for (name, wanted) in want["files"].as_object().into_iter().flatten() {
        let mut found = home.json(&format!(".aws/sso/cache/{name}")).ok_or_else(|| format!("there is no {name}"))?;
        // Ours are registered for scopes in this flow too, and say so.
        found.as_object_mut().and_then(|members| members.remove("scopes"));
        // Their clock stands still while they wait, and ours goes on.
        let waited = clock.sleeps().iter().sum::<Duration>().as_secs();
        if let (Some(date), true) = (found["expiresAt"].as_str(), found["accessToken"].is_string()) {
            let earlier =
                jiff::Timestamp::from_second(i64::try_from(super::common::epoch(date) - waited).expect("small"));
            found["expiresAt"] = earlier.expect("a date").to_string().into();
        }
        if found != *wanted {
            return Err(format!("{name} is {found}"));
        }
    }
    if let Some(times) = want["shown_times"].as_u64() {
        if shown.len() as u64 != times {
            return Err(format!("{} events", shown.len()));
        }
    }
    if let Some(seconds) = want["last_wait_s"].as_u64() {
        if clock.sleeps().last() != Some(&Duration::from_secs(seconds)) {
            return Err(format!("{:?}", clock.sleeps()));
        }
    }
    if let (Some(wanted), true) = (want["shown"].as_object(), id == "flow-shown") {
        let Some(LoginEvent::DeviceCode {
            user_code,
            verification_uri,
            verification_uri_complete,
            expires_at,
            interval,
        }) = shown.first()
        else {
            return Err(format!("{shown:?}"));
        };
        let expires: u64 = expires_at.duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs();
        let same = wanted["userCode"] == user_code.as_str()
            && wanted["verificationUri"] == verification_uri.as_str()
            && wanted["verificationUriComplete"].as_str() == verification_uri_complete.as_deref()
            && wanted["interval"] == *interval
            && super::common::epoch(wanted["expiresAt"].as_str().expect("a date")) == expires;
        return same.then_some(()).ok_or_else(|| format!("{shown:?} until {expires}"));
    }
    Ok(())
}

#[test]
fn cases_of_login() {
    let polls_first =
        "polls before anything is shown, which a rule of ours is against: the first poll is after the interval";
    run("login", &[("flow-preauthorized", polls_first)], check);
}

pub(super) const SESSION: &str = "\
[sso-session s]
sso_start_url = https://d-abc123.awsapps.com/start
sso_region = us-west-2
";

pub(super) fn registered() -> Value {
    json!({ "response": { "clientId": "CLIENT", "clientSecret": "CLIENT-SECRET", "clientSecretExpiresAt": 1893456000 } })
}

/// Sends text as it is, and gives what comes back.
pub(super) async fn send(port: u16, text: &str) -> String {
    let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.expect("a connection");
    stream.write_all(text.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    answer
}

/// Sends a request as a browser would, and gives what comes back.
pub(super) async fn get(port: u16, target: &str, host: &str) -> String {
    send(port, &format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n")).await
}

/// Signs in by PKCE; `browser` gets the URL to open, and the port that it leads back to.
pub(super) async fn sign_in<F: Future>(
    session: &SsoSession,
    options: LoginOptions,
    browser: impl FnOnce(String, u16) -> F,
) -> (Result<Login, IdentityError>, F::Output) {
    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
    let options = options.flow(Flow::Pkce);
    let login = session.login(&options, |event| {
        if let LoginEvent::AuthorizationUrl { url, redirect_port, .. } = event {
            sender.send((url, redirect_port)).expect("a browser");
        }
    });
    let browser = async {
        let (url, port) = receiver.recv().await.expect("a URL");
        browser(url, port).await
    };
    tokio::join!(login, browser)
}

pub(super) fn parameter(url: &str, name: &str) -> String {
    let found = url.split(['?', '&']).find_map(|pair| pair.strip_prefix(&format!("{name}=")));
    found.expect("a parameter").to_owned()
}

#[test]
fn pkce_from_end_to_end() {
    let home = Home::new(SESSION);
    let clock = FakeClock::at(at("2026-01-01T00:00:00Z"));
    let token = json!({ "accessToken": "TOKEN", "refreshToken": "REFRESH", "expiresIn": 3600 });
    let script = Script::new([registered(), json!({ "response": token })]);
    let session = scripted(home.loader().session_name("s"), &script, &clock).load().expect("a session");
    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
    let ignored = Mutex::new(0);
    let options = LoginOptions::new().flow(Flow::Pkce);
    let login = session.login(&options, |event| match event {
        LoginEvent::AuthorizationUrl { url, redirect_port, .. } => {
            sender.send((url, redirect_port)).expect("a browser");
        }
        LoginEvent::CallbackIgnored { .. } => *ignored.lock().expect("a number") += 1,
        other => panic!("{other:?}"),
    });
    let browser = async {
        let (url, port) = receiver.recv().await.expect("a URL");
        let host = format!("127.0.0.1:{port}");
        let state = parameter(&url, "state");
        // One that says nothing holds nobody up.
        let _slow = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.expect("a connection");
        for (target, of) in [
            ("/favicon.ico", host.as_str()),
            ("/oauth/callback/", &host),
            (&format!("/oauth/callback?state={state}&code=C"), "localhost"),
            (&format!("/oauth/callback?state={state}&code=C&x={}", "x".repeat(9000)), &host),
        ] {
            assert!(get(port, target, of).await.starts_with("HTTP/1.1 404 "), "{target}");
        }
        for query in ["state=wrong&code=C", "state=wrong&error=access_denied", "code=C", "", &format!("state={state}")]
        {
            let answer = get(port, &format!("/oauth/callback?{query}"), &host).await;
            assert!(answer.starts_with("HTTP/1.1 400 ") && !answer.contains("access_denied"), "{query}: {answer}");
        }
        let answer = get(port, &format!("/oauth/callback?code=THE%2BCODE&state={state}"), &host).await;
        (url, port, answer)
    };
    let (login, (url, port, answer)) = block_on(async { tokio::join!(login, browser) });
    assert_eq!(login.expect("signed in").flow, Some(Flow::Pkce));
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.contains("You are signed in."), "{answer}");
    for header in ["Cache-Control: no-store", "Referrer-Policy: no-referrer"] {
        assert!(answer.contains(header), "{answer}");
    }
    assert!(!answer.contains("THE"), "{answer}");
    assert_eq!(*ignored.lock().expect("a number"), 5);
    assert!(url.starts_with("https://oidc.us-west-2.amazonaws.com/authorize?response_type=code&client_id=CLIENT&redirect_uri=http%3A%2F%2F127.0.0.1%3A"), "{url}");
    assert!(url.contains("&code_challenge_method=S256&scopes=sso%3Aaccount%3Aaccess&code_challenge="), "{url}");
    let requests = script.requests();
    let redirect = format!("http://127.0.0.1:{port}/oauth/callback");
    assert_eq!(requests[0].body["redirectUris"], json!(["http://127.0.0.1/oauth/callback"]));
    assert_eq!(requests[0].body["grantTypes"], json!(["authorization_code", "refresh_token"]));
    assert_eq!((&requests[1].body["code"], &requests[1].body["redirectUri"]), (&json!("THE+CODE"), &json!(redirect)));
    let verifier = requests[1].body["codeVerifier"].as_str().expect("a verifier");
    assert!(verifier.len() >= 43 && !url.contains(verifier));

    // Signed in, nothing happens; forced, the registration is used again.
    let login = block_on(session.login(&LoginOptions::new(), |event| panic!("{event:?}"))).expect("valid");
    assert_eq!((login.flow, script.count()), (None, 2));
}

#[test]
fn a_declined_sign_in_and_a_port_that_is_taken_are_told() {
    let home = Home::new(SESSION);
    let clock = FakeClock::at(at("2026-01-01T00:00:00Z"));
    let script = Script::new([registered()]);
    let session = scripted(home.loader().session_name("s"), &script, &clock).load().expect("a session");
    let (login, answer) = block_on(sign_in(&session, LoginOptions::new(), |url, port| async move {
        let target = format!("/oauth/callback?error=access_denied&state={}", parameter(&url, "state"));
        get(port, &target, &format!("127.0.0.1:{port}")).await
    }));
    assert!(answer.contains("The sign-in failed."), "{answer}");
    assert_eq!(login.expect_err("declined").kind(), IdentityErrorKind::LoginDenied);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port();
    let options = LoginOptions::new().flow(Flow::Pkce).redirect_port(port);
    let error = block_on(session.login(&options, |_| {})).expect_err("taken");
    assert_eq!(error.kind(), IdentityErrorKind::Listener);
    assert!(error.to_string().contains(&format!("port {port}")), "{error}");
}

#[test]
fn device_code_slows_down_and_ends() {
    let home = Home::new(SESSION);
    let clock = FakeClock::at(at("2026-01-01T00:00:00Z"));
    let started = json!({ "response": {
        "deviceCode": "DEVICE", "userCode": "AB-CD", "verificationUri": "https://v", "expiresIn": 30, "interval": 2,
    } });
    let error = |code: &str| json!({ "error": code });
    let script = Script::new([
        registered(),
        started,
        error("AuthorizationPendingException"),
        error("SlowDownException"),
        error("AuthorizationPendingException"),
    ]);
    let session = scripted(home.loader().session_name("s"), &script, &clock).load().expect("a session");
    let options = LoginOptions::new().flow(Flow::DeviceCode);
    let error = block_on(session.login(&options, |_| {})).expect_err("nobody comes");
    assert_eq!(error.kind(), IdentityErrorKind::LoginTimeout);
    let seconds: Vec<u64> = clock.sleeps().iter().map(Duration::as_secs).collect();
    assert_eq!(seconds, [2, 2, 7, 7, 7], "no more than 30 s in all");
}

/// Ten at once: one of them signs in.
#[test]
fn many_logins_are_one() {
    let home = Home::new(SESSION);
    let clock = FakeClock::at(at("2026-01-01T00:00:00Z"));
    let started = json!({ "response": {
        "deviceCode": "DEVICE", "userCode": "AB-CD", "verificationUri": "https://v", "expiresIn": 600, "interval": 1,
    } });
    let token = json!({ "response": { "accessToken": "TOKEN", "refreshToken": "REFRESH", "expiresIn": 3600 } });
    let script = Script::new([registered(), started, token]);
    let session = scripted(home.loader().session_name("s"), &script, &clock).load().expect("a session");
    let logins = block_on(async {
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..10 {
            let session = session.clone();
            tasks.spawn(async move { session.login(&LoginOptions::new().flow(Flow::DeviceCode), |_| {}).await });
        }
        tasks.join_all().await
    });
    let flows = logins.into_iter().filter(|login| login.as_ref().expect("signed in").flow.is_some()).count();
    assert_eq!((flows, script.count()), (1, 3));
}

/// A client that the service does not know any more is not used for ever.
#[test]
fn a_forgotten_registration_is_made_anew() {
    let home = Home::new(SESSION);
    let clock = FakeClock::at(at("2026-01-01T00:00:00Z"));
    let invalid = json!({ "status": 401, "error": "InvalidClientException" });
    let token = json!({ "response": { "accessToken": "TOKEN", "refreshToken": "REFRESH", "expiresIn": 3600 } });
    let load = |script: &Script| scripted(home.loader().session_name("s"), script, &clock).load().expect("a session");
    let operations = |script: &Script| script.requests().iter().map(super::common::Seen::operation).collect::<Vec<_>>();
    // What the browser comes back with; with none, nobody comes.
    let sign_in = |script: &Script, comes_back: bool| {
        let session = load(script);
        let limit = if comes_back { Duration::from_secs(60) } else { Duration::from_millis(100) };
        let options = LoginOptions::new().force(true).limit(limit);
        let login = sign_in(&session, options, |url, port| async move {
            if comes_back {
                let target = format!("/oauth/callback?code=C&state={}", parameter(&url, "state"));
                get(port, &target, &format!("127.0.0.1:{port}")).await;
            }
        });
        block_on(login).0
    };
    let script = Script::new([registered(), token.clone()]);
    sign_in(&script, true).expect("signed in");
    for (comes_back, kind) in [(true, IdentityErrorKind::Service), (false, IdentityErrorKind::LoginTimeout)] {
        let script = Script::new([invalid.clone()]);
        assert_eq!(sign_in(&script, comes_back).expect_err("not known").kind(), kind);
        assert_eq!(operations(&script), ["CreateToken"][..usize::from(comes_back)], "the cached one is used");
        let script = Script::new([registered(), token.clone()]);
        sign_in(&script, true).expect("signed in");
        assert_eq!(operations(&script), ["RegisterClient", "CreateToken"]);
    }
    // By device code it is told before anything is shown, and made anew at once.
    let started = json!({ "response": {
        "deviceCode": "DEVICE", "userCode": "AB-CD", "verificationUri": "https://v", "expiresIn": 600, "interval": 1,
    } });
    let options = LoginOptions::new().flow(Flow::DeviceCode).force(true);
    let script = Script::new([registered(), started.clone(), token.clone()]);
    block_on(load(&script).login(&options, |_| {})).expect("signed in");
    let script = Script::new([invalid, registered(), started, token]);
    block_on(load(&script).login(&options, |_| {})).expect("signed in");
    let all = ["StartDeviceAuthorization", "RegisterClient", "StartDeviceAuthorization", "CreateToken"];
    assert_eq!(operations(&script), all);
}

/// The time to wait for another sign-in is part of the time for all.
#[test]
fn a_sign_in_ends_in_time() {
    let home = Home::new(SESSION);
    let clock = FakeClock::at(at("2026-01-01T00:00:00Z"));
    let script = Script::new([registered()]);
    let session = scripted(home.loader().session_name("s"), &script, &clock).load().expect("a session");
    block_on(async {
        tokio::time::pause();
        let first = LoginOptions::new().flow(Flow::Pkce).limit(Duration::from_secs(400));
        let is_shown = tokio::sync::Notify::new();
        let second = async {
            is_shown.notified().await;
            session.login(&LoginOptions::new().flow(Flow::Pkce), |_| {}).await
        };
        let start = tokio::time::Instant::now();
        let (first, second) = tokio::join!(session.login(&first, |_| is_shown.notify_one()), second);
        for login in [first, second] {
            assert_eq!(login.expect_err("nobody comes").kind(), IdentityErrorKind::LoginTimeout);
        }
        assert_eq!(start.elapsed().as_secs(), 600);
    });
}
