//! Names that generated code uses itself are legal names in a model: a crate whose model has all of them, wherever a
//! name can stand, compiles without warnings.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Map, Value, json};
use xtask::emit::{self, Request};

/// Returns the identifiers that the crates of several fixtures have in common: they are the generator's.
fn words() -> BTreeSet<String> {
    let root = xtask::workspace_root();
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    let mut fixtures = 0;
    for entry in fs::read_dir(root.join("codegen/tests/fixtures")).expect("fixtures") {
        let folder = entry.expect("an entry").path();
        // It has awkward names on purpose, which are its own.
        if folder.ends_with("obstacle") {
            continue;
        }
        let request = Request { model: folder.join("model.json"), ..Request::default() };
        let package = emit::generate(&root, &request).unwrap_or_else(|error| panic!("{error:#}"));
        let words: BTreeSet<String> = package.files.iter().flat_map(|(path, text)| identifiers(path, text)).collect();
        words.into_iter().for_each(|word| *found.entry(word).or_default() += 1);
        fixtures += 1;
    }
    assert!(fixtures > 5, "{fixtures}");
    found.into_iter().filter(|(_, count)| *count >= 2).map(|(word, _)| word).collect()
}

/// Returns the identifiers of Rust code, without those of comments and strings.
fn identifiers(path: &str, text: &str) -> Vec<String> {
    let code = text.lines().filter(|line| path.ends_with(".rs") && !line.trim_start().starts_with("//"));
    let outside = code.flat_map(|line| line.split('"').step_by(2));
    let words = outside.flat_map(|text| text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'));
    let is_name = |word: &&str| word.trim_start_matches('_').starts_with(|c: char| c.is_ascii_alphabetic());
    words.filter(is_name).map(str::to_owned).collect()
}

/// The methods of the configuration's builder, whatever features they need.
fn settings() -> BTreeSet<String> {
    fn collect(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                collect(&path, found);
            } else if let Ok(file) = syn::parse_file(&fs::read_to_string(&path).expect("text")) {
                for item in file.items {
                    let syn::Item::Impl(block) = item else { continue };
                    let of_builder = matches!(&*block.self_ty, syn::Type::Path(path) if path.path.is_ident("Builder"));
                    found.extend(block.items.into_iter().filter(|_| of_builder).filter_map(|item| match item {
                        syn::ImplItem::Fn(method) => Some(method.sig.ident.to_string()),
                        _ => None,
                    }));
                }
            }
        }
    }
    let mut found = BTreeSet::new();
    collect(&xtask::workspace_root().join("sso-client/runtime/src/config"), &mut found);
    assert!(found.contains("max_response_body") && found.contains("set_on_attempt"), "{found:?}");
    found
}

