//! Paginators: pages and items in order, and where they end.

use sso_client::error::SdkError;
use sso_client::test_util::{CannedResponse, Portal, ReplayClient};
use sso_client::{Client, Config};

/// A client whose pages are these: an account a page, and the token that leads on.
fn client(pages: &[(&str, Option<&str>)]) -> (Client, ReplayClient) {
    let replay = ReplayClient::new(pages.iter().map(|(account, token)| {
        let token = token.map(|token| format!(r#","nextToken":"{token}""#)).unwrap_or_default();
        let list = if account.is_empty() { String::new() } else { format!(r#"{{"accountId":"{account}"}}"#) };
        http::Response::new(format!(r#"{{"accountList":[{list}]{token}}}"#))
    }));
    let config = Config::builder().endpoint_url("http://portal.test").http_client(replay.clone()).build();
    (Client::from_conf(config), replay)
}

fn queries(replay: &ReplayClient) -> Vec<String> {
    replay.requests().iter().map(|request| request.uri().query().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn items_of_all_pages_in_order() {
    // An empty page with a token is not the end; an empty token is.
    let (client, replay) = client(&[("1", Some("a")), ("", Some("b")), ("2", Some(""))]);
    let items = client.list_accounts().access_token("t").into_paginator().page_size(1).items().send();
    let ids: Vec<_> = items.try_collect().await.expect("all pages").into_iter().map(|item| item.account_id).collect();
    assert_eq!(ids, [Some("1".to_owned()), Some("2".to_owned())]);
    assert_eq!(queries(&replay), ["max_result=1", "next_token=a&max_result=1", "next_token=b&max_result=1"]);
}

#[tokio::test]
async fn nothing_is_sent_before_it_is_asked_for() {
    let (client, replay) = client(&[("1", Some("a")), ("2", None)]);
    let mut pages = client.list_accounts().access_token("t").into_paginator().send();
    assert_eq!(replay.requests().len(), 0);
    assert!(pages.try_next().await.expect("a page").is_some());
    assert_eq!(replay.requests().len(), 1, "the next page waits until it is wanted");
    assert!(pages.try_next().await.expect("a page").is_some());
    assert!(pages.try_next().await.expect("the end").is_none());
    assert!(pages.next().await.is_none(), "the end stays the end");
}

#[tokio::test]
async fn a_start_token_is_used_and_remembered() {
    let (client, replay) = client(&[("1", Some("start"))]);
    let request = client.list_accounts().access_token("t").next_token("start");
    let result: Result<Vec<_>, _> = request.into_paginator().send().collect().await;
    let text = result.expect_err("the same token again").to_string();
    assert!(text.contains("page 2 was not asked for: the token for it already led to page 1"), "{text}");
    assert_eq!(queries(&replay), ["next_token=start"]);
}

#[tokio::test]
async fn repeated_tokens_end_with_an_error() {
    for (pages, detail) in [
        (vec![("1", Some("a")), ("2", Some("a"))], "page 3 was not asked for: the token for it already led to page 2"),
        (
            vec![("1", Some("a")), ("2", Some("b")), ("3", Some("c")), ("4", Some("a"))],
            "page 5 was not asked for: the token for it already led to page 2",
        ),
    ] {
        let (client, replay) = client(&pages);
        let mut items = client.list_accounts().access_token("t").into_paginator().items().send();
        let mut count = 0;
        let error = loop {
            match items.next().await.expect("an error before the end") {
                Ok(_) => count += 1,
                Err(error) => break error,
            }
        };
        assert_eq!(count, pages.len(), "what came is handed out first");
        assert!(matches!(error, SdkError::ConstructionFailure(_)), "{error:?}");
        assert!(error.to_string().contains(detail), "{error}");
        assert!(items.next().await.is_none());
        assert_eq!(replay.requests().len(), pages.len());
    }
}

#[tokio::test]
async fn repeated_tokens_can_be_allowed() {
    let (client, replay) = client(&[("1", Some("a")), ("2", Some("a")), ("3", Some("a")), ("4", None)]);
    let paginator = client.list_accounts().access_token("t").into_paginator().stop_on_duplicate_token(false);
    assert_eq!(paginator.send().try_collect().await.expect("all pages").len(), 4);
    assert_eq!(replay.requests().len(), 4);
}

#[tokio::test]
async fn an_error_is_the_last_item() {
    let portal = Portal::builder().start().await.expect("started");
    portal.respond_next(CannedResponse::new(200, r#"{"accountList":[{}],"nextToken":"a"}"#));
    portal.respond_next(CannedResponse::new(401, r#"{"__type":"UnauthorizedException"}"#));
    let client = Client::from_conf(portal.config().build());
    let mut items = client.list_accounts().access_token("t").into_paginator().items().send();
    assert!(items.next().await.expect("an item").is_ok());
    let error = items.next().await.expect("an error").expect_err("an error");
    assert!(error.into_service_error().is_unauthorized_exception());
    assert!(items.next().await.is_none());
    assert_eq!(portal.requests().len(), 2);
}

#[tokio::test]
async fn missing_input_is_the_first_item() {
    let (client, replay) = client(&[]);
    let error = client.list_account_roles().into_paginator().send().next().await.expect("an error");
    assert!(error.expect_err("incomplete").to_string().contains("access_token and account_id"));
    assert_eq!(replay.requests().len(), 0);
}

#[tokio::test]
async fn a_paginator_is_a_stream() {
    fn is_stream<T>(_: &impl futures_core::Stream<Item = T>) {}
    let (client, _) = client(&[]);
    is_stream(&client.list_accounts().into_paginator().send());
    is_stream(&client.list_accounts().into_paginator().items().send());
}
