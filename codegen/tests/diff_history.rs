//! Real updates of real models: against what Smithy's own diff says of them, and in themselves.
#![expect(clippy::print_stderr, reason = "a test that skips says so")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use codegen::diff::{Bump, CrateVerdict, Diff, Finding, Severity, diff};
use codegen::model::Model;
use codegen::{Options, read_model};
use serde::Deserialize;

/// An update, with what Smithy's diff says of it.
#[derive(Deserialize)]
struct Update {
    service: String,
    old: String,
    new: String,
    events: Vec<Event>,
}

#[derive(Clone, Debug, Deserialize)]
struct Event {
    severity: String,
    id: String,
    shape: String,
}

/// Events that have no counterpart here, and why ours is right: service, old version, id, shape.
const EXCEPTIONS: &[(&str, &str, &str, &str)] = &[];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn history() -> Option<PathBuf> {
    let dir = std::env::var_os("SMITHY_SUITES_DIR").map_or_else(|| root().join("../shared"), PathBuf::from);
    let path = dir.join("models/history");
    if path.is_dir() {
        return Some(path);
    }
    eprintln!(
        "skipped: models/history is not below {} (set SMITHY_SUITES_DIR to the folder that has it)",
        dir.display()
    );
    None
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn options() -> Options {
    let partitions = read(&root().join("model/partitions.json"));
    let customizations = read(&root().join("model/customizations.json"));
    Options {
        partitions: codegen::read_partitions("partitions.json", &partitions).expect("partitions"),
        customizations: serde_json::from_str(&customizations).expect("customizations"),
        ..Default::default()
    }
}

fn model(path: &Path) -> Model {
    let name = path.file_name().expect("a name").to_string_lossy();
    read_model(&name, &read(path)).unwrap_or_else(|report| panic!("{report}"))
}

/// The finding that says what an event says, of the same shape or of a value of the same enum.
fn counterpart<'d>(diff: &'d Diff, event: &Event) -> Option<&'d Finding> {
    diff.findings.iter().find(|found| {
        let shape = found.shape == event.shape
            || (event.id.starts_with("ChangedEnumTrait.") && found.shape.split('$').next() == Some(&event.shape));
        shape
            && found
                .model
                .as_ref()
                .is_some_and(|model| model.id == event.id && model.severity.to_string() == event.severity)
    })
}

#[test]
fn what_smithy_says_is_said_here() {
    let Some(dir) = history() else { return };
    let updates: Vec<Update> = serde_json::from_str(&read(&dir.join("smithy-diff.json"))).expect("updates");
    assert_eq!(updates.len(), 43);
    let options = options();
    let mut missing = Vec::new();
    let mut surplus = Vec::new();
    let mut matched: BTreeMap<String, usize> = BTreeMap::new();
    for update in &updates {
        let folder = dir.join(&update.service);
        let diff = diff(&model(&folder.join(&update.old)), &model(&folder.join(&update.new)), &options);
        for event in update.events.iter().filter(|event| event.severity != "NOTE") {
            let excepted = EXCEPTIONS.contains(&(&update.service, &update.old[..10], &event.id, &event.shape));
            match (counterpart(&diff, event), excepted) {
                (Some(_), false) => *matched.entry(event.severity.clone()).or_default() += 1,
                (None, true) => {}
                (None, false) => missing.push(format!("{} {}: {event:?}", update.service, update.old)),
                (Some(_), true) => missing.push(format!("{event:?} is an exception no longer: take it out")),
            }
        }
        // Nothing is called worse than Smithy calls it.
        for found in &diff.findings {
            let Some(verdict) = found.model.as_ref().filter(|verdict| verdict.severity > Severity::Note) else {
                continue;
            };
            let known = update.events.iter().any(|event| {
                event.id == verdict.id
                    && (event.shape == found.shape || found.shape.starts_with(&format!("{}$", event.shape)))
            });
            if !known {
                surplus
                    .push(format!("{} {}: {} {verdict:?} {}", update.service, update.old, found.rule.id, found.shape));
            }
        }
    }
    eprintln!("matched: {matched:?}");
    assert!(missing.is_empty(), "{} have no counterpart:\n{}", missing.len(), missing.join("\n"));
    assert!(surplus.is_empty(), "{} are not said by Smithy:\n{}", surplus.len(), surplus.join("\n"));
}

#[test]
fn every_pair_of_neighbours_is_compared_and_explained() {
    let Some(dir) = history() else { return };
    let options = options();
    for service in ["sso", "sso-oidc", "polly", "lambda"] {
        let mut files: Vec<PathBuf> = std::fs::read_dir(dir.join(service))
            .expect("a folder")
            .map(|entry| entry.expect("an entry").path())
            .collect();
        files.sort();
        let models: Vec<Model> = files.iter().map(|path| model(path)).collect();
        for pair in models.windows(2) {
            let found = diff(&pair[0], &pair[1], &options);
            let name = format!("{service} {} → {}", pair[0].file, pair[1].file);
            assert!(found.refused.is_empty(), "{name}: {:?}", found.refused);
            let bump = found.bump.expect("both sides are generated");
            let worst = found.findings.iter().filter_map(|one| one.krate).max();
            assert_eq!(bump, worst.map_or(Bump::None, Bump::from), "{name}");
            for one in &found.findings {
                assert_ne!(one.rule.id, "generated-code", "{name}: nothing explains {one:#?}");
                let due = one.changes.iter().map(|change| change.verdict).max().unwrap_or(CrateVerdict::None);
                assert_eq!(one.krate, Some(due), "{name}: {one:#?}");
            }
        }
    }
}
