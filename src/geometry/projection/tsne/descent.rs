//! Moving the points of t-SNE downhill.

use pulp::{Arch, NullaryFnOnce};
use rayon::prelude::*;

use super::repulsion::repulsion;
use crate::geometry::projection::neighborhood::{Graph, Moved, Rounds};
use crate::progress::{Cancelled, Progress};

/// By how much what pulls is exaggerated at first, so that groups form while points can still pass each other.
const EXAGGERATION: f32 = 12.0;

/// The most iterations for which it is.
const EXAGGERATED: usize = 250;

/// By what the number of points is divided for the learning rate, while the pull is exaggerated and afterwards. The first is that
/// of Belkina et al.; forces are smaller afterwards, and with the second as many iterations get farther.
const RATE: [f32; 2] = [12.0, 4.0];

/// How coarsely the push of far points is taken.
const THETA: f32 = 0.5;

/// How much of the last step is taken again, while the pull is exaggerated and afterwards.
const MOMENTUM: [f32; 2] = [0.5, 0.8];

/// A gain grows by the one where a coordinate keeps its direction and shrinks by the other where it turns (Jacobs 1988).
const GAIN_STEP: f32 = 0.2;
const GAIN_FACTOR: f32 = 0.8;
const LEAST_GAIN: f32 = 0.01;

/// No point moves farther at once.
const LONGEST_STEP: f32 = 5.0;

/// Points that are moved by one task.
const BLOCK: usize = 256;

/// Edges that are looked at abreast.
const LANES: usize = 8;

/// Gradient descent with momentum and gains.
pub struct Descent<'a, const D: usize> {
    graph: &'a Graph,
    points: Vec<[f32; D]>,
    /// Each point's last step, and the gain of each of its coordinates.
    motion: Vec<([f32; D], [f32; D])>,
}

impl<'a, const D: usize> Descent<'a, D> {
    /// Begins at `points`.
    pub fn new(graph: &'a Graph, points: Vec<[f32; D]>) -> Self {
        let motion = vec![([0.0; D], [1.0; D]); points.len()];
        Self { graph, points, motion }
    }

    /// Goes on for `iterations`, or until `show`, which is told of the rounds so far and of all, has enough. Gives the points, and these
    /// rounds where some were left.
    ///
    /// # Errors
    /// [`Cancelled`] once `progress` says so.
    pub fn run(
        mut self,
        iterations: usize,
        show: &mut Rounds<'_>,
        progress: &dyn Progress,
    ) -> Result<Moved<D>, Cancelled> {
        let exaggerated = (iterations / 3).min(EXAGGERATED);
        for iteration in 0..iterations {
            progress.check()?;
            let late = usize::from(iteration >= exaggerated);
            if iteration == exaggerated {
                // Steps and gains that grew under the exaggerated pull do harm without it.
                self.motion.fill(([0.0; D], [1.0; D]));
            }
            let exaggeration = [EXAGGERATION, 1.0][late];
            let gradient = gradient(self.graph, &self.points, exaggeration, THETA);
            self.step(&gradient, self.points.len() as f32 / RATE[late], MOMENTUM[late]);
            progress.report((iteration + 1) as f32 / iterations as f32);
            let rounds = [iteration + 1, iterations];
            if show(self.points.as_flattened(), rounds).is_break() {
                return Ok((self.points, (rounds[0] < rounds[1]).then_some(rounds)));
            }
        }
        Ok((self.points, None))
    }

