//! Parses HTML, well formed or not, into calls of the builder.

use std::collections::BTreeSet;
use std::ops::Range;

use html5gum::{DefaultEmitter, HtmlString, Span, StartTag, Token, Tokenizer};

use super::builder::Builder;
use super::frames::Container;
use super::model::Link;

/// How often to restart after a `<` whose tag never ends, before taking the rest as text.
const MAX_RESTARTS: usize = 8;

/// Parses a whole document.
pub(super) fn read(source: &str, builder: &mut Builder) {
    builder.backticks = true;
    Reader::new(source).feed(source, builder);
}

/// Returns `true` if the text starts with the tag of a block.
pub(super) fn opens_with_block(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('<') else {
        return false;
    };
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
    is_block(&rest[..end].to_ascii_lowercase())
}

/// Returns `true` if the text has the end tag of a block anywhere.
pub(super) fn closes_block(text: &str) -> bool {
    Reader::new(text).closed.iter().any(|name| is_block(name))
}

fn is_block(name: &str) -> bool {
    const BLOCKS: &str = "p para div section article center blockquote ul ol dl li dt dd menu note important caution warning tip h1 h2 h3 \
        h4 h5 h6 title fullname pre hr table caption thead tbody tfoot tr td th html body head script style";
    BLOCKS.split_whitespace().any(|listed| listed == name)
}

/// Returns `true` for inline elements that Markdown has no counterpart for; their text stays.
fn is_plain(name: &str) -> bool {
    const PLAIN: &str =
        "span small big sub sup s u del ins mark q abbr font label time wbr col colgroup figure figcaption";
    PLAIN.split_whitespace().any(|listed| listed == name)
}

/// Parses a document, in one piece or in the fragments that a CommonMark parser finds in it.
pub(super) struct Reader {
    /// The elements that have an end tag somewhere. Placeholders such as `arn:aws:s3:::<bucket>`, which authors do
    /// not escape, have none: they are text.
    closed: BTreeSet<String>,
    /// The element whose contents are dropped.
    hidden: Option<&'static str>,
}

impl Reader {
    /// Creates a reader for fragments of a document.
    pub(super) fn new(document: &str) -> Reader {
        let mut closed = BTreeSet::new();
        if document.contains("</") {
            for token in tokens(document) {
                if let Token::EndTag(tag) = token {
                    closed.insert(lossy(&tag.name));
                }
            }
        }
        Reader { closed, hidden: None }
    }

    /// Returns `true` while text is dropped.
    pub(super) fn hides(&self) -> bool {
        self.hidden.is_some()
    }

    pub(super) fn feed(&mut self, mut source: &str, builder: &mut Builder) {
        for _ in 0..MAX_RESTARTS {
            let end = self.feed_tokens(source, builder);
            let rest = &source[end..];
            let mut chars = rest.chars();
            let Some(first) = chars.next() else { return };
            // A tag or a comment that never ends: its first character was text after all.
            self.text(first.encode_utf8(&mut [0; 4]), builder);
            source = chars.as_str();
        }
        self.text(source, builder);
    }

    /// Parses tokens, and returns the end of the last complete one.
    fn feed_tokens(&mut self, source: &str, builder: &mut Builder) -> usize {
        let mut end = 0;
        for token in tokens(source) {
            let range = match token {
                Token::StartTag(tag) => {
                    let range = clamp(source, tag.span);
                    self.start(&tag, &source[range.clone()], builder);
                    range
                }
                Token::EndTag(tag) => {
                    self.end(&lossy(&tag.name), builder);
                    clamp(source, tag.span)
                }
                Token::String(text) => {
                    self.text(&lossy(&text.value), builder);
                    clamp(source, text.span)
                }
                Token::Comment(comment) => {
                    let range = clamp(source, comment.span);
                    if !is_closed(&source[range.clone()]) {
                        break;
                    }
                    range
                }
                Token::Doctype(doctype) => clamp(source, doctype.span),
                Token::Error(_) => continue,
            };
            end = end.max(range.end);
        }
        end
    }

    fn text(&mut self, text: &str, builder: &mut Builder) {
        if self.hidden.is_none() {
            builder.text(text);
        }
    }

