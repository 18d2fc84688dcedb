use std::collections::HashMap;

use super::*;

#[derive(Debug, Default, PartialEq)]
struct Inner {
    text: Option<String>,
    number: i64,
}

impl Structure for Inner {
    fn read<M: Members>(&mut self, from: &mut M) -> Result<(), M::Error> {
        match from.name() {
            "text" => from.read(&mut self.text),
            "number" => from.read(&mut self.number),
            _ => from.skip(),
        }
    }
}

#[derive(Debug, Default, PartialEq)]
struct Outer {
    inner: Option<Inner>,
    list: Option<Vec<Inner>>,
    flag: Option<bool>,
    small: Option<i8>,
    float: Option<f64>,
}

impl Structure for Outer {
    fn read<M: Members>(&mut self, from: &mut M) -> Result<(), M::Error> {
        match from.name() {
            "inner" => from.read(&mut self.inner),
            "list" => from.read(&mut self.list),
            "flag" => from.read(&mut self.flag),
            "small" => from.read(&mut self.small),
            "float" => from.read(&mut self.float),
            _ => from.skip(),
        }
    }
}

fn inner(json: &str) -> Inner {
    read_body::<Outer>(format!("{{\"inner\":{json}}}").as_bytes()).expect(json).inner.expect(json)
}

