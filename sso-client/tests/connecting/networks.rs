//! Hosts that do not answer and name servers that are silent, in networks of their own.

use std::io::{Read, Write};
use std::net::{TcpListener, UdpSocket};
use std::time::Duration;

use sso_client::config::http::{HyperClient, ProxyConfig};
use sso_client::config::timeout::TimeoutKind;
use sso_client::{Client, Config};
use test_support::namespace::{DEAD, Names, inside};

use super::{Kind, Row, check};

const LOST: &str = "the host did not answer at all";
const NOTHING_SENT: &str = "nothing was sent";
const LATE: &str = "this computer's name servers do not answer";

const HOSTS: Names<'_> = Names {
    hosts: "127.0.0.1 localhost\n10.9.0.2 portal.test\n10.9.0.1 portal.test\n10.9.0.2 dead.test\n10.9.0.4 dead.test\n",
    servers: "",
};

/// Answers every request on a connection of its own, at all addresses of the machine; returns the port.
fn serve() -> u16 {
    let listener = TcpListener::bind("0.0.0.0:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let _ = stream.read(&mut [0; 8192]);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}");
        }
    });
    port
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

async fn succeeds(url: &str, http: sso_client::config::http::HyperClientBuilder) {
    let client = Client::from_conf(Config::builder().endpoint_url(url).http_client(http.build()).build());
    let output = client.list_accounts().access_token("t").send().await.expect(url);
    assert_eq!(output.account_list().len(), 0);
}

/// A name with two addresses, the first of which is dead, works within the limit, however short that is.
#[test]
fn the_next_address_is_tried() {
    if !inside("networks::the_next_address_is_tried", &HOSTS) {
        return;
    }
    let port = serve();
    let addresses: Vec<_> = std::net::ToSocketAddrs::to_socket_addrs(&("portal.test", port)).expect("known").collect();
    assert_eq!(addresses[0].ip().to_string(), DEAD[0], "{addresses:?}");
    runtime().block_on(async {
        let url = format!("http://portal.test:{port}");
        for limit in [None, Some(Duration::from_millis(3100)), Some(Duration::from_millis(600))] {
            succeeds(&url, HyperClient::builder().connect_timeout(limit)).await;
            let proxy = ProxyConfig::all(&url).expect("a URL");
            succeeds("http://any.test", HyperClient::builder().connect_timeout(limit).proxy(proxy)).await;
        }
    });
}

#[test]
fn hosts_that_do_not_answer() {
    if !inside("networks::hosts_that_do_not_answer", &HOSTS) {
        return;
    }
    let port = serve();
    let short = || HyperClient::builder().connect_timeout(Some(Duration::from_millis(300)));
    let connect = Kind::Timeout(TimeoutKind::Connect);
    let read = Kind::Timeout(TimeoutKind::Read);
    let by_proxy = |http: sso_client::config::http::HyperClientBuilder, url: &str| {
        http.proxy(ProxyConfig::all(url).expect("a URL"))
    };
    let mut rows = vec![
        Row::new("every address is dead", "http://dead.test:81")
            .by(short())
            .says("could not connect to dead.test: no connection within 300ms (connect timeout)", LOST)
            .kind(connect, 3),
        Row::new("one address is dead", format!("http://{}:81", DEAD[0]))
            .by(short())
            .says("could not connect to 10.9.0.2: no connection within 300ms (connect timeout)", LOST)
            .kind(connect, 3),
        Row::new("dead and refused", format!("http://portal.test:{}", port.wrapping_add(1).max(1024)))
            .by(short())
            .says("could not connect to portal.test: no connection within 300ms (connect timeout)", LOST)
            .kind(connect, 3),
        Row::new("no network", "http://192.0.2.1")
            .says("could not connect to 192.0.2.1: Network is unreachable (os error 101)", ""),
        Row::new("no such host", "http://none.test").says(
            "could not connect to none.test: there is no host of this name: \
             failed to lookup address information: Name or service not known",
            "the host's name does not exist",
        ),
    ];
    let mut row = Row::new("a dead proxy", "https://portal.test")
        .by(by_proxy(short(), "http://dead.test:3128"))
        .says(
            "could not connect to portal.test: no connection to the proxy dead.test:3128 within 300ms (connect timeout)",
            "check host and port of the proxy's URL",
        )
        .kind(connect, 3);
    row.proxy = true;
    rows.push(row);
    let mut row = Row::new("a proxy without a host", "https://portal.test")
        .by(by_proxy(HyperClient::builder(), "http://none.test:3128"))
        .says(
            "could not connect to portal.test: the proxy none.test:3128 cannot be reached: there is no host of this \
             name: failed to lookup address information: Name or service not known",
            "the proxy's name does not exist",
        );
    row.proxy = true;
    rows.push(row);
    let mut row = Row::new("a read limit shorter than the connect limit", "http://dead.test")
        .says("could not connect to dead.test: no connection within 300ms (read timeout)", NOTHING_SENT)
        .kind(read, 3);
    row.read_timeout = Duration::from_millis(300);
    rows.push(row);
    runtime().block_on(check(rows));
}

