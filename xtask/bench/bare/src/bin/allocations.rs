//! The bare client, its allocations counted.

#[path = "../../../shared/allocations.rs"]
mod allocations;
#[path = "../client.rs"]
mod client;
#[path = "../driven.rs"]
mod driven;
#[allow(dead_code, reason = "this program makes another measurement")]
#[path = "../../../shared/driver.rs"]
mod driver;

fn main() {
    allocations::main::<driven::Client>();
}
