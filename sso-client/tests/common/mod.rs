//! Servers for what the stand-in cannot do: one that does not keep to HTTP, one with certificates
//! of any kind, and a proxy.
#![allow(dead_code, reason = "not every test needs all of it")]

pub(crate) mod proxy;
pub(crate) mod tls;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

/// What the server does with every connection.
#[derive(Clone, Copy)]
pub(crate) enum Behavior {
    /// Reads the request and closes.
    CloseAtOnce,
    /// Reads the request, answers with these bytes and closes.
    Answer(&'static str),
    /// Reads the request, answers with these bytes and says no more.
    Stall(&'static str),
    /// Reads the request, answers with these bytes and so many more.
    Flood(&'static str, usize),
}

/// A server on a thread of its own, which ends with the test's process.
pub(crate) struct Misbehaving {
    address: SocketAddr,
}

impl Misbehaving {
    pub(crate) fn start(behavior: Behavior) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                std::thread::spawn(move || behave(stream, behavior));
            }
        });
        Self { address }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

fn behave(mut stream: TcpStream, behavior: Behavior) {
    let mut request = Vec::new();
    let mut buffer = [0; 1024];
    while !request.windows(4).any(|window| window == b"\r\n\r\n") {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return,
            Ok(read) => request.extend_from_slice(&buffer[..read]),
        }
    }
    // A client that has gone away in the meantime is no failure of the server.
    let _ = match behavior {
        Behavior::CloseAtOnce => Ok(()),
        Behavior::Answer(text) => stream.write_all(text.as_bytes()),
        Behavior::Stall(text) => {
            let written = stream.write_all(text.as_bytes());
            std::thread::sleep(Duration::from_secs(30));
            written
        }
        Behavior::Flood(text, count) => {
            let written = stream.write_all(text.as_bytes());
            written.and_then(|()| stream.write_all(&vec![b' '; count]))
        }
    };
}
