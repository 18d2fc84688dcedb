use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::*;

const GET: &[u8] = b"GET / HTTP/1.1\r\n\r\n";

fn connect(server: &ScriptedServer) -> TcpStream {
    TcpStream::connect(server.address()).expect("connected")
}

/// What comes until the connection ends, and how it ends.
fn rest(mut stream: TcpStream) -> (String, Option<ErrorKind>) {
    let mut bytes = Vec::new();
    let ended = stream.read_to_end(&mut bytes);
    (String::from_utf8(bytes).expect("UTF-8"), ended.err().map(|error| error.kind()))
}

#[test]
fn scripts_are_followed_in_order_and_requests_recorded() {
    let server = ScriptedServer::start_each(vec![vec![send("a")], vec![send("b"), Step::Close]]);
    let mut first = connect(&server);
    first.write_all(b"POST /x HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcGET /y HTTP/1.1\r\n\r\n").expect("sent");
    assert_eq!(rest(first), ("ab".to_owned(), None));
    let mut second = connect(&server);
    second.write_all(GET).expect("sent");
    assert_eq!(rest(second), ("b".to_owned(), None), "the last script is that of later requests too");
    let requests = server.requests();
    let lines: Vec<_> = requests.iter().map(|request| (request.connection, request.head.lines().next())).collect();
    assert_eq!(
        lines,
        [(0, Some("POST /x HTTP/1.1")), (0, Some("GET /y HTTP/1.1")), (1, Some("GET / HTTP/1.1"))],
        "bodies are no requests"
    );
}

#[test]
fn a_connection_with_an_unread_request_is_reset() {
    let script = [Step::LeaveUnread, send("a"), Step::Pause(Duration::from_millis(50)), Step::Close];
    let server = ScriptedServer::start(script);
    let mut stream = connect(&server);
    stream.write_all(GET).expect("sent");
    assert_eq!(rest(stream), ("a".to_owned(), Some(ErrorKind::ConnectionReset)));
    assert_eq!((server.requests().len(), server.requests()[0].head.as_str()), (1, ""));
}

#[test]
fn dropping_a_server_closes_its_listener_and_connections() {
    let server = ScriptedServer::start([send("a"), Step::Hold]);
    let mut stream = connect(&server);
    stream.write_all(GET).expect("sent");
    stream.read_exact(&mut [0]).expect("an answer");
    let address = server.address();
    drop(server);
    assert_eq!(rest(stream), (String::new(), None));
    assert_eq!(TcpStream::connect(address).expect_err("refused").kind(), ErrorKind::ConnectionRefused);
}
