//! Emits rules as nested conditions, and diagrams as a loop over their nodes.

use std::collections::HashSet;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::expr::{emit_conjunct, emit_endpoint, emit_error, emit_expr};
use crate::endpoint::ir::{Condition, Decision, Diagram, Outcome, Rule};
use crate::endpoint::visit::uses;

/// Returns the body of `resolve`.
pub(super) fn emit_decision(decision: &Decision) -> TokenStream {
    match decision {
        Decision::Rules(rules) => emit_rules(rules, true),
        Decision::Diagram(diagram) => emit_diagram(diagram),
    }
}

/// Emits rules in order. In tail position the last one is the block's value.
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
        Condition::HttpBindings(name, expr) => {
            let inner = emit_rule(rest, outcome, false);
            if uses(name, rest, outcome) {
                let value = emit_expr(expr);
                quote! { if let Some(#name) = #value { #inner } }
            } else {
                let value = super::expr::emit_operand(expr);
                quote! { if #value.is_some() { #inner } }
            }
        }
        Condition::Test(_) => {
            let tests = conditions.iter().map_while(|condition| match condition {
                Condition::Test(expr) => Some(expr),
                _ => None,
            });
            let count = tests.clone().count();
            let tests = tests.map(|test| if count == 1 { emit_expr(test) } else { emit_conjunct(test) });
            let inner = emit_rule(&conditions[count..], outcome, false);
            quote! { if #(#tests)&&* { #inner } }
        }
    }
}

fn emit_outcome(outcome: &Outcome, tail: bool) -> TokenStream {
    let value = match outcome {
        Outcome::Rules(rules) => return emit_rules(rules, tail),
        Outcome::Error(expr) => emit_error(expr),
        Outcome::Endpoint(endpoint) => emit_endpoint(endpoint),
    };
    if tail {
        value
    } else {
        quote! { return #value; }
    }
}

/// Emits a loop over nodes: each has a condition and two successors. Nodes share conditions, and several nodes lead to
/// one result; each is emitted once.
fn emit_diagram(diagram: &Diagram) -> TokenStream {
    let reference = |reference: i32| Literal::i32_unsuffixed(reference);
    let results = diagram.results.iter().map(|(end, rule)| {
        let (end, result) = (reference(*end), emit_rules(std::slice::from_ref(rule), true));
        if rule.conditions.is_empty() { quote!(#end => #result,) } else { quote!(#end => { #result }) }
    });
    let results = quote! {
        #(#results)*
        _ => rules::no_rule_matched(),
    };
    let root = reference(diagram.root);
    if diagram.nodes.is_empty() {
        // The result of a root without nodes is known.
        return match diagram.results.first() {
            Some((_, rule)) => emit_rules(std::slice::from_ref(rule), true),
            None => quote!(rules::no_rule_matched()),
        };
    }
    let assigned: HashSet<&Ident> =
        diagram.tests.iter().filter_map(|(_, test)| test.assign.as_ref()).map(|(name, _)| name).collect();
    let variables = diagram.variables.iter().map(|(name, ty)| {
        let mutable = assigned.contains(name).then(|| quote!(mut));
        let ty: TokenStream = ty.parse().unwrap_or_default();
        quote! { let #mutable #name: Option<#ty> = None; }
    });
    let nodes = diagram.nodes.iter().map(|(node, condition, high, low)| {
        let (node, high, low) = (reference(*node), reference(*high), reference(*low));
        let condition = Literal::u32_unsuffixed(*condition);
        quote! { #node => (#condition, #high, #low), }
    });
    let last = diagram.tests.len().saturating_sub(1);
    let only = last == 0;
    let tests = diagram.tests.iter().enumerate().map(|(position, (number, test))| {
        let holds = emit_expr(&test.holds);
        let holds = match &test.assign {
            None => holds,
            Some((name, value)) => {
                let value = emit_expr(value);
                quote! { { #name = #value; #holds } }
            }
        };
        let number = Literal::u32_unsuffixed(*number);
        match position {
            _ if only => holds,
            position if position == last => quote!(_ => #holds,),
            _ => quote!(#number => #holds,),
        }
    });
    let tests: TokenStream = tests.collect();
    let tests = if only { tests } else { quote!(match condition { #tests }) };
    let condition = if only { quote!(_) } else { quote!(condition) };
    quote! {
        #(#variables)*
        let mut node = #root;
        loop {
            let (#condition, yes, no) = match node {
                #(#nodes)*
                _ => break,
            };
            let holds = #tests;
            node = if holds { yes } else { no };
        }
        match node { #results }
    }
}
