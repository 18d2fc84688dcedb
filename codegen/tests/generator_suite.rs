//! Small models that were once generated or compared wrongly, from the public suites where they are at hand. Our own
//! fixture `corners`, `texts`, `auth_schemes`, `diff_pairs` and xtask's tests of names hold the same.

use codegen::diff::{CrateVerdict, Diff, Severity, diff};
use codegen::{FileTree, Options, read_model};

fn text(name: &str) -> Option<String> {
    let path = test_support::suite("suites/generator")?.join(name);
    Some(std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

fn generate(name: &str) -> Option<Result<FileTree, String>> {
    let model = read_model(name, &text(name)?).unwrap_or_else(|report| panic!("{report}"));
    Some(codegen::generate(&model, &Options::default()).map_err(|report| report.to_string()))
}

#[test]
fn models_are_generated_or_refused() {
    for (name, path, line) in [
        ("shape-named-H.json", "operation/go.rs", "types::{HValue}"),
        ("client-context-param-proxy.json", "client_params.rs", "fn proxy_value(self,"),
        ("query-params-of-enum.json", "operation/go.rs", "visitor.query_map(Member::optional(\"p\"), &self.p);"),
        ("timestamp-default-text.json", "operation/get.rs", "from_secs_and_nanos(482196050, 520000000)"),
        ("big-integer-default.json", "operation/go.rs", "\"18446744073709551616\".parse()"),
        ("big-integer-default.json", "operation/go.rs", "\"0.12345678901234567890123\".parse()"),
        ("docs-that-begin-with-code.json", "operation/go.rs", "/// Returns `a`; see the documentation of the field."),
        ("member-named-primitives.json", "operation/go.rs", "pub fn primitives(&self)"),
    ] {
        let Some(generated) = generate(name) else { return };
        let files = generated.unwrap_or_else(|report| panic!("{report}"));
        let found = files[path].split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            found.contains(line) || found.replace("use ", "").contains(&line.replace(['{', '}'], "")),
            "{name}: {line}"
        );
    }
    let refused = generate("endpoint-asks-for-sigv4a.json").map(|generated| generated.expect_err("sigv4a alone"));
    assert!(refused.is_none_or(|report| report.contains("x#Go: needs to be authorized by sigv4a at every endpoint")));
}

fn compared(old: &str, new: &str) -> Option<Diff> {
    let read = |name: &str| Some(read_model(name, &text(name)?).unwrap_or_else(|report| panic!("{report}")));
    Some(diff(&read(old)?, &read(new)?, &Options::default()))
}

#[test]
fn models_are_compared_as_smithy_compares_them() {
    let Some(blame) = compared("blame-old.json", "blame-new.json") else { return };
    let verdict = |diff: &Diff, rule: &str| {
        diff.findings.iter().find(|found| found.rule.id == rule).and_then(|found| found.krate)
    };
    assert_eq!(verdict(&blame, "member-added"), Some(CrateVerdict::Additive));
    assert_eq!(verdict(&blame, "required-removed"), Some(CrateVerdict::Breaking));
    let Some(required) = compared("blame-old.json", "required-input-member-new.json") else { return };
    assert_eq!(verdict(&required, "required-member-added"), Some(CrateVerdict::Breaking));
    let Some(severities) = compared("severity-old.json", "severity-new.json") else { return };
    for (rule, severity, event) in [
        ("pagination", Severity::Note, "TraitBreakingChange.Add.smithy.api#paginated"),
        ("pattern", Severity::Warning, "TraitBreakingChange.Add.smithy.api#pattern"),
        ("member-retargeted", Severity::Error, "ChangedMemberTarget"),
        ("default-removed", Severity::Error, "ChangedDefault"),
    ] {
        let found = severities.findings.iter().find(|found| found.rule.id == rule);
        let model = found.and_then(|found| found.model.as_ref()).unwrap_or_else(|| panic!("{rule}"));
        assert_eq!((model.severity, model.id.as_str()), (severity, event), "{rule}");
    }
}
