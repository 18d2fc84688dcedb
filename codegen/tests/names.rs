//! Any legal name, wherever it stands in a model, makes Rust that can compile: it parses, nothing
//! is defined twice in one scope, and nothing hides what generated code means by a name.

mod common;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::LazyLock;

use serde_json::{Value, json};

/// Keywords of every edition, and words that are keywords somewhere.
const KEYWORDS: &str = "as break const continue crate else enum extern false fn for if impl in let loop match mod move \
    mut pub ref return self Self static struct super trait true type unsafe use where while async await dyn abstract \
    become box do final macro override priv typeof unsized virtual yield try gen union macro_rules raw safe auto default";

/// Names of Rust's prelude, and names that generated files import or use.
const STANDARD: &str = "Option Result String Vec Box Some None Ok Err Send Sync Clone Copy Debug Default Eq Hash Ord \
    PartialEq PartialOrd Into From TryFrom Iterator IntoIterator ToString ToOwned AsRef Drop Fn FnOnce HashMap Cow Error \
    fmt std core alloc bool str u8 i32 usize char Infallible FromStr Display Deref Pin Future Stream Arc Rc Unpin";

/// Names of the generator and the runtime.
const OURS: &str = "Client Config Builder Operation Handle Binder Bind Member Members Request Response Endpoint \
    EndpointError EndpointSettings Params Service primitives types error operation runtime json builders builder waiters \
    client_params client paginator config customize pagination meta Unhandled Unknown UnknownValue UnknownVariant \
    UnknownVariantValue SdkError BuildError BoxError ErrorAnswer ErrorMetadata ProvideErrorMetadata Paginator \
    PaginatorItems Paginated PagedItems PageSized Input Output Structure Fault Faults ServiceFault Of Type Blob DateTime \
    Document Event EventReceiver event_stream REQUIRED REDACTED redacted Slot Read Write Unit D M R T Value Authorize \
    RetryKind WireValue FromWire partitions endpoint_tests protocol_tests CustomizableOperation TimestampFormat";

/// Names of methods and fields, here and in the standard library.
const METHODS: &str = "send build customize into_paginator as_input set_meta message code source request_id _request_id \
    new clone from into input output value self_ handle inner cause description to_string to_owned borrow as_str values \
    fault unhandled generic name key other binder to item set_x get_x x is_x as_x size token list";

/// Unusual identifiers: digits, underscores, cases.
const ODD: &str = "_1 __1 __a a1B2 a_1 A_1_B fooBar foo_bar FooBar FOOBAR A_B AB x2y X2Y a__b a_ A_";

fn words() -> BTreeSet<&'static str> {
    [KEYWORDS, STANDARD, OURS, METHODS, ODD].into_iter().flat_map(str::split_whitespace).collect()
}

