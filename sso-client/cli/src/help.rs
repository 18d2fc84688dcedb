//! What the program says of itself: its commands, their options, and what a misspelt one may have been.

use crate::args::{Opt, Takes};
use crate::errors::Failed;
use crate::output::write;
use crate::own::{self, OWN, Own};
use crate::table::{COMMANDS, Command, Member};

/// The line below which text is broken.
const WIDTH: usize = 78;

/// Prints help on a command, or on all.
pub(crate) fn run(name: Option<&str>) -> Result<(), Failed> {
    let text = match name {
        None => all(),
        Some(name) => match (own::by_name(name), Command::by_name(name)) {
            (Some(own), _) => own_command(own),
            (None, Some(found)) => command(found),
            (None, None) => return Err(unknown(name)),
        },
    };
    write(&text)
}

/// Says that there is no such command, and which it may have been.
pub(crate) fn unknown(name: &str) -> Failed {
    let own = OWN.iter().map(|own| own.name);
    let names: Vec<&str> = COMMANDS.iter().map(|command| command.name).chain(own).chain(["help"]).collect();
    let message = format!("argument operation: Invalid choice, valid choices are: {}", names.join(", "));
    Failed::usage(message).hint(match nearest(name, names) {
        Some(near) => format!("{name:?} is no command; did you mean {near}?"),
        None => format!("{name:?} is no command; sso help lists them"),
    })
}

/// The name that a misspelt one may have been.
pub(crate) fn nearest<'n>(name: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let near = names.into_iter().map(|found| (distance(name, found), found)).min()?;
    is_near(near.0, near.1).then_some(near.1)
}

/// Whether so many changes make a slip of this name, and not another name.
pub(crate) fn is_near(distance: usize, name: &str) -> bool {
    distance <= (name.len() / 3).max(2) && distance < name.len()
}

/// How many letters have to change for one word to become the other.
pub(crate) fn distance(a: &str, b: &str) -> usize {
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
    for own in OWN {
        entry(own.name, width, &in_short(own.docs, WIDTH - width - 4), &mut text);
    }
    for command in COMMANDS {
        entry(command.name, width, &in_short(command.docs, WIDTH - width - 4), &mut text);
    }
    text.push_str("\nOptions of every command:\n  ");
    let options: Vec<String> = crate::args::GLOBAL.iter().map(|option| format!("--{}", option.name)).collect();
    wrap(&options.join(" "), 2, &mut text);
    text.push_str("\nExamples:\n");
    text.push_str("  sso login --sso-session corp\n");
    text.push_str("  eval \"$(sso export --profile dev)\"\n");
    text.push_str("  sso list-accounts --profile dev --query 'accountList[].accountName' --output text\n");
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

/// Prints the manual page.
pub(crate) fn man() -> Result<(), Failed> {
    let mut text = String::from(".TH SSO 1\n.SH NAME\nsso \\- the AWS access portal on the command line\n");
    text.push_str(".SH SYNOPSIS\n.B sso\n.I COMMAND\n[\\fIOPTIONS\\fR]\n.SH COMMANDS\n");
    for own in OWN {
        text.push_str(&format!(".SS {}\n{}\n", roff(own.name), roff(own.docs)));
        for (option, docs) in own.options {
            text.push_str(&format!(".TP\n.B {}\n{}\n", roff(&usage(option)), roff(docs)));
        }
    }
    for command in COMMANDS {
        text.push_str(&format!(".SS {}\n{}\n", roff(command.name), roff(&command.docs.replace('\n', " "))));
        for member in command.input {
            text.push_str(&format!(
                ".TP\n.B {}\n{}\n",
                roff(&format!("--{}", member.option)),
                roff(&described(member))
            ));
        }
    }
    text.push_str(".SH OPTIONS OF EVERY COMMAND\n");
    for option in crate::args::GLOBAL {
        text.push_str(&format!(".TP\n.B {}\n", roff(&usage(option))));
    }
    text.push_str(
        ".SH EXIT STATUS\n0 for success, 2 for wrong arguments, 255 for other failures, as AWS CLI v1 has them.\n",
    );
    write(&text)
}

/// Text that a formatter of manual pages takes as it is.
fn roff(text: &str) -> String {
    let escaped = text.replace('\\', "\\e").replace('-', "\\-").replace('`', "");
    // A line that begins with one of these is a request.
    if escaped.starts_with(['.', '\'']) { format!("\\&{escaped}") } else { escaped }
}

fn own_command(own: &Own) -> String {
    let mut text = format!("sso {}\n\n  ", own.name);
    wrap(own.docs, 2, &mut text);
    if !own.options.is_empty() {
        text.push_str("\nOptions:\n");
    }
    let usages: Vec<_> = own.options.iter().map(|(option, docs)| own_option(option, docs)).collect();
    let width = usages.iter().map(|(usage, _)| usage.len()).max().unwrap_or_default();
    for (usage, docs) in &usages {
        entry(usage, width, docs, &mut text);
    }
    text.push_str("\nExamples:\n");
    for example in own.examples {
        text.push_str(&format!("  {example}\n"));
    }
    text.push_str("\n--profile or --sso-session names the session. sso help lists the options of every command.\n");
    text
}

fn own_option(option: &Opt, docs: &str) -> (String, String) {
    match option.takes {
        Takes::Choice(choices) => {
            let value = option.name.to_uppercase();
            (format!("--{} {value}", option.name), format!("{docs} One of: {}.", choices.join(", ")))
        }
        _ => (usage(option), docs.to_owned()),
    }
}

fn described(member: &Member) -> String {
    let mut text = member.docs.replace('\n', " ");
    if let (Some(min), Some(max)) = (member.min, member.max) {
        text.push_str(&format!(" [{min}-{max}]"));
    }
    match (member.required, crate::table::session::source(member.name)) {
        (true, Some(_)) => text.push_str(" Required, or the session's."),
        (true, None) => text.push_str(" Required."),
        (false, _) => {}
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
        Takes::Choice(choices) | Takes::ChoiceByCommand(choices) => format!("--{name} {}", choices.join("|")),
        Takes::OptionalChoice(choices) => format!("--{name} [{}]", choices.join("|")),
        Takes::Integer => format!("--{name} N"),
        Takes::Text => format!("--{name} {}", name.rsplit('-').next().unwrap_or(name).to_uppercase()),
    }
}

/// The first sentence, or as much of it as makes sense within so many columns.
fn in_short(docs: &str, columns: usize) -> String {
    let first = docs.lines().next().unwrap_or_default();
    if first.len() <= columns {
        return first.to_owned();
    }
    let cut = first.char_indices().take_while(|(index, _)| *index < columns).last().map_or(0, |(index, _)| index);
    let cut = &first[..cut];
    match cut.split_once(", ").or_else(|| cut.rsplit_once(' ')) {
        Some((whole, _)) if cut.contains(", ") => format!("{whole}."),
        Some((whole, _)) => format!("{whole} …"),
        None => cut.to_owned(),
    }
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
