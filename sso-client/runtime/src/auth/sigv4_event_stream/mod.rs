//! Signed event streams: each event is wrapped in a message with a signature over the previous one. An empty message ends
//! the stream, so that it cannot be truncated.
//!
//! # Invariants
//!
//! - Events are signed once, in the order in which they are sent.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use aws_sigv4::event_stream::{SigningParams, sign_empty_message, sign_message};
use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http_body::{Body, Frame};

use crate::auth::AuthContext;
use crate::auth::sigv4::{Payload, Signed, is_anonymous, sign_with};
use crate::base::{BoxError, BoxFuture, with_causes};
use crate::config::Config;
use crate::config::credentials::now;
use crate::http::RequestBody;
use crate::http_bindings::event_stream::{Frames, Message, encode};

/// Replaces the hash of a body of signed events.
const EVENTS: &str = "STREAMING-AWS4-HMAC-SHA256-EVENTS";

/// Signs a request, and each event of its body as it is sent.
pub fn sign_events<'a>(
    request: &'a mut http::Request<RequestBody>,
    context: AuthContext<'a>,
) -> BoxFuture<'a, Result<(), BoxError>> {
    Box::pin(async move {
        if is_anonymous(&context) {
            return Ok(());
        }
        // Signatures make the body longer.
        request.headers_mut().remove(CONTENT_LENGTH);
        let last = sign_with(request, context, Payload::Constant(EVENTS)).await?;
        let body = std::mem::take(request.body_mut());
        let config = context.config.clone();
        let signing = Signing { body: Some(body), frames: Frames::default(), config, last, ended: false };
        *request.body_mut() = RequestBody::stream(signing);
        Ok(())
    })
}

/// A body whose events are signed as they are sent.
struct Signing {
    /// `None` after its end.
    body: Option<RequestBody>,
    frames: Frames,
    config: Config,
    /// The previous signature.
    last: Signed,
    /// Whether the event that ends the stream has been sent.
    ended: bool,
}

impl Signing {
    /// Signs an event, or the end of the stream.
    fn sign(&mut self, event: Option<&Message>) -> Result<Bytes, BoxError> {
        let Signed { signature, credentials, scope } = &self.last;
        let identity = credentials.clone().into();
        let params: SigningParams<'_> = SigningParams::builder()
            .identity(&identity)
            .region(&scope.region)
            .name(&scope.name)
            .time(now(&self.config))
            .settings(())
            .build()?;
        let signed = match event {
            Some(event) => sign_message(event, signature, &params),
            None => sign_empty_message(signature, &params),
        };
        let (message, signature) =
            signed.map_err(|error| format!("an event cannot be signed: {}", with_causes(&error)))?.into_parts();
        self.last.signature = signature;
        Ok(encode(&message)?)
    }
}

impl Body for Signing {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        loop {
            if let Some(event) = this.frames.next()? {
                return Poll::Ready(Some(this.sign(Some(&event)).map(Frame::data)));
            }
            let Some(body) = &mut this.body else {
                if std::mem::replace(&mut this.ended, true) {
                    return Poll::Ready(None);
                }
                return Poll::Ready(Some(this.sign(None).map(Frame::data)));
            };
            match ready!(Pin::new(body).poll_frame(cx)) {
                Some(frame) => this.frames.push(frame?.data_ref().map_or(&[][..], |data| data)),
                None => {
                    this.body = None;
                    this.frames.end()?;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
