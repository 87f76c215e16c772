use super::*;

#[test]
fn words_of_both_are_paired_in_the_order_of_the_first() {
    let first = named(&["the", "cat", "Cat", "sat"], noise(4, 2, 1), 2);
    let second = named(&["sat", "dog", "cat", "the", "größe"], noise(5, 3, 2), 3);
    let shared = SharedWords::of(&first, &second);
    assert_eq!(shared.pairs(), [[0, 3], [1, 2], [3, 0]], "and case matters");
    assert!(shared.len() == 3 && !shared.is_empty());
    assert_eq!([0, 1, 2, 3, 4].map(|row| shared.of_first(row)), [Some(0), Some(1), None, Some(2), None]);
    assert_eq!([0, 1, 2, 3, 99].map(|row| shared.of_second(row)), [Some(2), None, Some(1), Some(0), None]);
}

#[test]
fn the_first_row_of_a_word_counts() {
    let first = named(&["a", "b", "a"], noise(3, 2, 1), 2);
    let second = named(&["b", "a", "a", "b"], noise(4, 2, 2), 2);
    let shared = SharedWords::of(&first, &second);
    assert_eq!(shared.pairs(), [[0, 1], [1, 0]]);
    assert_eq!((shared.of_first(2), shared.of_second(2), shared.of_second(3)), (None, None, None));
}

#[test]
fn words_whose_row_is_not_finite_are_left_out_and_zeros_are_not() {
    let mut values = noise(5, 2, 1);
    (values[0], values[5]) = (f32::NAN, f32::INFINITY);
    values[6..8].fill(0.0);
    // The row that counts of "nan" is the first, though a later one is finite.
    let first = named(&["nan", "ok", "infinite", "zero", "nan"], values, 2);
    let second = named(&["nan", "infinite", "zero", "ok"], noise(4, 2, 2), 2);
    assert_eq!(SharedWords::of(&first, &second).pairs(), [[1, 3], [3, 2]]);
    assert_eq!(SharedWords::of(&second, &first).pairs(), [[2, 3], [3, 1]]);
}

#[test]
fn tables_without_shared_words_have_nothing_to_compare() {
    let first = named(&["a", "b"], noise(2, 3, 1), 3);
    for second in [named(&["c"], noise(1, 2, 2), 2), named(&[], Vec::new(), 4)] {
        let (shared, alignment) = aligned(&first, &second, true);
        assert!(shared.is_empty());
        assert_eq!((alignment.shared, alignment.fitted, alignment.mean_cosine), (0, 0, None));
        let movement = Movement::measure(&first, &second, &shared, &alignment, 5, Metric::Cosine, &Unwatched);
        let movement = movement.unwrap();
        assert!(movement.ranked().is_empty() && movement.median.is_none());
        assert_eq!((movement.k, movement.measured, movement.among, movement.mean_kept), (0, 0, 0, 0.0));
        let mut out = [9.0; 3];
        alignment.carry(&vec![1.0; second.dims()], &mut out);
        assert!(out.iter().all(|x| x.is_finite()));
    }
}

#[test]
fn cancelled_work_says_so() {
    let (first, second) = (numbered(noise(300, 3, 1), 3), numbered(noise(300, 3, 2), 3));
    assert_eq!(SharedWords::of_with(&first, &second, &Unwanted), Err(Cancelled));
    let (shared, alignment) = aligned(&first, &second, false);
    let metric = Metric::Cosine;
    assert_eq!(align(&first, &second, &shared, Options::default(), &Unwanted), Err(Cancelled));
    assert_eq!(alignment.carried(&second, &[0, 1], &Unwanted), Err(Cancelled));
    let movement = Movement::measure(&first, &second, &shared, &alignment, 5, metric, &Unwanted);
    assert_eq!(movement, Err(Cancelled));
    assert_eq!(kept_neighbors(&first, &second, &shared, &[0], 5, metric, &Unwanted), Err(Cancelled));
    assert_eq!(compare_neighbors(&first, &second, &shared, 0, 5, metric, &Unwanted), Err(Cancelled));
}
