//! Values that must never be printed, and that should not outlive their use.
//!
//! What the model marks sensitive is replaced in every `Debug`, and overwritten when what the
//! runtime has of it is no longer needed (`wipe`).
//!
//! Overwritten are: an input that was handed over, by `send`, a paginator or a waiter, and one in a
//! builder that is dropped; values that setters replace; sensitive headers, bodies, paths and queries of
//! requests, wherever the last copy of them is dropped; bodies of responses that may hold secrets, as
//! far as nobody else has a part of them; bearer tokens and the credentials of proxies.
//!
//! What nobody here can overwrite: text that the caller keeps, such as the `String` that a `&str`
//! was taken from, or an input that was taken out of its builder; the fields of outputs, which
//! are plain so that they can be moved out, and the caller's own from then on; what hyper, h2,
//! rustls and the kernel have in their buffers, which is all that travels; what `serde_json` had to
//! unescape; what stands in front of a host's name, the keys of maps, and documents; memory that was
//! swapped out or copied before it was handed over.
//!
//! What must stay true: no `Debug` or `Display` knows the length or anything else of a secret.

mod wipe;

use std::fmt;

pub use wipe::{Wipe, WipedBuffer, set_secret};
pub(crate) use wipe::{secret_bytes, secret_header, wipe_if_unshared};
pub(crate) use zeroize::Zeroizing;

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
