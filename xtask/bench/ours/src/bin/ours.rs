//! sso-client, measured.

#[path = "../driven.rs"]
mod driven;
#[path = "../../../shared/driver.rs"]
mod driver;

fn main() {
    driver::main::<driven::Client>();
}