/// Changes the sound model so that it has something by a name, one position after the other.
type Position = (&'static str, fn(&mut Value, &str));

const POSITIONS: &[Position] = &[
    ("member", |model, name| {
        for shape in ["x#Input", "x#Output", "x#Fault", "x#Structure"] {
            model["shapes"][shape]["members"][name] = json!({ "target": "smithy.api#String" });
        }
    }),
    ("structure", |model, name| {
        model["shapes"][format!("y#{name}")] = json!({ "type": "structure", "members": {} });
        hold(model, &format!("y#{name}"));
    }),
    ("variant", |model, name| {
        let members = shape(model, "x#Union", "union");
        members[name] = json!({ "target": "smithy.api#String" });
        members[format!("{name}_")] = json!({ "target": "smithy.api#Unit" });
    }),
    ("value", |model, name| {
        let value = |text: &str| json!({ "target": "smithy.api#Unit", "traits": { "smithy.api#enumValue": text } });
        let members = shape(model, "x#Enum", "enum");
        members[name] = value(name);
        members[format!("{name}__")] = value(&format!("{name} {name}"));
    }),
    ("error", |model, name| {
        let id = format!("y#{name}");
        model["shapes"][&id] =
            json!({ "type": "structure", "members": {}, "traits": { "smithy.api#error": "client" } });
        fail(model, &id);
    }),
    ("operation", |model, name| operation(model, &format!("y#{name}"))),
    ("parameter", |model, name| {
        let traits = &mut model["shapes"]["x#Service"]["traits"];
        if traits["smithy.rules#endpointRuleSet"].is_null() {
            traits["smithy.rules#clientContextParams"] = json!({});
            traits["smithy.rules#endpointRuleSet"] = json!({ "version": "1.0", "parameters": {}, "rules": [] });
        }
        for name in [name.to_owned(), format!("set_{name}")] {
            let known = traits["smithy.rules#clientContextParams"].as_object().expect("an object");
            // That parameters differ in more than case is the model's to see to.
            if known.keys().any(|known| known.eq_ignore_ascii_case(&name)) {
                return;
            }
            let param = json!({ "type": "string", "documentation": "x" });
            traits["smithy.rules#clientContextParams"][&name] = param.clone();
            traits["smithy.rules#endpointRuleSet"]["parameters"][&name] = param;
        }
        let rule = json!({ "type": "error", "error": "no", "conditions": [
            { "fn": "isSet", "argv": [{ "ref": name }] },
            { "fn": "substring", "argv": [{ "ref": name }, 0, 1, false], "assign": format!("{name}__") },
            { "fn": "stringEquals", "argv": [{ "ref": format!("{name}__") }, "x"] },
        ] });
        traits["smithy.rules#endpointRuleSet"]["rules"].as_array_mut().expect("a list").push(rule);
    }),
];

/// The same for names that are made of one.
const FAMILIES: &[Position] = &[
    ("members", |model, name| {
        for shape in ["x#Input", "x#Output", "x#Fault", "x#Structure"] {
            for name in ["", "set_", "get_", "set_set_"].map(|prefix| format!("{prefix}{name}")) {
                model["shapes"][shape]["members"][format!("{name}_2")] = json!({ "target": "x#Strings" });
                model["shapes"][shape]["members"][name] = json!({ "target": "smithy.api#String" });
            }
        }
    }),
    ("structures", |model, name| {
        for suffix in ["", "Value", "Builder", "ValueBuilder", "Type", "Fault", "2", "_2"] {
            let id = format!("y#{name}{suffix}");
            model["shapes"][&id] = json!({ "type": "structure", "members": {} });
            hold(model, &id);
            let id = format!("z#{name}{suffix}");
            model["shapes"][&id] =
                json!({ "type": "structure", "members": {}, "traits": { "smithy.api#error": "client" } });
            hold(model, &id);
            fail(model, &id);
        }
    }),
    ("operations", |model, name| {
        for id in [format!("y#{name}"), format!("z#{name}"), format!("z#{name}2"), format!("z#{name}_2")] {
            operation(model, &id);
        }
    }),
    ("types of an operation", |model, name| {
        model["shapes"][format!("y#{name}")] = model["shapes"]["x#List"].take();
        model["shapes"].as_object_mut().expect("an object").remove("x#List");
        model["shapes"]["x#Service"]["operations"] = json!([{ "target": format!("y#{name}") }]);
        for suffix in ["", "Input", "Output", "Error", "InputBuilder", "FluentBuilder", "Paginator", "ErrorFault"] {
            let (data, error) = (format!("z#{name}{suffix}"), format!("w#{name}{suffix}"));
            model["shapes"][&data] = json!({ "type": "structure", "members": {} });
            model["shapes"][&error] =
                json!({ "type": "structure", "members": {}, "traits": { "smithy.api#error": "client" } });
            hold(model, &data);
            hold(model, &error);
            let errors = &mut model["shapes"][format!("y#{name}")]["errors"];
            errors.as_array_mut().expect("a list").push(json!({ "target": error }));
        }
    }),
    ("stream of events", |model, name| {
        let id = format!("y#{name}");
        model["shapes"][&id] = json!({ "type": "union", "traits": { "smithy.api#streaming": {} }, "members": {
            name: { "target": "x#Structure" }, format!("{name}_"): { "target": "x#Structure" },
            "fault": { "target": format!("z#{name}Error") },
        } });
        for namespace in ["y", "z"] {
            model["shapes"][format!("{namespace}#{name}Error")] =
                json!({ "type": "structure", "members": {}, "traits": { "smithy.api#error": "client" } });
            fail(model, &format!("{namespace}#{name}Error"));
        }
        for shape in ["x#Input", "x#Output"] {
            let members = model["shapes"][shape]["members"].as_object_mut().expect("an object");
            members.insert("stream".to_owned(), json!({ "target": id, "traits": { "smithy.api#httpPayload": {} } }));
            // Beside a payload, no member may be left for the body.
            members.remove("structure");
        }
        model["shapes"]["x#Output"]["members"]["list"]["traits"] = json!({ "smithy.api#httpHeader": "x-list" });
        model["shapes"]["x#Output"]["members"]["token"]["traits"] = json!({ "smithy.api#httpHeader": "x-token" });
    }),
];

/// The members of a shape that is there from now on.
fn shape<'m>(model: &'m mut Value, id: &str, ty: &str) -> &'m mut Value {
    if model["shapes"][id].is_null() {
        model["shapes"][id] = json!({ "type": ty, "members": {} });
        hold(model, id);
    }
    &mut model["shapes"][id]["members"]
}

