//! Documentation as attributes, which the printer turns into `///` lines.

use proc_macro2::TokenStream;
use quote::quote;

use crate::docs;

/// Width of a line of documentation, without indentation and `///`.
const WIDTH: usize = 96;

/// `///` lines for Markdown.
pub(crate) fn outer(markdown: &str) -> TokenStream {
    let lines = lines(markdown);
    quote! { #(#[doc = #lines])* }
}

/// `//!` lines for Markdown.
pub(super) fn inner(markdown: &str) -> TokenStream {
    let lines = lines(markdown);
    quote! { #(#![doc = #lines])* }
}

/// Whether Markdown of one paragraph stays on one line.
pub(super) fn fits_on_a_line(markdown: &str) -> bool {
    markdown.chars().count() <= WIDTH
}

fn lines(markdown: &str) -> Vec<String> {
    docs::wrap(markdown, WIDTH)
        .into_iter()
        .map(|line| if line.is_empty() { line } else { format!(" {line}") })
        .collect()
}
