//! Headers of sections, such as `[profile "my team"]`; and why some are passed over.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use super::parse::Problem;
use super::text::{BLANKS, Unclosed, is_name, quoted, trim, visible, words};
use super::{FileKind, SectionKind};
use crate::base::Escaped;

/// The section that a header names.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) kind: SectionKind,
    pub(super) name: String,
    /// Whether a keyword precedes the name.
    pub(super) prefixed: bool,
    /// Whether every AWS SDK reads the section, so that its lines have to be well-formed.
    pub(super) shared: bool,
}

/// The section that a header does not name, although it was probably meant to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unnamed {
    /// The kind; `None` if there is no keyword, and it may be any.
    pub(super) kind: Option<SectionKind>,
    /// What the name was meant to be; more than one if that is not clear.
    pub(super) names: Vec<String>,
    pub(super) why: Why,
}

/// Why a section is passed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// The header has another form than that of such sections.
    Header,
    /// Sections of the kind are read from the config file only.
    ConfigFileOnly,
    /// A line of it is malformed, and no other AWS SDK reads the section.
    Line(usize, Problem),
}

/// A section that was passed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PassedOver {
    pub(super) header: String,
    pub(super) section: Unnamed,
    pub(super) file: Arc<Path>,
    pub(super) file_kind: FileKind,
    pub(super) line: usize,
}

impl PassedOver {
    /// Returns whether somebody who looks for this section may mean this one.
    pub(super) fn is(&self, kind: SectionKind, name: &str) -> bool {
        self.section.kind.is_none_or(|found| found == kind) && self.section.names.iter().any(|found| found == name)
    }

    /// Says where it is and why it is not this section.
    pub(super) fn told(&self, kind: SectionKind, name: &str) -> impl fmt::Display {
        let place = format!("{}:{} says [{}]", Escaped(self.file.display()), self.line, Escaped(&self.header));
        match &self.section.why {
            Why::Header => format!("{place}, which has to be {}", Escaped(header_of(self.file_kind, kind, name))),
            Why::ConfigFileOnly => format!("{place}, which is read from the config file only"),
            Why::Line(line, problem) => format!("{place}, which is not read because of line {line}: {problem}"),
        }
    }
}

/// Writes the header of a section.
fn header_of(file: FileKind, kind: SectionKind, name: &str) -> String {
    match (file, kind) {
        (FileKind::Credentials, SectionKind::Profile) => format!("[{name}]"),
        (_, SectionKind::Profile) if name == "default" => "[default]".to_owned(),
        (FileKind::Credentials, _) => format!("[{} {}] in the config file", kind.keyword(), quoted(name)),
        _ => format!("[{} {}]", kind.keyword(), quoted(name)),
    }
}

/// Returns the text between the brackets of a trimmed line. The closing one is the first that only a comment follows, so
/// that there may be brackets in both.
pub(super) fn between_brackets(line: &str) -> Option<&str> {
    let line = line.strip_prefix('[')?;
    let ends = |rest: &str| rest.is_empty() || trim(rest).is_empty() || trim(rest).starts_with(['#', ';']);
    let (end, _) = line.match_indices(']').find(|(at, _)| ends(&line[at + 1..]))?;
    Some(trim(&line[..end]))
}

/// Reads a header, given the text between its brackets.
pub(super) fn read(file: FileKind, header: &str) -> Result<Named, Unnamed> {
    let header = &*visible(header);
    let (keyword, rest) = header.split_once(char::is_whitespace).unwrap_or((header, ""));
    let rest = trim(rest);
    match file {
        FileKind::Config => config(header, keyword, rest),
        FileKind::Credentials => credentials(header, keyword, rest),
    }
}

fn config(header: &str, keyword: &str, rest: &str) -> Result<Named, Unnamed> {
    if header == "default" {
        let kind = SectionKind::Profile;
        return Ok(Named { kind, name: header.to_owned(), prefixed: false, shared: true });
    }
    let Some(kind) = SectionKind::ALL.into_iter().find(|kind| kind.keyword() == keyword) else {
        return Err(without_keyword(header, keyword, rest));
    };
    let unnamed = |names| Err(Unnamed { kind: Some(kind), names, why: Why::Header });
    match words(rest) {
        Ok(words) => match <[String; 1]>::try_from(words) {
            Ok([name]) if name.is_empty() => unnamed(Vec::new()),
            Ok([name]) => {
                let shared = is_name(rest) || is_name(&name.replace(BLANKS, "-"));
                Ok(Named { kind, name, prefixed: true, shared })
            }
            Err(words) => unnamed(vec![rest.to_owned(), words.join(" ")]),
        },
        Err(Unclosed) => unnamed(vec![rest.to_owned(), rest.trim_matches(['"', '\'']).to_owned()]),
    }
}

/// A header in a config file that begins with none of the keywords, perhaps with one that is misspelled.
fn without_keyword(header: &str, keyword: &str, rest: &str) -> Unnamed {
    let letters: String = keyword.chars().filter(char::is_ascii_alphabetic).collect();
    let meant = match letters.to_ascii_lowercase().as_str() {
        "profile" | "profiles" | "profil" => Some(SectionKind::Profile),
        "ssosession" | "ssosessions" | "ssosesion" | "session" => Some(SectionKind::SsoSession),
        "service" | "services" => Some(SectionKind::Services),
        _ => None,
    };
    let name = |text: &str| words(text).map_or_else(|_| text.to_owned(), |words| words.join(" "));
    match meant.filter(|_| !rest.is_empty()) {
        Some(_) => Unnamed { kind: meant, names: vec![name(rest), rest.to_owned()], why: Why::Header },
        None => Unnamed { kind: None, names: vec![header.to_owned(), name(header)], why: Why::Header },
    }
}

/// In a credentials file, the header is the name of a profile.
fn credentials(header: &str, keyword: &str, rest: &str) -> Result<Named, Unnamed> {
    let kind = SectionKind::ALL.into_iter().find(|kind| kind.keyword() == keyword && !rest.is_empty());
    let in_quotes = ['"', '\''].into_iter().find_map(|quote| header.strip_prefix(quote)?.strip_suffix(quote));
    let unnamed = |kind, name: &str, why| {
        let name = words(name).map_or_else(|_| name.to_owned(), |words| words.join(" "));
        Err(Unnamed { kind: Some(kind), names: vec![name], why })
    };
    match (kind, in_quotes) {
        (Some(SectionKind::Profile), _) => unnamed(SectionKind::Profile, rest, Why::Header),
        (Some(kind), _) => unnamed(kind, rest, Why::ConfigFileOnly),
        (None, Some(_)) => unnamed(SectionKind::Profile, header, Why::Header),
        (None, None) if header.is_empty() => {
            Err(Unnamed { kind: Some(SectionKind::Profile), names: Vec::new(), why: Why::Header })
        }
        (None, None) => {
            let (kind, name) = (SectionKind::Profile, header.to_owned());
            Ok(Named { kind, name, prefixed: false, shared: is_name(header) })
        }
    }
}
