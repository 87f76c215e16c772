//! Cutting a formula into words, numbers and signs.

use super::{FormulaError, Wrong};

/// A part of a formula, and its place: characters counted from 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    pub at: usize,
    pub kind: Kind,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    Number(f64),
    /// A word as it was written, and whether it stood in quotes.
    Word {
        word: String,
        quoted: bool,
    },
    /// `+ - * / ( ) ,`, in just these characters.
    Sign(char),
}

impl Token {
    /// The token as it is shown to a person.
    pub fn shown(&self) -> String {
        match &self.kind {
            Kind::Number(value) => value.to_string(),
            Kind::Word { word, .. } => word.clone(),
            Kind::Sign(sign) => sign.to_string(),
        }
    }
}

/// Signs in all the ways in which they are written.
fn sign(letter: char) -> Option<char> {
    match letter {
        '+' | '*' | '/' | '(' | ')' | ',' | '-' => Some(letter),
        '−' | '–' => Some('-'),
        '×' | '·' => Some('*'),
        '÷' => Some('/'),
        _ => None,
    }
}

/// Cuts a formula into tokens.
pub fn tokens(text: &str) -> Result<Vec<Token>, FormulaError> {
    let letters: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut place = 0;
    while place < letters.len() {
        let (at, letter) = (place + 1, letters[place]);
        if letter.is_whitespace() {
            place += 1;
        } else if matches!(letter, '"' | '“' | '”' | '„') {
            let (word, end) = quoted(&letters, place).ok_or(Wrong::OpenQuote.at(at))?;
            tokens.push(Token { at, kind: Kind::Word { word, quoted: true } });
            place = end;
        } else if let Some(sign) = sign(letter) {
            tokens.push(Token { at, kind: Kind::Sign(sign) });
            place += 1;
        } else {
            let end = (place..letters.len()).find(|&end| ends_word(&letters, end)).unwrap_or(letters.len());
            let word: String = letters[place..end].iter().collect();
            tokens.push(Token {
                at,
                kind: number(&word).map_or(Kind::Word { word, quoted: false }, Kind::Number),
            });
            place = end;
        }
    }
    Ok(tokens)
}

/// What stands between two quotes, and the place after them; a backslash takes the next character as it is.
fn quoted(letters: &[char], start: usize) -> Option<(String, usize)> {
    let mut word = String::new();
    let mut place = start + 1;
    loop {
        match letters.get(place)? {
            '"' | '“' | '”' => return Some((word, place + 1)),
            '\\' => {
                word.push(*letters.get(place + 1)?);
                place += 2;
            }
            letter => {
                word.push(*letter);
                place += 1;
            }
        }
    }
}

/// Whether a word ends before this place. A hyphen with letters on both sides is one of its letters.
fn ends_word(letters: &[char], place: usize) -> bool {
    let letter = letters[place];
    if letter == '-' {
        let is_letter = |letter: &char| letter.is_alphabetic();
        let before = place > 0 && is_letter(&letters[place - 1]);
        return !(before && letters.get(place + 1).is_some_and(is_letter));
    }
    letter.is_whitespace() || matches!(letter, '"' | '“' | '”' | '„') || sign(letter).is_some()
}

fn number(word: &str) -> Option<f64> {
    let plain = word.chars().all(|letter| letter.is_ascii_digit() || letter == '.');
    if plain { word.parse().ok() } else { None }
}
