//! The room that is taken: rectangles where something is written, and the points themselves, both found by place.

use super::{Candidate, MARGIN, Rect, SLACK};
use crate::picture::camera::Viewport;

/// The side of the squares by which things are found, in pixels.
const CELL: f32 = 48.0;

/// The squares of the viewport and its margin, by which things are found.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Squares {
    columns: usize,
    rows: usize,
}

impl Squares {
    pub fn of(viewport: Viewport) -> Self {
        let count = |side: f32| ((side.clamp(0.0, 1e5) + 2.0 * MARGIN) / CELL) as usize + 1;
        Self { columns: count(viewport.width), rows: count(viewport.height) }
    }

    fn empty(self, cells: &mut Vec<Vec<u32>>) {
        cells.iter_mut().for_each(Vec::clear);
        cells.resize_with(self.columns * self.rows, Vec::new);
    }

    /// The squares that a rectangle meets; what lies beyond the margin counts to the outermost squares.
    fn under(self, rect: &Rect) -> impl Iterator<Item = usize> + use<> {
        let index = |c: f32, count: usize| (((c + MARGIN) / CELL).max(0.0) as usize).min(count - 1);
        let columns = index(rect.min[0], self.columns)..=index(rect.max[0], self.columns);
        let rows = index(rect.min[1], self.rows)..=index(rect.max[1], self.rows);
        rows.flat_map(move |row| columns.clone().map(move |column| row * self.columns + column))
    }
}

/// Rectangles that are taken, found by place.
#[derive(Debug, Default)]
pub(super) struct Occupied {
    /// Each with the candidate whose own point it is; its label may come near it.
    rects: Vec<(Rect, Option<u32>)>,
    cells: Vec<Vec<u32>>,
    squares: Squares,
}

impl Occupied {
    pub fn reset(&mut self, squares: Squares) {
        self.squares = squares;
        self.rects.clear();
        squares.empty(&mut self.cells);
    }

    pub fn add(&mut self, rect: Rect, owner: Option<u32>) {
        let index = self.rects.len() as u32;
        self.rects.push((rect, owner));
        for cell in self.squares.under(&rect) {
            self.cells[cell].push(index);
        }
    }

    pub fn is_free(&self, rect: &Rect, owner: u32, over_points: bool) -> bool {
        self.squares.under(rect).flat_map(|cell| &self.cells[cell]).all(|&index| {
            let (other, own) = &self.rects[index as usize];
            *own == Some(owner) || (over_points && own.is_some()) || !other.overlaps(rect)
        })
    }
}

/// The points of all words, found by place.
#[derive(Debug, Default)]
pub(super) struct Points {
    all: Vec<Candidate>,
    cells: Vec<Vec<u32>>,
    squares: Squares,
    largest: f32,
}

impl Points {
    pub fn reset(&mut self, squares: Squares) {
        (self.squares, self.largest) = (squares, 0.0);
        self.all.clear();
        squares.empty(&mut self.cells);
    }

    pub fn add(&mut self, point: &Candidate) {
        let index = self.all.len() as u32;
        self.all.push(*point);
        self.largest = self.largest.max(point.radius);
        // Within one square only: it is the query that reaches out.
        for cell in self.squares.under(&Rect { min: point.at, max: point.at }) {
            self.cells[cell].push(index);
        }
    }

    /// How many points other than its own a label covers, `most` at most, their radius changed by `slack`.
    pub fn covered(&self, rect: &Rect, own: u32, slack: f32, most: usize) -> usize {
        let meets = |point: &&Candidate| {
            let away = |i: usize| point.at[i] - point.at[i].clamp(rect.min[i], rect.max[i]);
            point.id != own && away(0).hypot(away(1)) < point.radius + slack
        };
        let near = self.squares.under(&rect.grown(self.largest + SLACK));
        let points = near.flat_map(|cell| &self.cells[cell]).map(|&index| &self.all[index as usize]);
        points.filter(meets).take(most).count()
    }
}
