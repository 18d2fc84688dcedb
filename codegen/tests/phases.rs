//! The three phases are separate: only emitters create tokens.

use std::fs;
use std::path::Path;

/// Asserts that no file below a folder of the sources holds any of these words, and that there are files.
fn assert_without(folder: &str, words: &[&str]) {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(folder);
    let entries: Vec<_> = fs::read_dir(&dir).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    assert!(!entries.is_empty());
    for path in entries {
        if path.is_dir() {
            assert_without(&format!("{folder}/{}", path.file_name().expect("a name").to_string_lossy()), words);
            continue;
        }
        let text = fs::read_to_string(&path).expect("text");
        for word in words {
            assert!(!text.contains(word), "{} has {word}", path.display());
        }
    }
}

#[test]
fn no_tokens_before_emitters() {
    for folder in ["model", "lower", "ir"] {
        assert_without(folder, &["TokenStream", "quote!"]);
    }
}

/// What emitters have to know stands in the IR: none looks through what another has written.
#[test]
fn emitters_do_not_read_tokens() {
    assert_without("emit", &["TokenTree"]);
    assert_without("endpoint/emit", &["TokenTree"]);
}

/// Each name is decided once, before anything is written.
#[test]
fn emitters_do_not_make_names() {
    let makers =
        ["naming::type_", "naming::function_name", "naming::member_name", "naming::variant_", "naming::prefixed"];
    for folder in ["emit", "endpoint/emit"] {
        assert_without(folder, &makers);
        assert_without(
            folder,
            &["naming::suffixed", "naming::unique", "naming::setting_names", "naming::variable_name"],
        );
    }
}

#[test]
fn emitters_do_not_see_the_model() {
    assert_without("emit", &["crate::model", "crate::lower", "ShapeId"]);
    assert_without("endpoint/emit", &["crate::model", "crate::lower", "ShapeId"]);
}