    fn start(&mut self, tag: &StartTag<usize>, source: &str, builder: &mut Builder) {
        if self.hidden.is_some() {
            return;
        }
        let name = lossy(&tag.name);
        if builder.in_preformatted() && !is_block(&name) && name != "br" {
            if !self.is_tag(&name) {
                builder.text(source);
            }
            return;
        }
        match name.as_str() {
            "b" | "strong" => builder.paragraph.open_strong(),
            "i" | "em" | "var" | "cite" | "dfn" | "replaceable" => builder.paragraph.open_emphasis(),
            "code" | "tt" | "kbd" | "samp" => builder.paragraph.open_code(),
            "a" => builder.paragraph.open_link(attribute(tag, "href").and_then(|href| Link::absolute(&href))),
            "br" => builder.line_break(),
            "img" => builder.text(&attribute(tag, "alt").unwrap_or_default()),
            "ul" | "dl" | "menu" => builder.open(Container::list(None)),
            "ol" => builder.open(Container::list(Some(1))),
            "li" | "dt" => builder.open_item(),
            "dd" => builder.open_definition(),
            "blockquote" => builder.open(Container::Quote { label: None }),
            "pre" => builder.open_preformatted("text"),
            "hr" => builder.rule(),
            "table" => builder.open(Container::table()),
            "tr" => builder.open_row(),
            "td" | "th" => builder.open_cell(),
            "script" => self.hidden = Some("script"),
            "style" => self.hidden = Some("style"),
            _ => {
                if let Some(label) = label(&name) {
                    builder.open(Container::Quote { label: Some(label) });
                } else if let Some(level) = heading(&name) {
                    builder.open_heading(level);
                } else if is_block(&name) {
                    builder.boundary();
                } else if !self.is_tag(&name) {
                    builder.text(source);
                }
            }
        }
    }

    fn end(&mut self, name: &str, builder: &mut Builder) {
        if let Some(hidden) = self.hidden {
            if hidden == name {
                self.hidden = None;
            }
            return;
        }
        if builder.in_preformatted() && !is_block(name) {
            return;
        }
        match name {
            "b" | "strong" => builder.paragraph.close_strong(),
            "i" | "em" | "var" | "cite" | "dfn" | "replaceable" => builder.paragraph.close_emphasis(),
            "code" | "tt" | "kbd" | "samp" => builder.paragraph.close_code(),
            "a" => builder.paragraph.close_link(),
            "ul" | "dl" | "menu" | "ol" => builder.close(&Container::list(None)),
            "li" => builder.close(&Container::Item { term: None }),
            "dt" => builder.end_term(),
            "dd" => builder.boundary(),
            "blockquote" => builder.close(&Container::Quote { label: None }),
            "table" => builder.close(&Container::table()),
            "tr" => builder.close(&Container::row()),
            "td" | "th" => builder.close(&Container::Cell),
            _ if label(name).is_some() => builder.close(&Container::Quote { label: None }),
            _ if heading(name).is_some() => builder.close_heading(),
            _ if is_block(name) => builder.boundary(),
            _ => {}
        }
    }

    /// Returns `true` if `<name>` is a tag rather than a placeholder.
    fn is_tag(&self, name: &str) -> bool {
        self.closed.contains(name)
            || is_plain(name)
            || matches!(name, "b" | "strong" | "i" | "em" | "var" | "cite" | "dfn" | "replaceable")
            || matches!(name, "code" | "tt" | "kbd" | "samp" | "a" | "img")
    }
}

fn label(name: &str) -> Option<&'static str> {
    Some(match name {
        "note" => "Note",
        "important" => "Important",
        "caution" => "Caution",
        "warning" => "Warning",
        "tip" => "Tip",
        _ => return None,
    })
}

/// Returns the level of a heading. The first level is the item's own name.
fn heading(name: &str) -> Option<u8> {
    Some(match name {
        "title" | "fullname" | "h1" | "h2" => 2,
        "h3" => 3,
        "h4" => 4,
        "h5" => 5,
        "h6" => 6,
        _ => return None,
    })
}

/// Returns `true` if a comment, or what HTML takes for one, has an end.
fn is_closed(comment: &str) -> bool {
    let end = if comment.starts_with("<!--") { "-->" } else { ">" };
    comment.ends_with(end) || comment.ends_with("--!>")
}

fn tokens(source: &str) -> impl Iterator<Item = Token<usize>> {
    // Reading from a string is infallible.
    Tokenizer::new_with_emitter(source, DefaultEmitter::new_with_span()).flatten()
}

fn lossy(text: &HtmlString) -> String {
    String::from_utf8_lossy(text).into_owned()
}

fn attribute(tag: &StartTag<usize>, name: &str) -> Option<String> {
    tag.attributes.get(name.as_bytes()).map(|value| lossy(value))
}

/// Converts a span to a range that is valid for the source.
fn clamp(source: &str, span: Span<usize>) -> Range<usize> {
    let boundary = |index: usize| {
        let mut index = index.min(source.len());
        while !source.is_char_boundary(index) {
            index += 1;
        }
        index
    };
    let end = boundary(span.end);
    boundary(span.start).min(end)..end
}
