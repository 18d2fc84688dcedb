//! The constants of a service, and of the crate that its client is in.

use crate::endpoint::{Endpoint, EndpointError, EndpointSettings};

use super::trace_points::TracePoints;

/// The constants of a service.
#[derive(Debug)]
pub struct Service {
    /// The service id of SDKs, such as `SSO`.
    pub sdk_id: &'static str,
    /// The API version, such as `2019-06-10`.
    pub api_version: &'static str,
    /// The signing name; empty if no operation is signed.
    pub signing_name: &'static str,
    /// The member of error responses that holds the message, besides the usual ones; empty if none does.
    pub error_message: &'static str,
    /// The endpoint rule set.
    pub resolve_endpoint: fn(&EndpointSettings<'_>) -> Result<Endpoint, EndpointError>,
    /// The crate of the client.
    pub client: ClientCrate,
}

/// The crate that a client is in; `client_crate!()` makes one.
#[derive(Clone, Copy, Debug)]
pub struct ClientCrate {
    /// Its name, which the user agent starts with.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
    /// Its spans and events.
    pub trace_points: &'static TracePoints,
}

impl Service {
    /// A service with unsigned operations only.
    pub const fn new(
        sdk_id: &'static str,
        api_version: &'static str,
        resolve_endpoint: fn(&EndpointSettings<'_>) -> Result<Endpoint, EndpointError>,
        client: ClientCrate,
    ) -> Self {
        Self { sdk_id, api_version, signing_name: "", error_message: "", resolve_endpoint, client }
    }

    /// Sets the signing name.
    pub const fn signed_as(mut self, name: &'static str) -> Self {
        self.signing_name = name;
        self
    }

    /// Sets the member of error responses that holds the message.
    pub const fn error_message_in(mut self, member: &'static str) -> Self {
        self.error_message = member;
        self
    }
}
