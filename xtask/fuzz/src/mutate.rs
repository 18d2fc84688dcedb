//! Mutations of inputs: bytes, words of formats, and JSON as a tree.

use std::path::Path;

use fastrand::Rng;
use serde_json::Value;

/// The files of a folder, in order of their names.
pub fn read(folder: &Path) -> Vec<Vec<u8>> {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> = files.map(|file| file.path()).filter(|path| path.is_file()).collect();
    files.sort();
    files.into_iter().map(|file| std::fs::read(file).expect("a file of the corpus")).collect()
}

/// What parsers treat specially.
const WORDS: &[&str] = &[
    "\"",
    "'",
    "\\",
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\n",
    "\r\n",
    "\t",
    " ",
    "\u{a0}",
    "\u{feff}",
    "\u{200b}",
    "\u{2028}",
    "\0",
    "\u{1b}[31m",
    "null",
    "true",
    "-1",
    "0",
    "1e999",
    "99999999999999999999",
    "\\u0000",
    "\\ud800",
    "profile ",
    "sso-session ",
    "services ",
    "=",
    "#",
    ";",
    "http://",
    "https://",
    "@",
    "%",
    "%zz",
    "[::1]",
    "127.0.0.1",
    ":65536",
    "*",
    "..",
    "/",
    "?",
    "<",
    ">",
    "<code>",
    "</p>",
    "<ul><li>",
    "&amp;",
    "-----BEGIN CERTIFICATE-----",
    "-----END CERTIFICATE-----",
    "`",
    "|",
    "||",
    "&&",
    "!",
    "[?",
    "[]",
    "@.",
    "length(",
    ")",
    "é",
    "\u{10ffff}",
    "2026-11-28T00:00:00Z",
    "--",
    "--query",
    "=",
];

/// A few changes of one input.
pub fn bytes(random: &mut Rng, corpus: &[Vec<u8>]) -> Vec<u8> {
    let mut input = corpus[random.usize(..corpus.len())].clone();
    for _ in 0..random.usize(1..6) {
        let at = random.usize(..=input.len());
        let end = (at + random.usize(..16)).min(input.len());
        match random.u8(..6) {
            0 if at < input.len() => input[at] ^= 1 << random.u8(..8),
            1 => {
                input.drain(at..end);
            }
            2 => {
                let part = input[at..end].to_vec();
                input.splice(at..at, part);
            }
            3 => {
                let other = &corpus[random.usize(..corpus.len())];
                let from = random.usize(..=other.len());
                let to = (from + random.usize(..32)).min(other.len());
                input.splice(at..at, other[from..to].iter().copied());
            }
            4 => input.insert(at, random.u8(..)),
            _ => {
                let word = WORDS[random.usize(..WORDS.len())];
                input.splice(at..at, word.bytes());
            }
        }
    }
    input
}

/// One to three changes of a JSON document as a tree, so that it stays JSON.
pub fn json(random: &mut Rng, corpus: &[Vec<u8>]) -> Vec<u8> {
    let input = &corpus[random.usize(..corpus.len())];
    let Ok(mut document) = serde_json::from_slice::<Value>(input) else { return bytes(random, corpus) };
    for _ in 0..random.usize(1..4) {
        let other = node(random, &mut document).clone();
        let place = node(random, &mut document);
        change(random, place, other);
    }
    document.to_string().into_bytes()
}

/// A node of the tree, deeper ones being as likely as others.
fn node<'v>(random: &mut Rng, root: &'v mut Value) -> &'v mut Value {
    let mut value = root;
    loop {
        let size = match &*value {
            Value::Array(items) => items.len(),
            Value::Object(members) => members.len(),
            _ => 0,
        };
        if size == 0 || random.u8(..8) == 0 {
            return value;
        }
        let index = random.usize(..size);
        value = match value {
            Value::Array(items) => &mut items[index],
            Value::Object(members) => members.values_mut().nth(index).expect("within its size"),
            _ => unreachable!("it has children"),
        };
    }
}

fn change(random: &mut Rng, place: &mut Value, other: Value) {
    match (random.u8(..6), &mut *place) {
        (0, Value::Object(members)) if !members.is_empty() => {
            let name = members.keys().nth(random.usize(..members.len())).cloned().expect("within its size");
            members.shift_remove(&name);
        }
        (1, Value::Object(members)) if !members.is_empty() => {
            let name = members.keys().nth(random.usize(..members.len())).cloned().expect("within its size");
            let renamed = String::from_utf8_lossy(&bytes(random, &[name.clone().into_bytes()])).into_owned();
            let value = members.shift_remove(&name).expect("it is there");
            members.insert(renamed, value);
        }
        (2, Value::Array(items)) => {
            let at = random.usize(..=items.len());
            items.insert(at, other);
        }
        (3, _) => *place = other,
        (4, _) => {
            let simple = [
                Value::Null,
                true.into(),
                (-1).into(),
                u64::MAX.into(),
                1e300.into(),
                "".into(),
                Value::Array(vec![]),
                serde_json::json!({}),
            ];
            *place = simple[random.usize(..simple.len())].clone();
        }
        (_, Value::String(text)) => {
            *text = String::from_utf8_lossy(&bytes(random, &[text.clone().into_bytes()])).into_owned()
        }
        _ => {}
    }
}
