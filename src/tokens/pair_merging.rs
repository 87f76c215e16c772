//! Byte-pair merging: the neighbors whose merge was learned first are joined, again and again.
//!
//! Source: Sennrich, Haddow and Birch 2016. Pairs wait in a heap and symbols form a linked list, so that a run of *n* bytes
//! without a break costs *n* log *n* steps, not *n*².

use crate::progress::{Cancelled, Progress};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// One symbol of a word: a token in the making.
#[derive(Debug, Clone, Copy)]
pub(super) struct Symbol {
    /// Its ID.
    pub(super) id: u32,
    /// Where it begins in the word, in bytes.
    pub(super) start: u32,
    /// Where it ends.
    pub(super) end: u32,
}

/// What two neighbors become.
#[derive(Debug, Clone, Copy)]
pub(super) struct Joined {
    /// Lower ranks are merged first; of equal ranks, the leftmost.
    pub(super) rank: u32,
    /// The ID of the joined symbol.
    pub(super) id: u32,
}

/// No neighbor on this side.
const NONE: u32 = u32::MAX;
/// A cancelled request is noticed after at most this many merges.
const CHECK_EVERY: usize = 4096;

#[derive(Clone, Copy)]
struct Link {
    symbol: Symbol,
    previous: u32,
    next: u32,
}

/// Joins neighbors until none can be joined, and gives what is left. `join` says what a pair becomes, if anything.
///
/// # Errors
/// [`Cancelled`] once `progress` says so.
pub(super) fn merge(
    symbols: &[Symbol],
    join: impl Fn(&Symbol, &Symbol) -> Option<Joined>,
    progress: &dyn Progress,
) -> Result<Vec<Symbol>, Cancelled> {
    merge_observed(symbols, join, |_| {}, progress)
}

/// [`merge`], of which each symbol is told that was joined of two others, in the order in which that happened.
///
/// # Errors
/// [`Cancelled`] once `progress` says so.
pub(super) fn merge_observed(
    symbols: &[Symbol],
    join: impl Fn(&Symbol, &Symbol) -> Option<Joined>,
    mut observe: impl FnMut(Symbol),
    progress: &dyn Progress,
) -> Result<Vec<Symbol>, Cancelled> {
    let count = symbols.len() as u32;
    let mut links: Vec<Link> = (0..count)
        .zip(symbols)
        .map(|(at, &symbol)| Link {
            symbol,
            previous: at.checked_sub(1).unwrap_or(NONE),
            next: if at + 1 < count { at + 1 } else { NONE },
        })
        .collect();
    // A waiting pair names its left link and where both halves ended: that is how an outdated one is known.
    let waiting = |links: &[Link], left: u32| {
        let (a, b) = (links[left as usize], links.get(links[left as usize].next as usize)?);
        let joined = join(&a.symbol, &b.symbol)?;
        Some(Reverse((joined.rank, left, a.symbol.end, b.symbol.end, joined.id)))
    };
    let mut heap: BinaryHeap<_> = (0..count).filter_map(|left| waiting(&links, left)).collect();
    let mut popped = 0_usize;
    while let Some(Reverse((_, left, middle, end, id))) = heap.pop() {
        popped += 1;
        if popped.is_multiple_of(CHECK_EVERY) {
            progress.check()?;
        }
        let a = links[left as usize];
        let Some(&b) = links.get(a.next as usize) else { continue };
        if a.symbol.end != middle || b.symbol.end != end {
            continue;
        }
        // The right half is taken out of the list; an end of zero makes whatever still waits for it outdated.
        links[a.next as usize].symbol.end = 0;
        let symbol = Symbol { id, start: a.symbol.start, end };
        links[left as usize] = Link { symbol, previous: a.previous, next: b.next };
        observe(symbol);
        if let Some(after) = links.get_mut(b.next as usize) {
            after.previous = left;
        }
        if a.previous != NONE {
            heap.extend(waiting(&links, a.previous));
        }
        heap.extend(waiting(&links, left));
    }
    let mut joined = Vec::new();
    let mut at = if links.is_empty() { NONE } else { 0 };
    while let Some(link) = links.get(at as usize) {
        joined.push(link.symbol);
        at = link.next;
    }
    Ok(joined)
}

#[cfg(test)]
mod tests {
    use super::{Joined, Symbol, merge};
    use crate::progress::{Cancelled, Unwanted, Unwatched};

    fn symbols(word: &str) -> Vec<Symbol> {
        word.bytes()
            .enumerate()
            .map(|(at, byte)| Symbol { id: byte as u32, start: at as u32, end: at as u32 + 1 })
            .collect()
    }

    fn ids(symbols: Vec<Symbol>) -> Vec<u32> {
        symbols.into_iter().map(|symbol| symbol.id).collect()
    }

    #[test]
    fn the_lowest_rank_wins_and_then_the_leftmost() {
        let vocabulary = ["ab", "bc", "abc", "aa"];
        let run = |word: &str| {
            let join = |left: &Symbol, right: &Symbol| {
                let text = &word[left.start as usize..right.end as usize];
                let rank = vocabulary.iter().position(|&piece| piece == text)? as u32;
                Some(Joined { rank, id: 1000 + rank })
            };
            ids(merge(&symbols(word), join, &Unwatched).unwrap())
        };
        assert_eq!(run("abc"), [1002]);
        assert_eq!(run("bcx"), [1001, u32::from(b'x')]);
        assert_eq!(run("aaa"), [1003, u32::from(b'a')]);
        assert_eq!(run(""), Vec::<u32>::new());
        assert_eq!(run("z"), [u32::from(b'z')]);
    }

    #[test]
    fn a_long_run_can_be_cancelled() {
        let join = |left: &Symbol, right: &Symbol| {
            let length = right.end - left.start;
            length.is_power_of_two().then_some(Joined { rank: length, id: length })
        };
        let word = "a".repeat(20_000);
        assert_eq!(merge(&symbols(&word), join, &Unwanted).map(ids), Err(Cancelled));
        let whole = ids(merge(&symbols(&word), join, &Unwatched).unwrap());
        assert_eq!(whole.iter().sum::<u32>(), 20_000);
    }
}
