//! Builds and runs the measured programs and the server that they call.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use super::Options;

/// A measured client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Client {
    /// The client written by hand, for comparison.
    Bare,
    /// `aws-sdk-sso`.
    Aws,
    /// `sso-client`.
    Ours,
}

impl Client {
    /// Returns the name of its package and main program.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Bare => "bare",
            Self::Aws => "aws",
            Self::Ours => "ours",
        }
    }

    /// Returns the crate whose dependency tree is counted.
    pub(super) fn crate_name(self) -> &'static str {
        match self {
            Self::Bare => "bench-bare",
            Self::Aws => "aws-sdk-sso",
            Self::Ours => "sso-client",
        }
    }
}

/// The output of a measured program: numbers by name.
pub(super) type Figures = BTreeMap<String, u64>;

/// The state that measurements share.
pub(super) struct Harness<'a> {
    pub(super) options: &'a Options,
    pub(super) root: PathBuf,
    pub(super) clients: Vec<Client>,
    /// Whether valgrind is installed, which counts instructions.
    pub(super) valgrind: bool,
    pub(super) print: &'a mut dyn FnMut(String),
    server: Option<Server>,
    /// What listing the roles of many accounts took.
    pub(super) all_roles: Option<Figures>,
    /// The checksum of the responses by measurement, which is the same for all clients.
    checksums: BTreeMap<String, u64>,
}

impl<'a> Harness<'a> {
    pub(super) fn new(root: &Path, options: &'a Options, print: &'a mut dyn FnMut(String)) -> Self {
        let mut clients = vec![Client::Bare, Client::Ours];
        if options.with_aws_sdk {
            clients.insert(1, Client::Aws);
        }
        let valgrind = Command::new("valgrind").arg("--version").output().is_ok_and(|output| output.status.success());
        if !valgrind {
            print(
                "valgrind is not installed: instructions are not counted (Debian: apt-get install valgrind)".to_owned(),
            );
        }
        let (root, server, checksums) = (root.to_path_buf(), None, BTreeMap::new());
        Self { options, root, clients, valgrind, print, server, all_roles: None, checksums }
    }

    /// Returns the target folder, which the packages share so that common dependencies are compiled once.
    pub(super) fn target(&self) -> PathBuf {
        self.root.join("target/bench")
    }

    /// Returns the folder of a package.
    pub(super) fn package(&self, name: &str) -> PathBuf {
        self.root.join("xtask/bench").join(name)
    }

    /// Builds the programs of all clients and starts the server.
    pub(super) fn prepare(&mut self) -> Result<()> {
        self.build("server", &["build", "--bin", "bench-server"])?;
        for client in self.clients.clone() {
            let name = client.name();
            self.build(name, &["build", "--bin", name, "--bin", &format!("{name}-allocations")])?;
        }
        // Several runs at a time need a folder each.
        self.server = Some(Server::start(
            &self.program("bench-server"),
            &self.target().join(format!("store-{}", std::process::id())),
        )?);
        Ok(())
    }

    /// Runs cargo in a package, with `--release`.
    pub(super) fn build(&mut self, package: &str, arguments: &[&str]) -> Result<()> {
        (self.print)(format!("building {package}"));
        let mut command = cargo(&self.package(package));
        let (verb, rest) = arguments.split_at(1);
        command.env("CARGO_TARGET_DIR", self.target()).args(verb).arg("--release");
        if self.options.budgets {
            // Budgets must not depend on new releases of dependencies.
            command.arg("--locked");
        }
        command.args(rest);
        let locked = |error: &anyhow::Error| {
            error.downcast_ref::<CommandFailed>().is_some_and(|failed| failed.stderr.contains("--locked"))
        };
        run(command).map(|_| ()).map_err(|error| match locked(&error) {
            true => error.context(format!(
                "xtask/bench/{package}/Cargo.lock is out of date; `cargo xtask bench --only crates` updates it"
            )),
            false => error,
        })
    }

