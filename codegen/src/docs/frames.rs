//! The containers that are open while blocks are built.

use super::model::{Block, Piece, Span};
use super::tidy::plain;

/// A block that contains blocks.
#[derive(Debug)]
pub(super) enum Container {
    Quote {
        label: Option<&'static str>,
    },
    List {
        start: Option<u64>,
        items: Vec<Vec<Block>>,
        /// Opened for an item outside of any list, and closed with it.
        implicit: bool,
    },
    Item {
        /// The term of a definition.
        term: Option<Vec<Span>>,
    },
    Table {
        rows: Vec<Vec<Vec<Span>>>,
    },
    Row {
        cells: Vec<Vec<Span>>,
    },
    Cell,
}

impl Container {
    pub(super) fn list(start: Option<u64>) -> Container {
        Container::List { start, items: Vec::new(), implicit: false }
    }

    pub(super) fn table() -> Container {
        Container::Table { rows: Vec::new() }
    }

    pub(super) fn row() -> Container {
        Container::Row { cells: Vec::new() }
    }
}

#[derive(Debug)]
pub(super) struct Frame {
    pub(super) container: Container,
    pub(super) blocks: Vec<Block>,
}

impl Frame {
    pub(super) fn new(container: Container) -> Frame {
        Frame { container, blocks: Vec::new() }
    }

    pub(super) fn add(&mut self, block: Block) {
        match &mut self.container {
            Container::List { items, .. } => match items.last_mut() {
                // A list inside of a list, but outside of its items, belongs to the item before.
                Some(item) if !matches!(block, Block::Paragraph(_)) => push(item, block),
                _ => items.push(vec![block]),
            },
            Container::Row { cells } => cells.push(flatten(vec![block])),
            _ => push(&mut self.blocks, block),
        }
    }
}

/// Adds a block, and joins lists that Markdown would read as one.
pub(super) fn push(blocks: &mut Vec<Block>, block: Block) {
    match (blocks.last_mut(), block) {
        (Some(Block::List { start, items }), Block::List { start: next, items: more })
            if start.is_some() == next.is_some() =>
        {
            items.extend(more);
        }
        (_, block) => blocks.push(block),
    }
}

/// Puts the label of a quote in front of its first paragraph.
pub(super) fn label(blocks: &mut Vec<Block>, label: &str) {
    let mut lead = plain(Piece::Text(format!("{label}:")));
    lead.style.strong = true;
    prepend(blocks, vec![lead]);
}

/// Puts a term in front of its definition.
pub(super) fn define(blocks: &mut Vec<Block>, mut term: Vec<Span>) {
    for span in &mut term {
        span.style.strong = true;
    }
    if blocks.is_empty() {
        blocks.push(Block::Paragraph(term));
        return;
    }
    if let Some(last) = term.last_mut() {
        if let Piece::Text(text) = &mut last.piece {
            if text.len() > 1 && text.ends_with(':') {
                text.pop();
            }
        }
    }
    term.push(plain(Piece::Text(":".to_owned())));
    prepend(blocks, term);
}

fn prepend(blocks: &mut Vec<Block>, mut lead: Vec<Span>) {
    if let Some(Block::Paragraph(spans)) = blocks.first_mut() {
        lead.push(plain(Piece::Space));
        lead.append(spans);
        *spans = lead;
    } else {
        blocks.insert(0, Block::Paragraph(lead));
    }
}

/// The text of blocks in one line, for a cell of a table.
pub(super) fn flatten(blocks: Vec<Block>) -> Vec<Span> {
    let mut flat = Vec::new();
    for block in blocks {
        if !flat.is_empty() {
            flat.push(plain(Piece::Space));
        }
        match block {
            Block::Paragraph(spans) | Block::Heading { spans, .. } => flat.extend(spans),
            Block::Code { text, .. } => {
                let code = text.split_whitespace().collect::<Vec<_>>().join(" ");
                flat.push(plain(Piece::Code(code)));
            }
            Block::Quote(blocks) => flat.extend(flatten(blocks)),
            Block::List { items, .. } => flat.extend(flatten(items.into_iter().flatten().collect())),
            Block::Table(rows) => {
                let cells = rows.into_iter().flatten().map(Block::Paragraph);
                flat.extend(flatten(cells.collect()));
            }
            Block::Rule => {}
        }
    }
    flat
}
