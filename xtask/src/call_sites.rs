//! `cargo xtask call-sites`: compiles programs written against `aws_sdk_sso` against `sso_client`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use toml::{Table, Value};

use crate::Outcome;
use crate::workspace::{read, suites_dir};

/// Programs that do not compile, a line each: the file's name, and the reason.
const KNOWN: &str = include_str!("call_sites/known_failures.txt");

/// The arguments of `call-sites`.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Options {
    /// The folder of the programs; the default is suites/call-sites in the folder of the suites.
    #[arg(long, value_name = "DIR")]
    pub sites: Option<PathBuf>,
    /// Compiles only the programs that need no AWS crate, with versions of this workspace's lock file.
    #[arg(long)]
    pub without_aws: bool,
}

/// Compiles each program with `sites::sdk` being `sso_client`, in a package below `target`, and compares the failures
/// with the list of known ones.
///
/// # Errors
///
/// If the folder cannot be read or cargo cannot be started.
pub fn run(root: &Path, options: &Options, print: &mut dyn FnMut(String)) -> Result<Outcome> {
    let default = || Some(suites_dir()?.join("suites/call-sites"));
    let Some(dir) = options.sites.clone().or_else(default).filter(|dir| dir.is_dir()) else {
        print("skipped: no suites/call-sites in the folder of the suites".to_owned());
        return Ok(Outcome::Success);
    };
    let sites = sites(&dir, options.without_aws)?;
    let package = root.join(if options.without_aws { "target/call-sites-without-aws" } else { "target/call-sites" });
    write_package(root, &dir, &package, &sites, options.without_aws)?;
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["check", "--bins", "--keep-going", "--color", "never"])
        .current_dir(&package)
        .env("CARGO_TARGET_DIR", package.join("target"))
        .output()
        .context("cannot start cargo")?;
    let stderr = String::from_utf8_lossy(&output.stderr);
    let fails = |site: &str| {
        let bin = format!("(bin \"{site}\")");
        stderr.lines().any(|line| line.contains("could not compile") && line.contains(&bin))
    };
    let failed: Vec<&str> = sites.keys().map(String::as_str).filter(|site| fails(site)).collect();
    if !output.status.success() && failed.is_empty() {
        bail!("the programs could not be compiled:\n{stderr}");
    }
    let known: BTreeMap<&str, &str> = KNOWN.lines().filter_map(|line| line.split_once(' ')).collect();
    let mut passed = true;
    for site in &failed {
        match known.get(site) {
            Some(reason) => print(format!("{site}: known: {reason}")),
            None => {
                passed = false;
                print(format!("{site}: does not compile:\n{stderr}"));
            }
        }
    }
    for site in known.keys().filter(|site| sites.contains_key(**site) && !failed.contains(*site)) {
        passed = false;
        print(format!("{site}: compiles; remove it from xtask/src/call_sites/known_failures.txt"));
    }
    print(format!("{} of {} programs compile", sites.len() - failed.len(), sites.len()));
    Ok(Outcome::success_if(passed))
}

/// Returns the programs by their names.
fn sites(dir: &Path, without_aws: bool) -> Result<BTreeMap<String, String>> {
    let mut sites = BTreeMap::new();
    for entry in fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))? {
        let path = entry?.path();
        let Some(name) = path.file_stem().and_then(|stem| stem.to_str()) else { continue };
        if path.extension().is_some_and(|extension| extension == "rs") && name != "lib" {
            let text = read(&path)?;
            if !(without_aws && text.contains("aws_")) {
                sites.insert(name.to_owned(), text);
            }
        }
    }
    Ok(sites)
}

/// Writes the package of the programs, with the dependencies that they name.
fn write_package(
    root: &Path,
    dir: &Path,
    package: &Path,
    sites: &BTreeMap<String, String>,
    without_aws: bool,
) -> Result<()> {
    let mut manifest: Table =
        read(&dir.join("Cargo.toml"))?.parse().context("cannot parse the manifest of the programs")?;
    manifest.remove("features");
    let features = if without_aws { vec!["test-util"] } else { vec!["aws-config", "oidc", "test-util"] };
    let mut client = Table::new();
    client.insert("path".to_owned(), Value::from(root.join("sso-client").display().to_string()));
    client.insert("features".to_owned(), Value::from(features));
    if let Some(dependencies) = manifest.get_mut("dependencies").and_then(Value::as_table_mut) {
        let named = |name: &str| sites.values().any(|text| text.contains(&name.replace('-', "_")));
        dependencies.retain(|name, _| name != "aws-sdk-sso" && named(name));
        dependencies.insert("sso-client".to_owned(), Value::Table(client));
    }
    let bin = package.join("src/bin");
    // Programs that were there before.
    let _ = fs::remove_dir_all(package.join("src"));
    fs::create_dir_all(&bin).with_context(|| format!("cannot create {}", bin.display()))?;
    let write =
        |path: PathBuf, text: &str| fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()));
    write(package.join("Cargo.toml"), &manifest.to_string())?;
    write(package.join("src/lib.rs"), "//! The client that the programs call.\npub use sso_client as sdk;\n")?;
    if without_aws {
        write(package.join("Cargo.lock"), &read(&root.join("Cargo.lock"))?)?;
    }
    for (name, text) in sites {
        write(bin.join(format!("{name}.rs")), text)?;
    }
    Ok(())
}
