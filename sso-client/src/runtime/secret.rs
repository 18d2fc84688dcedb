//! Values that must never be printed.

use std::fmt;

/// What is printed in place of a value that the model marks `@sensitive`.
pub const REDACTED: &str = "*** Sensitive Data Redacted ***";

/// Stands for a value in `Debug` output without knowing anything of it.
#[derive(Clone, Copy)]
pub struct Redacted;

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

/// What to print for a sensitive value.
pub fn redacted<T: ?Sized>(_value: &T) -> Redacted {
    Redacted
}