/// Adds an operation, with an error.
fn operation(model: &mut Value, id: &str) {
    let uri = format!("/{}", id.replace('#', "/"));
    model["shapes"][id] = json!({
        "type": "operation", "errors": [{ "target": "x#Fault" }],
        "traits": { "smithy.api#http": { "method": "GET", "uri": uri } },
    });
    model["shapes"]["x#Service"]["operations"].as_array_mut().expect("a list").push(json!({ "target": id }));
}

/// Lets both an input and an output hold a shape.
fn hold(model: &mut Value, id: &str) {
    for shape in ["x#Input", "x#Output", "x#Structure"] {
        let members = model["shapes"][shape]["members"].as_object_mut().expect("an object");
        members.insert(format!("m{}", members.len()), json!({ "target": id }));
    }
}

/// Lets the operation fail with an error.
fn fail(model: &mut Value, id: &str) {
    model["shapes"]["x#List"]["errors"].as_array_mut().expect("a list").push(json!({ "target": id }));
}

fn sound() -> Value {
    let mut model = common::sound();
    model["shapes"]["x#List"]["traits"]["smithy.api#http"]["method"] = json!("POST");
    model["shapes"]["x#Structure"] = json!({ "type": "structure", "members": {} });
    for shape in ["x#Input", "x#Output"] {
        model["shapes"][shape]["members"]["structure"] = json!({ "target": "x#Structure" });
    }
    model
}

/// Names that are special to the generator, one for each reason.
const SPECIAL: &str = "self Self crate type gen Option String Client Config Error Fault Build Sdk Box Endpoint Operation \
    Unknown Unhandled builder meta message x _1 A_B FooBar Walk";

fn problems(position: &Position, words: &[&str]) -> Vec<String> {
    let mut model = sound();
    for word in words {
        (position.1)(&mut model, word);
    }
    let found = match common::generate(&model.to_string()) {
        Ok(files) => check(&files),
        Err(report) => vec![report.to_string()],
    };
    found.into_iter().map(|problem| format!("{} {words:?}: {problem}", position.0)).collect()
}

#[test]
fn every_word_in_every_position() {
    let words: Vec<&str> = words().into_iter().collect();
    let problems: Vec<String> = POSITIONS
        .iter()
        .flat_map(|position| words.chunks(24).flat_map(move |words| problems(position, words)))
        .collect();
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn derived_names() {
    let problems: Vec<String> = FAMILIES
        .iter()
        .flat_map(|position| SPECIAL.split_whitespace().flat_map(|word| problems(position, &[word])))
        .collect();
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

/// What a compiler would say of names, as far as it can be seen in a file alone.
fn check(files: &codegen::FileTree) -> Vec<String> {
    let mut problems = Vec::new();
    for (path, text) in files {
        match syn::parse_file(text) {
            Ok(file) => scope(path, &file.items, &mut problems),
            Err(error) => problems.push(format!("{path}: {error}")),
        }
    }
    problems
}

/// Names, by what a problem with them says.
#[derive(Default)]
struct Names(BTreeMap<String, usize>);

impl Names {
    fn add(&mut self, kind: &str, name: impl ToString) {
        *self.0.entry(format!("{kind} {}", name.to_string())).or_default() += 1;
    }

    fn snake(&mut self, kind: &str, ident: &syn::Ident, problems: &mut Vec<String>) {
        let name = ident.to_string();
        let plain = name.strip_prefix("r#").unwrap_or(&name);
        let odd = plain.contains("__") || plain.chars().any(char::is_uppercase);
        // Rust has it that a single underscore may end a name, and that one may begin it.
        if odd {
            problems.push(format!("{kind} {name} is not in snake case"));
        }
        self.add(kind, plain);
    }

    fn report(self, place: &str, problems: &mut Vec<String>) {
        let twice = self.0.into_iter().filter(|(_, count)| *count > 1);
        problems.extend(twice.map(|(name, count)| format!("{place}: {name} is there {count} times")));
    }
}

/// What generated files mean by these names must be what the runtime and the prelude mean by them.
static MEANT: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    const PRELUDE: &str = "Option Some None Result Ok Err String Vec Box Clone Copy Send Sync Debug Default PartialEq Eq \
        PartialOrd Ord Hash Into From Iterator ToString AsRef Drop Fn";
    let prelude = include_str!("../../sso-client/runtime/src/prelude.rs");
    let code = prelude.lines().filter(|line| !line.trim_start().starts_with("//"));
    let words = code.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_'));
    words.chain(PRELUDE.split_whitespace()).collect()
});

