//! Places the marks of strong text, emphasis and links.
//!
//! Markdown recognizes a mark only next to certain characters, and nests marks strictly. A mark that would not be
//! recognized is left out: plain text is better than stray asterisks.

use std::borrow::Cow;
use std::rc::Rc;

use super::model::{Link, Piece, Span};

/// How often to retry without the misplaced marks, before leaving out all of them.
const MAX_ATTEMPTS: usize = 6;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Mark {
    Strong,
    Emphasis,
    /// Emphasis with the mark that is also recognized within a word.
    Within,
    Link(Rc<Link>),
    /// A link whose text is its target.
    Autolink,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token<'a> {
    Text(Cow<'a, str>),
    Code(Cow<'a, str>),
    Space,
    Break,
    Open(Mark),
    Close(Mark),
}

/// Returns the tokens of a paragraph, with only those marks that Markdown recognizes.
pub(super) fn tokens(spans: &[Span]) -> Vec<Token<'_>> {
    let mut looks = looks(spans);
    for _ in 0..MAX_ATTEMPTS {
        let (placed, runs) = place(spans, &looks);
        let bad = misplaced(&placed);
        if bad.is_empty() {
            return placed.into_iter().map(|placed| placed.token).collect();
        }
        for run in bad {
            let Run { start, end, mark } = &runs[run];
            for look in &mut looks[*start..*end] {
                match mark {
                    Mark::Strong => look.strong = false,
                    Mark::Emphasis => look.emphasis = Emphasis::Within,
                    _ => look.emphasis = Emphasis::None,
                }
            }
        }
        settle(spans, &mut looks);
    }
    for look in &mut looks {
        look.strong = false;
        look.emphasis = Emphasis::None;
    }
    let (placed, _) = place(spans, &looks);
    placed.into_iter().map(|placed| placed.token).collect()
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Emphasis {
    #[default]
    None,
    /// With the mark that reads best, between whole words.
    Words,
    Within,
}

/// The style that a span is printed with.
#[derive(Debug, Clone, Default)]
struct Look {
    strong: bool,
    emphasis: Emphasis,
    link: Option<Rc<Link>>,
}

impl Look {
    fn is_linked_like(&self, other: &Look) -> bool {
        match (&self.link, &other.link) {
            (Some(one), Some(other)) => Rc::ptr_eq(one, other),
            (None, None) => true,
            _ => false,
        }
    }
}

fn looks(spans: &[Span]) -> Vec<Look> {
    let mut looks: Vec<Look> = spans
        .iter()
        .map(|Span { style, .. }| Look {
            strong: style.strong,
            emphasis: if style.emphasis { Emphasis::Words } else { Emphasis::None },
            link: style.link.clone(),
        })
        .collect();
    settle(spans, &mut looks);
    nest(&mut looks);
    settle(spans, &mut looks);
    looks
}

/// Gives each space the style that both of its neighbors share, which moves space at the ends of a tag to the
/// outside of the mark.
fn settle(spans: &[Span], looks: &mut [Look]) {
    let is_space = |span: &Span| matches!(span.piece, Piece::Space | Piece::Break);
    let mut before = Look::default();
    for (span, look) in spans.iter().zip(looks.iter_mut()) {
        if is_space(span) {
            *look = before.clone();
        } else {
            before = look.clone();
        }
    }
    let mut after = Look::default();
    for (span, look) in spans.iter().zip(looks.iter_mut()).rev() {
        if !is_space(span) {
            after = look.clone();
            continue;
        }
        look.strong &= after.strong;
        if look.emphasis != after.emphasis {
            look.emphasis = Emphasis::None;
        }
        if !look.is_linked_like(&after) {
            look.link = None;
        }
    }
}

/// Removes styles that overlap: links win, then strong text.
fn nest(looks: &mut [Look]) {
    for run in runs_of(looks, Look::is_linked_like) {
        if looks[run.0].link.is_some() {
            clear(looks, run, |look| look.strong, |look| look.strong = false);
            clear(looks, run, is_emphasized, |look| look.emphasis = Emphasis::None);
        }
    }
    for run in runs_of(looks, |a, b| a.strong == b.strong) {
        if looks[run.0].strong {
            clear(looks, run, is_emphasized, |look| look.emphasis = Emphasis::None);
        }
    }
}

fn is_emphasized(look: &Look) -> bool {
    look.emphasis != Emphasis::None
}

fn runs_of(looks: &[Look], same: impl Fn(&Look, &Look) -> bool) -> Vec<(usize, usize)> {
    let mut start = 0;
    let mut runs = Vec::new();
    for run in looks.chunk_by(same) {
        runs.push((start, start + run.len()));
        start += run.len();
    }
    runs
}

/// Clears a flag where it extends over one end of a run without covering all of it.
fn clear(looks: &mut [Look], (start, end): (usize, usize), has: impl Fn(&Look) -> bool, unset: impl Fn(&mut Look)) {
    if looks[start..end].iter().all(&has) {
        return;
    }
    if start > 0 && has(&looks[start - 1]) {
        looks[start..end].iter_mut().take_while(|look| has(look)).for_each(&unset);
    }
    if looks.get(end).is_some_and(&has) {
        looks[start..end].iter_mut().rev().take_while(|look| has(look)).for_each(&unset);
    }
}

/// A range of spans between a pair of marks.
#[derive(Debug, Clone)]
struct Run {
    start: usize,
    end: usize,
    mark: Mark,
}

/// A token, and the run that it opens or closes.
struct Placed<'a> {
    token: Token<'a>,
    run: usize,
}

fn place<'a>(spans: &'a [Span], looks: &[Look]) -> (Vec<Placed<'a>>, Vec<Run>) {
    let runs = marked_runs(spans, looks);
    let mut placed: Vec<Placed<'a>> = Vec::with_capacity(spans.len() + 2 * runs.len());
    let mut open: Vec<usize> = Vec::new();
    let mut next = 0;
    for (index, span) in spans.iter().enumerate() {
        close(&mut open, &runs, index, &mut placed);
        while let Some(run) = runs.get(next).filter(|run| run.start == index) {
            placed.push(Placed { token: Token::Open(run.mark.clone()), run: next });
            open.push(next);
            next += 1;
        }
        let token = match (&span.piece, placed.last_mut()) {
            (Piece::Code(code), Some(Placed { token: Token::Code(last), .. })) => {
                last.to_mut().push_str(code);
                continue;
            }
            (Piece::Text(text), Some(Placed { token: Token::Text(last), .. })) => {
                last.to_mut().push_str(text);
                continue;
            }
            (Piece::Code(code), _) => Token::Code(code.into()),
            (Piece::Text(text), _) => Token::Text(text.into()),
            (Piece::Space, _) => Token::Space,
            (Piece::Break, _) => Token::Break,
        };
        placed.push(Placed { token, run: usize::MAX });
    }
    close(&mut open, &runs, spans.len(), &mut placed);
    (placed, runs)
}

