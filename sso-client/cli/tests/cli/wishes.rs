//! What people want of such a command, one sentence a test, in its words; the numbers are those of the list.
//!
//! Other tests have further wishes: see [`WISHES`].

use super::home::*;
use super::server::Server;
use serde_json::{Value, json};

/// Which test holds which wish.
const WISHES: &[(u8, &str)] = &[
    (1, "credentials_without_a_token_in_hand"),
    (2, "a_valid_session_is_not_signed_in_again"),
    (3, "status_for_people_and_scripts"),
    (4, "one_login_for_parallel_processes"),
    (5, "refresh_without_a_person"),
    (6, "never_hang_as_a_credential_process"),
    // That it takes less than 10 ms is a row of `cargo xtask bench`, in instructions: no test goes by the clock.
    (7, "role_credentials_are_kept_between_processes"),
    (8, "works_over_ssh_in_wsl_and_containers"),
    (9, "code_and_url_are_always_shown"),
    (10, "the_browser_that_i_choose_or_none"),
    (11, "a_redirect_port_that_i_can_forward"),
    // How near it comes to the least time is shown by hand:
    // `cargo test -p sso-client --test identity all_roles::a_thousand_accounts_on_real_sockets -- --ignored`.
    (12, "everything_i_may_do_in_one_list"),
    (13, "config_for_all_of_it"),
    (14, "config_for_all_of_it"),
    (15, "run_a_command_with_credentials"),
    (16, "by_account_name_without_any_profile"),
    (17, "many_accounts_at_once"),
    (18, "in_the_form_that_my_shell_takes"),
    (19, "errors_that_name_the_cause_and_the_command"),
    (20, "sign_out_of_one_session_wholly"),
    (21, "nothing_secret_left_lying_or_shown"),
    (22, "several_users_and_several_organizations"),
    (23, "shells_complete_it"),
    (24, "own_start_domains_and_every_partition"),
    (25, "find_a_role_fast"),
];

#[test]
fn each_wish_has_a_test() {
    let sources = [
        include_str!("session.rs"),
        include_str!("sign_in.rs"),
        include_str!("configuring.rs"),
        include_str!("shells.rs"),
        include_str!("secrets.rs"),
        include_str!("wishes.rs"),
    ]
    .concat();
    for (number, test) in WISHES {
        assert!(sources.contains(&format!("#[test]\nfn {test}()")), "{number}: there is no test {test}");
    }
    let Some(path) = test_support::suite("wants-cli.md") else { return };
    let list = std::fs::read_to_string(path).expect("a file");
    let number = |line: &str| line.split_once(". **")?.0.parse().ok();
    let numbers: Vec<u8> = list.lines().filter_map(number).collect();
    assert_eq!(numbers, WISHES.iter().map(|(number, _)| *number).collect::<Vec<_>>());
}

/// Wish 4: 100 processes started at once that may sign in lead to 1 browser; all 100 print credentials.
#[test]
fn one_login_for_parallel_processes() {
    let home = Home::new();
    let start = || {
        let mut command = home.command(env!("CARGO_BIN_EXE_sso"));
        command.env("BROWSER", "python3 browser.py").args(["credential-process", "--profile", "dev", "--login"]);
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().expect("a process")
    };
    let children: Vec<_> = (0..100).map(|_| start()).collect();
    for child in children {
        let output = child.wait_with_output().expect("an end");
        assert!(output.status.success() && text(&output.stdout).contains(KEY), "{}", text(&output.stderr));
    }
    for path in ["/client/register", "/device_authorization", "/token"] {
        assert_eq!(home.asked(path), 1, "{path}");
    }
    assert_eq!(opened(&home, 1), ["https://device.example.com/?user_code=ABCD-EFGH"]);
}

