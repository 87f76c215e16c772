//! What lies under the cursor, in a rectangle or in a lasso: rows, found through the cloud's order.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use super::camera::Bounds;
use super::cloud::{PointCloud, Strip};

/// A point that was found: its row, and how far it lies from what was asked for, in world units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    pub row: usize,
    pub distance: f64,
}

impl PointCloud {
    /// The nearest point to `at` that is at most `tolerance` away and whose row `accept` accepts; of several equally
    /// near the one of the earliest row. In world units: divide pixels by the camera's scale.
    pub fn nearest(&self, at: [f64; 2], tolerance: f64, accept: impl Fn(usize) -> bool) -> Option<Hit> {
        let area = Bounds { min: at, max: at }.grown(tolerance);
        let mut best: Option<Hit> = None;
        for place in self.ranges_in(&area).flat_map(|(_, range)| range) {
            let [x, y] = self.point(place).map(f64::from);
            let hit = Hit { row: self.rows()[place] as usize, distance: (x - at[0]).hypot(y - at[1]) };
            let nearer = best.is_none_or(|best| (hit.distance, hit.row) < (best.distance, best.row));
            if nearer && hit.distance <= tolerance && accept(hit.row) {
                best = Some(hit);
            }
        }
        best
    }

    /// The rows of all points in `area`, in rising order.
    pub fn rows_in_rectangle(&self, area: &Bounds) -> Vec<u32> {
        self.ascending(area, |_, range| {
            let inside = range.filter(|&place| area.contains(self.point(place).map(f64::from)));
            inside.map(|place| self.rows()[place]).collect()
        })
    }

    /// The rows of all points inside a closed `polygon` (the last corner joins the first), in rising order. A place that
    /// the polygon goes around twice is outside (the even-odd rule). Fewer than three corners hold nothing.
    pub fn rows_in_lasso(&self, polygon: &[[f64; 2]]) -> Vec<u32> {
        if polygon.len() < 3 || polygon.iter().flatten().any(|c| !c.is_finite()) {
            return Vec::new();
        }
        let area = polygon.iter().fold(Bounds { min: polygon[0], max: polygon[0] }, |area, corner| Bounds {
            min: [area.min[0].min(corner[0]), area.min[1].min(corner[1])],
            max: [area.max[0].max(corner[0]), area.max[1].max(corner[1])],
        });
        let edges: Vec<Edge> = polygon
            .iter()
            .zip(polygon.iter().cycle().skip(1))
            .map(|(&from, &to)| Edge { from, to })
            .collect();
        self.ascending(&area, |strip, range| self.lassoed(&edges, strip, range))
    }

    /// The rows of the points of a strip that lie inside a polygon. Only where its edges run through the strip is each point
    /// asked: between them all points, which come by x, lie on one side, and one speaks for all.
    fn lassoed(&self, edges: &[Edge], strip: Strip, range: Range<usize>) -> Vec<u32> {
        let (low, high) = (f64::from(strip.min_y), f64::from(strip.max_y));
        let near: Vec<Edge> = edges.iter().copied().filter(|edge| edge.meets(low, high)).collect();
        let inside = |place: usize| {
            let point = self.point(place).map(f64::from);
            near.iter().filter(|edge| edge.crosses_right_of(point)).count() % 2 == 1
        };
        let mut walls: Vec<[f64; 2]> = near.iter().map(|edge| edge.between(low, high)).collect();
        walls.sort_unstable_by(|a, b| a[0].total_cmp(&b[0]));
        let mut walls = walls.into_iter().peekable();
        let (mut rows, mut place) = (Vec::new(), range.start);
        while place < range.end {
            let [from, mut to] = walls.next().unwrap_or([f64::INFINITY; 2]);
            while let Some(next) = walls.next_if(|next| next[0] <= to) {
                to = to.max(next[1]);
            }
            let rest = self.slice(place..range.end);
            let wall = place + rest.partition_point(|point| f64::from(point[0]) < from);
            let beyond = place + rest.partition_point(|point| f64::from(point[0]) <= to);
            if place < wall && inside(place) {
                rows.extend_from_slice(&self.rows()[place..wall]);
            }
            rows.extend((wall..beyond).filter(|&place| inside(place)).map(|place| self.rows()[place]));
            place = beyond;
        }
        rows
    }

    /// The rows that `of_strip` gives of the strips that meet `area`, in rising order. They are ticked off in a list of all rows,
    /// which takes a part of the time of sorting them.
    fn ascending(
        &self,
        area: &Bounds,
        of_strip: impl Fn(Strip, Range<usize>) -> Vec<u32> + Sync,
    ) -> Vec<u32> {
        let ticks: Vec<AtomicU64> = (0..self.table_rows().div_ceil(64)).map(|_| AtomicU64::new(0)).collect();
        let strips: Vec<_> = self.ranges_in(area).collect();
        strips.into_par_iter().for_each(|(strip, range)| {
            for row in of_strip(strip, range) {
                ticks[row as usize / 64].fetch_or(1 << (row % 64), Ordering::Relaxed);
            }
        });
        let mut rows = Vec::new();
        for (word, ticks) in (0_u32..).zip(ticks) {
            let mut left = ticks.into_inner();
            while left != 0 {
                rows.push(64 * word + left.trailing_zeros());
                left &= left - 1;
            }
        }
        rows
    }
}

/// One side of a polygon.
#[derive(Clone, Copy)]
struct Edge {
    from: [f64; 2],
    to: [f64; 2],
}

