//! What comes from outside while a client calls: responses, certificates, cached tokens and credentials.

use std::path::Path;

use sso_client::config::Region;
use sso_client::config::http::HyperClient;
use sso_client::config::retry::RetryConfig;
use sso_client::identity::SsoSession;
use sso_client::runtime::http::HttpResponse;
use sso_client::test_util::ReplayClient;
use sso_client::{Client, Config};

use super::{block_on, is_line};

/// The first line has the operation and the status; then come headers, an empty line and the body.
pub(super) fn responses(input: &[u8]) {
    let mut lines = input.split(|byte| *byte == b'\n');
    let first = lines.next().unwrap_or_default();
    let (operation, status) = (first.first().copied().unwrap_or_default(), first.get(1..).unwrap_or_default());
    let status = std::str::from_utf8(status).ok().and_then(|status| status.trim().parse().ok()).unwrap_or(200);
    let mut response = http::Response::builder().status(status);
    let mut used = first.len() + 1;
    for line in lines {
        used += line.len() + 1;
        match line.iter().position(|byte| *byte == b':') {
            Some(colon) => response = response.header(&line[..colon], line[colon + 1..].trim_ascii()),
            None => break,
        }
    }
    let Ok(response) = response.body(input.get(used..).unwrap_or_default().to_vec()) else { return };
    let config = Config::builder().endpoint_url("https://portal.test").region(Region::new("eu-west-1"));
    let config = config.retry_config(RetryConfig::disabled()).http_client(ReplayClient::new([response])).build();
    let (portal, oidc) = (Client::from_conf(config.clone()), sso_client::oidc::Client::from_conf(config));
    macro_rules! check {
        ($call:expr) => {
            match block_on($call.send()) {
                Ok(output) => drop(format!("{output:?}")),
                Err(error) => {
                    is_line(&error.to_string());
                    is_line(&format!("{error:#}"));
                    drop(format!("{error:?}"));
                }
            }
        };
    }
    match operation % 8 {
        0 => check!(portal.get_role_credentials().account_id("1").role_name("r").access_token("t")),
        1 => check!(portal.list_accounts().access_token("t")),
        2 => check!(portal.list_account_roles().account_id("1").access_token("t")),
        3 => check!(portal.logout().access_token("t")),
        4 => check!(oidc.create_token().client_id("i").client_secret("s").grant_type("g")),
        5 => check!(oidc.register_client().client_name("n").client_type("public")),
        6 => check!(oidc.start_device_authorization().client_id("i").client_secret("s").start_url("https://a.test")),
        _ => {
            let mut pages = portal.list_accounts().access_token("t").into_paginator().items().send();
            while let Some(Ok(_)) = block_on(pages.try_next()).transpose() {}
        }
    }
}

/// Nothing listens at the endpoint: the certificates are read before or while connecting.
pub(super) fn pem(input: &[u8]) {
    let http = HyperClient::builder().trust_only_pem(input).build();
    let config =
        Config::builder().endpoint_url("https://127.0.0.1:1").region(Region::new("eu-west-1")).http_client(http);
    let config = config.retry_config(RetryConfig::disabled()).build();
    if let Err(error) = block_on(Client::from_conf(config).list_accounts().access_token("t").send()) {
        is_line(&error.to_string());
    }
}

/// Token and role credentials, parted by a line of dashes.
pub(super) fn caches(input: &[u8]) {
    thread_local!(static HOME: tempfile::TempDir = tempfile::tempdir().expect("a folder"));
    HOME.with(|home| {
        let parts = input.windows(5).position(|part| part == b"\n---\n");
        let (token, role) = parts.map_or((input, &[][..]), |at| (&input[..at], &input[at + 5..]));
        let response = http::Response::builder().status(400).body(r#"{"error":"invalid_grant"}"#).expect("a response");
        let config =
            Config::builder().retry_config(RetryConfig::disabled()).http_client(ReplayClient::new([response])).build();
        let session = SsoSession::builder().env([("HOME", home.path())]).name("corp").config(config);
        let session =
            session.start_url("https://d-abc.awsapps.com/start").region("eu-west-1").build().expect("a session");
        let file = session.token_location();
        let file = Path::new(&file);
        for folder in [file.parent().expect("a folder"), &home.path().join(".aws/cli/cache")] {
            let _ = std::fs::remove_dir_all(folder);
            std::fs::create_dir_all(folder).expect("created");
        }
        std::fs::write(file, token).expect("written");
        // The name is a hash of account, role and start URL, as AWS's command line computes it.
        std::fs::write(home.path().join(".aws/cli/cache/a8954f045231f857ac62cf039fed649392ce1cd3.json"), role)
            .expect("written");
        if let Err(error) = block_on(session.role_credentials("100000000000", "Role0")) {
            is_line(&error.to_string());
        }
    });
}

/// Lists and maps in headers, a line each. What has no quotes, escapes or empty elements is what commas part.
pub(super) fn headers(input: &[u8]) {
    let mut map = http::HeaderMap::new();
    for line in input.split(|byte| *byte == b'\n') {
        let (name, value) = line
            .iter()
            .position(|byte| *byte == b':')
            .map_or((&b"x-list"[..], line), |colon| (&line[..colon], &line[colon + 1..]));
        let name = http::HeaderName::from_bytes(name);
        if let (Ok(name), Ok(value)) = (name, http::HeaderValue::from_bytes(value.trim_ascii())) {
            map.append(name, value);
        }
    }
    let values: Option<Vec<_>> = map.get_all("x-list").iter().map(|value| value.to_str().ok()).collect();
    let sent = map.keys().filter(|name| name.as_str().starts_with("x-meta-")).count();
    let response = HttpResponse::new(http::StatusCode::OK, map.clone(), "");
    let (mut texts, mut numbers, mut flags) = (None::<Vec<String>>, None::<Vec<i32>>, None::<Vec<bool>>);
    response.header_list("x-list", &mut texts).expect("any text is one");
    if let Err(error) = response.header_list("x-list", &mut numbers) {
        is_line(&error.to_string());
    }
    let _ = response.header_list("x-list", &mut flags);
    let mut meta = None::<std::collections::HashMap<String, String>>;
    response.header_map("X-Meta-", &mut meta);
    assert!(meta.is_none_or(|meta| meta.len() <= sent));
    let plain = values.filter(|values| !values.iter().any(|value| value.contains(['"', '\\'])));
    if let (Some(values), Some(texts)) = (plain, texts) {
        let values = values.iter().filter(|value| !value.trim().is_empty());
        let expected: Vec<_> = values.flat_map(|value| value.split(',')).map(str::trim).collect();
        assert_eq!(texts, expected);
    }
}
