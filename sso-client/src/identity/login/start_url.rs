//! Start URLs: which hosts are AWS's, the region in a host, and own domains that lead there.

use std::time::Duration;

use crate::config::Config;
use crate::config::http::{HttpClient, RequestBody};
use crate::config::timeout::TimeoutConfig;
use crate::identity::observe::Shared;
use crate::identity::session::is_region;
use crate::identity::{IdentityError, IdentityErrorKind as Kind};
use crate::runtime::http_bindings::ShownUrl;
use crate::runtime::tracing::debug;

/// How long the start URL of an own domain may take to answer, as a rule.
pub const DEFAULT_LIMIT: Duration = Duration::from_secs(10);

/// How long a login waits: the connect timeout that is configured, or [`DEFAULT_LIMIT`].
pub(super) fn limit(config: &Config) -> Duration {
    let configured = config.timeout_config().and_then(TimeoutConfig::connect_timeout);
    configured.filter(|limit| Some(*limit) != TimeoutConfig::default().connect_timeout()).unwrap_or(DEFAULT_LIMIT)
}

/// Where a start URL leads.
///
/// ```no_run
/// use sso_client::identity::start_url::{DEFAULT_LIMIT, ResolvedStartUrl, resolve};
/// use sso_client::config::http::HyperClient;
///
/// # async fn run() -> Result<(), sso_client::identity::IdentityError> {
/// let http = HyperClient::builder().build();
/// let ResolvedStartUrl { url, region, .. } = resolve("https://aws.example.com", None, &http, DEFAULT_LIMIT).await?;
/// println!("{url} in {region}");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResolvedStartUrl {
    /// The URL of the portal.
    pub url: String,
    /// The region of the portal and of the OIDC service.
    pub region: String,
}

/// Whether a host is one of AWS's access portals. Others are followed, and not refused.
///
/// ```
/// use sso_client::identity::start_url::is_aws_host;
///
/// assert!(is_aws_host("d-abc123.awsapps.com"));
/// assert!(!is_aws_host("awsapps.com.example.net"));
/// ```
pub fn is_aws_host(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    if [".awsapps.com", ".awsapps.cn", ".app.aws"].iter().any(|suffix| host.ends_with(suffix)) {
        return true;
    }
    const DOMAINS: [&str; 5] =
        [".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu", ".amazonwebservices.com.cn", ".amazonwebservices.eu"];
    // Of these domains, customers have names of their own, such as buckets.
    DOMAINS.iter().filter_map(|domain| host.strip_suffix(domain)).any(|front| {
        let labels: Vec<&str> = front.split('.').collect();
        labels.first() == Some(&"identitycenter") || labels.iter().skip(1).any(|label| *label == "portal")
    })
}

/// The region that a host of AWS names, such as that in `ssoins-1.portal.eu-west-1.app.aws`.
///
/// ```
/// use sso_client::identity::start_url::region_of_host;
///
/// assert_eq!(region_of_host("ssoins-1.portal.eu-west-1.app.aws").as_deref(), Some("eu-west-1"));
/// assert_eq!(region_of_host("d-abc123.awsapps.com"), None);
/// ```
pub fn region_of_host(host: &str) -> Option<String> {
    if !is_aws_host(host) {
        return None;
    }
    let host = host.to_ascii_lowercase();
    let labels: Vec<&str> = host.split('.').collect();
    let portal = labels.iter().position(|label| *label == "portal")?;
    let near = [labels.get(portal + 1), portal.checked_sub(1).and_then(|before| labels.get(before))];
    near.into_iter().flatten().find(|label| looks_like_region(label)).map(|label| (*label).to_owned())
}

/// Letters, a hyphen and more, and a number at the end.
fn looks_like_region(label: &str) -> bool {
    let parts: Vec<&str> = label.split('-').collect();
    let (Some(number), true) = (parts.last(), parts.len() >= 3) else { return false };
    let letters = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number && parts[..parts.len() - 1].iter().all(letters) && is_region(label)
}

/// A URL without its default port, and without a slash at the end.
///
/// ```
/// use sso_client::identity::start_url::normalize;
///
/// assert_eq!(normalize("HTTPS://AWS.example.com:443/start/"), "https://aws.example.com/start");
/// ```
pub fn normalize(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let scheme = scheme.to_ascii_lowercase();
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let default = if scheme == "https" { ":443" } else { ":80" };
    let authority = authority.strip_suffix(default).unwrap_or(authority).to_ascii_lowercase();
    format!("{scheme}://{authority}{}", path.strip_suffix('/').unwrap_or(path))
}

