//! What a failed command says, and the status that it exits with.

use std::io::{self, Write};

use sso_client::runtime::base::steers;

/// Exit statuses: those of AWS CLI v1.
pub(crate) mod exit {
    /// A file of settings that cannot be read.
    pub(crate) const CONFIG: u8 = 1;
    /// Wrong arguments.
    pub(crate) const USAGE: u8 = 2;
    /// Everything else.
    pub(crate) const FAILURE: u8 = 255;
}

/// A failed command.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(crate) exit: u8,
    /// What went wrong, and where.
    pub(crate) message: String,
    /// What to do now.
    pub(crate) hint: Option<String>,
    /// Whether there is nothing to say, since the reader of the output has gone.
    pub(crate) silent: bool,
}

impl Failed {
    pub(crate) fn new(exit: u8, message: impl Into<String>) -> Self {
        Self { exit, message: message.into(), hint: None, silent: false }
    }

    /// Wrong arguments.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(exit::USAGE, message)
    }

    /// Anything else.
    pub(crate) fn failure(message: impl Into<String>) -> Self {
        Self::new(exit::FAILURE, message)
    }

    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// The same in one line, for logs of programs that call this one.
    pub(crate) fn in_one_line(mut self) -> Self {
        if let Some(hint) = self.hint.take() {
            self.message = format!("{}; {hint}", self.message);
        }
        self.message = self.message.replace('\n', " ");
        self
    }

    pub(crate) fn maybe_hint(self, hint: Option<&str>) -> Self {
        Self { hint: hint.map(str::to_owned), ..self }
    }

    /// Writes it to stderr. There is nobody to tell if that fails.
    pub(crate) fn report(&self) {
        if self.silent {
            return;
        }
        let mut text = format!("sso: {}\n", printable(&self.message));
        if let Some(hint) = &self.hint {
            text.push_str(&format!("  hint: {}\n", printable(hint)));
        }
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }
}

/// A reader that has gone is no failure: what it wanted it has got.
impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        let silent = error.kind() == io::ErrorKind::BrokenPipe;
        Self { exit: if silent { 0 } else { exit::FAILURE }, message: error.to_string(), hint: None, silent }
    }
}

/// Text without what could steer a terminal: it may come from a server.
pub(crate) fn printable(text: &str) -> String {
    escaped(text, |char| char)
}

/// The same in one line, for what others could lengthen by lines of their own: names, cells, messages of a server.
pub(crate) fn printable_line(text: &str) -> String {
    escaped(text, |_| ' ')
}

/// In one pass, since the text may be a secret, of which no other copy may be left.
fn escaped(text: &str, blank: impl Fn(char) -> char) -> String {
    let length = |char: char| if steers(char) { char.escape_default().len() } else { char.len_utf8() };
    let mut shown = String::with_capacity(text.chars().map(length).sum());
    for char in text.chars() {
        match char {
            '\n' | '\t' => shown.push(blank(char)),
            char if steers(char) => shown.extend(char.escape_default()),
            char => shown.push(char),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::{printable, printable_line};

    #[test]
    fn nothing_steers_the_terminal() {
        let text = "a\u{1b}[2Jb\u{85}c\u{202e}d\u{2028}e\u{2066}f\u{200f}\u{61c}\tg\nh é א";
        assert_eq!(
            printable(text),
            r"a\u{1b}[2Jb\u{85}c\u{202e}d\u{2028}e\u{2066}f\u{200f}\u{61c}".to_owned() + "\tg\nh é א"
        );
        assert_eq!(printable_line("a\tb\nc\r\u{1b}"), r"a b c\r\u{1b}");
    }
}
