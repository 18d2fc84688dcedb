//! Properties of endpoints: whatever the rules say of an endpoint beside its URL and headers.

/// A property of an endpoint, such as the list of its authentication schemes.
#[derive(Clone, Debug)]
pub enum Property {
    /// Nothing.
    Null,
    /// Yes or no.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// Text.
    Text(String),
    /// Properties in order.
    List(Vec<Property>),
    /// Properties by name.
    Object(Vec<(String, Property)>),
}

impl Property {
    /// A list of properties.
    pub fn list<const N: usize>(items: [Self; N]) -> Self {
        Self::List(items.into())
    }

    /// Properties by name.
    pub fn object<const N: usize>(entries: [(&str, Self); N]) -> Self {
        Self::Object(entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// A property of this object by its name; absent where this is no object.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(entries) => entries.iter().find(|(found, _)| found == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The text; absent where this is something else.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// The order of an object's entries means nothing.
impl PartialEq for Property {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Boolean(left), Self::Boolean(right)) => left == right,
            (Self::Integer(left), Self::Integer(right)) => left == right,
            (Self::Text(left), Self::Text(right)) => left == right,
            (Self::List(left), Self::List(right)) => left == right,
            (Self::Object(left), Self::Object(right)) => same_entries(left, right),
            _ => false,
        }
    }
}

impl Eq for Property {}

/// Whether two maps hold the same. Names are not repeated in either.
pub(super) fn same_entries<V: PartialEq>(left: &[(String, V)], right: &[(String, V)]) -> bool {
    left.len() == right.len() && left.iter().all(|entry| right.contains(entry))
}

impl From<bool> for Property {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl From<i64> for Property {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<&str> for Property {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Property {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_the_same_in_any_order_and_lists_are_not() {
        let scheme = Property::object([("name", "sigv4".into()), ("signingName", "x".into())]);
        assert_eq!(scheme, Property::object([("signingName", "x".into()), ("name", "sigv4".into())]));
        assert_ne!(scheme, Property::object([("name", "sigv4".into())]));
        assert_ne!(scheme, Property::object([("name", "sigv4".into()), ("signingName", "y".into())]));
        assert_ne!(Property::list([1.into(), 2.into()]), Property::list([2.into(), 1.into()]));
        assert_ne!(Property::Null, Property::from(false));
        assert_ne!(Property::from("1"), Property::from(1));
    }

    #[test]
    fn looking_into_properties() {
        let scheme = Property::object([("name", "sigv4".to_owned().into()), ("on", true.into())]);
        assert_eq!(scheme.get("name").and_then(Property::as_text), Some("sigv4"));
        assert_eq!(scheme.get("on"), Some(&Property::Boolean(true)));
        assert_eq!((scheme.get("off"), scheme.as_text(), Property::Null.get("name")), (None, None, None));
    }
}
