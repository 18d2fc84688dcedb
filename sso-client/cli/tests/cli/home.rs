//! A temporary home with a session, and the services that it is about.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::server::Server;
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) const TOKEN: &str = "TOKENSECRET";
pub(crate) const KEY: &str = "KEYSECRET/+=";
pub(crate) const SESSION_TOKEN: &str = "SESSIONSECRET==";

pub(crate) const CLIENT_SECRET: &str = "CLIENTSECRET";
pub(crate) const DEVICE_CODE: &str = "DEVICESECRET";
pub(crate) const REFRESH_TOKEN: &str = "REFRESHSECRET";

/// All of them.
pub(crate) const SECRETS: [&str; 6] = [TOKEN, KEY, SESSION_TOKEN, CLIENT_SECRET, DEVICE_CODE, REFRESH_TOKEN];

/// A browser that notes its arguments in the file `opened`, and comes back where a page for PKCE sends it.
pub(crate) const BROWSER: &str = "import sys, urllib.parse as p, urllib.request as r\n\
    open('opened', 'a').write(' '.join(sys.argv[1:]) + '\\n')\n\
    q = dict(p.parse_qsl(p.urlsplit(sys.argv[-1]).query))\n\
    if 'redirect_uri' in q:\n    \
        r.urlopen(q['redirect_uri'] + '?' + p.urlencode({'code': 'abc', 'state': q['state']}))\n";

/// A home with a session `corp`, a profile `dev` of it and one of another kind.
pub(crate) struct Home {
    pub(crate) dir: TempDir,
    pub(crate) server: Server,
}

impl Home {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let server = Server::start(&json!([portal()]), None);
        let home = Self { dir, server };
        home.write("browser.py", BROWSER);
        home.write(
            ".aws/config",
            "[profile dev]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Audit\nregion = eu-north-1\n\
             [profile token]\nsso_session = corp\n[profile other]\nregion = eu-west-1\n\
             [sso-session corp]\nsso_start_url = https://d-abc.awsapps.com/start\nsso_region = eu-west-1\n",
        );
        home
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.dir.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("created");
        std::fs::write(path, text).expect("written");
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path(path)).expect("a file")
    }

    /// Adds to the config file.
    pub(crate) fn configure(&self, text: &str) {
        let own = std::fs::read_to_string(self.path(".aws/config")).unwrap_or_default();
        self.write(".aws/config", &(own + text));
    }

    /// Puts a token where a session looks for it, valid until a date.
    pub(crate) fn put_token(&self, session: &str, token: &str, expires_at: &str, more: Value) {
        let mut document = json!({ "startUrl": "https://d-abc.awsapps.com/start", "region": "eu-west-1",
            "accessToken": token, "expiresAt": expires_at });
        document.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
        std::fs::create_dir_all(self.path(".aws/sso/cache")).expect("created");
        std::fs::write(self.token_file(session), document.to_string()).expect("written");
    }

    /// Where the token of a session lies.
    pub(crate) fn token_file(&self, session: &str) -> PathBuf {
        let builder = sso_client::identity::SsoSession::builder().env([("HOME", self.dir.path())]);
        let session = builder.name(session).start_url("https://d-abc.awsapps.com/start").region("eu-west-1").build();
        PathBuf::from(session.expect("a session").token_location())
    }

    /// How often services were asked for a path.
    pub(crate) fn asked(&self, path: &str) -> usize {
        self.server.requests().iter().filter(|request| request.split(' ').nth(1) == Some(path)).count()
    }

    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env_clear().current_dir(self.dir.path()).stdin(std::process::Stdio::null());
        command.env("HOME", self.dir.path()).env("AWS_ENDPOINT_URL_SSO", self.server.url());
        command.env("AWS_ENDPOINT_URL_SSO_OIDC", self.server.url()).env("AWS_MAX_ATTEMPTS", "1");
        command.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        command
    }

    pub(crate) fn run(&self, words: &[&str]) -> Output {
        self.command(env!("CARGO_BIN_EXE_sso")).args(words).output().expect("a process")
    }

    /// What a terminal shows of a command line, with what is typed; `None` where there is no program for that.
    pub(crate) fn on_terminal(&self, line: &str, variables: &[(&str, &str)], typed: &str) -> Option<String> {
        let line = format!("{} {line}", env!("CARGO_BIN_EXE_sso"));
        let mut command = self.command("script");
        command.args(["--quiet", "--return", "--command", &line, "/dev/null"]).envs(variables.iter().copied());
        command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
        let Ok(mut child) = command.spawn() else {
            test_support::skipped("there is no program `script`, which makes a terminal");
            return None;
        };
        let mut stdin = child.stdin.take().expect("a pipe");
        std::io::Write::write_all(&mut stdin, typed.as_bytes()).expect("written");
        let output = child.wait_with_output().expect("an end");
        drop(stdin);
        Some(text(&output.stdout))
    }

    /// What a command prints that succeeds.
    pub(crate) fn prints(&self, words: &[&str]) -> String {
        let output = self.run(words);
        assert!(output.status.success(), "{words:?}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    /// What a command says that fails.
    pub(crate) fn fails(&self, words: &[&str], exit: i32) -> String {
        let output = self.run(words);
        assert_eq!(output.status.code(), Some(exit), "{words:?}: {} {}", text(&output.stdout), text(&output.stderr));
        text(&output.stderr)
    }
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

pub(crate) fn portal() -> Value {
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
        "/client/register": { "body": { "clientId": "id", "clientSecret": CLIENT_SECRET,
            "clientSecretExpiresAt": 4_000_000_000_u64 } },
        "/device_authorization": { "body": { "deviceCode": DEVICE_CODE, "userCode": "ABCD-EFGH", "expiresIn": 600,
            "interval": 1, "verificationUri": "https://device.example.com/",
            "verificationUriComplete": "https://device.example.com/?user_code=ABCD-EFGH" } },
        "/token": { "body": { "accessToken": TOKEN, "expiresIn": 28_800, "refreshToken": REFRESH_TOKEN } },
    } })
}

/// A home whose session has a token.
pub(crate) fn signed_in() -> Home {
    let home = Home::new();
    home.put_token("corp", TOKEN, "2099-01-01T00:00:00Z", json!({}));
    home
}

/// The files below a folder that hold one of these.
pub(crate) fn holding(folder: &Path, secrets: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(holding(&path, secrets));
        } else {
            let content = text(&std::fs::read(&path).unwrap_or_default());
            found.extend(secrets.iter().any(|secret| content.contains(secret)).then_some(path));
        }
    }
    found
}
