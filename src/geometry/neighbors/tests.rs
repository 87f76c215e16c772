use proptest::prelude::*;

use super::*;
use crate::geometry::arithmetic::norm;
use crate::progress::{Unwanted, Unwatched};

fn table(rows: &[Vec<f32>]) -> Table {
    let dims = rows[0].len();
    let words = (0..rows.len()).map(|row| row.to_string()).collect();
    Table::from_f32(words, rows.concat(), dims)
}

/// Scores every row and sorts: what the fast search must equal.
fn brute_force(table: &Table, query: &[f32], k: usize, metric: Metric, exclude: &[u32]) -> Vec<Neighbor> {
    let mut all: Vec<Neighbor> = (0..table.rows())
        .filter(|&row| !exclude.contains(&(row as u32)))
        .map(|row| {
            let norms = (norm(query) as f32, table.norms()[row]);
            Neighbor {
                row: row as u32,
                score: metric.score_with_norms(query, norms.0, &table.row(row), norms.1),
            }
        })
        .collect();
    all.sort_by(|a, b| {
        let order = a.score.partial_cmp(&b.score).unwrap();
        if metric.ascending() { order } else { order.reverse() }.then(a.row.cmp(&b.row))
    });
    all.truncate(k);
    all
}

/// Small whole numbers, so that many rows tie and some are zero.
fn rows() -> impl Strategy<Value = Vec<Vec<f32>>> {
    (1_usize..20).prop_flat_map(|dims| {
        prop::collection::vec(prop::collection::vec((-2_i8..=2).prop_map(f32::from), dims), 1..120)
    })
}

/// The answers by both ways of making products, which have to be the same.
fn in_batches(
    table: &Table,
    queries: &[f32],
    k: usize,
    metric: Metric,
    exclude: &[Vec<u32>],
) -> Vec<Vec<Neighbor>> {
    let by = |products: Products| {
        let all = batch::First { rows: table.rows(), of: table };
        batch::batch_by(&products, all, queries, k, metric, exclude, &Unwatched).unwrap()
    };
    let compact = Compact::build(table, &Unwatched).unwrap();
    let exact = by(Products::Exact);
    assert_eq!(exact, by(Products::coded(table, None)), "{metric} by codes made on the way");
    assert_eq!(exact, by(Products::coded(table, Some(&compact))), "{metric} by a copy");
    exact
}

proptest! {
    #[test]
    fn the_nearest_are_those_of_brute_force(
        rows in rows(), k in 0_usize..30, exclude in prop::collection::vec(0_u32..130, 0..4),
    ) {
        let table = table(&rows);
        for metric in Metric::ALL {
            for query in [0, table.rows() - 1] {
                let query = table.row(query);
                let found = nearest(&table, &query, k, metric, &exclude, &Unwatched).unwrap();
                prop_assert_eq!(&found, &brute_force(&table, &query, k, metric, &exclude));
                let compact = Compact::build(&table, &Unwatched).unwrap();
                let faster = nearest_with(&table, Some(&compact), &query, k, metric, &exclude, &Unwatched).unwrap();
                prop_assert_eq!(faster, found);
            }
        }
    }

    #[test]
    fn a_batch_gives_the_answers_of_single_queries(rows in rows(), noise in -1.0_f32..1.0, k in 1_usize..12) {
        let rows: Vec<Vec<f32>> =
            rows.iter().enumerate().map(|(i, row)| row.iter().map(|x| x + noise * (i % 5) as f32).collect()).collect();
        let queries = rows.concat();
        let exclude: Vec<Vec<u32>> = (0..rows.len() as u32).map(|row| vec![row]).collect();
        let table = table(&rows);
        for metric in Metric::ALL {
            let batch = in_batches(&table, &queries, k, metric, &exclude);
            for (row, found) in batch.iter().enumerate() {
                prop_assert_eq!(found, &of_row(&table, row, k, metric, &Unwatched).unwrap());
            }
        }
    }
}

