//! Authentication: the schemes that models ask for, and those that are supported.

use serde_json::Value;

use super::Lowering;
use crate::ir::{Auth, Operation};
use crate::model::{Shape, ShapeId};

const SCHEMES: &[&str] = &[
    "aws.auth#sigv4",
    "aws.auth#sigv4a",
    "smithy.api#httpApiKeyAuth",
    "smithy.api#httpBasicAuth",
    "smithy.api#httpBearerAuth",
    "smithy.api#httpDigestAuth",
];

/// The trait of operations that may be called without authentication.
const OPTIONAL: &str = "smithy.api#optionalAuth";

impl Lowering<'_> {
    /// Returns `true` if an operation is authenticated only if there are credentials.
    pub(super) fn optional_auth(shape: &Shape, auth: Auth) -> bool {
        auth != Auth::None && shape.traits.has(OPTIONAL)
    }

    /// Returns the first supported scheme of an operation.
    ///
    /// # Errors
    ///
    /// Returns a message if the operation requires authentication and supports no scheme that is supported here.
    pub(super) fn auth(&self, shape: &Shape, service: &Shape) -> Result<Auth, String> {
        let listed = |shape: &Shape| {
            let list = shape.traits.get("smithy.api#auth")?.as_array()?;
            Some(list.iter().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>())
        };
        let schemes = listed(shape).or_else(|| listed(service)).unwrap_or_else(|| {
            let of_service = SCHEMES.iter().filter(|scheme| service.traits.has(scheme));
            of_service.map(|scheme| (*scheme).to_owned()).collect()
        });
        if schemes.is_empty() {
            return Ok(Auth::None);
        }
        let optional = shape.traits.has(OPTIONAL);
        let unsigned_payload = shape.traits.has("aws.auth#unsignedPayload");
        let supported = schemes.iter().filter_map(|scheme| match scheme.as_str() {
            "aws.auth#sigv4" => Some(("sigv4", Auth::SigV4 { unsigned_payload, events: false })),
            "smithy.api#httpBearerAuth" => Some(("bearer", Auth::Bearer)),
            _ => None,
        });
        let supported: Vec<(&str, Auth)> = supported.collect();
        let accepted = |name: &str| self.endpoint_schemes.as_ref().is_none_or(|schemes| schemes.contains(name));
        match supported.iter().find(|(name, _)| accepted(name)) {
            Some((_, auth)) => Ok(*auth),
            None if optional => Ok(Auth::None),
            None if supported.is_empty() => {
                Err(format!("needs to be authorized by {}, which is not supported", schemes.join(" or ")))
            }
            None => {
                let listed =
                    self.endpoint_schemes.iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" or ");
                Err(format!("needs to be authorized by {listed} at every endpoint, which is not supported"))
            }
        }
    }

    pub(super) fn signing_name(
        &mut self,
        id: &ShapeId,
        shape: &Shape,
        operations: &[Operation],
        endpoint_prefix: Option<String>,
    ) -> Option<String> {
        if !operations.iter().any(|operation| matches!(operation.auth, Auth::SigV4 { .. })) {
            return None;
        }
        let name = shape.traits.get("aws.auth#sigv4").and_then(|sigv4| sigv4["name"].as_str());
        let name = name.map(str::to_owned).or(endpoint_prefix);
        if name.is_none() {
            self.report.shape(id, "trait aws.auth#sigv4 needs the name that signatures are made for");
        }
        name
    }
}
