//! A linear map from d dimensions to a few: what PCA and random projections have in common.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};

use crate::geometry::arithmetic::{dot, norm};
use crate::geometry::rows::{Preparation, fill_by_blocks};
use crate::progress::{Cancelled, Progress};
use crate::vectors::Table;

/// Coordinates are `axes × (row − mean)`, where the row is first made unit length if `normalize`.
#[derive(Debug, Clone, PartialEq)]
pub struct Linear {
    /// d numbers that are taken from every row.
    pub mean: Vec<f32>,
    /// m axes of d numbers each, one after another.
    pub axes: Vec<f32>,
    /// Whether rows are made unit length first; zero rows stay zero.
    pub normalize: bool,
}

/// The rows that one task takes on at a time, as numbers: small enough to stay in the cache.
const NUMBERS_PER_BLOCK: usize = 1 << 15;

/// Up to so many axes, products with them one after another are faster than a matrix product.
const FEW: usize = 4;

impl Linear {
    /// d, the numbers in a row.
    #[must_use]
    pub fn dims(&self) -> usize {
        self.mean.len()
    }

    /// m, the coordinates of a point.
    #[must_use]
    pub fn components(&self) -> usize {
        self.axes.len().checked_div(self.dims()).unwrap_or(0)
    }

    /// Places one vector of d numbers.
    ///
    /// # Panics
    /// If `vector` has not d numbers.
    #[must_use]
    pub fn transform(&self, vector: &[f32]) -> Vec<f32> {
        assert_eq!(vector.len(), self.dims(), "a vector has as many numbers as a row");
        let mut row = vec![0.0; vector.len()];
        let length = norm(vector).min(f64::from(f32::MAX)) as f32;
        self.preparation().prepare(vector, length, &mut row);
        let along =
            |axis: &[f32]| row.iter().zip(axis).map(|(&x, &a)| f64::from(x) * f64::from(a)).sum::<f64>();
        self.axes.chunks_exact(self.dims().max(1)).map(|axis| along(axis) as f32).collect()
    }

    /// Places every row of a table: m numbers for each, row after row. A row that is not finite lies where the mean is.
    ///
    /// # Errors
    /// [`Cancelled`] once `progress` says so.
    ///
    /// # Panics
    /// If the table's rows have not d numbers.
    pub fn project(&self, table: &Table, progress: &dyn Progress) -> Result<Vec<f32>, Cancelled> {
        assert_eq!(table.dims(), self.dims(), "the table has as many columns as the axes");
        let (rows, dims, components) = (table.rows(), self.dims(), self.components());
        let preparation = self.preparation();
        let axes = MatRef::from_row_major_slice(&self.axes, components, dims);
        let mut coordinates = vec![0.0_f32; rows * components];
        let step = (NUMBERS_PER_BLOCK / dims.max(1)).clamp(1, 1 << 12);
        fill_by_blocks(rows, step, components, &mut coordinates, progress, |buffers, range, out| {
            let count = range.len();
            preparation.read(table, range, &mut buffers.raw, &mut buffers.prepared);
            if components <= FEW {
                let rows = buffers.prepared.chunks_exact(dims.max(1)).zip(out.chunks_exact_mut(components));
                for (row, out) in rows {
                    let along = self.axes.chunks_exact(dims.max(1)).map(|axis| dot(row, axis));
                    out.iter_mut().zip(along).for_each(|(out, along)| *out = along);
                }
                return;
            }
            matmul(
                MatMut::from_row_major_slice_mut(out, count, components),
                Accum::Replace,
                MatRef::from_row_major_slice(&buffers.prepared, count, dims),
                axes.transpose(),
                1.0_f32,
                Par::Seq,
            );
        })?;
        Ok(coordinates)
    }

    fn preparation(&self) -> Preparation {
        Preparation { shift: self.mean.clone(), finite_only: true, ..Preparation::new(self.normalize) }
    }
}
