//! From tokens to a tree, by recursive descent.

use super::lexer::{Kind, Token};
use super::{DEEPEST, FormulaError, Wrong};

/// A part of a formula and its place: characters counted from 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub at: usize,
    pub operation: Operation,
}

/// What is done. Sums and products are flat, however long they are, so that a tree is only as deep as its parentheses.
#[derive(Debug, Clone, PartialEq)]
pub enum Operation {
    Number(f64),
    Word(String),
    Sum(Vec<Part>),
    Product(Vec<Part>),
    Negate(Box<Node>),
    Mean(Vec<Node>),
    Unit(Box<Node>),
}

/// A part of a sum or a product.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The place of the sign before it; of the first part, its own.
    pub at: usize,
    /// Whether it is taken away, or divided by.
    pub inverse: bool,
    pub node: Node,
}

/// Makes a tree of the tokens of a formula of `length` characters.
pub fn parse(tokens: &[Token], length: usize) -> Result<Node, FormulaError> {
    let mut parser = Parser { tokens, place: 0, length, depth: 0 };
    let root = parser.sum()?;
    match parser.peek() {
        None => Ok(root),
        Some(Token { at, kind: Kind::Sign(sign @ (')' | ',')) }) => {
            let found = Some(sign.to_string());
            Err(Wrong::Expected { found }.at(*at))
        }
        Some(token) => Err(Wrong::NoSign { before: token.shown() }.at(token.at)),
    }
}

struct Parser<'a> {
    tokens: &'a [Token],
    place: usize,
    length: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.place)
    }

    /// Takes the next token if it is one of these signs; gives its place and the sign.
    fn sign(&mut self, signs: &[char]) -> Option<(usize, char)> {
        let Some(Token { at, kind: Kind::Sign(sign) }) = self.peek() else { return None };
        let taken = signs.contains(sign).then_some((*at, *sign));
        self.place += usize::from(taken.is_some());
        taken
    }

    /// Goes one step deeper for what `part` reads, if that is not too deep.
    fn deeper<T>(
        &mut self,
        at: usize,
        part: impl FnOnce(&mut Self) -> Result<T, FormulaError>,
    ) -> Result<T, FormulaError> {
        if self.depth == DEEPEST {
            return Err(Wrong::TooDeep.at(at));
        }
        self.depth += 1;
        let read = part(self);
        self.depth -= 1;
        read
    }

    fn sum(&mut self) -> Result<Node, FormulaError> {
        self.chain(['+', '-'], Self::product, Operation::Sum)
    }

    fn product(&mut self) -> Result<Node, FormulaError> {
        self.chain(['*', '/'], Self::factor, Operation::Product)
    }

    /// Parts with one of two signs between them, of which the second is the inverse.
    fn chain(
        &mut self,
        signs: [char; 2],
        part: fn(&mut Self) -> Result<Node, FormulaError>,
        whole: fn(Vec<Part>) -> Operation,
    ) -> Result<Node, FormulaError> {
        let first = part(self)?;
        let at = first.at;
        let mut parts = Vec::new();
        while let Some((at, sign)) = self.sign(&signs) {
            parts.push(Part { at, inverse: sign == signs[1], node: part(self)? });
        }
        if parts.is_empty() {
            return Ok(first);
        }
        parts.insert(0, Part { at, inverse: false, node: first });
        Ok(Node { at, operation: whole(parts) })
    }

    fn factor(&mut self) -> Result<Node, FormulaError> {
        if let Some((at, sign)) = self.sign(&['+', '-']) {
            let part = self.deeper(at, Self::factor)?;
            if sign == '+' {
                return Ok(part);
            }
            return Ok(Node { at, operation: Operation::Negate(Box::new(part)) });
        }
        if let Some((at, _)) = self.sign(&['(']) {
            return self.deeper(at, |parser| {
                let inner = parser.sum()?;
                parser.close(at)?;
                Ok(inner)
            });
        }
        let Some(token) = self.peek() else {
            return Err(Wrong::Expected { found: None }.at(self.length + 1));
        };
        let at = token.at;
        let operation = match &token.kind {
            Kind::Sign(sign) => {
                let found = Some(sign.to_string());
                return Err(Wrong::Expected { found }.at(at));
            }
            Kind::Number(value) => Operation::Number(*value),
            Kind::Word { word, quoted } => {
                self.place += 1;
                let open = if *quoted { None } else { self.sign(&['(']) };
                return match open {
                    Some((open, _)) => self.function(word, at, open),
                    None => Ok(Node { at, operation: Operation::Word(word.clone()) }),
                };
            }
        };
        self.place += 1;
        Ok(Node { at, operation })
    }

    fn function(&mut self, name: &str, at: usize, open: usize) -> Result<Node, FormulaError> {
        if !["mean", "unit"].contains(&name) {
            return Err(FormulaError { at, wrong: Wrong::NoSuchFunction(name.to_owned()) });
        }
        self.deeper(open, |parser| {
            let first = parser.sum()?;
            if name == "unit" {
                parser.close(open)?;
                return Ok(Node { at, operation: Operation::Unit(Box::new(first)) });
            }
            let mut parts = vec![first];
            while parser.sign(&[',']).is_some() {
                parts.push(parser.sum()?);
            }
            parser.close(open)?;
            Ok(Node { at, operation: Operation::Mean(parts) })
        })
    }

    /// The end of the parenthesis that was opened at `open`.
    fn close(&mut self, open: usize) -> Result<(), FormulaError> {
        if self.sign(&[')']).is_some() {
            return Ok(());
        }
        Err(match self.peek() {
            None => Wrong::Open.at(open),
            Some(Token { at, kind: Kind::Sign(sign) }) => {
                Wrong::Expected { found: Some(sign.to_string()) }.at(*at)
            }
            Some(token) => Wrong::NoSign { before: token.shown() }.at(token.at),
        })
    }
}
