//! The Rust to be written: names chosen, types resolved, every wire fact in its place.
//!
//! Emitters see this and nothing else; [`crate::lower`] alone builds it from a model.

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

/// A service and everything to be generated for it.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its id in the model.
    pub id: String,
    /// The id under which SDKs know it, such as `SSO`.
    pub sdk_id: String,
    /// What people call it, such as `AWS Single Sign-On`. Markdown.
    pub title: String,
    /// The API version, such as `2019-06-10`.
    pub version: String,
    /// Markdown.
    pub docs: String,
    /// The name that signatures are made for, where any operation is signed.
    pub signing_name: Option<String>,
    /// The member of error responses that holds the message, where that is none of the usual ones.
    pub error_message: Option<String>,
    /// In order of their names.
    pub operations: Vec<Operation>,
    /// Structures other than inputs, outputs and errors, in order of their names.
    pub structures: Vec<Structure>,
    /// Error structures, in order of their names.
    pub errors: Vec<Structure>,
    /// Unions, in order of their names.
    pub unions: Vec<Union>,
    /// Enums, in order of their names.
    pub enums: Vec<Enum>,
    /// Unions of events, in order of their names.
    pub event_streams: Vec<EventStream>,
    /// The errors that some operation can give, in order of their names.
    pub call_errors: Vec<Ident>,
    /// Whether anything is deprecated, so that generated code may use what is.
    pub deprecated: bool,
    /// The optional parts of the runtime that it needs, each with the shapes, or after `$` the members
    /// of them, that need it.
    pub runtime_parts: BTreeMap<&'static str, Vec<String>>,
    /// How the endpoint is found.
    pub endpoint: RuleSet,
    /// Whether operations decide parameters of the endpoint.
    pub binds_endpoint_params: bool,
    /// What the model says about endpoints that can be checked.
    pub endpoint_tests: Vec<EndpointTest>,
    /// The partitions that the rules look regions up in.
    pub partitions: Vec<Partition>,
    /// What is not generated, and why, a line each.
    pub left_out: Vec<String>,
    /// What the model says about requests, responses and events that can be checked.
    pub protocol_tests: ProtocolTests,
}

impl Service {
    /// What people call it, with its version. Markdown.
    pub fn title_and_version(&self) -> String {
        format!("{}, version {}", self.title, docs::name(&self.version))
    }
}

/// What the model says of something that should no longer be used.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Deprecated {
    /// Why, or what to use instead.
    pub note: Option<String>,
    /// Since when.
    pub since: Option<String>,
}

/// Which way a type travels, which decides whether it is read, written, or both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Direction {
    /// To the service.
    pub sent: bool,
    /// From it.
    pub received: bool,
}
