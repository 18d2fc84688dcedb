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
