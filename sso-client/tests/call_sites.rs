//! Programs written against `aws_sdk_sso` compile against this crate, and work.

use sso_client as sdk;

#[expect(unreachable_pub, reason = "the file stands for a program's own modules")]
#[path = "call_sites/shapes.rs"]
mod shapes;

use sso_client::test_util::Portal;

#[tokio::test]
async fn call_sites_work() {
    let portal = Portal::builder()
        .account("111122223333", "dev", "dev@example.com", ["Admin", "Reader"])
        .account("444455556666", "prod", "prod@example.com", ["Reader"])
        .start()
        .await
        .expect("started");
    let token = portal.access_token();
    let client = shapes::client_for("eu-west-1".to_owned(), Some(&portal.endpoint_url()));
    assert_eq!(shapes::region_of(&client), "eu-west-1");
    assert_eq!(shapes::config(None, true).use_fips(), Some(true));

    let (key, secret, session, expires) = shapes::credentials(&client, &token).await.expect("credentials");
    assert_eq!((&*key, &*secret, &*session), ("ASIAEXAMPLE", "secret-of-Admin", "session-of-111122223333"));
    assert!(expires > std::time::SystemTime::now());

    assert_eq!(shapes::pages_by_hand(&client, &token).await.expect("pages").len(), 2);
    assert_eq!(shapes::pages(&client, &token).await.expect("pages"), 2);
    let accounts = shapes::items(&client, &token).await.expect("items");
    assert_eq!(accounts.len(), 2);
    let paginator = client.list_account_roles().account_id("111122223333").access_token(&token).into_paginator();
    assert_eq!(shapes::roles(paginator).await.expect("roles"), ["Admin", "Reader"]);
    let request = client.list_account_roles().access_token(&token);
    assert_eq!(shapes::half_built(request, &accounts).await.expect("roles").len(), 3);
    assert_eq!(shapes::Portal::new(client.clone(), &token).all_roles().await.expect("roles").len(), 3);
    assert_eq!(shapes::one_attempt(&client, &token).await.expect("a page").account_list().len(), 2);

    let error = shapes::with_own_error(&client, &token).await.expect_err("no such role");
    assert!(matches!(error, shapes::AppError::Sso(error) if shapes::is_gone(&error)));
    assert!(matches!(shapes::with_own_error(&client, "wrong").await, Err(shapes::AppError::Expired)));
    assert_eq!(shapes::impatient(&client, &token).await.as_deref(), Some("fake-service"));

    let request = client.get_role_credentials().account_id("1").role_name("Admin");
    let error = request.clone().access_token(&token).send().await.expect_err("no such account");
    assert_eq!(shapes::advice(&error), "ask for the role");
    assert!(shapes::report("GetRoleCredentials", &error).contains("ForbiddenException: Some(\"No access\")"));
    let error = request.send().await.expect_err("no token");
    assert_eq!(shapes::advice(&error), "check the input");

    let (output, credentials, error, input) = shapes::mocked();
    assert_eq!((output.account_list().len(), credentials.expiration(), input.max_results()), (1, 7, Some(5)));
    assert_eq!(error.to_string(), "UnauthorizedException: expired");
    let (failure, error) = shapes::made_up();
    assert_eq!((failure.to_string(), error.to_string()), ("no".to_owned(), "ForbiddenException: No access".to_owned()));

    shapes::logged_out(&client, &token).await.expect("logged out");
    shapes::logged_out(&client, &token).await.expect("logged out before");
    let output = sdk::operation::get_role_credentials::GetRoleCredentialsOutput::builder().build();
    assert_eq!(shapes::describe(&output), "none (request None)");
}

use sso_client::oidc as oidc_sdk;

#[expect(unreachable_pub, reason = "the file stands for a program's own modules")]
#[path = "call_sites/oidc_shapes.rs"]
mod oidc_shapes;

#[tokio::test]
async fn call_sites_of_the_oidc_service_work() {
    use sso_client::test_util::ReplayClient;

    let answer = |status: u16, code: &str, body: &str| {
        http::Response::builder().status(status).header("x-amzn-errortype", code).body(body.to_owned()).expect("valid")
    };
    let replay = ReplayClient::new([
        answer(200, "", r#"{"clientId":"id","clientSecret":"s","clientSecretExpiresAt":1893456000}"#),
        answer(
            200,
            "",
            r#"{"deviceCode":"SECRET","userCode":"ABCD","verificationUri":"https://v","verificationUriComplete":"https://v?c","expiresIn":600,"interval":1}"#,
        ),
        answer(400, "AuthorizationPendingException", r#"{"error":"authorization_pending"}"#),
        answer(200, "", r#"{"accessToken":"SECRET","tokenType":"Bearer","expiresIn":3600}"#),
        answer(400, "InvalidGrantException:http://x/", r#"{"error":"invalid_grant","error_description":"gone"}"#),
    ]);
    let config = oidc_sdk::Config::builder().endpoint_url("https://oidc.test").http_client(replay).build();
    let client = oidc_sdk::Client::from_conf(config);
    let (id, secret, expires) = oidc_shapes::register(&client).await.expect("registered");
    assert!(expires > std::time::SystemTime::UNIX_EPOCH);
    let (code, url, interval) = oidc_shapes::authorize(&client, &id, &secret).await.expect("authorized");
    assert_eq!((&*url, interval), ("https://v?c", 1));
    let request = oidc_shapes::poll(&client, &id, &secret, &code);
    let output = oidc_shapes::wait(&request).await.expect("a token");
    assert_eq!(output.expires_in(), 3600);
    assert!(!format!("{request:?} {output:?}").contains("SECRET"), "{request:?}");
    let error = oidc_shapes::refresh(&client, "old").await.expect_err("refused");
    assert_eq!(error, r#"Some("invalid_grant"): Some("gone")"#);
    let (input, output, error) = oidc_shapes::mocked();
    assert!(!format!("{input:?} {output:?}").contains("verifier\""));
    assert_eq!(error.to_string(), "AuthorizationPendingException: wait");
    let error = oidc_sdk::Error::from(oidc_sdk::operation::create_token::CreateTokenError::generic(Default::default()));
    assert_eq!(oidc_shapes::reason(&error), "no idea");
    assert_eq!(oidc_shapes::client_for("eu-west-1", None).config().region().map(AsRef::as_ref), Some("eu-west-1"));
}
