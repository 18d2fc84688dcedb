//! What may be secret in a URL (user, password, query) or in a document with a token is in no message and no `--debug`,
//! whatever form it has, and wherever it comes from.

use super::home::*;
use super::server::Server;
use serde_json::json;

/// Runs a command line with variables and returns what it prints, both ways.
fn shown(home: &Home, line: &str, variables: &[(&str, &str)]) -> String {
    let mut command = home.command(env!("CARGO_BIN_EXE_sso"));
    command.envs(variables.iter().copied()).args(line.split(' '));
    let output = command.output().expect("a process");
    let shown = text(&output.stdout) + &text(&output.stderr);
    assert!(!shown.contains("SECRET"), "{line} with {variables:?} shows it: {shown}");
    assert!(!output.status.success(), "{line} with {variables:?}: {shown}");
    shown
}

const BY_HAND: &str = "list-accounts --access-token t --region eu-west-1";

#[test]
fn endpoints() {
    let home = Home::new();
    home.put_token("corp", "t", "2099-01-01T00:00:00Z", json!({}));
    let serve = |step: serde_json::Value| Server::start(&json!([step]), None);
    let (page, closes) = (serve(json!({ "body": "<html>" })), serve(json!({ "action": "close" })));
    let (garbage, hangs) = (serve(json!({ "action": "garbage" })), serve(json!({ "action": "hang" })));
    let with_key = |server: &Server| format!("{}/p?key=SECRET", server.url());
    let dead = "http://127.0.0.1:9";
    for (url, by_hand) in [
        ("https://user:SECRET@127.0.0.1:9", "it holds a user name or password"),
        ("https://user:SECRET%40h", "invalid authority"),
        ("https://user:SECRET", "its port is none"),
        ("https://user:SEC/SECRET@h", "the endpoint URL cannot be used"),
        ("user:SECRET@gw", "Invalid endpoint: *** Sensitive Data Redacted ***"),
        ("user:SECRET", "Invalid endpoint: *** Sensitive Data Redacted ***"),
        ("//user:SECRET@gw", "Invalid endpoint: *** Sensitive Data Redacted ***"),
        ("ftp://user:SECRET@gw", "Invalid endpoint: *** Sensitive Data Redacted ***"),
        ("http://?SECRET", "Invalid endpoint: *** Sensitive Data Redacted ***"),
        ("gw:8443", "Invalid endpoint: gw:8443\n"),
        (&format!("{dead}/?key=SECRET"), &format!("endpoint URL: \"{dead}/assignment/accounts?<redacted>\"")),
        (&format!("{dead}/p?SECRET"), &format!("endpoint URL: \"{dead}/p/assignment/accounts?<redacted>\"")),
        (&with_key(&page), "p/assignment/accounts?<redacted>\" cannot be used"),
        (&with_key(&closes), "p/assignment/accounts?<redacted>\""),
        (&with_key(&garbage), "p/assignment/accounts?<redacted>\""),
        (&with_key(&closes).replace("http:", "https:"), "p/assignment/accounts?<redacted>"),
        (&format!("{}?SECRET", hangs.url()), "Read timeout on endpoint URL: \""),
    ] {
        let variables = [("AWS_ENDPOINT_URL_SSO", url)];
        let limit = "--cli-read-timeout 1";
        for more in ["", " --debug"] {
            let said = shown(&home, &format!("{BY_HAND} {limit}{more}"), &variables);
            assert!(said.contains(by_hand), "{url}{more}: {said}");
        }
        for line in ["list-accounts --profile dev", "get-role-credentials --profile dev"] {
            shown(&home, &format!("{line} --debug {limit}"), &variables);
        }
        shown(
            &home,
            &format!("login --sso-session corp --force --no-browser --debug {limit}"),
            &[("AWS_ENDPOINT_URL_SSO_OIDC", url)],
        );
        home.write("aws", &format!("[default]\nregion = eu-west-1\nendpoint_url = {url}\n"));
        let file = [("AWS_CONFIG_FILE", "aws"), ("AWS_ENDPOINT_URL_SSO", "")];
        let said = shown(&home, &format!("list-accounts --access-token t --debug {limit}"), &file);
        assert!(said.contains(by_hand), "{url} of a profile: {said}");
    }
    let said = shown(&home, &format!("{BY_HAND} --debug"), &[("AWS_ENDPOINT_URL_SSO", "http://127.0.0.1:9/p?SECRET")]);
    assert!(
        said.contains("endpoint: http://127.0.0.1:9/p\n") && said.contains("GET http://127.0.0.1:9/p/ass"),
        "{said}"
    );
    for url in ["https://user:SECRET@127.0.0.1:9", "user:SECRET@gw", "http://127.0.0.1:9/p?SECRET"] {
        shown(&home, "roles --profile dev --debug", &[("AWS_ENDPOINT_URL_SSO", url)]);
    }
    // What the operation adds is shown.
    let said = shown(
        &home,
        "list-account-roles --account-id 1 --access-token t --region eu-west-1",
        &[("AWS_ENDPOINT_URL_SSO", "http://127.0.0.1:9?SECRET")],
    );
    assert!(said.contains("/assignment/roles?<redacted>&account_id=1\""), "{said}");
}

