//! Behavior of services that no trait states: data beside the models.

use serde::Deserialize;

/// What no trait says about a service, by its id.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Customizations(indexmap::IndexMap<String, Customization>);

impl Customizations {
    pub(super) fn of(&self, sdk_id: &str) -> Option<&Customization> {
        self.0.get(sdk_id)
    }
}

/// What no trait says about a service.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Customization {
    /// Why; not generated.
    #[serde(rename = "reason")]
    _reason: String,
    /// Headers that every request has; `{version}` stands for the service's version.
    #[serde(default)]
    pub(super) headers: indexmap::IndexMap<String, String>,
    /// Whether bodies that are streams are hashed in the way of Amazon S3 Glacier.
    #[serde(default)]
    pub(super) tree_hash: bool,
    /// Input members that have a value where the caller gives none.
    #[serde(default)]
    pub(super) input_defaults: indexmap::IndexMap<String, String>,
}