fn scope(place: &str, items: &[syn::Item], problems: &mut Vec<String>) {
    let mut names = Names::default();
    let mut methods: BTreeMap<String, Names> = BTreeMap::new();
    for item in items {
        match item {
            syn::Item::Struct(found) => {
                ty(place, &mut names, &found.ident, problems);
                let mut fields = Names::default();
                for field in found.fields.iter().filter_map(|field| field.ident.as_ref()) {
                    fields.snake("field", field, problems);
                }
                fields.report(&format!("{place}: {}", found.ident), problems);
            }
            syn::Item::Enum(found) => {
                ty(place, &mut names, &found.ident, problems);
                let mut variants = Names::default();
                found.variants.iter().for_each(|variant| variants.add("variant", &variant.ident));
                variants.report(&format!("{place}: {}", found.ident), problems);
            }
            syn::Item::Type(found) => ty(place, &mut names, &found.ident, problems),
            syn::Item::Trait(found) => {
                ty(place, &mut names, &found.ident, problems);
                let mut functions = Names::default();
                for item in &found.items {
                    if let syn::TraitItem::Fn(function) = item {
                        functions.snake("function", &function.sig.ident, problems);
                    }
                }
                functions.report(&format!("{place}: {}", found.ident), problems);
            }
            syn::Item::Mod(found) => {
                names.snake("module", &found.ident, problems);
                if let Some((_, items)) = &found.content {
                    scope(&format!("{place}: {}", found.ident), items, problems);
                }
            }
            syn::Item::Use(found) => imports(&found.tree, &mut names),
            syn::Item::Fn(found) => names.snake("function", &found.sig.ident, problems),
            syn::Item::Static(found) => names.add("constant", &found.ident),
            syn::Item::Const(found) => names.add("constant", &found.ident),
            syn::Item::Impl(found) => {
                let syn::Type::Path(path) = &*found.self_ty else { continue };
                let of = path.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
                let made_of = match &found.trait_ {
                    // Two conversions are two traits.
                    Some(_) => continue,
                    None => methods.entry(of).or_default(),
                };
                for item in &found.items {
                    if let syn::ImplItem::Fn(method) = item {
                        made_of.snake("method", &method.sig.ident, problems);
                    }
                }
            }
            _ => {}
        }
    }
    names.report(place, problems);
    for (of, methods) in methods {
        methods.report(&format!("{place}: {of}"), problems);
    }
}

fn ty(place: &str, names: &mut Names, ident: &syn::Ident, problems: &mut Vec<String>) {
    let name = ident.to_string();
    if name.trim_start_matches('_').contains('_') || name.starts_with(|c: char| c.is_lowercase()) {
        problems.push(format!("{place}: the type {name} is not in camel case"));
    }
    if MEANT.contains(name.as_str()) {
        problems.push(format!("{place}: the type {name} hides another"));
    }
    names.add("type", name);
}

fn imports(tree: &syn::UseTree, names: &mut Names) {
    match tree {
        syn::UseTree::Path(path) => imports(&path.tree, names),
        syn::UseTree::Group(group) => group.items.iter().for_each(|tree| imports(tree, names)),
        syn::UseTree::Name(name) if name.ident != "self" => names.add("type", &name.ident),
        syn::UseTree::Name(_) | syn::UseTree::Glob(_) => {}
        syn::UseTree::Rename(rename) => names.add("type", &rename.rename),
    }
}

#[test]
fn reserved_file_names_are_avoided() {
    let mut model = common::sound();
    for (index, name) in ["Con", "Nul", "Aux", "Prn", "Com1", "Lpt9", "NUL"].into_iter().enumerate() {
        let mut operation = model["shapes"]["x#List"].clone();
        operation["traits"]["smithy.api#http"]["uri"] = json!(format!("/{index}/{{label}}"));
        model["shapes"][format!("y{index}#{name}")] = operation;
        let operations = model["shapes"]["x#Service"]["operations"].as_array_mut().expect("operations");
        operations.push(json!({ "target": format!("y{index}#{name}") }));
    }
    let files = common::generate(&model.to_string()).unwrap_or_else(|report| panic!("{report}"));
    for name in ["con", "nul", "aux", "prn", "com1", "lpt9"] {
        assert!(files.contains_key(&format!("operation/{name}_operation.rs")), "{name}: {:?}", files.keys());
        assert!(!files.contains_key(&format!("operation/{name}.rs")), "{name}");
    }
}

#[test]
fn model_file_name_stays_in_the_header_comment() {
    let text = common::sound().to_string();
    let model =
        codegen::read_model("a\nstruct B;\u{2028}\u{202e}.json", &text).unwrap_or_else(|report| panic!("{report}"));
    let files = codegen::generate(&model, &codegen::Options::default()).unwrap_or_else(|report| panic!("{report}"));
    for (path, text) in files {
        let first =
            "// @generated by `cargo xtask codegen` from a\\u{a}struct B;\\u{2028}\\u{202e}.json. Do not edit by hand.";
        assert_eq!(text.lines().next(), Some(first), "{path}");
    }
}
