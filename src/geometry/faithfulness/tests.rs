use super::*;
use crate::geometry::neighbors::of_row;
use crate::geometry::projection::{Method, pca, random};
use crate::progress::{Unwanted, Unwatched};

fn table(rows: usize, dims: usize) -> Table {
    let value = |i: usize| ((i * i * 31 + i * 7_919) % 10_007) as f32 / 5_000.0 - 1.0;
    let values = (0..rows * dims).map(value).collect();
    Table::from_f32(vec![String::new(); rows], values, dims)
}

fn flat(coordinates: Vec<f32>, sampled_rows: Option<Vec<u32>>) -> Projection {
    Projection {
        method: Method::Random,
        components: 2,
        coordinates,
        explained_variance_ratio: None,
        sampled_rows,
        linear: None,
        unfinished: None,
    }
}

/// How many of the k nearest rows of each row are among its k nearest points, one after another.
fn kept_by_looking(table: &Table, map: &Projection, k: usize, metric: Metric) -> Vec<usize> {
    let points = (0..table.rows()).flat_map(|row| [map.coordinate(row, 0), map.coordinate(row, 1)]).collect();
    let points = Table::from_f32(vec![String::new(); table.rows()], points, 2);
    let nearest = |table: &Table, row, metric| of_row(table, row, k, metric, &Unwatched).unwrap();
    (0..table.rows())
        .map(|row| {
            let near = nearest(&points, row, Metric::Euclidean);
            let truly = nearest(table, row, metric);
            truly.iter().filter(|one| near.iter().any(|other| other.row == one.row)).count()
        })
        .collect()
}

#[test]
fn what_is_kept_is_what_looking_at_all_points_finds() {
    let table = table(300, 12);
    let map = random::project(&table, 2, false, 4, &Unwatched).unwrap();
    for metric in Metric::ALL {
        for k in [1, 10, 40] {
            let found = measure(&table, &map, [0, 1], k, metric, &Unwatched).unwrap();
            let kept: Vec<usize> = (0..300).map(|row| found.kept(row).unwrap()).collect();
            assert_eq!(kept, kept_by_looking(&table, &map, k, metric), "{metric}, k = {k}");
            assert!((found.mean - kept.iter().sum::<usize>() as f64 / 300.0).abs() < 1e-9);
            assert_eq!((found.k, found.measured, found.rows, found.ranked), (k, 300, 300, 300));
        }
    }
}

#[test]
fn a_map_of_two_columns_keeps_everything() {
    let table = table(200, 2);
    let map = pca::project(&table, pca::Options::default(), &Unwatched).unwrap();
    let found = measure(&table, &map, [0, 1], 7, Metric::Euclidean, &Unwatched).unwrap();
    assert_eq!((found.mean, found.trustworthiness, found.continuity), (7.0, Some(1.0), Some(1.0)));
    let turned = measure(&table, &map, [1, 0], 7, Metric::Euclidean, &Unwatched).unwrap();
    assert_eq!(turned.mean, 7.0, "nothing depends on which axis is which");
    let one = measure(&table, &map, [0, 5], 7, Metric::Euclidean, &Unwatched).unwrap();
    assert!(one.mean < 7.0, "one component alone is less");
}

#[test]
fn rows_without_a_place_are_not_measured_and_nobodys_neighbors() {
    let mut values: Vec<f32> = (0..60).map(|i| i as f32).collect();
    values[40] = f32::NAN;
    let table = Table::from_f32(vec![String::new(); 30], values.clone(), 2);
    let map = flat(values.iter().map(|x| if x.is_nan() { 0.0 } else { *x }).collect(), None);
    let found = measure(&table, &map, [0, 1], 2, Metric::Euclidean, &Unwatched).unwrap();
    assert_eq!((found.kept(20), found.kept(19), found.rows, found.mean), (None, Some(2), 29, 2.0));
    // A map of every second row: the neighbors are those among them.
    let sampled: Vec<u32> = (0..30).step_by(2).collect();
    let places = sampled.iter().flat_map(|&row| [row as f32, 0.0]).collect();
    let found =
        measure(&table, &flat(places, Some(sampled)), [0, 1], 2, Metric::Euclidean, &Unwatched).unwrap();
    assert_eq!((found.kept(20), found.kept(19), found.kept(10), found.rows), (None, None, Some(2), 14));
}

#[test]
fn small_and_uniform_tables_do_not_fail() {
    for rows in 0..6 {
        let table = table(rows, 3);
        let map = pca::project(&table, pca::Options::default(), &Unwatched).unwrap();
        let found = measure(&table, &map, [0, 1], 10, Metric::Cosine, &Unwatched).unwrap();
        assert_eq!(found.k, found.rows.saturating_sub(1));
        assert!(found.mean <= found.k as f64);
    }
    let same = Table::from_f32(vec![String::new(); 50], vec![1.0; 150], 3);
    let found =
        measure(&same, &flat(vec![2.0; 100], None), [0, 1], 5, Metric::Euclidean, &Unwatched).unwrap();
    assert_eq!(found.trustworthiness, Some(1.0));
}

#[test]
fn a_sample_of_a_large_table_is_near_the_whole() {
    let table = table(2_000, 8);
    let map = random::project(&table, 2, false, 4, &Unwatched).unwrap();
    let placed = Placed::new(&table, &map, [0, 1], &Unwatched).unwrap();
    let drawn = placed.drawn(300 * 2_000 * 8, 10, 5_000);
    assert_eq!(
        (drawn.len(), placed.drawn(0, 10, 5_000).len(), placed.drawn(1 << 40, 10, 50).len()),
        (300, 10, 50)
    );
    let whole: Vec<u32> = (0..2_000).collect();
    let all = placed.true_neighbors(&whole, 5, Metric::Cosine, &Unwatched).unwrap();
    let some = placed.true_neighbors(&drawn, 5, Metric::Cosine, &Unwatched).unwrap();
    for (&row, neighbors) in drawn.iter().zip(&some) {
        assert_eq!(neighbors, &all[row as usize]);
    }
}

#[test]
fn cancelled_work_says_so() {
    let (table, map) = (table(100, 3), flat(vec![0.0; 200], None));
    assert_eq!(measure(&table, &map, [0, 1], 5, Metric::Cosine, &Unwanted), Err(Cancelled));
}

#[test]
fn large_tables_wait_until_somebody_asks() {
    let table = |rows: usize, dims| {
        Table::from_f32((0..rows).map(|row| row.to_string()).collect(), vec![0.0; rows * dims], dims)
    };
    assert!(is_quick(&table(10_000, 50)) && !is_quick(&table(49_152, 16)));
}
