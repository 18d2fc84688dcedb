//! What generating costs: `codegen` with nothing to change, and `emit` of a large model.
//!
//! Each is run in a process of its own, this very program: how much memory it took at most is what
//! that process says in the end.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use super::Error;
use super::lab::{Lab, run};
use crate::codegen::Mode;
use crate::emit::{self, Request};

/// What one run of the generator took.
#[derive(Clone, Debug)]
pub(super) struct Generation {
    pub(super) what: String,
    /// The size of the model.
    pub(super) bytes: f64,
    /// The median of the runs.
    pub(super) seconds: f64,
    pub(super) peak: f64,
}

/// Where there is no folder, what is checked in is generated.
const NOWHERE: &str = "-";

/// Measures `codegen`, and `emit` of the largest model there is.
pub(super) fn measure(lab: &mut Lab<'_>) -> Result<Vec<Generation>, Error> {
    let own = lab.root.join("model/sso-2019-06-10.json");
    let largest = match &lab.options.model {
        Some(model) => model.clone(),
        None => largest(lab).unwrap_or_else(|| own.clone()),
    };
    let out = lab.target().join("emitted");
    let runs = if lab.options.quick { 1 } else { 5 };
    let mut generations = Vec::new();
    for (what, model, out) in [("codegen", own, Path::new(NOWHERE)), ("emit", largest, &*out)] {
        let bytes = std::fs::metadata(&model).map_err(|error| Error::Io(model.clone(), error))?.len();
        let what = format!("{what} of {}", model.file_name().unwrap_or_default().to_string_lossy());
        (lab.say)(format!("measuring {what}"));
        let mut all = Vec::new();
        for _ in 0..runs {
            let program = std::env::current_exe().map_err(|error| Error::Io("xtask".into(), error))?;
            let mut command = Command::new(program);
            command.args(["bench", "--generate"]).args([&*model, out]);
            let output = run(command)?;
            let text = String::from_utf8_lossy(&output.stdout);
            let numbers: Vec<f64> = text.split_whitespace().filter_map(|number| number.parse().ok()).collect();
            let [seconds, peak] = numbers[..] else {
                return Err(Error::Other(format!("the generator does not say what it took: {text}")));
            };
            all.push((seconds, peak));
        }
        all.sort_by(|left, right| left.0.total_cmp(&right.0));
        let (seconds, peak) = all[all.len() / 2];
        #[allow(clippy::cast_precision_loss, reason = "no model is that large")]
        generations.push(Generation { what, bytes: bytes as f64, seconds, peak });
    }
    Ok(generations)
}

/// Generates once, and says seconds and bytes.
pub(super) fn once(root: &Path, model: &Path, out: &Path) -> Result<String, Error> {
    let started = Instant::now();
    if out == Path::new(NOWHERE) {
        let other = |error| Error::Other(format!("{error}"));
        crate::codegen::run(root, Mode::Check, &mut |_| {}).map_err(other)?;
    } else {
        // There are models that hold what is refused; the rest of them is as good for measuring.
        let request = Request {
            model: model.to_path_buf(),
            out: out.to_path_buf(),
            skip_unsupported: true,
            ..Request::default()
        };
        emit::run(root, &request).map_err(Error::Emit)?;
    }
    Ok(format!("{} {}", started.elapsed().as_secs_f64(), peak()))
}

/// The largest of the published models, where there are some.
fn largest(lab: &Lab<'_>) -> Option<PathBuf> {
    let suites = std::env::var_os("SMITHY_SUITES_DIR").map_or_else(|| lab.root.join("../shared"), PathBuf::from);
    let entries = std::fs::read_dir(suites.join("models/restjson1")).ok()?;
    let models = entries.flatten().map(|entry| entry.path());
    let models = models.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
    models.max_by_key(|path| path.metadata().map(|metadata| metadata.len()).unwrap_or_default())
}

/// The most memory that this process has had resident, in bytes; 0 where the system does not say.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    kilobytes.unwrap_or_default() * 1024
}
