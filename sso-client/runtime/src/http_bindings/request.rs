//! Builds requests from bindings.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt;

use http::header::{CONTENT_TYPE, HeaderName, HeaderValue, InvalidHeaderName};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{BindingVisitor, Bound, Member, StreamingBody};
use crate::data::json::{MapKey, Write};
use crate::data::{WireValue, json};
use crate::endpoint::is_valid_host_label;
use crate::error::BuildError;
use crate::secret::{Wipe as _, secret_bytes, secret_header};
use crate::time::TimestampFormat;

/// All but the unreserved characters of RFC 3986 are escaped, in paths and queries alike.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
/// Greedy labels keep the slashes between their segments.
const ESCAPED_BUT_SLASH: &AsciiSet = &ESCAPED.remove(b'/');

#[derive(Default)]
pub(super) struct RequestVisitor {
    bound: Bound,
    body: Option<json::Body>,
    missing: Vec<Cow<'static, str>>,
    invalid: Vec<String>,
}

impl RequestVisitor {
    pub(super) fn finish(mut self) -> Result<Bound, BuildError> {
        if let Some(body) = self.body.take() {
            self.take_json(body.finish(), "application/json");
            #[cfg(feature = "event-stream")]
            self.move_json_before_events();
        }
        if self.missing.is_empty() && self.invalid.is_empty() {
            return Ok(self.bound);
        }
        // A member may have two bindings, one of them in the host prefix.
        let mut seen = HashSet::new();
        self.missing.retain(|name| seen.insert(name.clone()));
        Err(BuildError::input(&self.missing, &self.invalid))
    }

    /// Beside an event stream, the JSON is a message before the events.
    #[cfg(feature = "event-stream")]
    fn move_json_before_events(&mut self) {
        let Some(events) = self.bound.stream.take() else { return };
        match super::event_stream::with_initial_request(std::mem::take(&mut self.bound.body), events) {
            Ok(stream) => self.bound.stream = Some(stream),
            Err(error) => self.invalid.push(error.to_string()),
        }
    }

    /// Returns the text of a value; records a required member that is absent or empty.
    fn value<'v, V: WireValue>(
        &mut self,
        member: Member,
        format: TimestampFormat,
        value: &'v Option<V>,
    ) -> Option<Cow<'v, str>> {
        let text = value.as_ref().map(|value| self.text(member, format, value));
        if member.required && !member.sensitive {
            if let Some(slot) = self.bound.required.iter_mut().find(|slot| slot.is_none_or(|name| name == member.name))
            {
                *slot = Some(member.name);
            }
        }
        if member.required && text.as_ref().is_none_or(|text| text.is_empty()) {
            self.missing.push(member.name.into());
            return None;
        }
        text
    }

    /// Returns the text of a value or an element; records one that has none.
    fn text<'v, V: WireValue>(&mut self, member: Member, format: TimestampFormat, value: &'v V) -> Cow<'v, str> {
        let format = member.format.unwrap_or(format);
        if let Some(reason) = value.refusal(format) {
            self.invalid.push(format!("{} cannot be sent: {reason}", member.name));
        }
        value.to_wire_as(format)
    }

    /// Returns a list, a map or a payload; records a required member that is absent.
    fn present<'v, V>(&mut self, member: Member, value: &'v Option<V>) -> Option<&'v V> {
        if member.required && value.is_none() {
            self.missing.push(member.name.into());
        }
        value.as_ref()
    }

    /// Marks the URI as sensitive before a sensitive member is added to it.
    fn mark(&mut self, member: Member) {
        if member.sensitive {
            self.bound.uri_is_sensitive = true;
            self.bound.path_and_query.mark_sensitive();
        }
    }

    fn pair(&mut self, name: &str, value: &str, member: Member) {
        self.mark(member);
        self.start_pair();
        self.push(name, ESCAPED);
        self.bound.path_and_query.push(b'=');
        self.push(value, ESCAPED);
    }

    /// Appends percent-encoded text to the path or the query string.
    fn push(&mut self, text: &str, escaped: &'static AsciiSet) {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
        if text.bytes().all(plain) {
            self.bound.path_and_query.extend(text.as_bytes());
        } else {
            utf8_percent_encode(text, escaped).for_each(|piece| self.bound.path_and_query.extend(piece.as_bytes()));
        }
    }

    /// Returns whether the query string has a key.
    fn has_key(&self, key: &str) -> bool {
        let key = utf8_percent_encode(key, ESCAPED).to_string();
        self.bound.target().1.split('&').any(|pair| pair.split('=').next() == Some(&key))
    }

    /// Returns the entries of a map whose keys the query string does not have, in an order that equal maps share.
    fn new_keys<'m, K: MapKey, V>(&self, map: &'m HashMap<K, V>) -> Vec<(&'m str, &'m V)> {
        let entries = map.iter().map(|(key, value)| (key.as_ref(), value));
        let mut entries: Vec<(&str, &V)> = entries.filter(|(key, _)| !self.has_key(key)).collect();
        entries.sort_by_key(|(key, _)| *key);
        entries
    }

    fn start_pair(&mut self) {
        let text = &mut self.bound.path_and_query;
        if self.bound.query_start.is_some() {
            text.push(b'&');
        } else {
            self.bound.query_start = Some(text.len());
            text.push(b'?');
        }
    }

    fn insert_header(&mut self, name: Result<HeaderName, InvalidHeaderName>, text: &str, member: Member) {
        // By bytes: the wire takes UTF-8, as other clients send it, where `from_str` takes ASCII only.
        let value = match member.sensitive {
            true => secret_header(text),
            false => HeaderValue::from_bytes(text.as_bytes()),
        };
        match (name, value) {
            (Ok(name), Ok(value)) => drop(self.bound.headers.insert(name, value)),
            (name, _) => {
                // The message must not contain the value: it may be a secret.
                let bad = text.bytes().position(|byte| (byte < b' ' && byte != b'\t') || byte == 0x7f);
                let reason = match bad {
                    Some(at) if at + 1 == text.len() && text.ends_with('\n') => {
                        "it ends with a line break (was it read from a file?)".to_owned()
                    }
                    Some(at) => format!("byte {at} is a control character"),
                    None if name.is_err() => "its name is none for a header".to_owned(),
                    None => "it is none for a header".to_owned(),
                };
                self.invalid.push(format!("{} cannot be sent in a header: {reason}", member.name));
            }
        }
    }

    fn joined_header<'v, V: WireValue + 'v>(
        &mut self,
        name: &'static str,
        member: Member,
        elements: impl Iterator<Item = &'v V>,
    ) {
        let format = TimestampFormat::HttpDate;
        let elements: Vec<Cow<'_, str>> = elements.map(|value| quoted::<V>(self.text(member, format, value))).collect();
        if !elements.is_empty() {
            let mut joined = elements.join(", ");
            self.insert_header(known_name(name), &joined, member);
            if member.sensitive {
                joined.wipe();
            }
        }
    }

    /// Sets the content type, unless a member has set it.
    fn content_type(&mut self, content_type: &'static str) {
        self.bound.headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static(content_type));
    }

    fn take_json(&mut self, written: json::Written, content_type: &'static str) {
        self.missing.extend(written.missing.into_iter().map(Cow::Owned));
        self.invalid.extend(written.invalid);
        self.bound.body = written.json;
        self.content_type(content_type);
    }
}

