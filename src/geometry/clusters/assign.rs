//! Which of a few points is nearest, for very many rows: one matrix product a block.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};

use crate::geometry::arithmetic::dot;

/// Points that rows are compared with.
pub(super) struct Centers<'a> {
    /// The points one after another, `dims` numbers each.
    values: &'a [f32],
    dims: usize,
    squares: Vec<f32>,
}

impl<'a> Centers<'a> {
    /// # Panics
    /// If `dims` is 0.
    pub fn new(values: &'a [f32], dims: usize) -> Self {
        let squares = values.chunks_exact(dims).map(|center| dot(center, center)).collect();
        Self { values, dims, squares }
    }

    /// Writes the index of the nearest center of each row in `rows` to `nearest`; the first of equals.
    pub fn assign(&self, rows: &[f32], nearest: &mut [i32]) {
        let (count, centers) = (nearest.len(), self.squares.len());
        let mut products = vec![0.0_f32; count * centers];
        matmul(
            MatMut::from_row_major_slice_mut(&mut products, count, centers),
            Accum::Replace,
            MatRef::from_row_major_slice(rows, count, self.dims),
            MatRef::from_row_major_slice(self.values, centers, self.dims).transpose(),
            -2.0_f32,
            Par::Seq,
        );
        for (nearest, products) in nearest.iter_mut().zip(products.chunks_exact(centers.max(1))) {
            let mut best = (0, f32::INFINITY);
            for (index, (product, square)) in products.iter().zip(&self.squares).enumerate() {
                // |x − c|² without |x|², which is the same for every center.
                if product + square < best.1 {
                    best = (index, product + square);
                }
            }
            *nearest = best.0 as i32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_goes_to_the_nearest_center() {
        let centers = Centers::new(&[0.0, 0.0, 10.0, 0.0, 0.0, 10.0], 2);
        let mut nearest = [9; 4];
        centers.assign(&[1.0, 1.0, 9.0, 1.0, -3.0, 8.0, 5.0, 0.0], &mut nearest);
        assert_eq!(nearest, [0, 1, 2, 0], "and a row halfway to the first");
    }
}
