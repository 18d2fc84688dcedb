//! What is probably a mistake in a model, and stops nothing.

use std::collections::HashSet;

use super::prelude::{NAMESPACE, TRAITS};
use super::{Model, ShapeId, ShapeKind};
use crate::report::Problem;

/// How many letters of a namespace may differ for it to be a misspelt one.
const MOST_OF_NAMESPACE: usize = 2;

/// Names that are longer have nothing in common with those of traits.
const LONGEST_NAME: usize = 64;

impl Model {
    /// Returns what is probably a mistake, and stops nothing: operations that belong to no service and no resource, and
    /// traits that Smithy does not have.
    ///
    /// New versions of Smithy bring new traits, so that an unknown one is no error.
    pub fn notes(&self) -> Vec<Problem> {
        let mut notes: Vec<Problem> = self.stray_operations().collect();
        for (id, shape) in &self.shapes {
            let mut of = |place: &dyn Fn() -> String, traits: &super::Traits| {
                let doubts = traits.ids().filter_map(|name| self.doubt(name));
                notes.extend(doubts.map(|message| Problem { place: Some(place()), message }));
            };
            of(&|| id.to_string(), &shape.traits);
            for (name, member) in shape.kind.members() {
                of(&|| format!("{id}${name}"), &member.traits);
            }
        }
        notes
    }

    /// Returns the operations that belong to no service and no resource, and so are not generated.
    fn stray_operations(&self) -> impl Iterator<Item = Problem> {
        let used: HashSet<&ShapeId> = self
            .shapes
            .values()
            .flat_map(|shape| match &shape.kind {
                ShapeKind::Service(service) => service.operations.as_slice(),
                ShapeKind::Resource(resource) => resource.operations.as_slice(),
                _ => &[],
            })
            .collect();
        let operations = self.shapes.iter().filter(|(_, shape)| matches!(shape.kind, ShapeKind::Operation(_)));
        operations.map(|(id, _)| id).filter(move |id| !used.contains(id)).map(|id| Problem {
            place: Some(id.to_string()),
            message: "the operation is not generated: it is in the list `operations` of no service and no resource"
                .to_owned(),
        })
    }

    /// Says why the id of a trait is probably a mistake. Those of other namespaces than Smithy's may be anybody's.
    fn doubt(&self, id: &str) -> Option<String> {
        let (namespace, name) = id.split_once('#').unwrap_or(("", id));
        let is_known = TRAITS.split_whitespace().any(|known| known == name);
        let why = match namespace {
            NAMESPACE if is_known => return None,
            NAMESPACE => "not known",
            "" => "without a namespace",
            _ if is_known && is_near(namespace, NAMESPACE, MOST_OF_NAMESPACE) => "of an unknown namespace",
            _ => return None,
        };
        let defined = self.shape(&ShapeId::new(id));
        if defined.is_some_and(|shape| shape.traits.has("smithy.api#trait")) {
            return None;
        }
        let meant = nearest(name).map_or_else(String::new, |name| format!("; did you mean {NAMESPACE}#{name}?"));
        Some(format!("the trait {} is {why}, and ignored{meant}", id.escape_debug()))
    }
}

/// Returns the trait whose name a misspelt one may have been.
fn nearest(name: &str) -> Option<&'static str> {
    if name.len() > LONGEST_NAME {
        return None;
    }
    let distance = |known: &str| strsim::damerau_levenshtein(&known.to_lowercase(), &name.to_lowercase());
    let nearest = TRAITS.split_whitespace().min_by_key(|known| distance(known))?;
    (distance(nearest) <= nearest.len().div_ceil(4)).then_some(nearest)
}

fn is_near(text: &str, wanted: &str, most: usize) -> bool {
    text.len().abs_diff(wanted.len()) <= most && strsim::damerau_levenshtein(text, wanted) <= most
}

#[cfg(test)]
mod tests {
    use super::nearest;
    use crate::model::prelude::TRAITS;

    #[test]
    fn the_nearest_name() {
        for (misspelt, meant) in [
            ("requird", Some("required")),
            ("Required", Some("required")),
            ("reqiured", Some("required")),
            ("senstive", Some("sensitive")),
            ("httpHeaders", Some("httpHeader")),
            ("httpQuerry", Some("httpQuery")),
            ("http_label", Some("httpLabel")),
            ("readOnly", Some("readonly")),
            ("jsonname", Some("jsonName")),
            ("tilte", Some("title")),
            ("bx", Some("box")),
            ("required", Some("required")),
            // Traits that nobody has yet.
            ("foo", None),
            ("quantum", None),
            ("", None),
            (&"required".repeat(1000), None),
        ] {
            assert_eq!(nearest(misspelt), meant, "{misspelt}");
        }
    }

    #[test]
    fn each_trait_is_listed_once_and_nearest_to_itself() {
        let names: Vec<&str> = TRAITS.split_whitespace().collect();
        assert!(names.is_sorted() && names.windows(2).all(|pair| pair[0] != pair[1]));
        for name in names {
            assert_eq!(nearest(name), Some(name));
        }
    }
}
