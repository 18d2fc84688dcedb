//! Inputs to requests. An input says once where each member travels ([`Bind`]); building the
//! request, finding what is missing and printing the input all read the same words.

use std::fmt;

use http::header::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::error::BuildError;
use super::secret::redacted;
use super::value::WireValue;

/// What RFC 3986 leaves alone: everything else is escaped, in paths and queries alike.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
/// Greedy labels keep the slashes between their segments.
const ESCAPED_BUT_SLASH: &AsciiSet = &ESCAPED.remove(b'/');

/// What has to be known of a member besides where it travels.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    name: &'static str,
    required: bool,
    sensitive: bool,
}

impl Member {
    /// A member that may be absent.
    pub const fn optional(name: &'static str) -> Self {
        Self { name, required: false, sensitive: false }
    }

    /// A member that must be there and not be empty.
    pub const fn required(name: &'static str) -> Self {
        Self { name, required: true, sensitive: false }
    }

    /// The same member, never to be printed.
    pub const fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }
}

/// An input, which names to a [`Binder`] where each of its members travels.
pub trait Bind {
    /// Goes through the request line and all members.
    fn bind(&self, binder: &mut impl Binder);
}

/// Whoever wants to know where members travel.
pub trait Binder {
    /// A piece of the path that is sent as it is.
    fn path(&mut self, literal: &'static str);
    /// A member in the path. A greedy one keeps its slashes.
    fn label<V: WireValue>(&mut self, member: Member, value: &Option<V>, greedy: bool);
    /// A query string that is sent as it is.
    fn literal_query(&mut self, query: &'static str);
    /// A member in the query string.
    fn query<V: WireValue>(&mut self, name: &'static str, member: Member, value: &Option<V>);
    /// A member in a header.
    fn header<V: WireValue>(&mut self, name: &'static str, member: Member, value: &Option<V>);
}

/// What an input makes of a request: all but the endpoint, and what the runtime adds.
#[expect(missing_debug_implementations, reason = "it holds what must not be printed, and lives for a moment")]
pub struct Bound {
    /// The escaped path, which starts with `/`.
    pub path: String,
    /// The escaped query string, without `?`.
    pub query: String,
    /// The headers that members are bound to.
    pub headers: HeaderMap,
    /// Whether path or query hold something that must not be printed.
    pub uri_is_sensitive: bool,
}

/// Binds an input.
///
/// # Errors
///
/// Names every required member that is missing or empty and every header value that cannot be
/// sent, all at once.
pub fn bind(input: &impl Bind) -> Result<Bound, BuildError> {
    let mut binder = RequestBinder {
        bound: Bound { path: String::new(), query: String::new(), headers: HeaderMap::new(), uri_is_sensitive: false },
        missing: Vec::new(),
        invalid: Vec::new(),
    };
    input.bind(&mut binder);
    if binder.missing.is_empty() && binder.invalid.is_empty() {
        Ok(binder.bound)
    } else {
        Err(BuildError::input(&binder.missing, &binder.invalid))
    }
}

struct RequestBinder {
    bound: Bound,
    missing: Vec<&'static str>,
    invalid: Vec<String>,
}

impl RequestBinder {
    /// Notes a required member that is absent or empty; `None` when there is nothing to send.
    fn value<'v, V: WireValue>(&mut self, member: Member, value: &'v Option<V>) -> Option<std::borrow::Cow<'v, str>> {
        let text = value.as_ref().map(WireValue::to_wire);
        if member.required && text.as_ref().is_none_or(|text| text.is_empty()) {
            self.missing.push(member.name);
            return None;
        }
        text
    }

    fn start_pair(&mut self) {
        if !self.bound.query.is_empty() {
            self.bound.query.push('&');
        }
    }
}

impl Binder for RequestBinder {
    fn path(&mut self, literal: &'static str) {
        self.bound.path.push_str(literal);
    }

    fn label<V: WireValue>(&mut self, member: Member, value: &Option<V>, greedy: bool) {
        if let Some(text) = self.value(Member { required: true, ..member }, value) {
            let set = if greedy { ESCAPED_BUT_SLASH } else { ESCAPED };
            self.bound.path.extend(utf8_percent_encode(&text, set));
            self.bound.uri_is_sensitive |= member.sensitive;
        }
    }

    fn literal_query(&mut self, query: &'static str) {
        self.start_pair();
        self.bound.query.push_str(query);
    }

    fn query<V: WireValue>(&mut self, name: &'static str, member: Member, value: &Option<V>) {
        if let Some(text) = self.value(member, value) {
            self.start_pair();
            self.bound.query.extend(utf8_percent_encode(name, ESCAPED));
            self.bound.query.push('=');
            self.bound.query.extend(utf8_percent_encode(&text, ESCAPED));
            self.bound.uri_is_sensitive |= member.sensitive;
        }
    }

    fn header<V: WireValue>(&mut self, name: &'static str, member: Member, value: &Option<V>) {
        let Some(text) = self.value(member, value) else { return };
        // By bytes: the wire takes UTF-8, as other clients send it, where `from_str` takes ASCII only.
        match (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(text.as_bytes())) {
            (Ok(name), Ok(mut value)) => {
                value.set_sensitive(member.sensitive);
                self.bound.headers.insert(name, value);
            }
            _ => {
                // The value itself stays out of the message: it may be a secret.
                let bad = text.bytes().position(|byte| (byte < b' ' && byte != b'\t') || byte == 0x7f);
                let reason = match bad {
                    Some(at) if at + 1 == text.len() && text.ends_with('\n') => {
                        "it ends with a line break (was it read from a file?)".to_owned()
                    }
                    Some(at) => format!("byte {at} is a control character"),
                    None => format!("{name:?} is no name for a header"),
                };
                self.invalid.push(format!("{} cannot be sent in a header: {reason}", member.name));
            }
        }
    }
}

/// Prints an input as a derived `Debug` would, without what is sensitive.
///
/// # Errors
///
/// Those of the formatter.
pub fn debug_bindings(f: &mut fmt::Formatter<'_>, name: &str, input: &impl Bind) -> fmt::Result {
    let mut binder = DebugBinder(f.debug_struct(name));
    input.bind(&mut binder);
    binder.0.finish()
}

struct DebugBinder<'a, 'b>(fmt::DebugStruct<'a, 'b>);

impl DebugBinder<'_, '_> {
    fn member<V: WireValue>(&mut self, member: Member, value: &Option<V>) {
        if member.sensitive {
            self.0.field(member.name, &value.as_ref().map(redacted));
        } else {
            self.0.field(member.name, value);
        }
    }
}

impl Binder for DebugBinder<'_, '_> {
    fn path(&mut self, _literal: &'static str) {}

    fn label<V: WireValue>(&mut self, member: Member, value: &Option<V>, _greedy: bool) {
        self.member(member, value);
    }

    fn literal_query(&mut self, _query: &'static str) {}

    fn query<V: WireValue>(&mut self, _name: &'static str, member: Member, value: &Option<V>) {
        self.member(member, value);
    }

    fn header<V: WireValue>(&mut self, _name: &'static str, member: Member, value: &Option<V>) {
        self.member(member, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Input {
        label: Option<String>,
        rest: Option<String>,
        query: Option<String>,
        number: Option<i32>,
        token: Option<String>,
    }

    impl Bind for Input {
        fn bind(&self, binder: &mut impl Binder) {
            binder.path("/a/");
            binder.label(Member::required("label"), &self.label, false);
            binder.path("/");
            binder.label(Member::required("rest"), &self.rest, true);
            binder.literal_query("x");
            binder.query("query", Member::optional("query"), &self.query);
            binder.query("num ber", Member::optional("number"), &self.number);
            binder.header("x-token", Member::required("token").sensitive(), &self.token);
        }
    }

    fn full() -> Input {
        Input {
            label: Some("a/b c".to_owned()),
            rest: Some("d/e f".to_owned()),
            query: Some("+&é".to_owned()),
            number: Some(-1),
            token: Some("t é".to_owned()),
        }
    }

    #[test]
    fn everything_in_its_place() {
        let bound = bind(&full()).expect("complete");
        assert_eq!(bound.path, "/a/a%2Fb%20c/d/e%20f");
        assert_eq!(bound.query, "x&query=%2B%26%C3%A9&num%20ber=-1");
        assert_eq!(bound.headers["x-token"].as_bytes(), "t é".as_bytes());
        assert!(bound.headers["x-token"].is_sensitive());
        assert!(!bound.uri_is_sensitive);
    }

    #[test]
    fn what_other_clients_escape() {
        let text = " +/&=?#%é日😀\"'<>~-_.!*():;,@[]{}|\\^`$";
        let bound = bind(&Input { query: Some(text.to_owned()), ..full() }).expect("complete");
        let escaped = "%20%2B%2F%26%3D%3F%23%25%C3%A9%E6%97%A5%F0%9F%98%80%22%27%3C%3E~-_.%21%2A%28%29%3A%3B%2C%40%5B%5D%7B%7D%7C%5C%5E%60%24";
        assert_eq!(bound.query, format!("x&query={escaped}&num%20ber=-1"));
    }

    #[test]
    fn all_that_is_missing_at_once() {
        let input = Input { token: Some(String::new()), query: Some(String::new()), ..Default::default() };
        let error = bind(&input).map(|_| ()).expect_err("incomplete");
        let text = error.to_string();
        assert!(text.contains("label, rest and token"), "{text}");
    }

    #[test]
    fn an_empty_optional_query_is_sent() {
        let bound = bind(&Input { query: Some(String::new()), number: None, ..full() }).expect("complete");
        assert_eq!(bound.query, "x&query=");
    }

    #[test]
    fn bad_header_values_are_told_without_being_shown() {
        for (token, told) in
            [("SECRET\n", "line break"), ("SEC\r\nRET", "byte 3"), ("SECRET\0", "byte 6"), ("SECRET\u{7f}", "byte 6")]
        {
            let error = bind(&Input { token: Some(token.to_owned()), ..full() }).map(|_| ()).expect_err("bad header");
            let text = format!("{error} {error:?}");
            assert!(text.contains("token") && text.contains(told), "{text}");
            assert!(!text.contains("SEC"), "{text}");
        }
        bind(&Input { token: Some("a\tb c".to_owned()), ..full() }).expect("tabs and blanks may be sent");
    }

    #[test]
    fn debug_shows_all_but_the_secret() {
        struct Printed(Input);
        impl fmt::Debug for Printed {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                debug_bindings(f, "Input", &self.0)
            }
        }
        let text = format!("{:?}", Printed(full()));
        assert_eq!(
            text,
            "Input { label: Some(\"a/b c\"), rest: Some(\"d/e f\"), query: Some(\"+&é\"), number: Some(-1), \
             token: Some(*** Sensitive Data Redacted ***) }"
        );
    }
}
