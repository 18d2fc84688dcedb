//! All pages of an operation, with the tokens by which AWS CLI v1 goes on where it stopped.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::client::Caller;
use super::input::Source;
use crate::args::Parsed;
use crate::errors::Failed;
use crate::output::{Form, Printer};
use crate::python;
use crate::table::{Input, Pages};

/// The key under which a token says how many items of its page were seen.
const SEEN: &str = "boto_truncate_amount";

/// Where to begin and how far to go.
#[derive(Debug, Default)]
pub(super) struct Limits {
    start: Option<String>,
    page_size: Option<i64>,
    max_items: Option<i64>,
}

impl Limits {
    /// What the options say.
    pub(super) async fn of(parsed: &Parsed, source: &Source<'_>) -> Result<Self, Failed> {
        let number = |name: &str| parsed.value(name).and_then(python::int);
        let start = match parsed.value("starting-token") {
            Some(text) => Some(source.load("starting-token", text, None).await?),
            None => None,
        };
        Ok(Self { start, page_size: number("page-size"), max_items: number("max-items") })
    }
}

/// Where a page begins: the members that name it, and how many of its items were seen before.
struct Place {
    members: Map<String, Value>,
    seen: i64,
}

/// Walks the pages and prints them: as text each when it is there, otherwise all at once.
pub(super) async fn run(
    caller: &Caller,
    pages: &Pages,
    mut input: Input,
    limits: &Limits,
    printer: &Printer,
) -> Result<(), Failed> {
    let title = caller.command.operation;
    let items_name = pages.items.unwrap_or(pages.next);
    let mut all: Option<Vec<Value>> = None;
    let mut place = Place { members: Map::from_iter([(pages.token.to_owned(), Value::Null)]), seen: 0 };
    if let Some(start) = &limits.start {
        place = start_at(pages, start)?;
        inject(&mut input.0, &place.members);
    }
    if let (Some(size), Some(name)) = (limits.page_size, pages.size) {
        input.0.insert(name.to_owned(), Value::from(size));
    }
    let (mut total, mut previous, mut resume) = (0_i64, None, None);
    loop {
        let mut output = caller.call(&input).await?;
        let Some(page) = output.0.as_object_mut() else { break };
        let mut items = match page.remove(items_name) {
            Some(Value::Array(items)) => Some(items),
            _ => None,
        };
        if place.seen != 0 {
            items = items.map(|items| slice_from(items, place.seen));
        }
        let count = items.as_ref().map_or(0, |items| length(items));
        let surplus = limits.max_items.map_or(0, |most| total.saturating_add(count).saturating_sub(most));
        if surplus > 0 {
            let kept = count - surplus;
            items = Some(slice_to(items.unwrap_or_default(), kept));
            place.members.insert(SEEN.to_owned(), Value::from(kept.saturating_add(place.seen)));
            resume = Some(place.members);
            add(title, items_name, items, &mut all, printer)?;
            break;
        }
        add(title, items_name, items, &mut all, printer)?;
        total += count;
        let token = page.remove(pages.next).filter(|token| !matches!(token, Value::String(text) if text.is_empty()));
        let Some(token) = token else { break };
        let next = Map::from_iter([(pages.token.to_owned(), token)]);
        if limits.max_items == Some(total) {
            resume = Some(next);
            break;
        }
        if previous.as_ref() == Some(&next) {
            let shown = python::repr(&Value::Object(next));
            return Err(Failed::failure(format!(
                "Error during pagination: The same next token was received twice: {shown}"
            )));
        }
        inject(&mut input.0, &next);
        previous = Some(next.clone());
        place = Place { members: next, seen: 0 };
    }
    let resume = resume.map(|members| STANDARD.encode(encoded(&members)));
    if printer.form == Form::Text {
        return match resume {
            Some(token) => printer.print(title, &json!({ "NextToken": { "NextToken": token } })),
            None => Ok(()),
        };
    }
    let mut result = Map::new();
    result.extend(all.map(|items| (items_name.to_owned(), Value::Array(items))));
    result.extend(resume.map(|token| ("NextToken".to_owned(), Value::String(token))));
    printer.print(title, &Value::Object(result))
}

fn add(
    title: &str,
    name: &str,
    items: Option<Vec<Value>>,
    all: &mut Option<Vec<Value>>,
    printer: &Printer,
) -> Result<(), Failed> {
    if printer.form == Form::Text {
        let items = items.map_or(Value::Null, Value::Array);
        return printer.print(title, &Value::Object(Map::from_iter([(name.to_owned(), items)])));
    }
    if let Some(items) = items {
        all.get_or_insert_default().extend(items);
    }
    Ok(())
}

fn length(items: &[Value]) -> i64 {
    i64::try_from(items.len()).unwrap_or(i64::MAX)
}

/// A position in a list, counted from its end where it is negative.
fn position(length: usize, index: i64) -> usize {
    match usize::try_from(index) {
        Ok(index) => index.min(length),
        Err(_) => length.saturating_sub(usize::try_from(index.unsigned_abs()).unwrap_or(usize::MAX)),
    }
}

fn slice_from(mut items: Vec<Value>, index: i64) -> Vec<Value> {
    let start = position(items.len(), index);
    items.split_off(start)
}

fn slice_to(mut items: Vec<Value>, index: i64) -> Vec<Value> {
    items.truncate(position(items.len(), index));
    items
}

/// Puts tokens into the input, and takes out those that there are none of.
fn inject(input: &mut Map<String, Value>, members: &Map<String, Value>) {
    for (name, value) in members {
        match value {
            Value::Null => {
                input.shift_remove(name);
            }
            Value::String(text) if text == "None" => {
                input.shift_remove(name);
            }
            value => {
                input.insert(name.clone(), value.clone());
            }
        }
    }
}

/// Reads `--starting-token`: one of ours, one of the old form, or one of the service.
fn start_at(pages: &Pages, text: &str) -> Result<Place, Failed> {
    let decoded = STANDARD.decode(text).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    match decoded {
        Some(Value::Object(mut members)) => {
            let seen = match members.shift_remove(SEEN) {
                None => 0,
                Some(seen) => seen.as_i64().ok_or_else(|| bad(text))?,
            };
            Ok(Place { members, seen })
        }
        Some(Value::Number(_) | Value::Bool(_)) => Err(bad(text)),
        _ => {
            let place = |token: &str, seen| {
                let token = if token == "None" { Value::Null } else { Value::String(token.to_owned()) };
                Ok(Place { members: Map::from_iter([(pages.token.to_owned(), token)]), seen })
            };
            let parts: Vec<&str> = text.split("___").collect();
            match *parts {
                [token, seen] => python::int(seen).map_or_else(|| place(text, 0), |seen| place(token, seen)),
                [token] => place(token, 0),
                _ => Err(bad(text)),
            }
        }
    }
}

fn bad(text: &str) -> Failed {
    Failed::failure(format!("Bad starting token: {text}")).hint("take the NextToken of an earlier result")
}

/// A token as Python writes it: with blanks, and nothing but ASCII.
fn encoded(members: &Map<String, Value>) -> String {
    let members =
        members.iter().map(|(name, value)| format!("{}: {}", ascii(&Value::from(name.as_str())), ascii(value)));
    format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
}

fn ascii(value: &Value) -> String {
    let mut text = String::new();
    for unit in value.to_string().encode_utf16() {
        match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii() => text.push(char::from(byte)),
            _ => text.push_str(&format!("\\u{unit:04x}")),
        }
    }
    text
}
