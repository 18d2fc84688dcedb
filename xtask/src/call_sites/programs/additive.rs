//! Two packages of one build: this one has the client with the features for AWS's crates, and `plain` without them.
//! What `plain` has compiled, and its types, are the same.

use plain::{oidc_shapes, shapes};
use sites::sdk;

fn takes(_: &sdk::Client, _: Result<(), sdk::error::SdkError<sdk::operation::logout::LogoutError>>) {}

fn main() {
    let region = aws_types::region::Region::new("eu-west-1");
    let config = shapes::config(Some(sdk::config::Region::from(region)), false);
    assert_eq!(config.region().map(AsRef::as_ref), Some("eu-west-1"));
    let client = shapes::client_for("eu-west-1".to_owned(), None);
    let made: plain::sdk::Client = sdk::Client::from_conf(config);
    takes(&made, Ok(()));
    takes(&client, Err(plain::sdk::error::SdkError::timeout_error("late")));
    let _: sdk::oidc::Client = oidc_shapes::client_for("eu-west-1", None);
}
