//! The points of the map as they can be drawn and picked: two components of a projection, arranged once.

use roaring::RoaringBitmap;

use crate::geometry::projection::Projection;
use crate::picture::{Bounds, PointCloud};
use crate::scene::view::Framing;

/// How many components of a projection are kept, from which two are shown.
pub const COMPONENTS: usize = 10;

/// Points on the plane, with all that is needed to place a camera before them.
pub struct Cloud {
    pub points: PointCloud,
    /// The smallest rectangle around all points.
    pub bounds: Bounds,
}

impl Cloud {
    /// Puts components `axes` of a projection on the plane. Rows that were not sampled have no point.
    #[must_use]
    pub fn new(projection: &Projection, rows: usize, axes: [usize; 2]) -> Self {
        let mut positions = vec![[f32::NAN; 2]; rows];
        for point in 0..projection.points() {
            positions[projection.row_of(point) as usize] =
                axes.map(|axis| projection.coordinate(point, axis));
        }
        let points = PointCloud::new(&positions);
        let bounds = points.bounds().unwrap_or(Bounds { min: [-1.0; 2], max: [1.0; 2] });
        Self { points, bounds }
    }

    /// Where the camera must stand for these rows to fill the middle of the picture.
    #[must_use]
    pub fn framing_of(&self, rows: &RoaringBitmap) -> Option<Framing> {
        /// A single word is shown with about as many others around it as can be read at once.
        const COMPANY: f64 = 60.0;
        let closest = (COMPANY / self.points.len().max(1) as f64).sqrt().clamp(0.01, 0.7);
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
