//! Converts Smithy names to Rust names: case, keywords, collisions. No other module uses heck.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use heck::{ToKebabCase, ToSnakeCase, ToUpperCamelCase};
use proc_macro2::{Ident, Span};

/// Type names that generated files use otherwise: those of Rust's prelude, of the runtime's `prelude`, of fixed
/// generated items, and of the type parameter of clients and request builders.
const TAKEN_TYPES: &str = "AsRef Authorize BindingVisitor Box BoxError BuildError Builder Client ClientHandle Clone Config Copy Cow \
    CustomizableOperation Debug Default Display Drop Endpoint EndpointError EndpointSettings Eq Err Error ErrorEnum \
    ErrorMetadata ErrorResponse ErrorWithMetadata Fn From FromStr FromWire H Handle Hash HashMap HttpBindings \
    Infallible Into Iterator Member ModeledError None Of Ok Operation OperationError OperationInfo Option Ord Output \
    PageSized PagedItems Paginated Paginator PaginatorItems Params PartialEq PartialOrd ProvideErrorMetadata \
    RawResponse Request RequestId Response ResponseBody Result RetryKind SdkError Self Send Service Some String \
    Structure Sync TimestampFormat ToString Unhandled UnknownVariantValue Vec Wipe Wiped WireEnum WireValue";

fn lists(names: &str, name: &str) -> bool {
    names.split(' ').any(|listed| listed == name)
}

/// Words that are not allowed as `r#word`.
const UNRAWABLE: &[&str] = &["self", "Self", "super", "crate", "_"];

/// Method names of builders and structures.
const TAKEN_MEMBERS: &str =
    "as_input build builder clone customize default into_paginator meta new presigned send set_meta wait";

/// Method names of the configuration's builder.
const TAKEN_SETTINGS: &str = "app_name bearer_token behavior_version behavior_version_latest build ca_bundle clone credentials_provider \
    default disable_request_compression endpoint_url for_service has_http_client http_client idempotency_token_provider \
    max_response_body new on_attempt proxy random region request_min_compression_size_bytes retry_config \
    set_app_name set_behavior_version set_ca_bundle set_client_param set_clock set_credentials_provider \
    set_disable_request_compression set_endpoint_url set_endpoint_url_by_service set_http_client \
    set_idempotency_token_provider set_max_response_body set_on_attempt set_proxy set_region \
    set_request_min_compression_size_bytes set_retry_config set_sleep_impl set_stalled_stream_protection set_time_source set_timeout_config \
    set_token_bucket set_token_provider set_use_dual_stack set_use_fips sleep_impl stalled_stream_protection time_source \
    timeout_config token_provider use_dual_stack use_fips";

/// Names of the client's methods and of files beside the operations' modules.
const TAKEN_FUNCTIONS: &[&str] = &["aws", "blocking", "clone", "config", "from_conf", "mod", "new"];

/// File names that Windows reserves for devices, whatever their extension.
const RESERVED_FILES: &[&str] = &["aux", "con", "nul", "prn"];

/// Returns the Rust name of a type: `SSOThing` becomes `SsoThing`; reserved names get the suffix `Value`.
pub(crate) fn type_name(name: &str) -> Ident {
    type_with_suffix(name, "")
}

/// Makes names unique by numeric suffixes, in time linear in the number of names.
#[derive(Default)]
pub(crate) struct Numbering {
    /// The number to try next, by key.
    next: HashMap<String, usize>,
}

impl Numbering {
    /// Returns the first of `name`, `name2`, `name3` … that `take` accepts. Names that it has seen must stay taken, and
    /// all names with one key must be equal to it.
    pub(crate) fn unique(&mut self, key: String, name: &str, mut take: impl FnMut(&str) -> bool) -> String {
        let next = self.next.entry(key).or_insert(1);
        loop {
            let candidate = if *next == 1 { name.to_owned() } else { format!("{name}{next}") };
            *next += 1;
            if take(&candidate) {
                return candidate;
            }
        }
    }

    /// Applies [`unique`](Self::unique) to names of types, which are equal if their camel case is.
    pub(crate) fn unique_type(&mut self, name: &str, take: impl FnMut(&str) -> bool) -> String {
        self.unique(name.to_upper_camel_case(), name, take)
    }
}

