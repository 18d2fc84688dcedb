//! Emits the partitions as a static.

use proc_macro2::TokenStream;
use quote::quote;

use crate::endpoint::ir::{Partition, Segment};

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
        //! AWS partitions, from `model/partitions.json`.
        use crate::runtime::endpoint::{Partition, Segment};
        /// All partitions; a region that matches none of them belongs to `aws`.
        pub(crate) static PARTITIONS: &[Partition] = &[#(#rows),*];
    }
}
