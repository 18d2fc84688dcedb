use super::*;

#[test]
fn the_environment_counts_alone() {
    let of = |file: &'static str, dir: &'static str| {
        said(move |name| match name {
            "SSL_CERT_FILE" => Some(file.into()),
            "SSL_CERT_DIR" => Some(dir.into()),
            other => panic!("{other} is not ours to read"),
        })
    };
    assert_eq!(said(|_| None), None);
    assert_eq!(of("", ""), None);
    assert_eq!(of("/a", ""), Some((Some("/a".into()), vec![])));
    assert_eq!(of("", "/b::/c"), Some((None, vec!["/b".into(), "/c".into()])));
    assert_eq!(of("/a", "/b"), Some((Some("/a".into()), vec!["/b".into()])));
}

#[test]
fn names_of_certificates_in_folders() {
    for (name, expected) in [
        ("/etc/ssl/certs/002c0b4f.0", true),
        ("ABCDEF01.12", true),
        ("ca-certificates.crt", false),
        ("002c0b4f.pem", false),
        ("002c0b4f.", false),
        ("02c0b4f.0", false),
        ("002c0b4f", false),
    ] {
        assert_eq!(is_hashed(Path::new(name)), expected, "{name}");
    }
}

#[test]
fn files_folders_and_what_is_in_the_way() {
    let params = |name: &str| rcgen::CertificateParams::new([name.to_owned()]).expect("a name");
    let pem = |name: &str| params(name).self_signed(&rcgen::KeyPair::generate().expect("a key")).expect("signed").pem();
    let dir = std::env::temp_dir().join(format!("sso-client-roots-{}", std::process::id()));
    std::fs::create_dir_all(&dir).expect("a folder");
    let (one, two) = (pem("one.test"), pem("two.test"));
    let bundle = dir.join("bundle.pem");
    std::fs::write(&bundle, format!("# \u{e9}\n{one}")).expect("written");
    std::fs::write(dir.join("01234567.0"), &one).expect("written");
    std::fs::write(dir.join("01234567.1"), two.replace('\n', "\r\n")).expect("written");
    std::fs::write(dir.join("other.pem"), pem("three.test")).expect("written");
    let folder = || vec![dir.clone()];
    let load = |file: Option<&Path>, folders: Option<&Path>, usual: (Option<PathBuf>, Vec<PathBuf>)| {
        let env = |name: &'static str| if name == "SSL_CERT_FILE" { file } else { folders }.map(OsString::from);
        load_by(env, || usual.clone()).map(|roots| roots.len())
    };
    let none = || (None, Vec::new());
    // By the usual places: the bundle, and what has a hash for its name, each once.
    assert_eq!(load(None, None, (Some(bundle.clone()), vec![])).expect("roots"), 1);
    assert_eq!(load(None, None, (Some(bundle.clone()), folder())).expect("roots"), 2);
    assert_eq!(load(None, None, (Some(dir.join("none")), folder())).expect("roots"), 2, "what can be read counts");
    std::fs::write(dir.join("empty.pem"), "").expect("written");
    assert_eq!(load(None, None, (Some(dir.join("empty.pem")), folder())).expect("roots"), 2);
    let error = load(None, None, (Some(dir.join("none")), vec![])).expect_err("nothing").to_string();
    assert!(error.contains("none"), "it names the file: {error}");
    let error = load(None, None, none()).expect_err("nothing").to_string();
    assert!(error.contains("install them"), "{error}");
    // By the environment: all of what it names, and nothing else.
    let usual = || (Some(bundle.clone()), folder());
    assert_eq!(load(None, Some(&dir), none()).expect("roots"), 3, "files of any name");
    let pinned = dir.join("pinned");
    std::fs::create_dir_all(&pinned).expect("a folder");
    load(None, Some(&pinned), usual()).expect_err("an empty folder trusts nobody");
    load(Some(&dir.join("empty.pem")), None, usual()).expect_err("nor does an empty file");
    std::fs::write(pinned.join("my-ca.pem"), &two).expect("written");
    assert_eq!(load(None, Some(&pinned), usual()).expect("roots"), 1);
    assert_eq!(load(Some(&bundle), Some(&pinned), none()).expect("roots"), 2);
    assert_eq!(load(Some(&dir.join("none")), Some(&pinned), usual()).expect("roots"), 1);
    std::fs::remove_dir_all(&dir).expect("removed");
}
