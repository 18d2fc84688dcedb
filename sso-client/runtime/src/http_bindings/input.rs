//! Inputs whose secrets are wiped when they are dropped.

use std::fmt;
use std::ops::{Deref, DerefMut};

use super::HttpBindings;

/// An input whose secrets are overwritten when it is dropped.
#[derive(Clone, Default, PartialEq)]
pub struct Wiped<T: HttpBindings>(T);

impl<T: HttpBindings> Wiped<T> {
    /// Takes an input over.
    pub fn new(input: T) -> Self {
        Self(input)
    }

    /// Gives the input away, secrets and all.
    pub fn into_inner(mut self) -> T
    where
        T: Default,
    {
        std::mem::take(&mut self.0)
    }
}

impl<T: HttpBindings> Drop for Wiped<T> {
    fn drop(&mut self) {
        self.0.wipe();
    }
}

impl<T: HttpBindings> Deref for Wiped<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: HttpBindings> DerefMut for Wiped<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: HttpBindings + fmt::Debug> fmt::Debug for Wiped<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http_bindings::BindingVisitor;
    use crate::secret::{Wipe, set_secret};

    #[derive(Clone, Debug, Default, PartialEq)]
    struct Input {
        token: Option<String>,
    }

    impl HttpBindings for Input {
        fn visit(&self, _visitor: &mut impl BindingVisitor) {}

        fn wipe(&mut self) {
            self.token.wipe();
        }
    }

    #[test]
    fn taken_out_and_printed() {
        let text = |text: &str| text.to_owned();
        let mut input = Wiped::new(Input { token: Some(text("SECRET")) });
        set_secret(&mut input.token, Some(text("OTHER")));
        assert_eq!(input.clone().into_inner().token.as_deref(), Some("OTHER"));
        assert_eq!(format!("{input:?}"), format!("{:?}", *input));
    }
}