/// Rows that are hard to tell apart or to keep in eight bits: copies, zeros, one large number among small ones, lengths
/// from nothing to the end of `f32`, everything far from 0.
fn hard_rows() -> impl Strategy<Value = Vec<Vec<f32>>> {
    let scale =
        prop::sample::select(vec![1.0_f32, 1.0, 1.0, 0.0, 1e-42, 1e-30, 1e-10, 1e5, 1e18, 1e30, 3e38]);
    let row = move |dims| (prop::collection::vec(-1.0_f32..=1.0, dims), scale.clone(), 0..dims, 0_u8..4);
    (1_usize..40).prop_flat_map(move |dims| {
        let rows = prop::collection::vec(row(dims), 1..150);
        (rows, prop::collection::vec(prop::sample::select(vec![0.0_f32, 0.0, 1.0, 100.0]), dims)).prop_map(
            |(rows, center)| {
                let mut all: Vec<Vec<f32>> = Vec::new();
                for (values, scale, column, kind) in rows {
                    let mut row: Vec<f32> = values
                        .iter()
                        .zip(&center)
                        .map(|(x, c)| (x + c).clamp(-1e2, 1e2) * (scale / 128.0))
                        .collect();
                    match kind {
                        0 => row[column] = scale,
                        1 if !all.is_empty() => row.clone_from(&all[column % all.len()]),
                        _ => {}
                    }
                    all.push(row);
                }
                all
            },
        )
    })
}

proptest! {
    #[test]
    fn hard_rows_have_the_neighbors_of_brute_force_in_every_way(rows in hard_rows(), k in 1_usize..9) {
        let table = table(&rows);
        let compact = Compact::build(&table, &Unwatched).unwrap();
        for metric in Metric::ALL {
            let batch = in_batches(&table, &rows.concat(), k, metric, &[]);
            for (query, batch) in rows.iter().zip(batch) {
                let expected = brute_force(&table, query, k, metric, &[]);
                let with = |compact| nearest_with(&table, compact, query, k, metric, &[], &Unwatched).unwrap();
                prop_assert_eq!(with(None), &expected[..], "{} by plain scan", metric);
                prop_assert_eq!(with(Some(&compact)), &expected[..], "{} by compact scan", metric);
                prop_assert_eq!(batch, &expected[..], "{} by matrix product", metric);
            }
        }
    }
}

/// Lengths of a few units in the last place of the smallest numbers there are: a bound made from them is off by percents.
#[test]
fn a_query_that_nearly_vanishes_still_finds_its_ties() {
    let row = |scale: f32| vec![scale, 0.0, scale, scale / 100.0, scale];
    let rows = [1e-42, 7.8e17, 7.8e17, 1e-42, 1.0, 1e-42, 7.8e17, 1.0, 7.8e17].map(row);
    let table = table(&rows);
    let compact = Compact::build(&table, &Unwatched).unwrap();
    for metric in Metric::ALL {
        let batch = in_batches(&table, &rows.concat(), 5, metric, &[]);
        for (query, batch) in rows.iter().zip(batch) {
            let expected = brute_force(&table, query, 5, metric, &[]);
            assert_eq!(batch, expected, "{metric}");
            assert_eq!(
                nearest_with(&table, Some(&compact), query, 5, metric, &[], &Unwatched).unwrap(),
                expected
            );
        }
    }
}

/// Bounds on products with a query so long that their squares leave `f32` mean nothing, however tame the rows are.
#[test]
fn queries_beyond_the_reach_of_f32_have_the_neighbors_of_brute_force() {
    let value = |i: usize| ((i * 7_919) % 1_009) as f32 / 500.0 - 1.0;
    for dims in [2, 7] {
        let rows: Vec<Vec<f32>> = (0..70)
            .map(|row| (0..dims).map(|i| value(row * dims + i) * 10_f32.powi(row as i32 % 18)).collect())
            .collect();
        let table = table(&rows);
        let queries: Vec<Vec<f32>> = (0..70)
            .map(|row| {
                (0..dims).map(|i| value(900 - row * dims - i) * 10_f32.powi(19 + row as i32 % 17)).collect()
            })
            .collect();
        for metric in Metric::ALL {
            let batch = in_batches(&table, &queries.concat(), 21, metric, &[]);
            for (query, batch) in queries.iter().zip(batch) {
                assert_eq!(batch, brute_force(&table, query, 21, metric, &[]), "{metric}");
            }
        }
    }
}

