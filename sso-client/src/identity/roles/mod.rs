//! Roles: credentials of one, and the list of all.

mod cache;
mod credentials;
mod limiter;
mod stream;

pub use credentials::RoleCredentials;
pub(crate) use limiter::RateLimiter;
pub use stream::{Role, Roles};
