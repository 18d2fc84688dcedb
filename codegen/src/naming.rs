//! Rust names for Smithy names: case, keywords, collisions. Nothing else calls heck.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use heck::{ToKebabCase, ToSnakeCase, ToUpperCamelCase};
use proc_macro2::{Ident, Span};

/// Type names that generated files use for something else: those of Rust's prelude and of the runtime's
/// `prelude`, and the fixed names of generated items.
const TAKEN_TYPES: &[&str] = &[
    "AsRef",
    "Authorize",
    "BindingVisitor",
    "Box",
    "BoxError",
    "BuildError",
    "Builder",
    "Client",
    "ClientHandle",
    "Clone",
    "Config",
    "Copy",
    "Cow",
    "CustomizableOperation",
    "Debug",
    "Default",
    "Display",
    "Drop",
    "Endpoint",
    "EndpointError",
    "EndpointSettings",
    "Eq",
    "Err",
    "Error",
    "ErrorEnum",
    "ErrorMetadata",
    "ErrorResponse",
    "ErrorWithMetadata",
    "Fn",
    "From",
    "FromStr",
    "FromWire",
    "Handle",
    "Hash",
    "HashMap",
    "HttpBindings",
    "Infallible",
    "Into",
    "Iterator",
    "Member",
    "ModeledError",
    "None",
    "Of",
    "Ok",
    "Operation",
    "OperationError",
    "OperationInfo",
    "Option",
    "Ord",
    "Output",
    "PageSized",
    "PagedItems",
    "Paginated",
    "Paginator",
    "PaginatorItems",
    "Params",
    "PartialEq",
    "PartialOrd",
    "ProvideErrorMetadata",
    "RawResponse",
    "Request",
    "RequestId",
    "Response",
    "ResponseBody",
    "Result",
    "RetryKind",
    "SdkError",
    "Self",
    "Send",
    "Service",
    "Some",
    "String",
    "Structure",
    "Sync",
    "TimestampFormat",
    "ToString",
    "Unhandled",
    "UnknownVariantValue",
    "Vec",
    "Wipe",
    "Wiped",
    "WireEnum",
    "WireValue",
];

/// Words that cannot even be written as `r#word`.
const UNRAWABLE: &[&str] = &["self", "Self", "super", "crate", "_"];

/// Method names that builders and structures have of their own.
const TAKEN_MEMBERS: &[&str] = &[
    "as_input",
    "build",
    "builder",
    "clone",
    "customize",
    "default",
    "into_paginator",
    "meta",
    "new",
    "send",
    "set_meta",
];

/// Method names that the builder of configurations has of its own, whatever the model.
const TAKEN_SETTINGS: &[&str] = &[
    "app_name",
    "bearer_token",
    "behavior_version",
    "behavior_version_latest",
    "build",
    "ca_bundle",
    "clone",
    "credentials_provider",
    "default",
    "disable_request_compression",
    "endpoint_url",
    "for_service",
    "http_client",
    "idempotency_token_provider",
    "max_response_body",
    "new",
    "on_attempt",
    "proxy",
    "random",
    "region",
    "request_min_compression_size_bytes",
    "retry_config",
    "set_app_name",
    "set_behavior_version",
    "set_ca_bundle",
    "set_client_param",
    "set_clock",
    "set_credentials_provider",
    "set_disable_request_compression",
    "set_endpoint_url",
    "set_endpoint_url_by_service",
    "set_http_client",
    "set_idempotency_token_provider",
    "set_max_response_body",
    "set_on_attempt",
    "set_proxy",
    "set_region",
    "set_request_min_compression_size_bytes",
    "set_retry_config",
    "set_stalled_stream_protection",
    "set_timeout_config",
    "set_token_bucket",
    "set_token_provider",
    "set_use_dual_stack",
    "set_use_fips",
    "stalled_stream_protection",
    "time_source",
    "timeout_config",
    "token_provider",
    "use_dual_stack",
    "use_fips",
];

/// Method and module names that the client and the folder of operations have of their own.
const TAKEN_FUNCTIONS: &[&str] = &["blocking", "clone", "config", "from_conf", "mod", "new"];

/// The Rust name of a type: `SSOThing` becomes `SsoThing`, names that are taken get `Value` behind.
pub(crate) fn type_name(name: &str) -> Ident {
    type_with_suffix(name, "")
}

