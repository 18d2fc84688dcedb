//! What the process uses, by Linux's `/proc`.

use std::path::PathBuf;

/// The memory that is resident, in KiB.
pub(crate) fn resident() -> u64 {
    memory("VmRSS:")
}

/// The most memory that has been resident, in KiB.
pub(crate) fn peak() -> u64 {
    memory("VmHWM:")
}

fn memory(label: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix(label)).expect("its memory");
    line.split_whitespace().next().and_then(|number| number.parse().ok()).expect("a number")
}

/// What the open descriptors are of.
pub(crate) fn descriptors() -> Vec<PathBuf> {
    let entries = std::fs::read_dir("/proc/self/fd").expect("Linux");
    // The folder that is being read is none of them.
    entries
        .filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok())
        .filter(|path| !path.starts_with("/proc"))
        .collect()
}

/// How many of them are sockets.
pub(crate) fn sockets() -> usize {
    descriptors().iter().filter(|path| path.to_str().is_some_and(|path| path.starts_with("socket:"))).count()
}
