//! Other pictures of the components of a projection than two of them on two axes: three, seen from any side, or all of
//! them, bent around the middle.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Linear, Projection};

/// How components become places on the plane.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layout {
    /// One component across, one up.
    #[default]
    Flat,
    /// Around the middle: the direction is that of two components, the distance that in all components there are, so that
    /// what lies in the middle of a flat map only because two components do not see it moves outward.
    Polar,
    /// Three components as a space, turned.
    Space(Turn),
}

impl Layout {
    /// The same layout with its turn within bounds.
    #[must_use]
    pub fn sound(self) -> Self {
        if let Self::Space(turn) = self { Self::Space(turn.sound()) } else { self }
    }

    /// From where the points are seen, where they lie in space.
    #[must_use]
    pub fn turn(self) -> Option<Turn> {
        if let Self::Space(turn) = self { Some(turn) } else { None }
    }
}

/// From where three components are seen.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Turn {
    /// Degrees around the upward axis, above −180 up to 180: what is near moves to the right as they grow.
    pub yaw: f32,
    /// Degrees around the axis across, −90 to 90: what is near moves down as they grow.
    pub pitch: f32,
}

impl Default for Turn {
    /// A little from the side and from above, so that three directions are seen at once.
    fn default() -> Self {
        Self { yaw: -30.0, pitch: 20.0 }
    }
}

impl Turn {
    /// The same turn within its bounds: whole turns add nothing, and what is tilted goes no farther than straight up or down.
    #[must_use]
    pub fn sound(self) -> Self {
        let Self { yaw, pitch } = self;
        let usual = Self::default();
        if !yaw.is_finite() || !pitch.is_finite() {
            return usual;
        }
        let yaw = 180.0 - (180.0 - yaw).rem_euclid(360.0);
        Self { yaw, pitch: pitch.clamp(-90.0, 90.0) }
    }

    /// The directions to the right, up, and toward the eye, in the three components: rows of a rotation matrix.
    #[must_use]
    pub fn directions(self) -> [[f64; 3]; 3] {
        let [(sin_yaw, cos_yaw), (sin_pitch, cos_pitch)] =
            [self.yaw, self.pitch].map(|degrees| f64::from(degrees).to_radians().sin_cos());
        [
            [cos_yaw, 0.0, sin_yaw],
            [sin_yaw * sin_pitch, cos_pitch, -cos_yaw * sin_pitch],
            [-sin_yaw * cos_pitch, sin_pitch, cos_yaw * cos_pitch],
        ]
    }
}

/// The three components of a space of which two are chosen: those, and the first of the others.
#[must_use]
pub fn three(axes: [usize; 2]) -> [usize; 3] {
    let third = (0..3).find(|component| !axes.contains(component)).unwrap_or(2);
    [axes[0], axes[1], third]
}

impl Projection {
    /// Three `components` of this projection as they are seen after a turn: to the right, up, and toward the eye. Of PCA's
    /// components, which do not vary together, the share of the variance along each direction follows.
    #[must_use]
    pub fn turned(&self, components: [usize; 3], turn: Turn) -> Self {
        let directions = turn.directions();
        let seen = |point: usize| {
            let place = components.map(|component| f64::from(self.coordinate(point, component)));
            directions.map(|direction| (0..3).map(|i| direction[i] * place[i]).sum::<f64>() as f32)
        };
        let coordinates: Vec<[f32; 3]> = (0..self.points()).into_par_iter().map(seen).collect();
        let shares = self.explained_variance_ratio.as_ref().map(|shares| {
            let share = components.map(|component| shares.get(component).copied().unwrap_or(0.0));
            let along = |direction: &[f64; 3]| (0..3).map(|i| direction[i].powi(2) * share[i]).sum::<f64>();
            directions.iter().map(along).collect()
        });
        Self {
            method: self.method,
            components: 3,
            coordinates: coordinates.into_flattened(),
            explained_variance_ratio: shares,
            sampled_rows: self.sampled_rows.clone(),
            linear: self.linear.as_ref().map(|linear| linear.turned(components, &directions)),
            unfinished: self.unfinished,
        }
    }

