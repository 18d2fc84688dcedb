//! Enums: known values as variants, any other kept as it came.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs;
use crate::ir::Enum;

pub(super) fn enumeration(found: &Enum) -> TokenStream {
    let Enum { name, variants, .. } = found;
    let doc = docs::outer(&super::structure::described(&found.docs, &name.to_string()));
    let definitions = variants.iter().map(|variant| {
        let text = if variant.docs.is_empty() {
            format!("The value `{}`.", variant.value.replace('`', "'").replace(char::is_control, " "))
        } else {
            variant.docs.clone()
        };
        let (doc, name) = (docs::outer(&text), &variant.name);
        quote! { #doc #name, }
    });
    let names: Vec<_> = variants.iter().map(|variant| &variant.name).collect();
    let values: Vec<_> = variants.iter().map(|variant| &variant.value).collect();
    let (derive_debug, debug) = if found.sensitive {
        let debug = quote! {
            impl fmt::Debug for #name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(REDACTED)
                }
            }
        };
        (None, Some(debug))
    } else {
        (Some(quote! { Debug, }), None)
    };
    quote! {
        #doc
        ///
        /// A value that is not listed is kept in `Unknown`; match it with a wildcard and look at
        /// `as_str`, so that the program still compiles when the model learns it.
        #[derive(Clone, #derive_debug PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(#definitions)*
            /// A value that the model does not list.
            Unknown(UnknownVariantValue),
        }
        impl #name {
            /// The text that stands for the value on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#names => #values,)*
                    Self::Unknown(value) => value.as_str(),
                }
            }
            /// The texts of all values that the model lists.
            pub const fn values() -> &'static [&'static str] {
                &[#(#values),*]
            }
        }
        #debug
        impl From<&str> for #name {
            fn from(text: &str) -> Self {
                match text {
                    #(#values => Self::#names,)*
                    other => Self::Unknown(UnknownVariantValue::new(other)),
                }
            }
        }
        impl FromStr for #name {
            type Err = Infallible;
            fn from_str(text: &str) -> Result<Self, Infallible> {
                Ok(Self::from(text))
            }
        }
        impl AsRef<str> for #name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }
        impl fmt::Display for #name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl WireEnum for #name {}
        impl json::Read for #name {
            fn read<'de, D: json::Deserializer<'de>>(from: D, at: json::At<'_>) -> Result<Self, D::Error> {
                json::read_text(from, at).map(|text| Self::from(&*text))
            }
        }
    }
}
