//! A home directory, a transport that plays a script, and sessions in both.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use http_body_util::BodyExt;
use serde_json::Value;
use sso_client::config::http::{BoxFuture, HttpClient, RequestBody, TransportResult};
use sso_client::config::retry::RetryConfig;
use sso_client::error::BoxError;
use sso_client::identity::{IdentityError, SessionLoader, SsoSession};
use sso_client::runtime::test_util::FakeClock;
use sso_client::runtime::transport::ConnectorError;

/// The cases of a suite, or none where it is not there.
pub(crate) fn cases(file: &str) -> Vec<Value> {
    let Some(path) = test_support::suite(&format!("suites/identity/{file}.json")) else { return Vec::new() };
    let text = std::fs::read_to_string(path).expect("a file");
    let suite: Value = serde_json::from_str(&text).expect("JSON");
    suite["cases"].as_array().expect("cases").clone()
}

/// What is asked of commands, and what they show, which the tests of the command line check.
const OF_COMMANDS: [&str; 2] = ["sso login", "show"];

/// Runs the cases of a suite, those of commands left out; `excepted` are passed over, each with a reason.
pub(crate) fn run(file: &str, excepted: &[(&str, &str)], check: impl Fn(&Value) -> Result<(), String>) {
    let (of_commands, cases): (Vec<Value>, Vec<Value>) =
        cases(file).into_iter().partition(|case| case["when"].as_str().is_some_and(|when| OF_COMMANDS.contains(&when)));
    let mut wrong = Vec::new();
    let mut passed = 0;
    for case in &cases {
        let id = case["id"].as_str().expect("an id");
        match (check(case), excepted.iter().any(|(excepted, _)| *excepted == id)) {
            (Ok(()), false) => passed += 1,
            (Err(_), true) => {}
            (Err(why), false) => wrong.push(format!("{id}: {why}")),
            (Ok(()), true) => wrong.push(format!("{id} passes: it is no exception any more")),
        }
    }
    let others = of_commands.len();
    println!(
        "{file}: {passed} of {} cases pass, {} are exceptions; {others} are of commands",
        cases.len(),
        excepted.len()
    );
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
}

/// Seconds since the epoch of a date.
pub(crate) fn epoch(date: &str) -> u64 {
    let output = date.replace("UTC", "Z");
    u64::try_from(output.parse::<jiff::Timestamp>().expect("a date").as_second()).expect("after 1970")
}

pub(crate) fn at(date: &str) -> SystemTime {
    SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(epoch(date))
}

/// A home directory that is removed in the end.
pub(crate) struct Home {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) variables: BTreeMap<String, String>,
}

impl Home {
    pub(crate) fn new(config: &str) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let home = Self { variables: BTreeMap::from([("HOME".into(), dir.path().display().to_string())]), dir };
        home.put(".aws/config", config);
        home
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join(path.trim_start_matches("~/").trim_start_matches("/home/"))
    }

    pub(crate) fn put(&self, path: &str, text: &str) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, text).expect("written");
    }

    pub(crate) fn json(&self, path: &str) -> Option<Value> {
        serde_json::from_slice(&std::fs::read(self.path(path)).ok()?).ok()
    }

    pub(crate) fn loader(&self) -> SessionLoader {
        SsoSession::loader().env(self.variables.clone())
    }
}

/// A transport that answers with a script. The last answer repeats.
#[derive(Clone, Debug, Default)]
pub(crate) struct Script {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    answers: Vec<Value>,
    requests: Vec<Seen>,
}

/// A request as it was sent.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) uri: String,
    pub(crate) token: Option<String>,
    pub(crate) body: Value,
}

impl Seen {
    pub(crate) fn operation(&self) -> &'static str {
        let path = self.uri.split('?').next().unwrap_or_default();
        match path.rsplit('/').next().unwrap_or_default() {
            "token" => "CreateToken",
            "register" => "RegisterClient",
            "device_authorization" => "StartDeviceAuthorization",
            "credentials" => "GetRoleCredentials",
            "roles" => "ListAccountRoles",
            "accounts" => "ListAccounts",
            "logout" => "Logout",
            _ => "other",
        }
    }
}

