//! Clients of services with awsJson send what boto3 sends: both make the same calls to one server, and each request has
//! the same method, path, headers of the protocol and body, and a signature that is right. It compiles two big clients,
//! so it is run by hand: `cargo test -p xtask --test boto3 -- --ignored --nocapture`. Without boto3, it is skipped.
#![expect(clippy::print_stderr, reason = "shows the progress of a run by hand")]

use std::fs;
use std::process::{Command, Stdio};

use codegen::Runtime;
use xtask::emit::{self, Request};

/// Makes calls from Rust, prints how each ended.
const DRIVER: &str = include_str!("boto3/driver.rs");
/// Makes the same calls with boto3, and compares.
const COMPARE: &str = include_str!("boto3/compare.py");

#[test]
#[ignore = "compiles the clients of SSO Admin and DynamoDB"]
fn requests_are_those_of_boto3() {
    let Some(models) = test_support::suite("models/awsjson") else { return };
    let mut python = Command::new("python3");
    let has_boto3 = python.args(["-c", "import boto3"]).stderr(Stdio::null()).status().is_ok_and(|done| done.success());
    if !has_boto3 {
        eprintln!("skipped: there is no python3 with boto3");
        return;
    }
    let root = xtask::workspace_root();
    let dir = root.join("target/boto3");
    let mut dependencies = String::new();
    for (name, model) in [("sso_admin", "sso-admin-2020-07-20.json"), ("dynamodb", "dynamodb-2012-08-10.json")] {
        let out = dir.join(name);
        let request = Request { model: models.join(model), out, runtime: Runtime::Dependency, ..Request::default() };
        let package = emit::run(&root, &request).unwrap_or_else(|error| panic!("{error:#}"));
        dependencies.push_str(&format!("{name} = {{ package = \"{}\", path = \"../{name}\" }}\n", package.name));
    }
    let driver = dir.join("driver");
    fs::create_dir_all(driver.join("src")).expect("created");
    let manifest = format!(
        "[package]\nname = \"driver\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{dependencies}\
         tokio = {{ version = \"1\", features = [\"macros\", \"rt\", \"net\", \"time\"] }}\n\n[workspace]\n"
    );
    fs::write(driver.join("Cargo.toml"), manifest).expect("written");
    fs::write(driver.join("src/main.rs"), DRIVER).expect("written");
    // Use the dependency versions of this workspace.
    fs::copy(root.join("Cargo.lock"), driver.join("Cargo.lock")).expect("copied");
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let target = dir.join("target");
    let built = cargo.args(["build", "--quiet"]).current_dir(&driver).env("CARGO_TARGET_DIR", &target).status();
    assert!(built.expect("cargo runs").success());
    let output = Command::new("python3")
        .args(["-c", COMPARE])
        .arg(target.join("debug/driver"))
        // Nothing of the machine's own configuration counts.
        .env("AWS_CONFIG_FILE", "/nonexistent")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .output()
        .expect("python3 runs");
    let (printed, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    eprintln!("{printed}");
    assert!(output.status.success(), "{printed}\n{errors}");
}