#[test]
fn proxies() {
    let home = Home::new();
    let refuses = Server::start(&json!([{ "status": 407 }]), None);
    let (dead, alive) = ("127.0.0.1:9", refuses.address.to_string());
    for host in [dead, &alive] {
        let name = format!("Failed to connect to proxy URL: \"http://{host}\"");
        for url in [format!("user:SECRET@{host}"), format!("http://user:SECRET@{host}"), format!("SECRET:@{host}/")] {
            for (variable, endpoint) in [
                ("HTTP_PROXY", "http://sso.example.test"),
                ("HTTPS_PROXY", "https://sso.example.test"),
                ("ALL_PROXY", "https://sso.example.test"),
                ("https_proxy", "https://sso.example.test"),
            ] {
                let variables = [(variable, &*url), ("AWS_ENDPOINT_URL_SSO", endpoint)];
                for more in ["", " --debug"] {
                    let said = shown(&home, &format!("{BY_HAND}{more}"), &variables);
                    assert!(said.contains(&name), "{variable}={url}{more}: {said}");
                }
            }
        }
    }
    for url in ["http://user:SEC/SECRET@h", "socks5://user:SECRET@h:1", "ftp://user:SECRET@h", "user:SECRET@h:x"] {
        let said = shown(&home, &format!("{BY_HAND} --debug"), &[("HTTPS_PROXY", url)]);
        assert!(said.contains("HTTPS_PROXY: the proxy's URL cannot be used"), "{url}: {said}");
    }
}

#[test]
fn urls_in_options() {
    let home = signed_in();
    for (line, expected) in [
        ("list-accounts --access-token t --endpoint-url user_SECRET@gw", "Bad value for --endpoint-url \"*** Sens"),
        ("list-accounts --access-token t --region x --endpoint-url user:SECRET@gw", "Invalid endpoint: *** Sens"),
        (
            "list-accounts --region eu-west-1 --access-token http://127.0.0.1:9/x?key=SECRET",
            "Unable to retrieve http://127.0.0.1:9/x: ",
        ),
        (
            "list-accounts --region eu-west-1 --access-token http://user:SECRET@127.0.0.1:9/x",
            "Unable to retrieve *** Sensitive Data Redacted ***: ",
        ),
        (
            "list-accounts --region eu-west-1 --access-token http://us[er:SECRET@127.0.0.1:9/x",
            "Unable to retrieve *** Sensitive Data Redacted ***: ",
        ),
        (
            "console --profile dev --federation-url http://127.0.0.1:9/f?key=SECRET",
            "http://127.0.0.1:9/f gave no sign-in",
        ),
        ("console --profile dev --federation-url http://user:SECRET@127.0.0.1:9/f", "gave no sign-in token"),
        ("login --start-url https://user:SECRET@h/start --region eu-west-1", "has no host, or a password"),
        ("login --start-url http://user:SECRET@h/start --region eu-west-1", "has to have the https scheme"),
        ("login --start-url user:SECRET@h:x/start --region eu-west-1", "the start URL \"*** Sensitive"),
    ] {
        for more in ["", " --debug"] {
            let said = shown(&home, &format!("{line}{more}"), &[]);
            assert!(said.contains(expected), "{line}{more}: {said}");
        }
    }
    home.configure("[sso-session odd]\nsso_start_url = https://user:SECRET@h/start\nsso_region = eu-west-1\n");
    for line in ["status --sso-session odd", "status --sso-session odd --output json", "login --sso-session odd"] {
        let said = shown(&home, line, &[]);
        assert!(line.contains("json") || said.contains("odd") || said.contains("start URL"), "{line}: {said}");
    }
}

/// A document that is no JSON is repeated only if it stands on the command line and holds nothing sensitive.
#[test]
fn documents_in_messages() {
    let home = Home::new();
    home.write("in.json", "{\"any\":\"SECRET\",}");
    for (document, received) in [
        ("{\"accessToken\":\"SECRET\",}", "*** Sensitive Data Redacted ***"),
        ("{\"ACCESStoken\":\"SECRET\"", "*** Sensitive Data Redacted ***"),
        ("file://in.json", "*** Sensitive Data Redacted ***"),
        ("{\"roleName\":\"R\",}", "{\"roleName\":\"R\",}"),
    ] {
        let said = shown(&home, &format!("get-role-credentials --cli-input-json {document}"), &[]);
        assert!(said.contains(&format!("JSON received: {received}\n")), "{document}: {said}");
    }
}