impl Script {
    pub(crate) fn new(answers: impl IntoIterator<Item = Value>) -> Self {
        let state = State { answers: answers.into_iter().collect(), requests: Vec::new() };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    pub(crate) fn requests(&self) -> Vec<Seen> {
        self.state.lock().expect("a state").requests.clone()
    }

    pub(crate) fn count(&self) -> usize {
        self.requests().len()
    }
}

impl HttpClient for Script {
    fn call(&self, request: http::Request<RequestBody>) -> BoxFuture<'static, TransportResult> {
        let this = self.clone();
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let body = body.collect().await.map_err(ConnectorError::user)?.to_bytes();
            let mut state = this.state.lock().expect("a state");
            let token = head.headers.get("x-amz-sso_bearer_token").and_then(|value| value.to_str().ok());
            state.requests.push(Seen {
                method: head.method.to_string(),
                uri: head.uri.to_string(),
                token: token.map(str::to_owned),
                body: serde_json::from_slice(&body).unwrap_or_default(),
            });
            if head.method == "HEAD" && state.answers.iter().any(|answer| answer["operation"].is_string()) {
                // The start URL of an own domain, which these cases know nothing of.
                return Ok(http::Response::new("".into()));
            }
            let heads = state.requests.iter().filter(|request| request.method == "HEAD").count();
            let is_script = state.answers.iter().any(|answer| answer["operation"].is_string());
            let count = state.requests.len() - if is_script { heads } else { 0 };
            let at = count.min(state.answers.len());
            let failed = |text: &str| ConnectorError::io(BoxError::from(text.to_owned()));
            let Some(answer) = at.checked_sub(1).and_then(|at| state.answers.get(at)) else {
                return Err(ConnectorError::other("no call was expected".into()));
            };
            if let Some(text) = answer["fail"].as_str() {
                return Err(failed(text));
            }
            let response = if answer["response"].is_null() { answer } else { &answer["response"] };
            let error = answer["error"].as_str().or(response["error"].as_str());
            let default = if error.is_some() { 400 } else { 200 };
            let status = response["status"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or(default);
            let mut builder = http::Response::builder().status(status);
            for (name, value) in response["headers"].as_object().into_iter().flatten() {
                builder = builder.header(name.as_str(), value.as_str().unwrap_or_default());
            }
            if let Some(location) = answer["location"].as_str() {
                builder = builder.header("location", location);
            }
            if let Some(code) = error {
                builder = builder.header("x-amzn-errortype", code);
            }
            // A body as text or as JSON, or an answer that is one.
            let body = match (&response["body"], error) {
                (Value::String(text), _) => text.clone(),
                (Value::Null, Some(_)) => "{}".to_owned(),
                (Value::Null, None) if response["status"].is_null() => response.to_string(),
                (Value::Null, None) => String::new(),
                (body, _) => body.to_string(),
            };
            builder.body(body.into_bytes().into()).map_err(|error| ConnectorError::other(error.into()))
        })
    }
}

/// A loader with a clock, a script and no retries: an answer is one operation.
pub(crate) fn scripted(loader: SessionLoader, script: &Script, clock: &FakeClock) -> SessionLoader {
    let script = script.clone();
    let loader = loader.clock(Arc::new(clock.clone()));
    loader.configure(move |config| config.http_client(script.clone()).retry_config(RetryConfig::disabled()))
}

/// Checks an error against what a case wants to be told, word by word: each says which meaning it stands for.
pub(crate) fn means(error: &IdentityError, wanted: &str) -> Result<(), String> {
    use sso_client::identity::IdentityErrorKind as Kind;
    let text = error.to_string();
    let kinds: &[Kind] = match wanted {
        wanted if wanted.starts_with("missing ") => &[Kind::MissingSetting],
        wanted if wanted.contains("must also be set") => &[Kind::MissingSetting],
        wanted if wanted.starts_with("no such sso-session") || wanted.starts_with("sso-session named") => {
            &[Kind::SessionNotFound]
        }
        wanted if wanted.starts_with("token file") => &[Kind::CacheFile],
        wanted if wanted.starts_with("no cached token") => &[Kind::NotSignedIn],
        wanted if wanted.contains("differs between") => &[Kind::Conflict],
        wanted if wanted.contains("resolves a token") => &[Kind::TokenOnly],
        wanted if wanted.contains("expired") || wanted.contains("sign in again") => {
            &[Kind::SignInAgain, Kind::LoginTimeout]
        }
        wanted if wanted.starts_with("refresh failed") => &[Kind::RefreshFailed, Kind::SignInAgain],
        wanted if wanted.starts_with("cause: ") || wanted.starts_with("the portal answered") => &[Kind::Service],
        _ => return Err(format!("what does {wanted:?} mean?")),
    };
    if !kinds.contains(&error.kind()) {
        return Err(format!("{:?}, wanted {wanted:?}: {text}", error.kind()));
    }
    for word in wanted.split([' ', ',', ';', ':', '`']) {
        let is_name = word.starts_with("sso_")
            || matches!(word, "accessToken" | "expiresAt" | "clientId")
            || matches!(word, "clientSecret" | "refreshToken" | "503");
        if is_name && !text.contains(word) {
            return Err(format!("{word} is not in: {text}"));
        }
    }
    match wanted.strip_prefix("cause: ") {
        Some(cause) if !text.contains(cause) => Err(format!("{cause} is not in: {text}")),
        _ => Ok(()),
    }
}

pub(crate) fn mode(path: &Path) -> Option<u32> {
    #[cfg(unix)]
    return Some(std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(path).ok()?.permissions()) & 0o777);
    #[cfg(not(unix))]
    None
}
