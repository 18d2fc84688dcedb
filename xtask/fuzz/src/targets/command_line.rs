//! The command line, in this process. The parent has set the environment that it sees.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

/// An argument a line.
pub(super) fn arguments(input: &[u8]) {
    let arguments = input.split(|byte| *byte == b'\n').filter(|argument| !argument.contains(&0));
    drop(sso_cli::fuzzing::run(arguments.map(|argument| OsString::from_vec(argument.to_vec())).collect()));
}

/// `--cli-input-json` of the operation that the first byte chooses.
pub(super) fn input_json(input: &[u8]) {
    let text = String::from_utf8_lossy(input).replace('\0', "");
    let Some((first, json)) = text.split_at_checked(1) else { return };
    let operations = ["get-role-credentials", "list-accounts", "list-account-roles", "logout"];
    let operation = operations[usize::from(first.as_bytes()[0]) % operations.len()];
    drop(sso_cli::fuzzing::run([operation, "--cli-input-json", json].map(OsString::from).to_vec()));
}

/// `--query` on the first line, and the JSON that it is asked of, or a usual response.
pub(super) fn query(input: &[u8]) {
    const RESPONSE: &str = r#"{"accountList":[{"accountId":"1","accountName":"a","emailAddress":"a@b.test"},{"accountId":"2"}],"nextToken":null,"number":[1,-2.5,1e300]}"#;
    let text = String::from_utf8_lossy(input);
    let (query, json) = text.split_once('\n').unwrap_or((&text, RESPONSE));
    if let Ok(found) = sso_cli::fuzzing::query(query, json) {
        let (for_programs, for_terminals) = found.split_at(3);
        let documents = [&for_programs[0], &for_terminals[0]].map(|json| {
            let document = serde_json::from_str::<serde_json::Value>(json);
            assert!(json.is_empty() || document.is_ok(), "no JSON: {json}");
            document.ok()
        });
        assert_eq!(documents[0], documents[1], "two documents of one result");
        for text in for_terminals {
            let steers = |char: char| char.is_control() && !matches!(char, '\n' | '\t') || char == '\u{202e}';
            assert!(!text.contains(steers), "it steers a terminal: {text:?}");
        }
    }
}

/// The comment that marks profiles of `sso configure`.
const MARK: &str = "# Written by sso configure; --prune removes it when it is no longer granted.";

/// A config file that `sso configure` changes: what it did not write stays, byte for byte, and there is nothing to change
/// for a second time.
pub(super) fn configure(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let Some((first, text)) = text.split_at_checked(1) else { return };
    let prune = first == "p";
    let accounts = [("a", "1"), ("b.Audit", "2"), ("x", "3")];
    let Ok(new) = sso_cli::fuzzing::configure(text, &accounts, prune) else { return };
    if text.lines().all(|line| line.trim() != MARK) {
        assert!(new.starts_with(text), "{text:?} became {new:?}");
    }
    let mut lines = new.split_inclusive('\n');
    for line in foreign(text) {
        // A last line without an end gets one.
        let is_it = |found: &str| match found.strip_prefix(line) {
            Some(rest) => rest.is_empty() || !line.ends_with('\n') && ["\n", "\r\n"].contains(&rest),
            None => false,
        };
        assert!(lines.any(is_it), "{line:?} of {text:?} is not in {new:?}");
    }
    assert_eq!(sso_cli::fuzzing::configure(&new, &accounts, prune), Ok(new.clone()), "of {text:?}");
}

/// The lines of sections that are not marked.
fn foreign(text: &str) -> Vec<&str> {
    let (mut lines, mut section, mut marked) = (Vec::new(), Vec::new(), false);
    for line in text.split_inclusive('\n') {
        if line.starts_with('[') && line.contains(']') {
            lines.extend(if marked { Vec::new() } else { std::mem::take(&mut section) });
            (section, marked) = (Vec::new(), false);
        }
        marked |= line.trim() == MARK;
        section.push(line);
    }
    lines.extend(if marked { Vec::new() } else { section });
    lines
}
