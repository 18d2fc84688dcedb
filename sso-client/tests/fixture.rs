//! Generated code of another model on the same runtime: what the portal's model does not use.

use sso_client::runtime;

#[path = "../../codegen/tests/fixtures/weather/expected/mod.rs"]
#[rustfmt::skip]
#[expect(dead_code, unreachable_pub, unused_imports, reason = "it stands for the API of a crate")]
mod generated;

use generated::{client::Client, endpoint, operation, types};

use sso_client::Config;
use sso_client::config::Region;
use sso_client::test_util::ReplayClient;

fn client<const N: usize>(responses: [(u16, &'static str); N]) -> (Client, ReplayClient) {
    let replay = ReplayClient::new(
        responses.map(|(status, body)| http::Response::builder().status(status).body(body).expect("a response")),
    );
    let config = Config::builder().region(Region::from_static("eu-west-1")).http_client(replay.clone()).build();
    (Client::from_conf(config), replay)
}

#[tokio::test]
async fn labels_enums_booleans_and_literal_queries() {
    let (client, replay) = client([(200, "{}"), (200, "{}")]);
    let request = client.get_forecast().city_id("a/b c").path("2024/05 01").r#type(true);
    request.clone().unit(types::Unit::Fahrenheit).secret("s&t").send().await.expect("sent");
    request.unit("K".into()).send().await.expect("sent");
    let requests = replay.requests();
    let uri = |index: usize| requests[index].uri().to_string();
    let front = "https://weather.eu-west-1.example.com/cities/a%2Fb%20c/reports/2024/05%2001?format=long";
    assert_eq!(uri(0), format!("{front}&unit=F&secret=s%26t"));
    assert_eq!(uri(1), format!("{front}&unit=K"), "an unknown value is sent as it is");
    assert_eq!(requests[0].headers()["x-detailed"], "true");
}

#[tokio::test]
async fn labels_are_required() {
    let (client, replay) = client([]);
    let error = client.get_forecast().path("").send().await.expect_err("incomplete");
    assert!(error.to_string().contains("city_id and path are required"), "{error}");
    assert_eq!(replay.requests().len(), 0);
}

#[tokio::test]
async fn defaults_and_required_members_of_outputs() {
    let (client, _) = client([
        (200, "{}"),
        (
            200,
            r#"{"city":"x","unit":"K","numberOfDays":3,"certain":false,"average":1,"station":"S",
            "readings":[{"celsius":1.5,"nested":[{}]},{"place":"p"}]}"#,
        ),
    ]);
    let request = client.get_forecast().city_id("c").path("p");
    let output = request.clone().send().await.expect("an output");
    assert_eq!(
        (output.city(), output.unit(), output.days(), output.certain(), output.average()),
        ("", &types::Unit::Celsius, 7, true, None)
    );
    let output = request.send().await.expect("an output");
    assert_eq!((output.city(), output.unit().as_str(), output.days(), output.certain()), ("x", "K", 3, false));
    assert!(matches!(output.unit(), types::Unit::Unknown(_)));
    let reading = &output.readings()[0];
    assert_eq!((reading.celsius(), reading.nested()[0].celsius(), output.readings()[1].place()), (1.5, 0.0, Some("p")));
    let text = format!("{output:?}");
    assert!(text.contains("station: *** Sensitive") && !text.contains("\"S\""), "{text}");
}

#[tokio::test]
async fn errors_with_members_of_their_own() {
    let (client, _) = client([(404, r#"{"__type":"NoSuchCity","message":"no","nearest":"y"}"#)]);
    let error = client.get_forecast().city_id("c").path("p").send().await.expect_err("404").into_service_error();
    assert_eq!(error.meta().code(), Some("NoSuchCity"));
    let operation::get_forecast::GetForecastError::NoSuchCity(fault) = error else { panic!("{error:?}") };
    assert_eq!((fault.message(), fault.nearest()), (Some("no"), Some("y")));
}

#[tokio::test]
async fn an_operation_without_errors_and_a_list_of_strings() {
    let (client, replay) = client([(200, r#"{"names":["a","b"],"next":"n"}"#), (200, r#"{"names":["c"]}"#)]);
    let names = client.list_cities().into_paginator().items().send().try_collect().await.expect("names");
    assert_eq!(names, ["a", "b", "c"]);
    assert_eq!(replay.requests()[1].uri().query(), Some("from=n"));
    let error = operation::list_cities::ListCitiesError::unhandled("made up");
    assert_eq!(error.to_string(), "made up");
    assert_eq!(generated::error::Error::from(error).to_string(), "made up");
}

#[test]
fn enums_are_text() {
    use types::Unit;
    assert_eq!(Unit::values(), ["C", "F"]);
    assert_eq!((Unit::from("F"), "F".parse()), (Unit::Fahrenheit, Ok(Unit::Fahrenheit)));
    assert_eq!((Unit::from("K").as_str(), Unit::Celsius.to_string().as_str()), ("K", "C"));
}

#[test]
fn regional_endpoints_where_the_model_has_no_rules() {
    let resolve = |region, use_fips, use_dual_stack| {
        let params = endpoint::Params { region, use_dual_stack, use_fips, endpoint: None };
        endpoint::resolve(&params).map(|endpoint| endpoint.url().to_owned()).map_err(|error| error.message().to_owned())
    };
    assert_eq!(resolve(Some("us-east-1"), true, false), Ok("https://weather-fips.us-east-1.example.com".to_owned()));
    assert_eq!(
        resolve(Some("us-east-1"), false, true),
        Err("DualStack is enabled but this partition does not support DualStack".to_owned())
    );
    assert_eq!(resolve(None, false, false), Err("Invalid Configuration: Missing Region".to_owned()));
}
