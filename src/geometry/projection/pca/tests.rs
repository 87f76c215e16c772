//! The reference numbers come from scikit-learn 1.9.1 on the table that [`table`] makes, in `f64`:
//! `p = PCA(n_components=5, svd_solver='full').fit(X)`, then `explained_variance_ratio_`, `explained_variance_` and the
//! first and last row of `p.transform(X)`; for unit rows `X / norm(X, axis=1)` instead of `X`.

use std::sync::atomic::Ordering::Relaxed;

use linfa::traits::{Fit, Predict};
use linfa::{Dataset, DatasetBase};
use ndarray::Array2;
use proptest::prelude::*;

use super::*;
use crate::progress::Unwatched;

/// Numbers that a hash of their index makes, with variances that fall from column to column and means away from 0.
fn table(rows: usize, dims: usize) -> Table {
    let value = |i: usize| {
        let mut hash = ((i as u64 + 1) * 2_654_435_761) % (1 << 32);
        hash = ((hash ^ (hash >> 15)) * 2_246_822_519) % (1 << 32);
        hash ^= hash >> 13;
        let column = i % dims;
        let spread = 0.8_f64.powi((column % 12) as i32) * 3.0 / (1.0 + (column / 12) as f64);
        ((hash as f64 / 4_294_967_296.0 - 0.5) * spread + (column % 5) as f64) as f32
    };
    named((0..rows * dims).map(value).collect(), dims)
}

fn named(values: Vec<f32>, dims: usize) -> Table {
    Table::from_f32((0..values.len() / dims).map(|row| row.to_string()).collect(), values, dims)
}

fn options(components: usize, normalize: bool) -> Options {
    Options { components, normalize }
}

fn assert_close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() <= tolerance, "{found} instead of {expected}");
    }
}

fn widened(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&x| f64::from(x)).collect()
}

fn assert_matches(
    table: &Table,
    normalize: bool,
    ratio: &[f64],
    variance: &[f64],
    first: &[f64],
    last: &[f64],
) {
    let pca = Pca::fit(table, options(5, normalize), &Unwatched).unwrap();
    assert_close(&pca.explained_variance_ratio(), ratio, 1e-7);
    assert_close(pca.explained_variance(), variance, 1e-6);
    let projection = project(table, options(5, normalize), &Unwatched).unwrap();
    assert_close(&widened(&projection.coordinates[..5]), first, 1e-5);
    assert_close(&widened(&projection.coordinates[projection.coordinates.len() - 5..]), last, 1e-5);
    assert_close(&widened(&pca.transform(&table.row(0))), first, 1e-5);
}

#[test]
fn agrees_with_scikit_learn() {
    assert_matches(
        &table(300, 20),
        false,
        &[0.285_839_036, 0.183_553_206, 0.123_904_296, 0.083_240_332_1, 0.069_739_385_4],
        &[0.741_553_382, 0.476_192_834, 0.321_445_421, 0.215_950_735, 0.180_925_173],
        &[-0.361_943_14, 0.730_403_049, -0.906_723_88, -0.503_223_654, 0.804_222_202],
        &[-1.327_747_11, -0.856_660_93, -0.704_426_144, 0.720_556_879, 0.690_536_959],
    );
}

#[test]
fn agrees_with_scikit_learn_on_unit_rows() {
    assert_matches(
        &table(300, 20),
        true,
        &[0.294_131_65, 0.187_923_805, 0.124_948_262, 0.083_763_276_9, 0.072_008_574_6],
        &[0.006_043_699_55, 0.003_861_383_21, 0.002_567_386_93, 0.001_721_134_32, 0.001_479_603_4],
        &[-0.032_639_004_7, 0.064_695_000_8, -0.080_340_819_4, -0.062_197_522_6, 0.062_072_194_8],
        &[-0.119_059_035, -0.076_712_140_2, -0.070_349_957_1, 0.054_459_596_2, 0.066_331_019],
    );
}

#[test]
fn agrees_with_scikit_learn_where_rows_are_fewer_than_columns() {
    assert_matches(
        &table(12, 40),
        false,
        &[0.270_452_937, 0.230_536_295, 0.171_583_932, 0.092_786_308_6, 0.063_827_479_9],
        &[0.747_160_257, 0.636_885_513, 0.474_022_194, 0.256_333_848, 0.176_331_441],
        &[-0.241_793_949, -1.411_973_35, 0.570_969_716, -0.799_135_47, -0.119_024_207],
        &[-1.318_087_97, -1.000_910_49, 0.177_441_804, 0.631_668_245, 0.247_545_234],
    );
}

