//! Parses JSON text to a [`Model`], and reports all problems at once.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    Member, Members, Model, Operation, Resource, Service, Shape, ShapeId, ShapeKind, Simple, Traits, legacy, mixins,
    number, prelude,
};
use crate::report::Report;

/// The parts of any shape; [`Reader::kind`] decides which ones apply.
#[derive(Deserialize)]
struct RawShape {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    traits: IndexMap<String, Value>,
    #[serde(default)]
    members: Map<String, Value>,
    member: Option<Value>,
    key: Option<Value>,
    value: Option<Value>,
    input: Option<Reference>,
    output: Option<Reference>,
    #[serde(default)]
    errors: Vec<Reference>,
    #[serde(default)]
    version: String,
    #[serde(default)]
    operations: Vec<Reference>,
    #[serde(default)]
    resources: Vec<Reference>,
    #[serde(default)]
    rename: IndexMap<String, String>,
    create: Option<Reference>,
    put: Option<Reference>,
    read: Option<Reference>,
    update: Option<Reference>,
    delete: Option<Reference>,
    list: Option<Reference>,
    #[serde(rename = "collectionOperations", default)]
    collection_operations: Vec<Reference>,
}

#[derive(Deserialize)]
struct RawMember {
    target: String,
    #[serde(default)]
    traits: IndexMap<String, Value>,
}

#[derive(Deserialize)]
struct Reference {
    target: String,
}

/// Traits whose value is always a string.
const STRING_TRAITS: &[&str] = &[
    "smithy.api#documentation",
    "smithy.api#httpHeader",
    "smithy.api#httpPrefixHeaders",
    "smithy.api#httpQuery",
    "smithy.api#jsonName",
    "smithy.api#mediaType",
    "smithy.api#timestampFormat",
    "smithy.api#title",
];

/// Parses a model in Smithy's JSON AST, 1.0, 2.0 or 2.1. `file` names it in messages.
///
/// # Errors
///
/// Returns a report if the text is not JSON, has another version, malformed shapes, or unresolved targets.
pub fn read(file: &str, text: &str) -> Result<Model, Report> {
    let mut report = Report::new(file);
    // A byte order mark, which some editors write, is not allowed in JSON.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let ast: Value = match serde_json::from_str(&number::keep_digits(text)) {
        Ok(ast) => ast,
        Err(error) => {
            report.file(format!("not valid JSON: {error}"));
            return Err(report);
        }
    };
    let legacy = match ast.get("smithy").and_then(Value::as_str) {
        Some("1" | "1.0") => true,
        // What 2.1 has more than 2.0 is syntax of the IDL, and traits.
        Some("2" | "2.0" | "2.1") => false,
        Some(other) => {
            report.file(format!("Smithy version {other} is not known; 1.0, 2.0 and 2.1 are"));
            return Err(report);
        }
        None => {
            report.file(
                "no \"smithy\" version: this is not a Smithy JSON AST (a model starts with {\"smithy\": \"2.0\", …})",
            );
            return Err(report);
        }
    };
    let Some(Value::Object(shapes)) = ast.get("shapes") else {
        report.file("no \"shapes\" object: the model defines nothing");
        return Err(report);
    };

    let flattened = mixins::flatten(shapes, &mut report);
    let shapes = flattened.as_ref().unwrap_or(shapes);
    let mut reader = Reader { report, malformed: BTreeSet::new() };
    let mut model = Model { file: file.to_owned(), shapes: prelude::shapes(legacy) };
    for (id, value) in shapes {
        let id = ShapeId::new(id.as_str());
        match reader.shape(&id, value, legacy) {
            Some(shape) => {
                model.shapes.insert(id, shape);
            }
            None => {
                reader.malformed.insert(id);
            }
        }
    }
    reader.check_targets(&model);
    if legacy {
        legacy::level_members(&mut model);
    }
    reader.report.into_result(model)
}