/// Returns a model with each word as the name of a structure, error, union, enum, variant, value, member, operation,
/// waiter and setting.
fn model(words: &BTreeSet<String>) -> Value {
    let text = || json!({ "target": "smithy.api#String" });
    let (mut shapes, mut members, mut values, mut params) = (Map::new(), Map::new(), Map::new(), Map::new());
    let (mut operations, mut errors, mut waiters) = (Vec::new(), Vec::new(), Map::new());
    for (index, word) in words.iter().enumerate() {
        let structure =
            |members: Value, traits: Value| json!({ "type": "structure", "members": members, "traits": traits });
        members.insert(word.clone(), text());
        values.insert(word.clone(), json!({ "target": "smithy.api#Unit", "traits": { "smithy.api#enumValue": word } }));
        let kinds = [
            ("s", structure(json!({ word: text() }), json!({}))),
            ("u", json!({ "type": "union", "members": { word: text() } })),
            ("e", json!({ "type": "enum", "members": { word: values[word] } })),
        ];
        for (namespace, shape) in kinds {
            let id = format!("x.{namespace}#{word}");
            members.insert(format!("{namespace}{index}"), json!({ "target": id }));
            shapes.insert(id, shape);
        }
        let error = format!("x.f#{word}");
        shapes.insert(error.clone(), structure(json!({}), json!({ "smithy.api#error": "client" })));
        errors.push(json!({ "target": error }));
        // Operations are large: those of types, which they import, and of what the client has.
        if word.starts_with(char::is_uppercase) {
            let operation = format!("x.o#{word}");
            let http = json!({ "method": "POST", "uri": format!("/{index}") });
            let input = json!({ "target": format!("x.s#{word}") });
            shapes.insert(
                operation.clone(),
                json!({ "type": "operation", "input": input, "traits": { "smithy.api#http": http } }),
            );
            operations.push(json!({ "target": operation }));
            let success = json!({ "state": "success", "matcher": { "success": true } });
            waiters.insert(word.clone(), json!({ "acceptors": [success] }));
        }
        params.insert(word.clone(), json!({ "type": "string", "documentation": "A setting." }));
    }
    for setting in settings() {
        params.insert(setting, json!({ "type": "string", "documentation": "A setting." }));
    }
    // That settings differ in more than case is the model's to see to.
    let mut seen = BTreeSet::new();
    params.retain(|name, _| seen.insert(name.replace('_', "").to_lowercase()));
    shapes.insert("x#All".to_owned(), json!({ "type": "structure", "members": members }));
    shapes.insert("x#Kinds".to_owned(), json!({ "type": "enum", "members": values }));
    let mut variants = members.clone();
    variants.retain(|name, _| words.contains(name));
    shapes.insert("x#Choice".to_owned(), json!({ "type": "union", "members": variants }));
    let mut input = members.clone();
    input.insert("all_of_them".to_owned(), json!({ "target": "x#All" }));
    input.insert("kinds".to_owned(), json!({ "target": "x#Kinds" }));
    input.insert("choice".to_owned(), json!({ "target": "x#Choice" }));
    // A waiter's builder has the members of its operation's input, too.
    let mut few = members.clone();
    few.retain(|name, _| words.contains(name));
    let one: Map<String, Value> = waiters.iter().take(1).map(|(name, waiter)| (name.clone(), waiter.clone())).collect();
    for (name, input, waiters) in [("WaitForAll", json!({}), waiters), ("WaitWithAll", Value::Object(few), one)] {
        let id = format!("x#{name}Input");
        shapes.insert(id.clone(), json!({ "type": "structure", "members": input }));
        let http = json!({ "method": "POST", "uri": format!("/{name}") });
        let traits = json!({ "smithy.api#http": http, "smithy.waiters#waitable": waiters });
        shapes.insert(format!("x#{name}"), json!({ "type": "operation", "input": { "target": id }, "traits": traits }));
        operations.push(json!({ "target": format!("x#{name}") }));
    }
    shapes.insert("x#GoInput".to_owned(), json!({ "type": "structure", "members": input.clone() }));
    shapes.insert("x#GoOutput".to_owned(), json!({ "type": "structure", "members": input }));
    shapes.insert(
        "x#Go".to_owned(),
        json!({
            "type": "operation", "input": { "target": "x#GoInput" }, "output": { "target": "x#GoOutput" }, "errors": errors,
            "traits": { "smithy.api#http": { "method": "POST", "uri": "/" } },
        }),
    );
    operations.push(json!({ "target": "x#Go" }));
    let rules = json!({
        "version": "1.0", "parameters": params,
        "rules": [{ "type": "error", "error": "none", "conditions": [] }],
    });
    shapes.insert(
        "x#Service".to_owned(),
        json!({
            "type": "service", "version": "1", "operations": operations,
            "traits": {
                "aws.protocols#restJson1": {},
                "smithy.rules#clientContextParams": params,
                "smithy.rules#endpointRuleSet": rules,
            },
        }),
    );
    json!({ "smithy": "2.0", "shapes": shapes })
}

#[test]
fn names_of_generated_code_are_legal_in_models() {
    let words = words();
    for word in ["H", "Client", "handle", "send", "primitives", "Self", "M", "inner"] {
        assert!(words.contains(word), "{word} is no word of generated code: {words:?}");
    }
    let root = xtask::workspace_root();
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (path, out) = (dir.join("names.json"), dir.join("names"));
    fs::write(&path, model(&words).to_string()).expect("written");
    let request =
        Request { model: path, out: out.clone(), runtime: codegen::Runtime::Dependency, ..Request::default() };
    emit::run(&root, &request).unwrap_or_else(|error| panic!("{error:#}"));
    // Use the dependency versions of this workspace, which are downloaded already.
    fs::copy(root.join("Cargo.lock"), out.join("Cargo.lock")).expect("copied");
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .current_dir(&out)
        .env("CARGO_TARGET_DIR", dir.join("emitted"))
        .env("RUSTFLAGS", "-D warnings")
        .env("CARGO_TERM_COLOR", "never")
        .args(["check", "--quiet", "--features", "blocking,serde"])
        .output()
        .expect("cargo runs");
    let printed = String::from_utf8_lossy(&output.stderr);
    let beginning: String = printed.chars().take(10_000).collect();
    assert!(output.status.success(), "{} words:\n{beginning}", words.len());
}
