//! URLs as messages and `--debug` show them: without user, password and the query of an endpoint, which may be a key.

use http::Uri;
use sso_client::runtime::http_bindings::ShownUrl;

use crate::table::COMMANDS;

/// A URL from outside.
pub(crate) fn shown(url: &str) -> String {
    ShownUrl(url).to_string()
}

/// The URL of a request: of its query, what operations have. The rest is the endpoint's own.
pub(crate) fn of_request(uri: &Uri) -> String {
    let mut text = shown(&uri.to_string());
    let members = COMMANDS.iter().flat_map(|command| command.input).filter(|member| !member.sensitive);
    let known: Vec<&str> = members.filter_map(|member| member.query).collect();
    let is_known = |parameter: &str| parameter.split_once('=').is_some_and(|(name, _)| known.contains(&name));
    let query = uri.query().filter(|query| !query.is_empty());
    let mut parameters: Vec<&str> = query.into_iter().flat_map(|query| query.split('&')).collect();
    parameters.iter_mut().filter(|parameter| !is_known(parameter)).for_each(|parameter| *parameter = "<redacted>");
    parameters.dedup();
    if !parameters.is_empty() {
        text.push('?');
        text.push_str(&parameters.join("&"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_requests() {
        for (url, expected) in [
            ("https://h/assignment/roles?account_id=1&max_result=2", None),
            ("https://h/p?SECRET&account_id=1", Some("https://h/p?<redacted>&account_id=1")),
            ("https://h/p?key=SECRET&b=SECRET&account_id=1", Some("https://h/p?<redacted>&account_id=1")),
            ("https://h/p?SECRET", Some("https://h/p?<redacted>")),
            ("https://h/p?account_idSECRET", Some("https://h/p?<redacted>")),
        ] {
            assert_eq!(of_request(&url.parse().expect("a URL")), expected.unwrap_or(url));
        }
    }
}
