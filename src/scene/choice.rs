//! How rows become points and groups: the methods that a person chose, and what they are told.

use serde::{Deserialize, Serialize};

use super::cloud::COMPONENTS;
use crate::geometry::clusters;
use crate::geometry::projection::Method;

/// How rows become coordinates.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProjectionChoice {
    pub method: Method,
    /// Whether each row is scaled to length 1 first, so that only directions count.
    pub normalize: bool,
    /// What random methods start from: the same seed gives the same picture.
    pub seed: u64,
    /// For t-SNE, about how many neighbors count for each row.
    pub perplexity: f32,
    /// For UMAP, how many neighbors each row is joined to.
    pub neighbors: usize,
    /// For UMAP, how close together points may come.
    pub min_dist: f32,
    /// For maps whose points are moved round after round, after how many rounds somebody stopped it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rounds: Option<usize>,
}

impl Default for ProjectionChoice {
    fn default() -> Self {
        Self {
            method: Method::Pca,
            normalize: false,
            seed: 0,
            perplexity: 30.0,
            neighbors: 15,
            min_dist: 0.1,
            rounds: None,
        }
    }
}

/// The least and the greatest perplexity that t-SNE is asked for.
pub const PERPLEXITIES: [f32; 2] = [2.0, 100.0];
/// The fewest and the most neighbors that UMAP is asked for.
pub const UMAP_NEIGHBORS: [usize; 2] = [2, 100];

impl ProjectionChoice {
    /// The same choice within its bounds.
    #[must_use]
    pub fn sound(self) -> Self {
        let usual = Self::default();
        Self {
            perplexity: within(self.perplexity, PERPLEXITIES, usual.perplexity),
            neighbors: self.neighbors.clamp(UMAP_NEIGHBORS[0], UMAP_NEIGHBORS[1]),
            min_dist: within(self.min_dist, [0.0, 1.0], usual.min_dist),
            rounds: self.rounds.map(|rounds| rounds.max(1)),
            ..self
        }
    }

    /// The same choice as far as its method asks for it: what another method is told makes no other map of this one.
    #[must_use]
    pub fn relevant(self) -> Self {
        let usual = Self { method: self.method, normalize: self.normalize, ..Self::default() };
        match self.method {
            Method::Pca => usual,
            Method::TSne => {
                Self { seed: self.seed, perplexity: self.perplexity, rounds: self.rounds, ..usual }
            }
            Method::Umap => Self {
                seed: self.seed,
                neighbors: self.neighbors,
                min_dist: self.min_dist,
                rounds: self.rounds,
                ..usual
            },
            Method::Random | Method::Diffusion => Self { seed: self.seed, ..usual },
        }
    }

    /// The same map, worked out to its end.
    #[must_use]
    pub fn to_the_end(self) -> Self {
        Self { rounds: None, ..self }
    }

    /// How many components a map of a table with `dims` columns has to choose from.
    #[must_use]
    pub fn components(&self, dims: usize) -> usize {
        if self.method.is_iterative() { 2 } else { dims.clamp(2, COMPONENTS) }
    }
}

/// The most clusters that k-means is asked for.
pub const MOST_CLUSTERS: usize = 40;

/// How clusters are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClusterChoice {
    pub method: clusters::Method,
    /// The number of clusters for k-means.
    pub k: usize,
    /// The fewest rows that HDBSCAN calls a cluster.
    pub min_size: usize,
    pub seed: u64,
}

impl Default for ClusterChoice {
    fn default() -> Self {
        Self { method: clusters::Method::KMeans, k: 8, min_size: 8, seed: 0 }
    }
}

impl ClusterChoice {
    /// The same choice within its bounds.
    #[must_use]
    pub fn sound(self) -> Self {
        Self { k: self.k.clamp(2, MOST_CLUSTERS), min_size: self.min_size.clamp(2, 10_000), ..self }
    }
}

/// `value` within bounds, or the usual one where it is no number.
pub(super) fn within(value: f32, [least, most]: [f32; 2], usual: f32) -> f32 {
    if value.is_finite() { value.clamp(least, most) } else { usual }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_method_is_told_makes_no_other_map() {
        let told = ProjectionChoice {
            seed: 7,
            perplexity: 50.0,
            neighbors: 40,
            min_dist: 0.5,
            ..Default::default()
        };
        let of = |method| ProjectionChoice { method, ..told }.relevant();
        assert_eq!(of(Method::Pca), ProjectionChoice::default());
        for (method, others) in [
            (Method::TSne, ProjectionChoice { perplexity: 50.0, seed: 7, ..of(Method::TSne) }),
            (Method::Umap, ProjectionChoice { neighbors: 40, min_dist: 0.5, seed: 7, ..of(Method::Umap) }),
            (Method::Random, ProjectionChoice { seed: 7, ..of(Method::Random) }),
        ] {
            assert_eq!(of(method), others);
            assert_eq!(of(method), of(method).relevant());
        }
        assert_ne!(of(Method::TSne).neighbors, 40);
        assert_ne!(of(Method::Umap).perplexity, 50.0);
    }

    #[test]
    fn numbers_from_a_file_are_brought_within_their_bounds() {
        let wild =
            ProjectionChoice { perplexity: f32::NAN, neighbors: 0, min_dist: 9.0, ..Default::default() };
        let sound = wild.sound();
        assert_eq!((sound.perplexity, sound.neighbors, sound.min_dist), (30.0, 2, 1.0));
        assert_eq!(sound, sound.sound());
    }
}
