//! A question, and which rows need not be looked at closely to answer it.

use crate::geometry::arithmetic::norm;
use crate::geometry::metric::Metric;

/// One question and what is known of it beforehand.
pub struct Query<'a> {
    values: &'a [f32],
    norm: f32,
    metric: Metric,
    exclude: Vec<u32>,
}

impl<'a> Query<'a> {
    pub fn new(values: &'a [f32], metric: Metric, mut exclude: Vec<u32>) -> Self {
        exclude.sort_unstable();
        Self { values, norm: norm(values) as f32, metric, exclude }
    }

    pub fn values(&self) -> &'a [f32] {
        self.values
    }

    /// The rows that are no answers, ascending.
    pub fn exclude(&self) -> &[u32] {
        &self.exclude
    }

    /// Whether bounds on products with the query mean something.
    pub fn is_tame(&self) -> bool {
        is_tame(self.norm)
    }

    /// The score of a row as a key that is higher for nearer.
    pub fn key(&self, row: &[f32], row_norm: f32) -> f32 {
        let score = self.metric.score_with_norms(self.values, self.norm, row, row_norm);
        if self.metric.ascending() { -score } else { score }
    }

    /// What the product of a row with this query must reach for the row's key to reach `threshold`.
    ///
    /// A key is computed in `f32`, and so may the product be: each is within d·ε of |q| |x| of the true one. A `slack`
    /// of twice that and more (see [`slack`]) is therefore allowed for; `TINY` allows for what vanishes near 0.
    pub fn limit(&self, threshold: f32, slack: f32) -> Limit {
        if threshold == f32::NEG_INFINITY {
            return Limit { constant: threshold, per_norm: 0.0, per_square: 0.0 };
        }
        match self.metric {
            Metric::Cosine => {
                Limit { constant: -TINY, per_norm: (threshold - slack) * self.norm, per_square: 0.0 }
            }
            Metric::Dot => {
                Limit { constant: threshold - TINY, per_norm: -slack * self.norm, per_square: 0.0 }
            }
            // |q|² + |x|² − 2 q·x ≤ threshold², solved for q·x.
            Metric::Euclidean => {
                let squares = self.norm * self.norm * (1.0 - 2.0 * slack);
                let reach = threshold * threshold * (1.0 + 2.0 * slack);
                Limit { constant: (squares - reach) / 2.0 - TINY, per_norm: 0.0, per_square: 0.5 - slack }
            }
        }
    }
}

/// Products below this may have lost all their digits.
const TINY: f32 = 1e-30;

/// Twice the bound on the rounding of a sum of `dims` products, for a product and for an exact score.
pub(super) fn slack(dims: usize) -> f32 {
    2.0 * (dims + 16) as f32 * f32::EPSILON
}

/// Whether a length is such that bounds on products mean something: its square is neither beyond the range of `f32`, nor so
/// small that digits are lost. By Cauchy and Schwarz no sum of products of two such vectors leaves that range, be it of
/// some of their numbers or of all.
pub(super) fn is_tame(norm: f32) -> bool {
    norm == 0.0 || (1e-15..1e18).contains(&norm)
}

/// A bound on products that depends on the length of the row.
#[derive(Clone, Copy, Default)]
pub(in crate::geometry) struct Limit {
    constant: f32,
    per_norm: f32,
    per_square: f32,
}

impl Limit {
    /// Whether `product` may be good enough; a bound that is not a number lets everything through.
    #[inline]
    pub fn lets_through(self, product: f32, norm: f32) -> bool {
        let least = self.least(norm);
        product >= least || least.is_nan()
    }

    /// What a product with a row of this length must reach.
    #[inline(always)]
    pub fn least(self, norm: f32) -> f32 {
        self.constant + norm * (self.per_norm + norm * self.per_square)
    }

    /// [`least`](Self::least) where the processor fuses products with sums, and nothing else should be called.
    #[inline(always)]
    pub fn least_fused(self, norm: f32) -> f32 {
        norm.mul_add(norm.mul_add(self.per_square, self.per_norm), self.constant)
    }
}
