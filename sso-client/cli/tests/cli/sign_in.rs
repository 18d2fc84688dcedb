//! Signing in and out, what is configured by it, and what is never shown.

use super::home::*;
use super::server::Server;
use serde_json::json;

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
    let left = holding(home.dir.path(), &SECRETS);
    assert!(left.is_empty(), "{left:?}");
    // A dead network does not keep the files.
    for words in [&["logout", "--sso-session", "corp"][..], &["logout", "--all"]] {
        let home = signed_in();
        home.prints(&["credential-process", "--profile", "dev"]);
        let mut command = home.command(env!("CARGO_BIN_EXE_sso"));
        let output = command.env("AWS_ENDPOINT_URL_SSO", "http://127.0.0.1:1").args(words).output().expect("a process");
        let said = text(&output.stderr);
        assert!(output.status.success() && said.contains("warning: the portal does not know of it"), "{said}");
        assert!(holding(home.dir.path(), &SECRETS).is_empty());
    }
}

/// What options say of the transport holds for a session that no file has, too.
#[test]
fn options_hold_for_a_start_url() {
    let home = Home::new();
    let run = |url: &str, command: &str, words: &[&str]| {
        let url_words = ["--start-url", "https://d-abc.awsapps.com/start", "--region", "eu-west-1"];
        let command: Vec<_> = command.split(' ').collect();
        let mut sso = home.command(env!("CARGO_BIN_EXE_sso"));
        let sso = sso.env("AWS_ENDPOINT_URL_SSO_OIDC", url).args([&command, &url_words[..], words].concat());
        let output = sso.output().expect("a process");
        (output.status.success(), text(&output.stderr))
    };
    let (login, configure) = ("login --flow device-code --no-browser", "configure --sso-session new --login");
    let dead = "http://127.0.0.1:1";
    for command in [login, configure] {
        let (_, said) = run(dead, command, &[]);
        assert!(!said.contains("debug: "), "{said}");
        let (_, said) = run(dead, command, &["--debug"]);
        assert!(said.contains("debug: "), "{command}: {said}");
    }
    let silent = Server::start(&json!([{ "action": "hang" }]), None);
    for command in [login, configure] {
        let (_, said) = run(&silent.url(), command, &["--cli-read-timeout", "1"]);
        assert!(said.contains("within 1s"), "{command}: {said}");
    }
    let Some(certificate) = test_support::suite("suites/cli/tls/server.pem") else { return };
    let service = Server::start(&json!([portal()]), Some(&certificate));
    let (succeeded, said) = run(&service.url(), login, &[]);
    assert!(!succeeded && said.contains("certificate"), "{said}");
    for command in [login, configure] {
        let (_, said) = run(&service.url(), command, &["--ca-bundle", "nowhere.pem"]);
        assert!(said.contains("nowhere.pem"), "{command}: {said}");
    }
    let (succeeded, said) = run(&service.url(), login, &["--no-verify-ssl"]);
    assert!(succeeded && said.contains("Signed in"), "{said}");
}

/// `sso login` prints user code and verification URL before it waits, on stderr; `$BROWSER` is obeyed with its
/// arguments, and `--no-browser` opens nothing. With a token that is valid it makes no request; `--force` signs in.
#[test]
fn a_valid_session_is_not_signed_in_again() {
    let home = Home::new();
    let service = Server::start(&json!([portal()]), None);
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
    for path in holding(&home.path(".aws"), &SECRETS) {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).expect("a file").permissions().mode() & 0o777, 0o600, "{}", path.display());
    }
}

/// 100 processes started at once with an expired token lead to one CreateToken; all print credentials.
#[test]
fn one_refresh_for_many_processes() {
    let home = Home::new();
    let refresh = json!({ "refreshToken": "R", "clientId": "id", "clientSecret": "s",
        "registrationExpiresAt": "2099-01-01T00:00:00Z" });
    home.put_token("corp", "OLD", "2020-01-01T00:00:00Z", refresh);
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
    for index in 100..200 {
        home.configure(&format!("[profile p{index}]\nsso_session = corp\n"));
    }
    let said = home.fails(&["roles"], 255);
    assert!(said.contains("p105 and 95 more\n") && said.contains("--sso-session") && said.len() < 400, "{said}");
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
