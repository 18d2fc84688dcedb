//! Looking up the names of hosts, by the system's resolver.

use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, ToSocketAddrs, UdpSocket};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use super::job::Job;
use crate::base::out_of_descriptors;
use crate::failure::{ConnectorError, LookupProblem, Peer, Reason, Stage};

type Found = Result<Arc<[SocketAddr]>, Arc<io::Error>>;

/// For how long a lookup that goes on is joined. The network may be another one by then.
const JOINED: Duration = Duration::from_secs(10);

/// Returns the addresses of a host, IPv6 literals in brackets included. Lookups of one host at the same time are one.
pub(super) async fn lookup(host: &str, port: u16, peer: Peer) -> Result<Vec<SocketAddr>, ConnectorError> {
    let literal = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    if let Ok(address) = literal.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let found = match job(host) {
        Ok(job) => job.outcome().await.unwrap_or_else(|| Err(Arc::new(io::ErrorKind::Other.into()))),
        Err(error) => Err(Arc::new(error)),
    };
    let failed = |error: LookupError| {
        let reason = if error.cause.as_deref().is_some_and(out_of_descriptors) {
            Reason::TooManyFiles
        } else {
            Reason::Lookup(error.problem)
        };
        ConnectorError::new(Stage::NameLookup, reason).of_peer(peer).with_source(error.into())
    };
    let found = found.map_err(|error| failed(LookupError { problem: problem(&error), cause: Some(error) }))?;
    if found.is_empty() {
        return Err(failed(LookupError { problem: LookupProblem::UnknownHost, cause: None }));
    }
    Ok(in_turn(&found, port))
}

/// Returns the lookup of a host that goes on, or starts one.
fn job(host: &str) -> io::Result<Job<Found>> {
    static JOBS: OnceLock<Mutex<HashMap<Box<str>, Job<Found>>>> = OnceLock::new();
    let mut jobs = JOBS.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    jobs.retain(|_, job| job.is_running(JOINED));
    if let Some(job) = jobs.get(host) {
        return Ok(job.clone());
    }
    let name = host.to_owned();
    let look_up = move || (name.as_str(), 0).to_socket_addrs().map(Iterator::collect);
    let job = Job::start("name-lookup", move || surely(look_up, lack_of_descriptors).map_err(Arc::new))?;
    jobs.insert(host.into(), job.clone());
    Ok(job)
}

/// Looks up a name, again if there seems to be no such host. Without file descriptors glibc cannot read `/etc/hosts` and
/// knows no host; whether there were any shows only afterwards, when some may have been closed meanwhile.
fn surely<T>(mut look_up: impl FnMut() -> io::Result<T>, lack: impl Fn() -> Option<io::Error>) -> io::Result<T> {
    let mut explained =
        || look_up().map_err(|error| error.raw_os_error().map_or_else(&lack, |_| None).unwrap_or(error));
    match explained() {
        Err(error) if problem(&error) == LookupProblem::UnknownHost => explained(),
        certain => certain,
    }
}

/// Returns the error of opening a descriptor if there is none.
fn lack_of_descriptors() -> Option<io::Error> {
    UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).err().filter(out_of_descriptors)
}

/// Orders addresses as they are tried: the families take turns (RFC 8305), the resolver's first choice first.
fn in_turn(found: &[SocketAddr], port: u16) -> Vec<SocketAddr> {
    let first = found.first().is_some_and(SocketAddr::is_ipv6);
    let (mut ours, mut others) = (Vec::new(), Vec::new());
    for address in found {
        let mut address = *address;
        address.set_port(port);
        let family = if address.is_ipv6() == first { &mut ours } else { &mut others };
        if !family.contains(&address) {
            family.push(address);
        }
    }
    let mut ordered = Vec::with_capacity(found.len());
    let (mut ours, mut others) = (ours.into_iter(), others.into_iter());
    loop {
        let next = [ours.next(), others.next()];
        if next == [None, None] {
            return ordered;
        }
        ordered.extend(next.into_iter().flatten());
    }
}

/// A name that was not looked up.
#[derive(Debug)]
struct LookupError {
    problem: LookupProblem,
    cause: Option<Arc<io::Error>>,
}

impl fmt::Display for LookupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.problem {
            LookupProblem::UnknownHost => "there is no host of this name",
            LookupProblem::Temporary => "the name servers gave no answer",
            LookupProblem::Other => "the name was not looked up",
        })
    }
}

impl Error for LookupError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        // The I/O error itself, since callers search the chain for its type.
        self.cause.as_deref().map(|error| error as _)
    }
}

