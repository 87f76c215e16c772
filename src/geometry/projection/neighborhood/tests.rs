use super::examples::{noise, odd_tables, table};
use super::*;
use crate::progress::{Unwanted, Unwatched};

const WANTED: Wanted = Wanted { neighbors: 5, normalize: false, sample: 1_000, seed: 3 };

#[test]
fn a_width_is_found_from_far_above_and_far_below() {
    for scale in [1e-6, 1.0, 1e6] {
        let width = calibrate(5.0, scale, |width| 10.0 * width / (1.0 + width));
        assert!((width - 1.0).abs() < 1e-4, "{width}");
    }
    assert!(calibrate(2.0, 1.0, |_| 1.0).is_finite(), "what cannot be reached is not looked for without end");
    assert!(calibrate(1.0, 1.0, |_| 2.0) >= 0.0);
}

#[test]
fn a_graph_is_symmetric_and_joins_what_one_or_both_give() {
    let found = Neighborhood::find(&table((0..900).map(noise).collect(), 3), WANTED, &Unwatched).unwrap();
    let lists = found.lists.unwrap();
    let weights =
        weigh(&lists, |list| list.iter().map(|other| 1.0 / (1.0 + other.score)).collect(), &Unwatched)
            .unwrap();
    let graph = Graph::symmetric(&lists, &weights, |a, b| a + b - a * b);
    let given = |from: usize, to: usize| {
        let at = lists.of(from).iter().position(|other| other.row as usize == to);
        at.map_or(0.0, |at| weights[from][at])
    };
    let weight = |from: usize, to: usize| {
        let (others, weights) = graph.of(from);
        others.binary_search(&(to as u32)).map_or(0.0, |at| weights[at])
    };
    for from in 0..300 {
        assert!(graph.of(from).0.is_sorted());
        for to in 0..300 {
            let (a, b) = (given(from, to), given(to, from));
            assert_eq!(weight(from, to), weight(to, from));
            assert!((weight(from, to) - (a + b - a * b)).abs() < 1e-6);
        }
    }
}

#[test]
fn edges_of_weight_zero_are_left_out() {
    let found = Neighborhood::find(&table((0..90).map(noise).collect(), 3), WANTED, &Unwatched).unwrap();
    let lists = found.lists.unwrap();
    let weights = weigh(&lists, |list| vec![1.0; list.len()], &Unwatched).unwrap();
    let graph = Graph::symmetric(&lists, &weights, |a, b| a * b);
    assert_eq!(graph.points(), 30);
    assert!(graph.others.len() < 150 && graph.weights.iter().all(|&weight| weight == 1.0));
}

#[test]
fn a_start_has_the_spread_asked_for_and_equal_rows_have_none() {
    let cloud = table((0..900).map(noise).collect(), 3);
    let found = Neighborhood::find(&cloud, WANTED, &Unwatched).unwrap();
    let start = found.start::<2>(1e-4, 0, &Unwatched).unwrap().unwrap();
    let variance = start.iter().map(|point| f64::from(point[0]).powi(2)).sum::<f64>() / 299.0;
    assert!((variance.sqrt() / 1e-4 - 1.0).abs() < 0.01);
    let same = Neighborhood::find(&table(vec![0.5; 60], 3), WANTED, &Unwatched).unwrap();
    assert_eq!(same.start::<2>(1.0, 0, &Unwatched).unwrap(), None);
    let narrow = Neighborhood::find(&table(vec![0.0, 1.0, 1.0], 1), WANTED, &Unwatched).unwrap();
    let start = narrow.start::<3>(1.0, 0, &Unwatched).unwrap().unwrap();
    assert!(start[1] != start[2] && (0..3).all(|side| (start[1][side] - start[2][side]).abs() < 0.03));
}

#[test]
fn no_odd_table_makes_it_fail() {
    for odd in odd_tables() {
        let found = Neighborhood::find(&odd, WANTED, &Unwatched).unwrap();
        assert_eq!((found.rows.len(), found.lists.is_some()), (odd.rows(), odd.rows() > 1));
        if found.lists.is_some()
            && let Some(start) = found.start::<3>(1.0, 0, &Unwatched).unwrap()
        {
            assert!(start.as_flattened().iter().all(|x| x.is_finite()));
        }
    }
}

#[test]
fn cancelled_work_says_so() {
    let cloud = table((0..90).map(noise).collect(), 3);
    assert!(matches!(Neighborhood::find(&cloud, WANTED, &Unwanted), Err(Cancelled)));
}
