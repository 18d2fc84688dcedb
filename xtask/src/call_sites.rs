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

/// Our own programs, below the workspace root, with the manifest of the package that all programs are compiled in.
const OWN: &str = "xtask/src/call_sites/programs";

/// The end of the name of a program in which `aws_sdk_ssooidc` is `sso_client::oidc`, too.
const OIDC: &str = "_oidc";

/// The arguments of `call-sites`.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Options {
    /// The folder of the programs; the default is suites/call-sites in the folder of the suites. Our own programs are
    /// compiled besides.
    #[arg(long, value_name = "DIR")]
    pub sites: Option<PathBuf>,
    /// Compiles only the programs that need no AWS crate, with versions of this workspace's lock file.
    #[arg(long)]
    pub without_aws: bool,
}

/// Compiles each program with `sites::sdk` being `sso_client`, in a package below `target`, and compares the failures
/// with the list of known ones. Another package of the same build has `sso_client` without the features for AWS's
/// crates; it is compiled alone as well.
///
/// # Errors
///
/// If a folder cannot be read or cargo cannot be started.
pub fn run(root: &Path, options: &Options, print: &mut dyn FnMut(String)) -> Result<Outcome> {
    let default = || Some(suites_dir()?.join("suites/call-sites"));
    let dir = options.sites.clone().or_else(default).filter(|dir| dir.is_dir());
    if dir.is_none() {
        print(
            "there is no suites/call-sites in the folder of the suites: only our own programs are compiled".to_owned(),
        );
    }
    let mut package = Package::new(root, options.without_aws)?;
    package.add(&root.join(OWN))?;
    if let Some(dir) = &dir {
        package.add(dir)?;
    }
    if package.sites.is_empty() {
        print("skipped: each of the programs needs AWS crates".to_owned());
        return Ok(Outcome::Success);
    }
    package.write()?;
    let (success, stderr) = package.check(&["--bins", "--keep-going"])?;
    let fails = |site: &str| {
        let bin = format!("(bin \"{site}\")");
        stderr.lines().any(|line| line.contains("could not compile") && line.contains(&bin))
    };
    let sites = &package.sites;
    let failed: Vec<&str> = sites.keys().map(String::as_str).filter(|site| fails(site)).collect();
    if !success && failed.is_empty() {
        bail!("the programs could not be compiled:\n{stderr}");
    }
    let known: BTreeMap<&str, &str> = KNOWN.lines().filter_map(|line| line.split_once(' ')).collect();
    let mut passed = true;
    for site in &failed {
        match known.get(site.strip_suffix(OIDC).unwrap_or(site)) {
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
    for (what, of_oidc) in [("programs", false), ("programs with sso_client::oidc for aws_sdk_ssooidc", true)] {
        let all = sites.keys().filter(|site| site.ends_with(OIDC) == of_oidc).count();
        let failed = failed.iter().filter(|site| site.ends_with(OIDC) == of_oidc).count();
        print(format!("{} of {all} {what} compile", all - failed));
    }
    if !options.without_aws {
        let (success, stderr) = package.check(&["--package", PLAIN])?;
        passed &= success;
        print(if success {
            "a package without the features for AWS's crates compiles alone as it does beside these".to_owned()
        } else {
            format!("a package without the features for AWS's crates does not compile alone:\n{stderr}")
        });
    }
    Ok(Outcome::success_if(passed))
}

/// The package beside the programs, whose client has no feature for AWS's crates.
const PLAIN: &str = "plain";

/// The package that the programs are compiled in.
struct Package<'r> {
    root: &'r Path,
    folder: PathBuf,
    without_aws: bool,
    manifest: Table,
    /// The programs by their names.
    sites: BTreeMap<String, String>,
}

impl<'r> Package<'r> {
    fn new(root: &'r Path, without_aws: bool) -> Result<Self> {
        let folder = root.join(if without_aws { "target/call-sites-without-aws" } else { "target/call-sites" });
        let manifest = manifest(&root.join(OWN).join("manifest.toml"))?;
        Ok(Self { root, folder, without_aws, manifest, sites: BTreeMap::new() })
    }

    /// Adds the programs of a folder, and the dependencies that its manifest has.
    fn add(&mut self, dir: &Path) -> Result<()> {
        for entry in fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))? {
            let path = entry?.path();
            let Some(name) = path.file_stem().and_then(|stem| stem.to_str()) else { continue };
            if path.extension().is_none_or(|extension| extension != "rs") || name == "lib" {
                continue;
            }
            let text = read(&path)?;
            if text.contains("aws_sdk_ssooidc") {
                let ours = text.replace("aws_sdk_ssooidc", "sites::sdk::oidc");
                self.sites.insert(format!("{name}{OIDC}"), ours);
            }
            self.sites.insert(name.to_owned(), text);
        }
        if self.without_aws {
            self.sites.retain(|_, text| !text.contains("aws_"));
        }
        let path = dir.join("Cargo.toml");
        if path.is_file()
            && let Some(added) = manifest(&path)?.remove("dependencies")
            && let Some(added) = added.as_table()
            && let Some(dependencies) = self.manifest.get_mut("dependencies").and_then(Value::as_table_mut)
        {
            dependencies.extend(added.clone());
        }
        Ok(())
    }

    /// Writes the package, with the dependencies that the programs name.
    fn write(&mut self) -> Result<()> {
        let client = self.root.join("sso-client");
        let depend = |features: &[&str]| {
            let mut table = Table::new();
            table.insert("path".to_owned(), Value::from(client.display().to_string()));
            table.insert("features".to_owned(), Value::from(features.to_vec()));
            Value::Table(table)
        };
        let features: &[&str] = if self.without_aws { &["test-util"] } else { &["aws-config", "oidc", "test-util"] };
        if let Some(dependencies) = self.manifest.get_mut("dependencies").and_then(Value::as_table_mut) {
            let named = |name: &str| self.sites.values().any(|text| text.contains(&name.replace('-', "_")));
            dependencies.retain(|name, _| name != "aws-sdk-sso" && named(name));
            dependencies.insert("sso-client".to_owned(), depend(features));
            if !self.without_aws {
                let path = Table::from_iter([("path".to_owned(), Value::from(PLAIN))]);
                dependencies.insert(PLAIN.to_owned(), Value::Table(path));
            }
        }
        // Programs that were there before.
        let _ = fs::remove_dir_all(self.folder.join("src"));
        self.write_file("Cargo.toml", &self.manifest.to_string())?;
        self.write_file("src/lib.rs", "//! The client that the programs call.\npub use sso_client as sdk;\n")?;
        for (name, text) in &self.sites {
            self.write_file(&format!("src/bin/{name}.rs"), text)?;
        }
        if self.without_aws {
            return self.write_file("Cargo.lock", &read(&self.root.join("Cargo.lock"))?);
        }
        let shapes = client.join("tests/call_sites");
        let manifest = format!(
            "[package]\nname = \"{PLAIN}\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n\
             [dependencies]\nsso-client = {}\ntokio = {{ version = \"1\", features = [\"rt\"] }}\n",
            depend(&["oidc"])
        );
        let text = format!(
            "//! Knows nothing of AWS's crates.\npub use sso_client as sdk;\npub use sso_client::oidc as oidc_sdk;\n\n\
             #[path = {:?}]\npub mod shapes;\n#[path = {:?}]\npub mod oidc_shapes;\n",
            shapes.join("shapes.rs"),
            shapes.join("oidc_shapes.rs")
        );
        self.write_file(&format!("{PLAIN}/Cargo.toml"), &manifest)?;
        self.write_file(&format!("{PLAIN}/src/lib.rs"), &text)
    }

    fn write_file(&self, name: &str, text: &str) -> Result<()> {
        let path = self.folder.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
        }
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
    }

    /// Returns whether `cargo check` succeeds, and what it says.
    fn check(&self, args: &[&str]) -> Result<(bool, String)> {
        let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(["check", "--color", "never"])
            .args(args)
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", self.folder.join("target"))
            .output()
            .context("cannot start cargo")?;
        Ok((output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned()))
    }
}

fn manifest(path: &Path) -> Result<Table> {
    read(path)?.parse().with_context(|| format!("cannot parse {}", path.display()))
}
