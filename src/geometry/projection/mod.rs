//! Ways to show rows of many numbers as points on a map. One file each.

pub mod diffusion;
pub mod layout;
pub mod linear;
mod moments;
mod neighborhood;
pub mod pca;
pub mod random;
mod subspace;
pub mod tsne;
pub mod umap;

use std::fmt;
use std::ops::ControlFlow;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use layout::{Layout, Turn};
pub use linear::Linear;
pub use pca::Pca;

/// A way to place rows on a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// Principal component analysis, exact: the flat shadow that keeps the most variance.
    #[default]
    Pca,
    /// t-SNE: near rows stay near, and little else means anything.
    TSne,
    /// UMAP: near rows stay near, and groups are drawn together.
    Umap,
    /// A shadow in random directions: what any map would show by chance.
    Random,
    /// A diffusion map: near are the rows that a random walk over neighbours easily joins.
    Diffusion,
}

impl Method {
    /// Every method, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Pca, Self::TSne, Self::Umap, Self::Random, Self::Diffusion];

    /// The name in commands and files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pca => "pca",
            Self::TSne => "tsne",
            Self::Umap => "umap",
            Self::Random => "random",
            Self::Diffusion => "diffusion",
        }
    }

    /// Whether points are moved, round after round, to where they lie: then a map has the coordinates that were asked for
    /// and no others to choose from.
    #[must_use]
    pub fn is_iterative(self) -> bool {
        matches!(self, Self::TSne | Self::Umap)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// A projection's name was not one of those there are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no projection `{0}`; choose pca, tsne, umap, random or diffusion")]
pub struct UnknownMethod(pub String);

impl FromStr for Method {
    type Err = UnknownMethod;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|method| method.name() == name)
            .ok_or_else(|| UnknownMethod(name.to_owned()))
    }
}

/// Where the rows of a table came to lie.
#[derive(Debug, Clone, PartialEq)]
pub struct Projection {
    /// How they were placed.
    pub method: Method,
    /// m, the coordinates of each point; less than 2 where the table has no second direction.
    pub components: usize,
    /// The points one after another, m numbers each: one for every row, or one for each of `sampled_rows`.
    pub coordinates: Vec<f32>,
    /// For PCA the share of the *total* variance that each component has, 0 to 1.
    pub explained_variance_ratio: Option<Vec<f64>>,
    /// The rows that were placed, ascending, where the table was too large to place them all.
    pub sampled_rows: Option<Vec<u32>>,
    /// The linear map that placed the rows and can place any other vector, where there is one.
    pub linear: Option<Linear>,
    /// Of a map that points are moved to round after round, and that was ended before: the rounds, and how many there
    /// should have been.
    pub unfinished: Option<[usize; 2]>,
}

/// A map that is still worked on, as it stands after a round.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'a> {
    /// How rows are placed.
    pub method: Method,
    /// m, the coordinates of each point.
    pub components: usize,
    /// The points one after another, m numbers each.
    pub coordinates: &'a [f32],
    /// Their rows, ascending, where they are a sample.
    pub sampled_rows: Option<&'a [u32]>,
    /// The rounds so far, and how many there will be.
    pub rounds: [usize; 2],
}

impl Draft<'_> {
    /// The map as it stands.
    #[must_use]
    pub fn projection(&self) -> Projection {
        Projection {
            method: self.method,
            components: self.components,
            coordinates: self.coordinates.to_vec(),
            explained_variance_ratio: None,
            sampled_rows: self.sampled_rows.map(<[u32]>::to_vec),
            linear: None,
            unfinished: Some(self.rounds),
        }
    }
}

/// Is given each draft of a map, and may end the work with `Break`: then the draft is the map.
pub type Show<'a> = dyn FnMut(Draft<'_>) -> ControlFlow<()> + 'a;

impl Projection {
    /// How many points there are.
    #[must_use]
    pub fn points(&self) -> usize {
        self.coordinates.len().checked_div(self.components).unwrap_or(0)
    }

    /// The table's row that point `point` stands for.
    #[must_use]
    pub fn row_of(&self, point: usize) -> u32 {
        self.sampled_rows.as_ref().map_or(point as u32, |rows| rows[point])
    }

    /// The point of the table's row `row`, unless it was left out of a sample.
    #[must_use]
    pub fn point_of(&self, row: u32) -> Option<usize> {
        match &self.sampled_rows {
            Some(rows) => rows.binary_search(&row).ok(),
            None => Some(row as usize).filter(|&point| point < self.points()),
        }
    }

    /// A coordinate of a point; 0 for a component that does not exist, so that one column still makes a map.
    #[must_use]
    pub fn coordinate(&self, point: usize, component: usize) -> f32 {
        if component < self.components { self.coordinates[point * self.components + component] } else { 0.0 }
    }

    /// The same map with the points that `wanted` says of their number and row.
    #[must_use]
    pub fn only(&self, wanted: impl Fn(usize, u32) -> bool) -> Self {
        let m = self.components;
        let points: Vec<usize> =
            (0..self.points()).filter(|&point| wanted(point, self.row_of(point))).collect();
        Self {
            coordinates: points
                .iter()
                .flat_map(|point| &self.coordinates[point * m..(point + 1) * m])
                .copied()
                .collect(),
            sampled_rows: Some(points.iter().map(|&point| self.row_of(point)).collect()),
            explained_variance_ratio: self.explained_variance_ratio.clone(),
            linear: self.linear.clone(),
            ..*self
        }
    }

    /// Where a vector from outside (d numbers) would lie on this map, if the method can tell.
    #[must_use]
    pub fn place(&self, vector: &[f32]) -> Option<Vec<f32>> {
        self.linear.as_ref().map(|linear| linear.transform(vector))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_and_rows_find_each_other_in_a_sample() {
        let projection = Projection {
            method: Method::Diffusion,
            components: 1,
            coordinates: vec![0.5, 0.25],
            explained_variance_ratio: None,
            sampled_rows: Some(vec![3, 9]),
            linear: None,
            unfinished: None,
        };
        assert_eq!(projection.points(), 2);
        assert_eq!(
            (projection.row_of(1), projection.point_of(9), projection.point_of(4)),
            (9, Some(1), None)
        );
        assert_eq!((projection.coordinate(1, 0), projection.coordinate(1, 1)), (0.25, 0.0));
        assert_eq!(projection.place(&[1.0]), None);
    }

    #[test]
    fn names_go_there_and_back() {
        for method in Method::ALL {
            assert_eq!(method.to_string().parse(), Ok(method));
            assert_eq!(serde_json::to_string(&method).unwrap(), format!("\"{method}\""));
        }
        assert!("som".parse::<Method>().is_err());
    }
}