/// Returns `true` if a text is a Smithy identifier.
pub(crate) fn is_identifier(text: &str) -> bool {
    let start = text.trim_start_matches('_');
    let first = start.chars().next();
    first.is_some_and(|first| first.is_ascii_alphabetic() || (first.is_ascii_digit() && start.len() < text.len()))
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

struct Reader {
    report: Report,
    /// Shapes with problems of their own, which targets of members may be.
    malformed: BTreeSet<ShapeId>,
}

impl Reader {
    fn shape(&mut self, id: &ShapeId, value: &Value, legacy: bool) -> Option<Shape> {
        match id.as_str().split_once('#') {
            None => {
                self.report.shape(id, "a shape id needs a namespace: namespace#Name");
                return None;
            }
            Some((namespace, name)) if !namespace.split('.').all(is_identifier) || !is_identifier(name) => {
                self.report.shape(id, "is no shape id: names are of ASCII letters, digits and underscores");
                return None;
            }
            Some(_) => {}
        }
        let raw = match RawShape::deserialize(value) {
            Ok(raw) => raw,
            Err(error) => {
                self.report.shape(id, error.to_string());
                return None;
            }
        };
        let problems = self.report.problems().len();
        let traits = self.traits(id, None, raw.traits.clone());
        let kind = self.kind(id, raw)?;
        let mut shape = Shape { kind, traits };
        if legacy {
            legacy::level_shape(&mut shape);
        }
        if let Err(message) = legacy::level_enum(&mut shape) {
            self.report.shape(id, message);
        }
        (self.report.problems().len() == problems).then_some(shape)
    }

    fn kind(&mut self, id: &ShapeId, raw: RawShape) -> Option<ShapeKind> {
        let simple = |simple| Some(ShapeKind::Simple(simple));
        match raw.kind.as_str() {
            "string" => simple(Simple::String),
            "boolean" => simple(Simple::Boolean),
            "byte" => simple(Simple::Byte),
            "short" => simple(Simple::Short),
            "integer" => simple(Simple::Integer),
            "long" => simple(Simple::Long),
            "float" => simple(Simple::Float),
            "double" => simple(Simple::Double),
            "bigInteger" => simple(Simple::BigInteger),
            "bigDecimal" => simple(Simple::BigDecimal),
            "blob" => simple(Simple::Blob),
            "timestamp" => simple(Simple::Timestamp),
            "document" => simple(Simple::Document),
            "enum" => Some(ShapeKind::Enum(self.enum_members(id, &raw.members, Value::is_string, "a string"))),
            "intEnum" => {
                let is_int = |value: &Value| value.as_i64().is_some_and(|value| i32::try_from(value).is_ok());
                Some(ShapeKind::IntEnum(self.enum_members(id, &raw.members, is_int, "a whole number of 32 bits")))
            }
            "union" => Some(ShapeKind::Union(self.members(id, &raw.members))),
            "map" => match (&raw.key, &raw.value) {
                (Some(key), Some(value)) => {
                    Some(ShapeKind::Map(self.member(id, "key", key)?, self.member(id, "value", value)?))
                }
                _ => {
                    self.report.shape(id, "a map needs a \"key\" and a \"value\"");
                    None
                }
            },
            "structure" => Some(ShapeKind::Structure(self.members(id, &raw.members))),
            "list" | "set" => match &raw.member {
                Some(element) => self.member(id, "member", element).map(ShapeKind::List),
                None => {
                    self.report.shape(id, format!("a {} needs a \"member\"", raw.kind));
                    None
                }
            },
            "operation" => Some(ShapeKind::Operation(Operation {
                input: structure_reference(raw.input),
                output: structure_reference(raw.output),
                errors: references(raw.errors),
            })),
            "service" => Some(ShapeKind::Service(Service {
                version: raw.version,
                operations: references(raw.operations),
                resources: references(raw.resources),
                errors: references(raw.errors),
                rename: raw.rename.into_iter().map(|(id, name)| (ShapeId::new(id), name)).collect(),
            })),
            "resource" => {
                let life_cycle = [raw.create, raw.put, raw.read, raw.update, raw.delete, raw.list];
                let operations =
                    life_cycle.into_iter().flatten().chain(raw.operations).chain(raw.collection_operations);
                Some(ShapeKind::Resource(Resource {
                    operations: references(operations.collect()),
                    resources: references(raw.resources),
                }))
            }
            other => {
                self.report.shape(id, format!("\"{other}\" is not a kind of shape"));
                None
            }
        }
    }

    fn members(&mut self, id: &ShapeId, raw: &Map<String, Value>) -> Members {
        let mut members = Members::new();
        for (name, value) in raw {
            if !is_identifier(name) {
                self.report.member(
                    id,
                    name,
                    "is no member's name: it has to be of ASCII letters, digits and underscores",
                );
            } else if let Some(member) = self.member(id, name, value) {
                members.insert(name.clone(), member);
            }
        }
        members
    }

    /// Returns the members of an enum, whose values must have its type.
    fn enum_members(
        &mut self,
        id: &ShapeId,
        raw: &Map<String, Value>,
        fits: impl Fn(&Value) -> bool,
        needed: &str,
    ) -> Members {
        let members = self.members(id, raw);
        for (name, member) in &members {
            if let Some(value) = member.traits.get("smithy.api#enumValue").filter(|value| !fits(value)) {
                self.report.member(id, name, format!("trait smithy.api#enumValue needs {needed}, not {value}"));
            }
        }
        members
    }

    fn member(&mut self, id: &ShapeId, name: &str, value: &Value) -> Option<Member> {
        match RawMember::deserialize(value) {
            Ok(raw) => {
                let traits = self.traits(id, Some(name), raw.traits);
                Some(Member { target: ShapeId::new(raw.target), traits })
            }
            Err(error) => {
                self.report.member(id, name, error.to_string());
                None
            }
        }
    }

    fn traits(&mut self, id: &ShapeId, member: Option<&str>, traits: IndexMap<String, Value>) -> Traits {
        for (name, value) in &traits {
            if STRING_TRAITS.contains(&name.as_str()) && !value.is_string() {
                let message = format!("trait {name} needs a string, not {value}");
                match member {
                    Some(member) => self.report.member(id, member, message),
                    None => self.report.shape(id, message),
                }
            }
        }
        Traits::new(traits)
    }

    fn check_targets(&mut self, model: &Model) {
        let unknown =
            |id: &ShapeId, malformed: &BTreeSet<ShapeId>| !model.shapes.contains_key(id) && !malformed.contains(id);
        for (id, shape) in &model.shapes {
            let mut targets = Vec::new();
            match &shape.kind {
                ShapeKind::Operation(operation) => {
                    targets.extend(operation.input.iter().chain(&operation.output).chain(&operation.errors));
                }
                ShapeKind::Service(service) => {
                    targets.extend(service.operations.iter().chain(&service.resources).chain(&service.errors));
                }
                ShapeKind::Resource(resource) => targets.extend(resource.operations.iter().chain(&resource.resources)),
                _ => {}
            }
            for (name, Member { target, .. }) in shape.kind.members() {
                if unknown(target, &self.malformed) {
                    self.report.member(id, name, format!("targets {target}, which the model does not define"));
                }
            }
            for target in targets {
                if unknown(target, &self.malformed) {
                    self.report.shape(id, format!("targets {target}, which the model does not define"));
                }
            }
        }
    }
}

fn references(raw: Vec<Reference>) -> Vec<ShapeId> {
    raw.into_iter().map(|reference| ShapeId::new(reference.target)).collect()
}

/// `smithy.api#Unit` stands for "no structure".
fn structure_reference(raw: Option<Reference>) -> Option<ShapeId> {
    raw.map(|reference| ShapeId::new(reference.target)).filter(|id| id.as_str() != "smithy.api#Unit")
}

#[cfg(test)]
mod tests {
    use super::is_identifier;

    #[test]
    fn identifiers() {
        for (text, is) in [
            ("a", true),
            ("_a", true),
            ("__9", true),
            ("a9_B", true),
            ("9a", false),
            ("", false),
            ("_", false),
            ("a-b", false),
            ("a²", false),
            ("é", false),
        ] {
            assert_eq!(is_identifier(text), is, "{text}");
        }
    }
}
