//! Does one piece of work at a time, on request, and says how long it took: the side of `compare.py` that is Lexiscope,
//! in one process that stays warm, as its rivals' processes do.
//!
//! `turns FILE` opens a file of vectors and then reads lines such as `nearest 64`; the answer to each is a line with
//! milliseconds. Work is `norms`, `nearest COUNT`, `euclidean COUNT`, and `pca COMPONENTS`.

use std::hint::black_box;
use std::io::{self, BufRead, Write};
use std::path::Path;
use std::time::Instant;

use lexiscope::geometry::{Metric, neighbors, projection::pca};
use lexiscope::progress::Unwatched;
use lexiscope::vectors::{Table, open};

const K: usize = 10;

fn main() {
    // `cargo bench` adds arguments of its own.
    let Some(path) = std::env::args().skip(1).find(|argument| !argument.starts_with("--")) else { return };
    let table = open(Path::new(&path), &Unwatched).expect("a file of vectors").table;
    table.norms();
    for line in io::stdin().lock().lines() {
        let line = line.expect("text");
        let mut parts = line.split_whitespace();
        let work = parts.next().expect("the name of some work");
        let count = parts.next().map_or(1, |number| number.parse().expect("a number"));
        let milliseconds = once(&table, work, count);
        println!("{milliseconds}");
        io::stdout().flush().expect("somebody listens");
    }
}

/// The milliseconds that some work takes.
fn once(table: &Table, work: &str, count: usize) -> f64 {
    let queries: Vec<f32> =
        (0..count).flat_map(|i| table.row(i * 7_919 % table.rows()).into_owned()).collect();
    let begin = Instant::now();
    match work {
        "nearest" => drop(black_box(nearest(table, &queries, Metric::Cosine))),
        "euclidean" => drop(black_box(nearest(table, &queries, Metric::Euclidean))),
        "pca" => {
            let options = pca::Options { components: count, ..pca::Options::default() };
            drop(black_box(pca::project(table, options, &Unwatched)));
        }
        "pca-fit" => {
            let options = pca::Options { components: count, ..pca::Options::default() };
            drop(black_box(pca::Pca::fit(table, options, &Unwatched)));
        }
        other => panic!("there is no work `{other}`"),
    }
    begin.elapsed().as_secs_f64() * 1e3
}

fn nearest(table: &Table, queries: &[f32], metric: Metric) -> Vec<Vec<neighbors::Neighbor>> {
    if queries.len() == table.dims() {
        return vec![
            neighbors::nearest(table, queries, K, metric, &[], &Unwatched).expect("never cancelled"),
        ];
    }
    neighbors::nearest_batch(table, queries, K, metric, &[], &Unwatched).expect("never cancelled")
}
