//! HTTP bindings: from inputs to requests, and from responses to outputs.
//!
//! An input declares the binding of each member once ([`HttpBindings`]); a [`BindingVisitor`] builds the request, finds
//! missing members, or formats the input.
//!
//! # Invariants
//!
//! - All missing members and invalid values are reported at once, before anything is sent, and without the values.
//! - Equal inputs make equal requests.

mod base_url;
#[cfg(feature = "byte-stream")]
pub mod byte_stream;
#[cfg(feature = "event-stream")]
pub mod event_stream;
mod request;
mod response;

use std::collections::HashMap;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use bytes::Bytes;
use http::header::HeaderMap;

use crate::data::WireValue;
use crate::data::json::{MapKey, Write};
use crate::error::BuildError;
use crate::http::BodySource;
use crate::secret::{WipedBuffer, redacted};
use crate::time::TimestampFormat;

pub(crate) use base_url::BaseUrl;
pub use base_url::ShownUrl;
pub use response::HeaderError;
#[cfg(feature = "blob")]
pub use response::read_media_type_header;

/// A member of an input: its name and traits, without its binding.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    name: &'static str,
    required: bool,
    sensitive: bool,
    format: Option<TimestampFormat>,
    sized: bool,
}

impl Member {
    /// Creates an optional member.
    #[inline]
    pub const fn optional(name: &'static str) -> Self {
        Self { name, required: false, sensitive: false, format: None, sized: false }
    }

    /// Creates a required member.
    #[inline]
    pub const fn required(name: &'static str) -> Self {
        Self { required: true, ..Self::optional(name) }
    }

    /// Marks the member as sensitive.
    #[inline]
    pub const fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }

    /// Marks the streaming member as having a required length.
    #[inline]
    pub const fn sized(mut self) -> Self {
        self.sized = true;
        self
    }

    /// Sets the timestamp format, in place of the default of the binding.
    #[inline]
    pub const fn format(mut self, format: TimestampFormat) -> Self {
        self.format = Some(format);
        self
    }
}

/// The HTTP bindings of an input.
pub trait HttpBindings {
    /// Visits the request line and all members.
    fn visit(&self, visitor: &mut impl BindingVisitor);

    /// Zeroizes the sensitive members.
    fn wipe(&mut self) {}
}

/// A value that can be a streaming payload.
pub trait StreamingBody: fmt::Debug {
    /// Returns the source of the body.
    fn source(&self) -> Arc<dyn BodySource>;
}

/// Visits the bindings of an input. Path and host come before the query string, and maps after the members with a name
/// of their own, which take precedence.
///
/// By default, a method calls [`member`](Self::member) if it has one.
pub trait BindingVisitor {
    /// Visits a member, whatever its binding.
    fn member<V: fmt::Debug>(&mut self, _member: Member, _value: &Option<V>) {}

