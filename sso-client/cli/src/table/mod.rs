//! The table of operations: what its rows are made of, and how a row is called.
//!
//! The rows themselves are generated (`generated/commands.rs`); this module is what they stand on.
//! What no model says of them stands in [`session`].

mod failure;
pub(crate) mod session;

use std::future::Future;
use std::pin::Pin;

use serde_json::{Map, Value};
pub(crate) use sso_client::Client;
use sso_client::config::http::HttpRequest;

pub(crate) use crate::generated::commands::COMMANDS;
pub(crate) use failure::{Cause, Failure};

/// An operation as a command.
#[derive(Debug)]
pub(crate) struct Command {
    /// `list-account-roles`
    pub(crate) name: &'static str,
    /// `ListAccountRoles`
    pub(crate) operation: &'static str,
    /// A line for each paragraph.
    pub(crate) docs: &'static str,
    /// In the order of the model.
    pub(crate) input: &'static [Member],
    /// In the order of the model.
    pub(crate) output: &'static [Member],
    /// How its pages follow each other.
    pub(crate) pages: Option<Pages>,
    /// Calls the operation.
    pub(crate) call: fn(&Client, &Input, Change) -> Pending,
}

/// A member of an input, an output or a structure.
#[derive(Debug)]
pub(crate) struct Member {
    /// `accountId`
    pub(crate) name: &'static str,
    /// `account-id`
    pub(crate) option: &'static str,
    /// `account_id`, where it travels in the query string.
    pub(crate) query: Option<&'static str>,
    /// A line for each paragraph.
    pub(crate) docs: &'static str,
    /// What it holds.
    pub(crate) shape: Shape,
    /// Whether the model asks for a value.
    pub(crate) required: bool,
    /// Whether the value must not be shown.
    pub(crate) sensitive: bool,
    /// The smallest number.
    pub(crate) min: Option<i64>,
    /// The largest number.
    pub(crate) max: Option<i64>,
}

/// What a member holds.
#[derive(Debug)]
#[allow(dead_code, reason = "which shapes there are is the model's to decide")]
pub(crate) enum Shape {
    /// Text.
    Text,
    /// A whole number.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// A structure with these members.
    Structure(&'static [Member]),
    /// A list of these.
    List(&'static Shape),
    /// An object with values of these.
    Map(&'static Shape),
    /// Whatever the service writes.
    Any,
}

/// How an operation's pages follow each other, by the names of members.
#[derive(Debug)]
pub(crate) struct Pages {
    /// The input member that takes the token.
    pub(crate) token: &'static str,
    /// The output member that has the next one.
    pub(crate) next: &'static str,
    /// The output member that has the items.
    pub(crate) items: Option<&'static str>,
    /// The input member that takes the size of a page.
    pub(crate) size: Option<&'static str>,
}

/// A change to the finished request.
pub(crate) type Change = Box<dyn Fn(&mut HttpRequest) + Send + Sync>;

/// A call on its way. The output is read from the recorded response, not from here.
pub(crate) type Pending = Pin<Box<dyn Future<Output = Result<(), Failure>>>>;

/// The members of an input by their names, checked, in the order in which they were given.
#[derive(Default)]
pub(crate) struct Input(pub(crate) Map<String, Value>);

/// The token is one of them.
impl Drop for Input {
    fn drop(&mut self) {
        self.0.values_mut().for_each(crate::output::wipe);
    }
}

impl Input {
    /// The text of a member.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.0.get(name)?.as_str().map(str::to_owned)
    }

    /// The number of a member of 32 bits.
    pub(crate) fn integer(&self, name: &str) -> Option<i32> {
        i32::try_from(self.0.get(name)?.as_i64()?).ok()
    }
}

impl Command {
    /// The row of a command.
    pub(crate) fn by_name(name: &str) -> Option<&'static Self> {
        COMMANDS.iter().find(|command| command.name == name)
    }
}
