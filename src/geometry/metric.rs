//! How near two rows are to each other.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::arithmetic::{dot, norm, squared_distance};

/// A measure of nearness between two rows of the same table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Metric {
    /// u·v / (|u| |v|), from −1 to 1; 0 where either row is all zeros. Blind to length: the usual choice for words.
    #[default]
    Cosine,
    /// u·v. Long rows (often frequent words) are near to everything.
    Dot,
    /// |u − v|, the straight-line distance; 0 and up, and *lower* is nearer.
    Euclidean,
}

impl Metric {
    /// Every metric, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Cosine, Self::Dot, Self::Euclidean];

    /// The name in commands and files: `cosine`, `dot` or `euclidean`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Cosine => "cosine",
            Self::Dot => "dot",
            Self::Euclidean => "euclidean",
        }
    }

    /// Whether a lower score is nearer, so that a ranked list ascends.
    #[must_use]
    pub fn ascending(self) -> bool {
        self == Self::Euclidean
    }

    /// The score of two rows of equal length.
    #[must_use]
    pub fn score(self, u: &[f32], v: &[f32]) -> f32 {
        self.score_with_norms(u, norm(u) as f32, v, norm(v) as f32)
    }

    /// The score of two rows whose Euclidean lengths are known; only [`Metric::Cosine`] looks at them.
    #[must_use]
    pub(crate) fn score_with_norms(self, u: &[f32], u_norm: f32, v: &[f32], v_norm: f32) -> f32 {
        let fast = match self {
            Self::Cosine if u_norm == 0.0 || v_norm == 0.0 => 0.0,
            Self::Cosine if (u_norm * v_norm).is_infinite() => f32::NAN,
            Self::Cosine => dot(u, v) / (u_norm * v_norm),
            Self::Dot => dot(u, v),
            Self::Euclidean => squared_distance(u, v).sqrt(),
        };
        if fast.is_finite() { fast } else { self.score_in_double(u, v) }
    }

    /// The slow way, for rows so long or so short that `f32` sums overflow. Not a number becomes 0.
    #[cold]
    fn score_in_double(self, u: &[f32], v: &[f32]) -> f32 {
        let pairs = || u.iter().zip(v).map(|(&x, &y)| (f64::from(x), f64::from(y)));
        let score = match self {
            Self::Cosine => pairs().map(|(x, y)| x * y).sum::<f64>() / (norm(u) * norm(v)),
            Self::Dot => pairs().map(|(x, y)| x * y).sum(),
            Self::Euclidean => pairs().map(|(x, y)| (x - y).powi(2)).sum::<f64>().sqrt(),
        };
        if score.is_nan() { 0.0 } else { score.clamp(f64::from(f32::MIN), f64::from(f32::MAX)) as f32 }
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// A metric's name was not one of the three.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no metric `{0}`; choose cosine, dot or euclidean")]
pub struct UnknownMetric(pub String);

impl FromStr for Metric {
    type Err = UnknownMetric;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|metric| metric.name() == name)
            .ok_or_else(|| UnknownMetric(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_those_of_the_definitions() {
        let (u, v) = ([3.0, 0.0], [3.0, 4.0]);
        assert_eq!(Metric::Cosine.score(&u, &v), 0.6);
        assert_eq!(Metric::Dot.score(&u, &v), 9.0);
        assert_eq!(Metric::Euclidean.score(&u, &v), 4.0);
    }

    #[test]
    fn zero_and_enormous_rows_have_finite_scores() {
        for metric in Metric::ALL {
            for row in [[0.0, 0.0], [1e30, -1e30], [f32::MAX, f32::MAX], [1e-40, 0.0]] {
                assert!(metric.score(&row, &[1.0, 2.0]).is_finite(), "{metric} of {row:?}");
                assert!(metric.score(&row, &row).is_finite(), "{metric} of {row:?} with itself");
            }
        }
        assert_eq!(Metric::Cosine.score(&[0.0, 0.0], &[1.0, 0.0]), 0.0);
        assert!((Metric::Cosine.score(&[1e30, 0.0], &[1e30, 0.0]) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn names_go_there_and_back() {
        for metric in Metric::ALL {
            assert_eq!(metric.to_string().parse(), Ok(metric));
            assert_eq!(serde_json::to_string(&metric).unwrap(), format!("\"{metric}\""));
        }
        assert_eq!("manhattan".parse::<Metric>(), Err(UnknownMetric("manhattan".into())));
    }
}
