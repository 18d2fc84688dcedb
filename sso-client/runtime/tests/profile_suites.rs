//! The tests of profile files that the AWS SDKs share, where they are.
#![expect(clippy::print_stderr, reason = "says how many cases ran")]

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use smithy_client_runtime::config::Config;
use smithy_client_runtime::config::profile::{FileKind, Locations, ProfileSet, Section};

/// A suite's tests, or none, with a message, when it is not there.
fn tests(name: &str) -> Vec<Value> {
    let Some(path) = test_support::suite(&format!("suites/{name}")) else { return Vec::new() };
    let text = std::fs::read_to_string(path).expect("a suite can be read");
    let suite: Value = serde_json::from_str(&text).expect("a suite is JSON");
    suite["tests"].as_array().expect("a suite has tests").clone()
}

/// Fails with everything that is wrong, and says how many there were.
fn finish(suite: &str, count: usize, wrong: &[String]) {
    assert!(wrong.is_empty(), "{suite}: {} of {count} fail:\n{}", wrong.len(), wrong.join("\n"));
    if count > 0 {
        eprintln!("{suite}: {count} of {count} pass");
    }
}

fn properties(section: &Section) -> BTreeMap<String, String> {
    section.properties().map(|(key, property)| (key.to_owned(), property.value().to_owned())).collect()
}

fn expected(sections: &Value) -> BTreeMap<String, BTreeMap<String, String>> {
    serde_json::from_value(sections.clone()).expect("properties by section")
}

fn parse(input: &Value) -> Result<ProfileSet, String> {
    let mut set = ProfileSet::default();
    for (kind, key) in [(FileKind::Config, "configFile"), (FileKind::Credentials, "credentialsFile")] {
        if let Some(text) = input[key].as_str() {
            set.add(kind, Path::new(key), text, |_, _| true).map_err(|error| error.to_string())?;
        }
    }
    Ok(set)
}

#[test]
fn profile_parser() {
    let tests = tests("profile-parser-tests.json");
    let mut wrong = Vec::new();
    for test in &tests {
        let output = &test["output"];
        let problem = match (parse(&test["input"]), output["errorContaining"].as_str()) {
            (Err(error), Some(expected)) if error.contains(expected) => continue,
            (Err(error), expected) => format!("{error}, in place of {expected:?}"),
            (Ok(set), None) => {
                let profiles =
                    set.profile_names().filter_map(|name| Some((name.to_owned(), properties(set.profile(name)?))));
                let sessions = set
                    .sso_session_names()
                    .filter_map(|name| Some((name.to_owned(), properties(set.sso_session(name)?))));
                let (profiles, sessions): (BTreeMap<_, _>, BTreeMap<_, _>) = (profiles.collect(), sessions.collect());
                let config = &output["config"];
                let same_sessions = config.get("sso_sessions").is_none_or(|found| expected(found) == sessions);
                if expected(&config["profiles"]) == profiles && same_sessions {
                    continue;
                }
                format!("{profiles:?} {sessions:?}, in place of {config}")
            }
            (Ok(_), Some(expected)) => format!("no error, in place of {expected:?}"),
        };
        wrong.push(format!("{}: {problem}", test["name"]));
    }
    finish("profile-parser-tests.json", tests.len(), &wrong);
}

/// What a loader finds, if the expected profile stands in the expected config file.
fn load(test: &Value) -> Result<(), String> {
    let environment = test["environment"].as_object().expect("an environment");
    let environment = environment.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)));
    let profile = test["profile"].as_str().unwrap_or("default");
    let text = format!("[profile {profile}]\nregion = found\n[profile another]\nregion = wrong");
    let expected: Vec<_> =
        ["configLocation", "credentialsLocation"].map(|key| test[key].as_str().map(PathBuf::from)).into();
    let config_file = expected[0].clone();
    let read = Arc::new(Mutex::new(Vec::new()));
    let loader = Config::env_loader().env(environment).fs({
        let read = Arc::clone(&read);
        move |path| {
            read.lock().expect("no panic").push(Some(path.to_owned()));
            if Some(path) == config_file.as_deref() { Ok(text.clone().into()) } else { Err(ErrorKind::NotFound.into()) }
        }
    });
    let config = loader.load().map_err(|error| error.to_string())?;
    let read = read.lock().expect("no panic");
    if *read == expected && config.region().is_some_and(|region| region.as_ref() == "found") {
        return Ok(());
    }
    Err(format!("{read:?} and {:?}", config.region()))
}

#[test]
fn file_location() {
    let tests = tests("file-location-tests.json");
    let mut wrong = Vec::new();
    for test in &tests {
        let variable = |name: &str| test["environment"][name].as_str().map(OsString::from);
        let windows = test["platform"] == "windows";
        let locations = Locations::new(variable, windows);
        for (kind, key) in [(FileKind::Config, "configLocation"), (FileKind::Credentials, "credentialsLocation")] {
            let found = locations.of(kind, variable(kind.variable()).as_deref());
            if found != Ok(test[key].as_str().map(PathBuf::from)) {
                wrong.push(format!("{}: {found:?}", test["name"]));
            }
        }
        // A whole load looks where this system's files lie.
        if windows == cfg!(windows) {
            wrong.extend(load(test).err().map(|problem| format!("{}: {problem}", test["name"])));
        }
    }
    finish("file-location-tests.json", tests.len(), &wrong);
}
