//! Which way of signing in fits where the program runs.

use std::ffi::OsString;
use std::fmt;
use std::path::Path;

/// A way of signing in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Flow {
    /// Authorization code with PKCE: the browser of this computer comes back to a listener on 127.0.0.1.
    Pkce,
    /// Device code: the user confirms a code, in any browser on any device.
    DeviceCode,
}

impl Flow {
    /// PKCE when a browser can be opened here; device code over ssh, in WSL, in containers, and without a display.
    pub(crate) fn choose(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let is_set = |names: &[&str]| names.iter().any(|name| variable(name).is_some());
        let remote = is_set(&["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"]);
        let wsl = is_set(&["WSL_DISTRO_NAME", "WSL_INTEROP"]);
        let container = is_set(&["KUBERNETES_SERVICE_HOST", "container", "CODESPACES", "REMOTE_CONTAINERS"])
            || ["/.dockerenv", "/run/.containerenv"].iter().any(|file| Path::new(file).exists());
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
        let choose = |set: &[&str]| Flow::choose(|name| set.contains(&name).then(|| "1".into()));
        assert_eq!(choose(&["DISPLAY", "SSH_CONNECTION"]), Flow::DeviceCode);
        assert_eq!(choose(&["DISPLAY", "WSL_DISTRO_NAME"]), Flow::DeviceCode);
        assert_eq!(choose(&["DISPLAY", "KUBERNETES_SERVICE_HOST"]), Flow::DeviceCode);
        if cfg!(target_os = "linux") {
            assert_eq!(choose(&[]), Flow::DeviceCode);
        }
    }
}
