//! From words to an expression, by how strongly words bind to what stands before them.

use std::iter::Peekable;
use std::vec::IntoIter;

use super::ast::{Comparison, Expr, Source};
use super::lexer::{Token, tokens};

/// How many words an expression may have: expressions are followed by recursion, and no text of a
/// model must exhaust the stack.
const MAX_TOKENS: usize = 256;

/// How strongly words bind. What binds less than `FLATTEN` + 1 ends a projection.
mod power {
    pub(super) const PIPE: u8 = 1;
    pub(super) const OR: u8 = 2;
    pub(super) const AND: u8 = 3;
    pub(super) const COMPARE: u8 = 5;
    pub(super) const FLATTEN: u8 = 9;
    pub(super) const STAR: u8 = 20;
    pub(super) const FILTER: u8 = 21;
    pub(super) const DOT: u8 = 40;
    pub(super) const NOT: u8 = 45;
    pub(super) const BRACKET: u8 = 55;
}

/// Parses an expression.
///
/// # Errors
///
/// What is wrong with it.
pub(crate) fn parse(text: &str) -> Result<Expr, String> {
    let tokens = tokens(text)?;
    if tokens.len() > MAX_TOKENS {
        return Err(format!("it has more than {MAX_TOKENS} words"));
    }
    let mut parser = Parser { tokens: tokens.into_iter().peekable() };
    let expr = parser.expression(0)?;
    match parser.tokens.next() {
        None => Ok(expr),
        Some(token) => Err(unexpected(&token)),
    }
}

fn unexpected(token: &Token) -> String {
    format!("{token:?} stands where it cannot")
}

/// How strongly a word binds to what stands before it.
fn binding(token: &Token) -> u8 {
    match token {
        Token::Pipe => power::PIPE,
        Token::Or => power::OR,
        Token::And => power::AND,
        Token::Compare(_) => power::COMPARE,
        Token::Flatten => power::FLATTEN,
        Token::Filter => power::FILTER,
        Token::Dot => power::DOT,
        Token::LeftBracket => power::BRACKET,
        _ => 0,
    }
}

/// `left.right`. Brackets bind to the right side alone, `a.(b[0])`, which gives what `(a.b)[0]` does;
/// with what follows at the outside, there is only one form to compile.
fn sub(left: Box<Expr>, right: Expr) -> Expr {
    match right {
        Expr::Index(inner, index) => Expr::Index(Box::new(sub(left, *inner)), index),
        Expr::Project { left: inner, source, right } => {
            Expr::Project { left: Box::new(sub(left, *inner)), source, right }
        }
        right => Expr::Sub(left, Box::new(right)),
    }
}

struct Parser {
    tokens: Peekable<IntoIter<Token>>,
}

impl Parser {
    fn next(&mut self) -> Result<Token, String> {
        self.tokens.next().ok_or_else(|| "it ends too early".to_owned())
    }

    fn next_if(&mut self, token: &Token) -> bool {
        self.tokens.next_if_eq(token).is_some()
    }

    fn expect(&mut self, token: &Token) -> Result<(), String> {
        match self.next()? {
            found if found == *token => Ok(()),
            found => Err(format!("{found:?} stands where {token:?} has to")),
        }
    }

    /// What binds more strongly than `power` to what stands before it.
    fn expression(&mut self, power: u8) -> Result<Expr, String> {
        let first = self.next()?;
        let mut left = self.first(first)?;
        while let Some(token) = self.tokens.next_if(|token| binding(token) > power) {
            left = self.following(left, token)?;
        }
        Ok(left)
    }

    /// An expression that begins with a word.
    fn first(&mut self, token: Token) -> Result<Expr, String> {
        Ok(match token {
            Token::Name(name) if self.next_if(&Token::LeftParen) => {
                Expr::Call(name, self.until(&Token::RightParen, |parser| parser.expression(0))?)
            }
            Token::Name(name) | Token::QuotedName(name) => Expr::Field(name),
            Token::Literal(value) => Expr::Literal(value),
            Token::Current => Expr::Current,
            Token::Star => self.project(Expr::Current, Source::Values, power::STAR)?,
            Token::Flatten => self.project(Expr::Current, Source::Flatten, power::FLATTEN)?,
            Token::Filter => self.filter(Expr::Current)?,
            Token::LeftBracket if self.is_index() => self.index(Expr::Current)?,
            Token::LeftBracket => self.list()?,
            Token::LeftBrace => self.hash()?,
            Token::LeftParen => {
                let inner = self.expression(0)?;
                self.expect(&Token::RightParen)?;
                inner
            }
            Token::Not => Expr::Not(Box::new(self.expression(power::NOT)?)),
            Token::Ampersand => Expr::Reference(Box::new(self.expression(0)?)),
            other => return Err(unexpected(&other)),
        })
    }

