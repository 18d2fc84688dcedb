//! Rule sets as plain nested Rust, their tests as a table, the partitions as a static.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::ir::{
    BuiltIn, Condition, EndpointTest, Expr, Outcome, ParamType, Partition, Rule, RuleSet, Segment, TemplatePart,
    TestValue,
};
use super::visit::{calls, mentions, uses};
use crate::emit::docs;

/// `endpoint.rs`.
pub(crate) fn emit_rule_set(rules: &RuleSet) -> TokenStream {
    let used = |name: &Ident| {
        mentions(&rules.rules, &Expr::Param(name.clone())) || mentions(&rules.rules, &Expr::Bound(name.clone()))
    };
    let fields = rules.params.iter().map(|param| {
        let (name, ty) = (&param.name, param_type(&param.ty));
        let doc = docs::outer(&param.docs);
        // A rule set may take what it never looks at.
        let unread = (!used(name)).then(|| quote! { #[allow(dead_code)] });
        quote! { #doc #unread pub(crate) #name: #ty, }
    });
    let from_settings = rules.params.iter().map(|param| {
        let name = &param.name;
        let setting = match param.built_in {
            BuiltIn::Region => quote!(settings.region),
            BuiltIn::UseFips => quote!(settings.use_fips),
            BuiltIn::UseDualStack => quote!(settings.use_dual_stack),
            BuiltIn::Endpoint => quote!(settings.endpoint_url),
        };
        let value = match param.ty {
            ParamType::String | ParamType::Boolean => setting,
            ParamType::BooleanOr(false) => quote!(#setting.unwrap_or_default()),
            ParamType::BooleanOr(true) => quote!(#setting.unwrap_or(true)),
        };
        quote! { #name: #value, }
    });
    let required = rules.params.iter().filter(|param| param.required).map(|param| {
        let (name, wire) = (&param.name, &param.wire_name);
        let bound = if used(name) { quote!(#name) } else { quote!(_) };
        quote! {
            let Some(#bound) = params.#name else {
                return Err(EndpointError::missing(#wire));
            };
        }
    });
    let body = emit_rules(&rules.rules, true);
    let lifetime = rules.params.iter().any(|param| param.ty == ParamType::String).then(|| quote!(<'a>));
    let elided = lifetime.as_ref().map(|_| quote!(<'_>));
    let settings_name = if rules.params.is_empty() { quote!(_settings) } else { quote!(settings) };
    let reads_params =
        rules.params.iter().any(|param| param.required || mentions(&rules.rules, &Expr::Param(param.name.clone())));
    let params_name = if reads_params { quote!(params) } else { quote!(_params) };
    let partitions = needs_partitions(rules).then(|| quote! { use crate::partitions::PARTITIONS; });
    quote! {
        //! The endpoint rules of the service, compiled.
        #partitions
        use crate::runtime::endpoint::{self as rules, Endpoint, EndpointError, EndpointSettings};
        /// What the rules decide by.
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct Params #lifetime {
            #(#fields)*
        }
        /// Finds the endpoint for a client's settings.
        pub(crate) fn resolve_endpoint(#settings_name: &EndpointSettings<'_>) -> Result<Endpoint, EndpointError> {
            resolve(&Params { #(#from_settings)* })
        }
        /// Finds the endpoint: the first rule whose conditions hold decides.
        pub(crate) fn resolve(#params_name: &Params #elided) -> Result<Endpoint, EndpointError> {
            #(#required)*
            #body
        }
    }
}

fn param_type(ty: &ParamType) -> TokenStream {
    match ty {
        ParamType::String => quote!(Option<&'a str>),
        ParamType::Boolean => quote!(Option<bool>),
        ParamType::BooleanOr(_) => quote!(bool),
    }
}

/// Writes rules one after the other. In tail position the last one is the block's value.
fn emit_rules(rules: &[Rule], tail: bool) -> TokenStream {
    let mut tokens = TokenStream::new();
    for rule in rules {
        let unconditional = rule.is_unconditional();
        tokens.extend(emit_rule(&rule.conditions, &rule.outcome, tail && unconditional));
        if unconditional {
            return tokens;
        }
    }
    let no_rule = quote! { rules::no_rule_matched() };
    tokens.extend(if tail {
        no_rule
    } else {
        quote! { return #no_rule; }
    });
    tokens
}

fn emit_rule(conditions: &[Condition], outcome: &Outcome, tail: bool) -> TokenStream {
    let Some((first, rest)) = conditions.split_first() else {
        return emit_outcome(outcome, tail);
    };
    match first {
        Condition::Let(name, expr) => {
            let value = emit_expr(expr);
            let inner = emit_rule(rest, outcome, tail);
            quote! { let #name = #value; #inner }
        }
        Condition::Bind(name, expr) => {
            let value = emit_expr(expr);
            let inner = emit_rule(rest, outcome, false);
            if uses(name, rest, outcome) {
                quote! { if let Some(#name) = #value { #inner } }
            } else {
                quote! { if #value.is_some() { #inner } }
            }
        }
        Condition::Test(_) => {
            let tests = conditions.iter().map_while(|condition| match condition {
                Condition::Test(expr) => Some(expr),
                _ => None,
            });
            let count = tests.clone().count();
            let tests = tests.map(emit_expr);
            let inner = emit_rule(&conditions[count..], outcome, false);
            quote! { if #(#tests)&&* { #inner } }
        }
    }
}

fn emit_outcome(outcome: &Outcome, tail: bool) -> TokenStream {
    let value = match outcome {
        Outcome::Rules(rules) => return emit_rules(rules, tail),
        Outcome::Error(expr) => {
            let text = emit_expr(expr);
            quote! { rules::no_endpoint(#text) }
        }
        Outcome::Url(expr) => {
            let pieces = match expr {
                Expr::Template(parts) => parts.iter().map(emit_part).collect(),
                other => vec![emit_expr(other)],
            };
            quote! { rules::endpoint_at([#(#pieces),*]) }
        }
    };
    if tail {
        value
    } else {
        quote! { return #value; }
    }
}

fn emit_expr(expr: &Expr) -> TokenStream {
    match expr {
        Expr::Param(name) => quote!(params.#name),
        Expr::Bound(name) => quote!(#name),
        Expr::Text(text) => quote!(#text),
        Expr::Bool(value) => quote!(#value),
        Expr::Attribute(of, field) => {
            let (of, field) = (emit_expr(of), crate::naming::ident(field));
            // The one attribute that is not borrowed from the URL.
            let as_str = (field == "normalized_path").then(|| quote!(.as_str()));
            quote!(#of.#field #as_str)
        }
        Expr::Equals(left, right) => {
            let (left, right) = (emit_operand(left), emit_operand(right));
            quote!(#left == #right)
        }
        Expr::EqualsSome(left, right) => {
            let (left, right) = (emit_operand(left), emit_operand(right));
            quote!(#left == Some(#right))
        }
        Expr::Not(inner) => {
            let inner = emit_operand(inner);
            quote!(!#inner)
        }
        Expr::IsSome(inner) => {
            let inner = emit_operand(inner);
            quote!(#inner.is_some())
        }
        Expr::Call { function, argument, argument_optional } => {
            let (name, argument) = (crate::naming::ident(function), emit_operand(argument));
            let call = |value: TokenStream| match *function {
                "partition" => quote!(rules::#name(PARTITIONS, #value)),
                _ => quote!(rules::#name(#value)),
            };
            if *argument_optional {
                let call = call(quote!(value));
                quote!(#argument.and_then(|value| #call))
            } else {
                call(argument)
            }
        }
        Expr::Template(parts) => emit_template(parts),
    }
}

/// An expression as part of another: comparisons in parentheses, text as `&str`.
fn emit_operand(expr: &Expr) -> TokenStream {
    let tokens = emit_expr(expr);
    match expr {
        Expr::Equals(..) | Expr::EqualsSome(..) => quote!((#tokens)),
        Expr::Template(_) => quote!(#tokens.as_str()),
        _ => tokens,
    }
}

fn emit_part(part: &TemplatePart) -> TokenStream {
    match part {
        TemplatePart::Text(text) => quote!(#text),
        TemplatePart::Value(expr) => emit_expr(expr),
    }
}

/// `format!` with names inline where the value is only a name.
fn emit_template(parts: &[TemplatePart]) -> TokenStream {
    let mut text = String::new();
    let mut arguments = Vec::new();
    for part in parts {
        match part {
            TemplatePart::Text(piece) => text.push_str(&piece.replace('{', "{{").replace('}', "}}")),
            TemplatePart::Value(Expr::Bound(name)) => text.push_str(&format!("{{{}}}", crate::naming::plain(name))),
            TemplatePart::Value(expr) => {
                text.push_str("{}");
                arguments.push(emit_expr(expr));
            }
        }
    }
    quote! { format!(#text #(, #arguments)*) }
}

/// Whether the rules look regions up.
pub(crate) fn needs_partitions(rules: &RuleSet) -> bool {
    calls(&rules.rules, "partition")
}

/// `endpoint_tests.rs`.
pub(crate) fn emit_tests(rules: &RuleSet, tests: &[EndpointTest]) -> TokenStream {
    let defaults = rules.params.iter().map(|param| {
        let name = &param.name;
        let value = match param.ty {
            ParamType::String | ParamType::Boolean => quote!(None),
            ParamType::BooleanOr(value) => quote!(#value),
        };
        quote! { #name: #value, }
    });
    let lifetime = rules.params.iter().any(|param| param.ty == ParamType::String).then(|| quote!(<'static>));
    let all_rows_whole = tests.iter().all(|test| test.params.len() == rules.params.len());
    let defaults = (!all_rows_whole).then(|| quote! { const DEFAULTS: Params #lifetime = Params { #(#defaults)* }; });
    let rows = tests.iter().map(|test| {
        let name = &test.name;
        let params = test.params.iter().map(|(name, value)| match value {
            TestValue::String(text) => quote!(#name: Some(#text)),
            TestValue::OptionalBoolean(value) => quote!(#name: Some(#value)),
            TestValue::Boolean(value) => quote!(#name: #value),
        });
        let rest = (test.params.len() < rules.params.len()).then(|| quote!(..DEFAULTS));
        let params = params.chain(rest);
        let expect = match &test.expect {
            Ok(url) => quote!(Ok(#url)),
            Err(error) => quote!(Err(#error)),
        };
        quote! { (#name, Params { #(#params),* }, #expect) }
    });
    quote! {
        //! The endpoint tests of the model, as rows: what they are about, parameters, URL or error.
        use crate::endpoint::{Params, resolve};
        use crate::runtime::endpoint::{Endpoint, EndpointError};
        #defaults
        const TESTS: &[(&str, Params #lifetime, Result<&str, &str>)] = &[#(#rows),*];
        #[test]
        fn endpoint_tests() {
            for (name, params, expected) in TESTS {
                let actual = resolve(params);
                let actual = actual.as_ref().map(Endpoint::url).map_err(EndpointError::message);
                assert_eq!(actual, *expected, "{name}: {params:?}");
            }
        }
    }
}

/// `partitions.rs`.
pub(crate) fn emit_partitions(partitions: &[Partition]) -> TokenStream {
    let rows = partitions.iter().map(|partition| {
        let Partition {
            name,
            dns_suffix,
            dual_stack_dns_suffix,
            supports_fips,
            supports_dual_stack,
            implicit_global_region,
            regions,
            ..
        } = partition;
        let pattern = partition.pattern.iter().map(|segment| match segment {
            Segment::OneOf(words) => quote!(Segment::OneOf(&[#(#words),*])),
            Segment::Word => quote!(Segment::Word),
            Segment::Digits => quote!(Segment::Digits),
        });
        quote! {
            Partition {
                name: #name,
                dns_suffix: #dns_suffix,
                dual_stack_dns_suffix: #dual_stack_dns_suffix,
                supports_fips: #supports_fips,
                supports_dual_stack: #supports_dual_stack,
                implicit_global_region: #implicit_global_region,
                pattern: &[#(#pattern),*],
                regions: &[#(#regions),*],
            }
        }
    });
    quote! {
        //! The partitions of AWS, from `model/partitions.json`.
        use crate::runtime::endpoint::{Partition, Segment};
        /// Regions fall into these; one that none knows counts as one of `aws`.
        pub(crate) static PARTITIONS: &[Partition] = &[#(#rows),*];
    }
}
