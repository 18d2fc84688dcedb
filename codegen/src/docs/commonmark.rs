//! Parses CommonMark and the HTML in it.

use pulldown_cmark::{BrokenLink, CodeBlockKind, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd};

use super::builder::Builder;
use super::frames::Container;
use super::html;
use super::model::Link;

/// The origin of Markdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// A model: brackets are no intra-doc links, and code is not Rust.
    Model,
    /// The generator itself.
    Generator,
}

pub(super) fn read(source: &str, trust: Trust, builder: &mut Builder) {
    // A reference without a definition is an intra-doc link.
    let mut unresolved = |link: BrokenLink<'_>| {
        let target = link.reference.replace('`', "");
        Some((CowStr::from(target), CowStr::from("")))
    };
    let callback = (trust == Trust::Generator).then_some(&mut unresolved);
    let parser = Parser::new_with_broken_link_callback(source, Options::ENABLE_TABLES, callback);
    let mut reader = Reader { trust, html: html::Reader::new(source), fragment: None };
    for event in parser {
        reader.event(event, builder);
    }
    reader.end_fragment(builder);
}

struct Reader {
    trust: Trust,
    html: html::Reader,
    /// The block of HTML being collected: the parser gives it line by line, and a tag may be
    /// longer than that.
    fragment: Option<String>,
}

impl Reader {
    fn event(&mut self, event: Event<'_>, builder: &mut Builder) {
        match event {
            Event::Start(tag) => self.start(tag, builder),
            Event::End(tag) => self.end(tag, builder),
            Event::Text(text) => self.text(&text, builder),
            Event::Code(text) => {
                builder.paragraph.open_code();
                self.text(&text, builder);
                builder.paragraph.close_code();
            }
            Event::Html(html) => match &mut self.fragment {
                Some(fragment) => fragment.push_str(&html),
                None => self.html.feed(&html, builder),
            },
            Event::InlineHtml(html) => self.html.feed(&html, builder),
            Event::SoftBreak => self.text("\n", builder),
            Event::HardBreak => builder.line_break(),
            Event::Rule => builder.rule(),
            // Extensions that are not enabled.
            Event::InlineMath(_) | Event::DisplayMath(_) | Event::FootnoteReference(_) | Event::TaskListMarker(_) => {}
        }
    }

    fn text(&mut self, text: &str, builder: &mut Builder) {
        if !self.html.hides() {
            builder.text(text);
        }
    }

    fn end_fragment(&mut self, builder: &mut Builder) {
        if let Some(fragment) = self.fragment.take() {
            self.html.feed(&fragment, builder);
        }
    }

    fn start(&mut self, tag: Tag<'_>, builder: &mut Builder) {
        match tag {
            // A blank line in a `<pre>`, which the parser took for its end.
            Tag::Paragraph if builder.in_preformatted() => builder.text("\n\n"),
            Tag::Paragraph => builder.boundary(),
            Tag::Heading { level, .. } => builder.open_heading(level as u8),
            Tag::BlockQuote(_) => builder.open(Container::Quote { label: None }),
            Tag::CodeBlock(kind) => builder.open_preformatted(match &kind {
                CodeBlockKind::Fenced(info) if self.trust == Trust::Generator => info,
                _ => "text",
            }),
            Tag::HtmlBlock => self.fragment = Some(String::new()),
            Tag::List(start) => builder.open(Container::list(start)),
            Tag::Item => builder.open_item(),
            Tag::Table(_) => builder.open(Container::table()),
            Tag::TableHead | Tag::TableRow => builder.open_row(),
            Tag::TableCell => builder.open_cell(),
            Tag::Emphasis => builder.paragraph.open_emphasis(),
            Tag::Strong => builder.paragraph.open_strong(),
            Tag::Link { link_type, dest_url, .. } | Tag::Image { link_type, dest_url, .. } => {
                builder.paragraph.open_link(self.link(link_type, &dest_url));
            }
            _ => {}
        }
    }

    fn link(&self, link_type: LinkType, target: &str) -> Option<Link> {
        match (self.trust, link_type) {
            (Trust::Model, LinkType::Email) => Some(Link::any(&format!("mailto:{target}"))),
            (Trust::Model, _) => Link::absolute(target),
            (Trust::Generator, LinkType::ShortcutUnknown | LinkType::CollapsedUnknown) => Some(Link::Shortcut),
            (Trust::Generator, _) => Some(Link::any(target)),
        }
    }

    fn end(&mut self, tag: TagEnd, builder: &mut Builder) {
        match tag {
            TagEnd::Paragraph if builder.in_preformatted() => {}
            TagEnd::Paragraph => builder.boundary(),
            TagEnd::CodeBlock => builder.end_preformatted(),
            TagEnd::Heading(_) => builder.close_heading(),
            TagEnd::BlockQuote(_) => builder.close(&Container::Quote { label: None }),
            TagEnd::HtmlBlock => self.end_fragment(builder),
            TagEnd::List(_) => builder.close(&Container::list(None)),
            TagEnd::Item => builder.close(&Container::Item { term: None }),
            TagEnd::Table => builder.close(&Container::table()),
            TagEnd::TableHead | TagEnd::TableRow => builder.close(&Container::row()),
            TagEnd::TableCell => builder.close(&Container::Cell),
            TagEnd::Emphasis => builder.paragraph.close_emphasis(),
            TagEnd::Strong => builder.paragraph.close_strong(),
            TagEnd::Link | TagEnd::Image => builder.paragraph.close_link(),
            _ => {}
        }
    }
}
