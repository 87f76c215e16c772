//! Points arranged for drawing and picking: found by place without looking at the others.
//!
//! The points are packed as the leaves of an STR tree are (Leutenegger et al., "STR: a simple and efficient algorithm
//! for R-tree packing", 1997): strips of equally many points by y, each sorted by x. What lies in a rectangle is then
//! one contiguous range in each strip that it meets, found by binary search, however unevenly the points lie; and
//! neighbors on the screen are neighbors in memory, so that drawing a million of them stays within the caches.

use std::ops::Range;

use rayon::prelude::*;

use super::camera::Bounds;

/// The fewest points in a strip (but for the last).
const MIN_STRIP: usize = 64;

/// Points to a block when their density is estimated.
const DENSITY_BLOCK: usize = 32;

/// The share of points that lie in thinner places than what counts as dense.
const DENSE_QUANTILE: f64 = 0.95;

/// Marks a row without a point.
const NOWHERE: u32 = u32::MAX;

/// The points of one projection, arranged once. Rows whose coordinates are not finite have no point.
///
/// A point takes 12 bytes, a row 4 more, and its [`Paint`] one: 17 MB for a million points.
#[derive(Debug, Clone)]
pub struct PointCloud {
    points: Vec<[f32; 2]>,
    rows: Vec<u32>,
    place_of_row: Vec<u32>,
    strips: Vec<Strip>,
    bounds: Option<Bounds>,
    density: f64,
}

/// Points `start..end`, sorted by x, whose y lies in `min_y..=max_y`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Strip {
    pub start: usize,
    pub end: usize,
    pub min_y: f32,
    pub max_y: f32,
}

impl PointCloud {
    /// Arranges `points`, one a row, in world coordinates.
    ///
    /// # Panics
    /// If there are more rows than fit into 32 bits.
    pub fn new(points: &[[f32; 2]]) -> Self {
        let points_of_rows = points.iter().enumerate().map(|(row, &point)| (row as u32, point));
        Self::of_rows(points.len(), points_of_rows)
    }

    /// Arranges the points of some of `rows` rows, each row once: what is done for each of the other rows is next to nothing.
    ///
    /// # Panics
    /// If there are more rows than fit into 32 bits, or a row is none of them.
    pub fn of_rows(rows: usize, points: impl Iterator<Item = (u32, [f32; 2])>) -> Self {
        assert!(rows < NOWHERE as usize, "fewer than 2^32 - 1 points");
        let mut sorted: Vec<([f32; 2], u32)> = points
            .filter(|(_, point)| point.iter().all(|c| c.is_finite()))
            .map(|(row, point)| (point, row))
            .collect();
        let bounds = Bounds::around(sorted.iter().map(|(point, _)| *point));
        let strip_len = sorted.len().isqrt().max(MIN_STRIP);
        sorted.par_sort_unstable_by(|a, b| a.0[1].total_cmp(&b.0[1]).then(a.1.cmp(&b.1)));
        let heights: Vec<[f32; 2]> =
            sorted.chunks(strip_len).map(|strip| [strip[0].0[1], strip[strip.len() - 1].0[1]]).collect();
        sorted.par_chunks_mut(strip_len).for_each(|strip| {
            strip.sort_unstable_by(|a, b| a.0[0].total_cmp(&b.0[0]).then(a.1.cmp(&b.1)));
        });
        let strips = heights.iter().enumerate().map(|(i, &[min_y, max_y])| {
            let start = i * strip_len;
            Strip { start, end: (start + strip_len).min(sorted.len()), min_y, max_y }
        });
        let mut place_of_row = vec![NOWHERE; rows];
        for (place, (_, row)) in sorted.iter().enumerate() {
            place_of_row[*row as usize] = place as u32;
        }
        let mut cloud = Self {
            points: sorted.iter().map(|&(point, _)| point).collect(),
            rows: sorted.iter().map(|&(_, row)| row).collect(),
            place_of_row,
            strips: strips.collect(),
            bounds,
            density: 0.0,
        };
        cloud.density = cloud.measure_density();
        cloud
    }

    /// How many points there are: the rows with finite coordinates.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// The number of rows, with a point or without.
    pub fn table_rows(&self) -> usize {
        self.place_of_row.len()
    }

    /// Whether there is no point.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The smallest rectangle around all points; `None` without points.
    pub fn bounds(&self) -> Option<Bounds> {
        self.bounds
    }

    /// Where a row's point is; `None` if the row has none.
    pub fn position(&self, row: usize) -> Option<[f32; 2]> {
        let place = *self.place_of_row.get(row)?;
        (place != NOWHERE).then(|| self.point(place as usize))
    }

