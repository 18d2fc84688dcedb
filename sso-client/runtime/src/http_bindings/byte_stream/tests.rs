use std::collections::VecDeque;

use bytes::Buf as _;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _};

use super::*;
use crate::transport::{HttpClient as _, HyperClient};

/// Comes in these pieces.
struct Pieces(VecDeque<Result<&'static str, &'static str>>);

impl Stream for Pieces {
    type Item = Result<Bytes, &'static str>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.pop_front().map(|piece| piece.map(Bytes::from)))
    }
}

fn pieces(pieces: impl IntoIterator<Item = Result<&'static str, &'static str>>) -> ByteStream {
    ByteStream::from_stream(Pieces(pieces.into_iter().collect()))
}

async fn text(stream: ByteStream) -> String {
    String::from_utf8(stream.collect().await.expect("whole").to_vec()).expect("UTF-8")
}

/// A file of these bytes, which is removed with the value.
struct TempFile(std::path::PathBuf);

impl TempFile {
    fn new(bytes: &[u8]) -> Self {
        let path = std::env::temp_dir().join(format!("byte-stream-{}", fastrand::u64(..)));
        std::fs::write(&path, bytes).expect("written");
        Self(path)
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[tokio::test]
async fn in_memory() {
    for stream in [
        ByteStream::from_static(b"abc"),
        b"abc".to_vec().into(),
        Bytes::from_static(b"abc").into(),
        "abc".into(),
        "abc".to_owned().into(),
        ByteStream::from("abc").collect().await.expect("whole").into(),
    ] {
        assert_eq!(stream, ByteStream::from("abc"));
        assert_eq!(stream.size_hint(), (3, Some(3)));
        assert_eq!(stream.bytes().as_deref(), Some(&b"abc"[..]));
        assert!(stream.source().is_replayable());
        assert_eq!((text(stream.clone()).await, text(stream).await), ("abc".to_owned(), "abc".to_owned()));
    }
    assert_eq!(text(ByteStream::default()).await, "");
    assert_ne!(ByteStream::from("a"), ByteStream::from("b"));
    assert_eq!(format!("{:?}", ByteStream::from("SECRET")), "ByteStream(6 bytes in memory)");
}

#[tokio::test]
async fn once_only() {
    let mut stream = pieces([Ok("ab"), Ok(""), Ok("c"), Ok("d")]);
    let clone = stream.clone();
    assert_eq!(clone, stream);
    assert_eq!((stream.size_hint(), stream.bytes()), ((0, None), None));
    assert_eq!(format!("{stream:?}"), "ByteStream(bytes on their way)");
    assert_eq!(stream.try_next().await.expect("a piece").as_deref(), Some(&b"ab"[..]));
    let error = clone.collect().await.expect_err("taken");
    assert!(error.to_string().contains("only once, and have been taken"), "{error}");
    let rest = stream.collect().await.expect("the rest");
    assert_eq!((rest.remaining(), rest.into_bytes()), (2, Bytes::from_static(b"cd")));
    assert_ne!(pieces([]), pieces([]));

    let response = ByteStream::new(ResponseBody::from("abc"));
    assert_eq!((response.size_hint(), response.source().is_replayable()), ((3, Some(3)), false));
    response.source().open().expect("there");
    response.source().open().expect_err("taken");
}

#[tokio::test]
async fn failures() {
    let mut stream = pieces([Ok("ab"), Err("broken"), Ok("never")]);
    assert_eq!(stream.next().await.expect("a piece").expect("good"), "ab");
    assert_eq!(stream.next().await.expect("a piece").expect_err("bad").to_string(), "broken");
    assert!(stream.next().await.is_none(), "nothing follows");
    let error = pieces([Err("broken")]).into_async_read().read_u8().await.expect_err("bad");
    assert_eq!(error.to_string(), "broken");
}

#[tokio::test]
async fn as_a_reader() {
    let mut reader = pieces([Ok("ab\nc"), Ok("d\n"), Ok("e")]).into_async_read();
    let mut line = String::new();
    reader.read_line(&mut line).await.expect("a line");
    assert_eq!(line, "ab\n");
    let mut rest = String::new();
    reader.read_to_string(&mut rest).await.expect("the rest");
    assert_eq!(rest, "cd\ne");
}

#[test]
fn aggregated() {
    let mut bytes = AggregatedBytes::default();
    assert_eq!((bytes.clone().into_bytes(), bytes.clone().to_vec()), (Bytes::new(), Vec::new()));
    for piece in ["ab", "cde", "f"] {
        bytes.push(piece.into());
    }
    bytes.advance(3);
    assert_eq!((bytes.chunk(), bytes.remaining()), (&b"de"[..], 3));
    assert_eq!(format!("{bytes:?}"), "AggregatedBytes(3 bytes)");
    assert_eq!(bytes.into_bytes(), "def");
}

#[tokio::test]
async fn files() {
    let content: Vec<u8> = (0..200_000_u32).map(|byte| byte.to_le_bytes()[0]).collect();
    let file = TempFile::new(&content);
    let stream = ByteStream::from_path(&file.0).await.expect("there");
    assert_eq!((stream.size_hint(), stream.bytes()), ((200_000, Some(200_000)), None));
    assert_eq!(format!("{stream:?}"), "ByteStream(200000 bytes in a file)");
    assert!(stream.source().is_replayable());
    for _attempt in 0..2 {
        assert_eq!(stream.clone().collect().await.expect("whole").to_vec(), content);
    }

    let part = |length| ByteStream::read_from().path(&file.0).offset(10).length(length).buffer_size(7).build();
    let ten = part(Length::Exact(10)).await.expect("there");
    assert_eq!(ten.collect().await.expect("whole").to_vec(), &content[10..20]);
    assert_eq!(part(Length::UpTo(u64::MAX)).await.expect("there").size_hint().0, 199_990);
    let error = part(Length::Exact(199_991)).await.expect_err("too long");
    assert!(error.to_string().contains("199991 were wanted"), "{error}");
    ByteStream::read_from().path(&file.0).offset(200_001).build().await.expect_err("behind the end");
    ByteStream::read_from().build().await.expect_err("no path");
    ByteStream::from_path("/no/such/file").await.expect_err("no file");

    std::fs::write(&file.0, b"short").expect("written");
    let error = stream.collect().await.expect_err("too short");
    assert!(error.to_string().contains("become shorter"), "{error}");
}

#[test]
fn files_outside_a_runtime() {
    let mut context = Context::from_waker(std::task::Waker::noop());
    let mut future = Box::pin(ByteStream::from_path("/"));
    let Poll::Ready(outcome) = future.as_mut().poll(&mut context) else { panic!("nothing to wait for") };
    assert!(outcome.expect_err("no runtime").to_string().contains("Tokio"));
}

/// Answers each connection with the start of a long body.
async fn endless_server() -> std::net::SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut request = [0; 1024];
                while socket.read(&mut request).await.is_ok_and(|count| count > 0) {
                    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\nstart";
                    if socket.write_all(head).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    address
}

#[tokio::test]
async fn a_dropped_response_leaves_the_client_usable() {
    let url = format!("http://{}/", endless_server().await);
    let client = HyperClient::default();
    for _call in 0..3 {
        let request = http::Request::get(&url).body(RequestBody::default()).expect("a request");
        let response = client.call(request).await.expect("a response");
        let mut stream = ByteStream::new(response.into_body());
        assert_eq!(stream.size_hint(), (1_000_000, Some(1_000_000)));
        assert_eq!(stream.next().await.expect("a piece").expect("good"), "start");
    }
}

#[test]
fn bounds_of_members() {
    fn check<T: Clone + fmt::Debug + PartialEq + Default + Send + Sync + Unpin + 'static>() {}
    check::<ByteStream>();
}

/// Of the transport and of anybody else, such as a layer that decompresses.
#[tokio::test]
async fn hostile_texts_are_cut_and_on_one_line() {
    let long = || std::io::Error::other(format!("a\r\nINFO forged\u{1b}[2J\u{202e}{}", "x".repeat(64 << 10)));
    let failed = |error: BoxError| {
        let body = ResponseBody::new(StreamBody(Box::pin(Failing(Some(error)))));
        async { ByteStream::new(body).collect().await.expect_err("broken").to_string() }
    };
    let text = failed(ConnectorError::io(long().into()).into()).await;
    assert_eq!(text, format!("a  INFO forged [2J {}…", "x".repeat(180 - 19)), "and the cause is not said twice");
    let text = failed(long().into()).await;
    assert_eq!(text, format!("a  INFO forged [2J {}…", "x".repeat(1024 - 19)));
}

/// A stream that fails.
struct Failing(Option<BoxError>);

impl Stream for Failing {
    type Item = Result<Bytes, BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.take().map(Err))
    }
}
