//! Commands with a session, against a server on loopback: a temporary home, a token in its cache.

#[path = "cases/server.rs"]
mod server;

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};
use server::Server;
use tempfile::TempDir;

const TOKEN: &str = "TOKENSECRET";
const KEY: &str = "KEYSECRET/+=";
const SESSION_TOKEN: &str = "SESSIONSECRET==";

/// A home with a session `corp`, a profile `dev` of it and one of another kind.
struct Home {
    dir: TempDir,
    server: Server,
}

impl Home {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let server = Server::start(&json!([portal()]), None);
        let home = Self { dir, server };
        home.write(
            ".aws/config",
            "[profile dev]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Audit\nregion = eu-north-1\n\
             [profile token]\nsso_session = corp\n[profile other]\nregion = eu-west-1\n\
             [sso-session corp]\nsso_start_url = https://d-abc.awsapps.com/start\nsso_region = eu-west-1\n",
        );
        home
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.dir.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("created");
        std::fs::write(path, text).expect("written");
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env_clear().current_dir(self.dir.path()).stdin(std::process::Stdio::null());
        command.env("HOME", self.dir.path()).env("AWS_ENDPOINT_URL_SSO", self.server.url());
        command.env("AWS_ENDPOINT_URL_SSO_OIDC", self.server.url()).env("AWS_MAX_ATTEMPTS", "1");
        command.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        command
    }

    fn run(&self, words: &[&str]) -> Output {
        self.command(env!("CARGO_BIN_EXE_sso")).args(words).output().expect("a process")
    }

    /// What a command prints that succeeds.
    fn prints(&self, words: &[&str]) -> String {
        let output = self.run(words);
        assert!(output.status.success(), "{words:?}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    /// What a command says that fails.
    fn fails(&self, words: &[&str], exit: i32) -> String {
        let output = self.run(words);
        assert_eq!(output.status.code(), Some(exit), "{words:?}: {} {}", text(&output.stdout), text(&output.stderr));
        text(&output.stderr)
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn portal() -> Value {
    let account =
        |id: &str, name: &str| json!({ "accountId": id, "accountName": name, "emailAddress": "a@example.com" });
    json!({ "status": 404, "route": {
        "/federation/credentials": { "body": { "roleCredentials": { "accessKeyId": "ASIAEXAMPLE",
            "secretAccessKey": KEY, "sessionToken": SESSION_TOKEN, "expiration": 4_000_000_000_000_i64 } } },
        "/assignment/accounts": { "body": { "accountList": [
            account("111122223333", "prod"), account("000000000123", "dev\u{1b}[31m"), account("444455556666", "twin"),
            account("777788889999", "twin")] } },
        "/assignment/roles": { "body": { "roleList": [{ "roleName": "Audit" }] } },
        "/logout": { "body": {} },
    } })
}

/// A home whose token is where the session looks for it: below the SHA-1 of `corp`.
fn signed_in() -> Home {
    let home = Home::new();
    let token = json!({ "startUrl": "https://d-abc.awsapps.com/start", "region": "eu-west-1",
        "accessToken": TOKEN, "expiresAt": "2099-01-01T00:00:00Z" });
    home.write(".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json", &token.to_string());
    home
}

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

/// `sso status` lists each session with start URL, region, time left, and exits 0 only if the asked one is
/// usable (`--output json` too), without network.
#[test]
fn status_for_people_and_scripts() {
    let home = Home::new();
    let said = text(&home.run(&["status"]).stdout);
    assert!(said.contains("corp") && said.contains("not signed in") && said.contains("eu-west-1"), "{said}");
    assert_eq!(home.run(&["status", "--sso-session", "corp"]).status.code(), Some(1));
    let home = signed_in();
    assert!(home.prints(&["status", "--sso-session", "corp"]).contains("valid for "));
    let rows: Value = serde_json::from_str(&home.prints(&["status", "--output", "json"])).expect("JSON");
    assert_eq!((&rows[0]["session"], &rows[0]["usable"]), (&json!("corp"), &json!(true)));
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

/// `sso export` is evaluated by a shell; `--unset` prints what clears it.
#[test]
fn in_the_form_that_my_shell_takes() {
    let home = signed_in();
    let exported = home.prints(&["export", "--profile", "dev"]);
    let cleared = home.prints(&["export", "--unset"]);
    let script = "eval \"$1\"; printf '%s|' \"$AWS_SECRET_ACCESS_KEY\"; eval \"$2\"; printf %s \"${AWS_SECRET_ACCESS_KEY-gone}\"";
    let output = home.command("bash").args(["-c", script, "bash", &exported, &cleared]).output().expect("bash");
    assert_eq!(text(&output.stdout), format!("{KEY}|gone"));
}

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

/// `sso completions` completes commands, options and names from the configuration, without network; the shell
/// never expands a candidate.
#[test]
fn shells_complete_it() {
    let home = signed_in();
    let own = std::fs::read_to_string(home.dir.path().join(".aws/config")).expect("a file");
    home.write(".aws/config", &format!("{own}[profile $(touch x)]\nregion = x\n[profile a b]\nregion = x\n"));
    let candidates = |words: &str| home.prints(&["completions", &format!("--words={words}")]);
    assert_eq!(candidates("sta"), "status\n");
    assert_eq!(candidates("list-accounts\n--pro"), "--profile\n");
    assert_eq!(candidates("export\n--profile\n"), "dev\nother\ntoken\n");
    assert_eq!(candidates("export\n--format\nenv-"), "env-no-export\n");
    for shell in ["bash", "zsh", "fish", "powershell"] {
        assert!(!home.prints(&["completions", "--shell", shell]).contains("compgen"));
    }
    let script = format!(
        "PATH={}:$PATH; eval \"$(sso completions --shell bash)\"; COMP_WORDS=(sso exec --profile d); COMP_CWORD=3; \
         _sso_complete; echo \"${{COMPREPLY[@]}}\"",
        Path::new(env!("CARGO_BIN_EXE_sso")).parent().expect("a folder").display()
    );
    let output = home.command("bash").args(["-c", &script]).output().expect("bash");
    assert_eq!(text(&output.stdout), "dev\n", "{}", text(&output.stderr));
    assert!(home.server.requests().is_empty() && !home.dir.path().join("x").exists());
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

/// A reader that goes away is no failure.
#[test]
fn broken_pipes_end_quietly() {
    let home = signed_in();
    let script = format!("{} help | true; exit ${{PIPESTATUS[0]}}", env!("CARGO_BIN_EXE_sso"));
    let output = home.command("bash").args(["-c", &script]).output().expect("bash");
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
}