    /// The first `count` rows, in rising order, whose points lie in `area`: with rows sorted by frequency, the most
    /// frequent words in view. Costs less than a millisecond for a million points.
    pub fn first_rows_in(&self, area: &Bounds, count: usize) -> Vec<u32> {
        let ranges: Vec<Range<usize>> = self.ranges_in(area).map(|(_, range)| range).collect();
        let inside = |place: usize| area.contains(self.point(place).map(f64::from));
        if ranges.iter().map(Range::len).sum::<usize>() > self.len() / 8 {
            // Much of the cloud is in view: going through the rows in order ends soon.
            let rows = (0..).zip(&self.place_of_row);
            let seen = rows.filter(|&(_, &place)| place != NOWHERE && inside(place as usize));
            return seen.map(|(row, _)| row).take(count).collect();
        }
        let mut rows: Vec<u32> = ranges
            .into_iter()
            .flatten()
            .filter(|&place| inside(place))
            .map(|place| self.rows[place])
            .collect();
        if count < rows.len() {
            rows.select_nth_unstable(count);
            rows.truncate(count);
        }
        rows.sort_unstable();
        rows
    }

    /// Points per square world unit where the cloud is dense; 0 if there are too few points to say.
    pub(super) fn density(&self) -> f64 {
        self.density
    }

    pub(super) fn point(&self, place: usize) -> [f32; 2] {
        self.points[place]
    }

    pub(super) fn slice(&self, places: Range<usize>) -> &[[f32; 2]] {
        &self.points[places]
    }

    pub(super) fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// The strips that meet `area` and in each the places whose x lies in `area`; their y still has to be looked at.
    pub(super) fn ranges_in(&self, area: &Bounds) -> impl Iterator<Item = (Strip, Range<usize>)> + '_ {
        let Bounds { min, max } = *area;
        let first = self.strips.partition_point(|strip| f64::from(strip.max_y) < min[1]);
        let meeting = self.strips[first..].iter().take_while(move |strip| f64::from(strip.min_y) <= max[1]);
        meeting.map(move |&strip| {
            let points = &self.points[strip.start..strip.end];
            let left_of = |x: f64| move |point: &[f32; 2]| f64::from(point[0]) < x;
            // Most strips lie wholly inside when all is in view, and then their ends are enough.
            let from = if left_of(min[0])(&points[0]) { points.partition_point(left_of(min[0])) } else { 0 };
            let inside = |point: &[f32; 2]| f64::from(point[0]) <= max[0];
            let to =
                if inside(&points[points.len() - 1]) { points.len() } else { points.partition_point(inside) };
            let to = to.max(from);
            (strip, strip.start + from..strip.start + to)
        })
    }

    fn measure_density(&self) -> f64 {
        let mut densities: Vec<f64> = Vec::new();
        for strip in &self.strips {
            let height = f64::from(strip.max_y) - f64::from(strip.min_y);
            for block in self.points[strip.start..strip.end].chunks_exact(DENSITY_BLOCK) {
                let area = height * (f64::from(block[DENSITY_BLOCK - 1][0]) - f64::from(block[0][0]));
                densities.extend((area > 0.0).then(|| DENSITY_BLOCK as f64 / area));
            }
        }
        if densities.is_empty() {
            return 0.0;
        }
        let nth = ((densities.len() - 1) as f64 * DENSE_QUANTILE) as usize;
        *densities.select_nth_unstable_by(nth, f64::total_cmp).1
    }
}

/// How a point is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum State {
    /// In its class's color.
    #[default]
    Normal,
    /// In grey and below all others, as something else is selected.
    Dimmed,
    /// Larger, above all others.
    Highlighted,
}

/// The color class and the state of each point of one cloud; made anew when coloring or selection change.
#[derive(Debug, Clone)]
pub struct Paint {
    packed: Vec<Packed>,
    counts: [usize; 3],
    highlighted: Vec<u32>,
}

/// Color classes that a [`Paint`] can tell apart.
pub const MAX_CLASSES: usize = 64;

const STATE_SHIFT: u32 = 6;

/// One point's paint: the class in the low bits, the state above.
#[derive(Debug, Clone, Copy)]
pub(super) struct Packed(u8);

impl Packed {
    #[inline]
    pub fn class(self) -> usize {
        usize::from(self.0 & ((1 << STATE_SHIFT) - 1))
    }

    #[inline]
    pub fn is(self, state: State) -> bool {
        self.0 >> STATE_SHIFT == state as u8
    }
}

