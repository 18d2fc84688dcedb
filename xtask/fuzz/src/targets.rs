//! What is fed, a function each.

use std::cell::OnceCell;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use fastrand::Rng;
use serde_json::{Value, json};
use sso_client::config::Region;
use sso_client::config::http::HyperClient;
use sso_client::config::retry::RetryConfig;
use sso_client::identity::SsoSession;
use sso_client::test_util::ReplayClient;
use sso_client::{Client, Config};

use crate::mutate;

pub(crate) struct Target {
    pub(crate) name: &'static str,
    pub(crate) run: fn(&[u8]),
    /// Inputs beside those of the corpus folder.
    pub(crate) seeds: fn() -> Vec<Vec<u8>>,
    pub(crate) mutate: fn(&mut Rng, &[Vec<u8>]) -> Vec<u8>,
}

pub(crate) static TARGETS: &[Target] = &[
    Target { name: "model", run: model, seeds: models, mutate: mutate::json },
    Target { name: "model-text", run: model, seeds: models, mutate: mutate::bytes },
    Target { name: "rules", run: rules, seeds: rule_sets, mutate: mutate::json },
    Target { name: "documentation", run: documentation, seeds: none, mutate: mutate::bytes },
    Target { name: "jmespath", run: jmespath, seeds: none, mutate: mutate::bytes },
    Target { name: "profile", run: profile, seeds: none, mutate: mutate::bytes },
    Target { name: "environment", run: environment, seeds: none, mutate: mutate::bytes },
    Target { name: "responses", run: responses, seeds: none, mutate: mutate::bytes },
    Target { name: "pem", run: pem, seeds: none, mutate: mutate::bytes },
    Target { name: "caches", run: caches, seeds: none, mutate: mutate::bytes },
    Target { name: "command-line", run: command_line, seeds: none, mutate: mutate::bytes },
];

