//! Behavior of services that no trait states: data beside the models.

use serde::Deserialize;

/// What no trait says about a service, by its id.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Customizations(indexmap::IndexMap<String, Customization>);

impl Customizations {
    /// What holds for a service; nothing where there is no entry.
    pub(super) fn of(&self, sdk_id: &str) -> Customization {
        self.0.get(sdk_id).cloned().unwrap_or_default()
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
    /// Operations that are not generated, by name, each with the reason.
    #[serde(default)]
    pub(super) left_out: indexmap::IndexMap<String, String>,
    /// Shapes, by name, that are secrets in effect although they have no trait `smithy.api#sensitive`.
    #[serde(default)]
    pub(super) sensitive: Vec<String>,
    /// The member of error responses that holds the message, where that is none of the usual ones.
    #[serde(default)]
    pub(super) error_message: Option<String>,
}
