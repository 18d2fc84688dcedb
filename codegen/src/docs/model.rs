//! The document tree between parsers and writer.

use std::rc::Rc;

/// A block of a document. The builder bounds the nesting of blocks, so recursion over them is safe.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Block {
    Paragraph(Vec<Span>),
    Heading {
        level: u8,
        spans: Vec<Span>,
    },
    Code {
        info: String,
        text: String,
    },
    Quote(Vec<Block>),
    List {
        /// The first number of an ordered list.
        start: Option<u64>,
        items: Vec<Vec<Block>>,
    },
    /// Rows of cells; the first row is the header.
    Table(Vec<Vec<Vec<Span>>>),
    Rule,
}

/// A piece of a paragraph. Styles are flags on a flat list rather than a tree, so that mis-nested
/// and unclosed tags need no repair.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Span {
    pub(super) piece: Piece,
    pub(super) style: Style,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Piece {
    /// Text without whitespace.
    Text(String),
    /// The content of a code span, on one line.
    Code(String),
    /// A place where a line may be broken.
    Space,
    /// A place where a line must be broken.
    Break,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Style {
    pub(super) strong: bool,
    pub(super) emphasis: bool,
    pub(super) link: Option<Rc<Link>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Link {
    /// A link with a target, encoded so that it can stand between parentheses.
    Target(String),
    /// An intra-doc link whose text is its target.
    Shortcut,
}

impl Link {
    /// Creates a link if the target is absolute: a relative one would be taken for the path of a Rust item.
    pub(super) fn absolute(href: &str) -> Option<Link> {
        let href = href.trim_matches(|c: char| c.is_whitespace() || c == '`');
        let is = |scheme: &str| {
            href.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
                && href.len() > scheme.len()
        };
        (is("https://") || is("http://") || is("mailto:")).then(|| Link::any(href))
    }

    /// Creates a link to any target.
    pub(super) fn any(href: &str) -> Link {
        let parentheses = balanced(href);
        let mut target = String::with_capacity(href.len());
        for c in href.trim().chars().filter(|c| !is_removed(*c)) {
            match c {
                '(' | ')' if parentheses => target.push(c),
                '(' | ')' | '<' | '>' | '\\' | '`' | '|' | '"' => {
                    target.push_str(&format!("%{:02X}", u32::from(c)));
                }
                c if c.is_whitespace() => target.push_str("%20"),
                c => target.push(c),
            }
        }
        Link::Target(target)
    }
}

fn balanced(text: &str) -> bool {
    let mut depth = 0_u32;
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return false,
            ')' => depth -= 1,
            _ => {}
        }
        // Markdown parsers limit the depth.
        if depth > 3 {
            return false;
        }
    }
    depth == 0
}

/// Returns `true` for characters that are removed from documentation: control characters, and those that change the
/// direction of text, which rustc and reviewers object to.
pub(super) fn is_removed(c: char) -> bool {
    matches!(c,
        '\u{061C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
        || (c.is_control() && !c.is_whitespace())
}
