//! A map in random directions: Gaussian random projection (Johnson and Lindenstrauss 1984), by `linfa-reduction`.
//!
//! Distances survive it on average, but two dimensions are far too few for that to help: it shows what a map looks like
//! that was not made to show anything, and so what PCA is worth.

use linfa::DatasetBase;
use linfa::traits::{Fit, Transformer};
use linfa_reduction::random_projection::GaussianRandomProjection;
use ndarray::Array2;
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;

use super::linear::Linear;
use super::{Method, Projection};
use crate::progress::{Cancelled, Part, Progress};
use crate::vectors::Table;

/// Places every row of `table` along `components` random directions (never more than columns), the same for the same
/// seed. Rows are made unit length first if `normalize`.
///
/// # Errors
/// [`Cancelled`] once `progress` says so.
pub fn project(
    table: &Table,
    components: usize,
    normalize: bool,
    seed: u64,
    progress: &dyn Progress,
) -> Result<Projection, Cancelled> {
    let dims = table.dims();
    let components = components.min(dims);
    let axes = directions(dims, components, seed, &Part::new(progress, 0.0, 0.1))?;
    let linear = Linear { mean: vec![0.0; dims], axes, normalize };
    let coordinates = linear.project(table, &Part::new(progress, 0.1, 1.0))?;
    Ok(Projection {
        method: Method::Random,
        components,
        coordinates,
        explained_variance_ratio: None,
        sampled_rows: None,
        linear: Some(linear),
        unfinished: None,
    })
}

/// The random matrix, read out of linfa's map by projecting unit vectors: `components` axes of `dims` numbers.
fn directions(
    dims: usize,
    components: usize,
    seed: u64,
    progress: &dyn Progress,
) -> Result<Vec<f32>, Cancelled> {
    const BLOCK: usize = 256;
    let mut axes = vec![0.0; components * dims];
    let shape = DatasetBase::from(Array2::<f32>::zeros((1, dims)));
    let params = GaussianRandomProjection::<f32>::params_with_rng(Xoshiro256Plus::seed_from_u64(seed));
    // It only refuses more directions than there are columns, or none at all.
    let Ok(map) = params.target_dim(components).fit(&shape) else { return Ok(axes) };
    for first in (0..dims).step_by(BLOCK) {
        progress.check()?;
        let count = BLOCK.min(dims - first);
        let units = Array2::from_shape_fn((count, dims), |(i, j)| f32::from(u8::from(first + i == j)));
        for ((i, component), &value) in map.transform(&units).indexed_iter() {
            axes[component * dims + first + i] = value;
        }
        progress.report((first + count) as f32 / dims as f32);
    }
    Ok(axes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Unwatched;

    fn table(rows: usize, dims: usize) -> Table {
        let values = (0..rows * dims).map(|i| ((i * 37) % 101) as f32 / 50.0 - 1.0).collect();
        Table::from_f32((0..rows).map(|row| row.to_string()).collect(), values, dims)
    }

    #[test]
    fn the_same_seed_gives_the_same_map_and_another_seed_another() {
        let table = table(20, 300);
        let map = |seed| project(&table, 2, false, seed, &Unwatched).unwrap();
        assert_eq!(map(1), map(1));
        assert_ne!(map(1).coordinates, map(2).coordinates);
    }

    #[test]
    fn it_is_the_map_of_linfa() {
        let table = table(20, 300);
        let ours = project(&table, 3, false, 9, &Unwatched).unwrap();
        let records = Array2::from_shape_fn((20, 300), |(i, j)| table.row(i)[j]);
        let params = GaussianRandomProjection::<f32>::params_with_rng(Xoshiro256Plus::seed_from_u64(9));
        let theirs =
            params.target_dim(3).fit(&DatasetBase::from(records.clone())).unwrap().transform(&records);
        for ((row, component), expected) in theirs.indexed_iter() {
            assert!((ours.coordinate(row, component) - expected).abs() < 1e-5);
        }
    }

    #[test]
    fn one_column_and_no_rows_are_no_trouble() {
        assert_eq!(project(&table(4, 1), 2, true, 0, &Unwatched).unwrap().components, 1);
        assert_eq!(project(&table(0, 3), 2, true, 0, &Unwatched).unwrap().points(), 0);
    }
}
