//! Replays what AWS CLI v1 was seen to do: arguments, environment and files in; exit status, output and requests out.
//!
//! The cases are data of the test suites. What is compared is what scripts can rely on: of stderr, the strings
//! that a case names.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::server::{self, Server};
use serde_json::Value;

/// Cases that differ on purpose, and why.
const DIFFERENT: &[(&str, &str)] = &[
    ("retry.then_ok.garbage", "what answers without HTTP will not learn it by asking again"),
    ("cli.empty_role", EMPTY),
    ("cli.empty_token", EMPTY),
    ("file.empty", EMPTY),
    ("json.empty_strings", EMPTY),
    (
        "page.nopaginate.max0",
        "the same two options conflict whatever the number; there is no parameter PaginationConfig",
    ),
    ("tls.ca_bundle", AUTHORITY),
    ("tls.ca_bundle.requests_env", AUTHORITY),
    ("cfg.profile.env.empty", "an empty variable counts as none, as with every other variable"),
    ("query2.bignum", "whole numbers of more than 64 bits become floats"),
    ("cfg.output.bad.grc", "a form of output that does not exist is found before anything is fetched or signed out"),
];
const EMPTY: &str = "an empty value of a required member is refused before it is sent, since it can only fail";
const AUTHORITY: &str = "rustls takes no certificate of an authority for that of a server, though a bundle lists it";

#[test]
fn recorded_cases() {
    let Some(path) = test_support::suite("suites/cli/cases.json") else { return };
    let text = std::fs::read(&path).expect("a file");
    let data: Value = serde_json::from_slice(&text).expect("JSON");
    let folder = path.parent().expect("a folder");
    let cases = data["cases"].as_array().expect("cases");
    let (next, failed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    // Without a queue of its own choice, no listener can be made to keep silent.
                    if case.get("full_backlog").is_some() {
                        continue;
                    }
                    let id = case["id"].as_str().expect("an id");
                    let wrong = run(case, &data["base_env"], folder);
                    let expected = DIFFERENT.iter().any(|(different, _)| *different == id);
                    if wrong.is_empty() == expected {
                        let what = if expected { vec!["passes, but is listed as different".to_owned()] } else { wrong };
                        failed.lock().expect("no panic").push(format!("{id}: {}", what.join("; ")));
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().expect("no panic");
    assert!(failed.is_empty(), "{} of {} cases:\n{}", failed.len(), cases.len(), failed.join("\n"));
}

/// Runs a case and says what is wrong.
fn run(case: &Value, base_env: &Value, folder: &Path) -> Vec<String> {
    let dir = tempfile::tempdir().expect("a folder");
    let tls = folder.join("tls");
    let certificate =
        case["tls"].as_str().map(|name| std::path::PathBuf::from(name.replace("{TLS}", &tls.to_string_lossy())));
    let server = Server::start(&case["server"], certificate.as_deref());
    let dead = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
    let places = BTreeMap::from([
        ("{DIR}", dir.path().to_string_lossy().into_owned()),
        ("{TLS}", tls.to_string_lossy().into_owned()),
        ("{DEADPORT}", dead.port().to_string()),
        ("{DEADURL}", format!("http://{dead}")),
        ("{URL}", server.url()),
        ("{PORT}", server.address.port().to_string()),
        ("{HOSTPORT}", server.address.to_string()),
    ]);
    let fill = |text: &str| places.iter().fold(text.to_owned(), |text, (place, value)| text.replace(place, value));
    let clear = |text: &str| {
        ["{URL}", "{HOSTPORT}", "{DEADURL}", "{DIR}", "{TLS}"]
            .iter()
            .fold(text.to_owned(), |text, place| text.replace(&places[place], place))
    };
    for (name, content) in case["files"].as_object().into_iter().flatten() {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("created");
        std::fs::write(path, fill(content.as_str().expect("text"))).expect("written");
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_sso"));
    command.env_clear().current_dir(dir.path()).stdin(Stdio::null());
    for (name, value) in base_env.as_object().into_iter().chain(case["env"].as_object()).flatten() {
        match value.as_str() {
            Some(value) => command.env(name, fill(value)),
            None => command.env_remove(name),
        };
    }
    command.args(case["argv"].as_array().expect("arguments").iter().map(|word| fill(word.as_str().expect("text"))));
    let output = command.output().expect("a process");
    let text = |bytes: &[u8]| clear(&String::from_utf8_lossy(bytes));
    let got = Got {
        exit: output.status.code().unwrap_or(-1),
        stdout: text(&output.stdout),
        stderr: text(&output.stderr),
        requests: server.requests().iter().map(|request| clear(request)).collect(),
    };
    compare(case, &got)
}

struct Got {
    exit: i32,
    stdout: String,
    stderr: String,
    requests: Vec<String>,
}

fn compare(case: &Value, got: &Got) -> Vec<String> {
    let expected = &case["expect"];
    let exit = i32::try_from(expected["exit"].as_i64().unwrap_or(-1)).unwrap_or(-1);
    let is = |name: &str| case[name].as_bool() == Some(true);
    let mut wrong = Vec::new();
    if is("artifact") {
        // Where the original shows an internal error of Python.
        if (got.exit == 0) != (exit == 0) || got.stderr.trim().is_empty() {
            wrong.push(format!("exit {}, stderr {:?}", got.exit, got.stderr));
        }
        return wrong;
    }
    if is("lenient") && got.exit != 0 && !got.stderr.is_empty() && got.stdout.is_empty() {
        return wrong;
    }
    if got.exit != exit {
        wrong.push(format!("exit {} instead of {exit}: {}", got.exit, got.stderr));
    }
    let is_version = case["argv"].as_array().is_some_and(|words| words.iter().any(|word| word == "--version"));
    let stdout = expected["stdout"].as_str().unwrap_or_default();
    if !is_version && got.stdout != stdout || got.stdout.is_empty() != stdout.is_empty() {
        wrong.push(format!("stdout {:?} instead of {stdout:?}", got.stdout));
    }
    let requests: Vec<String> = expected["requests"].as_array().into_iter().flatten().map(shown).collect();
    if got.requests != requests {
        wrong.push(format!("requests {:?} instead of {requests:?}", got.requests));
    }
    let strings = |name: &str| -> Vec<String> {
        let found = case[name].as_array().into_iter().flatten();
        found.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let named = [strings("stderr_key"), strings("stderr_contains")].concat();
    for string in named.iter().filter(|string| !got.stderr.contains(*string)) {
        wrong.push(format!("stderr {:?} without {string:?}", got.stderr));
    }
    let noisy = case.get("stderr_contains").is_none() && expected["stderr"] == "" && !got.stderr.is_empty();
    if noisy || (exit != 0 && got.stderr.trim().is_empty()) {
        wrong.push(format!("stderr {:?}", got.stderr));
    }
    wrong
}

/// A request in one line, as the server has it too.
fn shown(request: &Value) -> String {
    let text = |name: &str| request[name].as_str().unwrap_or("-");
    server::line(
        text("method"),
        text("target"),
        text("body"),
        request["token"].as_str(),
        request["authorization"].as_str(),
    )
}