#[test]
fn rows_that_are_not_finite_are_nobodys_neighbors() {
    let mut rows: Vec<Vec<f32>> = (0..40_u8).map(|i| vec![f32::from(i), 1.0, f32::from(i % 7)]).collect();
    rows[3][1] = f32::NAN;
    rows[20][0] = f32::INFINITY;
    let table = table(&rows);
    let compact = Compact::build(&table, &Unwatched).unwrap();
    for metric in Metric::ALL {
        let batch = in_batches(&table, &[2.0, 1.0, 0.5], 50, metric, &[]);
        for compact in [None, Some(&compact)] {
            let found = nearest_with(&table, compact, &[2.0, 1.0, 0.5], 50, metric, &[], &Unwatched).unwrap();
            assert_eq!(found.len(), 38, "{metric}");
            assert!(found.iter().all(|neighbor| ![3, 20].contains(&neighbor.row)));
            assert_eq!(found, batch[0]);
        }
    }
}

#[test]
fn many_blocks_agree_with_brute_force() {
    let dims = 1_000;
    let value = |i: usize| ((i * 7_919) % 1_009) as f32 / 500.0 - 1.0;
    let rows: Vec<Vec<f32>> =
        (0..1_500).map(|row| (0..dims).map(|column| value(row * dims + column)).collect()).collect();
    let queries = rows[..70].concat();
    let table = table(&rows);
    let compact = Compact::build(&table, &Unwatched).unwrap();
    for metric in Metric::ALL {
        let batch = in_batches(&table, &queries, 5, metric, &[]);
        assert_eq!(batch.len(), 70, "more queries than one batch holds");
        for (row, found) in batch.iter().enumerate() {
            let expected = brute_force(&table, &table.row(row), 5, metric, &[]);
            assert_eq!(*found, expected, "{metric}, row {row}");
            let query = table.row(row);
            let faster = nearest_with(&table, Some(&compact), &query, 5, metric, &[], &Unwatched).unwrap();
            assert_eq!(faster, expected, "{metric}, row {row}");
        }
    }
}

#[test]
fn rows_beyond_the_reach_of_f32_are_ranked_without_a_panic() {
    let table = table(&[vec![1e30, 1e30], vec![-1e30, 1e30], vec![0.0, 0.0], vec![1.0, 1.0]]);
    for metric in Metric::ALL {
        let single = nearest(&table, &[1e30, 2e30], 4, metric, &[], &Unwatched).unwrap();
        assert_eq!(single.len(), 4);
        assert!(single.iter().all(|neighbor| neighbor.score.is_finite()));
        let batch = in_batches(&table, &[1e30, 2e30], 4, metric, &[]);
        assert_eq!(batch[0], single);
    }
}

#[test]
fn cancelled_work_says_so() {
    let table = table(&[vec![1.0], vec![2.0]]);
    assert_eq!(of_row(&table, 0, 1, Metric::Cosine, &Unwanted), Err(Cancelled));
    assert_eq!(nearest_batch(&table, &[1.0], 1, Metric::Dot, &[], &Unwanted), Err(Cancelled));
    assert_eq!(Compact::build(&table, &Unwanted).unwrap_err(), Cancelled);
    let compact = Compact::build(&table, &Unwatched).unwrap();
    assert_eq!(of_row_with(&table, Some(&compact), 0, 1, Metric::Dot, &Unwanted), Err(Cancelled));
}

#[test]
fn a_pass_answers_several_groups() {
    let dims = 3;
    let value = |i: usize| ((i * 7_919) % 1_009) as f32 / 500.0 - 1.0;
    let values: Vec<f32> = (0..1_300 * dims).map(value).collect();
    let rows: Vec<Vec<f32>> = values.chunks(dims).map(<[f32]>::to_vec).collect();
    let table = table(&rows);
    let exclude: Vec<Vec<u32>> = (0..1_300).map(|row| vec![row]).collect();
    // So many answers to each that 1,300 queries take two passes, and so few that they take one.
    for k in [1_024, 2] {
        let found = in_batches(&table, &values, k, Metric::Euclidean, &exclude);
        for row in [0, 511, 512, 1_023, 1_024, 1_299] {
            assert_eq!(found[row], of_row(&table, row, k, Metric::Euclidean, &Unwatched).unwrap());
        }
    }
}
