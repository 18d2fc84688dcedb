//! Customizations: behavior of services that no trait expresses, as data beside the models.

use serde::Deserialize;

/// Customizations by SDK id.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Customizations(indexmap::IndexMap<String, Customization>);

impl Customizations {
    /// What holds for a service; nothing where there is no entry.
    pub(super) fn of(&self, sdk_id: &str) -> Customization {
        self.0.get(sdk_id).cloned().unwrap_or_default()
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
    /// Operations that are not generated, by name, each with the reason.
    #[serde(default)]
    pub(super) left_out: indexmap::IndexMap<String, String>,
    /// Shapes, by name, that are secrets in effect although they have no trait `smithy.api#sensitive`.
    #[serde(default)]
    pub(super) sensitive: Vec<String>,
    /// The member of error responses that holds the message, where that is none of the usual ones.
    #[serde(default)]
    pub(super) error_message: Option<String>,
    /// Operations, by name, that are sent to the URL in a member of their input, by its name.
    #[serde(default)]
    pub(super) endpoint_members: indexmap::IndexMap<String, String>,
}
