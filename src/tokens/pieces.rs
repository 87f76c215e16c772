//! A vocabulary as one block of bytes: ID to piece by index, piece to ID by hash.

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use std::hash::BuildHasher;

/// The pieces of a vocabulary, each a run of bytes with an ID.
///
/// All pieces lie in one block, so that 200,000 of them load without 200,000 allocations, and they are found by their bytes
/// without copying a key.
#[derive(Debug, Default, Clone)]
pub(super) struct Pieces {
    block: Vec<u8>,
    /// Start and end of each ID's piece in `block`; a hole in the numbering has `start == end`.
    spans: Vec<(u32, u32)>,
    index: HashTable<u32>,
    hasher: RandomState,
}

impl Pieces {
    /// An empty vocabulary with room for `count` pieces of `bytes` bytes together.
    pub(super) fn with_capacity(count: usize, bytes: usize) -> Self {
        Self {
            block: Vec::with_capacity(bytes),
            spans: Vec::with_capacity(count),
            index: HashTable::with_capacity(count),
            hasher: RandomState::default(),
        }
    }

    /// Adds a piece. Returns `false`, and changes nothing, if it is empty or its bytes or its ID are taken.
    pub(super) fn insert(&mut self, id: u32, piece: &[u8]) -> bool {
        let slot = id as usize;
        let taken = self.spans.get(slot).is_some_and(|(start, end)| start != end);
        if piece.is_empty() || taken || self.id(piece).is_some() {
            return false;
        }
        if slot >= self.spans.len() {
            self.spans.resize(slot + 1, (0, 0));
        }
        let start = self.block.len();
        self.block.extend_from_slice(piece);
        self.spans[slot] = (start as u32, self.block.len() as u32);
        let (block, spans, hasher) = (&self.block, &self.spans, &self.hasher);
        let bytes_of = |id: u32| {
            let (start, end) = spans[id as usize];
            &block[start as usize..end as usize]
        };
        self.index.insert_unique(hasher.hash_one(piece), id, |&id| hasher.hash_one(bytes_of(id)));
        true
    }

    /// The bytes of the piece with this ID.
    pub(super) fn get(&self, id: u32) -> Option<&[u8]> {
        let &(start, end) = self.spans.get(id as usize)?;
        (start != end).then(|| &self.block[start as usize..end as usize])
    }

    /// The ID of the piece with exactly these bytes.
    pub(super) fn id(&self, piece: &[u8]) -> Option<u32> {
        self.index.find(self.hasher.hash_one(piece), |&id| self.get(id) == Some(piece)).copied()
    }

    /// One more than the greatest ID.
    pub(super) fn end(&self) -> usize {
        self.spans.len()
    }

    /// How many pieces there are.
    pub(super) fn len(&self) -> usize {
        self.index.len()
    }
}

#[cfg(test)]
mod tests {
    use super::Pieces;

    #[test]
    fn pieces_are_found_both_ways_and_holes_are_no_pieces() {
        let mut pieces = Pieces::with_capacity(2, 8);
        assert!(pieces.insert(3, b"the"));
        assert!(pieces.insert(0, &[0xf0, 0x9f]));
        assert_eq!(pieces.id(b"the"), Some(3));
        assert_eq!(pieces.get(0), Some(&[0xf0, 0x9f][..]));
        assert_eq!(pieces.get(1), None);
        assert_eq!(pieces.get(9), None);
        assert_eq!(pieces.id(b"th"), None);
        assert_eq!((pieces.end(), pieces.len()), (4, 2));
    }

    #[test]
    fn a_second_piece_with_the_same_bytes_or_id_is_refused() {
        let mut pieces = Pieces::default();
        assert!(pieces.insert(0, b"a"));
        assert!(!pieces.insert(1, b"a"));
        assert!(!pieces.insert(0, b"b"));
        assert!(!pieces.insert(2, b""));
        assert_eq!((pieces.end(), pieces.len()), (1, 1));
    }
}
