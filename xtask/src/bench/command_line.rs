//! Measures the program `sso` as it is given to people: of the profile `dist`, and never of a build of the workspace,
//! where features unify.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use super::harness::{Harness, cargo, instructions, run};
use super::rows::Measured;

/// The home that cached credentials are read from: with a session, its token and a profile.
const CONFIG: &str = "[profile dev]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Audit\n\
                      [sso-session corp]\nsso_start_url = https://d-abc.awsapps.com/start\nsso_region = eu-west-1\n";
/// Below the SHA-1 of `corp`.
const TOKEN_FILE: &str = "ee0bfd2552fbd840c02cc48b6e823320543c450f.json";
const TOKEN: &str = r#"{"startUrl":"https://d-abc.awsapps.com/start","region":"eu-west-1","accessToken":"token",
    "expiresAt":"2099-01-01T00:00:00Z"}"#;

/// Builds the program and returns its path.
fn program(harness: &mut Harness<'_>) -> Result<PathBuf> {
    (harness.print)("building sso".to_owned());
    let mut command = cargo(&harness.root);
    command.env("CARGO_TARGET_DIR", harness.target()).args(["build", "--package", "sso-cli", "--profile", "dist"]);
    run(command)?;
    Ok(harness.target().join("dist/sso"))
}

fn valgrind(harness: &mut Harness<'_>) -> Result<Command> {
    let program = program(harness)?;
    let mut command = Command::new("valgrind");
    command.args(["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]).arg(program);
    command.env_clear().envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
    command.env("AWS_ENDPOINT_URL_SSO", harness.plain_url()?).env("AWS_DEFAULT_REGION", "eu-west-1");
    Ok(command)
}

/// Counts the instructions of one call.
pub(super) fn call(harness: &mut Harness<'_>) -> Result<Measured> {
    let mut command = valgrind(harness)?;
    command.args([
        "get-role-credentials",
        "--account-id",
        "111122223333",
        "--role-name",
        "Audit",
        "--access-token",
        "t",
    ]);
    Ok(Measured::alone(instructions(&run(command)?)?))
}

/// Counts the instructions of printing credentials that are in the cache.
pub(super) fn cached(harness: &mut Harness<'_>) -> Result<Measured> {
    let home = harness.target().join(format!("home-{}", std::process::id()));
    let tokens = home.join(".aws/sso/cache");
    fs::create_dir_all(&tokens).with_context(|| format!("cannot make {}", tokens.display()))?;
    fs::write(home.join(".aws/config"), CONFIG).context("cannot write the config file")?;
    fs::write(tokens.join(TOKEN_FILE), TOKEN).context("cannot write the token")?;
    let mut count = || {
        let mut command = valgrind(harness)?;
        command.env("HOME", &home).args(["credential-process", "--profile", "dev"]);
        instructions(&run(command)?)
    };
    // The first run fills the cache.
    let counted = count().and_then(|_| count());
    fs::remove_dir_all(&home).with_context(|| format!("cannot remove {}", home.display()))?;
    Ok(Measured::alone(counted?))
}

/// Returns the size of the program.
#[allow(clippy::cast_precision_loss, reason = "no program is that large")]
pub(super) fn size(harness: &mut Harness<'_>) -> Result<Measured> {
    let program = program(harness)?;
    let metadata = fs::metadata(&program).with_context(|| format!("cannot read {}", program.display()))?;
    Ok(Measured::alone(metadata.len() as f64))
}
