//! Runs an operation of the table, in the order in which AWS CLI v1 looks at things.
//!
//! | module | what it does |
//! | --- | --- |
//! | here | options to input, and the order of it all |
//! | `filled` | what a session gives where options do not |
//! | `input` | option values, files, JSON, and the checks of an input |
//! | `skeleton` | what an input or output looks like |
//! | `client` | one call, and what its failure says |
//! | `pages` | one call after the other |
//! | `transport` | records what goes over the wire |
//! | `response` | from the body of a response to the members that the model knows |
//! | `debug` | what `--debug` shows |

mod client;
mod debug;
mod filled;
mod input;
mod pages;
mod response;
mod skeleton;
mod transport;

use serde_json::Value;
use sso_client::config::http::{HttpClient, HyperClient};

use crate::args::{self, Globals, Opt, Parsed, Takes};
use crate::config::{self, Profile, Timeouts};
use crate::errors::Failed;
use crate::output::{self, Form, Printer, note};
use crate::query::Query;
use crate::table::{Command, Input, Shape, session};
use client::Caller;
pub(crate) use input::get;
use pages::Limits;

/// What is known before the operation's own options are parsed.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) globals: Globals,
    pub(crate) query: Option<Query>,
    pub(crate) timeouts: Timeouts,
}

impl Prepared {
    /// Checks the global options.
    pub(crate) fn new(globals: Globals) -> Result<Self, Failed> {
        let query = globals.query.as_deref().map(Query::compile).transpose()?;
        config::check_endpoint_option(&globals)?;
        let timeouts = Timeouts::of(&globals)?;
        Ok(Self { globals, query, timeouts })
    }
}

/// A transport that shows what goes over the wire where that is asked for.
pub(crate) fn recorder(client: HyperClient, debug: bool) -> impl HttpClient + Clone + 'static {
    transport::Recorder::new(client, debug)
}

/// The options that AWS CLI v1 adds to every operation, and those of pages to operations that have them.
const INPUT_JSON: &str = "cli-input-json";
const SKELETON: &str = "generate-cli-skeleton";
const PAGING: [(&str, Takes); 3] =
    [("starting-token", Takes::Text), ("page-size", Takes::Integer), ("max-items", Takes::Integer)];

/// The options of an operation.
pub(crate) fn options(command: &Command) -> Vec<Opt> {
    let members = command.input.iter();
    let members =
        members.map(|member| Opt { name: member.option, takes: Takes::Text, required: member.required, whole: false });
    let paging = PAGING.iter().filter(|_| command.pages.is_some());
    let paging = paging.map(|(name, takes)| Opt { name, takes: *takes, required: false, whole: false });
    let skeleton =
        Opt { name: SKELETON, takes: Takes::OptionalChoice(&["input", "output"]), required: false, whole: false };
    let all = (command.name == session::LOGOUT).then_some(Opt::own("all", Takes::Nothing));
    members.chain([Opt::text(INPUT_JSON)]).chain(paging).chain([skeleton]).chain(all).collect()
}

