//! Documentation as `#[doc]` attributes, which the printer prints as `///` lines.

use proc_macro2::TokenStream;
use quote::quote;

use crate::docs;
use crate::ir::Deprecated;

/// The width of a line of documentation, without indentation and `///`.
const WIDTH: usize = 96;

/// Returns `///` lines for Markdown.
pub(crate) fn outer(markdown: &str) -> TokenStream {
    let lines = lines(markdown);
    quote! { #(#[doc = #lines])* }
}

/// Returns `//!` lines for Markdown.
pub(crate) fn inner(markdown: &str) -> TokenStream {
    let lines = lines(markdown);
    quote! { #(#![doc = #lines])* }
}

/// Formats any text as code within a sentence.
pub(super) fn code(text: &str) -> String {
    if text.is_empty() {
        return "`\"\"`".to_owned();
    }
    format!("`{}`", text.replace('`', "'").replace(|c: char| c.is_control() || c.is_whitespace(), " "))
}

/// Returns the indefinite article of a Rust name.
pub(super) fn article(name: &str) -> &'static str {
    let name = name.to_ascii_lowercase();
    // Vowels that are spoken as consonants.
    let consonant = ["eu", "one", "uni", "uri", "url", "us", "ut"].iter().any(|start| name.starts_with(start));
    if name.starts_with(['a', 'e', 'i', 'o', 'u']) && !consonant { "an" } else { "a" }
}

pub(super) fn deprecated(deprecated: &Option<Deprecated>) -> Option<TokenStream> {
    let Deprecated { note, since } = deprecated.as_ref()?;
    Some(match (since, note) {
        (None, None) => quote! { #[deprecated] },
        (None, Some(note)) => quote! { #[deprecated(note = #note)] },
        (Some(since), None) => quote! { #[deprecated(since = #since)] },
        (Some(since), Some(note)) => quote! { #[deprecated(since = #since, note = #note)] },
    })
}

/// Returns `true` if Markdown of one paragraph fits on one line.
pub(super) fn fits_on_a_line(markdown: &str) -> bool {
    markdown.chars().count() <= WIDTH
}

fn lines(markdown: &str) -> Vec<String> {
    docs::wrap(markdown, WIDTH)
        .into_iter()
        .map(|line| if line.is_empty() { line } else { format!(" {line}") })
        .collect()
}
