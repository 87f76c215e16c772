//! The most probable of all ways to cut a text, and those that came close.
//!
//! Source: Kudo 2018, "Subword Regularization": the score of a way is the sum of the logarithms of its pieces' probabilities.

use std::ops::Add;

use super::Part;

/// So many ways are told, the best among them.
const WAYS: usize = 5;

/// A piece that a text may go on with: its length in bytes, its ID, and its score.
#[derive(Debug, Clone, Copy)]
pub(in crate::tokens) struct Offer<S> {
    pub length: usize,
    pub id: u32,
    pub score: S,
}

/// A way to cut a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    /// Its pieces, each with its score.
    pub parts: Vec<(Part, f64)>,
    pub total: f64,
}

/// A way to come to an end.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The last piece.
    pub part: Part,
    pub score: f64,
    /// The best score up to where it begins, and its own.
    pub total: f64,
}

/// A place that pieces end at.
#[derive(Debug, Clone, PartialEq)]
pub struct End {
    /// The text up to here.
    pub bytes: Vec<u8>,
    /// The pieces that end here, the best first.
    pub candidates: Vec<Candidate>,
}

/// All that is compared on the way to the best cut.
#[derive(Debug, Clone, PartialEq)]
pub struct Paths {
    /// The places in the order in which they are reached.
    pub ends: Vec<End>,
    /// The best ways, the very best first.
    pub paths: Vec<Path>,
}

/// A way to a place: its total, where its last piece begins and which it is, and which of the ways to there it goes on with.
#[derive(Clone, Copy)]
struct Node<S> {
    total: S,
    start: usize,
    offer: Offer<S>,
    before: usize,
}

/// The best ways through `text`, where `offers` gives what may come at each place. Sums are taken in the order of the text and
/// in the numbers of the model, and of equals the first stays: so the best way is the one that the model takes.
pub(in crate::tokens) fn best_paths<S>(
    text: &str,
    offers: impl Fn(usize) -> Vec<Offer<S>>,
    part: impl Fn(&[u8], u32) -> Part,
) -> Paths
where
    S: Copy + PartialOrd + Add<Output = S> + Default + Into<f64>,
{
    let bytes = text.as_bytes();
    let mut nodes: Vec<Vec<Node<S>>> = vec![Vec::new(); bytes.len() + 1];
    let mut reached: Vec<Vec<Candidate>> = vec![Vec::new(); bytes.len() + 1];
    for (start, _) in text.char_indices() {
        let here = if start == 0 {
            vec![S::default()]
        } else {
            nodes[start].iter().map(|node| node.total).collect()
        };
        let Some(&best) = here.first() else { continue };
        for offer in offers(start) {
            let end = start + offer.length;
            for (before, &total) in here.iter().enumerate() {
                insert(&mut nodes[end], Node { total: offer.score + total, start, offer, before });
            }
            let (score, total) = (offer.score.into(), (offer.score + best).into());
            let candidate = Candidate { part: part(&bytes[start..end], offer.id), score, total };
            let at = reached[end].partition_point(|other| other.total >= total);
            reached[end].insert(at, candidate);
        }
    }
    let ends = reached.into_iter().enumerate().filter(|(_, candidates)| !candidates.is_empty());
    let read = |end: usize| part(&bytes[..end], u32::MAX).bytes;
    let ends = ends.map(|(end, candidates)| End { bytes: read(end), candidates }).collect();
    let path = |which: usize| {
        let (mut end, mut which) = (bytes.len(), which);
        let total = nodes[end][which].total.into();
        let mut parts = Vec::new();
        while end > 0 {
            let node = nodes[end][which];
            parts.push((part(&bytes[node.start..end], node.offer.id), node.offer.score.into()));
            (end, which) = (node.start, node.before);
        }
        parts.reverse();
        Path { parts, total }
    };
    let count = if bytes.is_empty() { 0 } else { nodes[bytes.len()].len() };
    Paths { ends, paths: (0..count).map(path).collect() }
}

/// Keeps the best [`WAYS`] nodes, the best first; of equals the earlier one comes before.
fn insert<S: Copy + PartialOrd>(nodes: &mut Vec<Node<S>>, node: Node<S>) {
    let at = nodes.partition_point(|other| other.total >= node.total);
    if at < WAYS {
        nodes.insert(at, node);
        nodes.truncate(WAYS);
    }
}
