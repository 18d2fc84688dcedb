//! A client of a loaded configuration that has an HTTP client of the `aws-smithy` crates: calls go through that.

use std::sync::atomic::{AtomicUsize, Ordering};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use sites::sdk;
use sites::sdk::test_util::Portal;

static CALLS: AtomicUsize = AtomicUsize::new(0);

/// Counts the calls of another client.
#[derive(Debug)]
struct Counting<C>(C);

impl<C: HttpClient> HttpClient for Counting<C> {
    fn http_connector(&self, settings: &HttpConnectorSettings, parts: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(CountingConnector(self.0.http_connector(settings, parts)))
    }
}

#[derive(Debug)]
struct CountingConnector(SharedHttpConnector);

impl HttpConnector for CountingConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        CALLS.fetch_add(1, Ordering::Relaxed);
        self.0.call(request)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let portal = Portal::builder().accounts(1, 1).access_token("token").start().await.expect("started");
    let http = Counting(aws_smithy_http_client::Builder::new().build_http());
    let loader = aws_config::defaults(aws_config::BehaviorVersion::latest()).http_client(http).no_credentials();
    let region = aws_config::Region::new("eu-west-1");
    let config = loader.region(region).endpoint_url(portal.endpoint_url()).load().await;
    let listed = sdk::Client::new(&config).list_accounts().access_token("token").send().await.expect("accounts");
    assert_eq!((listed.account_list().len(), CALLS.load(Ordering::Relaxed)), (1, 1));
}
