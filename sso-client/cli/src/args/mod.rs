//! Parses arguments with the habits of Python's argparse, which AWS CLI v1 is built on.
//!
//! | module | what it does |
//! | --- | --- |
//! | here | one pass over the arguments by a list of options; what it does not know is left for the next |
//! | `global` | the options of every command |
//!
//! AWS CLI v1 parses in passes: first its global options wherever they stand, then the operation, then the
//! operation's options. A word that starts with a dash and is no option of a pass is left over, and what
//! follows it too. A unique beginning of an option stands for the option.

mod global;

pub(crate) use global::{CSV, GLOBAL, Globals, check_output};

use crate::errors::{Failed, exit};
use crate::python;

/// An option that a pass knows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Opt {
    /// Without dashes.
    pub(crate) name: &'static str,
    pub(crate) takes: Takes,
    pub(crate) required: bool,
    /// Whether only the whole name stands for it: AWS CLI v1 has no such option.
    pub(crate) whole: bool,
}

/// What follows an option.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Takes {
    Nothing,
    Text,
    Integer,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// One of these words, or nothing.
    OptionalChoice(&'static [&'static str]),
    /// One of those of these words that the command takes, which is known after the pass.
    ChoiceByCommand(&'static [&'static str]),
}

impl Opt {
    pub(crate) const fn flag(name: &'static str) -> Self {
        Self { name, takes: Takes::Nothing, required: false, whole: false }
    }

    pub(crate) const fn text(name: &'static str) -> Self {
        Self { name, takes: Takes::Text, required: false, whole: false }
    }

    /// An option that AWS CLI v1 does not have.
    pub(crate) const fn own(name: &'static str, takes: Takes) -> Self {
        Self { name, takes, required: false, whole: true }
    }

    const fn choice(name: &'static str, choices: &'static [&'static str]) -> Self {
        Self { name, takes: Takes::Choice(choices), required: false, whole: false }
    }
}

/// What a pass found.
#[derive(Debug, Default)]
pub(crate) struct Parsed {
    found: Vec<(&'static str, Option<String>)>,
    /// What is left over, in order.
    pub(crate) rest: Vec<String>,
    /// How much of it stands before `--`.
    pub(crate) before_dashes: usize,
}

impl Parsed {
    /// Whether an option was given.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.found.iter().any(|(found, _)| *found == name)
    }

    /// The value of an option, the last one counting.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.found.iter().rev().find(|(found, _)| *found == name)?.1.as_deref()
    }

    /// All values of an option, in order.
    pub(crate) fn values<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s str> {
        self.found.iter().filter(move |(found, _)| *found == name).filter_map(|(_, value)| value.as_deref())
    }

    /// Takes the first word out of what is left over that no option can be.
    pub(crate) fn take_positional(&mut self) -> Option<String> {
        let limit = self.before_dashes;
        let index = self.rest.iter().enumerate().position(|(index, word)| index >= limit || is_value(word))?;
        if index < limit {
            self.before_dashes -= 1;
        }
        Some(self.rest.remove(index))
    }
}

/// A word, as one pass sees it.
enum Word {
    /// A known option, with the value that stands behind `=`.
    Option(Opt, Option<String>),
    /// Another one.
    Unknown(String),
    /// Anything else.
    Value(String),
}