impl Paint {
    /// Asks the class (below [`MAX_CLASSES`]; larger ones become the last) and the state of each row.
    pub fn new(
        cloud: &PointCloud,
        class_of: impl Fn(usize) -> u8 + Sync,
        state_of: impl Fn(usize) -> State + Sync,
    ) -> Self {
        let pack = |&row: &u32| {
            let class = class_of(row as usize).min(MAX_CLASSES as u8 - 1);
            Packed(class | (state_of(row as usize) as u8) << STATE_SHIFT)
        };
        let packed: Vec<Packed> = cloud.rows.par_iter().map(pack).collect();
        let mut counts = [0; 3];
        for paint in &packed {
            counts[usize::from(paint.0 >> STATE_SHIFT)] += 1;
        }
        let is_highlighted = |place: &u32| packed[*place as usize].is(State::Highlighted);
        let mut highlighted: Vec<u32> = (0..packed.len() as u32).filter(is_highlighted).collect();
        highlighted.sort_unstable_by_key(|&place| std::cmp::Reverse(cloud.rows[place as usize]));
        Self { packed, counts, highlighted }
    }

    /// All points normal and of class 0.
    pub fn plain(cloud: &PointCloud) -> Self {
        Self::new(cloud, |_| 0, |_| State::Normal)
    }

    /// How many points are in a state.
    pub fn count(&self, state: State) -> usize {
        self.counts[state as usize]
    }

    pub(super) fn len(&self) -> usize {
        self.packed.len()
    }

    pub(super) fn at(&self, place: usize) -> Packed {
        self.packed[place]
    }

    pub(super) fn slice(&self, places: Range<usize>) -> &[Packed] {
        &self.packed[places]
    }

    /// The places of highlighted points, the one to be drawn first (the last row) first.
    pub(super) fn highlighted(&self) -> &[u32] {
        &self.highlighted
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn points(count: usize) -> impl Strategy<Value = Vec<[f32; 2]>> {
        prop::collection::vec([-10f32..10.0, -10f32..10.0], 0..count)
    }

    proptest! {
        #[test]
        fn ranges_hold_exactly_what_is_in_the_area(points in points(600), a in [-9.0..9.0, -9.0..9.0], b in [-9.0..9.0, -9.0..9.0]) {
            let (cloud, area) = (PointCloud::new(&points), Bounds::spanned(a, b));
            let mut found: Vec<u32> = cloud
                .ranges_in(&area)
                .flat_map(|(_, range)| range)
                .filter(|&place| area.contains(cloud.point(place).map(f64::from)))
                .map(|place| cloud.rows()[place])
                .collect();
            found.sort_unstable();
            let all = (0..points.len() as u32).filter(|&row| area.contains(points[row as usize].map(f64::from)));
            let all: Vec<u32> = all.collect();
            prop_assert_eq!(&found, &all);
            for count in [0, 1, 7, 10_000] {
                let first: Vec<u32> = all.iter().copied().take(count).collect();
                prop_assert_eq!(cloud.first_rows_in(&area, count), first);
            }
        }
    }

    #[test]
    fn every_finite_row_keeps_its_position_and_the_others_have_none() {
        let points = [[1.0, 2.0], [f32::NAN, 0.0], [-1.0, 7.0], [0.0, f32::INFINITY]];
        let cloud = PointCloud::new(&points);
        assert_eq!(cloud.len(), 2);
        let positions: Vec<_> = (0..5).map(|row| cloud.position(row)).collect();
        assert_eq!(positions, [Some([1.0, 2.0]), None, Some([-1.0, 7.0]), None, None]);
        assert!(PointCloud::new(&[]).is_empty());
    }

    #[test]
    fn density_is_that_of_the_dense_part() {
        // A square of 100 × 100 points a unit apart, and one point far away.
        let mut points: Vec<[f32; 2]> =
            (0..10_000).map(|i| [(i % 100) as f32, (i / 100) as f32 + (i % 7) as f32 * 0.1]).collect();
        points.push([1e6, 1e6]);
        let density = PointCloud::new(&points).density();
        assert!((0.3..6.0).contains(&density), "{density}");
        assert_eq!(PointCloud::new(&[[1.0, 1.0]; 500]).density(), 0.0);
    }

    #[test]
    fn paint_counts_states_and_draws_early_rows_last() {
        let cloud = PointCloud::new(&[[0.0, 0.0], [1.0, 1.0], [2.0, -1.0]]);
        let state = |row| if row == 1 { State::Dimmed } else { State::Highlighted };
        let paint = Paint::new(&cloud, |row| 200 + row as u8, state);
        assert_eq!(
            (paint.count(State::Normal), paint.count(State::Dimmed), paint.count(State::Highlighted)),
            (0, 1, 2)
        );
        let rows: Vec<u32> = paint.highlighted().iter().map(|&place| cloud.rows()[place as usize]).collect();
        assert_eq!(rows, [2, 0]);
        assert_eq!(paint.at(0).class(), MAX_CLASSES - 1);
    }
}
