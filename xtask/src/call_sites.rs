//! `cargo xtask call-sites`: compiles programs written against `aws_sdk_sso` against `sso_client`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use toml::{Table, Value};

use crate::Outcome;
use crate::workspace::{read, suites_dir};

/// What programs are compiled with in place of `aws_sdk_sso`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Instead {
    /// The crate.
    Crate,
    /// Its module with the error type of the AWS SDK.
    AwsSdk,
}

impl Instead {
    fn path(self) -> &'static str {
        match self {
            Self::Crate => "sso_client",
            Self::AwsSdk => "sso_client::aws_sdk",
        }
    }

    /// Returns the programs that do not compile, a line each: the name, which for a program with [`OIDC`] has that end, and
    /// the reason.
    fn known_failures(self) -> &'static str {
        match self {
            Self::Crate => include_str!("call_sites/known_failures.txt"),
            Self::AwsSdk => include_str!("call_sites/known_failures_aws_sdk.txt"),
        }
    }
}

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
/// with the list of known ones. Our own programs are run as well. Another package of the same build has `sso_client`
/// without the features for AWS's crates; it is compiled alone as well. Those of the suite are compiled with
/// `sso_client::aws_sdk`, too, and so are programs of our own that name its errors.
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
    let mut package = Package::new(root, Instead::Crate, options.without_aws)?;
    let own = package.fill(&root.join(OWN), dir.as_deref())?;
    if package.sites.is_empty() {
        print("skipped: each of the programs needs AWS crates".to_owned());
        return Ok(Outcome::Success);
    }
    let mut passed = package.compile_and_run(&own, print)?;
    if !options.without_aws {
        let (success, stderr) = package.check(&["--package", PLAIN])?;
        passed &= success;
        print(if success {
            "a package without the features for AWS's crates compiles alone as it does beside these".to_owned()
        } else {
            format!("a package without the features for AWS's crates does not compile alone:\n{stderr}")
        });
        let mut package = Package::new(root, Instead::AwsSdk, false)?;
        let own = package.fill(&root.join(OWN).join("aws_sdk"), dir.as_deref())?;
        passed &= package.compile_and_run(&own, print)?;
    }
    Ok(Outcome::success_if(passed))
}

/// What is to be said of a program.
#[derive(Debug, PartialEq, Eq)]
enum Verdict<'a> {
    /// It does not compile, which is known, for this reason.
    Known(&'a str),
    /// It does not compile.
    Fails,
    /// It compiles, and is listed as one that does not.
    Compiles,
}

/// Compares the programs that do not compile with the list of known ones, a line each: the name and the reason.
fn judge<'a>(known: &'a str, sites: impl Iterator<Item = &'a str>, failed: &[&str]) -> Vec<(&'a str, Verdict<'a>)> {
    let known: BTreeMap<&str, &str> = known.lines().filter_map(|line| line.split_once(' ')).collect();
    let judged = sites.filter_map(|site| match (failed.contains(&site), known.get(site)) {
        (true, Some(reason)) => Some((site, Verdict::Known(reason))),
        (true, None) => Some((site, Verdict::Fails)),
        (false, Some(_)) => Some((site, Verdict::Compiles)),
        (false, None) => None,
    });
    judged.collect()
}

/// The package beside the programs, whose client has no feature for AWS's crates.
const PLAIN: &str = "plain";

/// The package that the programs are compiled in.
struct Package<'r> {
    root: &'r Path,
    folder: PathBuf,
    instead: Instead,
    without_aws: bool,
    manifest: Table,
    /// The programs by their names.
    sites: BTreeMap<String, String>,
}

impl<'r> Package<'r> {
    fn new(root: &'r Path, instead: Instead, without_aws: bool) -> Result<Self> {
        let folder = root.join(match (without_aws, instead) {
            (true, _) => "target/call-sites-without-aws",
            (false, Instead::Crate) => "target/call-sites",
            (false, Instead::AwsSdk) => "target/call-sites/aws_sdk",
        });
        let manifest = manifest(&root.join(OWN).join("manifest.toml"))?;
        Ok(Self { root, folder, instead, without_aws, manifest, sites: BTreeMap::new() })
    }

    /// Adds our own programs and those of the suite, if it is there. Returns the names of ours.
    fn fill(&mut self, own: &Path, suite: Option<&Path>) -> Result<Vec<String>> {
        self.add(own)?;
        let names = self.sites.keys().cloned().collect();
        if let Some(suite) = suite {
            self.add(suite)?;
        }
        Ok(names)
    }

    /// Compiles all programs, and runs some. Returns whether all is as expected.
    fn compile_and_run(&mut self, programs: &[String], print: &mut dyn FnMut(String)) -> Result<bool> {
        let compiled = self.compile(print)?;
        Ok(self.run(programs, print)? && compiled)
    }