    /// The points around the middle: the direction is that of the two components `axes`, the distance that in all
    /// components there are.
    #[must_use]
    pub fn bent(&self, axes: [usize; 2]) -> Self {
        let bent = |point: usize| {
            let place: Vec<f32> =
                (0..self.components).map(|component| self.coordinate(point, component)).collect();
            around_the_middle(&place, axes)
        };
        let coordinates: Vec<[f32; 2]> = (0..self.points()).into_par_iter().map(bent).collect();
        Self {
            method: self.method,
            components: 2,
            coordinates: coordinates.into_flattened(),
            explained_variance_ratio: None,
            sampled_rows: self.sampled_rows.clone(),
            linear: None,
            unfinished: self.unfinished,
        }
    }
}

/// Where a place in all components lies on a map that is bent around the middle; to the right of it where neither of the two
/// components says a direction.
#[must_use]
pub fn around_the_middle(place: &[f32], axes: [usize; 2]) -> [f32; 2] {
    let [x, y] = axes.map(|axis| f64::from(place.get(axis).copied().unwrap_or(0.0)));
    let distance = place.iter().map(|&c| f64::from(c).powi(2)).sum::<f64>().sqrt();
    let in_plane = x.hypot(y);
    let [x, y] = if in_plane > 0.0 { [x / in_plane, y / in_plane] } else { [1.0, 0.0] };
    [x * distance, y * distance].map(|c| c as f32)
}

