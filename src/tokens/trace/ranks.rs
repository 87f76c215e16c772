//! The way through byte-level BPE by ranks.

use super::{MergeState, Order, Part, TracedWord, Way, states};
use crate::progress::{Cancelled, Progress};
use crate::tokens::pair_merging::{Joined, Symbol};
use crate::tokens::ranks::Ranks;

impl Ranks {
    /// The way of each word of a text.
    pub(super) fn trace(&self, text: &str, progress: &dyn Progress) -> Result<Vec<TracedWord>, Cancelled> {
        self.words(text).map(|word| self.trace_word(word.as_bytes(), progress)).collect()
    }

    fn trace_word(&self, word: &[u8], progress: &dyn Progress) -> Result<TracedWord, Cancelled> {
        let id = |from: u32, to: u32| self.pieces.id(&word[from as usize..to as usize]);
        let symbols: Vec<Symbol> = (0..word.len() as u32)
            .map(|at| Symbol { id: id(at, at + 1).unwrap_or_default(), start: at, end: at + 1 })
            .collect();
        let join = |left: &Symbol, right: &Symbol| {
            let id = id(left.start, right.end)?;
            Some(Joined { rank: id, id })
        };
        let part = |symbol: &Symbol| Part {
            bytes: word[symbol.start as usize..symbol.end as usize].to_vec(),
            id: Some(symbol.id),
        };
        let states = states(&symbols, join, part, |joined| f64::from(joined.rank), progress)?;
        let whole = self.pieces.id(word).map(|id| vec![Part { bytes: word.to_vec(), id: Some(id) }]);
        Ok(TracedWord::merged(word.to_vec(), Order::Rank, states, whole))
    }
}

impl TracedWord {
    /// A word that comes to the last of these states, unless it is taken as a `whole`.
    pub(in crate::tokens) fn merged(
        bytes: Vec<u8>,
        order: Order,
        states: Vec<MergeState>,
        whole: Option<Vec<Part>>,
    ) -> Self {
        let last = states.last().map(|state| state.parts.clone()).unwrap_or_default();
        match whole {
            // No merge leads there: it is looked up before any is made.
            Some(tokens) if tokens != last => Self { bytes, way: Way::Whole, tokens },
            _ => Self { bytes, way: Way::Merges(order, states), tokens: last },
        }
    }
}