/// Classifies errors of the standard library's resolver. It drops the code of `getaddrinfo`, except on Windows, and
/// keeps the C library's text, which is in English unless the program calls `setlocale`; a test pins the texts.
fn problem(error: &io::Error) -> LookupProblem {
    const UNKNOWN: [&str; 5] = [
        // glibc: EAI_NONAME and EAI_NODATA.
        "Name or service not known",
        "No address associated with hostname",
        // musl.
        "Name does not resolve",
        "Name has no usable address",
        // macOS and the BSDs.
        "nodename nor servname provided, or not known",
    ];
    // glibc and macOS, musl.
    const TEMPORARY: [&str; 2] = ["Temporary failure in name resolution", "Try again"];
    // WSAHOST_NOT_FOUND, WSATRY_AGAIN and WSANO_DATA.
    match error.raw_os_error() {
        Some(11001 | 11004) if cfg!(windows) => return LookupProblem::UnknownHost,
        Some(11002) if cfg!(windows) => return LookupProblem::Temporary,
        Some(_) => return LookupProblem::Other,
        None => {}
    }
    let text = error.to_string();
    let ends = |texts: &[&str]| texts.iter().any(|end| text.ends_with(end));
    if ends(&UNKNOWN) {
        LookupProblem::UnknownHost
    } else if ends(&TEMPORARY) {
        LookupProblem::Temporary
    } else {
        LookupProblem::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_take_turns() {
        let address = |text: &str| SocketAddr::new(text.parse().expect(text), 0);
        for (found, expected) in [
            ("::1 ::2 1.1.1.1 2.2.2.2", "::1 1.1.1.1 ::2 2.2.2.2"),
            ("1.1.1.1 2.2.2.2 3.3.3.3 ::1", "1.1.1.1 ::1 2.2.2.2 3.3.3.3"),
            // Once for each kind of socket, on some systems.
            ("1.1.1.1 1.1.1.1 2.2.2.2", "1.1.1.1 2.2.2.2"),
            ("::1", "::1"),
        ] {
            let found: Vec<_> = found.split(' ').map(address).collect();
            let ordered = in_turn(&found, 443);
            assert!(ordered.iter().all(|address| address.port() == 443));
            let ordered: Vec<_> = ordered.iter().map(|address| address.ip().to_string()).collect();
            assert_eq!(ordered.join(" "), expected);
        }
    }

    /// By the standard library of Rust 1.85 to 1.96: "failed to lookup address information: " and the C library's text.
    #[test]
    fn texts_of_the_resolver() {
        let front = "failed to lookup address information: ";
        for (text, expected) in [
            ("Name or service not known", LookupProblem::UnknownHost),
            ("No address associated with hostname", LookupProblem::UnknownHost),
            ("nodename nor servname provided, or not known", LookupProblem::UnknownHost),
            ("Name does not resolve", LookupProblem::UnknownHost),
            ("Temporary failure in name resolution", LookupProblem::Temporary),
            ("Try again", LookupProblem::Temporary),
            ("Non-recoverable failure in name resolution", LookupProblem::Other),
        ] {
            assert_eq!(problem(&io::Error::other(format!("{front}{text}"))), expected, "{text}");
        }
        assert_eq!(problem(&io::Error::from_raw_os_error(5)), LookupProblem::Other);
        // "invalid" is reserved for names that do not exist; without a name server the failure is temporary.
        let error = ("name.invalid", 0).to_socket_addrs().expect_err("no such host");
        assert_ne!(problem(&error), LookupProblem::Other, "{error}");
    }

    #[test]
    fn a_lack_of_descriptors_is_no_unknown_host() {
        let unknown = || Err(io::Error::other("failed to lookup address information: Name or service not known"));
        let late = || Err(io::Error::other("failed to lookup address information: Try again"));
        let lack = || Some(io::Error::from_raw_os_error(24));
        type Lookup<'a> = &'a dyn Fn() -> io::Result<&'static str>;
        type Lack<'a> = &'a dyn Fn() -> Option<io::Error>;
        let none: Lack<'_> = &|| None;
        // What the lookups give, whether descriptors lack after each, and what comes of it.
        let rows: [(&[(Lookup<'_>, Lack<'_>)], &str); 6] = [
            (&[(&|| Ok("found"), none)], "found"),
            (&[(&unknown, &lack)], "(os error 24)"),
            // Some were closed before the check.
            (&[(&unknown, none), (&|| Ok("found"), none)], "found"),
            (&[(&unknown, none), (&unknown, &lack)], "(os error 24)"),
            (&[(&unknown, none), (&unknown, none)], "not known"),
            (&[(&late, none)], "Try again"),
        ];
        for (steps, expected) in rows {
            let at = std::cell::Cell::new(0);
            let look_up = || {
                at.set(at.get() + 1);
                steps[at.get() - 1].0()
            };
            let found = surely(look_up, || steps[at.get() - 1].1());
            let found = found.map_or_else(|error| error.to_string(), str::to_owned);
            assert!(found.contains(expected), "{found}, not {expected}");
            assert_eq!(at.get(), steps.len(), "{expected}");
        }
    }

    #[tokio::test]
    async fn literals() {
        for (host, expected) in [("127.0.0.1", "127.0.0.1:7"), ("[::1]", "[::1]:7"), ("::1", "[::1]:7")] {
            let found = lookup(host, 7, Peer::Server).await.expect(host);
            assert_eq!(found.iter().map(ToString::to_string).collect::<Vec<_>>(), [expected]);
        }
    }
}
