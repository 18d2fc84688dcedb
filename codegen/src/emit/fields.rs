//! What structures, inputs and builders share: fields, accessors and setters of members.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs;
use crate::ir::{Default, Member, Type};
use crate::naming;

/// The Rust type of a value.
pub(super) fn rust_type(ty: &Type) -> TokenStream {
    match ty {
        Type::String => quote!(String),
        Type::Boolean => quote!(bool),
        Type::Byte => quote!(i8),
        Type::Short => quote!(i16),
        Type::Integer => quote!(i32),
        Type::Long => quote!(i64),
        Type::Float => quote!(f32),
        Type::Double => quote!(f64),
        Type::List(element) => {
            let element = rust_type(element);
            quote!(Vec<#element>)
        }
        Type::Structure(name) | Type::Enum(name) => quote!(#name),
    }
}

/// The names of generated types that a member's type uses.
pub(super) fn named_type(ty: &Type) -> Option<&proc_macro2::Ident> {
    match ty {
        Type::Structure(name) | Type::Enum(name) => Some(name),
        Type::List(element) => named_type(element),
        _ => None,
    }
}

/// Public fields with their documentation.
pub(super) fn public_fields(members: &[Member]) -> TokenStream {
    let fields = members.iter().map(|member| {
        let (doc, name, ty) = (docs::outer(&full_docs(member)), &member.name, rust_type(&member.ty));
        let ty = if member.default.is_some() { ty } else { quote!(Option<#ty>) };
        quote! { #doc pub #name: #ty, }
    });
    quote! { #(#fields)* }
}

/// Read accessors: borrowed where the value is not a number or boolean.
pub(super) fn accessors(members: &[Member]) -> TokenStream {
    let accessors = members.iter().map(|member| {
        let (doc, name, ty) = (short_docs(member), &member.name, rust_type(&member.ty));
        let optional = member.default.is_none();
        let (ty, value) = match (&member.ty, optional) {
            (Type::String, true) => (quote!(Option<&str>), quote!(self.#name.as_deref())),
            (Type::String, false) => (quote!(&str), quote!(&self.#name)),
            (Type::List(element), true) => {
                let element = rust_type(element);
                (quote!(&[#element]), quote!(self.#name.as_deref().unwrap_or_default()))
            }
            (Type::List(element), false) => {
                let element = rust_type(element);
                (quote!(&[#element]), quote!(&self.#name))
            }
            (Type::Structure(_) | Type::Enum(_), true) => (quote!(Option<&#ty>), quote!(self.#name.as_ref())),
            (Type::Structure(_) | Type::Enum(_), false) => (quote!(&#ty), quote!(&self.#name)),
            (_, true) => (quote!(Option<#ty>), quote!(self.#name)),
            (_, false) => (ty, quote!(self.#name)),
        };
        quote! {
            #doc
            pub fn #name(&self) -> #ty {
                #value
            }
        }
    });
    quote! { #(#accessors)* }
}

/// The setters and getters of a builder; `place` is where its fields are, `self` or `self.input`.
pub(super) fn builder_methods(members: &[Member], place: &TokenStream) -> TokenStream {
    let methods = members.iter().map(|member| {
        let Member { name, setter, getter, .. } = member;
        let ty = rust_type(&member.ty);
        let doc = short_docs(member);
        let (set_doc, get_doc) = set_and_get_docs(member);
        let (parameter, add) = match &member.ty {
            Type::String => (quote!(impl Into<String>), quote!(#place.#name = Some(input.into());)),
            Type::List(element) if **element == Type::String => {
                (quote!(impl Into<String>), quote!(#place.#name.get_or_insert_default().push(input.into());))
            }
            Type::List(element) => (rust_type(element), quote!(#place.#name.get_or_insert_default().push(input);)),
            _ => (ty.clone(), quote!(#place.#name = Some(input);)),
        };
        let doc = if matches!(member.ty, Type::List(_)) {
            let text = format!(
                "Appends an item to `{0}`; [`{1}`](Self::{1}) replaces them all.",
                naming::plain(name),
                setter,
            );
            docs::outer(&text)
        } else {
            doc
        };
        quote! {
            #doc
            pub fn #name(mut self, input: #parameter) -> Self {
                #add
                self
            }
            #set_doc
            pub fn #setter(mut self, input: Option<#ty>) -> Self {
                #place.#name = input;
                self
            }
            #get_doc
            pub fn #getter(&self) -> &Option<#ty> {
                &#place.#name
            }
        }
    });
    quote! { #(#methods)* }
}

/// The setters and getters of a fluent builder, which pass everything on to the input builder.
pub(super) fn fluent_methods(members: &[Member]) -> TokenStream {
    let methods = members.iter().map(|member| {
        let Member { name, setter, getter, .. } = member;
        let doc = docs::outer(&full_docs(member));
        let (set_doc, get_doc) = set_and_get_docs(member);
        let ty = rust_type(&member.ty);
        let parameter = if member.ty == Type::String { quote!(impl Into<String>) } else { ty.clone() };
        quote! {
            #doc
            pub fn #name(mut self, input: #parameter) -> Self {
                self.inner = self.inner.#name(input);
                self
            }
            #set_doc
            pub fn #setter(mut self, input: Option<#ty>) -> Self {
                self.inner = self.inner.#setter(input);
                self
            }
            #get_doc
            pub fn #getter(&self) -> &Option<#ty> {
                self.inner.#getter()
            }
        }
    });
    quote! { #(#methods)* }
}

/// What a builder's field becomes in the structure: itself, or its default when it was not set.
pub(super) fn built_field(member: &Member) -> TokenStream {
    let name = &member.name;
    let Some(default) = &member.default else {
        return quote!(#name: self.#name,);
    };
    let value = match (&member.ty, default) {
        (Type::Structure(ty), _) => quote!(unwrap_or_else(|| #ty::builder().build())),
        (Type::Enum(ty), Default::String(text)) => quote!(unwrap_or_else(|| #ty::from(#text))),
        (Type::Enum(ty), _) => quote!(unwrap_or_else(|| #ty::from(""))),
        (_, default) if default.is_zero() => quote!(unwrap_or_default()),
        (_, Default::Boolean(value)) => quote!(unwrap_or(#value)),
        (_, Default::Integer(value)) => {
            let value = proc_macro2::Literal::i64_unsuffixed(*value);
            quote!(unwrap_or(#value))
        }
        (_, Default::Float(value)) => {
            let value = proc_macro2::Literal::f64_unsuffixed(*value);
            quote!(unwrap_or(#value))
        }
        (_, Default::String(text)) => quote!(unwrap_or_else(|| #text.to_owned())),
        (_, Default::Zero) => quote!(unwrap_or_default()),
    };
    quote!(#name: self.#name.#value,)
}

fn full_docs(member: &Member) -> String {
    match (&member.default, member.required) {
        (Some(_), _) | (_, false) => member.docs.clone(),
        (None, true) => format!("Required. {}", member.docs),
    }
}

/// The first sentence without its links, where it fits on a line; else where to read it.
fn short_docs(member: &Member) -> TokenStream {
    let summary = crate::docs::without_links(&crate::docs::summary(&member.docs));
    if docs::fits_on_a_line(&summary) {
        docs::outer(&summary)
    } else {
        docs::outer(&format!("`{}`, as the field describes it.", naming::plain(&member.name)))
    }
}

fn set_and_get_docs(member: &Member) -> (TokenStream, TokenStream) {
    let name = naming::plain(&member.name);
    (
        docs::outer(&format!("Sets `{name}`, or clears it with `None`.")),
        docs::outer(&format!("What `{name}` has been set to.")),
    )
}
