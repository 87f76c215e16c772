//! The points of the map as they can be drawn and picked: two components of a projection, arranged once.

use std::sync::Arc;

use roaring::RoaringBitmap;

use crate::geometry::projection::layout::{around_the_middle, three};
use crate::geometry::projection::{Layout, Projection, Turn};
use crate::picture::{Bounds, PointCloud};
use crate::scene::row_set::RowSet;
use crate::scene::subset::Subset;
use crate::scene::view::Framing;

/// How many components of a projection are kept, from which two are shown.
pub const COMPONENTS: usize = 10;

/// The steps of depth that are told apart where the points lie in space.
pub const DEPTHS: usize = 3;

/// Points on the plane, with all that is needed to place a camera before them.
///
/// Beside what a [`PointCloud`] takes, the projection has 4 bytes for each of at most [`COMPONENTS`] components of a point, and
/// where the points lie in space 13 more: 57 to 70 MB in all for a million points by PCA.
pub struct Cloud {
    /// Where the points come from.
    pub projection: Arc<Projection>,
    /// The two components that are shown.
    pub axes: [usize; 2],
    /// How components became places on the plane.
    pub layout: Layout,
    /// The points of the projection that are there: all, or a part of them while the map is turned.
    placed: Arc<Projection>,
    /// The places themselves, and which two of their coordinates are on the axes.
    seen: (Arc<Projection>, [usize; 2]),
    /// How far each row is from the eye, where the points lie in space: a step of [`DEPTHS`], the nearest first.
    depths: Option<Arc<Vec<u8>>>,
    pub points: PointCloud,
    /// The rectangle that is shown when everything is: around all points, but for a few that lie so far out that the others
    /// would become a dot.
    pub bounds: Bounds,
    /// How many points lie outside of it.
    pub outside: usize,
    /// 1, or of how many points one is there while the map is turned.
    pub every: usize,
    /// What a person called the axes, where they named them.
    pub names: Option<[String; 2]>,
}

/// The rectangle around all points, or around all but the outermost hundredth at each side where those make it many times
/// larger.
fn without_stragglers(positions: &[(u32, [f32; 2])], whole: Bounds) -> Bounds {
    /// So much larger than the bulk of the points the whole must be for stragglers to be left outside.
    const FAR: f64 = 6.0;
    let mut bulk = whole;
    for axis in [0, 1] {
        let mut values: Vec<f32> =
            positions.iter().map(|(_, point)| point[axis]).filter(|c| c.is_finite()).collect();
        if values.len() < 200 {
            return whole;
        }
        let cut = values.len() / 100;
        let (_, low, above) = values.select_nth_unstable_by(cut, f32::total_cmp);
        let low = f64::from(*low);
        let last = above.len() - 1 - cut;
        let (_, high, _) = above.select_nth_unstable_by(last, f32::total_cmp);
        let margin = (f64::from(*high) - low) * 0.25;
        (bulk.min[axis], bulk.max[axis]) = (low - margin, f64::from(*high) + margin);
    }
    let size = |bounds: Bounds, axis: usize| bounds.max[axis] - bounds.min[axis];
    let far =
        [0, 1].into_iter().any(|axis| size(whole, axis) > FAR * size(bulk, axis) && size(bulk, axis) > 0.0);
    if far { bulk } else { whole }
}

/// The largest square around the middle that no turn takes points out of, but for a few far out.
fn turning_space(projection: &Projection, axes: [usize; 2]) -> Option<Bounds> {
    let components = three(axes);
    let distance = |point: usize| -> f64 {
        components.iter().map(|&c| f64::from(projection.coordinate(point, c)).powi(2)).sum()
    };
    let mut distances: Vec<f64> = (0..projection.points()).map(distance).filter(|d| d.is_finite()).collect();
    let last = distances.len().checked_sub(1)?;
    let largest = distances.iter().copied().fold(0.0, f64::max).sqrt();
    let (_, most, _) = distances.select_nth_unstable_by(last * 99 / 100, f64::total_cmp);
    let reach = largest.min(1.3 * most.sqrt());
    (reach > 0.0).then_some(Bounds { min: [-reach; 2], max: [reach; 2] })
}

/// The step of depth of each row: a third of the points or so is near, a third far, for spread as they usually are.
fn depths(seen: &Projection, rows: usize) -> Vec<u8> {
    /// Of a normal distribution a third lies beyond so many standard deviations.
    const THIRD: f64 = 0.43;
    let toward = |point: usize| f64::from(seen.coordinate(point, 2));
    let count = seen.points().max(1) as f64;
    let spread = ((0..seen.points()).map(|point| toward(point).powi(2)).sum::<f64>() / count).sqrt();
    let mut depths = vec![(DEPTHS - 1) as u8; rows];
    for point in 0..seen.points() {
        depths[seen.row_of(point) as usize] = match toward(point) {
            near if near > THIRD * spread => 0,
            far if far < -THIRD * spread => 2,
            _ => 1,
        };
    }
    depths
}

