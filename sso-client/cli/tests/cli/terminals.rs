//! Texts of others, above all names from a server, steer no terminal: they are escaped on one, and in every output of a
//! command that AWS CLI v1 does not have. What v1 has too goes byte for byte into a pipe.

use super::home::*;
use super::server::Server;
use serde_json::{Value, json};

/// A name that would set the window's title, clear the screen, write in red and turn the line around.
const HOSTILE: &str = "x\u{1b}]0;PWNED\u{7}\u{1b}[2J\u{7f}\u{9b}31m\u{202e}\ty\nz";

/// A home whose portal gives names of that kind.
fn hostile() -> (Home, Server) {
    let home = signed_in();
    let account = json!({ "accountId": "111122223333", "accountName": HOSTILE, "emailAddress": HOSTILE });
    let role = json!({ "accountId": "111122223333", "roleName": HOSTILE });
    let refused = json!({ "status": 403, "body": { "__type": "ForbiddenException", "message": HOSTILE } });
    let server = Server::start(
        &json!([{ "status": 404, "route": {
            "/assignment/accounts": { "body": { "accountList": [account] } },
            "/assignment/roles": { "body": { "roleList": [role] } },
            "/federation/credentials": refused,
        } }]),
        None,
    );
    (home, server)
}

/// Whether there is anything but text, and the line breaks and tabs that we write.
fn steers(shown: &str) -> bool {
    let is_ours = |char: char| matches!(char, '\n' | '\r' | '\t');
    shown.contains(|char: char| (char.is_control() && !is_ours(char)) || char == '\u{202e}')
}

/// The commands whose results are those of AWS CLI v1, and those that are ours.
const THEIRS: [&str; 2] = ["list-accounts --profile dev", "list-account-roles --profile dev"];
const OURS: [&str; 1] = ["roles --sso-session corp"];

#[test]
fn names_steer_no_terminal() {
    let (home, server) = hostile();
    let url = server.url();
    let variables = [("AWS_ENDPOINT_URL_SSO", &*url), ("NO_COLOR", "1")];
    for command in THEIRS.into_iter().chain(OURS) {
        for form in ["", "--output json", "--output text", "--output table", "--query '[]' --output text"] {
            let Some(shown) = home.on_terminal(&format!("{command} {form}"), &variables, "") else { return };
            assert!(form.contains("query") || shown.contains("PWNED"), "{command} {form}: {shown:?}");
            assert!(!steers(&shown), "{command} {form}: {shown:?}");
        }
    }
    let shown = home.on_terminal("list-accounts --profile dev", &variables, "").unwrap_or_default();
    let result: Value = serde_json::from_str(&shown).expect("JSON still");
    assert_eq!(result["accountList"][0]["accountName"], HOSTILE);
    // What a person is told in place of a result.
    for command in [
        "get-role-credentials --profile dev",
        "list-accounts --profile dev --debug",
        "configure --sso-session corp",
        "configure --sso-session corp --dry-run",
        "exec --sso-session corp --account 111122223333 -- true",
        "export --sso-session corp --account nobody --role x",
    ] {
        let shown = home.on_terminal(command, &variables, "").unwrap_or_default();
        assert!(!shown.is_empty() && !steers(&shown), "{command}: {shown:?}");
    }
}

/// A message is one line, so that nobody can forge a second one.
#[test]
fn messages_of_a_server_are_one_line() {
    let (home, server) = hostile();
    let mut command = home.command(env!("CARGO_BIN_EXE_sso"));
    command.env("AWS_ENDPOINT_URL_SSO", server.url()).args(["get-role-credentials", "--profile", "dev"]);
    let said = text(&command.output().expect("a process").stderr);
    assert!(said.contains("PWNED") && said.contains(" y z\n") && said.lines().count() == 2, "{said:?}");
}

#[test]
fn a_pipe_gets_the_bytes_of_v1_and_nothing_that_steers_from_others() {
    let (home, server) = hostile();
    let piped = |command: &str| {
        let mut process = home.command(env!("CARGO_BIN_EXE_sso"));
        process.env("AWS_ENDPOINT_URL_SSO", server.url()).args(command.split(' '));
        let output = process.output().expect("a process");
        assert!(output.status.success(), "{command}: {}", text(&output.stderr));
        text(&output.stdout)
    };
    assert!(piped("list-accounts --profile dev --output text").contains(HOSTILE));
    assert!(piped("list-accounts --profile dev --output table").contains(HOSTILE));
    assert!(piped("list-accounts --profile dev").contains("\\u001b[2J\u{7f}\u{9b}31m\u{202e}\\ty\\nz"));
    for form in ["", " --output json", " --output text", " --output table", " --output csv", " --csv"] {
        let shown = piped(&format!("roles --sso-session corp{form}"));
        assert!(shown.contains("PWNED") && !steers(&shown), "{form}: {shown:?}");
    }
    let rows: Value = serde_json::from_str(&piped("roles --sso-session corp --output json")).expect("JSON");
    assert_eq!((&rows[0]["accountName"], &rows[0]["roleName"]), (&json!(HOSTILE), &json!(HOSTILE)));
    let line = piped("roles --sso-session corp --output text");
    assert!(line.lines().count() == 1 && line.matches('\t').count() == 3, "{line:?}");
}
