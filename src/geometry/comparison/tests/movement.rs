use super::*;

fn measured(first: &Table, second: &Table, k: usize, metric: Metric) -> Movement {
    let (shared, alignment) = aligned(first, second, false);
    Movement::measure(first, second, &shared, &alignment, k, metric, &Unwatched).unwrap()
}

#[test]
fn a_word_with_anothers_vector_moved_the_most() {
    let (rows, dims) = (2_000, 30);
    let values = noise(rows, dims, 1);
    let matrix = orthonormal(dims, dims, 2);
    for (quiet, jitter) in [(true, 0.0), (false, 0.1)] {
        let mut other = turned(&values, &matrix, dims);
        let from = other[77 * dims..78 * dims].to_vec();
        other[1_234 * dims..1_235 * dims].copy_from_slice(&from);
        other.iter_mut().zip(noise(rows, dims, 3)).for_each(|(x, noise)| *x += jitter * noise);
        let movement = measured(&numbered(values.clone(), dims), &numbered(other, dims), 10, Metric::Cosine);
        let ranked = movement.ranked();
        assert_eq!((ranked[0], ranked.len()), (1_234, rows));
        assert!(movement.relative(1_234).unwrap() > 50.0);
        // Not a fixed multiple: the one word that does not fit bends the rotation a little, which is all that moves others
        // where nothing else differs, and most of all the word whose vector it has.
        let next = movement.relative(ranked[1] as usize).unwrap();
        assert!(movement.relative(1_234).unwrap() > 20.0 * next, "and no other comes near: {next}");
        assert!(movement.kept(1_234).unwrap() <= 2);
        if quiet {
            assert!(movement.distance(77).unwrap() < 1e-3 && movement.kept(77).unwrap() >= 9);
        } else {
            let typical = movement.relative(ranked[rows / 2] as usize).unwrap();
            assert!((typical - 1.0).abs() < 0.01, "the typical word moved by {typical}");
        }
    }
}

#[test]
fn words_are_ranked_by_falling_movement_around_a_median_of_1() {
    let movement = measured(&numbered(noise(50, 3, 1), 3), &numbered(noise(50, 3, 2), 3), 5, Metric::Cosine);
    let ranked = movement.ranked();
    let relative = |place: usize| movement.relative(ranked[place] as usize).unwrap();
    assert!((1..50).all(|place| relative(place - 1) >= relative(place)));
    assert!((relative(24) + relative(25) - 2.0).abs() < 1e-4);
}

#[test]
fn the_neighbors_that_are_kept_are_those_that_looking_finds() {
    let (first, second) = (numbered(noise(150, 6, 1), 6), {
        let noise = noise(150, 6, 2);
        let near = super::noise(150, 6, 1);
        numbered(near.iter().zip(noise).map(|(x, noise)| x + 0.3 * noise).collect(), 6)
    });
    for metric in Metric::ALL {
        for k in [1, 8, 500] {
            let movement = measured(&first, &second, k, metric);
            assert_eq!((movement.k, movement.metric), (k.min(149), metric));
            let mut sum = 0;
            for row in 0..150 {
                let before = of_row(&first, row, k, metric, &Unwatched).unwrap();
                let after = of_row(&second, row, k, metric, &Unwatched).unwrap();
                let both = before.iter().filter(|one| after.iter().any(|other| other.row == one.row)).count();
                assert_eq!(movement.kept(row), Some(both), "{metric}, k = {k}, row {row}");
                sum += both;
            }
            assert!((movement.mean_kept - sum as f64 / 150.0).abs() < 1e-9);
        }
    }
}

#[test]
fn neighbors_are_looked_for_among_shared_words_alone() {
    // On a line: "b" is nearest to "a" in both, but for words that only one table has.
    let first = named(&["x", "a", "b", "c"], vec![1.0, 1.1, 3.0, 9.0], 1);
    let second = named(&["c", "b", "y", "a"], vec![9.0, 3.0, 1.2, 1.1], 1);
    let (shared, alignment) = aligned(&first, &second, false);
    let near = Metric::Euclidean;
    let movement = Movement::measure(&first, &second, &shared, &alignment, 1, near, &Unwatched).unwrap();
    assert_eq!((movement.among, movement.measured, movement.mean_kept), (3, 3, 1.0));
    assert_eq!(shared.of_first(1), Some(0));
    assert_eq!(kept_neighbors(&first, &second, &shared, &[2, 0], 1, near, &Unwatched), Ok(vec![1, 1]));
}

#[test]
fn words_without_a_direction_have_not_moved_and_are_not_measured() {
    let mut values = noise(40, 4, 1);
    values[4 * 3..4 * 4].fill(0.0);
    let mut other = values.clone();
    other[4 * 9..4 * 10].fill(0.0);
    other[4 * 11] = f32::NAN;
    let movement = measured(&numbered(values, 4), &numbered(other, 4), 3, Metric::Cosine);
    // The word whose row is not finite is not shared, so that those behind it are numbered one less.
    assert_eq!((movement.measured, movement.among, movement.ranked().len()), (37, 39, 37));
    for pair in [3, 9] {
        assert_eq!(
            (movement.distance(pair), movement.relative(pair), movement.kept(pair)),
            (None, None, None)
        );
    }
    assert!(movement.kept(0).is_some() && movement.distance(38).is_some());
    let zeros = || numbered(vec![0.0; 20], 2);
    let movement = measured(&zeros(), &zeros(), 3, Metric::Cosine);
    assert_eq!((movement.measured, movement.median), (0, None));
    assert!(movement.ranked().is_empty());
}

#[test]
fn some_words_have_the_neighbors_that_they_have_among_all() {
    let (first, second) = (numbered(noise(700, 5, 1), 5), numbered(noise(700, 7, 2), 7));
    let shared = SharedWords::of(&first, &second);
    let kept = |pairs: &[u32]| {
        kept_neighbors(&first, &second, &shared, pairs, 40, Metric::Cosine, &Unwatched).unwrap()
    };
    let all = kept(&(0..700).collect::<Vec<_>>());
    let some: Vec<u32> = (0..700).rev().step_by(3).collect();
    let expected: Vec<u16> = some.iter().map(|&pair| all[pair as usize]).collect();
    assert_eq!(kept(&some), expected);
    assert!(kept(&[]).is_empty());
}