    /// Writes the package and compiles its programs. Returns whether those compile that are not known to fail, and only
    /// those.
    fn compile(&mut self, print: &mut dyn FnMut(String)) -> Result<bool> {
        self.write()?;
        let (success, stderr) = self.check(&["--bins", "--keep-going"])?;
        let fails = |site: &str| {
            let bin = format!("(bin \"{site}\")");
            stderr.lines().any(|line| line.contains("could not compile") && line.contains(&bin))
        };
        let (sites, path) = (&self.sites, self.instead.path());
        let failed: Vec<&str> = sites.keys().map(String::as_str).filter(|site| fails(site)).collect();
        if !success && failed.is_empty() {
            bail!("the programs could not be compiled:\n{stderr}");
        }
        let judged = judge(self.instead.known_failures(), sites.keys().map(String::as_str), &failed);
        let passed = judged.iter().all(|(_, verdict)| matches!(verdict, Verdict::Known(_)));
        for (site, verdict) in judged {
            let says = match verdict {
                Verdict::Known(reason) => format!("known: {reason}"),
                Verdict::Fails => format!("does not compile:\n{stderr}"),
                Verdict::Compiles => "compiles; remove it from the known failures in xtask/src/call_sites".to_owned(),
            };
            print(format!("{site}, with {path}: {says}"));
        }
        for (of_oidc, beside) in [(false, String::new()), (true, format!(", and {path}::oidc for aws_sdk_ssooidc,"))] {
            let all = sites.keys().filter(|site| site.ends_with(OIDC) == of_oidc).count();
            let failed = failed.iter().filter(|site| site.ends_with(OIDC) == of_oidc).count();
            print(format!("{} of {all} programs with {path} for aws_sdk_sso{beside} compile", all - failed));
        }
        Ok(passed)
    }

    /// Runs programs. Returns whether all succeed.
    fn run(&self, programs: &[String], print: &mut dyn FnMut(String)) -> Result<bool> {
        let mut passed = true;
        for program in programs {
            let (success, stderr) = self.cargo("run", &["--bin", program])?;
            passed &= success;
            print(if success { format!("{program} ran") } else { format!("{program} failed:\n{stderr}") });
        }
        Ok(passed)
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
        let added = if path.is_file() { manifest(&path)?.remove("dependencies") } else { None };
        let dependencies = self.manifest.get_mut("dependencies").and_then(Value::as_table_mut);
        if let (Some(added), Some(dependencies)) = (added.as_ref().and_then(Value::as_table), dependencies) {
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
        let has_plain = self.has_plain();
        if let Some(dependencies) = self.manifest.get_mut("dependencies").and_then(Value::as_table_mut) {
            let named = |name: &str| self.sites.values().any(|text| text.contains(&name.replace('-', "_")));
            dependencies.retain(|name, _| name != "aws-sdk-sso" && named(name));
            dependencies.insert("sso-client".to_owned(), depend(features));
            if has_plain {
                let path = Table::from_iter([("path".to_owned(), Value::from(PLAIN))]);
                dependencies.insert(PLAIN.to_owned(), Value::Table(path));
            }
        }
        // Programs that were there before.
        let _ = fs::remove_dir_all(self.folder.join("src"));
        self.write_file("Cargo.toml", &self.manifest.to_string())?;
        let library = format!("//! The client that the programs call.\npub use {} as sdk;\n", self.instead.path());
        self.write_file("src/lib.rs", &library)?;
        for (name, text) in &self.sites {
            self.write_file(&format!("src/bin/{name}.rs"), text)?;
        }
        if self.without_aws {
            return self.write_file("Cargo.lock", &read(&self.root.join("Cargo.lock"))?);
        }
        if !has_plain {
            return Ok(());
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

    /// Returns whether [`PLAIN`] is compiled beside the programs.
    fn has_plain(&self) -> bool {
        !self.without_aws && self.instead == Instead::Crate
    }

    fn write_file(&self, name: &str, text: &str) -> Result<()> {
        let path = self.folder.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
        }
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
    }

    /// Returns cargo's folder, which the packages with AWS crates share.
    fn target(&self) -> PathBuf {
        match self.without_aws {
            true => self.folder.join("target"),
            false => self.root.join("target/call-sites/target"),
        }
    }

    /// Returns whether `cargo check` succeeds, and what it says.
    fn check(&self, args: &[&str]) -> Result<(bool, String)> {
        self.cargo("check", args)
    }

    fn cargo(&self, command: &str, args: &[&str]) -> Result<(bool, String)> {
        let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args([command, "--color", "never"])
            .args(args)
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", self.target())
            .output()
            .context("cannot start cargo")?;
        Ok((output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned()))
    }
}

fn manifest(path: &Path) -> Result<Table> {
    read(path)?.parse().with_context(|| format!("cannot parse {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::{Verdict, judge};

    #[test]
    fn programs_are_excused_by_their_whole_names() {
        let known = "a needs a mock\na_oidc makes an error of its own\nb has left\nc_oidc needs more\n";
        let sites = ["a", "a_oidc", "c", "c_oidc", "d", "d_oidc"];
        let of = |failed: &[&str]| judge(known, sites.into_iter(), failed);
        assert_eq!(
            of(&["a", "a_oidc", "c", "d_oidc"]),
            [
                ("a", Verdict::Known("needs a mock")),
                ("a_oidc", Verdict::Known("makes an error of its own")),
                // The other form of it is known, and may fail for another reason.
                ("c", Verdict::Fails),
                ("c_oidc", Verdict::Compiles),
                ("d_oidc", Verdict::Fails),
            ]
        );
    }
}
