//! What a person's choices come to on a table: the long work that the window does in jobs and the shell at once.

use std::ops::ControlFlow;

use super::row_set::RowSet;
use super::view::{ClusterChoice, ProjectionChoice};
use crate::geometry::clusters::{self, Clustering, hdbscan, kmeans};
use crate::geometry::projection::{Draft, Method, Projection, Show, diffusion, pca, random, tsne, umap};
use crate::geometry::table_of;
use crate::progress::{Cancelled, Progress};
use crate::vectors::Table;

impl ProjectionChoice {
    /// Projects the `isolated` rows of a table as if it had no others, or all of them where none are isolated.
    ///
    /// # Errors
    /// [`Cancelled`] once `progress` says so.
    pub fn project_among(
        &self,
        table: &Table,
        isolated: &RowSet,
        components: usize,
        show: &mut Show<'_>,
        progress: &dyn Progress,
    ) -> Result<Projection, Cancelled> {
        if isolated.is_empty() {
            return self.project(table, components, show, progress);
        }
        know_norms(table, progress)?;
        // A row that is not finite has no place among so few.
        let finite = |row: &u32| table.norm(*row as usize).is_finite();
        let rows: Vec<u32> = isolated.iter().filter(finite).collect();
        let own = table_of(table, &rows, progress)?;
        let named = |sampled: Option<&[u32]>| match sampled {
            Some(sampled) => sampled.iter().map(|&row| rows[row as usize]).collect(),
            None => rows.clone(),
        };
        let mut show = |draft: Draft<'_>| {
            let rows: Vec<u32> = named(draft.sampled_rows);
            show(Draft { sampled_rows: Some(&rows), ..draft })
        };
        let projection = self.project(&own, components, &mut show, progress)?;
        let sampled_rows = Some(named(projection.sampled_rows.as_deref()));
        Ok(Projection { sampled_rows, ..projection })
    }

    /// Projects all rows of a table, or a sample where the method needs one, to at most `components` coordinates. Where
    /// these are found round after round, `show` is given each draft.
    ///
    /// # Errors
    /// [`Cancelled`] once `progress` says so.
    pub fn project(
        &self,
        table: &Table,
        components: usize,
        show: &mut Show<'_>,
        progress: &dyn Progress,
    ) -> Result<Projection, Cancelled> {
        let Self { method, normalize, seed, perplexity, neighbors, min_dist, rounds } = *self;
        know_norms(table, progress)?;
        if method.is_iterative() && components > 3 {
            // There are no more to choose from, and points that have room in three lie otherwise than in two.
            return self.project(table, 2, show, progress);
        }
        let show = &mut |draft: Draft<'_>| {
            let [done, _] = draft.rounds;
            let goes_on = show(draft);
            // It ends where somebody stopped it.
            if rounds.is_some_and(|rounds| done >= rounds) { ControlFlow::Break(()) } else { goes_on }
        };
        match method {
            Method::TSne => {
                let options = tsne::Options { components, normalize, seed, perplexity, ..Default::default() };
                tsne::project(table, options, show, progress)
            }
            Method::Umap => {
                let options =
                    umap::Options { components, normalize, seed, neighbors, min_dist, ..Default::default() };
                umap::project(table, options, show, progress)
            }
            Method::Pca => pca::project(table, pca::Options { components, normalize }, progress),
            Method::Random => random::project(table, components, normalize, seed, progress),
            Method::Diffusion => {
                let options = diffusion::Options { components, normalize, seed, ..Default::default() };
                diffusion::project(table, options, progress)
            }
        }
    }
}

impl ClusterChoice {
    /// Finds the clusters of a table.
    ///
    /// # Errors
    /// [`Cancelled`] once `progress` says so.
    pub fn find(&self, table: &Table, progress: &dyn Progress) -> Result<Clustering, Cancelled> {
        let Self { method, k, min_size, seed } = *self;
        know_norms(table, progress)?;
        match method {
            clusters::Method::KMeans => {
                kmeans::cluster(table, kmeans::Options { k, seed, ..Default::default() }, progress)
            }
            clusters::Method::Hdbscan => {
                let options = hdbscan::Options { min_cluster_size: min_size, seed, ..Default::default() };
                hdbscan::cluster(table, options, progress)
            }
        }
    }
}

/// The first pass over a vast table, which was not read when it was opened: only after it do rows that are not finite
/// read as zeros. Here rather than where lengths are first wanted, so that it can be given up.
fn know_norms(table: &Table, progress: &dyn Progress) -> Result<(), Cancelled> {
    table.norms_with(progress).map(|_| ())
}
