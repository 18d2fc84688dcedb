//! Responses of something on the way: what their bodies say to people.

use crate::base::{shortened, without_bom};
use crate::http::HttpResponse;

/// The longest text that is repeated, in characters.
const LIMIT: usize = 80;

/// Returns whether an error response without a code comes from something that is not the service: a proxy, a gateway or
/// a firewall. `is_json` is whether its body is JSON, which those rarely send.
pub(super) fn is_foreign(response: &HttpResponse, is_json: bool) -> bool {
    !response.is_from_aws() && !is_json
}

/// Returns what a page of a proxy or a gateway says to people. Nothing else is repeated, since outputs may be sensitive.
pub(super) fn page(response: &HttpResponse) -> Option<String> {
    let is_text = response.headers().get("content-type").is_some_and(|ty| ty.trim_start().starts_with("text/"));
    let refuses = matches!(response.status().as_u16(), 401 | 403 | 502..=504);
    let is_page = refuses && (is_text || response.is_markup()) && response.compression().is_none();
    if is_page { first_line(response.body()) } else { None }
}

/// Returns the first line of a text, or what a page shows first: its title, if it has one.
fn first_line(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(without_bom(body));
    if text.contains(char::REPLACEMENT_CHARACTER) || text.contains('\0') {
        return None;
    }
    let plain = if text.trim_start().starts_with('<') { shown(&text) } else { text.into_owned() };
    let line = plain.lines().map(str::trim).find(|line| !line.is_empty())?;
    let words: Vec<_> = line.split_whitespace().collect();
    Some(shortened(words.join(" "), LIMIT))
}

/// Returns the title of a page, or else its text without tags, a line for each.
fn shown(page: &str) -> String {
    let lower = page.to_ascii_lowercase();
    let title = lower.find("<title").and_then(|start| {
        let start = start + lower[start..].find('>')? + 1;
        let end = start + lower[start..].find("</title")?;
        Some(page[start..end].trim()).filter(|title| !title.is_empty())
    });
    if let Some(title) = title {
        return title.to_owned();
    }
    let mut text = String::new();
    let mut rest = page;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        text.push('\n');
        // What scripts and styles contain is not shown.
        let lower = tag.to_ascii_lowercase();
        let hidden = ["script", "style", "!--"].into_iter().find(|name| lower.starts_with(name));
        let end = match hidden {
            Some("!--") => "-->",
            Some("script") => "</script>",
            Some(_) => "</style>",
            None => ">",
        };
        rest = lower.find(end).map_or("", |at| &tag[at + end.len()..]);
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::first_line;

    #[test]
    fn first_lines() {
        for (body, line) in [
            ("", None),
            (" \r\n\t", None),
            ("Access denied by policy 17\r\nSee https://intranet\r\n", Some("Access denied by policy 17")),
            ("\u{feff}\n  two \t words ", Some("two words")),
            ("<html><head><TITLE>\n403 Forbidden\n</TITLE>", Some("403 Forbidden")),
            ("<!DOCTYPE html><title></title><style>p{}</style><body><h1>Blocked</h1>by us", Some("Blocked")),
            ("<!-- x > y --><script>if (a<b) {}</script><p>Sign <b>in", Some("Sign")),
            ("<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code>", Some("AccessDenied")),
            ("<html", None),
            ("a\u{fffd}b", None),
        ] {
            assert_eq!(first_line(body.as_bytes()).as_deref(), line, "{body}");
        }
        assert_eq!(first_line(b"\x1f\x8b\x08"), None);
        let long = first_line("é".repeat(200).as_bytes()).expect("text");
        assert_eq!((long.chars().count(), long.ends_with('…')), (81, true));
    }
}
