//! Sessions, tokens, login and role credentials: cases that others wrote, and what the module promises.
#![cfg(feature = "identity")]
#![expect(clippy::print_stdout, reason = "a suite says how many cases pass")]

#[path = "identity/all_roles.rs"]
mod all_roles;
#[path = "identity/common.rs"]
mod common;
#[path = "identity/futures.rs"]
mod futures;
#[path = "identity/golden.rs"]
mod golden;
#[path = "identity/login.rs"]
mod login;
#[path = "identity/profiles.rs"]
mod profiles;
#[path = "identity/roles.rs"]
mod roles;
#[path = "identity/secrets.rs"]
mod secrets;
#[path = "identity/tokens.rs"]
mod tokens;
