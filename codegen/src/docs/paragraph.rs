//! The paragraph that is being parsed: its text, with the style that the open tags give.

use std::mem;
use std::rc::Rc;

use super::model::{Link, Piece, Span, Style, is_removed};
use super::tidy::plain;

/// The spans so far, and the tags that are open in the paragraph.
#[derive(Debug, Default)]
pub(super) struct Paragraph {
    spans: Vec<Span>,
    strong: usize,
    emphasis: usize,
    code: usize,
    /// The style of text when the open code span began: there is no styling inside of one.
    code_style: Style,
    link: Option<Rc<Link>>,
}

impl Paragraph {
    /// Takes the spans, and keeps the open tags.
    pub(super) fn take(&mut self) -> Vec<Span> {
        mem::take(&mut self.spans)
    }

    pub(super) fn text(&mut self, text: &str) {
        for run in text.split_inclusive(char::is_whitespace) {
            let word: String = run.trim_end().chars().filter(|c| !is_removed(*c)).collect();
            if !word.is_empty() {
                self.word(word);
            }
            if run.ends_with(char::is_whitespace) {
                self.space();
            }
        }
    }

    fn word(&mut self, word: String) {
        let (piece, style) =
            if self.code > 0 { (Piece::Code(word), self.code_style()) } else { (Piece::Text(word), self.style()) };
        match (self.spans.last_mut(), piece) {
            (Some(Span { piece: Piece::Text(last), style: old }), Piece::Text(word))
            | (Some(Span { piece: Piece::Code(last), style: old }), Piece::Code(word))
                if *old == style =>
            {
                last.push_str(&word);
            }
            (_, piece) => self.spans.push(Span { piece, style }),
        }
    }

    fn space(&mut self) {
        let code = (self.code > 0).then(|| self.code_style());
        match self.spans.last_mut() {
            Some(Span { piece: Piece::Code(last), style }) if Some(&*style) == code.as_ref() => {
                if !last.ends_with(' ') {
                    last.push(' ');
                }
            }
            None | Some(Span { piece: Piece::Space | Piece::Break, .. }) => {}
            Some(_) => self.spans.push(plain(Piece::Space)),
        }
    }

    /// Starts a new line, unless one has just started.
    pub(super) fn line_break(&mut self) -> bool {
        while matches!(self.spans.last(), Some(Span { piece: Piece::Space, .. })) {
            self.spans.pop();
        }
        match self.spans.last() {
            Some(Span { piece: Piece::Break, .. }) => false,
            Some(_) => {
                self.spans.push(plain(Piece::Break));
                true
            }
            None => true,
        }
    }

    fn style(&self) -> Style {
        Style { strong: self.strong > 0, emphasis: self.emphasis > 0, link: self.link.clone() }
    }

    fn code_style(&self) -> Style {
        Style { link: self.link.clone(), ..self.code_style }
    }

    pub(super) fn open_strong(&mut self) {
        self.strong += 1;
    }

    pub(super) fn close_strong(&mut self) {
        self.strong = self.strong.saturating_sub(1);
    }

    pub(super) fn open_emphasis(&mut self) {
        self.emphasis += 1;
    }

    pub(super) fn close_emphasis(&mut self) {
        self.emphasis = self.emphasis.saturating_sub(1);
    }

    pub(super) fn open_code(&mut self) {
        if self.code == 0 {
            self.code_style = self.style();
        }
        self.code += 1;
    }

    pub(super) fn close_code(&mut self) {
        self.code = self.code.saturating_sub(1);
    }

    pub(super) fn open_link(&mut self, link: Option<Link>) {
        self.link = link.map(Rc::new);
    }

    pub(super) fn close_link(&mut self) {
        self.link = None;
    }
}
