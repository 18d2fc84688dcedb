//! `cargo xtask picture`: runs the README's story against the fake services, and draws the terminal as an SVG.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::Outcome;

/// Draws the terminal of the README from a real run of the command line.
#[derive(Args, Debug)]
pub struct Options {
    /// Writes nothing; fails if the picture is not what a run gives.
    #[arg(long)]
    pub check: bool,
}

/// Where the picture lies.
const PICTURE: &str = "sso-client/cli/demo.svg";

/// What is typed, as the README has it.
const STORY: &[&str] = &[
    "sso configure --sso-session corp --start-url https://d-abc123.awsapps.com/start --region eu-west-1 --login",
    "sso roles --sso-session corp",
    "eval \"$(sso export --profile account-0.Role0)\" && echo $AWS_ACCESS_KEY_ID",
    "sso exec --all-accounts --role Role0 --sso-session corp --parallel 1 -- sh -c 'echo $AWS_ACCESS_KEY_ID'",
    "sso get-role-credentials --profile account-0.Role0 --query roleCredentials.accessKeyId",
    "sso exec --account acount --role Role0 --sso-session corp -- true",
    "sso logout --sso-session corp",
];

/// The end of a session, which moves with the clock: in the picture it stands still.
const UNTIL: &str = "until 2030-01-01 18:00 UTC";

/// Runs the story, and writes the picture or compares it.
///
/// # Errors
///
/// If a program cannot be built or run, or a file not be read or written.
pub fn run(root: &Path, options: &Options, print: &mut dyn FnMut(String)) -> Result<Outcome> {
    let picture = anstyle_svg::Term::new().render_svg(&story(root)?);
    let path = root.join(PICTURE);
    if options.check {
        if fs::read_to_string(&path).is_ok_and(|found| found == picture) {
            return Ok(Outcome::Success);
        }
        print(format!("{PICTURE} is not what a run gives: cargo xtask picture draws it"));
        return Ok(Outcome::Failure);
    }
    fs::write(&path, picture).with_context(|| format!("cannot write {}", path.display()))?;
    print(format!("wrote {PICTURE}"));
    Ok(Outcome::Success)
}

/// The fake services, until this is dropped.
struct Services(Child);

impl Drop for Services {
    fn drop(&mut self) {
        // It is of no use any more, whatever became of it.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What the terminal shows, with escape sequences.
fn story(root: &Path) -> Result<String> {
    build(root, &["--package", "sso-cli"])?;
    build(root, &["--package", "sso-client", "--example", "portal"])?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from).join("debug");
    let child = Command::new(target.join("examples/portal")).stdout(Stdio::piped()).spawn();
    let mut services = Services(child.context("cannot start the fake services")?);
    let stdout = services.0.stdout.take().context("the fake services have no output")?;
    let (mut variables, mut lines) = (Vec::new(), BufReader::new(stdout).lines());
    // A comment ends the list.
    for line in lines.by_ref() {
        let line = line.context("cannot read what the fake services say")?;
        let Some(variable) = line.strip_prefix("export ") else { break };
        let (name, value) = variable.split_once('=').context("the fake services name a variable without a value")?;
        variables.push((name.to_owned(), value.to_owned()));
    }
    let home = tempfile::tempdir().context("cannot make a home")?;
    let mut path = target.into_os_string();
    path.push(":/usr/bin:/bin");
    let mut shown = String::new();
    for line in STORY {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("{{ {line}\n}} 2>&1")]).env_clear().envs(variables.clone()).env("PATH", &path);
        // How to sign in depends on where this runs, but for this.
        command.env("HOME", home.path()).env("SSH_CONNECTION", "1").current_dir(home.path()).stdin(Stdio::null());
        let output = command.output().context("cannot run sh")?;
        let text = String::from_utf8_lossy(&output.stdout).replace(&*home.path().to_string_lossy(), "~");
        shown.push_str(&format!("\x1b[1;32m$\x1b[0m \x1b[1m{line}\x1b[0m\n{}\n", still(&text)));
    }
    Ok(shown)
}

/// The text with a date that does not move.
fn still(text: &str) -> String {
    let Some(start) = text.find("until ") else { return text.to_owned() };
    let Some(length) = text[start..].find(" UTC") else { return text.to_owned() };
    format!("{}{UNTIL}{}", &text[..start], &text[start + length + " UTC".len()..])
}

fn build(root: &Path, arguments: &[&str]) -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo).current_dir(root).args(["build", "--quiet", "--locked"]).args(arguments).status();
    if !status.context("cannot run cargo")?.success() {
        bail!("cargo build {} failed", arguments.join(" "));
    }
    Ok(())
}
