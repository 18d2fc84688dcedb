//! What is probably a mistake in a model is told, and stops nothing; no published model has such a mistake.

use std::path::{Path, PathBuf};

use codegen::{Options, read_model};
use serde_json::{Value, json};

/// The notes on a model of these shapes, a line each.
fn notes(shapes: Value) -> Vec<String> {
    let model = json!({ "smithy": "2.0", "shapes": shapes }).to_string();
    let model = read_model("m.json", &model).unwrap_or_else(|report| panic!("{report}"));
    model.notes().iter().map(ToString::to_string).collect()
}

/// The notes on a member `m` with this trait.
fn note(name: &str) -> Vec<String> {
    notes(json!({ "x#S": { "type": "structure", "members": {
        "m": { "target": "smithy.api#String", "traits": { name: {} } },
    } } }))
}

#[test]
fn a_trait_that_smithy_does_not_have_is_told_with_the_one_that_may_be_meant() {
    for (name, told) in [
        ("smithy.api#requird", "is not known, and ignored; did you mean smithy.api#required?"),
        ("smithy.api#Required", "is not known, and ignored; did you mean smithy.api#required?"),
        ("smithy.api#", "is not known, and ignored"),
        // It may be one of a later Smithy.
        ("smithy.api#quantum", "is not known, and ignored"),
        ("required", "is without a namespace, and ignored; did you mean smithy.api#required?"),
        ("whatever", "is without a namespace, and ignored"),
        ("smithy.ap#required", "is of an unknown namespace, and ignored; did you mean smithy.api#required?"),
        ("smithy.apis#httpHeader", "is of an unknown namespace, and ignored; did you mean smithy.api#httpHeader?"),
    ] {
        assert_eq!(note(name), [format!("x#S$m: the trait {name} {told}")]);
    }
    assert_eq!(
        note("smithy.api#a\u{1b}[2J\nb"),
        ["x#S$m: the trait smithy.api#a\\u{1b}[2J\\nb is not known, and ignored"]
    );
    for known in
        ["smithy.api#required", "smithy.api#idx", "aws.api#requird", "smithy.rules#x", "my.api#required", "x#requird"]
    {
        assert!(note(known).is_empty(), "{known}");
    }
}

#[test]
fn each_place_of_a_trait_is_named() {
    let odd = json!({ "smithy.api#senstive": {} });
    let member = || json!({ "target": "smithy.api#String", "traits": odd });
    let notes = notes(json!({
        "x#Service": { "type": "service", "version": "1", "traits": odd },
        "x#Resource": { "type": "resource", "traits": odd, "operations": [{ "target": "x#Go" }] },
        "x#Go": { "type": "operation", "traits": odd },
        "x#Text": { "type": "string", "traits": odd },
        "x#List": { "type": "list", "member": member() },
        "x#Map": { "type": "map", "key": member(), "value": member() },
        "x#Union": { "type": "union", "members": { "a": member() } },
        "x#Enum": { "type": "enum", "members": { "A": { "target": "smithy.api#Unit", "traits": odd } } },
        "x#Mixin": { "type": "structure", "members": {}, "traits": { "smithy.api#mixin": {}, "smithy.api#senstive": {} } },
        "x#Mixed": { "type": "structure", "mixins": [{ "target": "x#Mixin" }], "members": {
            "m": { "target": "smithy.api#String" },
        } },
        "x#Mixed$m": { "type": "apply", "traits": odd },
        // A trait that the model itself defines, as serialized preludes do.
        "smithy.api#later": { "type": "structure", "members": {}, "traits": { "smithy.api#trait": {} } },
        "x#Late": { "type": "string", "traits": { "smithy.api#later": {} } },
    }));
    let places: Vec<&str> = notes.iter().map(|note| note.split(": ").next().unwrap_or_default()).collect();
    assert_eq!(
        places,
        [
            "x#Service",
            "x#Resource",
            "x#Go",
            "x#Text",
            "x#List$member",
            "x#Map$key",
            "x#Map$value",
            "x#Union$a",
            "x#Enum$A",
            "x#Mixin",
            "x#Mixed",
            "x#Mixed$m",
        ]
    );
    assert!(notes.iter().all(|note| note.ends_with("; did you mean smithy.api#sensitive?")), "{notes:?}");
}

/// What is generated is what it would be without the trait.
#[test]
fn a_trait_that_is_not_known_stops_nothing() {
    let model = |traits: Value| {
        let model = json!({ "smithy": "2.0", "shapes": {
            "x#Service": { "type": "service", "version": "1", "operations": [{ "target": "x#Go" }], "traits": {
                "aws.protocols#restJson1": {}, "aws.api#service": { "sdkId": "X", "endpointPrefix": "x" } } },
            "x#Go": { "type": "operation", "input": { "target": "x#GoInput" }, "traits": {
                "smithy.api#http": { "method": "POST", "uri": "/" } } },
            "x#GoInput": { "type": "structure", "members": {
                "m": { "target": "smithy.api#String", "traits": traits } } },
        } });
        read_model("m.json", &model.to_string()).unwrap_or_else(|report| panic!("{report}"))
    };
    let files = |model| codegen::generate(&model, &Options::default()).unwrap_or_else(|report| panic!("{report}"));
    let misspelt = model(json!({ "smithy.api#requird": {} }));
    assert_eq!(misspelt.notes().len(), 1);
    assert!(files(misspelt) == files(model(json!({}))), "it is ignored");
}

fn models(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).expect("a folder") {
        let path = entry.expect("an entry").path();
        match path.extension() {
            _ if path.is_dir() => found.extend(models(&path)),
            Some(extension) if extension == "json" => found.push(path),
            _ => {}
        }
    }
    found
}

/// Those of the project, of AWS, and of the protocol tests.
#[test]
fn models_without_mistakes_have_no_notes() {
    let root = test_support::workspace_root();
    let mut files = models(&root.join("codegen/tests/fixtures"));
    files.extend(models(&root.join("model")));
    for folder in ["models", "protocol-tests", "protocol-tests-awsjson"] {
        files.extend(test_support::suite(folder).iter().flat_map(|folder| models(folder)));
    }
    let (mut count, mut wrong) = (0, Vec::new());
    for path in files {
        let text = std::fs::read_to_string(&path).expect("readable");
        if !text.contains("\"shapes\"") || path.ends_with("smithy-diff.json") {
            continue;
        }
        let model = read_model(&path.display().to_string(), &text).unwrap_or_else(|report| panic!("{report}"));
        count += 1;
        wrong.extend(model.notes().iter().map(|note| format!("{}: {note}", model.file)));
    }
    assert!(count > 10, "{count}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