/// Converts a header name of the model, without copying it if it is in lower case.
fn known_name(name: &'static str) -> Result<HeaderName, InvalidHeaderName> {
    let as_on_the_wire = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
    if !name.is_empty() && name.bytes().all(as_on_the_wire) {
        return Ok(HeaderName::from_static(name));
    }
    HeaderName::from_bytes(name.as_bytes())
}

/// Quotes an element of a header list if it contains a separator.
fn quoted<V: WireValue>(text: Cow<'_, str>) -> Cow<'_, str> {
    if V::IS_TEXT && (text.contains([',', '"']) || text.trim() != text) {
        Cow::Owned(format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
    } else {
        text
    }
}

impl BindingVisitor for RequestVisitor {
    fn path(&mut self, literal: &'static str) {
        self.bound.path_and_query.extend(literal.as_bytes());
    }

    fn label<V: WireValue>(&mut self, member: Member, value: &Option<V>, greedy: bool) {
        let member = Member { required: true, ..member };
        if let Some(text) = self.value(member, TimestampFormat::DateTime, value) {
            let set = if greedy { ESCAPED_BUT_SLASH } else { ESCAPED };
            self.mark(member);
            self.push(&text, set);
        }
    }

    fn host(&mut self, literal: &'static str) {
        self.bound.host_prefix.push_str(literal);
    }

    fn host_label<V: WireValue>(&mut self, member: Member, value: &Option<V>) {
        self.mark(member);
        match value.as_ref().map(WireValue::to_wire).as_deref() {
            Some(label) if is_valid_host_label(label) => self.bound.host_prefix.push_str(label),
            // In a body it may be absent or empty, in a host's name it may not.
            None | Some("") => self.missing.push(member.name.into()),
            Some(_) => self.invalid.push(format!(
                "{} cannot be part of a host's name: it may hold letters, digits and hyphens, 63 at most",
                member.name
            )),
        }
    }

    fn literal_query(&mut self, query: &'static str) {
        self.start_pair();
        self.bound.path_and_query.extend(query.as_bytes());
    }

    fn query<V: WireValue>(&mut self, name: &'static str, member: Member, value: &Option<V>) {
        if let Some(text) = self.value(member, TimestampFormat::DateTime, value) {
            self.pair(name, &text, member);
        }
    }

    fn query_list<V: WireValue>(&mut self, name: &'static str, member: Member, value: &Option<Vec<V>>) {
        let Some(elements) = self.present(member, value) else { return };
        for element in elements {
            let text = self.text(member, TimestampFormat::DateTime, element);
            self.pair(name, &text, member);
        }
    }

    fn query_map<K: MapKey + fmt::Debug, V: WireValue>(&mut self, member: Member, value: &Option<HashMap<K, V>>) {
        let Some(map) = self.present(member, value) else { return };
        for (key, value) in self.new_keys(map) {
            self.pair(key, &value.to_wire(), member);
        }
    }

    fn query_lists<K: MapKey + fmt::Debug, V: WireValue>(
        &mut self,
        member: Member,
        value: &Option<HashMap<K, Vec<V>>>,
    ) {
        let Some(map) = self.present(member, value) else { return };
        for (key, values) in self.new_keys(map) {
            values.iter().for_each(|value| self.pair(key, &value.to_wire(), member));
        }
    }

    fn header<V: WireValue>(&mut self, name: &'static str, member: Member, value: &Option<V>) {
        let Some(text) = self.value(member, TimestampFormat::HttpDate, value) else { return };
        // An empty header says no more than none.
        if !text.is_empty() {
            self.insert_header(known_name(name), &text, member);
        }
    }

    fn header_list<V: WireValue>(&mut self, name: &'static str, member: Member, value: &Option<Vec<V>>) {
        let Some(elements) = self.present(member, value) else { return };
        self.joined_header(name, member, elements.iter());
    }

    fn sparse_header_list<V: WireValue>(&mut self, name: &'static str, member: Member, value: &Option<Vec<Option<V>>>) {
        let Some(elements) = self.present(member, value) else { return };
        self.joined_header(name, member, elements.iter().flatten());
    }

    fn header_map<K: MapKey + fmt::Debug, V: WireValue>(
        &mut self,
        prefix: &'static str,
        member: Member,
        value: &Option<HashMap<K, V>>,
    ) {
        let Some(map) = self.present(member, value) else { return };
        for (key, value) in map {
            let (key, text) = (key.as_ref(), value.to_wire());
            let name = HeaderName::try_from(format!("{prefix}{key}"));
            if name.is_err() {
                self.invalid.push(format!("{} cannot be sent: {prefix}{key} is no name for a header", member.name));
                continue;
            }
            if !name.as_ref().is_ok_and(|name| self.bound.headers.contains_key(name)) {
                self.insert_header(name, &text, member);
            }
        }
    }

    fn constant_header(&mut self, name: &'static str, value: &'static str) {
        self.bound.headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }

    fn json_body_of(&mut self, content_type: &'static str) {
        self.json_body();
        self.content_type(content_type);
    }

    fn json_body(&mut self) {
        self.body.get_or_insert_default();
    }

    fn json<V: Write + fmt::Debug>(&mut self, name: &'static str, member: Member, value: &Option<V>) {
        let format = member.format.unwrap_or(TimestampFormat::EpochSeconds);
        if let Some(value) = self.present(member, value) {
            self.body.get_or_insert_default().member_as(name, format, value);
        }
    }

    fn text_payload<V: WireValue>(&mut self, content_type: &'static str, member: Member, value: &Option<V>) {
        if let Some(value) = self.present(member, value) {
            self.bound.body = secret_bytes(value.to_wire().into_owned());
            self.content_type(content_type);
        }
    }

    fn bytes_payload<V: AsRef<[u8]> + fmt::Debug>(
        &mut self,
        content_type: &'static str,
        member: Member,
        value: &Option<V>,
    ) {
        if let Some(value) = self.present(member, value) {
            self.bound.body = secret_bytes(value.as_ref());
            self.content_type(content_type);
        }
    }

    fn json_payload<V: Write + fmt::Debug>(&mut self, content_type: &'static str, member: Member, value: &Option<V>) {
        if let Some(value) = self.present(member, value) {
            self.take_json(json::document(value), content_type);
        }
    }

    fn structure_payload<V: Write + fmt::Debug>(
        &mut self,
        content_type: &'static str,
        member: Member,
        value: &Option<V>,
    ) {
        match self.present(member, value) {
            Some(value) => self.take_json(json::document(value), content_type),
            None => self.take_json(json::Body::default().finish(), content_type),
        }
    }

    fn streaming_payload<V: StreamingBody>(&mut self, content_type: &'static str, member: Member, value: &Option<V>) {
        if let Some(value) = self.present(member, value) {
            let source = value.source();
            if member.sized && source.content_length().is_none() {
                self.invalid.push(format!(
                    "{} is a stream of unknown length, which the service does not take: send bytes or a file",
                    member.name
                ));
            }
            self.bound.stream = Some(source);
            self.content_type(content_type);
        }
    }
}
