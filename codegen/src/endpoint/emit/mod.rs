//! Emits rule sets as Rust, their tests as a table, and partitions as a static.

mod decision;
mod expr;
mod partitions;
mod table;

use proc_macro2::TokenStream;
use quote::quote;

use super::ir::{BuiltIn, Decision, Param, ParamSource, ParamType, RuleSet};
use crate::emit::docs;

pub(crate) use partitions::emit_partitions;
pub(crate) use table::emit_tests;

/// Returns `endpoint.rs`. If operations bind parameters (`bound`), `Params::new` is a function of its own.
pub(crate) fn emit_rule_set(rules: &RuleSet, bound: bool) -> TokenStream {
    let fields = rules.params.iter().map(|param| {
        let (name, ty) = (&param.name, param_type(&param.ty));
        let doc = docs::outer(&param.docs);
        // A rule set may have parameters that it does not use.
        let unread = (!param.read && !param.required).then(|| quote! { #[allow(dead_code)] });
        quote! { #doc #unread pub(crate) #name: #ty, }
    });
    let required = rules.params.iter().filter(|param| param.required).map(|param| {
        let (name, wire) = (&param.name, &param.wire_name);
        let bound = if param.read { quote!(#name) } else { quote!(_) };
        quote! {
            let Some(#bound) = params.#name else {
                return Err(EndpointError::missing(#wire));
            };
        }
    });
    let body = decision::emit_decision(&rules.decision);
    let texts = rules.composes_texts.then(|| quote! { let texts = rules::Texts::default(); });
    let body = quote! { #(#required)* #texts #body };
    let reads_params = rules.reads_params || rules.params.iter().any(|param| param.required);
    let params_name = if reads_params { quote!(params) } else { quote!(_params) };
    let lifetime = has_lifetime(rules).then(|| quote!(<'a>));
    let elided = lifetime.as_ref().map(|_| quote!(<'_>));
    let partitions = rules.looks_up_regions.then(|| quote! { use super::partitions::PARTITIONS; });
    let details = rules.has_details.then(|| quote! { EndpointDetails, });
    let constructors = constructors(rules, bound);
    let doc = docs::outer(match rules.decision {
        Decision::Rules(_) => "Finds the endpoint: the first rule whose conditions hold decides.",
        Decision::Diagram(_) => "Finds the endpoint: whether a condition holds decides which is next, up to a result.",
    });
    quote! {
        //! The endpoint rule set of the service, compiled to Rust.
        #partitions
        use crate::runtime::endpoint::{self as rules, Endpoint, #details EndpointError, EndpointSettings};
        /// Parameters of the endpoint rule set.
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct Params #lifetime {
            #(#fields)*
        }
        #constructors
        #doc
        pub(crate) fn resolve(#params_name: &Params #elided) -> Result<Endpoint, EndpointError> {
            #body
        }
    }
}

/// Returns the conversion of a client's settings to parameters: `Params::new` if operations bind parameters, inlined
/// into `resolve_endpoint` otherwise.
fn constructors(rules: &RuleSet, bound: bool) -> TokenStream {
    let values = rules.params.iter().map(|param| {
        let (name, value) = (&param.name, from_settings(param));
        quote! { #name: #value, }
    });
    let values: TokenStream = values.collect();
    let reads_settings = rules.params.iter().any(|param| param.source != ParamSource::Operation);
    let settings = if reads_settings { quote!(settings) } else { quote!(_settings) };
    if !bound && rules.params.iter().all(|param| matches!(param.source, ParamSource::BuiltIn(_))) {
        return quote! {
            /// Resolves the endpoint for the settings of a client.
            pub(crate) fn resolve_endpoint(#settings: &EndpointSettings<'_>) -> Result<Endpoint, EndpointError> {
                resolve(&Params { #values })
            }
        };
    }
    let (generics, lifetime) =
        if has_lifetime(rules) { (Some(quote!(<'a>)), quote!(<'a>)) } else { (None, quote!(<'_>)) };
    quote! {
        impl #generics Params #generics {
            /// Returns the parameters that a client's settings give; operations may override them.
            pub(crate) fn new(#settings: &EndpointSettings #lifetime) -> Self {
                Self { #values }
            }
        }
        /// Resolves the endpoint for the settings of a client.
        pub(crate) fn resolve_endpoint(settings: &EndpointSettings<'_>) -> Result<Endpoint, EndpointError> {
            resolve(&Params::new(settings))
        }
    }
}

fn from_settings(param: &Param) -> TokenStream {
    let wire = &param.wire_name;
    let setting = match (param.source, &param.ty) {
        (ParamSource::BuiltIn(BuiltIn::Region), _) => quote!(settings.region),
        (ParamSource::BuiltIn(BuiltIn::UseFips), _) => quote!(settings.use_fips),
        (ParamSource::BuiltIn(BuiltIn::UseDualStack), _) => quote!(settings.use_dual_stack),
        (ParamSource::BuiltIn(BuiltIn::Endpoint), _) => quote!(settings.endpoint_url),
        (ParamSource::Operation, _) => return default(&param.ty),
        (ParamSource::Client, ParamType::String | ParamType::StringOr(_)) => quote!(settings.client_string(#wire)),
        (ParamSource::Client, ParamType::Boolean | ParamType::BooleanOr(_)) => quote!(settings.client_boolean(#wire)),
        (ParamSource::Client, ParamType::StringArray | ParamType::StringArrayOr(_)) => {
            quote!(settings.client_strings(#wire))
        }
    };
    match &param.ty {
        ParamType::String | ParamType::Boolean | ParamType::StringArray => setting,
        ParamType::BooleanOr(false) => quote!(#setting.unwrap_or_default()),
        ty => {
            let default = default(ty);
            quote!(#setting.unwrap_or(#default))
        }
    }
}

fn default(ty: &ParamType) -> TokenStream {
    match ty {
        ParamType::String | ParamType::Boolean | ParamType::StringArray => quote!(None),
        ParamType::StringOr(text) => quote!(#text),
        ParamType::BooleanOr(value) => quote!(#value),
        ParamType::StringArrayOr(texts) => quote!(rules::StringList::of(&[#(#texts),*])),
    }
}

fn param_type(ty: &ParamType) -> TokenStream {
    match ty {
        ParamType::String => quote!(Option<&'a str>),
        ParamType::StringOr(_) => quote!(&'a str),
        ParamType::Boolean => quote!(Option<bool>),
        ParamType::BooleanOr(_) => quote!(bool),
        ParamType::StringArray => quote!(Option<rules::StringList<'a>>),
        ParamType::StringArrayOr(_) => quote!(rules::StringList<'a>),
    }
}

fn has_lifetime(rules: &RuleSet) -> bool {
    !rules.params.iter().all(|param| matches!(param.ty, ParamType::Boolean | ParamType::BooleanOr(_)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn client_parameters_come_from_the_client() {
        let rule_set = json!({ "version": "1.0", "rules": [], "parameters": {
            "Text": { "type": "string" },
            "Accelerate": { "type": "boolean", "builtIn": "AWS::S3::Accelerate", "required": true, "default": false },
            "Names": { "type": "stringArray", "required": true, "default": ["a"] },
            "Region": { "type": "string", "builtIn": "AWS::Region" },
            "Bucket": { "type": "string" },
        } });
        let client = json!({
            "Text": { "type": "string" }, "Accelerate": { "type": "boolean" }, "Names": { "type": "stringArray" },
            "Region": { "type": "string" },
        });
        let client = serde_json::from_value(client).expect("client parameters");
        let rules = crate::endpoint::read_rule_set(&rule_set, &client, &mut |problem| panic!("{problem}"));
        let text = emit_rule_set(&rules, false).to_string();
        for expected in [
            "text : settings . client_string (\"Text\")",
            "accelerate : settings . client_boolean (\"Accelerate\") . unwrap_or_default ()",
            "names : settings . client_strings (\"Names\") . unwrap_or (rules :: StringList :: of (& [\"a\"]))",
            "region : settings . region",
            "bucket : None",
        ] {
            assert!(text.contains(expected), "{expected}: {text}");
        }
        let operation: Vec<_> = rules.operation_params().map(|param| param.wire_name.as_str()).collect();
        assert_eq!(operation, ["Bucket"]);

        let client = serde_json::from_value(json!({ "Text": { "type": "boolean" } })).expect("client parameters");
        let mut problems = Vec::new();
        crate::endpoint::read_rule_set(&rule_set, &client, &mut |problem| problems.push(problem));
        assert_eq!(problems, ["parameters.Text: is a string, which smithy.rules#clientContextParams calls a boolean"]);
    }
}