/// Which points are there of a map that is turned.
#[derive(Debug, Clone, PartialEq)]
pub struct Thinned {
    /// One of so many.
    pub every: usize,
    /// These in any case.
    pub always: RowSet,
}

/// All points.
impl Default for Thinned {
    fn default() -> Self {
        Self { every: 1, always: RowSet::default() }
    }
}

/// All that the places of points follow from, but for the subset.
struct Arrangement {
    projection: Arc<Projection>,
    placed: Arc<Projection>,
    rows: usize,
    axes: [usize; 2],
    layout: Layout,
    every: usize,
    /// What is shown when everything is, where that is known before.
    bounds: Option<Bounds>,
}

impl Cloud {
    /// Puts components `axes` of a projection of a table with `rows` rows on the plane as `layout` says. Rows that were not
    /// sampled have no point, nor have those that `subset` leaves out; what is only hidden still counts for what is shown when
    /// everything is, so that the other points stay where they are.
    #[must_use]
    pub fn new(
        projection: Arc<Projection>,
        rows: usize,
        axes: [usize; 2],
        layout: Layout,
        subset: &Subset,
    ) -> Self {
        Self::thinned(projection, rows, axes, layout, subset, &Thinned::default())
    }

    /// [`Cloud::new`] with a part of the points: so many as can be arranged anew for each frame of a map that is turned.
    #[must_use]
    pub fn thinned(
        projection: Arc<Projection>,
        rows: usize,
        axes: [usize; 2],
        layout: Layout,
        subset: &Subset,
        thinned: &Thinned,
    ) -> Self {
        let every = thinned.every.max(1);
        let is_kept = |point: usize, row: u32| point.is_multiple_of(every) || thinned.always.contains(row);
        let placed = if every > 1 { Arc::new(projection.only(is_kept)) } else { Arc::clone(&projection) };
        // Of all points, so that the camera stays while a part of them is there.
        let space = if layout.turn().is_some() { turning_space(&projection, axes) } else { None };
        Self::arranged(Arrangement { projection, placed, rows, axes, layout, every, bounds: space }, subset)
    }

    /// The same points of a map in space as they are seen after another turn. What of the map is not there costs nothing.
    #[must_use]
    pub fn turned(&self, turn: Turn, subset: &Subset) -> Self {
        let arrangement = Arrangement {
            projection: Arc::clone(&self.projection),
            placed: Arc::clone(&self.placed),
            rows: self.points.table_rows(),
            axes: self.axes,
            layout: Layout::Space(turn),
            every: self.every,
            bounds: Some(self.bounds),
        };
        Self::arranged(arrangement, subset)
    }

    /// The same map with all of its points.
    #[must_use]
    pub fn whole(&self, subset: &Subset) -> Self {
        let projection = Arc::clone(&self.projection);
        let whole = Self::new(projection, self.points.table_rows(), self.axes, self.layout, subset);
        Self { names: self.names.clone(), ..whole }
    }

    fn arranged(arrangement: Arrangement, subset: &Subset) -> Self {
        let Arrangement { projection, placed, rows, axes, layout, every, bounds } = arrangement;
        let seen = match layout {
            Layout::Flat => (Arc::clone(&placed), axes),
            Layout::Polar => (Arc::new(placed.bent(axes)), [0, 1]),
            Layout::Space(turn) => (Arc::new(placed.turned(three(axes), turn)), [0, 1]),
        };
        let place = |point: usize| {
            let row = seen.0.row_of(point);
            subset.projects(row).then(|| (row, seen.1.map(|axis| seen.0.coordinate(point, axis))))
        };
        let mut positions: Vec<(u32, [f32; 2])> = (0..seen.0.points()).filter_map(place).collect();
        let bounds = bounds.unwrap_or_else(|| {
            let whole = Bounds::around(positions.iter().map(|(_, point)| *point));
            without_stragglers(&positions, whole.unwrap_or(Bounds { min: [-1.0; 2], max: [1.0; 2] }))
        });
        if !subset.hidden.is_empty() {
            positions.retain(|(row, _)| !subset.hidden.contains(*row));
        }
        let points = PointCloud::of_rows(rows, positions.into_iter());
        let outside = points.len() - points.rows_in_rectangle(&bounds).len();
        let depths = layout.turn().map(|_| Arc::new(depths(&seen.0, rows)));
        Self { projection, axes, layout, placed, seen, depths, points, bounds, outside, every, names: None }
    }

