//! From JSON text to [`Model`]: every problem of the file is collected before anything fails.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Member, Members, Model, Operation, Service, Shape, ShapeId, ShapeKind, Simple, Traits};
use crate::report::Report;

/// What a shape may hold, of any kind; which parts count is for [`shape_kind`] to say.
#[derive(Deserialize)]
struct RawShape {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    traits: IndexMap<String, Value>,
    #[serde(default)]
    members: IndexMap<String, RawMember>,
    member: Option<RawMember>,
    key: Option<RawMember>,
    value: Option<RawMember>,
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

/// Reads a model in Smithy's JSON AST, 1.0 or 2.0. `file` names it in messages.
///
/// # Errors
///
/// A report of everything that keeps the text from being a model: not JSON, another version,
/// malformed shapes, targets that lead nowhere.
pub fn read(file: &str, text: &str) -> Result<Model, Report> {
    let mut report = Report::new(file);
    let ast: Value = match serde_json::from_str(text) {
        Ok(ast) => ast,
        Err(error) => {
            report.file(format!("not valid JSON: {error}"));
            return Err(report);
        }
    };
    let version = match ast.get("smithy") {
        Some(Value::String(version)) => version.as_str(),
        _ => {
            report.file(
                "no \"smithy\" version: this is not a Smithy JSON AST (a model starts with {\"smithy\": \"2.0\", …})",
            );
            return Err(report);
        }
    };
    let legacy = match version {
        "1" | "1.0" => true,
        "2" | "2.0" => false,
        other => {
            report.file(format!("Smithy version {other} is not known; 1.0 and 2.0 are"));
            return Err(report);
        }
    };
    let Some(Value::Object(shapes)) = ast.get("shapes") else {
        report.file("no \"shapes\" object: the model defines nothing");
        return Err(report);
    };

    let mut model = Model { file: file.to_owned(), shapes: prelude(legacy) };
    for (id, value) in shapes {
        if !id.contains('#') {
            report.shape(id, "a shape id needs a namespace: namespace#Name");
            continue;
        }
        match read_shape(value, legacy) {
            Ok(shape) => {
                model.shapes.insert(ShapeId::new(id.as_str()), shape);
            }
            Err(message) => report.shape(id, message),
        }
    }
    check_targets(&model, &mut report);
    if legacy {
        level_legacy_members(&mut model);
    }
    report.into_result(model)
}

fn read_shape(value: &Value, legacy: bool) -> Result<Shape, String> {
    let raw = RawShape::deserialize(value).map_err(|error| error.to_string())?;
    let traits = Traits::new(raw.traits.clone());
    let mut shape = Shape { kind: shape_kind(raw)?, traits };
    if legacy {
        level_legacy_shape(&mut shape);
    }
    level_enum(&mut shape);
    Ok(shape)
}

fn shape_kind(raw: RawShape) -> Result<ShapeKind, String> {
    let simple = |simple| Ok(ShapeKind::Simple(simple));
    match raw.kind.as_str() {
        "string" => simple(Simple::String),
        "boolean" => simple(Simple::Boolean),
        "byte" => simple(Simple::Byte),
        "short" => simple(Simple::Short),
        "integer" => simple(Simple::Integer),
        "long" => simple(Simple::Long),
        "float" => simple(Simple::Float),
        "double" => simple(Simple::Double),
        "enum" => Ok(ShapeKind::Enum(members(raw.members))),
        "structure" => Ok(ShapeKind::Structure(members(raw.members))),
        "list" | "set" => match raw.member {
            Some(element) => Ok(ShapeKind::List(member(element))),
            None => Err(format!("a {} needs a \"member\"", raw.kind)),
        },
        "operation" => Ok(ShapeKind::Operation(Operation {
            input: structure_reference(raw.input),
            output: structure_reference(raw.output),
            errors: references(raw.errors),
        })),
        "service" => Ok(ShapeKind::Service(Service {
            version: raw.version,
            operations: references(raw.operations),
            resources: references(raw.resources),
            errors: references(raw.errors),
        })),
        "blob" | "timestamp" | "document" | "bigInteger" | "bigDecimal" | "intEnum" | "map" | "union" | "resource"
        | "apply" => {
            let members = raw.members.into_values().chain([raw.key, raw.value].into_iter().flatten());
            Ok(ShapeKind::Other(raw.kind, members.map(|member| ShapeId::new(member.target)).collect()))
        }
        other => Err(format!("\"{other}\" is not a kind of shape")),
    }
}

fn members(raw: IndexMap<String, RawMember>) -> Members {
    raw.into_iter().map(|(name, raw)| (name, member(raw))).collect()
}

fn member(raw: RawMember) -> Member {
    Member { target: ShapeId::new(raw.target), traits: Traits::new(raw.traits) }
}

fn references(raw: Vec<Reference>) -> Vec<ShapeId> {
    raw.into_iter().map(|reference| ShapeId::new(reference.target)).collect()
}

/// `smithy.api#Unit` stands for "no structure".
fn structure_reference(raw: Option<Reference>) -> Option<ShapeId> {
    raw.map(|reference| ShapeId::new(reference.target)).filter(|id| id.as_str() != "smithy.api#Unit")
}

/// In Smithy 1.0 a number or boolean without `box` is never absent: 2.0 says so with a default.
fn level_legacy_shape(shape: &mut Shape) {
    if let ShapeKind::Simple(simple) = shape.kind {
        let zero = match simple {
            Simple::String => return,
            Simple::Boolean => json!(false),
            _ => json!(0),
        };
        if !shape.traits.has("smithy.api#box") {
            shape.traits.insert("smithy.api#default", zero);
        }
    }
}

/// In Smithy 1.0 members share the default of what they target, unless they are boxed; 2.0 repeats it.
fn level_legacy_members(model: &mut Model) {
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

/// The `enum` trait on a string, deprecated in 2.0, becomes an enum shape.
fn level_enum(shape: &mut Shape) {
    if shape.kind != ShapeKind::Simple(Simple::String) {
        return;
    }
    let Some(Value::Array(definitions)) = shape.traits.get("smithy.api#enum") else {
        return;
    };
    let mut members = Members::new();
    for definition in definitions {
        let Some(value) = definition.get("value").and_then(Value::as_str) else {
            continue;
        };
        let name = definition.get("name").and_then(Value::as_str).unwrap_or(value);
        let mut traits = Traits::default();
        traits.insert("smithy.api#enumValue", json!(value));
        if let Some(documentation) = definition.get("documentation") {
            traits.insert("smithy.api#documentation", documentation.clone());
        }
        members.insert(name.to_owned(), Member { target: ShapeId::new("smithy.api#Unit"), traits });
    }
    shape.kind = ShapeKind::Enum(members);
}

/// The shapes of `smithy.api` that models target without defining them.
fn prelude(legacy: bool) -> IndexMap<ShapeId, Shape> {
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
        // In 2.0 a member that targets a primitive says its default itself.
        define(&format!("Primitive{name}"), ShapeKind::Simple(simple), legacy.then_some(zero));
    }
    define("String", ShapeKind::Simple(Simple::String), None);
    for (name, kind) in [
        ("Blob", "blob"),
        ("Timestamp", "timestamp"),
        ("Document", "document"),
        ("BigInteger", "bigInteger"),
        ("BigDecimal", "bigDecimal"),
    ] {
        define(name, ShapeKind::Other(kind.to_owned(), Vec::new()), None);
    }
    define("Unit", ShapeKind::Structure(Members::new()), None);
    shapes
}

fn check_targets(model: &Model, report: &mut Report) {
    let known = |id: &ShapeId| model.shapes.contains_key(id);
    for (id, shape) in &model.shapes {
        let mut member_targets = Vec::new();
        let mut targets = Vec::new();
        match &shape.kind {
            ShapeKind::Simple(_) => {}
            ShapeKind::Enum(members) | ShapeKind::Structure(members) => {
                member_targets.extend(members.iter().map(|(name, member)| (name.as_str(), &member.target)));
            }
            ShapeKind::List(member) => member_targets.push(("member", &member.target)),
            ShapeKind::Operation(operation) => {
                targets.extend(operation.input.iter().chain(&operation.output).chain(&operation.errors));
            }
            ShapeKind::Service(service) => {
                targets.extend(service.operations.iter().chain(&service.resources).chain(&service.errors));
            }
            ShapeKind::Other(_, others) => targets.extend(others),
        }
        for (name, target) in member_targets {
            if !known(target) {
                report.member(id.as_str(), name, format!("targets {target}, which the model does not define"));
            }
        }
        for target in targets {
            if !known(target) {
                report.shape(id.as_str(), format!("targets {target}, which the model does not define"));
            }
        }
    }
}
