//! Events: reading and building them, and the values of their headers.

use std::borrow::Cow;
use std::fmt;

pub use aws_smithy_types::event_stream::HeaderValue;
use aws_smithy_types::event_stream::{Header, Message};
use bytes::Bytes;

use super::EventStructure;
use crate::data::blob::Blob;
use crate::data::json::{Field, Read, Structure, Write};
use crate::data::{FromWire, WireEnum, WireValue, json};
use crate::error::BuildError;
use crate::time::TimestampFormat;
use crate::time::timestamp::DateTime;

/// The error of an event that does not match the model.
#[derive(Debug, PartialEq, Eq)]
pub struct EventError(Cow<'static, str>);

impl EventError {
    /// Creates an error from a message, which must not contain a value of the event.
    pub fn new(reason: impl Into<Cow<'static, str>>) -> Self {
        Self(reason.into())
    }
}

impl fmt::Display for EventError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for EventError {}

impl From<json::BodyError> for EventError {
    fn from(error: json::BodyError) -> Self {
        Self::new(error.to_string())
    }
}

/// A received event.
#[derive(Clone, Copy)]
pub struct Event<'m> {
    message: &'m Message,
}

/// Readers of bindings, for generated code. They return an error if a value does not have the type of its field.
impl<'m> Event<'m> {
    pub(super) fn new(message: &'m Message) -> Self {
        Self { message }
    }

    /// Returns the event type: the name of a member of the union.
    pub fn event_type(&self) -> &'m str {
        self.text_header(":event-type").unwrap_or_default()
    }

    pub(super) fn text_header(&self, name: &str) -> Option<&'m str> {
        match self.find(name)? {
            HeaderValue::String(text) => Some(text.as_str()),
            _ => None,
        }
    }

    fn find(&self, name: &str) -> Option<&'m HeaderValue> {
        self.message.headers().iter().find(|header| header.name().as_str() == name).map(Header::value)
    }

    pub(super) fn payload(&self) -> &'m Bytes {
        self.message.payload()
    }

    /// Reads the structure of the event and wraps it in a variant of the union.
    pub fn read<T: EventStructure, U>(&self, wrap: impl FnOnce(T) -> U) -> Result<U, EventError> {
        let mut structure = T::default();
        structure.read_event(self)?;
        Ok(wrap(structure))
    }

    /// Reads a header into a field, which is left unchanged if the header is missing.
    pub fn header<F: Field<Value: EventHeaderValue>>(&self, name: &str, into: &mut F) -> Result<(), EventError> {
        let Some(value) = self.find(name) else { return Ok(()) };
        let value = EventHeaderValue::from_header(value.clone());
        let value = value.ok_or_else(|| EventError::new(format!("the header {name} does not fit the model")))?;
        into.set(Some(value));
        Ok(())
    }

    /// Reads the payload as bytes.
    pub fn bytes_payload<F: Field<Value: From<Vec<u8>>>>(&self, into: &mut F) {
        into.set(Some(self.payload().to_vec().into()));
    }

    /// Reads the payload as text.
    pub fn text_payload<F: Field<Value: FromWire>>(&self, into: &mut F) -> Result<(), EventError> {
        let text = std::str::from_utf8(self.payload()).ok();
        let value = text.and_then(|text| FromWire::from_wire(text, TimestampFormat::DateTime));
        into.set(Some(value.ok_or(EventError::new("its payload is not UTF-8 text"))?));
        Ok(())
    }

    /// Reads the payload as the JSON of one member, which is left unchanged if the payload is empty.
    pub fn json_payload<F: Field<Value: Read>>(&self, into: &mut F) -> Result<(), EventError> {
        if !self.payload().trim_ascii().is_empty() {
            into.set(Some(json::read_value(self.payload())?));
        }
        Ok(())
    }

    /// Reads the payload as the JSON object of all members without another binding. It replaces the structure, so it has
    /// to be called first.
    pub fn json_members<T: Structure>(&self, into: &mut T) -> Result<(), EventError> {
        *into = json::read_body(self.payload())?;
        Ok(())
    }
}

impl fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::RedactedMessage(self.message).fmt(f)
    }
}

/// Builds an event to send.
#[derive(Default)]
pub struct EventBuilder {
    headers: Vec<Header>,
    body: Option<json::Body>,
    payload: Bytes,
    missing: Vec<Cow<'static, str>>,
    invalid: Vec<String>,
}

impl EventBuilder {
    /// Sets the event type and writes the members.
    pub fn event<T: EventStructure>(&mut self, name: &'static str, structure: &T) {
        self.system(":message-type", "event");
        self.system(":event-type", name);
        structure.write_event(self);
    }

    /// Sets the type of an exception and writes its members.
    pub fn exception(&mut self, name: &'static str, error: &impl Write) {
        self.system(":message-type", "exception");
        self.system(":exception-type", name);
        self.take_json(json::document(error));
    }

    /// Rejects a variant of unknown type.
    pub fn unknown(&mut self) {
        self.invalid.push("an event of unknown type cannot be sent".to_owned());
    }

    /// Checks that a required member is present.
    pub fn required<T>(&mut self, name: &'static str, value: Option<&T>) {
        if value.is_none() {
            self.missing.push(name.into());
        }
    }

