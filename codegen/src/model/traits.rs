//! Traits: JSON, with typed accessors.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;

/// The traits applied to a shape or member, by absolute id.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Traits(IndexMap<String, Value>);

/// `smithy.api#http`.
#[derive(Clone, Debug, Deserialize)]
pub struct HttpTrait {
    /// The method, such as `GET`.
    pub method: String,
    /// The URI pattern, such as `/assignment/accounts`.
    pub uri: String,
}

/// `smithy.api#paginated`, on an operation or, with defaults, on the service.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PaginatedTrait {
    /// The input member that takes the token.
    pub input_token: Option<String>,
    /// The path to the token in the output.
    pub output_token: Option<String>,
    /// The path to the items in the output.
    pub items: Option<String>,
    /// The input member that takes the page size.
    pub page_size: Option<String>,
}

impl Traits {
    /// Creates traits from those in a model.
    pub fn new(traits: IndexMap<String, Value>) -> Self {
        Self(traits)
    }

    /// Returns `true` if the trait is applied.
    pub fn has(&self, id: &str) -> bool {
        self.0.contains_key(id)
    }

    /// Returns the trait's value.
    pub fn get(&self, id: &str) -> Option<&Value> {
        self.0.get(id)
    }

    /// Applies a trait.
    pub fn insert(&mut self, id: &str, value: Value) {
        self.0.insert(id.to_owned(), value);
    }

    /// Returns the value of a trait that is a string.
    pub fn string(&self, id: &str) -> Option<&str> {
        self.get(id)?.as_str()
    }

    /// Returns the value of `smithy.api#documentation`; empty if there is none.
    pub fn documentation(&self) -> &str {
        self.string("smithy.api#documentation").unwrap_or_default()
    }

    /// Returns a structured trait, parsed to `T`.
    ///
    /// # Errors
    ///
    /// Returns the reason if the value is malformed.
    pub fn read<T: for<'de> Deserialize<'de>>(&self, id: &str) -> Result<Option<T>, String> {
        match self.get(id) {
            None => Ok(None),
            Some(value) => T::deserialize(value).map(Some).map_err(|error| format!("trait {id} is malformed: {error}")),
        }
    }

    /// Returns the ids of all applied traits, in model order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}
