//! Sessions, tokens, login and role credentials: cases that others wrote, and what the module promises.
#![cfg(feature = "identity")]
#![expect(clippy::print_stdout, reason = "a suite says how many cases pass")]

#[path = "identity/all_roles.rs"]
mod all_roles;
#[cfg(feature = "aws-config")]
#[path = "identity/aws.rs"]
mod aws;
#[cfg(feature = "blocking")]
#[path = "identity/blocking.rs"]
mod blocking;
#[path = "identity/common.rs"]
mod common;
#[path = "identity/futures.rs"]
mod futures;
#[path = "identity/golden.rs"]
mod golden;
#[path = "identity/hostile.rs"]
mod hostile;
#[path = "identity/listener.rs"]
mod listener;
#[path = "identity/login.rs"]
mod login;
#[path = "identity/processes.rs"]
mod processes;
#[path = "identity/profiles.rs"]
mod profiles;
#[path = "identity/refresh.rs"]
mod refresh;
#[path = "identity/roles.rs"]
mod roles;
#[path = "identity/secrets.rs"]
mod secrets;
#[path = "identity/tls.rs"]
mod tls;
#[path = "identity/tokens.rs"]
mod tokens;
#[path = "identity/unsaved.rs"]
mod unsaved;
