//! The input of an operation: from options, from files and URLs that they name, and from JSON.

use std::future::poll_fn;
use std::pin::Pin;

use http_body::Body;
use serde_json::{Map, Value};
use sso_client::config::http::{HttpClient, HyperClient, RequestBody, ResponseBody};
use sso_client::runtime::secret::REDACTED;

use super::{INPUT_JSON, is_number};
use crate::args::{Globals, Parsed};
use crate::config::{self, Profile, Timeouts};
use crate::errors::Failed;
use crate::python;
use crate::table::{Command, Member, Shape};
use crate::urls;

/// The most that is read from a URL.
const MAX_FETCHED: usize = 1024 * 1024;

/// What option values are loaded with.
pub(super) struct Source<'a> {
    pub(super) follow_urls: bool,
    pub(super) globals: &'a Globals,
    pub(super) profile: &'a Profile,
    pub(super) timeouts: Timeouts,
}

/// The members that options and `--cli-input-json` give, in the order in which they are sent. Options count.
pub(super) async fn members(
    command: &Command,
    parsed: &Parsed,
    source: &Source<'_>,
) -> Result<Map<String, Value>, Failed> {
    let mut members = Map::new();
    for member in command.input {
        let Some(text) = parsed.value(member.option) else { continue };
        let text = source.load(member.option, text, Some(member)).await?;
        members.insert(member.name.to_owned(), value(member, text)?);
    }
    if let Some(text) = parsed.value(INPUT_JSON) {
        let loaded = source.load(INPUT_JSON, text, None).await?;
        for (name, value) in json(command, text, &loaded)? {
            members.entry(name).or_insert(value);
        }
    }
    Ok(members)
}

fn value(member: &Member, text: String) -> Result<Value, Failed> {
    if !is_number(&member.shape) {
        return Ok(Value::String(text));
    }
    let number = python::int(&text).map(Value::from);
    number.ok_or_else(|| {
        let text = python::repr_text(&text);
        Failed::failure(format!("argument --{}: {text} is no whole number", member.option))
    })
}

/// Reads the document that an option's text is or names.
fn json(command: &Command, option: &str, text: &str) -> Result<Map<String, Value>, Failed> {
    match serde_json::from_str(text) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(other) => {
            let kind = python::type_name(&other);
            Err(Failed::failure(format!(
                "Error parsing parameter 'cli-input-json': it has to be an object, and is a {kind}"
            )))
        }
        Err(error) => {
            // What stands on a command line is no secret, unless it is called so.
            let lower = text.to_lowercase();
            let mut sensitive = command.input.iter().filter(|member| member.sensitive);
            let hidden = option != text || sensitive.any(|member| lower.contains(&member.name.to_lowercase()));
            let received = if hidden { REDACTED } else { text };
            Err(Failed::failure(format!(
                "Error parsing parameter 'cli-input-json': Invalid JSON: {error}\nJSON received: {received}"
            )))
        }
    }
}

impl Source<'_> {
    /// The value of an option: itself, or what a file or URL holds that it names. `member` is what it is for.
    pub(super) async fn load(&self, option: &str, text: &str, member: Option<&Member>) -> Result<String, Failed> {
        let failed = |what: String| Failed::failure(format!("Error parsing parameter '--{option}': {what}"));
        if let Some(path) = text.strip_prefix("fileb://") {
            let name = member.map_or(option, |member| member.name);
            std::fs::metadata(expand(path))
                .map_err(|error| failed(format!("Unable to load paramfile {text}: {error}")))?;
            let message = format!(
                "Parameter validation failed:\nInvalid type for parameter {name}, value: b'…', type: <class 'bytes'>, valid \
                 types: <class 'str'>"
            );
            return Err(Failed::failure(message).hint("file:// reads text"));
        }
        if let Some(path) = text.strip_prefix("file://") {
            let read = std::fs::read_to_string(expand(path));
            return read.map_err(|error| failed(format!("Unable to load paramfile {text}: {error}")));
        }
        let is_url = text.starts_with("http://") || text.starts_with("https://");
        if is_url && self.follow_urls {
            let shown = urls::shown(text);
            return self.fetch(text).await.map_err(|what| failed(format!("Unable to retrieve {shown}: {what}")));
        }
        Ok(text.to_owned())
    }

    async fn fetch(&self, url: &str) -> Result<String, String> {
        let client = config::transport(self.globals, self.profile, self.timeouts).map_err(|failed| failed.message)?;
        let (status, bytes) = get(&client, url).await?;
        if status != http::StatusCode::OK {
            return Err(format!("received non 200 status code of {}", status.as_u16()));
        }
        String::from_utf8(bytes).map_err(|_| "it is no UTF-8".to_owned())
    }
}