/// The first of `name`, `name2`, `name3` … that is free, by what `take` says of it.
pub(crate) fn unique(name: &str, mut take: impl FnMut(&str) -> bool) -> String {
    let mut candidate = name.to_owned();
    let mut number = 1;
    while !take(&candidate) {
        number += 1;
        candidate = format!("{name}{number}");
    }
    candidate
}

/// The Rust name of a type made of another's and a suffix: `Account` + `Builder`.
pub(crate) fn suffixed(name: &Ident, suffix: &str) -> Ident {
    free_type(format!("{}{suffix}", plain(name)))
}

/// What types and errors are called in a file that defines types of its `own`, which go first: what
/// would collide with one of those, or an error with a type, gets a suffix.
pub(crate) fn aliases(
    own: &HashSet<Ident>,
    types: &BTreeSet<Ident>,
    errors: &BTreeSet<Ident>,
) -> (BTreeMap<Ident, Ident>, BTreeMap<Ident, Ident>) {
    let mut taken: HashSet<String> = own.iter().chain(types).chain(errors).map(plain).collect();
    let mut name_all = |names: &BTreeSet<Ident>, before: &BTreeSet<Ident>, suffix: &str| {
        let named = names.iter().map(|name| {
            if !own.contains(name) && !before.contains(name) {
                return (name.clone(), name.clone());
            }
            let alias = plain(&suffixed(name, suffix));
            (name.clone(), ident(&unique(&alias, |candidate| taken.insert(candidate.to_owned()))))
        });
        named.collect()
    };
    (name_all(types, &BTreeSet::new(), "Type"), name_all(errors, types, "ErrorWithMetadata"))
}

/// `is_…` and `as_…` for each variant of a union, in order; what would collide gets a number behind.
pub(crate) fn variant_accessors(variants: &[Ident]) -> Vec<(Ident, Ident)> {
    let mut used = HashSet::from(["unknown".to_owned()]);
    let snakes = variants
        .iter()
        .map(|variant| unique(&plain(variant).to_snake_case(), |candidate| used.insert(candidate.to_owned())));
    snakes.map(|snake| (ident(&format!("is_{snake}")), ident(&format!("as_{snake}")))).collect()
}

/// The Rust name of a type made of a shape's name and a suffix: `ListAccounts` + `Input`.
pub(crate) fn type_with_suffix(name: &str, suffix: &str) -> Ident {
    free_type(format!("{}{suffix}", starting_with_letter(name.to_upper_camel_case())))
}

fn free_type(camel: String) -> Ident {
    if TAKEN_TYPES.contains(&camel.as_str()) { ident(&format!("{camel}Value")) } else { ident(&camel) }
}

/// The Rust name of a function, method or module.
pub(crate) fn function_name(name: &str) -> Ident {
    let snake = starting_with_letter(name.to_snake_case());
    if TAKEN_FUNCTIONS.contains(&snake.as_str()) { ident(&format!("{snake}_operation")) } else { ident(&snake) }
}

/// The name of a command or option: `list-account-roles`.
pub(crate) fn command_name(name: &str) -> String {
    name.to_kebab_case()
}

/// The name of a crate for a service: `SSO OIDC` becomes `sso-oidc-client`.
pub(crate) fn crate_name(sdk_id: &str) -> String {
    let words: String = sdk_id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' }).collect();
    let kebab = words.to_kebab_case();
    // Cargo wants a letter first.
    if kebab.starts_with(|c: char| c.is_ascii_alphabetic()) {
        format!("{kebab}-client")
    } else {
        format!("service-{kebab}-client")
    }
}

/// The Rust name of a local variable of a function that has the parameter `params`.
pub(crate) fn variable_name(name: &str) -> Ident {
    let snake = starting_with_letter(name.to_snake_case());
    if matches!(snake.as_str(), "params" | "value") { ident(&format!("{snake}_value")) } else { ident(&snake) }
}

/// The Rust name of a field and of its accessor.
pub(crate) fn member_name(name: &str) -> Ident {
    let snake = starting_with_letter(name.to_snake_case());
    if TAKEN_MEMBERS.contains(&snake.as_str()) { ident(&format!("{snake}_value")) } else { ident(&snake) }
}

/// `set_` or `get_` and a field's name, without its `r#` and the `_` before its digits.
pub(crate) fn prefixed(prefix: &str, member: &Ident) -> Ident {
    ident(&format!("{prefix}{}", plain(member).trim_start_matches('_')))
}

