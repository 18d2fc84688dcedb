//! Settings that only optional parts of the runtime know, each by its type.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// One value of each type. Allocates nothing as long as there is none.
#[derive(Clone, Default)]
pub(super) struct Extensions(HashMap<TypeId, Arc<dyn Any + Send + Sync>>);

impl Extensions {
    pub(super) fn get<T: Any + Send + Sync>(&self) -> Option<&T> {
        self.0.get(&TypeId::of::<T>())?.downcast_ref()
    }

    pub(super) fn set<T: Any + Send + Sync>(&mut self, value: Option<T>) {
        match value {
            Some(value) => self.0.insert(TypeId::of::<T>(), Arc::new(value)),
            None => self.0.remove(&TypeId::of::<T>()),
        };
    }

    /// These, and those of `base` whose types are not among them.
    pub(super) fn merged_with(&self, base: &Self) -> Self {
        let mut merged = base.clone();
        merged.0.extend(self.0.iter().map(|(id, value)| (*id, Arc::clone(value))));
        merged
    }
}

/// Says how many there are: what they hold may be a secret.
impl fmt::Debug for Extensions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Extensions({})", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use crate::runtime::config::Config;

    #[derive(Debug, PartialEq)]
    struct Token(&'static str);

    #[test]
    fn set_cleared_and_overridden() {
        let mut base = Config::builder();
        base.set_extension(Some(Token("SECRET"))).set_extension(Some(5_u8));
        let base = base.build();
        assert_eq!((base.extension(), base.extension()), (Some(&Token("SECRET")), Some(&5_u8)));
        assert_eq!(base.extension::<u16>(), None);
        let text = format!("{base:?}");
        assert!(text.contains("Extensions(2)") && !text.contains("SECRET"), "{text}");

        let mut overrides = Config::builder();
        overrides.set_extension(Some(6_u8)).set_extension(None::<Token>);
        let both = base.overridden(&overrides);
        assert_eq!((both.extension(), both.extension()), (Some(&Token("SECRET")), Some(&6_u8)));

        let mut cleared = both.to_builder();
        cleared.set_extension(None::<Token>);
        assert_eq!(cleared.build().extension::<Token>(), None);
        assert_eq!(both.extension(), Some(&Token("SECRET")), "a builder is a copy");
    }
}
