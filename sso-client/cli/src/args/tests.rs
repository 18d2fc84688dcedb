//! The habits that the recorded cases do not show.

use super::*;

const OPTIONS: &[Opt] = &[
    Opt::text("role-name"),
    Opt::text("region"),
    Opt::flag("debug"),
    Opt { name: "skeleton", takes: Takes::OptionalChoice(&["input", "output"]), required: false, whole: false },
];

fn parsed(words: &[&str]) -> Result<Parsed, String> {
    let words = words.iter().map(|word| (*word).to_owned()).collect();
    parse(OPTIONS, words, None).map_err(|failed| failed.message)
}

#[test]
fn what_follows_an_option() {
    assert_eq!(parsed(&["--role-name", "-5"]).expect("a number").value("role-name"), Some("-5"));
    assert_eq!(parsed(&["--role-name=-x"]).expect("a value").value("role-name"), Some("-x"));
    assert_eq!(parsed(&["--role", "-x y"]).expect("a value").value("role-name"), Some("-x y"));
    assert_eq!(parsed(&["--role-name", ""]).expect("a value").value("role-name"), Some(""));
    assert_eq!(parsed(&["--role-name", "-x"]).expect_err("an option"), "argument --role-name: expected one argument");
    assert_eq!(parsed(&["--debug=1"]).expect_err("a flag"), "argument --debug: ignored explicit argument '1'");
    let without = parsed(&["--skeleton", "--debug"]).expect("no value");
    assert!(without.has("skeleton") && without.value("skeleton").is_none());
}

#[test]
fn beginnings() {
    assert!(parsed(&["--d"]).expect("unique").has("debug"));
    assert_eq!(parsed(&["--r=1"]).expect_err("two"), "ambiguous option: --r=1 could match --role-name, --region");
}

#[test]
fn what_is_left_over() {
    let mut left = parsed(&["--bogus", "1", "list", "--debug", "--", "--debug", "x"]).expect("parsed");
    assert_eq!(left.rest, ["--bogus", "1", "list", "--debug", "x"]);
    assert_eq!(left.take_positional().as_deref(), Some("1"));
    assert_eq!(left.rest, ["--bogus", "list", "--debug", "x"]);
    assert_eq!(left.before_dashes, 2);
}
