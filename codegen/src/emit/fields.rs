//! Fields, accessors and setters of members, which structures, inputs and builders share.

use proc_macro2::TokenStream;
use quote::quote;

use super::default::{default_value, zero};
use super::docs;
use super::imports::Names;
use crate::ir::{Binding, Element, Member, Presence, TimestampFormat, Type};
use crate::naming;

pub(super) fn rust_type(ty: &Type, names: &Names) -> TokenStream {
    match ty {
        Type::String => quote!(String),
        Type::Boolean => quote!(bool),
        Type::Byte => quote!(i8),
        Type::Short => quote!(i16),
        Type::Integer => quote!(i32),
        Type::Long => quote!(i64),
        Type::Float => quote!(f32),
        Type::Double => quote!(f64),
        Type::BigInteger => quote!(number::BigInteger),
        Type::BigDecimal => quote!(number::BigDecimal),
        Type::Blob => quote!(blob::Blob),
        Type::Timestamp => quote!(timestamp::DateTime),
        Type::Document => quote!(document::Document),
        Type::List(element) => {
            let element = element_type(element, names);
            quote!(Vec<#element>)
        }
        Type::Map(key, value) => {
            let (key, value) = (rust_type(key, names), element_type(value, names));
            quote!(HashMap<#key, #value>)
        }
        Type::Structure(name) | Type::Union(name) | Type::Enum(name) | Type::IntEnum(name) => names.data(name),
        Type::Error(name) => names.error(name),
        Type::Unit => quote!(()),
        Type::ByteStream => quote!(byte_stream::ByteStream),
        Type::EventStream(name) => {
            let name = names.data(name);
            quote!(event_stream::EventReceiver<#name>)
        }
        Type::EventSender(name) => {
            let name = names.data(name);
            quote!(event_stream::EventStreamSender<#name>)
        }
    }
}

pub(super) fn element_type(element: &Element, names: &Names) -> TokenStream {
    let ty = rust_type(&element.ty, names);
    if element.optional { quote!(Option<#ty>) } else { ty }
}

/// Returns the Rust type of a member's value, as stored in its field.
pub(super) fn value_type(member: &Member, names: &Names) -> TokenStream {
    let ty = rust_type(&member.ty, names);
    if member.boxed { quote!(Box<#ty>) } else { ty }
}

pub(super) fn format(format: TimestampFormat) -> TokenStream {
    match format {
        TimestampFormat::DateTime => quote!(TimestampFormat::DateTime),
        TimestampFormat::HttpDate => quote!(TimestampFormat::HttpDate),
        TimestampFormat::EpochSeconds => quote!(TimestampFormat::EpochSeconds),
    }
}

/// Returns the timestamp format of a member in JSON, if it is not the default of JSON.
pub(super) fn json_format(member: &Member) -> Option<TokenStream> {
    member.format.filter(|format| *format != TimestampFormat::EpochSeconds).map(format)
}

pub(super) fn public_fields(members: &[Member], names: &Names) -> TokenStream {
    let fields = members.iter().map(|member| {
        let (doc, name, ty) = (docs::outer(&full_docs(member)), &member.name, value_type(member, names));
        let deprecated = docs::deprecated(&member.deprecated);
        let ty = if member.is_optional() { quote!(Option<#ty>) } else { ty };
        quote! { #doc #deprecated pub #name: #ty, }
    });
    quote! { #(#fields)* }
}

/// Returns read accessors: by reference, except for numbers and booleans.
pub(super) fn accessors(members: &[Member], names: &Names) -> TokenStream {
    let accessors = members.iter().map(|member| {
        let (doc, name, ty) = (short_docs(member, "Returns"), &member.name, rust_type(&member.ty, names));
        let deprecated = docs::deprecated(&member.deprecated);
        let (ty, value) = match (&member.ty, member.is_optional()) {
            (Type::String, true) => (quote!(Option<&str>), quote!(self.#name.as_deref())),
            (Type::String, false) => (quote!(&str), quote!(&self.#name)),
            (Type::List(element), optional) => {
                let element = element_type(element, names);
                let value =
                    if optional { quote!(self.#name.as_deref().unwrap_or_default()) } else { quote!(&self.#name) };
                (quote!(&[#element]), value)
            }
            (ty_of, true) if is_copy(ty_of) => (quote!(Option<#ty>), quote!(self.#name)),
            (ty_of, false) if is_copy(ty_of) => (ty, quote!(self.#name)),
            (_, true) if member.boxed => (quote!(Option<&#ty>), quote!(self.#name.as_deref())),
            (_, true) => (quote!(Option<&#ty>), quote!(self.#name.as_ref())),
            (_, false) => (quote!(&#ty), quote!(&self.#name)),
        };
        quote! {
            #doc
            #deprecated
            pub fn #name(&self) -> #ty {
                #value
            }
        }
    });
    quote! { #(#accessors)* }
}

fn is_copy(ty: &Type) -> bool {
    matches!(ty, Type::Boolean | Type::Byte | Type::Short | Type::Integer | Type::Long | Type::Float | Type::Double)
}

/// The parameters of a setter, and how it changes the field.
struct Setter {
    parameters: TokenStream,
    arguments: TokenStream,
    /// The statement that changes the field.
    change: TokenStream,
    /// How the documentation calls the change of a collection, and the collection.
    adds: Option<(&'static str, &'static str)>,
}

fn setter(member: &Member, field: &TokenStream, wiped: bool, names: &Names) -> Setter {
    let into = |ty: &Type, optional: bool, name: TokenStream| {
        if *ty == Type::String && !optional {
            (quote!(impl Into<String>), quote!(#name.into()))
        } else {
            let ty = element_type(&Element { ty: ty.clone(), optional }, names);
            (ty, name)
        }
    };
    match &member.ty {
        Type::List(element) => {
            let (ty, value) = into(&element.ty, element.optional, quote!(input));
            Setter {
                parameters: quote!(input: #ty),
                arguments: quote!(input),
                change: quote!(#field.get_or_insert_default().push(#value);),
                adds: Some(("Appends an item to", "list")),
            }
        }
        Type::Map(key, value) => {
            let (key_ty, key) = into(key, false, quote!(key));
            let (value_ty, value) = into(&value.ty, value.optional, quote!(value));
            Setter {
                parameters: quote!(key: #key_ty, value: #value_ty),
                arguments: quote!(key, value),
                change: quote!(#field.get_or_insert_default().insert(#key, #value);),
                adds: Some(("Adds an entry to", "map")),
            }
        }
        ty => {
            let (ty, value) = into(ty, false, quote!(input));
            let value = if member.boxed { quote!(Box::new(#value)) } else { value };
            Setter {
                parameters: quote!(input: #ty),
                arguments: quote!(input),
                change: replace(field, &quote!(Some(#value)), wiped),
                adds: None,
            }
        }
    }
}

/// Returns a statement that sets a field, overwriting the old value in memory if it holds secrets.
fn replace(field: &TokenStream, value: &TokenStream, wiped: bool) -> TokenStream {
    if wiped { quote!(set_secret(&mut #field, #value);) } else { quote!(#field = #value;) }
}

/// Returns setters and getters of a builder; `place` has its fields: `self` or `self.input`. With `wipes`, replaced
/// secrets are overwritten in memory.
pub(super) fn builder_methods(members: &[Member], place: &TokenStream, wipes: bool, names: &Names) -> TokenStream {
    let methods = members.iter().map(|member| {
        let Member { name, setter: set, getter: get, .. } = member;
        let ty = value_type(member, names);
        let (set_doc, get_doc) = set_and_get_docs(member);
        let deprecated = docs::deprecated(&member.deprecated);
        let wiped = wipes && member.wiped;
        let Setter { parameters, change, adds, .. } = setter(member, &quote!(#place.#name), wiped, names);
        let replace = replace(&quote!(#place.#name), &quote!(input), wiped);
        let doc = match adds {
            Some((adds, all)) => {
                let name = naming::plain(name);
                docs::outer(&format!("{adds} `{name}`; [`{set}`](Self::{set}) replaces the whole {all}."))
            }
            None => short_docs(member, "Sets"),
        };
        quote! {
            #doc
            #deprecated
            pub fn #name(mut self, #parameters) -> Self {
                #change
                self
            }
            #set_doc
            #deprecated
            pub fn #set(mut self, input: Option<#ty>) -> Self {
                #replace
                self
            }
            #get_doc
            #deprecated
            pub fn #get(&self) -> &Option<#ty> {
                &#place.#name
            }
        }
    });
    quote! { #(#methods)* }
}

/// Returns setters and getters of a fluent builder, which delegate to the input builder.
pub(super) fn fluent_methods(members: &[Member], names: &Names) -> TokenStream {
    let methods = members.iter().map(|member| {
        let Member { name, setter: set, getter: get, .. } = member;
        let doc = docs::outer(&full_docs(member));
        let (set_doc, get_doc) = set_and_get_docs(member);
        let deprecated = docs::deprecated(&member.deprecated);
        let ty = value_type(member, names);
        let Setter { parameters, arguments, .. } = setter(member, &TokenStream::new(), false, names);
        quote! {
            #doc
            #deprecated
            pub fn #name(mut self, #parameters) -> Self {
                self.inner = self.inner.#name(#arguments);
                self
            }
            #set_doc
            #deprecated
            pub fn #set(mut self, input: Option<#ty>) -> Self {
                self.inner = self.inner.#set(input);
                self
            }
            #get_doc
            #deprecated
            pub fn #get(&self) -> &Option<#ty> {
                self.inner.#get()
            }
        }
    });
    quote! { #(#methods)* }
}

/// Returns a field of the built structure: the builder's value, its default, or an error.
pub(super) fn built_field(member: &Member, names: &Names) -> TokenStream {
    let name = &member.name;
    let value = match &member.presence {
        Presence::Optional => quote!(self.#name),
        Presence::Required => {
            let field = naming::plain(name);
            quote!(self.#name.ok_or(BuildError::missing_field(#field, REQUIRED))?)
        }
        Presence::Default(default) => default_value(&member.ty, default, quote!(self.#name), names),
    };
    quote!(#name: #value,)
}

/// Returns the initial value of a field.
pub(super) fn empty_field(member: &Member, names: &Names) -> TokenStream {
    let name = &member.name;
    let value = match &member.presence {
        Presence::Optional => quote!(None),
        Presence::Required => zero(&member.ty, names),
        Presence::Default(default) => super::default::constant(&member.ty, default, names),
    };
    quote!(#name: #value,)
}

/// Returns `true` if building fails when a member is not set.
pub(super) fn is_fallible(members: &[Member]) -> bool {
    members.iter().any(|member| member.presence == Presence::Required)
}

/// Returns the value of a field as an `Option` of a reference.
pub(super) fn as_option(member: &Member, field: &TokenStream) -> TokenStream {
    match (member.is_optional(), member.boxed) {
        (true, true) => quote!(#field.as_deref()),
        (true, false) => quote!(#field.as_ref()),
        (false, _) => quote!(Some(&#field)),
    }
}

/// Returns the name of a member in JSON, if it is bound to a JSON object.
pub(super) fn json_name(member: &Member) -> Option<&str> {
    match &member.binding {
        Binding::Json(wire) => Some(wire),
        _ => None,
    }
}

/// Returns the documentation of a member, with a placeholder if the model has none.
pub(super) fn described(member: &Member) -> String {
    match member.docs.as_str() {
        "" => format!("The member `{}`, which the model does not document.", member.wire_name),
        docs => docs.to_owned(),
    }
}

fn full_docs(member: &Member) -> String {
    match (member.is_optional(), member.required) {
        (true, true) => format!("Required. {}", described(member)),
        _ => described(member),
    }
}

/// Returns the first sentence of a member's documentation without links, or a reference to the field if it does not
/// fit on a line, or if the documentation has no sentence but, say, code. `verb` describes the method.
fn short_docs(member: &Member, verb: &str) -> TokenStream {
    let summary = crate::docs::without_links(&crate::docs::summary(&described(member)));
    if !summary.is_empty() && docs::fits_on_a_line(&summary) {
        docs::outer(&summary)
    } else {
        docs::outer(&format!("{verb} `{}`; see the documentation of the field.", naming::plain(&member.name)))
    }
}

fn set_and_get_docs(member: &Member) -> (TokenStream, TokenStream) {
    let name = naming::plain(&member.name);
    (
        docs::outer(&format!("Sets `{name}`, or clears it with `None`.")),
        docs::outer(&format!("Returns the value of `{name}` set so far.")),
    )
}
