//! Which words are written beside their points: by priority, none over another.
//!
//! Words come in order of priority and each takes the first free place around its point (greedy placement by priority,
//! as in Christensen, Marks and Shieber, "An empirical study of algorithms for point-feature label placement", 1995);
//! a word without a free place is left out. Nothing but the order decides, so the same view gives the same labels. To
//! keep labels still while the map is dragged, words just outside the viewport take part as well, and a word
//! stays at the side where it was.

use std::collections::HashMap;

use super::camera::Viewport;

/// Pixels beyond the viewport in which words take part: what changes when a word comes in changes out of sight.
const MARGIN: f32 = 160.0;

/// The side of the squares by which occupied places are found, in pixels.
const CELL: f32 = 48.0;

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
}

impl Side {
    const ALL: [Self; 4] = [Self::Right, Self::Left, Self::Above, Self::Below];

    /// The rectangle of a label of `size` at this side of a point, `gap` pixels from its center.
    fn rect(self, at: [f32; 2], size: [f32; 2], gap: f32) -> Rect {
        let [x, y] = at;
        let [width, height] = size;
        let min = match self {
            Self::Right => [x + gap, y - height / 2.0],
            Self::Left => [x - gap - width, y - height / 2.0],
            Self::Above => [x - width / 2.0, y - gap - height],
            Self::Below => [x - width / 2.0, y + gap],
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
        self.occupied.reset(viewport);
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

    /// The first side at which the label of a candidate covers nothing, or no other label if it is forced: where it was, or else the usual order.
    fn find_place(&self, candidate: &Candidate, size: [f32; 2], spacing: f32) -> Option<Label> {
        let Candidate { id, at, radius, forced } = *candidate;
        let before = self.sides.get(&id).copied();
        let gap = radius + spacing;
        let find = |over_points: bool| {
            before.into_iter().chain(Side::ALL).find_map(|side| {
                let rect = side.rect(at, size, gap);
                let grown = rect.grown(spacing / 2.0);
                let usable = rect.is_finite() && self.occupied.is_free(&grown, id, over_points);
                usable.then_some(Label { id, at, side, rect, forced })
            })
        };
        // A chosen word among points on all sides is written over one of them rather than not at all.
        find(false).or_else(|| if forced { find(true) } else { None })
    }
}

/// Rectangles that are taken, found by place.
#[derive(Debug, Default)]
struct Occupied {
    /// Each with the candidate whose own point it is; its label may come near it.
    rects: Vec<(Rect, Option<u32>)>,
    cells: Vec<Vec<u32>>,
    columns: usize,
    rows: usize,
}

impl Occupied {
    fn reset(&mut self, viewport: Viewport) {
        let count = |side: f32| ((side.clamp(0.0, 1e5) + 2.0 * MARGIN) / CELL) as usize + 1;
        self.columns = count(viewport.width);
        self.rows = count(viewport.height);
        self.rects.clear();
        self.cells.iter_mut().for_each(Vec::clear);
        self.cells.resize_with(self.columns * self.rows, Vec::new);
    }

    fn add(&mut self, rect: Rect, owner: Option<u32>) {
        let index = self.rects.len() as u32;
        self.rects.push((rect, owner));
        for cell in self.cells_under(&rect) {
            self.cells[cell].push(index);
        }
    }

    fn is_free(&self, rect: &Rect, owner: u32, over_points: bool) -> bool {
        self.cells_under(rect).flat_map(|cell| &self.cells[cell]).all(|&index| {
            let (other, own) = &self.rects[index as usize];
            *own == Some(owner) || (over_points && own.is_some()) || !other.overlaps(rect)
        })
    }

    /// The squares that a rectangle meets; what lies beyond the margin counts to the outermost squares.
    fn cells_under(&self, rect: &Rect) -> impl Iterator<Item = usize> + use<> {
        let index = |c: f32, count: usize| (((c + MARGIN) / CELL).max(0.0) as usize).min(count - 1);
        let columns = index(rect.min[0], self.columns)..=index(rect.max[0], self.columns);
        let rows = index(rect.min[1], self.rows)..=index(rect.max[1], self.rows);
        let width = self.columns;
        rows.flat_map(move |row| columns.clone().map(move |column| row * width + column))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const VIEW: Viewport = Viewport::new(800.0, 500.0);

    fn candidate(id: u32, at: [f32; 2]) -> Candidate {
        Candidate { id, at, radius: 3.0, forced: false }
    }

    fn measure(id: u32) -> [f32; 2] {
        [20.0 + (id * 7 % 50) as f32, 14.0]
    }

    fn place(candidates: &[Candidate]) -> Vec<Label> {
        LabelPlacer::new().place(VIEW, &[], candidates, &LabelLimits::default(), measure).to_vec()
    }

    fn candidates() -> impl Strategy<Value = Vec<Candidate>> {
        let one = (-100f32..900.0, -100f32..600.0, prop::bool::weighted(0.05));
        prop::collection::vec(one, 0..400).prop_map(|places| {
            let one = |(id, (x, y, forced))| Candidate { forced, ..candidate(id, [x, y]) };
            (0..).zip(places).map(one).collect()
        })
    }

    proptest! {
        #[test]
        fn no_label_overlaps_another_and_no_ordinary_one_a_forced_point(candidates in candidates()) {
            let labels = place(&candidates);
            for (i, label) in labels.iter().enumerate() {
                prop_assert!(labels[..i].iter().all(|other| !label.rect.overlaps(&other.rect)));
                for forced in candidates.iter().filter(|c| c.forced && !label.forced) {
                    let point = Rect { min: forced.at, max: forced.at }.grown(forced.radius);
                    prop_assert!(!label.rect.overlaps(&point));
                }
            }
        }

        #[test]
        fn a_word_is_left_out_only_for_words_before_it(candidates in candidates()) {
            let labels = place(&candidates);
            let forced_points = candidates.iter().filter(|c| c.forced)
                .map(|c| Rect { min: c.at, max: c.at }.grown(c.radius));
            let taken: Vec<Rect> = forced_points.collect();
            let seen = Rect { min: [160.0; 2], max: [640.0, 340.0] };
            for left_out in candidates.iter().filter(|c| !c.forced && labels.iter().all(|l| l.id != c.id)) {
                let inside = (0..2).all(|i| (seen.min[i]..seen.max[i]).contains(&left_out.at[i]));
                for side in Side::ALL.into_iter().filter(|_| inside) {
                    let rect = side.rect(left_out.at, measure(left_out.id), 6.0).grown(1.5);
                    let before = labels.iter().filter(|label| label.forced || label.id < left_out.id);
                    prop_assert!(before.map(|label| &label.rect).chain(&taken).any(|other| rect.overlaps(other)));
                }
            }
        }

        #[test]
        fn dragging_keeps_the_labels_that_stay_in_view(candidates in candidates(), by in [-40f32..40.0, -40f32..40.0]) {
            let mut placer = LabelPlacer::new();
            // Only words that are near before and after: those that come in from beyond the margin may matter.
            let near = |c: &&Candidate| (-60.0..860.0).contains(&c.at[0]) && (-60.0..560.0).contains(&c.at[1]);
            let candidates: Vec<Candidate> = candidates.iter().filter(near).copied().collect();
            let before = placer.place(VIEW, &[], &candidates, &LabelLimits::default(), measure).to_vec();
            let moved = |c: &Candidate| Candidate { at: [c.at[0] + by[0], c.at[1] + by[1]], ..*c };
            let candidates: Vec<Candidate> = candidates.iter().map(moved).collect();
            let after = placer.place(VIEW, &[], &candidates, &LabelLimits::default(), measure).to_vec();
            let inner = Rect { min: [50.0; 2], max: [750.0, 450.0] };
            for label in before.iter().filter(|label| label.rect.overlaps(&inner)) {
                prop_assert_eq!(after.iter().find(|l| l.id == label.id).map(|l| l.side), Some(label.side));
            }
        }
    }

    #[test]
    fn of_two_words_at_one_place_the_first_is_right_and_the_second_gives_way() {
        let labels = place(&[candidate(4, [100.0, 100.0]), candidate(5, [101.0, 100.0])]);
        assert_eq!(
            labels.iter().map(|l| (l.id, l.side)).collect::<Vec<_>>(),
            [(4, Side::Right), (5, Side::Left)]
        );
        let large = |id| Candidate { radius: 8.0, ..candidate(id, [100.0, 100.0]) };
        let crowd: Vec<Candidate> = (0..50).map(large).collect();
        assert_eq!(place(&crowd).iter().map(|l| l.id).collect::<Vec<_>>(), [0, 1, 2, 3]);
    }

    #[test]
    fn labels_keep_off_obstacles() {
        let obstacle = Rect { min: [90.0, 80.0], max: [200.0, 120.0] };
        let mut placer = LabelPlacer::new();
        let words = [candidate(0, [88.0, 100.0]), candidate(1, [150.0, 100.0])];
        let labels = placer.place(VIEW, &[obstacle], &words, &LabelLimits::default(), measure);
        assert_eq!(labels.iter().map(|l| (l.id, l.side)).collect::<Vec<_>>(), [(0, Side::Left)]);
    }

    #[test]
    fn a_forced_word_among_forced_points_on_all_sides_is_written() {
        let around =
            [[0.0, 0.0], [12.0, 0.0], [-12.0, 0.0], [0.0, 10.0], [0.0, -10.0], [20.0, 0.0], [-20.0, 0.0]];
        let candidates: Vec<Candidate> = (0..)
            .zip(around)
            .map(|(id, [x, y])| Candidate { forced: true, ..candidate(id, [200.0 + x, 200.0 + y]) })
            .collect();
        assert!(place(&candidates).iter().any(|label| label.id == 0), "the first word has its label");
    }

    #[test]
    fn forced_words_come_first_wherever_they_stand() {
        let mut crowd: Vec<Candidate> = (0..50).map(|id| candidate(id, [100.0, 100.0])).collect();
        crowd[49].forced = true;
        assert_eq!(place(&crowd)[0].id, 49);
    }

    #[test]
    fn more_is_written_as_one_zooms_in() {
        let count = |scale: f32| {
            let at = |id: u32| {
                [400.0 + ((id % 20) as f32 - 10.0) * scale, 250.0 + ((id / 20) as f32 - 10.0) * scale]
            };
            place(&(0..400).map(|id| candidate(id, at(id))).collect::<Vec<_>>()).len()
        };
        assert!(count(2.0) < count(6.0) && count(6.0) < count(15.0));
    }

    #[test]
    fn a_million_candidates_cost_no_more_than_the_limit_allows() {
        let many: Vec<Candidate> =
            (0..1_000_000).map(|id| candidate(id, [(id % 800) as f32, (id % 499) as f32])).collect();
        let mut asked = 0;
        let limits = LabelLimits { labels: 100, tries: 500, spacing: 2.0 };
        let mut placer = LabelPlacer::new();
        let count = |id| {
            asked += 1;
            measure(id)
        };
        assert!(placer.place(VIEW, &[], &many, &limits, count).len() <= 100);
        assert!(asked <= 500);
    }

    #[test]
    fn words_far_away_or_nowhere_are_not_written() {
        let at = [[-500.0, 10.0], [f32::NAN, 10.0], [10.0, f32::INFINITY], [-90.0, 10.0]];
        assert!(place(&at.map(|at| candidate(1, at))).is_empty());
        let huge = LabelPlacer::new()
            .place(VIEW, &[], &[candidate(1, [5.0, 5.0])], &LabelLimits::default(), |_| [f32::INFINITY; 2])
            .to_vec();
        assert!(huge.is_empty());
    }
}
