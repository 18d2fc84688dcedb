//! Commands with a session, against a server on loopback: a temporary home, a token in its cache.

use super::home::*;
use serde_json::{Value, json};

/// `sso get-role-credentials --profile X` with a valid cached token prints what `aws sso get-role-credentials`
/// prints, with account, role, region and token taken from profile and cache; `--access-token` still wins.
#[test]
fn credentials_without_a_token_in_hand() {
    let home = signed_in();
    let given =
        ["--access-token", "OTHER", "--account-id", "111122223333", "--role-name", "Audit", "--region", "eu-west-1"];
    let by_hand = home.prints(&[&["get-role-credentials"][..], &given].concat());
    assert_eq!(home.prints(&["get-role-credentials", "--profile", "dev"]), by_hand);
    let words = ["get-role-credentials", "--profile", "token", "--role-name", "Audit", "--account-id", "111122223333"];
    assert_eq!(home.prints(&words), by_hand);
    let requests = home.server.requests();
    assert!(
        requests[0].contains("OTHER") && requests[1].contains(TOKEN) && requests[2].contains(TOKEN),
        "{requests:?}"
    );
    home.prints(&["list-account-roles", "--sso-session", "corp", "--account-id", "111122223333"]);
    let said = home.fails(&["get-role-credentials", "--profile", "token"], 2);
    assert!(said.contains("the following arguments are required: --role-name, --account-id\n"), "{said}");
    let said = home.fails(&["list-accounts", "--profile", "other"], 2);
    assert!(said.contains("required: --access-token") && said.contains("SSO"), "{said}");
    let said = home.fails(&["list-accounts"], 2);
    assert!(said.contains("required: --access-token") && said.contains("sso login"), "{said}");
}

/// `sso status` lists each session with user-visible name, start URL, region, time left, refreshable or not, and exits
/// 0 only if the asked one is usable (`--output json` too), without network.
#[test]
fn status_for_people_and_scripts() {
    let home = Home::new();
    for name in ["gone", "old", "stale"] {
        home.configure(&format!(
            "[sso-session {name}]\nsso_start_url = https://{name}.example.com\nsso_region = us-east-1\n"
        ));
    }
    assert_eq!(home.run(&["status"]).status.code(), Some(1), "nobody is signed in anywhere");
    let past = "2020-01-01T00:00:00Z";
    home.put_token("corp", TOKEN, "2099-01-01T00:00:00Z", json!({}));
    home.put_token("old", TOKEN, past, json!({}));
    let refresh = json!({ "refreshToken": REFRESH_TOKEN, "clientId": "id", "clientSecret": CLIENT_SECRET,
        "registrationExpiresAt": "2099-01-01T00:00:00Z" });
    home.put_token("stale", TOKEN, past, refresh);
    let said = home.prints(&["status"]);
    let line = |name: &str| said.lines().find(|line| line.starts_with(&format!("{name} "))).unwrap_or_default();
    assert!(line("corp").contains(" d ") && line("corp").contains("valid for "), "{said}");
    assert!(line("corp").contains("eu-west-1") && line("corp").ends_with("https://d-abc.awsapps.com/start"), "{said}");
    assert!(line("gone").contains("not signed in") && line("old").contains("expired "), "{said}");
    assert!(line("stale").contains("expired, is refreshed when needed"), "{said}");
    for (session, exit, refreshable) in [("corp", 0, false), ("gone", 1, false), ("old", 1, false), ("stale", 0, true)]
    {
        assert_eq!(home.run(&["status", "--sso-session", session]).status.code(), Some(exit), "{session}");
        let output = home.run(&["status", "--sso-session", session, "--output", "json"]);
        let rows: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(output.status.code(), Some(exit), "{session}");
        assert_eq!((&rows[0]["session"], &rows[0]["usable"]), (&json!(session), &json!(exit == 0)));
        assert_eq!(rows[0]["refreshable"] == true, refreshable, "{rows}");
        assert!(rows[0]["startUrl"].is_string() && rows[0]["region"].is_string(), "{rows}");
    }
    let left = home.prints(&["status", "--sso-session", "corp", "--output", "text", "--query", "[].secondsLeft"]);
    assert!(left.trim().parse::<u64>().is_ok_and(|left| left > 0), "{left}");
    assert!(home.server.requests().is_empty());
}

/// `sso credential-process` whose token is gone exits non-zero within 1 s, opens nothing, and its one-line stderr
/// names the command to run.
#[test]
fn never_hang_as_a_credential_process() {
    let home = Home::new();
    let started = std::time::Instant::now();
    let said = home.fails(&["credential-process", "--profile", "dev"], 255);
    assert!(started.elapsed().as_secs() < 1);
    assert!(said.contains("sso login --sso-session corp") && said.lines().count() == 1, "{said}");
    assert!(home.server.requests().is_empty());
}

