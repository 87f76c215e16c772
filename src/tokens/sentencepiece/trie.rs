//! A trie over bytes: which pieces begin at a place of a text, without looking at any twice.

/// Pieces by their bytes, one byte a step.
///
/// Nodes are numbered breadth first, so that the children of each stand side by side, in the order of their bytes.
#[derive(Debug, Default, Clone)]
pub(super) struct Trie {
    /// The first child of each node; its last stands before the first of the node after it. One more than there are nodes.
    first_child: Vec<u32>,
    /// The byte that leads to each node.
    bytes: Vec<u8>,
    /// What ends at each node, or [`NOTHING`].
    values: Vec<u32>,
}

/// No piece ends here.
const NOTHING: u32 = u32::MAX;

impl Trie {
    /// A trie of these pieces and their numbers. Empty pieces are left out; of two that are equal, one is kept.
    pub(super) fn new<'p>(pieces: impl Iterator<Item = (&'p [u8], u32)>) -> Self {
        let mut pieces: Vec<(&[u8], u32)> = pieces.filter(|(piece, _)| !piece.is_empty()).collect();
        pieces.sort_unstable();
        pieces.dedup_by_key(|(piece, _)| *piece);
        let mut trie = Self::default();
        if pieces.is_empty() {
            return trie;
        }
        // Each node's stretch of the sorted pieces: they agree in their first `depth` bytes.
        let mut stretches = vec![(0, pieces.len(), 0)];
        trie.bytes.push(0);
        let mut node = 0;
        while let Some(&(mut start, end, depth)) = stretches.get(node) {
            let ends_here = pieces[start].0.len() == depth;
            trie.values.push(if ends_here { pieces[start].1 } else { NOTHING });
            start += usize::from(ends_here);
            trie.first_child.push(stretches.len() as u32);
            while start < end {
                let byte = pieces[start].0[depth];
                let same = pieces[start..end].iter().take_while(|(piece, _)| piece[depth] == byte).count();
                stretches.push((start, start + same, depth + 1));
                trie.bytes.push(byte);
                start += same;
            }
            node += 1;
        }
        trie.first_child.push(stretches.len() as u32);
        trie
    }

    /// The node that `byte` leads to. The root is node 0.
    fn child(&self, node: u32, byte: u8) -> Option<u32> {
        let (first, end) = (*self.first_child.get(node as usize)?, *self.first_child.get(node as usize + 1)?);
        let children = &self.bytes[first as usize..end as usize];
        children.binary_search(&byte).ok().map(|at| first + at as u32)
    }

    /// The pieces with which `text` begins, shortest first: their lengths and numbers.
    pub(super) fn prefixes<'t>(&'t self, text: &'t [u8]) -> impl Iterator<Item = (usize, u32)> + 't {
        let (mut node, mut length) = (0, 0);
        std::iter::from_fn(move || {
            loop {
                node = self.child(node, *text.get(length)?)?;
                length += 1;
                let value = self.values[node as usize];
                if value != NOTHING {
                    return Some((length, value));
                }
            }
        })
    }

    /// The longest piece with which `text` begins.
    pub(super) fn longest(&self, text: &[u8]) -> Option<(usize, u32)> {
        self.prefixes(text).last()
    }
}

#[cfg(test)]
mod tests {
    use super::Trie;
    use proptest::prelude::*;

    #[test]
    fn prefixes_come_shortest_first() {
        let trie = Trie::new(
            [("a", 5), ("abc", 1), ("ab", 3), ("b", 2), ("", 9)].map(|(p, n)| (p.as_bytes(), n)).into_iter(),
        );
        assert_eq!(trie.prefixes(b"abcd").collect::<Vec<_>>(), [(1, 5), (2, 3), (3, 1)]);
        assert_eq!(trie.longest(b"abd"), Some((2, 3)));
        assert_eq!(trie.longest(b"cab"), None);
        assert_eq!(Trie::new(std::iter::empty()).longest(b"a"), None);
    }

    proptest! {
        #[test]
        fn what_is_found_is_what_begins_so(words in prop::collection::btree_set("[abc]{1,5}", 1..20), text in "[abc]{0,8}") {
            let words: Vec<String> = words.into_iter().collect();
            let trie = Trie::new((0..).zip(&words).map(|(number, word)| (word.as_bytes(), number)));
            let mut expected: Vec<(usize, u32)> = (0..).zip(&words).filter(|(_, word)| text.starts_with(word.as_str()))
                .map(|(number, word)| (word.len(), number)).collect();
            expected.sort_unstable();
            prop_assert_eq!(trie.prefixes(text.as_bytes()).collect::<Vec<_>>(), expected);
        }
    }
}
