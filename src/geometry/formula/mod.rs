//! Formulas of words: `king - man + woman`, `mean(cat, dog, horse)`, `0.5*paris + 0.5*london`.
//!
//! A word stands for its row as the file has it, a number for itself. There are `+`, `-`, `*`, `/`, parentheses,
//! `mean(…)` of any number of things, and `unit(…)`, which scales to length 1. A word that holds spaces or signs, or
//! that would be a number, stands in double quotes: `"new york"`, `"1984"`. A hyphen between letters belongs to the
//! word, so that a minus between words has a space beside it.

mod lexer;
mod parser;
mod wrong;

use self::parser::{Node, Operation, Part};

pub use wrong::{FormulaError, Wrong};

/// The longest formula that is read, in characters.
pub const LONGEST: usize = 2_000;

/// How deep parentheses may lie in one another.
const DEEPEST: usize = 60;

/// A formula that was understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Formula {
    root: Node,
}

/// What a part of a formula comes to.
enum Value {
    Number(f64),
    Vector(Vec<f64>),
}

impl Formula {
    /// Reads a formula.
    ///
    /// # Errors
    /// [`FormulaError`] with the place of whatever is not understood.
    pub fn parse(text: &str) -> Result<Self, FormulaError> {
        if let Some((at, _)) = text.chars().enumerate().nth(LONGEST) {
            return Err(Wrong::TooLong.at(at + 1));
        }
        let root = parser::parse(&lexer::tokens(text)?, text.chars().count())?;
        Ok(Self { root })
    }

    /// The words in it, each once, in the order in which they stand.
    #[must_use]
    pub fn words(&self) -> Vec<&str> {
        let mut words = Vec::new();
        collect(&self.root, &mut words);
        words
    }

    /// The vector that it comes to: d numbers. `vector_of` gives each word's d numbers.
    ///
    /// # Errors
    /// [`FormulaError`] where numbers and vectors do not fit together.
    pub fn evaluate<'v>(&self, vector_of: &impl Fn(&str) -> &'v [f32]) -> Result<Vec<f32>, FormulaError> {
        let at = self.root.at;
        let Value::Vector(vector) = value(&self.root, vector_of)? else {
            return Err(Wrong::OnlyNumber.at(at));
        };
        let vector: Vec<f32> = vector.into_iter().map(|x| x as f32).collect();
        if vector.iter().all(|x| x.is_finite()) { Ok(vector) } else { Err(Wrong::NotFinite.at(at)) }
    }
}

fn collect<'a>(node: &'a Node, words: &mut Vec<&'a str>) {
    match &node.operation {
        Operation::Number(_) => {}
        Operation::Word(word) if words.contains(&word.as_str()) => {}
        Operation::Word(word) => words.push(word),
        Operation::Sum(parts) | Operation::Product(parts) => {
            for part in parts {
                collect(&part.node, words);
            }
        }
        Operation::Negate(node) | Operation::Unit(node) => collect(node, words),
        Operation::Mean(nodes) => {
            for node in nodes {
                collect(node, words);
            }
        }
    }
}

fn value<'v>(node: &Node, vector_of: &impl Fn(&str) -> &'v [f32]) -> Result<Value, FormulaError> {
    let at = node.at;
    match &node.operation {
        Operation::Number(value) => number(*value, at),
        Operation::Word(word) => Ok(Value::Vector(vector_of(word).iter().map(|&x| f64::from(x)).collect())),
        Operation::Sum(parts) => chain(parts, vector_of, add),
        Operation::Product(parts) => chain(parts, vector_of, multiply),
        Operation::Negate(node) => Ok(value(node, vector_of)?.scaled(-1.0)),
        Operation::Mean(nodes) => {
            let mut sum: Vec<f64> = Vec::new();
            for node in nodes {
                let vector = vector(node, vector_of, "a mean")?;
                sum.resize(vector.len(), 0.0);
                sum.iter_mut().zip(vector).for_each(|(sum, x)| *sum += x);
            }
            Ok(Value::Vector(sum).scaled((nodes.len() as f64).recip()))
        }
        Operation::Unit(node) => {
            let vector = vector(node, vector_of, "the direction")?;
            let length = vector.iter().map(|x| x * x).sum::<f64>().sqrt();
            // A vector without length has no direction and stays as it is.
            Ok(Value::Vector(vector).scaled(if length > 0.0 { length.recip() } else { 1.0 }))
        }
    }
}

/// What a node comes to, where that must be a vector; `what` says for what.
fn vector<'v>(
    node: &Node,
    vector_of: &impl Fn(&str) -> &'v [f32],
    what: &'static str,
) -> Result<Vec<f64>, FormulaError> {
    match value(node, vector_of)? {
        Value::Vector(vector) => Ok(vector),
        Value::Number(_) => Err(Wrong::NumberIn(what).at(node.at)),
    }
}

/// Joins the parts of a sum or a product from left to right.
fn chain<'v>(
    parts: &[Part],
    vector_of: &impl Fn(&str) -> &'v [f32],
    join: fn(Value, Value, &Part) -> Result<Value, FormulaError>,
) -> Result<Value, FormulaError> {
    let (first, rest) = parts.split_first().expect("a sum has parts");
    let mut whole = value(&first.node, vector_of)?;
    for part in rest {
        whole = join(whole, value(&part.node, vector_of)?, part)?;
    }
    Ok(whole)
}

fn add(left: Value, right: Value, part: &Part) -> Result<Value, FormulaError> {
    let sign = if part.inverse { -1.0 } else { 1.0 };
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => number(a + sign * b, part.at),
        (Value::Vector(a), Value::Vector(b)) => {
            Ok(Value::Vector(a.iter().zip(&b).map(|(a, b)| a + sign * b).collect()))
        }
        _ => Err(Wrong::Mixed.at(part.at)),
    }
}

fn multiply(left: Value, right: Value, part: &Part) -> Result<Value, FormulaError> {
    match (left, right) {
        (_, Value::Number(0.0)) if part.inverse => Err(Wrong::Zero.at(part.at)),
        (Value::Number(a), Value::Number(b)) => number(if part.inverse { a / b } else { a * b }, part.at),
        (Value::Vector(vector), Value::Number(by)) => {
            Ok(Value::Vector(vector).scaled(if part.inverse { by.recip() } else { by }))
        }
        (Value::Number(by), Value::Vector(vector)) if !part.inverse => Ok(Value::Vector(vector).scaled(by)),
        _ if part.inverse => Err(Wrong::VectorBy("divided by").at(part.at)),
        _ => Err(Wrong::VectorBy("multiplied by").at(part.at)),
    }
}

fn number(value: f64, at: usize) -> Result<Value, FormulaError> {
    if value.is_finite() { Ok(Value::Number(value)) } else { Err(Wrong::NotFinite.at(at)) }
}

impl Value {
    fn scaled(self, by: f64) -> Self {
        match self {
            Self::Number(value) => Self::Number(value * by),
            Self::Vector(vector) => Self::Vector(vector.into_iter().map(|x| x * by).collect()),
        }
    }
}

#[cfg(test)]
mod tests;
