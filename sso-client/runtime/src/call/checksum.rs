//! The `Content-MD5` header of request bodies.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};

use crate::config::Config;
use crate::error::BuildError;
use crate::http::HttpRequest;

const CONTENT_MD5: &str = "content-md5";

/// Sets `Content-MD5` to the MD5 of the body in base64, unless it is set. To be called after compression.
pub fn content_md5(request: &mut HttpRequest, _config: &Config) -> Result<(), BuildError> {
    if request.headers().contains_key(CONTENT_MD5) {
        return Ok(());
    }
    let body = request.known_body().ok_or_else(|| {
        BuildError::other(
            "the body comes piece by piece and cannot be hashed before it is sent, as this operation requires: \
             read it into memory first, or set the header Content-MD5",
        )
    })?;
    let hash = STANDARD.encode(Md5::digest(&body));
    request.headers_mut().insert(CONTENT_MD5, hash).map_err(BuildError::other)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bytes::Bytes;

    use super::*;
    use crate::base::BoxError;
    use crate::http::{BodySource, RequestBody};

    #[derive(Debug)]
    struct Source(Option<Bytes>);

    impl BodySource for Source {
        fn open(&self) -> Result<RequestBody, BoxError> {
            Ok(RequestBody::default())
        }

        fn content_length(&self) -> Option<u64> {
            None
        }

        fn is_replayable(&self) -> bool {
            true
        }

        fn bytes(&self) -> Option<Bytes> {
            self.0.clone()
        }
    }

    fn request(body: &'static str) -> HttpRequest {
        http::Request::new(body).into()
    }

    fn md5(mut request: HttpRequest) -> Result<String, BuildError> {
        content_md5(&mut request, &Config::builder().build())?;
        Ok(request.headers().get("Content-MD5").unwrap_or_default().to_owned())
    }

    #[test]
    fn hashes() {
        for (body, hash) in [("", "1B2M2Y8AsgTpgAmY7PhCfg=="), ("hello world", "XrY7u+Ae7tCTyyK7j1rNww==")] {
            assert_eq!(md5(request(body)).expect("in memory"), hash);
            let mut streamed = request("");
            streamed.set_stream(Some(Arc::new(Source(Some(Bytes::from_static(body.as_bytes()))))));
            assert_eq!(md5(streamed).expect("in memory too"), hash);
        }
    }

    #[test]
    fn an_existing_header_is_kept() {
        let mut request = request("hello world");
        request.headers_mut().insert("content-MD5", "given").expect("a header");
        request.set_stream(Some(Arc::new(Source(None))));
        assert_eq!(md5(request).expect("nothing to do"), "given");
    }

    #[test]
    fn streams_cannot_be_hashed() {
        let mut request = request("");
        request.set_stream(Some(Arc::new(Source(None))));
        let error = md5(request).expect_err("a stream");
        assert!(error.to_string().contains("cannot be hashed before it is sent"), "{error}");
    }
}
