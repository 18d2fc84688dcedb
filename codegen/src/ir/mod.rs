//! The IR: the Rust to be emitted, with names chosen, types resolved and bindings placed.
//!
//! Emitters see only this; [`crate::lower`] alone builds it from a model.

mod operation;
mod protocol_tests;
mod query;
mod types;

use std::collections::BTreeMap;

use proc_macro2::Ident;

use crate::docs;
use crate::endpoint::ir::{EndpointTest, Partition, RuleSet};

pub use operation::*;
pub use protocol_tests::*;
pub use query::*;
pub use types::*;

/// A service and everything that is generated for it.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its shape id.
    pub id: String,
    /// Its SDK id, such as `SSO`.
    pub sdk_id: String,
    /// Its title, such as `AWS Single Sign-On`. Markdown.
    pub title: String,
    /// The API version, such as `2019-06-10`; empty if the model has none.
    pub version: String,
    /// Markdown.
    pub docs: String,
    /// Its signing name, if any operation is signed.
    pub signing_name: Option<String>,
    /// The shape id of its protocol.
    pub protocol: &'static str,
    /// The header of error responses that contains a code of its own, besides that of the modeled error.
    pub error_code_header: Option<&'static str>,
    /// The member of error responses that contains the message, if it is none of the usual ones.
    pub error_message: Option<String>,
    /// Sorted by name.
    pub operations: Vec<Operation>,
    /// Structures other than inputs, outputs and errors, sorted by name.
    pub structures: Vec<Structure>,
    /// Error structures, sorted by name.
    pub errors: Vec<Structure>,
    /// Unions, sorted by name.
    pub unions: Vec<Union>,
    /// Enums, sorted by name.
    pub enums: Vec<Enum>,
    /// Event streams, sorted by name.
    pub event_streams: Vec<EventStream>,
    /// The errors that some operation returns, sorted by name.
    pub call_errors: Vec<Ident>,
    /// Whether anything is deprecated, so that generated code may use deprecated items.
    pub deprecated: bool,
    /// The optional parts of the runtime that it needs, each with the shapes or, after `$`, members that need it.
    pub runtime_parts: BTreeMap<&'static str, Vec<String>>,
    /// The endpoint rule set.
    pub endpoint: RuleSet,
    /// Whether operations bind endpoint parameters.
    pub binds_endpoint_params: bool,
    /// The endpoint tests of the model.
    pub endpoint_tests: Vec<EndpointTest>,
    /// The partitions that the rules look up regions in.
    pub partitions: Vec<Partition>,
    /// What is left out, and why, one line each.
    pub left_out: Vec<String>,
    /// The protocol tests of the model.
    pub protocol_tests: ProtocolTests,
}

impl Service {
    /// Returns the title with the version, if there is one. Markdown.
    pub fn title_and_version(&self) -> String {
        match docs::name(&self.version) {
            version if version.is_empty() => self.title.clone(),
            version => format!("{}, version {version}", self.title),
        }
    }
}

/// A deprecation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Deprecated {
    /// The reason, or the replacement.
    pub note: Option<String>,
    /// The date or version.
    pub since: Option<String>,
}

/// The directions that a type travels in: whether it is deserialized, serialized, or both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Direction {
    /// To the service.
    pub sent: bool,
    /// From it.
    pub received: bool,
}
