//! Signing in and out, what is configured by it, and what is never shown.

#[path = "cases/home.rs"]
mod home;
#[path = "cases/server.rs"]
mod server;

use std::path::Path;

use home::*;
use serde_json::{Value, json};
use server::Server;

/// `sso logout --sso-session S` calls Logout, removes its token and the role credentials got by it.
#[test]
fn sign_out_of_one_session_wholly() {
    let home = signed_in();
    home.prints(&["credential-process", "--profile", "dev"]);
    home.prints(&["logout", "--sso-session", "corp"]);
    assert!(
        home.server.requests().iter().any(|request| request.starts_with("POST /logout") && request.contains(TOKEN))
    );
    assert_eq!(home.run(&["status", "--sso-session", "corp"]).status.code(), Some(1));
    home.fails(&["credential-process", "--profile", "dev"], 255);
    let left = secrets(home.dir.path());
    assert!(left.is_empty(), "{left:?}");
}

/// No output or `--debug` contains token, secret key or session token, but the output that was asked for.
#[test]
fn nothing_secret_shown() {
    let home = signed_in();
    for words in [
        &["list-accounts", "--profile", "dev", "--debug"][..],
        &["get-role-credentials", "--profile", "dev", "--debug", "--query", "`1`"],
        &["roles", "--profile", "dev", "--debug"],
        &["exec", "--profile", "dev", "--debug", "--", "true"],
        &["status", "--debug"],
        &["logout", "--access-token", TOKEN, "--debug", "--region", "eu-west-1"],
    ] {
        let output = home.run(words);
        let shown = text(&output.stdout) + &text(&output.stderr);
        assert!(output.status.success(), "{words:?}: {shown}");
        for secret in [TOKEN, KEY, SESSION_TOKEN] {
            assert!(!shown.contains(secret), "{words:?}: {shown}");
        }
    }
    let debug = text(&home.run(&["list-accounts", "--access-token", TOKEN, "--region", "eu-west-1", "--debug"]).stderr);
    assert!(debug.contains("x-amz-sso_bearer_token: <redacted>") && debug.contains("GET http://"), "{debug}");
}

/// `sso login` prints user code and verification URL before it waits, on stderr; `$BROWSER` is obeyed with its
/// arguments, and `--no-browser` opens nothing. With a token that is valid it makes no request; `--force` signs in.
#[test]
fn a_valid_session_is_not_signed_in_again() {
    let home = Home::new();
    let json = |body: Value| json!({ "body": body });
    let service = Server::start(
        &json!([{ "status": 404, "route": {
            "/client/register": json(json!({ "clientId": "id", "clientSecret": "CLIENTSECRET", "clientSecretExpiresAt": 4_000_000_000_u64 })),
            "/device_authorization": json(json!({ "deviceCode": "DEVICESECRET", "userCode": "ABCD-EFGH", "expiresIn": 600,
                "interval": 1, "verificationUri": "https://device.example.com/",
                "verificationUriComplete": "https://device.example.com/?user_code=ABCD-EFGH" })),
            "/token": json(json!({ "accessToken": TOKEN, "expiresIn": 28_800, "refreshToken": "REFRESHSECRET" })),
        } }]),
        None,
    );
    home.write("browser.sh", "#!/bin/sh\nprintf '%s\\n' \"$@\" >> opened\n");
    let login = |words: &[&str]| {
        let mut command = home.command(env!("CARGO_BIN_EXE_sso"));
        command.env("AWS_ENDPOINT_URL_SSO_OIDC", service.url()).env("BROWSER", "sh browser.sh --new %s");
        let output =
            command.args([&["login", "--sso-session", "corp", "--flow", "device-code"], words].concat()).output();
        let output = output.expect("a process");
        assert!(output.status.success() && output.stdout.is_empty(), "{output:?}");
        text(&output.stderr)
    };
    let said = login(&["--no-browser"]);
    assert!(
        said.contains("ABCD-EFGH")
            && said.contains("https://device.example.com/")
            && said.contains("Signed in to corp")
    );
    assert!(!home.dir.path().join("opened").exists());
    let requests = service.requests().len();
    assert!(login(&[]).contains("is valid until"));
    assert_eq!(service.requests().len(), requests);
    let shown = said + &login(&["--force", "--debug"]);
    for secret in [TOKEN, "CLIENTSECRET", "DEVICESECRET", "REFRESHSECRET"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    let opened = std::fs::read_to_string(home.dir.path().join("opened"));
    // The program that was started may still be writing.
    if let Ok(opened) = opened {
        assert_eq!(opened, "--new\nhttps://device.example.com/?user_code=ABCD-EFGH\n");
    }
    home.prints(&["credential-process", "--profile", "dev"]);
    #[cfg(unix)]
    for path in secrets(home.dir.path()) {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).expect("a file").permissions().mode() & 0o777, 0o600, "{path}");
    }
}

