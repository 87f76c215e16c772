use super::*;

fn words(table: &Table, list: &[crate::geometry::Neighbor]) -> Vec<String> {
    list.iter().map(|neighbor| table.word(neighbor.row as usize).to_owned()).collect()
}

#[test]
fn words_are_kept_leave_come_or_are_absent() {
    // On a line, seen from "a" at 0.
    let first = named(&["a", "near", "out", "only", "in"], vec![0.0, 1.0, 2.0, 3.0, 50.0], 1);
    let second = named(&["in", "new", "near", "a", "out"], vec![2.0, 1.5, 1.0, 0.0, 60.0], 1);
    let shared = SharedWords::of(&first, &second);
    let found = compare_neighbors(&first, &second, &shared, 0, 3, Metric::Euclidean, &Unwatched).unwrap();
    assert_eq!(words(&first, &found.first), ["near", "out", "only"]);
    assert_eq!(words(&second, &found.second), ["near", "new", "in"]);
    assert_eq!(found.kept, [Kept { first: found.first[0], second: found.second[0] }]);
    let sides = |list: &[OneSided]| -> Vec<_> {
        list.iter()
            .map(|one| (one.here.row, one.here.score, one.there.map(|there| (there.row, there.score))))
            .collect()
    };
    assert_eq!(sides(&found.left), [(2, 2.0, Some((4, 60.0))), (3, 3.0, None)]);
    assert_eq!(sides(&found.came), [(1, 1.5, None), (0, 2.0, Some((4, 50.0)))]);
    assert_eq!((found.overlap(), found.jaccard()), (Some(1.0 / 3.0), Some(0.2)));
}

#[test]
fn the_lists_are_those_of_each_table_alone() {
    let mut values = noise(400, 6, 1);
    values[6 * 5] = f32::NAN;
    values[6 * 7..6 * 8].fill(0.0);
    let first = numbered(values, 6);
    // Every second word of the first, backwards, and others.
    let names = (0..300).map(|row| if row < 200 { format!("w{}", 398 - 2 * row) } else { format!("v{row}") });
    let second = Table::from_f32(names.collect(), noise(300, 9, 2), 9);
    let shared = SharedWords::of(&first, &second);
    assert_eq!(shared.len(), 200);
    for metric in Metric::ALL {
        for pair in [0, 99, 199] {
            let [row, other] = shared.pairs()[pair];
            let found = compare_neighbors(&first, &second, &shared, pair, 60, metric, &Unwatched).unwrap();
            assert_eq!(found.first, of_row(&first, row as usize, 60, metric, &Unwatched).unwrap());
            assert_eq!(found.second, of_row(&second, other as usize, 60, metric, &Unwatched).unwrap());
            assert_eq!(found.kept.len() + found.left.len(), 60);
            assert_eq!(found.kept.len() + found.came.len(), 60);
            for kept in &found.kept {
                assert_eq!(first.word(kept.first.row as usize), second.word(kept.second.row as usize));
            }
            // The scores elsewhere are those that a longer list of the other table would show.
            let all = of_row(&second, other as usize, 300, metric, &Unwatched).unwrap();
            for left in &found.left {
                assert_eq!(left.there.is_none(), second.find(first.word(left.here.row as usize)).is_none());
                assert!(
                    left.there.is_none_or(|there| all.contains(&there) && !found.second.contains(&there))
                );
            }
        }
    }
}

#[test]
fn a_turned_table_keeps_all_neighbors() {
    let values = noise(500, 12, 1);
    let (first, second) =
        (numbered(values.clone(), 12), numbered(turned(&values, &orthonormal(12, 12, 2), 12), 12));
    let shared = SharedWords::of(&first, &second);
    for pair in [0, 250, 499] {
        let found =
            compare_neighbors(&first, &second, &shared, pair, 15, Metric::Cosine, &Unwatched).unwrap();
        assert_eq!((found.overlap(), found.jaccard()), (Some(1.0), Some(1.0)));
        assert!(found.left.is_empty() && found.came.is_empty());
        assert!(found.kept.iter().all(|kept| (kept.first.score - kept.second.score).abs() < 1e-5));
    }
}

#[test]
fn a_word_alone_has_nobody_near_and_later_rows_of_a_name_are_matched_with_nothing() {
    let (first, second) = (named(&["a"], vec![1.0], 1), named(&["b", "a"], vec![1.0, 2.0], 1));
    let shared = SharedWords::of(&first, &second);
    let found = compare_neighbors(&first, &second, &shared, 0, 5, Metric::Cosine, &Unwatched).unwrap();
    assert_eq!((found.overlap(), found.jaccard()), (Some(0.0), Some(0.0)));
    assert!(found.came.len() == 1 && found.came[0].there.is_none() && found.left.is_empty());
    let found =
        compare_neighbors(&first, &first, &SharedWords::of(&first, &first), 0, 5, Metric::Dot, &Unwatched);
    let found = found.unwrap();
    assert_eq!((found.overlap(), found.jaccard()), (None, None));
    let twice = named(&["a", "b", "b"], vec![1.0, 2.0, 2.0], 1);
    let shared = SharedWords::of(&twice, &second);
    let found = compare_neighbors(&twice, &second, &shared, 0, 5, Metric::Euclidean, &Unwatched).unwrap();
    assert_eq!((found.kept.len(), found.left.len(), found.left[0].there), (1, 1, None));
    assert_eq!(found.left[0].here.row, 2);
}
