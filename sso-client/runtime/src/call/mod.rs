//! A call from end to end: the operation, the client, the retry loop, and what is built of calls.

mod attempt;

#[cfg(feature = "blocking")]
pub mod blocking;
#[cfg(feature = "checksum")]
pub mod checksum;
pub mod client;
#[cfg(feature = "compression")]
pub mod compression;
pub mod customize;
#[cfg(test)]
mod feature_tests;
mod observe;
pub mod operation;
pub mod paginate;
mod trace_id;
#[cfg(feature = "tree-hash")]
pub mod tree_hash;
mod user_agent;
#[cfg(feature = "waiter")]
pub mod waiter;
