//! sso-client, its allocations counted.

#[path = "../../../shared/allocations.rs"]
mod allocations;
#[path = "../driven.rs"]
mod driven;
#[allow(dead_code, reason = "this program makes another measurement")]
#[path = "../../../shared/driver.rs"]
mod driver;

fn main() {
    allocations::main::<driven::Client>();
}
