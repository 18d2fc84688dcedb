//! `configure`: what it writes and leaves, and names that come from a server.

use super::home::*;
use super::server::Server;
use serde_json::json;

/// `sso configure` writes a profile for each account and role; a second run changes nothing; `--dry-run` shows a diff;
/// `--prune` removes generated profiles only; names that are odd are replaced.
#[test]
fn config_for_all_of_it() {
    let home = signed_in();
    let path = home.dir.path().join(".aws/config");
    let before = std::fs::read_to_string(&path).expect("a file");
    let real = home.dir.path().join("real");
    std::fs::rename(&path, &real).expect("moved");
    #[cfg(unix)]
    std::os::unix::fs::symlink(&real, &path).expect("linked");
    let diff = home.prints(&["configure", "--sso-session", "corp", "--dry-run"]);
    assert!(
        diff.contains("+[profile prod.Audit]\n") && diff.contains("+[profile twin-444455556666.Audit]\n"),
        "{diff}"
    );
    assert!(diff.contains("+[profile dev-31m.Audit]\n"), "{diff}");
    assert_eq!(std::fs::read_to_string(&real).expect("a file"), before);
    home.prints(&["configure", "--sso-session", "corp"]);
    let after = std::fs::read_to_string(&real).expect("a file");
    assert!(after.starts_with(&before) && path.is_symlink());
    home.prints(&["configure", "--sso-session", "corp"]);
    assert_eq!(std::fs::read_to_string(&real).expect("a file"), after);
    assert!(home.prints(&["credential-process", "--profile", "prod.Audit"]).contains("ASIAEXAMPLE"));
    home.prints(&["configure", "--sso-session", "corp", "--role", "None", "--prune"]);
    assert_eq!(std::fs::read_to_string(&real).expect("a file"), after, "what is granted stays");
    let nothing = Server::start(&json!([{ "body": { "accountList": [] } }]), None);
    let mut prune = home.command(env!("CARGO_BIN_EXE_sso"));
    prune.env("AWS_ENDPOINT_URL_SSO", nothing.url()).args(["configure", "--sso-session", "corp", "--prune"]);
    let said = text(&prune.output().expect("a process").stderr);
    assert!(said.contains("removed: prod.Audit"), "{said}");
    let pruned = std::fs::read_to_string(&real).expect("a file");
    assert_eq!(pruned.trim_end(), before.trim_end());
    home.write("real", &format!("{before}[profile prod.Audit]\nregion = x\n"));
    assert!(home.fails(&["configure", "--sso-session", "corp"], 255).contains("prod.Audit"));
}

/// A home without any file: one command writes the session, signs in and writes the profiles.
#[test]
fn from_nothing_to_profiles() {
    let home = Home::new();
    std::fs::remove_dir_all(home.dir.path().join(".aws")).expect("removed");
    let service = Server::start(&json!([portal()]), None);
    let url = "https://d-abc.awsapps.com/start";
    let mut command = home.command(env!("CARGO_BIN_EXE_sso"));
    command.env("AWS_ENDPOINT_URL_SSO_OIDC", service.url()).env("SSH_CONNECTION", "over ssh, by device code");
    let words = ["configure", "--sso-session", "corp", "--start-url", url, "--region", "eu-west-1"];
    let said = home.fails(&words, 255);
    assert!(said.contains("the same command with --login signs in first"), "{said}");
    command.args(words).arg("--login");
    let output = command.output().expect("a process");
    let said = text(&output.stderr);
    assert!(output.status.success() && said.contains("ABCD") && said.contains("4 profiles of corp"), "{said}");
    let config = std::fs::read_to_string(home.dir.path().join(".aws/config")).expect("a file");
    assert!(config.starts_with("[sso-session corp]\nsso_start_url = https://d-abc.awsapps.com/start\n"), "{config}");
    assert!(home.prints(&["credential-process", "--profile", "prod.Audit"]).contains("ASIAEXAMPLE"));
    let other =
        ["configure", "--sso-session", "corp", "--start-url", "https://x.awsapps.com/start", "--region", "eu-west-1"];
    assert!(home.fails(&other, 255).contains("another start URL"));
}

/// Names of accounts and roles are untrusted: what a parser would not read back as the same name is replaced, or
/// refused where it is a value.
#[test]
fn names_that_are_odd() {
    let with = |accounts: &[&str], role: &str| {
        let home = signed_in();
        let accounts: Vec<_> = accounts
            .iter()
            .enumerate()
            .map(|(index, name)| json!({ "accountId": format!("{:012}", index + 1), "accountName": name }))
            .collect();
        let server = Server::start(
            &json!([{ "route": { "/assignment/accounts": { "body": { "accountList": accounts } },
                "/assignment/roles": { "body": { "roleList": [{ "roleName": role }] } } } }]),
            None,
        );
        let mut command = home.command(env!("CARGO_BIN_EXE_sso"));
        command.env("AWS_ENDPOINT_URL_SSO", server.url()).args(["configure", "--sso-session", "corp"]);
        (command.output().expect("a process"), home)
    };
    let before = signed_in().read(".aws/config");
    let names = [
        "a\nb]\n[profile evil]\ncredential_process = touch x",
        "c]#d",
        "$(touch x)",
        "日本",
        "default",
        "[x]",
        "a b; c",
    ];
    let (output, home) = with(&names, "Audit");
    assert!(output.status.success(), "{}", text(&output.stderr));
    let written = home.read(".aws/config");
    let headers: Vec<&str> = written[before.len()..].lines().filter(|line| line.starts_with('[')).collect();
    assert_eq!(
        headers,
        [
            "[profile 000000000004.Audit]",
            "[profile a-b-c.Audit]",
            "[profile a-b-profile-evil-credential_process-touch-x.Audit]",
            "[profile c-d.Audit]",
            "[profile default.Audit]",
            "[profile touch-x.Audit]",
            "[profile x.Audit]",
        ]
    );
    assert!(!written.contains("\ncredential_process") && !home.path("x").exists(), "{written}");
    for name in ["Audit\nregion = x", "Audit\u{1b}[0m", "a b"] {
        let (output, home) = with(&["prod"], name);
        let said = text(&output.stderr);
        assert!(output.status.code() == Some(255) && said.contains("makes no profile"), "{said}");
        assert!(!said.contains('\u{1b}') && home.read(".aws/config") == before, "{said}");
    }
    // What would begin a comment, or a section, is read back as it is where it is a value.
    for name in ["Audit#1", "[Audit]", "$(touch"] {
        let (output, home) = with(&["prod"], name);
        let written = home.read(".aws/config");
        assert!(output.status.success() && written.contains(&format!("sso_role_name = {name}\n")), "{written}");
    }
}
