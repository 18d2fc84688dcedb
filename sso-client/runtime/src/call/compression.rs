//! Compression of request bodies with gzip.

use std::fmt;
use std::io::Write as _;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::HeaderValue;
use http_body::{Body, Frame};

use crate::base::BoxError;
use crate::config::Config;
use crate::error::BuildError;
use crate::http::{BodySource, HttpRequest, RequestBody};

/// The default minimum size of a compressed body in bytes.
const DEFAULT_MIN_SIZE: u32 = 10_240;
/// The maximum value of that setting.
const MAX_MIN_SIZE: u32 = 10_485_760;

/// Compresses the body if it is large enough or streamed, and sets `Content-Encoding`. To be called before the body is
/// hashed. A replayable body stays replayable.
pub fn gzip(request: &mut HttpRequest, config: &Config) -> Result<(), BuildError> {
    if config.disable_request_compression() == Some(true) {
        return Ok(());
    }
    let min = config.request_min_compression_size_bytes().unwrap_or(DEFAULT_MIN_SIZE);
    if min > MAX_MIN_SIZE {
        return Err(BuildError::other(format!(
            "request_min_compression_size_bytes is {min}, and has to be {MAX_MIN_SIZE} at most"
        )));
    }
    let length = match (request.known_body(), request.stream().cloned()) {
        (Some(body), None) if body.len() < min as usize => return Ok(()),
        // At once, so that the length is known and the body can be hashed.
        (Some(body), _) => {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(&body).map_err(BuildError::other)?;
            let body = encoder.finish().map_err(BuildError::other)?;
            let length = body.len() as u64;
            *request.body_mut() = body.into();
            request.set_stream(None);
            Some(length)
        }
        (None, Some(stream)) => {
            request.set_stream(Some(Arc::new(Gzipped(stream))));
            None
        }
        (None, None) => return Ok(()),
    };
    let headers = request.headers_mut();
    let given: Vec<&str> = headers.get_all("content-encoding").collect();
    let encoding = [&given[..], &["gzip"]].concat().join(", ");
    headers.insert("content-encoding", encoding).map_err(BuildError::other)?;
    match length {
        Some(length) => headers.insert("content-length", HeaderValue::from(length)).map_err(BuildError::other)?,
        None => headers.remove("content-length"),
    }
    Ok(())
}

/// A source whose bodies are compressed as they are sent.
struct Gzipped(Arc<dyn BodySource>);

impl fmt::Debug for Gzipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Gzipped").field(&self.0).finish()
    }
}

impl BodySource for Gzipped {
    fn open(&self) -> Result<RequestBody, BoxError> {
        let encoder = Some(GzEncoder::new(Vec::new(), Compression::default()));
        Ok(RequestBody::stream(GzipBody { body: self.0.open()?, encoder }))
    }

    fn content_length(&self) -> Option<u64> {
        None
    }

    fn is_replayable(&self) -> bool {
        self.0.is_replayable()
    }
}

struct GzipBody {
    body: RequestBody,
    /// Until the end has been written.
    encoder: Option<GzEncoder<Vec<u8>>>,
}

