//! Does one piece of work at a time, on request, and says how long it took: the side of `compare.py` that is Lexiscope,
//! in one process that stays warm, as its rivals' processes do.
//!
//! `turns FILE` opens a file of vectors and then reads lines such as `nearest 64`; the answer to each is a line with
//! milliseconds. Work is `nearest COUNT` and `compact COUNT` (queries, by cosine; the second looks at an 8-bit copy first),
//! `copy` (making that copy), `knn K`, `fit COMPONENTS` and `project COMPONENTS` (PCA, without and with placing the rows).
//! `ratios COMPONENTS` and `axes COMPONENTS` answer with what PCA found instead, for comparison. `tsne SEED` and `umap SEED`
//! make maps of unit rows; `tsne-points SEED` and `umap-points SEED` answer with the coordinates.

use std::cell::LazyCell;
use std::hint::black_box;
use std::io::{self, BufRead, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use lexiscope::geometry::neighbors::{self, Compact, Neighbor};
use lexiscope::geometry::projection::pca::{self, Options, Pca};
use lexiscope::geometry::projection::{Projection, tsne, umap};
use lexiscope::geometry::{Metric, knn_graph};
use lexiscope::progress::Unwatched;
use lexiscope::vectors::{Table, open};

/// The neighbors that are asked for.
const K: usize = 10;

fn main() {
    // `cargo bench` alone starts every benchmark, this one without a file: then there is nothing to do.
    let Some(path) = std::env::args().skip(1).find(|argument| !argument.starts_with("--")) else { return };
    let table = open(Path::new(&path), &Unwatched).expect("a file of vectors").table;
    let compact = LazyCell::new(|| Compact::build(&table, &Unwatched).expect("never cancelled"));
    table.norms();
    for line in io::stdin().lock().lines() {
        let line = line.expect("text");
        let mut parts = line.split_whitespace();
        let work = parts.next().expect("the name of some work");
        let count = parts.next().map_or(1, |number| number.parse().expect("a number"));
        println!("{}", answer(&table, &compact, work, count));
        io::stdout().flush().expect("somebody listens");
    }
}

fn options(components: usize) -> Options {
    Options { components, ..Options::default() }
}

fn answer(
    table: &Table,
    compact: &LazyCell<Compact, impl FnOnce() -> Compact>,
    work: &str,
    count: usize,
) -> String {
    let fit = || Pca::fit(table, options(count), &Unwatched).expect("never cancelled");
    let milliseconds = match work {
        "ratios" => return format!("{:?}", fit().explained_variance_ratio()),
        "axes" => return format!("{:?}", fit().linear().axes),
        "nearest" => {
            let queries = queries(table, count);
            timed(|| nearest(table, &queries))
        }
        "compact" => {
            let queries = queries(table, count);
            let compact: &Compact = compact;
            if count > 1 {
                return timed(|| batch(table, Some(compact), &queries)).to_string();
            }
            timed(|| {
                neighbors::nearest_with(table, Some(compact), &queries, K, Metric::Cosine, &[], &Unwatched)
            })
        }
        "copy" => timed(|| Compact::build(table, &Unwatched)),
        "knn" => timed(|| knn_graph(table, count, Metric::Cosine, &Unwatched)),
        "fit" => timed(fit),
        "tsne" => timed(|| tsne_map(table, count)),
        "umap" => timed(|| umap_map(table, count)),
        "tsne-points" => return format!("{:?}", tsne_map(table, count).coordinates),
        "umap-points" => return format!("{:?}", umap_map(table, count).coordinates),
        "project" => timed(|| pca::project(table, options(count), &Unwatched)),
        other => panic!("there is no work `{other}`"),
    };
    milliseconds.to_string()
}

/// The milliseconds that some work takes.
fn timed<T>(work: impl FnOnce() -> T) -> f64 {
    let begin = Instant::now();
    let made = work();
    let taken = begin.elapsed();
    drop(black_box(made));
    taken.as_secs_f64() * 1e3
}

fn tsne_map(table: &Table, seed: usize) -> Projection {
    let options = tsne::Options { seed: seed as u64, ..Default::default() };
    tsne::project(table, options, &mut |_| ControlFlow::Continue(()), &Unwatched).expect("never cancelled")
}

fn umap_map(table: &Table, seed: usize) -> Projection {
    let options = umap::Options { seed: seed as u64, ..Default::default() };
    umap::project(table, options, &mut |_| ControlFlow::Continue(()), &Unwatched).expect("never cancelled")
}

/// Rows far apart, one after another.
fn queries(table: &Table, count: usize) -> Vec<f32> {
    (0..count).flat_map(|i| table.row(i * 7_919 % table.rows()).into_owned()).collect()
}

fn nearest(table: &Table, queries: &[f32]) -> Vec<Vec<Neighbor>> {
    if queries.len() == table.dims() {
        return vec![
            neighbors::nearest(table, queries, K, Metric::Cosine, &[], &Unwatched).expect("never cancelled"),
        ];
    }
    batch(table, None, queries)
}

fn batch(table: &Table, compact: Option<&Compact>, queries: &[f32]) -> Vec<Vec<Neighbor>> {
    neighbors::nearest_batch_with(table, compact, queries, K, Metric::Cosine, &[], &Unwatched)
        .expect("never cancelled")
}
