//! What AWS CLI v2 prints, and values that it never sees.

use std::process::Command;

use super::*;

/// Cases that are not about forms, and why they are passed over.
const PASSED_OVER: &[(&str, &str)] = &[
    ("convert", "botocore's credentials become AWS CLI's; here there is one kind"),
    ("export-credentials", "which credentials are found is the session's, and no credential process is ever run"),
];

#[test]
fn cases() {
    let Some(path) = test_support::suite("suites/identity/export-credentials.json") else { return };
    let data: Value = serde_json::from_slice(&std::fs::read(path).expect("a file")).expect("JSON");
    let mut count = 0;
    for case in data["cases"].as_array().expect("cases") {
        if PASSED_OVER.iter().any(|(when, _)| case["when"] == *when) {
            continue;
        }
        count += 1;
        let given = &case["given"]["credentials"];
        let text = |name: &str| given[name].as_str().map(str::to_owned);
        let credentials = Credentials {
            account_id: String::new(),
            role_name: String::new(),
            access_key_id: text("access_key_id").expect("a key"),
            secret_access_key: Zeroizing::new(text("secret_access_key").expect("a key")),
            session_token: text("session_token").map(Zeroizing::new),
            expiration: text("expiration"),
        };
        let found = formatted(case["given"]["format"].as_str().expect("a form"), &credentials).expect("text");
        match case["want"]["stdout"].as_str() {
            Some(expected) => assert_eq!(*found, expected, "{}", case["id"]),
            None => assert_eq!(serde_json::from_str::<Value>(&found).expect("JSON"), case["want"]["json"]),
        }
    }
    assert_eq!(count, 8);
}

const ODD: &[&str] =
    &["a b", "$(touch x)", "`touch x`", "it's", "a\"b", "a\\b", "!!", "a;b", "*", "~", "日本", "“;x”", "%PATH%"];

#[test]
fn no_shell_runs_a_value() {
    for value in ODD {
        let line = line("env", "X", value).expect("a line");
        let script = "eval \"$LINE\"; printf %s \"$X\"";
        let output = Command::new("bash").args(["-c", script]).env("LINE", &*line).output();
        let Ok(output) = output else { return };
        assert_eq!(String::from_utf8_lossy(&output.stdout), *value, "{}", *line);
        assert!(super::line("windows-cmd", "X", value).is_err());
    }
    assert_eq!(*line("fish", "X", "a\"$b\\").expect("a line"), r#"set -gx X "a\"\$b\\""#);
    assert_eq!(*line("powershell", "X", "a`\"$b”").expect("a line"), "$Env:X=\"a```\"`$b`”\"");
}

#[test]
fn control_characters_are_refused() {
    for value in ["a\nb", "a\rb", "a\0b", "a\x1b[0m", "a\u{85}b", "a\u{202e}b", "a\u{2028}b"] {
        for format in ["env", "env-no-export", "fish", "powershell", "windows-cmd", "dotenv"] {
            assert!(line(format, "X", value).is_err(), "{format} {value:?}");
        }
        let credentials = Credentials {
            account_id: value.to_owned(),
            role_name: value.to_owned(),
            access_key_id: value.to_owned(),
            secret_access_key: Zeroizing::new(value.to_owned()),
            session_token: None,
            expiration: None,
        };
        for format in ["json", "process"] {
            let text = formatted(format, &credentials).expect("JSON carries everything");
            assert!(!text.contains(|char| char != '\n' && steers(char)), "{format}: {text:?}");
            let document: Value = serde_json::from_str(&text).expect("JSON");
            assert_eq!(document["SecretAccessKey"], value, "{format}");
        }
    }
}