/// Returns the first of `name`, `name2`, `name3` … that `take` accepts.
pub(crate) fn unique(name: &str, take: impl FnMut(&str) -> bool) -> String {
    Numbering::default().unique(String::new(), name, take)
}

/// Returns the Rust name of a type from another's and a suffix: `Account` + `Builder`.
pub(crate) fn suffixed(name: &Ident, suffix: &str) -> Ident {
    free_type(format!("{}{suffix}", plain(name)))
}

/// Returns the names of types and errors in a file that defines types of its `own`, which take precedence: types that
/// would collide with those, and errors that would collide with types, get a suffix.
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

/// Returns `is_…` and `as_…` for each variant of a union, in order, with numbers to resolve collisions.
pub(crate) fn variant_accessors(variants: &[Ident]) -> Vec<(Ident, Ident)> {
    let (mut used, mut numbering) = (HashSet::from(["unknown".to_owned()]), Numbering::default());
    let snakes = variants.iter().map(|variant| {
        let snake = plain(variant).to_snake_case();
        numbering.unique(snake.clone(), &snake, |candidate| used.insert(candidate.to_owned()))
    });
    snakes.map(|snake| (ident(&format!("is_{snake}")), ident(&format!("as_{snake}")))).collect()
}

/// Returns the Rust name of a type from a shape's name and a suffix: `ListAccounts` + `Input`.
pub(crate) fn type_with_suffix(name: &str, suffix: &str) -> Ident {
    free_type(format!("{}{suffix}", starting_with_letter(name.to_upper_camel_case())))
}

fn free_type(camel: String) -> Ident {
    if lists(TAKEN_TYPES, &camel) { ident(&format!("{camel}Value")) } else { ident(&camel) }
}

/// Returns the Rust name of a function, method or module.
pub(crate) fn function_name(name: &str) -> Ident {
    let snake = starting_with_letter(name.to_snake_case());
    let reserved = TAKEN_FUNCTIONS.contains(&snake.as_str()) || is_reserved_file(&snake);
    if reserved { ident(&format!("{snake}_operation")) } else { ident(&snake) }
}

fn is_reserved_file(name: &str) -> bool {
    let port = name.strip_prefix("com").or_else(|| name.strip_prefix("lpt"));
    RESERVED_FILES.contains(&name)
        || port.is_some_and(|port| matches!(port.as_bytes(), [digit] if digit.is_ascii_digit()))
}

/// The name of a command or option: `list-account-roles`.
pub(crate) fn command_name(name: &str) -> String {
    name.to_kebab_case()
}

/// Returns the name of a service's crate: `SSO OIDC` becomes `sso-oidc-client`.
pub(crate) fn crate_name(sdk_id: &str) -> String {
    let words: String = sdk_id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' }).collect();
    let kebab = words.to_kebab_case();
    // Cargo requires a letter first.
    if kebab.starts_with(|c: char| c.is_ascii_alphabetic()) {
        format!("{kebab}-client")
    } else {
        format!("service-{kebab}-client")
    }
}

/// Returns the Rust name of a local variable in a function with the parameter `params`.
pub(crate) fn variable_name(name: &str) -> Ident {
    let snake = starting_with_letter(name.to_snake_case());
    if matches!(snake.as_str(), "params" | "value") { ident(&format!("{snake}_value")) } else { ident(&snake) }
}

/// Returns the Rust name of a field and its accessor.
pub(crate) fn member_name(name: &str) -> Ident {
    let snake = starting_with_letter(name.to_snake_case());
    if lists(TAKEN_MEMBERS, &snake) { ident(&format!("{snake}_value")) } else { ident(&snake) }
}

/// Returns `set_` or `get_` with a field's name, without its `r#` and the `_` before digits.
pub(crate) fn prefixed(prefix: &str, member: &Ident) -> Ident {
    ident(&format!("{prefix}{}", plain(member).trim_start_matches('_')))
}

