//! Builds blocks from a stream of tags and text, whether or not it is well nested.

use std::mem;

use super::frames::{self, Container, Frame, flatten};
use super::model::{Block, is_removed};
use super::paragraph::Paragraph;
use super::tidy::tidy;

/// The maximum nesting of containers; tags of deeper ones are ignored. No text that people write gets near it, and
/// it bounds the recursion of everything after the builder.
const MAX_DEPTH: usize = 16;

/// Collects what the two parsers find; [`Builder::finish`] returns the blocks.
#[derive(Debug, Default)]
pub(super) struct Builder {
    /// The containers that are open inside of the root.
    frames: Vec<Frame>,
    root: Vec<Block>,
    /// How many containers are open beyond [`MAX_DEPTH`].
    skipped: usize,
    pub(super) paragraph: Paragraph,
    heading: Option<u8>,
    /// The info string and the text of the code block that is open.
    preformatted: Option<(String, String)>,
    /// Whether words between backticks become code spans, as in HTML whose author forgot the tags.
    pub(super) backticks: bool,
}

impl Builder {
    pub(super) fn finish(mut self) -> Vec<Block> {
        self.boundary();
        self.skipped = 0;
        while !self.frames.is_empty() {
            self.pop();
        }
        self.root
    }

    /// Ends the paragraph and all styling, as any tag of a block does.
    pub(super) fn boundary(&mut self) {
        self.end_preformatted();
        self.end_paragraph();
        self.paragraph = Paragraph::default();
    }

    fn end_paragraph(&mut self) {
        let spans = tidy(self.paragraph.take(), self.backticks);
        if spans.is_empty() {
            return;
        }
        let block = match self.heading.take() {
            Some(level) => Block::Heading { level, spans },
            None => Block::Paragraph(spans),
        };
        self.add(block);
    }

    fn add(&mut self, block: Block) {
        match self.frames.last_mut() {
            Some(frame) => frame.add(block),
            None => frames::push(&mut self.root, block),
        }
    }

    // Containers.

    pub(super) fn open(&mut self, container: Container) {
        self.boundary();
        self.heading = None;
        if self.frames.len() < MAX_DEPTH {
            self.frames.push(Frame::new(container));
        } else {
            self.skipped += 1;
        }
    }

    /// Closes the innermost container of the kind, and what is open inside of it.
    pub(super) fn close(&mut self, kind: &Container) {
        self.boundary();
        self.heading = None;
        if self.skipped > 0 {
            self.skipped -= 1;
        } else if let Some(index) = self.innermost(kind) {
            self.pop_to(index);
        }
    }

    fn innermost(&self, kind: &Container) -> Option<usize> {
        let kind = mem::discriminant(kind);
        self.frames.iter().rposition(|frame| mem::discriminant(&frame.container) == kind)
    }

    fn pop_to(&mut self, index: usize) {
        while self.frames.len() > index {
            self.pop();
        }
    }

    fn pop(&mut self) {
        let Some(Frame { container, mut blocks }) = self.frames.pop() else {
            return;
        };
        match container {
            Container::Quote { label } if !blocks.is_empty() => {
                if let Some(label) = label {
                    frames::label(&mut blocks, label);
                }
                self.add(Block::Quote(blocks));
            }
            Container::Quote { .. } => {}
            Container::Item { term } => {
                if let Some(term) = term {
                    frames::define(&mut blocks, term);
                }
                self.end_item(blocks);
            }
            Container::List { start, items, .. } if !items.is_empty() => {
                self.add(Block::List { start, items });
            }
            Container::List { .. } => {}
            Container::Table { rows } => {
                // A caption, and anything else outside of the cells.
                blocks.into_iter().for_each(|block| self.add(block));
                if !rows.is_empty() {
                    self.add(Block::Table(rows));
                }
            }
            Container::Row { cells } => {
                if let Some(Container::Table { rows }) = self.top() {
                    if cells.iter().any(|cell| !cell.is_empty()) {
                        rows.push(cells);
                    }
                } else {
                    let blocks = cells.into_iter().filter(|cell| !cell.is_empty());
                    blocks.for_each(|cell| self.add(Block::Paragraph(cell)));
                }
            }
            Container::Cell => match self.top() {
                Some(Container::Row { cells }) => cells.push(flatten(blocks)),
                _ => blocks.into_iter().for_each(|block| self.add(block)),
            },
        }
    }

