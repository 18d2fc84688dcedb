//! Generates all waiters and endpoint parameters of published models.

mod common;

use std::fs;
use std::path::PathBuf;

use codegen::Options;

/// Returns the published models that may have waiters.
fn models() -> Option<Vec<PathBuf>> {
    let mut found = Vec::new();
    for folder in ["models/restjson1", "models/history/lambda"] {
        let files = fs::read_dir(test_support::suite(folder)?).expect("readable");
        found.extend(files.map(|entry| entry.expect("an entry").path()));
    }
    found.sort();
    Some(found)
}

#[test]
fn all_waiters_can_be_generated() {
    let Some(models) = models() else { return };
    let mut waiters = 0;
    for path in models {
        let text = common::read(&path);
        if !text.contains("smithy.waiters#waitable") {
            continue;
        }
        let name = path.file_name().expect("a name").to_string_lossy();
        let model = codegen::read_model(&name, &text).unwrap_or_else(|report| panic!("{report}"));
        let options = Options { skip_unsupported: true, ..Default::default() };
        let service = codegen::lower::lower(&model, &options).unwrap_or_else(|report| panic!("{report}"));
        let left_out: Vec<_> = service.left_out.iter().filter(|line| line.contains("waiter")).collect();
        assert!(left_out.is_empty(), "{name}: {left_out:#?}");
        for operation in &service.operations {
            let shape = &model.shapes[&codegen::model::ShapeId::new(operation.id.clone())];
            let there = shape.traits.get("smithy.waiters#waitable").and_then(|value| value.as_object());
            assert_eq!(operation.waiters.len(), there.map_or(0, serde_json::Map::len), "{name}: {}", operation.id);
            waiters += operation.waiters.len();
        }
    }
    assert!(waiters > 50, "{waiters}");
}

#[test]
fn operations_bind_endpoint_parameters() {
    let Some(folder) = test_support::suite("models/restjson1") else { return };
    let path = folder.join("neptune-graph-2023-11-29.json");
    let model = codegen::read_model("model.json", &common::read(&path)).unwrap_or_else(|report| panic!("{report}"));
    let service = codegen::lower::lower(&model, &Options::default()).unwrap_or_else(|report| panic!("{report}"));
    let unbound = service.operations.iter().filter(|operation| operation.endpoint_params.is_empty()).count();
    assert_eq!(unbound, 0, "each says to which of the service's two APIs it belongs");
}