/// linfa's iterative PCA holds where the components asked for are few against the columns; its signs are free.
#[test]
fn agrees_with_linfa_up_to_sign() {
    let table = table(200, 40);
    let records = Array2::from_shape_fn((200, 40), |(i, j)| f64::from(table.row(i)[j]));
    let dataset: Dataset<f64, (), ndarray::Ix1> = DatasetBase::from(records);
    let theirs = linfa_reduction::Pca::params(3).fit(&dataset).unwrap().predict(&dataset);
    let ours = project(&table, options(3, false), &Unwatched).unwrap();
    for row in 0..200 {
        for component in 0..3 {
            let (a, b) = (f64::from(ours.coordinate(row, component)), theirs[(row, component)]);
            assert!((a.abs() - b.abs()).abs() < 1e-5, "row {row}, component {component}: {a} and {b}");
        }
    }
}

#[test]
fn the_three_ways_agree() {
    for (rows, dims) in [(60, 25), (30, 80)] {
        let table = table(rows, dims);
        let moments = Moments::measure(&table, false, true, &Unwatched).unwrap();
        let (direct, axes) = dense(moments.covariance.as_ref().unwrap(), 5);
        let products = from_products(&table, &moments, 5, &Unwatched).unwrap();
        let implicit = implicit(&table, &moments, 5, &Unwatched).unwrap();
        assert_close(&products.0, &direct, 1e-6);
        assert_close(&implicit.0, &direct, 1e-6);
        let axes = orthonormal(&axes, 5, dims);
        assert_close(&widened(&orthonormal(&products.1, 5, dims)), &widened(&axes), 1e-5);
        assert_close(&widened(&orthonormal(&implicit.1, 5, dims)), &widened(&axes), 1e-3);
    }
}

/// The largest pairs alone, and all of them, from a covariance large enough that the first way is taken.
#[test]
fn the_largest_pairs_alone_are_those_of_the_dense_solver() {
    let covariance = Moments::measure(&table(900, 600), false, true, &Unwatched).unwrap().covariance.unwrap();
    let alone = largest(&covariance, 6, &Unwatched).unwrap();
    let all = dense(&covariance, 6);
    assert_close(&alone.0, &all.0, 1e-9);
    let axes = |pairs: &[f64]| widened(&orthonormal(pairs, 6, 600));
    assert_close(&axes(&alone.1), &axes(&all.1), 1e-6);
}

#[test]
fn rows_that_are_not_finite_count_for_nothing() {
    for (rows, dims) in [(300, 20), (12, 40)] {
        let plain = table(rows, dims);
        let mut values: Vec<f32> = (0..rows).flat_map(|row| plain.row(row).into_owned()).collect();
        let expected = Pca::fit(&plain, options(3, false), &Unwatched).unwrap();
        let broken: Vec<f32> = (0..dims).map(|i| if i == 1 { f32::NAN } else { 900.0 }).collect();
        values.splice(dims * 5..dims * 5, broken);
        values.extend(vec![f32::INFINITY; dims]);
        let found = Pca::fit(&named(values, dims), options(3, false), &Unwatched).unwrap();
        assert_close(found.explained_variance(), expected.explained_variance(), 1e-6);
        assert_close(&widened(&found.linear().mean), &widened(&expected.linear().mean), 1e-6);
        assert_close(&widened(&found.linear().axes), &widened(&expected.linear().axes), 1e-5);
    }
}

#[test]
fn cancelling_is_heard_in_every_way() {
    struct After(std::sync::atomic::AtomicUsize);
    impl Progress for After {
        fn report(&self, _fraction: f32) {}
        fn is_cancelled(&self) -> bool {
            self.0.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1)).is_err()
        }
    }
    // The passes over the rows ask several times, so one question more is asked by the solver.
    for (rows, dims, most) in [(700, 20, 1), (900, 600, 4), (30, 80, 2)] {
        for patience in 0..=most {
            let progress = After(patience.into());
            let found = Pca::fit(&table(rows, dims), options(3, false), &progress);
            assert_eq!(found.err(), Some(Cancelled), "{rows} × {dims} after {patience} questions");
        }
    }
}

#[test]
fn fifty_thousand_columns_need_no_matrix_of_that_size() {
    let table = table(3, 50_000);
    assert_eq!(Way::choose(3, 50_000), Way::Products);
    let projection = project(&table, Options::default(), &Unwatched).unwrap();
    assert_eq!(projection.components, 3);
    let ratio = projection.explained_variance_ratio.unwrap();
    assert!(
        (ratio[0] + ratio[1] - 1.0).abs() < 1e-6 && ratio[2] < 1e-9,
        "three rows span a plane: {ratio:?}"
    );
}

