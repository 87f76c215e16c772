use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256Plus;

use super::*;
use crate::geometry::Metric;
use crate::geometry::neighbors::of_row;
use crate::progress::{Cancelled, Unwanted, Unwatched};
use crate::vectors::Table;

mod alignment;
mod movement;
mod neighborhood;
mod shared;

/// `rows` rows of `dims` random numbers from −1 to 1.
fn noise(rows: usize, dims: usize, seed: u64) -> Vec<f32> {
    let mut random = Xoshiro256Plus::seed_from_u64(seed);
    (0..rows * dims).map(|_| random.gen_range(-1.0..1.0)).collect()
}

/// A table whose words are the numbers of its rows.
fn numbered(values: Vec<f32>, dims: usize) -> Table {
    Table::from_f32((0..values.len() / dims).map(|row| format!("w{row}")).collect(), values, dims)
}

fn named(words: &[&str], values: Vec<f32>, dims: usize) -> Table {
    Table::from_f32(words.iter().map(|&word| word.to_owned()).collect(), values, dims)
}

/// A random matrix with orthonormal rows (`rows` ≤ `columns`), row after row, by Gram and Schmidt.
fn orthonormal(rows: usize, columns: usize, seed: u64) -> Vec<f64> {
    let mut random = Xoshiro256Plus::seed_from_u64(seed);
    let mut done: Vec<Vec<f64>> = Vec::new();
    while done.len() < rows {
        let mut row: Vec<f64> = (0..columns).map(|_| random.gen_range(-1.0..1.0)).collect();
        for other in done.iter().chain(&done) {
            let along: f64 = row.iter().zip(other).map(|(x, y)| x * y).sum();
            row.iter_mut().zip(other).for_each(|(x, y)| *x -= along * y);
        }
        let length = row.iter().map(|x| x * x).sum::<f64>().sqrt();
        done.push(row.into_iter().map(|x| x / length).collect());
    }
    done.concat()
}

/// Rows of as many numbers as `matrix` has columns, times its transpose: a row x becomes M x.
fn turned(values: &[f32], matrix: &[f64], columns: usize) -> Vec<f32> {
    let product =
        |row: &[f32], line: &[f64]| row.iter().zip(line).map(|(&x, y)| f64::from(x) * y).sum::<f64>();
    let lines = || matrix.chunks_exact(columns);
    values.chunks_exact(columns).flat_map(|row| lines().map(|line| product(row, line) as f32)).collect()
}

fn aligned(first: &Table, second: &Table, center: bool) -> (SharedWords, Alignment) {
    let shared = SharedWords::of(first, second);
    let options = Options { center, ..Options::default() };
    let alignment = align(first, second, &shared, options, &Unwatched).unwrap();
    (shared, alignment)
}

fn assert_near(found: &[f32], expected: &[f64], tolerance: f64, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (i, (&found, expected)) in found.iter().zip(expected).enumerate() {
        assert!((f64::from(found) - expected).abs() < tolerance, "{what}, {i}: {found}, not {expected}");
    }
}
