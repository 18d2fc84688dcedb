//! Servers on loopback for tests of HTTP clients.
//!
//! - [`ScriptedServer`] sends exact bytes, stalls, closes and resets, over TCP or TLS.
//! - [`Authority`] issues certificates, and [`Certificate`] names the kinds of them that clients must tell apart.
//! - [`ProxyServer`] is a proxy for HTTP, and [`Relay`] forwards bytes until it is silenced.
//! - [`refused_address`], [`silent_listener`] and [`full_listener`] are what no server answers at.
//!
//! # Invariants
//!
//! Each server has a thread and a Tokio runtime of its own, so that it works with tests that have no runtime, pause
//! the clock or count tasks. Dropping it closes its listener and all of its connections before `drop` returns.

mod background;
mod certificates;
mod proxy;
mod scripted;
#[cfg(test)]
mod tests;
mod unanswered;

pub use certificates::{Authority, Certificate};
pub use proxy::{ProxyBehavior, ProxyServer, Relay};
pub use scripted::{Request, ScriptedServer, Step, respond, send};
pub use tokio_rustls::TlsAcceptor;
pub use unanswered::{FullListener, full_listener, refused_address, silent_listener};
