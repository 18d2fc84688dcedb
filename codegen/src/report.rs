//! Everything that is wrong with an input, all at once.

use std::fmt;

/// One problem: where it is and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The shape, and after `$` the member, that the problem is about; `None` for the file as a whole.
    pub place: Option<String>,
    /// What is wrong, and what to do where that is known.
    pub message: String,
}

/// The problems of one file. It is an error once it holds at least one.
#[derive(Clone, Debug)]
pub struct Report {
    file: String,
    problems: Vec<Problem>,
}

impl Report {
    /// An empty report about `file`.
    pub fn new(file: &str) -> Self {
        Self { file: file.to_owned(), problems: Vec::new() }
    }

    /// The problems found, in the order in which they were found.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Adds a problem of the file as a whole.
    pub fn file(&mut self, message: impl Into<String>) {
        self.problems.push(Problem { place: None, message: message.into() });
    }

    /// Adds a problem of a shape.
    pub fn shape(&mut self, id: impl fmt::Display, message: impl Into<String>) {
        self.problems.push(Problem { place: Some(id.to_string()), message: message.into() });
    }

    /// Adds a problem of a member.
    pub fn member(&mut self, id: impl fmt::Display, member: &str, message: impl Into<String>) {
        self.shape(format_args!("{id}${member}"), message);
    }

    /// `value`, unless there were problems.
    pub fn into_result<T>(self, value: T) -> Result<T, Self> {
        if self.problems.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.problems.len();
        write!(f, "{}: {count} problem{}", self.file, if count == 1 { "" } else { "s" })?;
        for problem in &self.problems {
            match &problem.place {
                Some(place) => write!(f, "\n  {place}: {}", problem.message)?,
                None => write!(f, "\n  {}", problem.message)?,
            }
        }
        Ok(())
    }
}

impl std::error::Error for Report {}
