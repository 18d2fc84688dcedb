//! Converts Smithy 1.0 to Smithy 2.0.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Member, Members, Model, Shape, ShapeId, ShapeKind, Simple, Traits};

/// Adds defaults to numbers and booleans without `box`, which are never absent in Smithy 1.0.
pub(super) fn level_shape(shape: &mut Shape) {
    if let ShapeKind::Simple(simple) = shape.kind {
        let zero = match simple {
            Simple::Boolean => json!(false),
            Simple::Byte | Simple::Short | Simple::Integer | Simple::Long | Simple::Float | Simple::Double => json!(0),
            _ => return,
        };
        if !shape.traits.has("smithy.api#box") {
            shape.traits.insert("smithy.api#default", zero);
        }
    }
}

/// Copies the default of a member's target to the member, as 2.0 requires, unless it is boxed.
pub(super) fn level_members(model: &mut Model) {
    let defaults: IndexMap<ShapeId, Value> = model
        .shapes
        .iter()
        .filter_map(|(id, shape)| Some((id.clone(), shape.traits.get("smithy.api#default")?.clone())))
        .collect();
    for shape in model.shapes.values_mut() {
        let ShapeKind::Structure(members) = &mut shape.kind else { continue };
        for member in members.values_mut() {
            if member.traits.has("smithy.api#box") {
                continue;
            }
            if let Some(default) = defaults.get(&member.target) {
                member.traits.insert("smithy.api#default", default.clone());
            }
        }
    }
}

/// A value of the trait `smithy.api#enum`.
#[derive(Deserialize)]
struct EnumDefinition {
    value: String,
    name: Option<String>,
    #[serde(default)]
    documentation: String,
    #[serde(default)]
    deprecated: bool,
}

/// Converts a string with the deprecated `enum` trait to an enum shape.
///
/// # Errors
///
/// Returns the reason if the trait is malformed.
pub(super) fn level_enum(shape: &mut Shape) -> Result<(), String> {
    if shape.kind != ShapeKind::Simple(Simple::String) {
        return Ok(());
    }
    let Some(definitions) = shape.traits.read::<Vec<EnumDefinition>>("smithy.api#enum")? else {
        return Ok(());
    };
    let mut members = Members::new();
    for definition in definitions {
        let mut traits = Traits::default();
        traits.insert("smithy.api#enumValue", json!(definition.value));
        if !definition.documentation.is_empty() {
            traits.insert("smithy.api#documentation", json!(definition.documentation));
        }
        if definition.deprecated {
            traits.insert("smithy.api#deprecated", json!({}));
        }
        let name = definition.name.unwrap_or(definition.value);
        let member = Member { target: ShapeId::new("smithy.api#Unit"), traits };
        if members.insert(name.clone(), member).is_some() {
            return Err(format!("trait smithy.api#enum has two values of the name {name:?}"));
        }
    }
    shape.kind = ShapeKind::Enum(members);
    Ok(())
}
