//! What shells do with what is written for them: completion, and `export`. Shells that are not installed are told of.

use std::path::Path;
use std::process::Command;

use super::home::*;
use super::server::Server;
use serde_json::json;

/// Names that a shell would do something with.
const ODD: &[&str] =
    &["$(touch x)", "`touch x`", "a b", "a;touch x", "a]b", "a#b", "*", "~", "a'b", "a\"b", "日本", "-x"];

/// Runs a script by a shell that finds `sso`; `None` where there is no such shell.
fn shell(home: &Home, program: &str, script: &str, variables: &[(&str, &str)]) -> Option<String> {
    let mut command = home.command(program);
    let own = Path::new(env!("CARGO_BIN_EXE_sso")).parent().expect("a folder");
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", format!("{}:{path}", own.display())).env("LC_ALL", "C.UTF-8").envs(variables.iter().copied());
    match program {
        "pwsh" => command.args(["-NoProfile", "-NonInteractive", "-Command", script]),
        _ => command.args(["-c", script]),
    };
    let Ok(output) = command.output() else {
        test_support::skipped(&format!("there is no {program}"));
        return None;
    };
    assert!(output.stderr.is_empty(), "{program}: {}", text(&output.stderr));
    Some(text(&output.stdout))
}

fn candidates(home: &Home, words: &[&str]) -> Vec<String> {
    let printed = home.prints(&["completions", &format!("--words={}", words.join("\u{1f}"))]);
    printed.lines().map(str::to_owned).collect()
}

/// A home with profiles, accounts and roles of odd names, which were listed once.
fn odd_home() -> Home {
    let home = signed_in();
    // The parser refuses a bracket in a header; as names of accounts there are all of them.
    for (index, name) in ODD.iter().enumerate().filter(|(_, name)| !name.contains(']')) {
        home.configure(&format!("[profile {name}]\nsso_account_id = 88888888888{index}\nsso_role_name = {name}\n"));
    }
    let account = |id: usize, name: &str| json!({ "accountId": format!("{id:012}"), "accountName": name });
    let accounts: Vec<_> =
        ODD.iter().chain(&["plain", "line\nbreak"]).enumerate().map(|(id, name)| account(id, name)).collect();
    let roles = json!([{ "roleName": "Ops" }, { "roleName": "$(touch x)" }]);
    let server = Server::start(
        &json!([{ "route": { "/assignment/accounts": { "body": { "accountList": accounts } },
            "/assignment/roles": { "body": { "roleList": roles } } } }]),
        None,
    );
    let mut command = home.command(env!("CARGO_BIN_EXE_sso"));
    let output = command.env("AWS_ENDPOINT_URL_SSO", server.url()).args(["roles", "--sso-session", "corp"]).output();
    let output = output.expect("a process");
    assert!(output.status.success(), "{}", text(&output.stderr));
    home
}

/// `sso completions` completes commands, options, and profile, session, account and role names from config and cache,
/// without network; the shell never expands a candidate.
#[test]
fn shells_complete_it() {
    let home = odd_home();
    assert_eq!(candidates(&home, &["sta"]), ["status"]);
    assert_eq!(candidates(&home, &["--pro"]), ["--profile"]);
    assert_eq!(candidates(&home, &["list-accounts", "--pro"]), ["--profile"]);
    assert_eq!(candidates(&home, &["export", "--profile", ""]), ["dev", "other", "token", "日本"]);
    assert_eq!(candidates(&home, &["export", "--profile=d"]), ["--profile=dev"]);
    assert_eq!(candidates(&home, &["export", "--profile", "=", "d"]), ["dev"]);
    assert_eq!(candidates(&home, &["export", "--sso-session", ""]), ["corp"]);
    assert_eq!(candidates(&home, &["export", "--format", "env-"]), ["env-no-export"]);
    assert_eq!(candidates(&home, &["roles", "--output", "c"]), ["csv"]);
    assert!(candidates(&home, &["list-accounts", "--output", "c"]).is_empty());
    assert_eq!(candidates(&home, &["exec", "--account", "p"]), ["plain"]);
    assert_eq!(candidates(&home, &["exec", "--account", "1111"]), ["111122223333"]);
    assert_eq!(candidates(&home, &["exec", "--role", ""]), ["Audit", "Ops", "日本"]);
    assert_eq!(
        candidates(&home, &["list-account-roles", "--account-id", "00000000001"]),
        ["000000000010", "000000000011", "000000000012", "000000000013"]
    );
    assert_eq!(candidates(&home, &["get-role-credentials", "--role-name", "O"]), ["Ops"]);
    for name in ["bash", "zsh", "fish", "powershell"] {
        assert!(!home.prints(&["completions", "--shell", name]).contains("compgen"));
    }
    assert!(home.server.requests().is_empty() && !home.path("x").exists());
}

