use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::geometry::projection::neighborhood::examples::{
    heaps, heaps_are_apart, kept, noise, odd_tables, sheet, table,
};
use crate::geometry::projection::pca;
use crate::progress::{Unwanted, Unwatched};

fn options(components: usize, iterations: usize) -> Options {
    Options { components, normalize: false, perplexity: 10.0, iterations, ..Options::default() }
}

fn map(table: &Table, options: Options) -> Projection {
    project(table, options, &mut |_| ControlFlow::Continue(()), &Unwatched).unwrap()
}

#[test]
fn probabilities_have_the_perplexity_asked_for() {
    let neighbors: Vec<Neighbor> = (0..90)
        .map(|row| Neighbor { row, score: 3.0 + 0.02 * row as f32 + 0.01 * noise(row as usize) })
        .collect();
    for (perplexity, expected) in [(5.0, 5.0), (30.0, 30.0), (80.0, 30.0)] {
        let weights = probabilities(&neighbors, perplexity);
        let entropy: f64 = weights.iter().map(|&w| f64::from(w)).map(|w| -w * w.max(1e-30).ln()).sum();
        assert!((entropy.exp() - expected).abs() < 1e-2, "{} instead of {expected}", entropy.exp());
        assert!((weights.iter().sum::<f32>() - 1.0).abs() < 1e-5);
    }
}

#[test]
fn neighbors_at_one_distance_count_alike() {
    for score in [0.0, 2.5, f32::INFINITY] {
        let neighbors: Vec<Neighbor> = (0..9).map(|row| Neighbor { row, score }).collect();
        assert!(probabilities(&neighbors, 3.0).iter().all(|weight| (weight - 1.0 / 9.0).abs() < 1e-6));
    }
    assert!(probabilities(&[], 3.0).is_empty());
}

#[test]
fn affinities_are_one_in_all() {
    let wanted = Wanted { neighbors: 30, normalize: false, sample: 1_000, seed: 0 };
    let found = Neighborhood::find(&sheet(200), wanted, &Unwatched).unwrap();
    let graph = affinities(&found.lists.unwrap(), 10.0, &Unwatched).unwrap();
    assert!((graph.weights.iter().sum::<f32>() - 1.0).abs() < 1e-4);
}

#[test]
fn two_heaps_come_apart_in_two_and_three_dimensions() {
    for components in [2, 3] {
        let map = map(&heaps(60), options(components, 200));
        assert_eq!(
            (map.method, map.components, map.coordinates.len()),
            (Method::TSne, components, 120 * components)
        );
        assert!(heaps_are_apart(&map));
    }
}

#[test]
fn a_sheet_keeps_neighbors_that_its_shadow_loses() {
    let sheet = sheet(500);
    let map = map(&sheet, options(2, 400));
    let shadow = pca::project(&sheet, pca::Options { components: 2, normalize: false }, &Unwatched).unwrap();
    let (map, shadow) = (kept(&sheet, &map, 15), kept(&sheet, &shadow, 15));
    assert!(map > 0.7 && map > shadow + 0.2, "{map} on the map, {shadow} in the shadow");
}

#[test]
fn the_same_seed_gives_the_same_map_with_any_number_of_threads() {
    let (sheet, options) = (sheet(700), options(2, 40));
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
    for odd in [f32::NAN, -1.0, 0.0, 1e9, f32::INFINITY] {
        let map = map(&sheet(50), Options { perplexity: odd, ..options(2, 20) });
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

/// Wants no more after being asked a few times.
struct Patience(AtomicUsize);

impl Progress for Patience {
    fn report(&self, fraction: f32) {
        assert!((0.0..=1.0).contains(&fraction));
    }

    fn is_cancelled(&self) -> bool {
        self.0.fetch_sub(1, Ordering::Relaxed) == 0
    }
}

#[test]
fn cancelled_work_says_so_at_once_and_on_its_way() {
    let (sheet, mut shown) = (sheet(100), 0);
    let mut show = |_: Draft<'_>| {
        shown += 1;
        ControlFlow::Continue(())
    };
    assert_eq!(project(&sheet, options(2, 5_000), &mut show, &Unwanted), Err(Cancelled));
    let patience = Patience(AtomicUsize::new(400));
    assert_eq!(project(&sheet, options(2, 5_000), &mut show, &patience), Err(Cancelled));
    assert!((1..5_000).contains(&shown));
}