    /// Writes a member to a header.
    pub fn header<V: EventHeaderValue>(&mut self, name: &'static str, value: Option<&V>) {
        let Some(value) = value else { return };
        let value = value.to_header();
        let length = match &value {
            HeaderValue::ByteArray(bytes) => bytes.len(),
            HeaderValue::String(text) => text.as_str().len(),
            _ => 0,
        };
        if length > i16::MAX as usize {
            self.invalid.push(format!("{name} is longer than the {} bytes that a header may have", i16::MAX));
        } else {
            self.headers.push(Header::new(name, value));
        }
    }

    /// Writes a member to the payload, as bytes.
    pub fn bytes_payload<V: AsRef<[u8]>>(&mut self, value: Option<&V>) {
        if let Some(value) = value {
            self.take(Bytes::copy_from_slice(value.as_ref()), "application/octet-stream");
        }
    }

    /// Writes a member to the payload, as text.
    pub fn text_payload<V: WireValue>(&mut self, value: Option<&V>) {
        if let Some(value) = value {
            self.take(value.to_wire().into_owned().into(), "text/plain");
        }
    }

    /// Writes a member to the payload, as JSON.
    pub fn json_payload<V: Write>(&mut self, value: Option<&V>) {
        if let Some(value) = value {
            self.take_json(json::document(value));
        }
    }

    /// Makes the payload a JSON object, even if it has no members.
    pub fn json_body(&mut self) {
        self.body.get_or_insert_default();
    }

    /// Writes a member of the payload's JSON object.
    pub fn json<V: Write>(&mut self, name: &'static str, value: Option<&V>) {
        self.json_as(name, TimestampFormat::EpochSeconds, value);
    }

    /// As [`json`](Self::json), with a timestamp format.
    pub fn json_as<V: Write>(&mut self, name: &'static str, format: TimestampFormat, value: Option<&V>) {
        if let Some(value) = value {
            self.body.get_or_insert_default().member_as(name, format, value);
        }
    }

    fn system(&mut self, name: &'static str, value: &'static str) {
        self.headers.push(Header::new(name, HeaderValue::String(value.into())));
    }

    fn take(&mut self, payload: Bytes, content_type: &'static str) {
        self.payload = payload;
        self.system(":content-type", content_type);
    }

    fn take_json(&mut self, written: json::Written) {
        self.missing.extend(written.missing.into_iter().map(Cow::Owned));
        self.invalid.extend(written.invalid);
        self.take(written.json, "application/json");
    }

    /// Builds the message.
    pub fn finish(mut self) -> Result<Message, BuildError> {
        if let Some(body) = self.body.take() {
            self.take_json(body.finish());
        }
        if self.missing.is_empty() && self.invalid.is_empty() {
            Ok(Message::new_from_parts(self.headers, self.payload))
        } else {
            Err(BuildError::input(&self.missing, &self.invalid))
        }
    }
}

impl fmt::Debug for EventBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventBuilder").finish_non_exhaustive()
    }
}

/// A value that can be bound to an event header.
pub trait EventHeaderValue: Sized {
    /// Converts a header; `None` if it has another type.
    fn from_header(value: HeaderValue) -> Option<Self>;
    /// Converts to a header.
    fn to_header(&self) -> HeaderValue;
}

macro_rules! headers {
    ($($variant:ident $ty:ty;)*) => {$(
        impl EventHeaderValue for $ty {
            fn from_header(value: HeaderValue) -> Option<Self> {
                match value {
                    HeaderValue::$variant(value) => Some(value),
                    _ => None,
                }
            }

            fn to_header(&self) -> HeaderValue {
                HeaderValue::$variant(self.clone())
            }
        }
    )*};
}

headers! {
    Bool bool;
    Byte i8;
    Int16 i16;
    Int32 i32;
    Int64 i64;
    ByteArray Bytes;
}

impl EventHeaderValue for String {
    fn from_header(value: HeaderValue) -> Option<Self> {
        value.as_string().ok().map(|text| text.as_str().to_owned())
    }

    fn to_header(&self) -> HeaderValue {
        HeaderValue::String(self.clone().into())
    }
}

impl EventHeaderValue for Blob {
    fn from_header(value: HeaderValue) -> Option<Self> {
        Bytes::from_header(value).map(Self::new)
    }

    fn to_header(&self) -> HeaderValue {
        HeaderValue::ByteArray(Bytes::copy_from_slice(self.as_ref()))
    }
}

impl EventHeaderValue for DateTime {
    fn from_header(value: HeaderValue) -> Option<Self> {
        value.as_timestamp().ok()?.to_millis().ok().map(Self::from_millis)
    }

    fn to_header(&self) -> HeaderValue {
        // Saturates far beyond the time of any event.
        let millis = self.to_millis().unwrap_or(if self.secs() < 0 { i64::MIN } else { i64::MAX });
        HeaderValue::Timestamp(aws_smithy_types::DateTime::from_millis(millis))
    }
}

impl<T: WireEnum> EventHeaderValue for T {
    fn from_header(value: HeaderValue) -> Option<Self> {
        String::from_header(value).map(|text| Self::from(&text))
    }

    fn to_header(&self) -> HeaderValue {
        HeaderValue::String(self.as_ref().to_owned().into())
    }
}
