//! The namespace `smithy.api`: the shapes that models target without defining them, and the names of its traits.

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::{Members, Shape, ShapeId, ShapeKind, Simple, Traits};

/// The namespace.
pub(super) const NAMESPACE: &str = "smithy.api";

/// The names of the traits of all Smithy versions, as of Smithy 1.75, separated by spaces.
pub(super) const TRAITS: &str = "\
    addedDefault auth authDefinition box clientOptional cors default deprecated documentation endpoint enum \
    enumValue error eventHeader eventPayload examples externalDocumentation hostLabel http httpApiKeyAuth \
    httpBasicAuth httpBearerAuth httpChecksumRequired httpDigestAuth httpError httpHeader httpLabel httpPayload \
    httpPrefixHeaders httpQuery httpQueryParams httpResponseCode idRef idempotencyToken idempotent idx indexed \
    input internal jsonName length mediaType mixin nestedProperties noReplace notProperty optionalAuth output \
    paginated pattern private property protocolDefinition range readonly recommended references \
    requestCompression required requiresLength resourceIdentifier retryable sensitive since sparse streaming \
    suppress tags timestampFormat title trait traitValidators uniqueItems unitType unstable xmlAttribute \
    xmlFlattened xmlName xmlNamespace";

/// Returns all shapes, as of the Smithy version.
pub(super) fn shapes(legacy: bool) -> IndexMap<ShapeId, Shape> {
    let mut shapes = IndexMap::new();
    let mut define = |name: &str, kind: ShapeKind, default: Option<Value>| {
        let mut traits = Traits::default();
        if let Some(default) = default {
            traits.insert("smithy.api#default", default);
        }
        shapes.insert(ShapeId::new(format!("smithy.api#{name}")), Shape { kind, traits });
    };
    for (name, simple) in [
        ("Boolean", Simple::Boolean),
        ("Byte", Simple::Byte),
        ("Short", Simple::Short),
        ("Integer", Simple::Integer),
        ("Long", Simple::Long),
        ("Float", Simple::Float),
        ("Double", Simple::Double),
    ] {
        let zero = if simple == Simple::Boolean { json!(false) } else { json!(0) };
        define(name, ShapeKind::Simple(simple), None);
        // In 2.0, members that target a primitive have their own default.
        define(&format!("Primitive{name}"), ShapeKind::Simple(simple), legacy.then_some(zero));
    }
    for (name, simple) in [
        ("String", Simple::String),
        ("Blob", Simple::Blob),
        ("Timestamp", Simple::Timestamp),
        ("Document", Simple::Document),
        ("BigInteger", Simple::BigInteger),
        ("BigDecimal", Simple::BigDecimal),
    ] {
        define(name, ShapeKind::Simple(simple), None);
    }
    define("Unit", ShapeKind::Structure(Members::new()), None);
    shapes
}
