//! Which words are written beside their points: by priority, none over another.
//!
//! Words come in order of priority and each takes, of the free places around its point, the one that covers the fewest
//! points (greedy placement by priority, as in Christensen, Marks and Shieber, "An empirical study of algorithms for
//! point-feature label placement", 1995); a word without a free place is left out. Nothing but the order decides, so the
//! same view gives the same labels. To keep labels still while the map is dragged, words just outside the viewport take
//! part as well, and a word stays at the side where it was unless another one clearly covers fewer points.

mod banners;
mod room;

use std::collections::HashMap;

use super::camera::Viewport;
pub use banners::{Banner, place_banners};
use room::{Occupied, Points, Squares};

/// Pixels beyond the viewport in which words take part: what changes when a word comes in changes out of sight.
const MARGIN: f32 = 160.0;

/// A label that covers so many points is as bad as one that covers more.
const MANY: usize = 4;

/// By how many pixels the point at a label's edge must change before the label changes sides for it.
const SLACK: f32 = 0.5;

/// An upright rectangle on the screen, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    pub min: [f32; 2],
    pub max: [f32; 2],
}

impl Rect {
    /// Whether the two share more than an edge.
    pub fn overlaps(&self, other: &Self) -> bool {
        (0..2).all(|axis| self.min[axis] < other.max[axis] && other.min[axis] < self.max[axis])
    }

    fn grown(self, by: f32) -> Self {
        Self { min: self.min.map(|c| c - by), max: self.max.map(|c| c + by) }
    }

    fn is_finite(&self) -> bool {
        self.min.iter().chain(&self.max).all(|c| c.is_finite())
    }
}

/// Where a label stands as seen from its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    Right,
    Left,
    Above,
    Below,
    AboveRight,
    BelowRight,
    AboveLeft,
    BelowLeft,
}

impl Side {
    /// The sides in the order in which they are liked.
    const ALL: [Self; 8] = [
        Self::Right,
        Self::Left,
        Self::Above,
        Self::Below,
        Self::AboveRight,
        Self::BelowRight,
        Self::AboveLeft,
        Self::BelowLeft,
    ];

    /// The rectangle of a label of `size` at this side of a point, `gap` pixels from its center.
    fn rect(self, at: [f32; 2], size: [f32; 2], gap: f32) -> Rect {
        let [x, y] = at;
        let [width, height] = size;
        // At a corner the point is round, and the label may come nearer.
        let corner = gap * std::f32::consts::FRAC_1_SQRT_2;
        let min = match self {
            Self::Right => [x + gap, y - height / 2.0],
            Self::Left => [x - gap - width, y - height / 2.0],
            Self::Above => [x - width / 2.0, y - gap - height],
            Self::Below => [x - width / 2.0, y + gap],
            Self::AboveRight => [x + corner, y - corner - height],
            Self::BelowRight => [x + corner, y + corner],
            Self::AboveLeft => [x - corner - width, y - corner - height],
            Self::BelowLeft => [x - corner - width, y + corner],
        };
        Rect { min, max: [min[0] + width, min[1] + height] }
    }
}

/// A word that would like to be written. Candidates are given in order of priority, the most important first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// Tells candidates apart; usually the row.
    pub id: u32,
    /// Its point on the screen, in pixels, and the radius that is to stay clear around it.
    pub at: [f32; 2],
    pub radius: f32,
    /// A selected word: comes before all others, and no label covers its point but that of another selected word without
    /// any other place.
    pub forced: bool,
}

/// A label that has found its place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Label {
    pub id: u32,
    pub at: [f32; 2],
    pub side: Side,
    pub rect: Rect,
    pub forced: bool,
}

/// How much is written and how hard is tried.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LabelLimits {
    /// The most labels in view.
    pub labels: usize,
    /// The most candidates that are tried. Bounds the time, with any number of candidates.
    pub tries: usize,
    /// Pixels that stay free between two labels.
    pub spacing: f32,
}

