//! The parser of the shared configuration files. Sections and properties borrow from the text.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{FileKind, Property, SectionKind};

/// Separators of words. Other white space is part of names and values.
const BLANKS: [char; 2] = [' ', '\t'];

/// A section of a file.
pub(super) struct RawSection<'a> {
    /// `None` if the section is ignored.
    pub(super) kind: Option<SectionKind>,
    /// The name, or the whole header if the section is ignored.
    pub(super) name: &'a str,
    /// Whether a keyword precedes the name in the header.
    pub(super) prefixed: bool,
    pub(super) line: usize,
    pub(super) properties: Vec<RawProperty<'a>>,
}

/// A property of a file.
pub(super) struct RawProperty<'a> {
    pub(super) key: &'a str,
    value: &'a str,
    line: usize,
    continued: Vec<(usize, &'a str)>,
}

impl RawProperty<'_> {
    pub(super) fn to_property(&self, file: &Arc<Path>) -> Property {
        let mut value = self.value.to_owned();
        for (_, text) in &self.continued {
            value.push('\n');
            value.push_str(text);
        }
        let continued = self.continued.iter().map(|(line, _)| *line).collect();
        Property { value, file: Arc::clone(file), line: self.line, continued }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Problem {
    NoSection,
    NoBracket(FileKind),
    NoEquals,
    NoName,
    Continuation,
    NestedNoEquals,
    NestedNoName,
}

impl Problem {
    /// Returns the error message, as AWS's SDKs word it, and advice.
    fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::NoSection => ("Expected a profile definition", "put a line such as [default] above it"),
            Self::NoBracket(FileKind::Config) => ("Profile definition must end with ']'", "write [profile NAME]"),
            Self::NoBracket(FileKind::Credentials) => ("Profile definition must end with ']'", "write [NAME]"),
            Self::NoEquals => ("Expected an '=' sign defining a property", "write KEY = VALUE"),
            Self::NoName => ("Property did not have a name", "write KEY = VALUE"),
            Self::Continuation => {
                ("Expected a property definition, found continuation", "remove the blanks at the beginning of the line")
            }
            Self::NestedNoEquals => (
                "Expected an '=' sign defining a sub-property",
                "write KEY = VALUE, or the value of the property above on its own line",
            ),
            Self::NestedNoName => ("Sub-property did not have a name", "write KEY = VALUE"),
        }
    }
}

/// The error of a malformed file, with its position but none of its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    file: PathBuf,
    line: usize,
    /// The section and the property that contain the line, if any.
    section: Option<String>,
    key: Option<String>,
    problem: Problem,
}

impl ParseError {
    /// Returns the file.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Returns the line, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// Returns the property whose nested properties are malformed, if any.
    pub fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, advice) = self.problem.texts();
        write!(f, "{}:{}: {what}", self.file.display(), self.line)?;
        match (&self.key, &self.section) {
            (Some(key), Some(section)) => write!(f, " (below {key} in section {section})")?,
            (None, Some(section)) => write!(f, " (in section {section})")?,
            _ => {}
        }
        write!(f, "; {advice}")
    }
}

impl std::error::Error for ParseError {}

/// The line that an indented line continues.
enum Above {
    Header,
    /// The last property of the last section.
    Property,
    /// An ignored line; its continuation is ignored too.
    Ignored,
}

/// Parses a file.
pub(super) fn parse<'a>(kind: FileKind, file: &Path, text: &'a str) -> Result<Vec<RawSection<'a>>, ParseError> {
    let mut sections: Vec<RawSection<'a>> = Vec::new();
    let mut above = Above::Header;
    // Editors on Windows write a byte order mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (line, content) in (1..).zip(text.lines()) {
        let trimmed = content.trim_matches(BLANKS);
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        let current = sections.last_mut();
        let problem = if content.starts_with('[') {
            above = Above::Header;
            match header(kind, trimmed, line) {
                Ok(section) => {
                    sections.push(section);
                    continue;
                }
                Err(problem) => problem,
            }
        } else {
            let indented = content.starts_with(BLANKS);
            match add_line(current, &mut above, trimmed, line, indented) {
                Ok(()) => continue,
                Err(problem) => problem,
            }
        };
        let section = sections.last().filter(|_| !matches!(problem, Problem::NoBracket(_)));
        let is_nested = matches!(problem, Problem::NestedNoEquals | Problem::NestedNoName);
        let property = section.and_then(|section| section.properties.last()).filter(|_| is_nested);
        return Err(ParseError {
            file: file.to_owned(),
            line,
            section: section.map(|section| section.name.to_owned()),
            key: property.map(|property| property.key.to_ascii_lowercase()),
            problem,
        });
    }
    Ok(sections)
}

