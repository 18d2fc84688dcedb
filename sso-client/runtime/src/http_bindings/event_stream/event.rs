//! One event: what is read from it, and what it is built of.

use std::borrow::Cow;
use std::fmt;

use aws_smithy_types::event_stream::{Header, HeaderValue as Wire, Message};
use bytes::Bytes;

use super::{EventHeaderValue, EventStructure, HeaderValue, Outline};
use crate::data::json::{Field, Read, Structure, Write};
use crate::data::{FromWire, WireValue, json};
use crate::error::BuildError;
use crate::time::TimestampFormat;

/// Why an event does not fit the model.
#[derive(Debug, PartialEq, Eq)]
pub struct EventError(Cow<'static, str>);

impl EventError {
    /// A reason, which must not hold a value of the event.
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

/// An event that was received.
#[derive(Clone, Copy)]
pub struct Event<'m> {
    message: &'m Message,
}

impl<'m> Event<'m> {
    pub(super) fn new(message: &'m Message) -> Self {
        Self { message }
    }

    /// Which event of the union it is.
    pub fn event_type(&self) -> &'m str {
        self.text_header(":event-type").unwrap_or_default()
    }

    pub(super) fn text_header(&self, name: &str) -> Option<&'m str> {
        match self.find(name)? {
            Wire::String(text) => Some(text.as_str()),
            _ => None,
        }
    }

    fn find(&self, name: &str) -> Option<&'m Wire> {
        self.message.headers().iter().find(|header| header.name().as_str() == name).map(Header::value)
    }

    pub(super) fn payload(&self) -> &'m Bytes {
        self.message.payload()
    }

    /// Reads the structure of the event, as the variant of a union.
    ///
    /// # Errors
    ///
    /// When one of its members is not of its type.
    pub fn read<T: EventStructure, U>(&self, wrap: impl FnOnce(T) -> U) -> Result<U, EventError> {
        let mut structure = T::default();
        structure.read_event(self)?;
        Ok(wrap(structure))
    }

    /// Reads a header into a field, which stays as it is when there is no such header.
    ///
    /// # Errors
    ///
    /// When the header is not of the field's type.
    pub fn header<F: Field<Value: EventHeaderValue>>(&self, name: &str, into: &mut F) -> Result<(), EventError> {
        let Some(value) = self.find(name) else { return Ok(()) };
        let value = HeaderValue::from_wire(value).and_then(EventHeaderValue::from_header);
        let value = value.ok_or_else(|| EventError::new(format!("the header {name} does not fit the model")))?;
        into.set(Some(value));
        Ok(())
    }

    /// Reads the payload as bytes.
    pub fn bytes_payload<F: Field<Value: From<Vec<u8>>>>(&self, into: &mut F) {
        into.set(Some(self.payload().to_vec().into()));
    }

    /// Reads the payload as text.
    ///
    /// # Errors
    ///
    /// When it is not UTF-8.
    pub fn text_payload<F: Field<Value: FromWire>>(&self, into: &mut F) -> Result<(), EventError> {
        let text = std::str::from_utf8(self.payload()).ok();
        let value = text.and_then(|text| FromWire::from_wire(text, TimestampFormat::DateTime));
        into.set(Some(value.ok_or(EventError::new("its payload is not UTF-8 text"))?));
        Ok(())
    }

    /// Reads the payload as the JSON of one member, which stays as it is when there is no payload.
    ///
    /// # Errors
    ///
    /// Why the payload is of no use.
    pub fn json_payload<F: Field<Value: Read>>(&self, into: &mut F) -> Result<(), EventError> {
        if !self.payload().trim_ascii().is_empty() {
            into.set(Some(json::read_value(self.payload())?));
        }
        Ok(())
    }

    /// Reads the payload as the JSON of all members that travel nowhere else. Comes first: what the
    /// structure held is gone.
    ///
    /// # Errors
    ///
    /// Why the payload is of no use.
    pub fn json_members<T: Structure>(&self, into: &mut T) -> Result<(), EventError> {
        *into = json::read_body(self.payload())?;
        Ok(())
    }
}

impl fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Outline(self.message).fmt(f)
    }
}

/// An event that is to be sent.
#[derive(Default)]
pub struct EventBuilder {
    headers: Vec<Header>,
    body: Option<json::Body>,
    payload: Bytes,
    missing: Vec<Cow<'static, str>>,
    invalid: Vec<String>,
}

impl EventBuilder {
    /// Says which event it is, and puts its members in.
    pub fn event<T: EventStructure>(&mut self, name: &'static str, structure: &T) {
        self.system(":message-type", "event");
        self.system(":event-type", name);
        structure.write_event(self);
    }

    /// Says which error ends the stream, and puts its members in.
    pub fn exception(&mut self, name: &'static str, error: &impl Write) {
        self.system(":message-type", "exception");
        self.system(":exception-type", name);
        self.take_json(json::document(error));
    }

    /// There is no way to send a variant that the model does not list.
    pub fn unknown(&mut self) {
        self.invalid.push("an event of unknown type cannot be sent".to_owned());
    }

    /// A member that has to be there.
    pub fn required<T>(&mut self, name: &'static str, value: Option<&T>) {
        if value.is_none() {
            self.missing.push(name.into());
        }
    }

    /// A member in a header.
    pub fn header<V: EventHeaderValue>(&mut self, name: &'static str, value: Option<&V>) {
        let Some(value) = value else { return };
        match value.to_header().into_wire() {
            Some(value) => self.headers.push(Header::new(name, value)),
            None => self.invalid.push(format!("{name} is longer than the {} bytes that a header may have", i16::MAX)),
        }
    }

    /// The payload as a whole: bytes.
    pub fn bytes_payload<V: AsRef<[u8]>>(&mut self, value: Option<&V>) {
        if let Some(value) = value {
            self.take(Bytes::copy_from_slice(value.as_ref()), "application/octet-stream");
        }
    }

    /// The payload as a whole: text.
    pub fn text_payload<V: WireValue>(&mut self, value: Option<&V>) {
        if let Some(value) = value {
            self.take(value.to_wire().into_owned().into(), "text/plain");
        }
    }

    /// The payload as a whole: the JSON of one member.
    pub fn json_payload<V: Write>(&mut self, value: Option<&V>) {
        if let Some(value) = value {
            self.take_json(json::document(value));
        }
    }

    /// The payload is a JSON object, even if none of its members is there.
    pub fn json_body(&mut self) {
        self.body.get_or_insert_default();
    }

    /// A member in the payload's JSON object.
    pub fn json<V: Write>(&mut self, name: &'static str, value: Option<&V>) {
        self.json_as(name, TimestampFormat::EpochSeconds, value);
    }

    /// The same, where points in time are written like this.
    pub fn json_as<V: Write>(&mut self, name: &'static str, format: TimestampFormat, value: Option<&V>) {
        if let Some(value) = value {
            self.body.get_or_insert_default().member_as(name, format, value);
        }
    }

    fn system(&mut self, name: &'static str, value: &'static str) {
        self.headers.push(Header::new(name, Wire::String(value.into())));
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

    /// The finished message.
    ///
    /// # Errors
    ///
    /// Names every required member that is missing and every value that cannot be sent.
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
