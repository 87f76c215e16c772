//! What can be wrong with a formula, and where.

use std::fmt;

use super::{DEEPEST, LONGEST};

/// What is wrong with a formula, and at which of its characters, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("At character {at}: {wrong}.")]
pub struct FormulaError {
    pub at: usize,
    pub wrong: Wrong,
}

/// The ways in which a formula can be wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// Something else, or nothing, stands where a word, a number or a parenthesis should.
    Expected {
        found: Option<String>,
    },
    /// Two things follow one another with no sign between them.
    NoSign {
        before: String,
    },
    /// A parenthesis that nothing closes.
    Open,
    /// A quote that nothing closes.
    OpenQuote,
    /// Something before a parenthesis that is none of the functions.
    NoSuchFunction(String),
    TooLong,
    TooDeep,
    /// A number added to a vector.
    Mixed,
    /// A vector "multiplied by", or "divided by", a vector.
    VectorBy(&'static str),
    /// A division by zero.
    Zero,
    /// The whole is a number.
    OnlyNumber,
    /// A number where "a mean" or "the direction" of vectors is meant.
    NumberIn(&'static str),
    /// Numbers became too large.
    NotFinite,
}

impl Wrong {
    /// This, at a place.
    pub(super) fn at(self, at: usize) -> FormulaError {
        FormulaError { at, wrong: self }
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expected { found: Some(found) } => {
                write!(f, "a word, a number or “(” is expected, and there is “{found}”")
            }
            Self::Expected { found: None } => {
                f.write_str("a word, a number or “(” is expected, and the formula ends")
            }
            Self::NoSign { before } => write!(
                f,
                "a sign such as + or * is missing before “{before}”; words with spaces stand in double quotes"
            ),
            Self::Open => f.write_str("this parenthesis is not closed"),
            Self::OpenQuote => f.write_str("this quote is not closed"),
            Self::NoSuchFunction(name) => {
                write!(f, "there is no function “{name}”; there are mean(…) and unit(…)")
            }
            Self::TooLong => write!(f, "the formula is too long; at most {LONGEST} characters are read"),
            Self::TooDeep => write!(f, "parentheses lie too deep in one another; at most {DEEPEST} may"),
            Self::Mixed => f.write_str("a number cannot be added to a word: multiply a word by it"),
            Self::VectorBy(what) => write!(f, "a word can be {what} a number, not by a word"),
            Self::Zero => f.write_str("this divides by zero"),
            Self::OnlyNumber => f.write_str("the formula is a number: a word is needed in it"),
            Self::NumberIn(what) => write!(f, "{what} of words is meant, and there is a number"),
            Self::NotFinite => f.write_str("the numbers become too large"),
        }
    }
}
