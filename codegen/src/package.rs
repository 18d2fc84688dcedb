//! A crate for one service: its root, its README, and the runtime features that it needs.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use crate::emit::docs;
use crate::ir::Service;
use crate::naming;
use crate::{FileTree, Options, Problem, Report, model};

/// A generated crate, without its manifest and runtime.
#[derive(Clone, Debug)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its files, by their paths below the crate's folder.
    pub files: FileTree,
    /// Its description in one line.
    pub description: String,
    /// The features of the runtime that it needs.
    pub runtime_features: BTreeSet<&'static str>,
    /// What is left out, and why, one line each.
    pub left_out: Vec<String>,
    /// What is probably a mistake in the model.
    pub notes: Vec<Problem>,
    /// Its size.
    pub size: Size,
    /// The number of the model's endpoint tests.
    pub endpoint_tests: usize,
}

/// The size of a service.
#[derive(Clone, Copy, Debug, Default)]
pub struct Size {
    /// The number of operations.
    pub operations: usize,
    /// The number of structures, unions, enums, errors and event streams.
    pub types: usize,
    /// The number of lines of generated Rust.
    pub lines: usize,
}

/// The runtime of a generated crate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Runtime {
    /// A copy in a folder of the generated crate.
    #[default]
    Vendored,
    /// A dependency on the runtime's crate.
    Dependency,
}

/// Generates a crate for one service; without a name it is named after the service.
///
/// # Errors
///
/// Returns a report of everything in the model that is invalid or unsupported.
pub fn package(
    model: &model::Model,
    options: &Options,
    name: Option<&str>,
    runtime: Runtime,
) -> Result<Package, Report> {
    let service = crate::lower::lower(model, options)?;
    let name = name.map_or_else(|| naming::crate_name(&service.sdk_id), str::to_owned);
    let header = crate::header(model, options);
    let mut files: Vec<crate::emit::Pending<'_>> =
        crate::emit::service(&service, options, Some(name.replace('-', "_")))
            .into_iter()
            .map(|(path, tokens)| (format!("src/generated/{path}"), tokens))
            .collect();
    files.push(("src/lib.rs".to_owned(), Box::new(|| root(&service, &name))));
    let mut files = crate::rendered(model, &header, files)?;
    let lines = files.values().map(|text| text.lines().count()).sum();
    files.insert("README.md".to_owned(), readme(&service, &name, options, runtime));
    let size = Size {
        operations: service.operations.len(),
        types: service.structures.len()
            + service.unions.len()
            + service.enums.len()
            + service.errors.len()
            + service.event_streams.len(),
        lines,
    };
    let description = format!("Client for {}, generated from its Smithy model", service.title_and_version());
    Ok(Package {
        name,
        files,
        description,
        runtime_features: service.runtime_parts.keys().copied().collect(),
        left_out: service.left_out,
        notes: model.notes(),
        size,
        endpoint_tests: service.endpoint_tests.len(),
    })
}

/// Returns `src/lib.rs` of a crate, independent of its name.
pub(crate) fn root_tokens(service: &Service) -> TokenStream {
    root(service, "client")
}

