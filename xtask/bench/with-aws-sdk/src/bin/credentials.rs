//! Gives a session to clients of the AWS SDK: credentials of a role to `aws-sdk-sts`, which signs a call with them.
//!
//! Everything is on loopback: the portal and the OIDC service are sso-client's fake, and STS is a socket that shows
//! whose signature it got.

use std::error::Error;
use std::sync::mpsc;

use aws_credential_types::provider::token::ProvideToken;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_sdk_sts::config::BehaviorVersion;
use aws_types::SdkConfig;
use aws_types::region::Region;
use sso_client::identity::{Flow, LoginOptions, SsoSession};
use sso_client::test_util::{OidcBehavior, Portal};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const IDENTITY: &str = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
    <GetCallerIdentityResult><Arn>arn:aws:sts::111122223333:assumed-role/Admin/me</Arn><UserId>AROA:me</UserId>\
    <Account>111122223333</Account></GetCallerIdentityResult>\
    <ResponseMetadata><RequestId>fake-sts</RequestId></ResponseMetadata></GetCallerIdentityResponse>";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let home = tempfile::tempdir()?;
    let mut behavior = OidcBehavior::default();
    behavior.pending = 0;
    let portal = Portal::builder().account("111122223333", "dev", "dev@example.com", ["Admin"]).oidc(behavior);
    let portal = portal.start().await?;

    // What a program begins with: the settings of its other clients, from `aws_config::load_defaults` as a rule.
    let sdk = SdkConfig::builder().behavior_version(BehaviorVersion::latest()).region(Region::new("eu-central-1"));
    let sdk = sdk.endpoint_url(portal.endpoint_url()).build();
    let session = SsoSession::builder()
        .start_url("https://d-abc123.awsapps.com/start")
        .region("eu-west-1")
        .sdk_config(&sdk)
        .env([("HOME", home.path())])
        .build()?;
    session
        .login(&LoginOptions::new().flow(Flow::DeviceCode), |event| println!("shown to the user: {event:?}"))
        .await?;

    let (sts_url, authorization) = fake_sts().await?;
    let role = session.credentials_provider("111122223333", "Admin");
    let sdk = sdk.into_builder().credentials_provider(SharedCredentialsProvider::new(role)).build();
    let config = aws_sdk_sts::config::Builder::from(&sdk).endpoint_url(sts_url).build();
    let identity = aws_sdk_sts::Client::from_conf(config).get_caller_identity().send().await?;
    let authorization = authorization.recv()?;
    assert!(authorization.contains("Credential=ASIAEXAMPLE/"), "signed by the role: {authorization}");
    assert_eq!(identity.account(), Some("111122223333"));
    println!("STS says: {}", identity.arn().unwrap_or_default());

    // The same by the traits alone, as services with bearer tokens use them.
    let token = session.provide_token().await?;
    println!("a bearer token until {:?}", token.expiration());
    let credentials = session.credentials_provider("111122223333", "Admin").provide_credentials().await?;
    println!("credentials of account {:?}", credentials.account_id().map(|id| id.as_str()));
    Ok(())
}

/// Answers one call of GetCallerIdentity, and tells its `Authorization`.
async fn fake_sts() -> Result<(String, mpsc::Receiver<String>), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let (sender, receiver) = mpsc::channel();
    tokio::spawn(async move {
        let Ok((mut stream, _)) = listener.accept().await else { return };
        let mut request = Vec::new();
        while !String::from_utf8_lossy(&request).contains("Action=GetCallerIdentity") {
            match stream.read_buf(&mut request).await {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
        }
        let request = String::from_utf8_lossy(&request).into_owned();
        let header = |line: &str| {
            line.split_once(':')
                .filter(|(name, _)| name.eq_ignore_ascii_case("authorization"))
                .map(|(_, value)| value.trim().to_owned())
        };
        let _ = sender.send(request.lines().find_map(header).unwrap_or_default());
        let response = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{IDENTITY}",
            IDENTITY.len()
        );
        let _ = stream.write_all(response.as_bytes()).await;
    });
    Ok((url, receiver))
}
