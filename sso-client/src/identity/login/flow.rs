//! Which way of signing in fits where the program runs.

use std::ffi::OsString;
use std::fmt;
use std::path::Path;

/// A way of signing in.
///
/// ```
/// use sso_client::identity::{Flow, LoginOptions};
///
/// let options = LoginOptions::new().flow(Flow::DeviceCode);
/// assert_eq!(Flow::DeviceCode.to_string(), "device code");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Flow {
    /// Authorization code with PKCE: the browser of this computer comes back to a listener on 127.0.0.1.
    Pkce,
    /// Device code: the user confirms a code, in any browser on any device.
    DeviceCode,
}

/// Files that only containers have.
const CONTAINER_FILES: [&str; 3] = ["/.dockerenv", "/run/.containerenv", "/run/systemd/container"];

/// What tells WSL where its variables are not handed on, as by `sudo`.
const KERNEL: &str = "/proc/sys/kernel/osrelease";

impl Flow {
    /// Why a browser could not come back to a listener here, if it could not: over ssh, in WSL, in containers, and
    /// without a display. `file` gives what stands in a file that is there.
    pub(crate) fn why_no_browser(
        variable: impl Fn(&str) -> Option<OsString>,
        file: impl Fn(&Path) -> Option<Vec<u8>>,
    ) -> Option<&'static str> {
        let is_set = |names: &[&str]| names.iter().any(|name| variable(name).is_some());
        let remote = is_set(&["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"]);
        let kernel = file(Path::new(KERNEL)).unwrap_or_default().to_ascii_lowercase();
        let wsl = is_set(&["WSL_DISTRO_NAME", "WSL_INTEROP"]) || String::from_utf8_lossy(&kernel).contains("microsoft");
        let container = is_set(&["KUBERNETES_SERVICE_HOST", "container", "CODESPACES", "REMOTE_CONTAINERS"])
            || CONTAINER_FILES.iter().any(|name| file(Path::new(name)).is_some());
        let has_display = cfg!(any(windows, target_os = "macos")) || is_set(&["DISPLAY", "WAYLAND_DISPLAY"]);
        match (remote, wsl, container, has_display) {
            (true, ..) => Some("this is a session over ssh"),
            (_, true, ..) => Some("this is WSL"),
            (_, _, true, _) => Some("this is a container"),
            (.., false) => Some("there is no display"),
            _ => None,
        }
    }
}

impl fmt::Display for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pkce => "authorization code with PKCE",
            Self::DeviceCode => "device code",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_where() {
        let choose = |set: &[&str], there: &[&str]| {
            let text = |path: &Path| if path == Path::new(KERNEL) { "5.15.0-Microsoft-standard" } else { "" };
            let file = |path: &Path| there.contains(&path.to_str()?).then(|| text(path).into());
            Flow::why_no_browser(|name| set.contains(&name).then(|| "1".into()), file)
        };
        for display in ["DISPLAY", "WAYLAND_DISPLAY"] {
            assert_eq!(choose(&[display], &[]), None);
        }
        let (ssh, wsl, container) = ("this is a session over ssh", "this is WSL", "this is a container");
        for (variable, why) in [
            ("SSH_CONNECTION", ssh),
            ("SSH_CLIENT", ssh),
            ("SSH_TTY", ssh),
            ("WSL_DISTRO_NAME", wsl),
            ("WSL_INTEROP", wsl),
            ("KUBERNETES_SERVICE_HOST", container),
            ("container", container),
            ("CODESPACES", container),
            ("REMOTE_CONTAINERS", container),
        ] {
            assert_eq!(choose(&["DISPLAY", variable], &[]), Some(why), "{variable}");
        }
        for (file, why) in [
            (KERNEL, wsl),
            ("/.dockerenv", container),
            ("/run/.containerenv", container),
            ("/run/systemd/container", container),
        ] {
            assert_eq!(choose(&["DISPLAY"], &[file]), Some(why), "{file}");
        }
        let is_always_there = cfg!(any(windows, target_os = "macos"));
        assert_eq!(choose(&[], &[]), (!is_always_there).then_some("there is no display"));
        let own_kernel = |path: &Path| (path == Path::new(KERNEL)).then(|| b"6.12.0-generic".to_vec());
        assert_eq!(Flow::why_no_browser(|name| (name == "DISPLAY").then(|| "1".into()), own_kernel), None);
    }
}