/// A second `sso credential-process` within the credentials' life makes no request.
#[test]
fn role_credentials_are_kept_between_processes() {
    let home = signed_in();
    let first = home.prints(&["credential-process", "--profile", "dev"]);
    let document: Value = serde_json::from_str(&first).expect("JSON");
    assert_eq!((&document["Version"], &document["SecretAccessKey"]), (&json!(1), &json!(KEY)));
    assert_eq!(home.prints(&["credential-process", "--profile", "dev"]), first);
    assert_eq!(home.server.requests().len(), 1);
}

/// botocore reads what `credential_process` prints.
#[test]
fn boto3_reads_the_document() {
    let home = signed_in();
    let config =
        format!("[profile p]\ncredential_process = {} credential-process --profile dev\n", env!("CARGO_BIN_EXE_sso"));
    let own = std::fs::read_to_string(home.dir.path().join(".aws/config")).expect("a file");
    home.write(".aws/config", &format!("{own}{config}"));
    let script = "import boto3; c = boto3.Session(profile_name='p').get_credentials(); print(c.secret_key, c.token)";
    let output = home.command("python3").env("HOME", home.dir.path()).args(["-c", script]).output();
    let Some(output) = output.ok().filter(|output| !text(&output.stderr).contains("No module named")) else { return };
    assert_eq!(text(&output.stdout), format!("{KEY} {SESSION_TOKEN}\n"), "{}", text(&output.stderr));
}

/// The child has AWS_ACCESS_KEY_ID, SECRET, SESSION_TOKEN, CREDENTIAL_EXPIRATION, REGION and DEFAULT_REGION, and no
/// AWS_PROFILE that contradicts them; the exit code is passed on.
#[test]
fn run_a_command_with_credentials() {
    let home = signed_in();
    let output = home.command(env!("CARGO_BIN_EXE_sso")).env("AWS_PROFILE", "dev").args(["exec", "--", "env"]).output();
    let printed = text(&output.expect("a process").stdout);
    for line in [
        "AWS_ACCESS_KEY_ID=ASIAEXAMPLE",
        "AWS_SESSION_TOKEN=SESSIONSECRET==",
        "AWS_CREDENTIAL_EXPIRATION=2096-10-02T07:06:40+00:00",
        "AWS_REGION=eu-north-1",
        "AWS_DEFAULT_REGION=eu-north-1",
    ] {
        assert!(printed.lines().any(|found| found == line), "{line} in {printed}");
    }
    assert!(!printed.contains("AWS_PROFILE"));
    assert_eq!(home.run(&["exec", "--profile", "dev", "--", "sh", "-c", "exit 7"]).status.code(), Some(7));
    assert_eq!(home.run(&["exec", "--profile", "dev", "--", "/nowhere"]).status.code(), Some(127));
}

/// `sso exec --account prod --role Admin -- CMD` resolves the account by name or id (leading zeros kept); an
/// ambiguous name is an error that lists the candidates.
#[test]
fn by_account_name_without_any_profile() {
    let home = signed_in();
    let words = |account| ["exec", "--sso-session", "corp", "--account", account, "--role", "Audit", "--", "true"];
    home.prints(&words("prod"));
    home.prints(&words("000000000123"));
    let requests = home.server.requests();
    assert!(requests.iter().any(|request| request.contains("account_id=000000000123 ")), "{requests:?}");
    let said = home.fails(&words("twin"), 255);
    assert!(said.contains("444455556666") && said.contains("777788889999"), "{said}");
    assert!(home.fails(&words("pord"), 255).contains("did you mean \"prod\"?"));
    let said = home.fails(&["exec", "--sso-session", "corp", "--", "true"], 2);
    assert!(said.contains("--account and --role"), "{said}");
}

/// `sso exec --all-accounts --role Audit -- CMD` runs in each, output labelled, one exit code; `sso export
/// --account A --account B --format json` gives one object an account.
#[test]
fn many_accounts_at_once() {
    let home = signed_in();
    let printed =
        home.prints(&["exec", "--sso-session", "corp", "--all-accounts", "--role", "Audit", "--", "echo", "x"]);
    let mut lines: Vec<&str> = printed.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["000000000123: x", "111122223333: x", "444455556666: x", "777788889999: x"]);
    let failing = ["exec", "--sso-session", "corp", "--all-accounts", "--role", "Audit", "--", "sh", "-c", "exit 3"];
    assert!(home.fails(&failing, 1).contains("4 of 4 accounts"));
    let script = "echo start >> log; sleep 0.3; echo end >> log";
    let two = ["exec", "--sso-session", "corp", "--all-accounts", "--role", "Audit", "--parallel", "2", "--"];
    home.prints(&[&two[..], &["sh", "-c", script]].concat());
    let change = |running: &mut i32, line| {
        *running += if line == "start" { 1 } else { -1 };
        Some(*running)
    };
    assert_eq!(home.read("log").lines().scan(0, change).max(), Some(2));
    let both = ["--account", "prod", "--account", "000000000123", "--role", "Audit", "--format", "json"];
    let printed = home.prints(&[&["export", "--sso-session", "corp"][..], &both].concat());
    let objects: Value = serde_json::from_str(&printed).expect("JSON");
    assert_eq!((&objects[0]["AccountId"], &objects[1]["AccountId"]), (&json!("111122223333"), &json!("000000000123")));
}