/// What the browser was opened with, once it was so often.
fn opened(home: &Home, count: usize) -> Vec<String> {
    // It is a process of its own, which nobody waits for.
    for _ in 0..200 {
        let opened = std::fs::read_to_string(home.path("opened")).unwrap_or_default();
        if opened.lines().count() >= count {
            return opened.lines().map(str::to_owned).collect();
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("no browser came");
}

/// Wish 5: With `sso_registration_scopes`, an expired token is refreshed silently, and device-code logins get refresh
/// tokens too.
#[test]
fn refresh_without_a_person() {
    let home = Home::new();
    home.configure("sso_registration_scopes = sso:account:access\n");
    home.prints(&["login", "--sso-session", "corp", "--flow", "device-code", "--no-browser"]);
    let requests = home.server.requests();
    assert!(requests[0].contains("sso:account:access"), "{requests:?}");
    let file = home.token_file("corp");
    let token: Value = serde_json::from_slice(&std::fs::read(&file).expect("a file")).expect("JSON");
    assert_eq!(token["refreshToken"], REFRESH_TOKEN);
    let mut expired = token.clone();
    expired["expiresAt"] = json!("2020-01-01T00:00:00Z");
    std::fs::write(&file, expired.to_string()).expect("written");
    let output = home.run(&["list-accounts", "--sso-session", "corp"]);
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    let refreshes: Vec<_> = home.server.requests().into_iter().filter(|it| it.contains("refresh_token\\\"")).collect();
    assert!(refreshes.len() == 1 && refreshes[0].contains(REFRESH_TOKEN), "{refreshes:?}");
    assert_eq!(home.asked("/device_authorization"), 1);
}

/// Signs in, and returns what is said.
fn login(home: &Home, variables: &[(&str, &str)], words: &[&str]) -> String {
    let mut command = home.command(env!("CARGO_BIN_EXE_sso"));
    command.env("BROWSER", "python3 browser.py").envs(variables.iter().copied());
    let output = command.args(["login", "--sso-session", "corp", "--force"]).args(words).output().expect("a process");
    assert!(output.status.success() && output.stdout.is_empty(), "{output:?}");
    text(&output.stderr)
}

/// Wish 8: With `SSH_CONNECTION`, WSL, no display or in a container, `sso login` takes the device code by itself and says
/// so; `--flow pkce|device-code` and `sso_use_device_code` in the session decide otherwise.
#[test]
fn works_over_ssh_in_wsl_and_containers() {
    let home = Home::new();
    for (variable, reason) in [
        ("SSH_CONNECTION", "this is a session over ssh"),
        ("WSL_DISTRO_NAME", "this is WSL"),
        ("KUBERNETES_SERVICE_HOST", "this is a container"),
    ] {
        let said = login(&home, &[("DISPLAY", ":0"), (variable, "1")], &[]);
        assert!(said.contains(&format!("by device code, since {reason}")) && said.contains("ABCD-EFGH"), "{said}");
    }
    let said = login(&home, &[], &[]);
    assert!(said.contains("by device code, since "), "{said}");
    assert!(!login(&home, &[], &["--flow", "device-code"]).contains("since"));
    let said = login(&home, &[("SSH_CONNECTION", "1")], &["--flow", "pkce"]);
    assert!(said.contains("/authorize?") && !said.contains("ABCD-EFGH"), "{said}");
    home.configure("sso_use_device_code = false\n");
    let said = login(&home, &[("SSH_CONNECTION", "1")], &[]);
    assert!(said.contains("/authorize?") && !said.contains("ABCD-EFGH"), "{said}");
    let own = home.read(".aws/config").replace("sso_use_device_code = false", "sso_use_device_code = true");
    home.write(".aws/config", &own);
    let said = login(&home, &[("DISPLAY", ":0")], &[]);
    assert!(said.contains("ABCD-EFGH") && !said.contains("since"), "{said}");
}

/// Wish 9: Device login prints user code and verification URL before it waits, also when a browser opens, and on stderr.
#[test]
fn code_and_url_are_always_shown() {
    for words in [&["--flow", "device-code"][..], &["--flow", "device-code", "--no-browser"]] {
        let home = Home::new();
        let said = login(&home, &[], words);
        let shown = |text| said.find(text).unwrap_or(usize::MAX);
        assert!(shown("ABCD-EFGH") < shown("Signed in") && shown("https://device.example.com/") < shown("Signed in"));
    }
}

/// Wish 10: `--no-browser` opens nothing; `$BROWSER` (with arguments, `%s`) is obeyed; no text browser is ever started;
/// failure to open is not an error.
#[test]
fn the_browser_that_i_choose_or_none() {
    let home = Home::new();
    let page = "https://device.example.com/?user_code=ABCD-EFGH";
    let with = |browser: &str, words: &[&str]| {
        login(&home, &[("BROWSER", browser)], &[&["--flow", "device-code"], words].concat())
    };
    with("python3 browser.py", &["--no-browser"]);
    let said = with("/nowhere/browser --new", &[]);
    assert!(said.contains("No browser was opened (/nowhere/browser --new: ") && said.contains("Signed in"), "{said}");
    home.write("lynx", "#!/bin/sh\ntouch lynx-came\n");
    let lynx = home.path("lynx");
    let said = with(
        &format!("sh {0}:{0} %s:python3 browser.py --new-tab %s --end", lynx.display()).replacen("sh ", "", 1),
        &[],
    );
    assert_eq!(opened(&home, 1), [format!("--new-tab {page} --end")], "{said}");
    with("python3 browser.py", &[]);
    assert_eq!(opened(&home, 2)[1], page);
    let said = with("w3m", &[]);
    assert!(said.contains("No browser was opened (w3m: it draws text)."), "{said}");
    assert!(!home.path("lynx-came").exists());
}

/// Wish 11: `sso login --redirect-port N` listens on 127.0.0.1:N, bound before the browser opens.
#[test]
fn a_redirect_port_that_i_can_forward() {
    let home = Home::new();
    let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
    let said = login(&home, &[("SSH_CONNECTION", "1")], &["--redirect-port", &free.port().to_string()]);
    let page = format!("redirect_uri=http%3A%2F%2F127.0.0.1%3A{}%2Foauth%2Fcallback", free.port());
    assert!(said.contains(&page) && opened(&home, 1)[0].contains(&page), "{said}");
}

/// Wish 12: `sso roles` prints every account and role against a portal that is limited, without a failure;
/// `--output json|text|table|csv`, sorted.
#[test]
fn everything_i_may_do_in_one_list() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    let portal = sso_client::test_util::Portal::builder().accounts(60, 3).rate_limit(50.0, 10.0);
    let portal = runtime.block_on(portal.start()).expect("a portal");
    let home = Home::new();
    home.put_token("corp", &portal.access_token(), "2099-01-01T00:00:00Z", json!({}));
    let roles = |form: &[&str]| {
        let mut command = home.command(env!("CARGO_BIN_EXE_sso"));
        command.env("AWS_ENDPOINT_URL_SSO", portal.endpoint_url()).args(["roles", "--sso-session", "corp"]).args(form);
        let output = command.output().expect("a process");
        assert!(output.status.success() && output.stderr.is_empty(), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let rows: Value = serde_json::from_str(&roles(&["--output", "json"])).expect("JSON");
    let pair = |row: &Value| (row["accountId"].to_string(), row["roleName"].to_string());
    let pairs: Vec<_> = rows.as_array().expect("rows").iter().map(pair).collect();
    assert!(pairs.len() == 180 && pairs.is_sorted(), "{pairs:?}");
    let csv = roles(&["--output", "csv"]);
    assert!(csv.starts_with("accountId,accountName,emailAddress,roleName\r\n") && csv.lines().count() == 181, "{csv}");
    assert_eq!(roles(&["--csv"]), csv);
    assert_eq!(roles(&["--output", "text"]).lines().count(), 180);
    let table = roles(&["--output", "table"]);
    assert!(table.starts_with("---") && table.contains("accountId") && table.lines().count() > 180, "{table}");
    let said = home.fails(&["list-accounts", "--profile", "dev", "--output", "csv"], 2);
    assert!(said.contains("valid choices are: json, text, table\n"), "{said}");
    // A form that does not exist is told by those that the command has.
    for (words, known) in [
        (&["list-accounts", "--profile", "dev"][..], "json, text, table\n"),
        (&["status"], "json, text, table\n"),
        (&["roles", "--profile", "dev"], "json, text, table, csv\n"),
        (&[], "json, text, table\n"),
    ] {
        let said = home.fails(&[words, &["--output", "yaml"]].concat(), 2);
        assert!(said.contains(&format!("argument --output: Invalid choice, valid choices are: {known}")), "{said}");
    }
}

/// Wish 22: Two `sso-session`s with one start URL keep two tokens; every command takes `--sso-session`; profiles of one are
/// untouched by the other.
#[test]
fn several_users_and_several_organizations() {
    let home = signed_in();
    home.configure("[sso-session second]\nsso_start_url = https://d-abc.awsapps.com/start\nsso_region = eu-west-1\n");
    home.put_token("second", "SECOND", "2099-01-01T00:00:00Z", json!({}));
    for (session, token) in [("corp", TOKEN), ("second", "SECOND")] {
        home.prints(&["list-accounts", "--sso-session", session]);
        let request = home.server.requests().pop().unwrap_or_default();
        assert!(request.contains(&format!("\"{token}\"")), "{request}");
        home.prints(&["configure", "--sso-session", session, "--name", "{session}.{account_name}.{role}"]);
    }
    let both = home.read(".aws/config");
    assert!(both.contains("[profile corp.prod.Audit]\n") && both.contains("[profile second.prod.Audit]\n"));
    let nothing = Server::start(&json!([{ "body": { "accountList": [] } }]), None);
    let mut prune = home.command(env!("CARGO_BIN_EXE_sso"));
    prune.env("AWS_ENDPOINT_URL_SSO", nothing.url()).args(["configure", "--sso-session", "second", "--prune"]);
    assert!(prune.output().expect("a process").status.success());
    let pruned = home.read(".aws/config");
    assert!(pruned.contains("[profile corp.prod.Audit]\n") && !pruned.contains("[profile second."), "{pruned}");
    home.prints(&["logout", "--sso-session", "second"]);
    assert!(home.run(&["status", "--sso-session", "corp"]).status.success());
    assert_eq!(home.run(&["status", "--sso-session", "second"]).status.code(), Some(1));
    for words in [
        &["login"][..],
        &["status"],
        &["roles"],
        &["export"],
        &["exec", "--", "true"],
        &["credential-process"],
        &["configure"],
        &["console"],
        &["logout"],
        &["list-accounts"],
        &["list-account-roles", "--account-id", "1"],
        &["get-role-credentials", "--account-id", "1", "--role-name", "x"],
    ] {
        let said = home.fails(&[&["--sso-session", "nowhere"], words].concat(), 255);
        assert!(said.contains("nowhere") && said.lines().count() <= 3, "{words:?}: {said}");
    }
}

/// Wish 24: A start URL on a company's domain signs in without depending on a complete list of AWS hosts (an unknown host is
/// followed, never refused); the region comes from the redirect or the config. So does that of every partition, whose
/// hosts are not asked at all.
#[test]
fn own_start_domains_and_every_partition() {
    let login = |home: &Home, url: &str, region: &str| {
        home.configure(&format!("[sso-session own]\nsso_start_url = {url}\nsso_region = {region}\n"));
        let words = ["login", "--sso-session", "own", "--flow", "device-code", "--no-browser", "--no-verify-ssl"];
        let output = home.run(&words);
        assert!(output.status.success(), "{url}: {}", text(&output.stderr));
        let token: Value =
            serde_json::from_slice(&std::fs::read(home.token_file("own")).expect("a file")).expect("JSON");
        let asked = home.server.requests().into_iter().find(|request| request.contains("startUrl")).unwrap_or_default();
        (token["region"].as_str().expect("a region").to_owned(), asked)
    };
    for (url, region) in [
        ("https://start.us-gov-home.awsapps.com/directory/corp", "us-gov-west-1"),
        ("https://start.home.awsapps.cn/directory/corp", "cn-north-1"),
        ("https://ssoins-1.portal.eusc-de-east-1.app.amazonwebservices.eu", "eusc-de-east-1"),
        // One that is not known, and does not answer.
        ("https://127.0.0.1:1/start", "eu-west-1"),
    ] {
        let (found, asked) = login(&Home::new(), url, region);
        assert!(found == region && asked.contains(url), "{url}: {found}, {asked}");
    }
    let Some(certificate) = test_support::suite("suites/cli/tls/server.pem") else { return };
    let portal = "https://ssoins-abc.portal.us-east-1.app.aws/";
    let domain = Server::start(&json!([{ "status": 302, "headers": { "Location": portal } }]), Some(&certificate));
    let (found, asked) = login(&Home::new(), &format!("{}/start", domain.url()), "eu-west-1");
    assert!(found == "us-east-1" && asked.contains(portal.trim_end_matches('/')), "{found}, {asked}");
    let unmoved = Server::start(&json!([{ "status": 200, "body": "" }]), Some(&certificate));
    assert_eq!(login(&Home::new(), &unmoved.url(), "ap-southeast-9").0, "ap-southeast-9");
}

/// Wish 25: `sso exec` or `sso console` without arguments on a terminal offers a fuzzy list, latest first; without a terminal
/// it is an error, never a hang.
#[test]
fn find_a_role_fast() {
    let home = signed_in();
    for words in [&["exec", "--sso-session", "corp", "--", "true"][..], &["console", "--sso-session", "corp"]] {
        let said = home.fails(words, 2);
        assert!(said.contains("4 roles fit; --account and --role choose one") && said.lines().count() <= 3, "{said}");
    }
    let on_terminal = |typed: &str| {
        let command = "exec --sso-session corp -- sh -c 'echo got $AWS_ACCESS_KEY_ID'";
        home.on_terminal(command, &[], typed)
    };
    let asked = |home: &Home| {
        home.server.requests().into_iter().rev().find(|it| it.contains("/federation/")).unwrap_or_default()
    };
    // Letters narrow the list down: `pd` is in `prod`.
    let Some(shown) = on_terminal("pd\n") else { return };
    assert!(shown.contains("got ASIAEXAMPLE") && asked(&home).contains("account_id=111122223333"), "{shown}");
    // It was the last one used, so it comes first; then another one does.
    let shown = on_terminal("1\n").unwrap_or_default();
    assert!(shown.contains("  1  111122223333 prod Audit") && shown.contains("got ASIAEXAMPLE"), "{shown}");
    home.prints(&["exec", "--sso-session", "corp", "--account", "777788889999", "--role", "Audit", "--", "true"]);
    // Two uses may lie in one second.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    home.prints(&["exec", "--sso-session", "corp", "--account", "444455556666", "--role", "Audit", "--", "true"]);
    let shown = on_terminal("1\n").unwrap_or_default();
    assert!(
        shown.contains("  1  444455556666 twin Audit") && asked(&home).contains("account_id=444455556666"),
        "{shown}"
    );
}
