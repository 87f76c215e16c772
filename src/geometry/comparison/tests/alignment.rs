use super::*;

/// Whole numbers that need no generator: i² · `factor` mod `modulus` − ⌊`modulus` / 2⌋ for the i-th number of the table.
fn made(rows: usize, dims: usize, factor: i64, modulus: i64) -> Table {
    let value = |i: i64| (i * i * factor % modulus - modulus / 2) as f32;
    numbered((0..(rows * dims) as i64).map(value).collect(), dims)
}

/// The numbers are what `SciPy` 1.17.1 (with `NumPy` 2.4.6) finds: `scipy.linalg.orthogonal_procrustes(B, A)` of unit rows,
/// from which the column means are taken where it says so, and with columns of zeros appended to the narrower of the two
/// where they differ in width, of whose rotation the part of the columns that are there is kept. The mean cosine is that
/// of the rows of A and of B R, to which the means of A are given back.
#[test]
fn rotations_are_those_of_scipy() {
    let (a, b, narrow) = (made(7, 3, 31, 17), made(7, 3, 43, 19), made(7, 2, 43, 19));
    assert_eq!(*a.row(1), [-1.0, -5.0, 2.0]);
    assert_eq!(*narrow.row(6), [8.0, 0.0]);
    #[rustfmt::skip]
    let cases = [
        ("3 to 3", &a, &b, false, 0.594_145_46, vec![
            0.844_722_62, -0.263_491_70, -0.465_849_56,
            0.455_557_33, 0.810_837_26, 0.367_437_71,
            0.280_911_39, -0.522_604_12, 0.804_968_15,
        ]),
        ("3 to 3, centered", &a, &b, true, 0.731_011_76, vec![
            0.644_932_78, -0.592_480_82, -0.482_729_93,
            0.742_370_62, 0.635_703_41, 0.211_582_21,
            0.181_514_66, -0.494_820_82, 0.849_826_32,
        ]),
        ("2 to 3", &a, &narrow, false, 0.419_205_98, vec![
            0.722_842_74, -0.504_529_81, -0.472_173_75,
            0.688_225_85, 0.586_946_77, 0.426_425_46,
        ]),
        ("3 to 2", &narrow, &a, false, 0.437_626_21, vec![
            0.722_842_74, 0.688_225_85,
            -0.504_529_81, 0.586_946_77,
            -0.472_173_75, 0.426_425_46,
        ]),
        ("2 to 3, centered", &a, &narrow, true, 0.473_785_61, vec![
            0.791_556_23, -0.518_274_78, -0.323_774_61,
            0.595_499_87, 0.773_127_52, 0.218_297_36,
        ]),
    ];
    for (what, first, second, center, mean_cosine, rotation) in cases {
        let (_, found) = aligned(first, second, center);
        assert_near(found.rotation(), &rotation, 1e-6, what);
        assert!((found.mean_cosine.unwrap() - mean_cosine).abs() < 1e-6, "{what}: {:?}", found.mean_cosine);
        assert_eq!((found.dims, found.shared, found.fitted), ([first.dims(), second.dims()], 7, 7));
    }
}

#[test]
fn a_rotation_is_undone() {
    let (rows, dims) = (1_000, 20);
    let values = noise(rows, dims, 1);
    let matrix = orthonormal(dims, dims, 2);
    let (first, second) = (numbered(values.clone(), dims), numbered(turned(&values, &matrix, dims), dims));
    for center in [false, true] {
        let (shared, alignment) = aligned(&first, &second, center);
        // A row of the second is x Mᵀ, so what takes it back is M.
        assert_near(alignment.rotation(), &matrix, 1e-5, "rotation");
        assert!((alignment.mean_cosine.unwrap() - 1.0).abs() < 1e-9);
        assert!((alignment.scale - 1.0).abs() < 1e-6);
        let all: Vec<u32> = (0..rows as u32).collect();
        let carried = alignment.carried(&second, &all, &Unwatched).unwrap();
        let expected: Vec<f64> = values.iter().map(|&x| f64::from(x)).collect();
        assert_near(&carried, &expected, 1e-5, "rows");
        let movement =
            Movement::measure(&first, &second, &shared, &alignment, 10, Metric::Cosine, &Unwatched).unwrap();
        assert!((0..rows).all(|pair| movement.distance(pair).unwrap() < 1e-9));
        assert!((0..rows).all(|pair| movement.relative(pair).unwrap() < 0.01), "rounding is no movement");
        assert_eq!((movement.measured, movement.among, movement.mean_kept), (rows, rows, 10.0));
    }
}

