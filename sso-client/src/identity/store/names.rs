//! Names of files in the caches: SHA-1 of what AWS's tools hash.

use std::fmt::Write;

use sha1::{Digest, Sha1};

/// SHA-1 in hexadecimal.
pub(crate) fn sha1_hex(text: &str) -> String {
    Sha1::digest(text.as_bytes()).iter().fold(String::with_capacity(40), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The name of a client registration, as the AWS CLI v2 forms it from the call's arguments.
pub(crate) fn registration(region: &str, scopes: Option<&[String]>, session: Option<&str>, start_url: &str) -> String {
    let scopes = scopes.map_or("null".to_owned(), |scopes| {
        let scopes: Vec<String> = scopes.iter().map(|scope| python_json(scope)).collect();
        format!("[{}]", scopes.join(", "))
    });
    let session = session.map_or("null".to_owned(), python_json);
    sha1_hex(&format!(
        r#"{{"region": {}, "scopes": {scopes}, "session_name": {session}, "startUrl": {}, "tool": "botocore"}}"#,
        python_json(region),
        python_json(start_url)
    ))
}

/// The name of cached role credentials.
pub(crate) fn role(account_id: &str, role_name: &str, session: Option<&str>, start_url: &str) -> String {
    let (key, of) = match session {
        Some(session) => ("sessionName", session),
        None => ("startUrl", start_url),
    };
    sha1_hex(&format!(
        r#"{{"accountId":{},"roleName":{},"{key}":{}}}"#,
        python_json(account_id),
        python_json(role_name),
        python_json(of)
    ))
}

/// A string in JSON as Python writes it: everything beyond ASCII as UTF-16 escapes.
fn python_json(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    json.push('"');
    for char in text.chars() {
        match char {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            '\u{8}' => json.push_str("\\b"),
            '\u{c}' => json.push_str("\\f"),
            ' '..='~' => json.push(char),
            _ => {
                let mut units = [0; 2];
                for unit in char.encode_utf16(&mut units) {
                    let _ = write!(json, "\\u{unit:04x}");
                }
            }
        }
    }
    json.push('"');
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_other_tools() {
        assert_eq!(sha1_hex("admin"), "d033e22ae348aeb5660fc2140aec35850c4da997");
        let url = "https://d-abc123.awsapps.com/start";
        assert_eq!(registration("us-west-2", None, None, url), "d75f79f67bab3f92a2b1450471c0c2574de0dca4");
        let name = role("1234567890", "test-role", None, "https://d-92671207e4.awsapps.com/start");
        assert_eq!(name, "048db75bbe50955c16af7aba6ff9c41a3131bb7e");
        assert_eq!(python_json("a\"\\é😀\u{7f}\n"), r#""a\"\\\u00e9\ud83d\ude00\u007f\n""#);
    }
}
