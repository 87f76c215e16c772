//! Rows that belong together, found without being told what they are.

mod assign;
pub mod hdbscan;
pub mod kmeans;
mod naming;
mod quality;

use std::cmp::Reverse;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::progress::{Cancelled, Part, Progress};
use crate::vectors::Table;

/// The label of rows that belong to no cluster.
pub const NOISE: i32 = -1;

/// A way to find clusters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// Every row joins the nearest of k centers.
    #[default]
    KMeans,
    /// Dense regions become clusters, however many there are; the rest is noise.
    Hdbscan,
}

impl Method {
    /// Every method, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::KMeans, Self::Hdbscan];

    /// The name in commands and files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::KMeans => "kmeans",
            Self::Hdbscan => "hdbscan",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// A clustering's name was not one of those there are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no clustering `{0}`; choose kmeans or hdbscan")]
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

/// One cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cluster {
    /// Its label, which is also its place in [`Clustering::clusters`].
    pub id: u32,
    /// Two or three of its own most typical words; no two clusters have the same name.
    pub name: String,
    /// The rows in it.
    pub size: usize,
    /// The rows whose words are its name; none where no word would do.
    #[serde(skip)]
    pub named_after: Vec<u32>,
}

/// Which row is in which cluster.
#[derive(Debug, Clone, PartialEq)]
pub struct Clustering {
    /// How the clusters were found.
    pub method: Method,
    /// The cluster of every row of the table, or [`NOISE`].
    pub labels: Vec<i32>,
    /// The clusters, largest first.
    pub clusters: Vec<Cluster>,
    /// How many clusters there are; for k-means fewer than asked for where rows coincide.
    pub k: usize,
    /// How much nearer rows are to their own cluster than to the next, −1 to 1 (Rousseeuw 1987), averaged over the rows
    /// that are in clusters; none with fewer than two clusters.
    pub silhouette: Option<f32>,
    /// How many sampled rows the silhouette was measured on; none where it is exact.
    pub silhouette_rows: Option<usize>,
    /// How many sampled rows the clusters were found on, before all others were put in; none where it was all.
    pub sampled: Option<usize>,
}

impl Clustering {
    /// The rows in no cluster.
    #[must_use]
    pub fn noise(&self) -> usize {
        self.labels.iter().filter(|&&label| label == NOISE).count()
    }

    /// Orders, names and judges what a method found: `labels` may skip numbers, and come in any order.
    fn finish(
        method: Method,
        table: &Table,
        mut labels: Vec<i32>,
        sampled: Option<usize>,
        about: Space,
        progress: &dyn Progress,
    ) -> Result<Self, Cancelled> {
        let sizes = order_by_size(&mut labels);
        let names = naming::named_after(table, &labels, sizes.len(), &Part::new(progress, 0.0, 0.4))?;
        let quality =
            quality::silhouette(table, &labels, sizes.len(), about, &Part::new(progress, 0.4, 1.0))?;
        let clusters = names.into_iter().zip(sizes).enumerate().map(|(id, (named_after, size))| {
            let name = naming::name(table, &named_after, id);
            Cluster { id: id as u32, name, size, named_after }
        });
        let clusters: Vec<Cluster> = clusters.collect();
        Ok(Self {
            method,
            labels,
            k: clusters.len(),
            clusters,
            silhouette: quality.map(|quality| quality.value),
            silhouette_rows: quality.and_then(|quality| quality.sampled),
            sampled,
        })
    }
}

/// In which space a clustering lives, and with which seed it draws samples.
#[derive(Debug, Clone, Copy)]
struct Space {
    normalize: bool,
    seed: u64,
}

/// Renumbers labels so that 0 is the largest cluster, and among equals the one with the earlier first row. Gives the
/// sizes.
fn order_by_size(labels: &mut [i32]) -> Vec<usize> {
    let most = labels.iter().copied().max().unwrap_or(NOISE);
    let mut seen: Vec<(usize, usize, i32)> = (0..=most).map(|label| (0, usize::MAX, label)).collect();
    for (row, &label) in labels.iter().enumerate().filter(|(_, label)| **label >= 0) {
        let (size, first, _) = &mut seen[label as usize];
        *size += 1;
        *first = row.min(*first);
    }
    let mut ranking: Vec<_> = seen.iter().copied().filter(|(size, ..)| *size > 0).collect();
    ranking.sort_unstable_by_key(|&(size, first, _)| (Reverse(size), first));
    let mut renamed = vec![NOISE; seen.len()];
    for (rank, &(_, _, label)) in ranking.iter().enumerate() {
        renamed[label as usize] = rank as i32;
    }
    labels.iter_mut().filter(|label| **label >= 0).for_each(|label| *label = renamed[*label as usize]);
    ranking.into_iter().map(|(size, ..)| size).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_cluster_is_the_first() {
        let mut labels = [4, 4, NOISE, 2, 9, 9, 9];
        assert_eq!(order_by_size(&mut labels), [3, 2, 1]);
        assert_eq!(labels, [1, 1, NOISE, 2, 0, 0, 0]);
        assert_eq!(order_by_size(&mut [NOISE, NOISE]), Vec::<usize>::new());
        assert_eq!(order_by_size(&mut []), Vec::<usize>::new());
    }

    #[test]
    fn equal_clusters_keep_the_order_of_their_rows() {
        let mut labels = [1, 0, 1, 0];
        order_by_size(&mut labels);
        assert_eq!(labels, [0, 1, 0, 1]);
    }

    #[test]
    fn names_go_there_and_back() {
        for method in Method::ALL {
            assert_eq!(method.to_string().parse(), Ok(method));
            assert_eq!(serde_json::to_string(&method).unwrap(), format!("\"{method}\""));
        }
        assert!("dbscan".parse::<Method>().is_err());
    }
}