/// `sso roles` prints every account and role, sorted; names cannot steer the terminal.
#[test]
fn everything_in_one_list() {
    let home = signed_in();
    let printed = home.prints(&["roles", "--profile", "dev"]);
    let first: Vec<&str> = printed.lines().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(first, ["000000000123", "111122223333", "444455556666", "777788889999"]);
    assert!(!printed.contains('\u{1b}') && printed.contains("Audit"), "{printed}");
    assert!(home.prints(&["roles", "--profile", "dev", "--csv"]).contains("111122223333,prod,a@example.com,Audit\r\n"));
}

/// What a command is run with may be any bytes; what `sso` is run with is text.
#[cfg(unix)]
#[test]
fn arguments_that_are_no_text() {
    use std::os::unix::ffi::OsStrExt;
    let home = signed_in();
    let odd = std::ffi::OsStr::from_bytes(b"a\xffb\n $(touch x)");
    let run = |words: &[&str]| {
        let mut command = home.command(env!("CARGO_BIN_EXE_sso"));
        command.args(words).arg(odd).output().expect("a process")
    };
    assert_eq!(run(&["exec", "--profile", "dev", "--", "printf", "%s"]).stdout, odd.as_bytes());
    let refused = run(&["exec", "--profile"]);
    assert!(refused.status.code() == Some(2) && text(&refused.stderr).contains("is no UTF-8"), "{refused:?}");
    assert!(!home.path("x").exists());
}

/// Ids of accounts come from a server: as labels, they cannot steer the terminal.
#[test]
fn labels_that_are_odd() {
    let home = signed_in();
    let accounts: Vec<_> = ["1\n2", "3\u{1b}[31m"].iter().map(|id| json!({ "accountId": id })).collect();
    let mut routes = portal()["route"].clone();
    routes["/assignment/accounts"] = json!({ "body": { "accountList": accounts } });
    let server = super::server::Server::start(&json!([{ "route": routes }]), None);
    let mut command = home.command(env!("CARGO_BIN_EXE_sso"));
    command.env("AWS_ENDPOINT_URL_SSO", server.url());
    command.args(["exec", "--sso-session", "corp", "--all-accounts", "--role", "Audit", "--", "echo", "x"]);
    let output = command.output().expect("a process");
    let mut lines: Vec<String> = text(&output.stdout).lines().map(str::to_owned).collect();
    lines.sort_unstable();
    assert_eq!(lines, ["1 2: x", "3\\u{1b}[31m: x"], "{}", text(&output.stderr));
}

/// The manual page names every command.
#[test]
fn manual_page() {
    let page = Home::new().prints(&["man"]);
    for name in ["login", "list\\-account\\-roles", "credential\\-process"] {
        assert!(page.contains(&format!(".SS {name}\n")), "{page}");
    }
}

/// A reader that goes away is no failure.
#[test]
fn broken_pipes_end_quietly() {
    let home = signed_in();
    let script = format!("{} help | true; exit ${{PIPESTATUS[0]}}", env!("CARGO_BIN_EXE_sso"));
    let output = home.command("bash").args(["-c", &script]).output().expect("bash");
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
}

/// A failure names its cause once.
#[test]
fn a_file_that_cannot_be_read_is_told_once() {
    let home = Home::new();
    std::fs::create_dir_all(home.token_file("corp")).expect("a folder in place of the file");
    let said = home.fails(&["get-role-credentials", "--profile", "dev"], 255);
    let count = |what: &str| said.matches(what).count();
    assert_eq!((count("cannot be read"), count("os error")), (1, 1), "{said}");
    let config = tempfile::tempdir().expect("a folder in place of the file");
    let output = home.command(env!("CARGO_BIN_EXE_sso")).arg("status").env("AWS_CONFIG_FILE", config.path()).output();
    let said = text(&output.expect("a process").stderr);
    assert_eq!((said.matches("cannot be read").count(), said.matches("os error").count()), (1, 1), "{said}");
}
