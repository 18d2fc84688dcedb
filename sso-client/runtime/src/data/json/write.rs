//! Writing of structures as JSON, into a buffer.

use std::collections::HashMap;
use std::fmt::Display;
use std::io::Write as _;

use bytes::Bytes;

use super::UnknownVariant;
use super::visit::MapKey;
use crate::secret::WipedBuffer;
use crate::time::TimestampFormat;

/// A value that can be written as JSON.
pub trait Write {
    /// Writes the value.
    fn write(&self, to: Slot<'_>);
}

/// A structure that writes its members into a JSON object.
pub trait WriteStructure {
    /// Writes the members, in the model's order.
    fn write_members(&self, to: &mut Object<'_>);
}

/// The state of writing: the JSON, and the problems found.
#[derive(Default)]
struct Buffer {
    json: WipedBuffer,
    /// The names of the enclosing members.
    path: Vec<&'static str>,
    missing: Vec<String>,
    invalid: Vec<String>,
}

impl Buffer {
    fn finish(self) -> Written {
        Written { json: self.json.into_bytes(), missing: self.missing, invalid: self.invalid }
    }
}

/// A JSON text, with the problems found while it was written.
#[expect(missing_debug_implementations, reason = "it holds what must not be printed, and lives for a moment")]
pub struct Written {
    /// The JSON, wiped when the last copy is dropped.
    pub json: Bytes,
    /// The paths of missing required members, such as `filter.name`.
    pub missing: Vec<String>,
    /// The paths of values that cannot be sent, with the reasons.
    pub invalid: Vec<String>,
}

/// Writes a value as a JSON document.
pub fn document(value: &(impl Write + ?Sized)) -> Written {
    let mut buffer = Buffer::default();
    value.write(Slot { buffer: &mut buffer, format: TimestampFormat::EpochSeconds });
    buffer.finish()
}

/// A JSON object that is written member by member.
#[expect(missing_debug_implementations, reason = "it holds what must not be printed, and lives for a moment")]
pub struct Body(Buffer);

impl Default for Body {
    fn default() -> Self {
        let mut buffer = Buffer::default();
        buffer.json.push(b'{');
        Self(buffer)
    }
}

impl Body {
    /// Writes a member.
    pub fn member_as(&mut self, name: &'static str, format: TimestampFormat, value: &(impl Write + ?Sized)) {
        let empty = self.0.json.len() == 1;
        Object { buffer: &mut self.0, empty }.member_as(name, format, Some(value));
    }

    /// Returns the finished document.
    pub fn finish(mut self) -> Written {
        self.0.json.push(b'}');
        self.0.finish()
    }
}

/// The position of one value.
#[expect(missing_debug_implementations, reason = "it holds what must not be printed, and lives for a moment")]
pub struct Slot<'b> {
    buffer: &'b mut Buffer,
    format: TimestampFormat,
}

impl<'b> Slot<'b> {
    /// Returns the format of timestamps.
    pub fn format(&self) -> TimestampFormat {
        self.format
    }

    /// Writes a string.
    pub fn text(self, text: &str) {
        // Writing to memory does not fail, nor does serializing a string.
        let _ = serde_json::to_writer(&mut self.buffer.json, text);
    }

    /// Writes a number or another token.
    pub fn token(self, token: impl Display) {
        let _ = write!(self.buffer.json, "{token}");
    }

    /// Writes `null`.
    pub fn null(self) {
        self.token("null");
    }

    /// Records that the value cannot be sent. `reason` must not contain the value, which may be sensitive.
    pub fn refuse(self, reason: &str) {
        let path = self.buffer.path.join(".");
        self.buffer.invalid.push(format!("{path} cannot be sent: {reason}"));
        self.null();
    }

    /// Starts an object.
    pub fn object(self) -> Object<'b> {
        self.buffer.json.push(b'{');
        Object { buffer: self.buffer, empty: true }
    }

    /// Starts an array.
    pub fn array(self) -> Array<'b> {
        self.buffer.json.push(b'[');
        Array { buffer: self.buffer, format: self.format, empty: true }
    }
}

/// A JSON object being written.
#[expect(missing_debug_implementations, reason = "it holds what must not be printed, and lives for a moment")]
pub struct Object<'b> {
    buffer: &'b mut Buffer,
    empty: bool,
}

impl Object<'_> {
    /// Writes a member if it is present.
    pub fn member(&mut self, name: &'static str, value: Option<&(impl Write + ?Sized)>) {
        self.member_as(name, TimestampFormat::EpochSeconds, value);
    }

    /// Writes a member if it is present, with timestamps in a format.
    pub fn member_as(&mut self, name: &'static str, format: TimestampFormat, value: Option<&(impl Write + ?Sized)>) {
        if let Some(value) = value {
            self.buffer.path.push(name);
            value.write(self.slot(name, format));
            self.buffer.path.pop();
        }
    }

    /// Writes a member, and records it as missing if it is absent.
    pub fn required(&mut self, name: &'static str, value: Option<&(impl Write + ?Sized)>) {
        if value.is_none() {
            let mut path = self.buffer.path.join(".");
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(name);
            self.buffer.missing.push(path);
        }
        self.member(name, value);
    }

    /// Writes a variant that the model does not list.
    pub fn unknown_variant(&mut self, variant: &UnknownVariant) {
        let slot = self.slot(variant.name(), TimestampFormat::EpochSeconds);
        slot.token(variant.value());
    }

    /// Writes a name and returns the position of its value.
    pub fn slot(&mut self, name: &str, format: TimestampFormat) -> Slot<'_> {
        self.separate();
        let _ = serde_json::to_writer(&mut self.buffer.json, name);
        self.buffer.json.push(b':');
        Slot { buffer: self.buffer, format }
    }

    fn separate(&mut self) {
        if !std::mem::take(&mut self.empty) {
            self.buffer.json.push(b',');
        }
    }

    /// Ends the object.
    pub fn end(self) {
        self.buffer.json.push(b'}');
    }
}