    /// Visits a literal of the path.
    fn path(&mut self, _literal: &'static str) {}

    /// Visits a label of the path. A greedy one keeps its slashes.
    fn label<V: WireValue>(&mut self, member: Member, value: &Option<V>, _greedy: bool) {
        self.member(member, value);
    }

    /// Visits a literal of the host prefix.
    fn host(&mut self, _literal: &'static str) {}

    /// Visits a label of the host prefix; the member has another binding as well.
    fn host_label<V: WireValue>(&mut self, _member: Member, _value: &Option<V>) {}

    /// Visits a literal query string.
    fn literal_query(&mut self, _query: &'static str) {}

    /// Visits a member bound to a query parameter.
    fn query<V: WireValue>(&mut self, _name: &'static str, member: Member, value: &Option<V>) {
        self.member(member, value);
    }

    /// Visits a list bound to a query parameter, which is repeated per element.
    fn query_list<V: WireValue>(&mut self, _name: &'static str, member: Member, value: &Option<Vec<V>>) {
        self.member(member, value);
    }

    /// Visits a map bound to query parameters by its keys.
    fn query_map<K: MapKey + fmt::Debug, V: WireValue>(&mut self, member: Member, value: &Option<HashMap<K, V>>) {
        self.member(member, value);
    }

    /// Visits a map of lists bound to query parameters by its keys, each of which is repeated per element.
    fn query_lists<K: MapKey + fmt::Debug, V: WireValue>(
        &mut self,
        member: Member,
        value: &Option<HashMap<K, Vec<V>>>,
    ) {
        self.member(member, value);
    }

    /// Visits a member bound to a header.
    fn header<V: WireValue>(&mut self, _name: &'static str, member: Member, value: &Option<V>) {
        self.member(member, value);
    }

    /// Visits a list bound to a header, separated by commas.
    fn header_list<V: WireValue>(&mut self, _name: &'static str, member: Member, value: &Option<Vec<V>>) {
        self.member(member, value);
    }

    /// As [`header_list`](Self::header_list), for a list with nulls. A header has no null, so they are left out.
    fn sparse_header_list<V: WireValue>(
        &mut self,
        _name: &'static str,
        member: Member,
        value: &Option<Vec<Option<V>>>,
    ) {
        self.member(member, value);
    }

    /// Visits a map bound to prefixed headers by its keys.
    fn header_map<K: MapKey + fmt::Debug, V: WireValue>(
        &mut self,
        _prefix: &'static str,
        member: Member,
        value: &Option<HashMap<K, V>>,
    ) {
        self.member(member, value);
    }

    /// Visits a header that all requests of the operation have, by its name in lower case.
    fn constant_header(&mut self, _name: &'static str, _value: &'static str) {}

    /// As [`json_body`](Self::json_body), with a media type other than `application/json`.
    fn json_body_of(&mut self, _type: &'static str) {}

    /// Makes the body a JSON object, even if it has no members.
    fn json_body(&mut self) {}

    /// Visits a member of the body's JSON object.
    fn json<V: Write + fmt::Debug>(&mut self, _name: &'static str, member: Member, value: &Option<V>) {
        self.member(member, value);
    }

    /// Visits a payload of text.
    fn text_payload<V: WireValue>(&mut self, _type: &'static str, member: Member, value: &Option<V>) {
        self.member(member, value);
    }

    /// Visits a payload of bytes.
    fn bytes_payload<V: AsRef<[u8]> + fmt::Debug>(&mut self, _type: &'static str, member: Member, value: &Option<V>) {
        self.member(member, value);
    }

    /// Visits a payload of JSON.
    fn json_payload<V: Write + fmt::Debug>(&mut self, _type: &'static str, member: Member, value: &Option<V>) {
        self.member(member, value);
    }

    /// Visits a payload that is a structure, which is sent as an empty one if absent.
    fn structure_payload<V: Write + fmt::Debug>(&mut self, _type: &'static str, member: Member, value: &Option<V>) {
        self.member(member, value);
    }

    /// Visits a streaming payload.
    fn streaming_payload<V: StreamingBody>(&mut self, _type: &'static str, member: Member, value: &Option<V>) {
        self.member(member, value);
    }
}

/// Formats an input as a derived `Debug` would, with sensitive members redacted.
pub fn debug_bindings(f: &mut fmt::Formatter<'_>, name: &str, input: &impl HttpBindings) -> fmt::Result {
    let mut visitor = DebugVisitor(f.debug_struct(name));
    input.visit(&mut visitor);
    visitor.0.finish()
}

struct DebugVisitor<'a, 'b>(fmt::DebugStruct<'a, 'b>);

impl BindingVisitor for DebugVisitor<'_, '_> {
    fn member<V: fmt::Debug>(&mut self, member: Member, value: &Option<V>) {
        if member.sensitive {
            self.0.field(member.name, &value.as_ref().map(redacted));
        } else {
            self.0.field(member.name, value);
        }
    }
}

/// A bound input: the parts of a request without the endpoint and the headers of the runtime.
#[expect(missing_debug_implementations, reason = "it may contain secrets, and is short-lived")]
pub struct Bound {
    /// The host prefix.
    pub host_prefix: String,
    /// The percent-encoded path and query string.
    pub path_and_query: WipedBuffer,
    /// The position of the `?`.
    pub query_start: Option<usize>,
    /// The headers of members, and the content type.
    pub headers: HeaderMap,
    /// The body, empty if it is streamed.
    pub body: Bytes,
    /// The streamed body.
    pub stream: Option<Arc<dyn BodySource>>,
    /// Whether host, path or query contain a sensitive member.
    pub uri_is_sensitive: bool,
    /// The names of required members that are not sensitive, for hints; the first two.
    pub required: [Option<&'static str>; 2],
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
            required: [None; 2],
        }
    }
}

impl Bound {
    /// Returns the percent-encoded path and query string, without the `?`.
    pub fn target(&self) -> (&str, &str) {
        // It was composed of text.
        let text = std::str::from_utf8(&self.path_and_query).unwrap_or_default();
        match self.query_start {
            Some(start) => (&text[..start], &text[start + 1..]),
            None => (text, ""),
        }
    }
}

/// Binds an input.
pub(crate) fn build_request(input: &impl HttpBindings) -> Result<Bound, BuildError> {
    let mut visitor = request::RequestVisitor::default();
    input.visit(&mut visitor);
    visitor.finish()
}

/// An input whose sensitive members are zeroized when it is dropped.
#[derive(Clone, Default, PartialEq)]
pub struct Wiped<T: HttpBindings>(T);

impl<T: HttpBindings> Wiped<T> {
    /// Wraps an input.
    pub fn new(input: T) -> Self {
        Self(input)
    }

    /// Unwraps the input, which is then no longer zeroized.
    pub fn into_inner(mut self) -> T
    where
        T: Default,
    {
        std::mem::take(&mut self.0)
    }
}

impl<T: HttpBindings> Drop for Wiped<T> {
    fn drop(&mut self) {
        self.0.wipe();
    }
}

impl<T: HttpBindings> Deref for Wiped<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: HttpBindings> DerefMut for Wiped<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: HttpBindings + fmt::Debug> fmt::Debug for Wiped<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests;
