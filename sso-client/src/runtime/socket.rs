//! What generated code imports, by one glob: names that it defines itself win over these.
//!
//! What must stay true: each name in it is one that the generator does not give to a model's shape,
//! which a test of `naming` looks after.

pub use std::borrow::Cow;
pub use std::collections::HashMap;
pub use std::convert::Infallible;
pub use std::fmt;
pub use std::str::FromStr;

pub use super::auth::Authorize;
pub use super::bind::{Bind, Binder, Member, debug_bindings};
pub use super::client::{ClientHandle, Handle, Service};
pub use super::config::Config;
pub use super::customize::CustomizableOperation;
pub use super::endpoint::{Endpoint, EndpointError, EndpointSettings};
pub use super::error::{
    BoxError, BuildError, ErrorAnswer, ErrorMetadata, Fault, Faults, OperationError, ProvideErrorMetadata, RawResponse,
    RequestId, SdkError, ServiceFault, Unhandled, write_fault, write_story,
};
pub use super::http::{HttpRequest as Request, HttpResponse as Response};
pub use super::json;
pub use super::operation::{Operation, Output, PageSized, PagedItems, Paginated};
pub use super::paginate::{Paginator, PaginatorItems};
pub use super::retry::RetryKind;
pub use super::secret::{REDACTED, Wipe, Wiped, redacted, set_secret};
pub use super::transport::ResponseBody;
pub use super::value::{FromWire, TimestampFormat, UnknownVariantValue, WireEnum, WireValue};

/// Why a builder does not do without a member.
pub const REQUIRED: &str = "it is required";
