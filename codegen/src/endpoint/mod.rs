//! Endpoint rule sets: read from the service's traits, typed, and emitted as Rust.
//!
//! | file | what |
//! | --- | --- |
//! | `rules`, `bdd` | the two forms of rule sets in models: rules tried in order, and a decision diagram |
//! | `params`, `outcome` | what both forms share: parameters, and outcomes (an endpoint or an error) |
//! | `expr`, `functions`, `template` | expressions, typed while they are read |
//! | `tests_table` | the endpoint tests of the model |
//! | `eval` | evaluates rules for given parameters, without compiling them |
//! | `ir` | the typed intermediate representation |
//! | `emit` | writes the Rust code |

pub mod eval;
pub mod ir;

mod bdd;
mod emit;
mod expr;
mod functions;
mod outcome;
mod params;
mod partitions;
mod regional;
mod rules;
mod template;
mod tests_table;
mod visit;

pub(crate) use bdd::read_bdd;
pub(crate) use emit::{emit_partitions, emit_rule_set, emit_tests};
pub(crate) use params::ClientParams;
pub use partitions::read_partitions;
pub(crate) use regional::regional_rule_set;
pub(crate) use rules::read_rule_set;
pub(crate) use tests_table::read_tests;
