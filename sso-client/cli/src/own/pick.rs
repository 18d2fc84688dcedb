//! Chooses one of several on a terminal: by number, or by letters that narrow the list down.

use std::io::{self, BufRead, IsTerminal, Write};

use crate::errors::{Failed, printable_line};

/// How many are shown at once.
const SHOWN: usize = 15;

/// Whether there is somebody to ask.
pub(super) fn is_possible() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks on stderr until one is left, and returns its index.
pub(super) fn pick(names: &[String]) -> Result<usize, Failed> {
    choose(names, io::stdin().lock(), io::stderr())
}

fn choose(names: &[String], mut from: impl BufRead, mut to: impl Write) -> Result<usize, Failed> {
    let mut left: Vec<usize> = (0..names.len()).collect();
    loop {
        for (number, index) in left.iter().take(SHOWN).enumerate() {
            writeln!(to, "{:>3}  {}", number + 1, printable_line(&names[*index]))?;
        }
        if left.len() > SHOWN {
            writeln!(to, "     … and {} more", left.len() - SHOWN)?;
        }
        write!(to, "Number, or letters of the name: ")?;
        to.flush()?;
        let mut line = String::new();
        if from.read_line(&mut line)? == 0 {
            return Err(Failed::usage("nothing was chosen"));
        }
        let line = line.trim();
        let number = line.parse::<usize>().ok().filter(|number| (1..=left.len().min(SHOWN)).contains(number));
        if let Some(number) = number {
            return Ok(left[number - 1]);
        }
        let found: Vec<usize> = (0..names.len()).filter(|index| matches(&names[*index], line)).collect();
        match found.as_slice() {
            [only] => return Ok(*only),
            [] => writeln!(to, "Nothing matches {:?}.", printable_line(line))?,
            _ => left = found,
        }
    }
}

/// Whether a name has these letters in this order.
fn matches(name: &str, letters: &str) -> bool {
    let mut rest = name.chars().flat_map(char::to_lowercase);
    letters
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .flat_map(char::to_lowercase)
        .all(|letter| rest.any(|char| char == letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_letters() {
        let names = ["prod Audit", "prod Dev", "test Dev"].map(str::to_owned);
        for (typed, chosen) in [("2\n", Some(1)), ("tdv\n", Some(2)), ("prod\nx\n9\n2\n", Some(1)), ("prod\n", None)] {
            let mut shown = Vec::new();
            assert_eq!(
                choose(&names, typed.as_bytes(), &mut shown).ok(),
                chosen,
                "{}",
                String::from_utf8_lossy(&shown)
            );
        }
    }
}
