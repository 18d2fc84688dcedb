//! Everything that is wrong with an input, all at once.

use std::fmt;

use indexmap::IndexSet;

/// One problem: where it is and what it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
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
    // A shape that is reached by two ways has its problems once.
    problems: IndexSet<Problem>,
}

impl Report {
    /// An empty report about `file`.
    pub fn new(file: &str) -> Self {
        Self { file: file.to_owned(), problems: IndexSet::new() }
    }

    /// The problems found, in the order in which they were found.
    pub fn problems(&self) -> impl ExactSizeIterator<Item = &Problem> {
        self.problems.iter()
    }

    /// Adds a problem of the file as a whole.
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
