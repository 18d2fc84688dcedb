//! Shows that the call sites compile against `aws_sdk_sso` as they do against `sso_client`.

use aws_sdk_sso as sdk;

#[allow(dead_code, reason = "compiling is the point")]
#[path = "../../../../../sso-client/tests/call_sites/shapes.rs"]
mod shapes;

fn main() {
    let client = shapes::client_for("eu-west-1".to_owned(), None);
    assert_eq!(shapes::region_of(&client), "eu-west-1");
}