impl Linear {
    /// The map to three of the coordinates, seen along other directions.
    fn turned(&self, components: [usize; 3], directions: &[[f64; 3]; 3]) -> Self {
        let dims = self.dims();
        let axis = |component: usize| self.axes.get(component * dims..(component + 1) * dims);
        let along = |direction: &[f64; 3]| {
            let mut sum = vec![0.0_f64; dims];
            for (share, component) in direction.iter().zip(components) {
                let Some(axis) = axis(component) else { continue };
                sum.iter_mut().zip(axis).for_each(|(sum, &x)| *sum += share * f64::from(x));
            }
            sum.into_iter().map(|x| x as f32).collect::<Vec<f32>>()
        };
        Self {
            axes: directions.iter().flat_map(along).collect(),
            mean: self.mean.clone(),
            normalize: self.normalize,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::{Rng, SeedableRng};

    use super::*;
    use crate::geometry::projection::pca;
    use crate::progress::Unwatched;
    use crate::vectors::Table;

    fn table(rows: usize, dims: usize) -> Table {
        let mut random = rand_xoshiro::Xoshiro256PlusPlus::seed_from_u64(3);
        let numbers =
            (0..rows * dims).map(|i| random.gen_range(-1f32..1.0) * (1 + i % dims) as f32).collect();
        Table::from_f32((0..rows).map(|i| i.to_string()).collect(), numbers, dims)
    }

    fn projection() -> (Table, Projection) {
        let table = table(60, 6);
        let projection =
            pca::project(&table, pca::Options { components: 5, ..pca::Options::default() }, &Unwatched)
                .unwrap();
        (table, projection)
    }

    fn turns() -> impl Strategy<Value = Turn> {
        (-180f32..180.0, -90f32..90.0).prop_map(|(yaw, pitch)| Turn { yaw, pitch })
    }

    proptest! {
        #[test]
        fn a_turn_keeps_all_distances_and_the_variance(turn in turns()) {
            let directions = turn.directions();
            for (i, a) in directions.iter().enumerate() {
                for (j, b) in directions.iter().enumerate() {
                    let product: f64 = (0..3).map(|k| a[k] * b[k]).sum();
                    prop_assert!((product - f64::from(u8::from(i == j))).abs() < 1e-12);
                }
            }
            let (_, projection) = projection();
            let turned = projection.turned([0, 1, 2], turn);
            let length = |p: &Projection, point| (0..3).map(|c| p.coordinate(point, c).powi(2)).sum::<f32>();
            for point in 0..projection.points() {
                let (before, after) = (length(&projection, point), length(&turned, point));
                prop_assert!((before - after).abs() < 1e-3 * before.max(1.0), "{before} {after}");
            }
            let sum = |p: &Projection| p.explained_variance_ratio.as_ref().unwrap()[..3].iter().sum::<f64>();
            prop_assert!((sum(&projection) - sum(&turned)).abs() < 1e-9);
        }

        #[test]
        fn a_sound_turn_looks_the_same(yaw in -2000f32..2000.0) {
            let turn = Turn { yaw, pitch: 10.0 };
            let sound = turn.sound();
            prop_assert!(sound.yaw > -180.0 && sound.yaw <= 180.0);
            for (a, b) in turn.directions().iter().flatten().zip(sound.directions().iter().flatten()) {
                prop_assert!((a - b).abs() < 1e-4);
            }
        }
    }

    #[test]
    fn the_share_of_the_variance_is_that_of_the_turned_coordinates() {
        let (table, projection) = projection();
        let turned = projection.turned([0, 2, 1], Turn { yaw: 37.0, pitch: -12.0 });
        let variance = |values: Vec<f64>| {
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            values.iter().map(|x| (x - mean).powi(2)).sum::<f64>()
        };
        let column = |c: usize| (0..table.rows()).map(|row| f64::from(table.row(row)[c])).collect();
        let total: f64 = (0..table.dims()).map(|c| variance(column(c))).sum();
        for (axis, share) in turned.explained_variance_ratio.as_ref().unwrap().iter().enumerate() {
            let found =
                variance((0..turned.points()).map(|p| f64::from(turned.coordinate(p, axis))).collect())
                    / total;
            assert!((found - share).abs() < 1e-5, "{found} {share}");
        }
    }

    #[test]
    fn a_vector_from_outside_is_placed_as_the_rows_are() {
        let (table, projection) = projection();
        let turned = projection.turned([0, 1, 2], Turn::default());
        for row in [0, 17, 59] {
            let place = turned.place(&table.row(row)).unwrap();
            for (axis, found) in place.iter().enumerate() {
                assert!((found - turned.coordinate(row, axis)).abs() < 1e-4);
            }
        }
    }

    #[test]
    fn seen_from_the_front_the_space_is_the_flat_map() {
        let (_, projection) = projection();
        let front = projection.turned(three([2, 0]), Turn { yaw: 0.0, pitch: 0.0 });
        for point in 0..projection.points() {
            assert_eq!(
                [0, 1].map(|c| front.coordinate(point, c)),
                [2, 0].map(|c| projection.coordinate(point, c))
            );
        }
        assert_eq!((three([0, 1]), three([1, 2]), three([5, 0])), ([0, 1, 2], [1, 2, 0], [5, 0, 1]));
    }

    #[test]
    fn bent_points_keep_their_direction_and_lie_as_far_out_as_all_components_say() {
        let (_, projection) = projection();
        let bent = projection.bent([0, 1]);
        for point in 0..projection.points() {
            let [x, y] = [0, 1].map(|c| f64::from(bent.coordinate(point, c)));
            let [a, b] = [0, 1].map(|c| f64::from(projection.coordinate(point, c)));
            let all: f64 = (0..5).map(|c| f64::from(projection.coordinate(point, c)).powi(2)).sum();
            assert!(
                (x.hypot(y) - all.sqrt()).abs() < 1e-4 && (x * b - y * a).abs() < 1e-3 && x * a + y * b > 0.0
            );
        }
        assert_eq!(around_the_middle(&[0.0, 0.0, 2.0], [0, 1]), [2.0, 0.0]);
        assert_eq!(around_the_middle(&[], [0, 1]), [0.0, 0.0]);
    }

    #[test]
    fn turns_out_of_a_file_are_brought_within_bounds() {
        assert_eq!(Turn { yaw: f32::NAN, pitch: 0.0 }.sound(), Turn::default());
        assert_eq!(Turn { yaw: 540.0, pitch: -100.0 }.sound(), Turn { yaw: 180.0, pitch: -90.0 });
        let text = serde_json::to_string(&Layout::Space(Turn::default())).unwrap();
        assert_eq!(text, r#"{"space":{"yaw":-30.0,"pitch":20.0}}"#);
        assert_eq!(serde_json::from_str::<Layout>(r#""polar""#).unwrap(), Layout::Polar);
    }
}