/// 100 processes started at once with an expired token lead to one CreateToken; all print credentials.
#[test]
fn one_refresh_for_many_processes() {
    let home = Home::new();
    let token = json!({ "startUrl": "https://d-abc.awsapps.com/start", "region": "eu-west-1", "accessToken": "OLD",
        "expiresAt": "2020-01-01T00:00:00Z", "refreshToken": "R", "clientId": "id", "clientSecret": "s",
        "registrationExpiresAt": "2099-01-01T00:00:00Z" });
    home.write(".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json", &token.to_string());
    let answer = json!({ "delay": 0.2, "body": { "accessToken": TOKEN, "expiresIn": 28_800, "refreshToken": "R2" } });
    let service = Server::start(&json!([answer]), None);
    let start = || {
        let mut command = home.command(env!("CARGO_BIN_EXE_sso"));
        command.env("AWS_ENDPOINT_URL_SSO_OIDC", service.url()).args(["credential-process", "--profile", "dev"]);
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().expect("a process")
    };
    let children: Vec<_> = (0..100).map(|_| start()).collect();
    for child in children {
        let output = child.wait_with_output().expect("an end");
        assert!(output.status.success() && text(&output.stdout).contains(KEY), "{}", text(&output.stderr));
    }
    assert_eq!(service.requests().len(), 1, "{:?}", service.requests());
    assert_eq!(home.server.requests().len(), 1);
}

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

/// A 403 names account and role, says that the role is not assigned, and lists the roles of that account; 401 says
/// which session and `sso login --sso-session S`.
#[test]
fn errors_that_name_the_cause_and_the_command() {
    let home = signed_in();
    let with = |status: u16, code: &str| {
        let refused =
            json!({ "status": status, "headers": { "x-amzn-errortype": code }, "body": { "message": "No access" } });
        let roles = json!({ "body": { "roleList": [{ "roleName": "Audit" }, { "roleName": "Dev" }] } });
        let server = Server::start(
            &json!([{ "route": { "/federation/credentials": refused, "/assignment/roles": roles } }]),
            None,
        );
        let mut command = home.command(env!("CARGO_BIN_EXE_sso"));
        command.env("AWS_ENDPOINT_URL_SSO", server.url());
        command.args(["export", "--sso-session", "corp", "--account", "111122223333", "--role", "Nope"]);
        text(&command.output().expect("a process").stderr)
    };
    let said = with(403, "ForbiddenException");
    assert!(["111122223333", "Nope", "Audit, Dev"].iter().all(|part| said.contains(part)), "{said}");
    let said = with(401, "UnauthorizedException");
    assert!(said.contains("sso login --sso-session corp") && said.lines().count() <= 3, "{said}");
}

/// `sso login --redirect-port N` fails with a clear text if the port is taken.
#[test]
fn a_redirect_port_that_is_taken() {
    let home = Home::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let said = home.fails(&["login", "--sso-session", "corp", "--redirect-port", &port, "--no-browser"], 255);
    assert!(said.contains(&port), "{said}");
    assert!(home.fails(&["login", "--sso-session", "corp", "--redirect-port", "99999"], 2).contains("65535"));
}

