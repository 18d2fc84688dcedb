//! Compares updates of published models, against the events of Smithy's own diff.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use codegen::diff::{Bump, CrateVerdict, Diff, Finding, ModelVerdict, Severity, diff};
use codegen::model::Model;
use codegen::{Options, read_model};
use serde::Deserialize;

/// An update, with the events of Smithy's diff.
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
    test_support::suite("models/history")
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

/// Returns `true` if a finding is about the shape of an event, or a value of the same enum.
fn is_about(found: &Finding, event: &Event) -> bool {
    let of_enum = event.id.starts_with("ChangedEnumTrait.");
    found.shape == event.shape || (of_enum && found.shape.split('$').next() == Some(&event.shape))
}

/// Returns the finding that corresponds to an event.
fn counterpart<'d>(diff: &'d Diff, event: &Event) -> Option<&'d Finding> {
    diff.findings.iter().find(|found| {
        let says = |model: &ModelVerdict| model.id == event.id && model.severity.to_string() == event.severity;
        is_about(found, event) && found.model.as_ref().is_some_and(says)
    })
}

/// The comparison of two adjacent versions of a service.
struct Pair {
    service: &'static str,
    old: String,
    new: String,
    diff: Diff,
}

/// All pairs of adjacent versions. Comparing them is slow, so all tests share it.
static PAIRS: LazyLock<Vec<Pair>> = LazyLock::new(|| {
    let Some(dir) = history() else { return Vec::new() };
    let mut models = Vec::new();
    for service in ["sso", "sso-oidc", "polly", "lambda"] {
        let entries = std::fs::read_dir(dir.join(service)).expect("a folder");
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
        files.sort();
        models.extend(files.iter().map(|path| (service, model(path))));
    }
    let updates: Vec<_> = models.windows(2).filter(|pair| pair[0].0 == pair[1].0).collect();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    // Slow pairs are adjacent, so threads take them in turns.
    let part = |first: usize| -> Vec<(usize, Pair)> {
        let options = options();
        let own = updates.iter().enumerate().skip(first).step_by(threads);
        own.map(|(index, pair)| {
            let [(service, old), (_, new)] = pair else { panic!("windows of two") };
            let diff = diff(old, new, &options);
            (index, Pair { service, old: old.file.clone(), new: new.file.clone(), diff })
        })
        .collect()
    };
    let mut pairs: Vec<(usize, Pair)> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|first| scope.spawn(move || part(first))).collect();
        running.into_iter().flat_map(|thread| thread.join().expect("compared")).collect()
    });
    pairs.sort_by_key(|(index, _)| *index);
    pairs.into_iter().map(|(_, pair)| pair).collect()
});

#[test]
fn smithy_diff_events_have_findings() {
    let Some(events) = test_support::suite("models/history/smithy-diff.json") else { return };
    let updates: Vec<Update> = serde_json::from_str(&read(&events)).expect("updates");
    assert_eq!(updates.len(), 43);
    let mut wrong = Vec::new();
    let mut matched: BTreeMap<String, usize> = BTreeMap::new();
    for update in &updates {
        let pair = PAIRS
            .iter()
            .find(|pair| pair.service == update.service && pair.old == update.old && pair.new == update.new);
        let pair = pair.unwrap_or_else(|| panic!("{} {} is no update of the history", update.service, update.old));
        for event in update.events.iter().filter(|event| event.severity != "NOTE") {
            let excepted = EXCEPTIONS.contains(&(&update.service, &update.old[..10], &event.id, &event.shape));
            match (counterpart(&pair.diff, event), excepted) {
                (Some(_), false) => *matched.entry(event.severity.clone()).or_default() += 1,
                (None, true) => {}
                (None, false) => wrong.push(format!("{} {}: {event:?} has no counterpart", update.service, update.old)),
                (Some(_), true) => wrong.push(format!("{event:?} is an exception no longer: take it out")),
            }
        }
        // No severity is greater than that of Smithy.
        for found in &pair.diff.findings {
            let Some(verdict) = found.model.as_ref().filter(|verdict| verdict.severity > Severity::Note) else {
                continue;
            };
            let said = |event: &Event| event.id == verdict.id && is_about(found, event);
            if !update.events.iter().any(said) {
                wrong.push(format!(
                    "{} {}: Smithy does not say {verdict:?} of {}",
                    update.service, update.old, found.shape
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    let matched: Vec<(&str, usize)> = matched.iter().map(|(severity, count)| (severity.as_str(), *count)).collect();
    assert_eq!(matched, [("DANGER", 128), ("ERROR", 137), ("WARNING", 10)]);
}

#[test]
fn adjacent_versions_are_compared_and_explained() {
    for Pair { service, old, new, diff } in PAIRS.iter() {
        let name = format!("{service} {old} → {new}");
        assert!(diff.refused.is_empty(), "{name}: {:?}", diff.refused);
        let bump = diff.bump.expect("both sides are generated");
        let worst = diff.findings.iter().filter_map(|one| one.krate).max();
        assert_eq!(bump, worst.map_or(Bump::None, Bump::from), "{name}");
        for one in &diff.findings {
            assert_ne!(one.rule.id, "generated-code", "{name}: nothing explains {one:#?}");
            assert_ne!(one.rule.id, "unknown-trait", "{name}: {one:#?}");
            let due = one.changes.iter().map(|change| change.verdict).max().unwrap_or(CrateVerdict::None);
            assert_eq!(one.krate, Some(due), "{name}: {one:#?}");
            assert!(due <= one.rule.most, "{name}: {one:#?}");
        }
    }
}