fn none() -> Vec<Vec<u8>> {
    Vec::new()
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// The models of the project and the fixtures of the generator.
fn models() -> Vec<Vec<u8>> {
    let mut models: Vec<_> = ["model/sso-2019-06-10.json"].iter().map(|file| root().join(file)).collect();
    let fixtures = std::fs::read_dir(root().join("codegen/tests/fixtures")).expect("the fixtures").flatten();
    models.extend(fixtures.map(|fixture| fixture.path().join("model.json")).filter(|model| model.is_file()));
    // A mutation of a large model says no more than one of a small model, and takes a second.
    models.retain(|model| model.metadata().is_ok_and(|metadata| metadata.len() < 100_000));
    models.sort();
    models.into_iter().map(|file| std::fs::read(file).expect("a model")).collect()
}

fn portal() -> Value {
    thread_local!(static MODEL: OnceCell<Value> = const { OnceCell::new() });
    MODEL.with(|model| {
        model
            .get_or_init(|| {
                let text = std::fs::read(root().join("model/sso-2019-06-10.json")).expect("the model");
                serde_json::from_slice(&text).expect("JSON")
            })
            .clone()
    })
}

fn rule_sets() -> Vec<Vec<u8>> {
    vec![portal()[0].to_string().into_bytes(), rule_set(&mut portal()).to_string().into_bytes()]
}

const SERVICE: &str = "com.amazonaws.sso#SWBPortalService";

fn rule_set(model: &mut Value) -> &mut Value {
    &mut model["shapes"][SERVICE]["traits"]["smithy.rules#endpointRuleSet"]
}

fn generate(text: &str) {
    let partitions = std::fs::read_to_string(root().join("model/partitions.json")).expect("the partitions");
    let partitions = codegen::read_partitions("partitions.json", &partitions).expect("the partitions");
    for skip_unsupported in [false, true] {
        let options =
            codegen::Options { partitions: partitions.clone(), skip_unsupported, ..codegen::Options::default() };
        let Ok(model) = codegen::read_model("model.json", text) else { return };
        if let Ok(files) = codegen::generate(&model, &options) {
            assert!(
                files.keys().all(|path| !path.contains("..") && !path.starts_with('/')),
                "a file outside of the folder"
            );
        }
    }
}

fn model(input: &[u8]) {
    if let Ok(text) = std::str::from_utf8(input) {
        generate(text);
    }
}

fn rules(input: &[u8]) {
    if let Ok(rules) = serde_json::from_slice(input) {
        let mut model = portal();
        *rule_set(&mut model) = rules;
        generate(&model.to_string());
    }
}

fn documentation(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let model = json!({ "smithy": "2.0", "shapes": {
        "a#S": { "type": "service", "version": "1", "operations": [{ "target": "a#Op" }],
            "traits": { "aws.protocols#restJson1": {}, "smithy.api#documentation": text } },
        "a#Op": { "type": "operation", "input": { "target": "a#In" }, "output": { "target": "smithy.api#Unit" },
            "traits": { "smithy.api#http": { "method": "GET", "uri": "/", "code": 200 }, "smithy.api#documentation": text } },
        "a#In": { "type": "structure", "traits": { "smithy.api#input": {} }, "members": { "a": { "target": "smithy.api#String",
            "traits": { "smithy.api#httpQuery": "a", "smithy.api#documentation": text } } } } } });
    generate(&model.to_string());
}

fn jmespath(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let matcher = |path: &str| json!({ "output": { "path": path, "expected": "x", "comparator": "anyStringEquals" } });
    let model = json!({ "smithy": "2.0", "shapes": {
        "a#S": { "type": "service", "version": "1", "operations": [{ "target": "a#Op" }],
            "traits": { "aws.protocols#restJson1": {} } },
        "a#Op": { "type": "operation", "input": { "target": "smithy.api#Unit" }, "output": { "target": "a#Out" },
            "traits": { "smithy.api#http": { "method": "GET", "uri": "/", "code": 200 }, "smithy.waiters#waitable": {
                "Done": { "acceptors": [{ "state": "success", "matcher": matcher(&text) }] } } } },
        "a#Out": { "type": "structure", "traits": { "smithy.api#output": {} }, "members": {
            "name": { "target": "smithy.api#String" }, "count": { "target": "smithy.api#Integer" }, "items": { "target": "a#List" } } },
        "a#List": { "type": "list", "member": { "target": "a#Item" } },
        "a#Item": { "type": "structure", "members": { "state": { "target": "smithy.api#String" }, "tags": { "target": "a#Map" } } },
        "a#Map": { "type": "map", "key": { "target": "smithy.api#String" }, "value": { "target": "smithy.api#String" } } } });
    generate(&model.to_string());
}

/// What is printed for people: one line, without control characters.
fn is_line(text: &str) {
    assert!(!text.chars().any(char::is_control), "a control character in {text:?}");
}

fn load(variables: Vec<(&str, String)>, file: Vec<u8>) -> Option<Config> {
    let read = move |path: &Path| match path.ends_with("config") || path.ends_with("credentials") {
        true => Ok(file.clone()),
        false => Err(io::ErrorKind::NotFound.into()),
    };
    match Config::env_loader().env(variables).fs(read).load() {
        Ok(config) => Some(config),
        Err(error) => {
            is_line(&error.to_string());
            None
        }
    }
}

fn profile(input: &[u8]) {
    for profile in ["default", "dev", "my team"] {
        load(vec![("HOME", "/home/me".to_owned()), ("AWS_PROFILE", profile.to_owned())], input.to_vec());
        let file = input.to_vec();
        let loader = SsoSession::loader().profile_name(profile).env([("HOME", "/home/me")]);
        if let Err(error) = loader.fs(move |_| Ok(file.clone())).load() {
            is_line(&error.to_string());
        }
    }
}

fn environment(input: &[u8]) {
    let text = String::from_utf8_lossy(input).replace('\0', "");
    let mut lines = text.split('\n').map(str::to_owned);
    let mut next = || lines.next().unwrap_or_default();
    let variables = vec![
        ("AWS_ENDPOINT_URL", next()),
        ("HTTPS_PROXY", next()),
        ("NO_PROXY", next()),
        ("AWS_REGION", next()),
        ("AWS_MAX_ATTEMPTS", next()),
        ("AWS_SDK_UA_APP_ID", next()),
    ];
    if let Some(config) = load(variables, Vec::new()) {
        let config = config.to_builder().http_client(ReplayClient::new([http::Response::new("{}")])).build();
        let call = Client::from_conf(config).list_accounts().access_token("t");
        if let Err(error) = block_on(call.send()) {
            is_line(&error.to_string());
        }
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    thread_local!(static RUNTIME: tokio::runtime::Runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime"));
    RUNTIME.with(|runtime| runtime.block_on(future))
}

/// The first line has the operation and the status; then come headers, an empty line and the body.
fn responses(input: &[u8]) {
    let mut lines = input.split(|byte| *byte == b'\n');
    let first = lines.next().unwrap_or_default();
    let (operation, status) = (first.first().copied().unwrap_or_default(), first.get(1..).unwrap_or_default());
    let status = std::str::from_utf8(status).ok().and_then(|status| status.trim().parse().ok()).unwrap_or(200);
    let mut response = http::Response::builder().status(status);
    let mut used = first.len() + 1;
    for line in lines {
        used += line.len() + 1;
        match line.iter().position(|byte| *byte == b':') {
            Some(colon) => response = response.header(&line[..colon], line[colon + 1..].trim_ascii()),
            None => break,
        }
    }
    let Ok(response) = response.body(input.get(used..).unwrap_or_default().to_vec()) else { return };
    let config = Config::builder().endpoint_url("https://portal.test").region(Region::new("eu-west-1"));
    let config = config.retry_config(RetryConfig::disabled()).http_client(ReplayClient::new([response])).build();
    let (portal, oidc) = (Client::from_conf(config.clone()), sso_client::oidc::Client::from_conf(config));
    macro_rules! check {
        ($call:expr) => {
            match block_on($call.send()) {
                Ok(output) => drop(format!("{output:?}")),
                Err(error) => {
                    is_line(&error.to_string());
                    is_line(&format!("{error:#}"));
                    drop(format!("{error:?}"));
                }
            }
        };
    }
    match operation % 8 {
        0 => check!(portal.get_role_credentials().account_id("1").role_name("r").access_token("t")),
        1 => check!(portal.list_accounts().access_token("t")),
        2 => check!(portal.list_account_roles().account_id("1").access_token("t")),
        3 => check!(portal.logout().access_token("t")),
        4 => check!(oidc.create_token().client_id("i").client_secret("s").grant_type("g")),
        5 => check!(oidc.register_client().client_name("n").client_type("public")),
        6 => check!(oidc.start_device_authorization().client_id("i").client_secret("s").start_url("https://a.test")),
        _ => {
            let mut pages = portal.list_accounts().access_token("t").into_paginator().items().send();
            while let Some(Ok(_)) = block_on(pages.try_next()).transpose() {}
        }
    }
}

/// Nothing listens at the endpoint: the certificates are read before or while connecting.
fn pem(input: &[u8]) {
    let http = HyperClient::builder().trust_only_pem(input).build();
    let config =
        Config::builder().endpoint_url("https://127.0.0.1:1").region(Region::new("eu-west-1")).http_client(http);
    let config = config.retry_config(RetryConfig::disabled()).build();
    if let Err(error) = block_on(Client::from_conf(config).list_accounts().access_token("t").send()) {
        is_line(&error.to_string());
    }
}

/// Token and role credentials, parted by a line of dashes.
fn caches(input: &[u8]) {
    thread_local!(static HOME: tempfile::TempDir = tempfile::tempdir().expect("a folder"));
    HOME.with(|home| {
        let parts = input.windows(5).position(|part| part == b"\n---\n");
        let (token, role) = parts.map_or((input, &[][..]), |at| (&input[..at], &input[at + 5..]));
        let response = http::Response::builder().status(400).body(r#"{"error":"invalid_grant"}"#).expect("a response");
        let config =
            Config::builder().retry_config(RetryConfig::disabled()).http_client(ReplayClient::new([response])).build();
        let session = SsoSession::builder().env([("HOME", home.path())]).name("corp").config(config);
        let session =
            session.start_url("https://d-abc.awsapps.com/start").region("eu-west-1").build().expect("a session");
        let file = session.token_location();
        let file = Path::new(&file);
        for folder in [file.parent().expect("a folder"), &home.path().join(".aws/cli/cache")] {
            let _ = std::fs::remove_dir_all(folder);
            std::fs::create_dir_all(folder).expect("created");
        }
        std::fs::write(file, token).expect("written");
        // The name is a hash of account, role and start URL, as AWS's command line computes it.
        std::fs::write(home.path().join(".aws/cli/cache/a8954f045231f857ac62cf039fed649392ce1cd3.json"), role)
            .expect("written");
        if let Err(error) = block_on(session.role_credentials("100000000000", "Role0")) {
            is_line(&error.to_string());
        }
    });
}

/// An argument a line; the program must neither panic nor be killed.
fn command_line(input: &[u8]) {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::process::ExitStatusExt;
    let program = root().join("target/debug/sso");
    assert!(program.is_file(), "build it first: cargo build --package sso-cli");
    thread_local!(static HOME: tempfile::TempDir = tempfile::tempdir().expect("a folder"));
    HOME.with(|home| {
        let arguments = input
            .split(|byte| *byte == b'\n')
            .filter(|argument| !argument.contains(&0))
            .map(std::ffi::OsStr::from_bytes);
        let mut command = Command::new(&program);
        command.env_clear().env("HOME", home.path()).env("AWS_MAX_ATTEMPTS", "1").env("AWS_REGION", "eu-west-1");
        command.env("AWS_ENDPOINT_URL", "http://127.0.0.1:1").env("PATH", "").current_dir(home.path());
        let output = command.args(arguments).stdin(Stdio::null()).output().expect("a process");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!said.contains("panicked") && output.status.signal().is_none(), "{}: {said}", output.status);
    });
}
