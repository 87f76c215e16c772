use std::ops::ControlFlow;

use super::*;
use crate::geometry::projection::neighborhood::examples::{
    heaps, heaps_are_apart, kept, odd_tables, sheet, table,
};
use crate::geometry::projection::pca;
use crate::progress::{Unwanted, Unwatched};

fn options(components: usize, epochs: usize) -> Options {
    Options { components, normalize: false, epochs: Some(epochs), ..Options::default() }
}

fn map(table: &Table, options: Options) -> Projection {
    project(table, options, &mut |_| ControlFlow::Continue(()), &Unwatched).unwrap()
}

fn at(distances: &[f32]) -> Vec<Neighbor> {
    distances.iter().enumerate().map(|(i, &score)| Neighbor { row: i as u32, score }).collect()
}

#[test]
fn strengths_sum_up_to_the_logarithm_of_the_number_of_neighbors() {
    let distances: Vec<f32> = (0..14).map(|i| 1.0 + 0.1 * (i as f32).powf(1.3)).collect();
    let found = strengths(&at(&distances));
    assert!((found.iter().sum::<f32>() - 15.0_f32.log2()).abs() < 1e-4);
    assert!(found[0] == 1.0 && found.is_sorted_by(|a, b| a >= b));
}

#[test]
fn rows_at_no_distance_have_full_strength_and_do_not_count_as_the_nearest() {
    let found = strengths(&at(&[0.0, 0.0, 1.0, 2.0, 3.0, 4.0]));
    assert_eq!(found[..3], [1.0; 3]);
    assert!(found[3] < 1.0);
    assert_eq!(strengths(&at(&[0.0; 5])), [1.0; 5]);
    assert!(strengths(&at(&[1.0, f32::INFINITY])).iter().all(|x| x.is_finite()));
    assert!(strengths(&[]).is_empty());
}

#[test]
fn memberships_are_shares_of_the_heaviest_and_never_too_light_to_be_looked_at() {
    let wanted = Wanted { neighbors: 14, normalize: false, sample: 1_000, seed: 0 };
    let found = Neighborhood::find(&sheet(200), wanted, &Unwatched).unwrap();
    let graph = memberships(&found.lists.unwrap(), 20, &Unwatched).unwrap();
    assert!(graph.weights.iter().all(|weight| (0.05..=1.0).contains(weight)));
    assert!(graph.weights.contains(&1.0));
}

#[test]
fn two_heaps_come_apart_in_two_and_three_dimensions() {
    for components in [2, 3] {
        let map = map(&heaps(60), options(components, 100));
        assert_eq!(
            (map.method, map.components, map.coordinates.len()),
            (Method::Umap, components, 120 * components)
        );
        assert!(heaps_are_apart(&map));
    }
}

#[test]
fn a_sheet_keeps_neighbors_that_its_shadow_loses() {
    let sheet = sheet(500);
    let map = map(&sheet, options(2, 200));
    let shadow = pca::project(&sheet, pca::Options { components: 2, normalize: false }, &Unwatched).unwrap();
    let (map, shadow) = (kept(&sheet, &map, 15), kept(&sheet, &shadow, 15));
    assert!(map > 0.6 && map > shadow + 0.2, "{map} on the map, {shadow} in the shadow");
}

#[test]
fn the_same_seed_gives_the_same_map_with_any_number_of_threads() {
    let (sheet, options) = (sheet(1_500), options(2, 20));
    let with = |threads: usize, options: Options| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| map(&sheet, options))
    };
    assert_eq!(with(1, options), with(2, options));
    assert_ne!(with(2, options), with(2, Options { seed: 1, ..options }));
}

#[test]
fn odd_tables_are_placed_and_what_is_the_same_stays_at_the_origin() {
    for odd in odd_tables() {
        for (components, normalize) in [(2, false), (3, true)] {
            let map = map(&odd, Options { normalize, ..options(components, 30) });
            assert_eq!((map.coordinates.len(), map.components), (odd.rows() * components, components));
            assert!(map.coordinates.iter().all(|x| x.is_finite()));
        }
    }
    let same = map(&table(vec![0.5; 150], 3), options(2, 30));
    assert!(same.coordinates.iter().all(|&x| x == 0.0));
    for neighbors in [0, 1, 2, 1_000_000] {
        let map = map(&sheet(50), Options { neighbors, min_dist: f32::NAN, ..options(2, 20) });
        assert!(map.coordinates.iter().all(|x| x.is_finite()));
    }
}

#[test]
fn a_large_table_is_placed_by_a_sample_that_is_named() {
    let map = map(&sheet(300), Options { sample: 120, ..options(2, 20) });
    assert_eq!((map.points(), map.sampled_rows.as_ref().map(Vec::len)), (120, Some(120)));
}

#[test]
fn who_watches_can_end_it_and_keep_the_map() {
    let (sheet, mut seen) = (sheet(100), Vec::new());
    let mut show = |draft: Draft<'_>| {
        seen.push(draft.projection());
        if seen.len() == 7 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let map = project(&sheet, options(2, 100), &mut show, &Unwatched).unwrap();
    assert_eq!((seen.len(), seen.last()), (7, Some(&map)));
    assert_eq!(map.unfinished, Some([7, 100]));
    assert_ne!(seen[5].coordinates, seen[6].coordinates);
}

#[test]
fn cancelled_work_says_so() {
    let mut show = |_: Draft<'_>| ControlFlow::Continue(());
    assert_eq!(project(&sheet(100), options(2, 100), &mut show, &Unwanted), Err(Cancelled));
}