impl Default for LabelLimits {
    fn default() -> Self {
        Self { labels: 400, tries: 3_000, spacing: 3.0 }
    }
}

/// Places labels. Keeps its buffers, and the side at which each label was, from frame to frame.
#[derive(Debug, Default)]
pub struct LabelPlacer {
    occupied: Occupied,
    points: Points,
    sides: HashMap<u32, Side>,
    labels: Vec<Label>,
}

impl LabelPlacer {
    /// A placer that has placed nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Forgets where labels were, as after another projection.
    pub fn forget(&mut self) {
        self.sides.clear();
    }

    /// Places the labels of `candidates`, which come in order of priority, forced ones anywhere among them; `measure` is
    /// asked for the size of a word's text, in pixels, only when it is tried. Labels keep off `obstacles`, and may
    /// reach over the viewport's edge.
    pub fn place(
        &mut self,
        viewport: Viewport,
        obstacles: &[Rect],
        candidates: &[Candidate],
        limits: &LabelLimits,
        mut measure: impl FnMut(u32) -> [f32; 2],
    ) -> &[Label] {
        self.labels.clear();
        let squares = Squares::of(viewport);
        self.occupied.reset(squares);
        self.points.reset(squares);
        for &obstacle in obstacles.iter().filter(|obstacle| obstacle.is_finite()) {
            self.occupied.add(obstacle, None);
        }
        let seen = Rect { min: [0.0; 2], max: [viewport.width, viewport.height] };
        let near = seen.grown(MARGIN);
        let inside = |rect: &Rect, at: [f32; 2]| (0..2).all(|i| (rect.min[i]..=rect.max[i]).contains(&at[i]));
        let forced = || candidates.iter().filter(|c| c.forced && inside(&near, c.at));
        for candidate in forced() {
            let point = Rect { min: candidate.at, max: candidate.at }.grown(candidate.radius);
            self.occupied.add(point, Some(candidate.id));
        }
        for candidate in candidates.iter().filter(|candidate| inside(&near, candidate.at)) {
            self.points.add(candidate);
        }
        let others = candidates.iter().filter(|c| !c.forced && inside(&near, c.at));
        let mut in_view = 0;
        for candidate in forced().chain(others).take(limits.tries) {
            if in_view >= limits.labels {
                break;
            }
            let Some(label) = self.find_place(candidate, measure(candidate.id), limits.spacing) else {
                continue;
            };
            self.occupied.add(label.rect, None);
            if label.rect.overlaps(&seen) {
                in_view += 1;
                self.labels.push(label);
            }
            self.sides.insert(label.id, label.side);
        }
        &self.labels
    }

    /// The free side at which the label of a candidate covers the fewest points: of equal ones where it was, or else the
    /// first in the usual order.
    fn find_place(&self, candidate: &Candidate, size: [f32; 2], spacing: f32) -> Option<Label> {
        let Candidate { id, at, radius, forced } = *candidate;
        let before = self.sides.get(&id).copied();
        let gap = radius + spacing;
        let find = |over_points: bool| {
            let mut best = None;
            let mut fewest = usize::MAX;
            for side in before.into_iter().chain(Side::ALL) {
                let rect = side.rect(at, size, gap);
                let usable = || {
                    let grown = rect.grown(spacing / 2.0);
                    rect.is_finite() && self.occupied.is_free(&grown, id, over_points)
                };
                let slack = match before {
                    Some(before) if before == side => -SLACK,
                    Some(_) => SLACK,
                    None => 0.0,
                };
                if fewest == 0 || !usable() {
                    continue;
                }
                let covered = self.points.covered(&rect, id, slack, fewest.min(MANY));
                if covered < fewest {
                    (best, fewest) = (Some(Label { id, at, side, rect, forced }), covered);
                }
            }
            best
        };
        // A chosen word among points on all sides is written over one of them rather than not at all.
        find(false).or_else(|| if forced { find(true) } else { None })
    }
}

#[cfg(test)]
mod tests;
