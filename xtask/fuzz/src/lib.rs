//! What is fed with mutated inputs, and how inputs are mutated.
//!
//! The program `fuzz` runs the targets from their corpus, by seeds; the program `guided`, with the feature of the same
//! name, is libFuzzer, which keeps inputs that reach new code.

pub mod mutate;
pub mod targets;
