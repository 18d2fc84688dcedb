//! `waiters.rs`, a file per waiter, and the trait in `client.rs` that returns them.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::imports::Imports;
use super::{docs, fields};
use crate::ir::{Acceptor, AcceptorState, Matcher, Operation, Service, Waiter};
use crate::naming;

pub(super) fn files(service: &Service) -> Vec<(String, TokenStream)> {
    let all: Vec<(&Operation, &Waiter)> = waiters(service).collect();
    if all.is_empty() {
        return Vec::new();
    }
    let modules = all.iter().map(|(_, waiter)| {
        let module = &waiter.module;
        quote! { pub mod #module; }
    });
    let root = quote! {
        //! Waiters, each in a module of its own: they poll an operation until a resource reaches a state.
        #(#modules)*
    };
    let mut files = vec![("waiters.rs".to_owned(), root)];
    files.extend(
        all.into_iter().map(|(operation, waiter)| {
            (format!("waiters/{}.rs", naming::plain(&waiter.module)), file(operation, waiter))
        }),
    );
    files
}

fn waiters(service: &Service) -> impl Iterator<Item = (&Operation, &Waiter)> {
    service.operations.iter().flat_map(|operation| operation.waiters.iter().map(move |waiter| (operation, waiter)))
}

pub(super) fn client_trait(service: &Service) -> Option<TokenStream> {
    let mut signatures = Vec::new();
    let mut methods = Vec::new();
    for (_, waiter) in waiters(service) {
        let Waiter { method, module, fluent_builder, .. } = waiter;
        let doc = docs::outer(&described(waiter));
        let deprecated = waiter.deprecated.then(|| quote! { #[deprecated] });
        let signature = quote! { fn #method(&self) -> waiters::#module::#fluent_builder };
        signatures.push(quote! { #doc #deprecated #signature; });
        methods.push(quote! {
            #signature {
                waiters::#module::#fluent_builder::new(self.handle.clone())
            }
        });
    }
    (!methods.is_empty()).then(|| {
        quote! {
            /// Methods of the client that return waiters, which poll an operation until a resource reaches a
            /// state.
            pub trait Waiters: sealed::Sealed {
                #(#signatures)*
            }
            impl Waiters for Client {
                #(#methods)*
            }
            /// Seals the trait, so that adding a waiter is not a breaking change.
            mod sealed {
                pub trait Sealed {}
                impl Sealed for super::Client {}
            }
        }
    })
}

fn described(waiter: &Waiter) -> String {
    if waiter.docs.is_empty() { format!("Waits for `{}`.", waiter.wire_name) } else { waiter.docs.clone() }
}

/// `waiters/<name>.rs`.
fn file(operation: &Operation, waiter: &Waiter) -> TokenStream {
    let Waiter { fluent_builder, final_poll, error, min_delay, max_delay, .. } = waiter;
    let (least, most) = (Literal::u32_unsuffixed(*min_delay), Literal::u32_unsuffixed(*max_delay));
    let types = &operation.types;
    let (name, input, input_builder) = (&types.operation, &types.input, &types.input_builder);
    let (output, operation_error) = (&types.output, &types.error);
    let own: [&Ident; 8] = [fluent_builder, final_poll, error, name, input, input_builder, output, operation_error];
    let mut imports = Imports::beside(own);
    imports.members(&operation.input);
    let names = imports.names();
    let (modules, imports) = (names.runtime(true), names.imports(quote!(super::super::types)));

    let module_doc = docs::inner(&format!("The waiter `{}`.", waiter.wire_name));
    let builder_doc = docs::outer(&described(waiter));
    let deprecated = waiter.deprecated.then(|| quote! { #[deprecated] });
    let module = &operation.method;
    let wait_doc = docs::outer(&format!(
        "Polls [`{name}`] until the condition is met, for at most `max_wait`.\n\nThe first request is sent at once; \
         the delays between requests grow from {min_delay} to {max_delay} seconds."
    ));
    let accept = accept(operation, waiter);
    let methods = fields::fluent_methods(&operation.input, &names);
    let body = quote! {
        /// The result of the last call of a wait that succeeded.
        pub type #final_poll = waiter::FinalPoll<#output, SdkError<#operation_error>>;
        /// The error of a wait that failed.
        pub type #error = waiter::WaiterError<#output, #operation_error>;
        #builder_doc
        #deprecated
        #[derive(Clone, Debug)]
        #[must_use = "a waiter does nothing until its `wait` is awaited"]
        pub struct #fluent_builder {
            handle: Handle,
            inner: #input_builder,
        }
        impl #fluent_builder {
            pub(crate) fn new(handle: Handle) -> Self {
                Self { handle, inner: Default::default() }
            }
            #wait_doc
            ///
            /// # Errors
            ///
            /// Returns an error if the condition can no longer be met, a call fails in a way that the waiter
            /// does not expect, or `max_wait` has passed.
            pub async fn wait(self, max_wait: std::time::Duration) -> Result<#final_poll, #error> {
                let input = self.inner.build()?;
                waiter::Waiter::<#name>::new(self.handle, input, accept, #least, #most).wait(max_wait).await
            }
            /// Returns the input builder, with the values set so far.
            pub fn as_input(&self) -> &#input_builder {
                &self.inner
            }
            #methods
        }
        #accept
    };
    let builder = quote! { use super::super::operation::#module::builders::#input_builder; };
    let mut used = [name, input, output, operation_error];
    used.sort();
    quote! {
        #module_doc
        #builder
        use super::super::operation::#module::{#(#used),*};
        #imports
        use crate::runtime::call::waiter;
        #modules
        #body
    }
}

/// Returns `accept`, which maps a call's result to an acceptance. No acceptor matches both outputs and errors, so
/// each kind is grouped, in order.
fn accept(operation: &Operation, waiter: &Waiter) -> TokenStream {
    let (input, name) = (&operation.types.input, &operation.types.operation);
    let (outputs, errors) = (of_outputs(&waiter.acceptors), of_errors(&waiter.acceptors));
    let reads_input = waiter
        .acceptors
        .iter()
        .any(|acceptor| matches!(&acceptor.matcher, Matcher::Output(query) if query.reads_input));
    let input_name = if reads_input { quote!(input) } else { quote!(_input) };
    quote! {
        fn accept(#input_name: &#input, result: &waiter::Polled<#name>) -> waiter::Acceptance {
            match result {
                #outputs
                #errors
                _ => waiter::Acceptance::NoMatch,
            }
        }
    }
}

fn of_outputs(acceptors: &[Acceptor]) -> TokenStream {
    // Consecutive tests with the same state are joined.
    let mut tests: Vec<(AcceptorState, TokenStream)> = Vec::new();
    let (mut any, mut reads_output) = (None, false);
    for Acceptor { state, matcher } in acceptors {
        match matcher {
            Matcher::Output(query) => {
                reads_output |= query.reads_output;
                let test = super::query::query(&query.expr);
                match tests.last_mut() {
                    Some((last, condition)) if last == state => *condition = quote!(#condition || #test),
                    _ => tests.push((*state, test)),
                }
            }
            // Later acceptors cannot match.
            Matcher::Success(true) => {
                any = Some(acceptance(*state));
                break;
            }
            _ => {}
        }
    }
    if tests.is_empty() {
        return any.map(|state| quote! { Ok(_) => #state, }).unwrap_or_default();
    }
    let otherwise = any.unwrap_or_else(|| quote!(waiter::Acceptance::NoMatch));
    let tests = tests.into_iter().map(|(state, condition)| {
        let state = acceptance(state);
        quote! { if #condition { #state } else }
    });
    let tests: TokenStream = tests.collect();
    let output = if reads_output { quote!(output) } else { quote!(_) };
    quote! { Ok(#output) => { #tests { #otherwise } } }
}

fn of_errors(acceptors: &[Acceptor]) -> TokenStream {
    let mut arms = TokenStream::new();
    for Acceptor { state, matcher } in acceptors {
        let state = acceptance(*state);
        match matcher {
            Matcher::ErrorType(code) => arms.extend(quote! { Err(error) if error.code() == Some(#code) => #state, }),
            Matcher::Success(false) => {
                arms.extend(quote! { Err(SdkError::ServiceError(_)) => #state, });
                break;
            }
            _ => {}
        }
    }
    arms
}

fn acceptance(state: AcceptorState) -> TokenStream {
    match state {
        AcceptorState::Success => quote!(waiter::Acceptance::Success),
        AcceptorState::Failure => quote!(waiter::Acceptance::Failure),
        AcceptorState::Retry => quote!(waiter::Acceptance::Retry),
    }
}
