//! Calls: operations, the client, the retry loop, paginators, waiters and blocking calls.

mod attempt;
#[cfg(feature = "aws-types")]
pub mod aws_sdk;
#[cfg(feature = "blocking")]
pub mod blocking;
mod caller_headers;
#[cfg(feature = "checksum")]
pub mod checksum;
pub mod client;
#[cfg(feature = "compression")]
pub mod compression;
#[cfg(test)]
mod feature_tests;
mod http_clients;
mod observe;
pub mod operation;
pub mod paginate;
#[cfg(feature = "sigv4")]
pub mod presigning;
#[cfg(feature = "tree-hash")]
pub mod tree_hash;
#[cfg(feature = "waiter")]
pub mod waiter;

/// Customized calls, by the path of other AWS SDKs.
pub mod customize {
    pub use super::operation::CustomizableOperation;
}
