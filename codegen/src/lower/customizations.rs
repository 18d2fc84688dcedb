//! Customizations: behavior of services that no trait expresses, as data beside the models.

use serde::Deserialize;

/// Customizations by SDK id.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Customizations(indexmap::IndexMap<String, Customization>);

impl Customizations {
    pub(super) fn of(&self, sdk_id: &str) -> Option<&Customization> {
        self.0.get(sdk_id)
    }
}

/// The customization of a service.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Customization {
    /// The reason; not generated.
    #[serde(rename = "reason")]
    _reason: String,
    /// Headers of every request; `{version}` stands for the service's version.
    #[serde(default)]
    pub(super) headers: indexmap::IndexMap<String, String>,
    /// Whether streaming bodies are hashed with the tree hash of Amazon S3 Glacier.
    #[serde(default)]
    pub(super) tree_hash: bool,
    /// Input members that have a value if the caller sets none.
    #[serde(default)]
    pub(super) input_defaults: indexmap::IndexMap<String, String>,
}
