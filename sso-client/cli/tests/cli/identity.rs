//! Cases of signing in and out that others wrote, as far as they are about a command: run through ours.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::home::*;
use super::server::Server;
use sso_client::test_util::Portal;

/// Those that are not facts about behavior, or that a rule of ours decides otherwise.
const PASSED_OVER: &[(&str, &str)] = &[
    ("login-no-code", STRANGER),
    ("login-bad-state", STRANGER),
    ("login-ua-pkce", "the user agent is AWS CLI's own"),
    ("login-vanity-ua", "the user agent is AWS CLI's own"),
    ("login-direct-ua", "the user agent is AWS CLI's own"),
];

const STRANGER: &str =
    "what comes without the state that was sent is not the page that was opened: it is ignored, and waited on";

/// Their exit statuses are those of AWS CLI v2, ours those of v1.
fn status(theirs: &Value) -> i32 {
    if theirs == 0 { 0 } else { 255 }
}

fn cases(file: &str, when: &str, check: impl Fn(&Value) -> Result<(), String> + Sync) {
    let Some(path) = test_support::suite(&format!("suites/identity/{file}.json")) else { return };
    let data: Value = serde_json::from_slice(&std::fs::read(path).expect("a file")).expect("JSON");
    let is_it = |case: &&Value| {
        let is_passed_over = PASSED_OVER.iter().any(|(id, _)| case["id"] == *id);
        case["when"] == when && !is_passed_over
    };
    let cases: Vec<&Value> = data["cases"].as_array().expect("cases").iter().filter(is_it).collect();
    let failed: Vec<String> = std::thread::scope(|scope| {
        // Most of the time they wait for the next poll.
        let check = &check;
        let mut running = Vec::new();
        for case in &cases {
            let case: &Value = case;
            running.push(scope.spawn(move || check(case).err().map(|why| format!("{}: {why}", case["id"]))));
        }
        running.into_iter().filter_map(|case| case.join().expect("no panic")).collect()
    });
    assert!(!cases.is_empty() && failed.is_empty(), "{} of {}:\n{}", failed.len(), cases.len(), failed.join("\n"));
}

fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs()
}

/// A portal that speaks TLS by a certificate that nobody knows, and the file of its authority.
fn secure(home: &Home) -> (tokio::runtime::Runtime, Portal) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    let portal = runtime.block_on(Portal::builder().tls().start()).expect("a portal");
    home.write("authority.pem", portal.ca_pem().expect("a certificate"));
    (runtime, portal)
}

/// The arguments of a case, with the file of that authority for theirs.
fn arguments(home: &Home, argv: &Value) -> Vec<String> {
    let authority = home.path("authority.pem").display().to_string();
    let words = argv.as_array().into_iter().flatten().filter_map(Value::as_str);
    words.map(|word| word.replace("/path/to/ca/bundle.pem", &authority)).collect()
}

/// The routes that answer the calls of a run, one step a request, in order.
fn steps(calls: &Value) -> Vec<Value> {
    let step = |call: &Value| {
        let path = match call["operation"].as_str().expect("an operation") {
            "RegisterClient" => "/client/register",
            "StartDeviceAuthorization" => "/device_authorization",
            _ => "/token",
        };
        let answer = match call["error"].as_str() {
            Some(error) => json!({ "status": 400, "headers": { "x-amzn-errortype": error }, "body": { "error": "x" } }),
            None => {
                let mut body = call["response"].clone();
                if let Some(after) = body["clientSecretExpiresAt"].as_str().and_then(|text| text.strip_prefix("now+")) {
                    let after: u64 = after.parse().expect("seconds");
                    body["clientSecretExpiresAt"] = (now() + after).into();
                }
                json!({ "body": body })
            }
        };
        json!({ "status": 418, "route": { path: answer } })
    };
    let steps: Vec<Value> = calls.as_array().into_iter().flatten().map(step).collect();
    if steps.is_empty() { vec![json!({ "status": 418 })] } else { steps }
}

/// A browser that comes back as a case says.
fn browser(callback: &Value) -> String {
    let query = match callback.as_object() {
        None => "None".to_owned(),
        Some(members) => {
            let members: BTreeMap<_, _> = members.iter().collect();
            let text = json!(members).to_string();
            text.replace("\"the one that was sent\"", "q['state']")
        }
    };
    // Whoever comes with another state is refused, which is no failure of the browser.
    BROWSER.replace("{'code': 'abc', 'state': q['state']}", &query).replace("    r.urlopen", "    try: r.urlopen")
        + "    except OSError: pass\n"
}