/// Setters of the configuration for parameters of endpoints, by the parameters' names: `x` and
/// `set_x`. What would collide, or is a method of every configuration, gets something behind.
pub(crate) fn setting_names<'a>(params: impl IntoIterator<Item = &'a Ident>) -> Vec<(Ident, Ident)> {
    let mut used: HashSet<String> = TAKEN_SETTINGS.iter().map(|name| (*name).to_owned()).collect();
    let pair = |name: &str| (ident(name), prefixed("set_", &ident(name)));
    let free = |name: &str, used: &mut HashSet<String>| {
        let (plain, optional) = (name.to_owned(), plain(&prefixed("set_", &ident(name))));
        let free = !used.contains(&plain) && !used.contains(&optional);
        if free {
            used.extend([plain, optional]);
        }
        free
    };
    params
        .into_iter()
        .map(|param| {
            let name = plain(param);
            if free(&name, &mut used) {
                return pair(&name);
            }
            pair(&unique(&format!("{name}_value"), |candidate| free(candidate, &mut used)))
        })
        .collect()
}

/// An identifier's text without `r#`, as it reads in messages.
pub(crate) fn plain(ident: &Ident) -> String {
    let text = ident.to_string();
    text.strip_prefix("r#").map(str::to_owned).unwrap_or(text)
}

/// The Rust names of an enum's variants, in order; what would collide gets a number behind.
pub(crate) fn variant_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<Ident> {
    // `Unknown` is the variant for values that the model does not list.
    let mut used = HashSet::from(["Unknown".to_owned(), "Self".to_owned()]);
    names
        .into_iter()
        .map(|name| {
            // Values of Smithy 1.0 may have any text for a name.
            let words: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' }).collect();
            let camel = starting_with_letter(words.to_upper_camel_case());
            let mut candidate = if camel == "Unknown" { "UnknownValue".to_owned() } else { camel };
            let base = candidate.clone();
            let mut number = 2;
            while !used.insert(candidate.clone()) {
                candidate = format!("{base}{number}");
                number += 1;
            }
            ident(&candidate)
        })
        .collect()
}

/// An identifier for `text`, raw or with `_` behind where it is a keyword. Names of models are
/// of ASCII letters, digits and underscores; anything else becomes an underscore.
pub(crate) fn ident(text: &str) -> Ident {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !text.chars().all(allowed) {
        return ident(&text.replace(|c| !allowed(c), "_"));
    }
    // Reserved since edition 2024, which syn does not go by.
    if text == "gen" {
        return Ident::new_raw(text, Span::call_site());
    }
    if UNRAWABLE.contains(&text) {
        Ident::new(&format!("{text}_"), Span::call_site())
    } else if syn::parse_str::<Ident>(text).is_ok() {
        Ident::new(text, Span::call_site())
    } else {
        Ident::new_raw(text, Span::call_site())
    }
}