impl Edge {
    /// The least and the greatest x of the part whose y lies between `low` and `high`, which it meets.
    fn between(&self, low: f64, high: f64) -> [f64; 2] {
        let ([x, y], [to_x, to_y]) = (self.from, self.to);
        if y == to_y {
            return [x.min(to_x), x.max(to_x)];
        }
        let at = |height: f64| {
            let share = ((height - y) / (to_y - y)).clamp(0.0, 1.0);
            x + share * (to_x - x)
        };
        let ends = [at(low), at(high)];
        // Rounding must not let a point through.
        let margin = 1e-9 * (x.abs() + to_x.abs());
        [ends[0].min(ends[1]) - margin, ends[0].max(ends[1]) + margin]
    }

    fn meets(&self, low: f64, high: f64) -> bool {
        self.from[1].min(self.to[1]) <= high && self.from[1].max(self.to[1]) >= low
    }

    /// Whether a ray from `point` to the right crosses this edge; an edge holds its lower end, not its upper one.
    fn crosses_right_of(&self, [x, y]: [f64; 2]) -> bool {
        let ([x0, y0], [x1, y1]) = (self.from, self.to);
        (y0 > y) != (y1 > y) && x < x0 + (y - y0) / (y1 - y0) * (x1 - x0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn points() -> impl Strategy<Value = Vec<[f32; 2]>> {
        prop::collection::vec([-10f32..10.0, -10f32..10.0], 0..500)
    }

    proptest! {
        #[test]
        fn nearest_is_what_looking_at_every_point_finds(points in points(), at in [-12f64..12.0, -12f64..12.0], tolerance in 0f64..4.0) {
            let accept = |row: usize| !row.is_multiple_of(3);
            let found = PointCloud::new(&points).nearest(at, tolerance, accept);
            let all = points.iter().enumerate().filter(|(row, _)| accept(*row)).map(|(row, point)| {
                Hit { row, distance: (f64::from(point[0]) - at[0]).hypot(f64::from(point[1]) - at[1]) }
            });
            let expected = all.filter(|hit| hit.distance <= tolerance).min_by(|a, b| a.distance.total_cmp(&b.distance));
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn a_lasso_around_a_circle_holds_what_is_in_the_circle(points in points(), center in [-8f64..8.0, -8f64..8.0], radius in 0.5f64..9.0) {
            let corner = |i: i32| (f64::from(i) / 2000.0 * std::f64::consts::TAU).sin_cos();
            let polygon: Vec<[f64; 2]> =
                (0..2000).map(corner).map(|(s, c)| [center[0] + radius * c, center[1] + radius * s]).collect();
            let found = PointCloud::new(&points).rows_in_lasso(&polygon);
            for (row, point) in points.iter().enumerate() {
                let distance = (f64::from(point[0]) - center[0]).hypot(f64::from(point[1]) - center[1]);
                if (distance - radius).abs() > 1e-3 {
                    prop_assert_eq!(found.binary_search(&(row as u32)).is_ok(), distance < radius);
                }
            }
        }

        #[test]
        fn any_lasso_holds_what_each_point_says_by_itself(
            points in points(),
            polygon in prop::collection::vec([-11f64..11.0, -11f64..11.0], 3..14),
        ) {
            let found = PointCloud::new(&points).rows_in_lasso(&polygon);
            let edges = || polygon.iter().zip(polygon.iter().cycle().skip(1));
            let inside = |point: &[f32; 2]| {
                let point = point.map(f64::from);
                edges().filter(|&(&from, &to)| Edge { from, to }.crosses_right_of(point)).count() % 2 == 1
            };
            let all: Vec<u32> = (0..points.len() as u32).filter(|&row| inside(&points[row as usize])).collect();
            prop_assert_eq!(found, all);
        }

        #[test]
        fn a_rectangle_is_a_lasso_with_four_corners(points in points(), a in [-9.0..9.0, -9.0..9.0], b in [-9.0..9.0, -9.0..9.0]) {
            let (cloud, area) = (PointCloud::new(&points), Bounds::spanned(a, b));
            let lasso = [area.min, [area.max[0], area.min[1]], area.max, [area.min[0], area.max[1]]];
            prop_assert_eq!(cloud.rows_in_rectangle(&area), cloud.rows_in_lasso(&lasso));
        }
    }

    #[test]
    fn of_points_at_one_place_the_earliest_row_is_found() {
        let cloud = PointCloud::new(&[[5.0, 5.0], [1.0, 1.0], [1.0, 1.0]]);
        assert_eq!(cloud.nearest([1.0, 1.5], 1.0, |_| true), Some(Hit { row: 1, distance: 0.5 }));
        assert_eq!(cloud.nearest([1.0, 1.5], 0.4, |_| true), None);
        assert_eq!(cloud.nearest([f64::NAN, 1.5], 0.4, |_| true), None);
    }

    #[test]
    fn a_lasso_that_is_no_polygon_holds_nothing() {
        let cloud = PointCloud::new(&[[0.0, 0.0]]);
        assert!(cloud.rows_in_lasso(&[]).is_empty());
        assert!(cloud.rows_in_lasso(&[[-1.0, -1.0], [1.0, 1.0]]).is_empty());
        assert!(cloud.rows_in_lasso(&[[-1.0, -1.0], [1.0, -1.0], [f64::NAN, 1.0]]).is_empty());
        assert_eq!(cloud.rows_in_lasso(&[[-1.0, -1.0], [1.0, -1.0], [0.0, 1.0]]), [0]);
    }
}
