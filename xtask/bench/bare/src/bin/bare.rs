//! The bare client, measured.

#[path = "../client.rs"]
mod client;
#[path = "../driven.rs"]
mod driven;
#[path = "../../../shared/driver.rs"]
mod driver;

fn main() {
    driver::main::<driven::Client>();
}
