//! A temporary home with a session, and the portal that it is about.

use std::process::{Command, Output};

use super::server::Server;
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) const TOKEN: &str = "TOKENSECRET";
pub(crate) const KEY: &str = "KEYSECRET/+=";
pub(crate) const SESSION_TOKEN: &str = "SESSIONSECRET==";

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
    } })
}

/// A home whose token is where the session looks for it: below the SHA-1 of `corp`.
pub(crate) fn signed_in() -> Home {
    let home = Home::new();
    let token = json!({ "startUrl": "https://d-abc.awsapps.com/start", "region": "eu-west-1",
        "accessToken": TOKEN, "expiresAt": "2099-01-01T00:00:00Z" });
    home.write(".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json", &token.to_string());
    home
}
