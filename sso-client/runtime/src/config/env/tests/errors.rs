//! What is wrong with an environment or a file, a row for each.
#![allow(clippy::print_stdout, reason = "with --nocapture, all messages are one list")]

use super::*;

#[test]
fn errors() {
    // Environment, config file, message, kind, line and key.
    type Row<'a> = (Environment<'a>, &'a str, &'a str, EnvErrorKind, Option<usize>, Option<&'a str>);
    use EnvErrorKind::{InvalidValue, NotFound, Syntax};
    let rows: &[Row<'_>] = &[
        (
            &[("AWS_REGION", "eu west")],
            "",
            "AWS_REGION: \"eu west\" is no region: the name of one holds letters, digits and hyphens, such as eu-west-1",
            InvalidValue,
            None,
            Some("AWS_REGION"),
        ),
        (
            &[],
            "[default]\n\nregion = 12",
            "/home/me/.aws/config:3: region: \"12\" is no region: the name of one holds letters, digits and hyphens, such \
             as eu-west-1",
            InvalidValue,
            Some(3),
            Some("region"),
        ),
        (
            &[("AWS_USE_FIPS_ENDPOINT", "1")],
            "",
            "AWS_USE_FIPS_ENDPOINT: \"1\" is neither true nor false",
            InvalidValue,
            None,
            Some("AWS_USE_FIPS_ENDPOINT"),
        ),
        (
            &[],
            "[default]\nuse_dualstack_endpoint = on",
            "/home/me/.aws/config:2: use_dualstack_endpoint: \"on\" is neither true nor false",
            InvalidValue,
            Some(2),
            Some("use_dualstack_endpoint"),
        ),
        (
            &[],
            "[default]\nignore_configured_endpoint_urls = no",
            "/home/me/.aws/config:2: ignore_configured_endpoint_urls: \"no\" is neither true nor false",
            InvalidValue,
            Some(2),
            Some("ignore_configured_endpoint_urls"),
        ),
        (
            &[("AWS_MAX_ATTEMPTS", "0")],
            "",
            "AWS_MAX_ATTEMPTS: \"0\" is no number of attempts; write 1 or more",
            InvalidValue,
            None,
            Some("AWS_MAX_ATTEMPTS"),
        ),
        (
            &[],
            "[default]\nmax_attempts = three",
            "/home/me/.aws/config:2: max_attempts: \"three\" is no number of attempts; write 1 or more",
            InvalidValue,
            Some(2),
            Some("max_attempts"),
        ),
        (
            &[("AWS_RETRY_MODE", "fast")],
            "",
            "AWS_RETRY_MODE: \"fast\" is no way of retrying; write standard, legacy or adaptive",
            InvalidValue,
            None,
            Some("AWS_RETRY_MODE"),
        ),
        (
            &[("HOME", ""), ("AWS_CONFIG_FILE", "~/c")],
            "",
            "AWS_CONFIG_FILE: the path begins with ~, and no home directory is known; set HOME, or write the whole path",
            InvalidValue,
            None,
            Some("AWS_CONFIG_FILE"),
        ),
        (
            &[("AWS_PROFILE", "p")],
            "[p]\nregion = a\n[profile q]\n[default]",
            "AWS_PROFILE: there is no profile \"p\" in /home/me/.aws/config or /home/me/.aws/credentials; there are: \
             default, q; /home/me/.aws/config:1 says [p], which has to be [profile p]",
            NotFound,
            None,
            Some("AWS_PROFILE"),
        ),
        (
            &[("AWS_PROFILE", "default"), ("HOME", "")],
            "",
            "AWS_PROFILE: there is no profile \"default\"; no file was looked for, since no home directory is known; set \
             HOME",
            NotFound,
            None,
            Some("AWS_PROFILE"),
        ),
        (
            &[("AWS_DEFAULT_PROFILE", "p"), ("HOME", ""), ("AWS_CONFIG_FILE", CONFIG)],
            "[default]",
            "AWS_DEFAULT_PROFILE: there is no profile \"p\" in /home/me/.aws/config; there are: default; the credentials \
             file was not looked for, since no home directory is known",
            NotFound,
            None,
            Some("AWS_DEFAULT_PROFILE"),
        ),
        (
            &[("AWS_PROFILE", "p"), ("AWS_CONFIG_FILE", "/a\nb"), ("AWS_SHARED_CREDENTIALS_FILE", "/\u{1b}[1m")],
            "",
            "AWS_PROFILE: there is no profile \"p\" in /a\\nb or /\\u{1b}[1m; there are none",
            NotFound,
            None,
            Some("AWS_PROFILE"),
        ),
        (
            &[],
            "[default]\nregion = eu\u{200b}-west-1\u{a0}",
            "/home/me/.aws/config:2: region: \"eu\\u{200b}-west-1\" is no region: the name of one holds letters, digits and \
             hyphens, such as eu-west-1",
            InvalidValue,
            Some(2),
            Some("region"),
        ),
        (
            &[],
            "[default]\nservices = my s\n[services my s]",
            "/home/me/.aws/config:2: services: there is no section [services my s] in the config file; there are none; \
             /home/me/.aws/config:3 says [services my s], which has to be [services \"my s\"]",
            NotFound,
            Some(2),
            Some("services"),
        ),
        (
            &[],
            "[default]\nservices = s\n[services t]",
            "/home/me/.aws/config:2: services: there is no section [services s] in the config file; there are: t",
            NotFound,
            Some(2),
            Some("services"),
        ),
        (
            &[("AWS_REGION", "a")],
            "[default]\nSECRET",
            "/home/me/.aws/config:2: Expected an '=' sign defining a property (in section default); write KEY = VALUE",
            Syntax,
            Some(2),
            None,
        ),
        (
            &[],
            "[default]\nservices =\n  SECRET",
            "/home/me/.aws/config:3: Expected an '=' sign defining a sub-property (below services in section default); \
             write KEY = VALUE, or the value of the property above on its own line",
            Syntax,
            Some(3),
            Some("services"),
        ),
        (
            &[("HTTPS_PROXY", "socks5://SECRET@proxy")],
            "",
            "HTTPS_PROXY: the proxy's URL cannot be used: SOCKS is not supported; it has to have the form \
             http://[user:password@]host[:port]",
            InvalidValue,
            None,
            Some("HTTPS_PROXY"),
        ),
    ];
    for (environment, config, expected, kind, line, key) in rows {
        let error = loader(environment, config, "").load().expect_err(expected);
        println!("{error}");
        assert_eq!(error.to_string(), *expected);
        assert_eq!((error.kind(), error.line(), error.key()), (*kind, *line, *key), "{error}");
        assert_eq!(error.file(), line.map(|_| Path::new(CONFIG)), "{error}");
        assert!(!format!("{error:?}").contains("SECRET"), "{error:?}");
    }
    let error = loader(&[], "", "[q]").profile_name("p").load().expect_err("no such profile");
    let expected = "there is no profile \"p\" in /home/me/.aws/config or /home/me/.aws/credentials; there are: q";
    assert_eq!((error.to_string().as_str(), error.key()), (expected, None));
}

