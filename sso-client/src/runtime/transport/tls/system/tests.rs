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
    let count = |file: Option<&Path>, folders: &[PathBuf]| {
        let mut store = Store::default();
        store.read(file, folders);
        store.roots().map(|roots| roots.len())
    };
    assert_eq!(count(Some(&bundle), &[]).expect("roots"), 1);
    assert_eq!(count(None, std::slice::from_ref(&dir)).expect("roots"), 2, "those with hashes for names");
    assert_eq!(count(Some(&bundle), std::slice::from_ref(&dir)).expect("roots"), 2, "each once");
    assert_eq!(
        count(Some(&dir.join("none")), std::slice::from_ref(&dir)).expect("roots"),
        2,
        "what can be read counts"
    );
    let error = count(Some(&dir.join("none")), &[]).expect_err("nothing").to_string();
    assert!(error.contains("none"), "it names the file: {error}");
    let error = count(None, &[]).expect_err("nothing").to_string();
    assert!(error.contains("install them"), "{error}");
    std::fs::remove_dir_all(&dir).expect("removed");
}
