//! What clients read before they call: files and variables.

use std::io;
use std::path::Path;

use sso_client::identity::SsoSession;
use sso_client::test_util::ReplayClient;
use sso_client::{Client, Config};

use super::{block_on, is_line};

fn load(variables: Vec<(&str, String)>, file: Vec<u8>) -> Option<Config> {
    let read = move |path: &Path| match path.ends_with("config") || path.ends_with("credentials") {
        true => Ok(file.clone()),
        false => Err(io::ErrorKind::NotFound.into()),
    };
    match Config::env_loader().env(variables).fs(read).load() {
        Ok(config) => Some(config),
        Err(error) => {
            is_line(&error.to_string());
            None
        }
    }
}

pub(super) fn profile(input: &[u8]) {
    for profile in ["default", "dev", "my team"] {
        load(vec![("HOME", "/home/me".to_owned()), ("AWS_PROFILE", profile.to_owned())], input.to_vec());
        let file = input.to_vec();
        let loader = SsoSession::loader().profile_name(profile).env([("HOME", "/home/me")]);
        if let Err(error) = loader.fs(move |_| Ok(file.clone())).load() {
            is_line(&error.to_string());
        }
    }
}

pub(super) fn environment(input: &[u8]) {
    let text = String::from_utf8_lossy(input).replace('\0', "");
    let mut lines = text.split('\n').map(str::to_owned);
    let mut next = || lines.next().unwrap_or_default();
    let variables = vec![
        ("AWS_ENDPOINT_URL", next()),
        ("HTTPS_PROXY", next()),
        ("NO_PROXY", next()),
        ("AWS_REGION", next()),
        ("AWS_MAX_ATTEMPTS", next()),
        ("AWS_SDK_UA_APP_ID", next()),
    ];
    if let Some(config) = load(variables, Vec::new()) {
        let config = config.to_builder().http_client(ReplayClient::new([http::Response::new("{}")])).build();
        let call = Client::from_conf(config).list_accounts().access_token("t");
        if let Err(error) = block_on(call.send()) {
            is_line(&error.to_string());
        }
    }
}