    fn top(&mut self) -> Option<&mut Container> {
        self.frames.last_mut().map(|frame| &mut frame.container)
    }

    fn end_item(&mut self, item: Vec<Block>) {
        match self.top() {
            Some(Container::List { items, implicit, .. }) => {
                let implicit = *implicit;
                if !item.is_empty() {
                    items.push(item);
                }
                if implicit {
                    self.pop();
                }
            }
            _ => item.into_iter().for_each(|block| self.add(block)),
        }
    }

    // Items and definitions.

    pub(super) fn open_item(&mut self) {
        self.boundary();
        let list = self.frames.iter().rposition(|frame| {
            !matches!(frame.container, Container::Item { .. } | Container::Row { .. } | Container::Table { .. })
        });
        match list {
            _ if self.skipped > 0 => {}
            Some(index) if matches!(self.frames[index].container, Container::List { .. }) => {
                self.pop_to(index + 1);
            }
            _ => self.open(Container::List { start: None, items: Vec::new(), implicit: true }),
        }
        self.open(Container::Item { term: None });
    }

    /// Makes what the open item contains so far the term that it defines.
    pub(super) fn end_term(&mut self) {
        self.boundary();
        let Some(Frame { container: Container::Item { term: term @ None }, blocks }) = self.frames.last_mut() else {
            return;
        };
        if let [Block::Paragraph(spans)] = blocks.as_mut_slice() {
            *term = Some(mem::take(spans));
            blocks.clear();
        }
    }

    /// Continues the item that defines a term, or opens one without a term.
    pub(super) fn open_definition(&mut self) {
        self.end_term();
        match self.innermost(&Container::Item { term: None }) {
            _ if self.skipped > 0 => {}
            Some(index) => self.pop_to(index + 1),
            None => self.open_item(),
        }
    }

    // Tables, whose rows and cells count only within a table.

    pub(super) fn open_row(&mut self) {
        if let Some(index) = self.innermost(&Container::table()) {
            self.boundary();
            self.pop_to(index + 1);
            self.open(Container::row());
        } else {
            self.boundary();
        }
    }

    pub(super) fn open_cell(&mut self) {
        if let Some(index) = self.innermost(&Container::row()) {
            self.boundary();
            self.pop_to(index + 1);
            self.open(Container::Cell);
        } else {
            self.boundary();
        }
    }

    // Blocks that contain no blocks.

    pub(super) fn open_heading(&mut self, level: u8) {
        self.boundary();
        self.heading = Some(level);
    }

    pub(super) fn close_heading(&mut self) {
        self.boundary();
        self.heading = None;
    }

    pub(super) fn rule(&mut self) {
        self.boundary();
        self.add(Block::Rule);
    }

    pub(super) fn open_preformatted(&mut self, info: &str) {
        self.boundary();
        self.preformatted = Some((info.to_owned(), String::new()));
    }

    pub(super) fn in_preformatted(&self) -> bool {
        self.preformatted.is_some()
    }

    pub(super) fn end_preformatted(&mut self) {
        let Some((info, raw)) = self.preformatted.take() else {
            return;
        };
        let lines: Vec<&str> = raw.lines().map(str::trim_end).collect();
        let text = lines.join("\n");
        let text = text.trim_start_matches('\n').trim_end();
        if !text.is_empty() {
            self.add(Block::Code { info, text: text.to_owned() });
        }
    }

    // Text.

    pub(super) fn text(&mut self, text: &str) {
        let Some((_, raw)) = &mut self.preformatted else {
            self.paragraph.text(text);
            return;
        };
        let breaks = ['\r', '\u{0B}', '\u{0C}', '\u{85}', '\u{2028}', '\u{2029}'];
        let text = text.replace("\r\n", "\n").replace(breaks, "\n");
        raw.extend(text.replace('\t', "    ").chars().filter(|c| !is_removed(*c)));
    }

    /// A line break; two of them end a paragraph.
    pub(super) fn line_break(&mut self) {
        if self.in_preformatted() {
            self.text("\n");
        } else if !self.paragraph.line_break() {
            self.end_paragraph();
        }
    }
}
