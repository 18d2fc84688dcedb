//! Waiters: the trait `smithy.waiters#waitable`, with its expressions typed.
//!
//! Waiters that cannot be generated are left out with a note: the operation works without them.

use std::collections::HashSet;

use indexmap::IndexMap;
use proc_macro2::Ident;
use serde::Deserialize;

use super::Lowering;
use super::query::{Root, typed};
use super::types::Types;
use crate::docs;
use crate::ir::{Acceptor, AcceptorState, Matcher, Member, Query, Type, Waiter};
use crate::model::{Shape, ShapeId};
use crate::naming;

const WAITABLE: &str = "smithy.waiters#waitable";

const MAX_DELAY: u32 = 365 * 24 * 60 * 60;

/// A waiter in the model.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WaiterTrait {
    #[serde(default)]
    documentation: String,
    acceptors: Vec<AcceptorTrait>,
    min_delay: Option<u32>,
    max_delay: Option<u32>,
    #[serde(default)]
    deprecated: bool,
}

#[derive(Deserialize)]
struct AcceptorTrait {
    state: StateTrait,
    matcher: MatcherTrait,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum StateTrait {
    Success,
    Failure,
    Retry,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum MatcherTrait {
    Success(bool),
    ErrorType(String),
    Output(PathMatcher),
    InputOutput(PathMatcher),
}

#[derive(Deserialize)]
struct PathMatcher {
    path: String,
    expected: String,
    comparator: Comparator,
}

#[derive(Deserialize)]
enum Comparator {
    #[serde(rename = "stringEquals")]
    Text,
    #[serde(rename = "booleanEquals")]
    Boolean,
    #[serde(rename = "allStringEquals")]
    AllTexts,
    #[serde(rename = "anyStringEquals")]
    AnyText,
}

/// The shapes that a waiter's matchers refer to.
pub(super) struct Looked<'o> {
    pub(super) input: &'o [Member],
    pub(super) output: &'o [Member],
    /// The operation's error.
    pub(super) error: &'o Ident,
    pub(super) types: &'o Types,
}

impl Lowering<'_> {
    /// Lowers the waiters of an operation. `used` has the modules of waiters so far.
    pub(super) fn waiters(
        &mut self,
        id: &ShapeId,
        shape: &Shape,
        operation: &Looked<'_>,
        used: &mut HashSet<String>,
    ) -> Vec<Waiter> {
        let found: IndexMap<String, serde_json::Value> = self.read_trait(id, shape, WAITABLE).unwrap_or_default();
        let mut waiters = Vec::new();
        for (name, value) in found {
            let waiter = WaiterTrait::deserialize(&value)
                .map_err(|error| format!("its trait is malformed: {error}"))
                .and_then(|waiter| self::waiter(operation, &name, waiter, used));
            match waiter {
                Ok(waiter) => waiters.push(waiter),
                Err(message) => self.left_out.push(format!("{id}: its waiter {name}, since {message}")),
            }
        }
        waiters
    }
}

fn waiter(
    operation: &Looked<'_>,
    wire_name: &str,
    found: WaiterTrait,
    used: &mut HashSet<String>,
) -> Result<Waiter, String> {
    let streams = |ty: &Type| matches!(ty, Type::EventStream(_) | Type::EventSender(_) | Type::ByteStream);
    if operation.input.iter().any(|member| streams(&member.ty)) {
        return Err("a stream cannot be sent again".to_owned());
    }
    let (min_delay, max_delay) = (found.min_delay.unwrap_or(2), found.max_delay.unwrap_or(120));
    if min_delay == 0 || min_delay > max_delay || max_delay > MAX_DELAY {
        return Err(format!("its delays of {min_delay} and {max_delay} seconds make no sense"));
    }
    let acceptors: Vec<Acceptor> =
        found.acceptors.iter().map(|found| acceptor(operation, found)).collect::<Result<_, _>>()?;
    if !acceptors.iter().any(|acceptor| acceptor.state == AcceptorState::Success) {
        return Err("nothing that could happen is a success".to_owned());
    }
    // Waiters of a service differ in Smithy names, but perhaps not in Rust names.
    let name = naming::unique(wire_name, |candidate| used.insert(naming::plain(&naming::function_name(candidate))));
    let module = naming::function_name(&name);
    let mut error = naming::type_with_suffix(&format!("WaitUntil{name}"), "Error");
    if error == *operation.error {
        error = naming::type_with_suffix(&format!("WaitUntil{name}"), "WaiterError");
    }
    Ok(Waiter {
        method: naming::prefixed("wait_until_", &module),
        fluent_builder: naming::type_with_suffix(&name, "FluentBuilder"),
        final_poll: naming::type_with_suffix(&name, "FinalPoll"),
        error,
        module,
        wire_name: wire_name.to_owned(),
        docs: docs::to_markdown(&found.documentation),
        deprecated: found.deprecated,
        min_delay,
        max_delay,
        acceptors,
    })
}

fn acceptor(operation: &Looked<'_>, found: &AcceptorTrait) -> Result<Acceptor, String> {
    let state = match found.state {
        StateTrait::Success => AcceptorState::Success,
        StateTrait::Failure => AcceptorState::Failure,
        StateTrait::Retry => AcceptorState::Retry,
    };
    let matcher = match &found.matcher {
        MatcherTrait::Success(success) => Matcher::Success(*success),
        MatcherTrait::ErrorType(name) => Matcher::ErrorType(name.rsplit('#').next().unwrap_or(name).to_owned()),
        MatcherTrait::Output(path) => Matcher::Output(query(operation, path, Root::Output)?),
        MatcherTrait::InputOutput(path) => Matcher::Output(query(operation, path, Root::InputAndOutput)?),
    };
    Ok(Acceptor { state, matcher })
}

/// Returns the condition that an expression has the expected value.
fn query(operation: &Looked<'_>, found: &PathMatcher, root: Root) -> Result<Query, String> {
    let PathMatcher { path, expected, comparator } = found;
    let typed = typed(path, root, operation.input, operation.output, operation.types)?;
    match comparator {
        Comparator::Text => typed.equals_text(expected),
        Comparator::AllTexts => typed.has_only_text(expected),
        Comparator::AnyText => typed.has_text(expected),
        Comparator::Boolean => {
            let expected = expected.to_ascii_lowercase().parse();
            typed.equals_boolean(expected.map_err(|_| format!("{:?} is no boolean", found.expected))?)
        }
    }
}
