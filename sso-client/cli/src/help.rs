//! What the program says of itself: its commands, their options, and what a misspelt one may have been.

use crate::args::{Opt, Takes};
use crate::errors::Failed;
use crate::output::write;
use crate::table::{COMMANDS, Command, Member};

/// The line below which text is broken.
const WIDTH: usize = 78;

/// Prints help on a command, or on all.
pub(crate) fn run(name: Option<&str>) -> Result<(), Failed> {
    let text = match name {
        None => all(),
        Some(name) => command(Command::by_name(name).ok_or_else(|| unknown(name))?),
    };
    write(&text)
}

/// Says that there is no such command, and which it may have been.
pub(crate) fn unknown(name: &str) -> Failed {
    let names: Vec<&str> = COMMANDS.iter().map(|command| command.name).chain(["help"]).collect();
    let message = format!("argument operation: Invalid choice, valid choices are: {}", names.join(", "));
    let near = names.iter().map(|found| (distance(name, found), *found)).min();
    let near = near.filter(|(distance, found)| *distance <= found.len() / 3).map(|(_, found)| found);
    Failed::usage(message).hint(match near {
        Some(near) => format!("{name:?} is no command; did you mean {near}?"),
        None => format!("{name:?} is no command; sso help lists them"),
    })
}

/// How many letters have to change for one word to become the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (index, from) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], index + 1);
        for (column, to) in b.iter().enumerate() {
            let change = diagonal + usize::from(from != *to);
            diagonal = row[column + 1];
            row[column + 1] = change.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[b.len()]
}

fn all() -> String {
    let mut text =
        String::from("sso: the AWS access portal on the command line\n\nUsage: sso COMMAND [OPTIONS]\n\nCommands:\n");
    let width = COMMANDS.iter().map(|command| command.name.len()).max().unwrap_or_default();
    for command in COMMANDS {
        entry(command.name, width, first(command.docs), &mut text);
    }
    entry("help", width, "Shows this, or the options of a command.", &mut text);
    text.push_str("\nOptions of every command:\n  ");
    let options: Vec<String> = crate::args::GLOBAL.iter().map(usage).collect();
    wrap(&options.join(" "), 2, &mut text);
    text.push_str("\nExamples:\n");
    text.push_str("  sso list-accounts --access-token file://token --output table\n");
    text.push_str("  sso get-role-credentials --access-token file://token \\\n");
    text.push_str("      --account-id 111122223333 --role-name ReadOnly --query roleCredentials.expiration\n");
    text.push_str("\nsso help COMMAND shows the options of a command.\n");
    text
}

fn command(command: &Command) -> String {
    let mut text = format!("sso {}\n\n  ", command.name);
    wrap(&command.docs.replace('\n', " "), 2, &mut text);
    let options = crate::call::options(command);
    text.push_str("\nUsage:\n  ");
    let usages: Vec<String> = options
        .iter()
        .map(|option| if option.required { usage(option) } else { format!("[{}]", usage(option)) })
        .collect();
    wrap(&format!("sso {} {}", command.name, usages.join(" ")), 6, &mut text);
    text.push_str("\nOptions:\n");
    let width = command.input.iter().map(|member| member.option.len() + 2).max().unwrap_or_default();
    for member in command.input {
        entry(&format!("--{}", member.option), width, &described(member), &mut text);
    }
    let example: Vec<String> = command.input.iter().filter(|member| member.required).map(example).collect();
    text.push_str(&format!("\nExample:\n  sso {} {}\n", command.name, example.join(" ")));
    text.push_str("\nA value may be file://PATH. sso help lists the options of every command.\n");
    text
}

fn described(member: &Member) -> String {
    let mut text = member.docs.replace('\n', " ");
    if let (Some(min), Some(max)) = (member.min, member.max) {
        text.push_str(&format!(" [{min}-{max}]"));
    }
    if member.required {
        text.push_str(" Required.");
    }
    text
}

/// A secret had better come from a file than stand where other processes see it.
fn example(member: &Member) -> String {
    let value = if member.sensitive { format!("file://{}", member.option) } else { member.option.to_uppercase() };
    format!("--{} {value}", member.option)
}

fn usage(option: &Opt) -> String {
    let name = option.name;
    match option.takes {
        Takes::Nothing => format!("--{name}"),
        Takes::Choice(choices) => format!("--{name} {}", choices.join("|")),
        Takes::OptionalChoice(choices) => format!("--{name} [{}]", choices.join("|")),
        Takes::Integer => format!("--{name} N"),
        Takes::Text => format!("--{name} {}", name.rsplit('-').next().unwrap_or(name).to_uppercase()),
    }
}

fn first(docs: &str) -> &str {
    docs.lines().next().unwrap_or_default()
}

fn entry(name: &str, width: usize, docs: &str, to: &mut String) {
    to.push_str(&format!("  {name:width$}  "));
    wrap(docs, width + 4, to);
}

/// Breaks a text into lines, of which the first goes on where the text before ends.
fn wrap(text: &str, indent: usize, to: &mut String) {
    let mut column = indent;
    for (index, word) in text.replace('`', "").split(' ').enumerate() {
        if index > 0 && column + word.len() + 1 > WIDTH {
            to.push('\n');
            to.extend(std::iter::repeat_n(' ', indent));
            column = indent;
        } else if index > 0 {
            to.push(' ');
            column += 1;
        }
        to.push_str(word);
        column += word.len();
    }
    to.push('\n');
}