impl Body for GzipBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        loop {
            let Some(encoder) = &mut this.encoder else { return Poll::Ready(None) };
            let written = match ready!(Pin::new(&mut this.body).poll_frame(cx)) {
                // Requests have no trailers.
                Some(Ok(frame)) => encoder.write_all(&frame.into_data().unwrap_or_default()).map(|()| {
                    // Most chunks only fill the buffer of the encoder.
                    std::mem::take(encoder.get_mut())
                }),
                Some(Err(error)) => {
                    this.encoder = None;
                    return Poll::Ready(Some(Err(error)));
                }
                None => match this.encoder.take() {
                    Some(encoder) => encoder.finish(),
                    None => return Poll::Ready(None),
                },
            };
            match written {
                Ok(bytes) if bytes.is_empty() => {}
                Ok(bytes) => return Poll::Ready(Some(Ok(Frame::data(bytes.into())))),
                Err(error) => return Poll::Ready(Some(Err(error.into()))),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::io::Read as _;

    use flate2::read::GzDecoder;
    use http_body_util::BodyExt;

    use super::*;

    fn unzipped(bytes: &[u8]) -> String {
        let mut text = String::new();
        GzDecoder::new(bytes).read_to_string(&mut text).expect("gzip");
        text
    }

    fn request(body: &str, encoding: Option<&str>) -> HttpRequest {
        let mut request: HttpRequest = http::Request::new(body.to_owned()).into();
        let headers = request.headers_mut();
        headers.insert("content-length", HeaderValue::from(body.len())).expect("valid");
        if let Some(encoding) = encoding {
            headers.insert("content-encoding", encoding).expect("valid");
        }
        request
    }

    #[test]
    fn by_size_and_settings() {
        let (small, large) = ("x".repeat(10_239), "x".repeat(10_240));
        let (default, any) = (Config::builder(), Config::builder().request_min_compression_size_bytes(0));
        for (config, body, given, expected) in [
            (default.clone(), &small, None, None),
            (default.clone(), &large, None, Some("gzip")),
            (default.clone(), &large, Some("custom"), Some("custom, gzip")),
            (any.clone(), &String::new(), None, Some("gzip")),
            (any, &small, None, Some("gzip")),
            (default.clone().disable_request_compression(true), &large, Some("custom"), Some("custom")),
            (default.disable_request_compression(false), &large, None, Some("gzip")),
        ] {
            let mut request = request(body, given);
            gzip(&mut request, &config.build()).expect("in range");
            assert_eq!(request.headers().get("content-encoding"), expected);
            let length = request.body().len().to_string();
            assert_eq!(request.headers().get("content-length"), Some(length.as_str()));
            if expected.is_some_and(|expected| expected.ends_with("gzip")) {
                assert_eq!(&unzipped(request.body()), body);
            } else {
                assert_eq!(request.body().as_ref(), body.as_bytes());
            }
        }
        let config = Config::builder().request_min_compression_size_bytes(MAX_MIN_SIZE + 1).build();
        let error = gzip(&mut request("", None), &config).expect_err("out of range");
        assert!(error.to_string().contains("10485760 at most"), "{error}");
    }

    /// Comes in pieces, the last of which may be a failure.
    #[derive(Debug)]
    struct Pieces(Vec<Result<&'static str, &'static str>>);

    impl BodySource for Pieces {
        fn open(&self) -> Result<RequestBody, BoxError> {
            Ok(RequestBody::stream(Open(self.0.iter().copied().collect())))
        }

        fn content_length(&self) -> Option<u64> {
            Some(7)
        }

        fn is_replayable(&self) -> bool {
            true
        }
    }

    struct Open(VecDeque<Result<&'static str, &'static str>>);

    impl Body for Open {
        type Data = Bytes;
        type Error = BoxError;

        fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
            Poll::Ready(self.0.pop_front().map(|piece| Ok(Frame::data(piece?.into()))))
        }
    }

    #[tokio::test]
    async fn piece_by_piece() {
        let mut request = request("", Some("custom"));
        request.set_stream(Some(Arc::new(Pieces(vec![Ok("abc"), Ok(""), Ok("defg")]))));
        gzip(&mut request, &Config::builder().build()).expect("in range");
        assert_eq!(request.headers().get("content-encoding"), Some("custom, gzip"));
        assert!(!request.headers().contains_key("content-length"));
        let stream = request.stream().expect("a stream");
        assert_eq!((stream.content_length(), stream.is_replayable()), (None, true));
        for _attempt in 0..2 {
            let body = request.to_http().expect("starts").into_body();
            assert_eq!(unzipped(&body.collect().await.expect("whole").to_bytes()), "abcdefg");
        }
    }

    #[test]
    fn streams_in_memory_keep_a_length() {
        #[derive(Debug)]
        struct InMemory;
        impl BodySource for InMemory {
            fn open(&self) -> Result<RequestBody, BoxError> {
                Ok("abc".into())
            }

            fn content_length(&self) -> Option<u64> {
                Some(3)
            }

            fn is_replayable(&self) -> bool {
                true
            }

            fn bytes(&self) -> Option<Bytes> {
                Some("abc".into())
            }
        }
        let mut request = request("", None);
        request.set_stream(Some(Arc::new(InMemory)));
        gzip(&mut request, &Config::builder().build()).expect("in range");
        let body = request.known_body().expect("in memory");
        assert_eq!(unzipped(&body), "abc");
        assert_eq!(request.headers().get("content-length"), Some(body.len().to_string().as_str()));
    }

    #[tokio::test]
    async fn failures_come_through() {
        let mut request = request("", None);
        request.set_stream(Some(Arc::new(Pieces(vec![Ok("abc"), Err("broken")]))));
        gzip(&mut request, &Config::builder().build()).expect("in range");
        let error = request.to_http().expect("starts").into_body().collect().await.expect_err("broken");
        assert_eq!(error.to_string(), "broken");
    }
}
