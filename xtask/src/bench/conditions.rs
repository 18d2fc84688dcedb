//! The machine and the versions of a measurement.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::harness::{Client, Harness};
use crate::workspace;

/// The dependencies whose versions are printed.
const NAMED: [&str; 7] = ["aws-sdk-sso", "hyper", "hyper-rustls", "hyper-util", "rustls", "serde_json", "tokio"];

type Versions = BTreeMap<String, BTreeSet<String>>;

impl Harness<'_> {
    /// Checks that the bare client and ours have the same versions of common dependencies.
    pub(super) fn check_versions(&self) -> Result<()> {
        let (bare, ours) = (self.versions(Client::Bare)?, self.versions(Client::Ours)?);
        let differ: Vec<String> = bare
            .iter()
            .filter_map(|(name, versions)| Some((name, versions, ours.get(name)?)))
            .filter(|(_, bare, ours)| bare.is_disjoint(ours))
            .map(|(name, bare, ours)| format!("{name} {} and {}", list(bare), list(ours)))
            .collect();
        ensure!(
            differ.is_empty(),
            "bare and ours have different versions of {}; copy Cargo.lock over xtask/bench/{{bare,ours}}/Cargo.lock",
            differ.join(", ")
        );
        Ok(())
    }

    fn versions(&self, client: Client) -> Result<Versions> {
        #[derive(Deserialize)]
        struct Lock {
            package: Vec<Package>,
        }
        #[derive(Deserialize)]
        struct Package {
            name: String,
            version: String,
        }
        let path = self.package(client.name()).join("Cargo.lock");
        let lock: Lock = toml::from_str(&workspace::read(&path)?).with_context(|| path.display().to_string())?;
        let mut versions = Versions::new();
        for Package { name, version } in lock.package {
            versions.entry(name).or_default().insert(version);
        }
        Ok(versions)
    }

    /// Returns the properties that differ between machines, by name.
    pub(super) fn conditions(&self) -> Result<BTreeMap<String, String>> {
        let mut conditions = BTreeMap::new();
        for client in &self.clients {
            let mut versions = self.versions(*client)?;
            versions.retain(|name, _| NAMED.contains(&name.as_str()));
            let versions: Vec<String> =
                versions.iter().map(|(name, versions)| format!("{name} {}", list(versions))).collect();
            conditions.insert(client.name().to_owned(), versions.join(", "));
        }
        let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
        let cpus = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let cpu = cpus.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ")).map(|(_, name)| name);
        let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let load = load.split(' ').next().filter(|load| !load.is_empty()).unwrap_or("unknown");
        let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
        let machine =
            format!("{}, {cores} cores, {os} {arch}, load {load} at the end", cpu.unwrap_or("unknown processor"));
        conditions.insert("machine".to_owned(), machine);
        for (name, program) in [("rustc", "rustc"), ("valgrind", "valgrind")] {
            let output = Command::new(program).arg("--version").output();
            let version = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
            conditions.insert(name.to_owned(), version.unwrap_or_else(|_| "none".to_owned()));
        }
        Ok(conditions)
    }
}

fn list(versions: &BTreeSet<String>) -> String {
    versions.iter().map(String::as_str).collect::<Vec<_>>().join(" + ")
}