#[test]
fn a_table_of_more_dimensions_is_turned_onto_the_one_it_came_from_and_back() {
    let (narrow, wide) = (6, 15);
    let values = noise(400, narrow, 3);
    let columns: Vec<f64> = orthonormal(narrow, wide, 4);
    let transposed: Vec<f64> = (0..wide)
        .flat_map(|j| (0..narrow).map(move |i| (i, j)))
        .map(|(i, j)| columns[i * wide + j])
        .collect();
    let small = numbered(values.clone(), narrow);
    let large = numbered(turned(&values, &transposed, narrow), wide);
    let (_, into_small) = aligned(&small, &large, false);
    let (_, into_large) = aligned(&large, &small, false);
    assert_near(into_small.rotation(), &transposed, 1e-5, "15 to 6");
    assert_near(into_large.rotation(), &columns, 1e-5, "6 to 15");
    for alignment in [into_small, into_large] {
        assert!((alignment.mean_cosine.unwrap() - 1.0).abs() < 1e-9);
    }
}

#[test]
fn lengths_are_brought_to_those_of_the_first_and_shifts_are_centered_away() {
    let values = noise(500, 4, 5);
    let doubled: Vec<f32> = values.iter().map(|x| 8.0 * x).collect();
    let (_, alignment) = aligned(&numbered(values.clone(), 4), &numbered(doubled.clone(), 4), false);
    assert!((alignment.scale - 0.125).abs() < 1e-9);
    let mut out = [0.0; 4];
    alignment.carry(&doubled[8..12], &mut out);
    let expected: Vec<f64> = values[8..12].iter().map(|&x| f64::from(x)).collect();
    assert_near(&out, &expected, 1e-6, "row");

    // Unit rows that are the others' shifted: only centering makes them meet.
    let circle = |row: usize, at: f32| {
        let angle = row as f32 * 0.37;
        [0.3 * angle.cos(), 0.3 * angle.sin(), at]
    };
    let shifted = |at: f32| numbered((0..200).flat_map(|row| circle(row, at)).collect(), 3);
    let mirrored = numbered((0..200).flat_map(|row| circle(row, 1.0).map(|x| -x)).collect(), 3);
    let (_, plain) = aligned(&shifted(1.0), &shifted(0.2), false);
    let (_, centered) = aligned(&shifted(1.0), &shifted(0.2), true);
    assert!(centered.mean_cosine > plain.mean_cosine && centered.centered && !plain.centered);
    let (_, turned) = aligned(&shifted(1.0), &mirrored, true);
    assert!((turned.mean_cosine.unwrap() - 1.0).abs() < 1e-9);
}

#[test]
fn rows_are_carried_alike_one_by_one_and_together() {
    let (first, mut values) = (numbered(noise(600, 7, 6), 7), noise(600, 5, 7));
    values[5 * 10..5 * 11].fill(0.0);
    values[5 * 20] = f32::NAN;
    values[5 * 30..5 * 31].fill(f32::MAX);
    let second = numbered(values.clone(), 5);
    let (_, alignment) = aligned(&first, &second, true);
    let rows: Vec<u32> = (0..600).rev().collect();
    let carried = alignment.carried(&second, &rows, &Unwatched).unwrap();
    for (&row, together) in rows.iter().zip(carried.chunks_exact(7)) {
        let mut alone = [5.0; 7];
        alignment.carry(&values[5 * row as usize..][..5], &mut alone);
        let size = 1.0 + alone.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
        assert!(alone.iter().all(|x| x.is_finite()), "row {row}");
        assert!(alone.iter().zip(together).all(|(x, y)| (x / size - y / size).abs() < 1e-5), "row {row}");
        assert_eq!(alone == [0.0; 7], row == 10 || row == 20, "row {row}");
    }
    assert!(alignment.carried(&second, &[], &Unwatched).unwrap().is_empty());
}

#[test]
fn distances_are_those_of_carried_rows() {
    let (first, second) = (numbered(noise(300, 6, 8), 6), numbered(noise(300, 9, 9), 9));
    for center in [false, true] {
        let (shared, alignment) = aligned(&first, &second, center);
        let mut sum = 0.0;
        for (pair, rows) in shared.pairs().iter().enumerate() {
            let mut carried = [0.0; 6];
            alignment.carry(&second.row(rows[1] as usize), &mut carried);
            let cosine = Metric::Cosine.score(&first.row(rows[0] as usize), &carried);
            assert!((alignment.distance(pair).unwrap() - (1.0 - cosine)).abs() < 1e-5);
            sum += f64::from(cosine);
        }
        assert!((alignment.mean_cosine.unwrap() - sum / 300.0).abs() < 1e-5);
    }
}