#[test]
fn tables_without_variance_lie_at_the_origin() {
    for (rows, dims) in [(1, 7), (1, 1), (5, 1), (40, 3), (3, 40)] {
        let table =
            named([1.1, -2.3, 0.7].into_iter().cycle().take(dims).collect::<Vec<_>>().repeat(rows), dims);
        for normalize in [false, true] {
            let projection = project(&table, options(2, normalize), &Unwatched).unwrap();
            assert_eq!(projection.points(), rows);
            assert!(
                projection.coordinates.iter().all(|&x| x == 0.0),
                "{rows} × {dims}: {:?}",
                projection.coordinates
            );
            assert!(projection.explained_variance_ratio.unwrap().iter().all(|&share| share == 0.0));
        }
    }
}

#[test]
fn a_table_of_nothing_has_no_points() {
    // A table has at least one column, but may have no row.
    for dims in [1, 3] {
        let table = Table::from_f32(Vec::new(), Vec::new(), dims);
        let projection = project(&table, Options::default(), &Unwatched).unwrap();
        assert_eq!((projection.components, projection.points()), (0, 0));
    }
}

#[test]
fn enormous_and_tiny_numbers_keep_their_shares() {
    let plain = table(50, 6);
    let expected = Pca::fit(&plain, options(3, false), &Unwatched).unwrap().explained_variance_ratio();
    for scale in [1e30_f32, 1e-30] {
        let values =
            (0..50).flat_map(|row| plain.row(row).iter().map(|x| x * scale).collect::<Vec<_>>()).collect();
        let pca = Pca::fit(&named(values, 6), options(3, false), &Unwatched).unwrap();
        assert_close(&pca.explained_variance_ratio(), &expected, 1e-5);
    }
}

#[test]
fn numbers_that_are_not_finite_do_not_spoil_the_map() {
    let mut values: Vec<f32> = (0..60).map(|i| (i * i % 17) as f32).collect();
    values[7] = f32::NAN;
    values[20] = f32::INFINITY;
    let projection = project(&named(values, 3), Options::default(), &Unwatched).unwrap();
    assert!(projection.coordinates.iter().all(|x| x.is_finite()));
    assert!(projection.explained_variance_ratio.unwrap().iter().sum::<f64>() <= 1.0 + 1e-9);
}

proptest! {
    #[test]
    fn axes_are_orthonormal_and_shares_add_up(
        (dims, values) in (1_usize..9).prop_flat_map(|dims| (
            Just(dims),
            (1_usize..30).prop_flat_map(move |rows| prop::collection::vec(-5.0_f32..5.0, rows * dims)),
        )),
        normalize: bool,
    ) {
        let table = named(values, dims);
        let pca = Pca::fit(&table, options(usize::MAX, normalize), &Unwatched).unwrap();
        let axes: Vec<&[f32]> = pca.linear().axes.chunks_exact(dims).collect();
        prop_assert_eq!(axes.len(), dims.min(table.rows()));
        for (i, u) in axes.iter().enumerate() {
            let most = u.iter().copied().fold(0.0_f32, |most, x| if x.abs() > most.abs() { x } else { most });
            prop_assert!(most > 0.0, "the largest loading is positive");
            for (j, v) in axes.iter().enumerate() {
                let product: f32 = u.iter().zip(*v).map(|(x, y)| x * y).sum();
                prop_assert!((product - f32::from(u8::from(i == j))).abs() < 1e-5);
            }
        }
        let shares = pca.explained_variance_ratio();
        prop_assert!(shares.windows(2).all(|pair| pair[0] >= pair[1] - 1e-12));
        let sum: f64 = shares.iter().sum();
        prop_assert!(sum == 0.0 || (sum - 1.0).abs() < 1e-5, "all components together have all the variance: {sum}");
    }

    #[test]
    fn the_order_of_rows_does_not_matter(offset in 1_usize..299) {
        let table = table(300, 20);
        let turned: Vec<f32> = (0..300).flat_map(|row| table.row((row + offset) % 300).into_owned()).collect();
        let (a, b) = (
            project(&table, options(3, false), &Unwatched).unwrap(),
            project(&named(turned, 20), options(3, false), &Unwatched).unwrap(),
        );
        for row in 0..300 {
            for component in 0..3 {
                let (a, b) = (a.coordinate((row + offset) % 300, component), b.coordinate(row, component));
                prop_assert!((a - b).abs() < 1e-5);
            }
        }
    }
}
