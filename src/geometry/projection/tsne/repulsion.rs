//! How all points of a map push each other, by Barnes and Hut, "A hierarchical O(N log N) force-calculation algorithm", 1986.
//!
//! A stretch of points so small and so far away that they push nearly alike is taken as one heavy point at their mean. Which
//! stretches these are is found for a few neighboring points at a time, so that what is left to do for each of them is one
//! loop without choices.

use std::array;

use pulp::{Arch, NullaryFnOnce};
use rayon::prelude::*;

use crate::geometry::plane::{Node, Plane};

/// The most points for which the stretches are found together.
const GROUP: usize = 32;

/// Sources that are looked at abreast.
const LANES: usize = 16;

/// For every point i the sum Σⱼ q² (xᵢ − xⱼ) over all others, where q = 1 / (1 + |xᵢ − xⱼ|²), and the sum of all q.
///
/// `theta` says how coarsely: stretches narrower than `theta` √(1 + distance²) are taken as one point. It is not the distance
/// alone that counts, because q changes little within 1.
pub fn repulsion<const D: usize>(points: &[[f32; D]], theta: f32) -> (Vec<[f32; D]>, f64) {
    let plane = Plane::new(points.iter().copied().zip(0..).collect());
    let mut pushed = vec![([0.0; D], 0.0_f32); points.len()];
    let mut groups = Vec::new();
    let mut rest = &mut pushed[..];
    let mut next = 0;
    while let Some(node) = plane.nodes.get(next) {
        let count = (node.end - node.start) as usize;
        if count > GROUP && node.below > 0 {
            next += 1;
            continue;
        }
        let (own, others) = rest.split_at_mut(count);
        groups.push((node, own));
        rest = others;
        next += 1 + node.below as usize;
    }
    groups.into_par_iter().for_each_init(Sources::default, |sources, (group, pushed)| {
        sources.find(&plane, group, theta);
        Arch::new().dispatch(Push { points: plane.of(group), sources, pushed });
    });
    let mut forces = vec![[0.0; D]; points.len()];
    let mut total = 0.0;
    for ((_, number), (force, sum)) in plane.points.iter().zip(pushed) {
        forces[*number as usize] = force;
        // Less the 1 that each point finds in its own place.
        total += f64::from(sum) - 1.0;
    }
    (forces, total)
}

/// What pushes a group of points: D coordinates and a mass for each source, by column.
struct Sources<const D: usize> {
    at: [Vec<f32>; D],
    mass: Vec<f32>,
}

impl<const D: usize> Default for Sources<D> {
    fn default() -> Self {
        Self { at: array::from_fn(|_| Vec::new()), mass: Vec::new() }
    }
}

impl<const D: usize> Sources<D> {
    fn find(&mut self, plane: &Plane<D>, group: &Node<D>, theta: f32) {
        self.at.iter_mut().for_each(Vec::clear);
        self.mass.clear();
        let mut next = 0;
        while let Some(node) = plane.nodes.get(next) {
            next += 1 + node.below as usize;
            if node.start == node.end {
                continue;
            }
            let (mut width, mut square) = (0.0_f32, 1.0);
            for side in 0..D {
                width = width.max(node.max[side] - node.min[side]);
                let off =
                    (group.min[side] - node.center[side]).max(node.center[side] - group.max[side]).max(0.0);
                square += off * off;
            }
            if width * width < theta * theta * square {
                self.push(node.center, (node.end - node.start) as f32);
            } else if node.below > 0 {
                next -= node.below as usize;
            } else {
                plane.of(node).iter().for_each(|(point, _)| self.push(*point, 1.0));
            }
        }
        while !self.mass.len().is_multiple_of(LANES) {
            self.push([0.0; D], 0.0);
        }
    }

    fn push(&mut self, at: [f32; D], mass: f32) {
        self.at.iter_mut().zip(at).for_each(|(column, x)| column.push(x));
        self.mass.push(mass);
    }
}

/// Pushes a group of points.
struct Push<'a, const D: usize> {
    points: &'a [([f32; D], u32)],
    sources: &'a Sources<D>,
    pushed: &'a mut [([f32; D], f32)],
}

impl<const D: usize> NullaryFnOnce for Push<'_, D> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let columns: [&[[f32; LANES]]; D] = array::from_fn(|side| self.sources.at[side].as_chunks().0);
        let masses: &[[f32; LANES]] = self.sources.mass.as_chunks().0;
        let columns = columns.map(|column| &column[..masses.len()]);
        for ((point, _), (force, sum)) in self.points.iter().zip(self.pushed) {
            let mut sums = [0.0_f32; LANES];
            let mut forces = [[0.0_f32; LANES]; D];
            for (i, mass) in masses.iter().enumerate() {
                for lane in 0..LANES {
                    let mut off = [0.0; D];
                    let mut square = 1.0;
                    for side in 0..D {
                        off[side] = point[side] - columns[side][i][lane];
                        square += off[side] * off[side];
                    }
                    let q = square.recip();
                    let weight = mass[lane] * q;
                    sums[lane] += weight;
                    for side in 0..D {
                        forces[side][lane] += weight * q * off[side];
                    }
                }
            }
            *sum = sums.iter().sum();
            *force = forces.map(|lanes| lanes.iter().sum());
        }
    }
}
