//! From bindings to what `Debug` prints.

use std::collections::HashMap;
use std::fmt;

use super::{BindingVisitor, HttpBindings, Member, QueryValues, StreamingBody};
use crate::data::WireValue;
use crate::data::json::Write;
use crate::secret::redacted;

/// Prints an input as a derived `Debug` would, without what is sensitive.
///
/// # Errors
///
/// Those of the formatter.
pub fn debug_bindings(f: &mut fmt::Formatter<'_>, name: &str, input: &impl HttpBindings) -> fmt::Result {
    let mut visitor = DebugVisitor(f.debug_struct(name));
    input.visit(&mut visitor);
    visitor.0.finish()
}

struct DebugVisitor<'a, 'b>(fmt::DebugStruct<'a, 'b>);

impl DebugVisitor<'_, '_> {
    fn member<V: fmt::Debug>(&mut self, member: Member, value: &Option<V>) {
        if member.sensitive {
            self.0.field(member.name, &value.as_ref().map(redacted));
        } else {
            self.0.field(member.name, value);
        }
    }
}

impl BindingVisitor for DebugVisitor<'_, '_> {
    fn path(&mut self, _literal: &'static str) {}

    fn label<V: WireValue>(&mut self, member: Member, value: &Option<V>, _greedy: bool) {
        self.member(member, value);
    }

    fn host(&mut self, _literal: &'static str) {}

    fn host_label(&mut self, _member: Member, _value: &Option<String>) {}

    fn literal_query(&mut self, _query: &'static str) {}

    fn query<V: WireValue>(&mut self, _name: &'static str, member: Member, value: &Option<V>) {
        self.member(member, value);
    }

    fn query_list<V: WireValue>(&mut self, _name: &'static str, member: Member, value: &Option<Vec<V>>) {
        self.member(member, value);
    }

    fn query_map<V: QueryValues>(&mut self, member: Member, value: &Option<HashMap<String, V>>) {
        self.member(member, value);
    }

    fn header<V: WireValue>(&mut self, _name: &'static str, member: Member, value: &Option<V>) {
        self.member(member, value);
    }

    fn header_list<V: WireValue>(&mut self, _name: &'static str, member: Member, value: &Option<Vec<V>>) {
        self.member(member, value);
    }

    fn header_map(&mut self, _prefix: &'static str, member: Member, value: &Option<HashMap<String, String>>) {
        self.member(member, value);
    }

    fn json_body(&mut self) {}

    fn json<V: Write + fmt::Debug>(&mut self, _name: &'static str, member: Member, value: &Option<V>) {
        self.member(member, value);
    }

    fn text_payload<V: WireValue>(&mut self, _content_type: &'static str, member: Member, value: &Option<V>) {
        self.member(member, value);
    }

    fn bytes_payload<V: AsRef<[u8]> + fmt::Debug>(
        &mut self,
        _content_type: &'static str,
        member: Member,
        value: &Option<V>,
    ) {
        self.member(member, value);
    }

    fn json_payload<V: Write + fmt::Debug>(&mut self, _content_type: &'static str, member: Member, value: &Option<V>) {
        self.member(member, value);
    }

    fn structure_payload<V: Write + fmt::Debug>(
        &mut self,
        _content_type: &'static str,
        member: Member,
        value: &Option<V>,
    ) {
        self.member(member, value);
    }

    fn streaming_payload<V: StreamingBody>(&mut self, _content_type: &'static str, member: Member, value: &Option<V>) {
        self.member(member, value);
    }
}