#[test]
fn bash() {
    let home = odd_home();
    let complete = |words: &str, at: usize| {
        let script = format!(
            "eval \"$(sso completions bash)\"; COMP_WORDS=({words}); COMP_CWORD={at}; _sso_complete; \
             printf '%s|' \"${{COMPREPLY[@]}}\""
        );
        shell(&home, "bash", &script, &[])
    };
    for (words, at, expected) in [
        ("sso exec --profile d", 3, "dev|"),
        ("sso --pro", 1, "--profile|"),
        ("sso export --format ''", 3, "env|env-no-export|fish|powershell|windows-cmd|process|json|dotenv|"),
        ("sso exec --account ''", 3, ""),
    ] {
        let Some(found) = complete(words, at) else { return };
        assert!(if expected.is_empty() { found.contains("plain|") } else { found == expected }, "{words}: {found}");
        assert!(!found.contains("touch"), "{found}");
    }
    assert!(!home.path("x").exists());
}

#[test]
fn zsh() {
    let home = odd_home();
    let script = "compdef() { :; }; compadd() { shift; printf '%s|' \"$@\"; }; \
                  eval \"$(sso completions zsh)\"; words=(sso exec --profile d); CURRENT=4; _sso_complete; \
                  words=(sso sta); CURRENT=2; _sso_complete; words=(sso nothing-like-it --nope); CURRENT=3; _sso_complete";
    let Some(found) = shell(&home, "zsh", script, &[]) else { return };
    assert_eq!(found, "dev|status|");
    let script = "compdef() { :; }; compadd() { shift; printf '%s|' \"$@\"; }; \
                  eval \"$(sso completions zsh)\"; words=(sso exec --account ''); CURRENT=4; _sso_complete";
    let found = shell(&home, "zsh", script, &[]).unwrap_or_default();
    assert!(found.contains("plain|") && !found.contains("touch") && !home.path("x").exists(), "{found}");
}

#[test]
fn fish() {
    let home = odd_home();
    for (typed, expected) in [
        ("sso sta", "status\n"),
        ("sso exec --profile d", "dev\n"),
        ("sso export --profile=d", "--profile=dev\n"),
        ("sso exec --sso-session ", "corp\n"),
    ] {
        let script = format!("sso completions fish | source; complete -C '{typed}'");
        let Some(found) = shell(&home, "fish", &script, &[]) else { return };
        assert_eq!(found, expected, "{typed}");
    }
    let script = "sso completions fish | source; complete -C 'sso exec --account '";
    let found = shell(&home, "fish", script, &[]).unwrap_or_default();
    assert!(found.contains("plain\n") && !found.contains("touch") && !home.path("x").exists(), "{found}");
}

/// Every character that a shell might do something with.
fn odd_value() -> String {
    let ascii: String = (b' '..=b'~').map(char::from).collect();
    format!(
        "{ascii} $(touch x) `touch x` ; touch x # é日本“”„ $HOME ~ * !! \\\\ \\' \\\" {{a,b}} (touch x) %PATH% <x >y |z &"
    )
}

