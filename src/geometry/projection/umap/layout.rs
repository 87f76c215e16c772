//! The epochs of UMAP.
//!
//! The published program lets edge after edge move both of its ends. Here every point gathers what moves it, from where the
//! others are: then points can be moved by many threads, none of which writes what another reads, and the map is the same
//! whatever the threads do. Points take turns in a few batches, so that few are moved by what is about to move as well.

use pulp::{Arch, NullaryFnOnce};
use rand::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;
use rayon::prelude::*;

use super::curve::{Curve, STRANGERS};
use crate::geometry::projection::neighborhood::{Graph, Moved, Rounds};
use crate::progress::{Cancelled, Progress};

/// The points are moved in so many turns.
const BATCHES: usize = 8;

/// No more points than these are moved one after another, edge after edge with both of its ends, as published. What pulls then
/// moves both ends by the same, which keeps small islands from drifting apart; with more points too little is left of that to
/// see, and threads count.
const FEW: usize = 4_096;

/// Points that are moved by one task.
const BLOCK: usize = 128;

/// Moves points epoch by epoch.
pub struct Layout<'a, const D: usize> {
    graph: &'a Graph,
    curve: Curve,
    points: Vec<[f32; D]>,
    seed: u64,
}

impl<'a, const D: usize> Layout<'a, D> {
    /// Begins at `points`. The weights of `graph` say in what share of the epochs its edges pull.
    pub fn new(graph: &'a Graph, curve: Curve, points: Vec<[f32; D]>, seed: u64) -> Self {
        Self { graph, curve, points, seed }
    }

    /// Goes on for `epochs`, or until `show`, which is told of the rounds so far and of all, has enough. Gives the points, and these
    /// rounds where some were left.
    ///
    /// # Errors
    /// [`Cancelled`] once `progress` says so.
    pub fn run(
        mut self,
        epochs: usize,
        show: &mut Rounds<'_>,
        progress: &dyn Progress,
    ) -> Result<Moved<D>, Cancelled> {
        let mut moved = Vec::new();
        for epoch in 0..epochs {
            let rate = 1.0 - epoch as f32 / epochs as f32;
            if self.points.len() <= FEW {
                progress.check()?;
                self.edge_by_edge(epoch, rate);
            } else {
                self.batch_by_batch(epoch, rate, &mut moved, progress)?;
            }
            progress.report((epoch + 1) as f32 / epochs as f32);
            let rounds = [epoch + 1, epochs];
            if show(self.points.as_flattened(), rounds).is_break() {
                return Ok((self.points, (rounds[0] < rounds[1]).then_some(rounds)));
            }
        }
        Ok((self.points, None))
    }

    fn batch_by_batch(
        &mut self,
        epoch: usize,
        rate: f32,
        moved: &mut Vec<[f32; D]>,
        progress: &dyn Progress,
    ) -> Result<(), Cancelled> {
        for batch in 0..BATCHES {
            progress.check()?;
            let count = self.points.len().saturating_sub(batch).div_ceil(BATCHES);
            moved.resize(count, [0.0; D]);
            moved.par_chunks_mut(BLOCK).enumerate().for_each(|(block, moved)| {
                let first = batch + block * BLOCK * BATCHES;
                Arch::new().dispatch(Move { layout: self, epoch, rate, first, moved });
            });
            for (i, &moved) in moved.iter().enumerate() {
                self.points[batch + i * BATCHES] = moved;
            }
        }
        Ok(())
    }

    fn edge_by_edge(&mut self, epoch: usize, rate: f32) {
        for point in 0..self.points.len() {
            let mut random = random(self.seed, epoch, point);
            let (others, weights) = self.graph.of(point);
            for (&other, &weight) in others.iter().zip(weights) {
                if !pulls(weight, epoch) {
                    continue;
                }
                let (at, other) = (self.points[point], other as usize);
                // Strangers in the same place do not push.
                let pull = self.curve.step(at, self.points[other], &[at; STRANGERS], rate);
                for (side, pull) in pull.into_iter().enumerate() {
                    // That of both directions, for the one end alone.
                    self.points[point][side] += pull / 2.0;
                    self.points[other][side] -= pull / 2.0;
                }
                let (at, strangers) = (self.points[point], strangers(&self.points, &mut random));
                let push = self.curve.step(at, at, &strangers, rate);
                (0..D).for_each(|side| self.points[point][side] += push[side]);
            }
        }
    }
}

/// The random numbers of a point in an epoch: these stand in different halves, so no two share theirs.
fn random(seed: u64, epoch: usize, point: usize) -> Xoshiro256Plus {
    let stream = (epoch as u64) << 32 | point as u64;
    Xoshiro256Plus::seed_from_u64(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ stream)
}

/// Whether an edge pulls in an epoch: whenever the epochs so far, times its weight, come to the next whole number.
#[inline(always)]
fn pulls(weight: f32, epoch: usize) -> bool {
    (weight * (epoch + 1) as f32).floor() > (weight * epoch as f32).floor()
}

/// Points drawn at random.
#[inline(always)]
fn strangers<const D: usize>(points: &[[f32; D]], random: &mut Xoshiro256Plus) -> [[f32; D]; STRANGERS] {
    let mut strangers = [[0.0; D]; STRANGERS];
    for stranger in &mut strangers {
        // A random share of the number of points, in fixed point.
        let drawn = ((random.next_u64() >> 32) * points.len() as u64) >> 32;
        *stranger = points[drawn as usize];
    }
    strangers
}

/// Finds where points of one batch move to: number `first` and every [`BATCHES`]th after it.
struct Move<'a, const D: usize> {
    layout: &'a Layout<'a, D>,
    epoch: usize,
    rate: f32,
    first: usize,
    moved: &'a mut [[f32; D]],
}

impl<const D: usize> NullaryFnOnce for Move<'_, D> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Layout { graph, curve, points, seed } = self.layout;
        for (i, moved) in self.moved.iter_mut().enumerate() {
            let point = self.first + i * BATCHES;
            let mut at = points[point];
            let mut random = random(*seed, self.epoch, point);
            let (others, weights) = graph.of(point);
            for (&other, &weight) in others.iter().zip(weights) {
                if !pulls(weight, self.epoch) {
                    continue;
                }
                let strangers = strangers(points, &mut random);
                let step = curve.step(at, points[other as usize], &strangers, self.rate);
                (0..D).for_each(|side| at[side] += step[side]);
            }
            *moved = at;
        }
    }
}
