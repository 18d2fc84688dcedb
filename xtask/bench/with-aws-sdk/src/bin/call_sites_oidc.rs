//! Shows that the call sites compile against `aws_sdk_ssooidc` as they do against `sso_client::oidc`.

use aws_sdk_ssooidc as oidc_sdk;

#[allow(dead_code, reason = "compiling is the point")]
#[path = "../../../../../sso-client/tests/call_sites/oidc_shapes.rs"]
mod oidc_shapes;

fn main() {
    let client = oidc_shapes::client_for("eu-west-1", None);
    assert_eq!(client.config().region().map(AsRef::as_ref), Some("eu-west-1"));
    let (_, output, error) = oidc_shapes::mocked();
    assert_eq!((output.expires_in(), error.error()), (3600, Some("authorization_pending")));
    println!("the call sites compile");
}
