//! Points of a map, arranged so that those near a place are found without looking at the others.
//!
//! A k-d tree (Bentley 1975) with leaves of a few points: however unevenly the points lie, every leaf holds about as many. The
//! nodes are kept one after another with their left halves first, so that the tree needs no pointers.

use std::collections::BinaryHeap;
use std::ops::Range;

/// The most points in a leaf.
pub const LEAF: usize = 8;

/// Stretches of more points than this are arranged by several threads.
const PARALLEL: usize = 1 << 13;

/// A point, and the number that it came with.
pub type Point<const D: usize> = ([f32; D], u32);

/// A stretch of the points and the rectangle (in three dimensions the box) around it.
#[derive(Debug, Clone, Copy)]
pub struct Node<const D: usize> {
    pub min: [f32; D],
    pub max: [f32; D],
    /// The mean of its points.
    pub center: [f32; D],
    /// Where its points begin and end in [`Plane::points`].
    pub start: u32,
    pub end: u32,
    /// The nodes below it, which follow it; 0 for a leaf.
    pub below: u32,
}

impl<const D: usize> Node<D> {
    fn new(points: Range<usize>, below: usize) -> Self {
        let [start, end, below] = [points.start, points.end, below].map(|at| at as u32);
        Self { min: [0.0; D], max: [0.0; D], center: [0.0; D], start, end, below }
    }

    /// The squared distance from a place to the nearest place of the rectangle.
    pub fn squared_distance(&self, at: [f32; D]) -> f32 {
        let off = |side: usize| (self.min[side] - at[side]).max(at[side] - self.max[side]).max(0.0);
        (0..D).map(|side| off(side) * off(side)).sum()
    }
}

/// The points of a map in D dimensions, in the order of the tree.
#[derive(Debug, Clone)]
pub struct Plane<const D: usize = 2> {
    /// Each point with the number that it came with; neighbors on the map are mostly near each other here.
    pub points: Vec<Point<D>>,
    /// The tree: the root, all of its left half, all of its right half.
    pub nodes: Vec<Node<D>>,
}

impl<const D: usize> Plane<D> {
    /// Arranges points, whose coordinates are finite. The same points always come to the same order.
    pub fn new(mut points: Vec<Point<D>>) -> Self {
        let leaves = points.len().div_ceil(LEAF).next_power_of_two();
        let mut nodes = vec![Node::new(0..0, 0); 2 * leaves - 1];
        arrange(&mut points, &mut nodes, 0);
        Self { points, nodes }
    }

    /// The points of a node.
    pub fn of(&self, node: &Node<D>) -> &[Point<D>] {
        &self.points[node.start as usize..node.end as usize]
    }

    /// The squared distance from `at` to the `k`-th nearest of the points other than number `itself`, or to the farthest
    /// where there are fewer; 0 if there are none. `space` is working space.
    pub fn reach(&self, at: [f32; D], itself: u32, k: usize, space: &mut BinaryHeap<u32>) -> f32 {
        space.clear();
        if k > 0 {
            self.look(0, at, itself, k, space);
        }
        space.peek().map_or(0.0, |&bits| f32::from_bits(bits))
    }

    /// Numbers that are not negative are in the order of their bits.
    fn look(&self, node: usize, at: [f32; D], itself: u32, k: usize, best: &mut BinaryHeap<u32>) {
        let below = self.nodes[node].below;
        if below == 0 {
            for (point, number) in self.of(&self.nodes[node]) {
                if *number == itself {
                    continue;
                }
                let bits = squared_distance(*point, at).to_bits();
                if best.len() < k {
                    best.push(bits);
                } else if let Some(mut worst) = best.peek_mut()
                    && bits < *worst
                {
                    *worst = bits;
                }
            }
            return;
        }
        let children = [node + 1, node + 1 + below as usize / 2];
        let distances = children.map(|child| self.nodes[child].squared_distance(at));
        let near = usize::from(distances[1] < distances[0]);
        for child in [near, 1 - near] {
            let full = best.len() == k;
            if !full || best.peek().is_none_or(|&worst| distances[child].to_bits() < worst) {
                self.look(children[child], at, itself, k, best);
            }
        }
    }
}

/// The squared distance of two points of the map.
pub fn squared_distance<const D: usize>(a: [f32; D], b: [f32; D]) -> f32 {
    (0..D).map(|side| (a[side] - b[side]) * (a[side] - b[side])).sum()
}

/// Halves the points along the wider side of the rectangle around them, again and again, and notes the halves in `nodes`.
fn arrange<const D: usize>(points: &mut [Point<D>], nodes: &mut [Node<D>], start: usize) {
    let Some((node, below)) = nodes.split_first_mut() else { return };
    *node = Node::new(start..start + points.len(), below.len());
    let Some((first, _)) = points.first() else { return };
    (node.min, node.max) = (*first, *first);
    let mut sum = [0.0_f64; D];
    for (point, _) in &*points {
        for side in 0..D {
            node.min[side] = node.min[side].min(point[side]);
            node.max[side] = node.max[side].max(point[side]);
            sum[side] += f64::from(point[side]);
        }
    }
    node.center = sum.map(|sum| (sum / points.len() as f64) as f32);
    if below.is_empty() {
        return;
    }
    let extent = |side: &usize| node.max[*side] - node.min[*side];
    let wider = (0..D).max_by(|a, b| extent(a).total_cmp(&extent(b))).unwrap_or_default();
    let half = points.len() / 2;
    points.select_nth_unstable_by(half, |a, b| a.0[wider].total_cmp(&b.0[wider]).then(a.1.cmp(&b.1)));
    let parallel = points.len() > PARALLEL;
    let (left, right) = points.split_at_mut(half);
    let (left_nodes, right_nodes) = below.split_at_mut(below.len() / 2);
    let mut left = move || arrange(left, left_nodes, start);
    let mut right = move || arrange(right, right_nodes, start + half);
    if parallel {
        rayon::join(left, right);
    } else {
        left();
        right();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_reach_is_that_of_looking_at_every_point(
            points in prop::collection::vec((-20_i8..20, -3_i8..3).prop_map(|(x, y)| [f32::from(x), f32::from(y)]), 0..200),
            k in 0_usize..12,
        ) {
            let plane = Plane::new(points.iter().copied().zip(0..).collect());
            let mut space = BinaryHeap::new();
            for (i, &at) in points.iter().enumerate() {
                let others = points.iter().enumerate().filter(|(j, _)| *j != i);
                let mut distances: Vec<f32> = others.map(|(_, &other)| squared_distance(at, other)).collect();
                distances.sort_by(f32::total_cmp);
                let expected = distances.get(k.saturating_sub(1)).or(distances.last()).copied();
                let expected = if k == 0 { 0.0 } else { expected.unwrap_or(0.0) };
                prop_assert_eq!(plane.reach(at, i as u32, k, &mut space), expected);
            }
        }
    }

    #[test]
    fn nodes_hold_all_points_and_their_means() {
        let points: Vec<Point<2>> = (0..20_000).map(|i| ([(i % 97) as f32, (i / 97) as f32], i)).collect();
        let plane = Plane::new(points);
        for node in &plane.nodes {
            let points = &plane.points[node.start as usize..node.end as usize];
            assert!(points.iter().all(|(point, _)| node.squared_distance(*point) == 0.0));
            let mean = points.iter().map(|(point, _)| f64::from(point[0])).sum::<f64>() / points.len() as f64;
            assert!((mean - f64::from(node.center[0])).abs() < 1e-3);
        }
        assert_eq!(plane.of(&plane.nodes[0]).len(), 20_000);
    }
}
