//! Tests in a network of their own: Linux namespaces with addresses that do not answer, names and name servers.

use std::fs;
use std::path::Path;
use std::process::Command;

/// Names the test that runs inside.
const INSIDE: &str = "SMITHY_TEST_NAMESPACE";

/// The address of the machine inside, besides loopback.
pub const ADDRESS: &str = "10.9.0.1";
/// Addresses that every packet to is lost.
pub const DEAD: [&str; 2] = ["10.9.0.2", "10.9.0.4"];

/// What names are looked up by inside.
#[derive(Debug)]
pub struct Names<'a> {
    /// The content of `/etc/hosts`.
    pub hosts: &'a str,
    /// The content of `/etc/resolv.conf`; empty if only `/etc/hosts` counts.
    pub servers: &'a str,
}

/// Sets up the network: loopback, and an interface whose other end discards everything, since the addresses of the
/// hosts there are not its own. What precedes in `gai.conf` is tried first.
const SETUP: &str = r#"set -e
ip link set lo up
ip link add v0 type veth peer name v1
ip addr add 10.9.0.1/24 dev v0
ip link set v0 up
ip link set v1 up
ip neigh add 10.9.0.2 lladdr 02:00:00:00:00:01 dev v0 nud permanent
ip neigh add 10.9.0.4 lladdr 02:00:00:00:00:01 dev v0 nud permanent
for name in hosts resolv.conf nsswitch.conf gai.conf; do mount --bind "$1/$name" "/etc/$name"; done
"#;

/// Runs the calling test again in a network of its own; `test` is its name.
///
/// Returns whether this is the inner run, which does the work. The outer one passes on its failure. Where the machine
/// does not allow namespaces it says that the test is skipped.
///
/// # Panics
///
/// If the inner run fails.
#[expect(clippy::print_stderr, reason = "a test that skips says so")]
pub fn inside(test: &str, names: &Names<'_>) -> bool {
    if std::env::var(INSIDE).is_ok_and(|inside| inside == test) {
        return true;
    }
    let dir = std::env::temp_dir().join(format!("namespace-{}-{test}", std::process::id()));
    let by = if names.servers.is_empty() { "hosts: files\n" } else { "hosts: files dns\n" };
    let order = "precedence ::1/128 60\nprecedence ::ffff:10.9.0.2/128 55\nprecedence ::/0 40\n";
    fs::create_dir_all(&dir).expect("a folder");
    for (name, content) in
        [("hosts", names.hosts), ("resolv.conf", names.servers), ("nsswitch.conf", by), ("gai.conf", order)]
    {
        fs::write(dir.join(name), content).expect("written");
    }
    if run(&dir, "true", &[]).is_none_or(|(success, _)| !success) {
        eprintln!("skipped: {test}: this machine allows no network namespaces (unshare, ip and mount are needed)");
        let _ = fs::remove_dir_all(&dir);
        return false;
    }
    let program = std::env::current_exe().expect("the test's program");
    let program = program.to_str().expect("a path in Unicode");
    let outcome = run(&dir, "exec \"$@\"", &[program, test, "--exact", "--nocapture", "--test-threads=1"]);
    let _ = fs::remove_dir_all(&dir);
    let (success, text) = outcome.expect("it ran a moment ago");
    assert!(success && text.contains("1 passed"), "inside: {text}");
    false
}

/// Runs a command inside; returns whether it succeeded, and what it wrote.
fn run(dir: &Path, command: &str, arguments: &[&str]) -> Option<(bool, String)> {
    let test = arguments.get(1).copied().unwrap_or_default();
    let script = format!("{SETUP}shift\n{command}");
    let mut unshare = Command::new("unshare");
    unshare.args(["--map-root-user", "--net", "--mount", "sh", "-c", &script, "sh"]).arg(dir).args(arguments);
    let output = unshare.env(INSIDE, test).output().ok()?;
    let text = [output.stdout, output.stderr].concat();
    Some((output.status.success(), String::from_utf8_lossy(&text).into_owned()))
}
