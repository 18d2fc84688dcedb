//! The shapes of `smithy.api` that models target without defining them.

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::{Members, Shape, ShapeId, ShapeKind, Simple, Traits};

/// Returns all of them, as of the Smithy version.
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
