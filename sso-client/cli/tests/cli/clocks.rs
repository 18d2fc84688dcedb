//! Clocks that are wrong by a year, and clocks that are set while a command runs: by Debian's `faketime`, without
//! which the tests say that they skip.

use super::home::*;
use super::server::Server;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

const AHEAD: &str = "+365d";
const BEHIND: &str = "-365d";

/// The library that `faketime` loads into a program, if it is installed.
fn library() -> Option<String> {
    let mut faketime = Command::new("faketime");
    faketime.args(["-m", "-f", "+0", "sh", "-c", "printf %s \"$LD_PRELOAD\""]).stderr(Stdio::null());
    let path = faketime.output().ok().filter(|output| output.status.success()).map(|output| text(&output.stdout));
    // The loader completes the path, by the system's folders.
    let path = path.filter(|path| !path.is_empty());
    if path.is_none() {
        test_support::skipped("faketime is not installed");
    }
    path
}

/// The command with the clock that the file `clock` tells, whenever it is asked. Time goes on as it does, and so do
/// timers: where a clock is set, they do not notice.
fn with_clock(home: &Home, library: &str, clock: &str) -> Command {
    home.write("clock", clock);
    let mut command = home.command(env!("CARGO_BIN_EXE_sso"));
    command.env("LD_PRELOAD", library).env("FAKETIME_TIMESTAMP_FILE", home.path("clock"));
    command.env("FAKETIME_NO_CACHE", "1").env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    command
}

fn run(home: &Home, library: &str, clock: &str, words: &[&str]) -> Output {
    let output = with_clock(home, library, clock).args(words).output().expect("a process");
    let said = text(&output.stderr);
    assert!(!said.contains("panicked") && output.status.code().is_some(), "{clock} {words:?}: {output:?}");
    output
}

/// A home whose token is valid for some hours, or has expired for so long, and can be refreshed.
fn expiring_in(hours: i64) -> Home {
    let home = Home::new();
    let at = Timestamp::now() + SignedDuration::from_hours(hours);
    home.put_token("corp", "OLD", &at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(), refreshable());
    home
}

fn refreshable() -> Value {
    json!({ "refreshToken": "OLDREFRESH", "clientId": "id", "clientSecret": CLIENT_SECRET,
        "registrationExpiresAt": "2099-01-01T00:00:00Z" })
}

const ACCOUNTS: [&str; 3] = ["list-accounts", "--profile", "dev"];

/// A clock that goes to and fro leads to one refresh, not to one each time.
#[test]
fn a_year_ahead_and_back() {
    let Some(library) = library() else { return };
    let home = expiring_in(8);
    for clock in [AHEAD, "+0", BEHIND, AHEAD, BEHIND, "+0", AHEAD, AHEAD] {
        let output = run(&home, &library, clock, &ACCOUNTS);
        assert!(output.status.success() && text(&output.stdout).contains("prod"), "{clock}: {output:?}");
    }
    assert_eq!(home.asked("/token"), 1);
    // A token that was got a year ago, by the clock of then.
    let home = expiring_in(-1);
    for clock in [BEHIND, "+0", BEHIND, "+0", "+0"] {
        let output = run(&home, &library, clock, &ACCOUNTS);
        assert!(output.status.success(), "{clock}: {output:?}");
    }
    assert_eq!(home.asked("/token"), 1);
}