/// Runs the operation with what the passes before left over.
pub(crate) fn run(command: &'static Command, prepared: Prepared, rest: Parsed) -> Result<(), Failed> {
    let options = options(command);
    // These lift what is required, if they are written out in full and as words of their own.
    let lifted = |(index, word): (usize, &String)| match word.strip_prefix("--") {
        Some(INPUT_JSON) => true,
        Some(SKELETON) => rest.rest.get(index + 1).is_none_or(|next| next != "output"),
        _ => false,
    };
    let lifted = rest.rest.iter().enumerate().any(lifted);
    let parsed = args::parse(&options, rest.rest, Some(rest.before_dashes))?;
    let missing = args::require(&options, &parsed).err().filter(|_| !lifted).unwrap_or_default();
    if command.name == session::LOGOUT && !missing.is_empty() && (parsed.has("all") || filled::has_session(&prepared)) {
        return crate::own::logout(&prepared, parsed.has("all"));
    }
    let filled = filled::Filled::of(command, &prepared, &missing)?;
    if !parsed.rest.is_empty() {
        return Err(Failed::failure(format!("Unknown options: {}", parsed.rest.join(", ")))
            .hint(format!("sso help {} lists the options", command.name)));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(run_parsed(command, prepared, &parsed, filled))
}

async fn run_parsed(
    command: &'static Command,
    prepared: Prepared,
    parsed: &Parsed,
    filled: filled::Filled,
) -> Result<(), Failed> {
    let Prepared { mut globals, query, timeouts } = prepared;
    let paginated = paginated(command, &globals, parsed)?;
    let skeleton = parsed.has(SKELETON).then(|| parsed.value(SKELETON).unwrap_or("input"));
    if skeleton == Some("input") {
        return output::write(&format!("{}\n", output::json(&skeleton::input(command))));
    }
    let profile = Profile::load(globals.profile.as_deref())?;
    let loaded =
        input::Source { follow_urls: config::follows_urls(&profile), globals: &globals, profile: &profile, timeouts };
    let mut input = Input(input::members(command, parsed, &loaded).await?);
    let region = filled.fill(&mut input.0).await?;
    let limits = if paginated { Limits::of(parsed, &loaded).await? } else { Limits::default() };
    globals.region = globals.region.or(region);
    let recorder = transport::Recorder::new(config::transport(&globals, &profile, timeouts)?, globals.debug);
    let config = config::client_config(&globals, &profile, timeouts, recorder.clone())?;
    let form = Form::named(&config::output(&globals, &profile))?;
    let printer = Printer::new(form, query, &globals);
    if skeleton.is_some() {
        return printer.print(command.operation, &skeleton::output(command));
    }
    if globals.no_verify_ssl {
        note(
            "warning: InsecureRequestWarning: Unverified HTTPS request is being made to host of the endpoint: anyone on the way can read the token",
        );
    }
    debug::settings(&globals, &profile, &config);
    let caller = Caller::new(command, config, recorder);
    match &command.pages {
        Some(pages) if paginated => pages::run(&caller, pages, input, &limits, &printer).await,
        _ => printer.print(command.operation, &caller.call(&input).await?.0),
    }
}

/// Whether the command follows its pages by itself, which options for one page turn off.
fn paginated(command: &Command, globals: &Globals, parsed: &Parsed) -> Result<bool, Failed> {
    let Some(pages) = &command.pages else { return Ok(false) };
    if parsed.value("max-items").and_then(crate::python::int).is_some_and(|items| items <= 0) {
        note("warning: Non-positive values for --max-items may result in undefined behavior.");
    }
    let by_hand = |name: &str| command.input.iter().any(|member| member.name == name && parsed.has(member.option));
    if !globals.no_paginate && !by_hand(pages.token) && !pages.size.is_some_and(by_hand) {
        return Ok(true);
    }
    let given: Vec<_> =
        PAGING.iter().filter(|(name, _)| parsed.has(name)).map(|(name, _)| format!("--{name}")).collect();
    if given.is_empty() {
        return Ok(false);
    }
    let message = "Error during pagination: Cannot specify --no-paginate along with pagination arguments: ";
    Err(Failed::failure(format!("{message}{}", given.join(", "))))
}

/// Whether an option's text stands for a number.
fn is_number(shape: &Shape) -> bool {
    matches!(shape, Shape::Integer)
}

/// Says which member of a structure must not be shown.
pub(crate) fn redact(shape: &Shape, value: &mut Value) {
    match (shape, value) {
        (Shape::Structure(members), value) => redact_members(members, value),
        (Shape::List(element), Value::Array(items)) => items.iter_mut().for_each(|item| redact(element, item)),
        (Shape::Map(element), Value::Object(members)) => members.values_mut().for_each(|item| redact(element, item)),
        _ => {}
    }
}

fn redact_members(members: &[crate::table::Member], value: &mut Value) {
    let Value::Object(found) = value else { return };
    for (name, value) in found {
        match members.iter().find(|member| member.name == *name) {
            Some(member) if !member.sensitive => redact(&member.shape, value),
            // What the model does not know may be anything.
            _ => *value = Value::String("<redacted>".to_owned()),
        }
    }
}