/// Parses what comes before `dashes` and passes over the rest.
pub(crate) fn parse(options: &[Opt], words: Vec<String>, dashes: Option<usize>) -> Result<Parsed, Failed> {
    let dashes = dashes.or_else(|| words.iter().position(|word| word == "--"));
    let mut seen = Vec::with_capacity(words.len());
    let mut limit = None;
    for (index, word) in words.into_iter().enumerate() {
        match dashes {
            Some(dashes) if index == dashes && word == "--" => limit = Some(seen.len()),
            Some(dashes) if index >= dashes => {
                limit.get_or_insert(seen.len());
                seen.push(Word::Value(word));
            }
            _ => seen.push(classify(options, word)?),
        }
    }
    let limit = limit.unwrap_or(seen.len());
    let mut parsed = Parsed::default();
    let mut words = seen.into_iter().enumerate().peekable();
    while let Some((index, word)) = words.next() {
        let (option, value) = match word {
            Word::Option(option, value) => (option, value),
            Word::Unknown(word) | Word::Value(word) => {
                parsed.before_dashes += usize::from(index < limit);
                parsed.rest.push(word);
                continue;
            }
        };
        let mut next = || match words.next_if(|(index, word)| *index < limit && matches!(word, Word::Value(_))) {
            Some((_, Word::Value(value))) => Some(value),
            _ => None,
        };
        let value = match (option.takes, value) {
            (Takes::Nothing, None) => None,
            (Takes::Nothing, Some(value)) => {
                let message = format!("ignored explicit argument {}", python::repr_text(&value));
                return Err(of(option.name, &message));
            }
            (Takes::OptionalChoice(_), None) => next(),
            (_, None) => Some(next().ok_or_else(|| of(option.name, "expected one argument"))?),
            (_, value) => value,
        };
        check(option, value.as_deref())?;
        parsed.found.push((option.name, value));
    }
    Ok(parsed)
}

/// Fails when something is missing that has to be there.
pub(crate) fn require(options: &[Opt], parsed: &Parsed) -> Result<(), Vec<&'static str>> {
    let missing = options.iter().filter(|option| option.required && !parsed.has(option.name));
    let missing: Vec<_> = missing.map(|option| option.name).collect();
    if missing.is_empty() { Ok(()) } else { Err(missing) }
}

fn classify(options: &[Opt], word: String) -> Result<Word, Failed> {
    if !word.starts_with('-') || word.len() == 1 {
        return Ok(Word::Value(word));
    }
    let (name, value) = match word.split_once('=') {
        Some((name, value)) => (name, Some(value.to_owned())),
        None => (word.as_str(), None),
    };
    if let Some(name) = name.strip_prefix("--").filter(|name| !name.is_empty()) {
        if let Some(option) = options.iter().find(|option| option.name == name) {
            return Ok(Word::Option(*option, value));
        }
        let matches: Vec<_> =
            options.iter().filter(|option| !option.whole && option.name.starts_with(name)).copied().collect();
        match *matches {
            [] => {}
            [option] => return Ok(Word::Option(option, value)),
            _ => {
                let matches: Vec<_> = matches.iter().map(|option| format!("--{}", option.name)).collect();
                return Err(Failed::usage(format!("ambiguous option: {word} could match {}", matches.join(", "))));
            }
        }
    }
    Ok(if is_value(&word) { Word::Value(word) } else { Word::Unknown(word) })
}

/// Whether a word is none that looks like an option: text, a negative number, or anything with a blank.
fn is_value(word: &str) -> bool {
    let Some(rest) = word.strip_prefix('-') else { return true };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let number = match rest.split_once('.') {
        Some((whole, fraction)) => digits(whole) && digits(fraction) && !fraction.is_empty(),
        None => digits(rest),
    };
    number || word.contains(' ')
}

fn check(option: Opt, value: Option<&str>) -> Result<(), Failed> {
    match (option.takes, value) {
        (Takes::Integer, Some(value)) if python::int(value).is_none() => {
            Err(of(option.name, &format!("invalid int value: {}", python::repr_text(value))))
        }
        (Takes::Choice(choices) | Takes::OptionalChoice(choices), Some(value)) if !choices.contains(&value) => {
            Err(invalid_choice(option.name, choices))
        }
        _ => Ok(()),
    }
}

fn invalid_choice(option: &str, choices: &[&str]) -> Failed {
    of(option, &format!("Invalid choice, valid choices are: {}", choices.join(", ")))
}

fn of(option: &str, message: &str) -> Failed {
    Failed::new(exit::USAGE, format!("argument --{option}: {message}"))
}

#[cfg(test)]
mod tests;