    /// The rows that have a point on this map of a subset, or will have one once it is no longer turned.
    #[must_use]
    pub fn rows(&self, subset: &Subset) -> RoaringBitmap {
        let rows = (0..self.projection.points()).map(|point| self.projection.row_of(point));
        rows.filter(|&row| subset.shows(row)).collect()
    }

    /// The components that the places are made of.
    #[must_use]
    pub fn components(&self) -> Vec<usize> {
        match self.layout {
            Layout::Flat => self.axes.to_vec(),
            Layout::Polar => (0..self.projection.components).collect(),
            Layout::Space(_) => three(self.axes).to_vec(),
        }
    }

    /// The places of the points as they are seen, and which two of their coordinates are on the axes.
    #[must_use]
    pub fn seen(&self) -> (&Arc<Projection>, [usize; 2]) {
        (&self.seen.0, self.seen.1)
    }

    /// Where a vector of the table's dimensions lies on this map, if its projection can tell.
    #[must_use]
    pub fn place(&self, vector: &[f32]) -> Option<[f32; 2]> {
        if self.layout == Layout::Polar {
            return Some(around_the_middle(&self.projection.place(vector)?, self.axes));
        }
        let place = self.seen.0.place(vector)?;
        Some(self.seen.1.map(|axis| place.get(axis).copied().unwrap_or(0.0)))
    }

    /// From where the points are seen, where they lie in space.
    #[must_use]
    pub fn turn(&self) -> Option<Turn> {
        self.layout.turn()
    }

    /// How far a row is from the eye, as a step of [`DEPTHS`], the nearest first; on a flat map all are equally near.
    #[must_use]
    pub fn depth(&self, row: usize) -> u8 {
        self.depths.as_ref().and_then(|depths| depths.get(row)).copied().unwrap_or(0)
    }

    /// The same points with names that a person gave to the axes.
    #[must_use]
    pub fn named(self, names: [String; 2]) -> Self {
        Self { names: Some(names), ..self }
    }

    /// The same points on the axes of another map, seen by the camera that sees all of that one.
    #[must_use]
    pub fn beside(self, other: &Self) -> Self {
        Self { bounds: other.bounds, names: other.names.clone(), ..self }
    }

    /// The same map while its points are on their way: share `t` of it lies behind them, from where each row was in `from`.
    /// A row that was nowhere is where it goes to.
    #[must_use]
    pub fn on_the_way(&self, from: &[[f32; 2]], t: f32) -> Self {
        let between = |(row, from): (usize, &[f32; 2])| {
            let Some(to) = self.points.position(row) else { return [f32::NAN; 2] };
            if from.iter().all(|c| c.is_finite()) {
                [0, 1].map(|axis| from[axis] + t * (to[axis] - from[axis]))
            } else {
                to
            }
        };
        let positions: Vec<[f32; 2]> = from.iter().enumerate().map(between).collect();
        Self {
            projection: Arc::clone(&self.projection),
            placed: Arc::clone(&self.placed),
            seen: (Arc::clone(&self.seen.0), self.seen.1),
            depths: self.depths.clone(),
            points: PointCloud::new(&positions),
            names: self.names.clone(),
            ..*self
        }
    }

