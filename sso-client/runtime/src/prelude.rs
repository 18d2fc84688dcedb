//! The prelude of generated code, imported by a glob, so that names defined in the importing module win.
//!
//! # Invariants
//!
//! - The generator gives no shape a name of the prelude; a test of its module `naming` checks that.

pub use std::borrow::Cow;
pub use std::collections::HashMap;
pub use std::convert::Infallible;
pub use std::fmt;
pub use std::str::FromStr;

pub use crate::auth::Authorize;
pub use crate::base::BoxError;
pub use crate::call::client::{ClientHandle, Handle};
pub use crate::call::customize::CustomizableOperation;
pub use crate::call::operation::{Operation, OperationInfo, Output, PageSized, PagedItems, Paginated};
pub use crate::call::paginate::{Paginator, PaginatorItems};
pub use crate::client_crate;
pub use crate::config::{Config, Service};
pub use crate::data::json;
pub use crate::data::{FromWire, UnknownVariantValue, WireEnum, WireValue};
pub use crate::endpoint::{Endpoint, EndpointError, EndpointSettings};
pub use crate::error::RetryKind;
pub use crate::error::{
    BuildError, ErrorEnum, ErrorMetadata, ErrorResponse, ErrorWithMetadata, ModeledError, OperationError,
    ProvideErrorMetadata, RawResponse, RequestId, SdkError, Unhandled, write_code_and_message, write_debug,
    write_report, write_with_call,
};
pub use crate::http::ResponseBody;
pub use crate::http::{HttpRequest as Request, HttpResponse as Response};
pub use crate::http_bindings::Wiped;
pub use crate::http_bindings::{BindingVisitor, HttpBindings, Member, debug_bindings};
pub use crate::secret::{REDACTED, Wipe, redacted, set_secret};
pub use crate::time::TimestampFormat;

/// The reason in errors about missing members.
pub const REQUIRED: &str = "it is required";