    fn step(&mut self, gradient: &[[f32; D]], rate: f32, momentum: f32) {
        let moved = self.points.par_iter_mut().zip(&mut self.motion).zip(gradient);
        moved.with_min_len(4 * BLOCK).for_each(|((point, (step, gains)), slope)| {
            for side in 0..D {
                let gain = &mut gains[side];
                let onward = step[side] * slope[side] < 0.0;
                *gain = if onward { *gain + GAIN_STEP } else { *gain * GAIN_FACTOR + LEAST_GAIN };
                step[side] = momentum * step[side] - rate * *gain * slope[side];
            }
            let length = step.iter().map(|x| x * x).sum::<f32>().sqrt();
            let factor = if length > LONGEST_STEP { LONGEST_STEP / length } else { 1.0 };
            for side in 0..D {
                step[side] *= factor;
                point[side] += step[side];
            }
        });
        let mut sum = [0.0_f64; D];
        for point in &self.points {
            (0..D).for_each(|side| sum[side] += f64::from(point[side]));
        }
        let mean = sum.map(|sum| (sum / self.points.len() as f64) as f32);
        for point in &mut self.points {
            (0..D).for_each(|side| point[side] -= mean[side]);
        }
    }
}

/// A fourth of the gradient of the divergence, for every point: Σⱼ (e pᵢⱼ − q / Σq) q (xᵢ − xⱼ), where e is the exaggeration and
/// q = 1 / (1 + |xᵢ − xⱼ|²). The factor of 4 is part of the rate, as it is in van der Maaten's program.
fn gradient<const D: usize>(
    graph: &Graph,
    points: &[[f32; D]],
    exaggeration: f32,
    theta: f32,
) -> Vec<[f32; D]> {
    let (mut forces, total) = repulsion(points, theta);
    let push = (1.0 / total.max(f64::from(f32::MIN_POSITIVE))) as f32;
    forces.par_chunks_mut(BLOCK).enumerate().for_each(|(block, forces)| {
        Arch::new().dispatch(Pull { graph, points, first: block * BLOCK, exaggeration, push, forces });
    });
    forces
}

/// Adds to a stretch of points' share of the push how those that they are joined to pull them.
struct Pull<'a, const D: usize> {
    graph: &'a Graph,
    points: &'a [[f32; D]],
    first: usize,
    exaggeration: f32,
    push: f32,
    forces: &'a mut [[f32; D]],
}

impl<const D: usize> NullaryFnOnce for Pull<'_, D> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        for (i, force) in self.forces.iter_mut().enumerate() {
            let at = self.points[self.first + i];
            let (others, weights) = self.graph.of(self.first + i);
            let (many, few) = others.as_chunks::<LANES>();
            let (many_weights, few_weights) = weights.as_chunks::<LANES>();
            let mut sums = [[0.0_f32; LANES]; D];
            for (others, weights) in many.iter().zip(many_weights) {
                pull(at, self.points, others, weights, &mut sums);
            }
            if !few.is_empty() {
                // Those that are missing are the point itself, which does not pull.
                let mut others = [(self.first + i) as u32; LANES];
                let mut weights = [0.0; LANES];
                others[..few.len()].copy_from_slice(few);
                weights[..few.len()].copy_from_slice(few_weights);
                pull(at, self.points, &others, &weights, &mut sums);
            }
            for side in 0..D {
                let pulled: f32 = sums[side].iter().sum();
                force[side] = self.exaggeration * pulled - self.push * force[side];
            }
        }
    }
}

#[inline(always)]
fn pull<const D: usize>(
    at: [f32; D],
    points: &[[f32; D]],
    others: &[u32; LANES],
    weights: &[f32; LANES],
    sums: &mut [[f32; LANES]; D],
) {
    let mut off = [[0.0_f32; LANES]; D];
    for (lane, &other) in others.iter().enumerate() {
        let other = points[other as usize];
        for side in 0..D {
            off[side][lane] = at[side] - other[side];
        }
    }
    let mut squares = [1.0_f32; LANES];
    for off in &off {
        for lane in 0..LANES {
            squares[lane] += off[lane] * off[lane];
        }
    }
    for lane in 0..LANES {
        squares[lane] = weights[lane] / squares[lane];
    }
    for side in 0..D {
        for lane in 0..LANES {
            sums[side][lane] += squares[lane] * off[side][lane];
        }
    }
}

#[cfg(test)]
mod tests;
