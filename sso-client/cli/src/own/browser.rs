//! Opens pages in a browser: that of `$BROWSER`, or what the system has for pages.
//!
//! No browser that draws text is ever started: it would take the terminal, or wait unseen for keys. That a page is
//! not opened is no failure; its URL has been shown.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::env;
use crate::errors::printable_line;
use crate::output::note;

/// Browsers that draw text.
const TEXT: &[&str] = &[
    "browsh",
    "carbonyl",
    "chawan",
    "cha",
    "elinks",
    "links",
    "links2",
    "lynx",
    "netrik",
    "retawq",
    "w3m",
    "www-browser",
];
/// What `xdg-open` may try where no desktop decides: by itself it would end with those that draw text.
const GRAPHICAL: &str = "x-www-browser:firefox:chromium:chromium-browser:google-chrome:epiphany:konqueror";

/// Opens a page.
pub(super) fn open(url: &str) {
    // What the service sends is an argument of a program: it may be a page and nothing else.
    let is_page =
        ["https://", "http://"].iter().any(|scheme| url.starts_with(scheme)) && !url.contains(char::is_control);
    if !is_page {
        return;
    }
    let said = env::text("BROWSER");
    let tried: Vec<&str> = match &said {
        Some(text) => text.split(':').filter(|words| !words.trim().is_empty()).collect(),
        None if cfg!(target_os = "macos") => vec!["open"],
        None if cfg!(windows) => vec!["explorer"],
        None if env::text("DISPLAY").is_none() && env::text("WAYLAND_DISPLAY").is_none() => return,
        None => vec!["xdg-open"],
    };
    let mut why = Vec::new();
    for words in tried {
        match start(words, url, said.is_none()) {
            Ok(()) => return,
            Err(error) => why.push(format!("{}: {error}", printable_line(words))),
        }
    }
    note(&format!("No browser was opened ({}).", why.join("; ")));
}

/// Starts a command line, in which `%s` stands for the URL; without one, the URL comes last.
fn start(words: &str, url: &str, by_system: bool) -> Result<(), String> {
    let mut words = words.split_whitespace();
    let program = words.next().unwrap_or_default();
    let name = Path::new(program).file_stem().and_then(|name| name.to_str()).unwrap_or_default();
    if TEXT.contains(&name) {
        return Err("it draws text".to_owned());
    }
    let arguments: Vec<&str> = words.collect();
    let mut command = Command::new(program);
    command.args(arguments.iter().map(|word| word.replace("%s", url)));
    if !arguments.iter().any(|word| word.contains("%s")) {
        command.arg(url);
    }
    if by_system {
        command.env("BROWSER", GRAPHICAL);
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().map(drop).map_err(|error| error.to_string())
}