/// The host of an `https` URL.
pub(crate) fn host(url: &str) -> Result<String, IdentityError> {
    let invalid = |why: &str| {
        // A password may be anywhere in one that is refused.
        IdentityError::new(Kind::StartUrl, format!("the start URL {:?} {why}", ShownUrl(url))).with_key("sso_start_url")
    };
    let uri: http::Uri = url.split('#').next().unwrap_or(url).parse().map_err(|_| invalid("is no URL"))?;
    if uri.scheme_str().is_none_or(|scheme| !scheme.eq_ignore_ascii_case("https")) {
        return Err(invalid("has to have the https scheme"));
    }
    let authority = uri.authority().filter(|authority| !authority.as_str().contains('@'));
    Ok(authority.ok_or_else(|| invalid("has no host, or a password"))?.host().to_owned())
}

/// Finds out where a start URL leads, and in which region that is.
///
/// A host of AWS is taken as it is, without any request, and the configured region counts. The URL of another host
/// is asked, by HEAD, where it leads; one redirect is followed, to wherever. A region in the host that it leads to
/// counts more than the configured one. Where nothing is learned, URL and region are the configured ones. `limit` is how
/// long an answer may take.
///
/// ```
/// use sso_client::identity::start_url::{DEFAULT_LIMIT, resolve};
/// use sso_client::test_util::ReplayClient;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), sso_client::identity::IdentityError> {
/// let location = "https://ssoins-1.portal.eu-west-1.app.aws";
/// let answer = http::Response::builder().status(302).header("location", location).body("").expect("a response");
/// let found = resolve("https://aws.example.com", None, &ReplayClient::new([answer]), DEFAULT_LIMIT).await?;
/// assert_eq!((found.url.as_str(), found.region.as_str()), (location, "eu-west-1"));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// When the URL is no `https` URL, or there is no region.
pub async fn resolve(
    start_url: &str,
    region: Option<&str>,
    http: &impl HttpClient,
    limit: Duration,
) -> Result<ResolvedStartUrl, IdentityError> {
    let found = host(start_url)?;
    let no_region = |what: String| IdentityError::new(Kind::MissingSetting, what).with_key("sso_region");
    if is_aws_host(&found) {
        let region = region.ok_or_else(|| no_region("Missing required configuration: sso_region".to_owned()))?;
        return Ok(ResolvedStartUrl { url: start_url.to_owned(), region: region.to_owned() });
    }
    let url = match (follow(start_url, http, limit).await, region) {
        (Ok(url), _) => url,
        (Err(error), None) => return Err(error),
        (Err(error), Some(_)) => {
            debug!(start_url, %error, "the start URL is taken as it is");
            start_url.to_owned()
        }
    };
    let region = region_of_host(&host(&url)?).or_else(|| region.map(str::to_owned));
    let region = region.ok_or_else(|| {
        no_region(format!("Could not resolve the region of {start_url:?}, which leads to {url:?}: set sso_region"))
    })?;
    Ok(ResolvedStartUrl { url, region })
}

/// Where a URL redirects to; itself where it does not redirect. `limit` is how long an answer may take.
///
/// ```no_run
/// use std::time::Duration;
///
/// use sso_client::config::http::HyperClient;
/// use sso_client::identity::start_url::follow;
///
/// # async fn run() -> Result<(), sso_client::identity::IdentityError> {
/// let http = HyperClient::builder().build();
/// println!("{}", follow("https://aws.example.com", &http, Duration::from_secs(5)).await?);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// When it does not answer, or with an error.
pub async fn follow(url: &str, http: &impl HttpClient, limit: Duration) -> Result<String, IdentityError> {
    let failed = |why: String| {
        IdentityError::new(Kind::StartUrl, format!("Could not resolve the start URL {url:?}: {why}"))
            .with_key("sso_start_url")
    };
    for method in [http::Method::HEAD, http::Method::GET] {
        let request = http::Request::builder().method(method.clone()).uri(url.split('#').next().unwrap_or(url));
        let request = request.body(RequestBody::default()).map_err(|error| failed(error.to_string()))?;
        let answer = tokio::time::timeout(limit, Shared::new(http.call(request))).await;
        let answer = answer.map_err(|_| failed(format!("no answer in {} s", limit.as_secs_f64())))?;
        let answer = answer.map_err(|error| failed(error.to_string()))?;
        let status = answer.status();
        if status.is_redirection() {
            let location = answer.headers().get(http::header::LOCATION).and_then(|value| value.to_str().ok());
            let location = location.ok_or_else(|| failed(format!("HTTP {}, missing Location", status.as_u16())))?;
            let target = if location.starts_with('/') && !location.starts_with("//") {
                format!("https://{}{location}", host(url)?)
            } else {
                location.to_owned()
            };
            host(&target)?;
            return Ok(normalize(&target));
        }
        if matches!(status.as_u16(), 405 | 501) && method == http::Method::HEAD {
            continue;
        }
        return if status.is_success() { Ok(url.to_owned()) } else { Err(failed(format!("HTTP {}", status.as_u16()))) };
    }
    Ok(url.to_owned())
}