/// A service that accepts no token: with a clock that is behind, it seems to be good for long. One refresh is tried,
/// and the message says what is wrong with the clock.
#[test]
fn a_service_that_refuses_what_the_clock_takes_for_good() {
    let Some(library) = library() else { return };
    let now =
        jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&Timestamp::now()).expect("a date");
    let refused = json!({ "status": 401, "headers": { "Date": now, "x-amzn-errortype": "UnauthorizedException" },
        "body": { "message": "Session token not found or invalid" } });
    let script = json!([{ "status": 404, "route": {
        "/assignment/accounts": refused,
        "/federation/credentials": refused,
        "/token": { "headers": { "Date": now }, "body": { "accessToken": TOKEN, "expiresIn": 28_800,
            "refreshToken": REFRESH_TOKEN } },
    } }]);
    for (clock, way) in [(BEHIND, "behind"), (AHEAD, "ahead of")] {
        let home = Home { server: Server::start(&script, None), ..expiring_in(8) };
        for words in [&ACCOUNTS[..], &["credential-process", "--profile", "dev"], &ACCOUNTS, &ACCOUNTS] {
            let output = run(&home, &library, clock, words);
            let said = text(&output.stderr);
            assert_eq!(output.status.code(), Some(255), "{clock} {words:?}: {said}");
            assert!(said.contains("sign in again") || said.contains("sso login"), "{clock} {words:?}: {said}");
            if words[0] == "credential-process" {
                let clock_is = format!("{way} the service's: set it");
                assert!(said.contains("this computer's clock is 36") && said.contains(&clock_is), "{clock}: {said}");
            }
        }
        assert!(home.asked("/token") <= 1, "{clock}: {:?}", home.server.requests());
    }
}

/// A sign-in during which the clock is set: device codes expire by time that passed, not by the clock.
#[test]
fn a_clock_that_is_set_during_a_sign_in() {
    let Some(library) = library() else { return };
    let pending = json!({ "status": 400, "headers": { "x-amzn-errortype": "AuthorizationPendingException" },
        "body": { "error": "authorization_pending" } });
    let whole = portal();
    let waiting = |pending: &Value| {
        let mut script = whole.clone();
        script["route"]["/token"] = pending.clone();
        script
    };
    // Registration, device code, and two polls.
    let script = json!([waiting(&pending), waiting(&pending), waiting(&pending), waiting(&pending), whole]);
    for clock in [AHEAD, BEHIND] {
        let home = Home { server: Server::start(&script, None), ..Home::new() };
        let words = ["login", "--sso-session", "corp", "--flow", "device-code", "--no-browser"];
        let mut command = with_clock(&home, &library, "+0");
        command.args(words).stdout(Stdio::piped()).stderr(Stdio::piped());
        let running = command.spawn().expect("a process");
        while home.asked("/token") == 0 {
            std::thread::sleep(Duration::from_millis(10));
        }
        home.write("clock", clock);
        let output = running.wait_with_output().expect("it ends");
        let said = text(&output.stderr);
        assert!(output.status.success() && said.contains("Signed in to corp"), "{clock}: {said}");
        assert_eq!(home.asked("/token"), 3, "{clock}: {said}");
        let output = run(&home, &library, clock, &ACCOUNTS);
        assert!(output.status.success(), "{clock}: {output:?}");
        assert_eq!(home.asked("/token"), 3, "{clock}");
    }
}

/// Clocks that are wrong by more than a lifetime: what every command does ends in a result or a message.
#[test]
fn clocks_out_of_all_bounds() {
    let Some(library) = library() else { return };
    let clocks = [
        "@1970-01-01 00:00:01",
        "@1969-07-20 00:00:00",
        "@2038-01-20 00:00:00",
        "@2262-04-12 00:00:00",
        "@9990-01-01 00:00:00",
    ];
    for clock in clocks {
        for words in [
            &["status"][..],
            &ACCOUNTS,
            &["credential-process", "--profile", "dev"],
            &["export", "--profile", "dev"],
            &["roles", "--sso-session", "corp"],
            &["login", "--sso-session", "corp", "--flow", "device-code", "--no-browser"],
            &["logout", "--sso-session", "corp"],
        ] {
            let home = expiring_in(8);
            let output = run(&home, &library, clock, words);
            assert!(
                output.status.success() || !(output.stdout.is_empty() && output.stderr.is_empty()),
                "{clock} {words:?}: {output:?}"
            );
            assert!(home.asked("/token") <= 1, "{clock} {words:?}: {:?}", home.server.requests());
        }
    }
}
