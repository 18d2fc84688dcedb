//! Inputs to requests. An input says once where each member travels ([`HttpBindings`]); building the
//! request, finding what is missing and printing the input all read the same words.
//!
//! What it does not do: choose the endpoint, send, or set headers that are the runtime's own.
//!
//! What must stay true: everything that is missing or cannot be sent is found in one pass, before
//! anything is sent, and told without the values; the same input makes the same request.

mod base_url;
#[cfg(feature = "byte-stream")]
pub mod byte_stream;
mod debug;
#[cfg(feature = "event-stream")]
pub mod event_stream;
mod input;
mod request;
mod response;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::header::HeaderMap;

use crate::data::WireValue;
use crate::data::json::Write;
use crate::error::BuildError;
use crate::http::BodySource;
use crate::secret::WipedBuffer;
use crate::time::TimestampFormat;

pub(crate) use base_url::BaseUrl;
pub use debug::debug_bindings;
pub use input::Wiped;
pub use response::HeaderError;
#[cfg(feature = "blob")]
pub use response::read_media_type_header;

/// What has to be known of a member besides where it travels.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    name: &'static str,
    required: bool,
    sensitive: bool,
    format: Option<TimestampFormat>,
    sized: bool,
}

impl Member {
    /// A member that may be absent.
    #[inline]
    pub const fn optional(name: &'static str) -> Self {
        Self { name, required: false, sensitive: false, format: None, sized: false }
    }

    /// A member that must be there and not be empty.
    #[inline]
    pub const fn required(name: &'static str) -> Self {
        Self { required: true, ..Self::optional(name) }
    }

    /// The same member, never to be printed.
    #[inline]
    pub const fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }

    /// The same member, whose length the service wants to know before it comes.
    #[inline]
    pub const fn sized(mut self) -> Self {
        self.sized = true;
        self
    }

    /// The same member, whose points in time are written otherwise than its place has it.
    #[inline]
    pub const fn format(mut self, format: TimestampFormat) -> Self {
        self.format = Some(format);
        self
    }
}

/// An input, which names to a [`BindingVisitor`] where each of its members travels.
pub trait HttpBindings {
    /// Goes through the request line and all members.
    fn visit(&self, visitor: &mut impl BindingVisitor);

    /// Overwrites what the model marks sensitive.
    fn wipe(&mut self) {}
}

/// The values of one key of a map that travels in the query string.
pub trait QueryValues: fmt::Debug {
    /// All of them.
    fn values(&self) -> &[String];
}

impl QueryValues for String {
    fn values(&self) -> &[String] {
        std::slice::from_ref(self)
    }
}

impl QueryValues for Vec<String> {
    fn values(&self) -> &[String] {
        self
    }
}

/// A value that is a body of its own and not all there when the request is made.
pub trait StreamingBody: fmt::Debug {
    /// Where its bytes come from.
    fn source(&self) -> Arc<dyn BodySource>;
}

/// Whoever wants to know where members travel. The path comes before the query string, and what a map
/// holds after the members that have a name of their own, which win over it.
pub trait BindingVisitor {
    /// A piece of the path that is sent as it is.
    fn path(&mut self, literal: &'static str);
    /// A member in the path. A greedy one keeps its slashes.
    fn label<V: WireValue>(&mut self, member: Member, value: &Option<V>, greedy: bool);
    /// A piece in front of the endpoint's host.
    fn host(&mut self, literal: &'static str);
    /// A member in front of the endpoint's host, besides where else it travels.
    fn host_label(&mut self, member: Member, value: &Option<String>);
    /// A query string that is sent as it is.
    fn literal_query(&mut self, query: &'static str);
    /// A member in the query string.
    fn query<V: WireValue>(&mut self, name: &'static str, member: Member, value: &Option<V>);
    /// A list in the query string, an element after the other.
    fn query_list<V: WireValue>(&mut self, name: &'static str, member: Member, value: &Option<Vec<V>>);
    /// A map in the query string, by its keys.
    fn query_map<V: QueryValues>(&mut self, member: Member, value: &Option<HashMap<String, V>>);
    /// A member in a header.
    fn header<V: WireValue>(&mut self, name: &'static str, member: Member, value: &Option<V>);
    /// A list in a header, its elements separated by commas.
    fn header_list<V: WireValue>(&mut self, name: &'static str, member: Member, value: &Option<Vec<V>>);
    /// A map in headers, by its keys behind a prefix.
    fn header_map(&mut self, prefix: &'static str, member: Member, value: &Option<HashMap<String, String>>);
    /// The body is a JSON object, even if none of its members is there.
    fn json_body(&mut self);
    /// A member in the body's JSON object.
    fn json<V: Write + fmt::Debug>(&mut self, name: &'static str, member: Member, value: &Option<V>);
    /// The body as a whole: text.
    fn text_payload<V: WireValue>(&mut self, content_type: &'static str, member: Member, value: &Option<V>);
    /// The body as a whole: bytes.
    fn bytes_payload<V: AsRef<[u8]> + fmt::Debug>(
        &mut self,
        content_type: &'static str,
        member: Member,
        value: &Option<V>,
    );
    /// The body as a whole: JSON.
    fn json_payload<V: Write + fmt::Debug>(&mut self, content_type: &'static str, member: Member, value: &Option<V>);
    /// The body as a whole: a structure, which is sent as an empty one when it is absent.
    fn structure_payload<V: Write + fmt::Debug>(
        &mut self,
        content_type: &'static str,
        member: Member,
        value: &Option<V>,
    );
    /// The body as a whole: whatever comes, piece by piece.
    fn streaming_payload<V: StreamingBody>(&mut self, content_type: &'static str, member: Member, value: &Option<V>);
}

/// What an input makes of a request: all but the endpoint, and what the runtime adds.
#[expect(missing_debug_implementations, reason = "it holds what must not be printed, and lives for a moment")]
pub struct Bound {
    /// What stands in front of the endpoint's host.
    pub host_prefix: String,
    /// The escaped path, which starts with `/`, and behind `?` the escaped query string.
    pub path_and_query: WipedBuffer,
    /// Where the `?` is.
    pub query_start: Option<usize>,
    /// The headers that members are bound to, and the content type of a body.
    pub headers: HeaderMap,
    /// The body; empty when it comes piece by piece.
    pub body: Bytes,
    /// The body that comes piece by piece.
    pub stream: Option<Arc<dyn BodySource>>,
    /// Whether host, path or query hold something that must not be printed.
    pub uri_is_sensitive: bool,
}

impl Default for Bound {
    fn default() -> Self {
        Self {
            host_prefix: String::new(),
            path_and_query: WipedBuffer::public(),
            query_start: None,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            stream: None,
            uri_is_sensitive: false,
        }
    }
}

impl Bound {
    /// The escaped path and, without `?`, the escaped query string.
    pub fn target(&self) -> (&str, &str) {
        // It was put together of text.
        let text = std::str::from_utf8(&self.path_and_query).unwrap_or_default();
        match self.query_start {
            Some(start) => (&text[..start], &text[start + 1..]),
            None => (text, ""),
        }
    }
}

/// Binds an input.
///
/// # Errors
///
/// Names every required member that is missing or empty and every value that cannot be sent, all
/// at once.
pub(crate) fn build_request(input: &impl HttpBindings) -> Result<Bound, BuildError> {
    let mut visitor = request::RequestVisitor::default();
    // For those of the runtime too.
    visitor.reserve_headers(8);
    input.visit(&mut visitor);
    visitor.finish()
}

#[cfg(test)]
mod tests;
