//! Byte-pair encoding, step by step.

use super::Part;
use crate::progress::{Cancelled, Progress};
use crate::tokens::pair_merging::{Joined, Symbol, merge_observed};

/// What decides which pair is joined next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The pair that was learned first has the lowest rank, and is joined first.
    Rank,
    /// What a pair becomes has a score, and the highest is joined first.
    Score,
}

/// A word after some of its merges.
#[derive(Debug, Clone, PartialEq)]
pub struct MergeState {
    pub parts: Vec<Part>,
    /// For each two neighbors their rank or score, if they can be joined.
    pub pairs: Vec<Option<f64>>,
    /// The part that was joined last.
    pub made: Option<usize>,
}

/// The states of a word from its first symbols to the last merge. `part` says what is read of a symbol, and `value` what is
/// shown of a pair.
pub(in crate::tokens) fn states(
    symbols: &[Symbol],
    join: impl Fn(&Symbol, &Symbol) -> Option<Joined>,
    part: impl Fn(&Symbol) -> Part,
    value: impl Fn(&Joined) -> f64,
    progress: &dyn Progress,
) -> Result<Vec<MergeState>, Cancelled> {
    let mut joined = Vec::new();
    merge_observed(symbols, &join, |symbol| joined.push(symbol), progress)?;
    let mut symbols = symbols.to_vec();
    let state = |symbols: &[Symbol], made: Option<usize>| MergeState {
        parts: symbols.iter().map(&part).collect(),
        pairs: symbols.windows(2).map(|pair| join(&pair[0], &pair[1]).as_ref().map(&value)).collect(),
        made,
    };
    let mut states = vec![state(&symbols, None)];
    for symbol in joined {
        let Some(left) = symbols.iter().position(|known| known.start == symbol.start) else { continue };
        symbols.splice(left..(left + 2).min(symbols.len()), [symbol]);
        states.push(state(&symbols, Some(left)));
    }
    Ok(states)
}
