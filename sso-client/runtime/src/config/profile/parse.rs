//! The parser of the shared configuration files. Properties borrow from the text.

use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::header::{self, Named, Unnamed, Why};
use super::text::{BLANKS, indentation, is_name, is_oddly_indented, trim, visible_key};
use super::{FileKind, Property};
use crate::base::Escaped;

/// A section of a file.
pub(super) struct RawSection<'a> {
    /// The text between the brackets.
    pub(super) header: &'a str,
    pub(super) section: Result<Named, Unnamed>,
    pub(super) line: usize,
    /// How far its header is indented. Lines that are indented further continue others.
    indentation: usize,
    pub(super) properties: Vec<RawProperty<'a>>,
}

/// A property of a file.
pub(super) struct RawProperty<'a> {
    pub(super) key: Cow<'a, str>,
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
pub(super) enum Problem {
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

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, advice) = self.texts();
        write!(f, "{what}; {advice}")
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

    /// Returns what is wrong, without file and line.
    pub fn message(&self) -> String {
        let (what, advice) = self.problem.texts();
        let place = match (&self.key, &self.section) {
            (Some(key), Some(section)) => format!(" (below {key} in section {})", Escaped(section)),
            (None, Some(section)) => format!(" (in section {})", Escaped(section)),
            _ => String::new(),
        };
        format!("{what}{place}; {advice}")
    }

    /// Returns the property whose nested properties are malformed, if any.
    pub fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", Escaped(self.file.display()), self.line, self.message())
    }
}

impl std::error::Error for ParseError {}

/// The line that an indented line continues.
#[derive(Clone, Copy, PartialEq, Eq)]
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
    // Old editors of the Mac end lines with CR alone; elsewhere CR is trimmed.
    let newline = if text.contains('\n') { '\n' } else { '\r' };
    for (line, content) in (1..).zip(text.split(newline)) {
        let trimmed = trim(content);
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        let indentation = indentation(content);
        let added = match header_line(kind, trimmed, indentation > 0 && above != Above::Header) {
            Some(Ok(header)) => {
                above = Above::Header;
                let section = header::read(kind, header);
                sections.push(RawSection { header, section, line, indentation, properties: Vec::new() });
                Ok(())
            }
            Some(Err(problem)) => Err(problem),
            None => add_line(sections.last_mut(), &mut above, trimmed, line, indentation, is_oddly_indented(content)),
        };
        let Err(problem) = added else { continue };
        let section = sections.last_mut().filter(|_| !matches!(problem, Problem::NoBracket(_)));
        let Some(section) = section else {
            return Err(ParseError { file: file.to_owned(), line, section: None, key: None, problem });
        };
        match &section.section {
            Ok(Named { shared: true, name, .. }) => {
                let is_nested = matches!(problem, Problem::NestedNoEquals | Problem::NestedNoName);
                let property = section.properties.last().filter(|_| is_nested);
                let key = property.map(|property| property.key.to_ascii_lowercase());
                return Err(ParseError { file: file.to_owned(), line, section: Some(name.clone()), key, problem });
            }
            // Such a section must not fail those who do not look for it.
            Ok(Named { kind, name, .. }) => {
                let (kind, names) = (Some(*kind), vec![name.clone()]);
                section.section = Err(Unnamed { kind, names, why: Why::Line(line, problem) });
            }
            Err(_) => {}
        }
    }
    Ok(sections)
}

/// Returns what a line has between its brackets, if it is a header. A line that may continue a value is one only if it
/// is well-formed.
fn header_line(kind: FileKind, line: &str, may_continue: bool) -> Option<Result<&str, Problem>> {
    if !line.starts_with('[') {
        return None;
    }
    match header::between_brackets(line) {
        Some(header) => Some(Ok(header)),
        None if may_continue => None,
        None => Some(Err(Problem::NoBracket(kind))),
    }
}

/// Parses a trimmed line that is not a header, and adds it to the section.
fn add_line<'a>(
    section: Option<&mut RawSection<'a>>,
    above: &mut Above,
    line: &'a str,
    number: usize,
    indentation: usize,
    oddly: bool,
) -> Result<(), Problem> {
    let section = section.ok_or(Problem::NoSection)?;
    if section.section.is_err() {
        return Ok(());
    }
    // Nested properties are indented in any way. Elsewhere, no-break spaces are more likely a remnant of copying.
    let may_nest = *above == Above::Property && section.properties.last().is_some_and(|above| above.value.is_empty());
    if indentation <= section.indentation && !(oddly && may_nest) {
        let (key, value) = key_and_value(line).ok_or(Problem::NoEquals)?;
        if key.is_empty() {
            return Err(Problem::NoName);
        }
        *above = Above::Ignored;
        if is_name(&key) {
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
fn key_and_value(line: &str) -> Option<(Cow<'_, str>, &str)> {
    let comment = line.match_indices(['#', ';']).find(|(at, _)| line[..*at].ends_with(BLANKS));
    let line = comment.map_or(line, |(at, _)| &line[..at]);
    let (key, value) = line.split_once('=')?;
    Some((visible_key(trim(key)), trim(value)))
}

/// Parses a nested property; `None` if its name is invalid.
pub(super) fn nested_property(line: &str) -> Option<(Cow<'_, str>, &str)> {
    key_and_value(line).filter(|(key, _)| is_name(key))
}