/// A JSON array being written.
#[expect(missing_debug_implementations, reason = "it holds what must not be printed, and lives for a moment")]
pub struct Array<'b> {
    buffer: &'b mut Buffer,
    format: TimestampFormat,
    empty: bool,
}

impl Array<'_> {
    /// Returns the position of the next element.
    pub fn slot(&mut self) -> Slot<'_> {
        if !std::mem::take(&mut self.empty) {
            self.buffer.json.push(b',');
        }
        Slot { buffer: self.buffer, format: self.format }
    }

    /// Ends the array.
    pub fn end(self) {
        self.buffer.json.push(b']');
    }
}

impl<T: WriteStructure> Write for T {
    fn write(&self, to: Slot<'_>) {
        let mut object = to.object();
        self.write_members(&mut object);
        object.end();
    }
}

impl Write for str {
    fn write(&self, to: Slot<'_>) {
        to.text(self);
    }
}

impl Write for String {
    fn write(&self, to: Slot<'_>) {
        to.text(self);
    }
}

macro_rules! write_tokens {
    ($($ty:ty),*) => {$(
        impl Write for $ty {
            fn write(&self, to: Slot<'_>) {
                to.token(self);
            }
        }
    )*};
}

write_tokens!(bool, i8, i16, i32, i64);

macro_rules! write_floats {
    ($($ty:ty),*) => {$(
        impl Write for $ty {
            fn write(&self, to: Slot<'_>) {
                let text = crate::data::WireValue::to_wire(self);
                // JSON has no NaN and no infinities.
                if self.is_finite() { to.token(text) } else { to.text(&text) }
            }
        }
    )*};
}

write_floats!(f32, f64);

/// Writes absent elements of sparse lists and maps as `null`.
impl<T: Write> Write for Option<T> {
    fn write(&self, to: Slot<'_>) {
        match self {
            Some(value) => value.write(to),
            None => to.null(),
        }
    }
}

impl<T: Write> Write for Vec<T> {
    fn write(&self, to: Slot<'_>) {
        let mut array = to.array();
        for element in self {
            element.write(array.slot());
        }
        array.end();
    }
}

impl<K: MapKey, T: Write> Write for HashMap<K, T> {
    fn write(&self, to: Slot<'_>) {
        let format = to.format();
        let mut object = to.object();
        for (key, value) in self {
            value.write(object.slot(key.as_ref(), format));
        }
        object.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Point {
        x: Option<i32>,
        name: Option<String>,
        next: Option<Box<Self>>,
        bad: Option<Unsendable>,
    }

    impl WriteStructure for Point {
        fn write_members(&self, to: &mut Object<'_>) {
            to.required("x", self.x.as_ref());
            to.member("na me", self.name.as_ref());
            to.member("next", self.next.as_deref());
            to.member("bad", self.bad.as_ref());
        }
    }

    struct Unsendable;

    impl Write for Unsendable {
        fn write(&self, to: Slot<'_>) {
            to.refuse("it never can");
        }
    }

    fn json(value: &impl Write) -> String {
        String::from_utf8(document(value).json.to_vec()).expect("UTF-8")
    }

    #[test]
    fn values() {
        assert_eq!(json(&"a\"\n\u{1}é".to_owned()), r#""a\"\n\u0001é""#);
        assert_eq!(json(&vec![Some(true), None]), "[true,null]");
        assert_eq!(json(&vec![1.0, -0.5, 1e300]), "[1.0,-0.5,1e300]");
        assert_eq!(json(&vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY]), r#"["NaN","Infinity","-Infinity"]"#);
        assert_eq!(json(&vec![i64::MIN, i64::MAX]), "[-9223372036854775808,9223372036854775807]");
        assert_eq!(json(&HashMap::from([("k\"".to_owned(), Vec::<i8>::new())])), r#"{"k\"":[]}"#);
        assert_eq!(json(&0.1_f32), "0.1");
    }

    #[test]
    fn structures() {
        let inner = Point { x: None, name: Some("n".to_owned()), next: None, bad: None };
        let outer = Point { x: Some(-1), name: None, next: Some(Box::new(inner)), bad: None };
        let written = document(&outer);
        assert_eq!(written.json, r#"{"x":-1,"next":{"na me":"n"}}"#);
        assert_eq!(written.missing, ["next.x"]);
        let mut body = Body::default();
        body.member_as("a", TimestampFormat::EpochSeconds, "b");
        body.member_as("inner", TimestampFormat::EpochSeconds, &outer);
        let written = body.finish();
        assert_eq!(written.json, r#"{"a":"b","inner":{"x":-1,"next":{"na me":"n"}}}"#);
        assert_eq!(written.missing, ["inner.next.x"]);
        assert_eq!(Body::default().finish().json, "{}");
        let inner = Point { x: Some(1), name: None, next: None, bad: Some(Unsendable) };
        let written = document(&Point { x: Some(1), name: None, next: Some(Box::new(inner)), bad: None });
        assert_eq!(written.invalid, ["next.bad cannot be sent: it never can"]);
    }
}
