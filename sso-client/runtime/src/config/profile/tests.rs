//! The grammar, a row for each rule.
#![allow(clippy::print_stdout, reason = "with --nocapture, all messages are one list")]

use std::ffi::OsString;
use std::path::Path;

use super::*;

/// What is in a set, in a form that is easy to write down: `profile.key=value`, in order, with
/// sections that hold nothing as `profile`.
fn shown(set: &ProfileSet) -> Vec<String> {
    let mut shown = Vec::new();
    for (prefix, sections) in [("", &set.profiles), ("sso-session ", &set.sso_sessions), ("services ", &set.services)] {
        for (name, section) in sections {
            if section.properties.is_empty() {
                shown.push(format!("{prefix}{name}"));
            }
            for (key, property) in section.properties() {
                shown.push(format!("{prefix}{name}.{key}={}", property.value()));
            }
        }
    }
    shown
}

fn read(config: &str, credentials: &str) -> Result<ProfileSet, ParseError> {
    let mut set = ProfileSet::default();
    set.add(FileKind::Config, Path::new("config"), config, |_, _| true)?;
    set.add(FileKind::Credentials, Path::new("credentials"), credentials, |_, _| true)?;
    Ok(set)
}

#[test]
fn lenient_inputs() {
    let rows: &[(&str, &str, &[&str])] = &[
        ("", "", &[]),
        ("# c\n; c\n\n \t\n", "", &[]),
        ("[default]", "", &["default"]),
        ("\u{feff}[default]\na=1", "", &["default.a=1"]),
        ("[default]\r\na = 1\r\n", "", &["default.a=1"]),
        ("[ \tprofile\t p \t] # c", "", &["p"]),
        ("[profile p];c\n[profile q]# c", "", &["p", "q"]),
        ("[profile \"my p\"]\na=1", "", &["my p.a=1"]),
        ("[profile \"\"]\na=1\n[profile \"p]\na=1\n[profile my p]\na=1", "", &[]),
        ("[p]\na=1\n[profilep]\na=1\n[]\na=1\n[profile]\na=1", "", &[]),
        ("[profile p!]\n=\nno equals\n[q]\n -c", "", &[]),
        // Values.
        ("[default]\nA-b_1 \t=\t x \t", "", &["default.a-b_1=x"]),
        ("[default]\na=b=c", "", &["default.a=b=c"]),
        ("[default]\na=", "", &["default.a="]),
        (
            "[default]\na=1 # c\nb=1\t;c\nc=1#c\nd=# c\ne= # c",
            "",
            &["default.a=1", "default.b=1", "default.c=1#c", "default.d=# c", "default.e="],
        ),
        ("[default]\nin valid=1\n -more\nb=2", "", &["default.b=2"]),
        ("[default]\na=1\nA=2", "", &["default.a=2"]),
        // Lines that continue.
        ("[default]\na=1\n \t-2 # 3 \t\n\n\t4", "", &["default.a=1\n-2 # 3\n4"]),
        ("[default]\na=1\n  # c\n  ; c\n", "", &["default.a=1"]),
        ("[default]\ns3 =\n  x = 1\n \n  y = 2 # c\n", "", &["default.s3=\nx = 1\ny = 2 # c"]),
        // Sections that are there twice, or in both files.
        ("[profile p]\na=1\n[profile q]\n[profile p]\nb=2", "", &["p.a=1", "p.b=2", "q"]),
        ("[default]\na=1\n[profile default]\nb=2", "", &["default.b=2"]),
        ("[profile default]\nb=2\n[default]\na=1", "[default]\nc=3", &["default.b=2", "default.c=3"]),
        ("[profile p]\na=1\nb=1", "[p]\na=2", &["p.a=2", "p.b=1"]),
        ("", "[profile p]\na=1", &[]),
        ("", "[p]\na=1\n[sso-sessions]", &["p.a=1", "sso-sessions"]),
        // Sections that are no profiles.
        (
            "[sso-session s]\na=1\n[services v]\nsso =\n  endpoint_url = x",
            "",
            &["sso-session s.a=1", "services v.sso=\nendpoint_url = x"],
        ),
        ("[sso-sessions]\na=1\n[services]\na=1", "[services v]\na=1", &[]),
    ];
    for (config, credentials, expected) in rows {
        let set = read(config, credentials).unwrap_or_else(|error| panic!("{config:?}: {error}"));
        assert_eq!(shown(&set), *expected, "{config:?} {credentials:?}");
    }
}