/// What is at a URL.
pub(crate) async fn get(client: &HyperClient, url: &str) -> Result<(http::StatusCode, Vec<u8>), String> {
    let request = http::Request::get(url).body(RequestBody::default()).map_err(|error| error.to_string())?;
    let response = client.call(request).await.map_err(|error| error.to_string())?;
    Ok((response.status(), read(response.into_body()).await?))
}

async fn read(mut body: ResponseBody) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let frame = frame.map_err(|error| error.to_string())?;
        bytes.extend(frame.into_data().unwrap_or_default());
        if bytes.len() > MAX_FETCHED {
            return Err(format!("it is larger than {MAX_FETCHED} bytes"));
        }
    }
    Ok(bytes)
}

/// A path with the home folder for `~` and the values of variables for `$NAME` and `${NAME}`.
fn expand(path: &str) -> std::path::PathBuf {
    let mut expanded = String::with_capacity(path.len());
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('$') {
        expanded.push_str(before);
        let braced = after.strip_prefix('{').and_then(|inner| inner.split_once('}'));
        let end = after.find(|char: char| !char.is_ascii_alphanumeric() && char != '_').unwrap_or(after.len());
        let (name, behind) = braced.unwrap_or_else(|| after.split_at(end));
        match std::env::var(name) {
            Ok(value) => {
                expanded.push_str(&value);
                rest = behind;
            }
            Err(_) => {
                expanded.push('$');
                rest = after;
            }
        }
    }
    config::expand(&(expanded + rest))
}

/// Everything that is wrong with an input, as AWS CLI v1 says it.
pub(super) fn check(command: &Command, members: &Map<String, Value>) -> Result<(), Failed> {
    let mut problems = Vec::new();
    for member in command.input.iter().filter(|member| member.required && !members.contains_key(member.name)) {
        problems.push(format!("Missing required parameter in input: \"{}\"", member.name));
    }
    let names: Vec<_> = command.input.iter().map(|member| member.name).collect();
    for name in members.keys().filter(|name| !names.contains(&name.as_str())) {
        problems.push(format!("Unknown parameter in input: \"{name}\", must be one of: {}", names.join(", ")));
    }
    for (name, value) in members {
        let member = command.input.iter().find(|member| member.name == *name);
        problems.extend(member.and_then(|member| problem(member, value)));
    }
    if problems.is_empty() {
        return Ok(());
    }
    Err(Failed::failure(format!("Parameter validation failed:\n{}", problems.join("\n"))))
}

fn problem(member: &Member, value: &Value) -> Option<String> {
    let (fits, types) = match member.shape {
        Shape::Integer => (value.is_i64() || value.is_u64(), "<class 'int'>"),
        Shape::Boolean => (value.is_boolean(), "<class 'bool'>"),
        _ => (value.is_string(), "<class 'str'>"),
    };
    let shown = if member.sensitive { "<redacted>".to_owned() } else { python::repr(value) };
    if !fits {
        let kind = python::type_name(value);
        let name = member.name;
        return Some(format!(
            "Invalid type for parameter {name}, value: {shown}, type: <class '{kind}'>, valid types: {types}"
        ));
    }
    if matches!(member.shape, Shape::Integer) {
        let number = value.as_i64().unwrap_or(i64::MAX);
        let limit = match member.min.filter(|min| number < *min) {
            Some(min) => Some(("min", min)),
            // The service says what is too large for it; this is too large to be sent.
            None => Some(("max", i64::from(i32::MAX))).filter(|(_, max)| number > *max),
        };
        return limit.map(|(which, limit)| {
            format!("Invalid value for parameter {}, value: {shown}, valid {which} value: {limit}", member.name)
        });
    }
    None
}