/// A host that exists, and FIPS: the hint about FIPS is for names of FIPS endpoints that do not exist.
#[test]
fn fips() {
    if !inside("networks::fips", &Names { hosts: "", servers: "" }) {
        return;
    }
    use sso_client::error::ProvideErrorMetadata as _;
    runtime().block_on(async {
        for (proxy, hint) in [
            (None, "not every service has FIPS endpoints"),
            (Some("http://none.test"), "the proxy's name does not exist"),
        ] {
            let mut config = Config::builder().region(sso_client::config::Region::new("eu-west-1")).use_fips(true);
            config.set_proxy(proxy.map(|proxy| ProxyConfig::all(proxy).expect("a URL")));
            let client = Client::from_conf(config.build());
            let error = client.list_accounts().access_token("t").send().await.expect_err("no names here");
            assert!(error.hint().unwrap_or_default().starts_with(hint), "{error:#}");
        }
    });
}

/// Answers nothing.
fn silent_server(address: &str) -> UdpSocket {
    UdpSocket::bind((address, 53)).expect("the port of names")
}

/// Answers every question for an IPv4 address with that of the machine, or with an error.
fn name_server(address: &str, code: u8) {
    let socket = silent_server(address);
    std::thread::spawn(move || {
        let mut question = [0; 512];
        while let Ok((length, from)) = socket.recv_from(&mut question) {
            let end = 12 + question[12..length].iter().position(|byte| *byte == 0).unwrap_or(0) + 5;
            let mut answer = question[..end].to_vec();
            answer[2..4].copy_from_slice(&[0x81, 0x80 | code]);
            answer[4..12].copy_from_slice(&[0, 1, 0, 0, 0, 0, 0, 0]);
            if code == 0 && question[end - 3] == 1 {
                answer[7] = 1;
                answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 10, 9, 0, 1]);
            }
            let _ = socket.send_to(&answer, from);
        }
    });
}

#[test]
fn name_servers_that_are_silent() {
    let names = Names { hosts: "", servers: "nameserver 127.0.0.9\n" };
    if !inside("networks::name_servers_that_are_silent", &names) {
        return;
    }
    let _silent = silent_server("127.0.0.9");
    let short = || HyperClient::builder().lookup_timeout(Some(Duration::from_millis(300)));
    let connect = Kind::Timeout(TimeoutKind::Connect);
    let mut proxy = Row::new("the proxy's name", "https://portal.test")
        .by(short().proxy(ProxyConfig::all("http://proxy.test:3128").expect("a URL")))
        .says(
            "could not connect to portal.test: the name of the proxy proxy.test:3128 was not looked up within 300ms",
            LATE,
        )
        .kind(connect, 3);
    proxy.proxy = true;
    let mut read = Row::new("a read limit shorter than that of the lookup", "http://portal.test")
        .says("could not connect to portal.test: the name was not looked up within 300ms", NOTHING_SENT)
        .kind(Kind::Timeout(TimeoutKind::Read), 3);
    read.read_timeout = Duration::from_millis(300);
    let rows = vec![
        Row::new("the server's name", "http://portal.test")
            .by(short())
            .says("could not connect to portal.test: the name was not looked up within 300ms", LATE)
            .kind(connect, 3),
        proxy,
        read,
    ];
    let runtime = runtime();
    runtime.block_on(check(rows));
    drop(runtime);
    // The lookups go on, and the end of the runtime has not waited for them: one for each name.
    assert_eq!(lookups(), 2);
}

/// How many lookups go on.
fn lookups() -> usize {
    let tasks = std::fs::read_dir("/proc/self/task").expect("of this process");
    let name = |task: std::fs::DirEntry| std::fs::read_to_string(task.path().join("comm")).unwrap_or_default();
    tasks
        .filter(|task| task.as_ref().is_ok_and(|_| true))
        .map(|task| name(task.expect("a task")))
        .filter(|name| name.trim() == "name-lookup")
        .count()
}

#[test]
fn lookups_that_fail_for_a_while() {
    let names = Names { hosts: "", servers: "nameserver 127.0.0.9\noptions attempts:1\n" };
    if !inside("networks::lookups_that_fail_for_a_while", &names) {
        return;
    }
    name_server("127.0.0.9", 2);
    let rows = vec![Row::new("a server that fails", "http://portal.test").says(
        "could not connect to portal.test: the name servers gave no answer: \
         failed to lookup address information: Temporary failure in name resolution",
        LATE,
    )];
    runtime().block_on(check(rows));
}

/// The system asks the second server after five seconds, which is longer than the connect limit.
#[test]
fn the_first_name_server_may_be_dead() {
    let names = Names { hosts: "", servers: "nameserver 127.0.0.9\nnameserver 127.0.0.10\n" };
    if !inside("networks::the_first_name_server_may_be_dead", &names) {
        return;
    }
    let _silent = silent_server("127.0.0.9");
    name_server("127.0.0.10", 0);
    let port = serve();
    runtime().block_on(succeeds(&format!("http://portal.test:{port}"), HyperClient::builder()));
}

/// Calls that start together look a name up once.
#[test]
fn lookups_are_shared() {
    let names = Names { hosts: "", servers: "nameserver 127.0.0.9\n" };
    if !inside("networks::lookups_are_shared", &names) {
        return;
    }
    let _silent = silent_server("127.0.0.9");
    runtime().block_on(async {
        let http = HyperClient::builder().lookup_timeout(Some(Duration::from_millis(500))).build();
        let config = Config::builder().endpoint_url("http://portal.test").http_client(http);
        let client = Client::from_conf(config.build());
        let calls: Vec<_> = (0..100).map(|_| tokio::spawn(client.list_accounts().access_token("t").send())).collect();
        tokio::time::sleep(Duration::from_millis(250)).await;
        assert_eq!(lookups(), 1);
        for call in calls {
            call.abort();
        }
    });
}