/// A home whose portal gives a secret key of odd characters.
fn odd_portal(key: &str) -> (Home, Server) {
    let body = json!({ "roleCredentials": { "accessKeyId": "ASIAEXAMPLE", "secretAccessKey": key,
        "sessionToken": SESSION_TOKEN, "expiration": 4_000_000_000_000_i64 } });
    (signed_in(), Server::start(&json!([{ "body": body }]), None))
}

fn exported(home: &Home, server: &Server, format: &str) -> std::process::Output {
    let mut command: Command = home.command(env!("CARGO_BIN_EXE_sso"));
    command.env("AWS_ENDPOINT_URL_SSO", server.url());
    command.args(["export", "--profile", "dev", "--format", format]).output().expect("a process")
}

/// `eval "$(sso export …)"` by each shell gives the value as it came, and runs none of it; `--unset` prints what
/// clears it.
#[test]
fn in_the_form_that_my_shell_takes() {
    let value = odd_value();
    for (program, format, script) in [
        (
            "bash",
            "env",
            r#"eval "$SET"; printf '%s' "$AWS_SECRET_ACCESS_KEY"; eval "$CLEAR"; printf '|%s' "${AWS_SECRET_ACCESS_KEY-gone}""#,
        ),
        (
            "zsh",
            "env",
            r#"eval "$SET"; printf '%s' "$AWS_SECRET_ACCESS_KEY"; eval "$CLEAR"; printf '|%s' "${AWS_SECRET_ACCESS_KEY-gone}""#,
        ),
        (
            "sh",
            "env-no-export",
            r#"eval "$SET"; printf '%s' "$AWS_SECRET_ACCESS_KEY"; eval "$CLEAR"; printf '|%s' "${AWS_SECRET_ACCESS_KEY-gone}""#,
        ),
        (
            "fish",
            "fish",
            r#"eval $SET; printf '%s' $AWS_SECRET_ACCESS_KEY; eval $CLEAR; set -q AWS_SECRET_ACCESS_KEY; or printf '|gone'"#,
        ),
        (
            "pwsh",
            "powershell",
            r#"Invoke-Expression $Env:SET; [Console]::Out.Write($Env:AWS_SECRET_ACCESS_KEY); Invoke-Expression $Env:CLEAR; if (-not (Test-Path Env:AWS_SECRET_ACCESS_KEY)) { [Console]::Out.Write('|gone') }"#,
        ),
    ] {
        let (home, server) = odd_portal(&value);
        let set = exported(&home, &server, format);
        assert!(set.status.success(), "{}", text(&set.stderr));
        let clear = home.prints(&["export", "--format", format, "--unset"]);
        let Some(found) = shell(&home, program, script, &[("SET", &text(&set.stdout)), ("CLEAR", &clear)]) else {
            continue;
        };
        assert_eq!(found, format!("{value}|gone"), "{program}");
        assert!(!home.path("x").exists(), "{program} ran a value");
    }
}

/// What a form cannot carry is an error that does not show the value.
#[test]
fn what_no_shell_may_see() {
    for (value, format) in [("a\nb", "env"), ("a\u{1b}[0mb", "fish"), ("it's odd", "dotenv"), ("a b", "windows-cmd")] {
        let (home, server) = odd_portal(value);
        let refused = exported(&home, &server, format);
        let said = text(&refused.stderr);
        assert!(refused.status.code() == Some(255) && refused.stdout.is_empty(), "{format}: {said}");
        assert!(said.contains("AWS_SECRET_ACCESS_KEY") && !said.contains(value) && said.lines().count() == 2, "{said}");
        let found: serde_json::Value = serde_json::from_slice(&exported(&home, &server, "json").stdout).expect("JSON");
        assert_eq!(found["SecretAccessKey"], value);
    }
}
