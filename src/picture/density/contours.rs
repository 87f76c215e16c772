//! Lines of equal density: marching squares (after Lorensen and Cline, "Marching cubes", 1987) between the middles of cells.

use super::Density;

/// A closed line in world units; the last point is joined to the first. What is denser lies to its left.
#[derive(Debug, Clone, PartialEq)]
pub struct Contour(pub Vec<[f32; 2]>);

/// An edge of the grid that no line leaves.
const NONE: u32 = u32::MAX;

/// The edges of a square, counted from the lower one against the clock.
const LOWER: usize = 0;
const RIGHT: usize = 1;
const UPPER: usize = 2;
const LEFT: usize = 3;

/// The ways through a square whose corners are denser where a bit is set: lower left 1, lower right 2, upper right 4, upper
/// left 8. Of two opposite corners, whether they belong together is said by `joined`.
fn ways(denser: usize, joined: bool) -> &'static [(usize, usize)] {
    match (denser, joined) {
        (1, _) => &[(LOWER, LEFT)],
        (2, _) => &[(RIGHT, LOWER)],
        (3, _) => &[(RIGHT, LEFT)],
        (4, _) => &[(UPPER, RIGHT)],
        (5, false) => &[(LOWER, LEFT), (UPPER, RIGHT)],
        (5, true) => &[(LOWER, RIGHT), (UPPER, LEFT)],
        (6, _) => &[(UPPER, LOWER)],
        (7, _) => &[(UPPER, LEFT)],
        (8, _) => &[(LEFT, UPPER)],
        (9, _) => &[(LOWER, UPPER)],
        (10, false) => &[(RIGHT, LOWER), (LEFT, UPPER)],
        (10, true) => &[(LEFT, LOWER), (RIGHT, UPPER)],
        (11, _) => &[(RIGHT, UPPER)],
        (12, _) => &[(LEFT, RIGHT)],
        (13, _) => &[(LOWER, RIGHT)],
        (14, _) => &[(LEFT, LOWER)],
        _ => &[],
    }
}

/// The cells' middles with a ring of nothing around them, so that every line is closed.
struct Ringed<'a> {
    field: &'a Density,
    width: usize,
    height: usize,
}

impl Ringed<'_> {
    fn value(&self, x: usize, y: usize) -> f32 {
        let [columns, rows] = self.field.size;
        let inside = (1..=columns).contains(&x) && (1..=rows).contains(&y);
        if inside { self.field.values[(y - 1) * columns + x - 1] } else { 0.0 }
    }

    /// The number of an edge of the square whose lower left corner is at `x`, `y`: those along rows are even.
    fn edge(&self, x: usize, y: usize, edge: usize) -> u32 {
        let number = |x: usize, y: usize, upward: usize| (2 * (y * self.width + x) + upward) as u32;
        match edge {
            LOWER => number(x, y, 0),
            RIGHT => number(x + 1, y, 1),
            UPPER => number(x, y + 1, 0),
            _ => number(x, y, 1),
        }
    }

    /// Where the density along an edge is that of the line, in world units.
    fn crossing(&self, edge: u32, threshold: f32) -> [f32; 2] {
        let (corner, upward) = ((edge / 2) as usize, (edge % 2) as usize);
        let (x, y) = (corner % self.width, corner / self.width);
        let (from, to) = (self.value(x, y), self.value(x + 1 - upward, y + upward));
        let share = f64::from((threshold - from) / (to - from)).clamp(0.0, 1.0);
        let along = if upward == 1 { [0.0, share] } else { [share, 0.0] };
        let at = [x as f64 + along[0], y as f64 + along[1]];
        // The first column of the ring lies half a cell outside of the field.
        [0, 1].map(|axis| (self.field.corner[axis] + (at[axis] - 0.5) * self.field.cell) as f32)
    }
}

impl Density {
    /// The lines along which the density is `threshold`, in the order of their lowest points.
    pub(super) fn contours(&self, threshold: f32) -> Vec<Contour> {
        let [columns, rows] = self.size;
        let grid = Ringed { field: self, width: columns + 2, height: rows + 2 };
        if threshold <= 0.0 || !threshold.is_finite() {
            return Vec::new();
        }
        let mut next = vec![NONE; 2 * grid.width * grid.height];
        for y in 0..grid.height - 1 {
            for x in 0..grid.width - 1 {
                let corners =
                    [grid.value(x, y), grid.value(x + 1, y), grid.value(x + 1, y + 1), grid.value(x, y + 1)];
                let denser = (0..4).filter(|&i| corners[i] > threshold).fold(0, |bits, i| bits | 1 << i);
                let joined = corners.iter().sum::<f32>() / 4.0 > threshold;
                for &(from, to) in ways(denser, joined) {
                    next[grid.edge(x, y, from) as usize] = grid.edge(x, y, to);
                }
            }
        }
        let mut contours = Vec::new();
        for first in 0..next.len() {
            let mut line = Vec::new();
            let mut edge = first as u32;
            while next[edge as usize] != NONE {
                line.push(grid.crossing(edge, threshold));
                edge = std::mem::replace(&mut next[edge as usize], NONE);
            }
            if !line.is_empty() {
                contours.push(Contour(line));
            }
        }
        contours
    }
}