fn root(service: &Service, name: &str) -> TokenStream {
    let needs = |part: &str| service.runtime_parts.contains_key(part);
    let crate_name = name.replace('-', "_");
    let example = service.operations.iter().find(|operation| operation.input.iter().all(|member| !member.required));
    let example = example.map(|operation| {
        let method = &operation.method;
        format!(
            "\n\n```no_run\nuse {crate_name}::config::Region;\nuse {crate_name}::{{Client, Config}};\n\n# async fn call() -> \
             Result<(), {crate_name}::Error> {{\nlet client = Client::from_conf(Config::builder().region(Region::new(\"eu-west-1\"))\
             .build());\nlet output = client.{method}().send().await?;\nprintln!(\"{{output:?}}\");\n# Ok(())\n# }}\n```"
        )
    });
    let doc = docs::inner(&format!(
        "Client for {}.{}\n\nCalls need a Tokio runtime with I/O and timers enabled.",
        service.title_and_version(),
        example.unwrap_or_default()
    ));
    let primitives = primitives(service);
    let auth = needs("sigv4").then(|| {
        quote! {
            pub use crate::runtime::config::credentials::{Credentials, ProvideCredentials, SharedCredentialsProvider};
        }
    });
    let presigning = needs("sigv4").then(|| {
        quote! {
            /// Presigned requests.
            pub mod presigning {
                pub use crate::runtime::call::presigning::{
                    PresignedRequest, PresigningConfig, PresigningConfigBuilder, PresigningConfigError,
                };
            }
        }
    });
    let bearer =
        needs("bearer").then(|| quote! { pub use crate::runtime::config::credentials::{ProvideToken, Token}; });
    let idempotency =
        needs("idempotency").then(|| quote! { pub use crate::runtime::config::idempotency::IdempotencyTokenProvider; });
    let client_params = service
        .endpoint
        .client_params()
        .next()
        .is_some()
        .then(|| quote! { pub use crate::generated::client_params::ClientParams; });
    let waiters = needs("waiter").then(|| {
        quote! {
            /// Waiters, which poll an operation until a resource reaches a state.
            pub use crate::generated::waiters;
        }
    });
    quote! {
        #doc
        #[rustfmt::skip]
        mod generated;
        #[doc(hidden)]
        pub use smithy_client_runtime as runtime;
        #[doc(inline)]
        pub use crate::generated::client::Client;
        pub use crate::generated::error::Error;
        pub use crate::generated::{client, operation, types};
        #waiters
        #[doc(inline)]
        pub use crate::runtime::config::Config;
        #primitives
        #[doc(inline)]
        pub use crate::runtime::public::{customize, error, pagination};
        #presigning
        /// Configuration of clients and of single calls.
        pub mod config {
            pub use crate::runtime::public::config::*;
            #auth
            #bearer
            #idempotency
            #client_params
        }
        /// Blocking calls, for programs without an asynchronous runtime.
        #[cfg(feature = "blocking")]
        pub mod blocking {
            pub use crate::runtime::call::blocking::{Blocking, BlockingCall, BlockingIter};
            /// A client with blocking calls, which `Client::blocking` returns.
            pub type Client = crate::Client<Blocking>;
        }
        /// Serialization of outputs with `serde`, by default without sensitive values.
        #[cfg(feature = "serde")]
        pub mod serialize {
            pub use crate::runtime::data::serialize::WithSecrets;
        }
        /// Metadata of this crate.
        pub mod meta {
            /// The version of this crate.
            pub static PKG_VERSION: &str = env!("CARGO_PKG_VERSION");
        }
    }
}

/// Returns `primitives`: types that no model defines.
fn primitives(service: &Service) -> Option<TokenStream> {
    let mut exports = TokenStream::new();
    for (part, tokens) in [
        ("blob", quote! { pub use crate::runtime::primitives::blob::Blob; }),
        ("timestamp", quote! { pub use crate::runtime::primitives::timestamp::{DateTime, Format as DateTimeFormat}; }),
        ("document", quote! { pub use crate::runtime::primitives::document::{Document, Number}; }),
        ("number", quote! { pub use crate::runtime::primitives::number::{BigDecimal, BigInteger}; }),
        (
            "byte-stream",
            quote! { pub use crate::runtime::primitives::byte_stream::{AggregatedBytes, ByteStream, ByteStreamError, FsBuilder, Length}; },
        ),
        (
            "event-stream",
            quote! { pub use crate::runtime::primitives::event_stream::{EventReceiver, EventStreamSender, RawMessage}; },
        ),
    ] {
        if service.runtime_parts.contains_key(part) {
            exports.extend(tokens);
        }
    }
    if !service.unions.is_empty() {
        exports.extend(quote! { pub use crate::runtime::data::json::UnknownVariant; });
    }
    if !service.enums.is_empty() {
        exports.extend(quote! { pub use crate::runtime::data::UnknownVariantValue; });
    }
    (!exports.is_empty()).then(|| {
        quote! {
            /// Primitive types of Smithy, and unknown values of enums and unions.
            pub mod primitives {
                #exports
            }
        }
    })
}

fn readme(service: &Service, name: &str, options: &Options, runtime: Runtime) -> String {
    let crate_name = name.replace('-', "_");
    let count = service.operations.len();
    let runtime = match runtime {
        Runtime::Vendored => "Its runtime lies beside it, in `runtime/`.",
        Runtime::Dependency => "Its runtime is the crate `smithy-client-runtime`.",
    };
    let version = match crate::docs::name(&service.version) {
        version if version.is_empty() => version,
        version => format!("version {version}, "),
    };
    let mut text = format!(
        "# {name}\n\nA Rust client for {} ({version}{count} operation{}), generated from the service's Smithy model by\n\
         `{}`. {runtime}\n\n```rust,ignore\nlet config = {crate_name}::Config::builder()\n    \
         .region({crate_name}::config::Region::new(\"eu-west-1\"))\n    .build();\nlet client = \
         {crate_name}::Client::from_conf(config);\n```\n\nThe API is that of AWS's SDK for Rust: a method of the client for \
         every operation, which returns a builder.\n",
        service.title,
        if count == 1 { "" } else { "s" },
        options.command,
    );
    if !service.left_out.is_empty() {
        text.push_str("\nNot generated:\n\n");
        for line in &service.left_out {
            text.push_str(&format!("- {line}\n"));
        }
    }
    text
}
