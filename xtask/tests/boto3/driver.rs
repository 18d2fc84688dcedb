//! Calls of two services, in the order of `compare.py`. Prints a line for each: `ok`, or the code of the error.

use dynamodb::primitives::Blob;
use dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType, KeysAndAttributes, ReturnValue,
    ScalarAttributeType,
};
use sso_admin::types::{AccessControlAttribute, AccessControlAttributeValue, InstanceAccessControlAttributeConfiguration};

macro_rules! show {
    ($call:expr) => {
        match $call.send().await {
            Ok(_) => println!("ok"),
            Err(error) => {
                let service = error.as_service_error().map(|error| error.meta().code().unwrap_or_default().to_owned());
                println!("{}", service.unwrap_or_else(|| error.to_string()))
            }
        }
    };
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let url = std::env::args().nth(1).expect("an address");
    let config = dynamodb::Config::builder()
        .region(dynamodb::config::Region::new("eu-west-1"))
        .endpoint_url(&url)
        .credentials_provider(dynamodb::config::Credentials::new(
            "AKIDEXAMPLE",
            "SECRETEXAMPLE",
            Some("TOKENEXAMPLE".to_owned()),
            None,
            "driver",
        ))
        .retry_config(dynamodb::config::retry::RetryConfig::disabled())
        .build();
    let client = dynamodb::Client::from_conf(config);
    show!(client.list_tables());
    show!(client.list_tables().exclusive_start_table_name("a").limit(3));
    show!(
        client
            .put_item()
            .table_name("things")
            .item("s", AttributeValue::S("text \"quoted\" \\ \u{e9} \u{1f600} \u{7f} \n".to_owned()))
            .item("n", AttributeValue::N("123456789012345678901234567890.5".to_owned()))
            .item("b", AttributeValue::B(Blob::new(vec![0, 1, 254, 255])))
            .item("bool", AttributeValue::Bool(true))
            .item("null", AttributeValue::Null(true))
            .item("l", AttributeValue::L(vec![AttributeValue::S("x".to_owned()), AttributeValue::Null(true)]))
            .item("m", AttributeValue::M([("k".to_owned(), AttributeValue::Bool(false))].into()))
            .item("ss", AttributeValue::Ss(vec!["a".to_owned(), "b".to_owned()]))
            .item("ns", AttributeValue::Ns(vec!["1".to_owned(), "2".to_owned()]))
            .item("bs", AttributeValue::Bs(vec![Blob::new("a"), Blob::new("")]))
            .item("empty", AttributeValue::L(Vec::new()))
            .return_values(ReturnValue::AllOld)
    );
    show!(
        client
            .query()
            .table_name("things")
            .key_condition_expression("#a = :v")
            .expression_attribute_names("#a", "id")
            .expression_attribute_values(":v", AttributeValue::S("1".to_owned()))
            .scan_index_forward(false)
            .consistent_read(true)
    );
    let key = [("id".to_owned(), AttributeValue::N("1".to_owned()))].into();
    let keys = KeysAndAttributes::builder().keys(key).consistent_read(true).build().expect("complete");
    show!(client.batch_get_item().request_items("things", keys));
    let definition = AttributeDefinition::builder().attribute_name("id").attribute_type(ScalarAttributeType::N);
    let element = KeySchemaElement::builder().attribute_name("id").key_type(KeyType::Hash);
    show!(
        client
            .create_table()
            .table_name("things")
            .attribute_definitions(definition.build().expect("complete"))
            .key_schema(element.build().expect("complete"))
            .billing_mode(BillingMode::PayPerRequest)
            .deletion_protection_enabled(false)
    );
    // The server answers with an error.
    show!(client.describe_table().table_name("missing"));

    let config = sso_admin::Config::builder()
        .region(sso_admin::config::Region::new("eu-west-1"))
        .endpoint_url(&url)
        .credentials_provider(sso_admin::config::Credentials::new("AKIDEXAMPLE", "SECRETEXAMPLE", None, None, "driver"))
        .retry_config(sso_admin::config::retry::RetryConfig::disabled())
        .build();
    let client = sso_admin::Client::from_conf(config);
    let (instance, set) = ("arn:aws:sso:::instance/ssoins-1", "arn:aws:sso:::permissionSet/ssoins-1/ps-1");
    show!(client.list_instances());
    show!(client.list_instances().max_results(5).next_token("next"));
    let tag = sso_admin::types::Tag::builder().key("team").value("a b");
    show!(
        client
            .create_permission_set()
            .instance_arn(instance)
            .name("Audit")
            .description("")
            .session_duration("PT1H")
            .tags(tag.build().expect("complete"))
    );
    show!(
        client
            .put_inline_policy_to_permission_set()
            .instance_arn(instance)
            .permission_set_arn(set)
            .inline_policy("{\"Version\":\"2012-10-17\",\"Statement\":[]}\n")
    );
    let source = AccessControlAttributeValue::builder().source("${path:enterprise.department}");
    let attribute = AccessControlAttribute::builder().key("dep").value(source.build().expect("complete"));
    let attributes = InstanceAccessControlAttributeConfiguration::builder()
        .access_control_attributes(attribute.build().expect("complete"));
    show!(
        client
            .create_instance_access_control_attribute_configuration()
            .instance_arn(instance)
            .instance_access_control_attribute_configuration(attributes.build().expect("complete"))
    );
    show!(client.describe_permission_set().instance_arn(instance).permission_set_arn("missing"));
}