/// What AWS's command line reads, which other SDKs pass over.
#[test]
fn names_as_in_a_shell() {
    let rows: &[(&str, &str, &[&str])] = &[
        ("[profile 'my team']\na=1", "", &["my team.a=1"]),
        (
            "[sso-session 'my corp']\na=1\n[services \"my s\"]\na=1",
            "",
            &["sso-session my corp.a=1", "services my s.a=1"],
        ),
        ("[profile 'o'\"'\"'brien x']\na=1", "", &["o'brien x.a=1"]),
        ("[profile \"a (b) & c, 'd' ~e=f\"]\na=1", "", &["a (b) & c, 'd' ~e=f.a=1"]),
        (r#"[profile "a\b\"c"]"#, "", &[r#"a\b"c"#]),
        ("[profile \"équipe 日本\"]\na=1", "", &["équipe 日本.a=1"]),
        ("[profile équipe]\n[profile a(b),c]\n[profile foo!bar]", "", &["a(b),c", "foo!bar", "équipe"]),
        ("[profile [x]-y]\na=1\n[default]\nb=2", "", &["[x]-y.a=1", "default.b=2"]),
        ("[profile a]b] # c]\n[profile d] # see [1]", "", &["a]b", "d"]),
        ("", "[my team]\na=1\n[équipe]\n[a (b)]", &["a (b)", "my team.a=1", "équipe"]),
        // Headers that are indented, and what is indented no further than they are.
        (" \t[default]\na=1", "", &["default.a=1"]),
        ("  [default]\n  a=1\n  b=2\n    -3\n  [profile p]\n  c=4", "", &["default.a=1", "default.b=2\n-3", "p.c=4"]),
        ("[default]\na=1\n  [profile p]\nb=2", "", &["default.a=1", "p.b=2"]),
        ("", "[a]\nx=1\n  [b]\ny=2", &["a.x=1", "b.y=2"]),
        ("[default]\na=1\n  [not a header", "", &["default.a=1\n[not a header"]),
        // Characters that nobody sees.
        (
            "[default]\n\u{a0}a=1\nb\u{a0}=\u{a0}2\u{200b}\n\u{feff}c=3",
            "",
            &["default.a=1", "default.b=2", "default.c=3"],
        ),
        ("[default]\nz=1\n\u{a0}a=1\n\u{a0}\u{a0}b=2", "", &["default.a=1", "default.b=2", "default.z=1"]),
        ("[default]\nre\u{200b}gi\u{a0}on=a\u{200b}b", "", &["default.region=a\u{200b}b"]),
        ("[services s]\nsso =\n\u{a0}\u{a0}endpoint_url = x", "", &["services s.sso=\nendpoint_url = x"]),
        ("[profile\u{a0}dev\u{200b}]\n\u{feff}[\u{200b}profile q]", "", &["dev", "q"]),
        ("[default]\na=1\n\u{200b}\n\u{a0}# c\n", "", &["default.a=1"]),
        ("[default]\ra=1\r[profile p]\rb=2\r", "", &["default.a=1", "p.b=2"]),
        // What no other SDK reads may be malformed.
        ("[profile a!]\nx=1\nno equals\ny=2\n[profile b]\nz=3", "", &["b.z=3"]),
    ];
    for (config, credentials, expected) in rows {
        let set = read(config, credentials).unwrap_or_else(|error| panic!("{config:?}: {error}"));
        assert_eq!(shown(&set), *expected, "{config:?} {credentials:?}");
    }
    let set = read("[profile a!]\n[profile b]\n[profile \"c d\"]", "[my team]\n[b]").expect("files");
    assert_eq!(set.profile_names().collect::<Vec<_>>(), ["b", "c d"], "what every SDK reads");
    assert_eq!(set.names(SectionKind::Profile).collect::<Vec<_>>(), ["a!", "b", "c d", "my team"]);
    assert!(set.profile("\u{200b}b").is_some(), "nor are they part of names that are looked for");
}

/// Config file, credentials file, what is looked for, and what is told of it.
#[test]
fn sections_that_are_passed_over_are_named() {
    use SectionKind::{Profile, Services, SsoSession};
    let rows: &[(&str, &str, SectionKind, &str, &str)] = &[
        ("[p]", "", Profile, "p", "there are none; config:1 says [p], which has to be [profile p]"),
        (
            "[my team]",
            "",
            Profile,
            "my team",
            "there are none; config:1 says [my team], which has to be [profile \"my team\"]",
        ),
        (
            "[a]\n[profile my team]",
            "",
            Profile,
            "my team",
            "there are none; config:2 says [profile my team], which has to be [profile \"my team\"]",
        ),
        (
            "[profile o'brien]",
            "",
            Profile,
            "o'brien",
            "there are none; config:1 says [profile o'brien], which has to be [profile \"o'brien\"]",
        ),
        ("[profile \"p]", "", Profile, "p", "there are none; config:1 says [profile \"p], which has to be [profile p]"),
        ("[Profile p]", "", Profile, "p", "there are none; config:1 says [Profile p], which has to be [profile p]"),
        ("[profiles p]", "", Profile, "p", "there are none; config:1 says [profiles p], which has to be [profile p]"),
        (
            "[\"default\"]",
            "",
            Profile,
            "default",
            "there are none; config:1 says [\"default\"], which has to be [default]",
        ),
        ("[plugins p]", "", Profile, "p", "there are none"),
        (
            "[profile a!]\n\nSECRET\n[default]",
            "",
            Profile,
            "a!",
            "there are: default; config:1 says [profile a!], which is not read because of line 3: Expected an '=' sign \
             defining a property; write KEY = VALUE",
        ),
        (
            "[profile a\u{1b}[1m b]",
            "",
            Profile,
            "a\u{1b}[1m b",
            "there are none; config:1 says [profile a\\u{1b}[1m b], which has to be [profile \"a\\u{1b}[1m b\"]",
        ),
        // Credentials files have no keywords and no quotes.
        ("", "[profile p]", Profile, "p", "there are none; credentials:1 says [profile p], which has to be [p]"),
        (
            "",
            "[profile 'my team']",
            Profile,
            "my team",
            "there are none; credentials:1 says [profile 'my team'], which has to be [my team]",
        ),
        (
            "",
            "[\"my team\"]\n[b]",
            Profile,
            "my team",
            "there are: b; credentials:1 says [\"my team\"], which has to be [my team]",
        ),
        // Sessions and services.
        (
            "[sso_session s]",
            "",
            SsoSession,
            "s",
            "there are none; config:1 says [sso_session s], which has to be [sso-session s]",
        ),
        (
            "[sso-session my corp]",
            "",
            SsoSession,
            "my corp",
            "there are none; config:1 says [sso-session my corp], which has to be [sso-session \"my corp\"]",
        ),
        ("[s]", "", SsoSession, "s", "there are none; config:1 says [s], which has to be [sso-session s]"),
        ("[profile s t]", "", SsoSession, "s t", "there are none"),
        (
            "",
            "[sso-session s]",
            SsoSession,
            "s",
            "there are none; credentials:1 says [sso-session s], which is read from the config file only",
        ),
        (
            "[services a]",
            "[services s]",
            Services,
            "s",
            "there are: a; credentials:1 says [services s], which is read from the config file only",
        ),
        ("[service s]", "", Services, "s", "there are none; config:1 says [service s], which has to be [services s]"),
    ];
    for (config, credentials, kind, name, expected) in rows {
        let set = read(config, credentials).unwrap_or_else(|error| panic!("{config:?}: {error}"));
        assert!(set.section(*kind, name).is_none(), "{config:?} {credentials:?}");
        println!("{}", set.told(*kind, name));
        assert_eq!(set.told(*kind, name), *expected, "{config:?} {credentials:?}");
    }
}

#[test]
fn errors_and_positions() {
    let rows: &[(&str, &str)] = &[
        ("a = 1", "f:1: Expected a profile definition; put a line such as [default] above it"),
        ("\n  SECRET", "f:2: Expected a profile definition; put a line such as [default] above it"),
        ("  [profile SECRET", "f:1: Profile definition must end with ']'; write [profile NAME]"),
        ("[profile p]\n  [SECRET", "f:2: Profile definition must end with ']'; write [profile NAME]"),
        ("[profile SECRET", "f:1: Profile definition must end with ']'; write [profile NAME]"),
        ("[profile p] SECRET", "f:1: Profile definition must end with ']'; write [profile NAME]"),
        ("[default]\nSECRET", "f:2: Expected an '=' sign defining a property (in section default); write KEY = VALUE"),
        ("[profile p]\n=SECRET", "f:2: Property did not have a name (in section p); write KEY = VALUE"),
        (
            "[profile p]\n  SECRET = 1",
            "f:2: Expected a property definition, found continuation (in section p); remove the blanks at the beginning \
             of the line",
        ),
        (
            "[services v]\nSSO =\n  endpoint_url: SECRET",
            "f:3: Expected an '=' sign defining a sub-property (below sso in section v); write KEY = VALUE, or the value \
             of the property above on its own line",
        ),
        (
            "[services v]\nsso =\n  = SECRET",
            "f:3: Sub-property did not have a name (below sso in section v); write KEY = VALUE",
        ),
    ];
    for (text, expected) in rows {
        let mut set = ProfileSet::default();
        let error = set.add(FileKind::Config, Path::new("f"), text, |_, _| true).expect_err(text);
        println!("{error}");
        assert_eq!(error.to_string(), *expected);
        assert!(!format!("{error:?}").contains("SECRET"), "{error:?}");
        assert!(shown(&set).is_empty(), "nothing of a broken file counts");
    }
}

#[test]
fn only_kept_properties_are_copied() {
    let mut set = ProfileSet::default();
    let text = "[p]\nregion = r\naws_secret_access_key = SECRET\n";
    set.add(FileKind::Credentials, Path::new("f"), text, |kind, key| kind == SectionKind::Profile && key == "region")
        .expect("a file");
    assert_eq!(shown(&set), ["p.region=r"]);
    let region = set.profile("p").and_then(|profile| profile.get("region")).expect("kept");
    assert_eq!((region.file().as_ref(), region.line()), (Path::new("f"), 2));
    assert_eq!(format!("{region:?}"), "Property(f:2)", "a value may be a secret");
}

#[test]
fn nested_properties() {
    let text = "[services v]\na =\n  X = 1 # c\n\n  in valid = 2\n  y =\nb = 1\n  x = 1\nc =\n";
    let set = read(text, "").expect("a file");
    let nested = |key: &str| -> Vec<_> {
        let property = set.services("v").and_then(|section| section.get(key)).expect("a property");
        property.nested().map(|(key, property)| (key, property.value().to_owned(), property.line())).collect()
    };
    assert_eq!(nested("a"), [("x".to_owned(), "1".to_owned(), 3), ("y".to_owned(), String::new(), 6)]);
    assert_eq!(nested("b"), [], "it has a value of its own");
    assert_eq!(nested("c"), []);
}

#[test]
fn locations() {
    // The environment, whether it is on Windows, and the places of both files.
    type Row<'a> = (&'a [(&'a str, &'a str)], bool, Result<Option<&'a str>, ()>, Result<Option<&'a str>, ()>);
    let rows: &[Row<'_>] = &[
        (&[], false, Ok(None), Ok(None)),
        (&[("HOME", "")], false, Ok(None), Ok(None)),
        (&[("HOME", "/h")], false, Ok(Some("/h/.aws/config")), Ok(Some("/h/.aws/credentials"))),
        (&[("USERPROFILE", "/h")], false, Ok(None), Ok(None)),
        (&[("USERPROFILE", "U"), ("HOME", "H")], true, Ok(Some(r"H\.aws\config")), Ok(Some(r"H\.aws\credentials"))),
        (
            &[("USERPROFILE", "U"), ("HOMEDRIVE", "C:")],
            true,
            Ok(Some(r"U\.aws\config")),
            Ok(Some(r"U\.aws\credentials")),
        ),
        (
            &[("HOMEDRIVE", "C:"), ("HOMEPATH", r"\u")],
            true,
            Ok(Some(r"C:\u\.aws\config")),
            Ok(Some(r"C:\u\.aws\credentials")),
        ),
        (&[("HOMEDRIVE", "C:")], true, Ok(None), Ok(None)),
        (
            &[("HOME", "/h"), ("AWS_CONFIG_FILE", "")],
            false,
            Ok(Some("/h/.aws/config")),
            Ok(Some("/h/.aws/credentials")),
        ),
        (&[("HOME", "/h"), ("AWS_CONFIG_FILE", "c")], false, Ok(Some("c")), Ok(Some("/h/.aws/credentials"))),
        (&[("AWS_SHARED_CREDENTIALS_FILE", "c")], false, Ok(None), Ok(Some("c"))),
        (&[("HOME", "/h"), ("AWS_CONFIG_FILE", "~/c")], false, Ok(Some("/h/c")), Ok(Some("/h/.aws/credentials"))),
        (&[("HOME", "/h"), ("AWS_CONFIG_FILE", "~")], false, Ok(Some("/h")), Ok(Some("/h/.aws/credentials"))),
        (&[("HOME", "/h"), ("AWS_CONFIG_FILE", "~u/c")], false, Ok(Some("~u/c")), Ok(Some("/h/.aws/credentials"))),
        (&[("AWS_CONFIG_FILE", "~/c")], false, Err(()), Ok(None)),
    ];
    for (environment, windows, config, credentials) in rows {
        let variable = |name: &str| environment.iter().find(|row| row.0 == name).map(|row| OsString::from(row.1));
        let locations = Locations::new(variable, *windows);
        for (kind, expected) in [(FileKind::Config, config), (FileKind::Credentials, credentials)] {
            let found = locations.of(kind, variable(kind.variable()).as_deref());
            let found = found.map(|path| path.map(|path| path.display().to_string())).map_err(|_| ());
            assert_eq!(
                found.as_ref().map(Option::as_deref),
                expected.as_ref().copied().map_err(|()| &()),
                "{environment:?}"
            );
        }
    }
}
