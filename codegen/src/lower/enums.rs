//! Enums of strings and of integers.

use std::collections::HashMap;

use super::{Lowering, deprecated};
use crate::docs;
use crate::ir::{Direction, Enum, Variant, VariantValue};
use crate::model::{Members, Shape, ShapeId};
use crate::naming;

impl Lowering<'_> {
    pub(super) fn enumeration(
        &mut self,
        id: &ShapeId,
        shape: &Shape,
        members: &Members,
        direction: Direction,
        integers: bool,
    ) -> Enum {
        let names = naming::variant_names(members.keys().map(String::as_str));
        let mut values = HashMap::new();
        let mut variants = Vec::new();
        for ((name, member), variant) in members.iter().zip(names) {
            let value = member.traits.get("smithy.api#enumValue");
            let value = match value.and_then(serde_json::Value::as_i64).and_then(|value| i32::try_from(value).ok()) {
                Some(number) if integers => VariantValue::Number(number),
                _ if integers => {
                    self.report.member(id, name, "needs a number: an intEnum's values have no other");
                    continue;
                }
                _ => VariantValue::Text(member.traits.string("smithy.api#enumValue").unwrap_or(name).to_owned()),
            };
            if let Some(other) = values.insert(value.clone(), name) {
                let shown = match &value {
                    VariantValue::Text(text) => format!("{text:?}"),
                    VariantValue::Number(number) => number.to_string(),
                };
                self.report.member(id, name, format!("has the value {shown}, as {other} has"));
            }
            variants.push(Variant {
                member: name.clone(),
                name: variant,
                value,
                docs: docs::to_markdown(member.traits.documentation()),
                deprecated: deprecated(&member.traits),
            });
        }
        Enum {
            id: id.as_str().to_owned(),
            wire_name: id.name().to_owned(),
            name: self.closure.name(id),
            docs: docs::to_markdown(shape.traits.documentation()),
            deprecated: deprecated(&shape.traits),
            sensitive: shape.traits.has("smithy.api#sensitive"),
            integers,
            in_event_headers: false,
            variants,
            direction,
        }
    }
}