/// Parses a header such as `[profile NAME] # comment`.
fn header(kind: FileKind, line: &str, number: usize) -> Result<RawSection<'_>, Problem> {
    let no_bracket = Problem::NoBracket(kind);
    let (inner, rest) = line.strip_prefix('[').and_then(|line| line.split_once(']')).ok_or(no_bracket)?;
    if !rest.is_empty() && !rest.trim_start_matches(BLANKS).starts_with(['#', ';']) {
        return Err(no_bracket);
    }
    let inner = inner.trim_matches(BLANKS);
    let (word, name) = inner.split_once(BLANKS).unwrap_or((inner, ""));
    let name = name.trim_matches(BLANKS);
    let (section_kind, name, prefixed) = match (kind, word) {
        (FileKind::Credentials, _) => (Some(SectionKind::Profile), inner, false),
        (FileKind::Config, "default") if name.is_empty() => (Some(SectionKind::Profile), inner, false),
        (FileKind::Config, "profile") => (Some(SectionKind::Profile), name, true),
        (FileKind::Config, "sso-session") => (Some(SectionKind::SsoSession), name, true),
        (FileKind::Config, "services") => (Some(SectionKind::Services), name, true),
        (FileKind::Config, _) => (None, inner, false),
    };
    let quoted = name.strip_prefix('"').and_then(|name| name.strip_suffix('"')).filter(|_| prefixed);
    let is_valid = match quoted {
        Some(name) => is_name(&name.replace(' ', "-")),
        None => is_name(name),
    };
    let section = match section_kind.filter(|_| is_valid) {
        Some(kind) => (Some(kind), quoted.unwrap_or(name)),
        None => (None, inner),
    };
    Ok(RawSection { kind: section.0, name: section.1, prefixed, line: number, properties: Vec::new() })
}

/// Parses a trimmed line that is not a header, and adds it to the section.
fn add_line<'a>(
    section: Option<&mut RawSection<'a>>,
    above: &mut Above,
    line: &'a str,
    number: usize,
    indented: bool,
) -> Result<(), Problem> {
    let section = section.ok_or(Problem::NoSection)?;
    if section.kind.is_none() {
        return Ok(());
    }
    if !indented {
        let (key, value) = key_and_value(line).ok_or(Problem::NoEquals)?;
        if key.is_empty() {
            return Err(Problem::NoName);
        }
        *above = Above::Ignored;
        if is_name(key) {
            *above = Above::Property;
            section.properties.push(RawProperty { key, value, line: number, continued: Vec::new() });
        }
        return Ok(());
    }
    let property = match above {
        Above::Ignored => return Ok(()),
        Above::Property => section.properties.last_mut(),
        Above::Header => None,
    };
    let property = property.ok_or(Problem::Continuation)?;
    if property.value.is_empty() {
        let (key, _) = key_and_value(line).ok_or(Problem::NestedNoEquals)?;
        if key.is_empty() {
            return Err(Problem::NestedNoName);
        }
    }
    property.continued.push((number, line));
    Ok(())
}

/// Splits a line such as `name = value # comment`. A comment starts after a blank only.
fn key_and_value(line: &str) -> Option<(&str, &str)> {
    let comment = line.match_indices(['#', ';']).find(|(at, _)| line[..*at].ends_with(BLANKS));
    let line = comment.map_or(line, |(at, _)| &line[..at]);
    let (key, value) = line.split_once('=')?;
    Some((key.trim_matches(BLANKS), value.trim_matches(BLANKS)))
}

/// Parses a nested property; `None` if its name is invalid.
pub(super) fn nested_property(line: &str) -> Option<(&str, &str)> {
    key_and_value(line).filter(|(key, _)| is_name(key))
}

/// Returns whether a profile or property name is valid. Invalid ones are ignored without an error.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_/.%@:+".contains(&byte))
}
