//! Streams of events. Filled in below.

use proc_macro2::TokenStream;

use crate::ir::{EventStream, Structure};

pub(super) fn event_stream(_stream: &EventStream) -> TokenStream {
    TokenStream::new()
}

pub(super) fn event_structure(_structure: &Structure) -> TokenStream {
    TokenStream::new()
}

pub(super) fn stream_error(_stream: &EventStream) -> TokenStream {
    TokenStream::new()
}
