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
    /// PKCE when a browser can be opened here; device code over ssh, in WSL, in containers, and without a display.
    /// `file` gives what stands in a file that is there.
    pub(crate) fn choose(variable: impl Fn(&str) -> Option<OsString>, file: impl Fn(&Path) -> Option<Vec<u8>>) -> Self {
        let is_set = |names: &[&str]| names.iter().any(|name| variable(name).is_some());
        let remote = is_set(&["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"]);
        let kernel = file(Path::new(KERNEL)).unwrap_or_default().to_ascii_lowercase();
        let wsl = is_set(&["WSL_DISTRO_NAME", "WSL_INTEROP"]) || String::from_utf8_lossy(&kernel).contains("microsoft");
        let container = is_set(&["KUBERNETES_SERVICE_HOST", "container", "CODESPACES", "REMOTE_CONTAINERS"])
            || CONTAINER_FILES.iter().any(|name| file(Path::new(name)).is_some());
        let has_display = cfg!(any(windows, target_os = "macos")) || is_set(&["DISPLAY", "WAYLAND_DISPLAY"]);
        if remote || wsl || container || !has_display { Self::DeviceCode } else { Self::Pkce }
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
            Flow::choose(|name| set.contains(&name).then(|| "1".into()), file)
        };
        for display in ["DISPLAY", "WAYLAND_DISPLAY"] {
            assert_eq!(choose(&[display], &[]), Flow::Pkce);
        }
        for variable in [
            "SSH_CONNECTION",
            "SSH_CLIENT",
            "SSH_TTY",
            "WSL_DISTRO_NAME",
            "WSL_INTEROP",
            "KUBERNETES_SERVICE_HOST",
            "container",
            "CODESPACES",
            "REMOTE_CONTAINERS",
        ] {
            assert_eq!(choose(&["DISPLAY", variable], &[]), Flow::DeviceCode, "{variable}");
        }
        for file in [KERNEL, "/.dockerenv", "/run/.containerenv", "/run/systemd/container"] {
            assert_eq!(choose(&["DISPLAY"], &[file]), Flow::DeviceCode, "{file}");
        }
        let without_display = if cfg!(any(windows, target_os = "macos")) { Flow::Pkce } else { Flow::DeviceCode };
        assert_eq!(choose(&[], &[]), without_display);
        let own_kernel = |path: &Path| (path == Path::new(KERNEL)).then(|| b"6.12.0-generic".to_vec());
        assert_eq!(Flow::choose(|name| (name == "DISPLAY").then(|| "1".into()), own_kernel), Flow::Pkce);
    }
}
