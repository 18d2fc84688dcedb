//! String functions of endpoint rules (`substring`, `split`) and their list type.

use std::cell::OnceCell;

/// `substring`: the characters from `start` to before `stop`, from the end with `reverse`. `None` if the text is too
/// short or not ASCII.
pub fn substring(text: &str, start: i64, stop: i64, reverse: bool) -> Option<&str> {
    let (start, stop) = (usize::try_from(start).ok()?, usize::try_from(stop).ok()?);
    if !text.is_ascii() || start >= stop || stop > text.len() {
        return None;
    }
    if reverse { text.get(text.len() - stop..text.len() - start) } else { text.get(start..stop) }
}

/// `split`: the parts between delimiters, at most `limit`; 0 is unlimited. An empty delimiter does not split.
pub fn split<'a>(text: &'a str, delimiter: &'a str, limit: i64) -> StringList<'a> {
    let limit = match usize::try_from(limit) {
        _ if delimiter.is_empty() => 1,
        Ok(0) => usize::MAX,
        Ok(limit) => limit,
        Err(_) => 1,
    };
    StringList(Items::Split(text, delimiter, limit))
}

/// A list of strings, borrowed in one of several forms.
#[derive(Clone, Copy, Debug)]
pub struct StringList<'a>(Items<'a>);

#[derive(Clone, Copy, Debug)]
enum Items<'a> {
    Borrowed(&'a [&'a str]),
    Owned(&'a [String]),
    /// The parts of a text, up to a limit. Rules use one or two of them, so that a vector would not pay.
    Split(&'a str, &'a str, usize),
    /// The parts of an ARN's resource.
    Resource(&'a str),
}

impl<'a> StringList<'a> {
    /// Creates a list.
    pub const fn of(texts: &'a [&'a str]) -> Self {
        Self(Items::Borrowed(texts))
    }

    /// Splits an ARN's resource at colons and slashes.
    pub(super) fn of_resource(resource: &'a str) -> Self {
        Self(Items::Resource(resource))
    }

    /// Returns the string at an index; negative indexes count from the end.
    pub fn get(self, index: i64) -> Option<&'a str> {
        let from_end = || usize::try_from(index.unsigned_abs()).ok();
        let position = match usize::try_from(index) {
            Ok(index) => index,
            Err(_) => self.len().checked_sub(from_end()?)?,
        };
        match self.0 {
            Items::Borrowed(texts) => texts.get(position).copied(),
            Items::Owned(texts) => texts.get(position).map(String::as_str),
            Items::Split(text, delimiter, limit) => text.splitn(limit, delimiter).nth(position),
            Items::Resource(resource) => resource.split([':', '/']).nth(position),
        }
    }

    /// Returns the number of strings.
    pub fn len(self) -> usize {
        match self.0 {
            Items::Borrowed(texts) => texts.len(),
            Items::Owned(texts) => texts.len(),
            Items::Split(text, delimiter, limit) => text.splitn(limit, delimiter).count(),
            Items::Resource(resource) => resource.split([':', '/']).count(),
        }
    }

    /// Returns whether the list is empty.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Iterates over the strings.
    pub fn iter(self) -> impl Iterator<Item = &'a str> {
        (0..).map_while(move |index| self.get(index))
    }
}

impl PartialEq for StringList<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for StringList<'_> {}

impl<'a> From<&'a [String]> for StringList<'a> {
    fn from(texts: &'a [String]) -> Self {
        Self(Items::Owned(texts))
    }
}

impl<'a> From<&'a Vec<String>> for StringList<'a> {
    fn from(texts: &'a Vec<String>) -> Self {
        Self(Items::Owned(texts))
    }
}

impl<'a> From<&'a [&'a str]> for StringList<'a> {
    fn from(texts: &'a [&'a str]) -> Self {
        Self::of(texts)
    }
}

/// An arena for the strings that rules compose, so that rules handle borrowed ones only.
#[derive(Debug, Default)]
pub struct Texts {
    first: OnceCell<Box<Node>>,
}

#[derive(Debug)]
struct Node {
    text: String,
    next: Texts,
}

impl Texts {
    /// Stores a text.
    pub fn keep(&self, text: String) -> &str {
        let mut last = self;
        while let Some(node) = last.first.get() {
            last = &node.next;
        }
        &last.first.get_or_init(|| Box::new(Node { text, next: Self::default() })).text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn substrings() {
        for (text, start, stop, reverse, expected) in [
            ("portal", 0, 4, false, Some("port")),
            ("portal", 0, 2, true, Some("al")),
            ("portal", 2, 5, false, Some("rta")),
            ("portal", 2, 5, true, Some("ort")),
            ("portal", 0, 6, false, Some("portal")),
            ("portal", 0, 6, true, Some("portal")),
            ("portal", 0, 7, false, None),
            ("portal", 0, 7, true, None),
            ("portal", 3, 3, false, None),
            ("portal", 4, 2, true, None),
            ("portal", -1, 2, false, None),
            ("portal", -4, -2, true, None),
            ("", 0, 1, false, None),
            ("", 0, 0, false, None),
            ("a\0b", 1, 2, false, Some("\0")),
            ("portäl", 0, 2, false, None),
            ("日本", 0, 1, true, None),
            ("x", i64::MIN, i64::MAX, true, None),
        ] {
            assert_eq!(substring(text, start, stop, reverse), expected, "{text:?} {start} {stop} {reverse}");
        }
    }

    #[test]
    fn splits() {
        for (text, delimiter, limit, expected) in [
            ("a-b-c", "-", 0, &["a", "b", "c"][..]),
            ("a-b-c", "-", 1, &["a-b-c"]),
            ("a-b-c", "-", 2, &["a", "b-c"]),
            ("a-b-c", "-", 9, &["a", "b", "c"]),
            ("--a----b", "--", 0, &["", "a", "", "b"]),
            ("", "-", 0, &[""]),
            ("-", "-", 0, &["", ""]),
            ("abc", "é", 0, &["abc"]),
            ("日é本é", "é", 0, &["日", "本", ""]),
            ("abc", "", 0, &["abc"]),
            ("a-b", "-", -1, &["a-b"]),
        ] {
            let list = split(text, delimiter, limit);
            assert_eq!(list, StringList::of(expected), "{text:?} {delimiter:?} {limit}");
            assert_eq!(list.len(), expected.len(), "{text:?} {delimiter:?} {limit}");
        }
    }

    #[test]
    fn items_of_lists() {
        let owned = ["a".to_owned(), "b".to_owned(), "c".to_owned()];
        for list in [StringList::of(&["a", "b", "c"]), owned.as_slice().into(), split("a b c", " ", 0)] {
            for (index, expected) in [
                (0, Some("a")),
                (2, Some("c")),
                (3, None),
                (-1, Some("c")),
                (-3, Some("a")),
                (-4, None),
                (i64::MAX, None),
                (i64::MIN, None),
            ] {
                assert_eq!(list.get(index), expected, "{list:?} {index}");
            }
            assert!(!list.is_empty());
        }
        assert!(StringList::of(&[]).is_empty() && StringList::of(&[]).get(0).is_none());
        assert_ne!(StringList::of(&["a"]), StringList::of(&["a", "b"]));
    }

    #[test]
    fn texts_are_stable() {
        let texts = Texts::default();
        let kept: Vec<&str> = (0..5).map(|number| texts.keep(format!("text {number}"))).collect();
        assert_eq!(kept, ["text 0", "text 1", "text 2", "text 3", "text 4"]);
    }
}