fn starting_with_letter(text: String) -> String {
    match text.chars().next() {
        None => "Empty".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("_{text}"),
        Some(_) => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types() {
        for (smithy, rust) in [
            ("RoleInfo", "RoleInfo"),
            ("SSOThing", "SsoThing"),
            ("lowercase", "Lowercase"),
            ("String", "StringValue"),
            ("Option", "OptionValue"),
            ("Client", "ClientValue"),
            ("Self", "SelfValue"),
            ("2ndThing", "_2ndThing"),
            ("response", "ResponseValue"),
        ] {
            assert_eq!(type_name(smithy).to_string(), rust, "{smithy}");
        }
    }

    #[test]
    fn types_with_suffixes() {
        assert_eq!(type_with_suffix("Build", "Error").to_string(), "BuildErrorValue");
        assert_eq!(type_with_suffix("List", "Error").to_string(), "ListError");
    }

    #[test]
    fn functions() {
        for (smithy, rust) in [
            ("ListAccounts", "list_accounts"),
            ("Config", "config_operation"),
            ("Mod", "mod_operation"),
            ("Match", "r#match"),
        ] {
            assert_eq!(function_name(smithy).to_string(), rust, "{smithy}");
        }
    }

    #[test]
    fn names_of_the_runtime_prelude_are_taken() {
        let prelude = include_str!("../../sso-client/runtime/src/prelude.rs");
        let file = syn::parse_file(prelude).expect("the prelude is Rust");
        let mut names = Vec::new();
        for item in file.items {
            if let syn::Item::Use(found) = item {
                collect(&found.tree, &mut names);
            }
        }
        assert!(names.len() > 25, "{names:?}");
        for name in names {
            let is_type = name.starts_with(char::is_uppercase) && name.contains(char::is_lowercase);
            assert!(!is_type || TAKEN_TYPES.contains(&name.as_str()), "{name} is missing from TAKEN_TYPES");
        }

        fn collect(tree: &syn::UseTree, names: &mut Vec<String>) {
            match tree {
                syn::UseTree::Path(path) => collect(&path.tree, names),
                syn::UseTree::Group(group) => group.items.iter().for_each(|tree| collect(tree, names)),
                syn::UseTree::Name(name) => names.push(name.ident.to_string()),
                syn::UseTree::Rename(rename) => names.push(rename.rename.to_string()),
                syn::UseTree::Glob(_) => {}
            }
        }
    }

    #[test]
    fn setters_of_every_configuration_are_taken() {
        for text in [
            include_str!("../../sso-client/runtime/src/config/attempt_report.rs"),
            include_str!("../../sso-client/runtime/src/config/compression.rs"),
            include_str!("../../sso-client/runtime/src/config/credentials/bearer.rs"),
            include_str!("../../sso-client/runtime/src/config/credentials/mod.rs"),
            include_str!("../../sso-client/runtime/src/config/credentials/sigv4.rs"),
            include_str!("../../sso-client/runtime/src/config/idempotency.rs"),
            include_str!("../../sso-client/runtime/src/config/limits.rs"),
            include_str!("../../sso-client/runtime/src/config/mod.rs"),
            include_str!("../../sso-client/runtime/src/config/transport.rs"),
        ] {
            let mut methods = Vec::new();
            for item in syn::parse_file(text).expect("Rust").items {
                let syn::Item::Impl(found) = item else { continue };
                let of_builder = matches!(&*found.self_ty, syn::Type::Path(path) if path.path.is_ident("Builder"));
                methods.extend(found.items.into_iter().filter(|_| of_builder).filter_map(|item| match item {
                    syn::ImplItem::Fn(method) => Some(method.sig.ident.to_string()),
                    _ => None,
                }));
            }
            assert!(!methods.is_empty());
            for name in methods {
                assert!(TAKEN_SETTINGS.contains(&name.as_str()), "{name} is missing from TAKEN_SETTINGS");
            }
        }
        let params = ["Region", "x", "set_x", "type"].map(member_name);
        let names: Vec<_> = setting_names(&params).into_iter().map(|(plain, set)| format!("{plain} {set}")).collect();
        assert_eq!(
            names,
            ["region_value set_region_value", "x set_x", "set_x_value set_set_x_value", "r#type set_type"]
        );
    }

    #[test]
    fn accessors_never_collide() {
        let accessors = variant_accessors(&["AB", "Ab", "Type"].map(ident));
        let names: Vec<_> = accessors.iter().map(|(is, to)| format!("{is} {to}")).collect();
        assert_eq!(names, ["is_ab as_ab", "is_ab2 as_ab2", "is_type as_type"]);
    }

    #[test]
    fn members() {
        for (smithy, rust) in [
            ("accountId", "account_id"),
            ("emailAddress", "email_address"),
            ("EC2Instance", "ec2_instance"),
            ("type", "r#type"),
            ("self", "self_"),
            ("crate", "crate_"),
            ("build", "build_value"),
            ("0th", "_0th"),
            ("gen", "r#gen"),
            ("default", "default_value"),
        ] {
            assert_eq!(member_name(smithy).to_string(), rust, "{smithy}");
        }
    }

    #[test]
    fn no_text_is_too_odd_for_an_identifier() {
        for (text, rust) in [("a²", "a_"), ("²", "__"), ("é x", "__x"), ("_", "__")] {
            assert_eq!(ident(text).to_string(), rust, "{text}");
        }
    }

    #[test]
    fn setters_of_raw_names_are_plain() {
        let member = member_name("type");
        assert_eq!(prefixed("set_", &member).to_string(), "set_type");
        assert_eq!(plain(&member), "type");
    }

    #[test]
    fn variants_never_collide() {
        let names = variant_names(["A_B", "a-b", "AB", "Unknown", "Self", "9", "", "…"]);
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        assert_eq!(names, ["AB", "AB2", "Ab", "UnknownValue", "Self2", "_9", "Empty", "Empty2"]);
    }
}
