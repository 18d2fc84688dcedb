//! What is fed, a function each.

mod calls;
mod command_line;
mod endpoints;
mod generator;
mod self_check;
mod settings;

use std::path::Path;

use fastrand::Rng;

use crate::mutate;

/// Something that takes inputs.
pub struct Target {
    pub name: &'static str,
    /// Runs one input. It panics if something does not hold.
    pub run: fn(&[u8]),
    /// Inputs beside those of the corpus folder.
    seeds: fn() -> Vec<Vec<u8>>,
    /// Makes an input of others.
    pub mutate: fn(&mut Rng, &[Vec<u8>]) -> Vec<u8>,
}

impl Target {
    const fn new(name: &'static str, run: fn(&[u8])) -> Self {
        Self { name, run, seeds: Vec::new, mutate: mutate::bytes }
    }

    /// The inputs that others are made of.
    pub fn corpus(&self) -> Vec<Vec<u8>> {
        let mut corpus = mutate::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(self.name));
        corpus.extend((self.seeds)());
        corpus
    }
}

pub static ALL: &[Target] = &[
    Target { seeds: generator::models, mutate: mutate::json, ..Target::new("model", generator::model) },
    Target { seeds: generator::models, ..Target::new("model-text", generator::model) },
    Target { seeds: generator::rule_sets, mutate: mutate::json, ..Target::new("rules", generator::rules) },
    Target::new("documentation", generator::documentation),
    Target::new("jmespath", generator::jmespath),
    Target::new("profile", settings::profile),
    Target::new("environment", settings::environment),
    Target::new("responses", calls::responses),
    Target::new("pem", calls::pem),
    Target::new("caches", calls::caches),
    Target::new("headers", calls::headers),
    Target::new("endpoint-rules", endpoints::rules),
    Target::new("urls", endpoints::urls),
    Target::new("no-proxy", endpoints::no_proxy),
    Target::new("command-line", command_line::arguments),
    Target::new("input-json", command_line::input_json),
    Target::new("query", command_line::query),
    Target::new("configure", command_line::configure),
];

/// Targets that fail, for the tests of the program itself.
static SELF_CHECKS: &[Target] = &[
    self_check("self-panic", || self_check::seeds("panic")),
    self_check("self-panic-elsewhere", || self_check::seeds("panic elsewhere")),
    self_check("self-slow", || self_check::seeds("slow")),
    self_check("self-hang", || self_check::seeds("hang")),
    self_check("self-abort", || self_check::seeds("abort")),
    self_check("self-memory", || self_check::seeds("memory")),
    self_check("self-stack", || self_check::seeds("stack")),
    self_check("self-fine", || self_check::seeds("fine")),
];

const fn self_check(name: &'static str, seeds: fn() -> Vec<Vec<u8>>) -> Target {
    Target { seeds, ..Target::new(name, self_check::run) }
}

/// The target of a name.
pub fn named(name: &str) -> Option<&'static Target> {
    ALL.iter().chain(SELF_CHECKS).find(|target| target.name == name)
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// What is printed for people: one line, without control characters.
fn is_line(text: &str) {
    assert!(!text.chars().any(char::is_control), "a control character in {text:?}");
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    thread_local!(static RUNTIME: tokio::runtime::Runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime"));
    RUNTIME.with(|runtime| runtime.block_on(future))
}
