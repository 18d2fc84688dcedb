//! Parses URI patterns of `smithy.api#http`: `/buckets/{bucket}/{key+}?list-type=2`.

/// A pattern, split at its labels.
#[derive(Debug, PartialEq)]
pub(crate) struct UriPattern {
    /// The segments of the path, in order.
    pub(crate) segments: Vec<Segment>,
    /// The literal query string after `?`.
    pub(crate) query: Option<String>,
}

/// A segment of a path.
#[derive(Debug, PartialEq)]
pub(crate) enum Segment {
    /// Literal text, slashes included.
    Literal(String),
    /// A label.
    Label { name: String, greedy: bool },
}

/// Parses the pattern of a host prefix: `{account}.data.`.
pub(crate) fn parse_host(pattern: &str) -> Result<Vec<Segment>, String> {
    let mut segments = Vec::new();
    let mut rest = pattern;
    while let Some((literal, label)) = rest.split_once('{') {
        let Some((name, behind)) = label.split_once('}') else {
            return Err(format!("the host prefix {pattern:?} has a {{ that is not closed"));
        };
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Err(format!("the host prefix {pattern:?} has the label {{{name}}}, which is no member's name"));
        }
        if !literal.is_empty() {
            segments.push(Segment::Literal(literal.to_owned()));
        }
        segments.push(Segment::Label { name: name.to_owned(), greedy: false });
        rest = behind;
    }
    if !rest.is_empty() {
        segments.push(Segment::Literal(rest.to_owned()));
    }
    let bad = |text: &str| text.chars().any(|c| !c.is_ascii_alphanumeric() && !"-.".contains(c));
    if segments.iter().any(|segment| matches!(segment, Segment::Literal(text) if bad(text))) {
        return Err(format!("the host prefix {pattern:?} holds what no host's name may"));
    }
    Ok(segments)
}

/// Parses a pattern.
pub(crate) fn parse(pattern: &str) -> Result<UriPattern, String> {
    if !pattern.starts_with('/') {
        return Err(format!("the URI {pattern:?} does not start with /"));
    }
    let (path, query) = match pattern.split_once('?') {
        Some((path, query)) => (path, Some(query.to_owned())),
        None => (pattern, None),
    };
    if let Some(query) = query.as_deref().filter(|query| query.contains(['{', '}'])) {
        return Err(format!("the URI {pattern:?} has a label in its query {query:?}; only its path may"));
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@/%?{}".contains(c);
    if let Some(bad) = pattern.chars().find(|c| !allowed(*c)) {
        return Err(format!("the URI {pattern:?} holds {bad:?}, which no URI may"));
    }
    let mut segments: Vec<Segment> = Vec::new();
    let mut rest = path;
    while let Some(open) = rest.find('{') {
        let close = rest[open..].find('}').map(|close| open + close);
        let Some(close) = close else {
            return Err(format!("the URI {pattern:?} has a {{ that is not closed"));
        };
        let label = &rest[open + 1..close];
        let (name, greedy) = match label.strip_suffix('+') {
            Some(name) => (name, true),
            None => (label, false),
        };
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Err(format!("the URI {pattern:?} has the label {{{label}}}, which is no member's name"));
        }
        if segments.iter().any(|segment| matches!(segment, Segment::Label { greedy: true, .. })) {
            return Err(format!("the URI {pattern:?} has a label after a greedy one, which has to be the last"));
        }
        let same = |segment: &Segment| matches!(segment, Segment::Label { name: found, .. } if found == name);
        if segments.iter().any(same) {
            return Err(format!("the URI {pattern:?} has the label {{{name}}} twice"));
        }
        if rest[..open].contains('}') {
            return Err(format!("the URI {pattern:?} has a }} that was not opened"));
        }
        if open > 0 {
            segments.push(Segment::Literal(rest[..open].to_owned()));
        }
        segments.push(Segment::Label { name: name.to_owned(), greedy });
        rest = &rest[close + 1..];
    }
    if !rest.is_empty() {
        segments.push(Segment::Literal(rest.to_owned()));
    }
    if rest.contains('}') {
        return Err(format!("the URI {pattern:?} has a }} that was not opened"));
    }
    Ok(UriPattern { segments, query })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        let literal = |text: &str| Segment::Literal(text.to_owned());
        let label = |name: &str| Segment::Label { name: name.to_owned(), greedy: false };
        for (pattern, segments) in [
            ("data.", vec![literal("data.")]),
            ("{a}.x-{b}.", vec![label("a"), literal(".x-"), label("b"), literal(".")]),
        ] {
            assert_eq!(parse_host(pattern), Ok(segments), "{pattern}");
        }
        for bad in ["{a", "{}.", "{a-b}.", "a b.", "a/", "}."] {
            assert!(parse_host(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn patterns() {
        let literal = |text: &str| Segment::Literal(text.to_owned());
        let label = |name: &str, greedy| Segment::Label { name: name.to_owned(), greedy };
        for (pattern, segments, query) in [
            ("/", vec![literal("/")], None),
            ("/a/b", vec![literal("/a/b")], None),
            ("/{a}/b", vec![literal("/"), label("a", false), literal("/b")], None),
            (
                "/a/{b}-{c+}?x=1&y",
                vec![literal("/a/"), label("b", false), literal("-"), label("c", true)],
                Some("x=1&y"),
            ),
        ] {
            let expected = UriPattern { segments, query: query.map(str::to_owned) };
            assert_eq!(parse(pattern), Ok(expected), "{pattern}");
        }
        for bad in [
            "",
            "a",
            "/{a",
            "/a}",
            "/{}",
            "/{a-b}",
            "/a?x={y}",
            "/a b",
            "/é",
            "/a#b",
            "/a}/{b}",
            "/{a+}/{b}",
            "/{a}/{a}",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
