//! How densely points lie, as a smooth field with lines of equal density: what remains to be seen where there are so many
//! points that each of them says nothing.
//!
//! Points are counted in square cells, and the counts smoothed by a Gaussian: a kernel density estimate on a grid. Its lines
//! bound *highest density regions* (Hyndman, "Computing and graphing highest density regions", 1996): inside the line of a
//! share p lie p of all points, where they lie most densely. All is worked out in the world's units, once for a cloud: when
//! the camera moves nothing wobbles and nothing is worked out again.

mod contours;

use rayon::prelude::*;

use super::camera::{Bounds, Camera, Viewport};
use super::cloud::PointCloud;
use super::color::{Image, Rgba};

pub use contours::Contour;

/// Cells along the larger side of the field.
const CELLS: usize = 640;

/// How many standard deviations the smoothing reaches.
const REACH: f64 = 3.0;

/// Points that one task counts.
const POINTS_A_TASK: usize = 1 << 17;

/// The density of a cloud's points.
#[derive(Debug, Clone, PartialEq)]
pub struct Density {
    /// The world position of the lower left corner of the first cell, and a cell's side in world units.
    corner: [f64; 2],
    cell: f64,
    /// Columns and rows of cells.
    size: [usize; 2],
    /// Points a cell after smoothing, the lowest row first.
    values: Vec<f32>,
    levels: Vec<Level>,
}

/// A line of equal density.
#[derive(Debug, Clone, PartialEq)]
pub struct Level {
    /// The share of all points that lie inside, 0 to 1.
    pub share: f64,
    /// The density along the line, in points a cell.
    pub threshold: f32,
    /// Its closed pieces, in world units, with what is denser to the left.
    pub contours: Vec<Contour>,
}

impl Density {
    /// Estimates the density of `cloud` over `area`. `smoothing` is the standard deviation of the Gaussian as a share of the
    /// larger side of `area`; `shares` (0 to 1, descending) are those of the points that the lines hold. Points outside of
    /// `area` count as lying in the thinnest places.
    #[must_use]
    pub fn of(cloud: &PointCloud, area: &Bounds, smoothing: f64, shares: &[f64]) -> Self {
        let larger = (area.max[0] - area.min[0]).max(area.max[1] - area.min[1]);
        let larger = if larger.is_finite() && larger > 0.0 { larger } else { 1.0 };
        let deviation = larger * smoothing.clamp(1e-3, 0.5);
        // Room for the slopes of what lies at the edges.
        let area = area.grown((REACH + 1.0) * deviation);
        let sides = [0, 1].map(|axis| area.max[axis] - area.min[axis]);
        let cell = sides[0].max(sides[1]) / CELLS as f64;
        let size = sides.map(|side| ((side / cell).ceil() as usize).clamp(1, CELLS));
        let mut field = Self { corner: area.min, cell, size, values: Vec::new(), levels: Vec::new() };
        let counts = field.count(cloud);
        field.values = smoothed(&counts, size, deviation / cell);
        let shares: Vec<f64> = shares.iter().map(|share| share.clamp(0.0, 1.0)).collect();
        let thresholds = field.thresholds(&counts, cloud.len(), &shares);
        field.levels = shares
            .par_iter()
            .zip(thresholds)
            .map(|(&share, threshold)| Level { share, threshold, contours: field.contours(threshold) })
            .collect();
        field
    }

    /// The lines of equal density, in the order of the shares that were asked for.
    #[must_use]
    pub fn levels(&self) -> &[Level] {
        &self.levels
    }

    /// How many points lie in each cell. The sums do not depend on the order in which threads add.
    fn count(&self, cloud: &PointCloud) -> Vec<u32> {
        let [columns, rows] = self.size;
        let cell_of = |point: &[f32; 2]| {
            let [x, y] =
                [0, 1].map(|axis| ((f64::from(point[axis]) - self.corner[axis]) / self.cell).floor());
            let inside = x >= 0.0 && y >= 0.0 && x < columns as f64 && y < rows as f64;
            inside.then(|| y as usize * columns + x as usize)
        };
        let none = || vec![0_u32; columns * rows];
        let add = |mut sums: Vec<u32>, points: &[[f32; 2]]| {
            points.iter().filter_map(cell_of).for_each(|cell| sums[cell] += 1);
            sums
        };
        let both = |mut sums: Vec<u32>, more: Vec<u32>| {
            sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
            sums
        };
        cloud.slice(0..cloud.len()).par_chunks(POINTS_A_TASK).fold(none, add).reduce(none, both)
    }

    /// The density at a place, in points a cell: between the middles of cells in proportion, nothing beyond the field.
    #[must_use]
    pub fn at(&self, place: [f64; 2]) -> f32 {
        let [x, y] = [0, 1].map(|axis| ((place[axis] - self.corner[axis]) / self.cell - 0.5) as f32);
        self.between(Step::of(x, self.size[0]), Step::of(y, self.size[1]))
    }

