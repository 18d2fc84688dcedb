//! Traits: kept as JSON, read through accessors that know each trait's form.

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
    /// Takes over traits as they stand in a model.
    pub fn new(traits: IndexMap<String, Value>) -> Self {
        Self(traits)
    }

    /// Whether the trait is applied, whatever its value.
    pub fn has(&self, id: &str) -> bool {
        self.0.contains_key(id)
    }

    /// The trait's value.
    pub fn get(&self, id: &str) -> Option<&Value> {
        self.0.get(id)
    }

    /// Applies a trait.
    pub fn insert(&mut self, id: &str, value: Value) {
        self.0.insert(id.to_owned(), value);
    }

    /// A trait whose value is a string.
    pub fn string(&self, id: &str) -> Option<&str> {
        self.get(id)?.as_str()
    }

    /// The text of `smithy.api#documentation`, empty where there is none.
    pub fn documentation(&self) -> &str {
        self.string("smithy.api#documentation").unwrap_or_default()
    }

    /// A structured trait, read into `T`.
    ///
    /// # Errors
    ///
    /// The reason why the value does not have the trait's form.
    pub fn read<T: for<'de> Deserialize<'de>>(&self, id: &str) -> Result<Option<T>, String> {
        match self.get(id) {
            None => Ok(None),
            Some(value) => T::deserialize(value).map(Some).map_err(|error| format!("trait {id} is malformed: {error}")),
        }
    }

    /// The ids of all traits applied, in the model's order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}