#[test]
fn valid_bodies() {
    let text = |text: &str| Some(text.to_owned());
    for (json, expected) in [
        ("{}", Inner::default()),
        (r#"{"text":"a","number":5}"#, Inner { text: text("a"), number: 5 }),
        (r#"{"text":null,"number":null}"#, Inner::default()),
        (r#"{"number":1e3}"#, Inner { text: None, number: 1000 }),
        (r#"{"number":-9223372036854775808}"#, Inner { text: None, number: i64::MIN }),
        (r#"{"text":"a","text":"b"}"#, Inner { text: text("b"), number: 0 }),
        (r#"{"unknown":{"deep":[1,{"x":null}]},"text":"a\u00e9\n"}"#, Inner { text: text("aé\n"), number: 0 }),
        (r#"{"te\u0078t":"escaped name"}"#, Inner { text: text("escaped name"), number: 0 }),
    ] {
        assert_eq!(inner(json), expected, "{json}");
    }
    assert_eq!(read_body::<Outer>(b"").expect("nothing is an empty object"), Outer::default());
    assert_eq!(read_body::<Outer>("\u{feff}{}".as_bytes()).expect("after a byte order mark"), Outer::default());
    let outer = read_body::<Outer>(br#" {"inner":null,"list":[{"number":1},{}],"flag":true,"small":-128,"float":1} "#);
    let expected = Outer {
        inner: None,
        list: Some(vec![Inner { text: None, number: 1 }, Inner::default()]),
        flag: Some(true),
        small: Some(-128),
        float: Some(1.0),
    };
    assert_eq!(outer.expect("whole"), expected);
    // Nulls are dropped from dense lists, as they are from dense maps.
    let outer = read_body::<Outer>(br#"{"list":[null,{"number":1},null,{"text":null},null]}"#).expect("a list");
    assert_eq!(outer.list, Some(vec![Inner { text: None, number: 1 }, Inner::default()]));
    let map: HashMap<String, i8> = read_value(br#"{"a":null,"b":1}"#).expect("a map");
    assert_eq!(map, HashMap::from([("b".to_owned(), 1)]));
    let sparse: Vec<Option<i8>> = read_value(b"[null,1]").expect("a list");
    assert_eq!(sparse, [None, Some(1)]);
    for (json, expected) in [("\"Infinity\"", f64::INFINITY), ("\"-Infinity\"", f64::NEG_INFINITY), ("1.5", 1.5)] {
        let outer = read_body::<Outer>(format!("{{\"float\":{json}}}").as_bytes()).expect(json);
        assert_eq!(outer.float, Some(expected), "{json}");
    }
}

#[test]
fn invalid_bodies() {
    for (body, detail) in [
        ("null", "the body does not fit the model: expected an object, found null"),
        ("[]", "the body does not fit the model: expected an object, found an array"),
        ("\"SECRET\"", "the body does not fit the model: expected an object, found a string"),
        ("7", "the body does not fit the model: expected an object, found a number"),
        ("1.5", "the body does not fit the model: expected an object, found a number"),
        (r#"{"inner":1.5}"#, "inner: expected an object, found a number"),
        (r#"{"list":1.5}"#, "list: expected an array, found a number"),
        (r#"{"inner":{"text":1.5}}"#, "text: expected a string, found a number"),
        (r#"{"inner":{"number":{"$serde_json::private::Number":12345}}}"#, "expected a"),
        (r#"{"inner":"SECRET"}"#, "inner: expected an object, found a string"),
        (r#"{"inner":[]}"#, "inner: expected an object, found an array"),
        (r#"{"inner":{"text":5}}"#, "text: expected a string, found a number"),
        (r#"{"inner":{"text":{"a":"SECRET"}}}"#, "text: expected a string, found an object"),
        (r#"{"inner":{"number":"SECRET"}}"#, "number: expected a whole number of 64 bits, found a string"),
        (
            r#"{"inner":{"number":1596414957000.7}}"#,
            "number: expected a whole number of 64 bits, found a number with a fraction",
        ),
        (r#"{"inner":{"number":9223372036854775808}}"#, "number: expected a whole number of 64 bits, found a number"),
        (r#"{"small":128}"#, "small: expected a whole number of 8 bits, found one out of range"),
        (r#"{"list":{"a":1}}"#, "list: expected an array, found an object"),
        (r#"{"list":"SECRET"}"#, "list: expected an array, found a string"),
        (r#"{"list":["SECRET"]}"#, "list: expected an object, found a string"),
        (r#"{"flag":"SECRET"}"#, "flag: expected a boolean, found a string"),
        (r#"{"inner":{}} trailing"#, "the body is not JSON: trailing characters"),
        (r#"{"inner":{"text":"SECRET"#, "cut short"),
        (r#"{"inner":"#, "cut short"),
        (r#"{"inner":{"text":"\ud800"}}"#, "the body is not JSON"),
        ("<html>SECRET</html>", "HTML or XML, not JSON"),
        (" \n<!DOCTYPE html>", "HTML or XML, not JSON"),
        ("{}\u{feff}", "the body is not JSON"),
        ("nonsense", "the body is not JSON"),
    ] {
        let error = read_body::<Outer>(body.as_bytes()).expect_err(body);
        let text = format!("{error} {error:?}");
        assert!(text.contains(detail), "{body}: {text}");
        assert!(!text.contains("SECRET"), "{body}: {text}");
    }
    let error = read_body::<Outer>(b"{\"inner\":\"\xff\"}").expect_err("not UTF-8");
    assert!(error.to_string().contains("not UTF-8"), "{error}");
    let deep = format!("{}{}", "{\"x\":".repeat(10_000), "}".repeat(10_000));
    assert!(read_body::<Outer>(deep.as_bytes()).is_err(), "nesting has a limit");
}

/// As they are where serde_json makes numbers objects.
#[test]
fn numbers_where_there_should_be_others() {
    for (json, member) in
        [(r#"{"maps":[1.5]}"#, "maps"), (r#"{"union":[1.5]}"#, "union"), (r#"{"boxed":[-2e9]}"#, "boxed")]
    {
        let error = read_body::<Lists>(json.as_bytes()).expect_err(json).to_string();
        let expected = format!("the body does not fit the model: {member}: expected an object, found a number");
        assert!(error.starts_with(&expected), "{error}");
        assert!(!error.contains("1.5") && !error.contains("2e9"), "{error}");
    }
}

#[test]
fn lenient_strings() {
    #[derive(Default)]
    struct Holder(Lenient);
    impl Structure for Holder {
        fn read<M: Members>(&mut self, from: &mut M) -> Result<(), M::Error> {
            from.read(&mut self.0)
        }
    }
    for (json, expected) in [("\"a\"", Some("a")), ("5", None), ("[1,[2]]", None), ("{\"a\":{}}", None), ("null", None)]
    {
        let holder = read_body::<Holder>(format!("{{\"x\":{json}}}").as_bytes()).expect(json);
        assert_eq!(holder.0.0.as_deref(), expected, "{json}");
    }
}

#[test]
fn bodies_that_are_cut_short() {
    for (body, expected) in [
        (r#"{"a":1,"b":"x"#, Some(r#"{"a":1}"#)),
        (r#"{"a":"\",","b":"x"}"#, Some(r#"{"a":"\","}"#)),
        (r#" {"a":1"#, Some(r#"{"a":1}"#)),
        (r#"{"a":{"c":1,"d":2"#, Some("{}")),
        (r#"{"a":[1,2],"b"#, Some(r#"{"a":[1,2]}"#)),
        (r#"{"a"#, Some("{}")),
        ("{", Some("{}")),
        ("\u{feff}{\"a\":1,", Some(r#"{"a":1}"#)),
        ("", None),
        ("[1", None),
        ("<html>", None),
    ] {
        let found = closed(body.as_bytes()).map(|body| String::from_utf8(body).expect("text"));
        assert_eq!(found.as_deref(), expected, "{body}");
    }
    assert!(is_whole_object(b" {\"a\":{}} ") && !is_whole_object(b"{\"a\":{}") && !is_whole_object(b"1"));
}

#[test]
fn errors_where_an_output_was_expected() {
    for (body, is) in [
        (r#"{"error":"x"}"#, true),
        (r#"{"error":{"code":1},"more":2}"#, true),
        (r#"{"__type":"com.example#OddException","message":"m"}"#, true),
        (r#"{"error":null}"#, false),
        (r#"{"__type":"com.example#GetOutput"}"#, false),
        (r#"{"error":"x","flag":null}"#, false),
        (r#"{"message":"m"}"#, false),
        (r#"{"inner":{"error":"x"}}"#, false),
        ("\u{feff}{}", false),
    ] {
        let found = read_body::<Outer>(body.as_bytes());
        assert_eq!(matches!(found, Err(BodyError::AnError)), is, "{body}: {found:?}");
        assert!(found.is_ok() != is, "{body}");
        read_body_into(Outer::default(), body.as_bytes()).expect("errors may be described");
    }
}

#[test]
fn values_of_unknown_variants() {
    for json in
        ["null", "true", "-1", "18446744073709551615", "1.5", "-0.25", "\"a\\n\"", "[1,[],{}]", r#"{"a":{"b":2.5}}"#]
    {
        let found = read_body::<Lists>(format!(r#"{{"union":[{{"new":[{json}]}}]}}"#).as_bytes()).expect(json);
        let Holds(variant) = &found.union.expect("a list")[0];
        assert_eq!((variant.name(), variant.json()), ("new", format!("[{json}]")));
    }
}

/// Lists of structures of which each takes three bytes of the body.
#[derive(Debug, Default)]
struct Lists {
    lists: Option<Vec<Vec<Outer>>>,
    maps: Option<Vec<HashMap<String, Outer>>>,
    boxed: Option<Vec<Boxed>>,
    union: Option<Vec<Holds>>,
}

#[derive(Debug, Default)]
struct Boxed {
    boxed: Option<Box<Outer>>,
}

#[derive(Debug)]
struct Holds(UnknownVariant);

impl Structure for Lists {
    fn read<M: Members>(&mut self, from: &mut M) -> Result<(), M::Error> {
        match from.name() {
            "lists" => from.read(&mut self.lists),
            "maps" => from.read(&mut self.maps),
            "boxed" => from.read(&mut self.boxed),
            "union" => from.read(&mut self.union),
            _ => from.skip(),
        }
    }
}

impl Structure for Boxed {
    fn read<M: Members>(&mut self, from: &mut M) -> Result<(), M::Error> {
        from.read_boxed(&mut self.boxed)
    }
}

impl Read for Holds {
    fn read<'de, D: Deserializer<'de>>(from: D, at: At<'_>) -> Result<Self, D::Error> {
        read_union(from, at)
    }
}

impl ReadUnion for Holds {
    fn read_variant<M: Members>(from: &mut M) -> Result<Option<Self>, M::Error> {
        from.unknown_variant(Self)
    }
}

#[test]
fn the_memory_of_elements_is_bounded() {
    let body = |member: &str, element: &str, count: usize| {
        let others = format!("{element},").repeat(count - 1);
        format!(r#"{{"{member}":[{others}{element}]}}"#)
    };
    let fits = |body: &str| read_body::<Lists>(body.as_bytes());
    let entry = |number: usize| format!(r#"{{"{number}":{{}}}}"#);
    for (member, element) in [
        ("lists", "[{},{}]".to_owned()),
        ("lists", "[]".to_owned()),
        ("maps", entry(1)),
        ("boxed", r#"{"a":{}}"#.to_owned()),
        ("union", r#"{"a":[{"":0}]}"#.to_owned()),
        ("union", r#"{"a":[[],[]]}"#.to_owned()),
    ] {
        // Within 16 MiB, the largest body by default.
        let most = ((16 << 20) - 20) / (element.len() + 1);
        let found = fits(&body(member, &element, most));
        assert!(
            matches!(found, Err(BodyError::TooManyElements(bytes)) if bytes == 64 << 20),
            "{member} {element}: {:?}",
            found.map(|_| "a value")
        );
        let found = fits(&body(member, &element, 30_000));
        assert!(found.is_ok(), "{member} {element}: {found:?}");
    }
    let map = |count: usize| {
        format!(
            r#"{{"maps":[{{{}}}]}}"#,
            (0..count).map(|number| { format!(r#""{number}":{{}}"#) }).collect::<Vec<_>>().join(",")
        )
    };
    assert!(matches!(fits(&map(1_000_000)), Err(BodyError::TooManyElements(_))));
    assert_eq!(fits(&map(100_000)).expect("fits").maps.expect("a list")[0].len(), 100_000);
    let text = BodyError::TooManyElements(64 << 20).to_string();
    assert_eq!(text, "the lists of the body have too many elements: they would take more than 64 MiB");
}
