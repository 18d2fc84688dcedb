//! What other processes can see of this one and of those that it starts: arguments and environments.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// Watches `/proc`, where there is one, until it is asked.
pub(crate) struct Watch {
    seen: Arc<Mutex<BTreeSet<String>>>,
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    pub(crate) fn start() -> Self {
        let (seen, ended) = (Arc::<Mutex<BTreeSet<String>>>::default(), Arc::<AtomicBool>::default());
        let (to, until) = (Arc::clone(&seen), Arc::clone(&ended));
        let thread = std::thread::spawn(move || {
            while !until.load(Ordering::SeqCst) {
                let found = descendants();
                to.lock().expect("a list").extend(found.iter().flat_map(|process| texts(process)));
                std::thread::sleep(Duration::from_millis(2));
            }
        });
        Self { seen, ended, thread: Some(thread) }
    }

    /// Every argument list and environment that there was.
    pub(crate) fn end(mut self) -> Vec<String> {
        self.ended.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            thread.join().expect("it watched");
        }
        let seen = self.seen.lock().expect("a list");
        seen.iter().cloned().collect()
    }
}

/// The folders of this process and of all that it started, directly or not.
fn descendants() -> Vec<PathBuf> {
    let mut parents = Vec::new();
    for process in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let stat = std::fs::read_to_string(process.path().join("stat")).unwrap_or_default();
        // The name is in parentheses and may hold anything; the parent is the second word after it.
        let parent = stat.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(1)?.parse::<u32>().ok());
        let id = process.file_name().to_str().and_then(|name| name.parse::<u32>().ok());
        parents.extend(id.zip(parent));
    }
    let mut ours = BTreeSet::from([std::process::id()]);
    loop {
        let children = parents.iter().filter(|(_, parent)| ours.contains(parent)).map(|(id, _)| *id);
        let more: Vec<u32> = children.filter(|id| !ours.contains(id)).collect();
        if more.is_empty() {
            break;
        }
        ours.extend(more);
    }
    ours.into_iter().map(|id| PathBuf::from(format!("/proc/{id}"))).collect()
}

fn texts(process: &std::path::Path) -> Vec<String> {
    let read = |file: &str| std::fs::read(process.join(file)).ok().filter(|bytes| !bytes.is_empty());
    let texts = ["cmdline", "environ"].into_iter().filter_map(read);
    texts.map(|bytes| String::from_utf8_lossy(&bytes).replace('\0', " ")).collect()
}