/// Two `sso-session`s with one start URL keep two tokens; every command takes `--sso-session`.
#[test]
fn several_users_and_several_organizations() {
    let home = signed_in();
    let own = std::fs::read_to_string(home.dir.path().join(".aws/config")).expect("a file");
    let second = "[sso-session second]\nsso_start_url = https://d-abc.awsapps.com/start\nsso_region = eu-west-1\n";
    home.write(".aws/config", &format!("{own}{second}"));
    home.prints(&["status", "--sso-session", "corp"]);
    assert_eq!(home.run(&["status", "--sso-session", "second"]).status.code(), Some(1));
    home.prints(&["logout", "--all"]);
    assert_eq!(home.run(&["status", "--sso-session", "corp"]).status.code(), Some(1));
}

/// A home without any file: one command writes the session, signs in and writes the profiles.
#[test]
fn from_nothing_to_profiles() {
    let home = Home::new();
    std::fs::remove_dir_all(home.dir.path().join(".aws")).expect("removed");
    let json = |body: Value| json!({ "body": body });
    let service = Server::start(
        &json!([{ "status": 404, "route": {
            "/client/register": json(json!({ "clientId": "id", "clientSecret": "s", "clientSecretExpiresAt": 4_000_000_000_u64 })),
            "/device_authorization": json(json!({ "deviceCode": "d", "userCode": "ABCD", "expiresIn": 600, "interval": 1,
                "verificationUri": "https://device.example.com/" })),
            "/token": json(json!({ "accessToken": TOKEN, "expiresIn": 28_800 })),
        } }]),
        None,
    );
    let url = "https://d-abc.awsapps.com/start";
    let mut command = home.command(env!("CARGO_BIN_EXE_sso"));
    command.env("AWS_ENDPOINT_URL_SSO_OIDC", service.url()).env("SSH_CONNECTION", "over ssh, by device code");
    command.args(["configure", "--sso-session", "corp", "--start-url", url, "--region", "eu-west-1", "--login"]);
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

/// `sso console` prints a sign-in URL, or hands it to a browser by a URL of this computer that holds no secret.
#[test]
fn console() {
    let home = signed_in();
    let federation = Server::start(&json!([{ "body": { "SigninToken": "SIGNINSECRET+" } }]), None);
    let url = format!("{}/federation", federation.url());
    let words = ["console", "--profile", "dev", "--federation-url", &url];
    let printed = home.prints(&words);
    let destination = "https%3A%2F%2Fconsole.aws.amazon.com%2F";
    assert_eq!(printed, format!("{url}?Action=login&Destination={destination}&SigninToken=SIGNINSECRET%2B\n"));
    let asked = federation.requests().remove(0);
    assert!(asked.contains("Action=getSigninToken&Session=%7B%22sessionId%22%3A%22ASIAEXAMPLE%22"), "{asked}");
    let browser = "import sys, urllib.request as u, urllib.error\nclass N(u.HTTPRedirectHandler):\n    \
        def redirect_request(self, *a): return None\ntry: u.build_opener(N).open(sys.argv[1])\n\
        except urllib.error.HTTPError as e: open('went','w').write(sys.argv[1] + ' ' + e.headers['Location'])\n";
    home.write("browser.py", browser);
    let mut command = home.command(env!("CARGO_BIN_EXE_sso"));
    let output = command
        .env("BROWSER", "python3 browser.py")
        .args(words)
        .args(["--open", "--debug"])
        .output()
        .expect("a process");
    assert!(output.status.success() && output.stdout.is_empty(), "{output:?}");
    assert!(
        ![TOKEN, KEY, SESSION_TOKEN, "SIGNINSECRET"].iter().any(|secret| text(&output.stderr).contains(secret)),
        "{output:?}"
    );
    for _ in 0..100 {
        let went = std::fs::read_to_string(home.dir.path().join("went")).unwrap_or_default();
        if let Some((page, location)) = went.split_once(' ') {
            assert!(page.starts_with("http://127.0.0.1:") && !page.contains("SECRET"));
            assert_eq!(location, printed.trim_end());
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("no browser came");
}

/// Which files hold secrets.
fn secrets(dir: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(secrets(&path));
        } else if [TOKEN, KEY, SESSION_TOKEN]
            .iter()
            .any(|secret| text(&std::fs::read(&path).expect("a file")).contains(secret))
        {
            found.push(path.display().to_string());
        }
    }
    found
}