/// Returns the setters `x` and `set_x` of the configuration for endpoint parameters. Names that collide, or that every
/// configuration has, get a suffix.
pub(crate) fn setting_names<'a>(params: impl IntoIterator<Item = &'a Ident>) -> Vec<(Ident, Ident)> {
    let mut used: HashSet<String> = TAKEN_SETTINGS.split_whitespace().map(str::to_owned).collect();
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

/// Returns an identifier's text without `r#`.
pub(crate) fn plain(ident: &Ident) -> String {
    let text = ident.to_string();
    text.strip_prefix("r#").map(str::to_owned).unwrap_or(text)
}

/// Returns the Rust names of an enum's variants, in order, with numbers to resolve collisions.
pub(crate) fn variant_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<Ident> {
    // `Unknown` is the variant for unknown values.
    let mut used = HashSet::from(["Unknown".to_owned(), "Self".to_owned()]);
    let mut numbering = Numbering::default();
    names
        .into_iter()
        .map(|name| {
            // Values of Smithy 1.0 may have any name.
            let words: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' }).collect();
            let camel = starting_with_letter(words.to_upper_camel_case());
            let name = if camel == "Unknown" { "UnknownValue".to_owned() } else { camel };
            ident(&numbering.unique(name.clone(), &name, |candidate| used.insert(candidate.to_owned())))
        })
        .collect()
}

/// Names of test functions, which are the ids of test cases as far as those are identifiers.
pub(crate) struct TestNames {
    used: HashSet<String>,
    numbering: Numbering,
}

impl TestNames {
    pub(crate) fn new() -> Self {
        // The function that tests call.
        Self { used: HashSet::from(["client".to_owned()]), numbering: Numbering::default() }
    }

    /// Returns the name of a test, with a number if another test has it.
    pub(crate) fn add(&mut self, id: &str) -> Ident {
        let name = plain(&ident(id));
        ident(&self.numbering.unique(name.clone(), &name, |candidate| self.used.insert(candidate.to_owned())))
    }
}

/// Returns an identifier for `text`: raw, or with a trailing `_`, if it is a keyword. Names of models are ASCII letters,
/// digits and underscores; any other character becomes an underscore, and one precedes a digit at the start.
pub(crate) fn ident(text: &str) -> Ident {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !text.chars().all(allowed) {
        return ident(&text.replace(|c| !allowed(c), "_"));
    }
    if text.is_empty() || text.starts_with(|c: char| c.is_ascii_digit()) {
        return ident(&format!("_{text}"));
    }
    // Reserved since edition 2024, which syn does not check.
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
            ("Con", "con_operation"),
            ("NUL", "nul_operation"),
            ("Com1", "com1_operation"),
            ("LPT9", "lpt9_operation"),
            ("Com", "com"),
            ("Com10", "com10"),
            ("Console", "console"),
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
            assert!(!is_type || lists(TAKEN_TYPES, &name), "{name} is missing from TAKEN_TYPES");
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
            include_str!("../../sso-client/runtime/src/config/builder.rs"),
            include_str!("../../sso-client/runtime/src/config/credentials/bearer.rs"),
            include_str!("../../sso-client/runtime/src/config/clock.rs"),
            include_str!("../../sso-client/runtime/src/config/credentials/sigv4.rs"),
            include_str!("../../sso-client/runtime/src/config/idempotency.rs"),
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
                assert!(lists(TAKEN_SETTINGS, &name), "{name} is missing from TAKEN_SETTINGS");
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
    fn numbering_is_linear() {
        let (mut used, mut numbering, mut calls) = (HashSet::new(), Numbering::default(), 0);
        let names: Vec<String> = (0..3000)
            .map(|_| {
                numbering.unique_type("Shape", |candidate| {
                    calls += 1;
                    used.insert(candidate.to_owned())
                })
            })
            .collect();
        assert_eq!((names[0].as_str(), names[1].as_str(), names[2999].as_str()), ("Shape", "Shape2", "Shape3000"));
        assert_eq!(calls, 3000);
        // A name that is already taken is skipped.
        used.insert("Other2".to_owned());
        let mut other = || numbering.unique_type("Other", |candidate| used.insert(candidate.to_owned()));
        assert_eq!([other(), other(), other()], ["Other", "Other3", "Other4"]);
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
        for (text, rust) in [("a²", "a_"), ("²", "__"), ("é x", "__x"), ("_", "__"), ("", "__"), ("9x", "_9x")] {
            assert_eq!(ident(text).to_string(), rust, "{text}");
        }
        let mut names = TestNames::new();
        let names =
            ["A", "A", "9x", "_9x", "", "_", "match", "client", "a b", "a-b"].map(|id| names.add(id).to_string());
        assert_eq!(names, ["A", "A2", "_9x", "_9x2", "__", "__2", "r#match", "client2", "a_b", "a_b2"]);
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