fn close(open: &mut Vec<usize>, runs: &[Run], index: usize, placed: &mut Vec<Placed<'_>>) {
    while let Some(run) = open.last().copied().filter(|run| runs[*run].end == index) {
        open.pop();
        placed.push(Placed { token: Token::Close(runs[run].mark.clone()), run });
    }
}

/// Returns the runs that get marks, in the order in which they open.
fn marked_runs(spans: &[Span], looks: &[Look]) -> Vec<Run> {
    let mut runs = Vec::new();
    for (start, end) in runs_of(looks, |a, b| a.strong == b.strong) {
        if looks[start].strong {
            runs.push(Run { start, end, mark: Mark::Strong });
        }
    }
    for (start, end) in runs_of(looks, |a, b| a.emphasis == b.emphasis) {
        let mark = match looks[start].emphasis {
            Emphasis::None => continue,
            Emphasis::Words => Mark::Emphasis,
            Emphasis::Within => Mark::Within,
        };
        runs.push(Run { start, end, mark });
    }
    for (start, end) in runs_of(looks, Look::is_linked_like) {
        if let Some(link) = &looks[start].link {
            let mark = match (&spans[start..end], &**link) {
                ([Span { piece: Piece::Text(text), .. }], Link::Target(target))
                    if text == target && text.starts_with("http") && !text.contains(';') =>
                {
                    Mark::Autolink
                }
                _ => Mark::Link(Rc::clone(link)),
            };
            runs.push(Run { start, end, mark });
        }
    }
    // A stable sort: of equal runs, the link is the innermost.
    runs.sort_by_key(|run| (run.start, std::cmp::Reverse(run.end)));
    runs
}

/// Returns the runs with a mark that Markdown would not recognize.
fn misplaced(tokens: &[Placed<'_>]) -> Vec<usize> {
    let mut bad = Vec::new();
    for (index, placed) in tokens.iter().enumerate() {
        let before = index.checked_sub(1).map(|index| &tokens[index].token);
        let after = tokens.get(index + 1).map(|placed| &placed.token);
        // What is outside of the pair of marks, and what is inside.
        let (mark, outside, inside) = match &placed.token {
            Token::Open(mark) => (mark, Edge::last(before), Edge::first(after)),
            Token::Close(mark) => (mark, Edge::first(after), Edge::last(before)),
            _ => continue,
        };
        let apart = matches!(outside, Edge::Space | Edge::Mark | Edge::Punctuation);
        let good = match mark {
            Mark::Strong => apart || inside == Edge::Word,
            Mark::Emphasis => apart,
            Mark::Within => outside != Edge::Mark && inside != Edge::Mark && (apart || inside == Edge::Word),
            Mark::Link(_) | Mark::Autolink => true,
        };
        if !good {
            bad.push(placed.run);
        }
    }
    bad
}

/// The kind of a character next to a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Edge {
    Space,
    Word,
    Punctuation,
    Mark,
    /// A character that Unicode may or may not classify as punctuation.
    Other,
}

impl Edge {
    fn of(c: Option<char>) -> Edge {
        match c {
            Some(c) if c.is_alphanumeric() => Edge::Word,
            Some(c) if c.is_ascii_punctuation() => Edge::Punctuation,
            Some(_) => Edge::Other,
            None => Edge::Space,
        }
    }

    fn first(token: Option<&Token<'_>>) -> Edge {
        match token {
            None | Some(Token::Space | Token::Break) => Edge::Space,
            Some(Token::Text(text)) => Edge::of(text.chars().next()),
            Some(Token::Code(_)) => Edge::Punctuation,
            Some(Token::Open(_) | Token::Close(_)) => Edge::Mark,
        }
    }

    fn last(token: Option<&Token<'_>>) -> Edge {
        match token {
            Some(Token::Text(text)) => Edge::of(text.chars().next_back()),
            other => Edge::first(other),
        }
    }
}