#[test]
fn unreadable_files() {
    use std::error::Error;
    let load =
        |result: fn() -> io::Result<Vec<u8>>| EnvLoader::new().env([("HOME", "/h")]).fs(move |_| result()).load();
    let error = load(|| Err(io::ErrorKind::PermissionDenied.into())).expect_err("unreadable");
    assert_eq!(error.to_string(), "/h/.aws/config cannot be read: permission denied");
    assert_eq!(
        (error.kind(), error.file(), error.line()),
        (EnvErrorKind::Unreadable, Some(Path::new("/h/.aws/config")), None)
    );
    assert!(error.source().is_some());
    let error = load(|| Ok(b"[default]\nregion = \xff".to_vec())).expect_err("no text");
    assert_eq!(error.to_string(), "/h/.aws/config:2: the file is no UTF-8 text; save it as such");
    assert_eq!((error.kind(), error.line()), (EnvErrorKind::Syntax, Some(2)));
    for kind in [io::ErrorKind::NotFound, io::ErrorKind::NotADirectory] {
        let loader = EnvLoader::new().env([("HOME", "/h")]).fs(move |_| Err(kind.into()));
        loader.load().expect("a file that is not there is no error");
    }
    // The system's own files.
    let path = std::env::temp_dir();
    let error = EnvLoader::new().env([("AWS_CONFIG_FILE", path.as_os_str())]).load().expect_err("a folder");
    assert_eq!((error.kind(), error.file()), (EnvErrorKind::Unreadable, Some(path.as_path())));
    let path = path.join("sso-client-that-is-not-there");
    EnvLoader::new().env([("AWS_CONFIG_FILE", path)]).load().expect("a file that is not there is no error");
}