    /// Returns the path of a program.
    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.target().join("release").join(name)
    }

    /// Returns the command of a measurement against the server.
    ///
    /// `SSL_CERT_FILE` and `SSL_CERT_DIR` are ignored: clients read the system's root certificates, or for TLS the
    /// server's copy of them.
    pub(super) fn measurement(&self, program: &str, what: &[&str], tls: bool, numbers: &[usize]) -> Result<Command> {
        let mut command = Command::new(self.program(program));
        self.arguments(&mut command, what, tls, numbers)?;
        Ok(command)
    }

    fn arguments(&self, command: &mut Command, what: &[&str], tls: bool, numbers: &[usize]) -> Result<()> {
        let server = self.server.as_ref().context("the server is not running")?;
        command.env_remove("SSL_CERT_FILE").env_remove("SSL_CERT_DIR");
        if tls {
            command.env("SSL_CERT_FILE", server.store.join("bundle.pem")).env("SSL_CERT_DIR", &server.store);
        }
        command.args(what).arg(if tls { &server.secure } else { &server.plain });
        command.args(numbers.iter().map(usize::to_string));
        Ok(())
    }

    /// Runs a measurement and checks the checksum of the responses.
    pub(super) fn measure(&mut self, program: &str, what: &[&str], tls: bool, numbers: &[usize]) -> Result<Figures> {
        let command = self.measurement(program, what, tls, numbers)?;
        let output = match (run(command), self.server.as_mut().map(|server| server.process.try_wait())) {
            (Err(_), Some(Ok(Some(status)))) => {
                bail!("the server exited while {program} was measured: {status}");
            }
            (output, _) => output?,
        };
        let figures = parse_figures(&output)?;
        self.check_checksum(program, &format!("{what:?} {numbers:?}"), &figures)?;
        Ok(figures)
    }

    fn check_checksum(&mut self, program: &str, what: &str, figures: &Figures) -> Result<()> {
        let Some(checksum) = figures.get("checksum").copied() else { return Ok(()) };
        let expected = *self.checksums.entry(what.to_owned()).or_insert(checksum);
        ensure!(checksum == expected, "{program} {what}: checksum {checksum} of the responses, expected {expected}");
        Ok(())
    }

    /// Counts the instructions of a whole process.
    pub(super) fn instructions(&mut self, client: Client, what: &str, tls: bool, numbers: &[usize]) -> Result<f64> {
        let program = client.name();
        let mut command = Command::new("valgrind");
        // Instruction counts need no cache simulation.
        command
            .args(["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"])
            .arg(self.program(program));
        self.arguments(&mut command, &[what], tls, numbers)?;
        let output = run(command)?;
        self.check_checksum(program, &format!("{:?} {numbers:?}", [what]), &parse_figures(&output)?)?;
        instructions(&output)
    }

    /// Returns the URL of the server without TLS.
    pub(super) fn plain_url(&self) -> Result<&str> {
        Ok(&self.server.as_ref().context("the server is not running")?.plain)
    }

    /// Measures the wall time of a whole process.
    pub(super) fn wall(&mut self, client: Client, what: &str, tls: bool, numbers: &[usize]) -> Result<Duration> {
        let command = self.measurement(client.name(), &[what], tls, numbers)?;
        let started = Instant::now();
        run(command)?;
        Ok(started.elapsed())
    }
}

/// Returns the instructions that valgrind counted.
pub(super) fn instructions(output: &Output) -> Result<f64> {
    let text = String::from_utf8_lossy(&output.stderr);
    let refs = text.lines().find_map(|line| line.split_once("refs:")).map(|(_, number)| number.replace(',', ""));
    let refs = refs.and_then(|number| number.trim().parse().ok());
    refs.with_context(|| format!("valgrind printed no number of instructions:\n{text}"))
}

/// The server process, killed on drop.
struct Server {
    process: Child,
    plain: String,
    secure: String,
    store: PathBuf,
}

impl Server {
    fn start(program: &Path, store: &Path) -> Result<Self> {
        let context = || format!("cannot write {}", store.display());
        if store.exists() {
            std::fs::remove_dir_all(store).with_context(context)?;
        }
        std::fs::create_dir_all(store).with_context(context)?;
        let mut command = Command::new(program);
        // The server exits when its standard input is closed, so it does not outlive this process.
        command.env_remove("SSL_CERT_FILE").env_remove("SSL_CERT_DIR");
        command.arg(store).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().with_context(|| format!("cannot start {}", program.display()))?;
        let mut lines = process.stdout.take().into_iter().flat_map(|output| BufReader::new(output).lines());
        let mut line = || lines.next().and_then(Result::ok);
        let (Some(plain), Some(secure)) = (line(), line()) else {
            bail!("the server does not start");
        };
        Ok(Self { process, plain, secure, store: store.to_path_buf() })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Errors are ignored: the process may have exited, and a remaining folder does no harm.
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.store);
    }
}

/// Returns a cargo command in the folder of a package, without the environment of an outer cargo.
pub(super) fn cargo(package: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(package).env_remove("CARGO_TARGET_DIR").env_remove("RUSTFLAGS");
    command
}

/// A command exited with an error.
#[derive(Debug)]
struct CommandFailed {
    command: String,
    status: ExitStatus,
    stderr: String,
}

impl fmt::Display for CommandFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}\n{}", self.command, self.status, self.stderr)
    }
}

impl std::error::Error for CommandFailed {}

/// Runs a command to its end.
///
/// # Errors
///
/// [`CommandFailed`] if it exits with an error.
pub(super) fn run(mut command: Command) -> Result<Output> {
    let output =
        command.output().with_context(|| format!("cannot start {}", command.get_program().to_string_lossy()))?;
    if output.status.success() {
        return Ok(output);
    }
    let stderr = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    bail!(CommandFailed { command: format!("{command:?}"), status: output.status, stderr })
}

/// Returns what a program printed.
pub(super) fn parse_figures(output: &Output) -> Result<Figures> {
    serde_json::from_slice(&output.stdout)
        .with_context(|| format!("a program printed no numbers: {}", String::from_utf8_lossy(&output.stdout)))
}
