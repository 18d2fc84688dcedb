//! Parses template strings of endpoint rules, such as `https://portal.sso.{Region}.{partition#dnsSuffix}`.

/// A piece of a template, before its references are resolved.
#[derive(Debug, PartialEq)]
pub(super) enum Piece {
    Text(String),
    /// A name and, after `#`, a path into its value.
    Reference(String, Option<String>),
}

/// Splits a template at its references. `{{` and `}}` are literal braces.
pub(super) fn parse(template: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut chars = template.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '{' | '}' if chars.peek() == Some(&char) => {
                chars.next();
                text.push(char);
            }
            '{' => {
                let mut name = String::new();
                loop {
                    match chars.next() {
                        Some('}') => break,
                        Some(char) if char != '{' => name.push(char),
                        _ => return Err(format!("template {template:?} has a {{ that is not closed")),
                    }
                }
                if !text.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut text)));
                }
                let (name, path) = match name.split_once('#') {
                    Some((name, path)) => (name.to_owned(), Some(path.to_owned())),
                    None => (name, None),
                };
                pieces.push(Piece::Reference(name, path));
            }
            '}' => return Err(format!("template {template:?} has a }} that was not opened")),
            other => text.push(other),
        }
    }
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces() {
        let text = |text: &str| Piece::Text(text.to_owned());
        let name = |name: &str, path: Option<&str>| Piece::Reference(name.to_owned(), path.map(str::to_owned));
        for (template, pieces) in [
            ("", vec![]),
            ("plain", vec![text("plain")]),
            ("a{b}c", vec![text("a"), name("b", None), text("c")]),
            ("{a#b}{c}", vec![name("a", Some("b")), name("c", None)]),
            ("{{a}}", vec![text("{a}")]),
        ] {
            assert_eq!(parse(template), Ok(pieces), "{template}");
        }
        for bad in ["{", "a}", "{a{b}}"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