    /// Where the camera must stand for these rows to fill the middle of the picture.
    #[must_use]
    pub fn framing_of(&self, rows: &RoaringBitmap) -> Option<Framing> {
        /// A single word is shown with about as many others around it as can be read at once.
        const COMPANY: f64 = 500.0;
        let closest = (COMPANY / self.points.len().max(1) as f64).sqrt().clamp(0.02, 0.7);
        let positions = rows.iter().filter_map(|row| self.points.position(row as usize));
        let bounds = Bounds::around(positions)?;
        let center = [0, 1].map(|axis| f64::midpoint(bounds.min[axis], bounds.max[axis]));
        let share = |axis: usize| {
            let whole = self.bounds.max[axis] - self.bounds.min[axis];
            if whole > 0.0 { 1.6 * (bounds.max[axis] - bounds.min[axis]) / whole } else { 0.0 }
        };
        Some(Framing { center, zoom: 1.0 / share(0).max(share(1)).max(closest) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::projection::Method;

    #[test]
    fn points_on_their_way_lie_between_where_they_were_and_where_they_go() {
        let projection = Projection {
            method: Method::Umap,
            components: 2,
            coordinates: vec![0.0, 0.0, 4.0, 8.0, 1.0, 1.0],
            explained_variance_ratio: None,
            sampled_rows: Some(vec![0, 1, 3]),
            linear: None,
            unfinished: None,
        };
        let cloud = Cloud::new(Arc::new(projection), 4, [0, 1], Layout::Flat, &Subset::default());
        let from = [[2.0, 2.0], [f32::NAN; 2], [5.0, 5.0], [1.0, 3.0]];
        let at = |t: f32| {
            let way = cloud.on_the_way(&from, t);
            [0, 1, 2, 3].map(|row| way.points.position(row))
        };
        assert_eq!(at(0.0), [Some([2.0, 2.0]), Some([4.0, 8.0]), None, Some([1.0, 3.0])]);
        assert_eq!(at(0.5), [Some([1.0, 1.0]), Some([4.0, 8.0]), None, Some([1.0, 2.0])]);
        assert_eq!(at(1.0), [Some([0.0, 0.0]), Some([4.0, 8.0]), None, Some([1.0, 1.0])]);
        assert_eq!(cloud.on_the_way(&from, 0.5).bounds, cloud.bounds, "the camera stays");
    }

    #[test]
    fn a_turned_space_keeps_its_frame_and_tells_near_from_far() {
        let mut random = 1_u32;
        let mut number = || {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (random >> 8) as f32 / (1 << 24) as f32 - 0.5
        };
        let projection = Arc::new(Projection {
            method: Method::Pca,
            components: 3,
            coordinates: (0..3_000).map(|_| number()).collect(),
            explained_variance_ratio: Some(vec![0.2, 0.1, 0.05]),
            sampled_rows: None,
            linear: None,
            unfinished: None,
        });
        let seen = |yaw: f32, every| {
            let layout = Layout::Space(Turn { yaw, pitch: 25.0 });
            let thinned = Thinned { every, always: RowSet::from_iter([7, 20]) };
            Cloud::thinned(Arc::clone(&projection), 1_000, [0, 1], layout, &Subset::default(), &thinned)
        };
        let (one, other) = (seen(0.0, 1), seen(80.0, 1));
        assert_eq!(one.bounds, other.bounds, "a turn does not move the camera");
        let [_, _, toward] = one.turn().unwrap().directions();
        let nearness = |row: usize| -> f64 {
            (0..3).map(|c| toward[c] * f64::from(projection.coordinate(row, c))).sum()
        };
        let mut counts = [0; DEPTHS];
        for row in 0..1_000 {
            counts[usize::from(one.depth(row))] += 1;
            let deeper = (0..1_000).filter(|&other| one.depth(other) > one.depth(row));
            assert!(deeper.take(50).all(|other| nearness(other) < nearness(row)));
        }
        assert!(counts.iter().all(|count| *count > 200), "{counts:?}");
        let thin = seen(0.0, 10);
        assert_eq!((thin.points.len(), thin.bounds), (101, one.bounds), "one of ten, and what is chosen");
        for row in [7, 20] {
            assert_eq!(thin.points.position(row), one.points.position(row));
        }
        assert_eq!(thin.points.position(8), None);
        let further = thin.turned(other.turn().unwrap(), &Subset::default());
        let anew = seen(80.0, 10);
        assert_eq!((further.points.len(), further.bounds), (anew.points.len(), anew.bounds));
        assert!((0..1_000).all(|row| further.points.position(row) == anew.points.position(row)));
        assert!((0..1_000).all(|row| further.depth(row) == anew.depth(row)));
        let some = Subset { hidden: RowSet::from_iter([3]), ..Subset::default() };
        let whole = thin.whole(&some);
        assert_eq!((whole.points.len(), whole.every, thin.rows(&some).len()), (999, 1, 999));
        let flat = Cloud::new(Arc::clone(&projection), 1_000, [0, 1], Layout::Flat, &Subset::default());
        assert!((0..1_000).all(|row| flat.depth(row) == 0) && flat.turn().is_none());
    }

    #[test]
    fn a_straggler_does_not_make_a_dot_of_the_others() {
        let mut positions: Vec<(u32, [f32; 2])> =
            (0..1_000).map(|i| (i, [(i % 40) as f32, (i / 40) as f32])).collect();
        let around = |positions: &[(u32, [f32; 2])]| {
            Bounds::around(positions.iter().map(|(_, point)| *point)).unwrap()
        };
        let usual = without_stragglers(&positions, around(&positions));
        assert_eq!(usual, around(&positions), "without stragglers everything is shown");
        positions.push((1_000, [1e6, 0.0]));
        let shown = without_stragglers(&positions, around(&positions));
        assert!(shown.max[0] < 60.0 && shown.contains([20.0, 12.0]), "{shown:?}");
    }
}
