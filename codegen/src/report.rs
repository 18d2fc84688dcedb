//! Reports of all problems of an input at once.

use std::fmt;

use indexmap::IndexSet;

/// A problem and its place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Problem {
    /// The shape or, after `$`, member with the problem; `None` for the whole file.
    pub place: Option<String>,
    /// What is wrong, and how to resolve it if known.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(place) => write!(f, "{place}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

/// The problems of one file. With at least one, it is an error.
#[derive(Clone, Debug)]
pub struct Report {
    file: String,
    // A shape that is reached twice reports its problems once.
    problems: IndexSet<Problem>,
}

impl Report {
    /// Creates an empty report about `file`.
    pub fn new(file: &str) -> Self {
        Self { file: file.to_owned(), problems: IndexSet::new() }
    }

    /// Returns the problems, in the order in which they were found.
    pub fn problems(&self) -> impl ExactSizeIterator<Item = &Problem> {
        self.problems.iter()
    }

    /// Adds a problem of the whole file.
    pub fn file(&mut self, message: impl Into<String>) {
        self.problems.insert(Problem { place: None, message: message.into() });
    }

    /// Adds a problem of a shape.
    pub fn shape(&mut self, id: impl fmt::Display, message: impl Into<String>) {
        self.problems.insert(Problem { place: Some(id.to_string()), message: message.into() });
    }

    /// Adds a problem of a member.
    pub fn member(&mut self, id: impl fmt::Display, member: &str, message: impl Into<String>) {
        self.shape(format_args!("{id}${member}"), message);
    }

    /// Returns `value` if there are no problems.
    pub fn into_result<T>(self, value: T) -> Result<T, Self> {
        if self.problems.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.problems.len();
        write!(f, "{}: {count} problem{}", self.file, if count == 1 { "" } else { "s" })?;
        for problem in &self.problems {
            write!(f, "\n  {problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Report {}