    /// For each share the density above which at least so many of `all` points lie: the least of the cells that are taken, the
    /// densest first, until they hold enough. Cells of no density are never inside.
    fn thresholds(&self, counts: &[u32], all: usize, shares: &[f64]) -> Vec<f32> {
        let occupied = (0..counts.len()).filter(|&cell| counts[cell] > 0);
        let mut cells: Vec<(f32, u32)> = occupied.map(|cell| (self.least_in(cell), counts[cell])).collect();
        cells.par_sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
        let threshold = |&share: &f64| {
            let wanted = share * all as f64;
            let mut held = 0.0;
            let last = cells.iter().find(|(_, count)| {
                held += f64::from(*count);
                held >= wanted
            });
            // A little below, so that this cell itself is inside.
            last.or(cells.last()).map_or(f32::INFINITY, |(value, _)| value * (1.0 - 1e-5))
        };
        shares.iter().map(threshold).collect()
    }

    /// The least density at any place of a cell: between the middles of cells it is greatest or least at a corner of a quarter.
    fn least_in(&self, cell: usize) -> f32 {
        let at = [(cell % self.size[0]) as f32, (cell / self.size[0]) as f32];
        let places = [-0.5, 0.0, 0.5].into_iter().flat_map(|x| [-0.5, 0.0, 0.5].map(|y| [x, y]));
        let value = |[x, y]: [f32; 2]| {
            self.between(Step::of(at[0] + x, self.size[0]), Step::of(at[1] + y, self.size[1]))
        };
        places.map(value).fold(f32::INFINITY, f32::min)
    }

    fn between(&self, x: Step, y: Step) -> f32 {
        let columns = self.size[0];
        let value = |x: Option<usize>, y: Option<usize>| match (x, y) {
            (Some(x), Some(y)) => self.values[y * columns + x],
            _ => 0.0,
        };
        let row = |y: Option<usize>| {
            let (left, right) = (value(x.before, y), value(x.after, y));
            left + (right - left) * x.share
        };
        let (below, above) = (row(y.before), row(y.after));
        below + (above - below) * y.share
    }

    /// Fills `image`, which becomes `size` pixels wide and high, with the color of the level that each place lies inside of:
    /// `colors` has one for each level, and they do not add up. What lies outside of all is transparent. The camera's scale
    /// is in these pixels.
    pub fn paint(&self, camera: &Camera, size: [usize; 2], colors: &[Rgba], image: &mut Image) {
        let [width, height] = size;
        if !image.begin(size, camera) {
            return;
        }
        let viewport = Viewport::new(width as f32, height as f32);
        let step = |axis: usize, pixel: usize| {
            let world = camera.to_world([pixel as f32 + 0.5; 2], viewport)[axis];
            Step::of(((world - self.corner[axis]) / self.cell - 0.5) as f32, self.size[axis])
        };
        let columns: Vec<Step> = (0..width).map(|x| step(0, x)).collect();
        let bands: Vec<(f32, [u8; 4])> = self
            .levels
            .iter()
            .zip(colors)
            .map(|(level, color)| (level.threshold, color.premultiplied()))
            .collect();
        image.bytes_mut().par_chunks_exact_mut(4 * width).enumerate().for_each(|(y, row)| {
            let y = step(1, y);
            for (pixel, &x) in row.as_chunks_mut::<4>().0.iter_mut().zip(&columns) {
                let value = self.between(x, y);
                let inside = bands.iter().take_while(|(threshold, _)| value > *threshold).last();
                *pixel = inside.map_or([0; 4], |(_, color)| *color);
            }
        });
    }
}

/// Two neighboring columns or rows of cells, none where they lie outside, and how far it is from the one to the other.
#[derive(Debug, Clone, Copy)]
struct Step {
    before: Option<usize>,
    after: Option<usize>,
    share: f32,
}

impl Step {
    fn of(at: f32, count: usize) -> Self {
        let floor = at.floor();
        let cell = |at: f32| (at >= 0.0 && at < count as f32).then_some(at as usize);
        Self { before: cell(floor), after: cell(floor + 1.0), share: at - floor }
    }
}

/// Counts smoothed by a Gaussian of `deviation` cells, first along rows and then along columns. Nothing lies beyond the edges.
fn smoothed(counts: &[u32], [columns, rows]: [usize; 2], deviation: f64) -> Vec<f32> {
    let reach = (REACH * deviation).ceil() as usize;
    let weight = |distance: usize| (-0.5 * (distance as f64 / deviation).powi(2)).exp();
    let sum = weight(0) + 2.0 * (1..=reach).map(weight).sum::<f64>();
    let kernel: Vec<f32> = (0..=reach).map(|distance| (weight(distance) / sum) as f32).collect();
    let around = |at: usize, count: usize| at.saturating_sub(reach)..(at + reach + 1).min(count);
    let mut wide = vec![0.0_f32; counts.len()];
    wide.par_chunks_exact_mut(columns).zip(counts.par_chunks_exact(columns)).for_each(|(wide, counts)| {
        for (x, _) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            for to in around(x, columns) {
                wide[to] += counts[x] as f32 * kernel[to.abs_diff(x)];
            }
        }
    });
    let mut values = vec![0.0_f32; counts.len()];
    values.par_chunks_exact_mut(columns).enumerate().for_each(|(y, row)| {
        for from in around(y, rows) {
            let weight = kernel[from.abs_diff(y)];
            for (value, wide) in row.iter_mut().zip(&wide[from * columns..(from + 1) * columns]) {
                *value += weight * wide;
            }
        }
    });
    values
}

#[cfg(test)]
mod tests;
