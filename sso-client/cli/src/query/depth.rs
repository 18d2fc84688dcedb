//! How deeply an expression is nested, before anything parses it: parsers and interpreters of JMESPath call themselves for
//! each level, and a stack that overflows ends the program.

/// The deepest that is accepted; Python's library gives up at about as many.
pub(super) const MAX: usize = 256;

/// What stands between two signs that open and close.
#[derive(Default)]
struct Level {
    /// The depth of the deepest expression before the last comma.
    before: usize,
    /// How many times expressions were joined by `|`, `||` or `&&` since then, and the deepest of those joined.
    joins: usize,
    joined: usize,
    /// How many other signs there are in the expression since then, and the deepest level in it.
    signs: usize,
    inner: usize,
}

impl Level {
    fn join(&mut self) {
        self.joined = self.joined.max(self.signs + self.inner);
        (self.signs, self.inner) = (0, 0);
        self.joins += 1;
    }

    fn depth(&self) -> usize {
        self.before.max(self.joins + self.joined.max(self.signs + self.inner))
    }
}

/// The depth, or a little more: each sign counts as if it nested all others of its expression.
pub(super) fn of(text: &str) -> usize {
    let (mut level, mut outer) = (Level::default(), Vec::new());
    let close = |level: &mut Level, before: Level| {
        let inner = std::mem::replace(level, before).depth();
        level.inner = level.inner.max(inner);
    };
    let mut last = ' ';
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match char {
            '`' | '\'' | '"' => skip(&mut chars, char),
            '(' | '[' | '{' => {
                level.signs += 1;
                outer.push(std::mem::take(&mut level));
            }
            ')' | ']' | '}' => {
                if let Some(before) = outer.pop() {
                    close(&mut level, before);
                }
            }
            ',' => level = Level { before: level.depth(), ..Level::default() },
            // The second of `||`, `&&` and `==` belongs to the first.
            '|' | '&' if last != char => level.join(),
            '.' | '!' | '<' | '>' => level.signs += 1,
            '=' if last != char => level.signs += 1,
            _ => {}
        }
        last = if last == char { ' ' } else { char };
    }
    while let Some(before) = outer.pop() {
        close(&mut level, before);
    }
    level.depth()
}

fn skip(chars: &mut std::str::Chars<'_>, quote: char) {
    while let Some(char) = chars.next() {
        if char == '\\' {
            chars.next();
        } else if char == quote {
            return;
        }
    }
}
