//! The functions of the endpoint rules engine, for rule sets that were compiled to Rust.
//!
//! Depends on nothing but the standard library, so that compiled rule sets can be tested alone.
//! Whatever text it is given, no function panics; what has no answer is absent.
//!
//! | file | what |
//! | --- | --- |
//! | here | what goes in (settings) and comes out (an endpoint, or the reason why there is none) |
//! | `property` | properties of endpoints, which nest |
//! | `partition` | `aws.partition` |
//! | `url` | `parseURL`, `uriEncode` |
//! | `host` | `isValidHostLabel`, `aws.isVirtualHostableS3Bucket` |
//! | `arn` | `aws.parseArn` |
//! | `text` | `substring`, `split`, lists of strings, and where composed texts live |

mod arn;
mod host;
mod partition;
mod property;
mod text;
mod url;

use std::fmt;

pub use arn::{Arn, parse_arn};
pub use host::{is_valid_host, is_valid_host_label, is_virtual_hostable_s3_bucket};
pub use partition::{Partition, Segment, partition};
pub use property::Property;
pub use text::{StringList, Texts, split, substring};
pub use url::{Url, parse_url, uri_encode};

/// The settings of a client that rules can ask for.
#[derive(Clone, Copy, Debug, Default)]
pub struct EndpointSettings<'a> {
    /// The region.
    pub region: Option<&'a str>,
    /// Whether FIPS endpoints are wanted.
    pub use_fips: Option<bool>,
    /// Whether dual-stack endpoints are wanted.
    pub use_dual_stack: Option<bool>,
    /// A base URL in place of the one that rules would find.
    pub endpoint_url: Option<&'a str>,
    /// What the service lets a client set for its rules alone, by the rules' names; the first of a name counts.
    pub client_params: &'a [(&'static str, ParamValue)],
}

/// The value of a setting that only a service's endpoint rules know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParamValue {
    /// Text.
    String(String),
    /// Yes or no.
    Boolean(bool),
    /// A list of texts.
    StringArray(Vec<String>),
}

impl<'a> EndpointSettings<'a> {
    /// A client parameter that is a string; absent where it is not set, or is something else.
    pub fn client_string(&self, name: &str) -> Option<&'a str> {
        match self.client_param(name)? {
            ParamValue::String(text) => Some(text),
            _ => None,
        }
    }

    /// A client parameter that is a boolean; absent where it is not set, or is something else.
    pub fn client_boolean(&self, name: &str) -> Option<bool> {
        match self.client_param(name)? {
            ParamValue::Boolean(value) => Some(*value),
            _ => None,
        }
    }

    /// A client parameter that is a list of strings; absent where it is not set, or is something else.
    pub fn client_strings(&self, name: &str) -> Option<StringList<'a>> {
        match self.client_param(name)? {
            ParamValue::StringArray(texts) => Some(texts.as_slice().into()),
            _ => None,
        }
    }

    fn client_param(&self, name: &str) -> Option<&'a ParamValue> {
        self.client_params.iter().find(|(found, _)| *found == name).map(|(_, value)| value)
    }
}

/// Where requests go, and what else the rules say of them.
#[derive(Clone, Debug)]
pub struct Endpoint {
    url: String,
    headers: Vec<(String, Vec<String>)>,
    properties: Vec<(String, Property)>,
}

impl Endpoint {
    /// The base URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Headers that requests to this endpoint carry, each with its values.
    pub fn headers(&self) -> &[(String, Vec<String>)] {
        &self.headers
    }

    /// A property by its name, such as `authSchemes`.
    pub fn property(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|(found, _)| found == name).map(|(_, value)| value)
    }

    /// All properties.
    pub fn properties(&self) -> &[(String, Property)] {
        &self.properties
    }
}

/// The order in which rules name headers and properties means nothing.
impl PartialEq for Endpoint {
    fn eq(&self, other: &Self) -> bool {
        self.url == other.url
            && property::same_entries(&self.headers, &other.headers)
            && property::same_entries(&self.properties, &other.properties)
    }
}

impl Eq for Endpoint {}