    /// An expression that goes on with a word.
    fn following(&mut self, left: Expr, token: Token) -> Result<Expr, String> {
        let left = Box::new(left);
        Ok(match token {
            Token::Pipe => Expr::Pipe(left, self.boxed(power::PIPE)?),
            Token::Or => Expr::Or(left, self.boxed(power::OR)?),
            Token::And => Expr::And(left, self.boxed(power::AND)?),
            Token::Compare(comparison) => Expr::Compare(comparison, left, self.boxed(power::COMPARE)?),
            Token::Dot if self.next_if(&Token::Star) => self.project(*left, Source::Values, power::STAR)?,
            Token::Dot => sub(left, self.behind_dot(power::DOT)?),
            Token::Flatten => self.project(*left, Source::Flatten, power::FLATTEN)?,
            Token::Filter => self.filter(*left)?,
            Token::LeftBracket => self.index(*left)?,
            other => return Err(unexpected(&other)),
        })
    }

    fn boxed(&mut self, power: u8) -> Result<Box<Expr>, String> {
        self.expression(power).map(Box::new)
    }

    fn behind_dot(&mut self, power: u8) -> Result<Expr, String> {
        match self.tokens.peek() {
            Some(Token::Name(_) | Token::QuotedName(_) | Token::Star) => self.expression(power),
            Some(Token::LeftBracket) => {
                self.next()?;
                self.list()
            }
            Some(Token::LeftBrace) => {
                self.next()?;
                self.hash()
            }
            _ => Err("nothing that may stand there follows a dot".to_owned()),
        }
    }

    /// A projection, whose right side is what follows and binds more strongly than `power`.
    pub(super) fn project(&mut self, left: Expr, source: Source, power: u8) -> Result<Expr, String> {
        let right = match self.tokens.peek() {
            Some(Token::Dot) => {
                self.next()?;
                self.behind_dot(power)?
            }
            Some(Token::LeftBracket | Token::Filter) => self.expression(power)?,
            _ => Expr::Current,
        };
        Ok(Expr::Project { left: Box::new(left), source, right: Box::new(right) })
    }

    fn filter(&mut self, left: Expr) -> Result<Expr, String> {
        let condition = self.expression(0)?;
        self.expect(&Token::RightBracket)?;
        self.project(left, Source::Filter(Box::new(condition)), power::FILTER)
    }

    /// What stands in brackets behind a value: an index, a slice, or a star.
    fn index(&mut self, left: Expr) -> Result<Expr, String> {
        if self.next_if(&Token::Star) {
            self.expect(&Token::RightBracket)?;
            return self.project(left, Source::Items, power::STAR);
        }
        let mut parts = [None; 3];
        let mut part = 0;
        loop {
            match self.next()? {
                Token::Number(number) if parts[part].is_none() => parts[part] = Some(number),
                Token::Colon if part < 2 => part += 1,
                Token::RightBracket => break,
                other => return Err(unexpected(&other)),
            }
        }
        match (part, parts) {
            (0, [Some(index), ..]) => Ok(Expr::Index(Box::new(left), index)),
            (0, _) | (_, [_, _, Some(0)]) => Err("nothing that may stand there stands in brackets".to_owned()),
            (_, [start, stop, step]) => {
                self.project(left, Source::Slice { start, stop, step: step.unwrap_or(1) }, power::STAR)
            }
        }
    }

    /// Whether brackets that have been opened hold an index, a slice, or nothing but a star, and
    /// not the items of a list.
    fn is_index(&self) -> bool {
        let mut ahead = self.tokens.clone();
        match ahead.next() {
            Some(Token::Number(_) | Token::Colon) => true,
            Some(Token::Star) => ahead.next() == Some(Token::RightBracket),
            _ => false,
        }
    }

    fn list(&mut self) -> Result<Expr, String> {
        let items = self.until(&Token::RightBracket, |parser| parser.expression(0))?;
        if items.is_empty() { Err("a list needs an item".to_owned()) } else { Ok(Expr::List(items)) }
    }

    fn hash(&mut self) -> Result<Expr, String> {
        let entries = self.until(&Token::RightBrace, |parser| match parser.next()? {
            Token::Name(name) | Token::QuotedName(name) => {
                parser.expect(&Token::Colon)?;
                Ok((name, parser.expression(0)?))
            }
            other => Err(unexpected(&other)),
        })?;
        if entries.is_empty() { Err("an object needs an entry".to_owned()) } else { Ok(Expr::Hash(entries)) }
    }

    /// What stands between commas, up to an end.
    fn until<T>(
        &mut self,
        end: &Token,
        mut item: impl FnMut(&mut Self) -> Result<T, String>,
    ) -> Result<Vec<T>, String> {
        let mut items = Vec::new();
        if self.next_if(end) {
            return Ok(items);
        }
        loop {
            items.push(item(self)?);
            if self.next_if(end) {
                return Ok(items);
            }
            self.expect(&Token::Comma)?;
        }
    }
}

impl Comparison {
    /// Whether it asks which of two numbers is greater.
    pub(crate) fn is_order(self) -> bool {
        !matches!(self, Self::Equal | Self::NotEqual)
    }
}
