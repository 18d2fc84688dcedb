//! What the setters of a [`Builder`](super::Builder) take: this crate's types and, with feature `aws-types`, those
//! that AWS crates share.
//!
//! # Invariants
//!
//! - The feature adds implementations and never makes a call ambiguous: each trait has two implementations or more
//!   without it, or one by which `None` is inferred.

use std::sync::Arc;
use std::time::SystemTime;

use super::{AppName, BehaviorVersion, Region, StalledStreamProtectionConfig};
use crate::config::retry::RetryConfig;
use crate::time::TimeoutConfig;
use crate::transport::{HttpClient, SharedHttpClient};

mod sealed {
    pub trait Setting<T> {}
    pub trait Marked<M> {}
}

/// A value that a setter takes for a setting of type `T`. Implemented for `T`, `&T` and, with feature `aws-types`, the
/// type of the same name in the AWS crates.
pub trait IntoSetting<T>: sealed::Setting<T> {
    #[doc(hidden)]
    fn into_setting(self) -> T;
}

macro_rules! accept {
    ($($target:ty: $ty:ty, $value:ident => $setting:expr;)*) => {$(
        impl sealed::Setting<$target> for $ty {}

        impl IntoSetting<$target> for $ty {
            fn into_setting(self) -> $target {
                let $value = self;
                $setting
            }
        }
    )*};
}

accept! {
    Option<Region>: Option<Region>, region => region;
    Option<Region>: Region, region => Some(region);
    Option<Region>: &Region, region => Some(region.clone());
    RetryConfig: RetryConfig, config => config;
    RetryConfig: &RetryConfig, config => config.clone();
    TimeoutConfig: TimeoutConfig, config => config;
    TimeoutConfig: &TimeoutConfig, config => config.clone();
    AppName: AppName, name => name;
    AppName: &AppName, name => name.clone();
    BehaviorVersion: BehaviorVersion, version => version;
    BehaviorVersion: &BehaviorVersion, version => *version;
    StalledStreamProtectionConfig: StalledStreamProtectionConfig, config => config;
    StalledStreamProtectionConfig: &StalledStreamProtectionConfig, config => *config;
}

#[cfg(feature = "aws-types")]
accept! {
    Option<Region>: aws_types::region::Region, region => Some(region.into());
    Option<Region>: &aws_types::region::Region, region => Some(region.clone().into());
    RetryConfig: aws_smithy_types::retry::RetryConfig, config => config.into();
    RetryConfig: &aws_smithy_types::retry::RetryConfig, config => config.clone().into();
    TimeoutConfig: aws_smithy_types::timeout::TimeoutConfig, config => config.into();
    TimeoutConfig: &aws_smithy_types::timeout::TimeoutConfig, config => config.clone().into();
    AppName: aws_types::app_name::AppName, name => name.into();
    AppName: &aws_types::app_name::AppName, name => name.clone().into();
    BehaviorVersion: aws_smithy_runtime_api::client::behavior_version::BehaviorVersion, _version =>
        BehaviorVersion::latest();
    StalledStreamProtectionConfig:
        aws_smithy_runtime_api::client::stalled_stream_protection::StalledStreamProtectionConfig, _config =>
        StalledStreamProtectionConfig::disabled();
}

/// Marks implementations for this crate's own traits.
#[derive(Debug)]
pub struct Own(());

/// Marks implementations for the traits of the `aws-smithy` crates.
#[cfg(feature = "aws-types")]
#[derive(Debug)]
pub struct Smithy(());

/// An HTTP client that a setter takes: one that implements [`HttpClient`] or, with feature `aws-types`, the trait of the
/// same name in `aws-smithy-runtime-api`. `M` is inferred.
pub trait IntoHttpClient<M>: sealed::Marked<M> {
    #[doc(hidden)]
    fn into_http_client(self) -> SharedHttpClient;
}

impl<T: HttpClient + 'static> sealed::Marked<Own> for T {}

impl<T: HttpClient + 'static> IntoHttpClient<Own> for T {
    fn into_http_client(self) -> SharedHttpClient {
        SharedHttpClient::new(self)
    }
}

#[cfg(feature = "aws-types")]
impl<T: aws_smithy_runtime_api::client::http::HttpClient + 'static> sealed::Marked<Smithy> for T {}

#[cfg(feature = "aws-types")]
impl<T: aws_smithy_runtime_api::client::http::HttpClient + 'static> IntoHttpClient<Smithy> for T {
    fn into_http_client(self) -> SharedHttpClient {
        aws_smithy_runtime_api::client::http::SharedHttpClient::new(self).into()
    }
}

/// A source of the current time.
pub(crate) type Now = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// A source of the current time that a setter takes: a function or, with feature `aws-types`, a `TimeSource` of
/// `aws-smithy-async`. `M` is inferred.
pub trait IntoTimeSource<M>: sealed::Marked<(M,)> {
    #[doc(hidden)]
    fn into_now(self) -> Arc<dyn Fn() -> SystemTime + Send + Sync>;
}

impl<T: Fn() -> SystemTime + Send + Sync + 'static> sealed::Marked<(Own,)> for T {}

impl<T: Fn() -> SystemTime + Send + Sync + 'static> IntoTimeSource<Own> for T {
    fn into_now(self) -> Now {
        Arc::new(self)
    }
}

#[cfg(feature = "aws-types")]
impl<T: aws_smithy_async::time::TimeSource + 'static> sealed::Marked<(Smithy,)> for T {}

#[cfg(feature = "aws-types")]
impl<T: aws_smithy_async::time::TimeSource + 'static> IntoTimeSource<Smithy> for T {
    fn into_now(self) -> Now {
        Arc::new(move || self.now())
    }
}