/// The outcome of a command that ends by itself.
fn ended(mut command: std::process::Command) -> Result<std::process::Output, String> {
    use std::process::Stdio;
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(|error| error.to_string())?;
    for _ in 0..600 {
        if child.try_wait().map_err(|error| error.to_string())?.is_some() {
            return child.wait_with_output().map_err(|error| error.to_string());
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let _ = child.kill();
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    Err(format!("it did not end: {}", text(&output.stderr)))
}

/// Checks a login.
fn login(case: &Value) -> Result<(), String> {
    let (given, want) = (&case["given"], &case["want"]);
    let home = Home::new();
    let mut config = given["config"].as_str().expect("a config").to_owned();
    if want.get("tls").is_some() {
        home.write(".aws/config", &config);
        return over_tls(&home, "login", &given["argv"]);
    }
    let mut argv_more = Vec::new();
    let domain = given["redirect"]["to"].as_str().map(|to| {
        let certificate = test_support::suite("suites/cli/tls/server.pem").expect("beside the cases");
        Server::start(&json!([{ "status": 302, "headers": { "Location": to } }]), Some(&certificate))
    });
    if let (Some(domain), Some(from)) = (&domain, given["redirect"]["from"].as_str()) {
        config = config.replace(from, &domain.url());
        argv_more.push("--no-verify-ssl");
    }
    home.write(".aws/config", &config);
    home.write("browser.py", &browser(&given["callback"]));
    let mut runs: Vec<Value> = given["runs"].as_array().cloned().unwrap_or_default();
    if runs.is_empty() {
        runs.push(given["calls"].clone());
    }
    let last = runs.len() - 1;
    let (mut said, mut requests) = (String::new(), Vec::new());
    for (index, calls) in runs.iter().enumerate() {
        let server = Server::start(&Value::Array(steps(calls)), None);
        let argv =
            if index < last && given.get("first_argv").is_some() { &given["first_argv"] } else { &given["argv"] };
        let mut command = home.command(env!("CARGO_BIN_EXE_sso"));
        command
            .env("AWS_ENDPOINT_URL_SSO_OIDC", server.url())
            .env("BROWSER", "python3 browser.py")
            .env("DISPLAY", ":0");
        command.arg("login").args(argv.as_array().expect("arguments").iter().filter_map(Value::as_str));
        command.args(&argv_more);
        // Who has a token signs in again only if that is asked for.
        command.args((index > 0).then_some("--force"));
        // Containers are told by a file, too, which hides from no test.
        if given.get("callback").is_some()
            && argv.as_array().is_some_and(|words| !words.iter().any(|word| word == "--use-device-code"))
        {
            command.args(["--flow", "pkce"]);
        }
        let output = ended(command)?;
        said = text(&output.stderr);
        requests = server.requests();
        if !output.stdout.is_empty() {
            return Err(format!("stdout {}", text(&output.stdout)));
        }
        let expected = if want["exit"].is_null() { None } else { Some(status(&want["exit"])) };
        if index == last && expected.is_some_and(|expected| output.status.code() != Some(expected)) {
            return Err(format!("{}: {said}", output.status));
        }
    }
    outcome(&home, &config, want, &said, &requests)
}

/// A command reaches a portal whose certificate nobody knows with these arguments, and not without them.
fn over_tls(home: &Home, command: &str, argv: &Value) -> Result<(), String> {
    let (_runtime, portal) = secure(home);
    let run = |arguments: &[String]| {
        let mut process = home.command(env!("CARGO_BIN_EXE_sso"));
        process
            .env("AWS_ENDPOINT_URL_SSO", portal.endpoint_url())
            .env("AWS_ENDPOINT_URL_SSO_OIDC", portal.endpoint_url());
        let all = (command == "logout").then_some("--all");
        ended({
            process.arg(command).args(all).args(arguments);
            process
        })
    };
    // A sign-out goes on without the portal, so that only the one that reaches it may come first.
    let with = run(&arguments(home, argv))?;
    let reached = portal.requests().len();
    if !with.status.success() || reached == 0 {
        return Err(format!("{reached} requests: {}", text(&with.stderr)));
    }
    let _ = std::fs::remove_dir_all(home.path(".aws/sso"));
    run(&[])?;
    let more = portal.requests().len();
    if more == reached { Ok(()) } else { Err(format!("{} requests without the option", more - reached)) }
}

fn outcome(home: &Home, config: &str, want: &Value, said: &str, requests: &[String]) -> Result<(), String> {
    for (name, members) in want["files"].as_object().into_iter().flatten() {
        let path = home.path(".aws/sso/cache").join(name);
        let found: Value =
            std::fs::read(&path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        for (key, value) in members.as_object().into_iter().flatten() {
            if found[key] != *value {
                return Err(format!("{name} has {key} {}", found[key]));
            }
        }
    }
    let opened = || {
        (0..100).find_map(|_| {
            let opened = std::fs::read_to_string(home.path("opened")).ok().filter(|text| text.ends_with('\n'));
            if opened.is_none() {
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
            opened
        })
    };
    match &want["browser"] {
        Value::Null if want.get("browser").is_some() => {
            if home.path("opened").exists() {
                return Err("a browser was opened".to_owned());
            }
        }
        Value::Null => {}
        browser => {
            let opened = opened().ok_or("no browser was opened")?;
            let shown = browser["shown"].as_array().into_iter().flatten().filter_map(Value::as_str);
            if let Some(missing) = shown.into_iter().find(|text| !said.contains(*text)) {
                return Err(format!("{missing} is not shown: {said}"));
            }
            if browser["opened"].as_str().is_some_and(|url| opened.trim() != url) {
                return Err(format!("opened {opened}"));
            }
            if let Some(part) = browser["opened_contains"].as_str()
                && !contains_query(&opened, part)
            {
                return Err(format!("opened {opened}"));
            }
        }
    }
    for (operation, members) in want["requests"].as_object().into_iter().flatten() {
        let path = if operation == "RegisterClient" { "/client/register" } else { "/token" };
        let request = requests.iter().find(|request| request.contains(path)).ok_or("no such request")?;
        for (name, value) in members.as_object().into_iter().flatten() {
            let sent = format!("\\\"{name}\\\":{}", value.to_string().replace('"', "\\\""));
            if !request.contains(&sent) {
                return Err(format!("{request} without {sent}"));
            }
        }
    }
    for operation in want["not_called"].as_array().into_iter().flatten() {
        if operation == "CreateToken" && requests.iter().any(|request| request.contains("POST /token")) {
            return Err("CreateToken was called".to_owned());
        }
    }
    if let Some(region) = want["region_called"].as_str() {
        let folder = std::fs::read_dir(home.path(".aws/sso/cache")).into_iter().flatten().flatten();
        let documents =
            folder.filter_map(|file| serde_json::from_slice::<Value>(&std::fs::read(file.path()).ok()?).ok());
        let found: Vec<Value> =
            documents.map(|document| document["region"].clone()).filter(|it| !it.is_null()).collect();
        if found.is_empty() || found.iter().any(|found| found != region) {
            return Err(format!("the region is {found:?}"));
        }
    }
    let left = home.read(".aws/config");
    if left != config {
        return Err(format!("the config file is {left}"));
    }
    // Texts are AWS CLI's; what is named in them is a fact.
    let names = |list: &str| -> Vec<&str> {
        let texts = want[list].as_array().into_iter().flatten().filter_map(Value::as_str);
        texts.filter(|text| text.starts_with("sso_")).collect()
    };
    if names("stderr_contains").iter().any(|name| !said.contains(name))
        || names("stderr_lacks").iter().any(|name| said.contains(name))
    {
        return Err(format!("stderr {said}"));
    }
    Ok(())
}

/// Whether a URL has the path and the parameters of another; the value of `state`, port and order are free.
fn contains_query(url: &str, part: &str) -> bool {
    let (path, query) = part.split_once('?').unwrap_or((part, ""));
    let is_free = |parameter: &&str| ["state=", "redirect_uri="].iter().any(|name| parameter.starts_with(name));
    url.contains(path)
        && query.split('&').filter(|parameter| !is_free(parameter)).all(|parameter| url.contains(parameter))
}

#[test]
fn cases_of_login() {
    cases("login", "sso login", login);
}

/// Checks a logout of all sessions, which is what AWS CLI v2 does; that of v1 asks for a token.
#[test]
fn cases_of_logout() {
    cases("logout", "sso logout", |case| {
        let (given, want) = (&case["given"], &case["want"]);
        let home = Home::new();
        home.write(".aws/config", "");
        for (path, content) in given["files"].as_object().into_iter().flatten() {
            let content = content.as_str().map_or_else(|| content.to_string(), str::to_owned);
            home.write(path.trim_start_matches("~/"), &content);
        }
        if want.get("tls").is_some() {
            over_tls(&home, "logout", &given["argv"])?;
        }
        let output = home.run(&["logout", "--all"]);
        if output.status.code() != Some(0) {
            return Err(text(&output.stderr));
        }
        let paths = |list: &str| -> Vec<bool> {
            let texts = want[list].as_array().into_iter().flatten().filter_map(Value::as_str);
            texts.map(|path| home.path(path.trim_start_matches("~/")).exists()).collect()
        };
        if paths("gone").contains(&true) || paths("kept").contains(&false) {
            return Err(format!("gone {:?}, kept {:?}", paths("gone"), paths("kept")));
        }
        let requests = home.server.requests();
        for call in want["calls"].as_array().into_iter().flatten() {
            let token = call["input"]["accessToken"].to_string();
            let made = requests.iter().filter(|it| it.starts_with("POST /logout") && it.contains(&token)).count();
            if made != 1 {
                return Err(format!("{made} calls: {requests:?}"));
            }
        }
        Ok(())
    });
}
