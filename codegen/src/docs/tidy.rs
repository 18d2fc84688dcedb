//! Normalizes the spans of a paragraph as a parser returns them.

use std::rc::Rc;

use super::model::{Link, Piece, Span, Style};

/// Moves whitespace out of code spans, drops it at both ends, and marks up URLs in plain text and,
/// with `backticks`, words between backticks.
pub(super) fn tidy(spans: Vec<Span>, backticks: bool) -> Vec<Span> {
    let mut out: Vec<Span> = Vec::with_capacity(spans.len());
    for mut span in spans {
        match &mut span.piece {
            Piece::Code(code) => {
                let spaced = code.ends_with(' ');
                code.truncate(code.trim_end().len());
                out.push(span);
                if spaced {
                    out.push(plain(Piece::Space));
                }
            }
            Piece::Text(text) if is_stray(text, &out) => {
                out.pop();
                out.push(span);
            }
            Piece::Text(text) if span.style.link.is_none() => {
                mark_up(text, &span.style, backticks, &mut out);
            }
            Piece::Text(_) => out.push(span),
            Piece::Space | Piece::Break => match out.last().map(|last| &last.piece) {
                None | Some(Piece::Space | Piece::Break) if span.piece == Piece::Space => {}
                Some(Piece::Space) => {
                    out.pop();
                    out.push(span);
                }
                _ => out.push(span),
            },
        }
    }
    while out.last().is_some_and(|last| matches!(last.piece, Piece::Space | Piece::Break)) {
        out.pop();
    }
    out
}

/// Returns `true` if text is punctuation that was separated from the tag before it by a line break.
fn is_stray(text: &str, before: &[Span]) -> bool {
    let [.., tag, Span { piece: Piece::Space, .. }] = before else {
        return false;
    };
    let is_tag = tag.style.link.is_some() || matches!(tag.piece, Piece::Code(_));
    is_tag && text.chars().all(|c| matches!(c, '.' | ',' | ';' | ':' | ')'))
}

pub(super) fn plain(piece: Piece) -> Span {
    Span { piece, style: Style::default() }
}

/// Splits a run of text without whitespace at URLs and at words between backticks.
fn mark_up(text: &str, style: &Style, backticks: bool, out: &mut Vec<Span>) {
    let mut push = |piece, link: Option<Rc<Link>>| {
        let style = Style { link, ..style.clone() };
        out.push(Span { piece, style });
    };
    let mut done = 0;
    let mut at = 0;
    while let Some(found) = text[at..].find(['h', '`']) {
        let start = at + found;
        let rest = &text[start..];
        let marked = if backticks && rest.starts_with('`') { quoted(rest) } else { url(rest) };
        let Some((length, piece, link)) = marked else {
            at = start + 1;
            continue;
        };
        if done < start {
            push(Piece::Text(text[done..start].to_owned()), None);
        }
        push(piece, link.map(Rc::new));
        done = start + length;
        at = done;
    }
    if done < text.len() {
        push(Piece::Text(text[done..].to_owned()), None);
    }
}

type Marked = (usize, Piece, Option<Link>);

/// Parses a word between backticks at the start of the text.
fn quoted(text: &str) -> Option<Marked> {
    let rest = text.strip_prefix('`')?;
    let end = rest.find('`').filter(|end| *end > 0)?;
    Some((end + 2, Piece::Code(rest[..end].to_owned()), None))
}

/// Parses a URL at the start of the text: a link, or code if it is a template of one.
fn url(text: &str) -> Option<Marked> {
    let scheme = ["https://", "http://"].into_iter().find(|scheme| text.starts_with(scheme))?;
    // The characters that rustdoc accepts in a bare URL.
    let is_url = |c: char| c.is_ascii_alphanumeric() || "-@:%_+.~#?&/=".contains(c);
    let path = text[scheme.len()..].find(|c| !is_url(c) || "/?#:".contains(c));
    let path = path.map_or(text.len(), |path| scheme.len() + path);
    let host = &text[scheme.len()..path];
    let is_host = host.split('.').count() > 1 && host.split('.').all(|label| !label.is_empty());
    let is_template = |end: usize| text[end..].starts_with(['{', '<', '[', '$', '*']);
    if !is_host && !is_template(path) {
        return None;
    }
    let end = text[path..].find(|c| !is_url(c)).map_or(text.len(), |end| path + end);
    if is_template(end) {
        let template = text.trim_end_matches(['.', ',', ';', ':', '"', '\'', ')', '`']);
        return Some((template.len(), Piece::Code(template.to_owned()), None));
    }
    let link = text[..end].trim_end_matches(['.', ',', ':', '?', '_', '~', '-', '#', '&', '=']);
    let target = Some(Link::any(link));
    Some((link.len(), Piece::Text(link.to_owned()), target))
}
