//! Emits the tests of a rule set as a table.

use proc_macro2::{Literal as Number, TokenStream};
use quote::{format_ident, quote};

use super::{default, expr, has_lifetime};
use crate::endpoint::ir::{Endpoint, EndpointTest, Literal, ParamType, RuleSet, TestValue};

/// Returns `endpoint_tests.rs`. With `per_row` each row is a test of its own, so that a test runner reports failures
/// by number.
pub(crate) fn emit_tests(rules: &RuleSet, tests: &[EndpointTest], per_row: bool) -> TokenStream {
    let all_rows_whole = tests.iter().all(|test| test.params.len() == rules.params.len());
    let lifetime = has_lifetime(rules).then(|| quote!(<'static>));
    let defaults = rules.params.iter().map(|param| {
        let (name, value) = (&param.name, default(&param.ty));
        quote! { #name: #value, }
    });
    let defaults = (!all_rows_whole).then(|| quote! { const DEFAULTS: Params #lifetime = Params { #(#defaults)* }; });
    let expects_details = |test: &EndpointTest| test.expect.as_ref().is_ok_and(Endpoint::has_details);
    let details = tests.iter().any(expects_details);
    let whole = details || rules.has_details;
    let rows = tests.iter().map(|test| {
        let name = &test.name;
        let params = test.params.iter().map(|(name, value)| {
            let value = emit_value(value);
            quote!(#name: #value)
        });
        let rest = (test.params.len() < rules.params.len()).then(|| quote!(..DEFAULTS));
        let params = params.chain(rest);
        let expect = match &test.expect {
            Ok(endpoint) if whole => expr::emit_endpoint(endpoint),
            Err(error) if whole => quote!(rules::no_endpoint(#error)),
            Ok(endpoint) => {
                let url = expr::emit_expr(&endpoint.url);
                quote!(Ok(#url))
            }
            Err(error) => quote!(Err(#error)),
        };
        quote! { (#name, Params { #(#params),* }, #expect) }
    });
    let rows: TokenStream = quote!(#(#rows),*);
    let lists = tests.iter().flat_map(|test| &test.params);
    let has_lists = lists.into_iter().any(|(_, value)| matches!(value.literal, Literal::StringArray(_)))
        || !all_rows_whole && rules.params.iter().any(|param| matches!(param.ty, ParamType::StringArrayOr(_)));
    let calls_runtime = whole || has_lists;
    let alias = calls_runtime.then(|| quote!(self as rules,));
    let trait_name = details.then(|| quote!(EndpointDetails,));
    // The table is a constant if it holds only string literals.
    let (table, list) = if whole {
        let table = quote! {
            fn tests() -> Vec<(&'static str, Params #lifetime, Result<Endpoint, EndpointError>)> { vec![#rows] }
        };
        (table, quote!(tests()))
    } else {
        let table = quote! { const TESTS: &[(&str, Params #lifetime, Result<&str, &str>)] = &[#rows]; };
        (table, quote!(TESTS))
    };
    let actual = if whole {
        quote! { let actual = resolve(params); }
    } else {
        quote! {
            let actual = resolve(params);
            let actual = actual.as_ref().map(Endpoint::url).map_err(EndpointError::message);
        }
    };
    // Tests of their own are in a module within the service's tests.
    let rules_module = if per_row { quote!(super::super::endpoint) } else { quote!(super::endpoint) };
    let checks = if per_row {
        let rows = (0..tests.len()).map(|row| {
            let name = format_ident!("row_{row}");
            let row = Number::usize_unsuffixed(row);
            quote! { #[test] fn #name() { check(#row); } }
        });
        quote! {
            fn check(row: usize) {
                let (name, params, expected) = &#list[row];
                #actual
                assert_eq!(actual, *expected, "{name}: {params:?}");
            }
            #(#rows)*
        }
    } else if whole {
        quote! {
            #[test]
            fn endpoint_tests() {
                let mut failed = Vec::new();
                for (name, params, expected) in &tests() {
                    let actual = resolve(params);
                    if actual != *expected {
                        failed.push(format!("{name}: {params:?}\n  expected {expected:?}\n  actual {actual:?}"));
                    }
                }
                assert!(failed.is_empty(), "{} failed:\n{}", failed.len(), failed.join("\n"));
            }
        }
    } else {
        quote! {
            #[test]
            fn endpoint_tests() {
                for (name, params, expected) in TESTS {
                    #actual
                    assert_eq!(actual, *expected, "{name}: {params:?}");
                }
            }
        }
    };
    quote! {
        //! Endpoint tests of the model, a row each: documentation, parameters, expected URL or error.
        use #rules_module::{Params, resolve};
        use crate::runtime::endpoint::{#alias Endpoint, #trait_name EndpointError};
        #defaults
        #table
        #checks
    }
}

fn emit_value(value: &TestValue) -> TokenStream {
    let literal = match &value.literal {
        Literal::String(text) => quote!(#text),
        Literal::Boolean(value) => quote!(#value),
        Literal::StringArray(texts) => quote!(rules::StringList::of(&[#(#texts),*])),
    };
    if value.optional { quote!(Some(#literal)) } else { literal }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rows_are_one_test_or_many() {
        let rule_set = json!({ "version": "1.0", "parameters": { "A": { "type": "stringArray" } }, "rules": [] });
        let rules = crate::endpoint::read_rule_set(&rule_set, &Default::default(), &mut |problem| panic!("{problem}"));
        let expect = |endpoint: serde_json::Value| {
            let file = json!({ "testCases": [
                { "params": { "A": ["x"] }, "expect": { "error": "e" } },
                { "expect": { "endpoint": endpoint } },
            ] });
            crate::endpoint::read_tests(&file, &rules, &mut |problem| panic!("{problem}"))
        };
        let plain = expect(json!({ "url": "u" }));
        let details = expect(json!({ "url": "u", "headers": { "h": ["v"] } }));
        for (tests, per_row, expected, not) in [
            (&plain[..], false, "fn endpoint_tests ()", "fn row_0"),
            (&plain[..], true, "# [test] fn row_1 () { check (1) ; }", "fn endpoint_tests"),
            (&plain[..], true, "a : Some (rules :: StringList :: of (& [\"x\"]))", "EndpointDetails"),
            (&plain[1..], false, "endpoint :: { Endpoint , EndpointError }", "self as rules"),
            (&details[..], false, "fn endpoint_tests ()", "fn row_0"),
            (&details[..], true, "# [test] fn row_0 () { check (0) ; }", "fn endpoint_tests"),
            (&details[..], true, ". with_header (\"h\" , [\"v\"])", "const TESTS"),
        ] {
            let text = emit_tests(&rules, tests, per_row).to_string();
            assert!(text.contains(expected) && !text.contains(not), "{expected}, not {not}: {text}");
        }
    }
}