#[test]
fn only_the_first_words_are_used_and_zeros_are_not() {
    let dims = 5;
    let mut values = noise(400, dims, 10);
    let matrix = orthonormal(dims, dims, 11);
    let mut other = turned(&values, &matrix, dims);
    // Nothing but noise beyond the first hundred: it must not matter.
    other[100 * dims..].copy_from_slice(&noise(300, dims, 12));
    other[..dims].fill(0.0);
    values[dims..2 * dims].fill(0.0);
    let (first, second) = (numbered(values, dims), numbered(other, dims));
    let shared = SharedWords::of(&first, &second);
    let options = Options { center: false, most_words: 100 };
    let found = align(&first, &second, &shared, options, &Unwatched).unwrap();
    assert_near(found.rotation(), &matrix, 1e-5, "rotation");
    assert_eq!((found.shared, found.fitted), (400, 98));
    assert!(found.distance(0).is_none() && found.distance(1).is_none() && found.distance(2).unwrap() < 1e-9);
    assert!(found.mean_cosine.unwrap() < 0.5, "all words count in the mean");
}

#[test]
fn many_words_in_many_stretches_give_the_same_every_time() {
    let (first, second) = (numbered(noise(10_000, 8, 13), 8), numbered(noise(10_000, 8, 14), 8));
    let (shared, once) = aligned(&first, &second, true);
    let again = align(&first, &second, &shared, Options { center: true, ..Options::default() }, &Unwatched);
    assert_eq!(again.unwrap(), once);
    let threads = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    assert_eq!(threads.install(|| aligned(&first, &second, true).1), once, "on however many cores");
}

proptest! {
    #[test]
    fn rotations_are_semi_orthogonal_and_no_small_turn_is_better(
        into in 1_usize..7,
        from in 1_usize..7,
        rows in 1_usize..30,
        seed in 0_u64..1_000,
        center in any::<bool>(),
    ) {
        let (first, second) = (numbered(noise(rows, into, seed), into), numbered(noise(rows, from, seed + 1), from));
        let (_, alignment) = aligned(&first, &second, center);
        let r = |i: usize, j: usize| f64::from(alignment.rotation()[i * into + j]);
        let few = into.min(from);
        for i in 0..few {
            for j in 0..few {
                let product: f64 = if from <= into {
                    (0..into).map(|l| r(i, l) * r(j, l)).sum()
                } else {
                    (0..from).map(|l| r(l, i) * r(l, j)).sum()
                };
                prop_assert!((product - f64::from(u8::from(i == j))).abs() < 1e-5, "{i}, {j}: {product}");
            }
        }
        // Σ a·(bR) is the largest where no turn of two axes of the first table makes it larger.
        let m = products(&first, &second, center);
        let at = |j: usize, l: usize| (0..from).map(|i| m[i][j] * r(i, l)).sum::<f64>();
        for j in 0..into {
            for l in 0..j {
                for angle in [0.02_f64, -0.02] {
                    let kept = at(j, j) + at(l, l);
                    let after = angle.cos() * kept + angle.sin() * (at(j, l) - at(l, j));
                    prop_assert!(after <= kept + 1e-5 * (1.0 + kept.abs()), "{after} is more than {kept}");
                }
            }
        }
    }
}

/// Σ bᵀa of unit rows, around their means if `center`.
fn products(first: &Table, second: &Table, center: bool) -> Vec<Vec<f64>> {
    let units = |table: &Table| {
        let rows = (0..table.rows()).map(|row| crate::geometry::arithmetic::unit(&table.row(row)));
        let mut rows: Vec<Vec<f64>> = rows.map(|row| row.into_iter().map(f64::from).collect()).collect();
        for column in 0..table.dims() {
            let mean = rows.iter().map(|row| row[column]).sum::<f64>() / table.rows() as f64;
            for row in &mut rows {
                row[column] -= if center { mean } else { 0.0 };
            }
        }
        rows
    };
    let (a, b) = (units(first), units(second));
    let sum = |i: usize, j: usize| a.iter().zip(&b).map(|(a, b)| b[i] * a[j]).sum();
    (0..second.dims()).map(|i| (0..first.dims()).map(|j| sum(i, j)).collect()).collect()
}
