use std::fmt;

use super::*;
use crate::secret::{Wipe as _, set_secret};

#[derive(Default)]
struct Input {
    label: Option<String>,
    rest: Option<String>,
    query: Option<String>,
    number: Option<i32>,
    token: Option<String>,
}

impl HttpBindings for Input {
    fn visit(&self, visitor: &mut impl BindingVisitor) {
        visitor.path("/a/");
        visitor.label(Member::required("label"), &self.label, false);
        visitor.path("/");
        visitor.label(Member::required("rest"), &self.rest, true);
        visitor.literal_query("x");
        visitor.query("query", Member::optional("query"), &self.query);
        visitor.query("num ber", Member::optional("number"), &self.number);
        visitor.header("x-token", Member::required("token").sensitive(), &self.token);
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
fn every_binding() {
    let bound = build_request(&full()).expect("complete");
    assert_eq!(bound.target().0, "/a/a%2Fb%20c/d/e%20f");
    assert_eq!(bound.target().1, "x&query=%2B%26%C3%A9&num%20ber=-1");
    assert_eq!(bound.headers["x-token"].as_bytes(), "t é".as_bytes());
    assert!(bound.headers["x-token"].is_sensitive());
    assert!(!bound.uri_is_sensitive);
}

#[test]
fn host_labels_are_required_and_sensitive() {
    struct Hosted(Option<String>);
    impl HttpBindings for Hosted {
        fn visit(&self, visitor: &mut impl BindingVisitor) {
            visitor.path("/");
            visitor.host_label(Member::required("account").sensitive(), &self.0);
            visitor.host(".data.");
            visitor.json("account", Member::required("account").sensitive(), &self.0);
        }
    }
    let bound = build_request(&Hosted(Some("a".to_owned()))).expect("complete");
    assert_eq!((bound.host_prefix.as_str(), bound.uri_is_sensitive), ("a.data.", true));
    for missing in [None, Some(String::new())] {
        let error = build_request(&Hosted(missing)).map(|_| ()).expect_err("no host").to_string();
        assert_eq!(error.matches("account").count(), 1, "{error}");
    }
    let error = build_request(&Hosted(Some("a/SECRET".to_owned()))).map(|_| ()).expect_err("no label").to_string();
    assert!(error.contains("account cannot be part of a host's name") && !error.contains("SECRET"), "{error}");
}

#[test]
fn percent_encoding_of_other_clients() {
    let text = " +/&=?#%é日😀\"'<>~-_.!*():;,@[]{}|\\^`$";
    let bound = build_request(&Input { query: Some(text.to_owned()), ..full() }).expect("complete");
    let escaped = "%20%2B%2F%26%3D%3F%23%25%C3%A9%E6%97%A5%F0%9F%98%80%22%27%3C%3E~-_.%21%2A%28%29%3A%3B%2C%40%5B%5D%7B%7D%7C%5C%5E%60%24";
    assert_eq!(bound.target().1, format!("x&query={escaped}&num%20ber=-1"));
}

#[test]
fn missing_members_are_reported_at_once() {
    let input = Input { token: Some(String::new()), query: Some(String::new()), ..Default::default() };
    let error = build_request(&input).map(|_| ()).expect_err("incomplete");
    let text = error.to_string();
    assert!(text.contains("label, rest and token"), "{text}");
}

#[test]
fn an_empty_optional_query_is_sent() {
    let bound = build_request(&Input { query: Some(String::new()), number: None, ..full() }).expect("complete");
    assert_eq!(bound.target().1, "x&query=");
}

#[test]
fn errors_do_not_contain_header_values() {
    for (token, detail) in
        [("SECRET\n", "line break"), ("SEC\r\nRET", "byte 3"), ("SECRET\0", "byte 6"), ("SECRET\u{7f}", "byte 6")]
    {
        let error =
            build_request(&Input { token: Some(token.to_owned()), ..full() }).map(|_| ()).expect_err("bad header");
        let text = format!("{error} {error:?}");
        assert!(text.contains("token") && text.contains(detail), "{text}");
        assert!(!text.contains("SEC"), "{text}");
    }
    build_request(&Input { token: Some("a\tb c".to_owned()), ..full() }).expect("tabs and blanks may be sent");
}

#[test]
fn debug_redacts_sensitive_members() {
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

#[test]
fn streams_of_unknown_length_are_refused() {
    use crate::base::BoxError;
    use crate::http::RequestBody;

    #[derive(Clone, Debug)]
    struct Source(Option<u64>);

    impl BodySource for Source {
        fn open(&self) -> Result<RequestBody, BoxError> {
            Ok(RequestBody::default())
        }

        fn content_length(&self) -> Option<u64> {
            self.0
        }

        fn is_replayable(&self) -> bool {
            true
        }
    }

    impl StreamingBody for Source {
        fn source(&self) -> Arc<dyn BodySource> {
            Arc::new(self.clone())
        }
    }

    struct Upload(Option<Source>, Member);

    impl HttpBindings for Upload {
        fn visit(&self, visitor: &mut impl BindingVisitor) {
            visitor.streaming_payload("a/b", self.1, &self.0);
        }
    }

    let member = Member::optional("body");
    for (length, member, fine) in [(Some(1), member.sized(), true), (None, member.sized(), false), (None, member, true)]
    {
        let bound = build_request(&Upload(Some(Source(length)), member));
        assert_eq!(bound.is_ok(), fine, "{length:?}");
        if let Err(error) = bound {
            assert!(error.to_string().contains("body is a stream of unknown length"), "{error}");
        }
    }
    assert!(build_request(&Upload(None, member.sized())).is_ok_and(|bound| bound.stream.is_none()));
}

#[derive(Clone, Debug, Default, PartialEq)]
struct TokenInput {
    token: Option<String>,
}

impl HttpBindings for TokenInput {
    fn visit(&self, _visitor: &mut impl BindingVisitor) {}

    fn wipe(&mut self) {
        self.token.wipe();
    }
}

#[test]
fn wiped_inputs() {
    let text = |text: &str| text.to_owned();
    let mut input = Wiped::new(TokenInput { token: Some(text("SECRET")) });
    set_secret(&mut input.token, Some(text("OTHER")));
    assert_eq!(input.clone().into_inner().token.as_deref(), Some("OTHER"));
    assert_eq!(format!("{input:?}"), format!("{:?}", *input));
}
