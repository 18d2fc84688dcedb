//! Endpoint rule sets: read from the service's traits, typed, and written as plain nested Rust.

pub mod ir;

mod emit;
mod expr;
mod partitions;
mod rules;
mod template;
mod tests_table;
mod visit;

pub(crate) use emit::{emit_partitions, emit_rule_set, emit_tests, needs_partitions};
pub use partitions::read_partitions;
pub(crate) use rules::{read_rule_set, regional_rule_set};
pub(crate) use tests_table::read_tests;