/// What the end of a rule adds to an endpoint.
pub trait EndpointDetails: Sized {
    /// Adds a header and its values.
    #[must_use]
    fn with_header<const N: usize>(self, name: &str, values: [&str; N]) -> Self;

    /// Adds a property.
    #[must_use]
    fn with_property(self, name: &str, value: Property) -> Self;
}

impl EndpointDetails for Result<Endpoint, EndpointError> {
    fn with_header<const N: usize>(mut self, name: &str, values: [&str; N]) -> Self {
        if let Ok(endpoint) = &mut self {
            endpoint.headers.push((name.to_owned(), values.map(str::to_owned).to_vec()));
        }
        self
    }

    fn with_property(mut self, name: &str, value: Property) -> Self {
        if let Ok(endpoint) = &mut self {
            endpoint.properties.push((name.to_owned(), value));
        }
        self
    }
}

/// Why there is no endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointError {
    message: String,
}

impl EndpointError {
    /// There is none, for a reason.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }

    /// A parameter that the rules cannot do without is not set.
    pub fn missing(parameter: &str) -> Self {
        Self::new(format!("Invalid Configuration: Missing {parameter}"))
    }

    /// The reason, in the words of the rules.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for EndpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for EndpointError {}

/// The end of a rule: the endpoint, its URL in pieces.
///
/// # Errors
///
/// None; the type is that of [`no_endpoint`].
pub fn endpoint_at<const N: usize>(pieces: [&str; N]) -> Result<Endpoint, EndpointError> {
    Ok(Endpoint { url: pieces.concat(), headers: Vec::new(), properties: Vec::new() })
}

/// The end of a rule: there is no endpoint, and why.
///
/// # Errors
///
/// Always.
pub fn no_endpoint(message: impl Into<String>) -> Result<Endpoint, EndpointError> {
    Err(EndpointError::new(message))
}

/// No rule of a tree matched, which a sound rule set does not let happen.
///
/// # Errors
///
/// Always.
pub fn no_rule_matched() -> Result<Endpoint, EndpointError> {
    no_endpoint("no endpoint rule matches these settings")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn client_params() {
        let params = [
            ("Text", ParamValue::String("a".to_owned())),
            ("Yes", ParamValue::Boolean(true)),
            ("Many", ParamValue::StringArray(vec!["b".to_owned(), "c".to_owned()])),
            ("Text", ParamValue::String("later".to_owned())),
        ];
        let settings = EndpointSettings { client_params: &params, ..Default::default() };
        assert_eq!(settings.client_string("Text"), Some("a"));
        assert_eq!(settings.client_boolean("Yes"), Some(true));
        assert_eq!(settings.client_strings("Many").and_then(|list| list.get(1)), Some("c"));
        for name in ["Yes", "Many", "text", ""] {
            assert_eq!(settings.client_string(name), None, "{name}");
        }
        assert_eq!((settings.client_boolean("Text"), settings.client_strings("Text")), (None, None));
    }

    #[test]
    fn endpoints_are_the_same_in_any_order() {
        let plain = || endpoint_at(["https://", "h"]);
        let one = plain().with_header("a", ["1", "2"]).with_header("b", []).with_property("p", true.into());
        let other = plain().with_property("p", true.into()).with_header("b", []).with_header("a", ["1", "2"]);
        assert_eq!(one, other);
        for different in [
            plain(),
            plain().with_header("a", ["2", "1"]).with_header("b", []).with_property("p", true.into()),
            plain().with_header("a", ["1", "2"]).with_header("b", []).with_property("p", false.into()),
            plain().with_header("a", ["1", "2"]).with_header("b", []),
        ] {
            assert_ne!(one, different);
        }
        let one = one.expect("an endpoint");
        assert_eq!(one.url(), "https://h");
        assert_eq!(one.headers().len(), 2);
        assert_eq!(one.property("p"), Some(&Property::Boolean(true)));
        assert_eq!((one.property("q"), one.properties().len()), (None, 1));
        assert_eq!(no_endpoint("e").with_header("a", ["1"]).with_property("p", Property::Null), no_endpoint("e"));
    }
}
